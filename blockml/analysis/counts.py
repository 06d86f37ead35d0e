"""Figures of a graph: shapes at every port, weights, operations and memory, node by node and in groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blockml.analysis.survey import Survey
from blockml.blocks import Port, Shape
from blockml.blocks.group import Group, Passage
from blockml.graph import GROUP_INPUT, GROUP_OUTPUT
from blockml.groups import Place

_FLOAT = 4


@dataclass(frozen=True)
class NodeAnalysis:
    """What is known of one node.

    Attributes:
        shapes: Shape of each port without the batch, by port; a port whose shape is not known
            is absent. A port that takes many edges has the shape of its first.
        parameters: Its weights, those that training does not change too.
        frozen: How many of them training does not change.
        flops: Operations for one picture, forward; a multiply-add counts 2.
        memory: Bytes of the output for one picture in fp32; of a group, of all that is inside.
    """

    shapes: Mapping[str, Shape]
    parameters: int = 0
    frozen: int = 0
    flops: int = 0
    memory: int = 0


@dataclass(frozen=True)
class Counts:
    """Figures of the nodes, by path as people know it, and of the network."""

    nodes: dict[str, NodeAnalysis]
    parameters: int
    frozen: int
    flops: int


def count(found: Survey) -> Counts:
    """Count everything that a survey makes countable."""
    every = {node_id: _node(found, node_id) for node_id in found.graph.by_id}
    live = found.live if any(node in found.shapes for node in found.live) else set(every)
    used = [every[node] for node in live if node in every]
    nodes = every
    if found.flat.places:
        further = found.flat.first
        nodes = {
            node: known for node, known in every.items() if found.flat.scopes.get(node, "") not in further
        }
        nodes |= _groups(found, every)
    return Counts(
        nodes,
        parameters=sum(node.parameters for node in used),
        frozen=sum(node.frozen for node in used),
        flops=sum(node.flops for node in used),
    )


def _node(found: Survey, node_id: str) -> NodeAnalysis:
    block, received = found.blocks.get(node_id), found.received.get(node_id)
    if block is None or received is None:
        return NodeAnalysis({})
    inputs, outputs = _ports(found, node_id) if node_id in found.bypassed else (block.inputs, block.outputs)
    shapes = {port.name: received[0] for port in inputs}
    output = found.shapes.get(node_id)
    if output is None:
        return NodeAnalysis(shapes)
    shapes |= {port.name: output for port in outputs}
    parameters = block.parameters(received)
    return NodeAnalysis(
        shapes,
        parameters=parameters,
        frozen=parameters if node_id in found.flat.frozen else 0,
        flops=block.flops(received, output),
        memory=0 if isinstance(block, Passage) or not block.outputs else _FLOAT * math.prod(output),
    )


def _ports(found: Survey, node_id: str) -> tuple[Sequence[Port], Sequence[Port]]:
    """The ports of a bypassed node that data pass: its first input and output."""
    kind = found.bypassed[node_id]
    if kind is not Group:
        return kind.inputs[:1], kind.outputs[:1]
    graph = found.graph.by_id[node_id].graph
    nodes = graph.nodes if graph else ()
    firsts = [
        [Port(node.id) for node in nodes if node.block == end][:1] for end in (GROUP_INPUT, GROUP_OUTPUT)
    ]
    return firsts[0], firsts[1]


def _groups(found: Survey, every: Mapping[str, NodeAnalysis]) -> dict[str, NodeAnalysis]:
    """Figures of the groups, each with all its copies."""
    places = found.flat.places
    owner = {copy: place.path for place in places.values() for copy in place.copies}
    sums: dict[str, list[int]] = {path: [0, 0, 0, 0] for path in owner.values()}
    for node_id, known in every.items():
        scope = found.flat.scopes.get(node_id, "")
        figures = (known.parameters, known.frozen, known.flops, known.memory)
        while scope:
            group = sums[owner[scope]]
            for at, figure in enumerate(figures):
                group[at] += figure
            scope = places[scope].outside
    shown = (place for place in places.values() if place.copies and place.path not in found.flat.first)
    return {place.path: NodeAnalysis(_shapes(found, place), *sums[place.path]) for place in shown}


def _shapes(found: Survey, place: Place) -> dict[str, Shape]:
    """Shapes at the ports of a group: into its first copy, out of its last."""
    ports = {**place.inputs, **found.flat.places[place.copies[-1]].outputs}
    return {name: found.shapes[path] for name, path in ports.items() if path in found.shapes}
