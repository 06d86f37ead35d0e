"""Plotly figures about a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from blockml.protocol import EpochRecord
from blockml.texts import sentence

_TRAIN, _TEST = "#5b6675", "#3b5bdb"
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
