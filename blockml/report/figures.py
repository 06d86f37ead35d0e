"""Plotly figures about a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from blockml.protocol import EpochRecord, RateCurve
from blockml.texts import sentence

_TRAIN, _TEST = "#5b6675", "#3b5bdb"
_COLOURS = ("#3b5bdb", "#c92a2a", "#2b8a3e", "#b7791f", "#7048e8", "#0b7285")
_LAYOUT: dict[str, Any] = {
    "template": "plotly_white",
    "font": {"family": "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans KR', sans-serif", "size": 13},
    "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
    "height": 360,
}


def curves(history: Sequence[EpochRecord], language: str = "en") -> go.Figure:
    """Loss and accuracy of each epoch, on training and test pictures."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.12)
    epochs = [record.epoch for record in history]
    for column, what in enumerate(("loss", "accuracy"), start=1):
        for part, colour in (("train", _TRAIN), ("test", _TEST)):
            values = [getattr(record, f"{part}_{what}") for record in history]
            figure.add_scatter(
                x=epochs,
                y=values,
                name=sentence(f"report.{part}", language),
                mode="lines+markers",
                line={"color": colour, "width": 2},
                showlegend=column == 1,
                row=1,
                col=column,
            )
        figure.update_yaxes(title=sentence(f"report.{what}", language), row=1, col=column)
        figure.update_xaxes(
            title=sentence("report.epoch", language), row=1, col=column, dtick=_tick(len(epochs))
        )
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_layout(**_LAYOUT, legend={"orientation": "h", "y": 1.12})
    return figure


def compare(histories: Mapping[str, Sequence[EpochRecord]], language: str = "en") -> go.Figure:
    """Test loss and accuracy of several runs in one chart; the training curves are dotted.

    Args:
        histories: One record an epoch, by the name of the run.
        language: ``en`` or ``ko``.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.12)
    for number, (name, history) in enumerate(histories.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        for column, what in enumerate(("loss", "accuracy"), start=1):
            for part, dash in (("test", "solid"), ("train", "dot")):
                figure.add_scatter(
                    x=[record.epoch for record in history],
                    y=[getattr(record, f"{part}_{what}") for record in history],
                    name=f"{_plain(name)} · {sentence(f'report.{part}', language)}",
                    legendgroup=str(number),
                    mode="lines",
                    line={"color": colour, "width": 2 if part == "test" else 1, "dash": dash},
                    showlegend=column == 1,
                    row=1,
                    col=column,
                )
            figure.update_yaxes(title=sentence(f"report.{what}", language), row=1, col=column)
            figure.update_xaxes(title=sentence("report.epoch", language), row=1, col=column)
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_layout(**{**_LAYOUT, "height": 420}, legend={"orientation": "h", "y": -0.2})
    return figure


def rate_curve(curve: RateCurve, language: str = "en") -> go.Figure:
    """The loss over the learning rates that were tried, with the one to use."""
    figure = go.Figure(go.Scatter(x=curve.rates, y=curve.losses, mode="lines", line={"color": _TEST}))
    if curve.suggestion is not None:
        figure.add_vline(
            x=curve.suggestion,
            line={"color": _TRAIN, "dash": "dash"},
            annotation_text=f"{curve.suggestion:g}",
        )
    figure.update_xaxes(title=sentence("report.rate", language), type="log")
    figure.update_yaxes(title=sentence("report.loss", language))
    figure.update_layout(**_LAYOUT, showlegend=False)
    return figure


def confusion_matrix(
    table: Sequence[Sequence[int]], classes: Sequence[str], language: str = "en"
) -> go.Figure:
    """How often each class (row) was named as each class (column)."""
    names = [_plain(name) for name in classes]
    figure = go.Figure(
        go.Heatmap(
            z=table,
            x=names,
            y=names,
            text=table,
            texttemplate="%{text}" if len(names) <= 20 else None,  # noqa: PLR2004 - more numbers are unreadable
            colorscale=[[0, "#ffffff"], [1, _TEST]],
            showscale=False,
            hovertemplate="%{y} → %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_xaxes(title=sentence("report.named", language), type="category")
    figure.update_yaxes(title=sentence("report.true", language), type="category", autorange="reversed")
    figure.update_layout(**{**_LAYOUT, "height": 460})
    return figure


def per_class(shares: Sequence[float], classes: Sequence[str], language: str = "en") -> go.Figure:
    """Share of each class that was named right."""
    figure = go.Figure(
        go.Bar(
            x=[_plain(name) for name in classes],
            y=list(shares),
            marker_color=_TEST,
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(title=sentence("report.class", language), type="category")
    figure.update_yaxes(title=sentence("report.accuracy", language), tickformat=".0%", range=[0, 1.02])
    figure.update_layout(**_LAYOUT)
    return figure


def _plain(name: str) -> str:
    # Plotly reads a few HTML tags in labels; the name of a class is text.
    return name.replace("&", "&amp;").replace("<", "&lt;")


def _tick(epochs: int) -> int:
    return max(1, epochs // 10)
