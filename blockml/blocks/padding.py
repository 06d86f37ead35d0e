"""Padding: a border around the picture, by how it is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from blockml.blocks.base import Block, Call, Shape, ShapeProblem
from blockml.blocks.sizes import Borders, borders, image


class _Pad(Block, abstract=True):
    family: ClassVar[str] = "padding"
    stem: ClassVar[str] = "pad"
    keywords: ClassVar[tuple[str, ...]] = ("border", "margin", "테두리", "여백", "패딩")

    padding: Borders = Field(
        1,
        title="border",
        description="Width of the border in pixels: one number, or left, right, top, bottom.",
        json_schema_extra={"primary": True, "suggestions": [1, 2, 3], "unit": "pixels"},
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        channels, height, width = image(shapes[0])
        left, right, top, bottom = borders(self.padding)
        return channels, height + top + bottom, width + left + right

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call(f"nn.{type(self).__name__}", (self.padding,))


class ReflectionPad2d(_Pad):
    """Adds a border that mirrors the picture, as a mirror at its edge would.

    Shape:
        x: (C, H, W) -> y: (C, H + top + bottom, W + left + right).

    Errors:
        needs-image, pad-too-large: the border must be smaller than the picture.

    Source:
        torch.nn.ReflectionPad2d.
    """

    picture: ClassVar[str] = "border-reflect"

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        output = super().infer(shapes)
        _, height, width = shapes[0]
        left, right, top, bottom = borders(self.padding)
        if max(left, right) >= width or max(top, bottom) >= height:
            raise ShapeProblem(
                "pad-too-large",
                param="padding",
                padding=list(borders(self.padding)),
                picture=[height, width],
                largest=min(height, width) - 1,
            )
        return output

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """The widest border that the picture can fill."""
        return ({"padding": problem.values["largest"]},) if problem.code == "pad-too-large" else ()


class ReplicationPad2d(_Pad):
    """Adds a border that repeats the pixels at the edge.

    Shape:
        x: (C, H, W) -> y: (C, H + top + bottom, W + left + right).

    Errors:
        needs-image.

    Source:
        torch.nn.ReplicationPad2d.
    """

    picture: ClassVar[str] = "border-replicate"


class ZeroPad2d(_Pad):
    """Adds a border of zeros.

    Shape:
        x: (C, H, W) -> y: (C, H + top + bottom, W + left + right).

    Errors:
        needs-image.

    Source:
        torch.nn.ZeroPad2d.
    """

    picture: ClassVar[str] = "border-zeros"


class ConstantPad2d(_Pad):
    """Adds a border of a value that you choose.

    Shape:
        x: (C, H, W) -> y: (C, H + top + bottom, W + left + right).

    Errors:
        needs-image.

    Source:
        torch.nn.ConstantPad2d.
    """

    picture: ClassVar[str] = "border-constant"
    value: float = Field(
        0.0,
        ge=-1e6,
        le=1e6,
        allow_inf_nan=False,
        title="value",
        description="What the border holds.",
        json_schema_extra={"primary": True},
    )

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call("nn.ConstantPad2d", (self.padding, self.value))
