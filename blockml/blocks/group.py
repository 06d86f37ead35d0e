"""Groups, and the ports that stand inside of them.

What a group does is what stands in it: `blockml.groups` lays it out flat before it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from blockml.blocks.base import Block, Expr, Port, Shape


class Passage(Block, abstract=True):
    """What data only pass through: a port of a group, or a block that is bypassed."""

    family: ClassVar[str] = "group"
    stem: ClassVar[str] = "pass"

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """The shape that comes in."""
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Expr:
        """The value itself."""
        return Expr("{inputs}")


class Group(Passage):
    """Holds a network of its own that can be opened, repeated and used again.

    Shape:
        Whatever its inside makes of it.

    Errors:
        Those of what stands inside of it.

    Source:
        A class of its own in the script, derived from torch.nn.Module.
    """

    stem: ClassVar[str] = "group"
    inputs: ClassVar[tuple[Port, ...]] = ()
    outputs: ClassVar[tuple[Port, ...]] = ()
    keywords: ClassVar[tuple[str, ...]] = ("module", "stage", "repeat", "function", "묶음", "그룹", "반복")


class GroupInput(Passage):
    """Where data come into a group. Its name is the name of the group's input.

    Shape:
        y: what reaches that input of the group.

    Errors:
        None.

    Source:
        An argument of forward of the group's class.
    """

    stem: ClassVar[str] = "in"
    inputs: ClassVar[tuple[Port, ...]] = ()
    keywords: ClassVar[tuple[str, ...]] = ("port", "argument", "입구", "입력")


class GroupOutput(Passage):
    """Where data leave a group. Its name is the name of the group's output.

    Shape:
        x: any -> what leaves that output of the group.

    Errors:
        None.

    Source:
        A value that forward of the group's class returns.
    """

    stem: ClassVar[str] = "out"
    outputs: ClassVar[tuple[Port, ...]] = ()
    keywords: ClassVar[tuple[str, ...]] = ("port", "result", "출구", "출력")
