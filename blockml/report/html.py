"""The frame of every page that blockml writes: one file that needs nothing else."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from blockml.errors import RunError
from blockml.files import write_safely

_STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 920px; padding: 40px 24px 80px; color: #1c2430; background: #fff;
  font: 16px/1.6 system-ui, "Segoe UI", "Noto Sans", "Noto Sans KR", sans-serif; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 44px 0 8px; }
p { margin: 0 0 8px; color: #5b6675; }
dl { display: flex; flex-wrap: wrap; gap: 12px 44px; margin: 28px 0 0; }
dt { font-size: 13px; color: #5b6675; }
dd { margin: 0; font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; }
pre { overflow: auto; padding: 18px 20px; border-radius: 8px; background: #f6f7f9;
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
img { max-width: 100%; image-rendering: pixelated; border-radius: 4px; }
.finding { border-inline-start: 4px solid #e2e6ea; padding: 2px 0 2px 16px; margin: 24px 0; }
.finding.warning { border-color: #b7791f; }
.finding.good { border-color: #2b8a3e; }
.finding h2 { margin: 0 0 4px; }
"""


def page(title: str, body: str, language: str) -> str:
    """A whole page.

    Args:
        title: Plain text; it is escaped.
        body: HTML whose every value is escaped already.
        language: ``en`` or ``ko``.
    """
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def write_page(path: str | os.PathLike[str], text: str) -> Path:
    """Write a page whole or not at all.

    Raises:
        RunError: It cannot be written.
    """
    try:
        return write_safely(Path(path), text.encode("utf-8"))
    except OSError as error:
        raise RunError.of("run-unwritable", path=str(path), reason=error.strerror or "") from error
