"""What is certain behind a problem, where sizes are unknown: kinds, and the numbers of the last Linear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blockml.blocks import Block, Shape, ShapeProblem, get
from blockml.blocks.linear import Linear

if TYPE_CHECKING:
    from blockml.analysis.survey import Survey

_KINDS = frozenset({"needs-image", "needs-vector"})
"""Problems that depend on nothing but whether a picture or a row of numbers comes in."""

_SIDE = 5040
"""Channels and sides of what is supposed to come in: wide enough for windows, a multiple of many groups."""


def kinds_beyond(found: Survey) -> None:
    """Note where the wrong kind of thing comes in, also behind a block whose sizes are unknown.

    Each unknown block is given something large of the kind that reaches it. Of what it says, only a
    wrong kind is certain; behind that nothing is looked at, because its repair changes the kind.
    """
    supposed: dict[str, Shape] = {}
    for node_id in found.graph.order:
        if node_id in found.shapes:
            continue
        block, raised = _block(found, node_id), found.shape_problems.get(node_id)
        sources = [edge.source for edge in found.feeds.get(node_id, ())]
        shapes = [found.shapes.get(source) or supposed.get(source) for source in sources]
        known = [(_SIDE,) * len(shape) for shape in shapes if shape is not None]
        if block is None or not known or len(known) < len(shapes) or (raised and raised.code in _KINDS):
            continue
        if block.inputs[0].many and len(known) == 1:
            continue
        try:
            supposed[node_id] = block.infer(known)
        except ShapeProblem as problem:
            if problem.code in _KINDS:
                found.add(problem.code, node_id, received=["?"] * len(known[0]))


def _block(found: Survey, node_id: str) -> Block | None:
    """The block of a node, with its usual settings where those of the document are wrong."""
    block, kind = found.blocks.get(node_id), get(found.graph.by_id[node_id].block)
    if block is None and kind is not None and kind.__module__.startswith("blockml."):
        block = kind()
    return block if block is not None and block.is_built_in and block.inputs else None


def scores_of(found: Survey, output: str) -> Shape | None:
    """The numbers that reach the Output, where the last Linear says so whatever comes before it."""
    passed: list[Block] = []
    at = output
    while len(feeds := found.feeds.get(at, [])) == 1 and at not in found.shapes:
        at = feeds[0].source
        block = found.blocks.get(at)
        if isinstance(block, Linear):
            return _through(passed, (block.out_features,))
        if block is None or not block.is_built_in or len(passed) > len(found.blocks):
            return None
        passed.insert(0, block)
    return None


def _through(blocks: list[Block], shape: Shape) -> Shape | None:
    for block in blocks:
        try:
            shape = block.infer((shape,))
        except ShapeProblem:
            return None
    return shape
