"""The two ends of a network: where pictures come in and where scores go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from blockml.blocks.base import Block, Expr, Port, Shape, ShapeProblem


class Input(Block):
    """Where the pictures of the data set come in.

    Shape:
        y: (C, H, W), the shape of the pictures.

    Errors:
        None.

    Source:
        The argument of forward.
    """

    picture: ClassVar[str] = "pixels"
    family: ClassVar[str] = "data"
    stem: ClassVar[str] = "input"
    inputs: ClassVar[tuple[Port, ...]] = ()
    keywords: ClassVar[tuple[str, ...]] = ("data", "picture", "start", "입력", "데이터")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """The shape of the data set, which the analysis puts in."""
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """The argument itself."""
        return Expr("{inputs}")


class Output(Block):
    """Where the scores come out, one for each class. The highest score wins.

    Shape:
        x: (number of classes) -> y: none.

    Errors:
        needs-vector, wrong-class-count.

    Source:
        The value that forward returns; torch.nn.CrossEntropyLoss takes it as it is.
    """

    picture: ClassVar[str] = "scores"
    family: ClassVar[str] = "data"
    stem: ClassVar[str] = "output"
    outputs: ClassVar[tuple[Port, ...]] = ()
    keywords: ClassVar[tuple[str, ...]] = ("classes", "scores", "end", "출력", "분류")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """See the class."""
        if len(shapes[0]) != 1:
            raise ShapeProblem("needs-vector", received=list(shapes[0]))
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """The value itself."""
        return Expr("{inputs}")
