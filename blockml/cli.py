"""The command line: ``blockml lab | demo | train | export | report``."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from blockml.errors import BlockmlError
from blockml.experiment import Experiment
from blockml.files import write_safely
from blockml.texts import LANGUAGES, of_environment, sentence

if TYPE_CHECKING:
    from blockml.protocol import RunState
    from blockml.training import Run

LESSONS = {"en": "01_first_network.ipynb", "ko": "01_first_network.ko.ipynb"}
"""The first lesson in each language."""
_GOAL = 0.97
"""Test accuracy that the demo must reach."""
_INTERRUPTED = 130
"""Exit status of a program that a person stopped with Ctrl-C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit status: 0, 1 with one sentence on the error output, or 130 where a person stopped it.
    """
    parser = _parser()
    parsed = parser.parse_args(arguments)
    # Who names no command is told which there are.
    if "run" not in parsed:
        parser.print_help()
        return 0
    try:
        status: int = parsed.run(parsed)
    except (BlockmlError, OSError) as error:
        sys.stderr.write(f"blockml: {_told(error)}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"blockml: {_text('ended')}\n")
        return _INTERRUPTED
    return status


def _told(error: BlockmlError | OSError) -> str:
    if isinstance(error, OSError):
        return _text("file", path=str(error.filename), reason=error.strerror or type(error).__name__)
    return "\n".join(each.line(of_environment()) for each in error.diagnostics)


def _text(key: str, **values: object) -> str:
    return sentence(f"cli.{key}", of_environment(), values)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="blockml", description=_text("about"))
    verbs = parser.add_subparsers(metavar="COMMAND")
    lab = verbs.add_parser("lab", help=_text("lab.about"))
    lab.add_argument("--folder", type=Path, default=Path(), help=_text("lab.folder"))
    lab.add_argument("options", nargs="*", help=_text("lab.options"))
    lab.set_defaults(run=_lab)
    demo = verbs.add_parser("demo", help=_text("demo.about"))
    demo.add_argument("--out", type=Path, default=Path("blockml-demo"), help=_text("demo.out"))
    demo.set_defaults(run=_demo)
    train = verbs.add_parser("train", help=_text("train.about"))
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help=_text("train.file"))
    what.add_argument("--resume", type=Path, metavar="FOLDER", help=_text("train.resume"))
    train.add_argument("--epochs", type=int, metavar="N", help=_text("train.epochs"))
    train.add_argument("--folder", type=Path, help=_text("train.folder"))
    train.add_argument("--device", help=_text("train.device"))
    train.set_defaults(run=_train)
    export = verbs.add_parser("export", help=_text("export.about"))
    export.add_argument("file", type=Path)
    export.add_argument("-o", "--out", type=Path, help=_text("export.out"))
    export.set_defaults(run=_export)
    report = verbs.add_parser("report", help=_text("report.about"))
    report.add_argument("folder", type=Path, help=_text("report.folder"))
    report.add_argument("-o", "--out", type=Path, default=Path("report.html"))
    report.add_argument("--language", choices=LANGUAGES, default=of_environment())
    report.set_defaults(run=_report)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _lesson(name: str) -> bytes:
    """A lesson: from the wheel, or from the repository beside the package."""
    inside = files("blockml").joinpath("notebooks", name)
    beside = Path(__file__).parent.parent / "notebooks" / name
    return inside.read_bytes() if inside.is_file() else beside.read_bytes()


def _lab(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    # Each links to the same in the other language.
    for name in LESSONS.values():
        if not (folder / name).exists():
            # A lesson that somebody has worked in is never written over.
            folder.mkdir(parents=True, exist_ok=True)
            write_safely(folder / name, _lesson(name))
    target = folder / LESSONS[of_environment()]
    command = [sys.executable, "-m", "jupyterlab", *arguments.options, str(target)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own interpreter


def _demo(arguments: argparse.Namespace) -> int:
    import nbformat
    from jupyter_client.manager import KernelManager
    from nbclient import NotebookClient
    from traitlets.config import Config

    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    lesson = LESSONS[of_environment()]
    notebook = nbformat.reads(_lesson(lesson).decode("utf-8"), as_version=4)
    run_folder = out.resolve() / "run"
    shutil.rmtree(run_folder, ignore_errors=True)
    # The lesson as it stands; one more cell leaves what is asked for in the folder.
    notebook.cells.append(nbformat.v4.new_code_cell(_LEAVE.format(out=str(out.resolve()))))
    _say(_text("demo.begins"))
    # Without keys the kernel warns that others could listen; an older client knows none, and no warning.
    config = Config()
    if hasattr(KernelManager, "transport_encryption"):
        config.KernelManager.transport_encryption = "auto"
    place = {"metadata": {"path": str(out)}}
    NotebookClient(notebook, timeout=900, resources=place, config=config).execute()
    nbformat.write(notebook, out / lesson)
    share = float((out / "accuracy.txt").read_text(encoding="ascii"))
    (out / "accuracy.txt").unlink()
    _say(_text("demo.done", accuracy=f"{share:.4f}", folder=out))
    return 0 if share >= _GOAL else 1


_LEAVE = """\
from pathlib import Path

out = Path({out!r})
bm.report(run).save(out / "report.html")
canvas.experiment.save(out / "first_network.blockml")
script = out / "first_network.py"
script.write_text(bm.to_python(canvas.experiment, file=script.name), encoding="utf-8")
(out / "accuracy.txt").write_text(str(run.metrics["test_accuracy"]))
"""


class _Told:
    """Prints each epoch of a run once, from whichever thread comes first."""

    def __init__(self, run: Run, count: int = 0) -> None:
        self._run, self._count, self._lock = run, count, threading.Lock()
        run.observe(self)

    def __call__(self, _: RunState | None = None) -> None:
        with self._lock:
            history, epochs = self._run.history, self._run.state().epochs
            for record in history[self._count :]:
                loss, share = f"{record.train_loss:.4f}", f"{record.test_accuracy:.1%}"
                _say(_text("train.epoch", epoch=record.epoch, epochs=epochs, loss=loss, accuracy=share))
            self._count = len(history)


def _train(arguments: argparse.Namespace) -> int:
    from blockml.training import Run, train

    if arguments.resume is not None:
        run = Run.open(arguments.resume, device=arguments.device)
        told = _Told(run, len(run.history))
        if arguments.epochs is None:
            run.resume(wait=False)
        else:
            run.more(arguments.epochs, wait=False)
    else:
        experiment = Experiment.load(arguments.file)
        if arguments.epochs is not None:
            experiment = experiment.replace(recipe=experiment.recipe.replace(epochs=arguments.epochs))
        run = train(experiment, arguments.folder, device=arguments.device, wait=False)
        told = _Told(run)
    try:
        run.wait_or_stop()
    except KeyboardInterrupt:
        _say(_text("train.stopped", folder=run.folder, command=f"blockml train --resume {run.folder}"))
        return _INTERRUPTED
    told()
    _say(_text("train.done", accuracy=f"{run.metrics['test_accuracy']:.4f}", folder=run.folder))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from blockml.codegen import to_python

    target: Path = arguments.out or arguments.file.with_suffix(".py")
    text = to_python(Experiment.load(arguments.file), file=target.name)
    write_safely(target, text.encode("utf-8"))
    _say(_text("wrote", path=target))
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from blockml.report import report
    from blockml.training import Run

    made = report(Run.open(arguments.folder), language=arguments.language)
    _say(_text("wrote", path=made.save(arguments.out)))
    return 0
