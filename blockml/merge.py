"""Brings together two changes that were made at the same time, on two pages or in a page and a cell.

Both began with one document. What only one of them changed is taken from that one; where both changed
the same value, the later one counts. What either has added is kept, and what one has changed is not lost
because the other removed it. Nothing here knows a block; the result is analysed like every document.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from blockml.errors import DocumentError
from blockml.experiment import Experiment

_GONE: Any = object()
"""Stands for a value that is not there."""


def merge(base: Experiment, present: Experiment, later: Experiment) -> Experiment:
    """Return a document with the changes of both.

    Args:
        base: What both began with.
        present: The one that came first.
        later: The one that came then; it counts where both changed the same.
    """
    if base in (present, later):
        return later if base == present else present
    old, one, two = (each.model_dump(mode="json") for each in (base, present, later))
    names = _rename(old["graph"], one["graph"], two["graph"])
    two["layout"] = {_renamed(key, names): position for key, position in two["layout"].items()}
    try:
        return Experiment.from_data(_merged(old, one, two))
    except DocumentError:
        # Together they are more than a document may hold.
        return later


def _merged(base: Any, one: Any, two: Any) -> Any:
    if one in (two, base):
        return two
    if base == two:
        return one
    if _GONE in (one, two):
        # One removed what the other changed: the change is kept.
        return two if one is _GONE else one
    if isinstance(one, dict) and isinstance(two, dict):
        return _merged_records(base if isinstance(base, dict) else {}, one, two)
    if _are_items(one) and _are_items(two) and (one or two):
        return _merged_items(base if _are_items(base) else [], one, two)
    return two


def _merged_records(base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key in {**one, **two}:
        value = _merged(base.get(key, _GONE), one.get(key, _GONE), two.get(key, _GONE))
        if value is not _GONE:
            found[key] = value
    if "nodes" in found and "edges" in found:
        found["edges"] = _held(base, found)
    return found


def _merged_items(base: list[Any], one: list[Any], two: list[Any]) -> list[Any]:
    """Merge nodes by their ids, and edges, which have none, by what they say."""
    old, first, then = (_by_name(items) for items in (base, one, two))
    order = list(first)
    before = ""
    for name in then:
        # What only the later one has stands behind what it stands behind there.
        if name not in first:
            order.insert(order.index(before) + 1 if before in order else len(order), name)
        before = name
    found = (_merged(old.get(name, _GONE), first.get(name, _GONE), then.get(name, _GONE)) for name in order)
    return [item for item in found if item is not _GONE]


def _are_items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _by_name(items: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        name = str(item["id"]) if "id" in item else json.dumps(item, sort_keys=True)
        # Of two nodes with one id both are kept.
        while name in found:
            name += " again"
        found[name] = item
    return found


def _held(base: dict[str, Any], graph: dict[str, Any]) -> list[Any]:
    """The edges without those that hang in the air since one side removed a node."""
    ids = {node.get("id") for node in graph["nodes"]}
    old = base.get("edges", [])
    return [
        edge
        for edge in graph["edges"]
        if {edge["source"], edge["target"]} <= ids or (edge in old and not _ended(edge, base))
    ]


def _ended(edge: dict[str, Any], base: dict[str, Any]) -> bool:
    return {edge["source"], edge["target"]} <= {node.get("id") for node in base.get("nodes", [])}


def _rename(base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]) -> dict[str, str]:
    """Give the later one's new nodes other ids where both added one of that id.

    Two pages call the next convolution alike, and it is not the same one.

    Returns:
        The new id of each node that has one.
    """
    old = {node["id"] for node in base["nodes"]}
    theirs = {node["id"] for node in one["nodes"]} - old
    taken = old | theirs | {node["id"] for node in two["nodes"]}
    names: dict[str, str] = {}
    for node in two["nodes"]:
        if node["id"] in theirs:
            names[node["id"]] = _free(node["id"], lambda name: name in taken)
            taken.add(names[node["id"]])
            node["id"] = names[node["id"]]
    for edge in two["edges"]:
        for end in ("source", "target"):
            edge[end] = names.get(edge[end], edge[end])
    return names


def _free(name: str, taken: Callable[[str], bool]) -> str:
    stem, number = name.rstrip("0123456789") or name, 2
    while taken(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def _renamed(path: str, names: dict[str, str]) -> str:
    first, *rest = path.split("/")
    return "/".join([names.get(first, first), *rest])
