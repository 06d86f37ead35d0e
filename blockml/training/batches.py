"""Which pictures a step sees, and how they get to the device."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import torch

from blockml.data import Split
from blockml.loop.split import hold_back, take_examples
from blockml.recipe import Recipe

Batch = tuple[torch.Tensor, torch.Tensor]

_RESIDENT_SHARE = 0.5
"""Share of the free memory of a GPU that pictures may take before they are sent batch by batch."""


def needs_stream(bytes_needed: int, device: torch.device) -> bool:
    """Whether pictures of so many bytes stay in the memory of the machine.

    On the CPU they lie there anyway, mapped from the file of the prepared data.
    """
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return bytes_needed > _RESIDENT_SHARE * free


_GROUP = 1024**2
"""Bytes of pictures that are gathered at a time, if a batch has not more."""


class Pictures:
    """Pictures and labels that batches are drawn from.

    Attributes:
        images: uint8 (N, C, H, W), on the device unless they are streamed.
        labels: int64 (N), likewise.
        stream: Whether they stay in the memory of the machine, and batches are sent.
    """

    def __init__(self, split: Split, device: torch.device, *, stream: bool = False) -> None:
        self._device, self.stream = device, stream
        self.images = split.images if stream else split.images.to(device)
        self.labels = split.labels if stream else split.labels.to(device)

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.images)

    def batches(self, order: list[torch.Tensor]) -> Iterator[Batch]:
        """Yield the pictures and labels of each tensor of indices, on the device.

        The indices are where the pictures are. A batch that is streamed is gathered in a thread
        while the step before it computes.
        """
        if not self.stream:
            for group in self._groups(order):
                index, sizes = torch.cat(group), [len(each) for each in group]
                images, labels = self.images.index_select(0, index), self.labels.index_select(0, index)
                yield from zip(images.split(sizes), labels.split(sizes), strict=True)
            return
        with ThreadPoolExecutor(1, thread_name_prefix="blockml-batches") as pool:
            ahead = pool.submit(self._gather, order[0]) if order else None
            for following in [*order[1:], None]:
                assert ahead is not None  # noqa: S101 - one is ahead for each that is left
                images, labels = ahead.result()
                ahead = None if following is None else pool.submit(self._gather, following)
                yield (
                    images.to(self._device, non_blocking=True),
                    labels.to(self._device, non_blocking=True),
                )

    def _groups(self, order: list[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
        """Small batches together: to gather one costs more than what is gathered."""
        size = max(1, self.images[:1].numel() * self.images.element_size() * len(order[0])) if order else 1
        count = max(1, _GROUP // size)
        for start in range(0, len(order), count):
            yield order[start : start + count]

    def _gather(self, index: torch.Tensor) -> Batch:
        images, labels = self.images.index_select(0, index), self.labels.index_select(0, index)
        if self._device.type == "cuda":
            # Only from pinned memory does the copy run beside the computing.
            images, labels = images.pin_memory(), labels.pin_memory()
        return images, labels

    @property
    def place(self) -> torch.device:
        """Where indices into the pictures must be."""
        return self.images.device


class Selection:
    """Which training pictures are used, held back, and in what order.

    Attributes:
        used: Indices of the pictures that training learns from.
        held: Indices of those held back to judge the epochs; ``None`` where none are.
    """

    def __init__(self, recipe: Recipe, labels: torch.Tensor, place: torch.device) -> None:
        self._recipe, self._place = recipe, place
        used = torch.arange(len(labels))
        if 0 < recipe.examples < len(labels):
            used = take_examples(labels, recipe.examples, recipe.seed)
        self.held: torch.Tensor | None = None
        if recipe.holds_back:
            kept, held = hold_back(labels[used], recipe.validation, recipe.seed)
            used, self.held = used[kept], used[held]
        self.used = used

    def order(self, epoch: int) -> list[torch.Tensor]:
        """The batches of an epoch as indices; the generated script draws the same."""
        shuffle = torch.Generator().manual_seed(self._recipe.seed + epoch)
        order = self.used[torch.randperm(len(self.used), generator=shuffle)].to(self._place)
        batches = list(order.split(self._recipe.batch_size))
        if len(batches) > 1 and len(batches[-1]) == 1:
            # One picture alone has nothing that a batch normalization could compare it with.
            batches.pop()
        return batches
