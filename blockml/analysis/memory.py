"""How much memory training needs, and how much there is."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePosixPath

from blockml.analysis.survey import Survey
from blockml.blocks.group import Passage

_FLOAT = 4
_STATE = {"adam": 2, "adamw": 2, "sgd": 1, "rmsprop": 2, "muon": 1}
"""Numbers that the optimizer keeps for each weight."""

_SHARE = 0.8
"""Share of the memory that training may take; the rest is for the kernel itself and the page."""

_UNKNOWN = 8 * 1024**3


@cache
def available_memory() -> int:
    """Bytes that data or training may use on this machine; the limit of a container or a service counts."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        # Windows has no sysconf; a common laptop is a fair guess.
        total = _UNKNOWN
    groups = ""
    with suppress(OSError):
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    for place in _limits(groups):
        try:
            total = min(total, int(place.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return int(total * _SHARE)


def _limits(groups: str) -> Iterator[Path]:
    """Where Linux says how much memory a process may use: its groups, and those around them.

    A container sees its own group at the top; a service, as some hubs start for each user, does not.

    Args:
        groups: ``/proc/self/cgroup``.
    """
    for line in ("0::/", "0:memory:/", *groups.splitlines()):
        _, kinds, group = line.split(":", 2)
        if kinds and "memory" not in kinds.split(","):
            continue
        top, name = ("memory", "memory.limit_in_bytes") if kinds else ("", "memory.max")
        place = PurePosixPath(group)
        for around in (place, *place.parents):
            yield Path("/sys/fs/cgroup", top, str(around).strip("/"), name)


def weight_memory(found: Survey) -> int:
    """Bytes of weights, their gradients, the optimizer's state and what is kept beside them."""
    weights = learned = 0
    for node in found.shapes:
        if node in found.received:
            held = found.blocks[node].parameters(found.received[node])
            weights += held
            learned += 0 if node in found.flat.frozen else held
    recipe = found.experiment.recipe
    copies = (recipe.ema_decay > 0) + recipe.best_epoch
    return _FLOAT * (weights * (1 + copies) + learned * (1 + _STATE[recipe.optimizer]))


def picture_memory(found: Survey) -> int:
    """Bytes of the activations of one picture, and of their gradients."""
    passages = [
        found.shapes[node]
        for node in found.flat.scopes.keys() | found.bypassed.keys()
        if _passes(found, node)
    ]
    whole = sum(math.prod(shape) for shape in found.shapes.values())
    return 2 * _FLOAT * (whole - sum(map(math.prod, passages)))


def _passes(found: Survey, node: str) -> bool:
    """Whether data only pass through a node, so that it keeps nothing of its own."""
    return node in found.shapes and isinstance(found.blocks[node], Passage)


def needed_memory(found: Survey, limit: int) -> int:
    """Bytes that training needs; notes a problem in the survey where that is above the limit."""
    weights, picture = weight_memory(found), picture_memory(found)
    batch = found.experiment.recipe.batch_size
    needed = weights + batch * picture
    if needed > limit:
        largest = max(
            found.shapes,
            key=lambda node: max(
                _FLOAT * found.blocks[node].parameters(found.received[node]),
                _FLOAT * math.prod(found.shapes[node]),
            ),
        )
        fits = (limit - weights) // picture if picture else 0
        found.add(
            "too-large-for-memory",
            largest,
            needed=gigabytes(needed),
            limit=gigabytes(limit),
            batch=batch,
            fits=max(0, min(batch, fits)),
        )
    return needed


def gigabytes(size: int) -> str:
    """An amount of memory for people."""
    return f"{size / 1e9:,.1f} GB"
