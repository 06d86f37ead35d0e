"""`Run`: one execution of training, as a live object."""

from __future__ import annotations

import copy
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from blockml.analysis import check
from blockml.build import build
from blockml.data import Picture, load_data
from blockml.datasets import DATASETS, facts_of
from blockml.errors import BlockmlError, Diagnostic, RunError
from blockml.experiment import Experiment
from blockml.protocol import EpochRecord, RunState, RunStatus
from blockml.training import checkpoint, events, folder
from blockml.training.engine import Engine
from blockml.training.evaluate import Evaluation
from blockml.training.prediction import Prediction, predict

_logger = logging.getLogger(__name__)

_MOST_POINTS = 400
_NOTE = 1.0
"""Seconds between two live points in the events."""

Observer = Callable[[RunState], None]
OnEpoch = Callable[[EpochRecord], None]


def train(
    experiment: Experiment,
    folder: str | os.PathLike[str] | None = None,
    *,
    wait: bool = True,
    device: str | None = None,
    on_epoch: OnEpoch | None = None,
) -> Run:
    """Train an experiment in a thread of this process.

    Args:
        experiment: An experiment without errors.
        folder: Folder of the run; by default ``<BLOCKML_HOME>/<name>/v<N>/run``.
        wait: Whether to return only when the run has ended. Interrupting the wait stops the run.
        device: Such as ``cpu`` or ``cuda``; by default the GPU where there is one.
        on_epoch: Called in the training thread with the record of each epoch.

    Returns:
        The run.

    Raises:
        GraphError: The graph has errors.
        RunError: The folder cannot be used, or, when waiting, the run failed.
    """
    check(experiment)
    made = Run(experiment, _make(experiment, folder), device=device, on_epoch=on_epoch)
    made.start()
    if wait:
        made.wait_or_stop()
    return made


def _make(experiment: Experiment, place: str | os.PathLike[str] | None) -> Path:
    return folder.make(experiment, None if place is None else Path(place))


class Run:
    """One execution of training: status, figures, the live module, and its folder.

    All methods may be called from any thread. Closing the page changes nothing; when the
    kernel dies, `Run.open` finds everything up to the last epoch and `resume` goes on.

    Attributes:
        experiment: What is trained.
        folder: Where everything about the run is written.
        history: One record an epoch.
    """

    def __init__(
        self,
        experiment: Experiment,
        place: Path,
        *,
        device: str | None = None,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self.experiment, self.folder = experiment, place
        self.history: list[EpochRecord] = []
        self._hash = experiment.content_hash()
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self._on_epoch = on_epoch
        self._status: RunStatus = "idle"
        self._problem: Diagnostic | None = None
        self._points: list[tuple[float, float, float]] = []
        self._noted = 0.0
        self._result: dict[str, Any] | None = None
        self._engine: Engine | None = None
        self._module: nn.Module | None = None
        self._thread: threading.Thread | None = None
        self._observers: list[Observer] = []
        # One condition guards what people ask for; the step lock keeps a copy of the module whole.
        self._change = threading.Condition()
        self._asked: str = "run"
        self._step_lock = threading.Lock()

    @classmethod
    def open(cls, place: str | os.PathLike[str]) -> Run:
        """Open the run of a folder; nothing is started and nothing of the folder is executed.

        Raises:
            RunError: There is no run in the folder, or its checkpoint is damaged.
        """
        where = Path(place)
        opened = cls(folder.read_experiment(where), where)
        story = events.read(where)
        opened.history, opened._points = story.history, story.points[-_MOST_POINTS:]
        opened._result = folder.read_result(where)
        checkpoint.read_progress(where)
        if opened._result is not None:
            opened._status = "finished"
        elif folder.held(where):
            opened._status = "training"
        else:
            opened._status = "stopped" if story.last == "stopped" else "interrupted"
        return opened

    @property
    def status(self) -> RunStatus:
        """What the run is doing; ``interrupted`` means that its kernel died (see `RunState`)."""
        return self._status

    @property
    def active(self) -> bool:
        """Whether the training thread of this process is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on the test pictures; empty before the first epoch has ended.

        ``test_accuracy`` and ``per_class_accuracy`` are shares between 0 and 1, ``test_loss``
        is in nats, ``confusion_matrix`` counts true class (row) by named class (column).
        """
        if self._result is not None:
            return dict(self._result)
        if not self.history:
            return {}
        last = self.history[-1]
        return {"test_accuracy": last.test_accuracy, "test_loss": last.test_loss, "epochs": last.epoch}

    @property
    def module(self) -> nn.Module:
        """The live module; of a run that was opened, built anew with the weights of its checkpoint.

        Raises:
            RunError: The checkpoint is damaged or belongs to another experiment.
        """
        if self._engine is not None:
            return self._engine.module
        if self._module is None:
            module = build(self.experiment)
            if checkpoint.read_progress(self.folder) is not None:
                checkpoint.read_into(self.folder, self._hash, module)
            self._module = module.eval()
        return self._module

    def observe(self, observer: Observer) -> None:
        """Call a function with the state at every change, from the training thread."""
        self._observers.append(observer)

    def state(self) -> RunState:
        """The truth about the run now, as the page is told it."""
        engine, history = self._engine, tuple(self.history)
        progress = engine.progress if engine else None
        measured = engine is not None and self.active and self._status == "training"
        return RunState(
            id=str(self.folder),
            status=self._status,
            content_hash=self._hash,
            epoch=len(history),
            epochs=self.experiment.recipe.epochs,
            step=progress.step if progress else 0,
            steps=engine.steps if engine else 0,
            points=tuple(self._points),
            history=history,
            throughput=engine.throughput if engine else 0.0,
            seconds_left=engine.seconds_left() if engine and measured else None,
            device=str(self._device),
            test_accuracy=history[-1].test_accuracy if history else None,
            folder=str(self.folder),
            can_predict=bool(history) or bool(progress and progress.step),
            problem=self._problem,
        )

    def wait(self, timeout: float | None = None) -> Run:
        """Wait until the run has ended, or the time (in seconds) is over.

        Raises:
            RunError: The run failed; the error says why.
        """
        if self._thread is not None:
            self._thread.join(timeout)
        if self._status == "failed" and self._problem is not None:
            raise RunError(self._problem)
        return self

    def pause(self) -> None:
        """Pause after the step that is going; the module stays in memory."""
        self._ask("pause", while_in=("preparing", "training"))

    def resume(self, *, wait: bool | None = None) -> Run:
        """Go on: after a pause, or from the checkpoint of a run that was stopped or interrupted.

        Args:
            wait: Whether to return only when the run has ended. By default it waits where the
                training has to be started again, as `train` does, and not after a pause.

        Returns:
            The run itself.

        Raises:
            RunError: The run has finished, or another process trains in its folder.
        """
        if self.active:
            self._ask("run", while_in=("paused",))
            if wait:
                self.wait_or_stop()
            return self
        if self._status == "finished":
            raise RunError.of("run-finished", path=str(self.folder))
        self.start(resumed=True)
        if wait is None or wait:
            self.wait_or_stop()
        return self

    def stop(self, *, wait: bool = True) -> None:
        """Stop after the step that is going and write a checkpoint; `resume` goes on from there."""
        self._ask("stop", while_in=("preparing", "training", "paused"))
        if wait and self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def predict(self, picture: Picture) -> Prediction:
        """Show the network one picture, as it is at this moment.

        Args:
            picture: Path, bytes of a file, PIL picture or array.

        Raises:
            DataError: The picture cannot be used.
            RunError: The checkpoint cannot be read.
        """
        module = self.module
        if self.active:
            with self._step_lock:
                module = copy.deepcopy(module)
            module.eval()
        facts = facts_of(self.experiment.data)
        if facts is None:
            raise RunError.of("unknown-data", name=self.experiment.data.name, known=", ".join(DATASETS))
        return predict(module, facts, picture)

    def _ask(self, wish: str, while_in: tuple[str, ...]) -> None:
        with self._change:
            if not self.active or self._status not in while_in:
                return
            self._asked = wish
            if wish == "stop":
                self._status = "stopping"
            self._change.notify_all()
        self._tell()

    def wait_or_stop(self) -> None:
        """Wait until the run has ended; interrupting the wait stops the run."""
        try:
            self.wait()
        except KeyboardInterrupt:
            self.stop()
            raise

    def start(self, *, resumed: bool = False) -> None:
        """Start the training thread; `train` and `resume` do.

        Raises:
            RunError: It is going already, or another process trains in the folder.
        """
        with self._change:
            if self.active:
                raise RunError.of("run-active")
            lock = folder.hold(self.folder)
            self._asked, self._status, self._problem = "run", "preparing", None
            self._thread = threading.Thread(
                target=self._main, args=(lock, resumed), name="blockml-training", daemon=True
            )
            self._thread.start()

    def _main(self, lock: Any, resumed: bool) -> None:  # noqa: FBT001 - target of the thread
        try:
            self._train(resumed=resumed)
        except BlockmlError as error:
            self._fail(error.diagnostics[0])
        except OSError as error:
            self._fail(_problem("run-unwritable", path=str(self.folder), reason=error.strerror or str(error)))
        except torch.OutOfMemoryError:
            self._fail(_out_of_memory(self.experiment))
        except Exception as error:
            # The last station of the thread: nobody else would see the error.
            _logger.exception("training in %s failed", self.folder)
            if "not enough memory" in str(error):
                self._fail(_out_of_memory(self.experiment))
            else:
                self._fail(_problem("internal", kind=type(error).__name__, reason=str(error)[:300]))
        finally:
            if self._engine is not None:
                self._engine.module.eval()
            lock.release()
            self._tell()

    def _train(self, *, resumed: bool) -> None:
        self._tell()
        engine = Engine(self.experiment, load_data(self.experiment.data.name), self._device)
        if resumed and checkpoint.read_progress(self.folder) is not None:
            engine.load(self.folder)
        at = engine.progress.epoch + engine.progress.step / engine.steps
        self.history = [record for record in self.history if record.epoch <= engine.progress.epoch]
        self._points = [point for point in self._points if point[0] <= at]
        events.append(
            self.folder,
            "resumed" if resumed else "started",
            sync=True,
            epoch=engine.progress.epoch,
            at=at,
            device=str(self._device),
        )
        self._engine, self._module = engine, None
        with self._change:
            if self._status == "preparing":
                self._status = "training"
        tested: Evaluation | None = None
        while engine.progress.epoch < self.experiment.recipe.epochs:
            # The lock is let go between steps (see _watch), so that a copy of the module is whole.
            with self._step_lock:
                ended = engine.epoch(self._watch)
            if ended is None:
                engine.save(self.folder)
                events.append(self.folder, "stopped", sync=True)
                self._status = "stopped"
                return
            record, tested = ended
            engine.save(self.folder)
            events.append(self.folder, "epoch", sync=True, **record.model_dump())
            self.history.append(record)
            if self._on_epoch is not None:
                self._on_epoch(record)
            self._tell()
        self._finish(engine, tested)

    def _finish(self, engine: Engine, tested: Evaluation | None) -> None:
        if tested is None:
            # Killed between the last checkpoint and the result: only the test is missing.
            tested = engine.test()
        result = {
            "test_accuracy": tested.accuracy,
            "test_loss": tested.loss,
            "per_class_accuracy": list(tested.per_class),
            "confusion_matrix": [list(row) for row in tested.confusion],
            "classes": list(engine.data.classes),
            "epochs": self.experiment.recipe.epochs,
            "seconds": sum(record.seconds for record in self.history),
            "parameters": sum(weight.numel() for weight in engine.module.parameters()),
            "device": str(self._device),
            "content_hash": self._hash,
        }
        folder.write_result(self.folder, result)
        events.append(self.folder, "finished", sync=True)
        self._result, self._status = result, "finished"

    def _watch(self, engine: Engine) -> bool:
        """Between two steps: let others have the module, note the curve, do what was asked."""
        self._step_lock.release()
        try:
            if engine.point is not None and (not self._points or engine.point != self._points[-1]):
                self._note(engine.point)
            return self._obey()
        finally:
            self._step_lock.acquire()

    def _obey(self) -> bool:
        if self._asked == "run":
            return True
        with self._change:
            if self._asked == "pause":
                self._status = "paused"
                self._tell()
                self._change.wait_for(lambda: self._asked != "pause")
                if self._asked == "run":
                    self._status = "training"
        self._tell()
        return self._asked != "stop"

    def _note(self, point: tuple[float, float, float]) -> None:
        self._points.append(point)
        if len(self._points) > _MOST_POINTS:
            # Half as many points show the same curve; a long run must not grow without end.
            self._points = self._points[::2]
        now = time.monotonic()
        if now - self._noted >= _NOTE:
            self._noted = now
            at, loss, accuracy = point
            events.append(self.folder, "point", at=at, loss=loss, accuracy=accuracy)
        self._tell()

    def _fail(self, problem: Diagnostic) -> None:
        self._problem, self._status = problem, "failed"
        try:
            events.append(self.folder, "failed", problem=problem.model_dump(mode="json"))
        except OSError:
            # The folder may be the very thing that failed; the problem is shown all the same.
            _logger.warning("the failure could not be written to %s", self.folder)

    def _tell(self) -> None:
        if not self._observers:
            return
        state = self.state()
        for observer in list(self._observers):
            observer(state)


def _problem(code: str, **values: Any) -> Diagnostic:
    return Diagnostic(code=code, values=values)


def _out_of_memory(experiment: Experiment) -> Diagnostic:
    batch = experiment.recipe.batch_size
    return _problem("out-of-memory", batch=batch, fits=max(1, batch // 2))
