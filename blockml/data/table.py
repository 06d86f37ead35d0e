"""A CSV file of paths and labels."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from blockml.data.listing import MAX_FILES, SPLITS, File, Listing, SplitName, refused, shown
from blockml.data.pictures import MAX_BYTES
from blockml.errors import BlockmlError, DataError
from blockml.loop.files import HEADS, plain


def from_csv(path: Path, tick: Callable[[], None]) -> Listing:
    """List the pictures that a CSV file names: ``path,label`` or ``path,label,split``.

    Paths are relative to the file and stay in its folder; a header is optional.

    Raises:
        DataError: It is not such a file.
    """
    rows = read_rows(path, MAX_FILES + 2)
    if len(rows) > MAX_FILES:
        raise DataError.of("data-too-many", path=shown(path), limit=f"{MAX_FILES:,}")
    columns, rows = _columns(path, rows)
    root = path.parent.resolve()
    inside: dict[str, bool] = {}
    listing = Listing(path, [], set(), lambda name: _read(root / name))
    for row in rows:
        tick()
        name, label, split = (row[at].strip() if 0 <= at < len(row) else "" for at in columns)
        if not name and not label:
            continue
        label = plain(label)
        found = _file(root, inside, name, label, split)
        if isinstance(found, File):
            listing.files.append(found)
        else:
            listing.skipped.append(refused(name or ",".join(row), found))
        if label:
            listing.labels.add(label)
    if not listing.files:
        raise _no_file(path, rows, columns, {one.code for one in listing.skipped})
    splits = {file.split for file in listing.files}
    if splits != {""}:
        listing.files = [file._replace(split=file.split or "train") for file in listing.files]
    if "train" not in splits | {file.split for file in listing.files}:
        listing.files = [file._replace(split="") for file in listing.files]
    return listing


def _no_file(
    path: Path, rows: list[list[str]], columns: tuple[int, int, int], codes: set[str]
) -> BlockmlError:
    """Why none of the lines can be used."""
    if not rows:
        return DataError.of("data-csv-empty", path=shown(path))
    if codes == {"split"}:
        return DataError.of("data-csv-split", path=shown(path), first=rows[0][columns[2]].strip()[:200])
    first, folder = rows[0][columns[0]][:200], shown(path.parent.resolve())
    return DataError.of("data-csv-missing", path=shown(path), first=first, folder=folder)


def read_rows(path: Path, limit: int) -> list[list[str]]:
    """The first rows of a CSV file, separated by commas, semicolons or tabs.

    Raises:
        DataError: It cannot be read as text.
    """
    rows: list[list[str]] = []
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            mark = max(",;\t", key=first.count)
            reader = csv.reader(file, delimiter=mark)
            for row in islice(reader, limit):
                line = reader.line_num + 1
                rows += [row] if row else []
    except OSError as error:
        raise DataError.of("file-unreadable", path=shown(path), reason=error.strerror or "") from error
    except csv.Error as error:
        longest = f"{csv.field_size_limit():,}"
        raise DataError.of("data-csv-quote", path=shown(path), line=line, limit=longest) from error
    except ValueError as error:
        raise DataError.of("data-csv-unreadable", path=shown(path), reason=str(error)[:200]) from error
    return rows


def _columns(path: Path, rows: list[list[str]]) -> tuple[tuple[int, int, int], list[list[str]]]:
    """Where path, label and split stand, and the rows without the header."""
    if not rows or len(rows[0]) < 2:  # noqa: PLR2004 - path and label
        received = ",".join(rows[0])[:100] if rows else ""
        raise DataError.of("data-csv", path=shown(path), received=received)
    heads = [head.strip().lower() for head in rows[0]]
    spots = [
        next((at for at, head in enumerate(heads) if head in names), -1)
        for names in (HEADS["path"], HEADS["label"])
    ]
    if min(spots) >= 0 and spots[0] != spots[1]:
        split = next((at for at, head in enumerate(heads) if head in HEADS["split"]), -1)
        return (spots[0], spots[1], split), rows[1:]
    columns = (0, 1, 2)
    root = path.parent
    if len(rows) > 1 and not _exists(root, rows[0][0]) and _exists(root, rows[1][0]):
        return columns, rows[1:]
    return columns, rows


def _exists(root: Path, name: str) -> bool:
    try:
        return (root / name.strip()).is_file()
    except (OSError, ValueError):
        return False


def _file(root: Path, inside: dict[str, bool], name: str, label: str, split: str) -> File | str:
    """One row as a file, or why it is left out."""
    if not name or not label:
        return "row"
    kind: SplitName = SPLITS.get(split.lower(), "") if split else ""
    if split and not kind:
        return "split"
    try:
        place = Path(os.path.normpath(root / name.replace("\\", "/")))
        found = place.lstat()
        above = str(place.parent)
        if above not in inside:
            # Following links takes long, so it is done once a folder.
            inside[above] = place.parent.resolve().is_relative_to(root)
        if not inside[above]:
            return "outside"
        if stat.S_ISLNK(found.st_mode):
            return "link"
    except (OSError, ValueError):
        return "missing"
    if not stat.S_ISREG(found.st_mode):
        return "not-a-file"
    return File(os.path.relpath(place, root), label[:200], kind, found.st_size, found.st_mtime_ns)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
