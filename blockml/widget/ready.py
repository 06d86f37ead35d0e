"""Brings torch into the kernel before somebody waits for it, and never in two threads at once.

The import takes seconds. While one thread imports ``torch``, another that begins with
``import torch.nn`` leaves both with half a module, and torch refuses to be imported again in
that process. Cells run in the main thread, so that is where torch is imported: between two
cells, by the event loop of the kernel, if messages of the page are handled in another thread
meanwhile. Threads of the canvas wait for it. Other kernels import torch when it is needed.
"""

from __future__ import annotations

import asyncio
import threading

from IPython import get_ipython

_DELAY = 0.3
"""Seconds after a canvas was made: its page is drawn first."""

_PATIENCE = 5.0
"""Seconds that a thread waits for a kernel whose main thread is busy with a long cell."""

_begun = threading.Event()
_done = threading.Event()


def begin() -> None:
    """Import torch as soon as the main thread has nothing to do, where the page does not notice."""
    if not _begun.is_set() and _hears_meanwhile():
        _begun.set()
        asyncio.get_running_loop().call_later(_DELAY, _bring)


def wait() -> None:
    """Return when torch is there; called by every thread of the canvas that is about to use it."""
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


def _hears_meanwhile() -> bool:
    """Whether this is a kernel that handles messages of the page beside its main thread."""
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and "kernel subshells" in kernel.kernel_info.get("supported_features", ())


def _bring() -> None:
    # The imports are the work, and the first optimizer, which imports half of torch again.
    import torch

    import blockml.training  # noqa: F401

    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    import sklearn.datasets
    import sklearn.model_selection  # noqa: F401

    _done.set()
