"""`experiment`: a chain of blocks as a list, for people who rather type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from blockml.blocks import catalogue, get
from blockml.datasets import ref_of
from blockml.errors import Diagnostic, DocumentError
from blockml.experiment import Experiment
from blockml.graph import Edge, Graph, Node
from blockml.recipe import Recipe

Item = str | tuple[str, Mapping[str, Any]]


def experiment(
    chain: Sequence[Item],
    *,
    data: Any = "digits",
    recipe: Recipe | None = None,
    name: str = "untitled",
) -> Experiment:
    """Make an experiment from a chain of blocks; Input and Output are added at the ends.

    Args:
        chain: Names of blocks, or pairs of a name and its parameters.
        data: Name of a data set, the `DataRef` of one, or what `blockml.load_data` returned.
        recipe: Settings of the training.
        name: Name for people.

    Returns:
        The experiment. Shapes and parameters are checked by `blockml.analyse`.

    Raises:
        DocumentError: An item is neither a name nor a pair, or names no block; or ``data`` is
            none of these.

    Example:
        >>> made = experiment(["Flatten", ("Linear", {"out_features": 10})])
        >>> [node.id for node in made.graph.nodes]
        ['input1', 'flatten1', 'linear1', 'output1']
    """
    counts: Counter[str] = Counter()
    nodes = [_node(position, item, counts) for position, item in enumerate(["Input", *chain, "Output"])]
    edges = [Edge(source=before.id, target=behind.id) for before, behind in pairwise(nodes)]
    return Experiment(
        name=name,
        data=ref_of(data),
        graph=Graph(nodes=tuple(nodes), edges=tuple(edges)),
        recipe=recipe or Recipe(),
    )


def _node(position: int, item: Item, counts: Counter[str]) -> Node:
    block, params = (item, {}) if isinstance(item, str) else _pair(position, item)
    kind = get(block)
    if kind is None:
        near = ", ".join(catalogue())
        raise DocumentError(Diagnostic(code="unknown-block", values={"block": block[:60], "near": near}))
    counts[kind.stem] += 1
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in params.items()}
    return Node(id=f"{kind.stem}{counts[kind.stem]}", block=kind.__name__, params=plain)


def _pair(position: int, item: Any) -> tuple[str, Mapping[str, Any]]:
    pair = tuple(item) if isinstance(item, tuple | list) else ()
    if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], Mapping):  # noqa: PLR2004
        raise DocumentError.of("chain-item", position=position, received=repr(item)[:60])
    return pair[0], pair[1]
