"""Every sentence a person reads, by key and language, from ``blockml/locale``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "ko")
"""Languages that every sentence exists in; the first is the fallback."""

_GAP = re.compile(r"\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}")
"""A gap ``{count}``, or words that a number chooses between: ``{count|picture|pictures}``."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@cache
def table(name: str) -> dict[str, Any]:
    """Read one file of the locale folder, for example ``en`` or ``blocks.ko``."""
    text = files("blockml").joinpath("locale", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def sentence(key: str, language: str = "en", values: Mapping[str, object] | None = None) -> str:
    """Fill the sentence of a key.

    Only the gaps of the sentence itself are filled: a value that holds braces stays text.

    Args:
        key: Path in the locale file, for example ``problems.cycle.message``.
        language: ``en`` or ``ko``; anything else reads English.
        values: Values for the gaps, by name.

    Returns:
        The sentence, or the key itself where no sentence exists, so that a missing
        sentence shows and hides nothing.
    """
    found: Any = table(language if language in LANGUAGES else LANGUAGES[0])
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, str):
        return key
    filling = values or {}
    return _GAP.sub(lambda gap: _filled(gap, filling), found)


def _filled(gap: re.Match[str], values: Mapping[str, object]) -> str:
    whole, name, one, many = gap[0], gap[1], gap[2], gap[3]
    if name not in values:
        return whole
    value = shown(values[name])
    if one is None:
        return value
    return one if value == "1" else many


def shown(value: object) -> str:
    """A value as people read it: a shape as ``32 × 28 × 28``, the rest as it is."""
    if isinstance(value, list | tuple):
        return " × ".join(shown(item) for item in value)
    return str(value)


def visible(text: str) -> str:
    """A text for a terminal, which would obey control characters in names of strangers: written out."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def counted(number: int, word: str) -> str:
    """A number and its English word, for the one line that an object shows of itself: ``1 block``."""
    return f"{number:,} {word}{'s' * (number != 1)}"


def of_environment() -> str:
    """The language that the environment asks for, as other programs find it."""
    named = (os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    first = next((value for value in named if value), "")
    return next((each for each in LANGUAGES if first.casefold().startswith(each)), LANGUAGES[0])
