"""The network as a picture: one SVG for light and dark pages, which needs neither a kernel nor a script.

It stands in the saved notebook and is seen wherever the canvas cannot be: in an exported page, on a code
host. Such places may take away style sheets, so every colour is an attribute, and the style only changes
it for the dark. Nothing of a document goes into the text but numbers and escaped names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from blockml.analysis import Analysis
from blockml.blocks import catalogue
from blockml.datasets import DATASETS
from blockml.experiment import Experiment
from blockml.graph import GROUP, Node
from blockml.protocol import EpochRecord, RunState
from blockml.texts import sentence

MARK = "blockml-picture"
"""The class of every picture; by it a page knows that it may hide it beside a live canvas."""

_CARDS = 100
"""Most nodes that are drawn as cards with names; more are drawn as small blocks."""

_MOST = 1_200
"""Most nodes that are drawn at all."""

_WIDTH, _HEIGHT, _GAP, _ROW = 208, 46, 34, 96
_EDGE, _HEAD = 24, 62
_WIDEST, _TALLEST = 960, 720

_LIGHT = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "text": "#1c2430",
    "soft": "#5b6675",
    "line": "#d5dae0",
    "edge": "#98a2b0",
    "bad": "#c2255c",
    "good": "#3b5bdb",
    "convolution": "#1c6dd0",
    "pooling": "#7048e8",
    "padding": "#b7791f",
    "activation": "#2b8a3e",
    "linear": "#c92a2a",
    "normalization": "#0b7285",
    "join": "#5f3dc4",
    "data": "#495057",
    "group": "#495057",
}
_DARK = {
    "page": "#1b1f27",
    "card": "#20252e",
    "text": "#e8ecf2",
    "soft": "#a3adbb",
    "line": "#343b47",
    "edge": "#6b7686",
    "bad": "#ff8fb0",
    "good": "#91a7ff",
    "convolution": "#4dabf7",
    "pooling": "#b197fc",
    "padding": "#fcc419",
    "activation": "#69db7c",
    "linear": "#ff8787",
    "normalization": "#3bc9db",
    "join": "#9775fa",
    "data": "#adb5bd",
    "group": "#adb5bd",
}
_STROKES = ("line", "edge", "good")
"""Colours that are drawn as lines, too."""

_FONT = "system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans KR','Noto Sans CJK KR',sans-serif"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What XML forbids, and what would turn the words behind a name around."""


class Svg(str):
    """A picture as text, which a notebook shows."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class _Spot:
    """Where a node is drawn, and in which column of the picture."""

    x: float
    y: float
    band: int


def picture(
    experiment: Experiment, found: Analysis, run: RunState | None = None, language: str = "en"
) -> Svg:
    """Draw a network with its shapes, and what its last run reached.

    Args:
        experiment: The document; it may be wrong or incomplete.
        found: Its analysis.
        run: The last run, if there is one.
        language: ``en`` or ``ko``.

    Returns:
        The text of an SVG, at most some 60 kB.
    """
    nodes = list(experiment.graph.by_id.values())[:_MOST]
    spots = _spots(experiment, nodes)
    width = max(560, max((spot.x for spot in spots.values()), default=0) + _WIDTH + 2 * _EDGE)
    height = max((spot.y for spot in spots.values()), default=0) + _HEIGHT + 2 * _EDGE
    scale = min(1.0, _WIDEST / width, _TALLEST / (height + _HEAD))
    # The head is as large as it is, however small the rest has to be.
    head = _HEAD / scale
    height += head
    label = sentence("picture.label", language, {"name": experiment.name, "count": len(nodes)})
    start = (
        f'<svg class="{MARK}" xmlns="http://www.w3.org/2000/svg" width="{width * scale:.0f}" '
        f'height="{height * scale:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="{_FONT}" aria-label="{_text(label, 200)}">'
    )
    parts = [
        start,
        _style(),
        f'<rect width="100%" height="100%" rx="{10 / scale:.0f}" {_fill("page")}/>',
        f'<g transform="scale({1 / scale:.3f})">',
        *_head(experiment, found, run, language, width * scale),
        f'</g><g transform="translate({_EDGE} {head + _EDGE:.0f})">',
        _edges(experiment, spots),
    ]
    if len(nodes) <= _CARDS:
        parts += [_card(node, spots[node.id], found, language) for node in nodes]
    else:
        parts += _blocks(nodes, spots, found)
    return Svg("".join((*parts, "</g></svg>")))


def _style() -> str:
    rules = []
    for name, colour in _DARK.items():
        rules.append(f".bmp-{name}{{fill:{colour}}}")
        if name in _STROKES:
            rules.append(f".bmp-{name}-s{{stroke:{colour}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def _fill(name: str) -> str:
    return f'class="bmp-{name}" fill="{_LIGHT[name]}"'


def _stroke(name: str) -> str:
    return f'class="bmp-{name}-s" stroke="{_LIGHT[name]}"'


def _head(
    experiment: Experiment, found: Analysis, run: RunState | None, language: str, width: float
) -> Iterable[str]:
    """The name, what the network costs, and what it reached."""
    facts = DATASETS.get(experiment.data.name)
    data = sentence(f"data.{experiment.data.name}.title", language) if facts else experiment.data.name
    least = "" if found.complete else "≥ "
    weights = sentence("picture.weights", language, {"count": f"{least}{found.total_parameters:,}"})
    # Of two ends without anything between there is nothing to count, and nothing wrong.
    graph = experiment.graph
    is_empty = not graph.edges and {node.block for node in graph.nodes} <= {"Input", "Output"}
    about = [data, sentence("picture.empty", language) if is_empty else weights]
    problems = 0 if is_empty else sum(problem.severity == "error" for problem in found.diagnostics)
    yield f'<text x="{_EDGE}" y="36" font-size="17" font-weight="650" {_fill("text")}>'
    yield f"{_text(experiment.name, 44)}</text>"
    yield f'<text x="{_EDGE}" y="58" font-size="12.5" {_fill("soft")}>{_text(" · ".join(about), 60)}'
    if problems:
        wrong = sentence("picture.problems", language, {"count": problems})
        yield f"<tspan {_fill('bad')}> · {_text(wrong, 40)}</tspan>"
    yield "</text>"
    if run is not None and run.test_accuracy is not None:
        reached = f"{min(run.test_accuracy, 1) * 100:.1f}%"
        said = sentence("picture.epochs", language, {"count": run.epoch})
        right = width - _EDGE
        yield from _curve(run.history, right - 212, 22, 100, 36)
        yield f'<text x="{right:.0f}" y="38" font-size="19" font-weight="650" text-anchor="end" '
        yield f'{_fill("text")}>{reached}</text><text x="{right:.0f}" y="58" font-size="12.5" '
        yield f'text-anchor="end" {_fill("soft")}>{_text(said, 40)}</text>'


def _curve(history: Sequence[EpochRecord], x: float, y: float, width: float, height: float) -> Iterable[str]:
    """The test accuracy over the epochs, from the lowest to the highest."""
    values = [record.test_accuracy for record in history]
    if len(values) <= 1:
        return
    # More points than pixels show nothing more.
    values = values[:: len(values) // 100 + 1]
    low, high = min(values), max(values)
    step, span = width / max(1, len(values) - 1), (high - low) or 1.0
    at = " ".join(
        f"{x + index * step:.0f},{y + height * (high - value) / span:.0f}"
        for index, value in enumerate(values)
    )
    yield f'<polyline points="{at}" fill="none" stroke-width="2" stroke-linejoin="round" {_stroke("good")}/>'


def _card(node: Node, spot: _Spot, found: Analysis, language: str) -> str:
    known = found.nodes.get(node.id)
    shapes = known.shapes if known else {}
    shape = next((shapes[port] for port in ("y", "x") if port in shapes), None)
    fact = " × ".join(map(str, shape)) if shape else "?"
    if known and known.parameters:
        fact += " · " + sentence("picture.weights", language, {"count": f"{known.parameters:,}"})
    name = node.title or (sentence("ui.names.Group", language) if node.block == GROUP else node.block)
    if node.repeat > 1:
        name += f" × {node.repeat}"
    bad = any(each.node == node.id and each.severity == "error" for each in found.diagnostics)
    family = "bad" if bad else _family(node)
    return (
        f'<g transform="translate({spot.x:.0f} {spot.y:.0f})">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="7" {_fill("line")}/>'
        f'<rect x="1" y="1" width="{_WIDTH - 2}" height="{_HEIGHT - 2}" rx="6" {_fill("card")}/>'
        f'<rect width="5" height="{_HEIGHT}" rx="2.5" {_fill(family)}/>'
        f'<text x="15" y="20" font-size="13.5" font-weight="650" {_fill("text")}>{_text(name, 24)}</text>'
        f'<text x="15" y="37" font-size="11.5" {_fill("soft")}>{_text(fact, 34)}</text></g>'
    )


def _blocks(nodes: Sequence[Node], spots: Mapping[str, _Spot], found: Analysis) -> Iterable[str]:
    """Nodes without their names, one path for each family: hundreds of them stay small."""
    wrong = {each.node for each in found.diagnostics if each.severity == "error"}
    boxes: dict[str, list[str]] = {}
    for node in nodes:
        spot = spots[node.id]
        family = "bad" if node.id in wrong else _family(node)
        boxes.setdefault(family, []).append(f"M{spot.x:.0f} {spot.y:.0f}h{_WIDTH}v{_HEIGHT}h-{_WIDTH}z")
    for family, drawn in boxes.items():
        yield f'<path d="{"".join(drawn)}" {_fill(family)}/>'


def _family(node: Node) -> str:
    block = catalogue().get(node.block)
    return block.family if block is not None and block.family in _LIGHT else "data"


def _edges(experiment: Experiment, spots: Mapping[str, _Spot]) -> str:
    lines = []
    for edge in experiment.graph.edges[: 2 * _MOST]:
        start, end = spots.get(edge.source), spots.get(edge.target)
        if start is None or end is None:
            continue
        x, y, u, v = start.x + _WIDTH / 2, start.y + _HEIGHT, end.x + _WIDTH / 2, end.y
        if start.band == end.band:
            middle = (y + v) / 2
            if x == u and v - y > 1.5 * _ROW:
                # What skips blocks goes around them on the left, where it is seen.
                side, soon, late = x - _WIDTH * 0.85, y + 20, v - 20
                lines.append(f"M{x:.0f} {y:.0f}C{side:.0f} {soon:.0f} {side:.0f} {late:.0f} {u:.0f} {v:.0f}")
                continue
            lines.append(f"M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {u:.0f} {middle:.0f} {u:.0f} {v:.0f}")
            continue
        # Down and around to the top of another column.
        gutter = end.x - _GAP / 2 if u > x else end.x + _WIDTH + _GAP / 2
        turns = [(x, y), (x, y + 12), (gutter, y + 12), (gutter, v - 12), (u, v - 12), (u, v)]
        lines.append("M" + "L".join(f"{at:.0f} {down:.0f}" for at, down in turns))
    if not lines:
        return ""
    return f'<path d="{"".join(lines)}" fill="none" stroke-width="1.5" {_stroke("edge")}/>'


def _spots(experiment: Experiment, nodes: Sequence[Node]) -> dict[str, _Spot]:
    """Where the nodes stand: as on the canvas, but a tall network goes on in a second column."""
    found = _placed(experiment, nodes)
    if not found:
        return {}
    left = min(x for x, _ in found.values())
    top = min(y for _, y in found.values())
    right = max(x for x, _ in found.values()) - left + _WIDTH
    bottom = max(y for _, y in found.values()) - top + _HEIGHT
    bands = max(1, min(12, round((1.5 * bottom / (right + _GAP)) ** 0.5)))
    cuts = _cuts(sorted({y - top for _, y in found.values()}), bands, bottom)
    band_of = {key: sum(y - top >= cut for cut in cuts) for key, (_, y) in found.items()}
    starts, edges = [0.0, *cuts], []
    at = 0.0
    for band in range(len(starts)):
        inside = [x for key, (x, _) in found.items() if band_of[key] == band]
        edges.append(at - min(inside, default=0.0))
        at += max(inside, default=0.0) - min(inside, default=0.0) + _WIDTH + _GAP
    # Room above a column for what comes around from the one before.
    room = 16 if cuts else 0
    return {
        key: _Spot(x + edges[band_of[key]], y - top - starts[band_of[key]] + room, band_of[key])
        for key, (x, y) in found.items()
    }


def _cuts(rows: Sequence[float], bands: int, bottom: float) -> list[float]:
    """Heights at which a new column begins: at a row whose cards nothing above reaches into."""
    free = [below for above, below in pairwise(rows) if below - above >= _HEIGHT]
    cuts: list[float] = []
    for band in range(1, bands):
        wanted = bottom * band / bands
        near = min(free, key=lambda row: abs(row - wanted), default=None)
        if near is not None and near not in cuts:
            cuts.append(near)
    return sorted(cuts)


def _placed(experiment: Experiment, nodes: Sequence[Node]) -> dict[str, tuple[float, float]]:
    """The positions of the document; who has none stands below what feeds it."""
    graph, wanted = experiment.graph, {node.id for node in nodes}
    found = {
        key: (max(-1e6, min(x, 1e6)), max(-1e6, min(y, 1e6)))
        for key, (x, y) in experiment.layout.items()
        if key in wanted
    }
    for key in (*graph.order, *wanted - set(graph.order)):
        if key in found or key not in wanted:
            continue
        above = [found[edge.source] for edge in graph.incoming.get(key, ()) if edge.source in found]
        x = above[0][0] if above else min((x for x, _ in found.values()), default=0.0)
        y = max((y for _, y in above or found.values()), default=-_ROW) + _ROW
        taken = set(found.values())
        while (x, y) in taken:
            x += _WIDTH + _GAP
        found[key] = (x, y)
    return found


def _text(text: str, most: float) -> str:
    """Escape a text, without what XML forbids, and cut it where it grows too wide."""
    kept: list[str] = []
    for letter in _CONTROL.sub(" ", text):
        most -= 1.8 if unicodedata.east_asian_width(letter) in "WF" else 1
        if most < 1:
            kept.append("…")
            break
        kept.append(letter)
    return escape("".join(kept))
