"""What people write themselves, in a file or in a cell: its mistakes are told in our words."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue, ValidationError
from pydantic_core import PydanticCustomError

from blockml.errors import Diagnostic, DocumentError
from blockml.graph import Data

MAX_DEPTH = 8
"""Most groups that may stand in one another."""

MAX_DIGITS = 30
"""Longest whole number that is read; no parameter comes near it."""

_MOST = 20
"""Most problems of one document that are told."""

_SIZE = "too_large"
_LONGEST = 100


class Document(Data):
    """Data that people make in Python, too.

    A wrong value raises `DocumentError`, which is a ``ValueError``, and names the field.
    """

    def __init__(self, /, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise document_error(error) from error

    # So pydantic does not call it for what stands in a document: that is read as a whole, and its
    # errors name the path from the top.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


def document_error(error: ValidationError) -> DocumentError:
    """Translate the errors of pydantic."""
    return DocumentError(*map(_problem, error.errors(include_url=False)[:_MOST]))


def size_problem(code: str, **values: JsonValue) -> PydanticCustomError:
    """What a validator raises about the whole document; `document_error` makes the diagnostic of it."""
    return PydanticCustomError(_SIZE, code, {"code": code, **values})


def kind(value: object) -> str:
    """What sort of value it is, as people who write JSON say."""
    names = {dict: "object", list: "list", str: "text", bool: "true or false", type(None): "null"}
    number = "number" if isinstance(value, int | float) else type(value).__name__
    return names.get(type(value), number)


def shown(value: object) -> str:
    """A value that was received, for a sentence."""
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        # Python itself refuses to write longer ones out.
        return f"a whole number of more than {MAX_DIGITS} digits"
    return repr(value)[:_LONGEST] if isinstance(value, int | float | str) else kind(value)


def _problem(detail: Any) -> Diagnostic:
    """Translate one error of pydantic into a diagnostic that names the field."""
    if detail["type"] == _SIZE:
        values = dict(detail["ctx"])
        return Diagnostic(code=values.pop("code"), values=values)
    received, expected = shown(detail.get("input")), str(detail["msg"])[:200]
    if detail["type"] == "extra_forbidden":
        expected = "no field of that name"
    elif detail["type"].startswith("recursion"):
        if "params" not in detail["loc"]:
            return Diagnostic(code="document-too-deep", values={"limit": MAX_DEPTH})
        received, expected = "lists that stand in one another too deep", "a plain value or a short list"
    field = ".".join(str(part) for part in detail["loc"])
    if len(field) > _LONGEST:
        field = f"{field[:60]} … {field[-30:]}"
    return Diagnostic(
        code="document-field",
        param=field,
        values={"field": field, "received": received, "expected": expected},
    )
