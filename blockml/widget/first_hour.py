"""Requests of a first hour: a starter for the data on the canvas, own pictures, pictures to try."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from blockml.errors import RunError
from blockml.protocol import Brought, Opened
from blockml.templates import template

if TYPE_CHECKING:
    from blockml.widget.canvas import Canvas

Payload = dict[str, JsonValue]

_TURNS = 1_000_000
"""After so many turns the same pictures come again."""


def starter(canvas: Canvas, payload: Payload, _: Sequence[bytes]) -> dict[str, Any]:
    """A starter that suits the data on the canvas."""
    found = template(str(payload.get("name")), data=canvas.experiment.data)
    return Opened(document=found).model_dump(mode="json")


def bring(canvas: Canvas, payload: Payload, buffers: Sequence[bytes]) -> dict[str, Any]:
    """A piece of a zip of own pictures."""
    if len(buffers) != 1:
        raise RunError.of("no-picture", received=len(buffers))
    start = payload.get("start")
    path = canvas.uploads.take(
        str(payload.get("name")),
        start if isinstance(start, int) else -1,
        buffers[0],
        last=payload.get("last") is True,
    )
    return Brought(path="" if path is None else str(path)).model_dump(mode="json")


def samples(canvas: Canvas, payload: Payload, _: Sequence[bytes]) -> dict[str, Any]:
    """Test pictures of the data that the network on the canvas has learned from."""
    from blockml.data import load_data
    from blockml.data.samples import samples as chosen

    with canvas.lock:
        if canvas.run is None:
            raise RunError.of("no-run")
        ref = canvas.run.experiment.data
    turn = payload.get("turn")
    number = turn % _TURNS if isinstance(turn, int) else 0
    return chosen(load_data(ref), number).model_dump(mode="json")
