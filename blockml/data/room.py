"""Room for pictures in the memory, asked for before it is taken."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import numpy as np

from blockml.analysis.memory import available_memory, gigabytes
from blockml.errors import DataError

_SMALLEST = 8
"""Side of a picture, in pixels, below which there is little to see."""


def room_for(count: int, channels: int, size: tuple[int, int], copies: int = 1) -> np.ndarray:
    """Make an empty array for pictures.

    A system ends a kernel that takes too much memory, and says nothing; so this says it before.

    Args:
        count: How many pictures.
        channels: 1 or 3.
        size: Height and width.
        copies: How often the pictures will be in the memory at the same time.

    Returns:
        uint8 (count, channels, height, width).

    Raises:
        DataError: They do not fit; it says what would.
    """
    if copies * count * channels * math.prod(size) > _free():
        _refuse(count, channels, size, copies)
    try:
        return np.empty((count, channels, *size), np.uint8)
    except MemoryError:
        _refuse(count, channels, size, copies)


def _free() -> int:
    """Bytes that are left of what may be used: without those that this process has taken already.

    What it has mapped from files does not count, as the system takes that back when it needs room.
    """
    taken = 0
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        taken = 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))
    return max(0, available_memory() - taken)


def _refuse(count: int, channels: int, size: tuple[int, int], copies: int) -> NoReturn:
    limit, pixel = _free(), copies * channels
    fits = min(limit // (pixel * math.prod(size)), count)
    side = math.isqrt(limit // (pixel * count))
    values = {
        "count": f"{count:,}",
        "size": f"{size[0]} × {size[1]}",
        "needed": gigabytes(pixel * count * math.prod(size)),
        "limit": gigabytes(limit),
        "fits": f"{fits:,}",
    }
    if _SMALLEST <= side < max(size):
        raise DataError.of("data-memory", side=side, **values)
    # There are too many even of tiny ones, or other programs have the memory.
    raise DataError.of("data-memory-count", **values)
