"""Repairs: for each problem a few small changes, of which only those that help are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from blockml.analysis import repairs
from blockml.analysis.memory import needed_memory
from blockml.analysis.naming import as_written, fix_as_written
from blockml.analysis.recipe import recipe_problems
from blockml.analysis.survey import Survey, known_errors, survey
from blockml.errors import BlockmlError, Diagnostic, Fix
from blockml.patching import placeable

MOST_FIXES = 3
"""Most repairs of one problem."""

_EFFORT = 60_000
"""Nodes that may be looked at again for trying repairs; keeps a hostile graph from hanging.

The first problems get their repairs; the others get theirs once those are mended.
"""


def with_fixes(found: Survey, limit: int) -> tuple[Diagnostic, ...]:
    """Return the problems of a survey, errors first, each with the repairs that work.

    A repair works when the problem is gone and no new error stands at a node whose shape was
    known before. (Behind the problem nothing was known yet; what comes to light there is not
    the repair's doing, but a repair that brings less of it to light goes first.)
    """
    problems = sorted(found.problems, key=lambda problem: problem.severity)
    tries = max(4, _EFFORT // (len(found.graph.nodes) + len(found.graph.edges) + 1))
    return tuple(
        as_written(found, problem.model_copy(update={"fixes": fixes}))
        for problem, fixes in _tried(found, problems, limit, tries)
    )


def _tried(
    found: Survey, problems: Sequence[Diagnostic], limit: int, tries: int
) -> Iterator[tuple[Diagnostic, tuple[Fix, ...]]]:
    for problem in problems:
        # Thinking of repairs takes time too: of twenty thousand problems most wait for their turn.
        tries -= 1
        if tries <= 0:
            yield problem, ()
            continue
        good: list[tuple[int, Fix]] = []
        for fix in _candidates(found, problem):
            if tries <= 0 or len(good) >= MOST_FIXES:
                break
            tries -= 1
            new = _new_errors(found, problem, fix, limit)
            if new is not None:
                good.append((new, fix))
        # To take a block out nearly always "helps"; it is the last resort all the same.
        good.sort(key=lambda pair: (pair[1].kind == "remove-node", pair[0]))
        yield problem, tuple(fix for _, fix in good)


def _candidates(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    if not found.flat.places:
        yield from _ideas(found, problem)
        return
    for fix in _ideas(found, problem):
        written = fix_as_written(found, fix)
        if placeable(found.experiment.graph, written.patch):
            yield written


def _ideas(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    make: Callable[[Survey, Diagnostic], Iterator[Fix]] | None = repairs.BY_CODE.get(problem.code)
    if make is not None:
        yield from make(found, problem)
    elif problem.node in found.shape_problems:
        # A problem that a block raised itself, also a block of somebody else.
        yield from repairs.suggested(found, problem)


def _new_errors(found: Survey, problem: Diagnostic, fix: Fix, limit: int) -> int | None:
    """Count the errors that a repair brings to light, or ``None`` where it does not help."""
    try:
        changed = survey(found.experiment.patched(fix.patch))
    except BlockmlError:
        return None
    recipe_problems(changed)
    needed_memory(changed, limit)
    after = known_errors(changed.problems)
    old = known_errors(found.problems)
    key = (problem.code, problem.node)
    if problem.severity == "error":
        if after.get(key, 0) >= old[key]:
            return None
    elif any((other.code, other.node) == key for other in changed.problems):
        return None
    new = [(code, node) for (code, node), count in after.items() if count > old.get((code, node), 0)]
    if any(node in found.shapes or node is None or _was_right(found, node) for _, node in new):
        return None
    return len(new)


def _was_right(found: Survey, node: str) -> bool:
    """Whether a node is a group whose outputs had shapes."""
    place = found.flat.places.get(node)
    return place is not None and all(path in found.shapes for path in place.outputs.values())
