"""Finds out where a canvas is made: which notebook, which cell, and which one in that cell."""

from __future__ import annotations

import os
import sys
from typing import Any

from blockml.drafts import Place

_made: tuple[str, int] = ("", 0)
"""The execution that made a canvas last, and how many it made."""


def place(name: str | None) -> Place | None:
    """Say where a canvas that is made now stands; ``None`` where it has no place that comes again.

    Args:
        name: The name that Python gave, if any.
    """
    global _made
    notebook, cell, execution = _jupyter() or _marimo() or ("", "", "")
    if name is not None:
        return Place(notebook, "", name)
    if not notebook or not cell:
        return None
    count = _made[1] + 1 if _made[0] == execution else 1
    _made = execution, count
    return Place(notebook, cell, str(count))


def _jupyter() -> tuple[str, str, str] | None:
    """Notebook, cell and execution, as a Jupyter kernel knows them."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None  # type: ignore[attr-defined]
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    # VS Code names the notebook in a variable of the notebook; Jupyter servers in the environment.
    notebook = shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    try:
        request = kernel.get_parent("shell")
        cell = request["metadata"].get("cellId") or ""
        execution = request["header"]["msg_id"]
    except (AttributeError, KeyError, TypeError):
        return None
    return str(notebook), str(cell), str(execution)


def _marimo() -> tuple[str, str, str] | None:
    """Notebook, cell and execution in marimo."""
    if "marimo" not in sys.modules:
        return None
    try:
        from marimo._runtime.context import get_context

        context: Any = get_context()
        running = context.execution_context
        cell = str(running.cell_id)
        return str(context.filename or ""), cell, f"{cell} {id(running)}"
    except Exception:
        # No part of its public interface tells this, so any version may tell it otherwise.
        return None
