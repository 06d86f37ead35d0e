"""What the canvas offers: blocks, data sets, settings, starters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from blockml.experiment import Experiment, Position
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
