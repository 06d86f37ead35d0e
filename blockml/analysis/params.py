"""From the parameters of a document to a validated block, or to problems that name the field."""

from __future__ import annotations

import difflib
import json
from functools import lru_cache

from pydantic import ValidationError

from blockml.blocks import Block, catalogue, get
from blockml.blocks.describe import params
from blockml.errors import Diagnostic
from blockml.graph import Node
from blockml.protocol import Param

# One encoder for all nodes; `json.dumps` would make one for each.
_text = json.JSONEncoder(sort_keys=True).encode


def resolve(node: Node) -> tuple[Block | None, tuple[Diagnostic, ...]]:
    """Make the block of a node.

    Returns:
        The block, and no problem; or ``None`` and every problem of the node's parameters.
    """
    kind = get(node.block)
    if kind is None:
        values = {"block": node.block[:60], "near": _near(node.block, tuple(catalogue()))}
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
        names = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors(include_url=False))
    problems = [_problem(kind, name, params.get(name)) for name in names]
    return None, tuple(problems)


@lru_cache(maxsize=20_000)
def _near(name: str, known: tuple[str, ...]) -> str:
    """The known name that is most like a wrong one, or nothing."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), "")


def _meant(kind: type[Block], name: str) -> str:
    """The parameter that a wrong name may mean: people also write what stands on the card."""
    names = {spec.name: spec.name for spec in specs(kind).values()}
    plain = {text: spec.name for spec in specs(kind).values() for text in (spec.title.en, spec.title.ko)}
    return (plain | names).get(_near(name, tuple(plain | names)), "")


def _problem(kind: type[Block], name: str, received: object) -> Diagnostic:
    spec = specs(kind).get(name)
    if spec is None:
        return Diagnostic(
            code="unknown-param",
            param=name,
            values={
                "param": name[:60],
                "block": kind.__name__,
                "near": _meant(kind, name),
            },
        )
    values = {"param": name, "block": kind.__name__, "expected": expected(spec), "received": shown(received)}
    return Diagnostic(code="param-out-of-range", param=name, values=values)


@lru_cache(maxsize=1_000)
def specs(kind: type[Block]) -> dict[str, Param]:
    """The parameters of a block as data, by name."""
    return {spec.name: spec for spec in params(kind, {})}


def expected(spec: Param) -> str:
    """What a parameter takes, in signs that need no translation: ``1–1,024 | same``."""
    parts = []
    if spec.minimum is not None and spec.maximum is not None:
        lowest, highest = (f"{limit:,.10g}" for limit in (spec.minimum, spec.maximum))
        parts.append(f"> {lowest}, ≤ {highest}" if spec.exclusive else f"{lowest}–{highest}")
    parts += [f"[{', '.join('n' * length)}]" for length in spec.lengths]
    parts += spec.choices
    return " | ".join(parts) if parts else "true | false"


def shown(value: object) -> str:
    """A received value, short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - one line of a card
