"""Locks of files, which the system lets go of when their process dies."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from filelock import FileLock

from blockml.files import NoFileError


def file_lock(path: Path, **settings: Any) -> FileLock:
    """Make a lock whose file is a plain one.

    filelock before 3.20.1 emptied what a link under the name of its file leads to. What is required
    now does not, but the file may stand in a folder of a stranger, so this does not rest on it alone.

    Args:
        path: The file; it is made where there is none.
        settings: Those of ``filelock.FileLock``.

    Raises:
        OSError: There is a link, or something else that is no file.
    """
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise NoFileError(path)
    return FileLock(path, **settings)
