"""Files from the network, with their progress, their checksum, and an end at any moment."""

from __future__ import annotations

import hashlib
import shutil
import threading
import urllib.request
import uuid
import zipfile
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path

from blockml.data.progress import Ticker, beside

_BLOCK = 1 << 16
_PATIENCE = 15.0
"""Seconds without an answer after which the next mirror is asked."""


@dataclass(frozen=True)
class Download:
    """A file to fetch.

    Attributes:
        urls: Where it lies; the first that answers is used.
        name: File name.
        md5: Its checksum.
        inside: Members that are taken out of it, a zip, which is then removed.
    """

    urls: tuple[str, ...]
    name: str
    md5: str
    inside: tuple[str, ...] = ()


class _StoppedError(OSError):
    """Nobody waits for the download any more."""


def fetch(downloads: list[Download], folder: Path, title: str, tick: Ticker) -> None:
    """Download files into a folder; those that are there already stay.

    Args:
        downloads: What to fetch.
        folder: Where to put it.
        title: Name of the data set, for the progress.
        tick: Is told the bytes.

    Raises:
        CancelledError: Raised by ``tick``.
        OSError: The network or the disk fails, or what comes is not the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for download in downloads:
        if not download.inside and (folder / download.name).is_file():
            (folder / download.name).unlink()  # damaged, or it would have been used
        made = folder / f".{download.name}.{uuid.uuid4().hex}"
        stopped = threading.Event()
        work = _Work(download, made, stopped)
        try:
            beside(work, partial(_tell, work, tick))
            if not download.inside:
                made.replace(folder / download.name)
            for member in download.inside:
                beside(partial(_take_out, made, member, folder), tick)
        finally:
            stopped.set()
            made.unlink(missing_ok=True)


def _tell(work: _Work, tick: Ticker) -> None:
    tick.state = tick.state.model_copy(update={"total": work.total})
    tick(work.done)


class _Work:
    """One download, in its thread."""

    def __init__(self, download: Download, made: Path, stopped: threading.Event) -> None:
        self.done = 0
        self.total = 0
        self._download = download
        self._made = made
        self._stopped = stopped

    def __call__(self) -> None:
        problem: Exception = OSError("there is no address")
        for url in self._download.urls:
            try:
                self._from(url)
            except _StoppedError:
                raise
            except (OSError, ValueError, HTTPException) as error:
                problem = error
            else:
                return
            finally:
                if self._stopped.is_set():
                    self._made.unlink(missing_ok=True)
        raise problem if isinstance(problem, OSError) else OSError(str(problem))

    def _from(self, url: str) -> None:
        self.done = 0
        found = hashlib.md5(usedforsecurity=False)
        # The addresses are torchvision's, never a person's, and the checksum says what came.
        request = urllib.request.Request(url, headers={"User-Agent": "blockml"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer, self._made.open("wb") as out:  # noqa: S310
            self.total = int(answer.headers.get("Content-Length") or 0)
            while block := answer.read(_BLOCK):
                if self._stopped.is_set():
                    raise _StoppedError
                out.write(block)
                found.update(block)
                self.done += len(block)
        if found.hexdigest() != self._download.md5:
            message = f"what came from {url} is not the expected file"
            raise OSError(message)


def _take_out(archive: Path, member: str, folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as packed, packed.open(member) as inside:
            place = folder / Path(member).name
            made = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
            with made.open("wb") as out:
                shutil.copyfileobj(inside, out)
            made.replace(place)
    except (KeyError, zipfile.BadZipFile) as error:
        raise OSError(str(error)) from error
