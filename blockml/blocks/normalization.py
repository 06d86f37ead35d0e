"""What steadies training: normalization, scaling and dropout."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from blockml.blocks.base import Block, Call, Expr, Shape
from blockml.blocks.sizes import image


class BatchNorm2d(Block):
    """Brings every channel to the same scale, so that training is faster and steadier.

    Shape:
        x: (C, H, W) -> y: the same.

    Errors:
        needs-image, batch-of-one: one value a channel has no spread to divide by.

    Source:
        torch.nn.BatchNorm2d; Ioffe and Szegedy 2015, arXiv:1502.03167.
    """

    picture: ClassVar[str] = "spread"
    family: ClassVar[str] = "normalization"
    stem: ClassVar[str] = "norm"
    averages: ClassVar[bool] = True
    keywords: ClassVar[tuple[str, ...]] = ("batch normalization", "배치 정규화")

    eps: float = Field(
        1e-5,
        gt=0,
        le=1,
        allow_inf_nan=False,
        title="guard",
        description="A tiny number that keeps the division away from zero.",
    )
    momentum: float = Field(
        0.1,
        ge=0,
        le=1,
        allow_inf_nan=False,
        title="memory",
        description="How fast the remembered mean and spread follow the newest pictures.",
    )
    affine: bool = Field(
        True,
        title="learned scale",
        description="Whether each channel also learns a scale and a shift of its own.",
    )
    track_running_stats: bool = Field(
        True,
        title="remember",
        description="Whether it remembers the mean and spread of training for later use.",
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        return image(shapes[0])

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        fields = type(self).model_fields
        kwargs: dict[str, Any] = {
            key: getattr(self, key) for key, field in fields.items() if getattr(self, key) != field.default
        }
        return Call("nn.BatchNorm2d", (shapes[0][0],), kwargs)

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """A scale and a shift for each channel."""
        return 2 * shapes[0][0] if self.affine else 0

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """A subtraction, a division, a scale and a shift for each value."""
        return 4 * math.prod(output)


class Scale(Block):
    """Multiplies every number by one factor that you choose.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.mul. Scores times 0.125 keep the networks of the CIFAR-10 speed records
        from being too sure too early.
    """

    picture: ClassVar[str] = "curve-scale"
    family: ClassVar[str] = "normalization"
    stem: ClassVar[str] = "scale"
    keywords: ClassVar[tuple[str, ...]] = ("multiply", "factor", "temperature", "곱하기", "배율", "온도")

    factor: float = Field(
        0.5,
        ge=-1000,
        le=1000,
        allow_inf_nan=False,
        title="times",
        description="What every number is multiplied by. Below 1 makes them smaller; 1 changes nothing.",
        json_schema_extra={"primary": True, "suggestions": [0.1, 0.125, 0.5, 2]},
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """See the class."""
        return Expr(f"{self.factor!r} * {{inputs}}")

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each value."""
        return math.prod(output)


class _Drop(Block, abstract=True):
    family: ClassVar[str] = "normalization"
    stem: ClassVar[str] = "drop"
    random: ClassVar[bool] = True
    keywords: ClassVar[tuple[str, ...]] = ("regularization", "드롭아웃", "과적합")

    p: float = Field(
        0.5,
        ge=0,
        le=1,
        allow_inf_nan=False,
        title="share",
        description="Share that is switched off: 0 is none, 0.5 is half.",
        json_schema_extra={"primary": True, "suggestions": [0.1, 0.2, 0.25, 0.5]},
    )

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call(f"nn.{type(self).__name__}", (self.p,))

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each value."""
        return math.prod(output)


class Dropout(_Drop):
    """Switches off random values while training, so that the network cannot learn by heart.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.Dropout; Hinton et al. 2012, arXiv:1207.0580.
    """

    picture: ClassVar[str] = "drop"

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        return shapes[0]


class Dropout2d(_Drop):
    """Switches off whole random channels while training. For use between convolutions.

    Shape:
        x: (C, H, W) -> y: the same.

    Errors:
        needs-image.

    Source:
        torch.nn.Dropout2d; Tompson et al. 2014, arXiv:1411.4280.
    """

    picture: ClassVar[str] = "drop-channels"

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        return image(shapes[0])
