"""Random changes of many kinds, after RandAugment (arXiv:1909.13719)."""

from __future__ import annotations

import math

import torch

# Strength of every random change: 9 of 30, the paper's choice for small pictures.
MAGNITUDE = 0.3


def rand_augment(
    images: torch.Tensor, operations: int, generator: torch.Generator
) -> torch.Tensor:
    """Apply so many random changes, one after the other, to each picture.

    The kinds and sizes are those of RandAugment, with one difference: equalization,
    which needs a histogram of each picture, is left out. Each round deals the pictures
    to three groups at random, as many as a group has kinds; there each draws its kind.

    Args:
        images: Pictures (N, C, H, W), values 0 to 255.
        operations: Changes in a row, 1 or more.
        generator: On the device of the pictures.

    Returns:
        float (N, C, H, W), 0 to 255.
    """
    count = len(images)
    images = images.float()
    first, second = round(count * 6 / 13), round(count * 10 / 13)
    for _ in range(operations):
        order = torch.rand(count, generator=generator, device=images.device).argsort()
        dealt = images.index_select(0, order)
        changed = (
            bend(dealt[:first], generator),
            blend(dealt[first:second], generator),
            retone(dealt[second:], generator),
        )
        images = torch.cat(changed).index_select(0, order.argsort())
    return images.clamp(0, 255)  # rounding may pass the ends by a hair


def either(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Draw -1 or 1 for each picture: (N, 1, 1, 1)."""
    shape = (len(images), 1, 1, 1)
    drawn = torch.rand(shape, generator=generator, device=images.device)
    return torch.where(drawn < 0.5, -1.0, 1.0)


def one_of(choices: list[torch.Tensor], generator: torch.Generator) -> torch.Tensor:
    """Take for each picture one of several versions of it, evenly."""
    count, device = len(choices[0]), choices[0].device
    wanted = torch.randint(len(choices), (count,), generator=generator, device=device)
    # Picking whole pictures is much faster than choosing pixel by pixel.
    places = count * wanted + torch.arange(count, device=device)
    return torch.cat(choices).index_select(0, places)


def bend(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Leave, turn, shear or move each picture, along one of its sides."""
    turn, shear, move = MAGNITUDE * math.pi / 6, MAGNITUDE * 0.3, MAGNITUDE * 0.9
    cos, sin = math.cos(turn), math.sin(turn)
    matrices = torch.tensor(
        [
            [[1, 0, 0], [0, 1, 0]],
            [[cos, -sin, 0], [sin, cos, 0]],
            [[1, shear, 0], [0, 1, 0]],
            [[1, 0, 0], [shear, 1, 0]],
            [[1, 0, move], [0, 1, 0]],
            [[1, 0, 0], [0, 1, move]],
        ]
    ).to(images.device, non_blocking=True)
    if not len(images):
        return images  # `affine_grid` does not take an empty batch
    wanted = torch.randint(6, (len(images),), generator=generator, device=images.device)
    # The other direction of a turn, shear or move has all off the diagonal negative.
    signs = either(images, generator).view(-1, 1, 1)
    straight = torch.eye(2, 3, device=images.device) != 0
    matrices = matrices.index_select(0, wanted)
    matrices = torch.where(straight, matrices, matrices * signs)
    grid = torch.nn.functional.affine_grid(
        matrices, list(images.shape), align_corners=False
    )
    return torch.nn.functional.grid_sample(
        images, grid, padding_mode="border", align_corners=False
    )


def blend(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Change brightness, contrast, saturation or sharpness of each picture.

    All four bring a picture nearer to a plain version of it, or away from that: to
    black, to its mean, to its grey, to its blur.
    """
    gray = images.mean(dim=1, keepdim=True).expand_as(images)
    mean = gray.mean(dim=(1, 2, 3), keepdim=True).expand_as(images)
    blur = torch.nn.functional.avg_pool2d(
        images, 3, stride=1, padding=1, count_include_pad=False
    )
    plain = one_of([blur, torch.zeros_like(images), mean, gray], generator)
    factor = 1 + MAGNITUDE * 0.9 * either(images, generator)
    return (plain + factor * (images - plain)).clamp(0, 255)


def retone(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Posterize, solarize or spread the tones of each picture."""
    step = 2 ** round(MAGNITUDE * 4)
    posterized = (images / step).floor() * step
    limit = 255 * (1 - MAGNITUDE)
    solarized = torch.where(images >= limit, 255 - images, images)
    low, high = images.amin((2, 3), keepdim=True), images.amax((2, 3), keepdim=True)
    spread = (images - low) * 255 / (high - low).clamp(min=1)
    return one_of([posterized, solarized, spread], generator)
