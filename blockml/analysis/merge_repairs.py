"""Repairs where branches of different shapes come together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from blockml.analysis.changes import insert, set_params
from blockml.analysis.survey import Survey
from blockml.blocks import Shape
from blockml.blocks.convolution import Conv2d
from blockml.blocks.linear import Linear
from blockml.blocks.sizes import MAX_SIDE, pair
from blockml.errors import Diagnostic, Fix

_IMAGE = 3


def shapes(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Bring two branches to one shape: by the settings of what made them, else by new blocks."""
    node = problem.node or ""
    edges, received = found.feeds[node], found.received[node]
    block = found.graph.by_id[node].block
    same_width = block != "Concatenate"
    # A gate of Multiply is smaller than what it gates, and right.
    base = max(range(len(received)), key=lambda at: math.prod(received[at])) if block == "Multiply" else 0
    first = received[base]
    gate = (first[0], 1, 1) if block == "Multiply" else first
    at = next(
        index
        for index, shape in enumerate(received)
        if shape not in (first, gate) and (same_width or shape[1:] != first[1:] or len(shape) != len(first))
    )
    for here, there in ((at, base), (base, at)):
        yield from _matching(found, edges[here].source, received[there], same_width=same_width)
    for here, there in ((at, base), (base, at)):
        for chain in _adapters(received[here], received[there], same_width=same_width):
            yield insert(found, edges[here], *chain, kind="insert-before", source=edges[here].source)


def _matching(found: Survey, at: str, want: Shape, *, same_width: bool) -> Iterator[Fix]:
    """Other settings of the layer that gave a branch its shape."""
    while len(found.feeds.get(at, ())) == 1 and found.received.get(at):
        block, came, have = found.blocks.get(at), found.received[at][0], found.shapes.get(at)
        if have is None or len(have) != len(want):
            return
        if isinstance(block, Conv2d | Linear):
            values = _settings(block, came, have, want, same_width=same_width)
            if values:
                named = ", ".join(f"{name} = {value}" for name, value in values.items())
                patch = set_params(found, at, values).patch
                filling: dict[str, JsonValue] = {"node": at, "params": list(values), "settings": named}
                yield Fix(kind="match", values=filling, patch=patch)
            return
        # Only what keeps the shape, such as an activation, may stand behind the layer.
        if have != came:
            return
        at = found.feeds[at][0].source


def _settings(
    block: Conv2d | Linear, came: Shape, have: Shape, want: Shape, *, same_width: bool
) -> dict[str, Any]:
    """What to set so that a layer makes a wanted shape; nothing where that is not possible."""
    if isinstance(block, Linear):
        return {"out_features": want[0]}
    values: dict[str, Any] = {"out_channels": want[0]} if same_width and have[0] != want[0] else {}
    if have[1:] == want[1:]:
        return values
    step = came[1] // want[1]
    if step < 1 or any(-(-side // step) != wanted for side, wanted in zip(came[1:], want[1:], strict=True)):
        return {}
    # A border of half the window keeps the size, and a step divides it.
    border = "same" if step == 1 else (pair(block.kernel_size)[0] - 1) // 2
    if block.padding != border:
        values["padding"] = border
    if pair(block.stride) != (step, step):
        values["stride"] = step
    return values


def _adapters(
    have: Shape, want: Shape, *, same_width: bool
) -> Iterator[tuple[tuple[str, dict[str, JsonValue]], ...]]:
    """Chains that bring one shape to another; for a concatenation the width may differ."""
    if len(have) == _IMAGE and len(want) == 1:
        linear: dict[str, JsonValue] = {"out_features": want[0]}
        yield (("Flatten", {}), ("Linear", linear)) if same_width else (("Flatten", {}),)
        return
    if len(have) == 1:
        if len(want) == 1:
            yield (("Linear", {"out_features": want[0]}),)
        return
    width = want[0] if same_width else have[0]
    one: tuple[str, dict[str, JsonValue]] = (
        "Conv2d",
        {"out_channels": width, "kernel_size": 1, "padding": 0},
    )
    if have[1:] == want[1:]:
        yield (one,)
        return
    wider = (one,) if width != have[0] else ()
    gaps = [w - h for h, w in zip(have[1:], want[1:], strict=True)]
    if all(0 <= gap <= 2 * MAX_SIDE for gap in gaps):
        top, left = gaps[0] // 2, gaps[1] // 2
        border: list[JsonValue] = [left, gaps[1] - left, top, gaps[0] - top]
        yield (("ZeroPad2d", {"padding": border}), *wider)
    step = have[1] // want[1] if want[1] <= have[1] else 0
    if step > 1 and all(-(-h // step) == w for h, w in zip(have[1:], want[1:], strict=True)):
        yield (("Conv2d", {"out_channels": width, "kernel_size": 1, "padding": 0, "stride": step}),)
    size: list[JsonValue] = list(want[1:])
    yield (("AdaptiveAvgPool2d", {"output_size": size[0] if size[0] == size[1] else size}), *wider)
