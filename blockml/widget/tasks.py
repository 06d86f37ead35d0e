"""Work that takes time beside the training, such as reading pictures: one at a time, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from blockml.errors import BlockmlError, CancelledError
from blockml.protocol import TaskState
from blockml.widget import warm_up

Progress = Callable[[TaskState], None]
"""Told how far the work is; raises `CancelledError` once a person has ended it."""

Work = Callable[[Progress], dict[str, Any]]
Outcome = Callable[[], dict[str, Any]]


class Tasks:
    """The task of a canvas: at most one, with its progress and a way to end it."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._cancelled: threading.Event | None = None
        self._state = TaskState()

    @property
    def state(self) -> TaskState:
        """How far the work is; nothing where there is none."""
        return self._state

    def begin(self, first: TaskState, work: Work, done: Callable[[Outcome], None]) -> None:
        """Start work in a thread of its own.

        Args:
            first: What the page is told before the work tells anything.
            work: The work; it is given a function to tell its progress to.
            done: Called in that thread with a function that does the work.

        Raises:
            BlockmlError: There is work going already.
        """
        with self._lock:
            if self._cancelled is not None:
                raise BlockmlError.of("task-active")
            cancelled = self._cancelled = threading.Event()
            self._state = first
        self._changed()

        def tell(state: TaskState) -> None:
            if cancelled.is_set():
                raise CancelledError
            self._state = state
            self._changed()

        def outcome() -> dict[str, Any]:
            try:
                warm_up.wait()
                found = work(tell)
            finally:
                # Before the answer, so that whoever has the answer can ask for the next work.
                with self._lock:
                    self._cancelled, self._state = None, TaskState()
                self._changed()
            # What came in the last moment is not used: the page has said that it ended.
            if cancelled.is_set():
                raise CancelledError
            return found

        threading.Thread(target=done, args=(outcome,), name="blockml-task", daemon=True).start()

    def cancel(self) -> None:
        """End the work at its next sign of progress; nothing where there is none."""
        with self._lock:
            if self._cancelled is not None:
                self._cancelled.set()
