"""Traits of a canvas that several threads set and read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import traitlets

if TYPE_CHECKING:
    from blockml.widget.canvas import Canvas


class SharedTrait(traitlets.Any):
    """A trait that is set under the lock of its canvas.

    Messages of the page are handled in a subshell thread, beside cells and training.
    """

    def set(self, obj: Canvas, value: Any) -> None:  # type: ignore[override]
        """Set it while nobody else can."""
        with obj.lock:
            super().set(obj, value)


class LatestRun(SharedTrait):
    """The run; a cell that asks for it waits until the run of an earlier time is open."""

    def get(self, obj: Canvas, cls: Any = None) -> Any:  # type: ignore[override]
        """The run that there is, however it came."""
        if threading.current_thread() is threading.main_thread():
            obj.last_run.wait()
        found = super().get(obj, cls)
        # Whoever asks may hold the lock that is needed to show the run.
        return obj.last_run.run if found is None else found
