"""Brings together two changes that were made at the same time, on two pages or in a page and a cell.

Both began with one document. What only one of them changed is taken from that one; where both changed
the same value, the later one counts. What either has added is kept, and what one has changed is not lost
because the other removed it. Nothing here knows a block; the result is analysed like every document.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from blockml.errors import DocumentError
from blockml.experiment import Experiment
from blockml.graph import Graph

_GONE: Any = object()
"""Stands for a value that is not there."""

_Name = tuple[str, int]
"""What an item of a list is known by, and which of those that are known alike it is."""


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
    two["layout"] = {_renamed(path, names): position for path, position in two["layout"].items()}
    for note in two["notes"]:
        note["scope"] = _renamed(note["scope"], names)
    _rename_notes(old["notes"], one["notes"], two["notes"])
    try:
        return Experiment.from_data(_merged(old, one, two))
    except DocumentError:
        # Together they are more than a document may hold.
        return later


def shared(present: Experiment, later: Experiment) -> Experiment:
    """Return what stands in both: the ground of changes of which nobody knows what they began with."""
    nodes, edges = set(later.graph.by_id), set(later.graph.edges)
    notes = {note.id for note in later.notes}
    graph = Graph(
        nodes=tuple(node for node in present.graph.nodes if node.id in nodes),
        edges=tuple(edge for edge in present.graph.edges if edge in edges),
    )
    kept = tuple(note for note in present.notes if note.id in notes)
    return present.model_copy(update={"graph": graph, "notes": kept})


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
    # What only the later one has stands behind what it stands behind there.
    behind: dict[_Name | None, list[_Name]] = {}
    last: _Name | None = None
    for name in then:
        if name in first:
            last = name
        else:
            behind.setdefault(last, []).append(name)
    order = [each for name in first for each in (name, *behind.get(name, ()))] + behind.get(None, [])
    found = (_merged(old.get(name, _GONE), first.get(name, _GONE), then.get(name, _GONE)) for name in order)
    return [item for item in found if item is not _GONE]


def _are_items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _by_name(items: list[Any]) -> dict[_Name, Any]:
    found: dict[_Name, Any] = {}
    seen: Counter[str] = Counter()
    for item in items:
        # Notes have their ids in the group that they stand in.
        told = [item.get("scope", ""), item["id"]] if "id" in item else item
        name = json.dumps(told, sort_keys=True)
        # Of two nodes with one id both are kept.
        seen[name] += 1
        found[name, seen[name]] = item
    return found


def _held(base: dict[str, Any], graph: dict[str, Any]) -> list[Any]:
    """The edges without those that hang in the air since one side removed a node."""
    ids = {node.get("id") for node in graph["nodes"]}
    before = {node.get("id") for node in base.get("nodes", [])}
    # Some hung in the air already, which is for the analysis to say.
    loose = {_told(edge) for edge in base.get("edges", []) if not {edge["source"], edge["target"]} <= before}
    return [
        edge for edge in graph["edges"] if {edge["source"], edge["target"]} <= ids or _told(edge) in loose
    ]


def _told(edge: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted(edge.items()))


def _rename(
    base: dict[str, Any], one: dict[str, Any], two: dict[str, Any], above: str = ""
) -> dict[str, str]:
    """Give the later one's new nodes other ids where both added one of that id, in groups too.

    Two pages call the next convolution alike, and it is not the same one.

    Returns:
        The new path of each node that has one.
    """
    old, theirs = _by_id(base), _by_id(one)
    free = _Free({*old, *theirs, *_by_id(two)})
    names: dict[str, str] = {}
    paths: dict[str, str] = {}
    for node in two["nodes"]:
        key = node["id"]
        if key not in theirs:
            continue
        if key not in old:
            names[key] = node["id"] = free.name(key)
            paths[above + key] = above + names[key]
            continue
        graphs = [each[key]["graph"] for each in (old, theirs)]
        if node["graph"] is not None and all(graphs):
            inner = _rename(graphs[0], graphs[1], node["graph"], f"{above}{key}/")
            paths |= inner
            start = f"{above}{key}/"
            _rename_ports(
                two["edges"], key, {path[len(start) :]: to[len(start) :] for path, to in inner.items()}
            )
    for edge in two["edges"]:
        for end in ("source", "target"):
            edge[end] = names.get(edge[end], edge[end])
    return paths


def _rename_ports(edges: list[Any], group: str, names: dict[str, str]) -> None:
    """A port is called as the node inside; paths further in are no names of ports."""
    for edge in edges:
        for end in ("source", "target"):
            if edge[end] == group:
                edge[f"{end}_port"] = names.get(edge[f"{end}_port"], edge[f"{end}_port"])


def _rename_notes(base: list[Any], one: list[Any], two: list[Any]) -> None:
    """Give the later one's new notes other ids where both added one of that id."""
    old, theirs = ({(note["scope"], note["id"]) for note in notes} for notes in (base, one))
    added = theirs - old
    free = _Free({note["id"] for note in (*base, *one, *two)})
    for note in two:
        if (note["scope"], note["id"]) in added:
            note["id"] = free.name(note["id"])


def _by_id(graph: dict[str, Any]) -> dict[str, Any]:
    """The nodes by id; of two nodes with one id the first."""
    return {node["id"]: node for node in reversed(graph["nodes"])}


class _Free:
    """Finds names that are free."""

    def __init__(self, taken: set[str]) -> None:
        self._taken, self._latest = taken, Counter[str]()

    def name(self, like: str) -> str:
        stem = like.rstrip("0123456789") or like
        number = max(2, self._latest[stem] + 1)
        while f"{stem}{number}" in self._taken:
            number += 1
        self._latest[stem] = number
        self._taken.add(f"{stem}{number}")
        return f"{stem}{number}"


def _renamed(path: str, names: dict[str, str]) -> str:
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        found = names.get("/".join(parts[:end]))
        if found is not None:
            return "/".join([found, *parts[end:]])
    return path
