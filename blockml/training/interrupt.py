"""Ending a pass through a module in its middle, so that Stop is answered during a long step too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

LONG = 0.2
"""A step that takes longer, in seconds, is watched inside."""


class Interrupted(Exception):  # noqa: N818 - a wish, not a failure
    """Somebody asked in the middle of a pass; nothing of the pass counts."""


@contextmanager
def interruptible(module: nn.Module, asked: Callable[[], bool]) -> Iterator[None]:
    """Let a pass forward and backward be ended between any two layers.

    Statistics that layers gather on the way forward (batch normalization) are put back, and
    gradients are dropped, so the step can be taken again as if it had never begun.

    Raises:
        Interrupted: ``asked`` said so.
    """

    def look(*_: Any) -> None:
        if asked():
            raise Interrupted

    def passed(_: nn.Module, __: Any, output: Any) -> None:
        look()
        if isinstance(output, torch.Tensor) and output.requires_grad:
            output.register_hook(look)

    buffers = [(buffer, buffer.clone()) for buffer in module.buffers()]
    hooks = [part.register_forward_hook(passed) for part in module.modules() if not list(part.children())]
    try:
        yield
    except Interrupted:
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)
        module.zero_grad(set_to_none=True)
        raise
    finally:
        for hook in hooks:
            hook.remove()
