"""Killing the process loses at most the epoch that was going, and never a bit of the rest."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch

from blockml.chain import experiment
from blockml.errors import RunError
from blockml.recipe import Recipe
from blockml.training import Run, train

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


def noisy(optimizer):
    return experiment(
        [
            ("Conv2d", {"out_channels": 4}),
            "BatchNorm2d",
            "ReLU",
            "Dropout2d",
            "MaxPool2d",
            "Flatten",
            ("Linear", {"out_features": 10}),
        ],
        recipe=Recipe(epochs=6, optimizer=optimizer, learning_rate=0.01, batch_size=16),
    )


def lines(folder):
    path = folder / "events.jsonl"
    return path.read_text(encoding="utf-8").count('"epoch",') if path.exists() else 0


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_a_killed_run_ends_as_if_nothing_had_happened(optimizer, tmp_path):
    drawn = noisy(optimizer)
    straight = train(drawn, tmp_path / "straight", device="cpu")
    file = drawn.save(tmp_path / "drawn.blockml")
    folder = tmp_path / "killed"
    chance = random.Random(optimizer)
    source = str(file)
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder), source])
        goal = lines(folder) + 1
        deadline = time.monotonic() + 120
        while lines(folder) < goal and child.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        # Somewhere inside the next epoch, or while its checkpoint is written.
        time.sleep(chance.random() * 0.25)
        with pytest.raises(RunError, match="Another kernel"):
            Run.open(folder).resume()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        source = "-"
    opened = Run.open(folder)
    assert opened.status == "interrupted"
    known = len(opened.history)
    assert known >= 2
    opened.resume()
    assert opened.status == "finished"
    assert [record.epoch for record in opened.history] == [1, 2, 3, 4, 5, 6]
    first, second = straight.module.state_dict(), opened.module.state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert opened.history[-1].test_accuracy == straight.history[-1].test_accuracy
    assert not list(folder.glob(".checkpoint*")), "left-overs of a write that was cut off"
