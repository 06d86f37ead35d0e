"""`report`: the figures of a run, and one standalone HTML page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from blockml.codegen import to_python
from blockml.documents import shown
from blockml.errors import RunError, spoken
from blockml.protocol import EpochRecord, RateCurve
from blockml.report import figures
from blockml.report.html import page, write_page
from blockml.texts import sentence
from blockml.training import Run

Known = Run | str | os.PathLike[str]
"""How people name a run: itself, or its folder."""


@dataclass(frozen=True, repr=False)
class Report:
    """Figures and numbers of a run.

    Attributes:
        run: What it is about.
        figures: Plotly figures by name: ``curves``, and once the run has finished
            ``confusion_matrix`` and ``per_class``.
        language: ``en`` or ``ko``.
    """

    run: Run
    figures: dict[str, go.Figure]
    language: str

    def __repr__(self) -> str:
        """In one line."""
        return f"<Report of {self.run.experiment.name!r}: {', '.join(self.figures)}>"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML page that needs nothing else, not even a network.

        Raises:
            RunError: The page cannot be written.
        """
        return write_page(path, self.html())

    def html(self) -> str:
        """The page as text; every name in it is escaped."""
        experiment, metrics = self.run.experiment, self.run.metrics
        title = escape(experiment.name)
        figures_html = "".join(
            f"<h2>{self._say(f'{name}.title')}</h2><p>{self._say(f'{name}.about')}</p>"
            + figure.to_html(full_html=False, include_plotlyjs=number == 0, config={"displaylogo": False})
            for number, (name, figure) in enumerate(self.figures.items())
        )
        numbers = {
            "test_accuracy": f"{metrics['test_accuracy']:.1%}",
            "epochs": str(len(self.run.history)),
            "weights": f"{sum(weight.numel() for weight in self.run.module.parameters()):,}",
            "seconds": f"{sum(record.seconds for record in self.run.history):.0f}",
        }
        rows = "".join(
            f"<div><dt>{self._say(name)}</dt><dd>{escape(value)}</dd></div>"
            for name, value in numbers.items()
        )
        body = (
            f"<h1>{title}</h1><p>{self._say('data')}: {escape(experiment.data.name)}</p>"
            f"<dl>{rows}</dl>\n{figures_html}\n<h2>{self._say('code')}</h2>"
            f"<pre>{escape(to_python(experiment, self.run.plan))}</pre>"
        )
        return page(experiment.name, body, self.language)

    def _say(self, key: str) -> str:
        return escape(sentence(f"report.{key}", self.language))


def opened(run: Known) -> Run:
    """A run, or that of a folder.

    Raises:
        RunError: It is neither.
    """
    if isinstance(run, str | os.PathLike):
        return Run.open(run)
    if not isinstance(run, Run):
        raise RunError.of("not-a-run", received=shown(run))
    return run


def report(run: Known, *, language: str | None = None) -> Report:
    """Make the report of a run.

    Args:
        run: A run with at least one epoch behind it, or its folder.
        language: ``en`` or ``ko``; by default that of the environment.

    Raises:
        RunError: It is no run, or no epoch has ended yet.
    """
    run = opened(run)
    said = spoken(language)
    if not run.history:
        raise RunError.of("run-without-epoch")
    metrics = run.metrics
    made = {"curves": figures.curves(run.history, said)}
    if "confusion_matrix" in metrics:
        classes = metrics["classes"]
        made["confusion_matrix"] = figures.confusion_matrix(metrics["confusion_matrix"], classes, said)
        made["per_class"] = figures.per_class(metrics["per_class_accuracy"], classes, said)
    return Report(run, made, said)


def compare(*runs: Known | Sequence[Known], language: str | None = None) -> go.Figure:
    """Draw the curves of several runs in one chart.

    Args:
        *runs: Runs of this process, opened ones or their folders, or lists of them; they may differ
            in everything.
        language: ``en`` or ``ko``; by default that of the environment.

    Raises:
        RunError: One is no run, there are fewer than two, or one has no epoch behind it.
    """
    given: list[Any] = [run for each in runs for run in (each if isinstance(each, list | tuple) else [each])]
    found = [opened(run) for run in given]
    if len(found) < 2 or not all(run.history for run in found):  # noqa: PLR2004 - to compare takes two
        raise RunError.of("compare-needs-runs", received=sum(bool(run.history) for run in found))
    histories: dict[str, list[EpochRecord]] = {}
    for number, run in enumerate(found, start=1):
        name = run.experiment.name
        histories[f"{name} ({number})" if name in histories else name] = run.history
    return figures.compare(histories, spoken(language))


def rate_figure(curve: RateCurve, *, language: str | None = None) -> go.Figure:
    """Draw what `blockml.find_rate` measured; the language is by default that of the environment."""
    return figures.rate_curve(curve, spoken(language))
