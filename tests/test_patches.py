"""The kernel and the canvas apply a patch in the same way: both run ``golden/patches.json``.

``js/test/patches.test.ts`` is the other half.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blockml.experiment import Experiment, Note
from blockml.facts import DataRef
from blockml.graph import Edge, Graph, Node, Patch
from blockml.recipe import Recipe

CASES = json.loads((Path(__file__).parent / "golden" / "patches.json").read_text(encoding="utf-8"))


def _node(given: Any) -> Node:
    """A node from `a` or `a:Linear`, or a group from an object."""
    if isinstance(given, dict):
        return Node(id=given["id"], block="Group", graph=_graph(given), repeat=given.get("repeat", 1))
    name, _, block = given.partition(":")
    return Node(id=name, block=block or "Conv2d")


def _edge(text: str) -> Edge:
    """An edge from `a>b`, with ports where they are not the usual ones: `a.left>b.x2`."""
    (source, _, out), (target, _, into) = (end.partition(".") for end in text.split(">"))
    return Edge(source=source, source_port=out or "y", target=target, target_port=into or "x")


def _graph(given: dict[str, Any]) -> Graph:
    return Graph(nodes=tuple(map(_node, given["nodes"])), edges=tuple(map(_edge, given["edges"])))


def _experiment(case: dict[str, Any]) -> Experiment:
    return Experiment(
        graph=_graph(case),
        notes=tuple(Note(id=f"note{at}", scope=scope) for at, scope in enumerate(case.get("notes", ()))),
        layout=case.get("layout", {}),
        recipe=Recipe(**case.get("recipe", {})),
        data=DataRef(name=case.get("data", "digits")),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_patch(case: dict[str, Any]) -> None:
    patch = case["patch"]
    found = _experiment(case["before"]).patched(
        Patch(
            nodes=tuple(map(_node, patch.get("nodes", ()))),
            remove_nodes=tuple(patch.get("remove_nodes", ())),
            edges=tuple(map(_edge, patch.get("edges", ()))),
            remove_edges=tuple(map(_edge, patch.get("remove_edges", ()))),
            recipe=patch.get("recipe", {}),
            data=patch.get("data"),
        )
    )
    assert found == _experiment(case["after"])
