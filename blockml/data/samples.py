"""Test pictures to try a network on, one of each class."""

from __future__ import annotations

import torch

from blockml.data.dataset import Dataset
from blockml.data.pictures import png_address
from blockml.protocol import Sample, Samples


def samples(data: Dataset, turn: int = 0, most: int = 10) -> Samples:
    """Choose pictures that training has never seen.

    Args:
        data: The data set.
        turn: Another number gives other pictures, and of many classes others.
        most: Most pictures that are chosen.
    """
    count = len(data.classes)
    first = turn * most if count > most else 0
    chosen = []
    for at in ((first + place) % count for place in range(min(count, most))):
        members = (data.test.labels == at).nonzero().flatten()
        if not len(members):
            continue
        draw = torch.Generator().manual_seed(turn * count + at)
        index = int(members[torch.randint(len(members), (1,), generator=draw)])
        picture = png_address(data.test.images[index : index + 1])
        chosen.append(Sample(label=data.classes[at], picture=picture))
    return Samples(items=tuple(chosen))
