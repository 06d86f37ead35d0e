"""What the canvas asks, and the envelope of every answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue

from blockml.errors import Diagnostic
from blockml.graph import Data

RequestName = Literal[
    "train",
    "pause",
    "resume",
    "stop",
    "more",
    "predict",
    "code",
    "save",
    "files",
    "open",
    "preview",
    "check",
    "sources",
    "read",
    "augmented",
    "rate",
    "cancel",
    "runs",
    "part",
    "keep_group",
    "forget_group",
    "docs",
    "draft",
    "picture",
    "starter",
    "bring",
    "samples",
]


class Request(Data):
    """A question of the canvas; it gets exactly one `Answer`.

    ============ ================================== ==============================
    name         payload                            payload of the answer
    ============ ================================== ==============================
    ``train``    ``{}``                             ``{}``
    ``pause``    ``{}``                             ``{}``
    ``resume``   ``{}``                             ``{}``
    ``stop``     ``{}``                             ``{}``
    ``more``     ``{epochs}`` further ones          ``{}``
    ``predict``  ``{}`` and one buffer: the file    `Prediction`
    ``code``     ``{}``                             `Code`
    ``save``     ``{}``                             `Saved`
    ``files``    ``{}``                             `Files`
    ``open``     ``{path}`` or ``{text}``           `Opened`
    ``preview``  ``{}`` pictures of each class      `Preview`
    ``check``    ``{}`` problems of the data        `DataCheck`
    ``sources``  ``{}`` pictures beside the book    `Sources`
    ``read``     ``{path}`` of own pictures         `Found`
    ``augmented`` ``{}`` before and after           `Augmented`
    ``rate``     ``{}`` find a learning rate        `RateCurve`
    ``cancel``   ``{}`` end the task that is going  ``{}``
    ``runs``     ``{}`` to compare with             `Runs`
    ``part``     ``{name}`` of a part of the page   `Part`
    ``draft``    ``{which}`` see below              `Opened`
    ``picture``  ``{}``                             `Picture`
    ``keep_group`` a `SavedGroup`                   `KeptGroup`
    ``forget_group`` ``{name}``                     ``{}``
    ``docs``     ``{block, language}``              `Page`
    ``starter``  ``{name}`` for the data there      `Opened`
    ``bring``    ``{name, start, last}``, a piece   `Brought`
    ``samples``  ``{turn}`` pictures to try         `Samples`
    ============ ================================== ==============================

    ``preview``, ``check``, ``read``, ``augmented`` and ``rate`` may take minutes; `TaskState`
    says how far they are. ``draft`` is answered with what the cell gave (``cell``) or with the drawing
    that is kept (``kept``), for the page to show it; ``none`` puts the offer away.
    """

    kind: Literal["blockml-request"] = "blockml-request"
    id: str
    name: RequestName
    payload: dict[str, JsonValue] = Field(default_factory=dict)


class Answer(Data):
    """The answer to a request: a payload, or the problem that kept it from one."""

    kind: Literal["blockml-answer"] = "blockml-answer"
    id: str
    ok: bool
    payload: dict[str, Any] = Field(default_factory=dict)
    problem: Diagnostic | None = None
