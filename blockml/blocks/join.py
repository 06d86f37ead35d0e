"""Where branches come together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from blockml.blocks.base import Block, Expr, Port, Shape, ShapeProblem


class _Join(Block, abstract=True):
    family: ClassVar[str] = "join"
    inputs: ClassVar[tuple[Port, ...]] = (Port("x", many=True),)


class Add(_Join):
    """Adds what comes in, number by number. Makes a skip connection.

    Shape:
        x: two or more of the same shape -> y: that shape.

    Errors:
        merge-shapes: the shapes differ.

    Source:
        torch.add; residual learning, He et al. 2015, arXiv:1512.03385.
    """

    picture: ClassVar[str] = "sum"
    stem: ClassVar[str] = "add"
    keywords: ClassVar[tuple[str, ...]] = ("sum", "residual", "skip", "더하기", "잔차")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        for shape in shapes[1:]:
            if shape != shapes[0]:
                raise ShapeProblem("merge-shapes", first=list(shapes[0]), other=list(shape))
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """See the class."""
        return Expr("{plus}")

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each value of each further input."""
        return (len(shapes) - 1) * math.prod(output)


class Multiply(_Join):
    """Multiplies what comes in, number by number: one branch says how much of the other passes.

    Shape:
        x: two or more of the same shape -> y: that shape. Of images (C, H, W) some may be
        (C, 1, 1): one number for each channel, as a gate.

    Errors:
        merge-shapes: the shapes differ otherwise.

    Source:
        torch.mul; gates of channels: squeeze and excitation, Hu et al. 2017, arXiv:1709.01507.
    """

    picture: ClassVar[str] = "sum-times"
    stem: ClassVar[str] = "mul"
    keywords: ClassVar[tuple[str, ...]] = (
        "product",
        "gate",
        "attention",
        "squeeze",
        "곱하기",
        "게이트",
        "문",
    )

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        whole = max(shapes, key=math.prod)
        gate = (whole[0], 1, 1)
        for shape in shapes:
            if shape != whole and (len(whole) == 1 or shape != gate):
                raise ShapeProblem("merge-shapes", first=list(whole), other=list(shape))
        return whole

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """See the class."""
        return Expr("{times}")

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each value of each further input."""
        return (len(shapes) - 1) * math.prod(output)


class Concatenate(_Join):
    """Stacks what comes in: the channels of images, or the numbers of vectors.

    Shape:
        x: (C1, H, W), (C2, H, W), ... -> y: (C1 + C2 + ..., H, W); vectors likewise.

    Errors:
        merge-shapes: height or width differ, or an image meets a vector.

    Source:
        torch.cat with dim=1.
    """

    picture: ClassVar[str] = "stack"
    stem: ClassVar[str] = "cat"
    keywords: ClassVar[tuple[str, ...]] = ("concat", "stack", "이어 붙이기", "연결")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        for shape in shapes[1:]:
            if shape[1:] != shapes[0][1:] or len(shape) != len(shapes[0]):
                raise ShapeProblem("merge-shapes", first=list(shapes[0]), other=list(shape))
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """See the class."""
        return Expr("torch.cat([{inputs}], dim=1)")
