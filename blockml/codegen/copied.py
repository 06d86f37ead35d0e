"""Source of `blockml.loop`, copied into the script as text; nothing of it is imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Import:
    """``import module``, ``import module as alias`` or ``from module import name``."""

    module: str
    name: str = ""
    alias: str = ""


@dataclass(frozen=True)
class Copied:
    """Some definitions of one file.

    Attributes:
        text: The definitions, with what they need of their file, in its order.
        imports: What they need besides.
    """

    text: str
    imports: frozenset[Import]


@dataclass(frozen=True)
class _File:
    """What a file defines, by name: its source, and all names that stand in it."""

    sources: dict[str, str]
    uses: dict[str, frozenset[str]]
    imports: dict[str, Import]


def copied(file: str, *names: str) -> Copied:
    """Copy definitions of a file of `blockml.loop`, and those that they use.

    Args:
        file: Name of the file without its ending.
        names: Functions, classes or constants of it.

    Raises:
        KeyError: The file has no such definition.
    """
    found = _read(file)
    wanted: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += found.uses[name] & set(found.sources)
    used = frozenset().union(*(found.uses[name] for name in wanted))
    text = "\n\n\n".join(source for name, source in found.sources.items() if name in wanted)
    return Copied(text, frozenset(found.imports[name] for name in used & set(found.imports)))


@cache
def _read(file: str) -> _File:
    text = files("blockml").joinpath("loop", f"{file}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    sources: dict[str, str] = {}
    uses: dict[str, frozenset[str]] = {}
    imports: dict[str, Import] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            imports |= {
                each.asname or each.name: Import(each.name, alias=each.asname or "") for each in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {each.name: Import(node.module, each.name) for each in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign):
            name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else node.name
            sources[name] = _source(lines, node)
            uses[name] = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    return _File(sources, uses, imports)


def _source(lines: list[str], node: ast.FunctionDef | ast.ClassDef | ast.Assign) -> str:
    """The lines of a definition, with its decorators and the comment above it."""
    decorators = [] if isinstance(node, ast.Assign) else node.decorator_list
    start = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start : node.end_lineno])
