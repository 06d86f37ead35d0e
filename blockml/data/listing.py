"""What lies in a folder or a zip: picture files with their class and split, by name only."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple, cast

import numpy as np

from blockml.data.pictures import MAX_BYTES
from blockml.errors import DataError
from blockml.loop.files import SPLITS as SPLIT_NAMES
from blockml.loop.files import plain, zip_name
from blockml.protocol import Unreadable
from blockml.texts import sentence

MAX_FILES = 1_000_000
"""Most files that one data set may have."""

SplitName = Literal["", "train", "validation", "test"]

_DEPTH = 8
_IGNORED = {"__macosx", "thumbs.db", "desktop.ini"}
SPLITS = cast("dict[str, SplitName]", SPLIT_NAMES)
"""Names of splits, as folders or in the split column of a CSV file."""

Tick = Callable[[], None]
Parts = tuple[str, ...]
Folders = dict[Parts, list[tuple[str, int, int]]]
"""By the parts of the path of each folder: name, size and stamp of the files right in it."""
Reader = Callable[[str], bytes]


class File(NamedTuple):
    """A file that may be a picture.

    Attributes:
        name: Path below the root, with ``/``, as the disk spells it.
        label: Name of its class, as people read it.
        split: Split it belongs to; empty where there are none.
        size: Bytes.
        stamp: Changes when the file does: time of its last change, or checksum.
    """

    name: str
    label: str
    split: SplitName
    size: int
    stamp: int


@dataclass
class Listing:
    """What was found, without any picture being read.

    Attributes:
        root: Folder or file it was found in.
        files: Sorted by name.
        labels: Names of all classes, also of those without a file.
        read: Reads a file by its name.
        skipped: Files that are not looked at, and why.
        close: Gives back what ``read`` holds.
    """

    root: Path
    files: list[File]
    labels: set[str]
    read: Reader
    skipped: list[Unreadable] = field(default_factory=list)
    close: Callable[[], None] = lambda: None

    def fingerprint(self, *options: object) -> str:
        """Hash of names, sizes and times, also of what is left out, and of the options."""
        left_out = [(one.path, one.code) for one in self.skipped]
        found = hashlib.sha256(repr((str(self.root), sorted(self.labels), left_out, *options)).encode())
        names = "\0".join(text for file in self.files for text in file[:3])
        found.update(names.encode("utf-8", "surrogateescape"))
        found.update(np.array([file[3:] for file in self.files], np.int64).tobytes())
        return found.hexdigest()


def refused(path: str, code: str) -> Unreadable:
    """A file that is left out, with its reason; ``code`` is a key of ``unreadable``."""
    return Unreadable(path=plain(path)[:500], reason=sentence(f"unreadable.{code}"), code=code)


def shown(path: Path) -> str:
    """A path as a person reads it."""
    return plain(str(path))[:500]


def from_folder(root: Path, tick: Tick) -> Listing:
    """List a folder of class folders.

    Links that lead out of the folder, and whatever is not a plain file, are left out.
    """
    root = root.resolve()
    folders: Folders = {}
    skipped: list[Unreadable] = []
    todo: list[Parts] = [()]
    count = 0
    while todo:
        parts = todo.pop()
        below = "/".join(parts)
        inside = folders.setdefault(parts, [])
        try:
            entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
        except OSError:
            skipped.append(refused(below or root.name, "no-access"))
            continue
        _limit(count := count + len(entries), root)
        for entry in entries:
            tick()
            if hidden(entry.name):
                continue
            try:
                problem = _problem(entry, root, len(parts))
                if not problem and entry.is_dir():
                    todo.append((*parts, entry.name))
                elif not problem:
                    found = entry.stat()
                    inside.append((entry.name, found.st_size, found.st_mtime_ns))
            except OSError:
                problem = "no-access"
            if problem:
                skipped.append(refused("/".join((*parts, entry.name)), problem))

    def read(name: str) -> bytes:
        with (root / name).open("rb") as file:
            return file.read(MAX_BYTES + 1)

    return _arranged(root, folders, read, skipped)


def from_zip(path: Path, tick: Tick) -> Listing:
    """List a zip of class folders; nothing is unpacked to disk.

    Raises:
        DataError: It is not a zip.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DataError.of("data-zip", path=shown(path), reason=str(error)[:200]) from error
    folders: Folders = {}
    skipped: list[Unreadable] = []
    infos: dict[str, zipfile.ZipInfo] = {}
    _limit(len(archive.infolist()), path)
    for info in archive.infolist():
        tick()
        name = zip_name(info)
        parts = PurePosixPath(name).parts
        if any(hidden(part) for part in parts if part != ".."):
            continue
        problem = _zip_problem(info, name, parts)
        if problem:
            skipped.append(refused(name, problem))
        elif name.endswith("/"):
            folders.setdefault(parts, [])
        elif parts:
            infos["/".join(parts)] = info
            folders.setdefault(parts[:-1], []).append((parts[-1], info.file_size, info.CRC))

    def read(name: str) -> bytes:
        with archive.open(infos[name]) as file:
            return file.read(MAX_BYTES + 1)

    found = _arranged(path, folders, read, skipped)
    found.close = archive.close
    return found


def hidden(name: str) -> bool:
    """Whether a file or folder is one that programs leave behind."""
    return name.startswith(".") or name.lower() in _IGNORED


def _problem(entry: os.DirEntry[str], root: Path, depth: int) -> str:
    """Why an entry of a folder is left out, or nothing."""
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        if not target.is_relative_to(root):
            return "outside"
        if target.is_dir():
            return "link"
    if entry.is_dir():
        return "too-deep" if depth >= _DEPTH else ""
    return "" if entry.is_file() else "not-a-file"


def _zip_problem(info: zipfile.ZipInfo, name: str, parts: tuple[str, ...]) -> str:
    if ".." in parts or name.startswith("/") or ":" in (parts[0] if parts else ""):
        return "outside"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if info.flag_bits & 1:
        return "encrypted"
    if info.file_size > MAX_BYTES:
        return "too-large"
    return ""


def _limit(count: int, root: Path) -> None:
    if count > MAX_FILES:
        raise DataError.of("data-too-many", path=shown(root), limit=f"{MAX_FILES:,}")


def _arranged(root: Path, folders: Folders, read: Reader, skipped: list[Unreadable]) -> Listing:
    """Tell classes and splits from the folders."""
    every = {parts[:depth] for parts in folders for depth in range(1, len(parts) + 1)}
    filled = {parts for parts, files in folders.items() if files}
    start = _wrapping(filled, every)
    splits = _splits(filled, start)
    at = start + bool(splits)
    labels = {
        plain(parts[at]) for parts in every if len(parts) == at + 1 and (not splits or parts[start] in splits)
    }
    found: list[File] = []
    for parts in sorted(filled):
        if len(parts) <= at or (splits and parts[start] not in splits):
            continue
        split = splits[parts[start]] if splits else ""
        label, below = plain(parts[at]), "/".join(parts)
        found.extend(
            File(f"{below}/{name}", label, split, size, stamp) for name, size, stamp in sorted(folders[parts])
        )
    return Listing(root, found, labels, read, sorted(skipped, key=lambda one: one.path))


def _wrapping(filled: set[Parts], every: set[Parts]) -> int:
    """How many single folders lie around the class folders, as in a zip of one folder."""
    start = 0
    while filled:
        tops = {parts[start] for parts in every if len(parts) > start}
        # A picture right in the folder makes it a class, not a wrapping.
        deeper = all(len(parts) >= start + 2 for parts in filled if len(parts) > start)
        if len(tops) != 1 or not deeper:
            break
        start += 1
    return start


def _splits(filled: set[Parts], start: int) -> dict[str, SplitName]:
    """Which top folders are splits; ``train`` with pictures right in it is a class of its own."""
    found: dict[str, SplitName] = {
        parts[start]: SPLITS[parts[start].lower()]
        for parts in filled
        if len(parts) >= start + 2 and parts[start].lower() in SPLITS
    }
    return found if "train" in found.values() else {}
