"""Training: it learns, it can be watched and stopped, and it is the script's twin."""

import gc
import json
import os
import tempfile
import threading
import time
import weakref
from contextlib import contextmanager, nullcontext
from pathlib import Path
from subprocess import CalledProcessError
from types import SimpleNamespace
from urllib.error import URLError

import pytest
import torch
from recipes import network

import blockml as bm
from blockml.chain import experiment
from blockml.codegen import to_python
from blockml.errors import DataError, GraphError, RunError
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import Run, checkpoint, engine, events, graph, rate, session, train
from blockml.training import plan as planning
from blockml.training.devices import on
from blockml.training.engine import Engine
from blockml.training.interrupt import Interrupted
from blockml.training.live import Live
from blockml.training.step import Step


def small(epochs=2, **recipe):
    return experiment(
        ["Flatten", ("Linear", {"out_features": 32}), "ReLU", ("Linear", {"out_features": 10})],
        recipe=Recipe(epochs=epochs, **recipe),
        name="small",
    )


def noisy(epochs=3, optimizer="adam", batch_size=64, **recipe):
    settings = {"epochs": epochs, "optimizer": optimizer, "learning_rate": 0.01, "batch_size": batch_size}
    return network("digits", Recipe(**settings, **recipe), classes=10)


def same(one, other):
    first, second = one.state_dict(), other.state_dict()
    return list(first) == list(second) and all(torch.equal(first[key], second[key]) for key in first)


def until(condition, timeout=60):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def test_digits_are_learned_and_everything_is_written(tmp_path):
    seen = []
    run = train(small(epochs=4), tmp_path / "run", on_epoch=seen.append)
    assert run.status == "finished"
    assert [record.epoch for record in run.history] == [1, 2, 3, 4]
    assert seen == run.history
    assert run.history[-1].train_loss < run.history[0].train_loss
    assert run.metrics["test_accuracy"] > 0.9
    assert sum(map(sum, run.metrics["confusion_matrix"])) == 360
    assert len(run.metrics["per_class_accuracy"]) == 10
    names = {path.name for path in run.folder.iterdir()}
    assert names >= {
        "experiment.blockml",
        "model.py",
        "events.jsonl",
        "checkpoint.safetensors",
        "result.json",
    }
    script = (run.folder / "model.py").read_text(encoding="utf-8")
    assert script == to_python(run.experiment, run.plan, file="model.py")
    state = run.state()
    assert (state.status, state.epoch, state.can_predict) == ("finished", 4, True)
    assert not run.module.training


def test_the_quick_names_reach_it(home):
    run = bm.train(small(epochs=1))
    assert run.folder == home / "small" / "v1" / "run"
    assert bm.train(small(epochs=1)).folder == home / "small" / "v2" / "run"
    assert bm.Run.open(run.folder).status == "finished"


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_the_script_makes_the_very_same_weights(optimizer, tmp_path, monkeypatch):
    drawn = small(epochs=2, optimizer=optimizer)
    run = train(drawn, tmp_path / "run", device="cpu")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    space = {"__name__": "__main__"}
    exec(compile(to_python(drawn, run.plan), "script", "exec"), space)
    weights = torch.load(tmp_path / "small.pt", weights_only=True)
    ours = run.module.state_dict()
    assert list(weights) == list(ours)
    assert all(torch.equal(weights[key], ours[key]) for key in ours)


def test_script_and_module_see_the_same_data():
    space = {"__name__": "script"}
    exec(compile(to_python(small()), "script", "exec"), space)
    data = bm.load_data("digits")
    found = space["load_data"]()
    expected = (data.train.images, data.train.labels, data.test.images, data.test.labels)
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
    assert torch.equal(
        space["prepare"](found[0], space["MEAN"], space["STD"]), data.prepare(data.train.images)
    )
    prepared = data.prepare(data.train.images)
    assert abs(prepared.mean()) < 0.01
    assert abs(prepared.std() - 1) < 0.01


def test_the_random_state_of_the_user_is_left_alone(tmp_path):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    train(noisy(epochs=1), tmp_path / "run")
    assert torch.equal(torch.rand(3), expected)


def test_what_the_user_draws_does_not_change_the_run(tmp_path):
    one = train(noisy(epochs=1), tmp_path / "a")
    torch.rand(1000)
    assert same(one.module, train(noisy(epochs=1), tmp_path / "b").module)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_stopped_and_resumed_equals_uninterrupted(optimizer, tmp_path):
    straight = train(noisy(optimizer=optimizer), tmp_path / "straight")
    run = train(noisy(optimizer=optimizer), tmp_path / "stopped", wait=False)
    until(lambda: run.state().step >= 7 and run.state().epoch == 1)
    started = time.monotonic()
    run.stop()
    assert time.monotonic() - started < 1
    assert run.status == "stopped"
    again = Run.open(run.folder)
    assert again.status == "stopped"
    assert again.resume() is again
    assert again.status == "finished"
    assert same(straight.module, again.module)
    assert [r.test_accuracy for r in again.history] == [r.test_accuracy for r in straight.history]
    assert again.history[1].train_loss == pytest.approx(straight.history[1].train_loss, rel=1e-9)


def test_pause_holds_and_resume_goes_on(tmp_path):
    straight = train(noisy(), tmp_path / "straight")
    run = train(noisy(), tmp_path / "paused", wait=False)
    until(lambda: run.state().step >= 3)
    run.pause()
    until(lambda: run.status == "paused", 1)
    held = run.state().step, run.state().epoch
    time.sleep(0.3)
    assert (run.state().step, run.state().epoch) == held
    run.resume()
    assert run.active
    run.wait()
    assert same(straight.module, run.module)


def test_a_picture_can_be_tested_in_the_middle_and_disturbs_nothing(tmp_path):
    straight = train(noisy(), tmp_path / "straight")
    picture = bm.load_data("digits").test.images[0]
    run = train(noisy(), tmp_path / "asked", wait=False)
    until(lambda: run.state().step >= 2)
    found = run.predict(picture)
    assert found.label in found.classes
    assert sum(found.probabilities) == pytest.approx(1, abs=1e-5)
    assert len(found.top(3)) == 3
    run.wait()
    assert same(straight.module, run.module)


def test_observers_see_it_start_and_end(tmp_path):
    states = []
    ready = threading.Event()
    run = train(small(), tmp_path / "run", wait=False, on_epoch=lambda _: ready.wait(5))
    run.observe(lambda state: states.append((state.status, state.epoch)))
    ready.set()
    run.wait()
    assert states[-1] == ("finished", 2)


def test_other_threads_get_their_turn(tmp_path):
    run = train(bm.template("lenet5"), tmp_path / "run", wait=False)
    until(lambda: run.state().step >= 2)
    gaps = []
    for _ in range(40):
        before = time.perf_counter()
        time.sleep(0.01)
        gaps.append(time.perf_counter() - before)
    run.stop()
    assert sorted(gaps)[len(gaps) // 2] < 0.1


def test_a_graph_with_errors_is_not_started(tmp_path):
    with pytest.raises(GraphError):
        train(experiment(["Conv2d"]), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_no_number_stops_with_advice(tmp_path):
    run = train(small(epochs=3, optimizer="sgd", learning_rate=10), tmp_path / "run", wait=False)
    exploding = experiment(
        [
            ("Conv2d", {"out_channels": 8}),
            "Flatten",
            ("Linear", {"out_features": 64}),
            ("Linear", {"out_features": 10}),
        ],
        recipe=Recipe(optimizer="sgd", learning_rate=10, epochs=5),
    )
    run.stop()
    with pytest.raises(RunError, match="learning rate") as caught:
        train(exploding, tmp_path / "nan")
    assert caught.value.diagnostics[0].code == "loss-not-finite"
    assert Run.open(tmp_path / "nan").status == "interrupted"


@pytest.mark.parametrize("error", [ZeroDivisionError("mine"), SystemExit("mine")])
def test_an_error_of_the_callback_ends_the_run_and_is_told_as_that(error, tmp_path):
    def fail(_):
        raise error

    with pytest.raises(RunError, match=f"on_epoch ended with {type(error).__name__}: mine") as caught:
        train(small(), tmp_path / "run", on_epoch=fail)
    assert caught.value.diagnostics[0].code == "on-epoch"
    opened = Run.open(tmp_path / "run")
    assert len(opened.history) == 1
    assert opened.resume().status == "finished"


def test_a_folder_with_a_run_is_not_written_over(tmp_path):
    train(small(epochs=1), tmp_path / "run")
    before = (tmp_path / "run" / "events.jsonl").read_bytes()
    with pytest.raises(RunError, match="already"):
        train(small(epochs=1), tmp_path / "run")
    assert (tmp_path / "run" / "events.jsonl").read_bytes() == before


def test_a_run_that_has_finished_cannot_be_resumed(tmp_path):
    run = train(small(epochs=1), tmp_path / "run")
    with pytest.raises(RunError, match="has finished"):
        run.resume()


def test_a_folder_that_cannot_be_written_is_told_before(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        train(small(), tmp_path / "file" / "run")


def test_a_full_disk_pauses_the_run_and_costs_nothing(tmp_path, monkeypatch):
    straight = train(noisy(), tmp_path / "straight")
    whole = checkpoint.write

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write", full)
    run = train(noisy(), tmp_path / "run", wait=False)
    with pytest.raises(RunError, match="No space left"):
        run.wait()
    assert run.status == "paused"
    assert run.state().problem.code == "run-unwritable"
    assert run.predict(bm.load_data("digits").test.images[0]).label
    monkeypatch.setattr(checkpoint, "write", whole)
    run.resume(wait=True)
    assert run.status == "finished"
    assert same(straight.module, run.module)
    assert [record.epoch for record in Run.open(run.folder).history] == [1, 2, 3]


def test_memory_that_runs_out_is_told_with_a_batch_that_fits(tmp_path, monkeypatch):
    learn = Step.learn

    def hungry(self, images, labels, *rest):
        if len(images) > 20:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return learn(self, images, labels, *rest)

    monkeypatch.setattr(Step, "learn", hungry)
    drawn = noisy(epochs=1, batch_size=64)
    with pytest.raises(RunError, match="memory is full") as caught:
        train(drawn, tmp_path / "run")
    (fix,) = caught.value.diagnostics[0].fixes
    assert fix.patch.recipe == {"batch_size": 16}
    assert train(bm.apply_fix(drawn, fix), tmp_path / "again").status == "finished"


def test_a_finished_run_trains_on_and_its_schedule_begins_anew(tmp_path):
    drawn = small(epochs=2, schedule="one_cycle", learning_rate=0.01)
    run = train(drawn, tmp_path / "run")
    ended = run.history[-1].learning_rate
    assert run.more(2) is run
    assert [record.epoch for record in run.history] == [1, 2, 3, 4]
    assert run.state().epochs == 4
    assert ended < run.history[2].learning_rate
    assert run.history[3].learning_rate < run.history[2].learning_rate
    again = Run.open(run.folder)
    assert again.status == "finished"
    assert again.state().epochs == 4
    assert same(again.module, run.module)
    with pytest.raises(RunError, match="10000"):
        run.more(0)


def test_a_run_that_ended_early_trains_on_from_there(tmp_path):
    drawn = small(epochs=30, patience=1, learning_rate=2, optimizer="sgd", clip_norm=1)
    run = train(drawn, tmp_path / "run")
    ended = len(run.history)
    assert ended < 30
    assert Run.open(run.folder).status == "finished"
    run.more(1)
    assert len(run.history) == ended + 1
    assert run.state().epochs == ended + 1


def test_the_best_epoch_is_judged_by_pictures_held_back_and_kept(tmp_path):
    drawn = small(epochs=6, best_epoch=True, learning_rate=0.5, optimizer="sgd")
    run = train(drawn, tmp_path / "run")
    best = min(run.history, key=lambda record: record.validation_loss)
    assert run.state().best_epoch == best.epoch == run.metrics["best_epoch"]
    assert run.metrics["test_accuracy"] == best.test_accuracy
    opened = Run.open(run.folder)
    assert same(opened.module, run.module)


def test_the_average_is_tested_and_kept(tmp_path):
    run = train(small(ema_decay=0.9), tmp_path / "run")
    data = bm.load_data("digits")
    with torch.no_grad():
        scores = run.module(data.prepare(data.test.images))
    assert (scores.argmax(1) == data.test.labels).float().mean() == pytest.approx(
        run.history[-1].test_accuracy
    )
    assert same(Run.open(run.folder).module, run.module)


def test_a_long_step_is_ended_in_its_middle_and_taken_again(tmp_path):
    deep = [("Linear", {"out_features": 64}), "ReLU"] * 12
    drawn = experiment(["Flatten", *deep, ("Linear", {"out_features": 10})], recipe=Recipe(epochs=1))
    straight = train(drawn, tmp_path / "straight")
    engine = Engine(drawn, bm.load_data("digits"), torch.device("cpu"))
    wishes = []
    engine._asked = lambda: bool(wishes)
    forward = engine.module.linear6.forward

    def slow(x):
        wishes.append("stop")
        return forward(x)

    engine.module.linear6.forward = slow
    engine._last_step = 1.0
    order = engine.selection.order(0)
    (first, *_) = engine.pictures.batches(order[:1])
    before = {key: value.clone() for key, value in engine.module.state_dict().items()}
    assert engine.take(*first) is None
    assert all(torch.equal(before[key], value) for key, value in engine.module.state_dict().items())
    del engine.module.linear6.forward
    wishes.clear()
    assert engine.epoch(lambda _: True) is not None
    assert same(engine.module, straight.module)


def test_pictures_that_are_streamed_train_the_same(tmp_path):
    drawn, data, cpu = noisy(epochs=1), bm.load_data("digits"), torch.device("cpu")
    resident = Engine(drawn, data, cpu, plan=Plan())
    streamed = Engine(drawn, data, cpu, plan=Plan(stream=True))
    one, other = resident.epoch(lambda _: True), streamed.epoch(lambda _: True)
    assert same(resident.module, streamed.module)
    assert one[1] == other[1]


def test_the_plan_is_remembered_and_kept_by_a_run_that_goes_on(tmp_path):
    run = train(noisy(epochs=1), tmp_path / "run")
    assert run.plan is not None
    assert train(noisy(epochs=1), tmp_path / "again").plan == run.plan
    assert Run.open(run.folder).plan == run.plan
    short = train(noisy(epochs=1, precision="bf16"), tmp_path / "short")
    assert short.plan.precision == "bf16"


def test_a_learning_rate_is_found():
    curve = bm.find_rate(noisy())
    assert len(curve.rates) == len(curve.losses) > 20
    assert 1e-4 < curve.suggestion < 0.5
    assert bm.rate_figure(curve).layout.xaxis.type == "log"
    blind = experiment(["Flatten", ("Linear", {"out_features": 10}), "Softmax"])
    assert bm.find_rate(blind.model_copy(update={"recipe": Recipe(optimizer="sgd", batch_size=1437)}))


def test_a_few_examples_are_spread_over_the_classes(tmp_path):
    data = bm.load_data("digits")
    engine = Engine(noisy().model_copy(update={"recipe": Recipe(examples=50)}), data, torch.device("cpu"))
    counts = torch.bincount(data.train.labels[engine.selection.used], minlength=10)
    assert counts.sum() == 50
    assert counts.min() >= 4


def test_a_single_example_trains_also_where_some_should_be_held_back(tmp_path):
    run = train(small(examples=1, patience=1), tmp_path / "run")
    assert run.status == "finished"


def test_runs_are_compared_in_one_chart(tmp_path):
    runs = [train(small(epochs=2, seed=seed), tmp_path / str(seed)) for seed in (0, 1)]
    figure = bm.compare(*runs)
    folders = [str(runs[0].folder), runs[1].folder]
    assert bm.compare(*folders) == bm.compare(folders) == figure
    assert bm.report(folders[0]).figures["curves"] == bm.report(runs[0]).figures["curves"]
    for wrong in (3, None, {"folder": "run"}):
        with pytest.raises(RunError, match="A run was expected, and this came"):
            bm.report(wrong)
        with pytest.raises(RunError, match="A run was expected, and this came"):
            bm.compare([wrong, runs[0]])
    assert len(figure.data) == 8
    with pytest.raises(RunError, match="two or more"):
        bm.compare(runs[0])


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_checkpoint_is_told(damage, tmp_path):
    run = train(small(epochs=1), tmp_path / "run")
    path = run.folder / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-10] if damage is None else damage)
    with pytest.raises(RunError, match="cannot be read"):
        _ = Run.open(run.folder).module


def test_weights_of_another_network_are_refused(tmp_path):
    one, other = train(small(epochs=1), tmp_path / "a"), train(noisy(epochs=1), tmp_path / "b")
    (other.folder / "checkpoint.safetensors").write_bytes(
        (one.folder / "checkpoint.safetensors").read_bytes()
    )
    with pytest.raises(RunError, match="belong to another"):
        _ = Run.open(other.folder).module


def test_half_lines_and_foreign_lines_are_passed_over(tmp_path):
    run = train(small(), tmp_path / "run")
    path = run.folder / "events.jsonl"
    good = path.read_text(encoding="utf-8")
    path.write_text('nonsense\n{"event": "epoch"}\n[1]\n' + good + '{"event": "epo', encoding="utf-8")
    assert [record.epoch for record in events.read(run.folder).history] == [1, 2]
    events.append(run.folder, "point", at=1.0, loss=1.0, accuracy=0.5)
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["event"] == "point"


def test_there_must_be_a_run_to_open(tmp_path):
    with pytest.raises(RunError, match="no run"):
        Run.open(tmp_path)


def test_unknown_data_is_named():
    with pytest.raises(DataError, match="Did you mean mnist"):
        bm.load_data("mnist3")


def test_the_gpu_that_is_taken_by_default_has_no_number(monkeypatch):
    # `torch.cuda.set_device` refuses it.
    assert isinstance(on(torch.device("cuda")), torch.cuda.device)
    assert on(torch.device("cuda:1")).idx == 1
    taken = []
    monkeypatch.setattr(session, "on", lambda device: taken.append(device) or nullcontext())
    monkeypatch.setattr(rate, "on", lambda device: taken.append(device) or nullcontext())
    monkeypatch.setattr(session.Session, "_train", lambda _: None)
    live = Live(small(), None, "", "cuda", [1])
    session.Session(live, torch.device("cuda"), None, resumed=False).run()
    bm.find_rate(noisy(), device="cpu")
    assert taken == [torch.device("cuda"), torch.device("cpu")]


def test_a_rate_is_looked_for_without_the_plan_of_a_long_training(monkeypatch):
    tried = []
    monkeypatch.setattr(rate, "Engine", lambda *given: tried.append(given[0]) or Engine(*given))
    drawn = noisy()
    bm.find_rate(drawn.model_copy(update={"recipe": drawn.recipe.model_copy(update={"epochs": 500})}))
    assert tried[0].recipe.epochs == 1


@pytest.mark.parametrize("error", [RuntimeError, OSError, ModuleNotFoundError, CalledProcessError])
def test_whatever_a_compiler_raises_the_training_goes_on_without(error):
    def fail():
        raise error(1, "gcc")

    assert not planning._compiles(fail, torch.device("cpu"), lambda: None)
    assert planning._compiles(lambda: None, torch.device("cpu"), lambda: None)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="temporary files have an owner")
def test_what_is_compiled_lies_where_nobody_else_can_put_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    usual, torchs = tmp_path / f"blockml-compiled-{os.getuid()}", tmp_path / "torchinductor_kim"

    def chosen(before=""):
        monkeypatch.setattr(os, "environ", {"TORCHINDUCTOR_CACHE_DIR": before})
        assert planning._compiles(lambda: None, torch.device("cpu"), lambda: None)
        return Path(os.environ["TORCHINDUCTOR_CACHE_DIR"])

    assert chosen("/chosen") == Path("/chosen")
    assert chosen() == chosen() == usual
    assert usual.stat().st_mode & 0o777 == 0o700
    torchs.mkdir(mode=0o700)
    assert chosen(str(torchs)) == torchs
    torchs.chmod(0o777)
    assert chosen(str(torchs)) not in (torchs, usual)
    torchs.rmdir()
    torchs.symlink_to(usual)
    assert chosen(str(torchs)) not in (torchs, usual)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert chosen(str(usual)) != usual, "somebody else made it"


def test_who_asks_while_the_network_is_compiled_is_heard():
    def ask():
        raise Interrupted

    ended = threading.Event()
    with pytest.raises(Interrupted):
        planning._compiles(ended.wait, torch.device("cpu"), ask)
    ended.set()


def test_steps_are_recorded_one_after_the_other(monkeypatch):
    """Where two threads record at a time the random numbers of one are not those of the other."""
    going, most = [], []

    @contextmanager
    def recording(*_, **__):
        going.append(1)
        time.sleep(0.1)
        most.append(len(going))
        yield
        going.pop()

    monkeypatch.setattr(torch.cuda, "graph", recording)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "default_generators", [SimpleNamespace(clone_state=lambda: None)])

    def record():
        with graph._recording(None):
            pass

    threads = [threading.Thread(target=record) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most == [1, 1, 1]


def test_a_run_that_has_ended_keeps_no_recorded_steps(tmp_path, monkeypatch):
    kept = []

    def learner(step, *_):
        def learn(*given):
            return step.learn(*given)

        kept.append(weakref.ref(learn))
        return learn

    monkeypatch.setattr(engine, "learner", learner)
    run = train(small(epochs=1), tmp_path / "run")
    gc.collect()
    assert [each() for each in kept] == [None]
    assert all(weight.grad is None for weight in run.module.parameters())
    assert run.predict(bm.load_data("digits").test.images[0]).label


@pytest.mark.parametrize("device", ["banana", "cuda:99", "meta", 7.5])
def test_a_device_that_is_not_there_is_told_with_those_that_are(device, tmp_path):
    with pytest.raises(RunError, match=r"no device named .* Devices that there are: cpu") as caught:
        train(small(), tmp_path / "run", device=device)
    assert caught.value.diagnostics[0].code == "no-device"
    assert not (tmp_path / "run").exists()
    assert train(small(epochs=1), tmp_path / "run", device="cpu:0").status == "finished"


def test_a_run_does_not_wait_for_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_QUEUE", str(tmp_path / "queue"))
    monkeypatch.setenv("BLOCKML_SLOTS", "1")
    later = []

    def inside(_):
        later.append(train(small(epochs=1), tmp_path / "later", wait=False))
        with pytest.raises(RunError, match="on_epoch"):
            later[0].wait()
        train(small(epochs=1), tmp_path / "inside")

    with pytest.raises(RunError, match="on_epoch") as refused:
        train(small(epochs=1), tmp_path / "outside", on_epoch=inside)
    assert refused.value.diagnostics[0].code == "run-inside"
    assert not (tmp_path / "inside").exists()
    # Where nobody waits for it, it has its turn afterwards.
    assert later[0].wait().status == "finished"
    monkeypatch.setenv("BLOCKML_SLOTS", "2")
    beside = []
    train(
        small(epochs=1),
        tmp_path / "two",
        on_epoch=lambda _: beside.append(train(small(epochs=1), tmp_path / "beside")),
    )
    assert beside[0].status == "finished"


def test_without_the_internet_the_data_at_hand_are_offered_where_they_fit(tmp_path, monkeypatch):
    def away(*_):
        raise URLError(TimeoutError())

    monkeypatch.setattr("blockml.data.named.fetch", away)
    large = experiment(
        [("Conv2d", {"kernel_size": 25, "padding": 0}), "Flatten", ("Linear", {"out_features": 10})]
    )
    mnist = bm.template("mlp").data.model_copy(update={"name": "mnist", "facts": None})
    for exp, offered in ((small(), 1), (large, 0)):
        run = train(exp.model_copy(update={"data": mnist}), tmp_path / str(offered), wait=False)
        with pytest.raises(RunError):
            run.wait()
        problem = run.state().problem
        assert problem.code == "data-offline"
        assert len(problem.fixes) == offered
    assert problem.text("message", "ko")


def test_a_problem_shows_together_with_the_failure(tmp_path, monkeypatch):
    append, begun, runs, seen = events.append, threading.Event(), [], []

    def slowly(folder, kind, **values):
        if kind == "failed":
            begun.wait(20)
            seen.append(runs[0].state())
        append(folder, kind, **values)

    def away(*_):
        raise URLError(TimeoutError())

    monkeypatch.setattr(events, "append", slowly)
    monkeypatch.setattr("blockml.data.named.fetch", away)
    mnist = bm.template("mlp").data.model_copy(update={"name": "mnist", "facts": None})
    runs.append(train(small().model_copy(update={"data": mnist}), tmp_path / "run", wait=False))
    begun.set()
    with pytest.raises(RunError):
        runs[0].wait()
    assert [(state.status, state.problem) for state in seen] == [("preparing", None)]
    assert runs[0].state().problem is not None
