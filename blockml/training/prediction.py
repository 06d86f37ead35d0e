"""What a trained module says of one picture."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from blockml.data import Picture, read_picture
from blockml.data.pictures import png_address
from blockml.facts import DataFacts
from blockml.loop.prepare import prepare


@dataclass(frozen=True, repr=False)
class Prediction:
    """What the network says of one picture.

    Attributes:
        label: Most likely class.
        probabilities: Of every class, in the order of the classes; they add up to 1.
        classes: Names of the classes.
        picture_address: What the network was shown, as a PNG data address.
    """

    label: str
    probabilities: tuple[float, ...]
    classes: tuple[str, ...]
    picture_address: str

    def __repr__(self) -> str:
        """The best three in one line."""
        return f"<Prediction: {', '.join(f'{name} {share:.1%}' for name, share in self.top())}>"

    def top(self, count: int = 3) -> list[tuple[str, float]]:
        """The most likely classes and their probabilities, the first one first."""
        pairs = sorted(zip(self.classes, self.probabilities, strict=True), key=lambda pair: -pair[1])
        return pairs[: max(0, count)]


@torch.inference_mode()
def predict(module: nn.Module, facts: DataFacts, source: Picture) -> Prediction:
    """Show one picture to a module in evaluation mode.

    Raises:
        DataError: The picture cannot be used.
    """
    images = read_picture(source, facts)
    weight = next(module.parameters(), torch.zeros(()))
    scores = module(prepare(images, facts.mean, facts.std).to(weight.device))
    probabilities = scores.float().softmax(dim=1)[0].tolist()
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return Prediction(facts.classes[best], tuple(probabilities), facts.classes, png_address(images))
