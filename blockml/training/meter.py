"""Times what a device computes, so that what others do on the machine counts little."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import nn

from blockml.blocks import Shape
from blockml.training.graph import recorded
from blockml.training.plan import has_bf16
from blockml.training.threads import one_thread

_logger = logging.getLogger(__name__)

_BATCH = {"cpu": 32, "cuda": 1024}
"""Pictures in the batch that everything is measured with: enough that a device has to compute."""
_CALIBRATION = 0.008
"""Seconds that one thing is measured for, about."""
_TURNS = (2, 40)
"""Fewest and most turns of one thing."""
_ROUNDS, _BURST = 4, 3
"""Turns with all threads and with one, and steps in each."""

Clock = Callable[[], float]
Times = tuple[float, float]
"""Seconds of a batch: forward, and forward and backward."""


class _Drop(nn.Module):
    """What dropout computes, with random numbers of our own."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return given * torch.empty_like(given).bernoulli_(0.5, generator=self._generator)


class Meter:
    """Times modules on a device.

    Attributes:
        device: Which one.
        batch: Pictures in the batch that everything is measured with.
    """

    def __init__(self, device: torch.device, clock: Clock, rest: Callable[[], None]) -> None:
        self.device = device
        self.batch = _BATCH.get(device.type, _BATCH["cuda"])
        self._rest = rest
        self._clocks = (clock, time.thread_time) if device.type == "cpu" else (clock,)
        self._generator = torch.Generator(device).manual_seed(0)
        self._precisions = ["fp32", "bf16"] if has_bf16(device) else ["fp32"]

    def time(self, act: Callable[[], object]) -> float:
        """Seconds of one turn: the shortest, so that what others do counts little."""
        self._rest()
        act()
        best, total, turns = math.inf, 0.0, 0
        count = 1 if self.device.type == "cpu" else 10
        while turns < _TURNS[0] or (total < _CALIBRATION and turns < _TURNS[1]):
            began = [clock() for clock in self._clocks]
            for _ in range(count):
                act()
            self.settle()
            # What others do lengthens the time on the wall, but not the work of this thread (see `measure`).
            taken = min(clock() - start for clock, start in zip(self._clocks, began, strict=True)) / count
            best, total, turns = min(best, taken), total + taken, turns + 1
        return best

    def settle(self) -> None:
        """Wait until the device has done what it was asked."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def tensor(self, *shape: int) -> torch.Tensor:
        """Some numbers."""
        return torch.randn(shape, device=self.device, generator=self._generator)

    def module(self, module: nn.Module, shape: Shape, *, first: bool = False) -> Times:
        """Seconds of a batch through a module: forward, and forward and backward; its best way counts.

        Args:
            module: Made on the device ``meta``.
            shape: What comes in, without the batch.
            first: Whether it stands behind the pictures, which need no gradient.
        """
        module, given = self.made(module), self.tensor(self.batch, *shape)
        # What has no weights to lay out computes like the layers around it, which take the faster way.
        laid_out = any(weight.dim() == 4 for weight in module.parameters())  # noqa: PLR2004 - kernels
        layouts = [torch.channels_last] if len(shape) == 3 else [torch.contiguous_format]  # noqa: PLR2004
        if laid_out:
            layouts.append(torch.contiguous_format)
        found = []
        for layout in layouts:
            module, given = module.to(memory_format=layout), given.contiguous(memory_format=layout)
            found += [self._way(module, given, precision, first) for precision in self._precisions]
        return min(way[0] for way in found), min(way[1] for way in found)

    def made(self, module: nn.Module) -> nn.Module:
        """A module with numbers of our own: those of the person's random state are left alone."""
        module = module.to_empty(device=self.device).train()
        for weight in module.parameters():
            nn.init.normal_(weight, std=0.1, generator=self._generator)
        for buffer in module.buffers():
            buffer.fill_(1)
        return module

    def _way(
        self,
        module: nn.Module,
        given: torch.Tensor,
        precision: str,
        first: bool,  # noqa: FBT001 - one of the ways
    ) -> Times:
        given = given.detach().requires_grad_(not first)
        bf16 = precision == "bf16"
        cast = torch.autocast(self.device.type, dtype=torch.bfloat16) if bf16 else nullcontext()

        def forward() -> torch.Tensor:
            with cast:
                found: torch.Tensor = module(given)
            return found

        with torch.no_grad():
            ahead = self.time(self._as_trained(forward))
        if not forward().requires_grad:
            return ahead, ahead
        back = torch.ones_like(forward())

        def learn() -> None:
            module.zero_grad()
            given.grad = None
            forward().backward(back)

        return ahead, self.time(self._as_trained(learn))

    def _as_trained(self, act: Callable[[], object]) -> Callable[[], object]:
        """What a training would do: on a GPU it replays, and asks for nothing call by call."""
        if self.device.type != "cuda":
            return act
        try:
            return recorded(act)
        except RuntimeError:
            _logger.info("a block cannot be recorded", exc_info=True)
            return act

    def drop(self) -> nn.Module:
        """A module that draws as dropout does."""
        return _Drop(self._generator)

    def gain(self) -> float:
        """Share of its time that large work takes with all threads, of what it takes with one.

        Call it where all threads compute.
        """
        if self.device.type != "cpu" or torch.get_num_threads() == 1:
            return 1.0
        work, given = (
            self.made(nn.Conv2d(32, 64, 3, padding=1, device="meta")),
            self.tensor(self.batch, 32, 16, 16),
        )
        times = {False: math.inf, True: math.inf}
        for _ in range(_ROUNDS):
            for alone in (False, True):
                self._rest()
                with one_thread(alone), torch.no_grad():
                    for _ in range(_BURST):
                        began = time.perf_counter()
                        work(given)
                        times[alone] = min(times[alone], time.perf_counter() - began)
        return min(1.0, times[False] / times[True])

    def call(self) -> Times:
        """Seconds of a block that has next to nothing to do."""
        return self.module(nn.ReLU(), (1,))
