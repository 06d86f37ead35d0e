"""The named data sets, read by torchvision's own loaders; CIFAR-10, which is pickled, with more care."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import shutil
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from blockml.data import places, store
from blockml.data.dataset import Dataset, Split
from blockml.data.download import Download, fetch
from blockml.data.progress import Ticker, beside
from blockml.datasets import DATASETS, SPLIT_SEED
from blockml.errors import DataError
from blockml.facts import DataFacts
from blockml.files import read_whole
from blockml.texts import sentence

_BLOCK = 1 << 20
_LARGEST = 1 << 30
"""Most bytes that one packed file is unpacked to."""
_MNIST_LABELS = "a25bea736e30d166cdddb491f175f624"
"""MD5 of the unpacked training labels of MNIST: Fashion-MNIST has files of the same names."""

Raw = tuple[torch.Tensor, torch.Tensor]
"""uint8 pictures (N, C, H, W) and int64 labels of one split."""


@dataclass(frozen=True)
class Copy:
    """A downloaded copy.

    Attributes:
        files: What it consists of.
        read: Reads the training (``True``) or the test pictures from a folder of its files.
        folder: Where the files lie.
        packed: Unpacks them into an empty folder first; ``None`` where they are not packed.
    """

    files: tuple[Path, ...]
    folder: Path
    read: Callable[[Path, bool], Raw]
    packed: Callable[[Path, Ticker], None] | None = None


def load_named(name: str, tick: Ticker) -> Dataset:
    """Load a named data set: from the store, from a downloaded copy, or by a download.

    Raises:
        CancelledError: Raised by ``tick``.
        DataError: It is not here and cannot be downloaded; it says what to put where.
    """
    facts = DATASETS[name]
    if name == "digits":
        return _digits(facts)
    found = _prepared(facts, tick)
    if found is None:
        with store.lock(name, tick):
            found = _prepared(facts, tick) or _fresh(facts, tick)
    return replace(found, facts=facts)


def roots() -> list[Path]:
    """Folders in which downloaded copies are looked for."""
    return [*places.folders(), Path("data"), places.spelled("~/data")]


def _prepared(facts: DataFacts, tick: Ticker) -> Dataset | None:
    """What the store has under the name of a set, where it is of its form."""
    found = store.find(facts.name, tick)
    return found if found is not None and _is_of(facts, found) else None


def _is_of(facts: DataFacts, data: Dataset) -> bool:
    """Whether pictures and labels are as many and of the form that the facts say."""
    for split, count in ((data.train, facts.train_size), (data.test, facts.test_size)):
        right = tuple(split.images.shape) == (count, *facts.shape) and split.labels.shape == (count,)
        if not right or not 0 <= int(split.labels.min()) <= int(split.labels.max()) < len(facts.classes):
            return False
    return True


def _fresh(facts: DataFacts, tick: Ticker) -> Dataset:
    damaged: list[str] = []
    for root in roots():
        for copy in _COPIES[facts.name](root):
            data = _opened(facts, copy, tick.turn("read", facts.train_size + facts.test_size, "pictures"))
            if data is not None:
                return data
            damaged.extend(str(path) for path in copy.files)
    title = sentence(f"data.{facts.name}.title")
    wanted = _WANTED[facts.name]
    folder = places.writable(wanted[0])
    where = str((folder or places.hint()) / wanted[0])
    if folder is None:
        raise DataError.of("data-no-room", name=title, folder=str(places.hint()))
    try:
        fetch(_downloads(facts.name), folder / wanted[0], title, tick.turn("download", unit="bytes"))
    except OSError as error:
        cause = getattr(error, "reason", error)
        reason = str(getattr(cause, "strerror", None) or cause)[:200]
        values = {"name": title, "files": wanted[1], "folder": where}
        if damaged:
            received = ", ".join(damaged[:4])[:600]
            raise DataError.of("data-damaged", path=received, **values) from error
        if isinstance(cause, (socket.gaierror, TimeoutError, ConnectionError)):
            # What the system says of that is neither plain nor in the language of the person.
            raise DataError.of("data-offline", **values) from error
        raise DataError.of("data-download", reason=reason, **values) from error
    for copy in _COPIES[facts.name](folder):
        data = _opened(facts, copy, tick.turn("read", facts.train_size + facts.test_size, "pictures"))
        if data is not None:
            return data
    raise DataError.of("data-damaged", name=title, path=where, files=wanted[1], folder=where)


def _opened(facts: DataFacts, copy: Copy, tick: Ticker) -> Dataset | None:
    """Read a copy and put it into the store; ``None`` where it is damaged."""
    with _unpacked(copy, tick) as folder:
        if folder is None:
            return None
        try:
            train, test = (Split(*beside(partial(copy.read, folder, learn), tick)) for learn in (True, False))
        except (OSError, RuntimeError, AssertionError, ValueError, TypeError, KeyError, EOFError):
            # What torchvision and scipy raise on files that are cut off or of another kind.
            return None
    data = Dataset(facts, train, test)
    if not _is_of(facts, data):
        return None
    return store.keep(facts.name, data, store.digest_of(data, tick), tick)


@contextmanager
def _unpacked(copy: Copy, tick: Ticker) -> Iterator[Path | None]:
    if copy.packed is None:
        yield copy.folder
        return
    # Beside the cache, because the folder for temporary files may be small.
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=places.writable()) as made:
        try:
            copy.packed(Path(made), tick)
        except (OSError, EOFError, tarfile.TarError, ValueError):
            yield None
        else:
            yield Path(made)


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


def _idx_files(name: str) -> dict[str, str]:
    """Files of a set in the idx format, unpacked, and the MD5 of the packed ones where it is known."""
    from torchvision import datasets

    if name == "emnist":
        return dict.fromkeys(_LETTERS.split(", "), "")
    kind = datasets.MNIST if name == "mnist" else datasets.FashionMNIST
    return {file.removesuffix(".gz"): md5 for file, md5 in kind.resources}


def _idx_copies(name: str, root: Path) -> Iterator[Copy]:
    class_name = _WANTED[name][0].split("/")[0]
    names = (f"{class_name}/raw", class_name, name, name.replace("_", "-"), f"{name}/raw")
    files = _idx_files(name)
    for place in (*(root / below for below in names), root):
        found = [_either(place / file) for file in files]
        if None in found:
            continue
        paths = tuple(path for path in found if path is not None)
        packed = any(path.suffix == ".gz" for path in paths)
        if place == root and name != "emnist" and not _is_this(name, paths, files):
            continue
        reads = _idx_reader(name)
        yield Copy(paths, place, reads, _gunzip(paths, files) if packed else None)


def _either(path: Path) -> Path | None:
    """An idx file, or its packed form."""
    for one in (path, path.with_name(path.name + ".gz")):
        if one.is_file():
            return one
    return None


def _is_this(name: str, paths: tuple[Path, ...], files: dict[str, str]) -> bool:
    """Whether files in no folder of their own are those of this set, not of one with the same names."""
    path = next(path for path in paths if path.name.startswith("train-labels"))
    if path.suffix == ".gz":
        return _md5(path) == files[path.stem]
    return name == "mnist" and _md5(path) == _MNIST_LABELS


def _gunzip(paths: tuple[Path, ...], files: dict[str, str]) -> Callable[[Path, Ticker], None]:
    def unpack(into: Path, tick: Ticker) -> None:
        for path in paths:
            if path.suffix != ".gz":
                shutil.copyfile(path, into / path.name)
                continue
            if files[path.stem] and _md5(path) != files[path.stem]:
                message = f"{path} is damaged"
                raise ValueError(message)
            with gzip.open(path) as packed, (into / path.stem).open("wb") as out:
                while block := packed.read(_BLOCK):
                    out.write(block)
                    tick()
                    if out.tell() > _LARGEST:
                        message = f"{path} is too large"
                        raise ValueError(message)

    return unpack


def _idx_reader(name: str) -> Callable[[Path, bool], Raw]:
    def read(folder: Path, learn: bool) -> Raw:  # noqa: FBT001 - called by position
        from torchvision import datasets

        base: Any = getattr(datasets, _WANTED[name][0].split("/")[0])
        # Torchvision's class, which looks into this folder and into no old pickle beside it.
        here = {"raw_folder": property(lambda _: str(folder)), "_check_legacy_exist": lambda _: False}
        kind = type(base.__name__, (base,), here)
        found = kind(folder, train=learn, **({"split": "letters"} if name == "emnist" else {}))
        images, labels = found.data.unsqueeze(1), found.targets.long()
        if name == "emnist":
            # They lie on their side in the files, and their labels count from 1.
            return images.transpose(2, 3).contiguous(), labels - 1
        return images, labels

    return read


def _cifar_copies(root: Path) -> Iterator[Copy]:
    from torchvision.datasets import CIFAR10

    for place in (root, root / "cifar10", root / "CIFAR10"):
        folder = place / CIFAR10.base_folder
        if folder.is_dir():
            yield Copy((folder,), place, _read_cifar)
        archive = place / CIFAR10.filename
        if archive.is_file():
            yield Copy((archive,), place, _read_cifar, _untar(archive, CIFAR10.tgz_md5))


def _untar(archive: Path, md5: str) -> Callable[[Path, Ticker], None]:
    def unpack(into: Path, tick: Ticker) -> None:
        if beside(partial(_md5, archive), tick) != md5:
            message = f"{archive} is damaged"
            raise ValueError(message)
        with tarfile.open(archive) as packed:
            for member in packed:
                # Only plain files, by their last name, into the one folder that is expected.
                inside = packed.extractfile(member) if member.isreg() else None
                if inside is None:
                    continue
                place = into / "cifar-10-batches-py" / Path(member.name).name
                place.parent.mkdir(exist_ok=True)
                with place.open("wb") as out:
                    while block := inside.read(_BLOCK):
                        out.write(block)
                        tick()

    return unpack


def _read_cifar(folder: Path, learn: bool) -> Raw:  # noqa: FBT001 - called by position
    from torchvision.datasets import CIFAR10

    images, labels = [], []
    for name, md5 in CIFAR10.train_list if learn else CIFAR10.test_list:
        # Torchvision opens a file once to compare its MD5 with that of the original, and again to unpickle
        # it: who may write into a shared folder could change it in between, and run code as somebody else.
        content = read_whole(folder / CIFAR10.base_folder / name, _LARGEST)
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
            message = f"{name} is damaged"
            raise ValueError(message)
        found = pickle.loads(content, encoding="latin1")  # noqa: S301 - the original, as it was looked at
        images.append(found["data"].reshape(-1, 3, 32, 32))
        labels += found["labels"]
    return torch.from_numpy(np.concatenate(images)), torch.tensor(labels)


def _svhn_copies(root: Path) -> Iterator[Copy]:
    from torchvision.datasets import SVHN

    for place in (root, root / "svhn", root / "SVHN"):
        paths = tuple(place / SVHN.split_list[split][1] for split in ("train", "test"))
        if all(path.is_file() for path in paths):
            yield Copy(paths, place, _read_svhn)


def _read_svhn(folder: Path, learn: bool) -> Raw:  # noqa: FBT001 - called by position
    from torchvision.datasets import SVHN

    found = SVHN(folder, split="train" if learn else "test")
    return torch.from_numpy(np.ascontiguousarray(found.data)), torch.from_numpy(found.labels)


def _downloads(name: str) -> list[Download]:
    from torchvision import datasets

    if name == "cifar10":
        kind = datasets.CIFAR10
        return [Download((kind.url,), kind.filename, kind.tgz_md5)]
    if name == "svhn":
        parts = (datasets.SVHN.split_list[split] for split in ("train", "test"))
        return [Download((url,), file, md5) for url, file, md5 in parts]
    if name == "emnist":
        inside = tuple(f"gzip/{file}.gz" for file in _idx_files(name))
        return [Download((datasets.EMNIST.url,), "gzip.zip", datasets.EMNIST.md5, inside)]
    base = datasets.MNIST if name == "mnist" else datasets.FashionMNIST
    mirrors = base.mirrors
    return [Download(tuple(f"{place}{file}" for place in mirrors), file, md5) for file, md5 in base.resources]


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        found = hashlib.md5(usedforsecurity=False)
        while block := file.read(_BLOCK):
            found.update(block)
        return found.hexdigest()


_COPIES: dict[str, Callable[[Path], Iterator[Copy]]] = {
    "mnist": lambda root: _idx_copies("mnist", root),
    "fashion_mnist": lambda root: _idx_copies("fashion_mnist", root),
    "emnist": lambda root: _idx_copies("emnist", root),
    "cifar10": _cifar_copies,
    "svhn": _svhn_copies,
}
_KINDS = ("images-idx3-ubyte", "labels-idx1-ubyte")
_IDX = ", ".join(f"{split}-{kind}" for split in ("train", "t10k") for kind in _KINDS)
_LETTERS = ", ".join(f"emnist-letters-{split}-{kind}" for split in ("train", "test") for kind in _KINDS)
_WANTED = {
    "mnist": ("MNIST/raw", _IDX),
    "fashion_mnist": ("FashionMNIST/raw", _IDX),
    "emnist": ("EMNIST/raw", _LETTERS),
    "cifar10": ("", "cifar-10-python.tar.gz"),
    "svhn": ("", "train_32x32.mat, test_32x32.mat"),
}
"""The folder below a data folder, and the files that go there."""
