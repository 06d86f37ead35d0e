"""Prints how long analysis and import take. Run by hand: ``python benchmarks/speed.py``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from blockml.analysis import analyse
from blockml.chain import experiment
from blockml.codegen import to_python
from blockml.experiment import Experiment
from blockml.graph import Graph


def chain(blocks: int) -> Experiment:
    """A network of about so many blocks, half of them convolutions with settings of their own."""
    middle = [
        ("Conv2d", {"out_channels": 8 + index % 7}) if index % 2 else "ReLU" for index in range(blocks - 4)
    ]
    return experiment([*middle, "Flatten", ("Linear", {"out_features": 10})])


def edited(drawn: Experiment, number: int) -> Experiment:
    """The network after an edit in its first convolution, which changes every shape behind it."""
    nodes = tuple(
        node.model_copy(update={"params": {"out_channels": 1 + number}}) if node.id == "conv1" else node
        for node in drawn.graph.nodes
    )
    return drawn.model_copy(update={"graph": Graph(nodes=nodes, edges=drawn.graph.edges)})


def timed(act: Callable[[int], object], rounds: int) -> str:
    """Median and range in milliseconds."""
    times = []
    for number in range(rounds):
        started = time.perf_counter()
        act(number)
        times.append(1000 * (time.perf_counter() - started))
    return f"{statistics.median(times):8.2f} ms  ({min(times):.2f} to {max(times):.2f})"


def fresh(code: str, rounds: int) -> str:
    """Median and range of the milliseconds that a new process prints."""
    here = Path(__file__).parent
    command = [sys.executable, "-c", code]
    times = [
        float(subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    ]
    return f"{statistics.median(times):8.2f} ms  ({min(times):.2f} to {max(times):.2f})"


COLD = """\
import time
from speed import analyse, chain
drawn = chain({blocks})
started = time.perf_counter()
analyse(drawn)
print(1000 * (time.perf_counter() - started))
"""
"""The first analysis of a process: no shape, count or repair is remembered yet."""


def main() -> None:
    """Print the table."""
    for blocks in (100, 1000):
        drawn = chain(blocks)
        print(f"first   {blocks:5} nodes  ", fresh(COLD.format(blocks=blocks), 7))
        analyse(drawn)
        print(f"analyse {blocks:5} nodes  ", timed(lambda number, d=drawn: analyse(edited(d, number)), 30))
        print(f"script  {blocks:5} nodes  ", timed(lambda number, d=drawn: to_python(edited(d, number)), 10))
    code = "import time; t = time.perf_counter(); import blockml; print(1000 * (time.perf_counter() - t))"
    print("import blockml         ", fresh(code, 11))


if __name__ == "__main__":
    main()
