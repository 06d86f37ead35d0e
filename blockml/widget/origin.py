"""Finds out where a canvas is made: which notebook, which cell, and which one in that cell."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

from blockml.drafts import Origin

_made: Counter[str] = Counter()
"""How many canvases the present execution of a cell has made."""


def origin(name: str | None) -> Origin | None:
    """Say where a canvas that is made now stands; ``None`` where it has none that comes again.

    Args:
        name: The name that Python gave, if any.
    """
    notebook, cell, execution = _jupyter() or _marimo() or ("", "", "")
    if name is not None:
        return Origin(notebook, "", name)
    if not notebook or not cell:
        return None
    if execution not in _made:
        _made.clear()
    _made[execution] += 1
    return Origin(notebook, cell, str(_made[execution]))


def _jupyter() -> tuple[str, str, str] | None:
    """Notebook, cell and execution, as a Jupyter kernel knows them."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
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
        from marimo._runtime.context import safe_get_context

        context: Any = safe_get_context()
        running = context.execution_context
        cell = str(running.cell_id)
        return str(context.filename or ""), cell, f"{cell} {id(running)}"
    except (ImportError, AttributeError):
        # No part of its public interface tells this; another version may have it elsewhere.
        return None
