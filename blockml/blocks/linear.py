"""Vectors: from a picture to a list of numbers, and from list to list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from blockml.blocks.base import Block, Call, Shape, ShapeProblem
from blockml.blocks.sizes import MAX_WIDTH


class Flatten(Block):
    """Lays the picture out as one long row of numbers, which Linear needs.

    Shape:
        x: (C, H, W) -> y: (C * H * W); a vector stays as it is.

    Errors:
        None.

    Source:
        torch.nn.Flatten; start_dim and end_dim keep their defaults, which leave the batch alone.
    """

    picture: ClassVar[str] = "row"
    family: ClassVar[str] = "linear"
    stem: ClassVar[str] = "flatten"
    keywords: ClassVar[tuple[str, ...]] = ("vector", "reshape", "펼치기", "벡터")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        return (math.prod(shapes[0]),)

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call("nn.Flatten")


class Linear(Block):
    """Connects every number that comes in with every number that goes out.

    Shape:
        x: (F) -> y: (out_features).

    Errors:
        needs-vector: an image comes in. torch would work on its last axis, which is
        hardly ever meant.

    Source:
        torch.nn.Linear.
    """

    picture: ClassVar[str] = "vote"
    family: ClassVar[str] = "linear"
    stem: ClassVar[str] = "linear"
    keywords: ClassVar[tuple[str, ...]] = ("dense", "fully connected", "완전 연결", "선형", "밀집")

    out_features: int = Field(
        64,
        ge=1,
        le=MAX_WIDTH,
        title="outputs",
        description="How many numbers go out. The last Linear needs one for each class.",
        json_schema_extra={"primary": True, "suggestions": [10, 32, 64, 128, 256]},
    )
    bias: bool = Field(
        True,
        title="bias",
        description="Whether each output also learns a number that it adds.",
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        if len(shapes[0]) != 1:
            raise ShapeProblem("needs-vector", received=list(shapes[0]))
        return (self.out_features,)

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call("nn.Linear", (shapes[0][0], self.out_features), None if self.bias else {"bias": False})

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """A weight for each pair, and the bias."""
        return self.out_features * (shapes[0][0] + self.bias)

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """Two for each pair."""
        return 2 * shapes[0][0] * self.out_features
