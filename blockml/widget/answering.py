"""Requests of the page: each gets one answer, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from blockml.errors import BlockmlError, problem_of
from blockml.protocol import Answer, Request
from blockml.widget.long_requests import LONG_REQUESTS
from blockml.widget.requests import HANDLERS

if TYPE_CHECKING:
    from blockml.widget.canvas import Canvas

_logger = logging.getLogger(__name__)


def answer(canvas: Canvas, content: Any, buffers: list[memoryview]) -> None:
    """Answer a message of the page, if it is a request; messages of others are left alone."""
    if not isinstance(content, dict) or content.get("kind") != "blockml-request":
        return
    key = str(content.get("id", ""))[:100]

    def handle() -> dict[str, Any] | None:
        request = _read(content)
        found = LONG_REQUESTS.get(request.name)
        if found is None:
            handler = HANDLERS[request.name]
            return handler(canvas, request.payload, [bytes(buffer) for buffer in buffers])
        first, work = found(canvas, request.payload)
        canvas.tasks.begin(first, work, partial(_reply, canvas, key))
        return None

    _reply(canvas, key, handle)


def _read(content: dict[str, Any]) -> Request:
    """Read a request.

    Raises:
        BlockmlError: It is none that this version knows.
    """
    try:
        return Request.model_validate(content)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, wrong["loc"]))
        raise BlockmlError.of("bad-request", field=field[:60], reason=wrong["msg"][:300]) from error


def _reply(canvas: Canvas, key: str, make: Callable[[], dict[str, Any] | None]) -> None:
    """Send what is made, or why it is not; where nothing is made, a task answers later."""
    try:
        payload = make()
    except Exception as error:
        # The boundary of the wire: an error that stayed here would be a silent page.
        if not isinstance(error, BlockmlError):
            _logger.exception("a request of the canvas failed")
        found = Answer(id=key, ok=False, problem=problem_of(error))
    else:
        if payload is None:
            return
        found = Answer(id=key, ok=True, payload=payload)
    canvas.send(found.model_dump(mode="json"))


def keep_routes(comm: Any) -> None:
    """Let the kernel handle each message where the page sent it.

    ipykernel 7.4 sends all messages of a comm to the subshell that the comm last answered. When
    the page is reloaded that subshell is gone, and every message after it would be dropped.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _, subshell: subshell  # noqa: SLF001 - there is no other way
