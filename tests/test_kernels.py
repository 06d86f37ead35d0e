"""Several kernels: on one run only one, on one device in turns, and a killed one holds nothing."""

import time

import pytest
from kernels import kernel  # noqa: F401 - a fixture
from recipes import differences, network, pictures

from blockml.recipe import Recipe
from blockml.training import Run, train
from blockml.training.tickets import fcntl

pytestmark = pytest.mark.skipif(fcntl is None, reason="this system has no locks of files")


def drawn(epochs):
    return network(pictures(), Recipe(epochs=epochs, batch_size=4, optimizer="sgd", ema_decay=0.9))


def two_of_them(start, folder, epochs):
    """A run that trains, and one of so many epochs that waits for it."""
    first, second = start(BLOCKML_SLOTS="1"), start(BLOCKML_SLOTS="1")
    first("train", drawn(500).to_json(), folder / "first")
    first.until("training")
    second("train", drawn(epochs).to_json(), folder / "second")
    second.until("queued")
    return first, second


def test_one_run_is_trained_by_one_kernel(kernel, tmp_path):  # noqa: F811
    text, folder = drawn(12).to_json(), tmp_path / "run"
    first, second = kernel(), kernel()
    assert first("train", text, folder) is None
    first.until("training", epoch=2)
    assert second("train", text, folder) == "run-exists"
    assert second("open", folder) is None
    assert second("state")[0] == "training"
    assert second("resume") == "run-held"
    first.kill()
    assert second("resume") is None
    second.until("finished")
    train(drawn(12), tmp_path / "straight", device="cpu")
    assert not differences(tmp_path / "straight", folder)


def test_two_kernels_on_one_device_come_one_after_the_other(kernel, tmp_path):  # noqa: F811
    first, second = kernel(BLOCKML_SLOTS="1"), kernel(BLOCKML_SLOTS="1")
    first("train", drawn(60).to_json(), tmp_path / "first")
    first.until("training", "finished")
    second("train", drawn(2).to_json(), tmp_path / "second")
    second.until("queued", "finished")
    assert second("state") == ("queued", 0, 1)
    first.until("finished")
    assert second.until("preparing", "training", "finished", seconds=2) < 2
    second.until("finished")
    train(drawn(2), tmp_path / "straight", device="cpu")
    assert not differences(tmp_path / "straight", tmp_path / "second")
    assert len(Run.open(tmp_path / "first").history) == 60


def test_killing_the_first_lets_the_second_start(kernel, tmp_path):  # noqa: F811
    first, second = two_of_them(kernel, tmp_path, 2)
    time.sleep(0.5)
    assert second("state") == ("queued", 0, 1)
    first.kill()
    assert second.until("preparing", "training", "finished", seconds=2) < 1
    second.until("finished")
    assert Run.open(tmp_path / "first").status == "interrupted"


def test_taking_turns_changes_no_bit(kernel, tmp_path):  # noqa: F811
    turns = {"BLOCKML_SLOTS": "1", "BLOCKML_TURN_SECONDS": "0"}
    first, second = kernel(**turns), kernel(**turns)
    first("train", drawn(6).to_json(), tmp_path / "first")
    second("train", drawn(6).to_json(), tmp_path / "second")
    queued = set()
    while not {first("state")[0], second("state")[0]} <= {"finished"}:
        queued |= {
            name for name, one in (("first", first), ("second", second)) if one("state")[0] == "queued"
        }
        time.sleep(0.02)
    assert queued == {"first", "second"}, "they took no turns"
    train(drawn(6), tmp_path / "straight", device="cpu")
    assert not differences(tmp_path / "straight", tmp_path / "first")
    assert not differences(tmp_path / "straight", tmp_path / "second")


def test_who_pauses_gives_the_device_free_and_comes_back(kernel, tmp_path):  # noqa: F811
    first, second = two_of_them(kernel, tmp_path, 500)
    first("pause")
    first.until("paused", seconds=1)
    second.until("preparing", "training", seconds=2)
    first("resume")
    first.until("queued", seconds=2)
    # Whoever waits can stop too.
    started = time.monotonic()
    first("stop")
    assert time.monotonic() - started < 1
    assert first("state")[0] == "stopped"
    second("stop")


@pytest.mark.parametrize("after", [0.1, 0.6])
def test_a_kernel_that_begins_is_stopped_within_a_second(kernel, tmp_path, after):  # noqa: F811
    # The first training of a kernel imports what takes seconds.
    first = kernel(fresh=True)
    first("train", drawn(500).to_json(), tmp_path / "run")
    time.sleep(after)
    started = time.monotonic()
    first("stop")
    assert time.monotonic() - started < 1
    assert first("state")[0] == "stopped"
    assert first("resume") is None
    first.until("training")
