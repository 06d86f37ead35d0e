"""The training loop: data on the device, batches by index, no wait for the device in a step."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from blockml.analysis import check
from blockml.build import build
from blockml.data import Dataset
from blockml.errors import RunError
from blockml.experiment import Experiment
from blockml.loop.augment import augment
from blockml.loop.average import update_average
from blockml.loop.loss import balanced_weights
from blockml.loop.mix import mix
from blockml.loop.rate import rate_at
from blockml.protocol import EpochRecord, Plan
from blockml.training import checkpoint
from blockml.training.batches import Pictures, Selection, needs_stream
from blockml.training.chance import seeded, step_seed
from blockml.training.checkpoint import Progress, State
from blockml.training.evaluate import Evaluation, evaluate, part_size
from blockml.training.graph import learner
from blockml.training.interrupt import LONG, Interrupted, interruptible
from blockml.training.plan import choose, compiled_ahead, laid_out, optimizer_of, possible
from blockml.training.step import Step, set_rate
from blockml.training.tally import Tally
from blockml.training.threads import one_thread

_LOOK = 0.1
"""Seconds between two looks at the figures, which wait for the device."""

Watcher = Callable[["Engine"], bool]
"""Called after each step and part of a test; ``False`` ends the training there."""


class Engine:
    """One training, step by step: deterministic, and able to go on where it was left.

    The weights start from ``torch.manual_seed(seed)``, the order of epoch ``e`` is drawn
    from ``seed + e``, augmentation and random layers draw from (seed, epoch, step), so what
    happens is a function of the experiment, the plan and the position, not of what else the
    kernel does.

    Attributes:
        module: The module that learns.
        average: The moving average of it that is tested and kept, if the recipe asks for one.
        plan: How it computes on the device.
        progress: Where it stands.
        steps: Steps of an epoch.
        rate: Learning rate of the latest step.
        throughput: Training pictures a second, a moving average.
        point: Latest (epochs done, loss, accuracy) of recent batches.
    """

    def __init__(
        self,
        experiment: Experiment,
        data: Dataset,
        device: torch.device,
        *,
        plan: Plan | None = None,
        phases: Sequence[int] | None = None,
        asked: Callable[[], bool] = lambda: False,
    ) -> None:
        """Lay everything out on the device.

        Args:
            experiment: What is trained.
            data: What it learns from.
            device: Where.
            plan: How it computes; chosen by measuring where it is ``None``.
            phases: Epochs of each phase; the schedule of the learning rate begins anew in each.
                By default the one of the recipe.
            asked: Whether somebody wants the training to pause or stop; asked inside long steps.

        Raises:
            Interrupted: Somebody did, while it was measured how to compute.
        """
        self.experiment, self.data, self.device = experiment, data, device
        self.recipe = recipe = experiment.recipe
        self.phases = list(phases or [recipe.epochs])
        self._asked = asked
        with seeded(recipe.seed, torch.device("cpu")):
            self.module = build(experiment).to(device)
        plan = plan and possible(plan, device)
        stream = plan.stream if plan else needs_stream(data.train.images.numel(), device)
        self.pictures = Pictures(data.train, device, stream=stream)
        self.tests = Pictures(data.test, device, stream=stream)
        self.selection = Selection(recipe, data.train.labels, self.pictures.place)
        with seeded(recipe.seed, device):
            # Measuring takes real steps, and random layers draw in them.
            self.plan = plan or choose(
                experiment, self.module, self.pictures, data.facts, device=device, go_on=self._yield
            )
            size = min(recipe.batch_size, len(self.selection.used))
            if self.plan.mode == "compiled":
                self.plan = compiled_ahead(
                    self.plan,
                    self.module,
                    self.pictures,
                    data.facts,
                    recipe,
                    size=size,
                    device=device,
                    go_on=self._yield,
                )
        laid_out(self.module, self.plan)
        weights = None
        if recipe.class_weights == "balanced":
            labels = data.train.labels[self.selection.used]
            weights = balanced_weights(labels, len(data.classes)).to(device)
        optimizer = optimizer_of(recipe, self.module, self.plan)
        self.average = copy.deepcopy(self.module) if recipe.ema_decay > 0 else None
        self._state = State(self.module, optimizer, self.average)
        self._step = Step(
            self.module, optimizer, recipe, data.facts, plan=self.plan, device=device, class_weights=weights
        )
        self._learn = learner(self._step, self.plan.mode, size)
        self.progress = Progress(content_hash=experiment.content_hash())
        self.steps = len(self.selection.order(0))
        self.rate = recipe.learning_rate
        self.throughput = 0.0
        self.point: tuple[float, float, float] | None = None
        self.test_seconds = 0.0
        found = check(experiment)
        self._part = part_size(found.total_flops, device)
        self._random = any(found.blocks[node].random for node in found.order)
        self._changes: dict[str, Any] = {
            name: getattr(recipe, name)
            for name in ("flip", "shift", "rotate", "zoom", "color", "rand_augment", "cutout")
        }
        self._augments = any(self._changes.values())
        self._mixes = recipe.mixup > 0 or recipe.cutmix > 0
        self._generator = torch.Generator(device)
        self._tally = Tally(device)
        self._looked = time.perf_counter()
        self._last_step = math.inf

    @property
    def epochs(self) -> int:
        """Epochs asked for, over all phases."""
        return sum(self.phases)

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to train."""
        return self.progress.ended or self.progress.epoch >= self.epochs

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of the module."""
        return self._step.optimizer

    @property
    def tested(self) -> torch.nn.Module:
        """The module that counts: the average where there is one."""
        return self.module if self.average is None else self.average

    def save(self, folder: Path) -> None:
        """Write the checkpoint of this position."""
        self._look()
        checkpoint.write(folder, self._state, self.progress)

    def load(self, folder: Path) -> None:
        """Go on from the checkpoint of a folder."""
        progress = checkpoint.read_into(folder, self.progress.content_hash, self._state, steps=self.steps)
        begun, _ = self._phase(progress.epoch)
        # What ended a phase early does not end the one that was asked for after it.
        self.progress = replace(progress, ended=progress.ended and begun < progress.epoch)
        if progress.step:
            # The record of an epoch whose steps are all done tells the rate of its last one.
            self.rate = self._rate_of(progress.step - 1)

    def epoch(self, watch: Watcher) -> tuple[EpochRecord, Evaluation] | None:
        """Train the rest of the epoch that is going, and test.

        Returns:
            The record and the test, or ``None`` when the watcher ended it.

        Raises:
            RunError: ``loss-not-finite``.
        """
        self.module.train()
        self._looked = time.perf_counter()
        with self.computing():
            if not self._learn_epoch(watch):
                return None
        # A test has large batches, which all threads share.
        return self._judge(watch)

    def forget_steps(self) -> None:
        """Give back the memory that steps were recorded in, as large as all that a batch makes.

        Nobody trains with this engine any more, but its module may be kept for days.
        """
        self._learn = self._step.learn
        # Of recorded steps they lie in the same memory.
        self.optimizer.zero_grad(set_to_none=True)

    def computing(self) -> AbstractContextManager[None]:
        """Compute with as many threads as the plan says, in the thread that calls only."""
        return one_thread(self.plan.threads == "one")

    def _learn_epoch(self, watch: Watcher) -> bool:
        """Take the steps that are left of an epoch; ``False`` where the watcher ended it."""
        order = self.selection.order(self.progress.epoch)
        for images, labels in self.pictures.batches(order[self.progress.step :]):
            while self.take(images, labels) is None:
                # Ended in its middle: nothing of the step counts, and it is taken again.
                if not watch(self):
                    return False
            if time.perf_counter() - self._looked >= _LOOK:
                self._look()
            if not watch(self):
                return False
        self._look()
        return True

    def _judge(self, watch: Watcher) -> tuple[EpochRecord, Evaluation] | None:
        """Test at the end of an epoch, and compare with the epochs before."""
        started = time.perf_counter()
        validated = None
        if self.selection.held is not None:
            validated = self._evaluate(self.tested, self.pictures, lambda: watch(self), self.selection.held)
            if validated is None:
                return None
        tested = self._evaluate(self.tested, self.tests, lambda: watch(self))
        if tested is None:
            return None
        self.test_seconds = time.perf_counter() - started
        done = self.progress
        if not all(math.isfinite(found.loss) for found in (tested, validated) if found is not None):
            # In evaluation a normalization uses what it gathered, which can be out of range alone.
            raise RunError.of("loss-not-finite", rate=self.rate, epoch=done.epoch + 1)
        record = EpochRecord(
            epoch=done.epoch + 1,
            train_loss=done.loss / done.seen,
            train_accuracy=done.right / done.seen,
            test_loss=tested.loss,
            test_accuracy=tested.accuracy,
            seconds=done.seconds + self.test_seconds,
            learning_rate=self.rate,
            validation_loss=None if validated is None else validated.loss,
            validation_accuracy=None if validated is None else validated.accuracy,
        )
        self.progress = self._after(record)
        return record, tested

    def _after(self, record: EpochRecord) -> Progress:
        """The progress behind an epoch: which epoch is the best, and whether to go on."""
        done = self.progress
        best, loss, recipe = done.best_epoch, done.best_loss, self.recipe
        begun, _ = self._phase(done.epoch)
        if record.validation_loss is not None and (best == 0 or record.validation_loss < loss):
            best, loss = record.epoch, record.validation_loss
            if recipe.best_epoch:
                self._state.best = {
                    key: value.detach().clone() for key, value in self.tested.state_dict().items()
                }
        return Progress(
            content_hash=done.content_hash,
            epoch=record.epoch,
            best_epoch=best,
            best_loss=loss,
            ended=recipe.patience > 0 and record.epoch - max(best, begun) >= recipe.patience,
        )

    def finish(self, tested: Evaluation | None) -> Evaluation:
        """Put the weights that count into the module.

        They are those of the best epoch, else the average, else the last; the checkpoint keeps
        the last ones too, so that training can go on.

        Args:
            tested: The test of the last epoch, if it is at hand.

        Returns:
            The test of the weights that count.
        """
        if self._state.best is not None:
            self.module.load_state_dict(self._state.best)
            tested = None
        elif self.average is not None:
            self.module.load_state_dict(self.average.state_dict())
        found = tested or self._evaluate(self.module, self.tests, lambda: True)
        if found is None:
            raise RunError.of("internal", kind="Engine", reason="a test that nobody ended has ended")
        return found

    def seconds_left(self) -> float | None:
        """Estimated time to the end, or ``None`` before anything was measured."""
        if not self.throughput:
            return None
        steps = (self.epochs - self.progress.epoch) * self.steps - self.progress.step
        pictures = steps * min(self.recipe.batch_size, len(self.selection.used))
        tests = self.epochs - self.progress.epoch
        return max(0.0, pictures / self.throughput + tests * self.test_seconds)

    def _evaluate(
        self,
        module: torch.nn.Module,
        pictures: Pictures,
        go_on: Callable[[], bool],
        index: torch.Tensor | None = None,
    ) -> Evaluation | None:
        return evaluate(
            self._step,
            module,
            pictures,
            classes=len(self.data.classes),
            part=self._part,
            go_on=go_on,
            index=index,
        )

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor | None:
        """Take one step.

        Args:
            images: uint8 (N, C, H, W), on the device.
            labels: int64 (N), likewise.

        Returns:
            The loss, or ``None`` when the step was ended in its middle and has changed nothing.
        """
        done, recipe = self.progress, self.recipe
        seed = step_seed(recipe.seed, done.epoch, done.step)
        other = share = None
        if self._augments or self._mixes:
            self._generator.manual_seed(seed)
        began = time.perf_counter()
        try:
            with (
                interruptible(self.module, self._asked) if self._is_long else nullcontext(),
                seeded(seed, self.device) if self._random else nullcontext(),
            ):
                changed = augment(images, self._generator, **self._changes) if self._augments else images
                prepared = self._step.prepare(changed)
                if self._mixes:
                    prepared, other, share = mix(
                        prepared, labels, self._generator, mixup=recipe.mixup, cutmix=recipe.cutmix
                    )
                self._set_rate()
                loss, scores = self._learn(prepared, labels, other, share)
        except Interrupted:
            return None
        if self.average is not None:
            position = done.epoch * self.steps + done.step
            update_average(self.average, self.module, recipe.ema_decay, position)
        self._tally.add(loss, scores, labels)
        done.step += 1
        self._last_step = time.perf_counter() - began
        return loss

    @property
    def _is_long(self) -> bool:
        # What is recorded or compiled is one piece, and short: a GPU has that.
        return self.plan.mode == "eager" and self._last_step > LONG

    def _set_rate(self) -> None:
        if self.recipe.schedule == "constant" and self.recipe.warmup == 0:
            return
        self.rate = self._rate_of(self.progress.step)
        set_rate(self.optimizer, self.rate)

    def _rate_of(self, step: int) -> float:
        """The learning rate of a step of the epoch that is going."""
        recipe, epoch = self.recipe, self.progress.epoch
        begun, length = self._phase(epoch)
        return rate_at(
            (epoch - begun) * self.steps + step,
            length * self.steps,
            self.steps,
            schedule=recipe.schedule,
            peak=recipe.learning_rate,
            warmup=recipe.warmup,
            step_size=recipe.step_size,
            gamma=recipe.gamma,
        )

    def _phase(self, epoch: int) -> tuple[int, int]:
        """The epochs before the phase that an epoch stands in, and the epochs in it."""
        begun = 0
        for length in self.phases[:-1]:
            if epoch < begun + length:
                return begun, length
            begun += length
        return begun, self.phases[-1]

    def _yield(self) -> None:
        if self._asked():
            raise Interrupted

    def _look(self) -> None:
        """Read the sums since the last look; the only place that waits for the device."""
        loss, right, seen = self._tally.read()
        if not seen:
            return
        now = time.perf_counter()
        seconds = max(now - self._looked, 1e-9)
        self._looked = now
        if not math.isfinite(loss):
            raise RunError.of("loss-not-finite", rate=self.rate, epoch=self.progress.epoch + 1)
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
