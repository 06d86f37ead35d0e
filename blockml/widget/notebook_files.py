"""Files beside the notebook: what a canvas may write over, and what it may not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from blockml.errors import DocumentError
from blockml.experiment import MAX_BYTES, Experiment
from blockml.files import open_file
from blockml.paths import numbered, slug
from blockml.templates import template, templates


class NotebookFiles:
    """The files that one canvas has opened or written, as they were then.

    A file that holds something else now belongs to another notebook, and is left as it is.
    """

    def __init__(self) -> None:
        self._known: dict[Path, bytes] = {}

    def load(self, path: Path) -> Experiment:
        """Read a document, which this canvas may write over from now on.

        Raises:
            DocumentError: See `Experiment.load`.
        """
        found = Experiment.load(path)
        self._known[path.resolve()] = _content(path) or b""
        return found

    def save(self, experiment: Experiment, given: Experiment) -> Path:
        """Write a document under its name, or with the next number where the file is another's.

        Args:
            experiment: What is written.
            given: What the canvas was given in Python; a file that holds just that was opened there.

        Returns:
            The file.

        Raises:
            DocumentError: No file can be written.
        """
        content = _text(experiment)
        # Two notebooks may begin with one starter; that says nothing about whose a file is.
        opened = None if any(given == template(name) for name in templates()) else _text(given)
        for path in numbered(Path(), experiment.name, ".blockml"):
            found = _content(path)
            if found is None or found in (opened, self._known.get(path.resolve())):
                experiment.save(path)
                self._known[path.resolve()] = content
                return path
            if found == content:
                # It says the same, so nothing is written, and it stays the other's.
                return path
        raise DocumentError.of(
            "file-unwritable", path=f"{slug(experiment.name)}.blockml", reason=os.strerror(errno.EEXIST)
        )


def _text(experiment: Experiment) -> bytes:
    return experiment.to_json().encode("utf-8")


def _content(path: Path) -> bytes | None:
    """What a file holds; ``None`` where there is no file."""
    try:
        with open_file(path) as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError:
        # There is something, if only a folder, and it is not ours.
        return b""
