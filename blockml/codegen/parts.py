"""What each class of the module is to make, before it is decided what classes there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from blockml.analysis import Analysis
from blockml.blocks import Call, Shape
from blockml.codegen.forward import forward, notes
from blockml.codegen.level import Item, Level
from blockml.codegen.literals import literal
from blockml.codegen.names import group_name
from blockml.codegen.signatures import DEFAULTS, SIZES, position_name
from blockml.graph import Graph
from blockml.groups import Place


@dataclass(frozen=True)
class Value:
    """What a call gets for one of its arguments.

    Attributes:
        key: The place of the argument in the call, or its name where it is given with that.
        name: What it is called.
        value: What it gets.
        kind: Arguments of one kind become one where they always get the same.
        default: What is taken where it is left out; ``None`` if that is not known.
    """

    key: int | str
    name: str
    value: Any
    kind: str
    default: Any = None

    @property
    def text(self) -> str:
        """The value as code."""
        # Literals of validated values: nothing of a document is ever code.
        return literal(self.value)


@dataclass
class Part:
    """The network, or a group (of a repeated one a copy), as one place of the module needs it.

    Attributes:
        level: The nodes in it.
        start: What its class would be called.
        steps: The modules that it makes, in their order.
        mode: Lines that set the mode of what is frozen.
        bare: Lines of ``forward`` without shapes.
        height: How many groups stand in each other inside of it.
        made: Number of its class, and what that gets; known once the classes are.
        values: What its class gets, here.
    """

    level: Level
    start: str
    steps: list[Step] = field(default_factory=list)
    mode: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    height: int = 0
    made: int = -1
    values: tuple[Value, ...] = ()

    @property
    def takes(self) -> list[Shape]:
        """The shapes that come in."""
        return self.level.shapes(self.level.inputs)

    @property
    def gives(self) -> list[Shape]:
        """The shapes that go out."""
        return self.level.shapes(self.level.outputs)

    @property
    def notes(self) -> list[str]:
        """The shapes that the steps of ``forward`` make."""
        return notes(self.level)

    @property
    def structure(self) -> tuple[object, ...]:
        """All that its class is, but for the values; those inside of it have their classes already."""
        return (self.start, *self.bare, *self.mode, *(step.structure for step in self.steps))


@dataclass(frozen=True)
class Step:
    """A module that a class makes.

    Attributes:
        name: The attribute.
        call: Of a block: what is called, and with which values.
        values: Of a block.
        copies: Of a group: its copies.
        held: Whether it is frozen, and would learn otherwise.
    """

    name: str
    call: str = ""
    values: tuple[Value, ...] = ()
    copies: tuple[Part, ...] = ()
    held: bool = False

    @property
    def structure(self) -> tuple[object, ...]:
        """All that it is, but for the values."""
        needed = tuple((value.key, value.name) for value in self.values if value.default is None)
        return (self.name, self.call, needed, tuple(copy.made for copy in self.copies), self.held)

    @property
    def gets(self) -> list[tuple[Value, ...]]:
        """What is given to the block, or to each copy of the group."""
        return [copy.values for copy in self.copies] or [self.values]


def values_of(call: Call) -> tuple[Value, ...]:
    """The arguments of a module, with the names that torch gives them."""
    known = DEFAULTS.get(call.name, {})
    given: list[tuple[int | str, str, Any]] = [
        (position, position_name(call.name, position), value) for position, value in enumerate(call.args)
    ]
    given += [(name, name, value) for name, value in (call.kwargs or {}).items()]
    return tuple(
        Value(
            key,
            name,
            value,
            kind="size" if name in SIZES else name,
            default=known.get(key) if isinstance(key, str) else None,
        )
        for key, name, value in given
    )


def made(call: Call) -> str:
    """What makes a module by itself, with everything that it is given."""
    given = (
        value.text if isinstance(value.key, int) else f"{value.key}={value.text}" for value in values_of(call)
    )
    return f"{call.name}({', '.join(given)})"


class Reader:
    """Reads parts from the analysis, those inside of another first.

    Attributes:
        parts: All groups, in the order in which they were read.
        attributes: The attribute of the module that each node became, by its path.
    """

    def __init__(self, found: Analysis) -> None:
        self.parts: list[Part] = []
        self.attributes: dict[str, str] = {}
        self._found = found

    def read(self, level: Level, start: str, prefix: str = "") -> Part:
        """The part of a level; ``prefix`` is where its attributes stand in the whole module."""
        part = Part(level, start)
        for item in level.items:
            step = self._step(level, item, prefix)
            if step is not None:
                part.steps.append(step)
                part.height = max([part.height, *(copy.height + 1 for copy in step.copies)])
        part.mode = self._mode(level)
        part.bare = forward(level, [""] * len(level.items))
        return part

    def _step(self, level: Level, item: Item, prefix: str) -> Step | None:
        name = level.names[item.path]
        held = item.node.frozen and self._learns(item)
        if item.place is not None:
            return Step(name, copies=self._copies(item.place, prefix + name), held=held)
        call = level.call_of(item)
        if not isinstance(call, Call):
            return None
        self.attributes.setdefault(self._found.flat.shown(item.path), prefix + name)
        return Step(name, call.name, values_of(call), held=held)

    def _copies(self, place: Place, attribute: str) -> tuple[Part, ...]:
        paths = place.copies or (place.path,)
        start = group_name(place.node.title, place.node.id)
        graph = place.node.graph or Graph()
        found = []
        for number, path in enumerate(paths):
            prefix = f"{attribute}.{number}." if len(paths) > 1 else f"{attribute}."
            found.append(self.read(Level(self._found, path, graph), start, prefix))
            self.parts.append(found[-1])
        return tuple(found)

    def _learns(self, item: Item) -> bool:
        blocks, received = self._found.blocks, self._found.received
        return any(blocks[path].parameters(received[path]) for path in self._inside(item))

    def _inside(self, item: Item) -> list[str]:
        """Flat paths of the blocks of a step: its own, or those of all copies of the group."""
        if item.place is None:
            return [item.path]
        starts = tuple(f"{copy}/" for copy in item.place.copies or (item.path,))
        return [path for path in self._found.order if path.startswith(starts)]

    def _mode(self, level: Level) -> list[str]:
        """A frozen block computes as in the test: BatchNorm keeps its averages, Dropout drops nothing."""
        blocks = self._found.blocks
        still = [
            f"        self.{level.names[item.path]}.eval()"
            for item in level.items
            if item.node.frozen
            and any(blocks[path].random or blocks[path].averages for path in self._inside(item))
        ]
        if not still:
            return []
        return [
            "    def train(self, mode: bool = True) -> nn.Module:",
            '        """Set the mode; what is frozen computes as in the test all the time."""',
            "        super().train(mode)",
            *still,
            "        return self",
            "",
        ]
