"""The changes that repairs are made of: set, take out, put between, connect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from pydantic import JsonValue

from blockml.analysis.survey import Survey
from blockml.blocks import get
from blockml.blocks.data import Input, Output
from blockml.blocks.settings import specs
from blockml.errors import Fix
from blockml.graph import Edge, Node, Patch


def new_id(found: Survey, block: str, taken: set[str], scope: str) -> str:
    """The path of a new node in a scope: the stem of its block and the first free number."""
    kind = get(block)
    stem = start_of(scope) + (kind.stem if kind is not None else "node")
    number = 1
    while found.taken(f"{stem}{number}") or f"{stem}{number}" in taken:
        number += 1
    taken.add(f"{stem}{number}")
    return f"{stem}{number}"


def start_of(scope: str) -> str:
    """What the paths of a scope begin with."""
    return f"{scope}/" if scope else ""


def new_ids(found: Survey, blocks: Sequence[str], scope: str) -> Iterator[str]:
    """Paths for many new nodes; each count goes on where the last one ended."""
    numbers: dict[str, Iterator[int]] = {}
    for block in blocks:
        kind = get(block)
        stem = start_of(scope) + (kind.stem if kind is not None else "node")
        counting = numbers.setdefault(stem, count(1))
        yield next(name for number in counting if not found.taken(name := f"{stem}{number}"))


def set_params(found: Survey, node_id: str, values: Mapping[str, Any]) -> Fix:
    """Set parameters of a node; a value that is the default is left out of the document."""
    node = found.graph.by_id[node_id]
    kind = get(node.block)
    defaults = {} if kind is None else {name: spec.default for name, spec in specs(kind).items()}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    merged: dict[str, JsonValue] = {**node.params, **plain}
    kept = {name: value for name, value in merged.items() if name not in defaults or value != defaults[name]}
    name, value = next(iter(plain.items()))
    return Fix(
        kind="set-param",
        values={"param": name, "value": value, "node": node_id},
        patch=Patch(nodes=(node.model_copy(update={"params": kept}),)),
    )


def take_out(found: Survey, node_id: str) -> Iterator[Fix]:
    """Remove a node and connect its neighbours."""
    if isinstance(found.blocks.get(node_id), Input | Output):
        return
    flat = found.flat
    if flat.entering(node_id) != flat.leaving(node_id):
        # A port has its two sides in two graphs; what it carries ends there.
        yield Fix(kind="remove-node", values={"node": node_id}, patch=Patch(remove_nodes=(node_id,)))
        return
    feeds = found.into(node_id) if node_id in flat.places else found.feeds.get(node_id, ())
    before, behind = next(iter(feeds), None), found.out_of(node_id)
    bridges = () if before is None else tuple(_from(before, edge) for edge in behind)
    yield Fix(
        kind="remove-node",
        values={"node": node_id},
        patch=Patch(remove_nodes=(node_id,), remove_edges=behind, edges=bridges),
    )


def insert(
    found: Survey,
    edge: Edge,
    *chain: tuple[str, dict[str, JsonValue]],
    kind: str = "insert",
    **values: JsonValue,
) -> Fix:
    """Put a chain of new nodes onto an edge."""
    nodes, edges = chained(found, edge.source, edge.source_port, chain)
    last = edges[-1].target
    edges.append(Edge(source=last, target=edge.target, target_port=edge.target_port))
    filling = {"blocks": " + ".join(name for name, _ in chain), "node": edge.target, **values}
    return Fix(
        kind=kind,
        values=filling,
        patch=Patch(nodes=tuple(nodes), edges=tuple(reversed(edges)), remove_edges=(edge,)),
    )


def chained(
    found: Survey, source: str, port: str, chain: tuple[tuple[str, dict[str, JsonValue]], ...]
) -> tuple[list[Node], list[Edge]]:
    """New nodes one behind the other, and the edges into them."""
    scope = found.flat.leaving(source)
    taken: set[str] = set()
    nodes: list[Node] = []
    edges: list[Edge] = []
    for block, params in chain:
        node = Node(id=new_id(found, block, taken, scope), block=block, params=params)
        edges.append(Edge(source=source, source_port=port, target=node.id))
        nodes.append(node)
        source, port = node.id, "y"
    return nodes, edges


def _from(source: Edge, target: Edge) -> Edge:
    return Edge(
        source=source.source,
        source_port=source.source_port,
        target=target.target,
        target_port=target.target_port,
    )


def loose_ends(found: Survey, scope: str = "") -> list[str]:
    """Nodes of a scope whose shape is known and that lead nowhere, the last first."""
    used = {edge.source for edge in found.graph.edges}
    return [
        node
        for node in reversed(found.graph.order)
        if node in found.shapes
        and node not in used
        and found.blocks[node].outputs
        and found.flat.leaving(node) == scope
    ]


def open_starts(found: Survey, scope: str) -> list[str]:
    """Nodes of a scope that nothing reaches."""
    return [
        node_id
        for node_id, block in found.blocks.items()
        if block.inputs and not found.feeds.get(node_id) and found.flat.entering(node_id) == scope
    ]
