"""The folder of a run: made once, held by one process, read without running anything."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import FiniteFloat, model_validator

from blockml.codegen import to_python
from blockml.errors import BlockmlError, DocumentError, RunError
from blockml.experiment import Experiment
from blockml.files import read_whole, write_safely
from blockml.graph import Data
from blockml.locks import file_lock
from blockml.paths import home, slug
from blockml.protocol import Plan
from blockml.training import checkpoint, events

EXPERIMENT, SCRIPT, RESULT = "experiment.blockml", "model.py", "result.json"
_LOCK = ".lock"

MOST_BYTES = 64 * 1024 * 1024
"""Largest ``result.json`` that is read; one of the most classes that data may have is far smaller."""


class Result(Data):
    """``result.json``: the final figures of a run.

    Attributes:
        test_accuracy: Share of the test pictures named right.
        test_loss: Mean cross-entropy in nats.
        per_class_accuracy: Share named right of each class.
        confusion_matrix: True class (row) by named class (column).
        classes: Names of the classes.
        epochs: Epochs trained.
        best_epoch: The best one on the pictures held back, if there were any.
        seconds: Time of all epochs.
        parameters: Number of weights.
        device: Where it was trained.
        plan: How it was computed.
        content_hash: Of the experiment.
    """

    test_accuracy: FiniteFloat
    test_loss: FiniteFloat
    per_class_accuracy: tuple[FiniteFloat, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]
    classes: tuple[str, ...]
    epochs: int
    best_epoch: int | None
    seconds: FiniteFloat
    parameters: int
    device: str
    plan: Plan
    content_hash: str

    @model_validator(mode="after")
    def _square(self) -> Result:
        count = len(self.classes)
        rows = (self.per_class_accuracy, *self.confusion_matrix)
        if len(self.confusion_matrix) != count or any(len(row) != count for row in rows):
            message = f"figures of {count} classes are needed"
            raise ValueError(message)
        return self


def make(experiment: Experiment, folder: Path | None) -> Path:
    """Make the folder of a new run with its experiment and its script.

    Args:
        experiment: What will be trained.
        folder: Where; by default ``<home>/<name>/v<N>/run`` with the next free number.

    Raises:
        RunError: The folder cannot be made, or holds a run already.
    """
    document, script = experiment.to_json(), to_python(experiment)
    place = home() / slug(experiment.name) if folder is None else folder
    made = _missing(place)
    try:
        place.mkdir(parents=True, exist_ok=True)
        if folder is None:
            version = _next_free(place)
            place, made = version / "run", [version / "run", version, *made]
            place.mkdir()
        if (place / events.NAME).exists() or (place / checkpoint.NAME).exists():
            raise RunError.of("run-exists", path=str(place))
        write_safely(place / EXPERIMENT, document.encode("utf-8"))
        write_safely(place / SCRIPT, script.encode("utf-8"))
    except (OSError, ValueError) as error:
        # Names that no file can have are a ValueError.
        _take_back(made)
        raise _not_begun(place, error) from error
    return place


def _missing(place: Path) -> list[Path]:
    """The folders that have to be made for a place, the innermost first."""
    return [each for each in (place, *place.parents) if not os.path.lexists(each)]


def _take_back(made: list[Path]) -> None:
    """Remove folders that were made for a run that could not begin; one with other things in it stays."""
    files = [made[0] / name for name in (EXPERIMENT, SCRIPT)] if made else []
    for remove in (*(file.unlink for file in files), *(each.rmdir for each in made)):
        # What was not made is not there, or has a name that nothing can have.
        with contextlib.suppress(OSError, ValueError):
            remove()


def _not_begun(place: Path, error: Exception) -> BlockmlError:
    """Say why no run can begin in a folder; nothing was trained yet that could go on."""
    reason = getattr(error, "strerror", None) or str(error)[:200]
    if isinstance(error, FileExistsError | NotADirectoryError):
        wrong = (each for each in (place, *place.parents) if os.path.lexists(each) and not each.is_dir())
        reason = next((f"{each} is no folder" for each in wrong), reason)
    return RunError.of("run-not-begun", path=str(place), reason=reason)


def write_script(folder: Path, experiment: Experiment, plan: Plan) -> None:
    """Write the script that trains as the run does, once its plan is chosen.

    Raises:
        OSError: The folder cannot be written.
    """
    write_safely(folder / SCRIPT, to_python(experiment, plan, file=SCRIPT).encode("utf-8"))


def _next_free(model: Path) -> Path:
    """Make the folder of the next version in one that is there."""
    number = 1
    while True:
        version = model / f"v{number}"
        try:
            # Making the folder is the claim: of two kernels only one succeeds.
            version.mkdir()
        except FileExistsError:
            number += 1
            continue
        return version


def read_experiment(folder: Path) -> Experiment:
    """Read what a run trains.

    Raises:
        RunError: There is no run in the folder.
    """
    try:
        return Experiment.load(folder / EXPERIMENT)
    except DocumentError as error:
        raise RunError.of("run-missing", path=str(folder), reason=error.diagnostics[0].message) from error


def found(folder: Path) -> Path:
    """The folder of a run itself: people also name the one of its version, which holds it."""
    inside = folder / "run"
    return inside if not (folder / EXPERIMENT).is_file() and (inside / EXPERIMENT).is_file() else folder


def read_result(folder: Path) -> dict[str, Any] | None:
    """Read the final figures, or ``None`` where the run has not ended or they are damaged."""
    try:
        found = read_whole(folder / RESULT, MOST_BYTES)
        return Result.model_validate_json(found).model_dump(mode="json")
    except (OSError, ValueError):
        return None


def write_result(folder: Path, result: Result) -> None:
    """Write the final figures."""
    write_safely(folder / RESULT, (result.model_dump_json(indent=1) + "\n").encode("utf-8"))


def hold(folder: Path) -> FileLock:
    """Hold a folder, so that no other process trains in it; the system lets go when a process dies.

    Raises:
        RunError: Another process holds it, or it cannot be written.
    """
    try:
        lock = file_lock(folder / _LOCK, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunError.of("run-held", path=str(folder)) from error
    except OSError as error:
        raise _not_begun(folder, error) from error
    return lock


def tidy(folder: Path) -> None:
    """Remove what writing left behind when a process was killed in its middle; only for the holder."""
    for name in (EXPERIMENT, SCRIPT, RESULT, checkpoint.NAME):
        for path in folder.glob(f".{name}.*"):
            with contextlib.suppress(OSError):
                path.unlink()


def held(folder: Path) -> bool:
    """Whether some process trains in the folder now."""
    if not os.path.lexists(folder / _LOCK):
        return False
    try:
        hold(folder).release()
    except RunError as error:
        # A folder that may only be read is nobody's who trains.
        return error.diagnostics[0].code == "run-held"
    return False


def extend(folder: Path, phases: list[int], done: int, epochs: int) -> list[int]:
    """Note that a run is to train for further epochs.

    Args:
        folder: Folder of the run, held by this process.
        phases: Epochs of each phase so far.
        done: Epochs that have ended; a run that ended early is extended from there.
        epochs: How many more.

    Returns:
        The new phases.

    Raises:
        RunError: It cannot be written.
    """
    finished = (folder / RESULT).exists()
    kept = list(phases)
    while finished and sum(kept) > done > 0:
        # What early stopping left out is not made up for.
        kept[-1] = done - sum(kept[:-1])
        if kept[-1] <= 0:
            kept.pop()
    kept.append(epochs)
    try:
        events.append(folder, "more", sync=True, phases=kept)
        (folder / RESULT).unlink(missing_ok=True)
    except OSError as error:
        raise _not_begun(folder, error) from error
    return kept


def recent(limit: int) -> list[Path]:
    """Folders of the runs on this machine that can be found, the latest first.

    Args:
        limit: Most folders.
    """
    found: list[tuple[float, Path]] = []
    for path in home().glob(f"*/v*/run/{EXPERIMENT}"):
        try:
            found.append(((path.parent / events.NAME).stat().st_mtime, path.parent))
        except OSError:
            continue
    return [path for _, path in sorted(found, reverse=True)[:limit]]
