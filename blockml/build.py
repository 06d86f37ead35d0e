"""From an experiment to the live ``nn.Module``: the generated text, executed."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from blockml.analysis import Analysis, check
from blockml.blocks import Call, Expr, Shape
from blockml.codegen import source_of
from blockml.codegen.forward import filled
from blockml.codegen.parts import made
from blockml.errors import Diagnostic, GraphError
from blockml.experiment import Experiment

_numbers = itertools.count(1)


def build(experiment: Experiment) -> nn.Module:
    """Build the module of an experiment, with fresh weights from torch's random state.

    What runs is the text that `blockml.to_python` exports, so the export is the model by
    construction. Every node with a module of its own is an attribute that bears its id.

    Args:
        experiment: An experiment without errors.

    Returns:
        The module, in training mode, on the CPU. It takes float pictures (N, C, H, W) as
        `blockml.data.Dataset.prepare` makes them and returns scores (N, classes).

    Raises:
        GraphError: The graph has errors, torch refuses to construct it, or a block of one's own
            is something else than it says.
    """
    found = check(experiment)
    _prove(found)
    source = source_of(found, experiment)
    filename = f"<blockml {source.name} {next(_numbers)}>"
    # With the text in the line cache a traceback shows the line of the module.
    linecache.cache[filename] = (len(source.text), None, source.text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "blockml.built"}
    code = compile(source.text, filename, "exec")
    try:
        exec(code, namespace)  # noqa: S102 - text of our own making: validated literals and safe names only
        # What is frozen takes its mode now, as it does whenever a training begins.
        module: nn.Module = namespace[source.name]().train()
    except Exception as error:
        raise GraphError.of("build-failed", reason=str(error)[:300]) from error
    return module


def _prove(found: Analysis) -> None:
    """Try each block that somebody else wrote alone, where no other can be blamed for what it does.

    Raises:
        GraphError: It cannot be made, or is something else than its class says.
    """
    own = {found.flat.shown(path): path for path in found.order if not found.blocks[path].is_built_in}
    for shown, path in own.items():
        block, received = found.blocks[path], found.received[path]
        said, values = found.nodes[shown], {"node": shown, "block": type(block).__name__}
        try:
            with torch.no_grad(), torch.random.fork_rng(devices=()):
                weights, given = _alone(block.call(received), received)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:300]
            raise _wrong(code="block-broken", **values, reason=reason) from error
        if given != said.shapes["y"]:
            raise _wrong(code="block-disagrees", **values, said=list(said.shapes["y"]), given=list(given))
        if weights != said.parameters:
            raise _wrong(code="block-miscounts", **values, said=said.parameters, given=weights)


def _alone(call: Call | Expr, received: Sequence[Shape]) -> tuple[int, Shape]:
    """How many weights a block has, and the shape that it makes of black pictures."""
    names = [f"x{number}" for number in range(len(received))]
    namespace: dict[str, Any] = {"torch": torch, "nn": nn}
    namespace |= {name: torch.zeros(2, *shape) for name, shape in zip(names, received, strict=True)}
    if isinstance(call, Expr):
        return 0, _evaluated(filled(call.template, names), namespace).shape[1:]
    module = _evaluated(made(call), namespace).eval()
    shape = module(*(namespace[name] for name in names)).shape[1:]
    # A module may make its weights when it first sees a picture.
    return sum(each.numel() for each in module.parameters() if each.requires_grad), shape


def _evaluated(text: str, namespace: dict[str, Any]) -> Any:
    return eval(text, namespace)  # noqa: S307 - the same text that is executed as part of the module


def _wrong(*, code: str, **values: Any) -> GraphError:
    return GraphError(Diagnostic(code=code, node=values["node"], values=values))
