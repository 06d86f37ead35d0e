"""`analyse`, `check` and `apply_fix`: what people and the canvas call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from blockml.analysis.counts import NodeAnalysis, count
from blockml.analysis.fixes import with_fixes
from blockml.analysis.memory import available_memory, needed_memory
from blockml.analysis.recipe import recipe_problems
from blockml.analysis.survey import survey
from blockml.blocks import Block, Shape
from blockml.blocks.group import Passage
from blockml.errors import Diagnostic, Fix, GraphError
from blockml.experiment import Experiment, need_experiment
from blockml.facts import DataFacts
from blockml.graph import Edge
from blockml.groups import Flat
from blockml.texts import counted, shown, visible


@dataclass(frozen=True, repr=False)
class Analysis:
    """All that is known of an experiment; printed, it is a table of its blocks and their problems.

    Attributes:
        nodes: By path (`blockml.groups`); also of a graph with errors, as far as it can be known.
        diagnostics: Every problem, errors first, each with repairs that were tried.
        total_parameters: Of the nodes that the Output depends on, as far as known.
        frozen_parameters: How many of them training does not change.
        total_flops: Likewise, for one picture, forward.
        training_memory: Bytes that training needs for a batch: weights, gradients, the
            optimizer's state and the activations.
        complete: Whether every shape is known, so that the totals are exact.
        flat: The graph with its groups laid out, which the rest is about.
        order: Paths of the nodes of the module, Input first, Output last; what the code is made from.
        blocks: Their validated blocks; a `Passage` for what data only pass through.
        feeds: Their incoming edges, in the order of their inputs.
        received: The shapes that come into them.
        data: Facts of the data set, if it is known.
    """

    nodes: Mapping[str, NodeAnalysis]
    diagnostics: tuple[Diagnostic, ...]
    total_parameters: int
    frozen_parameters: int
    total_flops: int
    training_memory: int
    complete: bool
    flat: Flat
    order: tuple[str, ...]
    blocks: Mapping[str, Block]
    feeds: Mapping[str, list[Edge]]
    received: Mapping[str, tuple[Shape, ...]]
    data: DataFacts | None

    @property
    def ok(self) -> bool:
        """Whether the module can be built: no diagnostic is an error."""
        return not any(problem.severity == "error" for problem in self.diagnostics)

    def __repr__(self) -> str:
        """In one line."""
        counts = (
            (len(self.nodes), "block"),
            (self.total_parameters, "parameter"),
            (self.total_flops, "operation"),
            (len(self.diagnostics), "problem"),
        )
        return f"<Analysis: {', '.join(counted(number, word) for number, word in counts)}>"

    def __str__(self) -> str:
        """A line for each block, the totals, and the problems."""
        rows = [("node", "block", "output", "parameters", "operations")]
        for path, node in self.nodes.items():
            if path in self.flat.places or isinstance(self.blocks.get(path), Passage):
                continue  # a group and its ports compute nothing; what is inside has lines
            block = self.flat.graph.by_id[path].block
            size = shown(node.shapes["y"]) if "y" in node.shapes else ""
            rows.append((visible(path), visible(block), size, f"{node.parameters:,}", f"{node.flops:,}"))
        rows.append(("total", "", "", f"{self.total_parameters:,}", f"{self.total_flops:,}"))
        widths = [max(len(row[at]) for row in rows) for at in range(5)]
        lines = [
            "  ".join(
                text.ljust(width) if at < 3 else text.rjust(width)  # noqa: PLR2004 - numbers stand right
                for at, (text, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *map(str, self.diagnostics)])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def analyse(experiment: Experiment, memory: int | None = None) -> Analysis:
    """Find every shape, count and problem of an experiment, without torch and without running it.

    Args:
        experiment: It may be incomplete or wrong; that is reported, never raised.
        memory: Bytes that training may use; by default what this machine has.

    Returns:
        The analysis, always.

    Raises:
        DocumentError: It is no experiment at all.
    """
    need_experiment(experiment)
    limit = available_memory() if memory is None else memory
    found = survey(experiment)
    recipe_problems(found)
    counts = count(found)
    needed = needed_memory(found, limit)
    order = tuple(node for node in found.graph.order if node in found.live and node in found.blocks)
    return Analysis(
        nodes=counts.nodes,
        diagnostics=with_fixes(found, limit),
        total_parameters=counts.parameters,
        frozen_parameters=counts.frozen,
        total_flops=counts.flops,
        training_memory=needed,
        complete=all(node in found.shapes for node in found.graph.by_id),
        flat=found.flat,
        order=order,
        blocks=found.blocks,
        feeds=found.feeds,
        received=found.received,
        data=found.data,
    )


def check(experiment: Experiment) -> Analysis:
    """Return the analysis of an experiment that can be built.

    Raises:
        GraphError: The graph has errors; the exception carries all of them.
    """
    found = analyse(experiment)
    errors = [problem for problem in found.diagnostics if problem.severity == "error"]
    if errors:
        raise GraphError(*errors)
    return found


def apply_fix(experiment: Experiment, fix: Fix) -> Experiment:
    """Return the experiment after a repair; the one that was passed stays as it is."""
    return experiment.patched(fix.patch)
