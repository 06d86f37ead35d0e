"""Seconds and memory of loading data the first and the second time, on real pictures.

Run it with ``python benchmarks/data.py FOLDER``, a folder that holds complete pictures:
``MNIST/raw`` and the class folders ``train`` and ``test`` of CIFAR-10. Each line is
a process of its own; the prepared store is a temporary folder. It prints and asserts nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ONE = """
import json, resource, sys, time
import torch, torchvision
from blockml.data import check_data, load_data

def peak():
    # ru_maxrss of a child counts what its parent had, VmHWM does not.
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024

before, start, busy = peak(), time.perf_counter(), time.process_time()
ticks = []
data = load_data(sys.argv[1], progress=lambda state: ticks.append(time.perf_counter()))
seconds, busy = time.perf_counter() - start, time.process_time() - busy
marks = [start, *ticks, start + seconds]
memory = peak() - before
found = {}
if sys.argv[2] == "check":
    start = time.perf_counter()
    found = {each.code: each.values.get("count") for each in check_data(data).findings}
    found["seconds"] = round(time.perf_counter() - start, 1)
print(json.dumps({
    "pictures": len(data.train) + len(data.test), "shape": data.facts.shape, "seconds": round(seconds, 2),
    "CPU seconds": round(busy, 2),
    "longest silence": round(max(b - a for a, b in zip(marks, marks[1:])), 2),
    "peak MB beyond torch": round(memory), "torch MB": round(before), "check": found,
}))
"""


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as cache:
        # Only the originals: what is prepared in that folder already would be found, too.
        (Path(cache) / "MNIST").symlink_to(folder / "MNIST")
        env = {**os.environ, "BLOCKML_DATA": cache, "XDG_CACHE_HOME": cache}
        for source in ("mnist", str(folder)):
            for time in ("first", "second", "check"):
                done = subprocess.run(
                    [sys.executable, "-c", _ONE, source, time],
                    env=env,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                print(f"{Path(source).name:14} {time:7}", json.loads(done.stdout))


if __name__ == "__main__":
    main()
