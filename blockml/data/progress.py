"""How far long work is, told often enough to show and to be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Literal, TypeVar

from blockml.protocol import TaskState

Progress = Callable[[TaskState], None]
"""Is told how far the work is; it may raise `blockml.errors.CancelledError` to end it."""

TICK = 0.1
"""Seconds between two reports, at most twice as long where a step takes longer."""

Result = TypeVar("Result")


class Ticker:
    """Passes on how far one piece of work is, ten times a second.

    Attributes:
        state: What was told last.
    """

    def __init__(self, progress: Progress | None, state: TaskState) -> None:
        self.state = state
        self._progress = progress
        self._last = 0.0

    def __call__(self, done: int | None = None) -> None:
        """Tell how much is done, when it is time to.

        Raises:
            CancelledError: Whoever is told wants no more of it.
        """
        now = time.monotonic()
        if self._progress is None or now - self._last < TICK:
            return
        self._last = now
        if done is not None:
            self.state = self.state.model_copy(update={"done": done})
        self._progress(self.state)

    def turn(
        self,
        name: Literal["download", "read", "check"],
        total: int = 0,
        unit: Literal["bytes", "pictures", "steps"] = "steps",
    ) -> Ticker:
        """The same listener, for the next piece of work."""
        state = TaskState(name=name, subject=self.state.subject, total=total, unit=unit)
        return Ticker(self._progress, state)


def beside(work: Callable[[], Result], tick: Callable[[], None]) -> Result:
    """Do work that cannot report itself in a thread, and tick meanwhile.

    When ``tick`` raises, the work is left alone to end; what it makes is dropped.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="blockml-data")
    try:
        future = pool.submit(work)
        while not wait([future], timeout=TICK).done:
            tick()
        return future.result()
    finally:
        pool.shutdown(wait=False)
