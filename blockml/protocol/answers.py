"""What stands in the answers, one class for each kind of payload."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from pydantic import Field, JsonValue

from blockml.experiment import Experiment
from blockml.facts import DataRef
from blockml.graph import Data
from blockml.protocol.runs import EpochRecord, RunStatus
from blockml.texts import counted


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

    def __repr__(self) -> str:
        """In one line."""
        return (
            f"<Finding {self.code!r}: {self.severity}, {counted(len(self.exclude), 'picture')} to leave out>"
        )


class DataCheck(Data):
    """What a check of the data found, the most important first."""

    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """In one line."""
        return f"<DataCheck: {self.summary}>"

    @property
    def summary(self) -> str:
        """How many findings there are of each severity."""
        counts = Counter(found.severity for found in self.findings)
        said = (counted(counts["warning"], "warning"), counted(counts["note"], "note"))
        return f"{', '.join(said)}, {counts['good']} good"


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

    def __repr__(self) -> str:
        """In one line."""
        return f"<RateCurve: suggestion {self.suggestion}, {counted(len(self.rates), 'rate')} tried>"


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
