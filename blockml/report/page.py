"""`report`: the figures of a run, and one standalone HTML page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path

import plotly.graph_objects as go

from blockml.codegen import to_python
from blockml.errors import RunError
from blockml.experiment import write_safely
from blockml.report import figures
from blockml.texts import sentence
from blockml.training import Run

_STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 920px; padding: 40px 24px 80px; color: #1c2430; background: #fff;
  font: 16px/1.6 system-ui, "Segoe UI", "Noto Sans", "Noto Sans KR", sans-serif; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 44px 0 8px; }
p { margin: 0 0 8px; color: #5b6675; }
dl { display: flex; flex-wrap: wrap; gap: 12px 44px; margin: 28px 0 0; }
dt { font-size: 13px; color: #5b6675; }
dd { margin: 0; font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; }
pre { overflow: auto; padding: 18px 20px; border-radius: 8px; background: #f6f7f9;
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
"""


@dataclass(frozen=True)
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

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML page that needs nothing else, not even a network.

        Raises:
            RunError: The page cannot be written.
        """
        try:
            return write_safely(Path(path), self.html().encode("utf-8"))
        except OSError as error:
            raise RunError.of("run-unwritable", path=str(path), reason=error.strerror or "") from error

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
        return (
            f'<!doctype html>\n<html lang="{self.language}">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n"
            f"<h1>{title}</h1><p>{self._say('data')}: {escape(experiment.data.name)}</p>"
            f"<dl>{rows}</dl>\n{figures_html}\n<h2>{self._say('code')}</h2>"
            f"<pre>{escape(to_python(experiment))}</pre>\n</body>\n</html>\n"
        )

    def _say(self, key: str) -> str:
        return escape(sentence(f"report.{key}", self.language))


def report(run: Run, language: str = "en") -> Report:
    """Make the report of a run.

    Args:
        run: A run with at least one epoch behind it.
        language: ``en`` or ``ko``.

    Raises:
        RunError: No epoch has ended yet.
    """
    if not run.history:
        raise RunError.of("run-without-epoch")
    metrics = run.metrics
    made = {"curves": figures.curves(run.history, language)}
    if "confusion_matrix" in metrics:
        classes = metrics["classes"]
        made["confusion_matrix"] = figures.confusion_matrix(metrics["confusion_matrix"], classes, language)
        made["per_class"] = figures.per_class(metrics["per_class_accuracy"], classes, language)
    return Report(run, made, language)
