"""What was measured on this machine, remembered between processes; without it, it is measured again."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from blockml.files import write_safely

_logger = logging.getLogger(__name__)

_MOST = 300
"""Most entries of a file; the oldest go."""


def recall(name: str) -> dict[str, Any]:
    """All that is remembered under a name; nothing where its file is damaged."""
    try:
        found = json.loads(_place(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(name: str, key: str, value: dict[str, Any]) -> None:
    """Remember one thing more."""
    kept = dict(list(recall(name).items())[-_MOST:]) | {key: value}
    path = _place(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_safely(path, json.dumps(kept, indent=1).encode("utf-8"))
    except OSError:
        # Measured again the next time; nothing is lost.
        _logger.info("%s could not be remembered", name, exc_info=True)


def _place(name: str) -> Path:
    return user_cache_path("blockml") / f"{name}.json"
