"""From an experiment to the Python that trains it; the text is the model."""

from __future__ import annotations

from blockml.codegen.module import ModuleSource, module_source, source_of
from blockml.codegen.script import to_python

__all__ = ["ModuleSource", "module_source", "source_of", "to_python"]
