"""The network as a picture: one SVG for light and dark pages, which needs neither a kernel nor a script.

It stands in the saved notebook and is seen wherever the canvas cannot be: in an exported page, on a code
host. Such places may take away style sheets, so every colour is an attribute, and the style only changes
it for the dark. Nothing of a document goes into the text but numbers and escaped names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from blockml.analysis import Analysis
from blockml.datasets import DATASETS
from blockml.experiment import Experiment
from blockml.graph import Graph, Node
from blockml.picture import cards
from blockml.picture.ink import fill, plain, safe, stroke, style
from blockml.picture.places import BESIDE, WIDTH, Box, boxes, extent, settings
from blockml.protocol import EpochRecord, RunState
from blockml.texts import sentence, shown, table

MARK = "blockml-picture"
"""The class of every picture; by it a page knows that it may hide it beside a live canvas."""

_CARDS = 100
"""Most nodes that are drawn as cards with names; more are drawn as small blocks."""

_MOST = 1_200
"""Most nodes that are drawn at all."""

_NOTES = 40
"""Most notes that are drawn."""

_DESCRIBED = 300
"""Most letters of a description."""

_EDGE, _HEAD = 24, 62
_WIDEST, _TALLEST = 960, 720
_SKIPS = 100
"""A connection longer than this passes a card by."""

_FONT = "system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans KR','Noto Sans CJK KR',sans-serif"


class Svg(str):
    """A picture as text, which a notebook shows."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


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
        The text of an SVG, at most some 90 kB.
    """
    nodes = list(experiment.graph.by_id.values())[:_MOST]
    notes = [note for note in experiment.notes if not note.scope][:_NOTES]
    spots, papers = boxes(experiment, nodes, notes)
    right, bottom = extent([*spots.values(), *papers])
    width, height = max(560, right + 2 * _EDGE), bottom + 2 * _EDGE
    scale = min(1.0, _WIDEST / width, _TALLEST / (height + _HEAD))
    # The head is as large as it is, however small the rest has to be.
    head = _HEAD / scale
    height += head
    label = safe(description(experiment, found, language, run), _DESCRIBED + 1)
    start = (
        f'<svg class="{MARK}" xmlns="http://www.w3.org/2000/svg" width="{width * scale:.0f}" '
        f'height="{height * scale:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="{_FONT}" aria-label="{label}"><title>{label}</title>'
    )
    parts = [
        start,
        style(),
        f'<rect width="100%" height="100%" rx="{10 / scale:.0f}" {fill("page")}/>',
        f'<g transform="scale({1 / scale:.3f})">',
        *_head(experiment, found, run, language, width * scale),
        f'</g><g transform="translate({_EDGE} {head + _EDGE:.0f})">',
        *cards.papers(notes, papers),
        _edges(experiment, spots),
    ]
    wrong = cards.wrong_nodes(found)
    if len(nodes) <= _CARDS:
        parts += [cards.card(node, spots[node.id], found, wrong, language) for node in nodes]
        parts += _labels(experiment, nodes, spots, found)
    else:
        parts += cards.blocks(nodes, spots, wrong)
    return Svg("".join((*parts, "</g></svg>")))


def description(
    experiment: Experiment, found: Analysis, language: str = "en", run: RunState | None = None
) -> str:
    """A network in one line of text, for those who do not see the picture.

    Args:
        experiment: The document; it may be wrong or incomplete.
        found: Its analysis.
        language: ``en`` or ``ko``.
        run: The last run, if there is one.

    Returns:
        At most 300 letters without line breaks, such as
        ``Network LeNet-5: Input 1 × 8 × 8, Conv2d 6, ReLU, Linear 10, Output``.
    """
    graph = experiment.graph
    start = sentence("picture.description", language, {"name": plain(_name(experiment, language), 60)})
    names = [_named(graph.by_id[key], found, language) for key in list(graph.order)[:_MOST]]
    if _is_empty(graph) or not names:
        return f"{start} {sentence('picture.empty', language)}"
    problems = sum(problem.severity == "error" for problem in found.diagnostics)
    end = f". {sentence('picture.problems', language, {'count': problems})}" if problems else ""
    if reached := _reached(run, language):
        end += f"; {reached[1]}: {reached[0]}"
    room = _DESCRIBED - len(start) - len(end) - len(names[-1]) - len(" , …, ")
    kept = ""
    for name in names[:-1]:
        if len(kept) + len(name) + 2 > room:
            kept += "…, "
            break
        kept += f"{name}, "
    return f"{start} {kept}{names[-1]}{end}"


def _name(experiment: Experiment, language: str) -> str:
    """The name of a network; one that no person chose follows the language, as it does on the canvas."""
    texts = table("en")
    given = {name: f"ui.top.given.{key}" for key, name in texts["ui"]["top"]["given"].items()}
    starters = {each["title"]: f"templates.{key}.title" for key, each in texts["templates"].items()}
    key = {**starters, **given}.get(experiment.name)
    return sentence(key, language) if key else experiment.name


def _is_empty(graph: Graph) -> bool:
    """Of two ends without anything between there is nothing to count, and nothing wrong."""
    return not graph.edges and {node.block for node in graph.nodes} <= {"Input", "Output"}


def _named(node: Node, found: Analysis, language: str) -> str:
    """A node and the first of what it is set to."""
    name = plain(cards.block_name(node, language), 40)
    known = found.nodes.get(node.id)
    if node.block == "Input" and known and "y" in known.shapes:
        return f"{name} {shown(known.shapes['y'])}"
    first = next((cards.value(param, node, language) for param in settings(node)), "")
    return plain(f"{name} {first}".strip(), 60)


def _head(
    experiment: Experiment, found: Analysis, run: RunState | None, language: str, width: float
) -> Iterable[str]:
    """The name, what the network costs, and what it reached."""
    facts = DATASETS.get(experiment.data.name)
    data = sentence(f"data.{experiment.data.name}.title", language) if facts else experiment.data.name
    least = "" if found.complete else "≥ "
    weights = sentence("picture.weights", language, {"count": f"{least}{found.total_parameters:,}"})
    is_empty = _is_empty(experiment.graph)
    about = [data, sentence("picture.empty", language) if is_empty else weights]
    problems = 0 if is_empty else sum(problem.severity == "error" for problem in found.diagnostics)
    yield f'<text x="{_EDGE}" y="36" font-size="17" font-weight="650" {fill("text")}>'
    yield f"{safe(_name(experiment, language), 44)}</text>"
    yield f'<text x="{_EDGE}" y="58" font-size="12.5" {fill("soft")}>{safe(" · ".join(about), 60)}'
    if problems:
        wrong = sentence("picture.problems", language, {"count": problems})
        yield f"<tspan {fill('bad')}> · {safe(wrong, 40)}</tspan>"
    yield "</text>"
    if run is not None and (reached := _reached(run, language)):
        share, said = reached
        right = width - _EDGE
        yield from _curve(run.history, right - 212, 22, 100, 36)
        yield f'<text x="{right:.0f}" y="38" font-size="19" font-weight="650" text-anchor="end" '
        yield f'{fill("text")}>{share}</text><text x="{right:.0f}" y="58" font-size="12.5" '
        yield f'text-anchor="end" {fill("soft")}>{safe(said, 40)}</text>'


def _reached(run: RunState | None, language: str) -> tuple[str, str] | None:
    """What share of the test pictures a run gets right, and after how many epochs."""
    if run is None or run.test_accuracy is None:
        return None
    said = sentence("picture.epochs", language, {"count": run.epoch})
    return f"{min(run.test_accuracy, 1) * 100:.1f}%", said


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
    yield f'<polyline points="{at}" fill="none" stroke-width="2" stroke-linejoin="round" {stroke("good")}/>'


def _labels(
    experiment: Experiment, nodes: Sequence[Node], spots: Mapping[str, Box], found: Analysis
) -> Iterator[str]:
    """The shapes on the connections."""
    behind = experiment.graph.outgoing
    for node in nodes:
        ends = [spots[edge.target] for edge in behind.get(node.id, ()) if edge.target in spots]
        if ends:
            spot = spots[node.id]
            # Beside a connection that turns off to the next column there is room on the left.
            turns = any(end.band != spot.band for end in ends)
            yield cards.shape_label(node, spot, found, before=turns)


def _edges(experiment: Experiment, spots: Mapping[str, Box]) -> str:
    lines = []
    for edge in experiment.graph.edges[: 2 * _MOST]:
        start, end = spots.get(edge.source), spots.get(edge.target)
        if start is None or end is None:
            continue
        x, y, u, v = start.x + WIDTH / 2, start.foot, end.x + WIDTH / 2, end.y
        if start.band == end.band:
            middle = (y + v) / 2
            if x == u and v - y > _SKIPS:
                # What skips blocks goes around them on the left, where it is seen.
                side, soon, late = x - WIDTH * 0.85, y + 20, v - 20
                lines.append(f"M{x:.0f} {y:.0f}C{side:.0f} {soon:.0f} {side:.0f} {late:.0f} {u:.0f} {v:.0f}")
                continue
            lines.append(f"M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {u:.0f} {middle:.0f} {u:.0f} {v:.0f}")
            continue
        # Down and around to the top of another column.
        gutter = end.x - BESIDE / 2 if u > x else end.x + WIDTH + BESIDE / 2
        turns = [(x, y), (x, y + 12), (gutter, y + 12), (gutter, v - 12), (u, v - 12), (u, v)]
        lines.append("M" + "L".join(f"{at:.0f} {down:.0f}" for at, down in turns))
    if not lines:
        return ""
    return f'<path d="{"".join(lines)}" fill="none" stroke-width="1.5" {stroke("edge")}/>'
