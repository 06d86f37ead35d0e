"""The repertoire: which small changes may mend which problem.

Each function takes the survey and a problem and yields repairs, the most likely first.
None is trusted: `blockml.analysis.fixes` offers only those that help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from pydantic import JsonValue

from blockml.analysis import group_repairs, merge_repairs, setting_repairs
from blockml.analysis.changes import (
    chained,
    insert,
    loose_ends,
    new_id,
    open_starts,
    set_params,
    take_out,
)
from blockml.analysis.recipe import more_examples, smaller_batch, smaller_change
from blockml.analysis.survey import Survey
from blockml.blocks import get
from blockml.blocks.data import Output
from blockml.errors import Diagnostic, Fix
from blockml.graph import Edge, Node, Patch

Repair = Callable[[Survey, Diagnostic], Iterator[Fix]]


def suggested(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Parameter values that the block itself suggests; then to take the block out."""
    node = problem.node or ""
    raised = found.shape_problems[node]
    offers: Sequence[Mapping[str, Any]] = ()
    with suppress(Exception):  # the code of whoever wrote the block may raise anything
        offers = tuple(found.blocks[node].suggest(raised, found.received[node]))
    for values in offers:
        yield set_params(found, node, values)
    yield from take_out(found, node)


def _feed(found: Survey, node: str | None) -> Edge:
    return found.feeds[node or ""][0]


def _needs_vector(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    edge = _feed(found, problem.node)
    yield insert(found, edge, ("Flatten", {}))
    yield insert(found, edge, ("AdaptiveAvgPool2d", {}), ("Flatten", {}))
    if isinstance(found.blocks.get(problem.node or ""), Output) and found.data is not None:
        yield insert(found, edge, ("Flatten", {}), ("Linear", {"out_features": len(found.data.classes)}))


def _needs_image(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    at = _feed(found, problem.node).source
    # The vector comes from a Flatten or a Linear further up: with the Flatten gone it may fit.
    while at in found.feeds:
        if get(found.graph.by_id[at].block) is get("Flatten"):
            yield from take_out(found, at)
            break
        at = found.feeds[at][0].source
    yield from take_out(found, problem.node or "")


def _cycle(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    source, target = problem.values["source"], problem.values["target"]
    for edge in found.graph.edges:
        if edge.source == source and edge.target == target:
            yield _disconnect(edge)


def _disconnect(edge: Edge) -> Fix:
    return Fix(
        kind="disconnect",
        values={"source": edge.source, "target": edge.target},
        patch=Patch(remove_edges=(edge,)),
    )


def _bad_edge(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    source, target = problem.values["source"], problem.values["target"]
    wanted = problem.values.get("wanted")
    for edge in (*(edge for edge, _ in found.flat.strays), *found.graph.edges):
        if (edge.source, edge.target) != (source, target):
            continue
        if wanted is not None and wanted not in (edge.source_port, edge.target_port):
            continue
        straight = _straight(found, edge)
        if wanted is not None and straight not in found.graph.edges:
            yield Fix(
                kind="connect",
                values={"source": edge.source, "target": edge.target},
                patch=Patch(remove_edges=(edge,), edges=(straight,)),
            )
        yield _disconnect(edge)


def _straight(found: Survey, edge: Edge) -> Edge:
    """An edge between the first ports of two nodes."""
    before, behind = found.flat.places.get(edge.source), found.flat.places.get(edge.target)
    source = next(iter(before.outputs.values()), edge.source) if before else edge.source
    target = next(iter(behind.inputs.values()), edge.target) if behind else edge.target
    return Edge(source=source, target=target)


def _too_many_inputs(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    node = problem.node or ""
    kept = next(edge for edge in found.feeds[node] if edge.target_port == problem.port)
    extra = tuple(
        edge for edge in found.graph.incoming[node] if edge.target_port == problem.port and edge != kept
    )
    yield Fix(
        kind="disconnect",
        values={"source": extra[0].source, "target": node},
        patch=Patch(remove_edges=extra[:1]),
    )
    join = new_id(found, "Add", set(), found.flat.entering(node))
    ends = [Edge(source=edge.source, source_port=edge.source_port, target=join) for edge in (kept, *extra)]
    yield Fix(
        kind="insert",
        values={"blocks": "Add", "node": node},
        patch=Patch(
            nodes=(Node(id=join, block="Add"),),
            remove_edges=(kept, *extra),
            edges=(Edge(source=join, target=node, target_port=kept.target_port), *ends),
        ),
    )


def _doubled(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    edge = next(edge for edge in found.feeds[problem.node or ""] if edge.target_port == problem.port)
    yield Fix(
        kind="connect-once",
        values={"source": edge.source, "target": edge.target},
        patch=Patch(remove_edges=(edge,), edges=(edge,)),
    )


def _unconnected(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    node = problem.node or ""
    outputs = found.ends(Output)
    scope = found.flat.entering(node)
    goes_on = bool(found.graph.outgoing.get(node)) or scope != ""
    for output in outputs[:1]:
        edge = next(iter(found.feeds.get(output, ())), None)
        if edge is not None and not goes_on:
            yield Fix(
                kind="insert-existing",
                values={"node": node, "target": output},
                patch=Patch(
                    remove_edges=(edge,),
                    edges=(
                        Edge(source=node, target=output, target_port=edge.target_port),
                        Edge(source=edge.source, source_port=edge.source_port, target=node),
                    ),
                ),
            )
    for source in loose_ends(found, scope):
        if source != node:
            yield _connect(source, node)
    place = found.flat.places.get(found.flat.scopes.get(node, ""))
    alone = place is not None and place.path not in found.flat.first and list(place.inputs.values()) == [node]
    yield from take_out(found, place.path if place is not None and alone else node)


def _connect(source: str, target: str) -> Fix:
    return Fix(
        kind="connect",
        values={"source": source, "target": target},
        patch=Patch(edges=(Edge(source=source, target=target),)),
    )


def _to_output(found: Survey, output: str) -> Iterator[Fix]:
    classes = len(found.data.classes) if found.data is not None else 0
    for source in loose_ends(found)[:3]:
        shape = found.shapes[source]
        if shape == (classes,):
            yield _connect(source, output)
            continue
        last: tuple[str, dict[str, JsonValue]] = ("Linear", {"out_features": max(1, classes)})
        chain = (last,) if len(shape) == 1 else (("Flatten", {}), last)
        nodes, edges = chained(found, source, "y", chain)
        edges.append(Edge(source=edges[-1].target, target=output))
        blocks = " + ".join(name for name, _ in chain)
        yield Fix(
            kind="connect-through",
            values={"source": source, "target": output, "blocks": blocks},
            patch=Patch(nodes=tuple(nodes), edges=tuple(edges)),
        )


def _no_path(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    yield from _to_output(found, problem.node or "")


def _no_input(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    node = Node(id=new_id(found, "Input", set(), ""), block="Input")
    starts = open_starts(found, "")
    for start in starts[:1]:
        yield Fix(
            kind="add-before",
            values={"blocks": "Input", "node": start},
            patch=Patch(nodes=(node,), edges=(Edge(source=node.id, target=start),)),
        )
    yield Fix(kind="add", values={"blocks": "Input"}, patch=Patch(nodes=(node,)))


def _no_output(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    node = Node(id=new_id(found, "Output", set(), ""), block="Output")
    for fix in _to_output(found, node.id):
        patch = fix.patch.model_copy(update={"nodes": (*fix.patch.nodes, node)})
        blocks = fix.values.get("blocks")
        label = f"{blocks} + Output" if blocks else "Output"
        yield Fix(kind="add", values={"blocks": label}, patch=patch)
    yield Fix(kind="add", values={"blocks": "Output"}, patch=Patch(nodes=(node,)))


def _several_ends(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    extra, first = problem.node or "", str(problem.values["first"])
    behind = found.graph.outgoing.get(extra, ())
    edges = tuple(Edge(source=first, target=edge.target, target_port=edge.target_port) for edge in behind)
    yield Fix(
        kind="remove-node",
        values={"node": extra},
        patch=Patch(remove_nodes=(extra,), remove_edges=behind, edges=edges),
    )


def _class_count(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    if found.data is None:
        return
    classes = len(found.data.classes)
    edge = _feed(found, problem.node)
    at = edge.source
    # Blocks that keep the shape may stand between the last Linear and the Output.
    while found.graph.by_id[at].block != "Linear" and len(found.feeds.get(at, ())) == 1:
        if found.shapes.get(at) != found.received.get(at, (None,))[0]:
            break
        at = found.feeds[at][0].source
    if found.graph.by_id[at].block == "Linear":
        yield set_params(found, at, {"out_features": classes})
    yield insert(found, edge, ("Linear", {"out_features": classes}))


def _remove(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    yield from take_out(found, problem.node or "")


BY_CODE: Final[dict[str, Repair]] = {
    "all-frozen": group_repairs.unfreeze,
    "batch-of-one": setting_repairs.batch_of_one,
    "batch-too-large": smaller_batch,
    "block-broken": _remove,
    "block-gap": _remove,
    "block-incomplete": _remove,
    "cycle": _cycle,
    "doubled-edge": _doubled,
    "duplicate-id": setting_repairs.duplicate_id,
    "edge-to-nowhere": _bad_edge,
    "end-inside-group": group_repairs.end_inside,
    "group-no-input": group_repairs.no_port,
    "group-no-output": group_repairs.no_port,
    "merge-shapes": merge_repairs.shapes,
    "needs-image": _needs_image,
    "needs-vector": _needs_vector,
    "no-input": _no_input,
    "no-output": _no_output,
    "no-path-to-output": _no_path,
    "param-inferred": setting_repairs.unknown_param,
    "param-near": setting_repairs.unknown_param,
    "param-out-of-range": setting_repairs.out_of_range,
    "port-outside-group": _remove,
    "recipe-too-large": smaller_change,
    "repeat-ports": group_repairs.repeat,
    "repeat-shape": group_repairs.repeat,
    "several-inputs": _several_ends,
    "several-outputs": _several_ends,
    "shape-too-large": setting_repairs.shape_too_large,
    "slash-in-name": group_repairs.slash,
    "softmax-before-loss": _remove,
    "too-few-examples": more_examples,
    "too-few-inputs": _remove,
    "too-large-for-memory": setting_repairs.memory,
    "too-many-inputs": _too_many_inputs,
    "unconnected": _unconnected,
    "unknown-block": setting_repairs.unknown_block,
    "unknown-data": setting_repairs.unknown_data,
    "unknown-param": setting_repairs.unknown_param,
    "unknown-port": _bad_edge,
    "unused": _remove,
    "wrong-class-count": _class_count,
}
"""The repairs of each problem; a code that is not here gets what its block suggests."""
