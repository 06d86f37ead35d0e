"""Where data lie: the folders of ``BLOCKML_DATA``, a cache, and a path as the disk spells it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

from blockml.loop.files import plain


def folders() -> list[Path]:
    """Folders that data are looked for in, the first one first.

    Returns:
        Those of ``BLOCKML_DATA`` (separated as in ``PATH``), the cache that the users of
        the machine share, where there is one, and the cache of the user.
    """
    shared = Path(platformdirs.site_cache_dir("blockml"))
    return [*chosen(), *([shared] if shared.is_dir() else []), Path(platformdirs.user_cache_dir("blockml"))]


def chosen() -> list[Path]:
    """Folders of ``BLOCKML_DATA``."""
    names = os.environ.get("BLOCKML_DATA", "").split(os.pathsep)
    # Unlike that of `Path`, this leaves a home as it is that nobody has.
    return [Path(os.path.expanduser(name.strip())) for name in names if name.strip()]  # noqa: PTH111


def writable(below: str = "") -> Path | None:
    """The first of `folders` that new data can be written to; ``None`` where there is none."""
    return next(all_writable(below), None)


def all_writable(below: str = "") -> Iterator[Path]:
    """Those of `folders` that new data can be written to.

    Args:
        below: A folder in them that is made and must be writable, too: in a shared folder
            somebody else may have made it.
    """
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            place = folder
            for part in Path(below).parts:
                place /= part
                _share(place)
        except OSError:
            continue
        if os.access(place, os.W_OK | os.X_OK):
            yield folder


def _share(folder: Path) -> None:
    """Make a folder for those who may write to the one around it; nobody removes what others made."""
    around = folder.parent.stat().st_mode
    try:
        folder.mkdir()
    except FileExistsError:
        return
    if around & (stat.S_IWGRP | stat.S_IWOTH):
        folder.chmod(stat.S_IMODE(around) | stat.S_ISVTX)


def trusted(place: Path, folder: Path) -> bool:
    """Whether what lies in one of `folders` was put there by whom one has to trust.

    That is oneself, root, or the owner of the folder. Anybody else who may write there could
    put any pictures under any name, and change them at any time.
    """
    try:
        return place.lstat().st_uid in _keepers(folder)
    except OSError:
        return False


def _keepers(folder: Path) -> set[int]:
    me = getattr(os, "geteuid", lambda: 0)()
    return {0, me, folder.stat().st_uid}


def hint() -> Path:
    """The folder that a person is told to put data into."""
    return writable() or folders()[0]


def spelled(source: str | os.PathLike[str]) -> Path:
    """A path with ``~`` filled in, as the disk spells it.

    People, documents and the page name things as they are read; the disk may spell the same
    letters in another way, or not in UTF-8 at all.
    """
    path = Path(os.path.expanduser(source))  # noqa: PTH111 - see `chosen`
    if os.path.lexists(path):
        return path
    found = Path(path.anchor)
    for part in path.relative_to(path.anchor).parts:
        found /= part if os.path.lexists(found / part) else _alike(found, part)
    return found


def _alike(folder: Path, name: str) -> str:
    """What reads like a name in a folder, or the name itself where nothing does."""
    wanted = plain(name)
    with suppress(OSError, ValueError), os.scandir(folder) as entries:
        return next((entry.name for entry in entries if plain(entry.name) == wanted), name)
    return name
