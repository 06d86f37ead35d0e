"""`Canvas`: its traits and who may change them; the work is done below."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import anywidget
import traitlets

from blockml.analysis import Analysis, analyse
from blockml.blocks.base import when_registered
from blockml.errors import Diagnostic, DocumentError
from blockml.experiment import Experiment, need_experiment
from blockml.picture import Svg, picture
from blockml.protocol import DraftState, RunState, TaskState
from blockml.texts import sentence
from blockml.widget import warm_up
from blockml.widget.answering import answer, keep_routes
from blockml.widget.catalogue import EMPTY, catalogue
from blockml.widget.draft import ACTIVE, Keeper, Snapshot
from blockml.widget.epoch_time import EpochTime
from blockml.widget.incoming import Incoming, of_page
from blockml.widget.kept_groups import kept_groups
from blockml.widget.last_run import LastRun, remembered
from blockml.widget.notebook_files import NotebookFiles
from blockml.widget.origin import origin
from blockml.widget.publisher import Publisher
from blockml.widget.shared_traits import LatestRun, SharedTrait
from blockml.widget.states import analysis_state, experiment_state, refused_state
from blockml.widget.still_picture import StillPicture
from blockml.widget.tasks import Tasks
from blockml.widget.upload import Uploads
from blockml.widget.writers import Writers

if TYPE_CHECKING:
    from torch import nn

    from blockml.training import Run

_STATIC = Path(__file__).parent.parent / "static"

_AFTER = 0.03
"""Seconds in which the shapes of a change leave the kernel before anything else is sent."""


class Canvas(anywidget.AnyWidget):
    """A canvas in a notebook: drag blocks, watch the shapes, train, read the code.

    Attributes:
        experiment: The experiment on the canvas (`Experiment`). Assign another to show it;
            edits in the page replace it. It can be undone in the page.
        run: The latest run (`Run`) or ``None``.
        given: The experiment that Python put on the canvas last.
        files: The files that the page has opened and saved.
        keeper: Keeps the drawing as a draft.
        epoch_time: How long an epoch takes on this device.
        last_run: Opens the run of an earlier time.
        uploads: Own pictures that the page sends.
        tasks: Work beside the training that the page asked for.
        lock: Owner of the state; hold it to change several things at once.

    Example:
        >>> import blockml as bm
        >>> canvas = bm.Canvas(bm.template("lenet5"))  # doctest: +SKIP
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    experiment = SharedTrait().tag(
        sync=True,
        # The kernel answers each change itself, for all pages.
        echo_update=False,
        to_json=lambda value, canvas: experiment_state(canvas._revision, value, canvas._writers).model_dump(
            mode="json"
        ),
        from_json=lambda value, canvas: canvas._experiment_in(value),
    )
    run = LatestRun(None, allow_none=True).tag(
        sync=True,
        to_json=lambda value, canvas: canvas._run_out(value),
        from_json=lambda _, canvas: canvas._latest,
    )
    analysis = traitlets.Dict().tag(sync=True)
    task = traitlets.Dict(TaskState().model_dump(mode="json")).tag(sync=True)
    draft = traitlets.Dict(DraftState().model_dump(mode="json")).tag(sync=True)
    catalogue = traitlets.Dict().tag(sync=True)
    language = traitlets.Enum(("auto", "en", "ko"), "auto").tag(sync=True)
    # What "auto" came to in the page that has the canvas; the picture beside it says the same.
    page_language = traitlets.Enum(("en", "ko"), "en").tag(sync=True)

    def __init__(self, exp: Experiment | None = None, name: str | None = None) -> None:
        """Make a canvas, or bring back what was drawn on it; see `blockml.drafts`.

        Args:
            exp: What it shows; by default an empty canvas.
            name: Under which the drawing is kept, and no more: the title of the network stays what it is.
                By default the drawing belongs to this cell of the notebook.

        Raises:
            DocumentError: ``exp`` is no experiment.
        """
        self.lock = threading.RLock()
        self.given = EMPTY if exp is None else need_experiment(exp)
        self.keeper = Keeper(origin(name), self.given)
        self._revision, first = self.keeper.first
        self._incoming: int | None = self._revision
        self._writers = Writers(self._revision, first)
        self._hashed: tuple[Experiment, str] | None = None
        self._refused: DocumentError | None = None
        self.files = NotebookFiles()
        self.epoch_time = EpochTime()
        self.uploads = Uploads()
        self._found: Analysis
        # What the page sees while there is no run object: nothing, preparing, or why it failed.
        self._before = remembered(self.keeper.draft)
        self._begun = threading.Event()
        self._begun.set()
        self._publisher = Publisher(lambda: self.send_state("run"), delay=_AFTER)
        self.last_run = LastRun(self.lock, self._show_earlier, self._publisher.notify)
        self._echo = Publisher(self._send_experiment, delay=_AFTER, longest=5 * _AFTER)
        self.tasks = Tasks(Publisher(self._send_task).notify)
        self.still = StillPicture(self.picture, self._still_marks, self.keeper, self._run_cell)
        super().__init__(
            experiment=first, draft=self.keeper.state.model_dump(mode="json"), catalogue=catalogue()
        )
        self.on_msg(self._on_message)
        keep_routes(self.comm)
        self._take_over()
        self.keeper.begin(self._snapshot, self._send_draft)
        warm_up.begin()
        _canvases.add(self)
        threading.Thread(target=self._find_pace, name="blockml-pace", daemon=True).start()
        if self._before.id:
            self.last_run.begin(self._before.folder)

    def _take_over(self) -> None:
        """Go on with the run of the canvas that stood here before, in this kernel."""
        older = self.keeper.older
        if older is None or older.run is None:
            return
        # Nobody looks at that canvas any more.
        older.leave()
        if self.keeper.draft or older.run.active:
            self.follow(older.run)

    def _find_pace(self) -> None:
        """Find out how fast the device is, and say how long an epoch takes."""
        if not warm_up.come() or not self.epoch_time.measure(lambda: self.busy):
            return
        with self.lock:
            if self.epoch_time.memory is not None:
                self._found = analyse(self._present, self.epoch_time.memory)
            self._publish_analysis()

    def _show_earlier(self, run: Run | None) -> None:
        """Show the run of an earlier time, or that it is gone; called while the lock is held."""
        if not self.busy and self._latest is None:
            if run is not None:
                self.follow(run)
            else:
                self._before = RunState()

    @property
    def _latest(self) -> Run | None:
        """The run without waiting for anything."""
        found: Run | None = self._trait_values.get("run")
        return found

    def _snapshot(self) -> Snapshot:
        with self.lock:
            run = self._latest
            state = self._before if run is None else run.state()
            return self._revision, self._present, state, state.folder

    def _send_draft(self) -> None:
        self.draft = self.keeper.state.model_dump(mode="json")

    @property
    def _present(self) -> Experiment:
        found: Experiment = self.experiment
        return found

    @property
    def revision(self) -> int:
        """Number of the present document; every change adds one."""
        return self._revision

    @property
    def agreed(self) -> Experiment:
        """The document that the page shows too.

        Raises:
            DocumentError: The page shows one that was refused; what is here is older.
        """
        if self._refused is not None:
            raise DocumentError(*self._refused.diagnostics)
        return self._present

    @property
    def module(self) -> nn.Module:
        """The live module: of the latest run, otherwise newly built and untrained.

        Raises:
            GraphError: There is no run and the graph has errors.
        """
        self.last_run.wait()
        if self.run is not None:
            module: nn.Module = self.run.module
            return module
        from blockml.build import build

        return build(self.experiment)

    @traitlets.validate("experiment")
    def _next_revision(self, proposal: traitlets.Bunch) -> Experiment:
        if not isinstance(proposal.value, Experiment):
            message = f"canvas.experiment takes an Experiment, not {type(proposal.value).__name__}"
            raise traitlets.TraitError(message)
        incoming, self._incoming = self._incoming, None
        self._revision = self._revision + 1 if incoming is None else incoming
        if incoming is None:
            self._refused = None
            self._writers.python(self._revision, proposal.value)
            if proposal.value != self.experiment:
                self.given = proposal.value
                self.keeper.put_aside(self._present)
        return proposal.value

    def notify_change(self, change: traitlets.Bunch) -> None:
        """Tell first what follows: a page waits for the shapes, not for its own words."""
        if change["name"] != "experiment":
            super().notify_change(change)
            return
        traitlets.HasTraits.notify_change(self, change)
        self._echo.notify()

    def _send_experiment(self) -> None:
        with self.lock:
            self.send_state("experiment")

    @traitlets.observe("experiment")
    def _take_change(self, _: traitlets.Bunch) -> None:
        self._look_again()
        self._publisher.notify()
        self.keeper.changed()

    def _look_again(self) -> None:
        self._found = analyse(self._present, self.epoch_time.memory)
        self._publish_analysis()
        self.still.changed()

    def __repr__(self) -> str:
        """In one line."""
        return f"<Canvas with {self._present!r}>"

    def picture(self) -> Svg:
        """Draw the network with its shapes, and what its last run reached.

        Returns:
            The text of an SVG for light and dark pages; as the last line of a cell it is shown.
        """
        with self.lock:
            exp, found, run = self._present, self._found, self._snapshot()[2]
        return picture(exp, found, run, self._spoken)

    @property
    def _spoken(self) -> str:
        found: str = self.page_language if self.language == "auto" else self.language
        return found

    def _run_cell(self) -> str:
        return sentence("lab.run_cell", self._spoken)

    @traitlets.observe("language", "page_language")
    def _speak(self, _: traitlets.Bunch) -> None:
        self.still.changed()

    def _still_marks(self) -> tuple[object, ...]:
        with self.lock:
            revision, _, run, _ = self._snapshot()
            # In the middle of a training the picture waits for its end.
            reached = None if run.status in ACTIVE else (run.id, run.epoch, run.test_accuracy)
            return revision, reached, self._spoken

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """What a notebook keeps of the canvas: the widget, and a picture for where it cannot be."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None and self.still.show_after_cell():
            # Where there is no widget the picture says it all.
            bundle[0]["text/plain"] = ""
        return bundle

    def offer_groups(self) -> None:
        """Show the palette the groups that are kept now."""
        groups = [group.model_dump(mode="json") for group in kept_groups()]
        self.catalogue = {**self.catalogue, "groups": groups}

    def offer_blocks(self) -> None:
        """Show the palette the blocks that there are now, and look with them at what is drawn."""
        with self.lock:
            self.catalogue = catalogue()
            if self._refused is None:
                self._look_again()

    def _publish_analysis(self) -> None:
        guess = self.epoch_time.estimate(self._present, self._found)
        self.analysis = analysis_state(self._revision, self._found, guess).model_dump(mode="json")

    def train(self, *, wait: bool = True) -> Run:
        """Train what is on the canvas and watch it there, as the Run button does.

        A run of the canvas that is going already is not started again but waited for.

        Args:
            wait: Whether to return only when the run has ended.

        Returns:
            The run.

        Raises:
            DocumentError: The page shows a document that was refused.
            GraphError: The graph has errors.
        """
        from blockml.training import train

        # The page may have started a run whose data are not loaded yet.
        self._begun.wait()
        with self.lock:
            if not self.busy:
                self.follow(train(self.agreed, wait=False))
            run: Run = self.run
        if wait:
            run.wait_or_stop()
        return run

    @property
    def busy(self) -> bool:
        """Whether a run is going or about to."""
        run = self._latest
        return not self._begun.is_set() or (run is not None and run.active)

    def preparing(self, experiment: Experiment) -> None:
        """Say that a run of an experiment is about to start."""
        with self.lock:
            self._begun.clear()
            self.run = None
            self._before = RunState(
                status="preparing",
                content_hash=experiment.content_hash(),
                epochs=experiment.recipe.epochs,
            )
        self._publisher.notify()

    def failed(self, problem: Diagnostic) -> None:
        """Say why a run could not start."""
        with self.lock:
            self._before = RunState(status="failed", problem=problem)
            self._begun.set()
        self._publisher.notify()

    def follow(self, run: Run) -> None:
        """Show a run and its progress."""
        with self.lock:
            self.run = run
            self._before = RunState()
            self._begun.set()
        self.keeper.leave()
        self.keeper.run, self.keeper.leave = run, run.observe(self._hear)
        self._progress()

    def _hear(self, state: RunState) -> None:
        self._progress()
        if state.status == "finished":
            # It has shown how long an epoch takes.
            threading.Thread(target=self._find_pace, name="blockml-pace", daemon=True).start()

    def _progress(self) -> None:
        self._publisher.notify()
        self.keeper.changed()
        self.still.changed()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what a page sent, while no other page and no cell can come between."""
        with self.lock:
            super().set_state(of_page(sync_data))

    def _experiment_in(self, value: Any) -> Experiment:
        """Read what the page sent, under the lock of `set_state`: hostile until it is validated."""
        warm_up.hear()
        sent = Incoming.of(value)
        revision = self._revision + 1 if sent.revision is None else sent.revision
        try:
            document = Experiment.from_data(sent.document)
        except DocumentError as error:
            self._refuse(revision, error)
            return self._present
        self._refused = None
        revision, found = self._writers.page(sent.writer, sent.base, revision, document)
        self._incoming = revision
        if found == self._present:
            # traitlets sees no change, but the pages wait for the analysis of this revision.
            self._incoming, self._revision = None, revision
            self._publish_analysis()
            self._echo.notify()
        return found

    def _refuse(self, revision: int, error: DocumentError) -> None:
        """Keep the last good document and say what is wrong with the new one."""
        self._refused = error
        self.analysis = refused_state(revision, error.diagnostics).model_dump(mode="json")

    def _run_out(self, run: Run | None) -> dict[str, Any]:
        state = self._before if run is None else run.state()
        present = self._present
        # Found when a run is told of it, not while a page waits for the shapes of a change.
        if self._hashed is None or self._hashed[0] is not present:
            self._hashed = present, present.content_hash()
        return state.model_copy(update={"current_hash": self._hashed[1]}).model_dump(mode="json")

    def _send_task(self) -> None:
        self.task = self.tasks.state.model_dump(mode="json")

    def _on_message(self, _: Any, content: Any, buffers: list[memoryview]) -> None:
        warm_up.hear()
        answer(self, content, buffers)


_canvases: WeakSet[Canvas] = WeakSet()


def _offer_blocks() -> None:
    for canvas in tuple(_canvases):
        canvas.offer_blocks()


when_registered(_offer_blocks)
