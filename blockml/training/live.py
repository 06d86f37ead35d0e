"""What is true of a run now: written by its training thread, read by everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from blockml.errors import Diagnostic
from blockml.experiment import Experiment
from blockml.protocol import EpochRecord, Plan, RunState, RunStatus, TaskState
from blockml.training.engine import Engine

MOST_POINTS = 400
"""Most points of the live curve; a long run must not grow without end."""

Observer = Callable[[RunState], None]
Wish = Literal["run", "pause", "stop"]
Point = tuple[float, float, float]


@dataclass
class Live:
    """The state of a run in memory.

    Attributes:
        experiment: What is trained.
        folder: Folder of the run.
        content_hash: Hash of the experiment.
        device: Name of the device.
        phases: Epochs of each phase: of the recipe, and those that were asked for later.
        status: What the run is doing.
        problem: Why it failed or was paused.
        history: One record an epoch.
        points: Live curve.
        result: Final figures, once there are any.
        engine: The engine, once there is one in this process.
        plan: How the run computes; a run that goes on keeps it.
        ahead: Runs before this one in the queue of the device.
        task: What preparing is doing.
        asked: What people want; guarded by ``change``.
        change: Notified when ``asked`` or ``status`` changes.
        step_lock: Held by the training thread during a step, so that a copy of the module is whole.
    """

    experiment: Experiment
    folder: Path
    content_hash: str
    device: str
    phases: list[int]
    status: RunStatus = "idle"
    problem: Diagnostic | None = None
    history: list[EpochRecord] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    result: dict[str, Any] | None = None
    engine: Engine | None = None
    plan: Plan | None = None
    ahead: int | None = None
    task: TaskState = field(default_factory=TaskState)
    asked: Wish = "run"
    change: threading.Condition = field(default_factory=threading.Condition)
    step_lock: Any = field(default_factory=threading.Lock)
    observers: list[Observer] = field(default_factory=list)

    def add_point(self, point: Point) -> bool:
        """Add a point to the live curve; ``False`` where it is there already."""
        if self.points and self.points[-1] == point:
            return False
        self.points.append(point)
        if len(self.points) > MOST_POINTS:
            # Half as many points show the same curve.
            self.points = self.points[::2]
        return True

    def state(self) -> RunState:
        """The truth about the run now, as the page is told it."""
        engine, history = self.engine, tuple(self.history)
        progress = engine.progress if engine else None
        training = engine is not None and self.status == "training"
        best = progress.best_epoch if progress and self.experiment.recipe.best_epoch else 0
        return RunState(
            id=str(self.folder),
            status=self.status,
            content_hash=self.content_hash,
            epoch=len(history),
            epochs=sum(self.phases),
            step=progress.step if progress else 0,
            steps=engine.steps if engine else 0,
            points=tuple(self.points),
            history=history,
            throughput=engine.throughput if engine else 0.0,
            seconds_left=engine.seconds_left() if engine and training else None,
            device=self.device,
            test_accuracy=self._accuracy(),
            folder=str(self.folder),
            can_predict=bool(history) or bool(progress and progress.step),
            problem=self.problem,
            ahead=self.ahead if self.status == "queued" else None,
            task=self.task,
            plan=self.plan,
            learning_rate=engine.rate if engine else None,
            best_epoch=best or None,
        )

    def _accuracy(self) -> float | None:
        if self.result is not None:
            found: float = self.result["test_accuracy"]
            return found
        return self.history[-1].test_accuracy if self.history else None

    def tell(self) -> None:
        """Call the observers with the state."""
        if not self.observers:
            return
        state = self.state()
        for observer in list(self.observers):
            observer(state)

    def become(self, status: RunStatus) -> None:
        """Change the status, unless somebody asked to stop in the meantime."""
        with self.change:
            if self.status != "stopping" or status in ("stopped", "failed", "finished"):
                self.status = status
            self.change.notify_all()
        self.tell()
