"""Any picture of a person, brought to the form of a data set."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from blockml.data.strokes import written
from blockml.errors import DataError
from blockml.facts import DataFacts

Picture = str | os.PathLike[str] | bytes | Image.Image | np.ndarray | torch.Tensor

MAX_BYTES = 50 * 1024 * 1024
"""Largest picture file that is read, in bytes."""

MAX_PIXELS = 64_000_000
"""Largest picture that is decoded, in pixels; a small file can hold a huge one."""

HEIC_ENDINGS = (".heic", ".heif")
"""How names of photos of phones end."""

# Only formats that Pillow decodes itself: others, such as EPS, start a program.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"heif", b"mif1", b"msf1")
"""Brands at the head of a photo of a phone, which Pillow does not decode."""
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)


def read_picture(source: Picture, facts: DataFacts) -> torch.Tensor:
    """Bring a picture to the form of a data set.

    Photographs are turned upright, laid on white where they are transparent, cut to the
    middle and scaled. For a data set of strokes, such as digits, the ink is found, whatever
    its colour, and made as large, as thick and as central as in the training pictures.

    Args:
        source: Path, bytes of a file, PIL picture, or array: (H, W), (H, W, 3) or (C, H, W),
            values 0 to 255.
        facts: The data set that the network was trained with.

    Returns:
        uint8 (1, C, H, W).

    Raises:
        DataError: It is not a picture, is damaged, too large, or empty.
    """
    picture = _opened(source)
    channels, height, width = facts.shape
    if facts.strokes:
        gray = np.asarray(picture.convert("L"), dtype=np.float32)
        found = written(gray, facts)[None]
    else:
        found = fitted(picture.convert("L" if channels == 1 else "RGB"), height, width)
    return torch.from_numpy(np.array(found, dtype=np.uint8))[None]


def fitted(picture: Image.Image, height: int, width: int) -> np.ndarray:
    """Cut a picture to the middle and scale it.

    Returns:
        uint8 (channels, height, width), with the channels of the picture.
    """
    if picture.size != (width, height):
        picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture).reshape(height, width, -1).transpose(2, 0, 1)


def png_address(images: torch.Tensor) -> str:
    """A picture as a PNG data address, to show what the network saw.

    Args:
        images: uint8 (1, C, H, W).
    """
    array = images[0].permute(1, 2, 0).squeeze(-1).cpu().numpy()
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


_OVERSHOOT = 0.05
"""How far numbers from 0 to 1 lie outside after a picture was made larger or smaller by a smooth curve."""


def array_of(source: Any) -> np.ndarray:
    """A tensor, an array or a list as an array.

    Raises:
        DataError: Its values are not at hand, or not of one form.
    """
    try:
        if not isinstance(source, torch.Tensor):
            return np.asarray(source)
        found = source.detach().cpu()
        # NumPy knows no such numbers.
        return found.float().numpy() if found.dtype in {torch.bfloat16, torch.float16} else found.numpy()
    except Exception as error:  # sparse, quantized and empty tensors, objects of people
        received = type(source).__name__
        raise DataError.of("data-values", received=received, reason=str(error)[:200]) from error


def scale_of(low: float, high: float) -> float | None:
    """What brings numbers with fractions to 0..255, or ``None`` where they are no pictures.

    Args:
        low: The smallest of them.
        high: The largest; where it is no number, nothing is right.
    """
    if low >= -_OVERSHOOT and high <= 1 + _OVERSHOOT:
        return 255.0
    return 1.0 if low >= 0 and high <= 255 else None  # noqa: PLR2004 - the range of a picture


def _opened(source: Picture) -> Image.Image:
    if isinstance(source, torch.Tensor):
        source = array_of(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _flat(source)
    return decoded(source if isinstance(source, bytes) else _bytes_of(Path(source)))[0]


def flat_picture(source: Picture) -> Image.Image:
    """Any picture as RGB, upright, without transparency.

    Raises:
        DataError: It is no picture, is damaged or too large.
    """
    return _opened(source)


def decoded(content: bytes, side: int = 0) -> tuple[Image.Image, tuple[int, int], str]:
    """Read the bytes of a picture file, upright, without transparency, as RGB.

    Args:
        content: The whole file.
        side: Longest side that is needed, in pixels; a large JPEG is then decoded at a
            fraction of its size, which is many times faster. 0 decodes it as it is.

    Returns:
        The picture, and its width and height and mode as they are in the file.

    Raises:
        DataError: ``picture-too-large``, ``picture-heic`` or ``picture-unreadable``; the last was raised
            from `PIL.UnidentifiedImageError` where the file is no picture at all.
    """
    picture = _identified(content)
    size, mode = picture.size, picture.mode
    try:
        if side:
            picture.draft(None, (2 * side, 2 * side))
        picture.load()
        return _flat(picture), size, mode
    except Exception as error:  # decoders raise anything on damaged files
        raise DataError.of("picture-unreadable", formats=", ".join(_FORMATS)) from error


def upright_size(content: bytes) -> tuple[int, int]:
    """Width and height of a picture file as people see it, without decoding it.

    Raises:
        DataError: As in `decoded`.
    """
    picture = _identified(content)
    try:
        turned = picture.getexif().get(_ORIENTATION) in _ON_ITS_SIDE
    except Exception:  # noqa: BLE001 - a damaged note about the picture does not harm it
        turned = False
    return picture.size[::-1] if turned else picture.size


def _identified(content: bytes) -> Image.Image:
    """Open a picture without decoding it."""
    if len(content) > MAX_BYTES:
        raise DataError.of(
            "picture-too-large", received=f"{len(content):,} bytes", limit=f"{MAX_BYTES:,} bytes"
        )
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise DataError.of("picture-heic")
    limit = f"{MAX_PIXELS:,} pixels"
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise DataError.of("picture-too-large", received=f"{len(content):,} bytes", limit=limit) from error
    except Exception as error:  # decoders raise anything on damaged files
        raise DataError.of("picture-unreadable", formats=", ".join(_FORMATS)) from error
    if picture.width * picture.height > MAX_PIXELS:
        received = f"{picture.width} × {picture.height}"
        raise DataError.of("picture-too-large", received=received, limit=limit)
    return picture


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError.of("file-unreadable", path=str(path), reason=error.strerror or "") from error


def _from_array(array: Any) -> Image.Image:
    while array.ndim > 2 and array.shape[0] == 1:  # noqa: PLR2004 - a batch or channel of one
        array = array[0]
    if array.ndim == 3 and array.shape[0] == 3 and array.shape[2] not in (3, 4):  # noqa: PLR2004 - channels first
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[2] == 1:  # noqa: PLR2004 - one channel, last
        array = array[:, :, 0]
    right = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))  # noqa: PLR2004
    if not right or array.size == 0 or array.dtype == object:
        raise DataError.of("picture-array", received=list(array.shape))
    if array.dtype.kind == "f":
        array = array * (scale_of(float(np.nanmin(array)), float(np.nanmax(array))) or 1)
    return _flat(Image.fromarray(np.clip(np.nan_to_num(array), 0, 255).astype(np.uint8)))


def _flat(picture: Image.Image) -> Image.Image:
    """Turn it upright and lay it on white where it is transparent."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "F" or upright.mode.startswith("I"):
        array = np.nan_to_num(np.asarray(upright, dtype=np.float64))
        top = max(float(array.max()), 1.0)
        return Image.fromarray((array.clip(0) / top * 255).astype(np.uint8)).convert("RGB")
    if "A" in upright.getbands() or "transparency" in upright.info:
        rgba = upright.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return upright if upright.mode == "RGB" else upright.convert("RGB")
