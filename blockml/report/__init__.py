"""Figures about a run, and one page that holds them."""

from __future__ import annotations

from blockml.report.page import Report, report

__all__ = ["Report", "report"]
