"""Random changes of pictures, in batches: each picture has its own, none is waited for.

All take pictures (N, C, H, W) of one or three channels with values 0 to 255 and a
generator on their device, and return new ones of the same shape. Whole numbers stay
whole where nothing between them arises; else pictures come back as float.
"""

from __future__ import annotations

import math

import torch


def uniform(
    images: torch.Tensor, low: float, high: float, generator: torch.Generator
) -> torch.Tensor:
    """Draw one number for each picture, evenly between two limits: (N, 1, 1, 1)."""
    drawn = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
    return low + (high - low) * drawn


def flip(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mirror each picture left to right with probability 1/2."""
    count = len(images)
    mirrored = torch.rand(count, generator=generator, device=images.device) < 0.5
    # Picking whole pictures is much faster than choosing pixel by pixel.
    both = torch.cat([images, images.flip(3)])
    return both.index_select(
        0, torch.arange(count, device=images.device) + count * mirrored
    )


def shift(
    images: torch.Tensor, pixels: int, generator: torch.Generator
) -> torch.Tensor:
    """Move each picture by up to so many pixels; what comes in mirrors what is there.

    The usual "pad and crop at random", with one offset for each picture and direction.
    """
    offsets = torch.randint(
        -pixels, pixels + 1, (2, len(images)), generator=generator, device=images.device
    )
    return slide_columns(slide_rows(images, offsets[0]), offsets[1])


def slide_rows(images: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """Move each picture (N, C, H, W) up by its offset (N), mirrored at its edges."""
    count, channels, height, width = images.shape
    if height == 1:
        return images
    steps = torch.arange(height, device=images.device)
    rows = (steps + offsets.view(-1, 1, 1)) % (2 * height - 2)
    rows = torch.minimum(rows, 2 * height - 2 - rows)
    planes = torch.arange(count * channels, device=images.device)
    wanted = height * planes.view(count, channels, 1) + rows
    moved = images.reshape(-1, width).index_select(0, wanted.flatten())
    return moved.view(images.shape)


def slide_columns(images: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """Move each picture (N, C, H, W) left by its offset (N), mirrored at its edges."""
    count, channels, height, width = images.shape
    if width == 1:
        return images
    # Each row, its mirror and itself once more: every move is a piece of that, and
    # pieces are copied whole, which is much faster than to gather pixel by pixel.
    long = torch.cat([images, images[..., 1:-1].flip(3), images], dim=3)
    lines = torch.arange(count * channels * height, device=images.device)
    starts = long.shape[3] * lines.view(count, -1)
    starts = starts + (offsets % (2 * width - 2)).view(-1, 1)
    pieces = long.flatten().unfold(0, width, 1)
    return pieces.index_select(0, starts.flatten()).view(images.shape)


def resample(images: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
    """Turn, stretch and move pictures; beyond its edges a picture goes on as it ends.

    Args:
        images: Pictures (N, C, H, W).
        matrices: Where each pixel of the new picture comes from (N, 2, 3), with the
            middle of the picture at 0 and its shorter side from -1 to 1.

    Returns:
        Pictures as float, bilinear between the pixels.
    """
    height, width = images.shape[2:]
    side = torch.tensor([width, height]) / min(height, width)
    side = side.to(images.device, non_blocking=True)
    # `affine_grid` has both sides from -1 to 1: without this a turn would shear.
    matrices = matrices * torch.cat([side, side.new_ones(1)]) / side.unsqueeze(1)
    grid = torch.nn.functional.affine_grid(
        matrices, list(images.shape), align_corners=False
    )
    images = torch.nn.functional.grid_sample(
        images.float(), grid, padding_mode="border", align_corners=False
    )
    return images.clamp(0, 255)  # rounding may pass the ends by a hair


def rotate_zoom(
    images: torch.Tensor, degrees: float, zoom: float, generator: torch.Generator
) -> torch.Tensor:
    """Turn each picture by up to so many degrees and enlarge it by up to a share."""
    angle = uniform(images, -degrees, degrees, generator).flatten() * math.pi / 180
    scale = 1 / uniform(images, 1 - zoom, 1 + zoom, generator).flatten()
    cos, sin, zero = scale * angle.cos(), scale * angle.sin(), torch.zeros_like(angle)
    matrices = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1)
    return resample(images, matrices.view(-1, 2, 3))


def gray(images: torch.Tensor) -> torch.Tensor:
    """Return the lightness of colour pictures as people see it (ITU-R 601-2)."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images[:, :1], images[:, 1:2], images[:, 2:]
    return 0.299 * red + 0.587 * green + 0.114 * blue


def color(
    images: torch.Tensor, strength: float, generator: torch.Generator
) -> torch.Tensor:
    """Change brightness, contrast and saturation of each picture by up to a share."""
    brightness = uniform(images, 1 - strength, 1 + strength, generator)
    contrast = uniform(images, 1 - strength, 1 + strength, generator)
    images = images * brightness
    middle = gray(images).mean(dim=(2, 3), keepdim=True)
    images = middle + contrast * (images - middle)
    if images.shape[1] > 1:
        saturation = uniform(images, 1 - strength, 1 + strength, generator)
        plain = gray(images)
        images = plain + saturation * (images - plain)
    return images.clamp(0, 255)


def cutout(images: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """Blank a square of each picture; near an edge only a part of it lies inside.

    It is filled with the mean colour of the batch, which says least: once prepared it
    is about 0, as in the paper (arXiv:1708.04552). Black would be one more colour.
    """
    height, width = images.shape[2:]
    rows = torch.arange(height, device=images.device).view(1, 1, -1, 1)
    columns = torch.arange(width, device=images.device).view(1, 1, 1, -1)
    top = (uniform(images, 0, height, generator) - side / 2).ceil()
    left = (uniform(images, 0, width, generator) - side / 2).ceil()
    inside = (rows >= top) & (rows < top + side)
    inside = inside & (columns >= left) & (columns < left + side)
    mean = images.mean(dim=(0, 2, 3), keepdim=True, dtype=torch.float32)
    blank = inside.to(images.dtype)
    return images * (1 - blank) + mean.round().to(images.dtype) * blank
