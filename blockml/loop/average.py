"""A moving average of the weights, which is steadier than the last ones."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


@torch.no_grad()
def update_average(
    average: nn.Module, model: nn.Module, decay: float, step: int
) -> None:
    """Move the average a little towards the model (Polyak and Juditsky 1992).

    The first steps count more, so that the average soon forgets how the model started.

    Args:
        average: A copy of the model; it is changed.
        model: What was just trained.
        decay: Share of the average that stays, in the long run.
        step: Steps done before this one.
    """
    kept = min(decay, (1 + step) / (10 + step))
    weights = [*average.parameters()]
    if weights:
        # One call for all of them, which is faster than one for each.
        get_ema_multi_avg_fn(kept)(weights, [*model.parameters()], step)
    for mean, now in zip(average.buffers(), model.buffers(), strict=True):
        mean.copy_(now)
