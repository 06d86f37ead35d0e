"""The settings of a block as data, and what is said of those that are wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from blockml.blocks.base import Block
from blockml.blocks.describe import params
from blockml.errors import Diagnostic
from blockml.names import near
from blockml.protocol import Param

_INFERRED = frozenset({"in_channels", "in_features", "num_channels", "num_features"})
"""Sizes that torch is told, and a block here finds out from what comes in."""


def wrong_settings(
    kind: type[Block], error: ValidationError, given: Mapping[str, Any]
) -> tuple[Diagnostic, ...]:
    """Name each setting that pydantic refused, once."""
    names = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors(include_url=False))
    return tuple(_problem(kind, name, given.get(name)) for name in names)


def _meant(kind: type[Block], name: str) -> str:
    """The parameter that a wrong name may mean: people also write what stands on the card."""
    names = {spec.name: spec.name for spec in specs(kind).values()}
    plain = {text: spec.name for spec in specs(kind).values() for text in (spec.title.en, spec.title.ko)}
    return next(((plain | names)[each] for each in near(name, plain | names)), "")


def _problem(kind: type[Block], name: str, received: object) -> Diagnostic:
    spec = specs(kind).get(name)
    if spec is None:
        meant = "" if name in _INFERRED else _meant(kind, name)
        values = {"param": name[:60], "block": kind.__name__, "near": meant}
        if name in _INFERRED:
            return Diagnostic(code="param-inferred", param=name, values=values)
        if meant:
            return Diagnostic(code="param-near", param=name, values=values)
        return Diagnostic(code="unknown-param", param=name, values=values)
    values = {"param": name, "block": kind.__name__, "expected": expected(spec), "received": shown(received)}
    return Diagnostic(code="param-out-of-range", param=name, values=values)


@lru_cache(maxsize=1_000)
def specs(kind: type[Block]) -> dict[str, Param]:
    """The parameters of a block as data, by name."""
    return {spec.name: spec for spec in params(kind, {})}


def expected(spec: Param) -> str:
    """What a parameter takes, in signs that need no translation: ``1–1,024 | same``."""
    parts = []
    low, high = ("" if limit is None else f"{limit:,.10g}" for limit in (spec.minimum, spec.maximum))
    if low and high and not spec.exclusive:
        parts.append(f"{low}–{high}")
    elif low or high:
        above = f"{'>' if spec.exclusive else '≥'} {low}" if low else ""
        parts.append(", ".join(filter(None, (above, f"≤ {high}" if high else ""))))
    parts += [f"[{', '.join('n' * length)}]" for length in spec.lengths]
    parts += spec.choices
    return " | ".join(parts) or _UNLIMITED.get(spec.kind, "true | false")


_UNLIMITED = {"integer": "… -1, 0, 1 …", "number": "… -0.5, 0, 0.5 …"}
"""What a parameter without limits takes."""


def shown(value: object) -> str:
    """A received value, short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - one line of a card
