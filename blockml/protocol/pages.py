"""The page about a block."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from blockml.graph import Data

SectionName = Literal["what", "use", "formula", "example", "shape", "params", "mistakes", "links"]


class Span(Data):
    """Some words of a line; ``code`` that is the name of a block leads to its page."""

    kind: Literal["text", "code", "link"] = "text"
    text: str
    href: str = Field("", description="Address of a link.")


class Piece(Data):
    """A paragraph, an item of a list, or lines set as they are."""

    kind: Literal["paragraph", "item", "code"]
    spans: tuple[Span, ...]


class Section(Data):
    """A part of a page, under its heading."""

    name: SectionName
    title: str
    pieces: tuple[Piece, ...]


class Page(Data):
    """The page about a block, in one language. Its parameters stand in its `BlockEntry`."""

    block: str
    family: str
    language: str
    sections: tuple[Section, ...]
