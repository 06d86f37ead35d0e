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


_LONGEST = 5
"""Delays after which a message is sent although wishes still come."""


class Publisher:
    """Calls ``send`` soon after `notify`, in a thread of its own.

    The training thread never waits for the page, and the last state is always sent.
    """

    def __init__(self, send: Callable[[], None], delay: float = 0.0) -> None:
        """Make one that has nothing to send yet.

        Args:
            send: Sends the present state.
            delay: Time from the last of several wishes to their message, in seconds; where wishes do not
                end, five times as long after the first.
        """
        self._send, self._delay = send, delay
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
                time.sleep(INTERVAL)
                continue
            with self._lock:
                if not self._wanted.is_set():
                    self._alive = False
                    return

    def _calm(self) -> None:
        """Take up the wishes, and those that join them."""
        latest = time.monotonic() + _LONGEST * self._delay
        while self._wanted.is_set() and time.monotonic() <= latest:
            self._wanted.clear()
            time.sleep(self._delay)
        self._wanted.clear()
