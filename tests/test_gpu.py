"""What only a GPU shows: recorded steps, no waiting, streams, memory that runs out, going on."""

import time

import pytest
import torch
from recipes import network

import blockml as bm
from blockml.analysis import check
from blockml.blocks import catalogue
from blockml.chain import experiment
from blockml.data import load_data
from blockml.loop.augment import augment
from blockml.loop.loss import loss_of
from blockml.loop.mix import mix
from blockml.loop.prepare import prepare
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import batches, train
from blockml.training import plan as planning
from blockml.training.engine import Engine
from blockml.training.estimate import estimate
from blockml.training.graph import recorded
from blockml.training.plan import choose
from blockml.training.speed import measure

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU"),
]

EVERY = {
    "flip": True,
    "shift": 2,
    "rotate": 9.0,
    "zoom": 0.1,
    "color": 0.2,
    "rand_augment": 2,
    "cutout": 3,
}
SMALL = [("Conv2d", {"out_channels": 64}), "BatchNorm2d", "ReLU"]
LARGE = [("Conv2d", {"out_channels": 512}), "ReLU"]
SCORES = ["Flatten", ("Linear", {"out_features": 10})]
RATES = {"sgd": 0.02, "adam": 0.002, "adamw": 0.002, "rmsprop": 0.0005, "muon": 0.005}


def device():
    return torch.device("cuda")


def drawn(**recipe):
    settings = {"epochs": 2, "batch_size": 128, "optimizer": "adam", "learning_rate": 0.002, **recipe}
    chain = ["Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Flatten", ("Linear", {"out_features": 10})]
    return experiment(chain, recipe=Recipe(**settings))


def engine(made, **plan):
    return Engine(made, load_data(made.data), device(), plan=Plan(**plan))


def losses(found, steps):
    """The losses of the first steps of an epoch; the last batch of an epoch is smaller."""
    order = found.selection.order(0)
    found.module.train()
    taken = [found.take(*batch) for batch in found.pictures.batches(order[:steps])]
    return torch.stack(taken).cpu()


@pytest.fixture
def no_wait():
    """Within it a wait for the device is an error."""

    class Watch:
        def __enter__(self):
            torch.cuda.synchronize()
            torch.cuda.set_sync_debug_mode("error")

        def __exit__(self, *_):
            torch.cuda.set_sync_debug_mode("default")

    return Watch()


def test_no_change_of_pictures_waits(no_wait):
    images = torch.randint(0, 256, (16, 3, 8, 8), dtype=torch.uint8).cuda()
    state = torch.Generator("cuda").manual_seed(0)
    labels = torch.zeros(16, dtype=torch.int64, device="cuda")
    mean, spread = [0.5] * 3, [0.2] * 3
    with no_wait:
        changed = augment(images, state, **EVERY)
    ready = prepare(changed, mean, spread)
    with no_wait:
        mixed, other, share = mix(ready, labels, state, mixup=0.2, cutmix=1.0)
        loss_of(mixed.mean((2, 3)), labels, other=other, share=share)


@pytest.mark.parametrize("mode", ["eager", "cuda-graph"])
@pytest.mark.parametrize("optimizer", RATES)
def test_no_step_waits(mode, optimizer, no_wait):
    made = drawn(
        optimizer=optimizer, learning_rate=RATES[optimizer], shift=1, schedule="cosine", ema_decay=0.9
    )
    found = engine(made, mode=mode)
    found.module.train()
    ready = list(found.pictures.batches(found.selection.order(0)))
    for images, labels in ready[:6]:  # warms up and records
        found.take(images, labels)
    with no_wait:
        for _ in range(10):
            for images, labels in ready:
                found.take(images, labels)


@pytest.mark.parametrize("optimizer", RATES)
def test_a_recorded_step_computes_what_a_plain_one_does(optimizer):
    made = drawn(
        optimizer=optimizer,
        learning_rate=RATES[optimizer],
        schedule="one_cycle",
        weight_decay=0.01,
        clip_norm=1.0,
        label_smoothing=0.1,
        class_weights="balanced",
    )
    steps = 12
    plain = losses(engine(made), steps)
    recorded = losses(engine(made, mode="cuda-graph"), steps)
    assert plain[-1] < plain[0]
    # Newton-Schulz runs in bf16 on a GPU, where the last digits differ from run to run.
    torch.testing.assert_close(recorded, plain, rtol=0.02 if optimizer == "muon" else 2e-3, atol=1e-3)


def test_a_compiled_step_computes_what_a_plain_one_does(tmp_path):
    made = drawn(epochs=1, schedule="one_cycle", label_smoothing=0.1)
    plain = losses(engine(made), 12)
    compiled = engine(made, mode="compiled")
    assert compiled.plan.mode == "compiled"
    torch.testing.assert_close(losses(compiled, 12), plain, rtol=5e-3, atol=1e-3)
    # The last batch of an epoch, which is smaller, and the test pass the network as it is.
    assert engine(made, mode="compiled").epoch(lambda _: True)[1].accuracy > 0.2
    # Where nothing can be compiled it goes on without.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "compile", lambda *_, **__: refuse)
        assert engine(made, mode="compiled").plan.mode == "cuda-graph"


def refuse(_):
    raise RuntimeError("no compiler")


def test_a_long_training_compiles_where_that_is_faster(monkeypatch):
    monkeypatch.setattr(planning, "_WORTH_COMPILING", 0.0)
    made = experiment([*SMALL * 4, *SCORES], recipe=Recipe(epochs=3, batch_size=512))
    for gain, mode in ((1e-9, "compiled"), (1e9, "cuda-graph")):
        # Of what nearly everything is faster, and nothing.
        monkeypatch.setattr(planning, "_COMPILED_GAIN", gain)
        monkeypatch.setattr(planning, "_recalled", lambda _: None)
        assert Engine(made, load_data(made.data), device()).plan.mode == mode


def test_a_replay_survives_that_somebody_clears_what_matrix_products_work_in():
    """Lightning does it after each training; a replay must not write into freed memory."""
    made = drawn(batch_size=256)
    found = engine(made, mode="cuda-graph")
    other = engine(made, mode="cuda-graph")
    ready = list(found.pictures.batches(found.selection.order(0)[:5]))
    found.module.train()
    other.module.train()
    for _ in range(4):
        kept = [float(other.take(*batch)) for batch in ready]
    for _ in range(4):
        seen = [float(found.take(*batch)) for batch in ready]
        torch._C._cuda_clearCublasWorkspaces()
        torch.cuda.empty_cache()
        filled = [torch.full((2**20,), torch.nan, device="cuda") for _ in range(64)]
        del filled
    assert seen == pytest.approx(kept, rel=0.02)


def test_dropout_draws_anew_in_each_recorded_step_and_again_the_same():
    made = experiment(
        ["Flatten", ("Dropout", {"p": 0.5}), ("Linear", {"out_features": 10})],
        recipe=Recipe(epochs=2, batch_size=64, learning_rate=1e-9),
    )
    found = engine(made, mode="cuda-graph")
    found.module.train()
    images, labels = next(iter(found.pictures.batches(found.selection.order(0))))
    seen = [float(found.take(images, labels)) for _ in range(12)]
    assert len({round(each, 5) for each in seen}) == 12
    other = engine(made, mode="cuda-graph")
    other.module.train()
    assert [float(other.take(images, labels)) for _ in range(12)] == pytest.approx(seen, rel=1e-4)


def test_what_cannot_be_recorded_leaves_random_numbers_as_they_were():
    def wait():
        torch.rand(3, device="cuda").sum().item()

    with pytest.raises(RuntimeError):
        recorded(wait)
    torch.cuda.manual_seed(1)
    first = torch.rand(3, device="cuda")
    torch.cuda.manual_seed(1)
    assert torch.equal(first, torch.rand(3, device="cuda"))
    assert torch.nn.functional.dropout(torch.ones(1000, device="cuda")).mean().item() == pytest.approx(
        1, abs=0.3
    )
    replay = recorded(lambda: torch.rand(3, device="cuda"))
    replay()


def test_mixed_pictures_and_a_last_batch_of_another_size_train_too(tmp_path):
    made = drawn(epochs=6, mixup=0.2, cutmix=1.0, batch_size=100)
    for made_so in (made, drawn(epochs=6, batch_size=100)):
        run = train(made_so, tmp_path / made_so.content_hash()[:8], device="cuda")
        assert run.status == "finished"
        assert run.metrics["test_accuracy"] > 0.8


def test_pictures_that_are_sent_give_what_pictures_that_lie_there_give():
    lying = losses(engine(drawn()), 8)
    sent = losses(engine(drawn(), stream=True), 8)
    torch.testing.assert_close(sent, lying, rtol=1e-3, atol=1e-4)


def test_more_pictures_than_the_memory_takes_are_sent(monkeypatch):
    monkeypatch.setattr(batches, "_RESIDENT_SHARE", 0.0)
    made = drawn()
    found = Engine(made, load_data(made.data), device())
    assert found.plan.stream
    assert found.pictures.images.device.type == "cpu"
    assert found.epoch(lambda _: True)[1].accuracy > 0.3


def test_the_plan_is_measured_and_remembered():
    made = experiment(
        [*SMALL * 3, *SCORES],
        recipe=Recipe(epochs=1, batch_size=128),
    )
    started = time.perf_counter()
    found = Engine(made, load_data(made.data), device())
    first = time.perf_counter() - started
    started = time.perf_counter()
    again = choose(made, found.module, found.pictures, found.data.facts, device=device(), go_on=lambda: None)
    assert again == found.plan
    assert time.perf_counter() - started < first / 2
    assert not found.plan.stream
    # Small layers wait for Python where nothing is recorded.
    assert found.plan.mode == "cuda-graph"


@pytest.mark.parametrize("optimizer", RATES)
def test_a_training_goes_on_from_its_checkpoint(optimizer, tmp_path):
    made = drawn(optimizer=optimizer, learning_rate=RATES[optimizer], schedule="cosine", ema_decay=0.9)
    whole = engine(made, mode="cuda-graph")
    ready = list(whole.pictures.batches(whole.selection.order(0)))[:10]
    whole.module.train()
    for images, labels in ready[:5]:
        whole.take(images, labels)
    whole.save(tmp_path)
    rest = torch.stack([whole.take(images, labels) for images, labels in ready[5:]])
    later = engine(made, mode="cuda-graph")
    later.load(tmp_path)
    later.module.train()
    again = torch.stack([later.take(images, labels) for images, labels in ready[5:]])
    torch.testing.assert_close(again, rest, rtol=0.03, atol=1e-3)


def test_it_trains_answers_and_goes_on_where_there_is_no_gpu(tmp_path):
    run = train(
        network("digits", Recipe(epochs=4, batch_size=64, learning_rate=0.01), classes=10),
        tmp_path / "run",
        device="cuda",
    )
    assert run.status == "finished"
    assert next(run.module.parameters()).is_cuda
    assert run.predict(load_data("digits").test.images[0]).label
    opened = bm.Run.open(run.folder)
    assert opened.metrics == run.metrics


def test_memory_that_runs_out_is_told_with_a_batch_that_fits(tmp_path):
    made = experiment(
        [*LARGE * 3, *SCORES],
        recipe=Recipe(epochs=1, batch_size=1024),
    )
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 400e6) / total)
    try:
        run = train(made, tmp_path / "run", device="cuda", wait=False)
        with pytest.raises(bm.BlockmlError) as caught:
            run.wait()
        problem = caught.value.diagnostics[0]
        assert problem.code == "out-of-memory"
        fits = problem.values["fits"]
        assert 8 <= fits < 1024
        smaller = made.model_copy(update={"recipe": made.recipe.model_copy(update={"batch_size": fits})})
        assert train(smaller, tmp_path / "smaller", device="cuda").status == "finished"
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_stop_is_answered_within_a_second(tmp_path):
    made = experiment(
        [*LARGE * 4, *SCORES],
        recipe=Recipe(epochs=10_000, batch_size=1437),
    )
    run = train(made, tmp_path / "run", device="cuda", wait=False)
    deadline = time.monotonic() + 60
    while not run.history:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    asked = time.monotonic()
    run.stop()
    run.wait()
    assert time.monotonic() - asked < 1
    assert run.status == "stopped"


def test_the_time_of_an_epoch_is_estimated(home):
    speed = measure(device())
    assert speed.memory
    assert set(speed.block) <= set(catalogue())
    made = experiment(
        [*SMALL * 4, *SCORES],
        recipe=Recipe(epochs=2, batch_size=128),
    )
    guess = estimate(made, check(made), speed).total
    found = Engine(made, load_data(made.data), device())
    found.epoch(lambda _: True)
    seconds = found.epoch(lambda _: True)[0].seconds
    assert seconds / 5 < guess < seconds * 5
