"""One thread for the steps of a small network, without taking the others from anybody else.

``torch.set_num_threads`` changes two things: how many threads the calling thread computes with,
and how many those threads begin with that compute for the first time afterwards. Only the first
is wanted here, because cells of the notebook compute meanwhile; so the second is set back at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

_lock = threading.Lock()


@contextmanager
def one_thread(wanted: bool = True) -> Iterator[None]:  # noqa: FBT001, FBT002 - a setting
    """Let the calling thread compute alone for a while; all others compute as before.

    Afterwards it computes with as many threads as torch was told to use meanwhile.

    Args:
        wanted: Whether to do that at all.
    """
    if not wanted:
        yield
        return
    with _lock:
        # A thread looks at the number for all when it computes first: that must be behind it.
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        _elsewhere(lambda: torch.set_num_threads(before))
    try:
        yield
    finally:
        with _lock:
            now = _elsewhere(torch.get_num_threads)
            torch.set_num_threads(now or before)


def _elsewhere(act: Callable[[], int | None]) -> int | None:
    """Call something in a thread that has not computed yet."""
    found: list[int | None] = []
    thread = threading.Thread(target=lambda: found.append(act()), name="blockml-threads")
    thread.start()
    thread.join()
    return found[0] if found else None
