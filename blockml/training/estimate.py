"""How long an epoch will take, from what a device was seen to do and what a network asks of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, FiniteFloat

from blockml.analysis import Analysis
from blockml.blocks import Block, Shape
from blockml.blocks.convolution import Conv2d, ConvTranspose2d
from blockml.blocks.group import Passage
from blockml.experiment import Experiment
from blockml.graph import Data
from blockml.recipe import Recipe

Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]

_NEAR = 0.3
"""Distance, in doublings, under which two measured sizes count alike."""


class Probe(Data):
    """One thing that was measured: how long a unit of its work takes.

    Attributes:
        size: What the speed depends on, as powers of two.
        forward: Seconds for a unit of work, forward.
        step: Seconds for a unit of work, forward and backward.
    """

    size: tuple[FiniteFloat, ...]
    forward: Seconds
    step: Seconds


class Speed(Data):
    """What a device was seen to do; a unit of work is an operation, or a number that moves.

    Attributes:
        call: Seconds for one block forward and backward, however small.
        convolution: By weights of a filter, filters, and places; a unit is an operation.
        grouped: Likewise, of those whose channels do not all see each other.
        linear: By numbers that come in and go out; a unit is an operation.
        block: By the name of a block; a unit is a number that comes in or goes out.
        large: By how many numbers move: what one takes longer than where ``block`` was measured.
        weight: By optimizer: seconds to change a weight.
        change: By setting of the augmentation: seconds for a number of the pictures.
        picture: Seconds for a number of the pictures to be gathered and prepared.
        step: Seconds of a step that no block takes: loss, figures, the optimizer itself.
        memory: Bytes that the device has; ``None`` where the analysis knows better.
        observed: Real over estimated seconds of epochs on this device, the latest last.
        networks: The same of the latest networks that were trained, by `network_key`.
    """

    call: Seconds
    convolution: tuple[Probe, ...] = Field(min_length=1)
    grouped: tuple[Probe, ...] = Field(min_length=1)
    linear: tuple[Probe, ...] = Field(min_length=1)
    block: dict[str, Probe] = Field(min_length=1)
    large: tuple[Probe, ...] = Field(min_length=1)
    weight: dict[str, Seconds]
    change: dict[str, Seconds]
    picture: Seconds
    step: Seconds
    memory: int | None = None
    observed: tuple[Annotated[float, Field(gt=0, le=1e3)], ...] = ()
    networks: dict[str, Annotated[float, Field(gt=0, le=1e3)]] = Field(default_factory=dict)

    @property
    def correction(self) -> float:
        """What real epochs took, over what was estimated: the middle one of the latest."""
        latest = sorted(self.observed[-_LATEST:])
        return min(_MOST_OFF, max(1 / _MOST_OFF, latest[len(latest) // 2])) if latest else 1.0


_LATEST = 9
_MOST_OFF = 4.0
"""An epoch that took longer still was disturbed by something else."""


@dataclass(frozen=True)
class Estimate:
    """Seconds of an epoch.

    Attributes:
        nodes: Of each node of the module, by path; of a group, with all that is inside.
        total: Of the whole epoch. What no node does belongs to it: pictures, loss, optimizer.
    """

    nodes: dict[str, float]
    total: float


Known = dict[tuple[Block, tuple[Shape, ...], int], tuple[float, float]]
"""What was found of blocks before, so that one that did not change is not looked at again."""


def estimate(
    experiment: Experiment, found: Analysis, speed: Speed, known: Known | None = None
) -> Estimate | None:
    """Estimate an epoch: training and test.

    Args:
        experiment: What is trained.
        found: Its analysis.
        speed: What the device was seen to do.
        known: Kept from one estimate to the next with the same speed.

    Returns:
        The estimate, or ``None`` where the network or its data are not known well enough.
    """
    if found.data is None or not found.complete or not found.order:
        return None
    known = {} if known is None else known
    recipe = experiment.recipe
    learned, judged = _pictures(experiment, found)
    batch = min(recipe.batch_size, learned)
    steps = math.ceil(learned / batch)
    nodes = {}
    # Of a network that was trained here that counts, whatever others took.
    correction = speed.networks.get(network_key(found), 0.0) if speed.networks else 0.0
    correction = correction or speed.correction
    for node in found.order:
        block, received = found.blocks[node], found.received[node]
        if not block.outputs or not block.inputs or isinstance(block, Passage):
            continue
        key = (block, received, batch)
        if key not in known:
            known[key] = _block(block, received, batch, speed)
        step, forward = known[key]
        if node in found.flat.frozen:
            # The gradient passes through; that of its weights is not needed.
            step = (step + forward) / 2
        nodes[node] = correction * (steps * (step + speed.call) + judged * forward / batch)
    numbers = math.prod(found.data.shape)
    rest = steps * (speed.step + _weights(found, recipe, speed))
    rest += numbers * (learned * (speed.picture + _changes(recipe, speed)) + judged * speed.picture)
    return Estimate(_with_groups(found, nodes), sum(nodes.values()) + correction * rest)


def network_key(found: Analysis) -> str:
    """What is the same of two networks that differ in nothing that takes time."""
    text = "\n".join(f"{found.blocks[node]!r} {found.received[node]}" for node in found.order)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def _with_groups(found: Analysis, nodes: dict[str, float]) -> dict[str, float]:
    """The same with groups, each with all its copies."""
    flat = found.flat
    owner = {copy: place.path for place in flat.places.values() for copy in place.copies}
    sums: dict[str, float] = {}
    for node, seconds in nodes.items():
        scope = flat.scopes.get(node, "")
        while scope:
            sums[owner[scope]] = sums.get(owner[scope], 0.0) + seconds
            scope = flat.places[scope].outside
    return nodes | sums


def _pictures(experiment: Experiment, found: Analysis) -> tuple[int, int]:
    """Pictures that an epoch learns from, and those it only looks at."""
    assert found.data is not None  # noqa: S101 - the caller has looked
    recipe = experiment.recipe
    learned = found.data.train_size - len(experiment.data.exclude)
    if 0 < recipe.examples < learned:
        learned = recipe.examples
    held = int(learned * recipe.validation) if recipe.holds_back else 0
    return max(1, learned - held), held + found.data.test_size


def _block(block: Block, received: Sequence[Shape], batch: int, speed: Speed) -> tuple[float, float]:
    """Seconds of a batch: forward and backward, and forward alone."""
    output = block.infer(received)
    flops = block.flops(received, output) * batch
    if isinstance(block, Conv2d | ConvTranspose2d):
        probes = speed.convolution if block.groups == 1 else speed.grouped
        probe = between(probes, convolution_size(block, received[0], output))
        return flops * probe.step, flops * probe.forward
    if type(block).__name__ == "Linear":
        probe = between(speed.linear, powers(received[0][0], output[0]))
        return flops * probe.step, flops * probe.forward
    known = speed.block.get(type(block).__name__)
    if known is None:
        # A block of somebody else, or one that computes nothing of its own such as Add.
        known = speed.block.get("ReLU") or next(iter(speed.block.values()))
    numbers = batch * (sum(math.prod(shape) for shape in received) + math.prod(output))
    large = along(speed.large, math.log2(max(1, numbers)))
    return numbers * (known.step + large.step), numbers * (known.forward + large.forward)


def _weights(found: Analysis, recipe: Recipe, speed: Speed) -> float:
    weights = found.total_parameters - found.frozen_parameters
    seconds = weights * speed.weight.get(recipe.optimizer, 0.0)
    return seconds + weights * speed.weight.get("average", 0.0) * (recipe.ema_decay > 0)


def _changes(recipe: Recipe, speed: Speed) -> float:
    """Seconds that the augmentation takes for a number of the pictures."""
    wanted = {
        "flip": recipe.flip,
        "shift": recipe.shift > 0,
        "turn": recipe.rotate > 0 or recipe.zoom > 0,
        "color": recipe.color > 0,
        "cutout": recipe.cutout > 0,
        "mix": recipe.mixup > 0 or recipe.cutmix > 0,
    }
    seconds = sum(speed.change.get(name, 0.0) for name, is_wanted in wanted.items() if is_wanted)
    return seconds + recipe.rand_augment * speed.change.get("rand_augment", 0.0)


def convolution_size(block: Conv2d | ConvTranspose2d, received: Shape, output: Shape) -> tuple[float, ...]:
    """What the speed of a convolution depends on."""
    per_place = max(1, block.flops((received,), output) // (2 * math.prod(output)))
    return powers(per_place, output[0] // block.groups, output[1] * output[2])


def powers(*numbers: float) -> tuple[float, ...]:
    """Numbers as powers of two, in which sizes are compared."""
    return tuple(math.log2(max(1.0, number)) for number in numbers)


def between(probes: Iterable[Probe], size: tuple[float, ...]) -> Probe:
    """What lies between measured sizes: near ones count most, and all rates are averaged as powers."""
    weights = forward = step = 0.0
    for probe in probes:
        distance = math.dist(probe.size, size)
        weight = 1 / (_NEAR + distance) ** 3
        weights += weight
        forward += weight * math.log(max(probe.forward, 1e-15))
        step += weight * math.log(max(probe.step, 1e-15))
    return Probe(size=size, forward=math.exp(forward / weights), step=math.exp(step / weights))


def along(probes: Sequence[Probe], size: float) -> Probe:
    """What lies on the line between the two measured sizes around one; at both ends it goes on flat."""
    after = next((at for at, probe in enumerate(probes) if probe.size[0] >= size), len(probes))
    if after in (0, len(probes)):
        return probes[min(after, len(probes) - 1)]
    low, high = probes[after - 1], probes[after]
    share = (size - low.size[0]) / (high.size[0] - low.size[0])
    return Probe(
        size=(size,),
        forward=low.forward + share * (high.forward - low.forward),
        step=low.step + share * (high.step - low.step),
    )
