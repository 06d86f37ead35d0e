"""Labels that a trained network doubts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from blockml.data.dataset import Dataset
from blockml.errors import DataError

_BATCH = 500


def predicted(data: Dataset, run: Any, tick: Callable[[], None]) -> torch.Tensor | None:
    """Probabilities of the training pictures.

    Args:
        data: The data set.
        run: A run with a trained ``module``, probabilities (N, classes), or ``None``.
        tick: Called now and then.

    Returns:
        float32 (N, classes) on the CPU; ``None`` where nothing has been trained.

    Raises:
        DataError: The probabilities do not belong to these pictures.
    """
    wanted = (len(data.train), len(data.classes))
    if isinstance(run, torch.Tensor | np.ndarray):
        found = torch.as_tensor(run).detach().float().cpu()
    else:
        module = getattr(run, "module", None)
        if module is None:
            return None
        # A copy: the run may be training, and evaluation must not change its mode.
        found = _probabilities(copy.deepcopy(module).eval(), data, tick)
    if tuple(found.shape) != wanted:
        raise DataError.of("data-predictions", received=list(found.shape), expected=list(wanted))
    return found


def suspects(probabilities: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Find labels that are probably wrong, by confident learning (Northcutt et al., 2021).

    The network is sure of a class when it gives it more than it gives that class, on average,
    to pictures that bear its label.

    Args:
        probabilities: (N, classes).
        labels: int64 (N).

    Returns:
        int64: indices of the pictures, those first whose own label is least probable.
    """
    own = probabilities[torch.arange(len(labels)), labels]
    classes = probabilities.shape[1]
    counts = torch.bincount(labels, minlength=classes).clamp(min=1)
    sure = torch.zeros(classes).index_add_(0, labels, own) / counts
    # At least even odds, so that a network that has learned little accuses nobody.
    best, guess = probabilities.max(1)
    doubtful = (guess != labels) & (best >= sure[guess].clamp(min=0.5))
    found = doubtful.nonzero().flatten()
    return found[torch.argsort(own[found], stable=True)]


@torch.inference_mode()
def _probabilities(module: torch.nn.Module, data: Dataset, tick: Callable[[], None]) -> torch.Tensor:
    weight = next(module.parameters(), torch.zeros(()))
    found = []
    for start in range(0, len(data.train), _BATCH):
        images = data.train.images[start : start + _BATCH].to(weight.device)
        scores = module(data.prepare(images).to(weight.dtype))
        found.append(scores.float().softmax(1).cpu())
        tick()
    return torch.cat(found)
