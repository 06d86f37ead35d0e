"""Running out of memory: told apart from other errors, and what would fit."""

from __future__ import annotations

import copy

import torch

from blockml.training.engine import Engine
from blockml.training.plan import optimizer_of
from blockml.training.step import Step


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory has run out, on a GPU or on the CPU."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and ("allocate memory" in text or "not enough memory" in text)


def fitting_batch(engine: Engine) -> int:
    """The largest batch, halved until it fits, whose step the device has memory for; 0 for none."""
    recipe, facts, device = engine.recipe, engine.data.facts, engine.device
    size = recipe.batch_size // 2
    probe = copy.deepcopy(engine.module)
    optimizer = optimizer_of(recipe, probe, engine.plan)
    step = Step(probe, optimizer, recipe, facts, plan=engine.plan, device=device)
    while size >= 1:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        try:
            images = torch.zeros((size, *facts.shape), device=device)
            step.learn(step.prepare(images), torch.zeros(size, dtype=torch.int64, device=device))
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            size //= 2
        else:
            return size
    return 0
