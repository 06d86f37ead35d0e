"""Trains starters and prints what they reach. Run by hand.

    python benchmarks/templates.py lenet5 --data mnist --seeds 5
    python benchmarks/templates.py vgg_small resnet_small --data ~/blockml-data --name cifar10

``--data`` is the name of a data set, or a folder of class folders; ``--name cifar10`` says what
the folder holds, so that a starter takes the recipe for it. ``--epochs`` shortens or lengthens the
recipe as a whole: its schedule is drawn over so many epochs.

It trains through `blockml.training.engine.Engine`, without the queue and the folder of a run.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from blockml.data import Dataset, load_data
from blockml.experiment import Experiment
from blockml.templates import template, templates
from blockml.training.engine import Engine


def train(experiment: Experiment, data: Dataset, device: torch.device) -> dict[str, Any]:
    """Train once; accuracy on the test pictures and seconds, with and without the tests."""
    started = time.perf_counter()
    engine = Engine(experiment, data, device)
    prepared = time.perf_counter() - started
    tested, testing = None, 0.0
    while not engine.ended:
        found = engine.epoch(lambda _: True)
        if found is None:
            break
        record, tested = found
        testing += engine.test_seconds
        print(
            f"  seed {experiment.recipe.seed} epoch {record.epoch}/{experiment.recipe.epochs}"
            f" loss {record.train_loss:.4f} train {record.train_accuracy:.4f} test {record.test_accuracy:.4f}"
            f" {record.seconds:.1f} s",
            flush=True,
        )
    tested = engine.finish(tested)
    seconds = time.perf_counter() - started
    return {
        "accuracy": tested.accuracy,
        "seconds": seconds,
        "testing": testing,
        "preparing": prepared,
        "plan": engine.plan.model_dump(),
    }


def measure(name: str, data: Dataset, device: torch.device, options: argparse.Namespace) -> dict[str, Any]:
    """Train a starter with several seeds."""
    made = template(name, data=data.ref)
    runs = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        update: dict[str, Any] = {"seed": seed}
        if options.epochs:
            update["epochs"] = options.epochs
        recipe = made.recipe.model_copy(update=update)
        runs.append(train(made.model_copy(update={"recipe": recipe}), data, device))
    accuracies = [run["accuracy"] for run in runs]
    return {
        "template": name,
        "data": data.facts.name,
        "epochs": options.epochs or made.recipe.epochs,
        "recipe_epochs": made.recipe.epochs,
        "recipe": made.recipe.dump(),
        "seeds": options.seeds,
        "accuracy": statistics.mean(accuracies),
        "spread": statistics.stdev(accuracies) if len(accuracies) > 1 else None,
        "lowest": min(accuracies),
        "highest": max(accuracies),
        "seconds": statistics.median(run["seconds"] for run in runs),
        "runs": runs,
    }


def row(found: dict[str, Any]) -> str:
    """A line of the table."""
    epochs = str(found["epochs"])
    if found["epochs"] != found["recipe_epochs"]:
        epochs += f" (recipe: {found['recipe_epochs']})"
    spread = "" if found["spread"] is None else f" ± {100 * found['spread']:.2f}"
    return (
        f"| {found['template']} | {found['data']} | {epochs} | {found['seeds']}"
        f" | {100 * found['accuracy']:.2f}{spread} %"
        f" | {100 * found['lowest']:.2f} to {100 * found['highest']:.2f} % | {found['seconds']:.0f} s |"
    )


def machine(device: torch.device) -> str:
    """What it ran on."""
    threads = f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor()
    return f"{device.type} {name} {threads}, torch {torch.__version__}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="STARTER")
    parser.add_argument("--data", default="digits")
    parser.add_argument("--name")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    device = torch.device(options.device)
    data = load_data(options.data, name=options.name) if options.name else load_data(options.data)
    found = []
    for name in options.names or templates():
        print(name, flush=True)
        found.append(measure(name, data, device, options))
        print(row(found[-1]), flush=True)
    print()
    print(machine(device))
    print("| starter | data | epochs | seeds | test accuracy | lowest to highest | time |")
    print("|---|---|---|---|---|---|---|")
    for each in found:
        print(row(each))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(device), "found": found}, indent=1))


if __name__ == "__main__":
    main()
