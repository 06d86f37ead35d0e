"""The classes of the module: one for the network, one for each kind of group in it."""

from __future__ import annotations

from dataclasses import dataclass

from blockml.analysis import Analysis, check
from blockml.blocks import Call
from blockml.codegen.forward import forward
from blockml.codegen.level import Item, Level
from blockml.codegen.literals import WIDTH, literal, wrapped
from blockml.codegen.names import class_name, free_name, group_name
from blockml.experiment import Experiment
from blockml.graph import Graph
from blockml.groups import Place
from blockml.texts import shown


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
    writer = _Writer(found, name)
    last = writer.write(Level(found, "", experiment.graph), name, "")
    body = "\n\n\n".join(each.text() for each in [*writer.classes, last]) + "\n"
    return ModuleSource(
        text=f"import torch\nfrom torch import nn\n\n\n{body}",
        body=body,
        name=name,
        attributes=writer.attributes,
    )


@dataclass
class _Class:
    """A class; of one that is used with several shapes only what they have in common is written.

    Attributes:
        name: Its name.
        makes: The lines that make the modules, and those that set the mode.
        says: What each of its uses takes and gives.
        forward: The lines of ``forward`` for its first use.
        bare: The same without shapes.
    """

    name: str
    makes: list[str]
    says: list[str]
    forward: list[str]
    bare: list[str]

    def text(self) -> str:
        """The source."""
        several = len(self.says) > 1
        says = f"{', or '.join(self.says)}."
        if len(says) + len(_QUOTES) > WIDTH:
            says = "Used in several places, for different shapes."
        says = says[0].upper() + says[1:]
        lines = [f"class {self.name}(nn.Module):", _QUOTES.format(says), "", *self.makes]
        return "\n".join([*lines, *(self.bare if several else self.forward)])


_QUOTES = '    """{}"""'


class _Writer:
    """Writes the class of a level, and those of the groups in it first."""

    def __init__(self, found: Analysis, name: str) -> None:
        self.found = found
        self.classes: list[_Class] = []
        self.attributes: dict[str, str] = {}
        self._used = {name}
        self._known: dict[tuple[str, ...], _Class] = {}

    def write(self, level: Level, name: str, prefix: str) -> _Class:
        """The class of a level; ``prefix`` is where its attributes stand in the whole module."""
        makes: list[str] = []
        made = [line for item in level.items for line in self._make(level, item, prefix)]
        # A group of nothing but sums has nothing to make.
        if made or not level.scope:
            makes = ["    def __init__(self) -> None:", "        super().__init__()", *made, ""]
        makes += self._mode(level)
        return _Class(name, makes, [_says(level)], forward(level), forward(level, noted=False))

    def _make(self, level: Level, item: Item, prefix: str) -> list[str]:
        """The lines that make the module of a step."""
        name = level.names[item.path]
        if item.place is not None:
            lines = self._make_group(item.place, name, prefix)
        else:
            call = level.call_of(item)
            if not isinstance(call, Call):
                return []
            self.attributes.setdefault(self.found.flat.shown(item.path), prefix + name)
            lines = wrapped(f"        self.{name} = {call.name}", _arguments(call))
        if item.node.frozen and self._learns(item):
            lines.append(f"        self.{name}.requires_grad_(False)  # frozen: it does not learn")
        return lines

    def _make_group(self, place: Place, name: str, prefix: str) -> list[str]:
        """A group as a class; equal groups and equal copies share one."""
        copies = place.copies or (place.path,)
        many = len(copies) > 1
        made = [
            self._class_of(place, copy, f"{prefix}{name}.{number}." if many else f"{prefix}{name}.")
            for number, copy in enumerate(copies)
        ]
        if not many:
            return [f"        self.{name} = {made[0]}()"]
        if len(set(made)) == 1:
            return wrapped(
                f"        self.{name} = nn.Sequential", [f"*[{made[0]}() for _ in range({len(made)})]"]
            )
        return wrapped(f"        self.{name} = nn.Sequential", [f"{each}()" for each in made])

    def _class_of(self, place: Place, scope: str, prefix: str) -> str:
        start = group_name(place.node.title, place.node.id)
        made = self.write(Level(self.found, scope, place.node.graph or Graph()), start, prefix)
        key = (start, *made.makes, *made.bare)
        known = self._known.get(key)
        if known is None:
            made.name = free_name(start, self._used)
            self._known[key] = made
            self.classes.append(made)
            return made.name
        if made.forward != known.forward and made.says[0] not in known.says:
            known.says += made.says
        return known.name

    def _learns(self, item: Item) -> bool:
        blocks, received = self.found.blocks, self.found.received
        return any(blocks[path].parameters(received[path]) for path in self._inside(item))

    def _inside(self, item: Item) -> list[str]:
        """Flat paths of the blocks of a step: its own, or those of all copies of the group."""
        if item.place is None:
            return [item.path]
        starts = tuple(f"{copy}/" for copy in item.place.copies or (item.path,))
        return [path for path in self.found.order if path.startswith(starts)]

    def _mode(self, level: Level) -> list[str]:
        """A frozen block computes as in the test: BatchNorm keeps its averages, Dropout drops nothing."""
        still = [
            f"        self.{level.names[item.path]}.eval()"
            for item in level.items
            if item.node.frozen
            and any(
                self.found.blocks[path].random or self.found.blocks[path].averages
                for path in self._inside(item)
            )
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


def _says(level: Level) -> str:
    """What the class takes and gives."""
    inputs, outputs = level.shapes(level.inputs), level.shapes(level.outputs)
    if not level.scope:
        return f"Takes pictures of {shown(inputs[0])} and gives {outputs[0][0]} scores"
    text = f"takes {' and '.join(map(shown, inputs))} and gives {' and '.join(map(shown, outputs))}"
    return text if len(text) <= WIDTH - 16 else f"takes {len(inputs)} inputs and gives {len(outputs)} outputs"


def _arguments(call: Call) -> list[str]:
    # Literals of validated values: nothing of a document is ever code.
    return [literal(value) for value in call.args] + [
        f"{key}={literal(value)}" for key, value in (call.kwargs or {}).items()
    ]
