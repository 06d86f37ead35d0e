"""Loss and accuracy of the steps of an epoch, added up on the device."""

from __future__ import annotations

import torch

_MOST_PENDING = 64
"""Steps whose figures wait to be added up."""


class Tally:
    """Sums over the pictures since they were last read.

    Reading the figures in each step would wait for the device each time, and to add them up in
    each step takes longer than a small layer; so they wait and are added up together.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._pending: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._right = torch.zeros((), dtype=torch.int64, device=device)
        self._seen = 0

    def add(self, loss: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> None:
        """Note a step: its mean loss, scores (N, classes) and labels (N); nothing is waited for."""
        self._pending.append((loss, scores, labels))
        if len(self._pending) >= _MOST_PENDING:
            self._add_up()

    def read(self) -> tuple[float, int, int]:
        """Sum of the losses, pictures named right, pictures seen; all since the last time.

        This waits for the device.
        """
        self._add_up()
        if not self._seen:
            return 0.0, 0, 0
        found = self._loss.item(), int(self._right.item()), self._seen
        self._loss.zero_()
        self._right.zero_()
        self._seen = 0
        return found

    def _add_up(self) -> None:
        if not self._pending:
            return
        losses, scores, labels = zip(*self._pending, strict=True)
        self._pending.clear()
        sizes = torch.tensor([len(each) for each in labels], dtype=torch.float64)
        sizes = sizes.to(self._device, non_blocking=True)  # else it would wait for the steps before
        truth = torch.cat(labels)
        self._loss += (torch.stack(losses).double() * sizes).sum()
        self._right += (torch.cat(scores).argmax(dim=1) == truth).sum()
        self._seen += len(truth)
