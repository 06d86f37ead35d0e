"""Values and calls as text: the only way in which anything of a document enters the code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    line = f"{start}({', '.join(arguments)}{end}"
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()) + 4)
    inner = indent + ", ".join(arguments)
    if len(inner) <= WIDTH:
        return [f"{start}(", inner, f"{indent[4:]}{end}"]
    return [f"{start}(", *(f"{indent}{argument}," for argument in arguments), f"{indent[4:]}{end}"]


def product(start: str, factors: Sequence[str]) -> list[str]:
    """A product on one line if it fits, otherwise broken as the usual formatters do it."""
    line = start + " * ".join(factors)
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()))
    rest = (f"{indent}    * {each}" for each in factors[1:])
    return [f"{start}(", f"{indent}    {factors[0]}", *rest, f"{indent})"]
