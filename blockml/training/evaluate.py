"""What a trained module is worth on pictures that it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from blockml.training.batches import Pictures
from blockml.training.step import Step

_WORK = {"cpu": 3e9, "cuda": 1e12}
"""Operations of one part, so that Stop is answered at once; a machine does more than that in 1/2 s."""
_MOST = 2000


@dataclass(frozen=True)
class Evaluation:
    """Figures of a module on pictures.

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


def part_size(flops: int, device: torch.device) -> int:
    """Pictures at a time; a function of the network, so that the same run adds up the same sums."""
    work = _WORK.get(device.type, _WORK["cuda"])
    return max(1, min(_MOST, int(work / max(1, flops))))


@torch.inference_mode()
def evaluate(
    step: Step,
    module: nn.Module,
    pictures: Pictures,
    *,
    classes: int,
    part: int,
    go_on: Callable[[], bool],
    index: torch.Tensor | None = None,
) -> Evaluation | None:
    """Test a module; it is in evaluation mode afterwards.

    Args:
        step: Prepares and computes as in training.
        module: What is tested.
        pictures: What it is tested with.
        classes: Number of classes.
        part: Pictures at a time.
        go_on: Asked between parts; ``False`` ends the test.
        index: Which of the pictures; all by default.

    Returns:
        The figures, or ``None`` when it was ended.
    """
    module.eval()
    chosen = torch.arange(len(pictures)) if index is None else index
    loss: torch.Tensor | None = None
    confusion: torch.Tensor | None = None
    for images, labels in pictures.batches(list(chosen.to(pictures.place).split(part))):
        if not go_on():
            return None
        scores = step.scores(module, step.prepare(images))
        losses = nn.functional.cross_entropy(scores, labels, reduction="none").double().sum()
        counts = torch.bincount(labels * classes + scores.argmax(dim=1), minlength=classes * classes)
        loss = losses if loss is None else loss + losses
        confusion = counts if confusion is None else confusion + counts
    if loss is None or confusion is None:
        return Evaluation(0.0, 0.0, ((0,) * classes,) * classes)
    table = confusion.view(classes, classes)
    count = max(1, len(chosen))  # of a single example none can be held back
    return Evaluation(
        loss=loss.item() / count,
        accuracy=table.diagonal().sum().item() / count,
        confusion=tuple(tuple(row) for row in table.tolist()),
    )
