"""What pictures can be read from: beside a notebook and in the data folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from blockml.data import places
from blockml.data.listing import SPLITS, hidden
from blockml.data.table import read_rows
from blockml.errors import DataError
from blockml.loop.files import plain
from blockml.protocol import Source, Sources

MAX_SOURCES = 200
_ENTRIES = 500
"""Entries of one folder that are looked at."""
_DEPTH = 2
_CLASSES = 2
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def sources(folder: str | os.PathLike[str] = ".") -> Sources:
    """List folders of class folders, zips, and CSV files of paths and labels.

    Only names are looked at, and the first lines of CSV files; links are not followed.

    Args:
        folder: Folder of the notebook. What lies in it is named relative to it; what lies in
            the folders of ``BLOCKML_DATA`` has its whole path.
    """
    found: dict[str, Source] = {}
    for root in (Path(folder), *places.chosen()):
        beside = root == Path(folder)
        for path, kind in islice(_below(root, _DEPTH, top=not beside), MAX_SOURCES):
            name = os.path.relpath(path, folder) if beside else str(path.absolute())
            found.setdefault(str(path.absolute()), Source(path=plain(name), kind=kind))
    return Sources(items=tuple(found.values())[:MAX_SOURCES])


def _below(folder: Path, depth: int, *, top: bool) -> Iterator[tuple[Path, Literal["folder", "zip", "csv"]]]:
    entries = _entries(folder)
    if top and _holds_classes(folder, entries):
        yield folder, "folder"
        return
    for entry in entries:
        path = folder / entry.name
        ending = path.suffix.lower()
        if entry.is_dir(follow_symlinks=False):
            if depth:
                yield from _below(path, depth - 1, top=True)
        elif ending == ".zip" and entry.is_file():
            yield path, "zip"
        elif ending in {".csv", ".tsv"} and entry.is_file() and _names_pictures(path):
            yield path, "csv"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (entry for entry in islice(entries, _ENTRIES) if not hidden(entry.name)),
                key=lambda entry: entry.name,
            )
    except OSError:
        return []


def _holds_classes(folder: Path, entries: list[os.DirEntry[str]]) -> bool:
    """Whether two folders in it hold pictures, itself or in its folder ``train``."""
    inside = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    for entry in inside:
        if SPLITS.get(entry.name.lower()) == "train":
            below = folder / entry.name
            if _holds_classes(below, _entries(below)):
                return True
    with_pictures = (entry for entry in inside if _has_picture(folder / entry.name))
    return len(list(islice(with_pictures, _CLASSES))) == _CLASSES


def _has_picture(folder: Path) -> bool:
    return any(entry.name.lower().endswith(_ENDINGS) for entry in _entries(folder))


def _names_pictures(path: Path) -> bool:
    """Whether a line of a CSV file names a picture."""
    try:
        rows = read_rows(path, 3)
    except DataError:
        return False
    return any(cell.strip().lower().endswith(_ENDINGS) for row in rows for cell in row)
