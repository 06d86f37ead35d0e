"""A step recorded once and replayed as one piece: on a GPU small layers wait for Python otherwise."""

from __future__ import annotations

from collections.abc import Callable

import torch

from blockml.training.step import Step

_WARM_UP = 3
"""Steps before the recording; CUDA graphs need memory and kernels to be chosen by then."""

Learn = Callable[..., tuple[torch.Tensor, torch.Tensor]]


def graphed(step: Step) -> Learn:
    """Return ``step.learn``, recorded as a CUDA graph for the batches of one size.

    Other sizes, such as the last batch of an epoch, and mixed pictures run as they are. The
    learning rate must be a tensor on the device, so that a replay sees its changes.
    """
    recorded: _Recording | None = None
    seen = 0

    def learn(
        images: torch.Tensor,
        labels: torch.Tensor,
        other: torch.Tensor | None = None,
        share: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal recorded, seen
        if other is not None:
            return step.learn(images, labels, other, share)
        if recorded is None:
            seen += 1
            if seen <= _WARM_UP:
                return _aside(step, images, labels)
            recorded = _Recording(step, images, labels)
        if images.shape != recorded.images.shape:
            return step.learn(images, labels)
        return recorded.replay(images, labels)

    return learn


def _aside(step: Step, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A step on another stream, as the recording will be."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        found = step.learn(images, labels)
    torch.cuda.current_stream().wait_stream(side)
    return found


def make_recordable(optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Let an optimizer keep on the device what it would otherwise compute in Python."""
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(float(group["lr"]), device=device)
        if "capturable" in group:
            group["capturable"] = True


class _Recording:
    """The graph, and the memory that it reads from and writes to."""

    def __init__(self, step: Step, images: torch.Tensor, labels: torch.Tensor) -> None:
        self.images, self.labels = images.clone(memory_format=torch.preserve_format), labels.clone()
        self._graph = torch.cuda.CUDAGraph()
        step.optimizer.zero_grad(set_to_none=True)
        # Recording computes nothing: the weights stay as they are until the first replay.
        with torch.cuda.graph(self._graph):
            self._loss, self._scores = step.learn(self.images, self.labels)

    def replay(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.images.copy_(images)
        self.labels.copy_(labels)
        self._graph.replay()
        # The next replay writes into the same memory.
        return self._loss.clone(), self._scores.clone()
