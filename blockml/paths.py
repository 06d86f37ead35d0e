"""Where things live, and the one function that turns a name into a file name."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

_FORBIDDEN = re.compile(r"[^\w-]+")
_LONGEST = 60
_MOST = 1000
"""Most files that may have one name, told apart by their numbers."""
# Windows refuses these as file names, whatever their ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def slug(name: str) -> str:
    """Turn any name into a safe file name without an ending.

    Letters of every script, digits, ``_`` and ``-`` stay; all else, path separators and dots
    among it, becomes ``-``. The result is never empty, hidden, or a path.

    Args:
        name: Any text, trusted or not.

    Returns:
        1 to 60 characters, at most 180 bytes.
    """
    plain = unicodedata.normalize("NFC", name)
    found = _FORBIDDEN.sub("-", plain).strip("-_")[:_LONGEST].strip("-_").lower()
    while len(found.encode("utf-8")) > 3 * _LONGEST:
        found = found[:-1]
    if not found or found in _RESERVED:
        return f"model-{found}".rstrip("-")
    return found


def numbered(folder: Path, name: str, ending: str) -> Iterator[Path]:
    """The files that a name may have in a folder: ``net.zip``, ``net-2.zip`` and so on.

    Args:
        folder: The folder.
        name: Any text, trusted or not.
        ending: Such as ``.zip``.
    """
    stem = slug(name)
    for number in range(1, _MOST):
        yield folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")


def home() -> Path:
    """Folder of everything blockml keeps: ``BLOCKML_HOME``, else ``blockml`` in the Jupyter root.

    In a plain interpreter, which has no Jupyter root, it is ``blockml`` in the current folder.
    """
    chosen = os.environ.get("BLOCKML_HOME")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("JUPYTER_SERVER_ROOT") or Path.cwd()) / "blockml"
