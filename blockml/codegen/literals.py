"""Values and calls as text: the only way in which anything of a document enters the code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 88
"""Longest line, as the usual formatters have it."""


def quoted(text: str) -> str:
    """A string as a literal: one line, visible characters only, whatever stands in it.

    It is what `repr` gives, but always in double quotes, as the usual formatters want it.
    """
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character == '"':
        return r"\x22"
    return character if character.isprintable() and character != "\\" else repr(character)[1:-1]


def literal(value: object) -> str:
    """A validated value as a literal.

    Raises:
        TypeError: It is something else than a number, a word or a list of these.
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list | tuple):
        parts = ", ".join(map(literal, value))
        if isinstance(value, list):
            return f"[{parts}]"
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    raise TypeError(f"a value of the kind {type(value).__name__} never enters the code")


def constant(name: str, value: object) -> str:
    """One line ``NAME = value``, or several where a list is long."""
    line = f"{name} = {literal(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        return line
    return "\n".join([f"{name} = [", *(f"    {literal(part)}," for part in value), "]"])


def numbers(name: str, values: Iterable[int]) -> str:
    """One line ``NAME = [1, 2]``, or a block of numbers where they are many."""
    found = list(values)
    line = constant(name, found)
    if "\n" not in line:
        return line
    lines, row = [f'{name} = """'], ""
    for value in found:
        if len(row) + len(str(value)) + 1 > WIDTH:
            lines.append(row)
            row = ""
        row += f" {value}" if row else str(value)
    lines += [row, '"""']
    return "\n".join(lines) + f"\n{name} = [int(number) for number in {name}.split()]"


def wrapped(start: str, arguments: Sequence[str], end: str = ")") -> list[str]:
    """A call or signature on one line if it fits, otherwise as the usual formatters break it.

    Args:
        start: What stands before the bracket, with its indentation.
        arguments: Between the brackets.
        end: What follows them, from the closing bracket on.
    """
    return Bracket("(", tuple(arguments), end).lines(start)


@dataclass(frozen=True)
class Bracket:
    """A call, signature or list that may be broken into lines, and so may what stands in it.

    Attributes:
        head: Up to the opening bracket.
        parts: Between the brackets.
        tail: From the closing bracket on.
        comma: What separates the parts.
    """

    head: str
    parts: tuple[str | Bracket, ...]
    tail: str = ")"
    comma: str = ","

    def __str__(self) -> str:
        return f"{self.head}{self._inside}{self.tail}"

    @property
    def _inside(self) -> str:
        return f"{self.comma} ".join(map(str, self.parts))

    def lines(self, start: str, end: str = "") -> list[str]:
        """It behind `start` and before `end`, as the usual formatters break it.

        Args:
            start: What stands before it, with the indentation of the line.
            end: What follows it.
        """
        line = f"{start}{self}{end}"
        if len(line) <= WIDTH:
            return [line]
        indent = " " * (len(start) - len(start.lstrip()))
        if start.endswith("= ") and len(f"{start}{self.head}") > WIDTH:
            return [f"{start}(", *self.lines(f"{indent}    "), f"{indent}){end}"]
        inner = f"{indent}    {self._inside}"
        lines = [inner] if len(inner) <= WIDTH else []
        for part in () if lines else self.parts:
            if isinstance(part, Bracket):
                lines += part.lines(f"{indent}    ", self.comma)
            else:
                lines.append(f"{indent}    {part}{self.comma}")
        return [f"{start}{self.head}", *lines, f"{indent}{self.tail}{end}"]


def product(start: str, factors: Sequence[str]) -> list[str]:
    """A product on one line if it fits, otherwise broken as the usual formatters do it."""
    line = start + " * ".join(factors)
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()))
    rest = (f"{indent}    * {each}" for each in factors[1:])
    return [f"{start}(", f"{indent}    {factors[0]}", *rest, f"{indent})"]
