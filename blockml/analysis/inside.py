"""What can be wrong with groups: their ports, and the copies of one that is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from blockml.analysis.params import resolve
from blockml.blocks.data import Input, Output
from blockml.graph import Graph

if TYPE_CHECKING:
    from blockml.analysis.survey import Survey


def group_problems(found: Survey) -> None:
    """Note what is wrong with the form of a group."""
    for path, count in found.flat.doubles.items():
        found.add("duplicate-id", path, count=count)
    for path in found.flat.nameless:
        found.add("group-without-name", path)
    _ports(found)
    for node_id, block in found.blocks.items():
        if isinstance(block, Input | Output) and node_id in found.flat.scopes:
            found.add("end-inside-group", node_id, block=type(block).__name__)
    for edge, side in found.flat.strays:
        ends = {"source": edge.source, "target": edge.target}
        missing = next((end for end in ends.values() if not found.taken(end)), None)
        if missing is not None:
            other = next((end for end in ends.values() if found.taken(end)), None)
            found.add("edge-to-nowhere", other, missing=missing, **ends)
            continue
        port = edge.source_port if side == "source" else edge.target_port
        found.add("unknown-port", ends[side], port=port, wanted=port, **ends)


def _ports(found: Survey) -> None:
    for place in found.flat.places.values():
        if place.path in found.flat.first:
            continue
        # A group has no settings; what a file gives it is named as for every block.
        found.problems += resolve(place.node.model_copy(update={"id": place.path}))[1]
        if "/" in place.node.id:
            found.add("slash-in-name", place.path, severity="warning")
        if not place.inputs:
            found.add("group-no-input", place.path)
        if not place.outputs:
            found.add("group-no-output", place.path)
        if len(place.copies) > 1 and max(len(place.inputs), len(place.outputs)) > 1:
            found.add(
                "repeat-ports",
                place.path,
                param="repeat",
                copies=len(place.copies),
                inputs=len(place.inputs),
                outputs=len(place.outputs),
            )


def cycles_around(found: Survey) -> None:
    """Note where a group would have to be computed before its own input is known.

    Laid out flat there may be no cycle, when only a part of the group is needed for that; but a
    group is computed as one.
    """
    groups = (place for place in found.flat.places.values() if place.path not in found.flat.first)
    inside = [(place.path, place.node.graph or Graph()) for place in groups]
    for scope, graph in [("", found.experiment.graph), *inside]:
        start = f"{scope}/" if scope else ""
        for at, closing, length in graph.cycles():
            before = found.flat.places.get(start + closing.source)
            behind = found.flat.places.get(start + closing.target)
            last = None if before is None else found.flat.places[before.copies[-1]]
            source = last.outputs.get(closing.source_port, "") if last else start + closing.source
            target = behind.inputs.get(closing.target_port, "") if behind else start + closing.target
            found.add("cycle", start + at, source=source, target=target, length=length)


def unused_end(found: Survey, node_id: str, unused: Sequence[str]) -> str:
    """The group itself where nothing that leaves it is used."""
    if found.flat.leaving(node_id) == found.flat.scopes.get(node_id, ""):
        return node_id
    place = found.flat.places[found.flat.scopes[node_id]]
    return place.path if set(place.outputs.values()) <= set(unused) else node_id


def one_copy(found: Survey) -> None:
    """Say what goes wrong in a further copy at the group, and only where the first copy is right."""
    flat = found.flat
    known = {(problem.code, problem.node) for problem in found.problems}
    problems, found.problems = found.problems, []
    said: set[str] = set()
    for problem in problems:
        node = problem.node or ""
        group = flat.blamed.get(node) or flat.blamed.get(flat.scopes.get(node, ""))
        shown = flat.shown(node)
        if group is None:
            found.problems.append(problem)
        elif (problem.code, shown) in known:
            continue
        elif problem.code == "unused":
            # The last copy is the one whose output the outside sees.
            known.add((problem.code, shown))
            values = problem.values | {"node": shown}
            found.problems.append(problem.model_copy(update={"node": shown, "values": values}))
        elif problem.severity == "error" and group not in said:
            said.add(group)
            _repeat_shape(found, group, node)


def _repeat_shape(found: Survey, group: str, node: str) -> None:
    copies = found.flat.places[group].copies
    at = next(
        (number for number, path in enumerate(copies, 1) if node == path or node.startswith(f"{path}/")), 2
    )
    made = [found.shapes.get(path) for path in found.flat.places[copies[at - 2]].outputs.values()]
    found.add(
        "repeat-shape",
        group,
        param="repeat",
        copies=len(copies),
        fits=at - 1,
        inner=found.flat.shown(node),
        received=list(made[0]) if made and made[0] else [],
    )
