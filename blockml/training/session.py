"""The work of a training thread: from the data to the result, with everything written on the way."""

from __future__ import annotations

import contextlib
import errno
import importlib
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import torch

from blockml.analysis import check
from blockml.data import Dataset, load_data
from blockml.data.progress import beside
from blockml.errors import BlockmlError, CancelledError, Diagnostic, Fix, GraphError, RunError
from blockml.experiment import Experiment
from blockml.graph import Patch
from blockml.protocol import EpochRecord, TaskState
from blockml.training import checkpoint, events, folder
from blockml.training.devices import on
from blockml.training.engine import Engine
from blockml.training.evaluate import Evaluation
from blockml.training.interrupt import Interrupted
from blockml.training.live import Live
from blockml.training.memory import fitting_batch, is_out_of_memory
from blockml.training.queue import Turn
from blockml.training.speed import observe

_logger = logging.getLogger(__name__)

_NOTE = 1.0
"""Seconds between two live points in the events."""
_SAVE = 60.0
"""Seconds after which a checkpoint is written inside an epoch, where epochs are long."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.ENOENT}
"""Errors of a folder that a person can mend while the run waits."""
_COMPILER = "torch._dynamo"

OnEpoch = Callable[[EpochRecord], None]


class Session:
    """One stay of a run in a training thread."""

    def __init__(self, live: Live, device: torch.device, on_epoch: OnEpoch | None, *, resumed: bool) -> None:
        self._live, self._device = live, device
        self._on_epoch, self._resumed = on_epoch, resumed
        self._turn = Turn(device, live.experiment.name)
        self._noted = self._saved = time.monotonic()

    def run(self) -> None:
        """Train to the end, or to where somebody stops it; no error leaves this function."""
        live = self._live
        try:
            deterministic = live.experiment.recipe.deterministic
            with self._turn, _deterministic(deterministic, self._device), on(self._device):
                self._train()
        except (CancelledError, Interrupted):
            self._stopped()
        except BlockmlError as error:
            self._fail(_with_advice(error.diagnostics[0], live))
        except OSError as error:
            self._fail(self._unwritable(error))
        except Exception as error:
            # The last station of the thread: nobody else would see the error.
            if is_out_of_memory(error):
                traceback.clear_frames(error.__traceback__)  # they hold what filled the memory
                self._fail(self._out_of_memory())
            else:
                _logger.exception("training in %s failed", live.folder)
                self._fail(_problem("internal", kind=type(error).__name__, reason=str(error)[:300]))
        finally:
            if live.engine is not None:
                live.engine.forget_steps()
                live.engine.module.eval()

    def _train(self) -> None:
        live = self._live
        live.tell()
        if _COMPILER not in sys.modules:
            # The first optimizer of a kernel imports it, for seconds in which nobody is answered.
            beside(lambda: importlib.import_module(_COMPILER), lambda: self._progress(TaskState()))
        data = load_data(live.experiment.data, progress=self._progress)
        live.task = TaskState()
        if not self._wait_for_turn():
            self._stopped()
            return
        engine = self._engine(data)
        live.engine, live.plan = engine, engine.plan
        live.become("training")
        tested: Evaluation | None = None
        while not engine.ended:
            # The lock is let go between steps (see _watch), so that a copy of the module is whole.
            with live.step_lock:
                ended = engine.epoch(self._watch)
            if ended is None or not self._keep(engine, ended[0]):
                self._stopped(engine)
                return
            tested = ended[1]
            self._call(ended[0])
            live.tell()
            if not engine.ended and not self._turn.give_way(self._in_queue):
                self._stopped(engine)
                return
            live.become("training")
        self._finish(engine, tested)

    def _call(self, record: EpochRecord) -> None:
        """Call what the person wants to be called after each epoch."""
        if self._on_epoch is None:
            return
        try:
            with self._turn.beside():
                self._on_epoch(record)
        except BlockmlError:
            raise
        except BaseException as error:
            # sys.exit() in it, too, would end the thread without a word.
            _logger.exception("on_epoch failed after epoch %d of %s", record.epoch, self._live.folder)
            said = f"{type(error).__name__}: {error}"[:300].rstrip(" :")
            raise RunError.of("on-epoch", error=said) from error

    def _engine(self, data: Dataset) -> Engine:
        live = self._live
        live.task = TaskState(name="measure", subject=str(self._device))
        live.tell()
        engine = self._built(data)
        live.task = TaskState()
        if self._resumed and checkpoint.read_progress(live.folder) is not None:
            engine.load(live.folder)
        at = engine.progress.epoch + engine.progress.step / engine.steps
        live.history = [record for record in live.history if record.epoch <= engine.progress.epoch]
        live.points = [point for point in live.points if point[0] <= at]
        events.append(
            live.folder,
            "resumed" if self._resumed else "started",
            sync=True,
            epoch=engine.progress.epoch,
            at=at,
            device=str(self._device),
            plan=engine.plan.model_dump(mode="json"),
        )
        folder.write_script(live.folder, live.experiment, engine.plan)
        return engine

    def _built(self, data: Dataset) -> Engine:
        live = self._live
        while True:
            try:
                return Engine(
                    live.experiment,
                    data,
                    self._device,
                    plan=live.plan,
                    phases=live.phases,
                    asked=lambda: live.asked != "run",
                )
            except Interrupted:
                # Somebody asked while it was measured; after a pause it is measured again.
                if not self._obey():
                    raise

    def _progress(self, task: TaskState) -> None:
        """Show how far the data are; the reader asks here whether it should go on."""
        self._live.task = task
        if not self._obey():
            raise CancelledError
        self._live.tell()

    def _wait_for_turn(self) -> bool:
        went_on = self._turn.wait(self._in_queue)
        self._live.ahead = None
        if went_on:
            self._live.become("preparing")
        return went_on

    def _in_queue(self, ahead: int) -> bool:
        live = self._live
        if live.asked == "stop":
            return False
        if live.ahead != ahead or live.status != "queued":
            live.ahead = ahead
            live.become("queued")
        return True

    def _watch(self, engine: Engine) -> bool:
        """Between two steps: let others have the module, note the curve, do what was asked."""
        live = self._live
        live.step_lock.release()
        try:
            if engine.point is not None and live.add_point(engine.point):
                self._note(engine)
            return self._obey()
        finally:
            live.step_lock.acquire()

    def _obey(self) -> bool:
        """Do what people asked for: go on, wait, or (``False``) end."""
        wish = self._live.asked
        if wish == "pause":
            return self._hold()
        return wish == "run"

    def _hold(self) -> bool:
        """Wait until somebody asks to go on (``True``) or to stop."""
        live, before = self._live, self._live.status
        # Whoever waits must not keep the device from others.
        self._turn.leave()
        live.become("paused")
        with live.change:
            live.change.wait_for(lambda: live.asked != "pause")
            stopped = live.asked == "stop"
        live.problem = None
        if stopped or (before == "training" and not self._wait_for_turn()):
            return False
        live.become(before)
        return True

    def _note(self, engine: Engine) -> None:
        now = time.monotonic()
        with contextlib.suppress(OSError):
            # A point that is lost costs nothing; a full disk shows itself at the next checkpoint.
            if now - self._noted >= _NOTE and engine.point is not None:
                self._noted = now
                at, loss, accuracy = engine.point
                events.append(self._live.folder, "point", at=at, loss=loss, accuracy=accuracy)
            if now - self._saved >= _SAVE:
                self._saved = now
                engine.save(self._live.folder)
        self._live.tell()

    def _keep(self, engine: Engine, record: EpochRecord) -> bool:
        """Write what an epoch brought; where that cannot be, wait until a person has made room."""
        live = self._live
        while True:
            try:
                # First what happened, then the position: whoever resumes takes back what is too much.
                events.append(live.folder, "epoch", sync=True, **record.model_dump())
                engine.save(live.folder)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                live.problem = self._unwritable(error)
                with live.change:
                    if live.asked == "run":
                        live.asked = "pause"
                if not self._obey():
                    return False
            else:
                self._saved = time.monotonic()
                live.history.append(record)
                return True

    def _stopped(self, engine: Engine | None = None) -> None:
        live = self._live
        try:
            if engine is not None:
                engine.save(live.folder)
            events.append(live.folder, "stopped", sync=True)
        except OSError as error:
            live.problem = self._unwritable(error)
        live.become("stopped")

    def _finish(self, engine: Engine, tested: Evaluation | None) -> None:
        live = self._live
        tested = engine.finish(tested)
        result = folder.Result(
            test_accuracy=tested.accuracy,
            test_loss=tested.loss,
            per_class_accuracy=tested.per_class,
            confusion_matrix=tested.confusion,
            classes=engine.data.classes,
            epochs=engine.progress.epoch,
            best_epoch=engine.progress.best_epoch or None,
            seconds=sum(record.seconds for record in live.history),
            parameters=sum(weight.numel() for weight in engine.module.parameters()),
            device=str(self._device),
            plan=engine.plan,
            content_hash=live.content_hash,
        )
        folder.write_result(live.folder, result)
        events.append(live.folder, "finished", sync=True)
        live.result = result.model_dump(mode="json")
        live.become("finished")
        fastest = min((record.seconds for record in live.history), default=0.0)
        with contextlib.suppress(BlockmlError):
            observe(live.experiment, engine.data.facts, self._device, fastest)

    def _fail(self, problem: Diagnostic) -> None:
        live = self._live
        try:
            events.append(live.folder, "failed", problem=problem.model_dump(mode="json"))
        except OSError:
            # The folder may be the very thing that failed; the problem is shown all the same.
            _logger.warning("the failure could not be written to %s", live.folder)
        # Only now, so that nobody sees the problem of a run that seems to go on.
        live.problem = problem
        live.become("failed")

    def _unwritable(self, error: OSError) -> Diagnostic:
        reason = error.strerror or str(error)
        return _problem("run-unwritable", path=str(self._live.folder), reason=reason)

    def _out_of_memory(self) -> Diagnostic:
        """Say which batch fits, by trying; the button trains again with it."""
        live = self._live
        batch = live.experiment.recipe.batch_size
        fits = batch // 2
        if live.engine is not None:
            live.engine.forget_steps()
            fits = fitting_batch(live.engine)
        if not fits:
            return _problem("out-of-memory-always")
        problem = _problem("out-of-memory", batch=batch, fits=fits)
        return problem.model_copy(update={"fixes": (_set("batch_size", fits),)})


def _with_advice(problem: Diagnostic, live: Live) -> Diagnostic:
    """Add what a person can do about a failed training, as changes of its experiment."""
    if problem.code in ("data-offline", "data-download"):
        return problem.model_copy(update={"fixes": tuple(_data_at_hand(live.experiment))})
    if problem.code != "loss-not-finite":
        return problem
    recipe = live.experiment.recipe
    fixes = [_set("learning_rate", float(f"{recipe.learning_rate / 10:.1g}"))]
    if recipe.clip_norm == 0:
        fixes.append(_set("clip_norm", 1.0))
    return problem.model_copy(update={"fixes": tuple(fixes)})


def _data_at_hand(experiment: Experiment) -> Iterator[Fix]:
    """Use the data that need no download, where the network takes them."""
    fix = Fix(kind="use-data", values={"data": "digits"}, patch=Patch(data="digits"))
    try:
        check(experiment.patched(fix.patch))
    except GraphError:
        return
    yield fix


def _set(name: str, value: float) -> Fix:
    return Fix(kind="set-recipe", values={"param": name, "value": value}, patch=Patch(recipe={name: value}))


def _problem(code: str, **values: Any) -> Diagnostic:
    return Diagnostic(code=code, values=values)


@contextlib.contextmanager
def _deterministic(wanted: bool, device: torch.device) -> Iterator[None]:  # noqa: FBT001 - a setting
    """Allow only repeatable operations for a while."""
    if not wanted:
        yield
        return
    if device.type == "cuda":
        # cuBLAS reads it when it is first used; torch names this value.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)
