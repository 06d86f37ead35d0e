"""Sends what changes to the page, and never more often than it is good for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_logger = logging.getLogger(__name__)

INTERVAL = 0.1
"""Least time between two messages, in seconds."""

_IDLE = 5.0
"""A thread that had nothing to send for so long ends, in seconds."""


class Publisher:
    """Calls ``send`` soon after `notify`, in a thread of its own.

    The training thread never waits for the page, and the last state is always sent.
    """

    def __init__(self, send: Callable[[], None], delay: float = 0.0, longest: float = 0.0) -> None:
        """Make one that has nothing to send yet.

        Args:
            send: Sends the present state.
            delay: Time from a wish to its message, in seconds. Wishes that come meanwhile join it.
            longest: Time in which such wishes put it off again, so that it follows the last of them.
        """
        self._send, self._delay, self._longest = send, delay, longest
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._alive = False

    def notify(self) -> None:
        """Ask for a message; cheap, from any thread."""
        with self._lock:
            self._wanted.set()
            if not self._alive:
                self._alive = True
                threading.Thread(target=self._loop, name="blockml-publisher", daemon=True).start()

    def _loop(self) -> None:
        while True:
            if self._wanted.wait(_IDLE):
                self._calm()
                try:
                    self._send()
                except Exception:
                    # A page that went away must not end the messages to the others.
                    _logger.exception("the progress could not be sent")
                time.sleep(max(0.0, INTERVAL - self._delay))
                continue
            with self._lock:
                if not self._wanted.is_set():
                    self._alive = False
                    return

    def _calm(self) -> None:
        """Take up the wishes, and those that join them."""
        latest = time.monotonic() + self._longest
        while True:
            self._wanted.clear()
            time.sleep(self._delay)
            if not self._wanted.is_set() or time.monotonic() > latest:
                break
        self._wanted.clear()
