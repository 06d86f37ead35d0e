"""Where cards and notes stand: as on the canvas, but a tall network goes on in a second column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blockml.blocks import get
from blockml.blocks.describe import entry
from blockml.experiment import Experiment, Note
from blockml.graph import GROUP, Node
from blockml.protocol import Param

# Sizes of cards as in js/src/place.ts: what stands evenly there stands evenly here.
WIDTH = 208
_BARE, _SETTINGS, GROUP_HEIGHT = 37, 70, 118
HEAD, ROW = 37, 29
IN_A_ROW = 2
_BELOW = 40
"""Room between two cards that nobody placed."""
BESIDE = 34
"""Room between two columns."""

_LARGEST = 600
"""Largest side of a note, in pixels."""


@dataclass(frozen=True)
class Box:
    """Where a card or a note is drawn, and in which column of the picture."""

    x: float
    y: float
    width: float
    height: float
    band: int = 0

    @property
    def foot(self) -> float:
        """The lower edge."""
        return self.y + self.height


def settings(node: Node) -> tuple[Param, ...]:
    """The settings that the card of a node shows: what matters most, and what is not as usual."""
    kind = get(node.block)
    if kind is None or node.block == GROUP:
        return ()
    return tuple(param for param in entry(kind).params if param.primary or param.name in node.params)


def _height(node: Node) -> float:
    if node.block == GROUP:
        return GROUP_HEIGHT
    rows = math.ceil(len(settings(node)) / IN_A_ROW)
    return _SETTINGS + (rows - 1) * ROW if rows else _BARE


def boxes(
    experiment: Experiment, nodes: Sequence[Node], notes: Sequence[Note]
) -> tuple[dict[str, Box], list[Box]]:
    """The boxes of nodes, by id, and of notes, in their order."""
    cards = _placed(experiment, nodes)
    papers = [
        Box(_near(note.x), _near(note.y), min(note.width, _LARGEST), min(note.height, _LARGEST))
        for note in notes
    ]
    drawn = [*cards.values(), *papers]
    if not drawn:
        return {}, []
    left, top = min(box.x for box in drawn), min(box.y for box in drawn)
    right = max(box.x + box.width for box in drawn) - left
    bottom = max(box.foot for box in drawn) - top
    bands = max(1, min(12, round((1.5 * bottom / (right + BESIDE)) ** 0.5)))
    cuts = _cuts(list(cards.values()), bands, top, bottom)
    drawn = [replace(box, band=sum(box.y >= cut for cut in cuts)) for box in drawn]
    starts, moves = [top, *cuts], []
    at = 0.0
    for band in range(len(starts)):
        inside = [box for box in drawn if box.band == band]
        first = min((box.x for box in inside), default=0.0)
        moves.append(at - first)
        at += max((box.x + box.width for box in inside), default=first) - first + BESIDE
    # Room above a column for what comes around from the one before.
    room = 16 if cuts else 0
    moved = [replace(box, x=box.x + moves[box.band], y=box.y - starts[box.band] + room) for box in drawn]
    return dict(zip(cards, moved, strict=False)), moved[len(cards) :]


def _near(at: float) -> float:
    return max(-1e6, min(at, 1e6))


def _cuts(cards: Sequence[Box], bands: int, top: float, bottom: float) -> list[float]:
    """Heights at which a new column begins: at a row whose cards nothing above reaches into."""
    free: list[float] = []
    foot = -math.inf
    for box in sorted(cards, key=lambda box: box.y):
        if foot <= box.y and math.isfinite(foot):
            free.append(box.y)
        foot = max(foot, box.foot)
    cuts: list[float] = []
    for band in range(1, bands):
        wanted = top + bottom * band / bands
        near = min(free, key=lambda row: abs(row - wanted), default=None)
        if near is not None and near not in cuts:
            cuts.append(near)
    return sorted(cuts)


def _placed(experiment: Experiment, nodes: Sequence[Node]) -> dict[str, Box]:
    """The positions of the document; who has none stands below what feeds it."""
    graph, wanted = experiment.graph, {node.id: _height(node) for node in nodes}
    found = {
        key: Box(_near(x), _near(y), WIDTH, wanted[key])
        for key, (x, y) in experiment.layout.items()
        if key in wanted
    }
    columns: dict[float, list[Box]] = {}
    for box in found.values():
        columns.setdefault(box.x, []).append(box)
    lowest = max((box.foot for box in found.values()), default=-float(_BELOW))
    for key in (*graph.order, *wanted.keys() - set(graph.order)):
        if key in found or key not in wanted:
            continue
        above = [found[edge.source] for edge in graph.incoming.get(key, ()) if edge.source in found]
        x = above[0].x if above else min(columns, default=0.0)
        y = (max(box.foot for box in above) if above else lowest) + _BELOW
        while any(y < other.foot and other.y < y + wanted[key] for other in columns.get(x, ())):
            x += WIDTH + BESIDE
        found[key] = Box(x, y, WIDTH, wanted[key])
        columns.setdefault(x, []).append(found[key])
        lowest = max(lowest, found[key].foot)
    return found


def extent(drawn: Sequence[Box]) -> tuple[float, float]:
    """Width and height of all boxes."""
    return (
        max((box.x + box.width for box in drawn), default=WIDTH),
        max((box.foot for box in drawn), default=0.0),
    )
