"""Starter experiments: ``.blockml`` files beside this one, and recipes for other data sets."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from blockml.datasets import DATASETS, facts_of, ref_of
from blockml.errors import DocumentError
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.graph import Graph
from blockml.templates.recipes import recipe_for

_ORDER = ("softmax", "mlp", "lenet5", "vgg_small", "resnet_small", "mobile_small", "resnet9_fast")


REACHES = {
    "softmax": 0.9606,
    "mlp": 0.9733,
    "lenet5": 0.984,
    "vgg_small": 0.8548,
    "resnet_small": 0.8167,
    "mobile_small": 0.8355,
    "resnet9_fast": 0.9059,
}
"""Accuracy on the test pictures of their own data, for digits the mean of five seeds, for CIFAR-10
one seed (`docs/templates.md`)."""


def templates() -> tuple[str, ...]:
    """Names of the starters, the simplest first."""
    return _ORDER


def template(name: str, data: Any = None) -> Experiment:
    """Return a starter experiment.

    Args:
        name: One of `templates`.
        data: What it shall learn from instead of its own data set: the name of a data set,
            the `DataRef` of one, or what `blockml.load_data` returned. The last layer gets its
            number of classes, and the recipe is one that suits it.

    Raises:
        DocumentError: There is no starter or no data set of that name, or ``data`` is none of these.

    Example:
        >>> template("lenet5", data="mnist").recipe.epochs
        3
    """
    if name not in _ORDER:
        raise DocumentError.of("unknown-template", name=str(name)[:60], known=", ".join(_ORDER))
    made = Experiment.from_json(files(__name__).joinpath(f"{name}.blockml").read_bytes())
    if data is None or data == made.data.name:
        return made
    ref = ref_of(data)
    facts, usual = facts_of(ref), facts_of(made.data)
    if facts is None or usual is None:
        raise DocumentError.of("unknown-data", name=ref.name[:60], known=", ".join(DATASETS))
    return made.model_copy(
        update={
            "data": ref,
            "graph": _with_classes(made.graph, facts),
            "recipe": recipe_for(name, made.recipe, usual, facts),
        }
    )


def _with_classes(graph: Graph, facts: DataFacts) -> Graph:
    """The graph with one output for each class: so many has the last Linear of every starter."""
    last = [node.id for node in graph.nodes if node.block == "Linear"][-1]
    nodes = tuple(
        node.model_copy(update={"params": node.params | {"out_features": len(facts.classes)}})
        if node.id == last
        else node
        for node in graph.nodes
    )
    return Graph(nodes=nodes, edges=graph.edges)
