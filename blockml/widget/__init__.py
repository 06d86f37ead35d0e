"""The canvas: an anywidget that keeps a document, its analysis and a run in step."""

from __future__ import annotations

from blockml.widget.canvas import Canvas

__all__ = ["Canvas"]
