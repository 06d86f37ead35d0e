"""What the canvas can ask for; each handler takes the canvas, a payload and buffers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import JsonValue

from blockml.analysis import check
from blockml.codegen import to_python
from blockml.errors import BlockmlError, DocumentError, RunError, problem_of
from blockml.experiment import Experiment
from blockml.paths import slug
from blockml.protocol import (
    Code,
    Files,
    KeptGroup,
    Opened,
    Part,
    Picture,
    Prediction,
    RequestName,
    RunEntry,
    Runs,
    Saved,
)
from blockml.reference import docs
from blockml.widget import first_hour, warm_up
from blockml.widget.kept_groups import forget_group, keep_group

if TYPE_CHECKING:
    from blockml.widget.canvas import Canvas

_logger = logging.getLogger(__name__)

Payload = dict[str, JsonValue]
Handler = Callable[["Canvas", Payload, Sequence[bytes]], dict[str, Any]]

PARTS = Path(__file__).parent.parent / "static" / "parts"
"""Parts of the page that are loaded when they are needed; the build of the front end makes them."""

MAX_FILES = 500
"""Most file names that are offered in the open menu."""

MAX_NAME = 200
"""Longest name of a block that is looked for."""

MAX_RUNS = 30
"""Most runs that are offered for a comparison."""


def _train(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    with canvas.lock:
        if canvas.busy:
            raise RunError.of("run-active")
        experiment = canvas.agreed
        check(experiment)
        canvas.preparing(experiment)
    # The import of torch and the data take seconds; the answer does not wait for them.
    threading.Thread(target=_start, args=(canvas, experiment), name="blockml-start", daemon=True).start()
    return {}


def _start(canvas: Canvas, experiment: Experiment) -> None:
    try:
        warm_up.wait()
        from blockml.training import train

        canvas.follow(train(experiment, wait=False))
    except Exception as error:
        # Whatever it is: a canvas that waits for ever for its run could not even be tried again.
        if not isinstance(error, BlockmlError):
            _logger.exception("a training could not be started")
        canvas.failed(problem_of(error))


def _pause(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    _run_of(canvas).pause()
    return {}


def _resume(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    _run_of(canvas).resume(wait=False)
    return {}


def _stop(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    _run_of(canvas).stop(wait=False)
    return {}


def _more(canvas: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    run = _run_of(canvas)
    with canvas.lock:
        if canvas.busy:
            raise RunError.of("run-active")
        run.more(payload.get("epochs"), wait=False)
    return {}


def _predict(canvas: Canvas, _: Payload, buffers: Sequence[bytes]) -> dict[str, Any]:
    if len(buffers) != 1:
        raise RunError.of("no-picture", received=len(buffers))
    found = _run_of(canvas).predict(buffers[0])
    return Prediction(
        label=found.label,
        probabilities=found.probabilities,
        classes=found.classes,
        picture=found.picture_address,
    ).model_dump(mode="json")


def _code(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    with canvas.lock:
        experiment, revision = canvas.agreed, canvas.revision
    file = f"{slug(experiment.name)}.py"
    found = Code(revision=revision, text=to_python(experiment, file=file), filename=file)
    return found.model_dump(mode="json")


def _save(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    experiment = canvas.agreed
    path = canvas.files.save(experiment, canvas.given)
    return Saved(path=str(path), text=experiment.to_json()).model_dump(mode="json")


def _files(_: Canvas, __: Payload, ___: Sequence[bytes]) -> dict[str, Any]:
    # A name that is not UTF-8 cannot go to the page.
    names = (path.name for path in Path().glob("*.blockml") if path.is_file())
    found = sorted(name for name in names if name.encode("utf-8", "replace").decode() == name)
    return Files(paths=tuple(found[:MAX_FILES])).model_dump(mode="json")


def _open(canvas: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    text, path = payload.get("text"), payload.get("path")
    if isinstance(text, str):
        document = Experiment.from_json(text)
    elif isinstance(path, str) and Path(path).name == path and path.endswith(".blockml"):
        document = canvas.files.load(Path(path))
    else:
        # Only names that `files` offers are opened: no folder, no other kind of file.
        raise DocumentError.of("file-not-offered", path=str(path)[:200])
    return Opened(document=document).model_dump(mode="json")


def _sources(_: Canvas, __: Payload, ___: Sequence[bytes]) -> dict[str, Any]:
    from blockml.data.sources import sources

    return sources(Path()).model_dump(mode="json")


def _cancel(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    canvas.tasks.cancel()
    return {}


def _runs(_: Canvas, __: Payload, ___: Sequence[bytes]) -> dict[str, Any]:
    warm_up.wait()
    from blockml.training.folder import recent

    found = (_entry(folder) for folder in recent(MAX_RUNS))
    return Runs(items=tuple(entry for entry in found if entry is not None)).model_dump(mode="json")


def _keep_group(canvas: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    name = keep_group(payload)
    canvas.offer_groups()
    return KeptGroup(name=name).model_dump(mode="json")


def _forget_group(canvas: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    try:
        forget_group(str(payload.get("name")))
    finally:
        canvas.offer_groups()
    return {}


def _entry(folder: Path) -> RunEntry | None:
    from blockml.training import Run

    try:
        run = Run.open(folder)
        modified = folder.stat().st_mtime
    except (BlockmlError, OSError):
        # A damaged run, or one that was removed in this moment, is nothing to compare with.
        return None
    name = f"{run.experiment.name} · {folder.parent.name}" if folder.name == "run" else folder.name
    return RunEntry(
        folder=str(folder), name=name, status=run.status, modified=modified, history=tuple(run.history)
    )


def _part(_: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    # The names are those of the files that the build made, so no name of a stranger becomes a path.
    parts = {path.stem: path for path in PARTS.glob("*.js")}
    name = payload.get("name")
    path = parts.get(name) if isinstance(name, str) else None
    if path is None:
        raise BlockmlError.of("no-part", name=str(name)[:100], known=", ".join(sorted(parts)))
    return Part(text=path.read_text(encoding="utf-8")).model_dump(mode="json")


def _docs(_: Canvas, payload: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    page = docs(str(payload.get("block"))[:MAX_NAME], language=str(payload.get("language"))).page
    return page.model_dump(mode="json")


def _draft(canvas: Canvas, payload: Payload, _: Sequence[bytes]) -> dict[str, Any]:
    found = canvas.keeper.choose(str(payload.get("which", "")), canvas.experiment)
    return Opened(document=found).model_dump(mode="json")


def _picture(canvas: Canvas, _: Payload, __: Sequence[bytes]) -> dict[str, Any]:
    return Picture(svg=canvas.still.svg()).model_dump(mode="json")


def _run_of(canvas: Canvas) -> Any:
    canvas.last_run.wait()
    run = canvas.run
    if run is None:
        raise RunError.of("no-run")
    return run


HANDLERS: Final[dict[RequestName, Handler]] = {
    "train": _train,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
    "more": _more,
    "predict": _predict,
    "code": _code,
    "save": _save,
    "files": _files,
    "open": _open,
    "sources": _sources,
    "cancel": _cancel,
    "runs": _runs,
    "part": _part,
    "draft": _draft,
    "picture": _picture,
    "keep_group": _keep_group,
    "forget_group": _forget_group,
    "docs": _docs,
    "starter": first_hour.starter,
    "bring": first_hour.bring,
    "samples": first_hour.samples,
}
"""The handler of each request that is answered at once."""
