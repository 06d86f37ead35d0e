"""Groups laid out flat. Pure: no block, no shape, no framework.

A node inside groups is named by its *path*, ``stage1/conv1``. In the flat graph a group is gone:
its ports are nodes there, and an edge of the outside into the input ``x`` of ``stage1`` is an edge
into ``stage1/x``. Where a group is repeated its further copies are ``stage1#2/conv1`` and so on;
they never leave the kernel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from blockml.graph import GROUP, GROUP_INPUT, GROUP_OUTPUT, Edge, Graph, Node

_NOTHING = Graph()


@dataclass(frozen=True)
class Place:
    """A group, or a further copy of it, in the flat graph.

    Attributes:
        path: Its path.
        outside: The scope it stands in.
        node: The group itself.
        inputs: Paths of its input ports by their names, in their order.
        outputs: Paths of its output ports, likewise.
        copies: Paths of all its copies, itself first; empty for a further copy.
    """

    path: str
    outside: str
    node: Node
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    copies: tuple[str, ...]


@dataclass
class Flat:
    """A graph with its groups laid out.

    Attributes:
        graph: The flat graph; its ids are paths.
        places: Groups and their copies by path, outer ones first; not those that are bypassed.
        scopes: The scope of each node that stands inside of a group: the path of the copy.
        first: What the path of a copy is called in the first copy, for each scope of a copy.
        blamed: The outermost repeated group of each scope of a copy.
        frozen: Paths of nodes whose weights do not train, by themselves or by a group around them.
        strays: Edges to a port that does not exist, or to one from the wrong side, and which of
            their ends is wrong.
        nameless: Paths of groups without a name, which are not laid out: their paths would be others'.
        doubles: Paths that a group shares with another node of its graph, and how many share it.
    """

    graph: Graph
    places: dict[str, Place] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    blamed: dict[str, str] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    strays: list[tuple[Edge, Literal["source", "target"]]] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    doubles: dict[str, int] = field(default_factory=dict)

    def shown(self, path: str) -> str:
        """The path as people and patches know it: that of the first copy."""
        if path in self.first:
            return self.first[path]
        # A node that a repair would add is in no list; its name holds no slash.
        scope = self.scopes.get(path) or path.rpartition("/")[0]
        at = self.first.get(scope)
        return path if at is None else f"{at}{path[len(scope) :]}"

    def entering(self, path: str) -> str:
        """The scope in which an edge into a node lies; into a port of a group it lies outside."""
        return self._around(path, GROUP_INPUT)

    def leaving(self, path: str) -> str:
        """The scope in which an edge out of a node lies."""
        return self._around(path, GROUP_OUTPUT)

    def _around(self, path: str, port: str) -> str:
        scope = self.scopes.get(path, "")
        if scope and self.graph.by_id[path].block == port:
            return self.places[scope].outside
        return scope


@dataclass
class _At:
    """Where a graph is laid out.

    Attributes:
        scope: Path of the copy of the group around it.
        frozen: Whether a group around it is frozen.
        first: Inside of a further copy, the scope in the first copy.
        blamed: And the outermost repeated group.
    """

    scope: str
    frozen: bool = False
    first: str = ""
    blamed: str = ""

    def path(self, name: str) -> str:
        """The path of a node of this graph."""
        return f"{self.scope}/{name}" if self.scope else name


def flatten(graph: Graph) -> Flat:
    """Lay all groups of a graph out. A graph without groups comes back as it is."""
    if not any(node.block == GROUP for node in graph.nodes):
        return Flat(graph, frozen={node.id for node in graph.nodes if node.frozen})
    layer = _Layer()
    layer.lay(graph, _At(""))
    layer.found.graph = Graph.model_construct(nodes=tuple(layer.nodes), edges=tuple(layer.edges))
    return layer.found


class _Layer:
    """Writes graph after graph into one."""

    def __init__(self) -> None:
        self.found = Flat(_NOTHING)
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def lay(self, graph: Graph, at: _At) -> None:
        """Lay one graph out."""
        groups: dict[str, Place] = {}
        for node in graph.nodes:
            path = at.path(node.id)
            if node.block == GROUP and graph.by_id[node.id] is not node:
                # Of two nodes with one id the first counts, and a group has no node of its own.
                continue
            if node.block == GROUP and not node.id:
                self.found.nameless.append(path)
                continue
            frozen = at.frozen or node.frozen
            if frozen:
                self.found.frozen.add(path)
            if node.block == GROUP and not node.bypassed:
                groups[node.id] = self._group(graph, node, at, frozen=frozen)
                continue
            self.nodes.append(node if not at.scope else node.model_copy(update={"id": path}))
            if at.scope:
                self.found.scopes[path] = at.scope
        self._doubles(graph, at)
        for edge in graph.edges:
            self._wire(graph, edge, at, groups)

    def _group(self, graph: Graph, node: Node, at: _At, *, frozen: bool) -> Place:
        """Lay a group out as often as it is repeated, one copy behind the other."""
        inside = node.graph or _NOTHING
        # No copy shares a path with another node, whatever a person calls it.
        mark = "#"
        while any(each.id.startswith(f"{node.id}{mark}") for each in graph.nodes):
            mark += "#"
        path = at.path(node.id)
        copies = (path, *(f"{path}{mark}{number}" for number in range(2, node.repeat + 1)))
        places: list[Place] = []
        for copy in copies:
            inner = _At(copy, frozen=frozen)
            if at.first or copy != path:
                inner.first = f"{at.first}/{node.id}" if at.first else path
                inner.blamed = at.blamed or path
                self.found.first[copy], self.found.blamed[copy] = inner.first, inner.blamed
            inputs, outputs = (
                {each.id: inner.path(each.id) for each in inside.nodes if each.block == kind}
                for kind in (GROUP_INPUT, GROUP_OUTPUT)
            )
            place = Place(copy, at.scope, node, inputs, outputs, copies if copy == path else ())
            self.found.places[copy] = place
            self.lay(inside, inner)
            if places and places[-1].outputs and inputs:
                before, behind = next(iter(places[-1].outputs.values())), next(iter(inputs.values()))
                self.edges.append(Edge(source=before, target=behind))
            places.append(place)
        # From the outside the copies are one group: into the first, out of the last.
        return Place(path, at.scope, node, places[0].inputs, places[-1].outputs, copies)

    def _doubles(self, graph: Graph, at: _At) -> None:
        if len(graph.by_id) == len(graph.nodes):
            return
        groups = {node.id for node in graph.nodes if node.block == GROUP}
        for name, count in Counter(node.id for node in graph.nodes).items():
            if count > 1 and name in groups:
                self.found.doubles[at.path(name)] = count

    def _wire(self, graph: Graph, edge: Edge, at: _At, groups: Mapping[str, Place]) -> None:
        """Lay one edge out, to the ports of groups."""
        source, source_port = at.path(edge.source), edge.source_port
        target, target_port = at.path(edge.target), edge.target_port
        # Inside of a group nothing goes into its inputs, and nothing comes out of its outputs.
        wrong_source = bool(at.scope) and _is(graph, edge.source, GROUP_OUTPUT)
        wrong_target = bool(at.scope) and _is(graph, edge.target, GROUP_INPUT)
        if edge.source in groups:
            leaving = groups[edge.source].outputs.get(source_port)
            wrong_source = leaving is None
            source, source_port = (source, source_port) if leaving is None else (leaving, "y")
        if edge.target in groups:
            entering = groups[edge.target].inputs.get(target_port)
            wrong_target = entering is None
            target, target_port = (target, target_port) if entering is None else (entering, "x")
        if _beside(graph, edge.source, source_port, GROUP_OUTPUT, groups):
            return
        if _beside(graph, edge.target, target_port, GROUP_INPUT, groups):
            return
        made = Edge.model_construct(
            source=source, source_port=source_port, target=target, target_port=target_port
        )
        if wrong_source or wrong_target:
            self.found.strays.append((made, "source" if wrong_source else "target"))
        else:
            self.edges.append(made)


def _is(graph: Graph, name: str, block: str) -> bool:
    node = graph.by_id.get(name)
    return node is not None and node.block == block


def _beside(graph: Graph, name: str, port: str, kind: str, groups: Mapping[str, Place]) -> bool:
    """Whether an edge touches a bypassed group elsewhere than at its first input and output."""
    if name in groups or not _is(graph, name, GROUP):
        return False
    inside = graph.by_id[name].graph or _NOTHING
    first = next((each.id for each in inside.nodes if each.block == kind), None)
    return port != first


def paths(graph: Graph) -> Iterator[str]:
    """The path of every node as it is written, in groups of every depth; of copies the first."""
    for node in graph.nodes:
        yield node.id
        if node.inside is not None:
            for path in paths(node.inside):
                yield f"{node.id}/{path}"
