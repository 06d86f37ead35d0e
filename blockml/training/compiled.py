"""Where torch keeps what it has compiled."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def keep_private() -> None:
    """Let torch keep what it compiles where nobody else can put anything.

    By itself it takes a folder of a known name among the temporary files, whoever made it, and runs the
    code that it finds there; a training compiles without being asked to. A folder elsewhere, which a person
    chose, stays.

    Raises:
        OSError: There is no place for it.
    """
    if not hasattr(os, "getuid"):
        return
    shared = Path(tempfile.gettempdir())
    place = Path(os.environ.get(_VARIABLE) or shared / f"blockml-compiled-{os.getuid()}")
    if place.parent != shared:
        return
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _OTHERS_WRITE
    os.environ[_VARIABLE] = str(place) if own else tempfile.mkdtemp(prefix="blockml-compiled-")
