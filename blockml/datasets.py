"""Named data sets as facts: shape, classes and how to make them, known without loading.

So a graph can be checked, and its script written, before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from blockml.protocol import DataEntry, Text
from blockml.texts import sentence


@dataclass(frozen=True)
class DataFacts:
    """What is known of a data set before it is loaded.

    Attributes:
        name: Name in a document.
        shape: Channels, height and width of its pictures.
        classes: Names of the classes, in the order of the labels.
        train_size: Pictures to learn from.
        test_size: Pictures to test with.
        mean: Mean of each channel of the training pictures, scaled to 0..1.
        std: Standard deviation of each channel, likewise.
        strokes: Whether the pictures are light strokes on black, as handwriting is; pictures
            of people are then brought to that form.
    """

    name: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    train_size: int
    test_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    strokes: bool

    def entry(self) -> DataEntry:
        """Describe the data set for the canvas."""
        return DataEntry(
            name=self.name,
            title=self._text("title"),
            summary=self._text("summary"),
            shape=self.shape,
            classes=self.classes,
            train_size=self.train_size,
            test_size=self.test_size,
        )

    def _text(self, part: str) -> Text:
        key = f"data.{self.name}.{part}"
        return Text(en=sentence(key), ko=sentence(key, "ko"))


SPLIT_SEED = 0
"""Seed of the split of data sets that come without one."""

DATASETS = {
    facts.name: facts
    for facts in (
        DataFacts(
            name="digits",
            shape=(1, 8, 8),
            classes=tuple("0123456789"),
            train_size=1437,
            test_size=360,
            mean=(0.3054,),
            std=(0.376,),
            strokes=True,
        ),
    )
}
"""The named data sets."""
