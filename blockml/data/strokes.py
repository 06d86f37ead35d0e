"""Handwriting of people, brought to the form that the training pictures of a data set have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from blockml.errors import DataError
from blockml.facts import DataFacts


@dataclass(frozen=True)
class _Form:
    """How the makers of a data set brought handwriting to one size.

    Attributes:
        box: Share of the picture that the longer side of the ink fills.
        least: Share of the picture that is ink, up to which thin strokes are thickened.
        most: The same, down to which thick strokes are thinned.
        by_mass: Whether the middle of the ink, and not that of its box, lies in the middle.
    """

    box: float
    least: float
    most: float
    by_mass: bool = False


_FORMS = {
    "digits": _Form(box=1, least=0.32, most=0.4),
    "mnist": _Form(box=20 / 28, least=0.09, most=0.17, by_mass=True),
    "emnist": _Form(box=24 / 28, least=0.13, most=0.22),
}
"""Measured on the training pictures; with these, networks read most of the drawings in ``tests/drawn.py``."""

_FINE = 160
"""Strokes are scaled, thickened and centred on a sheet of about this many pixels a side."""

_PAPER = 16
"""Contrast, of 255, that paper and pencil have at least."""

_SURE = 100
"""Contrast, of 255, of what is clearly ink and not the grain of the paper."""


def written(gray: np.ndarray, facts: DataFacts) -> np.ndarray:
    """Light ink on black, as large, as thick and as central as in the training pictures.

    Args:
        gray: The picture of a person, 0 to 255; the ink may be the darker or the lighter of the two.
        facts: The data set.

    Returns:
        uint8 (height, width).

    Raises:
        DataError: ``picture-empty``.
    """
    edge = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    paper = float(np.median(edge))
    # What differs from the paper is ink, whichever of the two is darker.
    ink = np.abs(gray - paper)
    if ink.max() < _PAPER:
        raise DataError.of("picture-empty")
    ink *= 255 / ink.max()
    _, height, width = facts.shape
    if gray.shape == (height, width):
        return ink.round().astype(np.uint8)
    rows, columns = np.nonzero(ink > _SURE)
    found = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return _formed(found, facts)


def _formed(ink: np.ndarray, facts: DataFacts) -> np.ndarray:
    """Ink without its paper, brought to size, thickness and place."""
    form = _FORMS.get(facts.name, _FORMS["digits"])
    _, height, width = facts.shape
    scale = max(1, round(_FINE / max(height, width)))
    size = (scale * height, scale * width)
    box = form.box * min(size)
    sheet = _laid(ink, size, box)
    while sheet.mean() > 255 * form.most:
        thinner = _next_to(sheet, np.minimum)
        if not thinner.any():
            break
        sheet = thinner
    grown = 0
    while sheet.mean() < 255 * form.least and grown < box / 4:
        grown += 1
        # What is thicker is larger too, so it is laid out anew with room for that.
        sheet = _laid(ink, size, box - 2 * grown)
        for turn in range(grown):
            sheet = _next_to(sheet, np.maximum, corners=turn % 2 == 1)
    if form.by_mass:
        sheet = _centred(sheet)
    picture = Image.fromarray(sheet.round().astype(np.uint8))
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def _laid(ink: np.ndarray, size: tuple[int, int], box: float) -> np.ndarray:
    """Ink in the middle of a sheet, its longer side as long as the box."""
    scale = box / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    picture = Image.fromarray(ink.round().astype(np.uint8)).resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    )
    sheet = np.zeros(size, np.float32)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    sheet[top : top + height, left : left + width] = np.asarray(picture)
    return sheet


def _next_to(
    sheet: np.ndarray, choose: Callable[[np.ndarray, np.ndarray], np.ndarray], *, corners: bool = False
) -> np.ndarray:
    """Each pixel as the largest or smallest of its neighbours; with and without corners in turn is round."""
    padded = np.pad(sheet, 1)
    rows, columns = sheet.shape
    found = sheet
    for down, right in _AROUND if corners else _BESIDE:
        found = choose(found, padded[1 + down : 1 + down + rows, 1 + right : 1 + right + columns])
    return found


_BESIDE = ((-1, 0), (1, 0), (0, -1), (0, 1))
_AROUND = (*_BESIDE, (-1, -1), (-1, 1), (1, -1), (1, 1))


def _centred(sheet: np.ndarray) -> np.ndarray:
    """The sheet moved so that the middle of its ink lies in the middle."""
    total = sheet.sum()
    moves = []
    for axis, side in enumerate(sheet.shape):
        places = np.arange(side) + 0.5
        mass = float((sheet.sum(axis=1 - axis) * places).sum() / total)
        moves.append(round(side / 2 - mass))
    return np.roll(sheet, moves, axis=(0, 1))
