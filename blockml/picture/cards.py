"""One card, one note: what stands on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import JsonValue

from blockml.analysis import Analysis
from blockml.blocks import catalogue
from blockml.experiment import Note
from blockml.graph import GROUP, Graph, Node
from blockml.picture.ink import fill, is_colour, plain, safe, wide, wrapped
from blockml.picture.places import HEAD, IN_A_ROW, ROW, Box, settings
from blockml.protocol import Param
from blockml.texts import sentence, shown

_INNER_LINES = 3
"""Lines of a group that name what is inside."""
_LINE = 27
"""Latin letters in a line of a card."""
_NOTE_LETTERS = 8_000
"""Most letters of all notes together: the picture travels with every notebook."""


def block_name(node: Node, language: str) -> str:
    """What people call a node: the title of a group, or the name of the block."""
    name = node.title or node.block
    known = sentence(f"ui.names.{name}", language)
    name = name if known == f"ui.names.{name}" else known
    return f"{name} × {node.repeat}" if node.repeat > 1 else name


def value(param: Param, node: Node, language: str) -> str:
    """What a node sets a parameter to, as the card shows it."""
    found: JsonValue = node.params.get(param.name, param.default)
    if isinstance(found, bool):
        return sentence(f"ui.field.{'yes' if found else 'no'}", language)
    return shown(found)


def rows(node: Node, language: str) -> Iterator[str]:
    """The rows of settings of a card, such as ``filters 32 · window 5``."""
    said = []
    for param in settings(node):
        title = param.title.ko if language == "ko" else param.title.en
        said.append(f"{title} {value(param, node, language)}")
    for at in range(0, len(said), IN_A_ROW):
        yield " · ".join(said[at : at + IN_A_ROW])


def card(node: Node, box: Box, found: Analysis, wrong: Collection[str], language: str) -> str:
    """A node: its name, its weights, its settings, and for a group what is inside."""
    name, fact = plain(block_name(node, language), 24), _fact(node, found, language)
    family, frame, edge = ("bad", "bad", 1.5) if node.id in wrong else (_family(node), "line", 1)
    start = (
        f'<g transform="translate({box.x:.0f} {box.y:.0f})">'
        f'<rect width="{box.width}" height="{box.height}" rx="7" {fill(frame)}/>'
        f'<rect x="{edge}" y="{edge}" width="{box.width - 2 * edge}" height="{box.height - 2 * edge}" '
        f'rx="6" {fill("card")}/>'
        f'<rect width="5" height="{box.height}" rx="2.5" {fill(family)}/>'
        f'<text x="15" y="23" font-size="13.5" font-weight="650" {fill("text")}>{safe(name, 25)}</text>'
    )
    parts = [start]
    # The name counts more: what has no room beside it is left out.
    if fact and 7.6 * wide(name) + 6.1 * wide(fact) < box.width - 28:
        parts.append(
            f'<text x="{box.width - 11}" y="23" font-size="11.5" text-anchor="end" {fill("soft")}>'
            f"{safe(fact, 30)}</text>"
        )
    if node.block == GROUP:
        parts += _inside(node.graph or Graph(), language)
    for at, row in enumerate(rows(node, language)):
        parts.append(_line(row, HEAD + 16 + at * ROW, "text"))
    return "".join((*parts, "</g>"))


def _line(text: str, y: float, colour: str) -> str:
    return f'<text x="15" y="{y:.0f}" font-size="12" {fill(colour)}>{safe(text, _LINE)}</text>'


def _inside(graph: Graph, language: str) -> Iterator[str]:
    inner = [node for node in graph.by_id.values() if node.block not in {"GroupInput", "GroupOutput"}]
    yield _line(sentence("ui.group.blocks", language, {"count": len(inner)}), HEAD + 10, "text")
    order = {name: at for at, name in enumerate(graph.order)}
    inner.sort(key=lambda node: order.get(node.id, len(order)))
    names = " → ".join(block_name(node, language) for node in inner[:30])
    for at, line in enumerate(wrapped(names, _LINE, _INNER_LINES)):
        yield f'<text x="15" y="{HEAD + 30 + at * 18}" font-size="11" {fill("soft")}>{line}</text>'


def _fact(node: Node, found: Analysis, language: str) -> str:
    """What stands beside the name: marks, then weights."""
    facts = [
        sentence(f"ui.access.card.{mark}", language) for mark in ("bypassed", "frozen") if getattr(node, mark)
    ]
    known = found.nodes.get(node.id)
    if known and known.parameters:
        facts.append(sentence("picture.weights", language, {"count": f"{known.parameters:,}"}))
    return " · ".join(facts)


def shape_label(node: Node, box: Box, found: Analysis, *, before: bool) -> str:
    """The shape below a card, beside the connection that begins there: behind it, or before it."""
    known = found.nodes.get(node.id)
    shape = known.shapes.get("y") if known else None
    side, anchor = (-7, ' text-anchor="end"') if before else (7, "")
    return (
        f'<text x="{box.x + box.width / 2 + side:.0f}" y="{box.foot + 18:.0f}" font-size="11"{anchor} '
        f"{fill('soft')}>{safe(shown(shape) if shape else '?', 30)}</text>"
    )


def papers(notes: Sequence[Note], drawn: Sequence[Box]) -> Iterator[str]:
    """The notes, each on its paper."""
    for note, box in zip(notes, drawn, strict=True):
        yield f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" '
        yield f'rx="4" {fill(f"paper-{note.color}")}/>'
        text = note.text[: _NOTE_LETTERS // len(notes)]
        lines = wrapped(text, (box.width - 22) / 6.9, max(1, int((box.height - 14) / 18)))
        for at, line in enumerate(lines):
            yield f'<text x="{box.x + 11:.0f}" y="{box.y + 22 + at * 18:.0f}" font-size="12.5" '
            yield f"{fill('text')}>{line}</text>"


def blocks(nodes: Sequence[Node], drawn: Mapping[str, Box], wrong: Collection[str]) -> Iterator[str]:
    """Nodes without their names, one path for each family: hundreds of them stay small."""
    paths: dict[str, list[str]] = {}
    for node in nodes:
        box = drawn[node.id]
        family = "bad" if node.id in wrong else _family(node)
        paths.setdefault(family, []).append(
            f"M{box.x:.0f} {box.y:.0f}h{box.width}v{box.height}h-{box.width}z"
        )
    for family, path in paths.items():
        yield f'<path d="{"".join(path)}" {fill(family)}/>'


def wrong_nodes(found: Analysis) -> set[str]:
    """Nodes with an error, and groups with one inside."""
    named = {each.node for each in found.diagnostics if each.severity == "error" and each.node}
    return named | {name.split("/")[0] for name in named}


def _family(node: Node) -> str:
    block = catalogue().get(node.block)
    return block.family if block is not None and is_colour(block.family) else "data"
