"""The small part of Markdown that pages are written in, read as data.

Headings of the second order, paragraphs, items, fenced code; in a line ``code`` and links.
Everything else is text, so that no page can bring markup of its own into a notebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blockml.protocol import Piece, Section, SectionName, Span
from blockml.texts import sentence

SECTIONS: tuple[SectionName, ...] = ("what", "use", "formula", "example", "shape", "mistakes", "links")
"""Sections of a page, in this order."""

_FENCE = "```"
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\[(?P<text>[^\]]+)\]\((?P<href>https://[^\s()]+)\)")


def sections(text: str, language: str) -> tuple[Section, ...]:
    """The sections of a page.

    Args:
        text: The file.
        language: Language of its headings.
    """
    names = {title(name, language): name for name in SECTIONS}
    found: list[Section] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        name = names[heading.strip()]
        found.append(Section(name=name, title=heading.strip(), pieces=tuple(_pieces(body))))
    return tuple(found)


def title(name: SectionName, language: str) -> str:
    """The heading of a section."""
    return sentence(f"reference.{name}", language)


def _pieces(body: str) -> Iterator[Piece]:
    for at, chunk in enumerate(body.split(_FENCE)):
        if at % 2:
            yield Piece(kind="code", spans=(Span(text=chunk.strip("\n")),))
            continue
        for block in re.split(r"\n\s*\n", chunk.strip()):
            lines = block.splitlines()
            if lines and all(line.startswith("- ") for line in lines):
                yield from (Piece(kind="item", spans=spans(line[2:])) for line in lines)
            elif lines:
                yield Piece(kind="paragraph", spans=spans(" ".join(lines)))


def spans(line: str) -> tuple[Span, ...]:
    """The pieces of a line."""
    found: list[Span] = []
    end = 0
    for match in _INLINE.finditer(line):
        if match.start() > end:
            found.append(Span(text=line[end : match.start()]))
        if match["code"]:
            found.append(Span(kind="code", text=match["code"]))
        else:
            found.append(Span(kind="link", text=match["text"], href=match["href"]))
        end = match.end()
    if end < len(line):
        found.append(Span(text=line[end:]))
    return tuple(found)
