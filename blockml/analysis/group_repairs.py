"""Repairs of groups: their ports, how often they are repeated, and what is frozen."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from blockml.analysis.changes import open_starts, start_of
from blockml.analysis.survey import Survey
from blockml.blocks.data import Input
from blockml.errors import Diagnostic, Fix
from blockml.graph import GROUP, GROUP_INPUT, GROUP_OUTPUT, Edge, Node, Patch
from blockml.patching import find


def _set_node(found: Survey, path: str, param: str, value: JsonValue) -> Fix:
    """Set a field of a node itself, such as how often a group is repeated."""
    node = find(found.experiment.graph, found.flat.shown(path))
    changed = () if node is None else (node.model_copy(update={"id": path, param: value}),)
    return Fix(
        kind="set-param",
        values={"param": param, "value": value, "node": path},
        patch=Patch(nodes=changed),
    )


def repeat(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Repeat the group as often as it fits, or not at all."""
    fits = problem.values.get("fits", 1)
    for value in dict.fromkeys((fits, 1)):
        yield _set_node(found, problem.node or "", "repeat", value)


def unfreeze(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Let a block learn again."""
    path = problem.node or ""
    # A group around it that is frozen holds it still too.
    around = [path]
    while scope := found.flat.scopes.get(around[-1]) or _outside(found, around[-1]):
        around.append(scope)
    frozen = [each for each in map(found.flat.shown, around) if _is_frozen(found, each)]
    nodes = [_set_node(found, each, "frozen", value=False).patch.nodes[0] for each in frozen]
    yield Fix(kind="unfreeze", values={"node": path}, patch=Patch(nodes=tuple(nodes)))


def _outside(found: Survey, path: str) -> str:
    place = found.flat.places.get(path)
    return "" if place is None else place.outside


def _is_frozen(found: Survey, path: str) -> bool:
    node = find(found.experiment.graph, path)
    return node is not None and node.frozen


def end_inside(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Make a port of the group of an Input or Output inside of it, or remove it."""
    node = problem.node or ""
    block = GROUP_INPUT if isinstance(found.blocks[node], Input) else GROUP_OUTPUT
    yield Fix(kind="use-block", values={"block": block}, patch=Patch(nodes=(Node(id=node, block=block),)))
    yield Fix(kind="remove-node", values={"node": node}, patch=Patch(remove_nodes=(node,)))


def no_port(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Add the port that a group lacks, at the node inside that has most need of it."""
    scope, entering = problem.node or "", problem.code == "group-no-input"
    name = "x" if entering else "y"
    while found.taken(start_of(scope) + name):
        name += name[0]
    block = GROUP_INPUT if entering else GROUP_OUTPUT
    port = Node(id=start_of(scope) + name, block=block)
    for end in (open_starts(found, scope) if entering else _ends_inside(found, scope))[:2]:
        edge = Edge(source=port.id, target=end) if entering else Edge(source=end, target=port.id)
        # Its words say where it goes: beside it stands the one that only adds the port.
        kind, beside = ("add-before", "node") if entering else ("insert-before", "source")
        patch = Patch(nodes=(port,), edges=(edge,))
        yield Fix(kind=kind, values={"blocks": block, beside: end}, patch=patch)
    yield Fix(kind="add", values={"blocks": block}, patch=Patch(nodes=(port,)))


def _ends_inside(found: Survey, scope: str) -> list[str]:
    """Nodes of a scope that lead nowhere, the last first, whether their shape is known or not."""
    used = {edge.source for edge in found.graph.edges}
    return [
        node
        for node in reversed(found.graph.order)
        if node not in used
        and found.flat.leaving(node) == scope
        and (block := found.blocks.get(node)) is not None
        and block.outputs
    ]


def slash(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Rename a node so that its name holds no slash."""
    path = problem.node or ""
    node = find(found.experiment.graph, path)
    if node is None or node.block == GROUP:
        return
    scope = found.flat.scopes.get(path, "")
    name = free = start_of(scope) + node.id.replace("/", "-")
    number = 1
    while found.taken(free):
        number += 1
        free = f"{name}{number}"

    def end(other: str) -> str:
        return free if other == path else other

    touching = tuple(
        edge.model_copy(update={"source": end(edge.source), "target": end(edge.target)})
        for edge in found.graph.edges
        if path in (edge.source, edge.target)
    )
    yield Fix(
        kind="rename-node",
        values={"node": path, "to": free},
        patch=Patch(remove_nodes=(path,), nodes=(node.model_copy(update={"id": free}),), edges=touching),
    )
