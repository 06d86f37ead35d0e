"""The class of the module: one line a block, its shape beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from blockml.analysis import Analysis, check
from blockml.blocks import Call, Expr
from blockml.blocks.data import Input, Output
from blockml.codegen.literals import WIDTH, literal, wrapped
from blockml.codegen.names import class_name, identifiers
from blockml.experiment import Experiment
from blockml.texts import shown


@dataclass(frozen=True)
class ModuleSource:
    """The source of the module.

    Attributes:
        text: Imports and class; it runs by itself.
        body: The class alone, as it stands in the script.
        name: Name of the class.
        attributes: The attribute of the module that each node became, by node id; nodes
            without a module of their own, such as Add, are absent.
    """

    text: str
    body: str
    name: str
    attributes: dict[str, str]


def module_source(experiment: Experiment) -> ModuleSource:
    """Write the module of an experiment.

    Raises:
        GraphError: The graph has errors.
    """
    return source_of(check(experiment), experiment.name)


def source_of(found: Analysis, title: str) -> ModuleSource:
    """Write the module of an analysis without errors."""
    name = class_name(title)
    names = identifiers(list(found.order))
    calls = {node: found.blocks[node].call(found.received[node]) for node in found.order}
    modules = {node: call for node, call in calls.items() if isinstance(call, Call)}
    lines = [
        f"class {name}(nn.Module):",
        f'    """{_summary(found)}"""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
    ]
    for node, call in modules.items():
        lines += wrapped(f"        self.{names[node]} = {call.name}", _arguments(call))
    argument, forward = _forward(found, calls, names)
    lines += ["", f"    def forward(self, {argument}: torch.Tensor) -> torch.Tensor:", *forward]
    body = "\n".join(lines) + "\n"
    return ModuleSource(
        text=f"import torch\nfrom torch import nn\n\n\n{body}",
        body=body,
        name=name,
        attributes={node: names[node] for node in modules},
    )


def _summary(found: Analysis) -> str:
    first, last = found.order[0], found.order[-1]
    for node in found.order:
        if isinstance(found.blocks[node], Input):
            first = node
    shape, scores = found.received[first][0], found.received[last][0][0]
    return f"Takes pictures of {shown(shape)} and gives {scores} scores."


def _arguments(call: Call) -> list[str]:
    # Literals of validated values: nothing of a document is ever code.
    return [literal(value) for value in call.args] + [
        f"{key}={literal(value)}" for key, value in (call.kwargs or {}).items()
    ]


def _forward(found: Analysis, calls: dict[str, Any], names: dict[str, str]) -> tuple[str, list[str]]:
    """The lines of ``forward``, and the name of its argument.

    A value that only the next line needs is called ``x``; one that is needed later, as in a
    skip connection, bears the name of its block.
    """
    steps = [node for node in found.order if not isinstance(found.blocks[node], Input | Output)]
    # Every way ends at the Output, so it stands at the end of the walk.
    walk = [*steps, next(node for node in found.order if isinstance(found.blocks[node], Output))]
    users: dict[str, list[str]] = {}
    for node in walk:
        for edge in found.feeds.get(node, ()):
            users.setdefault(edge.source, []).append(node)
    follower = dict(pairwise(walk))
    variables: dict[str, str] = {}
    for node in found.order:
        if isinstance(found.blocks[node], Input):
            variables[node] = "x" if users.get(node) == walk[:1] else "images"
        else:
            variables[node] = "x" if users.get(node) == [follower.get(node)] else names[node]
    lines: list[str] = []
    for node in steps:
        inputs = [variables[edge.source] for edge in found.feeds[node]]
        value = _value(calls[node], names[node], inputs)
        note = f"# {shown(found.blocks[node].infer(found.received[node]))}"
        lines += _step(f"        {variables[node]} = ", value, note)
    lines.append(f"        return {variables[found.feeds[walk[-1]][0].source]}")
    arguments = [variables[node] for node in found.order if isinstance(found.blocks[node], Input)]
    return arguments[0], lines


def _value(call: Call | Expr, name: str, inputs: list[str]) -> list[list[str]]:
    """The right side in the ways it may be broken into lines, the shortest way first."""
    if isinstance(call, Call):
        return [[f"self.{name}({', '.join(inputs)})"]]
    if call.template == "{plus}":
        return [
            [" + ".join(inputs)],
            ["(", f"    {inputs[0]}", *(f"    + {each}" for each in inputs[1:]), ")"],
        ]
    whole = call.template.replace("{plus}", " + ".join(inputs)).replace("{inputs}", ", ".join(inputs))
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


def _step(start: str, ways: list[list[str]], note: str) -> list[str]:
    """One assignment with its shape: beside it where there is room, else above."""
    indent = " " * (len(start) - len(start.lstrip()))
    if len(start) + len(ways[0][0]) + len(note) + 2 <= WIDTH:
        return [f"{start}{ways[0][0]}  {note}"]
    for way in ways:
        lines = [f"{start}{way[0]}", *(f"{indent}{line}" for line in way[1:])]
        if all(len(line) <= WIDTH for line in lines):
            break
    return [f"{indent}{note}", *lines]
