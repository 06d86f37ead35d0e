"""The one form that every data set has in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import torch
from pydantic import Field

from blockml.datasets import DATASETS
from blockml.facts import DataFacts, DataRef
from blockml.graph import Data
from blockml.loop.prepare import prepare
from blockml.protocol import Unreadable
from blockml.texts import shown


class Mix(Data):
    """What own picture files were like before they were brought to one form.

    Attributes:
        sizes: The most common sizes: width, height, how many pictures.
        size_count: How many different sizes there are.
        kinds: How many pictures are ``grey``, ``colour`` and ``transparent``.
    """

    sizes: tuple[tuple[int, int, int], ...] = ()
    size_count: int = 0
    kinds: dict[str, int] = Field(default_factory=dict)


class Notes(Data):
    """What happened when own pictures were read.

    Attributes:
        unreadable: Files that could not be used.
        mix: What the files were like; ``None`` for arrays.
    """

    unreadable: tuple[Unreadable, ...] = ()
    mix: Mix | None = None


@dataclass(frozen=True, repr=False)
class Split:
    """Pictures and their labels; a ``torch.utils.data.DataLoader`` takes it as it is.

    Attributes:
        images: uint8 (N, C, H, W), 0 to 255.
        labels: int64 (N), index into the classes.
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        """A picture, uint8 (C, H, W), and its label."""
        return self.images[index], int(self.labels[index])

    def __repr__(self) -> str:
        """In one line."""
        return f"<Split: {len(self):,} pictures of {shown(self.images.shape[1:])}>"


@dataclass(frozen=True, repr=False)
class Dataset:
    """A data set in memory.

    Attributes:
        facts: What is known of it without its pictures, before any were left out.
        train: To learn from.
        test: To test with; training never sees it.
        source: Where it came from; use `ref`.
        notes: What happened when own pictures were read.
    """

    facts: DataFacts
    train: Split
    test: Split
    source: DataRef | None = None
    notes: Notes = field(default_factory=Notes)

    def __repr__(self) -> str:
        """In one line."""
        pictures = f"{len(self.train):,} pictures to learn from and {len(self.test):,} to test with"
        size = shown(self.facts.shape)
        return f"<Dataset {self.facts.name!r}: {pictures}, {size}, {len(self.classes)} classes>"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the labels."""
        return self.facts.classes

    @property
    def ref(self) -> DataRef:
        """What an experiment keeps of it: ``blockml.experiment(chain, data=dataset.ref)``."""
        if self.source is not None:
            return self.source
        known = self.facts.name in DATASETS and not self.facts.digest
        return DataRef(name=self.facts.name, facts=None if known else self.facts)

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Files that could not be read, and why."""
        return self.notes.unreadable

    @property
    def kept(self) -> torch.Tensor:
        """Index of each training picture into the whole training split, before any were left out."""
        left = torch.ones(len(self.train) + len(self.ref.exclude), dtype=torch.bool)
        if self.ref.exclude:
            left[torch.tensor(self.ref.exclude)] = False
        return left.nonzero().flatten()

    def without(self, indices: Iterable[int]) -> Dataset:
        """Leave training pictures out.

        Args:
            indices: Into the whole training split, as a check of the data names them;
                those that are out of range are ignored.
        """
        kept = self.kept.tolist()
        whole = len(self.train) + len(self.ref.exclude)
        more = {index for index in indices if 0 <= index < whole} - set(self.ref.exclude)
        places = torch.tensor([place for place, index in enumerate(kept) if index not in more])
        places = places.long()
        exclude = tuple(sorted(more | set(self.ref.exclude)))
        return replace(
            self,
            train=Split(self.train.images[places], self.train.labels[places]) if more else self.train,
            source=self.ref.model_copy(update={"exclude": exclude}),
        )

    def prepare(self, images: torch.Tensor) -> torch.Tensor:
        """Bring pictures from 0..255 to the range that the network was trained with.

        Args:
            images: uint8 (N, C, H, W).

        Returns:
            float32 (N, C, H, W) with about mean 0 and spread 1 in each channel.
        """
        return prepare(images, self.facts.mean, self.facts.std)
