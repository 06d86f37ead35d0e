"""Many picture files into one array of one form."""

from __future__ import annotations

import math
import os
import statistics
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from PIL import UnidentifiedImageError

from blockml.data.dataset import Mix, Notes
from blockml.data.listing import File, Reader, refused
from blockml.data.pictures import HEIC_ENDINGS, MAX_BYTES, decoded, fitted, upright_size
from blockml.data.progress import TICK, Ticker
from blockml.data.room import room_for
from blockml.errors import DataError
from blockml.protocol import Unreadable

_SAMPLE = 500
"""Pictures that are looked at to choose a size."""
_SMALLEST, _LARGEST = 16, 128
"""Sides that are chosen when nobody chooses, in pixels."""
_CHUNK = 64
_WORKERS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Decoded:
    """Pictures that were read.

    Attributes:
        images: uint8 (N, C, H, W); one channel where all of them are grey.
        good: Which of the files they are, as indices.
        notes: Files that could not be read, and what the others were like.
    """

    images: np.ndarray
    good: np.ndarray
    notes: Notes


class Unusable(Exception):  # noqa: N818 - a reason, not an error of the program
    """A file that is no usable picture; ``code`` is a key of ``unreadable``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def choose_size(files: Sequence[File], read: Reader, tick: Ticker) -> tuple[int, int]:
    """Choose height and width for pictures of many sizes.

    Pictures that are all equally large and small enough stay as they are. Others become
    squares whose side is a power of two near their shorter side, from 16 to 128.
    """
    step = max(1, len(files) // _SAMPLE)
    sizes = []
    for file in files[::step]:
        tick()
        try:
            sizes.append(upright_size(_content(file, read)))
        except (Unusable, DataError):
            continue
    return common_size(sizes)


def common_size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Height and width for pictures of these widths and heights, as `choose_size` says."""
    if not sizes:
        return 32, 32
    if len(set(sizes)) == 1 and max(sizes[0]) <= _LARGEST:
        return sizes[0][1], sizes[0][0]
    short = statistics.median(min(size) for size in sizes)
    side = 2 ** round(math.log2(max(short, 1)))
    side = min(max(side, _SMALLEST), _LARGEST)
    return side, side


def decode(
    files: Sequence[File], read: Reader, size: tuple[int, int], tick: Ticker, *, channels: int | None = None
) -> Decoded:
    """Read picture files into one array.

    Args:
        files: What to read, in the order of the array.
        read: Reads a file by its name; several threads call it.
        size: Height and width of every picture, in pixels.
        tick: Is told how many are done.
        channels: 1 or 3; by default 1 where every picture is grey.

    Raises:
        CancelledError: Raised by ``tick``.
        DataError: The pictures do not fit into memory.
    """
    work = _Work(files, read, room_for(len(files), 3, size))
    starts = iter(range(0, len(files), _CHUNK))
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="blockml-read")
    done, waiting = 0, set[Future[int]]()
    try:
        for start in starts:
            waiting.add(pool.submit(work.chunk, start))
            while len(waiting) >= 2 * _WORKERS:
                done, waiting = _wait(waiting, done, tick)
        while waiting:
            done, waiting = _wait(waiting, done, tick)
    finally:
        work.stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
    return work.result(channels)


def _wait(waiting: set[Future[int]], done: int, tick: Ticker) -> tuple[int, set[Future[int]]]:
    ended, rest = wait(waiting, timeout=TICK, return_when=FIRST_COMPLETED)
    done += sum(future.result() for future in ended)
    tick(done)
    return done, rest


class _Work:
    """What the threads of one reading share."""

    def __init__(self, files: Sequence[File], read: Reader, images: np.ndarray) -> None:
        self.stopped = threading.Event()
        self._files = files
        self._read = read
        self._images = images
        self._gray = np.ones(len(files), bool)
        self._good = np.zeros(len(files), bool)
        self._bad: dict[int, str] = {}
        self._sizes: Counter[tuple[int, int]] = Counter()
        self._kinds: Counter[str] = Counter()
        self._lock = threading.Lock()

    def chunk(self, start: int) -> int:
        """Read the files from here on; returns how many."""
        stop = min(start + _CHUNK, len(self._files))
        seen = []
        for index in range(start, stop):
            if self.stopped.is_set():
                break
            try:
                seen.append(self._one(index))
            except Unusable as reason:
                self._bad[index] = reason.code
        with self._lock:
            self._sizes.update(size for size, _ in seen)
            self._kinds.update(kind for _, kind in seen)
        return stop - start

    def _one(self, index: int) -> tuple[tuple[int, int], str]:
        file, place = self._files[index], self._images[index]
        _, height, width = place.shape
        content = _content(file, self._read)
        try:
            picture, size, mode = decoded(content, max(height, width))
            place[:] = fitted(picture, height, width)
        except DataError as error:
            raise Unusable(_reason(error, content, file.name)) from None
        gray = bool((place[0] == place[1]).all() and (place[0] == place[2]).all())
        self._gray[index] = gray
        self._good[index] = True
        return size, "transparent" if "A" in mode else "grey" if gray else "colour"

    def result(self, channels: int | None) -> Decoded:
        """Put together what was read."""
        good = self._good.nonzero()[0]
        images = _squeezed(self._images, good)
        if channels == 1 or (channels is None and self._gray[good].all()):
            all_gray = self._gray[good].all()
            images = np.ascontiguousarray(images[:, :1]) if all_gray else _gray(images)
        mix = Mix(
            sizes=tuple((*size, count) for size, count in self._sizes.most_common(10)),
            size_count=len(self._sizes),
            kinds=dict(sorted(self._kinds.items())),
        )
        unreadable: list[Unreadable] = [
            refused(self._files[index].name, code) for index, code in sorted(self._bad.items())
        ]
        return Decoded(images, good, Notes(unreadable=tuple(unreadable), mix=mix))


def _squeezed(images: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Close the gaps of unreadable files without a second array."""
    if len(good) == len(images):
        return images
    for start in range(0, len(good), _CHUNK):
        part = good[start : start + _CHUNK]
        images[start : start + len(part)] = images[part]
    return images[: len(good)]


def _gray(images: np.ndarray) -> np.ndarray:
    out = np.empty((len(images), 1, *images.shape[2:]), np.uint8)
    weights = np.array((0.299, 0.587, 0.114), np.float32)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK].astype(np.float32)
        out[start : start + _CHUNK, 0] = np.tensordot(part, weights, (1, 0)).round()
    return out


def _content(file: File, read: Reader) -> bytes:
    try:
        content = read(file.name)
    except FileNotFoundError:
        raise Unusable("missing") from None
    except Exception:  # noqa: BLE001 - a zip raises many things on damage
        raise Unusable("no-access") from None
    if not content:
        raise Unusable("empty")
    return content


def _reason(error: DataError, content: bytes, name: str) -> str:
    code = error.diagnostics[0].code
    if code == "picture-too-large":
        return "too-large" if len(content) > MAX_BYTES else "too-many-pixels"
    if not isinstance(error.__cause__, UnidentifiedImageError) and code != "picture-heic":
        return "damaged"
    return "heic" if code == "picture-heic" or name.lower().endswith(HEIC_ENDINGS) else "not-a-picture"
