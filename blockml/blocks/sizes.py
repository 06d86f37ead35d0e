"""Types of sizes, and the arithmetic of windows that several families share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from blockml.blocks.base import Shape, ShapeProblem

MAX_SIDE = 1_024
"""Largest window, step, padding or output side, in pixels."""

MAX_WIDTH = 65_536
"""Most channels or features of one block."""


def _tuple_of_list(value: Any) -> Any:
    # JSON knows lists only; strict validation would refuse them where a tuple is meant.
    return tuple(value) if isinstance(value, list) else value


Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Margin = Annotated[int, Field(ge=0, le=MAX_SIDE)]
Size = Annotated[Side | tuple[Side, Side], BeforeValidator(_tuple_of_list)]
"""One number for both directions, or height and width."""
Margins = Annotated[Margin | tuple[Margin, Margin], BeforeValidator(_tuple_of_list)]
"""Likewise, 0 allowed."""
Borders = Annotated[Margin | tuple[Margin, Margin, Margin, Margin], BeforeValidator(_tuple_of_list)]
"""One number for all sides, or left, right, top, bottom."""


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a size."""
    return value if isinstance(value, tuple) else (value, value)


def borders(value: int | tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of a border."""
    return value if isinstance(value, tuple) else (value, value, value, value)


def image(shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of an image.

    Raises:
        ShapeProblem: ``needs-image``: the shape is not one of an image.
    """
    if len(shape) != 3:  # noqa: PLR2004 - channels, height, width
        raise ShapeProblem("needs-image", received=list(shape))
    return shape[0], shape[1], shape[2]


def span(window: int, dilation: int) -> int:
    """Pixels from the first to the last that a dilated window touches, both counted."""
    return dilation * (window - 1) + 1


def too_large(
    window: tuple[int, int], dilation: tuple[int, int], margins: tuple[int, int], shape: Shape
) -> bool:
    """Whether a window does not fit into a padded image."""
    return any(
        span(k, d) > side + 2 * p for k, d, p, side in zip(window, dilation, margins, shape[1:], strict=True)
    )


def window_problem(window: tuple[int, int], dilation: tuple[int, int], shape: Shape) -> ShapeProblem:
    """The problem of a window that is larger than its image."""
    reach = [span(k, d) for k, d in zip(window, dilation, strict=True)]
    return ShapeProblem("window-too-large", param="kernel_size", window=reach, picture=list(shape[1:]))


def windows_that_fit(margins: tuple[int, int], dilation: tuple[int, int], shape: Shape) -> list[int]:
    """Square windows worth offering: 3 where it fits, then the largest odd one that fits.

    A window that is wider than the picture itself would fit with its border, but is of no use.
    """
    sides = shape[1:]
    fits = ((side + 2 * p - 1) // d + 1 for side, p, d in zip(sides, margins, dilation, strict=True))
    largest = min(*fits, *sides)
    odd = largest if largest % 2 else largest - 1
    return [size for size in dict.fromkeys((min(3, largest), odd, largest)) if size >= 1]
