"""What the kernel knows of a document, as the page is told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from blockml.analysis import Analysis
from blockml.errors import Diagnostic
from blockml.experiment import Experiment
from blockml.protocol import AnalysisState, ExperimentState, NodeState
from blockml.widget.writers import Writers

if TYPE_CHECKING:
    from blockml.training.estimate import Estimate


def experiment_state(revision: int, document: Experiment, writers: Writers) -> ExperimentState:
    """The document, and how much of each page is in it."""
    return ExperimentState(
        revision=revision,
        document=document,
        seen=dict(writers.seen),
        merged=writers.merged,
    )


def analysis_state(revision: int, found: Analysis, guess: Estimate | None) -> AnalysisState:
    """The analysis of a revision, with the time of an epoch where that is known."""
    seconds = {} if guess is None else guess.nodes
    nodes = {
        key: NodeState(
            shapes=node.shapes,
            parameters=node.parameters,
            frozen=node.frozen,
            flops=node.flops,
            memory=node.memory,
            seconds=seconds.get(key, 0.0),
        )
        for key, node in found.nodes.items()
    }
    return AnalysisState(
        revision=revision,
        nodes=nodes,
        diagnostics=found.diagnostics,
        parameters=found.total_parameters,
        frozen=found.frozen_parameters,
        flops=found.total_flops,
        memory=found.training_memory,
        complete=found.complete,
        seconds=None if guess is None else guess.total,
    )


def refused_state(revision: int, problems: Sequence[Diagnostic]) -> AnalysisState:
    """What is said of a document that cannot be read."""
    return AnalysisState(
        revision=revision,
        nodes={},
        diagnostics=tuple(problems),
        parameters=0,
        flops=0,
        memory=0,
        complete=False,
    )
