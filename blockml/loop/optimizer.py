"""The rule that changes the weights, and which of them it pulls towards zero."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

FUSED = ("cpu", "cuda")
"""Devices with one operation for a whole step of Adam, AdamW and SGD (torch 2.6)."""


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Sort what learns: biases and normalizations are not pulled towards zero.

    They are few and cannot learn single pictures by heart; a pull would only bend them.
    """
    norms = {
        id(weight)
        for module in model.modules()
        if "Norm" in type(module).__name__
        for weight in module.parameters(recurse=False)
    }
    pulled: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for weight in model.parameters():
        if weight.requires_grad:
            single = weight.ndim < 2 or id(weight) in norms
            (free if single else pulled).append(weight)
    groups = [
        {"params": pulled, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def make_optimizer(
    model: nn.Module,
    kind: str,
    learning_rate: float,
    *,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> torch.optim.Optimizer:
    """Make the optimizer of a recipe.

    Args:
        model: On its device; what is frozen in it is left out. One without weights gets
            an optimizer of nothing.
        kind: ``adam``, ``adamw``, ``sgd`` or ``rmsprop``.
        learning_rate: Of the first step; the loop sets that of each step.
        momentum: For ``sgd`` and ``rmsprop``.
        nesterov: For ``sgd`` with momentum.
        weight_decay: Pull towards zero; decoupled for ``adamw``.

    Returns:
        The optimizer; fused where torch has that.

    Raises:
        ValueError: The kind is not known.
    """
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    weights: list[dict[str, Any]] = [{"params": learned}]
    if not weights[0]["params"]:
        weights = [{"params": [nn.Parameter(torch.zeros(1))]}]
    elif weight_decay:
        weights = parameter_groups(model, weight_decay)
    fused = weights[0]["params"][0].device.type in FUSED
    if kind == "adam":
        return torch.optim.Adam(weights, lr=learning_rate, fused=fused)
    if kind == "adamw":
        return torch.optim.AdamW(
            weights, lr=learning_rate, weight_decay=weight_decay, fused=fused
        )
    if kind == "sgd":
        return torch.optim.SGD(
            weights,
            lr=learning_rate,
            momentum=momentum,
            nesterov=nesterov and momentum > 0,
            fused=fused,
        )
    if kind == "rmsprop":
        return torch.optim.RMSprop(weights, lr=learning_rate, momentum=momentum)
    raise ValueError(f"there is no optimizer named {kind!r}")
