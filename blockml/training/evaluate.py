"""What a trained module is worth on pictures that it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from blockml.data import Dataset

_PART = 250
"""Pictures at a time; small enough that Stop is answered at once."""


@dataclass(frozen=True)
class Evaluation:
    """Figures of a module on the test pictures.

    Attributes:
        loss: Mean cross-entropy in nats.
        accuracy: Share named right, 0 to 1.
        confusion: How often class i (row) was named class j (column).
    """

    loss: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]

    @property
    def per_class(self) -> tuple[float, ...]:
        """Share named right of each class; 0 for a class without pictures."""
        return tuple(row[index] / max(1, sum(row)) for index, row in enumerate(self.confusion))


@torch.inference_mode()
def evaluate(
    module: nn.Module, data: Dataset, images: torch.Tensor, labels: torch.Tensor, go_on: Callable[[], bool]
) -> Evaluation | None:
    """Test a module; it is in evaluation mode afterwards.

    Args:
        module: Takes what `Dataset.prepare` makes.
        data: Where the pictures are from.
        images: uint8 (N, C, H, W), on the device of the module.
        labels: int64 (N), likewise.
        go_on: Asked between parts; ``False`` ends the test.

    Returns:
        The figures, or ``None`` when it was ended.
    """
    module.eval()
    classes = len(data.classes)
    loss = torch.zeros((), dtype=torch.float64, device=images.device)
    confusion = torch.zeros(classes * classes, dtype=torch.int64, device=images.device)
    for part, truth in zip(images.split(_PART), labels.split(_PART), strict=True):
        if not go_on():
            return None
        scores = module(data.prepare(part))
        loss += nn.functional.cross_entropy(scores, truth, reduction="sum")
        confusion += torch.bincount(truth * classes + scores.argmax(dim=1), minlength=classes * classes)
    table = confusion.view(classes, classes)
    return Evaluation(
        loss=loss.item() / len(images),
        accuracy=table.diagonal().sum().item() / len(images),
        confusion=tuple(tuple(row) for row in table.tolist()),
    )
