"""Labels and names of classes that people give, checked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from blockml.data.own import sorted_classes
from blockml.data.pictures import array_of
from blockml.errors import DataError
from blockml.facts import MAX_CLASSES
from blockml.graph import MAX_NAME
from blockml.loop.files import plain

Label = int | float | str


def class_names(classes: Any) -> list[str] | None:
    """Check names of classes: words, in the order of the labels.

    Raises:
        DataError: They are no list of names.
    """
    if classes is None:
        return None
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise DataError.of("data-classes", received=_said(classes))
    names = [str(name) for name in classes]
    for at, name in enumerate(names):
        if not _whole(name):
            raise DataError.of("data-class-name", at=at, received=_said(name))
    return [plain(name) for name in names]


def raw_labels(labels: Any) -> list[Label]:
    """Labels of pictures as numbers or words; of one column a class, the column.

    Raises:
        DataError: They are something else.
    """
    try:
        array = array_of(labels)
    except DataError:
        if not isinstance(labels, list | tuple):
            raise
        # They are of several kinds; the first that is none is named.
        return [checked_label(label, at) for at, label in enumerate(labels)]
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "buif":  # noqa: PLR2004 - columns
        array = array.argmax(axis=1)
    if array.ndim == 2 and array.shape[1] == 1:  # noqa: PLR2004 - a column
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError.of("data-labels", received=str(array.shape))
    found = array.tolist()
    if array.dtype.kind in "bui":
        return list(found)
    return [checked_label(label, at) for at, label in enumerate(found)]


def checked_label(label: Any, at: int) -> Label:
    """Check the label of one picture: a whole number, or a word of whole letters.

    Raises:
        DataError: It is neither; ``at`` says which one.
    """
    if hasattr(label, "item"):
        with suppress(Exception):  # a tensor of many numbers, or of none that are at hand
            label = label.item()
    if isinstance(label, bytes):
        label = label.decode("utf-8", "replace")
    if isinstance(label, str) and _whole(label):
        return plain(label)
    if isinstance(label, float) and math.isfinite(label) and label != int(label):
        raise DataError.of("data-label-fraction", at=at, received=f"{label:.4g}")
    if isinstance(label, int) or (isinstance(label, float) and math.isfinite(label)):
        return label
    raise DataError.of("data-label", at=at, received=_said(label))


def indexed(
    raws: list[list[Label]], names: Sequence[str] | None, *, strict: bool
) -> tuple[list[np.ndarray], list[str]]:
    """Labels as indices, and the names of the classes.

    Args:
        raws: Labels of each split, numbers or words.
        names: Names of the classes, where they are known.
        strict: Whether the names were asked for; else those without a picture are dropped.

    Raises:
        DataError: Labels and names do not fit.
    """
    used = {label for raw in raws for label in raw}
    if all(not isinstance(label, str) for label in used):
        numbers = {int(label) for label in used}
        if names is not None and numbers <= set(range(len(names))):
            order = list(range(len(names))) if strict else sorted(numbers)
            titles = [str(names[at]) for at in order]
        elif strict:
            received = ", ".join(map(str, sorted(numbers)))[:100]
            raise DataError.of("data-label-range", received=received, classes=len(names or ()))
        else:
            order = sorted(numbers)
            titles = [str(number) for number in order]
        index: dict[Any, int] = {number: at for at, number in enumerate(order)}
    else:
        words = {str(label) for label in used}
        titles = [str(name) for name in names] if strict and names is not None else sorted_classes(words)
        strange = sorted(words - set(titles))
        if strange:
            raise DataError.of("data-label-range", received=", ".join(strange)[:100], classes=len(titles))
        index = {word: at for at, word in enumerate(titles)}
        raws = [[str(label) for label in raw] for raw in raws]
    if len(titles) > MAX_CLASSES:
        raise DataError.of("data-too-many-classes", path="", received=len(titles), limit=MAX_CLASSES)
    titles = [title[:MAX_NAME] for title in titles]
    twice = [title for title, count in Counter(titles).items() if count > 1]
    if twice:
        raise DataError.of("data-class-twice", received=", ".join(twice)[:300])
    return [np.array([index[label] for label in raw], np.int64) for raw in raws], titles


def _whole(text: str) -> bool:
    """Whether a text has no half letters, which no file can hold."""
    return text.encode("utf-8", "replace").decode() == text


def _said(value: Any) -> str:
    """A value as its author wrote it, as far as it can be said."""
    try:
        return repr(value)[:60]
    except Exception:  # noqa: BLE001 - code of people raises anything
        return type(value).__name__
