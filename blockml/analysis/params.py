"""From the parameters of a document to a validated block, or to problems that name the field."""

from __future__ import annotations

import json
from functools import lru_cache

from pydantic import ValidationError

from blockml.blocks import Block, catalogue, get
from blockml.blocks.settings import wrong_settings
from blockml.errors import Diagnostic
from blockml.graph import Node
from blockml.names import near

# One encoder for all nodes; `json.dumps` would make one for each.
_text = json.JSONEncoder(sort_keys=True).encode


def resolve(node: Node) -> tuple[Block | None, tuple[Diagnostic, ...]]:
    """Make the block of a node.

    Returns:
        The block, and no problem; or ``None`` and every problem of the node's parameters.
    """
    kind = get(node.block)
    if kind is None:
        values = {"block": node.block[:60], "near": "".join(near(node.block, catalogue()))}
        return None, (Diagnostic(code="unknown-block", node=node.id, values=values),)
    found, problems = _resolve(kind, _text(node.params))
    return found, tuple(problem.model_copy(update={"node": node.id}) for problem in problems)


@lru_cache(maxsize=20_000)
def _resolve(kind: type[Block], text: str) -> tuple[Block | None, tuple[Diagnostic, ...]]:
    # Keyed by class and text: a thousand equal nodes are validated once.
    params = json.loads(text)
    try:
        return kind.model_validate(params), ()
    except ValidationError as error:
        return None, wrong_settings(kind, error, params)
