"""The page of a block: from its file, or from its docstring where it has none."""

from __future__ import annotations

import inspect
import re
from functools import cache
from importlib.resources import files

from blockml.blocks import Block
from blockml.protocol import Page, Piece, Section, SectionName, Span
from blockml.reference.markdown import sections, title
from blockml.texts import table

_PARTS: dict[str, SectionName] = {"Shape": "shape", "Errors": "mistakes", "Source": "links"}
"""Sections of a docstring that a page has a place for."""


def page(block: type[Block], language: str = "en") -> Page:
    """The page of a block.

    Args:
        block: The block.
        language: ``en`` or ``ko``.
    """
    text = _file(block.__name__, language) if block.__module__.startswith("blockml.") else None
    return Page(
        block=block.__name__,
        family=block.family,
        language=language,
        sections=_from_docstring(block, language) if text is None else sections(text, language),
    )


@cache
def _file(name: str, language: str) -> str | None:
    found = files("blockml").joinpath("reference", language, f"{name}.md")
    return found.read_text(encoding="utf-8") if found.is_file() else None


def _from_docstring(block: type[Block], language: str) -> tuple[Section, ...]:
    text = inspect.cleandoc(block.__doc__ or "")
    lead, *rest = re.split(r"^(\w+):[ ]*\n", text, flags=re.MULTILINE)
    summary = table("blocks.ko").get(block.__name__, {}).get("summary") if language == "ko" else None
    found = [_section("what", summary or lead, language)]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        name = _PARTS.get(heading)
        if name and body.strip() != "None.":
            found.append(_section(name, inspect.cleandoc(body), language))
    return tuple(each for each in found if each.pieces)


def _section(name: SectionName, text: str, language: str) -> Section:
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    # What a docstring says is text, whatever it looks like.
    pieces = tuple(Piece(kind="paragraph", spans=(Span(text=part),)) for part in paragraphs if part)
    return Section(name=name, title=title(name, language), pieces=pieces)
