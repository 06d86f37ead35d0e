"""The queue of a device: the runs of all people on a machine take turns.

There is no service, only the files of `tickets`. The queue is a courtesy, not a fence: where it
cannot be used, people train without it.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType

import torch

from blockml.training.tickets import Folder

_logger = logging.getLogger(__name__)

QUANTUM = 60.0
"""Seconds a run keeps the device before it lets others go first (``BLOCKML_TURN_SECONDS``)."""
_POLL = 0.2
"""Seconds between two looks of whoever waits."""
_BESIDE = 1.0
"""Seconds that something beside the training may take in any case before it costs the turn."""
_PASSED_OVER = 25
"""Looks at a free device after which whoever does not take it, as a stopped process, is passed over."""
_CORES_A_RUN = 4

_turns: dict[int, str] = {}
"""Of each thread of this process that has a turn, the device."""
_waiters: set[int] = set()
"""Threads that wait for a run."""


class Turn(AbstractContextManager["Turn"]):
    """The place of one run in the queue of its device; for one thread.

    Args:
        device: Where the run trains.
        title: Name of the run, for the log only: others on the machine have no business with it.
    """

    def __init__(self, device: torch.device, title: str) -> None:
        self._device, self._title = device, title
        self._folder: Folder | None = None
        self._lock, self._name = -1, ""
        self._since, self._free, self._round = 0.0, 0, 0
        self._thread, self._lost = 0, False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def wait(self, go_on: Callable[[int], bool]) -> bool:
        """Wait for the turn of this run.

        Args:
            go_on: Called about five times a second while others come first, with their number
                (those that train among them); ``False`` leaves the queue.

        Returns:
            Whether it is this run's turn now; ``False`` only where ``go_on`` said so.
        """
        self.leave()
        slots = _slots(self._device)
        if slots < 1:
            return True
        while ahead := self._ahead(slots):
            if not go_on(ahead):
                self.leave()
                return False
            time.sleep(_POLL)
        return True

    def someone_waits(self) -> bool:
        """Whether another run waits for the device while this one has its turn."""
        if self._folder is None:
            return False
        try:
            return any(not ticket.trains for ticket in self._folder.tickets())
        except OSError:
            return False

    def give_way(self, go_on: Callable[[int], bool]) -> bool:
        """Let others go first, if somebody waits and this run has had the device for long enough.

        Returns:
            As `wait`.
        """
        if not self._lost:
            if self._folder is None or self._rest() > 0:
                return True
            self._folder.keep(self._lock)
            if not self.someone_waits():
                return True
            self._round = self._folder.round(self._name)
        self._lost = False
        try:
            return self.wait(go_on)
        finally:
            self._round = 0

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Do something that needs no device, for as long as the turn lasts; then others go first.

        What a person calls after each epoch may take for ever, and they would wait as long. After
        it, `give_way` waits for another turn where this one is lost.
        """
        if self._folder is None:
            yield
            return
        ends = threading.Timer(max(_BESIDE, self._rest()), self._lose)
        ends.daemon = True
        ends.start()
        try:
            yield
        finally:
            ends.cancel()
            ends.join()

    def _rest(self) -> float:
        """Seconds that are left of the turn."""
        return self._since + _setting("BLOCKML_TURN_SECONDS", QUANTUM) - time.monotonic()

    def _lose(self) -> None:
        if self._folder is not None:
            self._round, self._lost = self._folder.round(self._name), True
            self.leave()

    def leave(self) -> None:
        """Leave the queue or end the turn; nothing happens where there is neither."""
        if self._folder is not None:
            if self._name:
                self._folder.take_back(self._lock, self._name)
            self._folder.close()
            _turns.pop(self._thread, None)
        self._folder, self._lock, self._name = None, -1, ""

    def _ahead(self, slots: int) -> int:
        """Take the turn (0), or tell how many come before this run."""
        try:
            if self._folder is None:
                self._folder = Folder(_key(self._device))
                self._lock, self._name = self._folder.make(self._round)
                self._free = 0
            ahead, mine = self._look(self._folder, slots)
            if not mine:
                return ahead
            with self._folder.guard():
                # Somebody else may have taken it between the look and the guard.
                ahead, mine = self._look(self._folder, slots)
                if not mine:
                    return ahead
                self._name = self._folder.begin(self._name)
            self._since = time.monotonic()
            self._thread = threading.get_ident()
            _turns[self._thread] = _key(self._device)
        except OSError as error:
            # Whatever is wrong with the queue, it must not keep anyone from training.
            level = logging.INFO if error.errno == errno.ENOSYS else logging.WARNING
            _logger.log(level, "%s trains without a queue: %s", self._title, error)
            self.leave()
        return 0

    def _look(self, folder: Folder, slots: int) -> tuple[int, bool]:
        """How many come before this run, and whether it may take a turn."""
        tickets = folder.tickets()
        waiting = [ticket.name for ticket in sorted(tickets) if not ticket.trains]
        if self._name not in waiting:
            raise FileNotFoundError(errno.ENOENT, "somebody took the ticket away")
        before, training = waiting.index(self._name), len(tickets) - len(waiting)
        self._free = self._free + 1 if training < slots else 0
        return training + before, self._free > before * _PASSED_OVER


@contextmanager
def waiting() -> Iterator[None]:
    """Note that this thread waits for a run."""
    me = threading.get_ident()
    _waiters.add(me)
    try:
        yield
    finally:
        _waiters.discard(me)


def never_begins(device: torch.device) -> bool:
    """Whether a run that this thread waits for cannot begin, as all turns belong to those who wait."""
    me, key = threading.get_ident(), _key(device)
    if _turns.get(me) != key:
        return False
    return sum(_turns.get(thread) == key for thread in {*_waiters, me}) >= _slots(device)


def _key(device: torch.device) -> str:
    if device.type != "cuda":
        return device.type
    name: object = device.index
    with suppress(RuntimeError, AssertionError):  # a GPU that is not there fails where it is used
        index = torch.cuda.current_device() if device.index is None else device.index
        # The number of a GPU differs between processes that see different ones; its UUID does not.
        name = getattr(torch.cuda.get_device_properties(index), "uuid", index)
    return "cuda_" + re.sub(r"[^A-Za-z0-9]", "_", str(name))


def _slots(device: torch.device) -> int:
    """Runs at once on a device: one on a GPU, and on a CPU one for every four of its cores.

    Two runs on a GPU get half of it each, or end each other when its memory is full. On a CPU each
    run computes with all cores; below about four for each, a run waits for the other's threads
    more than it gains. ``BLOCKML_SLOTS`` says it otherwise, and 0 trains without a queue.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    standard = max(1, usable // _CORES_A_RUN) if device.type == "cpu" else 1
    return int(_setting("BLOCKML_SLOTS", standard))


def _setting(name: str, standard: float) -> float:
    try:
        found = float(os.environ.get(name) or standard)
    except ValueError:
        return standard
    return found if math.isfinite(found) else standard
