"""The command line: ``blockml lab | demo | train | export | report``."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from blockml.errors import BlockmlError
from blockml.experiment import Experiment
from blockml.files import write_safely

NOTEBOOK = "01_first_network.ipynb"
_GOAL = 0.97
"""Test accuracy that the demo must reach."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit status: 0, or 1 with one sentence on the error output.
    """
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
    except BlockmlError as error:
        sys.stderr.write(f"blockml: {error}\n")
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="blockml", description="Networks from blocks, in a notebook.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    lab = verbs.add_parser("lab", help="copy the first lesson here and open it in JupyterLab")
    lab.add_argument("--folder", type=Path, default=Path(), help="where to put the lesson (default: here)")
    lab.add_argument("options", nargs="*", help="options for JupyterLab, after --")
    lab.set_defaults(run=_lab)
    demo = verbs.add_parser("demo", help="run the first lesson without a browser and leave a report")
    demo.add_argument("--out", type=Path, default=Path("blockml-demo"), help="folder for the results")
    demo.set_defaults(run=_demo)
    train = verbs.add_parser("train", help="train a .blockml file")
    train.add_argument("file", type=Path)
    train.add_argument("--folder", type=Path, help="folder of the run (default: the next version)")
    train.add_argument("--device", help="such as cpu or cuda")
    train.set_defaults(run=_train)
    export = verbs.add_parser("export", help="write the PyTorch script of a .blockml file")
    export.add_argument("file", type=Path)
    export.add_argument("-o", "--out", type=Path, help="file to write (default: beside the other)")
    export.set_defaults(run=_export)
    report = verbs.add_parser("report", help="write the report of a run")
    report.add_argument("folder", type=Path, help="folder of the run")
    report.add_argument("-o", "--out", type=Path, default=Path("report.html"))
    report.add_argument("--language", choices=("en", "ko"), default="en")
    report.set_defaults(run=_report)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _lesson() -> bytes:
    """The first lesson: from the wheel, or from the repository beside the package."""
    inside = files("blockml").joinpath("notebooks", NOTEBOOK)
    beside = Path(__file__).parent.parent / "notebooks" / NOTEBOOK
    return inside.read_bytes() if inside.is_file() else beside.read_bytes()


def _lab(arguments: argparse.Namespace) -> int:
    target = arguments.folder / NOTEBOOK
    if not target.exists():
        # A lesson that somebody has worked in is never written over.
        arguments.folder.mkdir(parents=True, exist_ok=True)
        write_safely(target, _lesson())
    command = [sys.executable, "-m", "jupyterlab", *arguments.options, str(target)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own interpreter


def _demo(arguments: argparse.Namespace) -> int:
    import nbformat
    from jupyter_client.manager import KernelManager
    from nbclient import NotebookClient
    from traitlets.config import Config

    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.reads(_lesson().decode("utf-8"), as_version=4)
    run_folder = out.resolve() / "run"
    shutil.rmtree(run_folder, ignore_errors=True)
    # The lesson as it stands; one more cell leaves what is asked for in the folder.
    notebook.cells.append(nbformat.v4.new_code_cell(_LEAVE.format(out=str(out.resolve()))))
    _say("blockml demo: running the first lesson ...")
    # Without keys the kernel warns that others could listen; an older client knows none, and no warning.
    config = Config()
    if hasattr(KernelManager, "transport_encryption"):
        config.KernelManager.transport_encryption = "auto"
    place = {"metadata": {"path": str(out)}}
    NotebookClient(notebook, timeout=900, resources=place, config=config).execute()
    nbformat.write(notebook, out / NOTEBOOK)
    share = float((out / "accuracy.txt").read_text(encoding="ascii"))
    (out / "accuracy.txt").unlink()
    _say(f"test accuracy {share:.4f}; report, script and run in {out}")
    return 0 if share >= _GOAL else 1


_LEAVE = """\
from pathlib import Path

out = Path({out!r})
bm.report(run).save(out / "report.html")
canvas.experiment.save(out / "first_network.blockml")
(out / "first_network.py").write_text(bm.to_python(canvas.experiment), encoding="utf-8")
(out / "accuracy.txt").write_text(str(run.metrics["test_accuracy"]))
"""


def _train(arguments: argparse.Namespace) -> int:
    from blockml.training import train

    experiment = Experiment.load(arguments.file)
    epochs = experiment.recipe.epochs
    run = train(
        experiment,
        arguments.folder,
        device=arguments.device,
        on_epoch=lambda record: _say(
            f"epoch {record.epoch}/{epochs}: loss {record.train_loss:.4f}, "
            f"test accuracy {record.test_accuracy:.1%}"
        ),
    )
    _say(f"test accuracy {run.metrics['test_accuracy']:.4f}; run in {run.folder}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from blockml.codegen import to_python

    target: Path = arguments.out or arguments.file.with_suffix(".py")
    write_safely(target, to_python(Experiment.load(arguments.file)).encode("utf-8"))
    _say(f"wrote {target}")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from blockml.report import report
    from blockml.training import Run

    _say(f"wrote {report(Run.open(arguments.folder), arguments.language).save(arguments.out)}")
    return 0
