"""Random numbers of a training: drawn from its own seeds, beside those of the user's cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def step_seed(seed: int, epoch: int, step: int) -> int:
    """A seed for each step; odd factors keep the steps of a run apart also in the low 32 bits."""
    mixed = seed * 0x9E3779B97F4A7C15 + epoch * 0xBF58476D1CE4E5B9 + step * 0x94D049BB133111EB
    return mixed & 0x7FFF_FFFF_FFFF_FFFF


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from a seed of our own and put the random state of the user's cells back."""
    generators = [torch.default_generator]
    if device.type == "cuda":
        index = torch.cuda.current_device() if device.index is None else device.index
        generators.append(torch.cuda.default_generators[index])
    states = [generator.get_state() for generator in generators]
    try:
        for generator in generators:
            generator.manual_seed(seed)
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
