"""Keeps the drawing of a canvas as a draft, and brings it back; how is told in `blockml.drafts`."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from blockml import carried, drafts
from blockml.drafts import Draft, Origin, fingerprint
from blockml.errors import Diagnostic, DocumentError
from blockml.experiment import Experiment
from blockml.protocol import DraftState, RunState
from blockml.widget.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from blockml.training import Run

PAUSE = 0.5
"""Seconds between the last of several changes and the file; at most five times as many after the first."""

AGAIN = 10.0
"""Seconds after which a draft that could not be written is tried again."""

_keepers: weakref.WeakValueDictionary[str, Keeper] = weakref.WeakValueDictionary()
"""Who writes the draft of an origin, by its key."""

ACTIVE = ("queued", "preparing", "training", "paused", "stopping")
"""What a run can be doing; found in a draft it means that its kernel died."""

Snapshot = tuple[int, Experiment, RunState, str]
"""Revision, drawing, state of the run and its folder."""


class Keeper:
    """Writes the draft of one canvas beside the work, and says what is kept.

    Attributes:
        origin: Where the canvas is made; without one nothing is kept.
        given: What the cell gave.
        draft: The draft that the canvas begins with, if it does.
        latest: The draft as it is now; ``None`` as long as nothing was drawn.
        older: The keeper of the canvas that was made at this origin before, in this kernel.
        run: The latest run of the canvas.
        leave: Lets the canvas hear no more of that run.
    """

    def __init__(self, origin: Origin | None, given: Experiment) -> None:
        """Take the origin over from an older canvas, and look what is kept for it."""
        self.origin, self.given = origin, given
        self._began = fingerprint(given)
        self._look: Callable[[], Snapshot] | None = None
        self._tell: Callable[[], None] = lambda: None
        # The canvas asks while it holds its own lock, which a snapshot needs; so no snapshot is taken
        # under the lock that those who ask need.
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._writer = Publisher(self.flush, delay=PAUSE, longest=5 * PAUSE)
        self._written: tuple[object, ...] = ()
        self._problem: Diagnostic | None = None
        self._kept: Experiment | None = None
        self._revision, self._time = 0, 0.0
        self._source = self._brought = ""
        self._fresh = False
        self._state: Literal["", "opened", "offered"] = ""
        self._choice = 0
        self.run: Run | None = None
        self.leave: Callable[[], None] = lambda: None
        self.older: Keeper | None = None
        self.draft: Draft | None = None
        self.latest: Draft | None = None
        if origin is None:
            return
        self.older = _keepers.get(origin.key)
        if self.older is not None:
            self.older.end()
        _keepers[origin.key] = self
        self._find(origin)

    def _find(self, origin: Origin) -> None:
        found = carried.find(origin)
        if found is None:
            return
        draft, self._fresh = found.draft, found.carried
        self._time = draft.time
        # There must be room above: a number at the limit could not be counted on from.
        revision = min(draft.revision, drafts.MAX_REVISION // 2)
        if found.same and draft.began == self._began:
            self.draft, self._kept, self._source = draft, draft.kept, draft.source
            self.latest, self._revision = draft, revision
            if found.other is not None:
                self._state, self._time = "offered", found.other
            elif draft.document != self.given:
                self._state = "opened"
                self._brought = Path(draft.notebook).stem if found.carried else ""
            elif draft.kept is not None:
                self._state = "offered"
        else:
            # What the cell gives is newer than the drawing, so the page counts on from there.
            self._revision = revision + 1 if found.same else 0
            if draft.document != self.given:
                self._kept, self._state = draft.document, "offered"
                if found.carried or not found.same:
                    self._source = Path(draft.notebook).stem

    @property
    def first(self) -> tuple[int, Experiment]:
        """What the canvas begins with, and its revision."""
        document = self.given if self.draft is None else self.draft.document
        return self._revision, document

    @property
    def state(self) -> DraftState:
        """What the page is told."""
        if self.origin is None:
            return DraftState()
        return DraftState(
            key=self.origin.key,
            began=self._began,
            revision=self._revision,
            state=self._state,
            time=self._time,
            notebook=self._source if self._state == "offered" else self._brought,
            problem=self._problem,
        )

    def begin(self, look: Callable[[], Snapshot], tell: Callable[[], None]) -> None:
        """Begin to keep.

        Args:
            look: Gives what is to be kept.
            tell: Called when `state` has changed.
        """
        self._look, self._tell = look, tell
        if self.origin is not None:
            # What a notebook brought stays here too, whatever becomes of the notebook.
            self._written = () if self._fresh else (*self._marks(look()), self._choice)
            if self._fresh:
                self.changed()
            atexit.register(_end, weakref.ref(self))

    def changed(self) -> None:
        """Ask for a draft; cheap, from any thread."""
        if self.origin is not None and self._look is not None:
            self._writer.notify()

    def flush(self) -> None:
        """Write the draft now, if there is anything new."""
        with self._writing:
            look = self._look
            if self.origin is None or look is None:
                return
            snapshot = look()
            with self._lock:
                marks = (*self._marks(snapshot), self._choice)
                kept, source = self._kept, self._source
            if marks == self._written:
                return
            revision, document, run, folder = snapshot
            try:
                draft = Draft(
                    notebook=self.origin.notebook,
                    cell=self.origin.cell,
                    name=self.origin.name,
                    began=self._began,
                    revision=revision,
                    time=time.time(),
                    run=folder,
                    state=run if run.id else None,
                    document=document,
                    kept=kept,
                    source=source,
                )
                self.latest = draft
                drafts.write(self.origin, draft)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)[:200]
                self._say(Diagnostic(code="draft-unwritable", severity="warning", values={"reason": reason}))
                # There may be room again although nobody draws any more.
                again = threading.Timer(AGAIN, self._writer.notify)
                again.daemon = True
                again.start()
                return
            self._written, self._revision = marks, revision
            self._say(None)

    def _say(self, problem: Diagnostic | None) -> None:
        self._problem = problem
        self._tell()

    @staticmethod
    def _marks(snapshot: Snapshot) -> tuple[object, ...]:
        """What a snapshot is known by: figures of every batch are not worth a file."""
        revision, document, run, folder = snapshot
        # Of a training that is going the folder tells more; what is known here is for the first seconds.
        share = 20 * run.epoch // max(1, run.epochs) if run.status in ACTIVE else run.epoch
        return revision, document, folder, run.status, share

    def end(self) -> None:
        """Write what is left; from now on another canvas keeps this origin."""
        self.flush()
        self._look = None

    def choose(self, which: str, present: Experiment) -> Experiment:
        """Answer the page, which shows what the cell gave, or the drawing, or puts the offer away.

        Args:
            which: ``cell``, ``kept`` or ``none``.
            present: The drawing on the canvas.

        Returns:
            What the page is to show.

        Raises:
            DocumentError: There is nothing of that kind.
        """
        with self._lock:
            shown = {"cell": self.given, "kept": self._kept, "none": present}.get(which)
            if shown is None or self.origin is None:
                raise DocumentError.of("draft-missing")
            if which == "none":
                self._kept, self._state = None, ""
            else:
                # What is on the canvas now is as dear as what comes in its place.
                self._kept = present if present not in (shown, self.given) else None
                self._state, self._time = "offered" if self._kept else "", time.time()
            self._source = ""
            self._choice += 1
        self.changed()
        self._tell()
        return shown

    def put_aside(self, drawing: Experiment) -> None:
        """Offer a drawing that came back and that Python has put another one in the place of."""
        with self._lock:
            if self._state == "opened" and drawing != self.given:
                self._kept, self._state, self._source = drawing, "offered", ""
                self._choice += 1
                self._tell()


def _end(keeper: weakref.ref[Keeper]) -> None:
    """The kernel ends: write what is left."""
    found = keeper()
    if found is not None and os.getpid() == _PROCESS:
        found.flush()


_PROCESS = os.getpid()
"""Processes that load data are copies of this one, and end too."""
