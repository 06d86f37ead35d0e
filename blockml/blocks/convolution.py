"""Convolutions: windows of learned weights that slide over an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from blockml.blocks.base import Block, Call, Shape, ShapeProblem
from blockml.blocks.sizes import (
    MAX_WIDTH,
    Margins,
    Size,
    image,
    pair,
    span,
    too_large,
    window_problem,
    windows_that_fit,
)

Width = Annotated[int, Field(ge=1, le=MAX_WIDTH)]


class _Convolution(Block, abstract=True):
    """What both kinds of convolution share: filters, groups, counts."""

    family: ClassVar[str] = "convolution"

    out_channels: Width = Field(
        32,
        title="filters",
        description="How many patterns the block looks for. Each makes one picture of its own.",
        json_schema_extra={"primary": True, "suggestions": [8, 16, 32, 64, 128]},
    )

    def _check_groups(self, channels: int, groups: int) -> None:
        if channels % groups or self.out_channels % groups:
            raise ShapeProblem(
                "groups-mismatch",
                param="groups",
                groups=groups,
                channels=channels,
                filters=self.out_channels,
            )

    @staticmethod
    def _groups_that_fit(channels: int, filters: int, groups: int) -> list[dict[str, Any]]:
        fitting = [g for g in range(min(groups, channels), 0, -1) if channels % g == 0 == filters % g]
        offers: list[dict[str, Any]] = [{"groups": g} for g in dict.fromkeys((fitting[0], 1))]
        if channels % groups == 0:
            # More filters, up to the next multiple, keep the groups as they are.
            offers.append({"out_channels": -(-filters // groups) * groups})
        return offers


class Conv2d(_Convolution):
    """Slides small learned windows over the picture and marks where each pattern is found.

    Shape:
        x: (C, H, W) -> y: (out_channels, H', W') with
        H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1, and
        H' = H for padding "same".

    Errors:
        needs-image, window-too-large, groups-mismatch, same-padding-with-stride,
        pad-too-large.

    Source:
        torch.nn.Conv2d; Dumoulin and Visin 2016, arXiv:1603.07285.
    """

    picture: ClassVar[str] = "convolution"
    stem: ClassVar[str] = "conv"
    keywords: ClassVar[tuple[str, ...]] = ("convolution", "filter", "kernel", "합성곱", "필터")

    kernel_size: Size = Field(
        3,
        title="window",
        description="Side of the window in pixels. 3 is the usual choice.",
        json_schema_extra={"primary": True, "suggestions": [1, 3, 5, 7], "unit": "pixels"},
    )
    stride: Size = Field(
        1,
        title="step",
        description="How far the window moves each time. 2 halves the picture.",
        json_schema_extra={"suggestions": [1, 2], "unit": "pixels"},
    )
    padding: Margins | Literal["same", "valid"] = Field(
        1,
        title="padding",
        description="Pixels added around the picture. 'same' keeps its size, 'valid' adds none.",
        json_schema_extra={"suggestions": [0, 1, 2, "same"], "unit": "pixels"},
    )
    dilation: Size = Field(
        1,
        title="spread",
        description="Distance between the pixels that the window touches. 1 means neighbours.",
        json_schema_extra={"suggestions": [1, 2], "unit": "pixels"},
    )
    groups: Width = Field(
        1,
        title="groups",
        description="Splits channels and filters into groups that do not see each other.",
    )
    bias: bool = Field(
        True,
        title="bias",
        description="Whether each filter also learns a number that it adds.",
    )
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = Field(
        "zeros",
        title="padding fill",
        description="What the added pixels hold: zeros, a mirror image, the edge, or the other side.",
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        channels, height, width = image(shapes[0])
        self._check_groups(channels, self.groups)
        window, dilation, stride = pair(self.kernel_size), pair(self.dilation), pair(self.stride)
        if self.padding == "same" and stride != (1, 1):
            raise ShapeProblem("same-padding-with-stride", param="padding", stride=list(stride))
        self._check_fill((height, width))
        if self.padding == "same":
            return self.out_channels, height, width
        margins = self._margins()
        if too_large(window, dilation, margins, shapes[0]):
            raise window_problem(window, dilation, shapes[0])
        sides = (
            (side + 2 * p - span(k, d)) // s + 1
            for side, p, k, d, s in zip((height, width), margins, window, dilation, stride, strict=True)
        )
        return (self.out_channels, *sides)

    def _margins(self) -> tuple[int, int]:
        if isinstance(self.padding, str):
            return (0, 0)
        return pair(self.padding)

    def _check_fill(self, sides: tuple[int, int]) -> None:
        """Mirrors and circles need enough picture to copy from; zeros and edges do not."""
        if self.padding_mode not in ("reflect", "circular"):
            return
        if self.padding == "same":
            # torch puts the odd pixel of an even window behind; the larger side counts.
            spans = [span(k, d) - 1 for k, d in zip(pair(self.kernel_size), pair(self.dilation), strict=True)]
            needed = tuple(total - total // 2 for total in spans)
        else:
            needed = self._margins()
        spare = 1 if self.padding_mode == "reflect" else 0
        if any(p > side - spare for p, side in zip(needed, sides, strict=True)):
            raise ShapeProblem(
                "pad-too-large",
                param="padding",
                padding=list(needed),
                picture=list(sides),
                largest=max(0, min(sides) - spare),
            )

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class; what stands at its default in torch too is left out."""
        kwargs: dict[str, Any] = {"kernel_size": self.kernel_size}
        defaults = {
            "stride": 1,
            "padding": 0,
            "dilation": 1,
            "groups": 1,
            "bias": True,
            "padding_mode": "zeros",
        }
        kwargs |= {key: getattr(self, key) for key, value in defaults.items() if getattr(self, key) != value}
        return Call("nn.Conv2d", (shapes[0][0], self.out_channels), kwargs)

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """Weights of every filter, and its bias."""
        height, width = pair(self.kernel_size)
        weights = shapes[0][0] // self.groups * height * width
        return self.out_channels * (weights + self.bias)

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """Two for each weight at each place."""
        height, width = pair(self.kernel_size)
        weights = shapes[0][0] // self.groups * height * width
        return 2 * weights * output[0] * output[1] * output[2]

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """Smaller windows, padding that keeps the size, groups that divide."""
        shape = shapes[0]
        if problem.code == "window-too-large":
            sizes = windows_that_fit(self._margins(), pair(self.dilation), shape)
            offers: list[Mapping[str, Any]] = [{"kernel_size": size} for size in sizes[:2]]
            if pair(self.stride) == (1, 1):
                offers.append({"padding": "same"})
            if pair(self.dilation) != (1, 1):
                offers.insert(0, {"dilation": 1})
            return offers
        if problem.code == "groups-mismatch":
            return self._groups_that_fit(shape[0], self.out_channels, self.groups)
        if problem.code == "same-padding-with-stride":
            half = tuple(
                (span(k, d) - 1) // 2
                for k, d in zip(pair(self.kernel_size), pair(self.dilation), strict=True)
            )
            return ({"padding": half[0] if half[0] == half[1] else half}, {"stride": 1})
        if problem.code == "pad-too-large":
            return ({"padding_mode": "zeros"}, {"padding": problem.values["largest"]})
        return ()


class ConvTranspose2d(_Convolution):
    """Paints learned patterns into a larger picture; the opposite way of a convolution.

    Shape:
        x: (C, H, W) -> y: (out_channels, H', W') with
        H' = (H - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1.

    Errors:
        needs-image, groups-mismatch, picture-vanishes, output-padding-too-large.

    Source:
        torch.nn.ConvTranspose2d; Dumoulin and Visin 2016, arXiv:1603.07285.
    """

    picture: ClassVar[str] = "stamp"
    stem: ClassVar[str] = "up"
    keywords: ClassVar[tuple[str, ...]] = ("deconvolution", "upsample", "enlarge", "전치", "확대")

    kernel_size: Size = Field(
        2,
        title="window",
        description="Side of the painted pattern in pixels.",
        json_schema_extra={"primary": True, "suggestions": [2, 3, 4], "unit": "pixels"},
    )
    stride: Size = Field(
        2,
        title="step",
        description="How far apart the patterns are painted. 2 doubles the picture.",
        json_schema_extra={"suggestions": [1, 2], "unit": "pixels"},
    )
    padding: Margins = Field(
        0,
        title="crop",
        description="Pixels cut off around the result.",
        json_schema_extra={"suggestions": [0, 1], "unit": "pixels"},
    )
    output_padding: Margins = Field(
        0,
        title="extra pixels",
        description="Pixels added at the bottom and right. Must be smaller than the step or the spread.",
        json_schema_extra={"unit": "pixels"},
    )
    dilation: Size = Field(
        1,
        title="spread",
        description="Distance between the pixels of a pattern. 1 means neighbours.",
        json_schema_extra={"unit": "pixels"},
    )
    groups: Width = Field(
        1,
        title="groups",
        description="Splits channels and filters into groups that do not see each other.",
    )
    bias: bool = Field(
        True,
        title="bias",
        description="Whether each filter also learns a number that it adds.",
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        channels, height, width = image(shapes[0])
        self._check_groups(channels, self.groups)
        window, dilation, stride = pair(self.kernel_size), pair(self.dilation), pair(self.stride)
        margins, extra = pair(self.padding), pair(self.output_padding)
        if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
            limit = min(max(s, d) for s, d in zip(stride, dilation, strict=True)) - 1
            raise ShapeProblem(
                "output-padding-too-large", param="output_padding", extra=list(extra), largest=limit
            )
        sides = tuple(
            (side - 1) * s - 2 * p + span(k, d) + e
            for side, s, p, k, d, e in zip(
                (height, width), stride, margins, window, dilation, extra, strict=True
            )
        )
        if min(sides) < 1:
            raise ShapeProblem(
                "picture-vanishes", param="padding", padding=list(margins), picture=list(sides)
            )
        return (self.out_channels, *sides)

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class; what stands at its default in torch too is left out."""
        kwargs: dict[str, Any] = {"kernel_size": self.kernel_size}
        defaults = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1}
        kwargs |= {key: getattr(self, key) for key, value in defaults.items() if getattr(self, key) != value}
        return Call("nn.ConvTranspose2d", (shapes[0][0], self.out_channels), kwargs)

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """Weights of every filter, and its bias."""
        height, width = pair(self.kernel_size)
        return (
            shapes[0][0] * (self.out_channels // self.groups) * height * width + self.out_channels * self.bias
        )

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """Two for each weight at each place of the input."""
        height, width = pair(self.kernel_size)
        channels, rows, columns = shapes[0]
        return 2 * channels * (self.out_channels // self.groups) * height * width * rows * columns

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """Less padding, groups that divide."""
        if problem.code == "groups-mismatch":
            return self._groups_that_fit(shapes[0][0], self.out_channels, self.groups)
        if problem.code == "output-padding-too-large":
            return ({"output_padding": problem.values["largest"]}, {"output_padding": 0})
        if problem.code == "picture-vanishes":
            return ({"padding": 0},)
        return ()
