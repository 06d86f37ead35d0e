"""Repairs of what a file or a person has set: parameters, names, and sizes that no machine can hold."""

from __future__ import annotations

from collections.abc import Iterator

from blockml.analysis.changes import new_ids, set_params, take_out
from blockml.analysis.survey import Survey
from blockml.blocks import get
from blockml.blocks.settings import specs
from blockml.datasets import DATASETS
from blockml.errors import Diagnostic, Fix
from blockml.graph import Patch
from blockml.patching import all_of


def out_of_range(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Set the default, or the nearest allowed value."""
    node = found.graph.by_id[problem.node or ""]
    kind, name = get(node.block), problem.param or ""
    if kind is None:
        return
    spec, received = specs(kind)[name], node.params.get(name)
    rest = {key: value for key, value in node.params.items() if key != name}
    yield Fix(
        kind="set-param",
        values={"param": name, "value": spec.default, "node": node.id},
        patch=Patch(nodes=(node.model_copy(update={"params": rest}),)),
    )
    if isinstance(received, int | float) and not isinstance(received, bool) and spec.kind != "boolean":
        whole = spec.kind != "number"
        for limit, beyond in ((spec.maximum, 1), (spec.minimum, -1)):
            if limit in (None, spec.default) or spec.exclusive:
                continue
            if (received - limit) * beyond > 0:
                yield set_params(found, node.id, {name: int(limit) if whole else limit})


def unknown_param(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Give the parameter the name it is like, or remove it."""
    at, name = problem.node or "", problem.param or ""
    place = found.flat.places.get(at)
    # A group itself is not in the graph that is laid out flat.
    node = place.node.model_copy(update={"id": at}) if place else found.graph.by_id[at]
    rest = {key: value for key, value in node.params.items() if key != name}
    near = str(problem.values["near"])
    if near and near not in rest:
        renamed = node.model_copy(update={"params": {**rest, near: node.params[name]}})
        yield Fix(kind="rename-param", values={"param": near}, patch=Patch(nodes=(renamed,)))
    yield Fix(
        kind="remove-param",
        values={"param": name[:60]},
        patch=Patch(nodes=(node.model_copy(update={"params": rest}),)),
    )


def unknown_block(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Use the block it is like, or take it out."""
    node, near = found.graph.by_id[problem.node or ""], str(problem.values["near"])
    kind = get(near)
    if kind is not None:
        known = {key: value for key, value in node.params.items() if key in specs(kind)}
        for params in (known, {}):
            other = node.model_copy(update={"block": near, "params": params})
            yield Fix(kind="use-block", values={"block": near}, patch=Patch(nodes=(other,)))
            if not known:
                break
    yield from take_out(found, node.id)


def duplicate_id(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Give all but the first of them names of their own."""
    path = problem.node or ""
    same = all_of(found.experiment.graph, path)
    if not same:
        return
    scope = found.flat.places[path].outside if path in found.flat.places else found.flat.scopes.get(path, "")
    names = new_ids(found, [node.block for node in same[1:]], scope)
    others = [node.model_copy(update={"id": name}) for node, name in zip(same[1:], names, strict=True)]
    same[:1] = [node.model_copy(update={"id": path}) for node in same[:1]]
    # All edges that touch them, in their order, since the order of the inputs of a merge counts.
    ends = {*found.into(path), *found.out_of(path)}
    touching = tuple(edge for edge in found.graph.edges if edge in ends)
    yield Fix(
        kind="rename-node",
        values={"node": path, "to": ", ".join(node.id for node in others[:3])},
        patch=Patch(remove_nodes=(same[0].id,), nodes=(same[0], *others), edges=touching),
    )


def memory(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Train with smaller batches, or make the block narrower."""
    fits = problem.values["fits"]
    batch = found.experiment.recipe.batch_size
    if isinstance(fits, int) and fits >= 1:
        smaller = 1 << (fits.bit_length() - 1)
        if smaller < batch:
            yield Fix(
                kind="batch-size", values={"value": smaller}, patch=Patch(recipe={"batch_size": smaller})
            )
    node = problem.node or ""
    for name in ("out_channels", "out_features"):
        width = getattr(found.blocks.get(node), name, None)
        while isinstance(width, int) and width > 1:
            width //= 4
            yield set_params(found, node, {name: max(1, width)})
    yield from take_out(found, node)


def shape_too_large(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Set back what makes the output so large."""
    node = problem.node or ""
    for name, value in (("stride", 1), ("out_channels", 32), ("kernel_size", 3), ("padding", 1)):
        if hasattr(found.blocks[node], name) and getattr(found.blocks[node], name) != value:
            yield set_params(found, node, {name: value})
    yield from take_out(found, node)


def unknown_data(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Use a data set that there is."""
    for name in DATASETS:
        yield Fix(kind="use-data", values={"data": name}, patch=Patch(data=name))


def batch_of_one(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Train with batches, or take the block out."""
    yield Fix(kind="batch-size", values={"value": 32}, patch=Patch(recipe={"batch_size": 32}))
    yield from take_out(found, problem.node or "")
