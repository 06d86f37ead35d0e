"""Dividing pictures so that every part has its share of each class."""

from __future__ import annotations

import torch


def spread(labels: torch.Tensor, seed: int) -> torch.Tensor:
    """Order examples so that every beginning of it holds its share of each class.

    The first example of each class comes before all second ones.

    Args:
        labels: Classes (N), whole numbers from 0.
        seed: Which of the possible orders; the same seed gives the same.

    Returns:
        Each index once, int64 (N), on the CPU.
    """
    generator = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(labels), generator=generator)
    drawn = labels.cpu()[shuffled]
    counts = torch.bincount(drawn)
    by_class = torch.argsort(drawn, stable=True)
    rank = torch.empty_like(by_class)
    rank[by_class] = (
        torch.arange(len(drawn)) - (counts.cumsum(0) - counts)[drawn[by_class]]
    )
    place = torch.where(rank == 0, 0.0, (rank + 0.5) / counts[drawn])
    return shuffled[torch.argsort(place, stable=True)]


def hold_back(
    labels: torch.Tensor, share: float, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hold back a share of the examples, of each class alike.

    At least one of two is held back, and every class keeps one where possible.

    Args:
        labels: Classes (N).
        share: Of the examples, 0 to 1.
        seed: Which ones; the same seed gives the same.

    Returns:
        Indices of what is kept and of what is held back, both sorted, int64.
    """
    order = spread(labels, seed)
    spare = len(order) - int((torch.bincount(labels) > 0).sum())
    held = max(min(1, len(order) - 1), min(round(share * len(order)), spare))
    kept = len(order) - held
    return order[:kept].sort().values, order[kept:].sort().values


def take_examples(labels: torch.Tensor, count: int, seed: int) -> torch.Tensor:
    """Take some of the examples, of each class alike.

    Args:
        labels: Classes (N).
        count: How many; all where there are fewer.
        seed: Which ones; the same seed gives the same.

    Returns:
        Their indices, sorted, int64.
    """
    return spread(labels, seed)[:count].sort().values
