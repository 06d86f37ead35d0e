"""Colours for light and dark pages, and texts that are safe and not too wide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

_LIGHT = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "text": "#1c2430",
    "soft": "#5b6675",
    "line": "#d5dae0",
    "edge": "#98a2b0",
    "bad": "#c2255c",
    "good": "#3b5bdb",
    "convolution": "#1c6dd0",
    "pooling": "#7048e8",
    "padding": "#b7791f",
    "activation": "#2b8a3e",
    "linear": "#c92a2a",
    "normalization": "#0b7285",
    "join": "#5f3dc4",
    "data": "#495057",
    "group": "#9c36b5",
    "paper-yellow": "#fff3bf",
    "paper-blue": "#dbe7ff",
    "paper-green": "#d8f5de",
    "paper-red": "#ffe0e6",
    "paper-gray": "#e9ecef",
}
_DARK = {
    "page": "#1b1f27",
    "card": "#20252e",
    "text": "#e8ecf2",
    "soft": "#a3adbb",
    "line": "#343b47",
    "edge": "#6b7686",
    "bad": "#ff8fb0",
    "good": "#91a7ff",
    "convolution": "#4dabf7",
    "pooling": "#b197fc",
    "padding": "#fcc419",
    "activation": "#69db7c",
    "linear": "#ff8787",
    "normalization": "#3bc9db",
    "join": "#9775fa",
    "data": "#adb5bd",
    "group": "#e599f7",
    "paper-yellow": "#3b3416",
    "paper-blue": "#1f2d4a",
    "paper-green": "#1c3524",
    "paper-red": "#40232c",
    "paper-gray": "#2e343e",
}
_STROKES = ("line", "edge", "good")
"""Colours that are drawn as lines, too."""

_WIDE = 1.8
"""Width of a Korean letter, where a Latin one is 1."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What XML forbids, and what would turn the words behind a name around."""


def style() -> str:
    """The colours of dark pages, for those that leave a style sheet in place."""
    rules = []
    for name, colour in _DARK.items():
        rules.append(f".bmp-{name}{{fill:{colour}}}")
        if name in _STROKES:
            rules.append(f".bmp-{name}-s{{stroke:{colour}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def fill(name: str) -> str:
    """The attributes of what is filled with a colour."""
    return f'class="bmp-{name}" fill="{_LIGHT[name]}"'


def stroke(name: str) -> str:
    """The attributes of what is drawn as a line."""
    return f'class="bmp-{name}-s" stroke="{_LIGHT[name]}"'


def is_colour(name: str) -> bool:
    """Whether there is a colour of this name."""
    return name in _LIGHT


def wide(text: str) -> float:
    """The width of a text, in Latin letters."""
    return sum(_WIDE if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def plain(text: str, most: float) -> str:
    """A text without what XML forbids, cut where it grows too wide; it is not escaped yet."""
    kept: list[str] = []
    for letter in _CONTROL.sub(" ", text):
        most -= wide(letter)
        if most < 1:
            kept.append("…")
            break
        kept.append(letter)
    return "".join(kept)


def safe(text: str, most: float) -> str:
    """The same, escaped."""
    return escape(plain(text, most))


def wrapped(text: str, width: float, most: int) -> Iterator[str]:
    """The lines of a text, escaped; of more than ``most`` lines the last one ends with dots."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _CONTROL.sub(" ", paragraph).split(" "):
            longer = f"{line} {word}" if line else word
            if line and wide(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    for line in lines[: most - 1] if len(lines) > most else lines[:most]:
        yield safe(line, width + 1)
    if len(lines) > most > 0:
        yield safe(lines[most - 1], width - 1).removesuffix("…") + "…"
