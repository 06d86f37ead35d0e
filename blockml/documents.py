"""What people write themselves, in a file or in a cell: its mistakes are told in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from reprlib import Repr
from typing import Any, get_args

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import PydanticCustomError

from blockml.errors import Diagnostic, DocumentError, Values
from blockml.graph import Data
from blockml.names import near

MAX_DEPTH = 8
"""Most groups that may stand in one another."""

MAX_DIGITS = 30
"""Longest whole number that is read; no parameter comes near it."""

_MOST = 20
"""Most problems of one document that are told."""

_SIZE = "too_large"
_LONGEST = 100

_KINDS = {
    "bool": Diagnostic(code="document-flag"),
    "dict": Diagnostic(code="document-object"),
    "finite": Diagnostic(code="document-number"),
    "float": Diagnostic(code="document-number"),
    "int": Diagnostic(code="document-whole"),
    "list": Diagnostic(code="document-list"),
    "model": Diagnostic(code="document-object"),
    "string": Diagnostic(code="document-text"),
    "tuple": Diagnostic(code="document-list"),
}
"""What is said of a value of the wrong kind, by how pydantic's names for that begin."""

_LIMITS = {
    "greater_than": "> {gt}",
    "greater_than_equal": "≥ {ge}",
    "less_than": "< {lt}",
    "less_than_equal": "≤ {le}",
    "string_too_long": '"…" (≤ {max_length})',
    "string_too_short": '"…" (≥ {min_length})',
    "too_long": "[…] (≤ {max_length})",
    "too_short": "[…] (≥ {min_length})",
}
"""What is expected of one of the right kind, in signs that need no translation."""


class Document(Data):
    """Data that people make in Python, too.

    A wrong value raises `DocumentError`, which is a ``ValueError``, and names the field.
    """

    def __init__(self, /, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise document_error(error, type(self)) from error

    # So pydantic does not call it for what stands in a document: that is read as a whole, and its
    # errors name the path from the top.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


def document_error(error: ValidationError, model: type[BaseModel]) -> DocumentError:
    """Translate the errors that pydantic found in what should become a model."""
    return DocumentError(*(_problem(detail, model) for detail in error.errors(include_url=False)[:_MOST]))


def size_problem(code: str, **values: JsonValue) -> PydanticCustomError:
    """What a validator raises about the whole document; `document_error` makes the diagnostic of it."""
    return PydanticCustomError(_SIZE, code, {"code": code, **values})


def shown(value: object) -> str:
    """A value that was received, for a sentence."""
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        # Python itself refuses to write longer ones out.
        return f"{'-' * (value < 0)}10^{MAX_DIGITS} …"
    return _short.repr(value)


_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = _LONGEST


def _problem(detail: Any, model: type[BaseModel]) -> Diagnostic:
    """Translate one error of pydantic into a diagnostic that names the field."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == _SIZE:
        said = dict(context)
        return Diagnostic(code=said.pop("code"), values=said)
    if kind.startswith("recursion") and "params" not in detail["loc"]:
        return Diagnostic(code="document-too-deep", values={"limit": MAX_DEPTH})
    field = ".".join(str(part) for part in detail["loc"])
    if len(field) > _LONGEST:
        field = f"{field[:60]} … {field[-30:]}"
    values: Values = {"field": field, "received": shown(detail.get("input"))}
    if kind == "missing":
        return Diagnostic(code="document-missing", param=field, values=values)
    if kind.startswith("recursion"):
        return Diagnostic(code="document-nested", param=field, values=values)
    if kind == "extra_forbidden":
        known = list(_at(model, detail["loc"][:-1]).model_fields)
        return _unknown(field, str(detail["loc"][-1]), known)
    if kind in _LIMITS:
        expected = _range(model, detail["loc"]) or _LIMITS[kind].format(**_plain(context))
    elif kind == "literal_error":
        # It lists them as a sentence: 'fp32', 'bf16' or 'auto'.
        expected = " | ".join(re.findall(r"'([^']*)'", context["expected"])) or context["expected"]
    elif (wrong := _KINDS.get(kind.split("_")[0])) is not None:
        return wrong.model_copy(update={"param": field, "values": values})
    else:
        expected = str(detail["msg"])[:200]
    return Diagnostic(code="document-field", param=field, values={**values, "expected": expected})


def _unknown(field: str, name: str, known: Sequence[str]) -> Diagnostic:
    for meant in near(name, known):
        return Diagnostic(code="document-near", param=field, values={"field": field, "near": meant})
    values: Values = {"field": field, "known": ", ".join(known)}
    return Diagnostic(code="document-unknown", param=field, values=values)


def _range(model: type[BaseModel], path: Sequence[int | str]) -> str:
    """What a number may be, as the cards show it: ``1 … 10000``; nothing where one limit is not known."""
    field = _at(model, path[:-1]).model_fields.get(str(path[-1]))
    known: dict[str, Any] = {}
    for each in field.metadata if field else ():
        known |= {name: getattr(each, name) for name in ("gt", "ge", "le") if hasattr(each, name)}
    low = "{ge} … {le}" if "ge" in known else "> {gt} … {le}"
    return low.format(**_plain(known)) if len(known) == 2 and "le" in known else ""  # noqa: PLR2004 - both


def _plain(limits: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in limits.items()}


def _at(model: type[BaseModel], path: Sequence[int | str]) -> type[BaseModel]:
    """The model of what stands at a path in another."""
    for part in path:
        if part in model.model_fields:
            model = _inside(model.model_fields[str(part)].annotation) or model
    return model


def _inside(annotation: Any) -> type[BaseModel] | None:
    """The model in the type of a field, such as that of ``tuple[Node, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _inside(each))), None)
