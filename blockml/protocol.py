"""All that crosses the wire between kernel and canvas, as pydantic models.

``js/src/protocol.ts`` is generated from this file (``python -m blockml.protocol``); a
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

import json
import sys
from typing import Any, Literal

from pydantic import BaseModel, Field, FiniteFloat, JsonValue
from pydantic.json_schema import models_json_schema

from blockml.errors import Diagnostic
from blockml.experiment import Experiment, Position
from blockml.facts import DataRef
from blockml.graph import MAX_NAME, Data, Node


class Text(Data):
    """A sentence in every language."""

    en: str
    ko: str


class Param(Data):
    """One parameter of a block or of the recipe, as a form needs it.

    Attributes:
        name: Name as in torch, for example ``kernel_size``.
        kind: ``integer``, ``number``, ``boolean``, ``choice`` (one of ``choices``) or
            ``size``: an integer, a list of integers whose length is in ``lengths``, or
            one of ``choices`` (such as ``same``).
        default: Value when nothing is set.
        minimum: Smallest allowed value, of each element of a size.
        maximum: Largest allowed value, likewise.
        exclusive: Whether the minimum itself is not allowed.
        choices: Allowed words.
        lengths: Allowed lengths of a list.
        suggestions: A few sensible values, for a short list.
        unit: Unit in words, for example ``pixels``.
        primary: Whether the card shows it also at its default.
        group: Group of the recipe it stands in, such as ``augmentation``; empty for a block.
        only: Where it counts: values of other parameters, by their name. Empty is everywhere.
        title: Plain word, for example ``window``.
        description: What it does, in one sentence.
    """

    name: str
    kind: Literal["integer", "number", "boolean", "choice", "size"]
    default: JsonValue
    minimum: float | None = None
    maximum: float | None = None
    exclusive: bool = False
    choices: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    suggestions: tuple[JsonValue, ...] = ()
    unit: Text | None = None
    primary: bool = False
    group: str = ""
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    title: Text
    description: Text


class Port(Data):
    """A named input or output; ``many`` inputs take two or more edges, in order."""

    name: str
    many: bool = False


class Fit(Data):
    """What a block takes as it comes from the palette, and what it makes of it.

    Attributes:
        takes: Axes of the shape that comes in: 3 for an image, 1 for a vector.
        gives: Axes of the shape that goes out.
        least: Smallest side, in pixels, of an image that it can take.
    """

    takes: int
    gives: int
    least: int = 1


class BlockEntry(Data):
    """One block of the catalogue as data."""

    name: str
    family: str
    stem: str = Field(description="Start of the ids of new nodes, for example conv.")
    summary: Text
    keywords: tuple[str, ...] = Field((), description="Words that find it in the search.")
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    picture: str = Field("", description="Which moving picture shows what it does, if there is one.")
    params: tuple[Param, ...]
    fits: tuple[Fit, ...] = Field((), description="What it takes, with its default settings.")


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


class DataEntry(Data):
    """One named data set, known without being loaded."""

    name: str
    title: Text
    summary: Text
    shape: tuple[int, int, int] = Field(description="Channels, height, width.")
    classes: tuple[str, ...]
    train_size: int
    test_size: int
    strokes: bool = Field(False, description="Whether they are strokes, so that a drawing is like them.")


class Template(Data):
    """A starter experiment.

    Attributes:
        name: Its name.
        title: Its name for people.
        summary: What it is.
        experiment: The experiment, with its usual data.
        flops: Its operations for one picture, forward.
        reaches: Accuracy that it was measured to reach on its usual data, where it was.
    """

    name: str
    title: Text
    summary: Text
    experiment: Experiment
    flops: int = 0
    reaches: float | None = None


class SavedGroup(Data):
    """A group that a person keeps in the palette.

    Attributes:
        name: Its name in the palette, and the one to forget it by.
        node: The group; its id is only a proposal.
        layout: Positions of what is inside, by path from inside of the group.
    """

    name: str = Field(min_length=1, max_length=MAX_NAME)
    node: Node
    layout: dict[str, Position] = Field(default_factory=dict)


class Catalogue(Data):
    """Everything the canvas offers, as data."""

    families: tuple[str, ...] = Field(description="Families in the order of the palette.")
    blocks: tuple[BlockEntry, ...]
    data: tuple[DataEntry, ...]
    recipe: tuple[Param, ...]
    templates: tuple[Template, ...]
    groups: tuple[SavedGroup, ...] = Field((), description="Kept by the user, in the order of their names.")


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


class EpochRecord(Data):
    """Figures of one finished epoch; accuracies between 0 and 1, loss is cross-entropy in nats."""

    epoch: int = Field(description="From 1.")
    train_loss: FiniteFloat
    train_accuracy: FiniteFloat
    test_loss: FiniteFloat
    test_accuracy: FiniteFloat
    seconds: FiniteFloat
    learning_rate: FiniteFloat | None = Field(None, description="At the end of the epoch.")
    validation_loss: FiniteFloat | None = Field(
        None, description="On the pictures held back, if there are any."
    )
    validation_accuracy: FiniteFloat | None = None


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


class Plan(Data):
    """How the engine computes on a device, chosen by measuring.

    Attributes:
        precision: ``fp32``, or ``bf16`` under autocast.
        channels_last: Whether pictures lie in memory pixel by pixel.
        mode: ``eager``, or ``cuda-graph``, which spares the time between operations.
        stream: Whether the pictures stay in the memory of the machine and batches are sent.
        threads: ``all`` that torch uses on the CPU, or ``one`` for each step: a network that is so
            small that threads wait for each other more than they compute.
    """

    precision: Literal["fp32", "bf16"] = "fp32"
    channels_last: bool = False
    mode: Literal["eager", "cuda-graph"] = "eager"
    stream: bool = False
    threads: Literal["all", "one"] = "all"


RunStatus = Literal[
    "idle",
    "queued",
    "preparing",
    "training",
    "paused",
    "stopping",
    "stopped",
    "interrupted",
    "finished",
    "failed",
]


class RunState(Data):
    """The truth about the run, whoever looks and whenever.

    Attributes:
        id: Name of the run; empty when there is none.
        status: ``interrupted`` is a run whose kernel died: it can be resumed. ``queued`` waits for
            the device, which others use.
        content_hash: Hash of the experiment that is trained; the canvas compares it with
            ``current_hash`` to say that the network was changed since.
        current_hash: Hash of the experiment on the canvas.
        epoch: Epochs finished.
        epochs: Epochs asked for.
        step: Steps done in this epoch.
        steps: Steps of an epoch.
        points: Live training curve: (epochs done as a fraction, loss, accuracy) of recent
            batches, at most a few hundred points for the whole run.
        history: One record an epoch.
        throughput: Training pictures a second.
        seconds_left: Estimated time to the end.
        device: Such as ``cpu`` or ``cuda``.
        test_accuracy: Final test accuracy, once finished or stopped after an epoch.
        folder: Folder of the run, as text to show.
        can_predict: Whether a trained module is at hand for test pictures.
        problem: Why it failed, or why it was paused.
        ahead: Runs that come before this one on its device; only while ``queued``.
        task: What ``preparing`` is doing.
        plan: How it computes.
        learning_rate: Of the latest step.
        best_epoch: The epoch whose weights are kept, where the best epoch is kept.
    """

    id: str = ""
    status: RunStatus = "idle"
    content_hash: str = ""
    current_hash: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    points: tuple[tuple[float, float, float], ...] = ()
    history: tuple[EpochRecord, ...] = ()
    throughput: float = 0.0
    seconds_left: float | None = None
    device: str = ""
    test_accuracy: float | None = None
    folder: str = ""
    can_predict: bool = False
    problem: Diagnostic | None = None
    ahead: int | None = None
    task: TaskState = Field(default_factory=TaskState)
    plan: Plan | None = None
    learning_rate: float | None = None
    best_epoch: int | None = None


class DraftState(Data):
    """What is kept of the drawing, so that it comes back.

    Attributes:
        key: Name of the place that the drawing is kept for; empty where nothing is kept.
        began: Fingerprint of what the cell gave.
        revision: The latest revision that is on the disk.
        state: ``opened``: the drawing of an earlier time is on the canvas. ``offered``: it can be opened.
        time: When that drawing was changed last, in seconds since 1970.
        notebook: Name of the notebook that the drawing comes from, where it is another one.
        problem: Why the drawing could not be written.
    """

    key: str = ""
    began: str = ""
    revision: int = 0
    state: Literal["", "opened", "offered"] = ""
    time: float = 0.0
    notebook: str = ""
    problem: Diagnostic | None = None


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


class Prediction(Data):
    """What the trained network says of one picture.

    Attributes:
        label: Most likely class.
        probabilities: Of every class, in the order of the classes; they add up to 1.
        classes: Names of the classes.
        picture: What the network was shown, as a PNG data address.
    """

    label: str
    probabilities: tuple[float, ...]
    classes: tuple[str, ...]
    picture: str


class Code(Data):
    """The generated script of a revision."""

    revision: int
    text: str
    filename: str


class Saved(Data):
    """Where the document was written: its path and its text (for a download)."""

    path: str
    text: str


class Files(Data):
    """The ``.blockml`` files beside the notebook."""

    paths: tuple[str, ...]


class Picture(Data):
    """The network as a picture (SVG), as the notebook keeps it."""

    svg: str


class Opened(Data):
    """A document that was read; the canvas applies it as one undoable change."""

    document: Experiment


class PreviewRow(Data):
    """A few pictures of one class, side by side.

    Attributes:
        name: Name of the class.
        train: Training pictures of the class.
        test: Test pictures of the class.
        pictures: The pictures as one PNG data address.
        shown: How many pictures that holds.
    """

    name: str
    train: int
    test: int
    pictures: str
    shown: int


class Preview(Data):
    """Examples of each class of the data on the canvas; ``classes`` counts those not shown too."""

    rows: tuple[PreviewRow, ...]
    classes: int


class Finding(Data):
    """One thing that a check of the data found.

    Attributes:
        code: What kind; key of the sentences under ``checks`` in the locale files.
        severity: ``good`` says that nothing was found.
        values: Values that fill the sentences.
        pictures: Examples as one PNG data address; empty where there are none.
        exclude: Training pictures that can be left out for it, as indices into the split.
    """

    code: str
    severity: Literal["good", "note", "warning"]
    values: dict[str, JsonValue] = Field(default_factory=dict)
    pictures: str = ""
    exclude: tuple[int, ...] = ()


class DataCheck(Data):
    """What a check of the data found, the most important first."""

    findings: tuple[Finding, ...]


class Source(Data):
    """Something beside the notebook that pictures can be read from."""

    path: str
    kind: Literal["folder", "zip", "csv"]


class Sources(Data):
    """What pictures can be read from."""

    items: tuple[Source, ...]


class Brought(Data):
    """Where own pictures that the page sends lie, beside the notebook; empty until all have come."""

    path: str


class Sample(Data):
    """A test picture, as a PNG data address, and what it shows."""

    label: str
    picture: str


class Samples(Data):
    """Test pictures to try a network on, one of each class."""

    items: tuple[Sample, ...]


class Unreadable(Data):
    """A file that could not be read, and why: a sentence, and its key under ``unreadable``."""

    path: str
    reason: str
    code: str = ""


class Found(Data):
    """Own pictures that were read; the canvas puts ``data`` into the document."""

    data: DataRef
    unreadable: tuple[Unreadable, ...] = Field((), description="The first hundred.")
    unreadable_count: int = 0


class Augmented(Data):
    """The same pictures before and after the augmentation, as PNG data addresses, side by side."""

    before: str
    after: str
    shown: int


class RateCurve(Data):
    """What the learning-rate finder measured; ``suggestion`` is ``None`` where nothing was learned."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None


class RunEntry(Data):
    """A run on this machine, to compare with."""

    folder: str
    name: str
    status: RunStatus
    modified: float = Field(description="Seconds since 1970.")
    history: tuple[EpochRecord, ...]


class Runs(Data):
    """Runs on this machine, the latest first."""

    items: tuple[RunEntry, ...]


class Part(Data):
    """A part of the page that is loaded when it is needed: the text of a module."""

    text: str


class KeptGroup(Data):
    """The name under which a group was kept; ``catalogue.groups`` holds it from now on."""

    name: str


WIRE: tuple[type[BaseModel], ...] = (
    Catalogue,
    ExperimentState,
    AnalysisState,
    RunState,
    Request,
    Answer,
    Prediction,
    Code,
    Saved,
    Files,
    Opened,
    TaskState,
    Preview,
    DataCheck,
    Sources,
    Found,
    Brought,
    Samples,
    Augmented,
    RateCurve,
    Runs,
    Part,
    KeptGroup,
    Page,
    DraftState,
    Picture,
)
"""What ``protocol.ts`` is generated from."""


def schema() -> dict[str, Any]:
    """The JSON Schema of everything in `WIRE`, for the TypeScript generator."""
    _, found = models_json_schema([(model, "serialization") for model in WIRE], title="Protocol")
    return found


def main() -> None:
    """Write the JSON Schema of the wire, which ``js/tools/protocol.mjs`` reads."""
    json.dump(schema(), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
