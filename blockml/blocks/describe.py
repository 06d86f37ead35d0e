"""Blocks and recipe as data: what a palette and a form need to know."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from blockml.blocks.base import Block, Port, Shape
from blockml.protocol import BlockEntry, Fit, Param, Text
from blockml.protocol import Port as PortEntry
from blockml.texts import sentence, table


@lru_cache(maxsize=1024)
def entry(block: type[Block]) -> BlockEntry:
    """Describe a block for the palette and the form."""
    korean = table("blocks.ko").get(block.__name__, {})
    summary = _first_paragraph(block)
    # What beginners look for; a block that somebody wrote has but the words of its class.
    words = table("search").get(block.__name__, "").split()
    return BlockEntry(
        name=block.__name__,
        family=block.family,
        stem=block.stem,
        summary=Text(en=summary, ko=korean.get("summary", summary)),
        keywords=(*block.keywords, *words),
        inputs=tuple(_port(port) for port in block.inputs),
        outputs=tuple(_port(port) for port in block.outputs),
        picture=block.picture,
        params=params(block, korean.get("params", {})),
        fits=tuple(fit for axes in _AXES if (fit := _fit(block, axes)) is not None),
    )


_AXES = (3, 1)
"""Axes of what flows through a network: images and vectors."""

_CHANNELS = 64
"""Channels of the images that are tried: enough for any usual number of groups."""

_SIDES = range(1, 65)
"""Sides of the images that are tried, in pixels."""


def _fit(block: type[Block], axes: int) -> Fit | None:
    """Try what a block takes with its default settings; ``None`` where it takes nothing of the kind."""
    count = max(1, sum(2 if port.many else 1 for port in block.inputs))
    for side in _SIDES if axes > 1 else (1,):
        shape: Shape = (_CHANNELS, *[side] * (axes - 1))
        # The code of whoever wrote the block may raise anything; it stays in the palette and in the search.
        with suppress(Exception):
            return Fit(takes=axes, gives=len(block().infer([shape] * count)), least=side)
    return None


def params(model: type[BaseModel], korean: Mapping[str, Any]) -> tuple[Param, ...]:
    """Describe the fields of a block or of the recipe.

    Args:
        model: The pydantic class.
        korean: Korean ``title`` and ``description`` by field.
    """
    properties = model.model_json_schema(mode="serialization").get("properties", {})
    return tuple(
        _param(name, schema, model.model_fields[name].default, korean.get(name, {}))
        for name, schema in properties.items()
    )


def _param(name: str, schema: dict[str, Any], default: Any, korean: Mapping[str, str]) -> Param:
    kinds = schema.get("anyOf", [schema])
    whole = [kind for kind in kinds if kind.get("type") == "integer"]
    real = [kind for kind in kinds if kind.get("type") == "number"]
    lists = [kind for kind in kinds if kind.get("type") == "array"]
    words = [word for kind in kinds for word in _words(kind)]
    limits = (whole or real or [{}])[0]
    title, description = schema.get("title", name), schema.get("description", "")
    unit = schema.get("unit")
    return Param(
        name=name,
        kind=_kind(schema, whole=bool(whole), lists=bool(lists), words=bool(words)),
        default=None if default is PydanticUndefined else _plain(default),
        minimum=limits.get("minimum", limits.get("exclusiveMinimum")),
        maximum=limits.get("maximum"),
        exclusive="exclusiveMinimum" in limits,
        choices=tuple(words),
        lengths=tuple(kind["maxItems"] for kind in lists),
        suggestions=tuple(schema.get("suggestions", ())),
        unit=Text(en=sentence(f"units.{unit}"), ko=sentence(f"units.{unit}", "ko")) if unit else None,
        primary=schema.get("primary", False),
        group=schema.get("group", ""),
        only=schema.get("only", {}),
        title=Text(en=title, ko=korean.get("title", title)),
        description=Text(en=description, ko=korean.get("description", description)),
    )


def _kind(schema: dict[str, Any], *, whole: bool, lists: bool, words: bool) -> Any:
    if schema.get("type") == "boolean":
        return "boolean"
    if lists or (whole and words):
        return "size"
    if words:
        return "choice"
    return "integer" if whole else "number"


def _words(kind: dict[str, Any]) -> list[str]:
    return [kind["const"]] if "const" in kind else list(kind.get("enum", ()))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _port(port: Port) -> PortEntry:
    return PortEntry(name=port.name, many=port.many)


def _first_paragraph(block: type[Block]) -> str:
    text = inspect.cleandoc(block.__doc__ or block.__name__)
    return " ".join(text.split("\n\n")[0].split())
