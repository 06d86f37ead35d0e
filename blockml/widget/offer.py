"""What the canvas offers, as data: blocks, data sets, recipe fields and starters."""

from __future__ import annotations

from functools import cache
from typing import Any

