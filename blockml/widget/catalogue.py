"""What the canvas offers, as data: blocks, data sets, recipe fields and starters."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from blockml.analysis import analyse
from blockml.blocks import catalogue as blocks
from blockml.blocks.base import FAMILIES
from blockml.blocks.describe import entry, params
from blockml.datasets import DATASETS
from blockml.datasets import entry as data_entry
from blockml.experiment import Experiment
from blockml.graph import Graph, Node
from blockml.protocol import Catalogue, Template, Text
from blockml.recipe import Recipe
from blockml.templates import REACHES, template, templates
from blockml.texts import sentence, table
from blockml.widget.kept_groups import kept_groups

EMPTY = Experiment(
    name="my first network",
    graph=Graph(nodes=(Node(id="input1", block="Input"), Node(id="output1", block="Output"))),
    layout={"input1": (0, 0), "output1": (0, 236)},
)
"""What an empty canvas begins with: the two ends, and room for a block between them."""


def catalogue() -> dict[str, Any]:
    """Describe everything that the canvas offers, as the page reads it.

    It is made anew for each canvas, and whenever a cell defines a block.
    """
    offered = Catalogue(
        families=FAMILIES,
        blocks=tuple(entry(block) for block in blocks().values()),
        data=tuple(data_entry(facts) for facts in DATASETS.values()),
        recipe=params(Recipe, table("ko")["recipe"]),
        templates=tuple(_starter(name) for name in templates()),
        groups=kept_groups(),
    )
    return offered.model_dump(mode="json")


@lru_cache
def _starter(name: str) -> Template:
    experiment = template(name)
    return Template(
        name=name,
        title=_text(f"templates.{name}.title"),
        summary=_text(f"templates.{name}.summary"),
        experiment=experiment,
        flops=analyse(experiment).total_flops,
        reaches=REACHES.get(name),
    )


def _text(key: str) -> Text:
    return Text(en=sentence(key), ko=sentence(key, "ko"))
