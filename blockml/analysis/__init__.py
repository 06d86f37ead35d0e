"""What can be known of a graph without running it: shapes, counts, problems and their repair."""

from __future__ import annotations

from blockml.analysis.analyse import Analysis, analyse, apply_fix, check
from blockml.analysis.counts import NodeAnalysis

__all__ = ["Analysis", "NodeAnalysis", "analyse", "apply_fix", "check"]
