"""What a device can do: measured once for a moment, and remembered for this machine."""

from __future__ import annotations

import json
import logging
import math
import platform
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from blockml.analysis import check
from blockml.blocks import Block, Shape, ShapeProblem, catalogue
from blockml.blocks.base import Call
from blockml.blocks.convolution import Conv2d
from blockml.blocks.linear import Linear
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.loop import augment
from blockml.loop.average import update_average
from blockml.loop.changes import color
from blockml.loop.mix import mix
from blockml.loop.optimizer import make_optimizer
from blockml.loop.rand_augment import rand_augment
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training.estimate import Probe, Speed, convolution_size, estimate, network_key, powers
from blockml.training.graph import learner, make_recordable
from blockml.training.meter import Clock, Meter, Times
from blockml.training.remember import recall, remember
from blockml.training.step import Step
from blockml.training.threads import one_thread

_logger = logging.getLogger(__name__)

_FILE = "speed"
_VERSION = 4
"""Of what is remembered; in the first, times were longer by what others did on the machine, and up to the
third those of a GPU were of small batches."""
_LARGE = (2**18, 2**19, 2**21, 2**22, 2**23)
"""Numbers in a tensor: some fit into every cache, some into none; ``block`` is measured with the second."""
_TELLING = 0.25
"""Least share of a measured time that is not the call itself."""
_OBSERVED = 30
_SHORT = 0.3
"""Seconds of an epoch that is too short to tell anything of other networks."""
_BEYOND = 1e3
"""An epoch that took so many times what was estimated says nothing about the device."""
_SHARE = 0.9
"""Share of a GPU's memory that training may take."""

_CONVOLUTIONS = (
    # filters, window, groups, channels, side: what starters and students' networks are made of
    (32, 3, 1, 1, 28),
    (32, 3, 1, 3, 32),
    (6, 5, 1, 1, 28),
    (16, 5, 1, 6, 14),
    (32, 3, 1, 32, 32),
    (64, 3, 1, 32, 16),
    (128, 3, 1, 128, 8),
    (256, 3, 1, 256, 4),
    (64, 1, 1, 32, 32),
    (128, 1, 1, 128, 8),
)
_GROUPED = ((32, 3, 32, 32, 32), (64, 3, 64, 64, 16), (128, 3, 128, 128, 8))
_LINEAR = ((784, 128), (64, 10), (512, 512), (4096, 256))

_lock = threading.Lock()


def speed_of(device: torch.device, *, rest: Callable[[], None] = lambda: None) -> Speed:
    """The speed of a device: remembered, else measured, which takes a few seconds.

    Args:
        device: Which one.
        rest: Called between measurements, so that others can have their turn.
    """
    with _lock:
        known = _remembered(device)
        if known is None:
            known = measure(device, rest=rest)
            _remember(device, known)
    return known


def observe(experiment: Experiment, facts: DataFacts, device: torch.device, seconds: float) -> None:
    """Learn from a real epoch: estimates of this network, and of others, are corrected by it.

    Args:
        experiment: What was trained.
        facts: What is known of its data.
        device: Where.
        seconds: How long an epoch took.
    """
    # While the device is measured nobody waits for that, least of all a run that has ended.
    if seconds <= 0 or not _lock.acquire(blocking=False):
        return
    try:
        known = _remembered(device)
        if known is None:
            return
        plain = known.model_copy(update={"observed": (), "networks": {}})
        found = replace(check(experiment), data=facts)
        guess = estimate(experiment, found, plain)
        ratio = seconds / guess.total if guess else 0.0
        if not 1 / _BEYOND < ratio < _BEYOND:
            return
        networks = {**known.networks}
        networks.pop(network_key(found), None)
        networks = dict([*networks.items(), (network_key(found), ratio)][-_OBSERVED:])
        observed = known.observed if seconds < _SHORT else (*known.observed, ratio)[-_OBSERVED:]
        _remember(device, known.model_copy(update={"observed": observed, "networks": networks}))
    finally:
        _lock.release()


def measure(
    device: torch.device, *, rest: Callable[[], None] = lambda: None, clock: Clock = time.perf_counter
) -> Speed:
    """Measure a device, whatever is remembered of it.

    On a CPU one thread measures, and its own work is counted, so that nothing is longer by what
    else the machine does; what several threads gain is measured once.
    """
    meter = Meter(device, clock, rest)
    gain = meter.gain()
    with one_thread(device.type == "cpu"):
        found = _measured(meter, device)
    return found.model_copy(
        update={
            "convolution": tuple(_shared(probe, gain) for probe in found.convolution),
            "grouped": tuple(_shared(probe, gain) for probe in found.grouped),
            "linear": tuple(_shared(probe, gain) for probe in found.linear),
        }
    )


def _shared(probe: Probe, gain: float) -> Probe:
    """What several threads make of it."""
    return probe.model_copy(update={"forward": probe.forward * gain, "step": probe.step * gain})


def _measured(meter: Meter, device: torch.device) -> Speed:
    call = meter.call()
    # Each thing is measured as a whole network would compute it: not with the calls around it.
    return Speed(
        call=call[1],
        convolution=tuple(_convolutions(meter, call, _CONVOLUTIONS)),
        grouped=tuple(_convolutions(meter, call, _GROUPED)),
        linear=tuple(_linear(meter, call)),
        block=dict(_blocks(meter, call)),
        large=tuple(_sizes(meter, call)),
        weight=dict(_optimizers(meter)),
        change=dict(_changes(meter)),
        picture=_picture(meter),
        step=_step(meter, call[1]),
        memory=_memory(device),
    )


def _probe(size: tuple[float, ...], times: Times, call: Times, work: float) -> Probe:
    """What a unit of work takes, without what every call takes."""
    # Where that is nearly all of it, what is left is too small to be told from nothing.
    forward, step = (
        max(taken - always, _TELLING * taken) / work for taken, always in zip(times, call, strict=True)
    )
    return Probe(size=size, forward=forward, step=step)


def _convolutions(
    meter: Meter, call: Times, sizes: tuple[tuple[int, int, int, int, int], ...]
) -> Iterator[Probe]:
    for filters, window, groups, channels, side in sizes:
        block = Conv2d(out_channels=filters, kernel_size=window, padding=window // 2, groups=groups)
        shape = (channels, side, side)
        output = block.infer((shape,))
        module = nn.Conv2d(channels, filters, window, padding=window // 2, groups=groups, device="meta")
        times = meter.module(module, shape, first=channels <= 3)  # noqa: PLR2004 - colours of a picture
        work = meter.batch * block.flops((shape,), output)
        yield _probe(convolution_size(block, shape, output), times, call, work)


def _linear(meter: Meter, call: Times) -> Iterator[Probe]:
    for given, made in _LINEAR:
        work = meter.batch * Linear(out_features=made).flops(((given,),), (made,))
        times = meter.module(nn.Linear(given, made, device="meta"), (given,))
        yield _probe(powers(given, made), times, call, work)


def _blocks(meter: Meter, call: Times) -> Iterator[tuple[str, Probe]]:
    """Blocks whose time is that of the numbers that pass through them."""
    for name, kind in catalogue().items():
        if kind.family not in ("activation", "normalization", "pooling", "padding") and name != "Flatten":
            continue
        try:
            found = _ordinary(kind)
            if found is None:
                continue
            module, shape, output = found
            if kind.random:
                module = meter.drop()
            numbers = meter.batch * (math.prod(shape) + math.prod(output))
            times = meter.module(module, shape)
        except Exception:
            # A block of somebody else may need what it is not given here, and code of people raises anything.
            _logger.info("%s was not measured", name, exc_info=True)
            continue
        yield name, _probe(powers(numbers), times, call, numbers)


def _ordinary(kind: type[Block]) -> tuple[nn.Module, Shape, Shape] | None:
    """A block with its default settings as a module, what goes in, and what comes out."""
    try:
        block = kind()
    except ValidationError:
        return None
    for shape in ((16, 32, 32), (16 * 32 * 32,)):
        try:
            output = block.infer((shape,))
        except ShapeProblem:
            continue
        call = block.call((shape,))
        if isinstance(call, Call) and call.name.startswith("nn."):
            make = getattr(nn, call.name.removeprefix("nn."))
            with torch.device("meta"):
                return make(*call.args, **(call.kwargs or {})), shape, output
    return None


def _sizes(meter: Meter, call: Times) -> Iterator[Probe]:
    """What a number takes longer where many move: memory that is fetched anew is slow."""
    found = []
    for numbers in _LARGE:
        times = meter.module(nn.ReLU(), (numbers // meter.batch,))
        found.append(_probe(powers(2 * numbers), times, call, 2 * numbers))
    middle = found[1]
    for probe in found:
        longer = {
            name: max(0.0, getattr(probe, name) - getattr(middle, name)) for name in ("forward", "step")
        }
        yield probe.model_copy(update=longer)


def _optimizers(meter: Meter) -> Iterator[tuple[str, float]]:
    module = nn.ParameterList([nn.Parameter(meter.tensor(1000, 1000))])
    for weight in module:
        weight.grad = meter.tensor(1000, 1000)
    for kind in ("adam", "adamw", "sgd", "rmsprop"):
        yield kind, meter.time(_optimizer(module, kind).step) / 1e6
    yield "muon", meter.time(_turn(meter)) / (64 * 576)
    other = nn.ParameterList([nn.Parameter(meter.tensor(1000, 1000))])
    with torch.no_grad():
        yield "average", meter.time(lambda: update_average(other, module, 0.99, 10)) / 1e6


def _turn(meter: Meter) -> Callable[[], None]:
    """Change 64 filters of 3 by 3 over 64 channels; the time for a weight grows with the filters."""
    module = nn.ParameterList([nn.Parameter(meter.tensor(*shape)) for shape in [(64, 64, 3, 3), (1, 1)]])
    optimizer, gradient = _optimizer(module, "muon"), meter.tensor(64, 64, 3, 3)

    def turn() -> None:
        module[0].grad = gradient  # Muon takes it away
        optimizer.step()

    return turn


def _optimizer(module: nn.Module, kind: str) -> torch.optim.Optimizer:
    return make_optimizer(module, kind, 1e-3, momentum=0.9, nesterov=False, weight_decay=0.0)


def _changes(meter: Meter) -> Iterator[tuple[str, float]]:
    shape = (meter.batch, 3, 32, 32)
    images = meter.tensor(*shape).mul_(60).add_(128).clamp_(0, 255).byte()
    floats = images.float()
    labels = torch.zeros(meter.batch, dtype=torch.int64, device=meter.device)
    generator = torch.Generator(meter.device)
    acts: dict[str, Callable[[], Any]] = {
        "flip": lambda: augment.flip(images, generator),
        "shift": lambda: augment.shift(images, 4, generator),
        "turn": lambda: augment.rotate_zoom(images, 10.0, 0.1, generator),
        "color": lambda: color(images, 0.4, generator),
        "cutout": lambda: augment.cutout(images, 8, generator),
        "rand_augment": lambda: rand_augment(images, 1, generator),
        "mix": lambda: mix(floats, labels, generator, mixup=0.2),
    }
    for name, act in acts.items():
        yield name, meter.time(act) / math.prod(shape)


def _tiny(meter: Meter) -> tuple[Step, torch.Tensor, torch.Tensor]:
    """A step of a network that has next to nothing to compute."""
    facts = DataFacts(
        name="probe",
        shape=(1, 8, 8),
        classes=tuple("0123456789"),
        train_size=meter.batch,
        test_size=1,
        mean=(0.5,),
        std=(0.5,),
    )
    module = meter.made(nn.Sequential(nn.Flatten(), nn.Linear(64, 10, device="meta")))
    optimizer = _optimizer(module, "adam")
    if meter.device.type == "cuda":
        make_recordable(optimizer, meter.device)
    step = Step(module, optimizer, Recipe(), facts, plan=Plan(), device=meter.device)
    images = torch.zeros((meter.batch, 1, 8, 8), dtype=torch.uint8, device=meter.device)
    return step, images, torch.zeros(meter.batch, dtype=torch.int64, device=meter.device)


def _step(meter: Meter, call: float) -> float:
    step, images, labels = _tiny(meter)
    prepared = step.prepare(images)
    # Two of its calls are blocks, which are counted as such.
    mode = "cuda-graph" if meter.device.type == "cuda" else "eager"
    learn = learner(step, mode, len(images))
    return max(0.0, meter.time(lambda: learn(prepared, labels)) - 2 * call)


def _picture(meter: Meter) -> float:
    step, _, _ = _tiny(meter)
    store = torch.zeros((1000, 1, 64, 64), dtype=torch.uint8, device=meter.device)
    index = 13 * torch.arange(meter.batch, device=meter.device) % len(store)
    return meter.time(lambda: step.prepare(store.index_select(0, index))) / (meter.batch * 64 * 64)


def _memory(device: torch.device) -> int | None:
    if device.type != "cuda":
        return None
    return int(_SHARE * torch.cuda.get_device_properties(device).total_memory)


def _key(device: torch.device) -> str:
    machine: list[Any] = [_VERSION, torch.__version__, platform.machine(), platform.node(), device.type]
    if device.type == "cuda":
        machine.append(torch.cuda.get_device_name(device))
    else:
        machine += [torch.backends.cpu.get_cpu_capability(), torch.get_num_threads()]
    return json.dumps(machine)


def _remembered(device: torch.device) -> Speed | None:
    try:
        return Speed.model_validate(recall(_FILE)[_key(device)])
    except (KeyError, ValidationError):
        return None


def _remember(device: torch.device, speed: Speed) -> None:
    remember(_FILE, _key(device), speed.model_dump(mode="json"))
