"""``forward`` of a class: one line a step, its shape beside it."""

from __future__ import annotations

from blockml.blocks import Call, Expr
from blockml.codegen.level import Item, Level
from blockml.codegen.literals import WIDTH, wrapped
from blockml.texts import shown

_SIGNS = {"{plus}": "+", "{times}": "*"}


def notes(level: Level) -> list[str]:
    """What each step of a level makes."""
    return ["# " + ", ".join(map(shown, level.shapes(item.outputs))) for item in level.items]


def forward(level: Level, notes: list[str]) -> list[str]:
    """The lines of ``forward`` of a level, with a note at each step; an empty one is left out."""
    arguments = ["self", *(f"{level.variables[path]}: torch.Tensor" for path in level.inputs)]
    result = "torch.Tensor"
    if len(level.returned) > 1:
        result = f"tuple[{', '.join([result] * len(level.returned))}]"
    lines = wrapped("    def forward", arguments, f") -> {result}:")
    for item, note in zip(level.items, notes, strict=True):
        names = ", ".join(level.variables[path] for path in item.outputs)
        lines += _step(f"        {names} = ", _ways(level, item), note)
    return [*lines, *wrapped_values("        return ", level.returned)]


def wrapped_values(start: str, values: list[str]) -> list[str]:
    """Values on one line if they fit, otherwise one a line in brackets."""
    line = start + ", ".join(values)
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()))
    return [f"{start}(", *(f"{indent}    {value}," for value in values), f"{indent})"]


def _ways(level: Level, item: Item) -> list[list[str]]:
    """The right side of a step in the ways it may be broken into lines, the shortest way first."""
    inputs = [level.variables[path] for path in item.inputs]
    name = level.names[item.path]
    if item.place is not None:
        return _call(name, inputs)
    return _value(level.call_of(item), name, inputs)


def _call(name: str, inputs: list[str]) -> list[list[str]]:
    listed = ", ".join(inputs)
    return [
        [f"self.{name}({listed})"],
        [f"self.{name}(", f"    {listed}", ")"],
        [f"self.{name}(", *(f"    {each}," for each in inputs), ")"],
    ]


def _value(call: Call | Expr, name: str, inputs: list[str]) -> list[list[str]]:
    """The right side in the ways it may be broken into lines, the shortest way first."""
    if isinstance(call, Call):
        return _call(name, inputs)
    sign = _SIGNS.get(call.template)
    if sign is not None:
        return [
            [f" {sign} ".join(inputs)],
            ["(", f"    {inputs[0]}", *(f"    {sign} {each}" for each in inputs[1:]), ")"],
        ]
    whole = filled(call.template, inputs)
    start, found, end = call.template.partition("([{inputs}], ")
    if not found:
        return [[whole]]
    each = [f"        {name}," for name in inputs]
    rest = end.removesuffix(")")
    return [
        [whole],
        [f"{start}(", f"    [{', '.join(inputs)}], {rest}", ")"],
        [f"{start}(", f"    [{', '.join(inputs)}],", f"    {rest},", ")"],
        [f"{start}(", "    [", *each, "    ],", f"    {rest},", ")"],
    ]


def filled(template: str, inputs: list[str]) -> str:
    """An operation with the names of its inputs in it."""
    whole = template.replace("{inputs}", ", ".join(inputs))
    for gap, sign in _SIGNS.items():
        whole = whole.replace(gap, f" {sign} ".join(inputs))
    return whole


def _step(start: str, ways: list[list[str]], note: str) -> list[str]:
    """One assignment with its shape: beside it where there is room, else above."""
    indent = " " * (len(start) - len(start.lstrip()))
    if len(start) + len(ways[0][0]) + len(note) + 2 <= WIDTH:
        return [f"{start}{ways[0][0]}  {note}".rstrip()]
    for way in ways:
        lines = [f"{start}{way[0]}", *(f"{indent}{line}" for line in way[1:])]
        if all(len(line) <= WIDTH for line in lines):
            break
    return [f"{indent}{note}", *lines] if note else lines
