"""What the augmentation of a recipe does to pictures: the same ones before and after."""

from __future__ import annotations

import torch

from blockml.data.dataset import Dataset
from blockml.data.pictures import png_address
from blockml.experiment import Experiment
from blockml.loop.augment import augment
from blockml.loop.mix import mix
from blockml.loop.split import take_examples
from blockml.protocol import Augmented


def augmented(experiment: Experiment, data: Dataset, pictures: int = 10, seed: int = 0) -> Augmented:
    """Change a few training pictures as a training would.

    Args:
        experiment: Its recipe says how.
        data: What it learns from.
        pictures: How many to show, spread over the classes; fewer where there are not so many.
        seed: Which pictures and which changes; the same seed gives the same.
    """
    recipe, train = experiment.recipe, data.train
    generator = torch.Generator().manual_seed(seed)
    chosen = take_examples(train.labels, pictures, seed)
    before, labels = train.images[chosen], train.labels[chosen]
    after = augment(
        before,
        generator,
        flip=recipe.flip,
        shift=recipe.shift,
        rotate=recipe.rotate,
        zoom=recipe.zoom,
        color=recipe.color,
        rand_augment=recipe.rand_augment,
        cutout=recipe.cutout,
    )
    if recipe.mixup or recipe.cutmix:
        # Mixing comes after `prepare` in a training; it is a weighted sum, so the picture is the same.
        after, _, _ = mix(after.float(), labels, generator, mixup=recipe.mixup, cutmix=recipe.cutmix)
    return Augmented(before=_side_by_side(before), after=_side_by_side(after), shown=len(chosen))


def _side_by_side(images: torch.Tensor) -> str:
    """Pictures (N, C, H, W), 0 to 255, in one row, as a PNG data address."""
    whole = images.round().clamp(0, 255).to(torch.uint8) if images.is_floating_point() else images
    return png_address(torch.cat(whole.unbind(0), dim=2).unsqueeze(0))
