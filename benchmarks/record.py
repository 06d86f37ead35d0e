"""Trains `resnet9_fast` on a GPU beside airbench94, in turns, on the same pictures. Run by hand.

    python benchmarks/record.py --airbench airbench94.py --pictures cifar10 --seeds 5

``airbench94.py`` is Keller Jordan's uncompiled CIFAR-10 record (github.com/KellerJordan/cifar10-airbench,
folder ``legacy``), run as it is: first with its own warm-up, then in turns with ours. ``--pictures`` is the
folder of ``train.pt`` and ``test.pt`` that it keeps; both learn from those. Without pictures the speed
alone is measured, on synthetic ones of the same shape, and said so.

Seconds are those of training, tests left out, after what happens once: choosing the plan here, the
warm-up there. `resnet9_fast` tests without test-time augmentation; airbench94 has both. ``--compiled``
adds the plan that a long training would take, with the seconds that compiling takes.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from engine import synthetic

from blockml.analysis import analyse
from blockml.data import Dataset, Split
from blockml.datasets import DATASETS
from blockml.experiment import Experiment
from blockml.protocol import Plan
from blockml.templates import template
from blockml.training.engine import Engine

PEAK = {"H100": 989e12, "H200": 989e12, "A100": 312e12, "4090": 165e12, "L4": 121e12, "T4": 65e12}
"""Operations a second in bf16 or fp16, dense, from NVIDIA's data sheets."""


def pictures(folder: Path) -> Dataset:
    """The pictures that airbench94 keeps in a folder."""

    def split(name: str) -> Split:
        found = torch.load(folder / f"{name}.pt", weights_only=True)
        return Split(found["images"].permute(0, 3, 1, 2).contiguous(), found["labels"])

    train, test = split("train"), split("test")
    scaled = train.images.float() / 255
    facts = DATASETS["cifar10"].model_copy(
        update={
            "train_size": len(train),
            "test_size": len(test),
            "mean": tuple(scaled.mean((0, 2, 3)).tolist()),
            "std": tuple(scaled.std((0, 2, 3)).tolist()),
        }
    )
    return Dataset(facts, train, test)


def ours(made: Experiment, data: Dataset, plan: Plan | None = None) -> dict[str, Any]:
    """Train once; figures as in the table."""
    device = torch.device("cuda")
    began = time.perf_counter()
    engine = Engine(made, data, device, plan=plan)
    chosen = time.perf_counter() - began
    accuracy, seconds = 0.0, []
    while not engine.ended:
        torch.cuda.synchronize()
        began = time.perf_counter()
        found = engine.epoch(lambda _: True)
        assert found is not None
        seconds.append(time.perf_counter() - began - engine.test_seconds)
        accuracy = found[0].test_accuracy
    steady = statistics.median(seconds[1:] or seconds)
    speed = len(data.train) / steady
    operations = 3 * analyse(made).total_flops * speed
    peak = next((each for key, each in PEAK.items() if key in torch.cuda.get_device_name()), None)
    return {
        "accuracy": accuracy,
        "seconds": sum(seconds),
        "preparing": chosen,
        "first_epoch": seconds[0],
        "an_epoch": steady,
        "pictures_a_second": speed,
        "teraflops": operations / 1e12,
        "share_of_peak": peak and operations / peak,
        "plan": engine.plan.model_dump(),
    }


def airbench(path: Path, folder: Path) -> Callable[[Any], dict[str, Any]]:
    """airbench94 as it is, from its file; what it prints is read."""
    spec = importlib.util.spec_from_file_location("airbench", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    # It picks kernels by trying (cudnn.benchmark); ours are left as torch chooses them.
    spec.loader.exec_module(module)
    torch.backends.cudnn.benchmark = False

    def train(run: Any) -> dict[str, Any]:
        said, here = io.StringIO(), Path.cwd()
        os.chdir(folder.parent)
        torch.backends.cudnn.benchmark = True
        try:
            with contextlib.redirect_stdout(said):
                module.main(run)
        finally:
            torch.backends.cudnn.benchmark = False
            os.chdir(here)
        rows = [line.strip("|").split("|") for line in said.getvalue().splitlines() if line.startswith("|")]
        last, tested = ([each.strip() for each in row] for row in rows[-2:])
        epochs = float(module.hyp["opt"]["train_epochs"])
        return {
            "accuracy": float(last[4]),
            "accuracy_with_views": float(tested[5]),
            "seconds": float(last[6]),
            "seconds_with_views": float(tested[6]),
            "pictures_a_second": 50_000 * epochs / float(last[6]),
        }

    return train


def mean(found: list[dict[str, Any]], name: str) -> str:
    """Mean and spread of a figure."""
    values = [each[name] for each in found]
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4f}{spread}"


def show(report: dict[str, list[dict[str, Any]]]) -> None:
    """Print means and spreads."""
    for name, runs in report.items():
        print(f"\n{name}")
        for key, first in runs[0].items():
            if isinstance(first, float):
                print(f"  {key.replace('_', ' ')}: {mean(runs, key)}")
            else:
                print(f"  {key}: {first}")
    if "airbench94" in report:
        pairs = zip(report["resnet9_fast"], report["airbench94"], strict=True)
        ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in pairs)
        print(f"\ntime of resnet9_fast over that of airbench94: {ratio:.2f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--airbench", type=Path)
    parser.add_argument("--pictures", type=Path, help="a folder named cifar10")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="instead of those of the recipe")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("this needs an NVIDIA GPU")
    data = pictures(options.pictures) if options.pictures else synthetic("cifar10", 50_000)
    made = template("resnet9_fast")
    epochs = options.epochs or made.recipe.epochs
    made = made.model_copy(update={"recipe": made.recipe.model_copy(update={"epochs": epochs})})
    report: dict[str, list[dict[str, Any]]] = {"resnet9_fast": []}
    rival = None
    if options.airbench and options.pictures:
        rival = airbench(options.airbench.resolve(), options.pictures.resolve())
        rival("warmup")
        report["airbench94"] = []
    for seed in range(options.seeds):
        recipe = made.recipe.model_copy(update={"seed": seed})
        report["resnet9_fast"].append(ours(made.model_copy(update={"recipe": recipe}), data))
        if rival:
            report["airbench94"].append(rival(seed))
    if options.compiled:
        plan = Plan.model_validate(report["resnet9_fast"][0]["plan"] | {"mode": "compiled"})
        report["compiled"] = [ours(made, data, plan)]
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, runs in turns: {options.seeds}")
    print(f"epochs of resnet9_fast: {epochs}")
    if not options.pictures:
        print("the pictures are synthetic: accuracy says nothing")
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
