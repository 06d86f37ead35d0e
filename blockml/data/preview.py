"""A few pictures of each class, to see what a network will learn from."""

from __future__ import annotations

import torch

from blockml.data.dataset import Dataset
from blockml.data.sprites import sprite
from blockml.protocol import Preview, PreviewRow


def preview(data: Dataset, rows: int = 12, per_class: int = 10) -> Preview:
    """Show the first classes, a few training pictures each, spread over all of them.

    Args:
        data: The data set.
        rows: Classes that are shown at most.
        per_class: Pictures of a class that are shown at most.
    """
    count = len(data.classes)
    train = torch.bincount(data.train.labels, minlength=count).tolist()
    test = torch.bincount(data.test.labels, minlength=count).tolist()
    made = []
    for at, name in enumerate(data.classes[:rows]):
        members = (data.train.labels == at).nonzero().flatten()
        spread = torch.linspace(0, max(0, len(members) - 1), min(per_class, len(members))).round().long()
        chosen = members[spread]
        row = PreviewRow(
            name=name,
            train=train[at],
            test=test[at],
            pictures=sprite(data.train.images[chosen]),
            shown=len(chosen),
        )
        made.append(row)
    return Preview(rows=tuple(made), classes=count)
