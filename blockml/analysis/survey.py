"""One pass over a graph: validated blocks, shapes, and problems without their repair."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from blockml.analysis.beyond import kinds_beyond, scores_of
from blockml.analysis.inside import cycles_around, group_problems, one_copy, unused_end
from blockml.analysis.params import resolve
from blockml.blocks import Block, Call, Expr, Shape, ShapeProblem, get
from blockml.blocks.base import GAPS
from blockml.blocks.data import Input, Output
from blockml.blocks.group import Group, Passage
from blockml.datasets import DATASETS, facts_of
from blockml.errors import Diagnostic
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.graph import GROUP_INPUT, GROUP_OUTPUT, Edge, Graph, Node
from blockml.groups import Flat, flatten

MOST_NUMBERS = 2**40
"""Most numbers that one block may put out for one picture.

No machine holds them. Without a limit a chain of growing blocks has sizes of thousands of digits.
"""


@dataclass
class Survey:
    """What one pass found.

    Attributes:
        experiment: What was looked at.
        data: The data set, if it is known.
        flat: Its graph with the groups laid out; all below is about that.
        bypassed: The block that a bypassed node would be.
        blocks: The validated block of each node whose parameters are right; a `Passage` for the
            ports of groups and for what is bypassed.
        feeds: Usable edges into each node, in the order of its inputs.
        received: Shapes that come into a node, where all are known.
        shapes: Shape that goes out of a node, where it is known.
        live: Nodes that the Output depends on, and the Output; they make the module.
        problems: Without fixes.
        shape_problems: What `Block.infer` raised, by node.
    """

    experiment: Experiment
    data: DataFacts | None
    flat: Flat
    bypassed: dict[str, type[Block]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    feeds: dict[str, list[Edge]] = field(default_factory=dict)
    received: dict[str, tuple[Shape, ...]] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    problems: list[Diagnostic] = field(default_factory=list)
    shape_problems: dict[str, ShapeProblem] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """The graph that was looked at, with the groups laid out."""
        return self.flat.graph

    def ends(self, kind: type[Block]) -> list[str]:
        """Ids of the ends of one kind outside of groups: connected ones first, then as in the graph."""
        inside = self.flat.scopes
        ends = [
            node_id
            for node_id, block in self.blocks.items()
            if isinstance(block, kind) and node_id not in inside
        ]
        return sorted(ends, key=lambda end: not (self.into(end) or self.out_of(end)))

    def taken(self, path: str) -> bool:
        """Whether a node or a group has this path."""
        return path in self.graph.by_id or path in self.flat.places

    def into(self, path: str) -> tuple[Edge, ...]:
        """The edges into a node or a group, in the order of the graph."""
        place = self.flat.places.get(path)
        ends = [path] if place is None else place.inputs.values()
        return tuple(edge for end in ends for edge in self.graph.incoming.get(end, ()))

    def out_of(self, path: str) -> tuple[Edge, ...]:
        """The edges out of a node or a group, likewise."""
        place = self.flat.places.get(path)
        last = None if place is None else self.flat.places[(place.copies or (path,))[-1]]
        ends = [path] if last is None else last.outputs.values()
        return tuple(edge for end in ends for edge in self.graph.outgoing.get(end, ()))

    def add(self, code: str, node: str | None = None, **values: Any) -> None:
        """Note a problem; ``severity``, ``port`` and ``param`` are its own, the rest fills its sentences."""
        severity = values.pop("severity", "error")
        filling = {key: value for key, value in values.items() if key not in ("port", "param")}
        self.problems.append(
            Diagnostic.model_validate(
                {
                    "code": code,
                    "severity": severity,
                    "node": node,
                    "port": values.get("port"),
                    "param": values.get("param"),
                    "values": {"node": node or "", **filling},
                }
            )
        )


def survey(experiment: Experiment) -> Survey:
    """Look at a whole experiment; every problem is noted, none is raised."""
    found = Survey(experiment, facts_of(experiment.data), flatten(experiment.graph))
    if found.data is None:
        known = ", ".join(DATASETS)
        found.add("unknown-data", name=experiment.data.name[:60], known=known)
    _nodes(found)
    group_problems(found)
    _edges(found)
    _ends(found)
    _cycles(found)
    _connections(found)
    _infer(found)
    kinds_beyond(found)
    _scores(found)
    _learning(found)
    if found.flat.first:
        one_copy(found)
    return found


def _nodes(found: Survey) -> None:
    counts = Counter(node.id for node in found.graph.nodes)
    for node_id, count in counts.items():
        if count > 1:
            found.add("duplicate-id", node_id, count=count)
    for node in found.graph.by_id.values():
        if "/" in node.id and node.id not in found.flat.scopes:
            found.add("slash-in-name", node.id, severity="warning")
        if (node.bypassed or node.block in _PORTS) and _passes(found, node):
            found.blocks[node.id] = _PASSAGE
            continue
        block, problems = resolve(node)
        found.problems += problems
        if block is not None:
            found.blocks[node.id] = block


_PASSAGE = Passage()
_PORTS = frozenset({GROUP_INPUT, GROUP_OUTPUT})


def _passes(found: Survey, node: Node) -> bool:
    """Whether data only pass through a node: a port of a group, or one that is bypassed."""
    if node.block in _PORTS:
        if node.id in found.flat.scopes:
            return True
        found.add("port-outside-group", node.id)
        return False
    # Whether it is known and its parameters are right does not matter now.
    kind = get(node.block) or Passage
    if kind is not Group and not (kind.inputs and kind.outputs):
        return False
    found.bypassed[node.id] = kind
    return True


def _edges(found: Survey) -> None:
    taken: set[tuple[str, str]] = set()
    # A bypassed node keeps the ports of its block; those of a group were looked at before.
    kinds: dict[str, Block | type[Block] | None] = {**found.blocks, **found.bypassed}
    kinds |= {node_id: None for node_id, kind in found.bypassed.items() if kind is Group}
    for edge in found.graph.edges:
        missing = next((end for end in (edge.source, edge.target) if end not in found.graph.by_id), None)
        if missing is not None:
            found.add("edge-to-nowhere", _other(found, edge), missing=missing, **_ends_of(edge))
            continue
        source, target = kinds.get(edge.source), kinds.get(edge.target)
        if source is not None and edge.source_port not in {port.name for port in source.outputs}:
            found.add(
                "unknown-port", edge.source, port=edge.source_port, wanted=edge.source_port, **_ends_of(edge)
            )
            continue
        port = (
            next((port for port in target.inputs if port.name == edge.target_port), None) if target else None
        )
        if target is not None and port is None:
            found.add(
                "unknown-port", edge.target, port=edge.target_port, wanted=edge.target_port, **_ends_of(edge)
            )
            continue
        place = (edge.target, edge.target_port)
        if port is not None and not port.many and place in taken:
            if edge in found.feeds[edge.target]:
                found.add("doubled-edge", edge.target, port=edge.target_port, **_ends_of(edge))
                continue
            found.add("too-many-inputs", edge.target, port=edge.target_port, **_ends_of(edge))
            continue
        if found.bypassed and _past(found, edge, place in taken):
            continue
        taken.add(place)
        found.feeds.setdefault(edge.target, []).append(edge)


def _past(found: Survey, edge: Edge, taken: bool) -> bool:  # noqa: FBT001 - said where it is called
    """Whether an edge touches a bypassed node elsewhere than at its first input and output."""
    source, target = found.bypassed.get(edge.source), found.bypassed.get(edge.target)
    if source is not None and source.outputs and edge.source_port != source.outputs[0].name:
        return True
    return target is not None and (
        taken or (bool(target.inputs) and edge.target_port != target.inputs[0].name)
    )


def _other(found: Survey, edge: Edge) -> str | None:
    return next((end for end in (edge.target, edge.source) if end in found.graph.by_id), None)


def _ends_of(edge: Edge) -> dict[str, str]:
    return {"source": edge.source, "target": edge.target}


def _ends(found: Survey) -> None:
    for kind, none, several in (
        (Input, "no-input", "several-inputs"),
        (Output, "no-output", "several-outputs"),
    ):
        ends = found.ends(kind)
        if not ends:
            found.add(none)
        for extra in ends[1:]:
            found.add(several, extra, first=ends[0])


def _cycles(found: Survey) -> None:
    """Note each cycle once, at the node where a walk along it closes."""
    for at, closing, length in found.graph.cycles():
        found.add("cycle", at, source=closing.source, target=at, length=length)
    if found.flat.places and len(found.graph.order) == len(found.graph.by_id):
        cycles_around(found)


def _connections(found: Survey) -> None:
    """Note nodes that nothing reaches or that lead nowhere, and find what the Output needs."""
    outputs = found.ends(Output)
    # Of several ends it is said that they are too many, and nothing else.
    extra = {*outputs[1:], *found.ends(Input)[1:]}
    todo = outputs[:1]
    while todo:
        at = todo.pop()
        if at not in found.live:
            found.live.add(at)
            todo += [edge.source for edge in found.feeds.get(at, ())]
    used = {edge.source for edges in found.feeds.values() for edge in edges}
    unused: list[str] = []
    for node_id, block in found.blocks.items():
        feeds = found.feeds.get(node_id, [])
        if node_id in extra and not feeds and node_id not in used:
            continue
        if node_id in outputs and not feeds:
            found.add("no-path-to-output", node_id)
            continue
        if block.inputs and not feeds:
            found.add("unconnected", node_id)
        elif block.inputs and block.inputs[0].many and len(feeds) == 1:
            found.add("too-few-inputs", node_id)
        # While nothing reaches the Output, the loose end is said there and not here too.
        finished = bool(outputs) and bool(found.feeds.get(outputs[0]))
        if finished and block.outputs and node_id not in used and (feeds or not block.inputs):
            unused.append(node_id)
    for node_id in unused:
        found.add("unused", unused_end(found, node_id, unused), severity="warning")


def _infer(found: Survey) -> None:
    for node_id in found.graph.order:
        block = found.blocks.get(node_id)
        received = _received(found, node_id, block)
        if block is None or received is None:
            continue
        found.received[node_id] = received
        try:
            shape = _asked(block, received)
        except ShapeProblem as problem:
            found.shape_problems[node_id] = problem
            found.add(problem.code, node_id, param=problem.param, **problem.values)
            continue
        except Exception as error:  # noqa: BLE001 - the code of whoever wrote the block may raise anything
            reason = f"{type(error).__name__}: {error}"[:200]
            found.add("block-broken", node_id, block=found.graph.by_id[node_id].block, reason=reason)
            continue
        if math.prod(shape) > MOST_NUMBERS:
            found.add("shape-too-large", node_id, received=list(received[0]))
        else:
            found.shapes[node_id] = shape


def _asked(block: Block, received: tuple[Shape, ...]) -> Shape:
    """The shape that goes out; a block that somebody else wrote is asked for all else here too."""
    if block.is_built_in:
        return block.infer(received)
    name = type(block).__name__
    for needed in ("infer", "call"):
        if getattr(type(block), needed) is getattr(Block, needed):
            raise ShapeProblem("block-incomplete", block=name, missing=needed)
    shape = block.infer(received)
    if not (isinstance(shape, tuple) and shape and all(type(side) is int and side > 0 for side in shape)):
        message = f"infer gave {shape!r}, not a tuple of whole numbers above 0"
        raise TypeError(message)
    for count, number in (
        ("parameters", block.parameters(received)),
        ("flops", block.flops(received, shape)),
    ):
        if type(number) is not int or number < 0:
            message = f"{count} gave {number!r}, not a whole number"
            raise TypeError(message)
    call = block.call(received)
    if not isinstance(call, Call | Expr):
        message = f"call gave {call!r}, not a Call or an Expr"
        raise TypeError(message)
    gaps = re.findall(r"{\w*}", call.template) if isinstance(call, Expr) else []
    wrong = next((gap for gap in gaps if gap not in GAPS), None)
    if wrong is not None:
        raise ShapeProblem("block-gap", block=name, gap=wrong, known=", ".join(GAPS))
    return shape


def _received(found: Survey, node_id: str, block: Block | None) -> tuple[Shape, ...] | None:
    if isinstance(block, Input):
        return None if found.data is None else (found.data.shape,)
    feeds = found.feeds.get(node_id, [])
    shapes = [found.shapes.get(edge.source) for edge in feeds]
    known = tuple(shape for shape in shapes if shape is not None)
    if not feeds or len(known) < len(shapes):
        return None
    if block is not None and block.inputs[0].many and len(known) == 1:
        return None
    return known


def _scores(found: Survey) -> None:
    """Compare what reaches the Output with the classes and the loss."""
    for output in found.ends(Output)[:1]:
        shape = found.shapes.get(output) or scores_of(found, output)
        if shape is not None and found.data is not None and shape[0] != len(found.data.classes):
            classes = len(found.data.classes)
            found.add("wrong-class-count", output, received=shape[0], classes=classes, data=found.data.name)
        for edge in found.feeds.get(output, ())[:1]:
            at = edge.source
            while found.blocks.get(at) is _PASSAGE and found.feeds.get(at) and at in found.shapes:
                at = found.feeds[at][0].source
            source = found.blocks.get(at)
            if source is not None and source.squashes:
                found.add("softmax-before-loss", at, severity="warning", block=type(source).__name__)
    if found.experiment.recipe.batch_size == 1:
        for node_id in _lone_norms(found):
            found.add("batch-of-one", node_id)


def _lone_norms(found: Survey) -> Iterator[str]:
    """Normalizations that see a single value a channel when a batch is one picture."""
    for node_id, shape in found.shapes.items():
        block = found.blocks[node_id]
        if node_id in found.flat.frozen:
            continue
        if type(block).__name__.startswith("BatchNorm") and shape[1:] == (1, 1):
            yield node_id


def _learning(found: Survey) -> None:
    """Note that there is nothing to learn because all is frozen."""
    if not found.flat.frozen:
        return
    weights = [
        node_id
        for node_id in found.graph.order
        if node_id in found.live
        and node_id in found.shapes
        and found.blocks[node_id].parameters(found.received[node_id])
    ]
    if weights and all(node_id in found.flat.frozen for node_id in weights):
        found.add("all-frozen", weights[-1], count=len(weights))


def known_errors(problems: list[Diagnostic]) -> Mapping[tuple[str, str | None], int]:
    """How often each error stands in a list, by code and node."""
    return Counter((problem.code, problem.node) for problem in problems if problem.severity == "error")
