"""Pictures of people's own: a folder or zip of class folders, or a CSV file."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from blockml.data import store
from blockml.data.dataset import Dataset, Notes, Split
from blockml.data.decode import choose_size, decode
from blockml.data.listing import File, Listing, from_folder, from_zip, shown
from blockml.data.progress import Ticker
from blockml.data.table import from_csv
from blockml.datasets import SPLIT_SEED
from blockml.errors import DataError
from blockml.facts import MAX_CLASSES, MAX_SIDE, DataFacts, DataRef
from blockml.graph import MAX_NAME
from blockml.loop.files import plain

TEST_SHARE = 0.2
"""Share of the pictures that is kept for the test where nobody has set some apart."""

_VERSION = 2
"""Raised when pictures are read in another way, so that they are read anew."""
_FEW = 2


@dataclass(frozen=True)
class Form:
    """How pictures are to be read: name, classes in order, height and width, channels."""

    name: str
    classes: list[str]
    size: tuple[int, int] | None
    channels: int | None


def list_files(path: Path, tick: Callable[[], None]) -> Listing:
    """List what lies in a folder, a zip or a CSV file.

    Raises:
        DataError: There is nothing, or something else.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise DataError.of("data-path", path=shown(path)) from error
    if stat.S_ISDIR(mode):
        return from_folder(path, tick)
    if not stat.S_ISREG(mode):
        raise DataError.of("data-kind", path=shown(path))
    ending = path.suffix.lower()
    if ending == ".zip":
        return from_zip(path.resolve(), tick)
    if ending in {".csv", ".tsv"}:
        return from_csv(path.resolve(), tick)
    raise DataError.of("data-kind", path=shown(path))


def from_path(
    path: Path,
    tick: Ticker,
    *,
    name: str | None = None,
    classes: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
    channels: int | None = None,
) -> Dataset:
    """Read own pictures, or take them from the store when they are as they were.

    Args:
        path: Folder, zip or CSV file.
        tick: Is told how far it is.
        name: Name of the data set; by default that of the folder.
        classes: The classes to take, in the order of their labels; by default all.
        size: Height and width; by default chosen from the pictures.
        channels: 1 or 3; by default 1 where all pictures are grey.

    Raises:
        CancelledError: Raised by ``tick``.
        DataError: There are no usable pictures.
    """
    with closing(list_files(path, tick)) as listing:
        full = path.resolve()
        named = (name or plain(full.name if full.is_dir() else full.stem) or "pictures")[:MAX_NAME]
        order = _classes(listing, classes)
        key = listing.fingerprint(_VERSION, order, size, channels)
        found = _known(key, named, tick)
        if found is None:
            with store.lock(key, tick):
                found = _known(key, named, tick)
                if found is None:
                    form = Form(named, order, size, channels)
                    found = _read(listing, form, tick)
                    store.remember(
                        store.Key(key=key, entry=found.facts.digest, name=named, notes=found.notes)
                    )
    return replace(found, source=DataRef(name=named, path=_portable(path), facts=found.facts))


def measured(images: torch.Tensor, tick: Callable[[], None]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread of each channel, scaled to 0..1; the spread is at least one step of 255."""
    total = torch.zeros(images.shape[1], dtype=torch.float64)
    squares = torch.zeros_like(total)
    for part in torch.split(images, max(1, (1 << 22) // images[0].numel())):
        values = part.transpose(0, 1).flatten(1).float()
        total += values.sum(1, dtype=torch.float64)
        squares += values.square().sum(1, dtype=torch.float64)
        tick()
    count = images.shape[0] * images.shape[2] * images.shape[3]
    mean = total / count
    std = (squares / count - mean.square()).clamp(min=0).sqrt()
    return (
        tuple(round(value / 255, 4) for value in mean.tolist()),
        tuple(max(round(value / 255, 4), 0.0039) for value in std.tolist()),
    )


def parts(labels: np.ndarray, share: float = TEST_SHARE) -> tuple[np.ndarray, np.ndarray]:
    """Split pictures into training and test, each class in the same ratio, always alike.

    scikit-learn refuses a class of one picture; here it goes into the training.

    Returns:
        Indices of the training and of the test pictures, in their order.
    """
    draw = np.random.default_rng(SPLIT_SEED)
    test = []
    for label in np.unique(labels):
        members = draw.permutation((labels == label).nonzero()[0])
        count = max(1, round(share * len(members))) if len(members) > 1 else 0
        test.append(members[:count])
    apart = np.sort(np.concatenate(test)) if test else np.zeros(0, np.int64)
    return np.setdiff1d(np.arange(len(labels)), apart), apart


def finished(data: Dataset, received: str, tick: Ticker) -> Dataset:
    """Check, measure, store: what all data of people have in common.

    Args:
        data: With facts whose mean, spread and digest are still open.
        received: What people gave, for messages.
        tick: Is told how far it is.

    Returns:
        The data as they lie in the store.
    """
    counts = torch.bincount(data.train.labels, minlength=len(data.classes))
    if not len(data.train) or not len(data.test):
        raise DataError.of("data-too-few", path=received, train=len(data.train), test=len(data.test))
    if len(data.classes) < _FEW:
        raise DataError.of("data-one-class", path=received, received=", ".join(data.classes))
    empty = [data.classes[at] for at in (counts == 0).nonzero().flatten().tolist()]
    if empty:
        raise DataError.of("data-class-empty", path=received, received=", ".join(empty[:5])[:300])
    mean, std = measured(data.train.images, tick)
    facts = data.facts.model_copy(update={"mean": mean, "std": std})
    digest = store.digest_of(replace(data, facts=facts), tick)
    made = replace(data, facts=facts.model_copy(update={"digest": digest}))
    with store.lock(digest, tick):
        found = store.find(digest, tick)
        if found is None:
            found = store.keep(digest, made, digest, tick)
    # The name and the notes are those of now, also where the same pictures came before.
    return replace(found, facts=made.facts, notes=made.notes)


def open_facts(name: str, images: torch.Tensor, classes: Sequence[str], counts: tuple[int, int]) -> DataFacts:
    """Facts of own data before `finished` has measured them; counts of training and test."""
    channels, height, width = images.shape[1:]
    return DataFacts(
        name=name[:MAX_NAME],
        shape=(channels, height, width),
        classes=tuple(classes),
        train_size=counts[0],
        test_size=counts[1],
        mean=(0.0,) * channels,
        std=(1.0,) * channels,
    )


def sides(size: Any) -> tuple[int, int] | None:
    """Check the size that a person asks for: a side, or height and width.

    Raises:
        DataError: It is neither.
    """
    if size is None:
        return None
    pair = (size, size) if isinstance(size, int) else tuple(size) if isinstance(size, list | tuple) else ()
    right = len(pair) == _FEW and all(
        isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= MAX_SIDE for side in pair
    )
    if not right:
        raise DataError.of("data-size", received=repr(size)[:60], limit=MAX_SIDE)
    return pair[0], pair[1]


def sorted_classes(names: set[str]) -> list[str]:
    """Names of classes in the order of their labels: numbers by value, words by spelling."""
    if all(re.fullmatch(r"-?\d{1,9}", name) for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)


def _known(key: str, name: str, tick: Ticker) -> Dataset | None:
    known = store.recall(key)
    found = store.find(known.entry, tick) if known else None
    if known is None or found is None:
        return None
    facts = found.facts.model_copy(update={"name": name})
    return replace(found, facts=facts, notes=known.notes)


def _classes(listing: Listing, wanted: Sequence[str] | None) -> list[str]:
    """Check that there are classes with files; returns their order."""
    root = shown(listing.root)
    if not listing.labels:
        raise DataError.of("data-no-classes", path=root)
    order = list(wanted) if wanted is not None else sorted_classes(listing.labels)
    missing = [name for name in order if name not in listing.labels]
    if missing:
        known = ", ".join(sorted_classes(listing.labels)[:20])[:500]
        raise DataError.of("data-class-missing", path=root, received=", ".join(missing)[:300], known=known)
    if not listing.files:
        raise DataError.of("data-no-pictures", path=root)
    if len(order) > MAX_CLASSES:
        raise DataError.of("data-too-many-classes", path=root, received=len(order), limit=MAX_CLASSES)
    if len(order) < _FEW:
        raise DataError.of("data-one-class", path=root, received=", ".join(order)[:300])
    if len({name[:MAX_NAME] for name in order}) < len(order):
        raise DataError.of("data-class-twice", received=", ".join(order)[:300])
    return order


def _read(listing: Listing, form: Form, tick: Ticker) -> Dataset:
    index = {label: at for at, label in enumerate(form.classes)}
    files, train_count = _ordered([file for file in listing.files if file.label in index], index)
    reading = tick.turn("read", len(files), "pictures")
    height, width = form.size or choose_size(files, listing.read, reading)
    found = decode(files, listing.read, (height, width), reading, channels=form.channels)
    if not len(found.good):
        if all(each.code == "heic" for each in found.notes.unreadable):
            raise DataError.of("picture-heic")
        raise DataError.of("data-no-pictures", path=shown(listing.root))
    labels = torch.tensor([index[files[at].label] for at in found.good.tolist()])
    images = torch.from_numpy(found.images)
    train = int((found.good < train_count).sum())
    notes = Notes(unreadable=(*found.notes.unreadable, *listing.skipped), mix=found.notes.mix)
    names = [label[:MAX_NAME] for label in form.classes]
    facts = open_facts(form.name, images, names, (train, len(images) - train))
    data = Dataset(
        facts, Split(images[:train], labels[:train]), Split(images[train:], labels[train:]), notes=notes
    )
    return finished(data, shown(listing.root), tick.turn("check"))


def _ordered(files: list[File], index: dict[str, int]) -> tuple[list[File], int]:
    """Training files first, then those of the test; returns also how many are for training."""
    splits = {file.split for file in files}
    if "train" in splits and splits & {"test", "validation"}:
        # Pictures for validation are for the test only where it has none of its own.
        apart = "test" if "test" in splits else "validation"
        test = [file for file in files if file.split == apart]
        train = [file for file in files if file.split != apart]
    else:
        learn, rest = parts(np.array([index[file.label] for file in files], np.int64))
        train, test = [files[at] for at in learn], [files[at] for at in rest]
    return train + test, len(train)


def _portable(path: Path) -> str:
    """A path as a document keeps it: relative where it lies beside the notebook."""
    here = Path.cwd()
    full = here / path
    found = (full.relative_to(here) if full.is_relative_to(here) else full).as_posix()
    try:
        found.encode()
    except UnicodeEncodeError:
        # A document is UTF-8; `places.spelled` finds the path again.
        return plain(found)
    return found
