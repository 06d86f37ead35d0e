"""The one form that every data set has in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch

from blockml.datasets import DATASETS, SPLIT_SEED
from blockml.errors import DataError
from blockml.facts import DataFacts


@dataclass(frozen=True)
class Split:
    """Pictures and their labels.

    Attributes:
        images: uint8 (N, C, H, W), 0 to 255.
        labels: int64 (N), index into the classes.
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.images)


@dataclass(frozen=True)
class Dataset:
    """A data set in memory.

    Attributes:
        facts: What was known before it was loaded.
        train: To learn from.
        test: To test with; training never sees it.
    """

    facts: DataFacts
    train: Split
    test: Split

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the labels."""
        return self.facts.classes

    def prepare(self, images: torch.Tensor) -> torch.Tensor:
        """Bring pictures from 0..255 to the range that the network was trained with.

        Args:
            images: uint8 (N, C, H, W).

        Returns:
            float32 (N, C, H, W) with about mean 0 and spread 1 in each channel.
        """
        mean = torch.tensor(self.facts.mean, device=images.device).view(1, -1, 1, 1)
        std = torch.tensor(self.facts.std, device=images.device).view(1, -1, 1, 1)
        return (images.float() / 255 - mean) / std


def load_data(name: str) -> Dataset:
    """Load a data set by name.

    Args:
        name: ``digits``, the handwritten digits of scikit-learn, which need no download.

    Returns:
        The data set, on the CPU.

    Raises:
        DataError: There is no data set of that name.
    """
    facts = DATASETS.get(name)
    if facts is None:
        raise DataError.of("unknown-data", name=str(name)[:60], known=", ".join(DATASETS))
    return _LOADERS[name](facts)


def _digits(facts: DataFacts) -> Dataset:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images = torch.from_numpy(digits.images * 255 / 16).round().to(torch.uint8).unsqueeze(1)
    labels = torch.from_numpy(digits.target).long()
    train, test = train_test_split(
        range(len(labels)), test_size=facts.test_size, stratify=digits.target, random_state=SPLIT_SEED
    )
    return Dataset(facts, Split(images[train], labels[train]), Split(images[test], labels[test]))


_LOADERS: Final[dict[str, Callable[[DataFacts], Dataset]]] = {"digits": _digits}
