"""Several pages and cells change one canvas: nobody's change is lost because another came too."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from blockml.experiment import Experiment
from blockml.merge import merge, shared

_REMEMBERED = 32
"""Latest changes of which it is known what a late one began with."""

_PAGES = 16
"""Pages that are remembered; those that were closed go out first."""


@dataclass(frozen=True)
class Change:
    """A document as a writer sent it, and what it became.

    Attributes:
        writer: The page; empty for Python.
        revision: Number of what it became.
        sent: The document as it was sent.
        became: The document on the canvas then.
    """

    writer: str
    revision: int
    sent: Experiment
    became: Experiment


class Writers:
    """Knows who changed the canvas, and on what ground.

    Attributes:
        seen: The latest revision of each page that is in the document.
        merged: Whether the present document was brought together from two.
    """

    def __init__(self, revision: int, document: Experiment) -> None:
        self.seen: dict[str, int] = {}
        self.merged = False
        self._log = deque([Change("", revision, document, document)], maxlen=_REMEMBERED)

    def python(self, revision: int, document: Experiment) -> None:
        """Note a document that Python put on the canvas."""
        self._log.append(Change("", revision, document, document))
        self.merged = False

    def page(self, writer: str, base: int, revision: int, document: Experiment) -> tuple[int, Experiment]:
        """Take a document of a page.

        Args:
            writer: Name of the page.
            base: Revision of the latest state of the kernel that the page had taken over.
            revision: The number that the page gave it.
            document: The document.

        Returns:
            The number and the document that the canvas has from now on.
        """
        last = self._log[-1]
        ground = self._ground(writer, base, document)
        # Whatever a page says, the numbers rise: everybody tells by them which document is the newer one.
        became, number = document, max(revision, last.revision + 1)
        self.merged = ground is not None and document != last.became
        if ground is not None:
            became, number = merge(ground, last.became, document), max(revision, last.revision) + 1
        self._log.append(Change(writer, number, document, became))
        if writer:
            self.seen.pop(writer, None)
            self.seen[writer] = revision
            if len(self.seen) > _PAGES:
                del self.seen[next(iter(self.seen))]
        return number, became

    def _ground(self, writer: str, base: int, document: Experiment) -> Experiment | None:
        """What a page and the others both know; ``None`` where nobody else wrote meanwhile."""
        since = [change for change in self._log if change.revision > base]
        if not writer or all(change.writer == writer for change in since):
            return None
        own = [change.sent for change in since if change.writer == writer]
        if own:
            return own[-1]
        known = (change.became for change in self._log if change.revision == base)
        # What is older than the memory: neither side loses what it has, and what one removed may come back.
        return next(known, shared(self._log[-1].became, document))
