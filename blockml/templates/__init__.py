"""Starter experiments: ``.blockml`` files beside this one."""

from __future__ import annotations

from importlib.resources import files

from blockml.errors import DocumentError
from blockml.experiment import Experiment

_ORDER = ("softmax", "mlp", "lenet5")


def templates() -> tuple[str, ...]:
    """Names of the starters, the simplest first."""
    return _ORDER


def template(name: str) -> Experiment:
    """Return a starter experiment.

    Raises:
        DocumentError: There is no starter of that name.
    """
    if name not in _ORDER:
        raise DocumentError.of("unknown-template", name=str(name)[:60], known=", ".join(_ORDER))
    return Experiment.from_json(files(__name__).joinpath(f"{name}.blockml").read_bytes())
