"""`Run`: one execution of training, as a live object."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from blockml.analysis import check
from blockml.build import build
from blockml.data import Picture
from blockml.datasets import DATASETS, facts_of
from blockml.errors import RunError
from blockml.experiment import Experiment
from blockml.protocol import EpochRecord, Plan, RunState, RunStatus
from blockml.training import checkpoint, events
from blockml.training import folder as folders
from blockml.training.devices import device_of
from blockml.training.events import MOST_EPOCHS
from blockml.training.live import MOST_POINTS, Live, Observer, Wish
from blockml.training.prediction import Prediction, predict
from blockml.training.queue import never_begins, waiting
from blockml.training.session import OnEpoch, Session

_NAP = 0.1
"""Seconds between two looks of whoever waits for a run."""


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
        DocumentError: It is no experiment.
        GraphError: The graph has errors.
        RunError: There is no such device, the folder cannot be used, or, when waiting, the run failed.
    """
    check(experiment)
    chosen = device_of(device)
    if wait:
        _refuse_to_wait_for_itself(chosen)
    where = folders.make(experiment, None if folder is None else Path(folder))
    made = Run(experiment, where, device=str(chosen), on_epoch=on_epoch)
    made.start()
    if wait:
        made.wait_or_stop()
    return made


def _refuse_to_wait_for_itself(device: torch.device) -> None:
    """A run started in ``on_epoch`` of another waits for its turn, and that one for it."""
    if never_begins(device):
        raise RunError.of("run-inside", device=str(device))


class Run:
    """One execution of training: status, figures, the live module, and its folder.

    All methods may be called from any thread. Closing the page changes nothing; when the
    kernel dies, `Run.open` finds everything up to the last epoch and `resume` goes on.

    Attributes:
        experiment: What is trained.
        folder: Where everything about the run is written.
    """

    def __init__(
        self,
        experiment: Experiment,
        folder: Path,
        *,
        device: str | None = None,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self.experiment, self.folder = experiment, folder
        self._device = device_of(device)
        self._live = Live(
            experiment, folder, experiment.content_hash(), str(self._device), [experiment.recipe.epochs]
        )
        self._on_epoch = on_epoch
        self._module: nn.Module | None = None
        self._thread: threading.Thread | None = None
        # What tells that the thread has ended. The thread itself is not asked: a wait for it that is
        # interrupted (the stop button of a notebook) calls it ended in Python before 3.13, and it runs on.
        self._ended = threading.Event()
        self._ended.set()

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, device: str | None = None) -> Run:
        """Open the run of a folder; nothing is started and nothing of the folder is executed.

        Args:
            folder: Folder of the run, or of the version that it belongs to.
            device: Where it goes on if it is resumed; by default the GPU where there is one.

        Raises:
            RunError: There is no run in the folder, or its checkpoint is damaged.
        """
        where = folders.found(Path(folder))
        opened = cls(folders.read_experiment(where), where, device=device)
        live, story = opened._live, events.read(where)
        live.history, live.points, live.plan = story.history, story.points[-MOST_POINTS:], story.plan
        live.phases = story.phases or live.phases
        live.result = folders.read_result(where)
        checkpoint.read_progress(where)
        if live.result is not None and story.last in ("finished", ""):
            live.status = "finished"
        elif folders.held(where):
            live.status = "training"
        else:
            live.status = "stopped" if story.last == "stopped" else "interrupted"
        return opened

    def __repr__(self) -> str:
        """In one line."""
        state = self.state()
        reached = f", test accuracy {state.test_accuracy:.1%}" if state.test_accuracy is not None else ""
        epochs = f"epoch {state.epoch} of {state.epochs}"
        return f"<Run of {self.experiment.name!r}: {self.status}, {epochs}{reached}, in {self.folder}>"

    @property
    def status(self) -> RunStatus:
        """What the run is doing; ``interrupted`` means that its kernel died (see `RunState`)."""
        return self._live.status

    @property
    def history(self) -> list[EpochRecord]:
        """One record an epoch."""
        return self._live.history

    @property
    def plan(self) -> Plan | None:
        """How the run computes; ``None`` before that was chosen."""
        return self._live.plan

    @property
    def active(self) -> bool:
        """Whether the training thread of this process is alive."""
        return not self._ended.is_set()

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on the test pictures; empty before the first epoch has ended.

        ``test_accuracy`` and ``per_class_accuracy`` are shares between 0 and 1, ``test_loss``
        is in nats, ``confusion_matrix`` counts true class (row) by named class (column).
        """
        if self._live.result is not None:
            return dict(self._live.result)
        if not self.history:
            return {}
        last = self.history[-1]
        return {"test_accuracy": last.test_accuracy, "test_loss": last.test_loss, "epochs": last.epoch}

    @property
    def module(self) -> nn.Module:
        """The live module; of a run that was opened, built anew with the weights of its checkpoint.

        Once the run has finished these are the weights that count: of the best epoch or the
        moving average where the recipe asks for one.

        Raises:
            RunError: The checkpoint is damaged or belongs to another experiment.
        """
        if self._live.engine is not None:
            return self._live.engine.module
        if self._module is None:
            module = build(self.experiment)
            if checkpoint.read_progress(self.folder) is not None:
                checkpoint.read_kept(self.folder, self._live.content_hash, module)
            self._module = module.eval()
        return self._module

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call a function with the state at every change, from the training thread.

        Returns:
            Ends that.
        """
        observers = self._live.observers
        observers.append(observer)

        def leave() -> None:
            if observer in observers:
                observers.remove(observer)

        return leave

    def state(self) -> RunState:
        """The truth about the run now, as the page is told it."""
        return self._live.state()

    def wait(self, timeout: float | None = None) -> Run:
        """Wait until the run has ended, or the time (in seconds) is over.

        Raises:
            RunError: The run failed, or was paused because of a problem; the error says why. Or it
                cannot begin before the run whose ``on_epoch`` waits for it has ended.
        """
        live, waited = self._live, 0.0
        with waiting():
            while self.active and (timeout is None or waited < timeout):
                if live.status == "paused" and live.problem is not None:
                    raise RunError(live.problem)
                if timeout is None and self._thread is not threading.current_thread():
                    _refuse_to_wait_for_itself(self._device)
                nap = _NAP if timeout is None else min(_NAP, timeout - waited)
                self._joined(nap)
                waited += nap
        if live.status == "failed" and live.problem is not None:
            raise RunError(live.problem)
        return self

    def _joined(self, timeout: float | None = None) -> None:
        if self._thread is not threading.current_thread():
            self._ended.wait(timeout)

    def pause(self) -> None:
        """Pause after the step that is going, or inside it where it is long; the module stays in memory."""
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
        if self.status == "finished":
            raise RunError.of("run-finished", path=str(self.folder))
        if wait is None or wait:
            _refuse_to_wait_for_itself(self._device)
        self.start(resumed=True)
        if wait is None or wait:
            self.wait_or_stop()
        return self

    def more(self, epochs: int, *, wait: bool = True) -> Run:
        """Train a run for further epochs, from where it is; the schedule begins anew for them.

        Args:
            epochs: How many, 1 to 10,000.
            wait: Whether to return only when the run has ended.

        Raises:
            RunError: The run is going, its folder cannot be used, or the number is out of range.
        """
        if not isinstance(epochs, int) or not 1 <= epochs <= MOST_EPOCHS:
            raise RunError.of("run-more", received=str(epochs)[:60], most=MOST_EPOCHS)
        if wait:
            _refuse_to_wait_for_itself(self._device)
        self.start(resumed=True, more=epochs)
        if wait:
            self.wait_or_stop()
        return self

    def stop(self, *, wait: bool = True) -> None:
        """Stop after the step that is going, or inside it, and write a checkpoint; `resume` goes on."""
        self._ask("stop", while_in=("preparing", "queued", "training", "paused"))
        if wait:
            self._joined()

    def predict(self, picture: Picture) -> Prediction:
        """Show the network one picture, as it is at this moment.

        Args:
            picture: Path, bytes of a file, PIL picture or array.

        Raises:
            DataError: The picture cannot be used.
            RunError: The checkpoint cannot be read.
        """
        facts = facts_of(self.experiment.data)
        if facts is None:
            raise RunError.of("unknown-data", name=self.experiment.data.name[:60], known=", ".join(DATASETS))
        module = self.module
        if self.active and self._live.engine is not None:
            with self._live.step_lock:
                module = copy.deepcopy(self._live.engine.tested)
            module.eval()
        return predict(module, facts, picture)

    def _ask(self, wish: Wish, while_in: tuple[str, ...]) -> None:
        live = self._live
        with live.change:
            if not self.active or live.status not in while_in:
                return
            live.asked = wish
            if wish == "stop":
                live.status = "stopping"
            elif wish == "run":
                # What it waited for is mended, or shows itself again.
                live.problem = None
            live.change.notify_all()
        live.tell()

    def wait_or_stop(self) -> None:
        """Wait until the run has ended; interrupting the wait stops the run."""
        try:
            self.wait()
        except KeyboardInterrupt:
            self.stop()
            raise

    def start(self, *, resumed: bool = False, more: int = 0) -> None:
        """Start the training thread; `train`, `resume` and `more` do.

        Raises:
            RunError: It is going already, or another process trains in the folder.
        """
        live = self._live
        with live.change:
            if self.active:
                raise RunError.of("run-active")
            lock = folders.hold(self.folder)
            folders.tidy(self.folder)
            try:
                if more:
                    live.phases = folders.extend(self.folder, live.phases, len(live.history), more)
            except BaseException:
                lock.release()
                raise
            live.asked, live.status, live.problem, live.result = "run", "preparing", None, None
            session = Session(live, self._device, self._on_epoch, resumed=resumed)
            self._module = None
            self._ended.clear()
            self._thread = threading.Thread(
                target=_work, args=(session, lock, live, self._ended), name="blockml-training", daemon=True
            )
            self._thread.start()


def _work(session: Session, lock: Any, live: Live, ended: threading.Event) -> None:
    try:
        session.run()
    finally:
        try:
            lock.release()
            live.tell()
        finally:
            ended.set()
