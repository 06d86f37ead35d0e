"""Drafts: what was drawn last on each canvas, kept so that it comes back whatever happens.

How nothing is lost
-------------------
A canvas has an *origin*: the notebook, the cell that makes it, and which one it is in that cell. A name
that Python gives takes the place of cell and number. Where there is neither a notebook nor a name, as in
a script, nothing is kept.

The kernel writes one small file for each origin: the drawing, the number of its latest change, what the
cell had given when the drawing began, and the run that was on the canvas last. The file is written half
a second after the last of several changes, and while they go on every two and a half seconds, under
another name first. What cannot be written (a full disk) is said, and the
work goes on.

When a canvas is made at the same origin again, the file decides what it shows:

===================================  ===================================================================
the cell gives                       the canvas shows
===================================  ===================================================================
what it gave when the drawing began  the drawing and its run; what the cell gives can be had back
something else                       what the cell gives; the drawing is offered until it is put away
===================================  ===================================================================

A notebook that was renamed is known by the id of its cell. So is a copy, but there the drawing is only
offered, with the name of the notebook that it comes from. Ids that somebody wrote by hand, and those of
marimo, say nothing across notebooks: others have them too.

The numbers of changes go on from the draft, through every restart of a kernel. The page counts with
them, and keeps in the browser what the kernel has not written yet. So after a killed kernel, a closed
laptop or a new server the page knows whether its own drawing is newer (see ``js/src/keep``).

A notebook also carries its drawings to where there are no drafts (`blockml.carried`).

A draft is read as strictly as a file of a stranger. One that is damaged is passed over; it never stops a
canvas.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import Field, FiniteFloat, ValidationError

from blockml.errors import DocumentError
from blockml.experiment import MAX_BYTES, Experiment
from blockml.files import open_file, write_safely
from blockml.graph import Data
from blockml.paths import home, slug
from blockml.protocol import RunState

MOST = 200
"""Most drafts that are kept; the latest of a notebook does not count."""

MAX_REVISION = 2**52
"""Largest number of a change: the page counts in doubles."""

_TEXT = 4_000
_LONG_ID = 8
"""Letters of the shortest id of a cell that was drawn by chance, so that no other cell has it."""


@dataclass(frozen=True)
class Origin:
    """Where a canvas is made.

    Attributes:
        notebook: Path of the notebook; empty where it is not known.
        cell: Id of the cell; empty where it is not known.
        name: The name that Python gave, otherwise what tells the canvases of a cell apart.
    """

    notebook: str
    cell: str
    name: str

    @cached_property
    def key(self) -> str:
        """A short name of the origin that tells nothing about it."""
        told = json.dumps([str(home().absolute()), self.notebook, self.cell, self.name])
        return _hash(told, 20)

    @cached_property
    def path(self) -> Path:
        """The file of the draft; the drafts of a notebook begin with the same words.

        Found once: where a cell changes the folder it works in, the draft stays where it was.
        """
        stem = slug(Path(self.notebook).stem if self.notebook else self.name)
        return folder().absolute() / f"{stem}-{_hash(self.notebook, 8)}-{self.key}.json"


class Draft(Data):
    """What a draft file holds.

    Attributes:
        draft: Version of this file.
        notebook: See `Origin`.
        cell: See `Origin`.
        name: See `Origin`.
        began: Fingerprint of what the cell had given.
        revision: Number of the latest change.
        time: When that was, in seconds since 1970.
        run: Folder of the latest run; empty where there is none.
        state: What was known of that run.
        document: The drawing.
        kept: Another drawing, which was on the canvas before the cell gave something else.
        source: Name of the notebook that ``kept`` comes from, where it is another one.
    """

    draft: Literal[1] = 1
    notebook: str = Field("", max_length=_TEXT)
    cell: str = Field("", max_length=_TEXT)
    name: str = Field("", max_length=_TEXT)
    began: str = Field(max_length=100)
    revision: int = Field(ge=0, le=MAX_REVISION)
    time: FiniteFloat
    run: str = Field("", max_length=_TEXT)
    state: RunState | None = None
    document: Experiment
    kept: Experiment | None = None
    source: str = Field("", max_length=_TEXT)


def folder() -> Path:
    """The folder of all drafts."""
    return home() / "drafts"


def fingerprint(experiment: Experiment) -> str:
    """Tell apart what cells give, names and positions among it."""
    return _hash(experiment.to_json(), 20)


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def read(path: Path) -> Draft | None:
    """Read a draft; ``None`` where there is none or it is damaged."""
    try:
        with open_file(path) as file:
            text = file.read(2 * MAX_BYTES + 1)
    except OSError:
        return None
    return understand(text)


def understand(text: str | bytes) -> Draft | None:
    """Read the text of a draft, as strictly as a file of a stranger; ``None`` where it is damaged."""
    if len(text) > 2 * MAX_BYTES:
        return None
    try:
        found = json.loads(text, parse_constant=_refuse)
        found["state"] = _run_state(found.get("state"))
        for part in ("document", "kept"):
            if found.get(part) is not None:
                # A draft outlives a change of the format as a file of a person does.
                found[part] = Experiment.from_data(found[part])
        return Draft.model_validate(found)
    except (ValueError, AttributeError, RecursionError, DocumentError, ValidationError):
        return None


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _run_state(found: object) -> RunState | None:
    """What a draft says of its run, if that can be read: the run's folder says it too."""
    try:
        return None if found is None else RunState.model_validate(found)
    except ValidationError:
        return None


def write(origin: Origin, draft: Draft) -> None:
    """Write a draft, and let old ones go.

    Raises:
        OSError: It cannot be written; what was there before is still there.
    """
    path = origin.path
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    write_safely(path, (draft.model_dump_json() + "\n").encode("utf-8", "replace"))
    if fresh:
        prune()


@dataclass(frozen=True)
class Found:
    """A draft for an origin.

    Attributes:
        draft: The draft.
        same: Whether it belongs to that very origin, not to the notebook that this one is a copy of.
        carried: Whether the notebook itself brought some of it (`blockml.carried`), which no draft has yet.
        other: When the drawing that is offered beside that one was changed; ``None`` where there is none.
    """

    draft: Draft
    same: bool
    carried: bool = False
    other: float | None = None


def find(origin: Origin) -> Found | None:
    """Find the draft of an origin, also where the notebook was renamed or copied since."""
    own = read(origin.path)
    if own is not None:
        return Found(own, same=True)
    if len(origin.cell) < _LONG_ID or not origin.notebook:
        return None
    best: Found | None = None
    for path in _files():
        # The cell stands in the file as text, so most files need not be understood.
        if origin.path != path and _mentions(path, origin.cell):
            draft = read(path)
            if draft is None or (draft.cell, draft.name) != (origin.cell, origin.name):
                continue
            moved = not Path(draft.notebook).exists()
            if best is None or (moved, draft.time) > (best.same, best.draft.time):
                best = Found(draft, same=moved)
    return best


def prune() -> None:
    """Remove the oldest drafts above `MOST`, but never the newest of a notebook."""
    files = _files()
    if len(files) <= MOST:
        return
    stems: set[str] = set()
    spare = []
    for path in files:
        stem = path.name.rsplit("-", 1)[0]
        if stem in stems:
            spare.append(path)
        stems.add(stem)
    for path in spare[max(0, MOST - len(stems)) :]:
        with contextlib.suppress(OSError):
            path.unlink()


def _files() -> list[Path]:
    """The files of all drafts, the newest first."""
    found: list[tuple[float, Path]] = []
    try:
        with os.scandir(folder()) as entries:
            for entry in entries:
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    with contextlib.suppress(OSError):
                        if entry.is_file():
                            found.append((entry.stat().st_mtime, Path(entry.path)))
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True)]


def _mentions(path: Path, cell: str) -> bool:
    """Whether a file may be about a cell: what tells the origin stands at its start."""
    try:
        with open_file(path) as file:
            start = file.read(3 * _TEXT)
    except OSError:
        return False
    told: Any = json.dumps(cell, ensure_ascii=False).encode("utf-8", "replace")
    return told in start
