"""The experiment: graph, data reference, recipe and layout; one ``.blockml`` file.

The file is canonical JSON: sorted keys, one node a line, so that a git diff shows what
changed. Opening a file executes nothing and trusts nothing from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, FiniteFloat, JsonValue, ValidationError, model_validator

from blockml.documents import MAX_DEPTH, MAX_DIGITS, Document, document_error, shown, size_problem
from blockml.errors import DocumentError
from blockml.facts import DataRef
from blockml.files import NoFileError, open_file, write_safely
from blockml.graph import GROUP_INPUT, GROUP_OUTPUT, MAX_NAME, MAX_PATH, Data, Graph, Node, Patch
from blockml.groups import paths
from blockml.patching import patched
from blockml.recipe import Recipe
from blockml.texts import counted

FORMAT = 1
"""Version of the file format that this blockml writes, and the newest it reads."""

MAX_BYTES = 8 * 1024 * 1024
"""Largest file that is read, in bytes."""

MAX_NODES = 5_000
"""Most nodes and, four times that, most edges that a document may hold, copies of groups counted too."""

MAX_NOTES = 500
"""Most notes that a document may hold."""


Position = tuple[FiniteFloat, FiniteFloat]
NodePath = Annotated[str, Field(max_length=MAX_PATH)]
NoteColor = Literal["yellow", "blue", "green", "red", "gray"]


class Note(Data):
    """A note on the canvas, for people only.

    Attributes:
        id: Name of the note, unique among the notes of its scope.
        text: Plain text.
        x: Left edge, in pixels.
        y: Upper edge.
        width: Width in pixels.
        height: Height in pixels.
        color: Colour of the paper.
        scope: Path of the group it stands in; empty at the top.
    """

    id: str = Field(max_length=MAX_NAME)
    text: str = Field("", max_length=10_000)
    x: FiniteFloat = 0.0
    y: FiniteFloat = 0.0
    width: FiniteFloat = Field(200.0, ge=20, le=10_000)
    height: FiniteFloat = Field(120.0, ge=20, le=10_000)
    color: NoteColor = "yellow"
    scope: str = Field("", max_length=MAX_PATH)


class Experiment(Document):
    """All that makes a run repeatable, and where its nodes stand on the canvas.

    Attributes:
        blockml: Version of the file format.
        name: Name for people.
        data: What it learns from.
        graph: The network.
        recipe: How it is trained.
        layout: Position of each node in pixels, by its path. Not part of the model: moving a
            node does not change the content hash.
        notes: What people wrote beside the nodes; no more part of the model.
    """

    blockml: Literal[1] = 1
    name: str = Field("untitled", max_length=MAX_NAME)
    data: DataRef = Field(default_factory=DataRef)
    graph: Graph = Field(default_factory=Graph)
    recipe: Recipe = Field(default_factory=Recipe)
    layout: Annotated[dict[NodePath, Position], Field(max_length=MAX_NODES)] = Field(default_factory=dict)
    notes: Annotated[tuple[Note, ...], Field(max_length=MAX_NOTES)] = ()

    @model_validator(mode="after")
    def _not_too_large(self) -> Experiment:
        """Refuse groups in groups that would grow without end when they are laid out flat."""
        if any(node.graph is not None for node in self.graph.nodes):
            nodes, edges = _extent(self.graph, MAX_DEPTH)
            for part, found, most in (("nodes", nodes, MAX_NODES), ("edges", edges, 4 * MAX_NODES)):
                if found > most:
                    raise size_problem("document-too-many", part=part, received=found, limit=most)
        return self

    def __repr__(self) -> str:
        """In one line; `to_json` gives the whole."""
        blocks = counted(len(self.graph.nodes), "block")
        return f"<Experiment {self.name!r}: {blocks} on {self.data.name}, {self.content_hash()[:12]}>"

    def to_json(self) -> str:
        """Return the canonical text of the ``.blockml`` file, ending in a newline."""
        lines = [f'"blockml": {FORMAT}', f'"data": {_compact(_data(self.data))}']
        lines.append(f'"graph": {_graph_text(self.graph, " ")}')
        layout = sorted(self.layout.items())
        placed = (f"{_compact(key)}: {_compact(list(position))}" for key, position in layout)
        lines.append(f'"layout": {_rows(placed, "{}")}')
        lines.append(f'"name": {_compact(self.name)}')
        if self.notes:
            notes = (_compact(note.model_dump(mode="json", exclude_defaults=True)) for note in self.notes)
            lines.append(f'"notes": {_rows(notes)}')
        lines.append(f'"recipe": {_compact(self.recipe.dump())}')
        return "{\n " + ",\n ".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Experiment:
        """Read a document.

        Raises:
            DocumentError: It is too large, not JSON, newer than this blockml, or a field
                has a wrong form; the error names the field and what was expected.
        """
        size = len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        if size > MAX_BYTES:
            raise DocumentError.of("document-too-large", size=size, limit=MAX_BYTES)
        try:
            found = json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise DocumentError.of("document-not-json", reason=_short(error)) from error
        return cls.from_data(found)

    @classmethod
    def from_data(cls, found: object) -> Experiment:
        """Read a document that is parsed already, for example one that the page sent.

        Raises:
            DocumentError: As in `from_json`.
        """
        if not isinstance(found, dict):
            raise DocumentError.of("document-object", field="document", received=shown(found))
        version = found.get("blockml")
        if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
            raise DocumentError.of("document-too-new", received=shown(version), newest=FORMAT)
        graph = found.get("graph")
        for part, most in (("nodes", MAX_NODES), ("edges", 4 * MAX_NODES)):
            items = graph.get(part) if isinstance(graph, dict) else None
            if isinstance(items, list) and len(items) > most:
                raise DocumentError.of("document-too-many", part=part, received=len(items), limit=most)
        if "blockml" not in found:
            raise DocumentError.of("document-missing", field="blockml")
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise document_error(error, cls) from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Experiment:
        """Read a ``.blockml`` file.

        Raises:
            DocumentError: The file cannot be read, or see `from_json`.
        """
        try:
            with open_file(path) as file:
                # One byte more than allowed is enough to know that it is too large.
                text = file.read(MAX_BYTES + 1)
        except NoFileError as error:
            raise DocumentError.of("file-no-file", path=str(path)) from error
        except (OSError, ValueError) as error:
            raise DocumentError.of("file-unreadable", path=str(path), reason=_reason(error)) from error
        return cls.from_json(text)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the ``.blockml`` file; a crash leaves the old file or the new one, never half.

        Raises:
            DocumentError: The file cannot be written.
        """
        content = self.to_json().encode("utf-8")
        try:
            return write_safely(Path(path), content)
        except (OSError, ValueError) as error:
            raise DocumentError.of("file-unwritable", path=str(path), reason=_reason(error)) from error

    def content_hash(self) -> str:
        """SHA-256, as hexadecimal text, of graph, data and recipe; not of layout, notes and name.

        The order of the nodes does not count, but for the ports of a group; the order of edges
        counts only among the edges into one port. Own pictures count by what they are and not by
        where they lie.
        """
        document: dict[str, JsonValue] = {
            "graph": _hashed(self.graph),
            "data": _data(self.data) | {"path": None},
            "recipe": self.recipe.dump(),
        }
        return hashlib.sha256(_compact(document).encode("utf-8")).hexdigest()

    def patched(self, patch: Patch) -> Experiment:
        """Return the experiment after a patch; positions of removed nodes go too, and notes beside them.

        Raises:
            DocumentError: The patch holds a recipe value that is not allowed.
        """
        graph = patched(self.graph, patch)
        kept = set(paths(graph))
        try:
            recipe = Recipe.model_validate(self.recipe.model_dump() | patch.recipe)
        except ValidationError as error:
            raise document_error(error, Recipe) from error
        layout = {key: position for key, position in self.layout.items() if key in kept}
        notes = tuple(note for note in self.notes if note.scope in kept | {""})
        data = self.data if patch.data is None else DataRef(name=patch.data)
        changed = {"graph": graph, "recipe": recipe, "layout": layout, "notes": notes, "data": data}
        return self.model_copy(update=changed)


def need_experiment(found: object) -> Experiment:
    """Refuse what is no experiment.

    Raises:
        DocumentError: It is none; the error says what it is.
    """
    if not isinstance(found, Experiment):
        raise DocumentError.of("not-an-experiment", received=shown(found))
    return found


def _data(data: DataRef) -> dict[str, Any]:
    """The reference as a file holds it: no more than it needs."""
    return data.model_dump(mode="json", exclude_defaults=True) | {"name": data.name}


def _extent(graph: Graph, depth: int) -> tuple[int, int]:
    """How many nodes and edges a graph has when it is laid out flat."""
    nodes, edges = len(graph.nodes), len(graph.edges)
    for node in graph.nodes:
        if node.graph is None:
            continue
        if depth == 0:
            raise size_problem("document-too-deep", limit=MAX_DEPTH)
        inner = _extent(node.graph, depth - 1)
        nodes, edges = nodes + node.repeat * inner[0], edges + node.repeat * inner[1]
    return nodes, edges


def _plain(node: Node) -> dict[str, Any]:
    """A node as a file and the hash hold it, without its graph: only what differs from the default."""
    found: dict[str, Any] = {"block": node.block, "id": node.id, "params": node.params}
    for name, default in (("frozen", False), ("bypassed", False), ("repeat", 1), ("title", "")):
        value = getattr(node, name)
        if value != default:
            found[name] = value
    return found


def _hashed(graph: Graph, *, inside: bool = False) -> dict[str, Any]:
    nodes = []
    for node in graph.nodes:
        inner = {} if node.graph is None else {"graph": _hashed(node.graph, inside=True)}
        nodes.append(_plain(node) | inner)
    nodes.sort(key=_compact)
    edges = [edge.model_dump(mode="json") for edge in graph.edges]
    edges.sort(key=lambda edge: (edge["target"], edge["target_port"]))
    ports = [node.id for node in graph.nodes if inside and node.block in {GROUP_INPUT, GROUP_OUTPUT}]
    return {"nodes": nodes, "edges": edges} | ({"ports": ports} if inside else {})


def _graph_text(graph: Graph, indent: str) -> str:
    """A graph as text, one node a line; a group's own lines stand further in."""
    edges = _rows((_compact(edge.model_dump(mode="json")) for edge in graph.edges), indent=indent)
    nodes = _rows((_node_text(node, indent) for node in graph.nodes), indent=indent)
    return f'{{\n{indent} "edges": {edges},\n{indent} "nodes": {nodes}\n{indent}}}'


def _node_text(node: Node, indent: str) -> str:
    plain = _plain(node)
    if node.graph is None:
        return _compact(plain)
    parts = {key: _compact(value) for key, value in plain.items()}
    parts["graph"] = _graph_text(node.graph, f"{indent}  ")
    return "{" + ", ".join(f'"{key}": {value}' for key, value in sorted(parts.items())) + "}"


def _compact(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _rows(items: Any, brackets: str = "[]", indent: str = " ") -> str:
    rows = list(items)
    if not rows:
        return brackets
    line = f"\n{indent}  "
    return f"{brackets[0]}{line}" + f",{line}".join(rows) + f"\n{indent} {brackets[1]}"


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        message = f"a whole number of {len(digits)} digits"
        raise ValueError(message)
    return int(digits)


def _refuse_constant(word: str) -> NoReturn:
    message = f"{word} is not a number in JSON"
    raise ValueError(message)


def _reason(error: OSError | ValueError) -> str:
    """Why a file cannot be opened; a ValueError is one of its name."""
    return (error.strerror or "") if isinstance(error, OSError) else "no file can have that name"


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
