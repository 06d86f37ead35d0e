"""What is interrupted and goes on ends as if nothing had happened, to the last bit."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recipes import CHANGES, SETTINGS, any_recipe, differences, network, pictures, told

from blockml.errors import RunError
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import Run, engine, events, session, train

CHILD = """
import sys
from blockml.experiment import Experiment
from blockml.training import Run, train
folder, file = sys.argv[1:]
if file == "-":
    Run.open(folder).resume()
else:
    train(Experiment.load(file), folder, device="cpu")
"""


class Interruption:
    """Does something in the training thread, where it asks what people want: between steps and in tests."""

    def __init__(self, patch):
        self.left, self.act = -1, None
        whole = session.Session._obey

        def obey(made):
            if made._live.engine is not None:
                self.left -= 1
                if self.left == 0:
                    self.act(made._live)
            return whole(made)

        patch.setattr(session.Session, "_obey", obey)

    def plan(self, after, act):
        self.left, self.act = after, act


def stop(live):
    live.asked = "stop"


def interrupted(drawn, folder, interruption, after, way):
    """Train; the run is stopped, or what a killed kernel leaves behind goes to another machine."""
    if way == "stop":
        interruption.plan(after, stop)
        train(drawn, folder, device="cpu")
        return folder
    elsewhere = folder.with_name(f"{folder.name}-elsewhere")
    interruption.plan(after, lambda _: shutil.copytree(folder, elsewhere))
    train(drawn, folder, device="cpu")
    if not elsewhere.exists():
        return folder
    shutil.rmtree(folder)
    return elsewhere


def resumes(folder, recipe, after, way, *, channels_last):
    drawn = network(pictures(), recipe)
    # What is fastest is not what is tested here, and measuring it takes time.
    plan = Plan(precision="bf16" if recipe.precision == "bf16" else "fp32", channels_last=channels_last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "choose", lambda *_, **__: plan)
        train(drawn, folder / "straight", device="cpu")
        interruption = Interruption(patch)
        left = interrupted(drawn, folder / "run", interruption, after, way)
        run = Run.open(left)
        if run.status != "finished":
            assert run.status == ("stopped" if way == "stop" else "interrupted")
            # A second time, soon after the first.
            interruption.plan(3, stop)
            run.resume()
            interruption.plan(-1, stop)
            run = Run.open(left)
        if run.status != "finished":
            run.resume()
        assert run.status == "finished"
    assert not differences(folder / "straight", left), told(recipe)
    assert not list(left.glob(".checkpoint*"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chance=st.randoms(use_true_random=False),
    after=st.integers(1, 20),
    way=st.sampled_from(["stop", "copy"]),
    channels_last=st.booleans(),
)
def test_any_recipe_resumes_exactly(tmp_path_factory, chance, after, way, channels_last):
    recipe = any_recipe(chance, epochs=2)
    resumes(tmp_path_factory.mktemp("resume"), recipe, after, way, channels_last=channels_last)


# All that there is, in as few recipes: the property above leaves it to chance what is drawn.
COVER = [
    {"optimizer": "adam", "schedule": "constant", "flip": True, "ema_decay": 0.9, "mixup": 0.4},
    {
        "optimizer": "adamw",
        "schedule": "step",
        "shift": 2,
        "weight_decay": 0.01,
        "best_epoch": True,
        "rotate": 15,
    },
    {
        "optimizer": "sgd",
        "schedule": "cosine",
        "warmup": 0.3,
        "momentum": 0.9,
        "nesterov": True,
        "cutmix": 1,
        "color": 0.3,
    },
    {"optimizer": "muon", "schedule": "one_cycle", "weight_decay": 0.01, "ema_decay": 0.9, "flip": True},
    {
        "optimizer": "rmsprop",
        "schedule": "one_cycle",
        "rand_augment": 2,
        "clip_norm": 0.5,
        "patience": 1,
        "zoom": 0.2,
    },
    {
        "optimizer": "sgd",
        "schedule": "one_cycle",
        "warmup": 0.5,
        "momentum": 0.9,
        "label_smoothing": 0.1,
        "cutout": 3,
    },
    {
        "optimizer": "rmsprop",
        "momentum": 0.0,
        "schedule": "cosine",
        "class_weights": "balanced",
        "precision": "bf16",
    },
]


@pytest.mark.parametrize("index", range(len(COVER)))
def test_every_setting_resumes_exactly(tmp_path, index):
    recipe = Recipe(epochs=2, learning_rate=0.01, batch_size=24, step_size=1, validation=0.2, **COVER[index])
    resumes(tmp_path, recipe, 3 + 2 * index, "copy" if index % 2 else "stop", channels_last=index % 2 == 0)


def test_nothing_is_left_out():
    tried = {name for recipe in COVER for name in recipe} | {"batch_size", "learning_rate", "seed"}
    assert tried >= set(CHANGES)
    assert set(SETTINGS) - tried == {"examples"}
    assert {recipe["optimizer"] for recipe in COVER} == set(SETTINGS["optimizer"])
    assert {recipe["schedule"] for recipe in COVER} == set(SETTINGS["schedule"])
    open_to_chance = set(SETTINGS) | set(CHANGES)
    assert set(Recipe.model_fields) - open_to_chance == {
        "epochs",
        "step_size",
        "gamma",
        "validation",
        "deterministic",
    }


@pytest.mark.parametrize("after", range(1, 9))
def test_it_resumes_exactly_from_every_place_of_an_epoch(tmp_path, after):
    recipe = Recipe(epochs=2, batch_size=33, schedule="cosine", best_epoch=True, ema_decay=0.9)
    resumes(tmp_path, recipe, after, "stop", channels_last=False)


def test_further_epochs_resume_exactly(tmp_path):
    drawn = network(pictures(), Recipe(epochs=1, schedule="one_cycle", batch_size=24, ema_decay=0.9))
    straight = train(drawn, tmp_path / "straight", device="cpu").more(2)
    run = train(drawn, tmp_path / "run", device="cpu")
    with pytest.MonkeyPatch.context() as patch:
        Interruption(patch).plan(3, stop)
        run.more(2)
    assert run.status == "stopped"
    again = Run.open(run.folder)
    assert again.state().epochs == 3
    again.resume()
    assert not differences(straight.folder, again.folder)


@pytest.mark.parametrize("jump", [-86400.0, 86400.0 * 365])
def test_a_clock_that_jumps_mixes_nothing(tmp_path, jump, monkeypatch):
    drawn = network(pictures(), Recipe(epochs=6, batch_size=8, schedule="cosine"))
    train(drawn, tmp_path / "straight", device="cpu")
    now, jumped = time.time, threading.Event()
    monkeypatch.setattr(time, "time", lambda: now() + (jump if jumped.is_set() else 0))
    seen = []

    def at_end(record):
        seen.append(record.epoch)
        if record.epoch == 2:
            jumped.set()
        if record.epoch == 4:
            run.stop(wait=False)

    run = train(drawn, tmp_path / "run", device="cpu", wait=False, on_epoch=at_end)
    run.wait()
    assert run.status == "stopped"
    jumped.clear()
    opened = Run.open(run.folder)
    assert [record.epoch for record in opened.history] == seen
    opened.resume()
    assert opened.status == "finished"
    assert all(record.seconds >= 0 for record in opened.history)
    points = [at for at, *_ in events.read(run.folder).points]
    assert points == sorted(points)
    assert not differences(tmp_path / "straight", run.folder)


def lines(folder):
    path = folder / events.NAME
    return path.read_text(encoding="utf-8").count('"epoch",') if path.exists() else 0


def test_a_killed_run_ends_as_if_nothing_had_happened(tmp_path):
    # benchmarks/kill.py does it fifty times, with a recipe of its own each time.
    recipe = Recipe(epochs=8, batch_size=4, learning_rate=0.01, shift=1, ema_decay=0.9, best_epoch=True)
    drawn = network(pictures(), recipe)
    train(drawn, tmp_path / "straight", device="cpu")
    file = drawn.save(tmp_path / "drawn.blockml")
    folder = tmp_path / "killed"
    source = str(file)
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder), source])
        goal = lines(folder) + 1
        deadline = time.monotonic() + 120
        while lines(folder) < goal and child.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        # Somewhere inside the next epoch, or while its checkpoint is written.
        time.sleep(random.random() * 0.1)
        if child.poll() is None:
            with pytest.raises(RunError, match="Another kernel"):
                Run.open(folder).resume()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        source = "-"
    opened = Run.open(folder)
    assert opened.status == "interrupted"
    assert len(opened.history) >= 2
    opened.resume()
    assert opened.status == "finished"
    assert [record.epoch for record in opened.history] == list(range(1, 9))
    assert not differences(tmp_path / "straight", folder)
    assert not list(folder.glob(".checkpoint*")), "left-overs of a write that was cut off"
