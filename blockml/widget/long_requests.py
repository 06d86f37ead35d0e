"""The requests that may take minutes: each says what it works on, and the work itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import JsonValue

from blockml.analysis import check
from blockml.errors import DataError, RunError
from blockml.protocol import Found, RequestName, TaskState
from blockml.widget.tasks import Progress, Work

if TYPE_CHECKING:
    from blockml.widget.canvas import Canvas

Payload = dict[str, JsonValue]
LongRequest = Callable[["Canvas", Payload], tuple[TaskState, Work]]

MAX_UNREADABLE = 100
"""Most files that could not be read, as the page is told them; it is told the number of all."""


def _preview(canvas: Canvas, _: Payload) -> tuple[TaskState, Work]:
    ref = canvas.agreed.data

    def work(tell: Progress) -> dict[str, Any]:
        from blockml.data import load_data
        from blockml.data.preview import preview

        return preview(load_data(ref, progress=tell)).model_dump(mode="json")

    return TaskState(name="read", subject=ref.name), work


def _check(canvas: Canvas, _: Payload) -> tuple[TaskState, Work]:
    with canvas.lock:
        ref, run = canvas.agreed.data, canvas.run
    # Wrong labels are found with a network that has learned from these pictures, and only then.
    if run is not None and run.experiment.data.model_copy(update={"exclude": ref.exclude}) != ref:
        run = None

    def work(tell: Progress) -> dict[str, Any]:
        from blockml.data import load_data
        from blockml.data.check import check_data

        found = check_data(load_data(ref, progress=tell), run=run, progress=tell)
        return found.model_dump(mode="json")

    return TaskState(name="check", subject=ref.name), work


def _read(_: Canvas, payload: Payload) -> tuple[TaskState, Work]:
    from blockml.data.sources import sources

    path = payload.get("path")
    # Only what `sources` offers is read: nothing outside of the folder of the notebook.
    if not isinstance(path, str) or path not in {each.path for each in sources(Path()).items}:
        raise DataError.of("source-not-offered", path=str(path)[:200])

    def work(tell: Progress) -> dict[str, Any]:
        from blockml.data import load_data

        data = load_data(path, progress=tell)
        return Found(
            data=data.ref,
            unreadable=tuple(data.unreadable[:MAX_UNREADABLE]),
            unreadable_count=len(data.unreadable),
        ).model_dump(mode="json")

    return TaskState(name="read", subject=path, unit="pictures"), work


def _augmented(canvas: Canvas, _: Payload) -> tuple[TaskState, Work]:
    experiment = canvas.agreed

    def work(tell: Progress) -> dict[str, Any]:
        from blockml.data import load_data
        from blockml.data.augmented import augmented

        return augmented(experiment, load_data(experiment.data, progress=tell)).model_dump(mode="json")

    return TaskState(name="read", subject=experiment.data.name), work


def _rate(canvas: Canvas, _: Payload) -> tuple[TaskState, Work]:
    with canvas.lock:
        if canvas.busy:
            # Both would be slow, and neither would be measured rightly.
            raise RunError.of("run-active")
        experiment = canvas.agreed
    check(experiment)

    def work(tell: Progress) -> dict[str, Any]:
        from blockml.data import load_data
        from blockml.training.rate import find_rate

        data = load_data(experiment.data, progress=tell)
        return find_rate(experiment, data, progress=tell).model_dump(mode="json")

    return TaskState(name="rate", subject=experiment.data.name), work


LONG_REQUESTS: Final[dict[RequestName, LongRequest]] = {
    "preview": _preview,
    "check": _check,
    "read": _read,
    "augmented": _augmented,
    "rate": _rate,
}
"""What each of these requests works on, and the work. Other problems than those are raised by the work."""
