"""How a network is computed fastest on a device: measured for a moment, never hoped."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import math
import platform
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from blockml.analysis import check
from blockml.codegen import module_source
from blockml.data.progress import beside
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.loop.optimizer import make_optimizer
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training.batches import Batch, Pictures
from blockml.training.compiled import keep_private
from blockml.training.devices import on
from blockml.training.graph import WARM_UP, learner, make_recordable
from blockml.training.interrupt import LONG, interruptible
from blockml.training.remember import recall, remember
from blockml.training.step import Step
from blockml.training.threads import one_thread

_logger = logging.getLogger(__name__)

_BUDGET = 0.8
"""Seconds that measuring may take, about."""
_ROUNDS = 8
_WORK = {"cpu": 2e10, "cuda": 5e12}
"""Operations of the largest batch that is measured with; larger ones would take seconds a step."""
_RUN = {"cpu": 1, "cuda": WARM_UP + 2}
"""Steps that are timed together: a GPU computes one while the next is asked for, and the first turn
must leave a recording behind."""
_COMPILED_GAIN = 1.05
_WORTH_COMPILING = 240.0
"""Seconds of a training on a GPU from which on compiling, which takes about 30, can save more than that."""
_HOPELESS = 1.5
"""A way that takes so many times as long as the best is not measured further."""
_GAIN = {"fp32": 1.05, "bf16": 1.15}
"""How much faster a way must be to be taken; shorter numbers have to earn more."""

_SMALL = 0.02
"""Seconds of a step above which threads are worth their waiting."""
_CALM = 1.05
"""How much longer a step may take with one thread, which others on the machine disturb less."""
_THREADS_BUDGET = 0.4
_BURST = 5
"""Steps in a row with as many threads: the first ones after a change are slow."""
_MOST_TURNS = 40
_VERSION = 2
"""Of what is remembered of plans; plans of the first did not know of threads."""

GoOn = Callable[[], None]
"""Called between measured steps; raises to end the measuring."""


def choose(
    experiment: Experiment,
    module: nn.Module,
    pictures: Pictures,
    facts: DataFacts,
    *,
    device: torch.device,
    go_on: GoOn,
) -> Plan:
    """Choose the plan of a training; the same experiment on the same machine gets the same one.

    Args:
        experiment: What is trained.
        module: Its module on the device; it is copied and left as it is.
        pictures: Training pictures.
        facts: What is known of them.
        device: Where it is trained.
        go_on: Called between steps.
    """
    recipe = experiment.recipe
    ways = [plan.model_copy(update={"stream": pictures.stream}) for plan in _ways(module, recipe, device)]
    alone = _may_compute_alone(recipe, device)
    if len(ways) == 1 and not alone:
        return ways[0]
    key = _key(experiment, device)
    known = _recalled(key)
    if known is not None and _measured_as(known) in ways:
        return known
    flops = max(1, check(experiment).total_flops)
    work = _WORK.get(device.type, _WORK["cuda"])
    size = max(2, min(recipe.batch_size, len(pictures), int(work / (3 * flops))))
    batch = next(iter(pictures.batches([torch.arange(size, device=pictures.place)])))

    def runner(way: Plan) -> Callable[[Batch], None]:
        return _step(way, module, recipe, facts, size=size, device=device, go_on=go_on)

    best = ways[0]
    if len(ways) > 1:
        times = _measure({way: runner(way) for way in ways}, batch, device, go_on)
        earned = [way for way in ways[1:] if times[way] * _GAIN[way.precision] < times[ways[0]]]
        best = min(earned, key=lambda way: times[way], default=ways[0])
        seconds = times[best] * recipe.epochs * len(pictures) / size
        if best.mode == "cuda-graph" and math.inf > seconds > _WORTH_COMPILING:
            compiled = best.model_copy(update={"mode": "compiled"})
            run = runner(compiled)
            if _compiles(lambda: run(batch), device, go_on):
                taken = _measure({compiled: run}, batch, device, go_on)[compiled]
                best = compiled if taken * _COMPILED_GAIN < times[best] else best
            del run  # and the memory that it holds
    if alone and _is_faster_alone(runner(best), batch, go_on):
        best = best.model_copy(update={"threads": "one"})
    if device.type == "cuda":
        torch.cuda.empty_cache()  # of what was measured nothing stays; others train here too
    remember("plans", key, best.model_dump(mode="json"))
    return best


def compiled_ahead(
    plan: Plan,
    module: nn.Module,
    pictures: Pictures,
    facts: DataFacts,
    recipe: Recipe,
    *,
    size: int,
    device: torch.device,
    go_on: GoOn,
) -> Plan:
    """Compile what a plan wants compiled before the training needs it, and anybody waits for Stop.

    Returns:
        The plan; where nothing can be compiled, as on another machine, the one without.
    """
    run = _step(plan, module, recipe, facts, size=size, device=device, go_on=go_on)
    batch = next(iter(pictures.batches([torch.arange(size, device=pictures.place)])))
    if _compiles(lambda: run(batch), device, go_on):
        return plan
    return plan.model_copy(update={"mode": "cuda-graph"})


def _recalled(key: str) -> Plan | None:
    try:
        return Plan.model_validate(recall("plans")[key])
    except (KeyError, ValidationError):
        return None


def _measured_as(plan: Plan) -> Plan:
    """The way that a plan was made of."""
    mode = "eager" if plan.mode == "eager" else "cuda-graph"
    return plan.model_copy(update={"threads": "all", "mode": mode})


def _compiles(act: Callable[[], None], device: torch.device, go_on: GoOn) -> bool:
    """Whether the first step of a compiled network can be taken, which compiles it."""

    def is_done() -> bool:
        try:
            keep_private()
            with on(device):
                act()
        except Exception:
            # It needs a compiler of C, whose programs and packages raise anything, and not every network
            # can be compiled.
            _logger.info("the network cannot be compiled here", exc_info=True)
            return False
        return True

    return beside(is_done, go_on)


def possible(plan: Plan, device: torch.device) -> Plan:
    """The plan of a run as far as a device can follow it: a run may go on where there is no GPU."""
    if device.type == "cuda":
        return plan.model_copy(update={"threads": "all"})
    return plan.model_copy(update={"mode": "eager", "stream": False})


def _may_compute_alone(recipe: Recipe, device: torch.device) -> bool:
    return device.type == "cpu" and not recipe.deterministic and torch.get_num_threads() > 1


def _is_faster_alone(run: Callable[[Batch], None], batch: Batch, go_on: GoOn) -> bool:
    """Whether one thread takes a step hardly longer than all.

    Then it is better: the other cores are left to the cells, and it never waits for a thread
    that lost its core to somebody else, which takes longer than many steps. Time on the wall
    counts here, as the work of the process is that of all its threads.
    """
    times = {False: math.inf, True: math.inf}
    started = time.perf_counter()
    for _ in range(_MOST_TURNS):
        for alone in (False, True):
            with one_thread(alone):
                for _ in range(_BURST):
                    go_on()
                    began = time.perf_counter()
                    run(batch)
                    times[alone] = min(times[alone], time.perf_counter() - began)
                    if times[alone] > _SMALL:
                        break
        if min(times.values()) > _SMALL or time.perf_counter() - started > _THREADS_BUDGET:
            break
    return times[True] <= min(_CALM * times[False], _SMALL)


def _ways(module: nn.Module, recipe: Recipe, device: torch.device) -> list[Plan]:
    """The plans that may be faster on this device, the plain one first."""
    images = any(weight.dim() == 4 for weight in module.parameters())  # noqa: PLR2004 - kernels of convolutions
    layouts = [False, True] if images and not recipe.deterministic else [False]
    if recipe.precision == "bf16":
        precisions = ["bf16"]
    elif recipe.precision == "auto" and not recipe.deterministic and has_bf16(device):
        precisions = ["fp32", "bf16"]
    else:
        precisions = ["fp32"]
    modes = ["eager", "cuda-graph"] if device.type == "cuda" and not recipe.deterministic else ["eager"]
    return [
        Plan.model_validate({"precision": precision, "channels_last": layout, "mode": mode})
        for precision in precisions
        for layout in layouts
        for mode in modes
    ]


def has_bf16(device: torch.device) -> bool:
    """Whether a device computes with bf16 itself; where it only imitates it is always slower."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        # torch keeps these to itself; without them blockml stays with fp32.
        asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in asked)
    return False


def _measure(
    runs: dict[Plan, Callable[[Batch], None]], batch: Batch, device: torch.device, go_on: GoOn
) -> dict[Plan, float]:
    """Shortest time of a step of each way, in seconds; in turns, so that others disturb all alike."""
    # What others do on a shared machine makes a step longer, and not the work of this process.
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    count = _RUN.get(device.type, _RUN["cuda"])
    times = dict.fromkeys(runs, math.inf)
    started = time.perf_counter()
    for turn in range(_ROUNDS):
        for way, run in list(runs.items()):
            go_on()
            began = clock()
            try:
                for _ in range(count):
                    run(batch)
                _settle(device)
            except (RuntimeError, NotImplementedError):
                # A way that this torch or device refuses is no way.
                _logger.info("%s cannot be used here", way, exc_info=True)
                del runs[way]
                times[way] = math.inf
                continue
            # The first turn warms up: memory is found, kernels are chosen.
            if turn > 0:
                times[way] = min(times[way], (clock() - began) / count)
        if turn > 1 and time.perf_counter() - started > _BUDGET:
            break
        limit = _HOPELESS * min(times.values(), default=math.inf)
        for way in [way for way in runs if turn > 0 and times[way] > limit]:
            del runs[way]  # and the memory that it holds
    return times


def _step(
    way: Plan,
    module: nn.Module,
    recipe: Recipe,
    facts: DataFacts,
    *,
    size: int,
    device: torch.device,
    go_on: GoOn,
) -> Callable[[Batch], None]:
    probe = laid_out(copy.deepcopy(module), way)
    step = Step(probe, optimizer_of(recipe, probe, way), recipe, facts, plan=way, device=device)
    learn = learner(step, way.mode, size)

    def asked() -> bool:
        go_on()
        return False

    last = math.inf

    def run(batch: Batch) -> None:
        nonlocal last
        began = time.perf_counter()
        # A long step is ended inside, as in training; the looks are nothing beside its time.
        with interruptible(probe, asked) if last > LONG and way.mode == "eager" else nullcontext():
            learn(step.prepare(batch[0]), batch[1])
        last = time.perf_counter() - began

    return run


def laid_out(module: nn.Module, plan: Plan) -> nn.Module:
    """Lay the weights of a module out in memory as a plan says."""
    layout = torch.channels_last if plan.channels_last else torch.contiguous_format
    return module.to(memory_format=layout)


def optimizer_of(recipe: Recipe, module: nn.Module, plan: Plan) -> torch.optim.Optimizer:
    """The optimizer that a recipe asks for, as a plan needs it."""
    optimizer = make_optimizer(
        module,
        recipe.optimizer,
        recipe.learning_rate,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
    )
    if plan.mode != "eager":
        make_recordable(optimizer, next(module.parameters()).device)
    return optimizer


def _settle(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _key(experiment: Experiment, device: torch.device) -> str:
    machine: list[Any] = [torch.__version__, platform.machine(), device.type]
    recipe = experiment.recipe
    if device.type == "cuda":
        # Only a long training compiles.
        machine += [torch.cuda.get_device_name(device), recipe.epochs]
    else:
        machine += [torch.backends.cpu.get_cpu_capability(), torch.get_num_threads()]
    machine.append(_VERSION)
    what = [module_source(experiment).body, recipe.batch_size, recipe.optimizer, recipe.precision]
    return hashlib.sha256(json.dumps([machine, what]).encode()).hexdigest()[:24]
