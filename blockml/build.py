"""From an experiment to the live ``nn.Module``: the generated text, executed."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

import torch
from torch import nn

from blockml.analysis import Analysis, check
from blockml.codegen import ModuleSource, source_of
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
            computes something else than it says.
    """
    found = check(experiment)
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
    if not all(block.is_built_in for block in found.blocks.values()):
        _prove(module, source, found)
    return module


def _prove(module: nn.Module, source: ModuleSource, found: Analysis) -> None:
    """Show the module one picture: blocks that somebody else wrote may be wrong about themselves.

    Raises:
        GraphError: What comes into or goes out of a block is not of the shape that was said.
    """
    running = [found.order[0]]

    def before(path: str) -> Any:
        def look(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            running.append(path)
            feeds = zip(found.feeds.get(path, ()), found.received.get(path, ()), inputs, strict=False)
            for edge, said, tensor in feeds:
                _compare(found, edge.source, said, tensor)

        return look

    def after(path: str) -> Any:
        return lambda _, __, output: _compare(found, path, found.nodes[path].shapes["y"], output)

    hooks = []
    for path, attribute in source.attributes.items():
        part = module.get_submodule(attribute)
        hooks += [part.register_forward_pre_hook(before(path)), part.register_forward_hook(after(path))]
    picture = torch.zeros(2, *found.received[found.order[0]][0])
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=()):
            module.eval()(picture)
    except GraphError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        raise _wrong(found, running[-1], code="block-broken", reason=reason) from error
    finally:
        module.train()
        for hook in hooks:
            hook.remove()


def _compare(found: Analysis, path: str, said: tuple[int, ...], tensor: torch.Tensor) -> None:
    if tuple(tensor.shape[1:]) != said:
        given = list(tensor.shape[1:])
        raise _wrong(found, path, code="block-disagrees", said=list(said), given=given)


def _wrong(found: Analysis, path: str, *, code: str, **values: Any) -> GraphError:
    block = type(found.blocks[path]).__name__
    return GraphError(Diagnostic(code=code, node=path, values={"node": path, "block": block, **values}))
