"""`load_data`: any data set in the one form."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from blockml.data import arrays, places, store
from blockml.data.dataset import Dataset
from blockml.data.labels import class_names
from blockml.data.named import load_named
from blockml.data.own import from_path, sides
from blockml.data.progress import Progress, Ticker
from blockml.data.sources import sources
from blockml.datasets import DATASETS
from blockml.errors import DataError
from blockml.facts import DataFacts, DataRef
from blockml.loop.files import plain
from blockml.names import near
from blockml.protocol import TaskState


def load_data(
    source: Any,
    *,
    classes: Sequence[str] | None = None,
    size: int | tuple[int, int] | None = None,
    name: str | None = None,
    test: Any = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load pictures and their labels, whatever form they have.

    Args:
        source: One of

            * the name of a data set: ``digits``, ``mnist``, ``fashion_mnist``, ``cifar10``,
              ``svhn`` or ``emnist``;
            * a folder of class folders, a zip of one, or a CSV file of ``path,label[,split]``;
              folders ``train`` and ``test`` may lie on top;
            * a pair (images, labels), or ((images, labels), (test images, test labels)), of
              tensors or arrays: uint8, or numbers from 0 to 1; (N, H, W), (N, C, H, W) or
              (N, H, W, C);
            * a data set of torchvision, or any object like it;
            * the `DataRef` of an experiment.
        classes: Names of the classes in the order of the labels; of class folders, those to take.
        size: Side of the pictures, or (height, width), in pixels; by default as they are, or, for
            files of many sizes, a power of two up to 128.
        name: Name of own data, for people.
        test: Pictures to test with where ``source`` has none, in the same form as ``source``.
            Without them a fifth is set apart, each class in the same ratio, always the same.
        progress: Is told how far the work is, ten times a second; when it raises
            `CancelledError` the work ends and leaves nothing half-written.

    Returns:
        The data set, on the CPU. Its pictures lie in a file that is mapped into memory, so that
        the next time takes no time.

    Raises:
        CancelledError: Raised by ``progress``.
        DataError: There are no such data, or they cannot be used; it says how to mend that.
    """
    classes = class_names(classes)
    name = None if name is None else plain(str(name))
    tick = Ticker(progress, TaskState(name="read", subject=_subject(source, name)))
    wanted = sides(size)
    if isinstance(source, Dataset):
        return source
    if isinstance(source, DataRef):
        return _from_ref(source, tick)
    if isinstance(source, str) and source in DATASETS:
        return load_named(source, tick)
    if isinstance(source, str | os.PathLike):
        path = _path(source)
        if test is None:
            return from_path(path, tick, name=name, classes=classes, size=wanted)
        return arrays.with_test(
            from_path(path, tick, name=name, classes=classes, size=wanted),
            from_path(_path(test), tick, classes=classes, size=wanted),
            tick,
        )
    return arrays.from_objects(source, test, tick, name=name, classes=classes, size=wanted)


def _subject(source: Any, name: str | None) -> str:
    if name:
        return name[:200]
    if isinstance(source, DataRef | Dataset):
        return source.name if isinstance(source, DataRef) else source.facts.name
    return plain(Path(source).name)[:200] if isinstance(source, str | os.PathLike) else ""


def _path(source: str | os.PathLike[str]) -> Path:
    path = places.spelled(source)
    if not os.path.lexists(path) and re.fullmatch(r"[\w -]{1,60}", str(source)):
        beside = (each.path for each in sources().items)
        alike = near(str(source), (*beside, *DATASETS), 3)
        if alike:
            raise DataError.of("data-near", name=str(source), near=", ".join(alike))
        raise DataError.of("data-none", name=str(source), known=", ".join(DATASETS))
    return path


def _from_ref(ref: DataRef, tick: Ticker) -> Dataset:
    """Load what an experiment refers to.

    The facts of the document count, so that the script says what was trained; the pictures
    have to be the ones that it was made with.
    """
    facts = ref.facts
    if ref.path is None and (facts is None or not facts.digest):
        if ref.name not in DATASETS:
            raise DataError.of("unknown-data", name=ref.name[:60], known=", ".join(DATASETS))
        data = load_named(ref.name, tick)
    else:
        data = (store.find(facts.digest, tick) if facts and facts.digest else None) or _read_again(ref, tick)
    if facts is not None:
        if not _same(facts, data.facts):
            raise DataError.of("data-changed", path=ref.path or ref.name)
        data = replace(data, facts=facts)
    whole = replace(data, source=ref.model_copy(update={"exclude": (), "facts": facts or data.ref.facts}))
    found = whole.without(ref.exclude) if ref.exclude else whole
    if not len(found.train):
        raise DataError.of("data-all-excluded", name=ref.name)
    return found


def _read_again(ref: DataRef, tick: Ticker) -> Dataset:
    folder = places.hint()
    if ref.path is None:
        raise DataError.of("data-not-here", name=ref.name, folder=str(folder))
    path = places.spelled(ref.path)
    # A document may come from a machine with other separators.
    last = re.split(r"[\\/]", ref.path.rstrip("\\/"))[-1]
    if not os.path.lexists(path) and last not in {"", ".", ".."}:
        there = (places.spelled(at / last) for at in places.chosen())
        path = next((place for place in there if os.path.lexists(place)), path)
    if not os.path.lexists(path):
        raise DataError.of("data-moved", path=ref.path, name=last, folder=str(folder))
    if ref.facts is None:
        return from_path(path, tick, name=ref.name)
    channels, height, width = ref.facts.shape
    return from_path(
        path,
        tick,
        name=ref.name,
        classes=class_names(ref.facts.classes),
        size=(height, width),
        channels=channels,
    )


def _same(facts: DataFacts, found: DataFacts) -> bool:
    return (
        facts.shape == found.shape
        and facts.classes == found.classes
        and (facts.train_size, facts.test_size) == (found.train_size, found.test_size)
        and (not facts.digest or facts.digest == found.digest)
    )
