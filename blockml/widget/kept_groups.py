"""Groups that a person keeps in the palette: a folder of ``.blockml`` files in blockml's home.

Each file is a document whose only node is the group, so it is read with the same care as any
other, and can be opened, sent and put under version control like one.
"""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import JsonValue

from blockml.errors import BlockmlError, DocumentError
from blockml.experiment import Experiment
from blockml.paths import home, numbered
from blockml.protocol import SavedGroup

_logger = logging.getLogger(__name__)

MAX_GROUPS = 200
"""Most groups that are kept."""

_LONGEST = 60


def kept_groups() -> tuple[SavedGroup, ...]:
    """The groups of this user by name; a file that is broken is left out, and the log says so."""
    found = sorted((group for _, group in _read()), key=lambda group: group.name.casefold())
    return tuple(found)


def keep_group(payload: dict[str, JsonValue]) -> str:
    """Keep a group in the palette; one of the same name is replaced.

    Args:
        payload: ``name``, ``node`` and ``layout`` as the page sent them: hostile until validated.

    Returns:
        The name under which it is kept.

    Raises:
        DocumentError: It is no group, or the file cannot be written.
    """
    inner = payload.get("layout") or {}
    document = Experiment.from_data({"blockml": 1, "graph": {"nodes": [payload.get("node")]}})
    node = document.graph.nodes[0]
    if node.inside is None or not isinstance(inner, dict):
        raise DocumentError.of("not-a-group", block=node.block[:60])
    chosen = " ".join(str(payload.get("name") or "").split())[:_LONGEST].strip()
    name = chosen or node.title[:_LONGEST] or node.id[:_LONGEST]
    layout = {f"{node.id}/{path}": position for path, position in inner.items()}
    document = Experiment.from_data(
        {**document.model_dump(mode="json"), "name": name, "layout": layout, "data": {"name": "digits"}}
    )
    same = next((path for path, group in _read() if group.name == name), None)
    if same is None and len(_files()) >= MAX_GROUPS:
        raise DocumentError.of("too-many-groups", limit=MAX_GROUPS)
    try:
        _folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError.of("file-unwritable", path=str(_folder()), reason=error.strerror or "") from error
    # Two names may be one when they become file names.
    free = (path for path in numbered(_folder(), name, ".blockml") if not path.exists())
    document.save(same or next(free))
    return name


def forget_group(name: str) -> None:
    """Take a group out of the palette; its file is removed.

    Raises:
        DocumentError: There is none of that name, or its file cannot be removed.
    """
    path = next((path for path, group in _read() if group.name == name), None)
    if path is None:
        raise DocumentError.of("no-such-group", name=name[:_LONGEST])
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError.of("file-unwritable", path=str(path), reason=error.strerror or "") from error


def _folder() -> Path:
    return home() / "groups"


def _files() -> list[Path]:
    return sorted(_folder().glob("*.blockml"))


def _read() -> list[tuple[Path, SavedGroup]]:
    found = []
    for path in _files()[:MAX_GROUPS]:
        try:
            document = Experiment.load(path)
        except BlockmlError as error:
            _logger.warning("the kept group %s is left out: %s", path.name, error)
            continue
        node = next(iter(document.graph.nodes), None)
        if node is None or node.inside is None or not document.name:
            _logger.warning("the kept group %s is left out: there is no group in it", path.name)
            continue
        start = f"{node.id}/"
        layout = {key.removeprefix(start): at for key, at in document.layout.items() if key.startswith(start)}
        found.append((path, SavedGroup(name=document.name, node=node, layout=layout)))
    return found
