"""Pictures that are in the notebook already: arrays, tensors, data sets of torchvision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from blockml.data.dataset import Dataset, Notes, Split
from blockml.data.decode import common_size
from blockml.data.labels import Label, checked_label, indexed, raw_labels
from blockml.data.listing import refused
from blockml.data.own import finished, open_facts, parts
from blockml.data.pictures import array_of, fitted, flat_picture, scale_of
from blockml.data.progress import Ticker
from blockml.data.room import room_for
from blockml.errors import BlockmlError, DataError, Diagnostic
from blockml.facts import MAX_SIDE
from blockml.loop.files import plain
from blockml.protocol import Unreadable

_BLOCK = 1 << 23
_PAIR = 2
_SAMPLE = 200
_COPIES = 2
"""Pictures are there once more when they are divided into training and test."""
_GRAY, _COLOUR = 1, 3
_FEW = 32
"""Numbers with fractions that reach no further than this are no pictures from 0 to 255."""


class _Zipped(Sequence[Any]):
    """A list of pictures and their labels as a data set."""

    def __init__(self, pictures: Sequence[Any], labels: Any) -> None:
        self._pictures, self._labels = pictures, labels

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: Any) -> Any:
        return self._pictures[index], self._labels[index]


def from_objects(
    source: Any,
    test: Any,
    tick: Ticker,
    *,
    name: str | None,
    classes: Sequence[str] | None,
    size: tuple[int, int] | None,
) -> Dataset:
    """Take pictures and labels from objects in the notebook.

    Args:
        source: A pair of arrays, two such pairs, or a data set with ``__len__`` and
            ``__getitem__``.
        test: Pictures to test with, likewise, or ``None``.
        tick: Is told how far it is.
        name: Name of the data set.
        classes: Names of the classes in the order of the labels.
        size: Height and width; by default as the pictures are.

    Raises:
        CancelledError: Raised by ``tick``.
        DataError: These are no pictures and labels.
    """
    if test is None and _is_pair(source) and all(_is_pair(part) for part in source):
        source, test = source
    images, raw, bad = _gathered(source, tick, size)
    received = type(source).__name__
    given = classes if classes is not None else _names_of(source)
    notes = Notes(unreadable=tuple(bad))
    if test is None:
        labels, order = indexed([raw], given, strict=classes is not None)
        learn, apart = (torch.from_numpy(part) for part in parts(labels[0]))
        train = Split(images[learn], torch.from_numpy(labels[0])[learn])
        rest = Split(images[apart], torch.from_numpy(labels[0])[apart])
    else:
        shape = tuple(images.shape[2:])
        others, other_raw, other_bad = _gathered(test, tick, size or (shape[0], shape[1]))
        images, others = _like(images, others)
        labels, order = indexed([raw, other_raw], given, strict=classes is not None)
        train = Split(images, torch.from_numpy(labels[0]))
        rest = Split(others, torch.from_numpy(labels[1]))
        notes = Notes(unreadable=(*bad, *other_bad))
    title = name or (received if received not in {"tuple", "list"} else "pictures")
    facts = open_facts(title, train.images, order, (len(train), len(rest)))
    return finished(Dataset(facts, train, rest, notes=notes), title, tick.turn("check"))


def with_test(data: Dataset, test: Dataset, tick: Ticker) -> Dataset:
    """All pictures of one data set to learn from, all of another to test with."""
    joined = [
        Split(torch.cat([one.train.images, one.test.images]), torch.cat([one.train.labels, one.test.labels]))
        for one in (data, test)
    ]
    train, apart = joined
    facts = open_facts(data.facts.name, train.images, data.classes, (len(train), len(apart)))
    notes = Notes(unreadable=(*data.unreadable, *test.unreadable), mix=data.notes.mix)
    return finished(Dataset(facts, train, apart, notes=notes), data.facts.name, tick.turn("check"))


def as_uint8(images: Any, tick: Ticker, size: tuple[int, int] | None = None) -> torch.Tensor:
    """Bring an array of pictures to uint8 (N, C, H, W).

    Args:
        images: (N, H, W), (N, C, H, W) or (N, H, W, C); whole numbers from 0 to 255, numbers
            from 0 to 1, or booleans.
        tick: Called now and then.
        size: Height and width to bring them to.

    Raises:
        DataError: It has another shape or other values.
    """
    array = array_of(images)
    if array.ndim == 3:  # noqa: PLR2004 - no channels
        array = array[:, None]
    elif array.ndim == 4 and array.shape[1] not in (_GRAY, _COLOUR) and array.shape[3] in (_GRAY, _COLOUR):  # noqa: PLR2004
        array = array.transpose(0, 3, 1, 2)
    right = array.ndim == 4 and array.shape[1] in (_GRAY, _COLOUR) and array.size > 0  # noqa: PLR2004
    if not right or array.dtype.kind not in "buif":
        raise DataError.of("data-array", received=str(array.shape), kind=str(array.dtype))
    if size is None and max(array.shape[2:]) > MAX_SIDE:
        raise DataError.of("data-side", received=list(array.shape[2:]), limit=MAX_SIDE)
    height, width = size or array.shape[2:]
    out = room_for(len(array), array.shape[1], (height, width), _COPIES)
    factor = _factor(array, tick)
    step = max(1, _BLOCK // array[0].size)
    for start in range(0, len(array), step):
        part = array[start : start + step]
        if part.dtype != np.uint8:
            part = (part.astype(np.float32) * factor).round().clip(0, 255).astype(np.uint8)
        if part.shape[2:] == (height, width):
            out[start : start + step] = part
        else:
            for at, picture in enumerate(part, start):
                rows = picture.transpose(1, 2, 0).squeeze()
                out[at] = fitted(Image.fromarray(np.ascontiguousarray(rows)), height, width)
        tick()
    return torch.from_numpy(out)


def _is_pair(source: Any) -> bool:
    return (
        isinstance(source, tuple | list)
        and len(source) == _PAIR
        and (_is_array(source[0]) or isinstance(source[0], list | tuple))
    )


def _is_array(source: Any) -> bool:
    # A PIL picture turns into an array, too, but it is one picture.
    arrays = isinstance(source, torch.Tensor) or hasattr(source, "__array__")
    return arrays and not isinstance(source, Image.Image)


def _factor(array: np.ndarray, tick: Ticker) -> float:
    """What brings the values to 0..255."""
    if array.dtype == np.uint8:
        return 1.0
    if array.dtype.kind == "b":
        return 255.0
    low, high, fine = math.inf, -math.inf, False
    step = max(1, _BLOCK // array[0].size)
    for start in range(0, len(array), step):
        part = array[start : start + step]
        # The smallest of numbers with one that is none is none, and no comparison with it holds.
        low, high = float(np.minimum(low, part.min())), float(np.maximum(high, part.max()))
        fine = fine or (array.dtype.kind == "f" and bool((part != np.round(part)).any()))
        tick()
    scale = scale_of(low, high)
    if array.dtype.kind != "f" and scale is not None:
        return 1.0  # whole numbers are what they say, also where there are 0 and 1 alone
    # Fractions up to a few would be rounded to as many greys.
    if scale is None or (scale == 1 and fine and high < _FEW):
        raise _wrong_range(low, high)
    return scale


def _wrong_range(low: float, high: float) -> DataError:
    return DataError(Diagnostic(code="data-range", values={"low": f"{low:.4g}", "high": f"{high:.4g}"}))


def _names_of(source: Any) -> Sequence[str] | None:
    names = getattr(source, "classes", None)
    return [plain(str(name)) for name in names] if isinstance(names, list | tuple) and names else None


def _count(source: Any) -> int:
    """How many items an object of people says it has."""
    try:
        return len(source)
    except Exception as error:  # code of people raises anything
        reason = f"{type(error).__name__}: {error}"[:200]
        raise DataError.of("data-count", received=type(source).__name__, reason=reason) from error


def _gathered(
    source: Any, tick: Ticker, size: tuple[int, int] | None
) -> tuple[torch.Tensor, list[Label], list[Unreadable]]:
    """Pictures as uint8, raw labels, and what could not be read."""
    if _is_pair(source):
        pictures, labels = source
        if not _is_array(labels) and not isinstance(labels, list | tuple):
            raise DataError.of("data-labels", received=type(labels).__name__)
        if _count(pictures) != _count(labels):
            raise DataError.of("data-lengths", images=_count(pictures), labels=_count(labels))
        if _is_array(pictures):
            images = as_uint8(pictures, tick.turn("read", len(pictures), "pictures"), size)
            return images, raw_labels(labels), []
        source = _Zipped(pictures, raw_labels(labels))
    if not (hasattr(source, "__len__") and hasattr(source, "__getitem__")) or isinstance(source, str | dict):
        raise DataError.of("data-object", received=type(source).__name__)
    count = _count(source)
    if not count:
        raise DataError.of("data-too-few", path=type(source).__name__, train=0, test=0)
    return _items(source, count, tick.turn("read", count, "pictures"), size)


def _items(
    source: Any, count: int, tick: Ticker, size: tuple[int, int] | None
) -> tuple[torch.Tensor, list[Label], list[Unreadable]]:
    if size is None:
        sizes = []
        for at in range(0, count, max(1, count // _SAMPLE)):
            tick()
            found = _item(source, at)
            if not isinstance(found, BlockmlError):
                sizes.append(found[0].size)
        size = common_size(sizes)
    images = room_for(count, _COLOUR, size, _COPIES)
    labels: list[Label] = []
    bad: list[Unreadable] = []
    gray = True
    first: BlockmlError | None = None
    for at in range(count):
        found = _item(source, at)
        if isinstance(found, BlockmlError):
            first = first or found
            bad.append(refused(str(at), "item"))
            continue
        place = images[len(labels)]
        place[:] = fitted(found[0], *size)
        gray = gray and bool((place[0] == place[1]).all() and (place[0] == place[2]).all())
        labels.append(checked_label(found[1], at))
        tick(at)
    if not labels and first is not None:
        raise first
    images = images[: len(labels)]
    return torch.from_numpy(np.ascontiguousarray(images[:, :1]) if gray else images), labels, bad


def _item(source: Any, at: int) -> tuple[Image.Image, Any] | BlockmlError:
    """One picture, as RGB, and its label; or why there is none."""
    try:
        item = source[at]
        picture, label = item[0], item[1]
    except Exception as error:  # noqa: BLE001 - code of people raises anything
        return DataError.of("data-item", at=at, reason=f"{type(error).__name__}: {error}"[:300])
    try:
        if _is_array(picture):
            picture = array_of(picture)
            ends = (float(picture.min()), float(picture.max())) if picture.size else (0.0, 0.0)
            if picture.dtype.kind == "f" and scale_of(*ends) is None:
                return _wrong_range(*ends)
        return flat_picture(picture), label
    except BlockmlError as error:
        return error
    except Exception as error:  # noqa: BLE001 - likewise
        return DataError.of("data-item", at=at, reason=f"{type(error).__name__}: {error}"[:300])


def _like(images: torch.Tensor, others: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Give both as many channels."""
    if images.shape[1] == others.shape[1]:
        return images, others
    if images.shape[1] == _GRAY:
        return images.expand(-1, _COLOUR, -1, -1).contiguous(), others
    return images, others.expand(-1, _COLOUR, -1, -1).contiguous()
