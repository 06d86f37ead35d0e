"""The learning-rate finder: a short training in which the rate grows until the loss explodes."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator

from blockml.analysis import check
from blockml.data import Dataset, load_data
from blockml.experiment import Experiment
from blockml.protocol import RateCurve, TaskState
from blockml.training.batches import Batch
from blockml.training.devices import device_of, on
from blockml.training.engine import Engine
from blockml.training.step import set_rate

_FIRST, _LAST, _STEPS = 1e-6, 10.0, 120
_MEMORY = 0.9
"""Share of the past in the smoothed loss; the loss of single batches jumps."""
_EXPLODED = 4.0
"""The search ends where the loss is so many times its smallest."""
_LEARNED = 0.97
"""A loss that never fell under this share of its start has learned nothing."""
_EDGE = 5
"""Steps that are left out at both ends, where the smoothing knows too little."""
_TELL = 0.2

Progress = Callable[[TaskState], None]


def find_rate(
    experiment: Experiment,
    data: Dataset | None = None,
    *,
    device: str | None = None,
    progress: Progress | None = None,
) -> RateCurve:
    """Find a learning rate (range test of Smith 2017, arXiv:1506.01186).

    A copy of the network is trained with a rate that grows from 1e-6 to 10; where the loss
    falls fastest is a good rate. The network, its run and the random state are left alone.

    Args:
        experiment: An experiment without errors.
        data: Its data, if they are loaded already.
        device: Such as ``cpu`` or ``cuda``; by default the GPU where there is one.
        progress: Called with how far it is; it may raise to end the search.

    Returns:
        The rates that were tried, the smoothed losses, and a rate to use, or ``None`` where the
        network learned nothing.

    Raises:
        GraphError: The graph has errors.
        DataError: The data cannot be loaded.
    """
    check(experiment)
    tell = progress or (lambda _: None)
    data = data or load_data(experiment.data, progress=progress)
    plain = {"schedule": "constant", "warmup": 0.0, "ema_decay": 0.0, "patience": 0, "best_epoch": False}
    # A network that will train for long would be compiled first, which takes longer than all of this.
    plain["epochs"] = 1
    tried = experiment.model_copy(update={"recipe": experiment.recipe.model_copy(update=plain)})
    place = device_of(device)
    with on(place):
        return _found(Engine(tried, data, place), tell)


def _found(engine: Engine, tell: Progress) -> RateCurve:
    """Let the rate grow, and look where the loss falls."""
    engine.module.train()
    rates: list[float] = []
    losses: list[float] = []
    mean, told = 0.0, 0.0
    for number, (images, labels) in enumerate(itertools.islice(_batches(engine), _STEPS)):
        if time.monotonic() - told > _TELL:
            told = time.monotonic()
            tell(TaskState(name="rate", subject=engine.experiment.name, done=number, total=_STEPS))
        rate = _FIRST * (_LAST / _FIRST) ** (number / (_STEPS - 1))
        set_rate(engine.optimizer, rate)
        found = engine.take(images, labels)
        loss = math.nan if found is None else float(found.item())
        if not math.isfinite(loss):
            break
        mean = _MEMORY * mean + (1 - _MEMORY) * loss
        rates.append(rate)
        losses.append(mean / (1 - _MEMORY ** (number + 1)))
        if number > _EDGE and losses[-1] > _EXPLODED * min(losses):
            break
    return RateCurve(rates=tuple(rates), losses=tuple(losses), suggestion=suggestion(rates, losses))


def suggestion(rates: list[float], losses: list[float]) -> float | None:
    """The rate at which the loss falls fastest, to one digit; ``None`` where it never falls."""
    if len(losses) < 2 * _EDGE:
        return None
    lowest = min(range(len(losses)), key=losses.__getitem__)
    falls = [(losses[at + 2] - losses[at - 2], at) for at in range(_EDGE, min(lowest + 1, len(losses) - 2))]
    if not falls or losses[lowest] > _LEARNED * losses[0]:
        return None
    return float(f"{rates[min(falls)[1]]:.1g}")


def _batches(engine: Engine) -> Iterator[Batch]:
    for epoch in itertools.count():
        yield from engine.pictures.batches(engine.selection.order(epoch))
