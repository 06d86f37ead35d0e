"""The run of an earlier time: known at once from the draft, and opened as soon as torch is there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from blockml.drafts import Draft
from blockml.protocol import RunState
from blockml.widget import warm_up
from blockml.widget.draft import ACTIVE

if TYPE_CHECKING:
    from blockml.training import Run

_logger = logging.getLogger(__name__)


def remembered(draft: Draft | None) -> RunState:
    """What is known without torch of the run that was on the canvas last."""
    if draft is None or not draft.run:
        return RunState()
    state = draft.state or RunState(id=draft.run, folder=draft.run)
    if state.status in ACTIVE:
        return state.model_copy(update={"status": "interrupted", "seconds_left": None})
    return state


class LastRun:
    """Opens the run of an earlier time in a thread of its own.

    Attributes:
        run: The run, from the moment it is open until it is shown.
    """

    def __init__(
        self, lock: threading.RLock, show: Callable[[Run | None], None], tell: Callable[[], None]
    ) -> None:
        """Make one that has nothing to open yet.

        Args:
            lock: Owner of the state of the canvas.
            show: Shows the run, or that there is none; called while the lock is held.
            tell: Called when that is done.
        """
        self._lock, self._show, self._tell = lock, show, tell
        self._opened = threading.Event()
        self._opened.set()
        self.run: Run | None = None

    def begin(self, folder: str) -> None:
        """Open the run of a folder."""
        self._opened.clear()
        threading.Thread(target=self._open, args=(folder,), name="blockml-open", daemon=True).start()

    def wait(self) -> None:
        """Wait until it is open, if there is one."""
        if not self._opened.is_set():
            warm_up.wait()
        self._opened.wait()

    def _open(self, folder: str) -> None:
        try:
            warm_up.wait()
            from blockml.training import Run

            self.run = Run.open(folder)
        except Exception:
            # The folder is gone or damaged, or torch is; the network is not.
            _logger.warning("the run of this canvas cannot be opened any more", exc_info=True)
        finally:
            # Nobody who waits may keep this thread from going on: so before the lock.
            self._opened.set()
        with self._lock:
            self._show(self.run)
            # Not before: whoever asks meanwhile, without the lock, is to see one of the two.
            self.run = None
        self._tell()
