"""Where data lie: the folders of ``BLOCKML_DATA``, and a cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


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
    return [Path(name.strip()).expanduser() for name in names if name.strip()]


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
