"""Kills trainings at random moments and compares what they come to. Run by hand.

``python benchmarks/kill.py [how often, 50] [seed]``. Each time a recipe of its own is trained in a
process that is killed (SIGKILL) at a random moment, one to three times, and the next process
resumes. The checkpoint (weights, optimizer, average, best epoch), the history and the result must
equal those of a run that nobody killed, bit for bit.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

# Nothing of the user's is touched, and no run of the user is waited for.
PLACE = Path(tempfile.mkdtemp(prefix="blockml-kill-"))
os.environ |= {
    "BLOCKML_HOME": str(PLACE / "home"),
    "BLOCKML_QUEUE": str(PLACE / "queue"),
    "BLOCKML_DATA": str(PLACE / "data"),
    "XDG_CACHE_HOME": str(PLACE / "cache"),
}
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from recipes import any_recipe, differences, network, pictures, told  # noqa: E402

from blockml.experiment import Experiment  # noqa: E402
from blockml.recipe import Recipe  # noqa: E402
from blockml.training import Run, events, folder, train  # noqa: E402

MOST_KILLS = 3

# This process computes nothing itself, so that its forks find the threads of torch unused.
fork = multiprocessing.get_context("fork")


def go_on(recipe: Recipe, place: Path) -> None:
    """Train, or go on with what is there; in a process of its own."""
    drawn: Experiment = network(pictures(), recipe)
    if (place / folder.EXPERIMENT).exists():
        run = Run.open(place)
        if run.status != "finished":
            run.resume()
    else:
        train(drawn, place, device="cpu")


def attempt(recipe: Recipe, place: Path, moment: float | None = None) -> bool:
    """Go on in a new process, and kill it after so many seconds; whether it came to its end."""
    process = fork.Process(target=go_on, args=(recipe, place))
    process.start()
    process.join(moment)
    if process.exitcode is None:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        return False
    if process.exitcode != 0:
        raise SystemExit(f"the training in {place} ended with {process.exitcode}: {told(recipe)}")
    return True


def told_modules(pipe: Connection, place: Path) -> None:
    go_on(Recipe(epochs=1), place)
    pipe.send(list(sys.modules))


def import_ahead() -> None:
    """Import what a training imports, or most kills would hit imports."""
    near, far = fork.Pipe()
    process = fork.Process(target=told_modules, args=(far, PLACE / "first"))
    process.start()
    for name in near.recv():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    process.join()


def one(number: int, chance: random.Random) -> tuple[list[str], str]:
    """Train a recipe undisturbed and killed; what differs, and what happened."""
    recipe = any_recipe(chance, epochs=chance.randint(6, 20))
    straight, killed = PLACE / f"{number}-straight", PLACE / f"{number}-killed"
    attempt(recipe, straight)  # also chooses the plan, which the machine remembers
    started = time.monotonic()
    shutil.rmtree(straight)
    attempt(recipe, straight)
    whole = time.monotonic() - started
    kills, torn = [], 0
    wanted = chance.randint(1, MOST_KILLS)
    while len(kills) < wanted:
        if attempt(recipe, killed, chance.random() * whole):
            if kills:
                break
            shutil.rmtree(killed)  # it had ended before its moment came
            continue
        torn += bool(list(killed.glob(".*safetensors*"))) if killed.exists() else 0
        known = events.read(killed).history if killed.exists() else []
        kills.append(f"epoch {len(known) + 1}" if (killed / events.NAME).exists() else "preparation")
    attempt(recipe, killed)
    found = differences(straight, killed)
    found += [f"left over: {path.name}" for path in killed.glob(".*safetensors*")]
    story = f"killed in {', '.join(kills)}{' (while writing)' if torn else ''}: {told(recipe)}"
    return found, story


def main() -> None:
    """Print a line for each, and how many were equal."""
    count, seed, *_ = (*map(int, sys.argv[1:]), *(50, random.randrange(10**6))[len(sys.argv) - 1 :])
    import_ahead()
    chance = random.Random(seed)
    print(f"seed {seed}")
    equal = 0
    for number in range(1, count + 1):
        found, story = one(number, chance)
        equal += not found
        print(f"{number:3} {'equal' if not found else 'DIFFERS: ' + '; '.join(found)}  {story}", flush=True)
    print(f"{equal} of {count}")
    shutil.rmtree(PLACE)
    sys.exit(equal < count)


if __name__ == "__main__":
    main()
