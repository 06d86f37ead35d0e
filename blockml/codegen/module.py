"""The classes of the module: one for the network, one for each kind of group in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from blockml.analysis import Analysis, check
from blockml.codegen.arguments import Argument, Slot, arguments_of, slots_of
from blockml.codegen.forward import forward
from blockml.codegen.level import Level
from blockml.codegen.literals import WIDTH, Bracket, literal, wrapped
from blockml.codegen.names import class_name, free_name
from blockml.codegen.parts import Part, Reader
from blockml.experiment import Experiment
from blockml.texts import shown

_MOST = 6
"""Groups that would need more arguments than these are easier to read as classes of their own."""

_UNNAMED = 2
"""More arguments than these are given with their names."""

_ROW = 2
"""More equal modules in a row than these are made in a loop."""

_LISTED = 8
"""Of more uses than these the shapes are not listed."""


@dataclass(frozen=True)
class ModuleSource:
    """The source of the module.

    Attributes:
        text: Imports and classes; it runs by itself.
        body: The classes alone, as they stand in the script; that of the network is the last.
        name: Name of the class of the network.
        attributes: The attribute of the module that each node became, by path, such as
            ``stage1.0.conv1`` for ``stage1/conv1`` in a group that is repeated; nodes without a
            module of their own, such as Add, are absent.
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
    return source_of(check(experiment), experiment)


def source_of(found: Analysis, experiment: Experiment) -> ModuleSource:
    """Write the module of an experiment from its analysis, which has no errors."""
    name = class_name(experiment.name)
    reader = Reader(found)
    network = reader.read(Level(found, "", experiment.graph), name)
    classes = _Classes(reader.parts, name)
    body = "\n\n\n".join(classes.texts(network)) + "\n"
    return ModuleSource(
        text=f"import torch\nfrom torch import nn\n\n\n{body}",
        body=body,
        name=name,
        attributes=reader.attributes,
    )


@dataclass
class _Class:
    """A class, for all parts of one structure.

    Attributes:
        parts: Where it is used, first the one that was read first.
        slots: The values that it holds or gets.
        arguments: Those that it gets.
        name: Its name.
    """

    parts: Sequence[Part]
    slots: Sequence[Slot]
    arguments: Sequence[Argument]
    name: str = ""

    def text(self, classes: Sequence[_Class]) -> str:
        """The source."""
        first = self.parts[0]
        made = [line for number in range(len(first.steps)) for line in self._make(number, classes)]
        lines = [f"class {self.name}(nn.Module):", _QUOTES.format(self._says()), ""]
        # A group of nothing but sums has nothing to make.
        if made or not first.level.scope:
            signature = ["self", *(argument.declared for argument in self.arguments)]
            lines += [*wrapped("    def __init__", signature, ") -> None:"), "        super().__init__()"]
            lines += [*made, ""]
        # A shape that is another in another place would be no help.
        each_note = zip(*(part.notes for part in self.parts), strict=True)
        notes = [found[0] if len(set(found)) == 1 else "" for found in each_note]
        return "\n".join([*lines, *first.mode, *forward(first.level, notes)])

    def _says(self) -> str:
        """What the class takes and gives."""
        uses = list(dict.fromkeys(map(_says, self.parts)))
        if len(uses) == 1:
            return f"{uses[0]}."
        lines = ["\n", *(f"    {use}.\n" for use in uses), "    "]
        listed = "\n" + "".join(lines) if len(uses) <= _LISTED else ""
        return f"Used in several places, for different shapes.{listed}"

    def _make(self, number: int, classes: Sequence[_Class]) -> list[str]:
        """The lines that make the module of a step."""
        step = self.parts[0].steps[number]
        calls = [self._call(number, copy, classes) for copy in range(len(step.gets))]
        call = calls[0] if len(calls) == 1 else Bracket("nn.Sequential(", tuple(_runs(calls)))
        lines = call.lines(f"        self.{step.name} = ")
        if step.held:
            lines.append(f"        self.{step.name}.requires_grad_(False)  # frozen: it does not learn")
        return lines

    def _call(self, number: int, copy: int, classes: Sequence[_Class]) -> Bracket:
        """What makes the block, or a copy of the group."""
        step, given = self.parts[0].steps[number], self._given.get((number, copy), {})
        if step.copies:
            called = classes[step.copies[copy].made]
            return Bracket(f"{called.name}(", called.passed(given))
        texts = (text if isinstance(key, int) else f"{key}={text}" for key, text in given.items())
        return Bracket(f"{step.call}(", tuple(texts))

    @cached_property
    def _given(self) -> dict[tuple[int, int], dict[int | str, str]]:
        """What every step gets: an argument of the class, or a literal where that is no default."""
        names = {place: argument.name for argument in self.arguments for place in argument.places}
        found: dict[tuple[int, int], dict[int | str, str]] = {}
        for slot in self.slots:
            number, copy, key = slot.place
            text, default = slot.values[0].text, slot.values[0].default
            if slot.place in names or default is None or text != literal(default):
                found.setdefault((number, copy), {})[key] = names.get(slot.place, text)
        return found

    def passed(self, given: Mapping[int | str, str]) -> tuple[str, ...]:
        """The arguments of a call of this class."""
        several = len(given) > _UNNAMED
        return tuple(
            f"{each.name}={given[each.name]}" if several or each.default is not None else given[each.name]
            for each in self.arguments
            if each.name in given
        )


_QUOTES = '    """{}"""'


class _Classes:
    """Decides which parts share a class."""

    def __init__(self, parts: Sequence[Part], network: str) -> None:
        self._found: list[_Class] = []
        self._network = network
        # Whether two parts are alike is known when that is known of what stands inside of them.
        for height in sorted({part.height for part in parts}):
            alike: dict[tuple[object, ...], list[Part]] = {}
            for part in parts:
                if part.height == height:
                    alike.setdefault(part.structure, []).append(part)
            for each in alike.values():
                self._share(each)
        used = {network}
        first = {id(part): number for number, part in enumerate(parts)}
        self._ordered = sorted(self._found, key=lambda each: first[id(each.parts[0])])
        for made in self._ordered:
            made.name = free_name(made.parts[0].start, used)

    def _share(self, parts: Sequence[Part]) -> None:
        """Make one class of parts that have one structure, or one for each that has its own values."""
        slots = slots_of(parts)
        arguments = arguments_of(parts, slots)
        if len(arguments) <= _MOST:
            self._add(_Class(parts, slots, arguments))
            return
        equal: dict[tuple[str, ...], list[Part]] = {}
        for number, part in enumerate(parts):
            equal.setdefault(tuple(slot.values[number].text for slot in slots), []).append(part)
        for each in equal.values():
            self._add(_Class(each, slots_of(each), ()))

    def _add(self, made: _Class) -> None:
        for number, part in enumerate(made.parts):
            part.made = len(self._found)
            part.values = tuple(argument.given(number) for argument in made.arguments)
        self._found.append(made)

    def texts(self, network: Part) -> Iterator[str]:
        """The source of every class, that of the network at the end."""
        whole = _Class([network], slots_of([network]), (), self._network)
        for made in (*self._ordered, whole):
            yield made.text(self._found)


def _runs(calls: Sequence[Bracket]) -> Iterator[str | Bracket]:
    """Calls in a row; equal ones as a loop where that is shorter."""
    for _, found in groupby(calls, key=str):
        run = list(found)
        if len(run) > _ROW or len(run) == len(calls):
            yield Bracket("*[", (run[0], f"for _ in range({len(run)})"), "]", comma="")
        else:
            yield from run


def _says(part: Part) -> str:
    """What a part takes and gives."""
    inputs, outputs = part.takes, part.gives
    if not part.level.scope:
        return f"Takes pictures of {shown(inputs[0])} and gives {outputs[0][0]} scores"
    text = f"Takes {' and '.join(map(shown, inputs))} and gives {' and '.join(map(shown, outputs))}"
    return text if len(text) <= WIDTH - 16 else f"Takes {len(inputs)} inputs and gives {len(outputs)} outputs"
