"""Where data lie: the folders of ``BLOCKML_DATA``, a cache, and a path as the disk spells it."""

from __future__ import annotations

import os
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


def writable() -> Path | None:
    """The first of `folders` that new data can be written to; ``None`` where there is none."""
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return None


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
