"""All that crosses the wire between kernel and canvas, as pydantic models.

``js/src/protocol.ts`` is generated from this package (``python -m blockml.protocol``); a
test fails when it is stale. The traits and who writes them:

=============  ==========  ==========================================================
trait          written by  content
=============  ==========  ==========================================================
``catalogue``  Python      `Catalogue`: blocks, data sets, recipe fields, starters
``experiment`` both        `ExperimentState`: the document and its revision
``analysis``   Python      `AnalysisState` of one revision; the canvas ignores others
``run``        Python      `RunState`, at most ten times a second
``task``       Python      `TaskState`: other work that takes time, such as reading pictures
``draft``      Python      `DraftState`: what is kept of the drawing
``language``   both        ``"auto"``, ``"en"`` or ``"ko"``
=============  ==========  ==========================================================

Requests go as custom messages, `Request` to the kernel and `Answer` back.
"""

from __future__ import annotations

from blockml.protocol.answers import (
    Augmented,
    Brought,
    Code,
    DataCheck,
    Files,
    Finding,
    Found,
    KeptGroup,
    Opened,
    Part,
    Picture,
    Prediction,
    Preview,
    PreviewRow,
    RateCurve,
    RunEntry,
    Runs,
    Sample,
    Samples,
    Saved,
    Source,
    Sources,
    Unreadable,
)
from blockml.protocol.catalogue import (
    BlockEntry,
    Catalogue,
    DataEntry,
    Fit,
    Param,
    Port,
    SavedGroup,
    Template,
    Text,
)
from blockml.protocol.pages import Page, Piece, Section, SectionName, Span
from blockml.protocol.requests import Answer, Request, RequestName
from blockml.protocol.runs import EpochRecord, Plan, RunState, RunStatus
from blockml.protocol.states import AnalysisState, DraftState, ExperimentState, NodeState, TaskState

__all__ = [
    "AnalysisState",
    "Answer",
    "Augmented",
    "BlockEntry",
    "Brought",
    "Catalogue",
    "Code",
    "DataCheck",
    "DataEntry",
    "DraftState",
    "EpochRecord",
    "ExperimentState",
    "Files",
    "Finding",
    "Fit",
    "Found",
    "KeptGroup",
    "NodeState",
    "Opened",
    "Page",
    "Param",
    "Part",
    "Picture",
    "Piece",
    "Plan",
    "Port",
    "Prediction",
    "Preview",
    "PreviewRow",
    "RateCurve",
    "Request",
    "RequestName",
    "RunEntry",
    "RunState",
    "RunStatus",
    "Runs",
    "Sample",
    "Samples",
    "Saved",
    "SavedGroup",
    "Section",
    "SectionName",
    "Source",
    "Sources",
    "Span",
    "TaskState",
    "Template",
    "Text",
    "Unreadable",
]
