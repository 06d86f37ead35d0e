"""Pooling: windows that summarise, without anything to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from blockml.blocks.base import Block, Call, Shape, ShapeProblem
from blockml.blocks.sizes import (
    MAX_SIDE,
    Margins,
    Size,
    image,
    pair,
    span,
    window_problem,
    windows_that_fit,
)


class _Pool(Block, abstract=True):
    """What both window pools share."""

    family: ClassVar[str] = "pooling"
    stem: ClassVar[str] = "pool"

    kernel_size: Size = Field(
        2,
        title="window",
        description="Side of the window in pixels. 2 halves the picture.",
        json_schema_extra={"primary": True, "suggestions": [2, 3, 4], "unit": "pixels"},
    )
    stride: Size | Literal["window"] = Field(
        "window",
        title="step",
        description="How far the window moves each time. 'window' means its own size: no overlap.",
        json_schema_extra={"suggestions": ["window", 1, 2], "unit": "pixels"},
    )
    padding: Margins = Field(
        0,
        title="padding",
        description="Pixels added around the picture, at most half a window.",
        json_schema_extra={"suggestions": [0, 1], "unit": "pixels"},
    )
    ceil_mode: bool = Field(
        False,
        title="keep the rest",
        description="Whether a window that hangs over the edge counts too.",
    )

    def _dilation(self) -> tuple[int, int]:
        return (1, 1)

    def _stride(self) -> tuple[int, int]:
        return pair(self.kernel_size if isinstance(self.stride, str) else self.stride)

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        channels, height, width = image(shapes[0])
        window, dilation, margins = pair(self.kernel_size), self._dilation(), pair(self.padding)
        if any(2 * p > k for p, k in zip(margins, window, strict=True)):
            raise ShapeProblem(
                "pool-padding-too-large",
                param="padding",
                padding=list(margins),
                window=list(window),
                largest=min(window) // 2,
            )
        sides = tuple(
            self._side(*figures)
            for figures in zip((height, width), margins, window, dilation, self._stride(), strict=True)
        )
        if min(sides) < 1:
            raise window_problem(window, dilation, shapes[0])
        return (channels, *sides)

    def _side(self, side: int, padding: int, window: int, dilation: int, stride: int) -> int:
        room = side + 2 * padding - span(window, dilation)
        if not self.ceil_mode:
            return room // stride + 1 if room >= 0 else 0
        found = -(-room // stride) + 1
        # torch drops a last window that would start in the padding.
        return found - 1 if (found - 1) * stride >= side + padding else found

    def _keywords_of_call(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = {"kernel_size": self.kernel_size}
        if self.stride != "window":
            kwargs["stride"] = self.stride
        kwargs |= {
            key: getattr(self, key)
            for key, value in {"padding": 0, "ceil_mode": False}.items()
            if getattr(self, key) != value
        }
        return kwargs

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each pixel of each window."""
        height, width = pair(self.kernel_size)
        return height * width * output[0] * output[1] * output[2]

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """Smaller windows, less padding."""
        if problem.code == "window-too-large":
            sizes = windows_that_fit(pair(self.padding), self._dilation(), shapes[0])
            return [{"kernel_size": size} for size in dict.fromkeys((min(2, sizes[-1]), *sizes))]
        if problem.code == "pool-padding-too-large":
            return ({"padding": problem.values["largest"]}, {"padding": 0})
        return ()


class MaxPool2d(_Pool):
    """Keeps the strongest value of each window, which makes the picture smaller.

    Shape:
        x: (C, H, W) -> y: (C, H', W') with
        H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1.

    Errors:
        needs-image, window-too-large, pool-padding-too-large.

    Source:
        torch.nn.MaxPool2d.
    """

    picture: ClassVar[str] = "pool-max"
    keywords: ClassVar[tuple[str, ...]] = ("maximum", "downsample", "shrink", "최대", "축소", "풀링")

    dilation: Size = Field(
        1,
        title="spread",
        description="Distance between the pixels that the window touches. 1 means neighbours.",
        json_schema_extra={"unit": "pixels"},
    )

    def _dilation(self) -> tuple[int, int]:
        return pair(self.dilation)

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class. The indices of the maxima (return_indices) are not offered."""
        kwargs = self._keywords_of_call()
        if self.dilation != 1:
            kwargs["dilation"] = self.dilation
        return Call("nn.MaxPool2d", (), kwargs)

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """Neighbouring pixels first, then smaller windows."""
        offers = list(super().suggest(problem, shapes))
        if problem.code == "window-too-large" and pair(self.dilation) != (1, 1):
            offers.insert(0, {"dilation": 1})
        return offers


class AvgPool2d(_Pool):
    """Keeps the mean of each window, which makes the picture smaller and smoother.

    Shape:
        x: (C, H, W) -> y: (C, H', W') with
        H' = floor((H + 2 * padding - kernel_size) / stride) + 1.

    Errors:
        needs-image, window-too-large, pool-padding-too-large.

    Source:
        torch.nn.AvgPool2d.
    """

    picture: ClassVar[str] = "pool-mean"
    keywords: ClassVar[tuple[str, ...]] = ("average", "mean", "downsample", "shrink", "평균", "축소", "풀링")

    count_include_pad: bool = Field(
        True,
        title="count padding",
        description="Whether the added zeros count in the mean.",
    )
    divisor_override: int = Field(
        0,
        ge=0,
        le=MAX_SIDE**2,
        title="divide by",
        description="Number to divide the sum by. 0 means the size of the window.",
    )

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        kwargs = self._keywords_of_call()
        if not self.count_include_pad:
            kwargs["count_include_pad"] = False
        if self.divisor_override:
            kwargs["divisor_override"] = self.divisor_override
        return Call("nn.AvgPool2d", (), kwargs)


class _AdaptivePool(Block, abstract=True):
    """What both pools of a chosen size share."""

    family: ClassVar[str] = "pooling"
    stem: ClassVar[str] = "pool"

    output_size: Size = Field(
        1,
        title="size",
        description="Side of the result in pixels. 1 leaves one number for each channel.",
        json_schema_extra={"primary": True, "suggestions": [1, 2, 4, 7], "unit": "pixels"},
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        channels, _, _ = image(shapes[0])
        return (channels, *pair(self.output_size))

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call(f"nn.{type(self).__name__}", (self.output_size,))

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each pixel that comes in."""
        channels, height, width = shapes[0]
        return channels * height * width


class AdaptiveAvgPool2d(_AdaptivePool):
    """Averages the picture down to a size that you choose, whatever size comes in.

    Shape:
        x: (C, H, W) -> y: (C, output_size, output_size).

    Errors:
        needs-image.

    Source:
        torch.nn.AdaptiveAvgPool2d; with size 1 the global pooling of Lin et al. 2013, arXiv:1312.4400.
    """

    picture: ClassVar[str] = "parts-mean"
    keywords: ClassVar[tuple[str, ...]] = ("global", "average", "mean", "전역", "평균", "풀링")


class AdaptiveMaxPool2d(_AdaptivePool):
    """Keeps the strongest values in as many parts as you choose, whatever size comes in.

    Shape:
        x: (C, H, W) -> y: (C, output_size, output_size).

    Errors:
        needs-image.

    Source:
        torch.nn.AdaptiveMaxPool2d; the indices of the maxima (return_indices) are not offered.
    """

    picture: ClassVar[str] = "parts-max"
    keywords: ClassVar[tuple[str, ...]] = ("global", "maximum", "전역", "최대", "풀링")
