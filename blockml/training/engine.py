"""The training loop: data on the device, batches by index, no wait for the device in a step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from blockml.blocks import get
from blockml.build import build
from blockml.data import Dataset
from blockml.errors import RunError
from blockml.experiment import Experiment
from blockml.protocol import EpochRecord
from blockml.recipe import Recipe
from blockml.training import checkpoint
from blockml.training.checkpoint import Progress
from blockml.training.evaluate import Evaluation, evaluate

_LOOK = 0.1
"""Seconds between two looks at the figures, which wait for the device."""

Watcher = Callable[["Engine"], bool]
"""Called after each step and part of a test; ``False`` ends the training there."""


class Engine:
    """One training, step by step: deterministic, and able to go on where it was left.

    The weights start from ``torch.manual_seed(seed)``, the order of epoch ``e`` is drawn
    from ``seed + e`` and random layers draw from (seed, epoch, step), so what happens is a
    function of the experiment and the position, not of what else the kernel does.

    Attributes:
        module: The module that learns.
        progress: Where it stands.
        steps: Steps of an epoch.
        throughput: Training pictures a second, a moving average.
        point: Latest (epochs done, loss, accuracy) of recent batches.
    """

    def __init__(self, experiment: Experiment, data: Dataset, device: torch.device) -> None:
        self.experiment, self.data, self.device = experiment, data, device
        self.recipe = experiment.recipe
        with _seeded(self.recipe.seed, torch.device("cpu")):
            self.module = build(experiment)
        self.module.to(device)
        self.optimizer = _optimizer(self.recipe, self.module)
        self.progress = Progress(content_hash=experiment.content_hash())
        self.images, self.labels = data.train.images.to(device), data.train.labels.to(device)
        self.test_images, self.test_labels = data.test.images.to(device), data.test.labels.to(device)
        self.steps = len(self._order(0))
        self.throughput = 0.0
        self.point: tuple[float, float, float] | None = None
        self.test_seconds = 0.0
        self._random = any(
            kind is not None and kind.random for kind in (get(node.block) for node in experiment.graph.nodes)
        )
        # Sums since the last look, on the device: reading them each step would wait each step.
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._right = torch.zeros((), dtype=torch.int64, device=device)
        self._seen = 0
        self._looked = time.perf_counter()

    def save(self, folder: Path) -> None:
        """Write the checkpoint of this position."""
        self._look()
        checkpoint.write(folder, self.module, self.optimizer, self.progress)

    def load(self, folder: Path) -> None:
        """Go on from the checkpoint of a folder."""
        self.progress = checkpoint.read_into(folder, self.progress.content_hash, self.module, self.optimizer)

    def epoch(self, watch: Watcher) -> tuple[EpochRecord, Evaluation] | None:
        """Train the rest of the epoch that is going, and test.

        Returns:
            The record and the test, or ``None`` when the watcher ended it.

        Raises:
            RunError: ``loss-not-finite``.
        """
        self.module.train()
        self._looked = time.perf_counter()
        batches = self._order(self.progress.epoch)
        for batch in batches[self.progress.step :]:
            self._step(batch)
            if time.perf_counter() - self._looked >= _LOOK:
                self._look()
            if not watch(self):
                return None
        self._look()
        started = time.perf_counter()
        tested = evaluate(self.module, self.data, self.test_images, self.test_labels, lambda: watch(self))
        if tested is None:
            return None
        self.test_seconds = time.perf_counter() - started
        done = self.progress
        record = EpochRecord(
            epoch=done.epoch + 1,
            train_loss=done.loss / done.seen,
            train_accuracy=done.right / done.seen,
            test_loss=tested.loss,
            test_accuracy=tested.accuracy,
            seconds=done.seconds + self.test_seconds,
        )
        self.progress = Progress(content_hash=done.content_hash, epoch=done.epoch + 1)
        return record, tested

    def test(self) -> Evaluation:
        """Test the module as it is."""
        tested = evaluate(self.module, self.data, self.test_images, self.test_labels, lambda: True)
        if tested is None:
            raise RunError.of("internal", kind="Engine", reason="a test that nobody ended has ended")
        return tested

    def seconds_left(self) -> float | None:
        """Estimated time to the end, or ``None`` before anything was measured."""
        if not self.throughput:
            return None
        steps = (self.recipe.epochs - self.progress.epoch) * self.steps - self.progress.step
        pictures = steps * min(self.recipe.batch_size, len(self.images))
        tests = self.recipe.epochs - self.progress.epoch
        return max(0.0, pictures / self.throughput + tests * self.test_seconds)

    def _order(self, epoch: int) -> tuple[torch.Tensor, ...]:
        """The batches of an epoch as indices; the generated script draws the same."""
        shuffle = torch.Generator().manual_seed(self.recipe.seed + epoch)
        order = torch.randperm(len(self.images), generator=shuffle).to(self.device)
        batches: tuple[torch.Tensor, ...] = order.split(self.recipe.batch_size)
        if len(batches) > 1 and len(batches[-1]) == 1:
            # One picture alone has nothing that a batch normalization could compare it with.
            batches = batches[:-1]
        return batches

    def _step(self, batch: torch.Tensor) -> None:
        done = self.progress
        images, labels = self.images.index_select(0, batch), self.labels.index_select(0, batch)
        seed = hash((self.recipe.seed, done.epoch, done.step)) & 0x7FFF_FFFF_FFFF_FFFF
        with _seeded(seed, self.device) if self._random else nullcontext():
            scores = self.module(self.data.prepare(images))
        loss = nn.functional.cross_entropy(scores, labels)
        if loss.requires_grad:  # a network of pools alone has nothing to learn
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        with torch.no_grad():
            self._loss += loss.detach() * len(batch)
            self._right += (scores.argmax(dim=1) == labels).sum()
        self._seen += len(batch)
        self.progress = replace(done, step=done.step + 1)

    def _look(self) -> None:
        """Read the sums since the last look; the only place that waits for the device."""
        if not self._seen:
            return
        loss, right = self._loss.item(), int(self._right.item())
        now = time.perf_counter()
        seconds, seen = max(now - self._looked, 1e-9), self._seen
        self._looked, self._seen = now, 0
        self._loss.zero_()
        self._right.zero_()
        if not math.isfinite(loss):
            raise RunError.of(
                "loss-not-finite", rate=self.recipe.learning_rate, epoch=self.progress.epoch + 1
            )
        rate = seen / seconds
        self.throughput = rate if not self.throughput else 0.8 * self.throughput + 0.2 * rate
        done = self.progress
        self.progress = replace(
            done,
            loss=done.loss + loss,
            right=done.right + right,
            seen=done.seen + seen,
            seconds=done.seconds + seconds,
        )
        self.point = (done.epoch + done.step / self.steps, loss / seen, right / seen)


def _optimizer(recipe: Recipe, module: nn.Module) -> torch.optim.Optimizer:
    # A network without weights, such as Flatten alone, still runs; the optimizer needs something.
    weights = list(module.parameters()) or [nn.Parameter(torch.zeros(1))]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=recipe.learning_rate, momentum=0.9)
    kind = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    return kind(weights, lr=recipe.learning_rate)


@contextmanager
def _seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from a seed of our own and put the random state of the user's cells back."""
    generators = [torch.default_generator]
    if device.type == "cuda":
        generators.append(torch.cuda.default_generators[device.index or 0])
    states = [generator.get_state() for generator in generators]
    try:
        for generator in generators:
            generator.manual_seed(seed)
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
