"""What is so at this moment: the document, its analysis, the work that goes on, the draft."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from blockml.errors import Diagnostic
from blockml.experiment import Experiment
from blockml.graph import Data


class ExperimentState(Data):
    """The document and its revision; each writer adds one to the highest it has seen.

    Several pages may show one canvas. The kernel brings their changes together: a page says who it is
    and which state of the kernel its change began with, and the kernel says how much of each page is in it.

    Attributes:
        revision: Number of the document.
        document: The document.
        writer: The page that wrote it; empty from the kernel.
        base: Revision of the latest state of the kernel that the page had taken over.
        seen: Only from the kernel: the latest revision of each page that is in the document.
        merged: Only from the kernel: whether changes of two writers were brought together for it.
    """

    revision: int
    document: Experiment
    writer: str = ""
    base: int = 0
    seen: dict[str, int] = Field(default_factory=dict)
    merged: bool = False


class NodeState(Data):
    """What is known of one node.

    Attributes:
        shapes: Shape of each port without the batch; a port whose shape is not known is absent.
            A port that takes many edges has the shape of its first.
            The ports of a group are those that stand inside of it.
        parameters: Its weights, those that training does not change too.
        frozen: How many of them training does not change.
        flops: Floating-point operations for one picture, forward; a multiply-add counts 2.
        memory: Bytes of the output for one picture in fp32; of a group, of all that is inside.
        seconds: Estimated for an epoch on this device; 0 where that is not known.
    """

    shapes: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    parameters: int = 0
    frozen: int = 0
    flops: int = 0
    memory: int = 0
    seconds: float = 0.0


class AnalysisState(Data):
    """Analysis of one revision.

    Attributes:
        revision: The revision it belongs to.
        nodes: By path (`blockml.groups`). What stands in a group that is repeated is its first
            copy; the figures of the group itself are those of all copies.
        diagnostics: All problems, errors first.
        parameters: Of the whole network, as far as it is known.
        frozen: How many of them training does not change.
        flops: For one picture, forward.
        memory: Bytes that training needs: weights, their gradients, the optimizer's state and
            the activations of one batch.
        complete: Whether every shape is known, so that the totals are exact.
        seconds: Estimated for an epoch on this device, with what no node does; ``None`` where
            the device was not measured yet or the network is not complete.
    """

    revision: int
    nodes: dict[str, NodeState]
    diagnostics: tuple[Diagnostic, ...]
    parameters: int
    frozen: int = 0
    flops: int
    memory: int
    complete: bool
    seconds: float | None = None


class TaskState(Data):
    """Work that takes time, as the page shows it.

    Attributes:
        name: ``download``, ``read``, ``check``, ``measure`` or ``rate``; empty when there is none.
        subject: What it works on, such as the name of a data set.
        done: How much is done.
        total: How much there is; 0 where that is not known.
        unit: ``bytes``, ``pictures`` or ``steps``.
    """

    name: Literal["", "download", "read", "check", "measure", "rate"] = ""
    subject: str = ""
    done: int = 0
    total: int = 0
    unit: Literal["bytes", "pictures", "steps"] = "steps"


class DraftState(Data):
    """What is kept of the drawing, so that it comes back.

    Attributes:
        key: Name of the place that the drawing is kept for; empty where nothing is kept.
        began: Fingerprint of what the cell gave.
        revision: The latest revision that is on the disk.
        state: ``opened``: the drawing of an earlier time is on the canvas. ``offered``: it can be opened.
        time: When that drawing was changed last, in seconds since 1970.
        notebook: Name of the notebook that the drawing comes from: another one, or this one where it was
            drawn elsewhere and the notebook carries it.
        problem: Why the drawing could not be written.
    """

    key: str = ""
    began: str = ""
    revision: int = 0
    state: Literal["", "opened", "offered"] = ""
    time: float = 0.0
    notebook: str = ""
    problem: Diagnostic | None = None
