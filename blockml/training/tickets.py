"""The tickets of a queue: empty files in a folder that all people of a machine share.

A run holds the lock of its ticket as long as it lives, so a process that is killed is out of
the queue at once. The name of a ticket tells its number and whether it waits or trains; its
owner is who owns the file. Nothing of a ticket is read, no link is followed, no clock is asked.

Numbers are fair between people, however many runs each has: they tell the round in which a run
comes, and in a round everyone has one run.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: its users seldom share a machine, so they train without a queue
    fcntl = None  # type: ignore[assignment]

_GUARD = 0.2
"""Most seconds to wait until nobody else is taking a turn; longer holds only who means ill."""
_MOST_NAMES = 4096
"""A folder with more names than that is no queue."""

_NAME = re.compile(r"([A-Za-z0-9_]+)\.([wt])\.([0-9]{9})\.([0-9]{9})\.[0-9a-f]{16}")
_LAST = 10**9 - 1

_held: set[int] = set()


@dataclass(frozen=True, order=True)
class Ticket:
    """A run in the queue; the smaller comes first.

    Attributes:
        round: Its round.
        arrival: Order of arrival.
        name: Name of its file.
        owner: The person whose run it is.
        trains: Whether it has its turn now.
    """

    round: int
    arrival: int
    name: str
    owner: int
    trains: bool


def number(tickets: Sequence[Ticket], owner: int, after: int = 0) -> tuple[int, int]:
    """Round and arrival of a new ticket: everyone's first comes before anyone's second.

    Args:
        tickets: Those that are there.
        owner: Whose it is.
        after: Round in which the run had its last turn.
    """
    now = max((ticket.round for ticket in tickets if ticket.trains), default=0)
    # Between two turns nobody trains, and whoever comes next begins the round.
    now = now or min((ticket.round for ticket in tickets), default=1) - 1
    mine = max((ticket.round for ticket in tickets if ticket.owner == owner), default=0)
    arrival = max((ticket.arrival for ticket in tickets), default=0)
    return min(max(now, mine, after) + 1, _LAST), min(arrival + 1, _LAST)


class Folder:
    """The shared folder, used through its handle, so that it cannot be replaced meanwhile.

    Raises:
        OSError: There is no folder that could be used.
    """

    def __init__(self, key: str) -> None:
        if fcntl is None:
            raise OSError(errno.ENOSYS, "this system has no locks of files")
        self._key = key
        path = Path(os.environ.get("BLOCKML_QUEUE") or Path(tempfile.gettempdir(), "blockml-queue"))
        made = False
        with contextlib.suppress(FileExistsError):
            path.mkdir(parents=True)
            made = True
        self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if made:
            # Everybody may add tickets, and only their owners may remove them.
            os.fchmod(self._handle, 0o1777)

    def tickets(self) -> list[Ticket]:
        """The tickets of all runs that are alive; the own ones of dead runs are removed."""
        found = []
        with os.scandir(self._handle) as entries:
            known = list(itertools.islice(entries, _MOST_NAMES + 1))
        if len(known) > _MOST_NAMES:
            raise OSError(errno.EMFILE, "its folder is full of other files")
        for entry in known:
            match = _NAME.fullmatch(entry.name)
            if match and match[1] == self._key and entry.is_file(follow_symlinks=False):
                owner = self._owner(entry.name)
                if owner is not None:
                    turn, arrival = int(match[3]), int(match[4])
                    found.append(Ticket(turn, arrival, entry.name, owner, trains=match[2] == "t"))
        return found

    def make(self, after: int) -> tuple[int, str]:
        """Make a ticket that waits; its handle, which holds its lock, and its name.

        Args:
            after: Round in which the run had its last turn.
        """
        key = secrets.token_hex(8)
        fresh = f".{key}"
        lock = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=self._handle)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Others must open it to see that it is locked; there is nothing in it to read.
            os.fchmod(lock, 0o644)
            with self.guard():
                turn, arrival = number(self.tickets(), os.fstat(lock).st_uid, after)
                name = f"{self._key}.w.{turn:09}.{arrival:09}.{key}"
                # Seen only once it is locked, or it would pass for the ticket of a dead run.
                os.rename(fresh, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except OSError:
            self.take_back(lock, fresh)
            raise
        _held.add(lock)
        return lock, name

    def round(self, name: str) -> int:
        """The round of an own ticket."""
        return int(name.split(".")[2])

    def begin(self, name: str) -> str:
        """Turn a ticket that waits into one that trains."""
        trains = name.replace(".w.", ".t.")
        os.rename(name, trains, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        return trains

    def keep(self, lock: int) -> None:
        """Touch an own ticket: programs that clean up remove what nobody touched for days."""
        with contextlib.suppress(OSError):
            os.utime(lock)

    def take_back(self, lock: int, name: str) -> None:
        """Remove an own ticket."""
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=self._handle)
        _held.discard(lock)
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._handle)

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Be the only one who takes a number or a turn, as far as others let one."""
        lock = self._guard()
        try:
            until = time.monotonic() + _GUARD
            while lock is not None and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.01)
            yield
        finally:
            if lock is not None:
                os.close(lock)

    def _guard(self) -> int | None:
        name = f"{self._key}.guard"
        with contextlib.suppress(OSError):
            # Not in one call: a system may refuse to "create" what another person made.
            return self._open(name)
        with contextlib.suppress(OSError):
            made = os.open(name, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=self._handle)
            os.fchmod(made, 0o644)
            return made
        return None

    def _open(self, name: str) -> int:
        # Not blocking: it could have become a pipe meanwhile.
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._handle)

    def _owner(self, name: str) -> int | None:
        """The owner of a ticket whose run is alive."""
        try:
            handle = self._open(name)
        except OSError:
            return None
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                return None
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return found.st_uid
        except OSError:
            return None
        finally:
            os.close(handle)
        if found.st_uid == os.getuid():
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=self._handle)
        return None


def _forget() -> None:
    """Let go of tickets in a child: it may outlive its parent, and would keep the place alive."""
    for lock in _held:
        with contextlib.suppress(OSError):
            os.close(lock)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
