"""One level of a network for the code: the whole, or the inside of a group, in the order it is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from blockml.analysis import Analysis
from blockml.blocks import Call, Expr, Shape
from blockml.blocks.data import Input, Output
from blockml.blocks.group import Passage
from blockml.codegen.names import identifiers
from blockml.graph import GROUP, GROUP_INPUT, GROUP_OUTPUT, Graph, Node
from blockml.groups import Place

_INPUTS = "inputs"
"""The argument of a group whose input is called ``x``, where ``x`` is what is computed from it."""


@dataclass(frozen=True)
class Item:
    """A step of a level: a block or a group.

    Attributes:
        node: The node, with its plain id.
        path: Its path in the flat graph; of a repeated group that of the first copy.
        inputs: Flat paths whose ends feed it, one for each input.
        outputs: Flat paths under which others take what it makes.
        place: Of a group.
    """

    node: Node
    path: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    place: Place | None = None


@dataclass
class Level:
    """A level, and how its values are called in ``forward``.

    Attributes:
        found: The analysis.
        scope: Path of the group, or empty for the whole network.
        graph: The nodes of this level, as they are written.
    """

    found: Analysis
    scope: str
    graph: Graph
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._call_values()

    def path(self, name: str) -> str:
        """The flat path of a node of this level."""
        return f"{self.scope}/{name}" if self.scope else name

    @cached_property
    def _live(self) -> frozenset[str]:
        return frozenset(self.found.order)

    @cached_property
    def _nodes(self) -> list[Node]:
        # The inside of a group is short, and reads best branch by branch.
        order = _by_branch(self.graph) if self.scope else self.graph.order
        return [self.graph.by_id[name] for name in order]

    @cached_property
    def inputs(self) -> list[str]:
        """Flat paths of what comes in, in the order of the arguments."""
        if self.scope:
            ports = [node for node in self.graph.nodes if node.block == GROUP_INPUT]
            return [path for node in ports if (path := self.path(node.id)) in self._live]
        return [path for path in self._own if isinstance(self.found.blocks[path], Input)]

    @cached_property
    def outputs(self) -> list[str]:
        """Flat paths of what goes out, in the order in which it is returned."""
        if self.scope:
            ports = [node for node in self.graph.nodes if node.block == GROUP_OUTPUT]
            return [path for node in ports if (path := self.path(node.id)) in self._live]
        return [path for path in self._own if isinstance(self.found.blocks[path], Output)]

    @cached_property
    def _own(self) -> list[str]:
        """Flat paths of the nodes of this level that are part of the network."""
        paths = (self.path(node.id) for node in self._nodes if node.block != GROUP or node.bypassed)
        return [path for path in paths if path in self._live]

    @cached_property
    def items(self) -> list[Item]:
        """The steps in their order; what data only pass through is no step."""
        found = []
        for node in self._nodes:
            path = self.path(node.id)
            place = self.found.flat.places.get(path) if node.block == GROUP else None
            if place is not None:
                last = self.found.flat.places[(place.copies or (path,))[-1]]
                inputs = tuple(each for each in place.inputs.values() if each in self._live)
                outputs = tuple(each for each in last.outputs.values() if each in self._live)
                if outputs:
                    fed = tuple(self.origin(self.found.feeds[each][0].source) for each in inputs)
                    found.append(Item(node, path, fed, outputs, place))
            elif path in self._live and not isinstance(self.found.blocks[path], Passage | Input | Output):
                fed = tuple(self.origin(edge.source) for edge in self.found.feeds[path])
                found.append(Item(node, path, fed, (path,)))
        return found

    def origin(self, path: str) -> str:
        """Where a value is made: past the bypassed nodes of this level."""
        while path in self._passed:
            path = self.found.feeds[path][0].source
        return path

    @cached_property
    def _passed(self) -> frozenset[str]:
        ends = {*self.inputs, *self.outputs}
        return frozenset(
            path for path in self._own if isinstance(self.found.blocks[path], Passage) and path not in ends
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Identifiers by flat path: the attributes, and the variables of values that are kept."""
        local = {path: path[len(self.scope) + 1 :] if self.scope else path for path in self._own}
        for item in self.items:
            if item.place is not None:
                local[item.path] = item.node.id
                if len(item.outputs) > 1:
                    ends = zip(self._ports(item), item.outputs, strict=True)
                    local |= {path: f"{item.node.id}_{port}" for port, path in ends}
        reserved = frozenset({_INPUTS}) if self.scope else frozenset()
        made = identifiers(list(dict.fromkeys(local.values())), reserved)
        found = {path: made[name] for path, name in local.items()}
        for item in self.items:
            if item.place is not None and len(item.outputs) == 1:
                found[item.outputs[0]] = found[item.path]
        return found

    def _ports(self, item: Item) -> list[str]:
        last = self.found.flat.places[(item.place.copies or (item.path,))[-1]] if item.place else None
        return [name for name, path in last.outputs.items() if path in item.outputs] if last else []

    def _call_values(self) -> None:
        """Call a value that only the next step needs ``x``, and one that is needed later by its block."""
        ends = [self.origin(self.found.feeds[path][0].source) for path in self.outputs]
        users: dict[str, list[str]] = {}
        for item in self.items:
            for path in item.inputs:
                users.setdefault(path, []).append(item.path)
        for path in ends:
            users.setdefault(path, []).append("")
        walk = [*(item.path for item in self.items), ""]
        for path in self.inputs:
            passes = users.get(path) == walk[:1] and len(self.inputs) == 1
            self.variables[path] = "x" if passes else self._argument(path)
        for item, behind in zip(self.items, walk[1:], strict=True):
            passes = len(item.outputs) == 1 and users.get(item.outputs[0]) == [behind]
            for path in item.outputs:
                self.variables[path] = "x" if passes else self.names[path]
        self.returned = [self.variables[path] for path in ends]

    def _argument(self, path: str) -> str:
        if not self.scope:
            return "images"
        return _INPUTS if path[len(self.scope) + 1 :] == "x" else self.names[path]

    def shapes(self, paths: Sequence[str]) -> list[Shape]:
        """The shapes of values."""
        return [self.found.blocks[path].infer(self.found.received[path]) for path in paths]

    def call_of(self, item: Item) -> Call | Expr:
        """The module or the operation of a block."""
        return self.found.blocks[item.path].call(self.found.received[item.path])


def _by_branch(graph: Graph) -> list[str]:
    """Ids in topological order, each branch as far as it goes before the next begins."""
    waiting = {name: len(graph.incoming.get(name, ())) for name in graph.by_id}
    ready = [name for name in reversed(list(graph.by_id)) if waiting[name] == 0]
    found = []
    while ready:
        name = ready.pop()
        found.append(name)
        for edge in reversed(graph.outgoing.get(name, ())):
            waiting[edge.target] -= 1
            if waiting[edge.target] == 0:
                ready.append(edge.target)
    return found
