"""The learning rate of each step."""

from __future__ import annotations

import math


def warm_up(step: int, steps: int, share: float) -> float:
    """Return the share of the rate while it rises: in even steps, the first above 0."""
    rising = round(share * steps)
    return min(1.0, (step + 1) / (rising + 1))


def cosine(step: int, steps: int, share: float = 0.0) -> float:
    """Return the share of the rate as half a wave: from 1 after the warm-up to 0."""
    rising = round(share * steps)
    done = max(0, step - rising) / max(1, steps - rising)
    return (1 + math.cos(math.pi * min(1.0, done))) / 2


def falls(step: int, epoch_steps: int, step_size: int, gamma: float) -> float:
    """Return the share of the rate that is left when it falls every few epochs."""
    return float(gamma ** (step // epoch_steps // step_size))


def one_cycle(step: int, steps: int, peak: float, share: float = 0.3) -> float:
    """Return the rate of one rise and fall (1cycle, arXiv:1708.07120)."""
    low, end = peak / 25, peak / 25e4
    # The same turning points as torch.optim.lr_scheduler.OneCycleLR has.
    turn, last = share * steps - 1, steps - 1
    if step <= turn:
        start, goal, done = low, peak, step / turn if turn else 1.0
    else:
        start, goal, done = peak, end, min(1.0, (step - turn) / (last - turn))
    return goal + (start - goal) / 2 * (1 + math.cos(math.pi * done))


def rate_at(
    step: int,
    steps: int,
    epoch_steps: int,
    *,
    schedule: str,
    peak: float,
    warmup: float,
    step_size: int,
    gamma: float,
) -> float:
    """Return the learning rate of a step, as `blockml.recipe.Recipe` describes it.

    Args:
        step: Counted from 0 over the whole training.
        steps: Steps of the whole training, at least 1.
        epoch_steps: Steps of one epoch, at least 1.
        schedule: ``constant``, ``step``, ``cosine`` or ``one_cycle``.
        peak: Largest rate.
        warmup: Share of the steps in which it rises; 0 is 0.3 for ``one_cycle``.
        step_size: Epochs between two falls of ``step``.
        gamma: What ``step`` multiplies with at a fall.

    Returns:
        Above 0 in every step, though at the end nearly 0 where it sinks.

    Raises:
        ValueError: The schedule is not known.
    """
    if schedule == "one_cycle":
        return one_cycle(step, steps, peak, warmup or 0.3)
    rate = peak * warm_up(step, steps, warmup)
    if schedule == "cosine":
        return rate * cosine(step, steps, warmup)
    if schedule == "step":
        return rate * falls(step, epoch_steps, step_size, gamma)
    if schedule != "constant":
        raise ValueError(f"there is no schedule named {schedule!r}")
    return rate
