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


def muon_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Sort what learns for `Muon`: the last matrix scores, and learns as biases do."""
    first, *rest = parameter_groups(model, weight_decay)
    inside = {**first, "params": first["params"][:-1], "turned": True}
    last = {**first, "params": first["params"][-1:]}
    return [group for group in [inside, last, *rest] if group["params"]]


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Return the matrix with all its singular values brought near 1 (Newton-Schulz)."""
    tall = matrix.shape[0] > matrix.shape[1]
    wide: torch.Tensor = matrix.T if tall else matrix
    if wide.is_cuda:
        wide = wide.bfloat16()  # many times faster there, and near is near enough
    wide = wide / wide.norm().clamp(min=1e-7)
    for _ in range(5):
        square = wide @ wide.T
        change = torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315)
        wide = torch.addmm(wide, change, wide, beta=3.4445)
    return wide.T if tall else wide


class Muon(torch.optim.AdamW):
    """Muon (Jordan 2024) for filters and matrices inside a network, AdamW for the rest.

    A step goes equally far in every direction of a matrix. The filters of a convolution
    are one, with a row for each output channel; `torch.optim.Muon` takes no filters.
    Steps are as long as those of AdamW (arXiv:2502.16982): one rate suits both.
    """

    def __init__(
        self, groups: list[dict[str, Any]], *, lr: float, momentum: float, fused: bool
    ) -> None:
        super().__init__(groups, lr=lr, weight_decay=0.0, fused=fused)
        self.momentum = momentum

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Change the weights by their gradients, which those of Muon lose."""
        for group in self.param_groups:
            for weight in group["params"] if group.get("turned") else []:
                self._turn(weight, group["lr"], group["weight_decay"])
        return super().step(closure)

    def _turn(self, weight: torch.Tensor, lr: float, weight_decay: float) -> None:
        if weight.grad is None or weight.ndim < 2:
            return
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
            state["step"] = torch.zeros(())  # AdamW looks for it in all that is loaded
        mean = state["momentum_buffer"].lerp_(weight.grad, 1 - self.momentum)
        rows = weight.grad.lerp(mean, self.momentum).flatten(1)
        change = orthogonal(rows).reshape(weight.shape).to(weight.dtype)
        weight.mul_(1 - lr * weight_decay)
        weight.sub_(change * (lr * 0.2 * max(rows.shape) ** 0.5))
        weight.grad = None  # AdamW leaves a weight without a gradient alone


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
        kind: ``adam``, ``adamw``, ``sgd``, ``rmsprop`` or ``muon``.
        learning_rate: Of the first step; the loop sets that of each step.
        momentum: For ``sgd``, ``rmsprop`` and ``muon``.
        nesterov: For ``sgd`` with momentum.
        weight_decay: Pull towards zero; decoupled for ``adamw`` and ``muon``.

    Returns:
        The optimizer; fused where torch has that.

    Raises:
        ValueError: The kind is not known.
    """
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    weights: list[dict[str, Any]] = [{"params": learned}]
    if not weights[0]["params"]:
        weights = [{"params": [nn.Parameter(torch.zeros(1))]}]
    elif kind == "muon":
        weights = muon_groups(model, weight_decay)
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
    if kind == "muon":
        return Muon(weights, lr=learning_rate, momentum=momentum, fused=fused)
    raise ValueError(f"there is no optimizer named {kind!r}")
