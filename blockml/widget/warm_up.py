"""Brings torch into the kernel before somebody waits for it, and never in two threads at once.

The import takes seconds. While one thread imports ``torch``, another that begins with
``import torch.nn`` leaves both with half a module, and torch refuses to be imported again in
that process. So torch comes in a thread, for the main thread has to answer the page, but only
once the cell that made the canvas has ended, and piece by piece where the person makes a pause: while
libraries are loaded, hardly anything else runs in a kernel. A cell that imports anything waits for it.
Where there are no cells of IPython, as in marimo, torch is imported when it is needed.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from IPython import get_ipython

_PATIENCE = 5.0
"""Seconds that a thread waits for a kernel whose main thread is busy with a long cell."""

_LONGEST = 120.0
"""Seconds that a cell waits; an import that takes longer than this does not come."""

_PAUSE = 1.0
"""Seconds in which the page says nothing; cut short by whoever needs torch."""

_LATEST = 10.0
"""Seconds after which the next piece comes even beside somebody who makes no pause."""

_begun = threading.Event()
_wanted = threading.Event()
_heard = 0.0
_done = threading.Event()


def begin() -> None:
    """Bring torch when the present cell has ended."""
    shell = get_ipython()
    if not _begun.is_set() and getattr(shell, "kernel", None) is not None:
        _begun.set()
        shell.events.register("post_run_cell", _after)


def hear() -> None:
    """Note that the page said something."""
    global _heard  # noqa: PLW0603 - one kernel has one torch
    _heard = time.monotonic()


def wait() -> None:
    """Return when torch is there; called by every thread of the canvas that is about to use it."""
    _wanted.set()
    is_main = threading.current_thread() is threading.main_thread()
    if _begun.is_set() and not is_main:
        _done.wait(_PATIENCE)
    # The whole before its parts: a part that is imported first is what breaks.
    import torch  # noqa: F401

    if is_main:
        _done.set()


def come() -> bool:
    """Wait until torch is there, however long; ``False`` where nothing brings it before it is needed."""
    if not _begun.is_set():
        return False
    _done.wait()
    return True


def _after(_: Any) -> None:
    events = get_ipython().events
    events.unregister("post_run_cell", _after)
    events.register("pre_run_cell", _hold)
    threading.Thread(target=_bring, name="blockml-warm-up", daemon=True).start()


def _hold(info: Any) -> None:
    if _done.is_set():
        get_ipython().events.unregister("pre_run_cell", _hold)
    elif "import" in info.raw_cell:
        _wanted.set()
        _done.wait(_LONGEST)


def _bring() -> None:
    hear()
    try:
        for step in (_torch, _optimizer, _digits):
            _pause()
            step()
    finally:
        _done.set()


def _pause() -> None:
    """Wait until the person makes a pause: each step takes seconds, and no key is answered well in them."""
    latest = time.monotonic() + _LATEST
    while (pause := min(_heard + _PAUSE, latest) - time.monotonic()) > 0 and not _wanted.is_set():
        _wanted.wait(pause)


def _torch() -> None:
    import torch  # noqa: F401

    import blockml.training  # noqa: F401


def _optimizer() -> None:
    """Make the first optimizer, which imports half of torch again."""
    import torch

    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])


def _digits() -> None:
    import sklearn.datasets
    import sklearn.model_selection  # noqa: F401
