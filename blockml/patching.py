"""Patches that name nodes by their paths, folded back into groups. ``js/src/patch.ts`` does the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from blockml.graph import GROUP_INPUT, GROUP_OUTPUT, Edge, Graph, Node, Patch

Scope = tuple[str, ...]
"""Ids of the groups around a graph, the outermost first."""


def patched(graph: Graph, patch: Patch) -> Graph:
    """Return a graph after a patch that names nodes by their paths.

    An edge into a port of a group becomes one to the group, in the graph around it. What has no
    place, such as an edge between the insides of two groups, is left out; `placeable` tells.
    """
    places = _Ways(graph, patch)
    return _change(graph, (), places.parts())


def find(graph: Graph, path: str) -> Node | None:
    """The node of a path, with its plain id."""
    return next(iter(all_of(graph, path)), None)


def all_of(graph: Graph, path: str) -> list[Node]:
    """The nodes of a path, which are more than one where ids are not unique."""
    place = _Ways(graph, Patch()).split(path)
    if place is None:
        return []
    for each in place[0]:
        graph = graph.by_id[each].inside or Graph()
    return [node for node in graph.nodes if node.id == place[1]]


def placeable(graph: Graph, patch: Patch) -> bool:
    """Whether every node and edge of a patch has its place in a graph."""
    ways = _Ways(graph, patch)
    return all(ways.split(node.id) for node in patch.nodes) and all(map(ways.wire, patch.edges))


@dataclass
class _Part:
    """What a patch changes in one graph."""

    nodes: list[Node] = field(default_factory=list)
    remove_nodes: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    remove_edges: list[Edge] = field(default_factory=list)


class _Ways:
    """From the paths of a patch to places in a graph."""

    def __init__(self, graph: Graph, patch: Patch) -> None:
        self._graph = graph
        self._patch = patch
        self._new = {node.id: node.block for node in patch.nodes}

    def split(self, path: str) -> tuple[Scope, str] | None:
        """The groups around a node, and its id; ``None`` where there are no such groups."""
        at, scope = self._graph, []
        # A document may hold an id with a slash; what is called exactly so is meant.
        while path not in at.by_id and "/" in path:
            name, _, path = path.partition("/")
            node = at.by_id.get(name)
            if node is None or node.inside is None:
                return None
            scope.append(name)
            at = node.inside
        return tuple(scope), path

    def wire(self, edge: Edge) -> tuple[Scope, Edge] | None:
        """The graph that an edge belongs into, and how it reads there."""
        source, target = self.split(edge.source), self.split(edge.target)
        if source is None or target is None:
            return None
        lifted = self._lifted(source, edge.source_port, edge.source, GROUP_OUTPUT)
        landed = self._lifted(target, edge.target_port, edge.target, GROUP_INPUT)
        if lifted[0] == landed[0]:
            ends = lifted[1], lifted[2], landed[1], landed[2]
        elif source[0] == target[0]:
            ends = source[1], edge.source_port, target[1], edge.target_port
        else:
            return None
        found = Edge(source=ends[0], source_port=ends[1], target=ends[2], target_port=ends[3])
        return (lifted[0] if lifted[0] == landed[0] else source[0]), found

    def _lifted(self, at: tuple[Scope, str], port: str, path: str, kind: str) -> tuple[Scope, str, str]:
        scope, name = at
        if scope and self._block(scope, name, path) == kind:
            return scope[:-1], scope[-1], name
        return scope, name, port

    def _block(self, scope: Scope, name: str, path: str) -> str:
        graph = self._graph
        for each in scope:
            graph = graph.by_id[each].inside or Graph()
        node = graph.by_id.get(name)
        return self._new.get(path, node.block if node is not None else "")

    def parts(self) -> dict[Scope, _Part]:
        """What changes, by the graph it changes in."""
        found: dict[Scope, _Part] = {}
        for node in self._patch.nodes:
            if place := self.split(node.id):
                named = node if place[1] == node.id else node.model_copy(update={"id": place[1]})
                found.setdefault(place[0], _Part()).nodes.append(named)
        for path in self._patch.remove_nodes:
            if place := self.split(path):
                found.setdefault(place[0], _Part()).remove_nodes.append(place[1])
        for edges, part in ((self._patch.edges, "edges"), (self._patch.remove_edges, "remove_edges")):
            for edge in edges:
                if wire := self.wire(edge):
                    getattr(found.setdefault(wire[0], _Part()), part).append(wire[1])
        return found


def _change(graph: Graph, scope: Scope, parts: Mapping[Scope, _Part]) -> Graph:
    own = parts.get(scope, _Part())
    graph = _without_ports(graph, scope, parts, own.remove_edges)
    changed = graph.patched(
        Patch(
            nodes=tuple(own.nodes),
            remove_nodes=tuple(own.remove_nodes),
            edges=tuple(own.edges),
            remove_edges=tuple(own.remove_edges),
        )
    )
    deeper = {each[len(scope)] for each in parts if len(each) > len(scope) and each[: len(scope)] == scope}
    if not deeper:
        return changed
    nodes = [
        node.model_copy(update={"graph": _change(node.inside, (*scope, node.id), parts)})
        if node.inside is not None and node.id in deeper and changed.by_id[node.id] is node
        else node
        for node in changed.nodes
    ]
    return Graph(nodes=tuple(nodes), edges=changed.edges)


def _without_ports(
    graph: Graph, scope: Scope, parts: Mapping[Scope, _Part], replaced: Sequence[Edge]
) -> Graph:
    """A port that is removed takes the edges to it along, which stand in the graph around its group."""
    gone = {
        (inner[-1], port)
        for inner, part in parts.items()
        if inner[:-1] == scope and len(inner) == len(scope) + 1
        for port in part.remove_nodes
    }
    if not gone:
        return graph
    edges = tuple(
        edge
        for edge in graph.edges
        if edge in replaced or not {(edge.source, edge.source_port), (edge.target, edge.target_port)} & gone
    )
    return Graph(nodes=graph.nodes, edges=edges)
