"""The drawing that a notebook carries: in the picture of its canvas, so that it goes where the notebook goes.

A draft (`blockml.drafts`) stays on the computer where it was drawn. A notebook that is handed in, handed out
or opened on another computer has only itself. So the picture that stands in the outputs of the cell
(`blockml.widget.still_picture`) holds the drawing as text, which nothing shows; who runs the cell where
there is no draft gets it back. Where there is one, the newer of both is shown and the other one offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blockml import drafts
from blockml.drafts import Draft, Found, Origin
from blockml.files import open_file

_MOST_BYTES = 256 * 2**20
"""Largest notebook that is looked into; reading takes memory several times as large."""

_MARK = "blockml-drawing"
_START, _END = f'<metadata class="{_MARK}">', "</metadata>"
_TOLD = {"cell", "name", "began", "revision", "time", "document"}
"""What a notebook tells others: no folder of this computer."""


def put_into(svg: str, draft: Draft) -> str:
    """Put a drawing into the picture of its canvas, in place of what the picture held."""
    told = json.dumps(draft.model_dump(mode="json", include=_TOLD))
    # As text of an XML document; all else is ASCII by now.
    held = told.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    before, _, behind = svg.partition(_START)
    start, end, rest = f"{before}{behind.partition(_END)[2]}".partition(">")
    return f"{start}{end}{_START}{held}{_END}{rest}"


def find(origin: Origin) -> Found | None:
    """Find what is to be shown at an origin: its draft, or what the notebook carries where that is newer."""
    found = drafts.find(origin)
    carried = _carried(origin)
    if carried is None:
        return found
    if found is None or not found.same:
        return Found(carried, same=True, carried=True)
    own = found.draft
    if carried.time <= own.time or carried.document in (own.document, own.kept):
        return found
    if carried.began == own.began:
        revision = 1 + max(carried.revision, own.revision)
        newer = carried.model_copy(update={"kept": own.document, "revision": revision})
        return Found(newer, same=True, carried=True, other=own.time)
    if own.kept is None:
        offer = {"kept": carried.document, "source": Path(origin.notebook).stem}
        return Found(own.model_copy(update=offer), same=True, carried=True, other=carried.time)
    return found


def _carried(origin: Origin) -> Draft | None:
    """The newest drawing of a canvas in the file of its notebook, if there is one that can be read."""
    best: Draft | None = None
    for cell, svg in _pictures(origin):
        # The picture of another cell that was pasted here is no drawing of this one.
        if origin.cell not in ("", cell):
            continue
        draft = drafts.understand(svg.partition(_START)[2].partition(_END)[0])
        if draft is None or (draft.cell, draft.name) != (origin.cell, origin.name):
            continue
        if best is None or draft.time > best.time:
            best = draft
    if best is None:
        return None
    # Whatever else a stranger wrote there, such as the folder of a run, is not taken for our own.
    told = {field: getattr(best, field) for field in _TOLD}
    return Draft.model_construct(notebook=origin.notebook, **told)


def _pictures(origin: Origin) -> Iterator[tuple[str, str]]:
    """The pictures in the outputs of a notebook that may hold the drawing, each with the id of its cell."""
    if not origin.notebook:
        return
    try:
        with open_file(Path(origin.notebook)) as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES or _MARK.encode() not in text:
            return
        cells: Any = json.loads(text)["cells"]
        for cell in cells:
            for output in cell.get("outputs", ()):
                svg = output.get("data", {}).get("image/svg+xml", "")
                yield str(cell.get("id", "")), svg if isinstance(svg, str) else "".join(svg)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # A notebook that cannot be read carries nothing.
        return
