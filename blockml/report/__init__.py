"""Figures about runs and data, and pages that hold them."""

from __future__ import annotations

from blockml.report.data_page import DataReport, data_report
from blockml.report.page import Report, compare, rate_figure, report

__all__ = ["DataReport", "Report", "compare", "data_report", "rate_figure", "report"]
