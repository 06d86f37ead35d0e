"""From pictures as they are stored to what a network takes."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def prepare(
    images: torch.Tensor, mean: Sequence[float], std: Sequence[float]
) -> torch.Tensor:
    """Bring pictures from 0..255 to the range that the network learns best from."""
    middle = torch.tensor(mean, device=images.device).view(1, -1, 1, 1)
    spread = torch.tensor(std, device=images.device).view(1, -1, 1, 1)
    return (images.float() - 255 * middle) / (255 * spread)
