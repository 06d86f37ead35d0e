"""How wrong the scores of a batch are."""

from __future__ import annotations

import torch
from torch import nn


def loss_of(
    scores: torch.Tensor,
    labels: torch.Tensor,
    *,
    smoothing: float = 0.0,
    weights: torch.Tensor | None = None,
    other: torch.Tensor | None = None,
    share: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the mean cross-entropy of a batch, in nats, in full precision.

    Args:
        scores: One for each class (N, classes).
        labels: True classes (N).
        smoothing: Share of each label that is spread over all classes.
        weights: How much each class counts (classes).
        other: Classes of the pictures that were mixed in (N).
        share: How much `labels` count beside them, 0 to 1.
    """
    scores = scores.float()
    loss = nn.functional.cross_entropy(
        scores, labels, weight=weights, label_smoothing=smoothing
    )
    if other is None or share is None:
        return loss
    mixed_in = nn.functional.cross_entropy(
        scores, other, weight=weights, label_smoothing=smoothing
    )
    return share * loss + (1 - share) * mixed_in


def balanced_weights(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Return how much each class must count so that all count the same.

    Pictures count 1 on average. A class without any counts 0.
    """
    counts = torch.bincount(labels, minlength=classes).float()
    present = counts > 0
    return present * len(labels) / (present.sum() * counts.clamp(min=1))
