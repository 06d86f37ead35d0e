"""The catalogue of blocks: one class is one block.

Every module of this folder is imported, so a new block needs no list to stand in. Other
packages add blocks through the entry-point group ``blockml.blocks``, a teacher adds one by
defining a subclass of `Block` in a notebook cell.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from blockml.blocks.base import Block, Call, Expr, Port, Shape, ShapeProblem, find, registered

__all__ = ["Block", "Call", "Expr", "Port", "Shape", "ShapeProblem", "catalogue", "get"]

_logger = logging.getLogger(__name__)


@cache
def _load() -> None:
    """Import every module that declares blocks, once."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    for entry in entry_points(group="blockml.blocks"):
        try:
            entry.load()
        except Exception:
            # A broken package of somebody else must not take the whole catalogue along.
            _logger.exception("the blocks of %s could not be loaded", entry.value)


def catalogue() -> dict[str, type[Block]]:
    """All blocks by name, for example ``{"Conv2d": Conv2d, ...}``."""
    _load()
    return registered()


def get(name: str) -> type[Block] | None:
    """The block of a name, or of the name that it had in an older version."""
    _load()
    return find(name)
