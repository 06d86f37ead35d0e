"""Full disks cost nothing, and a stop or a pause is answered within a second, whatever goes on."""

import contextlib
import os
import subprocess
import time

import numpy as np
import pytest
import torch
from PIL import Image
from recipes import differences, network, pictures

from blockml.chain import experiment
from blockml.data import load_data
from blockml.errors import RunError
from blockml.facts import DataFacts, DataRef
from blockml.recipe import Recipe
from blockml.training import Run, checkpoint, engine, session, train


class Disk:
    """A small disk that can be filled and emptied."""

    def __init__(self, folder):
        self.folder, self.filler = folder, folder / "filler"

    def fill(self):
        with contextlib.suppress(OSError), self.filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(512))

    def empty(self):
        self.filler.unlink()


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can make a small disk; test_training.py has a pretended one")
    yield Disk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def drawn(**recipe):
    recipe = {"epochs": 4, "batch_size": 24, "ema_decay": 0.9, "best_epoch": True, "shift": 1} | recipe
    return network(pictures(), Recipe(optimizer="sgd", schedule="cosine", **recipe))


@pytest.fixture
def at_step(monkeypatch):
    """Do something in the training thread, where it asks for the so-manieth time what people want."""

    def plan(number, act):
        asked = []
        whole = session.Session._obey

        def obey(made):
            if made._live.engine is not None:
                asked.append(1)
                if len(asked) == number:
                    act()
            return whole(made)

        monkeypatch.setattr(session.Session, "_obey", obey)

    return plan


def test_a_long_epoch_is_kept_on_the_way(tmp_path, at_step, monkeypatch):
    """What is killed in the middle of an epoch of hours has not lost it."""
    found = []
    at_step(4, lambda: found.append(checkpoint.read_progress(tmp_path / "run")))
    monkeypatch.setattr(session, "_SAVE", 0.0)
    monkeypatch.setattr(engine, "_LOOK", 0.0)
    train(drawn(), tmp_path / "run", device="cpu")
    assert found[0] is not None
    assert (found[0].epoch, found[0].step) >= (0, 1)
    assert not differences(train(drawn(), tmp_path / "straight", device="cpu").folder, tmp_path / "run")


@pytest.mark.parametrize("number", [1, 4, 7, 13])
def test_a_full_disk_pauses_the_run_until_there_is_room(disk, tmp_path, at_step, number):
    train(drawn(), tmp_path / "straight", device="cpu")
    at_step(number, disk.fill)
    run = train(drawn(), disk.folder / "run", device="cpu", wait=False)
    with pytest.raises(RunError, match="No space left on device"):
        run.wait()
    state = run.state()
    assert (state.status, state.problem.code) == ("paused", "run-unwritable")
    assert str(disk.folder) in state.problem.message
    # Going on while it is still full comes to the same.
    run.resume()
    with pytest.raises(RunError, match="No space left on device"):
        run.wait()
    assert run.status == "paused"
    disk.empty()
    run.resume(wait=True)
    assert run.status == "finished"
    assert run.state().problem is None
    assert not differences(tmp_path / "straight", run.folder)
    assert len(Run.open(run.folder).history) == 4


def test_what_is_stopped_on_a_full_disk_goes_on_from_the_epoch_before(disk, tmp_path, at_step):
    train(drawn(), tmp_path / "straight", device="cpu")
    at_step(10, disk.fill)
    run = train(drawn(), disk.folder / "run", device="cpu", wait=False)
    with pytest.raises(RunError, match="No space left on device"):
        run.wait()
    run.stop()
    assert run.status == "stopped"
    assert run.state().problem.code == "run-unwritable"
    again = Run.open(run.folder)
    with pytest.raises(RunError, match="No space left on device"):
        again.resume()
    disk.empty()
    again = Run.open(run.folder)
    again.resume()
    assert again.status == "finished"
    assert not differences(tmp_path / "straight", run.folder)


def test_a_result_that_finds_no_room_is_written_later(disk, tmp_path):
    train(drawn(), tmp_path / "straight", device="cpu")

    def fill(record):
        # The last checkpoint is written; what is missing is the result.
        if record.epoch == 4:
            disk.fill()

    with pytest.raises(RunError, match="No space left on device"):
        train(drawn(), disk.folder / "run", device="cpu", on_epoch=fill)
    disk.empty()
    again = Run.open(disk.folder / "run")
    again.resume()
    assert again.status == "finished"
    assert not differences(tmp_path / "straight", again.folder)


def test_a_full_disk_starts_nothing(disk):
    disk.fill()
    with pytest.raises(RunError, match="No space left on device"):
        train(drawn(), disk.folder / "run", device="cpu")
    disk.empty()
    assert train(drawn(), disk.folder / "run", device="cpu").status == "finished"


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def answers(run, wish):
    """Ask for a stop or a pause; the seconds until it holds."""
    started = time.monotonic()
    getattr(run, wish)()
    until(lambda: run.status == {"stop": "stopped", "pause": "paused"}[wish])
    return time.monotonic() - started


def deep(*, batch_size, tests=40, examples=0):
    """A network that takes long, though none of its layers does."""
    draw = torch.Generator().manual_seed(0)
    sides = [
        (
            torch.randint(0, 256, (count, 3, 32, 32), generator=draw, dtype=torch.uint8),
            torch.arange(count) % 3,
        )
        for count in (256, tests)
    ]
    return experiment(
        [
            *[("Conv2d", {"out_channels": 24, "padding": "same"}), "ReLU"] * 12,
            "Flatten",
            ("Linear", {"out_features": 3}),
        ],
        data=load_data(sides[0], test=sides[1], name="large"),
        recipe=Recipe(epochs=3, batch_size=batch_size, examples=examples, precision="fp32"),
    )


@pytest.mark.parametrize("wish", ["stop", "pause"])
def test_a_large_batch_is_answered_within_a_second(tmp_path, wish):
    # What bounds it is one layer, forward or back: between two layers the step can be ended.
    run = train(deep(batch_size=256), tmp_path / "run", device="cpu", wait=False)
    until(lambda: run.status == "training")
    time.sleep(0.3)
    assert answers(run, wish) < 1
    assert run.state().step == 0, "the step was too short for this test"
    run.resume(wait=False)
    until(lambda: run.state().step == 1)
    run.stop()


@pytest.mark.parametrize("wish", ["stop", "pause"])
def test_a_test_is_ended_within_a_second(tmp_path, wish):
    made = deep(batch_size=32, tests=4000, examples=32)
    run = train(made, tmp_path / "run", device="cpu", wait=False)
    until(lambda: run.state().steps == run.state().step == 1)
    time.sleep(0.3)
    assert answers(run, wish) < 1
    assert run.state().step == 1
    assert not run.history, "the test was too short for this test"
    run.stop()
    assert Run.open(run.folder).status == "stopped"


@pytest.mark.parametrize("wish", ["stop", "pause"])
def test_measuring_is_ended_within_a_second(tmp_path, monkeypatch, wish):
    monkeypatch.setattr("blockml.training.remember.user_cache_path", lambda _: tmp_path)
    run = train(deep(batch_size=256), tmp_path / "run", device="cpu", wait=False)
    until(lambda: run.state().task.name == "measure")
    time.sleep(0.2)
    assert run.status == "preparing"
    assert answers(run, wish) < 1
    run.resume(wait=False)
    until(lambda: run.status == "training")
    run.stop()


@pytest.fixture
def slow(tmp_path):
    """Data that take long to read: few bytes on the disk, many pictures to decode."""
    noise = np.random.default_rng(0).integers(0, 256, (900, 900), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "one.png", compress_level=1)
    for label in ("cat", "dog"):
        (tmp_path / "slow" / label).mkdir(parents=True)
        for index in range(1500):
            os.link(tmp_path / "one.png", tmp_path / "slow" / label / f"{index}.png")
    facts = DataFacts(
        name="slow",
        shape=(1, 8, 8),
        classes=("cat", "dog"),
        train_size=2400,
        test_size=600,
        mean=(0.5,),
        std=(0.3,),
    )
    return DataRef(name="slow", path=str(tmp_path / "slow"), facts=facts)


def test_reading_data_is_ended_within_a_second(tmp_path, slow):
    made = experiment(["Flatten", ("Linear", {"out_features": 2})], data=slow)
    run = train(made, tmp_path / "run", device="cpu", wait=False)
    until(lambda: run.state().task.name == "read" and run.state().task.done > 10)
    assert answers(run, "pause") < 1
    done = run.state().task.done
    time.sleep(0.5)
    assert run.state().task.done == done
    run.resume()
    until(lambda: run.state().task.done > done)
    assert run.status == "preparing"
    assert answers(run, "stop") < 1
    assert Run.open(run.folder).status == "stopped"


def test_a_stop_is_answered_while_paused(tmp_path):
    run = train(drawn(epochs=500), tmp_path / "run", device="cpu", wait=False)
    until(lambda: run.state().step > 0)
    assert answers(run, "pause") < 1
    assert answers(run, "stop") < 1
    assert Run.open(run.folder).status == "stopped"
