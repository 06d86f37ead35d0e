"""Own pictures that a page sends, piece by piece, as a zip that comes to lie beside the notebook."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

from blockml.errors import DataError, DocumentError
from blockml.paths import numbered, slug

MAX_BYTES: Final = 500 * 1024 * 1024
"""Largest zip that is taken from a page, in bytes; larger ones are put beside the notebook by other ways."""

_PREFIX, _SUFFIX = ".blockml-", ".part"
"""How the file is called until it is whole."""

_OLD: Final = 86_400
"""Seconds after which a file that is not whole yet has nobody who sends the rest."""


class Uploads:
    """The file that is on its way; a new one takes the place of one that did not come to its end."""

    def __init__(self) -> None:
        self._part: Path | None = None

    def take(self, name: str, start: int, piece: bytes, *, last: bool) -> Path | None:
        """Take the next piece.

        Args:
            name: How the pictures are called; becomes the name of the file.
            start: Where in the file the piece stands; 0 begins a new file.
            piece: Its bytes.
            last: Whether the file is whole with it.

        Returns:
            The file beside the notebook once it is whole, never one that was there before.

        Raises:
            DataError: It is too large or no zip, or pieces are missing.
            DocumentError: It cannot be written.
        """
        try:
            return self._take(name, start, piece, last=last)
        except OSError as error:
            self.forget()
            raise DocumentError.of(
                "file-unwritable", path=f"{slug(name)}.zip", reason=error.strerror or ""
            ) from error

    def forget(self) -> None:
        """Remove what has come so far."""
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._part = None

    def _take(self, name: str, start: int, piece: bytes, *, last: bool) -> Path | None:
        if start == 0:
            self.forget()
            _sweep()
            handle, made = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=Path())
            os.close(handle)
            self._part = Path(made)
        part = self._part
        if part is None or part.stat().st_size != start:
            self.forget()
            raise DataError.of("bring-broken", name=name[:100])
        if start + len(piece) > MAX_BYTES:
            self.forget()
            raise DataError.of("bring-too-large", name=name[:100], limit=f"{MAX_BYTES // 1024**2} MB")
        with part.open("ab") as file:
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not last:
            return None
        if not zipfile.is_zipfile(part):
            self.forget()
            raise DataError.of("bring-no-zip", name=name[:100])
        for path in numbered(Path(), name, ".zip"):
            if not os.path.lexists(path):
                part.chmod(0o644)
                part.replace(path)
                self._part = None
                return path
        self.forget()
        raise DataError.of("bring-broken", name=name[:100])


def _sweep() -> None:
    """Remove what kernels that died have left."""
    for path in Path().glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _OLD:
                path.unlink()
