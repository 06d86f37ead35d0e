"""Measures the engine against other loops and against the floor. Run by hand.

    python benchmarks/engine.py [--rounds 20] [--threads 2] [--device cpu] [--clock wall] [--json engine.json]

In one process and in turns, on the same network and the same pictures (made in memory, of the shape
of MNIST, so that no data are needed): the loop of the tutorials, TensorDataset with a DataLoader,
PyTorch Lightning, fastai, Keras 3 and skorch where they are installed, blockml, and floors. To install
them: ``pip install lightning fastai keras skorch``; they are no dependencies of blockml.

blockml is timed as people get it: `Engine.epoch` over the data, less the test at its end, which the
other loops do not have. Its floor is forward, backward and optimizer alone, on one batch that is
prepared already, in the numbers, layout, threads and optimizer that blockml chose; the other floor is
that in fp32 as PyTorch comes. No loop on that network can be faster, but for noise and for what torch
wraps around the call of an optimizer, which blockml leaves out.

Ratios are medians over the rounds, each within its round, so that what else the machine does hits
both sides; in brackets the ratio of the shortest times. On a machine that others use too,
``--clock cpu`` counts the time that the process computes, with one thread, and not the time that it
waits. The plan is chosen anew, not remembered. `record.py` measures `resnet9_fast` on a GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import rivals
import torch
from rivals import Epoch, Task, now
from torch import nn

from blockml.build import build
from blockml.chain import experiment
from blockml.data import Dataset, Split
from blockml.datasets import DATASETS
from blockml.recipe import Recipe
from blockml.training.engine import Engine
from blockml.training.plan import laid_out, optimizer_of
from blockml.training.threads import one_thread

BATCH = 64
TIMES_TEXTBOOK, MOST_OF_FLOOR, MOST_OF_TENSORS = {"fp32": 1.4, "bf16": 3.0}, 1.05, 0.6
"""What the project aims at; see `targets`."""
STEPS = {"cnn": 12, "mlp": 150}
"""Steps of an epoch: enough that its edges count little, few enough that rounds are close in time."""

CHAINS: dict[str, list[Any]] = {
    "cnn": [
        "Conv2d",
        "ReLU",
        "MaxPool2d",
        ("Conv2d", {"out_channels": 64}),
        "ReLU",
        "MaxPool2d",
        "Flatten",
        ("Linear", {"out_features": 10}),
    ],
    "mlp": ["Flatten", ("Linear", {"out_features": 32}), "ReLU", ("Linear", {"out_features": 10})],
}


def synthetic(name: str, count: int) -> Dataset:
    """Pictures of the shape of a named data set: a pattern for each class, and noise on it."""
    facts = replace_sizes(name, count)
    made = torch.Generator().manual_seed(0)
    labels = torch.randint(len(facts.classes), (count + BATCH,), generator=made)
    patterns = torch.randint(0, 128, (len(facts.classes), *facts.shape), generator=made, dtype=torch.uint8)
    noise = torch.randint(0, 128, (count + BATCH, *facts.shape), generator=made, dtype=torch.uint8)
    images = patterns[labels] + noise
    return Dataset(facts, Split(images[:count], labels[:count]), Split(images[count:], labels[count:]))


def replace_sizes(name: str, count: int) -> Any:
    """Facts of a named data set with other sizes."""
    return DATASETS[name].model_copy(update={"train_size": count, "test_size": BATCH})


def through_engine(engine: Engine, task: Task) -> Epoch:
    """The engine of blockml as people get it."""

    def epoch() -> float:
        ended: list[float] = []

        def watch(_: Engine) -> bool:
            # Also called during the test, which is left out.
            if engine.progress.step == engine.steps and not ended:
                task.settle()
                ended.append(now())
            return True

        started = now()
        engine.epoch(watch)
        return ended[0] - started

    return epoch


def floor(task: Task, model: nn.Module, optimizer: torch.optim.Optimizer, steps: int, **how: Any) -> Epoch:
    """The step alone, on one batch."""
    layout = torch.channels_last if how["channels_last"] else torch.contiguous_format
    alone = how.get("threads") == "one"
    images = task.prepared()[: task.batch].to(task.device).contiguous(memory_format=layout)
    labels = task.labels[: task.batch].to(task.device)
    bf16 = how["precision"] == "bf16"
    model.train()

    def epoch() -> float:
        started = now()
        with one_thread(alone):
            for _ in range(steps):
                with torch.autocast(task.device.type, dtype=torch.bfloat16) if bf16 else nullcontext():
                    scores = model(images)
                loss = nn.functional.cross_entropy(scores.float(), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        task.settle()
        return now() - started

    return epoch


def floors(task: Task, engine: Engine, steps: int) -> dict[str, Epoch]:
    """Both floors."""
    plan = engine.plan.model_copy(update={"mode": "eager"})
    chosen = laid_out(task.module().to(task.device), plan)
    optimizer = optimizer_of(engine.recipe, chosen, plan)
    plain = task.module().to(task.device)
    usual = torch.optim.Adam(plain.parameters(), lr=rivals.RATE)
    return {
        "floor": floor(task, chosen, optimizer, steps, **plan.model_dump()),
        "fp32 floor": floor(task, plain, usual, steps, precision="fp32", channels_last=False),
    }


def measure(name: str, options: argparse.Namespace, device: torch.device) -> dict[str, Any]:
    """Everybody in turns on one network."""
    steps = STEPS[name]
    data = synthetic("mnist", steps * BATCH)
    recipe = Recipe(epochs=10_000, batch_size=BATCH, learning_rate=rivals.RATE)
    made = experiment(CHAINS[name], data="mnist", recipe=recipe)

    def module() -> nn.Module:
        torch.manual_seed(0)
        return build(made)

    facts = data.facts
    task = Task(name, data.train.images, data.train.labels, facts.mean, facts.std, BATCH, module, device)
    loops, missing = rivals.make(task)
    if options.without:
        loops = {key: loop for key, loop in loops.items() if key not in options.without}
    engine = Engine(made, data, device)
    loops |= {"blockml": through_engine(engine, task), **floors(task, engine, steps)}
    times: dict[str, list[float]] = {key: [] for key in loops}
    order = list(loops)
    for turn in range(options.rounds + 1):
        random.Random(turn).shuffle(order)
        for key in order:
            seconds = loops[key]()
            if turn > 0:  # the first warms up
                times[key].append(1000 * seconds / steps)
    return {
        "network": name,
        "batch": BATCH,
        "steps": steps,
        "plan": engine.plan.model_dump(),
        "missing": missing,
        "rows": {key: summary(key, times) for key in loops},
        "milliseconds": times,
    }


def summary(key: str, times: dict[str, list[float]]) -> dict[str, float]:
    """Spread of a loop, and how it stands to others."""
    own = sorted(times[key])

    def against(other: str) -> dict[str, float]:
        ratios = [one / two for one, two in zip(times[key], times[other], strict=True)]
        return {"median": statistics.median(ratios), "of_min": own[0] / min(times[other])}

    return {
        "min": own[0],
        "median": statistics.median(own),
        "p90": own[min(len(own) - 1, int(0.9 * len(own)))],
        **{
            f"{part}_of_{name}": value
            for name, other in (
                ("textbook", "textbook"),
                ("tensors", "TensorDataset"),
                ("floor", "floor"),
                ("blockml", "blockml"),
            )
            if other in times
            for part, value in against(other).items()
        },
    }


def show(found: dict[str, Any]) -> None:
    """Print the table of a network."""
    print(f"\n{found['network']}, batch {found['batch']}, plan {found['plan']}")
    if found["missing"]:
        print(f"not installed: {', '.join(found['missing'])}")
    print("| loop | ms a step: min | median | p90 | x textbook's speed | time / floor | time / blockml |")
    print("|---|---|---|---|---|---|---|")
    for key, row in found["rows"].items():
        cells = [f"{row[part]:.3f}" for part in ("min", "median", "p90")]
        if "median_of_textbook" in row:
            speed = 1 / row["median_of_textbook"], 1 / row["of_min_of_textbook"]
            cells.append(f"{speed[0]:.2f} ({speed[1]:.2f})")
        else:
            cells.append("")
        cells += [
            f"{row[f'median_of_{other}']:.2f} ({row[f'of_min_of_{other}']:.2f})"
            for other in ("floor", "blockml")
        ]
        print(f"| {key} | {' | '.join(cells)} |")


def targets(found: list[dict[str, Any]], *, bf16: bool) -> None:
    """Say which targets of the project hold."""
    rows = {each["network"]: each["rows"] for each in found}
    cnn, mlp = rows["cnn"]["blockml"], rows["mlp"]["blockml"]
    wanted = TIMES_TEXTBOOK["bf16" if bf16 else "fp32"]
    lines = []
    if "median_of_textbook" in cnn:
        speed = 1 / cnn["median_of_textbook"]
        lines.append((f"cnn: at least {wanted} times the textbook loop", f"{speed:.2f}", speed >= wanted))
    for name, row in (("cnn", cnn), ("mlp", mlp)):
        ratio = row["median_of_floor"]
        lines.append(
            (f"{name}: at most {MOST_OF_FLOOR} of its floor", f"{ratio:.3f}", ratio <= MOST_OF_FLOOR)
        )
    if "median_of_tensors" in mlp:
        ratio = mlp["median_of_tensors"]
        lines.append(
            (
                f"mlp: at most {MOST_OF_TENSORS} of the DataLoader loop",
                f"{ratio:.3f}",
                ratio <= MOST_OF_TENSORS,
            )
        )
    for name, each in rows.items():
        others = {k: row["median_of_blockml"] for k, row in each.items() if k in rivals.MAKERS}
        if others:
            best = min(others, key=lambda key: others[key])
            text = f"{best} takes {others[best]:.2f} of its time"
            lines.append((f"{name}: never slower than a rival", text, others[best] >= 1))
    print()
    for what, value, holds in lines:
        print(f"{'holds ' if holds else 'MISSES'}  {what}: {value}")


def machine(device: torch.device) -> dict[str, Any]:
    """What it ran on."""
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "processor": model or platform.processor(),
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "bf16": device.type == "cuda"
        or any(bool(getattr(torch.cpu, name, lambda: False)()) for name in asked),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--networks", nargs="*", default=list(CHAINS), choices=list(CHAINS))
    parser.add_argument("--without", nargs="*", default=[], help="loops to leave out")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.clock == "cpu":
        options.threads = 1
        rivals.use_cpu_time()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    # What was measured here before, perhaps beside other work, does not count.
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    device = torch.device(options.device)
    facts = machine(device) | {"clock": options.clock}
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    found = []
    for name in options.networks:
        found.append(measure(name, options, device))
        show(found[-1])
    if set(options.networks) == set(CHAINS):
        targets(found, bf16=facts["bf16"])
    if options.json:
        text = json.dumps({"machine": facts, "found": found}, indent=1)
        options.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
