"""The kernel and the canvas apply a patch in the same way: both run ``golden/patches.json``.

``js/test/patches.test.ts`` is the other half.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blockml.experiment import Experiment
from blockml.facts import DataRef
from blockml.graph import Edge, Graph, Node, Patch
from blockml.recipe import Recipe

CASES = json.loads((Path(__file__).parent / "golden" / "patches.json").read_text(encoding="utf-8"))


def _node(text: str) -> Node:
    name, _, block = text.partition(":")
    return Node(id=name, block=block or "Conv2d")


def _edge(text: str) -> Edge:
    source, _, rest = text.partition(">")
    target, _, port = rest.partition(".")
    return Edge(source=source, target=target, target_port=port or "x")


def _experiment(case: dict[str, Any]) -> Experiment:
    return Experiment(
        graph=Graph(nodes=tuple(map(_node, case["nodes"])), edges=tuple(map(_edge, case["edges"]))),
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
