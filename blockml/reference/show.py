"""Pages as Markdown for a notebook, and as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from unicodedata import east_asian_width

from blockml.protocol import BlockEntry, Page, Param, Piece, Span, Text
from blockml.reference.markdown import title
from blockml.texts import sentence, shown

_WIDTH = 88
"""Columns of a terminal that texts are set in."""


def page_as_markdown(page: Page, entry: BlockEntry) -> str:
    """A page as Markdown; whatever it says is escaped."""
    parts = [f"## {_escaped(page.block)}", f"*{_escaped(_family(page.family, page.language))}*"]
    for section in page.sections:
        if section.name == "mistakes":
            parts += _params_as_markdown(entry, page.language)
        parts.append(f"### {_escaped(section.title)}")
        parts += _joined([_piece_as_markdown(piece) for piece in section.pieces], section.pieces)
    if all(section.name != "mistakes" for section in page.sections):
        parts += _params_as_markdown(entry, page.language)
    return "\n\n".join(parts) + "\n"


def page_as_text(page: Page, entry: BlockEntry) -> str:
    """A page as text of limited width."""
    lines = [page.block, "=" * len(page.block), _family(page.family, page.language)]
    for section in page.sections:
        if section.name == "mistakes":
            lines += _params_as_text(entry, page.language)
        lines += ["", *_heading(section.title)]
        for before, piece in zip((None, *section.pieces), section.pieces, strict=False):
            if before is not None and "paragraph" in (before.kind, piece.kind):
                lines.append("")
            lines += _piece_as_text(piece)
    if all(section.name != "mistakes" for section in page.sections):
        lines += _params_as_text(entry, page.language)
    return "\n".join(lines)


def list_as_markdown(entries: Sequence[BlockEntry], language: str) -> str:
    """All blocks as Markdown."""
    parts: list[str] = []
    for family, blocks in groupby(entries, key=lambda each: each.family):
        parts.append(f"### {_escaped(_family(family, language))}")
        parts.append(
            "\n".join(
                f"- **{_escaped(each.name)}**: {_escaped(_in(each.summary, language))}" for each in blocks
            )
        )
    return "\n\n".join([*parts, _escaped(sentence("reference.open", language))]) + "\n"


def list_as_text(entries: Sequence[BlockEntry], language: str) -> str:
    """All blocks as text."""
    lines: list[str] = []
    for family, blocks in groupby(entries, key=lambda each: each.family):
        lines += _heading(_family(family, language))
        for each in blocks:
            lines += wrapped(f"{each.name}: {_in(each.summary, language)}", "  ", "    ")
        lines.append("")
    return "\n".join([*lines, sentence("reference.open", language)])


def wrapped(text: str, first: str = "", rest: str = "") -> Iterator[str]:
    """Lines of limited width; Korean letters are two columns wide."""
    line, used = first, len(first)
    is_empty = True
    for word in text.split():
        wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in word)
        if not is_empty and used + 1 + wide > _WIDTH:
            yield line
            line, used, is_empty = rest, len(rest), True
        line, used = (line + word, used + wide) if is_empty else (f"{line} {word}", used + 1 + wide)
        is_empty = False
    yield line


def _params_as_markdown(entry: BlockEntry, language: str) -> list[str]:
    if not entry.params:
        return []
    items = [
        f"- **{_escaped(_in(param.title, language))}** ({_code(param.name)}, "
        f"{_escaped(_range(param, language))}): {_escaped(_in(param.description, language))}"
        for param in entry.params
    ]
    return [f"### {title('params', language)}", "\n".join(items)]


def _params_as_text(entry: BlockEntry, language: str) -> list[str]:
    if not entry.params:
        return []
    lines = ["", *_heading(title("params", language))]
    for param in entry.params:
        head = f"{_in(param.title, language)} ({param.name}, {_range(param, language)})"
        lines += wrapped(f"{head}: {_in(param.description, language)}", "- ", "  ")
    return lines


def _range(param: Param, language: str) -> str:
    """The default, and what else is possible."""
    default = param.default
    if isinstance(default, bool):
        default = sentence(f"reference.{'yes' if default else 'no'}", language)
    parts = [sentence("reference.default", language, {"value": shown(default)})]
    others = [choice for choice in param.choices if choice != default]
    if others:
        parts.append(sentence("reference.choices", language, {"values": ", ".join(others)}))
    if param.minimum is not None and param.maximum is not None:
        limits = {"minimum": f"{param.minimum:,g}", "maximum": f"{param.maximum:,.10g}"}
        parts.append(sentence("reference.range", language, limits))
    return ", ".join(parts)


def _joined(texts: Sequence[str], pieces: Sequence[Piece]) -> Iterator[str]:
    """Items that follow each other make one list."""
    for kind, group in groupby(zip(texts, pieces, strict=True), key=lambda each: each[1].kind):
        found = [text for text, _ in group]
        yield from ["\n".join(found)] if kind == "item" else found


def _piece_as_markdown(piece: Piece) -> str:
    if piece.kind == "code":
        text = piece.spans[0].text
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        return f"{fence}\n{text}\n{fence}"
    text = "".join(_span_as_markdown(span) for span in piece.spans)
    return f"- {text}" if piece.kind == "item" else text


def _span_as_markdown(span: Span) -> str:
    if span.kind == "code":
        return _code(span.text)
    if span.kind == "link":
        return f"[{_escaped(span.text)}](<{span.href}>)"
    return _escaped(span.text)


def _piece_as_text(piece: Piece) -> Iterator[str]:
    if piece.kind == "code":
        yield from (f"    {line}".rstrip() for line in piece.spans[0].text.splitlines())
        return
    text = "".join(f"{span.text} ({span.href})" if span.kind == "link" else span.text for span in piece.spans)
    yield from wrapped(text, "- ", "  ") if piece.kind == "item" else wrapped(text)


def _heading(text: str) -> list[str]:
    wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return [text, "-" * wide]


def _code(text: str) -> str:
    return f"`{text.replace('`', '')}`"


def _escaped(text: str) -> str:
    """Text that stays text: no HTML, no Markdown, no formula."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", text.replace("&", "&amp;"))


def _in(text: Text, language: str) -> str:
    return text.ko if language == "ko" else text.en


def _family(family: str, language: str) -> str:
    return sentence(f"families.{family}", language)
