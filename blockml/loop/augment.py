"""All changes of the training pictures that a recipe asks for, in one call."""

from __future__ import annotations

import torch

from blockml.loop import changes
from blockml.loop import rand_augment as many
from blockml.loop.changes import cutout, flip, rotate_zoom, shift

__all__ = ["augment", "cutout", "flip", "rotate_zoom", "shift"]


def augment(
    images: torch.Tensor,
    generator: torch.Generator,
    *,
    flip: bool = False,
    shift: int = 0,
    rotate: float = 0.0,
    zoom: float = 0.0,
    color: float = 0.0,
    rand_augment: int = 0,
    cutout: int = 0,
) -> torch.Tensor:
    """Change each picture of a batch at random, as the settings of the recipe say.

    Nothing waits for the device; the same state of the generator gives the same
    pictures.
    The script has the same calls in the same order (`blockml.codegen.augmentation`).

    Args:
        images: uint8 or float (N, C, H, W) with 1 or 3 channels, values 0 to 255.
        generator: On the device of the pictures.
        flip: Mirror half of them left to right.
        shift: Pixels of the largest move in each direction.
        rotate: Degrees of the largest turn either way.
        zoom: Largest share by which a picture grows or shrinks, 0 to 0.9.
        color: Strength of changes of brightness, contrast and saturation, 0 to 1.
        rand_augment: Changes of RandAugment in a row.
        cutout: Side in pixels of a blank square.

    Returns:
        Pictures of the same shape; the same dtype after flip, shift and cutout, else
        float.
    """
    if flip:
        images = changes.flip(images, generator)
    if shift:
        images = changes.shift(images, shift, generator)
    if rotate or zoom:
        images = changes.rotate_zoom(images, rotate, zoom, generator)
    if color:
        images = changes.color(images, color, generator)
    if rand_augment:
        images = many.rand_augment(images, rand_augment, generator)
    if cutout:
        images = changes.cutout(images, cutout, generator)
    return images
