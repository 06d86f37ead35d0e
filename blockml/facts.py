"""What is known of a data set without its pictures: enough to check a graph and write its script."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from blockml.documents import Document
from blockml.graph import MAX_NAME, Data

MAX_SIDE = 1024
"""Largest side of a picture, in pixels; larger ones are made smaller when they are read."""

MAX_CLASSES = 1_000
"""Most classes; the table of what is named what grows with their square."""

Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class DataFacts(Data):
    """Facts of a data set.

    Attributes:
        name: Name for people and in a document.
        shape: Channels (1 or 3), height and width of its pictures.
        classes: Names of the classes, in the order of the labels.
        train_size: Pictures to learn from.
        test_size: Pictures to test with.
        mean: Mean of each channel of the training pictures, scaled to 0..1.
        std: Standard deviation of each channel, likewise, 0.001 to 1.
        strokes: Whether the pictures are light strokes on black, as handwriting is; pictures
            of people are then brought to that form.
        digest: SHA-256 (hexadecimal) of pictures and labels of own data; empty for a named set.
    """

    name: str = Field(max_length=MAX_NAME)
    shape: tuple[Annotated[int, Field(ge=1, le=3)], Side, Side]
    classes: Annotated[
        tuple[Annotated[str, Field(max_length=MAX_NAME)], ...], Field(min_length=1, max_length=MAX_CLASSES)
    ]
    train_size: Count
    test_size: Count
    mean: tuple[Annotated[FiniteFloat, Field(ge=0, le=1)], ...]
    std: tuple[Annotated[FiniteFloat, Field(ge=0.001, le=1)], ...]
    strokes: bool = False
    digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""

    @model_validator(mode="after")
    def _channels(self) -> DataFacts:
        if len(self.mean) != self.shape[0] or len(self.std) != self.shape[0]:
            message = f"mean and std need one number for each of {self.shape[0]} channels"
            raise ValueError(message)
        return self


class DataRef(Document):
    """Which data an experiment learns from.

    Attributes:
        name: Name of a named data set, for example ``digits``, or of own pictures.
        path: Where own pictures came from: a folder of class folders, a zip of one, or a CSV
            file. ``None`` for a named data set and for data made in the notebook.
        facts: What was found in own pictures; ``None`` for a named data set. With it a graph
            can be checked on a machine that does not have the pictures.
        exclude: Training pictures that are left out, as indices into the training split.
    """

    name: str = Field("digits", max_length=MAX_NAME)
    path: str | None = Field(None, max_length=4096)
    facts: DataFacts | None = None
    exclude: Annotated[tuple[Count, ...], Field(max_length=1_000_000)] = ()
