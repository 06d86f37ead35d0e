"""Files of strangers are opened with care, and own ones are written whole or not at all.

A folder that somebody sent may hold links, pipes and devices under the names of files. Only plain
files are opened; what is read whole has a limit, and no link is followed to write.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import IO, BinaryIO

# It can only be read by setting it, which holds for every thread: so once, at the start.
_MASK = os.umask(0o077)
os.umask(_MASK)

# A pipe without a writer is waited for while it is opened, but for this flag.
_PATIENT = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class NoFileError(OSError):
    """A link where none may be, a pipe or a device."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(errno.EINVAL, f"{Path(path).name} is no plain file")


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read it; a pipe or a device, which may never give anything, is refused.

    Raises:
        OSError: It cannot be opened, or is no file.
    """
    opened = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _PATIENT))  # noqa: SIM115 - its opener
    _need_plain(opened, path)
    return opened


def read_whole(path: str | os.PathLike[str], most: int) -> bytes:
    """Read a file that is not large.

    Args:
        path: The file.
        most: Most bytes that it may have.

    Raises:
        OSError: It cannot be read, is no file, or is larger.
    """
    with open_file(path) as file:
        # One byte more than allowed is enough to know that it is too large.
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content


def append_line(path: Path, line: str, *, sync: bool) -> None:
    """Append a line to a file; one that a crash left unfinished is ended first.

    Args:
        path: The file; it is made where there is none.
        line: The line, without its end.
        sync: Whether it must be on the disk before this returns.

    Raises:
        OSError: It cannot be written, or is a link or no file.
    """
    if path.is_symlink():
        raise NoFileError(path)
    # One handle for both: what is looked at is what is written.
    with open(path, "a+b", opener=_open_to_append) as file:
        _need_plain(file, path)
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        start = "" if file.read(1) in (b"", b"\n") else "\n"
        file.write(f"{start}{line}\n".encode())
        file.flush()
        if sync:
            os.fsync(file.fileno())


def write_safely(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all: temporary name, flush to the disk, rename.

    Raises:
        OSError: It cannot be written; the error names it, not the temporary one.
    """
    try:
        return _written(path, content)
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _written(path: Path, content: bytes) -> Path:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; people share documents, so use the usual mode.
        Path(temporary).chmod(0o666 & ~_MASK)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _open_to_append(name: str, flags: int) -> int:
    return os.open(name, flags | _NO_LINK | _PATIENT, 0o666)


def _need_plain(opened: IO[bytes], path: str | os.PathLike[str]) -> None:
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise NoFileError(path)
