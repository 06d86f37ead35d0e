"""The devices of this machine by their names."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from blockml.errors import RunError


def device_of(name: str | torch.device | None) -> torch.device:
    """The device of a name.

    Args:
        name: Such as ``cpu`` or ``cuda:1``; by default the GPU where there is one.

    Raises:
        RunError: There is none of that name here; the error lists those that there are.
    """
    known = _known()
    if name is None:
        return torch.device("cuda" if "cuda" in known else "cpu")
    try:
        found = torch.device(name)
    except (RuntimeError, TypeError):
        found = None
    if found is None or (found.type != "cpu" and str(found) not in known):
        raise RunError.of("no-device", received=str(name)[:60], known=", ".join(known))
    return found


def on(device: torch.device) -> AbstractContextManager[object]:
    """Make a GPU the one of the calling thread for a while: what records steps asks which one it is."""
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


def _known() -> list[str]:
    """The names of the devices that there are: of the CPU, and of each GPU."""
    if not torch.accelerator.is_available():
        return ["cpu"]
    kind = str(torch.accelerator.current_accelerator())
    return ["cpu", kind, *(f"{kind}:{index}" for index in range(torch.accelerator.device_count()))]
