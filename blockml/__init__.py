"""blockml: build, train and understand image classifiers by dragging blocks in a notebook.

The public names load on first use: ``import blockml`` takes milliseconds and imports
neither torch nor a widget library, because every Jupyter server imports it too.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blockml.analysis import Analysis as Analysis
    from blockml.analysis import analyse as analyse
    from blockml.analysis import apply_fix as apply_fix
    from blockml.analysis import check as check
    from blockml.blocks import Block as Block
    from blockml.blocks import Call as Call
    from blockml.blocks import Expr as Expr
    from blockml.blocks import Port as Port
    from blockml.blocks import ShapeProblem as ShapeProblem
    from blockml.blocks import catalogue as catalogue
    from blockml.build import build as build
    from blockml.chain import experiment as experiment
    from blockml.chain import group as group
    from blockml.codegen import to_python as to_python
    from blockml.data import Dataset as Dataset
    from blockml.data import check_data as check_data
    from blockml.data import load_data as load_data
    from blockml.errors import BlockmlError as BlockmlError
    from blockml.errors import CancelledError as CancelledError
    from blockml.errors import DataError as DataError
    from blockml.errors import Diagnostic as Diagnostic
    from blockml.errors import DocumentError as DocumentError
    from blockml.errors import Fix as Fix
    from blockml.errors import GraphError as GraphError
    from blockml.errors import RunError as RunError
    from blockml.experiment import Experiment as Experiment
    from blockml.facts import DataRef as DataRef
    from blockml.graph import Edge as Edge
    from blockml.graph import Graph as Graph
    from blockml.graph import Node as Node
    from blockml.recipe import Recipe as Recipe
    from blockml.reference import docs as docs
    from blockml.report import compare as compare
    from blockml.report import data_report as data_report
    from blockml.report import rate_figure as rate_figure
    from blockml.report import report as report
    from blockml.templates import template as template
    from blockml.templates import templates as templates
    from blockml.training import Prediction as Prediction
    from blockml.training import RateCurve as RateCurve
    from blockml.training import Run as Run
    from blockml.training import find_rate as find_rate
    from blockml.training import train as train
    from blockml.widget import Canvas as Canvas

_PLACES = {
    "Analysis": "analysis",
    "Block": "blocks",
    "BlockmlError": "errors",
    "Call": "blocks",
    "CancelledError": "errors",
    "Canvas": "widget",
    "DataError": "errors",
    "DataRef": "facts",
    "Dataset": "data",
    "Diagnostic": "errors",
    "DocumentError": "errors",
    "Edge": "graph",
    "Experiment": "experiment",
    "Expr": "blocks",
    "Fix": "errors",
    "Graph": "graph",
    "GraphError": "errors",
    "Node": "graph",
    "Port": "blocks",
    "Prediction": "training",
    "RateCurve": "training",
    "Recipe": "recipe",
    "Run": "training",
    "RunError": "errors",
    "ShapeProblem": "blocks",
    "analyse": "analysis",
    "apply_fix": "analysis",
    "build": "build",
    "catalogue": "blocks",
    "check": "analysis",
    "check_data": "data",
    "compare": "report",
    "data_report": "report",
    "docs": "reference",
    "experiment": "chain",
    "find_rate": "training",
    "group": "chain",
    "load_data": "data",
    "rate_figure": "report",
    "report": "report",
    "template": "templates",
    "templates": "templates",
    "to_python": "codegen",
    "train": "training",
}

__all__ = [*sorted(_PLACES), "__version__"]  # noqa: PLE0604 - the names are the keys above


def __getattr__(name: str) -> Any:
    """Load a public name on its first use."""
    if name == "__version__":
        from importlib.metadata import version

        return version("blockml")
    if name not in _PLACES:
        message = f"module 'blockml' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"blockml.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Show the names that are not loaded yet, for completion in a notebook."""
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package, in which a public function wins over the submodule of its name.

    Importing ``blockml.build`` would put the submodule in the place of ``blockml.build()``.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built extension lies."""
    return [{"src": "labextension", "dest": "blockml"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the Jupyter server which module holds the server extension."""
    return [{"module": "blockml.server"}]
