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
    loss = cross_entropy(scores, labels, smoothing, weights)
    if other is None or share is None:
        return loss
    mixed_in = cross_entropy(scores, other, smoothing, weights)
    return share * loss + (1 - share) * mixed_in


def cross_entropy(
    scores: torch.Tensor,
    labels: torch.Tensor,
    smoothing: float,
    weights: torch.Tensor | None,
) -> torch.Tensor:
    """Return what `torch.nn.functional.cross_entropy` does, and never wait for a GPU.

    torch's own does where labels are smoothed and classes weighted at once.
    """
    if weights is None or smoothing == 0:
        return nn.functional.cross_entropy(
            scores, labels, weight=weights, label_smoothing=smoothing
        )
    logs = scores.log_softmax(dim=1)
    plain = nn.functional.nll_loss(logs, labels, weight=weights)
    spread = -(logs @ weights).sum() / weights.index_select(0, labels).sum()
    return (1 - smoothing) * plain + smoothing / len(weights) * spread


def balanced_weights(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Return how much each class must count so that all count the same.

    Pictures count 1 on average. A class without any counts 0.
    """
    counts = torch.bincount(labels, minlength=classes).float()
    present = counts > 0
    return present * len(labels) / (present.sum() * counts.clamp(min=1))
