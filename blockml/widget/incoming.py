"""What a page sends as state: hostile until it is validated, and only what is the page's to say."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from blockml.drafts import MAX_REVISION

_logger = logging.getLogger(__name__)

MAY_WRITE = frozenset({"experiment", "language", "page_language"})
"""Traits that the page writes; all others are the kernel's word, also to other pages."""


def of_page(state: dict[str, Any]) -> dict[str, Any]:
    """The part of what a page sent that it may write."""
    refused = state.keys() - MAY_WRITE
    if refused:
        _logger.warning("a page sent what only the kernel says: %s", sorted(map(repr, refused))[:10])
    return {name: value for name, value in state.items() if name in MAY_WRITE}


@dataclass(frozen=True)
class Incoming:
    """A document of a page, not looked into yet, and what the page says of it.

    Attributes:
        document: The document.
        revision: The number that the page gave it; ``None`` where that is no number to count on from.
        base: Revision of the latest state of the kernel that the page had taken over.
        writer: Name of the page.
    """

    document: object
    revision: int | None
    base: int
    writer: str

    @classmethod
    def of(cls, value: Any) -> Incoming:
        """Read what stands in the trait."""
        said = value if isinstance(value, dict) else {"document": value}
        revision, base = said.get("revision"), said.get("base")
        counts = type(revision) is int and 0 <= revision <= MAX_REVISION // 2
        return cls(
            document=said.get("document"),
            revision=revision if counts else None,
            base=base if type(base) is int else 0,
            writer=str(said.get("writer") or "")[:40],
        )
