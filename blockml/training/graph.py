"""A step recorded once and replayed as one piece: on a GPU small layers wait for Python otherwise."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import torch

from blockml.training.step import Step

WARM_UP = 3
"""Steps before the recording; CUDA graphs need memory and kernels to be chosen by then."""

_one = threading.Lock()
"""Held while something is recorded: torch knows of one recording that draws random numbers, no more."""

_Found = TypeVar("_Found")
Learn = Callable[..., tuple[torch.Tensor, torch.Tensor]]


def learner(step: Step, mode: str, size: int) -> Learn:
    """Return ``step.learn`` as a plan says.

    Args:
        step: What learns.
        mode: Of the plan.
        size: Pictures in all batches of a training but, perhaps, the last of an epoch.
    """
    if mode == "compiled":
        step.compile(size)
    return step.learn if mode == "eager" else _graphed(step, size)


def _graphed(step: Step, size: int) -> Learn:
    """``step.learn``, recorded as a CUDA graph for the batches of one size.

    Other sizes and mixed pictures run as they are. The learning rate must be a tensor on the
    device, so that a replay sees its changes.
    """
    recording: _Recording | None = None
    seen = 0

    def learn(
        images: torch.Tensor,
        labels: torch.Tensor,
        other: torch.Tensor | None = None,
        share: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal recording, seen
        if other is not None or len(images) != size:
            return step.learn(images, labels, other, share)
        if recording is None:
            seen += 1
            if seen <= WARM_UP:
                return _aside(lambda: step.learn(images, labels))
            recording = _Recording(step, images, labels)
        return recording.replay(images, labels)

    return learn


def recorded(act: Callable[[], object]) -> Callable[[], None]:
    """Do something a few times, record it, and return what replays it."""
    for _ in range(WARM_UP):
        _aside(act)
    graph = torch.cuda.CUDAGraph()
    with warnings.catch_warnings():
        # What asks a GPU for nothing, as Flatten does, is recorded all the same.
        warnings.filterwarnings("ignore", message="The CUDA Graph is empty")
        with _recording(graph):
            act()
    return graph.replay


@contextmanager
def _recording(graph: torch.cuda.CUDAGraph, stream: torch.cuda.Stream | None = None) -> Iterator[None]:
    chance = torch.cuda.default_generators[torch.cuda.current_device()]
    with _one:
        before = chance.clone_state()
        try:
            # What other threads do on the device meanwhile, such as a cell of the notebook, is theirs.
            with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
                yield
        except RuntimeError:
            # torch leaves its random numbers behind as if it still recorded, of no use to anybody.
            chance.graphsafe_set_state(before.graphsafe_get_state())
            raise


@cache
def _side(device: int) -> torch.cuda.Stream:
    # One for all: what matrix products work in, tens of megabytes, stays with each stream.
    return torch.cuda.Stream(device)


def _aside(act: Callable[[], _Found]) -> _Found:
    """Do something on another stream, as it will be recorded."""
    side = _side(torch.cuda.current_device())
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        found = act()
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
        # On a stream of its own, the memory that matrix products work in is made while it records, and
        # so belongs to the graph. That of a common stream is taken away when somebody clears it, as
        # Lightning does after each training, and the replay would write into what is another's by then.
        with _recording(self._graph, torch.cuda.Stream()):
            self._loss, self._scores = step.learn(self.images, self.labels)

    def replay(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.images.copy_(images)
        self.labels.copy_(labels)
        self._graph.replay()
        # The next replay writes into the same memory.
        return self._loss.clone(), self._scores.clone()
