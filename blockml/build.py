"""From an experiment to the live ``nn.Module``: the generated text, executed."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

from torch import nn

from blockml.codegen import module_source
from blockml.errors import GraphError
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
        GraphError: The graph has errors, or torch refuses to construct it.
    """
    source = module_source(experiment)
    filename = f"<blockml {source.name} {next(_numbers)}>"
    # With the text in the line cache a traceback shows the line of the module.
    linecache.cache[filename] = (len(source.text), None, source.text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "blockml.built"}
    code = compile(source.text, filename, "exec")
    try:
        exec(code, namespace)  # noqa: S102 - text of our own making: validated literals and safe names only
        # What is frozen takes its mode now, as it does whenever a training begins.
        module: nn.Module = namespace[source.name]().train()
    except (RuntimeError, ValueError, TypeError) as error:
        raise GraphError.of("build-failed", reason=str(error)[:300]) from error
    return module
