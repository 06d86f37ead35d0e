"""Mixing two pictures and their labels: mixup and CutMix."""

from __future__ import annotations

import math

import torch


def mix(
    images: torch.Tensor,
    labels: torch.Tensor,
    generator: torch.Generator,
    *,
    mixup: float = 0.0,
    cutmix: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Mix each picture with its neighbour in the batch, a random one after the shuffle.

    mixup (arXiv:1710.09412) blends the two; CutMix (arXiv:1905.04899) pastes a
    rectangle of the neighbour. With both, each step draws one of them.

    Args:
        images: Prepared pictures, float (N, C, H, W).
        labels: Their classes (N).
        generator: On the device of the pictures.
        mixup: Alpha of mixup; 0 does without.
        cutmix: Alpha of CutMix; 0 does without.

    Returns:
        Mixed pictures, labels of the neighbours, and how much `labels` count (0 to 1).
    """
    height, width = images.shape[2:]
    draws = torch.rand(7, generator=generator, device=images.device)
    keep = torch.ones(1, 1, height, width, device=images.device)
    if mixup:
        keep = keep * symmetric_beta(mixup, draws[0], draws[1])
    if cutmix:
        half = (1 - symmetric_beta(cutmix, draws[2], draws[3])).sqrt() / 2
        rows = torch.arange(height, device=images.device).view(-1, 1) + 0.5
        columns = torch.arange(width, device=images.device) + 0.5
        inside = (rows - height * draws[4]).abs() < height * half
        inside = inside & ((columns - width * draws[5]).abs() < width * half)
        outside = (~inside).float().expand_as(keep)
        keep = torch.where(draws[6] < 0.5, keep, outside) if mixup else outside
    mixed = images.roll(1, 0).lerp(images, keep)
    return mixed, labels.roll(1, 0), keep.mean()


def symmetric_beta(
    alpha: float, one: torch.Tensor, other: torch.Tensor
) -> torch.Tensor:
    """Turn two even draws from 0 to 1 into one of the distribution Beta(alpha, alpha).

    Exact for every alpha above 0 and without trial and error: a draw of Student's t in
    polar form (Bailey 1994, Mathematics of Computation 62), squeezed into 0 to 1.
    """
    power = one ** (1 / alpha)
    cosine = (2 * math.pi * other).cos()
    # The small number only keeps 0/0 away.
    ratio = power / (1 - power) + cosine**2 + 1e-12
    return (1 + cosine / ratio.sqrt()) / 2
