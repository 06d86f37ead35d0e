"""From the flat graph back to what people see: paths of the first copy, and groups with their ports."""

from __future__ import annotations

from pydantic import JsonValue

from blockml.analysis.survey import Survey
from blockml.errors import Diagnostic, Fix, Values
from blockml.graph import GROUP_INPUT, Edge, Node, Patch

_IDS = ("node", "source", "target", "first", "missing")
"""Values of sentences that name a node."""


def as_written(found: Survey, problem: Diagnostic) -> Diagnostic:
    """Name the node of a problem as the document does; one at a port's outside is the group's."""
    if not found.flat.places or problem.node is None:
        return problem
    node, port, flat = problem.node, problem.port, found.flat
    scope = flat.scopes.get(node, "")
    entering = scope and found.graph.by_id[node].block == GROUP_INPUT
    outside = flat.entering(node) if entering else flat.leaving(node)
    # Inside, the way into the group is its beginning; what it lacks, it lacks outside.
    at_edge = outside != scope and problem.code in (_OUTSIDE_IN if entering else _OUTSIDE_OUT)
    if at_edge:
        node, port = scope, node[len(scope) + 1 :]
    shown = flat.shown(node)
    values = _values(found, problem.values) | {"node": shown}
    return problem.model_copy(update={"node": shown, "port": port, "values": values})


_OUTSIDE_IN = ("unconnected", "too-many-inputs")
_OUTSIDE_OUT = ("unused",)


def fix_as_written(found: Survey, fix: Fix) -> Fix:
    """Name every node of a repair as the document does."""
    patch, shown = fix.patch, found.flat.shown
    written = Patch(
        nodes=tuple(_node(found, node) for node in patch.nodes),
        remove_nodes=tuple(map(shown, patch.remove_nodes)),
        edges=tuple(_edge(found, edge) for edge in patch.edges),
        remove_edges=tuple(_edge(found, edge) for edge in patch.remove_edges),
        recipe=patch.recipe,
        data=patch.data,
    )
    return fix.model_copy(update={"patch": written, "values": _values(found, fix.values)})


def _node(found: Survey, node: Node) -> Node:
    shown = found.flat.shown(node.id)
    return node if shown == node.id else node.model_copy(update={"id": shown})


def _edge(found: Survey, edge: Edge) -> Edge:
    ends = {"source": found.flat.shown(edge.source), "target": found.flat.shown(edge.target)}
    return edge.model_copy(update=ends)


def _values(found: Survey, values: Values) -> Values:
    def name(key: str, value: JsonValue) -> JsonValue:
        return found.flat.shown(value) if key in _IDS and isinstance(value, str) else value

    return {key: name(key, value) for key, value in values.items()}
