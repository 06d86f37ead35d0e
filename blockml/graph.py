"""The graph of a network as frozen data: nodes, edges and patches.

This module knows no block, no shape and no framework. It stands below everything
else, so that a diagnostic can carry its repair as a `Patch`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

MAX_NAME = 200
"""Longest id or name, in characters, that a document may hold."""

MAX_PATH = 2_000
"""Longest path of a node inside groups, in characters."""

MAX_REPEAT = 64
"""Most copies of a group, one after the other."""

GROUP, GROUP_INPUT, GROUP_OUTPUT = "Group", "GroupInput", "GroupOutput"
"""The blocks that make groups: the group itself, and its ports, which stand inside of it."""


class Data(BaseModel):
    """Frozen data that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replace(self, **changes: Any) -> Self:
        """Return a copy with other values in some fields, checked like everything that is made anew.

        Example:
            >>> from blockml.recipe import Recipe
            >>> Recipe().replace(epochs=3).epochs
            3
        """
        return type(self)(**{name: getattr(self, name) for name in type(self).model_fields} | changes)

    def __str__(self) -> str:
        """What a cell shows of it, not the fields in a row."""
        return repr(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy it; what was computed from the fields is computed anew where they change."""
        made = super().model_copy(update=update, deep=deep)
        if update:
            for name in made.__dict__.keys() - type(self).model_fields.keys():
                del made.__dict__[name]
        return made


def _writable(params: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Refuse what pydantic takes for JSON and no file can hold: infinity, halves of letters."""
    if params:
        try:
            json.dumps(params, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise PydanticCustomError("not_json", "JSON") from error
    return params


class _Placed(Data):
    """Data whose usual fields may be given without their names, too: ``Node("conv1", "Conv2d")``."""

    _places: ClassVar[tuple[str, ...]]

    # For a type checker and for help they are called by their names.
    if not TYPE_CHECKING:

        def __init__(self, /, *values: Any, **fields: Any) -> None:
            """Take values in the order of the places."""
            if len(values) > len(self._places):
                message = f"{type(self).__name__} takes {', '.join(self._places)}; give the rest with names"
                raise TypeError(message)
            super().__init__(**dict(zip(self._places, values, strict=False)), **fields)

        # So pydantic does not call it for what stands in a document.
        __init__.__pydantic_base_init__ = True


class Node(_Placed):
    """An instance of a block on the canvas.

    Attributes:
        id: Name of the node, unique in its graph; it becomes the attribute of the module.
        block: Name of the block in the catalogue, for example ``Conv2d``.
        params: Parameters that differ from the defaults of the block. They are checked by
            the analysis, not here, so that a document with a mistake can still be opened.
        frozen: Whether its weights stay as they are in training.
        bypassed: Whether data only passes through it: its first input goes to its first output.
        graph: What is inside, for a node of the block ``Group``. The ports of a group are its
            inner nodes of the blocks ``GroupInput`` and ``GroupOutput``; their ids are the names
            of the ports.
        repeat: How many copies of the group stand one after the other, with weights of their own.
        title: Name of the group for people; it names the class in the script.
    """

    _places: ClassVar[tuple[str, ...]] = ("id", "block", "params")

    # A patch names nodes by their paths, which are longer than the ids of a document.
    id: str = Field(max_length=MAX_PATH)
    block: str = Field(max_length=MAX_NAME)
    params: Annotated[dict[str, JsonValue], AfterValidator(_writable)] = Field(default_factory=dict)
    frozen: bool = False
    bypassed: bool = False
    graph: Graph | None = None
    repeat: int = Field(1, ge=1, le=MAX_REPEAT)
    title: str = Field("", max_length=MAX_NAME)

    @property
    def inside(self) -> Graph | None:
        """The graph of a group; ``None`` for every other block, whatever it carries."""
        return self.graph if self.block == GROUP else None


class Edge(_Placed):
    """A connection from an output port to an input port.

    Edges into the same port are ordered as they stand in the graph, which is the order
    in which a merge such as ``Concatenate`` takes them.
    """

    _places: ClassVar[tuple[str, ...]] = ("source", "target")

    source: str = Field(max_length=MAX_PATH)
    source_port: str = Field("y", max_length=MAX_NAME)
    target: str = Field(max_length=MAX_PATH)
    target_port: str = Field("x", max_length=MAX_NAME)


class Patch(Data):
    """A change of an experiment as data: what a fix does when it is applied.

    Nodes are named by their paths (see `blockml.groups`), so it can change the inside of a group.
    It is applied in this order: remove edges, remove nodes (with the edges that touch
    them), add or replace nodes, add edges, set recipe values and data.

    Attributes:
        nodes: Nodes to add, or to replace where the id exists.
        remove_nodes: Ids of nodes to remove.
        edges: Edges to add, at the end but for the case below.
        remove_edges: Edges to remove. Where an added edge has the target and the target
            port of a removed one it takes that one's place, so that the order of the
            inputs of a merge does not change.
        recipe: Recipe values to set, by name.
        data: Name of the data set to use instead.
    """

    nodes: tuple[Node, ...] = ()
    remove_nodes: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    remove_edges: tuple[Edge, ...] = ()
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    data: str | None = None


class Graph(Data):
    """Nodes and edges. Pure data: it may be incomplete or wrong, the analysis says so."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by id; of two nodes with one id the first."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.id, node)
        return found

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges that end at a node, by its id, in the order of the graph."""
        return _grouped((edge.target, edge) for edge in self.edges)

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges that start at a node, by its id, in the order of the graph."""
        return _grouped((edge.source, edge) for edge in self.edges)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Ids in topological order; nodes on or behind a cycle are left out.

        Among the nodes that are ready, the one that stands first in the graph comes
        first (Kahn's algorithm), so that the order is a function of the document.
        """
        waiting = dict.fromkeys(self.by_id, 0)
        for edge in self.edges:
            if edge.source in waiting and edge.target in waiting:
                waiting[edge.target] += 1
        ready = deque(node_id for node_id, count in waiting.items() if count == 0)
        found: list[str] = []
        while ready:
            node_id = ready.popleft()
            found.append(node_id)
            for edge in self.outgoing.get(node_id, ()):
                if edge.target in waiting:
                    waiting[edge.target] -= 1
                    if waiting[edge.target] == 0:
                        ready.append(edge.target)
        return tuple(found)

    def cycles(self) -> Iterator[tuple[str, Edge, int]]:
        """The node where each cycle closes, the edge that closes it, and how many nodes it has."""
        stuck = set(self.by_id) - set(self.order)
        seen: set[str] = set()
        for start in (node_id for node_id in self.by_id if node_id in stuck):
            walk: dict[str, None] = {}
            at = start
            # Every node that is stuck has an input that is stuck too: walk backwards until it closes.
            while at not in walk and at not in seen:
                walk[at] = None
                at = next(edge.source for edge in self.incoming[at] if edge.source in stuck)
            if at in walk:
                names = list(walk)
                length = len(names) - names.index(at)
                yield at, next(edge for edge in self.incoming[at] if edge.source in stuck), length
            seen |= set(walk)

    def patched(self, patch: Patch) -> Graph:
        """Return the graph after a patch; its recipe and data parts are left alone."""
        removed_nodes = set(patch.remove_nodes)
        added = {node.id: node for node in patch.nodes}
        nodes = [added.pop(node.id, node) for node in self.nodes if node.id not in removed_nodes]
        nodes.extend(added.values())

        new_edges = list(patch.edges)
        edges: list[Edge] = []
        for edge in self.edges:
            if edge in patch.remove_edges:
                # A new edge into the same port takes the place of the old one.
                same = next((new for new in new_edges if _same_target(new, edge)), None)
                if same is not None:
                    new_edges.remove(same)
                    edges.append(same)
            elif edge.source not in removed_nodes and edge.target not in removed_nodes:
                edges.append(edge)
        return Graph(nodes=tuple(nodes), edges=tuple(edges + new_edges))


def _same_target(one: Edge, other: Edge) -> bool:
    return one.target == other.target and one.target_port == other.target_port


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
