"""One step of training as a plan says: from prepared pictures to changed weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

from blockml.facts import DataFacts
from blockml.loop.loss import loss_of
from blockml.protocol import Plan
from blockml.recipe import Recipe

Network = Callable[[torch.Tensor], torch.Tensor]


class Step:
    """Computes scores and changes weights; it draws nothing and waits for nothing.

    Attributes:
        module: The module that learns.
        optimizer: Its optimizer; the learning rate stands in its groups.
    """

    def __init__(
        self,
        module: nn.Module,
        optimizer: torch.optim.Optimizer,
        recipe: Recipe,
        facts: DataFacts,
        *,
        plan: Plan,
        device: torch.device,
        class_weights: torch.Tensor | None = None,
    ) -> None:
        self.module, self.optimizer = module, optimizer
        self._recipe, self._plan, self._device = recipe, plan, device
        self._class_weights = class_weights
        # The constants of `prepare`, made once: making them anew costs more than a small layer.
        self._middle = 255 * torch.tensor(facts.mean, device=device).view(1, -1, 1, 1)
        self._spread = 255 * torch.tensor(facts.std, device=device).view(1, -1, 1, 1)
        # What torch wraps around it, for profilers and hooks, takes longer than a small layer.
        self._change = inspect.unwrap(type(optimizer).step)
        self._weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        self._compiled: dict[int, Network] = {}

    def compile(self, size: int) -> None:
        """Let batches of one size pass a compiled network (``torch.compile``), others the plain one.

        It is compiled in the first of them, which takes about half a minute.
        """
        self._compiled[size] = torch.compile(self.module, dynamic=False)

    def prepare(self, images: torch.Tensor) -> torch.Tensor:
        """What `blockml.loop.prepare.prepare` computes, digit for digit, in the layout of the plan.

        Args:
            images: (N, C, H, W), 0 to 255, any type; they are left as they are.
        """
        if self._plan.channels_last:
            images = images.contiguous(memory_format=torch.channels_last)
        # The subtraction makes floats of bytes by the way.
        return torch.sub(images, self._middle).div_(self._spread)

    def scores(self, module: Network, images: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes) in fp32 of prepared pictures."""
        with self._autocast():
            return module(images).float()

    def learn(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        other: torch.Tensor | None = None,
        share: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Change the weights by one batch.

        Args:
            images: Prepared pictures (N, C, H, W).
            labels: int64 (N).
            other: Labels that are mixed in, if pictures were mixed.
            share: Weight of ``labels`` beside them.

        Returns:
            The loss and the scores, without gradients.
        """
        scores = self.scores(self._compiled.get(len(images), self.module), images)
        loss = loss_of(
            scores,
            labels,
            smoothing=self._recipe.label_smoothing,
            weights=self._class_weights,
            other=other,
            share=share,
        )
        if loss.requires_grad:  # a network of pools alone has nothing to learn
            for weight in self._weights:
                weight.grad = None
            loss.backward()
            if self._recipe.clip_norm > 0:
                nn.utils.clip_grad_norm_(self._weights, self._recipe.clip_norm)
            with torch.no_grad():
                self._change(self.optimizer)
        return loss.detach(), scores.detach()

    def _autocast(self) -> AbstractContextManager[object]:
        if self._plan.precision == "bf16":
            return torch.autocast(self._device.type, dtype=torch.bfloat16)
        return nullcontext()


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all weights."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate
