"""Prepared data on disk: one folder a data set, read by memory mapping.

``<data folder>/.prepared/<entry>/`` holds ``data.safetensors`` and ``facts.json``. An entry
is the name of a named set, or the digest of own data; a small file in ``keys/`` says which
digest the files of a folder, in their present state, have. An entry is written whole or
not at all, and several processes may read and write the same one.

Several people may share a data folder. They use what they themselves, root or the owner of the
folder prepared (`places.trusted`) and make the rest anew; where the entry of somebody else is in
the way, their own goes to the next folder, at last to their own cache.

What nobody used for `KEPT` days (``BLOCKML_KEEP_DAYS``) goes when something new is written, unless
a process has it open; it is made anew from the files or the objects that it came from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from blockml.data import places
from blockml.data.dataset import Dataset, Notes, Split
from blockml.data.progress import TICK, beside
from blockml.facts import DataFacts
from blockml.graph import Data
from blockml.locks import file_lock

_FOLDER = ".prepared"
_KEYS = f"{_FOLDER}/keys"
KEPT = 90.0
"""Days without use after which an entry goes."""
_DAY = 24 * 3600
_STALE = _DAY
"""Seconds after which what a killed process left half-written is removed."""
_PATIENCE = 600.0
"""Seconds after which nobody waits any longer for another process that prepares the same data."""
_BLOCK = 1 << 24

Tick = Callable[[], None]


class Record(Data):
    """``facts.json`` of an entry.

    Attributes:
        format: Version of the folder.
        facts: Of the data.
        digest: SHA-256 of the pictures and labels.
        size: Bytes of ``data.safetensors``.
        stamp: Time of its last change, in nanoseconds since 1970.
        notes: What happened when it was read.
    """

    format: Literal[1] = 1
    facts: DataFacts
    digest: str
    size: int
    stamp: int
    notes: Notes


class Key(Data):
    """Which entry the files of a folder, as they are under a key, make."""

    key: str
    entry: str
    name: str
    notes: Notes


def digest_of(data: Dataset, tick: Tick) -> str:
    """SHA-256 of classes, pictures and labels."""
    facts = data.facts
    found = hashlib.sha256(repr((facts.shape, facts.classes, len(data.train), len(data.test))).encode())
    for split in (data.train, data.test):
        for tensor in (split.images, split.labels):
            flat = tensor.contiguous().view(-1).view(torch.uint8)
            for part in torch.split(flat, _BLOCK):
                found.update(part.numpy().tobytes())
                tick()
    return found.hexdigest()


def find(entry: str, tick: Tick) -> Dataset | None:
    """Read an entry from any of the data folders; ``None`` where none is whole and trusted.

    Args:
        entry: Name of a named set or a hexadecimal digest.
        tick: Called now and then.
    """
    for folder in places.folders():
        place = folder / _FOLDER / entry
        found = _read(place, tick) if places.trusted(place, folder) else None
        if found is not None:
            _touch(place)
            return found
    return None


def keep(entry: str, data: Dataset, digest: str, tick: Tick) -> Dataset:
    """Write an entry and read it back.

    Returns:
        The data as they lie on disk, or ``data`` itself where nothing can be written: a full
        disk costs only the time of the next load.
    """
    for folder in places.all_writable(_FOLDER):
        if _written(folder / _FOLDER, entry, data, digest, tick):
            found = _read(folder / _FOLDER / entry, tick)
            return data if found is None else replace(found, source=data.source)
    return data


def _written(root: Path, entry: str, data: Dataset, digest: str, tick: Tick) -> bool:
    """Write an entry into one folder, where there is room and no entry of somebody else."""
    made = root / f".{entry[:16]}-{uuid.uuid4().hex}"
    try:
        made.mkdir()
        _tidy(root)
        file = made / "data.safetensors"
        tensors = {
            f"{name}.{part}": getattr(split, part).contiguous()
            for name, split in (("train", data.train), ("test", data.test))
            for part in ("images", "labels")
        }
        beside(lambda: _write_tensors(tensors, file), tick)
        stat = file.stat()
        record = Record(
            facts=data.facts, digest=digest, size=stat.st_size, stamp=stat.st_mtime_ns, notes=data.notes
        )
        _write_text(made / "facts.json", record.model_dump_json(indent=1))
        _swap_in(made, root / entry)
        _prune(root, entry)
    except (OSError, SafetensorError):
        return False
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return True


def recall(key: str) -> Key | None:
    """What `remember` kept under a key."""
    for folder in places.folders():
        place = folder / _KEYS / f"{key}.json"
        if not places.trusted(place, folder):
            continue
        try:
            found = Key.model_validate_json(place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        # The owner of ``keys`` may give the file of another another name.
        if found.key == key:
            return found
    return None


def remember(found: Key) -> None:
    """Keep which entry some files are, where that can be written."""
    for folder in places.all_writable(_KEYS):
        made = folder / _KEYS / f".{uuid.uuid4().hex}"
        try:
            _write_text(made, found.model_dump_json())
            made.replace(made.with_name(f"{found.key}.json"))
        except OSError:
            made.unlink(missing_ok=True)
        else:
            return


@contextmanager
def lock(name: str, tick: Tick) -> Iterator[None]:
    """Let one process at a time prepare the same data.

    It saves work and guards nothing: where no lock can be had, as where a process of somebody else holds
    it and hangs, both prepare them.
    """
    folder = places.writable(_FOLDER)
    held = None
    if folder is not None:
        try:
            # Other users of a shared cache must be able to take it, too.
            held = file_lock(folder / _FOLDER / f".{name[:80]}.lock", mode=0o666)
            _take(held, tick)
        except (OSError, NotImplementedError):
            held = None
    try:
        yield
    finally:
        if held is not None:
            held.release()


def _take(held: FileLock, tick: Tick) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            held.acquire(timeout=TICK)
        except Timeout:
            tick()
        else:
            return


def _read(path: Path, tick: Tick) -> Dataset | None:
    try:
        record = Record.model_validate_json((path / "facts.json").read_text(encoding="utf-8"))
        file = path / "data.safetensors"
        stat = file.stat()
        if stat.st_size != record.size:
            return None
        tensors = load_file(file)
        train, test = (
            Split(tensors[f"{name}.images"], tensors[f"{name}.labels"]) for name in ("train", "test")
        )
    except (OSError, ValueError, KeyError, SafetensorError):
        return None
    data = Dataset(record.facts, train, test, notes=record.notes)
    # An entry says itself what it is: whoever owns the folder may give it another name.
    if path.name not in {record.digest, record.facts.name}:
        return None
    if not _fits(train, record.facts, record.facts.train_size):
        return None
    if not _fits(test, record.facts, record.facts.test_size):
        return None
    # An untouched file is trusted; a copied or changed one is read through once.
    if stat.st_mtime_ns != record.stamp and digest_of(data, tick) != record.digest:
        return None
    return data


def _fits(split: Split, facts: DataFacts, count: int) -> bool:
    return (
        split.images.dtype == torch.uint8
        and tuple(split.images.shape) == (count, *facts.shape)
        and split.labels.dtype == torch.int64
        and tuple(split.labels.shape) == (count,)
        and (count == 0 or 0 <= int(split.labels.min()) <= int(split.labels.max()) < len(facts.classes))
    )


def _write_tensors(tensors: dict[str, torch.Tensor], file: Path) -> None:
    save_file(tensors, file)
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _write_text(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())


def _swap_in(made: Path, place: Path) -> None:
    """Put a finished folder in its place; one that is there is damaged or the same."""
    try:
        made.rename(place)
    except OSError:
        old = place.with_name(f".old-{uuid.uuid4().hex}")
        place.rename(old)
        made.rename(place)
        shutil.rmtree(old, ignore_errors=True)


def _tidy(root: Path) -> None:
    """Remove what a killed process left."""
    for path in root.glob(".*-*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > _STALE:
            shutil.rmtree(path, ignore_errors=True)


def _touch(place: Path) -> None:
    """Note that an entry is used: the time of its folder tells when it was last."""
    with suppress(OSError):
        os.utime(place)


def _prune(root: Path, new: str) -> None:
    """Remove what nobody used for long; what was just written stays."""
    limit = time.time() - _days() * _DAY
    for record in root.glob("*/facts.json"):
        place = record.parent
        with suppress(OSError):
            if place.name != new and place.stat().st_mtime < limit and not _in_use(place):
                # Out of sight first, so that nobody reads half of it.
                old = root / f".old-{uuid.uuid4().hex}"
                place.rename(old)
                shutil.rmtree(old, ignore_errors=True)
    for key in (root / "keys").glob("*.json"):
        with suppress(OSError, ValueError):
            entry = Key.model_validate_json(key.read_text(encoding="utf-8")).entry
            if key.stat().st_mtime < limit and not (root / entry).exists():
                key.unlink()


def _in_use(place: Path) -> bool:
    """Whether a process has an entry in its memory, where the system tells that.

    Where it does not, what is mapped stays whole for whoever mapped it, or cannot be renamed.
    """
    file = str((place / "data.safetensors").resolve())
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with suppress(OSError):
            if file in maps.read_text(encoding="utf-8", errors="replace"):
                return True
    return False


def _days() -> float:
    try:
        found = float(os.environ.get("BLOCKML_KEEP_DAYS") or KEPT)
    except ValueError:
        return KEPT
    return found if found >= 0 else KEPT
