"""Named data sets as facts: shape, classes and how many, known without loading.

So a graph can be checked, and its script written, before anything is read.
"""

from __future__ import annotations

import os
import string
from typing import Any

from blockml.errors import DocumentError
from blockml.facts import DataFacts, DataRef
from blockml.protocol import DataEntry, Text
from blockml.texts import LANGUAGES, sentence

SPLIT_SEED = 0
"""Seed of the split of data sets that come without one."""

_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

DATASETS = {
    facts.name: facts
    for facts in (
        DataFacts(
            name="digits",
            shape=(1, 8, 8),
            classes=_DIGITS,
            train_size=1437,
            test_size=360,
            mean=(0.3054,),
            std=(0.376,),
            strokes=True,
        ),
        DataFacts(
            name="mnist",
            shape=(1, 28, 28),
            classes=_DIGITS,
            train_size=60_000,
            test_size=10_000,
            mean=(0.1307,),
            std=(0.3081,),
            strokes=True,
        ),
        DataFacts(
            name="fashion_mnist",
            shape=(1, 28, 28),
            classes=_CLOTHES,
            train_size=60_000,
            test_size=10_000,
            mean=(0.286,),
            std=(0.353,),
        ),
        DataFacts(
            name="emnist",
            shape=(1, 28, 28),
            classes=tuple(string.ascii_lowercase),
            train_size=124_800,
            test_size=20_800,
            mean=(0.1722,),
            std=(0.3309,),
            strokes=True,
        ),
        DataFacts(
            name="cifar10",
            shape=(3, 32, 32),
            classes=_THINGS,
            train_size=50_000,
            test_size=10_000,
            mean=(0.4914, 0.4822, 0.4465),
            std=(0.247, 0.2435, 0.2616),
        ),
        DataFacts(
            name="svhn",
            shape=(3, 32, 32),
            classes=_DIGITS,
            train_size=73_257,
            test_size=26_032,
            mean=(0.4377, 0.4438, 0.4728),
            std=(0.198, 0.201, 0.197),
        ),
    )
}
"""The named data sets, the smallest first."""


def facts_of(ref: DataRef) -> DataFacts | None:
    """What is known of the data of an experiment; ``None`` where the name is not known."""
    return ref.facts or DATASETS.get(ref.name)


def ref_of(data: Any) -> DataRef:
    """The reference to data, however a person names them.

    Args:
        data: Name of a data set, the `DataRef` of one, or what `blockml.load_data` returned.

    Raises:
        DocumentError: It is none of these, such as a folder whose pictures are not loaded yet.
    """
    # A loaded data set is known by its ``ref``: its class needs torch, which this module does without.
    found = getattr(data, "ref", data)
    if isinstance(found, DataRef):
        return found
    if isinstance(found, os.PathLike) or (isinstance(found, str) and _is_file(found)):
        raise DocumentError.of("data-not-loaded", path=str(found)[:200])
    if isinstance(found, str):
        return DataRef(name=found)
    raise DocumentError.of("chain-data", received=type(data).__name__)


def _is_file(name: str) -> bool:
    """Whether it is no data set that has the name, but a folder or a file."""
    # The one of pathlib fails where a person of that name is not known.
    return name not in DATASETS and os.path.lexists(os.path.expanduser(name))  # noqa: PTH111


def entry(facts: DataFacts) -> DataEntry:
    """Describe a named data set for the canvas."""
    return DataEntry(
        name=facts.name,
        title=_text(facts.name, "title"),
        summary=_text(facts.name, "summary"),
        shape=facts.shape,
        classes=facts.classes,
        train_size=facts.train_size,
        test_size=facts.test_size,
        strokes=facts.strokes,
    )


def _text(name: str, part: str) -> Text:
    return Text(**{language: sentence(f"data.{name}.{part}", language) for language in LANGUAGES})
