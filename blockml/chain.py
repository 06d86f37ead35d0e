"""`experiment` and `group`: chains of blocks as lists, for people who rather type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from blockml.blocks import Block, catalogue, get
from blockml.datasets import ref_of
from blockml.documents import shown
from blockml.errors import DocumentError
from blockml.experiment import Experiment
from blockml.graph import GROUP, GROUP_INPUT, GROUP_OUTPUT, MAX_REPEAT, Edge, Graph, Node
from blockml.names import near
from blockml.recipe import Recipe

Item = str | tuple[str, Mapping[str, Any]] | Block | type[Block] | Node


def experiment(
    chain: Sequence[Item],
    *,
    data: Any = "digits",
    recipe: Recipe | None = None,
    name: str = "untitled",
) -> Experiment:
    """Make an experiment from a chain of blocks; Input and Output are added at the ends.

    Args:
        chain: A list: names of blocks, pairs of a name and its parameters, blocks, or groups (`group`).
        data: Name of a data set, the `DataRef` of one, or what `blockml.load_data` returned.
        recipe: Settings of the training.
        name: Name for people.

    Returns:
        The experiment. Shapes and parameters are checked by `blockml.analyse`.

    Raises:
        DocumentError: The chain is no list, an item is none of these or names no block, or ``data``
            is none of these.

    Example:
        >>> made = experiment(["Flatten", ("Linear", {"out_features": 10})])
        >>> [node.id for node in made.graph.nodes]
        ['input1', 'flatten1', 'linear1', 'output1']
    """
    return Experiment(
        name=name,
        data=ref_of(data),
        graph=_graph(_between("Input", _listed(chain), "Output")),
        recipe=recipe or Recipe(),
    )


def group(chain: Sequence[Item], *, repeat: int = 1, name: str = "", residual: bool = False) -> Node:
    """Make a group of a chain of blocks, to stand in the chain of an `experiment` or of another group.

    Args:
        chain: As for `experiment`; the input and the output of the group are added at the ends.
        repeat: How many copies stand one after the other, each with weights of its own.
        name: Title of the group; it names the class in the script.
        residual: Whether what comes in is added to what the chain makes of it.

    Returns:
        The group as a node.

    Raises:
        DocumentError: As for `experiment`, or ``repeat`` is not a number from 1 to 64.

    Example:
        >>> block = group(["Conv2d", "BatchNorm2d"], repeat=2, name="residual block", residual=True)
        >>> made = experiment([block, "ReLU", "Flatten", ("Linear", {"out_features": 10})])
        >>> made.graph.nodes[1].id
        'residual_block1'
    """
    if isinstance(repeat, bool) or not isinstance(repeat, int) or not 1 <= repeat <= MAX_REPEAT:
        raise DocumentError.of(
            "document-field", field="repeat", received=repr(repeat)[:40], expected=f"1 … {MAX_REPEAT}"
        )
    graph = _graph(_between(GROUP_INPUT, [*_listed(chain), *["Add"] * residual], GROUP_OUTPUT))
    if residual:
        before, behind = graph.nodes[0], graph.nodes[-2]
        graph = Graph(nodes=graph.nodes, edges=(*graph.edges, Edge(source=before.id, target=behind.id)))
    return Node(id="group", block=GROUP, graph=graph, repeat=repeat, title=name)


def _listed(chain: Any) -> list[Item]:
    """The items of a chain; a text, which Python would take letter by letter, is none."""
    if not isinstance(chain, Sequence) or isinstance(chain, str):
        raise DocumentError.of("chain-no-list", received=shown(chain))
    return list(chain)


def _between(first: str, chain: Sequence[Item], last: str) -> list[Item]:
    """The chain with its ends, which may stand in it already."""
    return [*[first] * (list(chain[:1]) != [first]), *chain, *[last] * (list(chain[-1:]) != [last])]


def _graph(chain: Sequence[Item]) -> Graph:
    counts: Counter[str] = Counter()
    nodes = [_node(position, item, counts) for position, item in enumerate(chain)]
    edges = [
        Edge(
            source=before.id,
            source_port=_port(before, GROUP_OUTPUT, "y"),
            target=behind.id,
            target_port=_port(behind, GROUP_INPUT, "x"),
        )
        for before, behind in pairwise(nodes)
    ]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _port(node: Node, kind: str, usual: str) -> str:
    """The first port of a node on one side."""
    inside = () if node.inside is None else node.inside.nodes
    return next((each.id for each in inside if each.block == kind), usual)


def _node(position: int, item: Item, counts: Counter[str]) -> Node:
    if isinstance(item, Node):
        if item.inside is None:
            raise DocumentError.of("chain-item", position=position, received=repr(item)[:60])
        stem = re.sub(r"[^a-z]+", "_", item.title.lower()).strip("_") or "group"
        counts[stem] += 1
        return item.model_copy(update={"id": f"{stem}{counts[stem]}"})
    if isinstance(item, str) and item in _ENDS:
        return Node(id=_ENDS[item], block=item)
    block, params = (item, {}) if isinstance(item, str) else _pair(position, item)
    kind = get(block) or {name.casefold(): each for name, each in catalogue().items()}.get(block.casefold())
    if kind is None:
        options = near(block, catalogue(), 3) or catalogue()
        raise DocumentError.of("chain-block", position=position, block=block[:60], near=", ".join(options))
    counts[kind.stem] += 1
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in params.items()}
    return Node(id=f"{kind.stem}{counts[kind.stem]}", block=kind.__name__, params=plain)


_ENDS = {GROUP_INPUT: "x", GROUP_OUTPUT: "y"}


def _pair(position: int, item: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(item, Block):
        return type(item).__name__, item.model_dump(exclude_unset=True)
    if isinstance(item, type) and issubclass(item, Block):
        return item.__name__, {}
    pair = tuple(item) if isinstance(item, tuple | list) else ()
    if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], Mapping):  # noqa: PLR2004
        raise DocumentError.of("chain-item", position=position, received=repr(item)[:60])
    return pair[0], pair[1]
