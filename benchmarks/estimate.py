"""Compares the estimated time of an epoch with what one takes. Run by hand; it asserts nothing.

    python benchmarks/estimate.py                    # every starter on this device
    python benchmarks/estimate.py --work             # one thread, counted as work of the process
    python benchmarks/estimate.py lenet5 --data mnist

Of a long epoch a part is trained, with pictures of noise. ``--work`` is for machines on which other
things run; it says how good the estimate is, not how long one waits.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import time

import torch

from blockml.analysis import Analysis, check
from blockml.data import Dataset, Split
from blockml.datasets import DATASETS
from blockml.experiment import Experiment
from blockml.facts import DataFacts, DataRef
from blockml.templates import template, templates
from blockml.training.engine import Engine
from blockml.training.estimate import Speed, estimate
from blockml.training.speed import Clock, measure

NATURAL = {
    "vgg_small": "cifar10",
    "resnet_small": "cifar10",
    "resnet9_fast": "cifar10",
    "mobile_small": "cifar10",
}
"""What a starter is for, where it is not handwriting."""

PART = 2.5
"""Seconds of training that are enough to know."""


def noise(facts: DataFacts, count: int) -> Split:
    """Pictures of a data set that nobody has to load."""
    images = torch.randint(0, 256, (count, *facts.shape), dtype=torch.uint8)
    return Split(images, torch.randint(0, len(facts.classes), (count,)))


def part_of(experiment: Experiment, found: Analysis, speed: Speed) -> tuple[DataFacts, float]:
    """As much of the data as trains in a few seconds, and what share of the epoch that is."""
    assert found.data is not None
    whole = estimate(experiment, found, speed)
    assert whole is not None
    batch = experiment.recipe.batch_size
    steps = max(3, math.ceil(found.data.train_size / batch * min(1.0, PART / whole.total)))
    count = min(found.data.train_size, steps * batch)
    share = count / found.data.train_size
    tests = max(1, round(share * found.data.test_size))
    return found.data.model_copy(update={"train_size": count, "test_size": tests}), share


def one(experiment: Experiment, speed: Speed, device: torch.device, clock: Clock) -> tuple[float, float]:
    """Estimated and real seconds of a whole epoch."""
    found = check(experiment)
    facts, share = part_of(experiment, found, speed)
    data = Dataset(facts, noise(facts, facts.train_size), noise(facts, facts.test_size))
    recipe = experiment.recipe.model_copy(update={"epochs": 3, "schedule": "constant", "warmup": 0.0})
    changed = experiment.model_copy(update={"recipe": recipe})
    guess = estimate(changed, dataclasses.replace(found, data=facts), speed)
    assert guess is not None
    engine = Engine(changed, data, device)
    taken = math.inf
    # The first epoch warms up.
    for _ in range(3):
        began = clock()
        engine.epoch(lambda _: True)
        taken = min(taken, clock() - began)
    return guess.total / share, taken / share


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="STARTER")
    parser.add_argument("--data", choices=sorted(DATASETS))
    parser.add_argument("--work", action="store_true")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    if options.work:
        torch.set_num_threads(1)
    device, clock = torch.device(options.device), time.process_time if options.work else time.perf_counter
    began = time.perf_counter()
    speed = measure(device, clock=clock)
    print(f"device measured in {time.perf_counter() - began:.1f} s; {torch.get_num_threads()} threads\n")
    print("| starter | data | estimated | real | estimated / real |")
    print("|---|---|---|---|---|")
    for name in options.names or templates():
        data = options.data or NATURAL.get(name, "mnist")
        guess, real = one(template(name, data=DataRef(name=data)), speed, device, clock)
        print(f"| {name} | {data} | {guess:.1f} s | {real:.1f} s | {guess / real:.2f} |", flush=True)


if __name__ == "__main__":
    main()
