"""The estimated time of an epoch."""

import dataclasses
import json
import time

import pytest
import torch

import blockml as bm
import blockml.training.meter as timing
import blockml.training.speed as measuring
from blockml.analysis import analyse
from blockml.blocks import base
from blockml.chain import experiment
from blockml.recipe import Recipe
from blockml.training.estimate import Probe, Speed, along, between, estimate
from blockml.training.threads import one_thread

SPEED = Speed(
    call=1e-5,
    convolution=(
        Probe(size=(3, 5, 10), forward=1e-11, step=3e-11),
        Probe(size=(8, 6, 8), forward=5e-12, step=2e-11),
    ),
    grouped=(Probe(size=(3, 0, 8), forward=4e-11, step=1e-10),),
    linear=(Probe(size=(9, 7), forward=1e-11, step=4e-11),),
    block={"ReLU": Probe(size=(21,), forward=1e-10, step=3e-10)},
    large=(Probe(size=(21,), forward=0, step=0), Probe(size=(24,), forward=1e-9, step=2e-9)),
    weight={"adam": 1e-9},
    change={"flip": 1e-9},
    picture=1e-9,
    step=1e-4,
)
CONVOLUTIONS = [("Conv2d", {"out_channels": 16}), "ReLU", "Flatten", ("Linear", {"out_features": 10})]


def seconds(blocks=CONVOLUTIONS, speed=SPEED, **recipe):
    drawn = experiment(blocks, data="mnist", recipe=Recipe(**recipe))
    return estimate(drawn, analyse(drawn), speed)


def test_a_known_network_takes_what_its_parts_take():
    drawn = experiment(
        ["Flatten", ("Linear", {"out_features": 10})], data="mnist", recipe=Recipe(batch_size=100)
    )
    found = seconds(["Flatten", ("Linear", {"out_features": 10})], batch_size=100)
    flops = analyse(drawn).total_flops
    assert found.nodes["linear1"] == pytest.approx(600 * 1e-5 + flops * (60_000 * 4e-11 + 10_000 * 1e-11))
    flatten = 2 * 784
    assert found.nodes["flatten1"] == pytest.approx(600 * 1e-5 + flatten * (60_000 * 3e-10 + 10_000 * 1e-10))
    rest = 600 * (1e-4 + 7850 * 1e-9) + 784 * 70_000 * 1e-9
    assert found.total == pytest.approx(sum(found.nodes.values()) + rest)


@pytest.mark.parametrize(
    "more",
    [
        {"blocks": [("Conv2d", {"out_channels": 64}), *CONVOLUTIONS[1:]]},
        {"blocks": [("Conv2d", {"out_channels": 16, "kernel_size": 5, "padding": 2}), *CONVOLUTIONS[1:]]},
        {"blocks": ["ReLU", *CONVOLUTIONS]},
        {"batch_size": 8},
        {"flip": True},
        {"speed": SPEED.model_copy(update={"observed": (2.0,)})},
    ],
)
def test_more_work_takes_longer(more):
    assert seconds(**more).total > seconds().total


def test_fewer_pictures_take_less():
    assert seconds(examples=6000).total < seconds().total / 3


def test_frozen_weights_take_less():
    drawn = experiment(CONVOLUTIONS, data="mnist")
    nodes = tuple(node.model_copy(update={"frozen": node.id == "conv1"}) for node in drawn.graph.nodes)
    frozen = drawn.model_copy(update={"graph": drawn.graph.model_copy(update={"nodes": nodes})})
    assert estimate(frozen, analyse(frozen), SPEED).total < estimate(drawn, analyse(drawn), SPEED).total


def test_nothing_is_said_of_a_network_with_unknown_shapes():
    drawn = experiment([("Conv2d", {"kernel_size": 99}), "Flatten"], data="mnist")
    assert estimate(drawn, analyse(drawn), SPEED) is None


def test_the_correction_is_the_middle_of_the_latest_and_has_limits():
    corrected = [
        SPEED.model_copy(update={"observed": seen}).correction for seen in [(), (2.0, 1.0, 30.0), (900.0,)]
    ]
    assert corrected == [1.0, 2.0, 4.0]


def test_between_measured_sizes_lies_what_is_between():
    probes = SPEED.convolution
    assert between(probes, (3, 5, 10)).step == pytest.approx(3e-11, rel=0.02)
    assert 2e-11 < between(probes, (5.5, 5.5, 9)).step < 3e-11
    assert along(SPEED.large, 22.5).step == pytest.approx(1e-9)
    assert [along(SPEED.large, size).step for size in (1, 30)] == [0, 2e-9]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("blockml.training.remember.user_cache_path", lambda _: tmp_path)
    return tmp_path / "speed.json"


def test_the_device_is_measured_once(cache, monkeypatch):
    asked = []
    monkeypatch.setattr(measuring, "measure", lambda device, **_: asked.append(device) or SPEED)
    device = torch.device("cpu")
    assert measuring.speed_of(device) == measuring.speed_of(device) == SPEED
    assert len(asked) == 1


@pytest.mark.parametrize("wrong", ["infer", "call"])
def test_a_block_with_a_mistake_keeps_no_other_from_being_measured(wrong, monkeypatch):
    monkeypatch.setattr(base, "_catalogue", dict(base._catalogue))

    class Odd(bm.Block):
        """Made in a cell."""

        family = "activation"
        stem = "odd"

        def infer(self, shapes):
            return shapes[0][9] if wrong == "infer" else shapes[0]

        def call(self, _):
            return bm.Call("nn.Typo")

    monkeypatch.setattr(measuring, "catalogue", lambda: {"Odd": Odd, "ReLU": bm.catalogue()["ReLU"]})
    meter = measuring.Meter(torch.device("cpu"), time.perf_counter, lambda: None)
    assert [name for name, _ in measuring._blocks(meter, (0.0, 0.0))] == ["ReLU"]


@pytest.mark.parametrize("text", ["", "[]", "{not json", '{"%": 3}', "null"])
def test_a_damaged_cache_is_measured_anew(cache, monkeypatch, text):
    device = torch.device("cpu")
    cache.write_text(text.replace("%", measuring._key(device).replace('"', '\\"')))
    monkeypatch.setattr(measuring, "measure", lambda *_, **__: SPEED)
    assert measuring.speed_of(device) == SPEED
    assert json.loads(cache.read_text())[measuring._key(device)]["call"] == 1e-5


def test_real_epochs_correct_the_estimate(cache, monkeypatch):
    device = torch.device("cpu")
    drawn = experiment(CONVOLUTIONS, data="mnist")
    facts = analyse(drawn).data
    measuring.observe(drawn, facts, device, 10.0)
    assert not cache.exists()
    monkeypatch.setattr(measuring, "measure", lambda *_, **__: SPEED)
    plain = estimate(drawn, analyse(drawn), measuring.speed_of(device)).total
    measuring.observe(drawn, facts, device, 3 * plain)
    measuring.observe(experiment(CONVOLUTIONS[2:], data="mnist"), facts, device, 0.01)
    assert measuring.speed_of(device).observed == pytest.approx((3.0,))
    corrected = estimate(drawn, analyse(drawn), measuring.speed_of(device))
    assert corrected.total == pytest.approx(3 * plain)


def test_a_short_epoch_corrects_its_own_network_and_no_other(cache, monkeypatch):
    device = torch.device("cpu")
    monkeypatch.setattr(measuring, "measure", lambda *_, **__: SPEED)
    drawn = experiment(CONVOLUTIONS, data="mnist")
    other = experiment(["Flatten", ("Linear", {"out_features": 10})], data="mnist")
    plain = [estimate(each, analyse(each), measuring.speed_of(device)).total for each in (drawn, other)]
    measuring.observe(drawn, analyse(drawn).data, device, 0.2)
    speed = measuring.speed_of(device)
    assert estimate(drawn, analyse(drawn), speed).total == pytest.approx(0.2)
    assert estimate(other, analyse(other), speed).total == pytest.approx(plain[1])
    # Also with another recipe it is still that network.
    longer = experiment(CONVOLUTIONS, data="mnist", recipe=Recipe(examples=6000))
    assert estimate(longer, analyse(longer), speed).total < 0.1 * plain[0]
    for _ in range(100):
        measuring.observe(drawn, analyse(drawn).data, device, 0.1)
    assert len(measuring.speed_of(device).networks) == 1


def test_what_others_do_does_not_lengthen_what_is_measured(monkeypatch):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setattr(timing, "_CALIBRATION", 0)
    seen = set()

    class Watching(timing.Meter):
        def time(self, act):
            seen.add(torch.get_num_threads())
            # Another process has the core meanwhile.
            return super().time(lambda: (act(), time.sleep(0.02)))

    try:
        with one_thread():
            meter = Watching(torch.device("cpu"), time.perf_counter, lambda: None)
            assert max(meter.call()) < 0.02
        assert 0 < meter.gain() <= 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen == {1}


def test_measuring_is_short_and_leaves_random_numbers_alone(monkeypatch):
    # A few sizes are enough to see that everything is measured.
    for name in ("_CONVOLUTIONS", "_GROUPED", "_LINEAR"):
        monkeypatch.setattr(measuring, name, getattr(measuring, name)[:1])
    monkeypatch.setattr(measuring, "_LARGE", measuring._LARGE[:2])
    monkeypatch.setattr(timing, "_CALIBRATION", 0)
    before = torch.get_rng_state()
    found = measuring.measure(torch.device("cpu"))
    assert torch.equal(torch.get_rng_state(), before)
    assert {"ReLU", "BatchNorm2d", "MaxPool2d", "Dropout"} <= found.block.keys()
    assert set(found.weight) == {"adam", "adamw", "sgd", "rmsprop", "muon", "average"}
    assert found.memory is None
    drawn = experiment(CONVOLUTIONS, data="mnist")
    guess = estimate(drawn, dataclasses.replace(analyse(drawn)), found)
    assert guess is not None
    assert 0 < guess.total < 3600
