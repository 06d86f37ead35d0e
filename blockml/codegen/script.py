"""The whole script: data, module, training and test. It needs PyTorch, never blockml."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from blockml.analysis import check
from blockml.codegen.copied import Import
from blockml.codegen.literals import constant, numbers
from blockml.codegen.loaders import loader
from blockml.codegen.module import source_of
from blockml.codegen.program import program
from blockml.codegen.training import Training
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.paths import slug
from blockml.protocol import Plan
from blockml.texts import shown

_MODULES = ("copy", "math", "os")


def to_python(experiment: Experiment, plan: Plan | None = None, *, file: str = "") -> str:
    """Write the script of an experiment: a program that trains the same network.

    It holds what the recipe uses and nothing else. The functions of the training are those
    of `blockml.loop`, copied; only validated literals and sanitised names of the document
    enter the text, so nothing that it says is ever executed.

    Args:
        experiment: What to train.
        plan: How the engine computed it. Without one the script computes in fp32, or, with
            the precision ``auto``, in bf16 where its GPU has that.
        file: Name of the file that it is written to, so that it says how it is run.

    Returns:
        The same text for the same experiment, plan and file.

    Raises:
        GraphError: The graph has errors.
    """
    found = check(experiment)
    module = source_of(found, experiment)
    # `check` has refused a data set that is not known.
    data: DataFacts = found.data  # type: ignore[assignment]
    training = Training(
        experiment.recipe,
        plan,
        len(data.classes),
        learns=found.total_parameters > 0,
        frozen=found.frozen_parameters > 0,
    )
    loading = loader(experiment.data, data)
    parts = training.parts()
    exclude = bool(experiment.data.exclude) and training.learns
    end = program(training, module.name, f"{slug(experiment.name)}.pt", exclude=exclude)
    body = "\n\n\n".join([loading.text.rstrip(), module.body.rstrip(), *(each.text for each in parts), end])
    imports = {Import("torch"), Import("torch", "nn"), *loading.imports}
    for part in parts:
        imports |= part.imports
    imports |= {Import(each) for each in _MODULES if re.search(rf"\b{each}\.", end)}
    constants = [
        *training.constants(),
        "",
        *loading.constants,
        *([numbers("EXCLUDED", experiment.data.exclude)] if exclude else []),
        *([""] if loading.constants or exclude else []),
        "# Mean and spread of the training pictures, for each channel.",
        constant("MEAN", data.mean),
        constant("STD", data.std),
    ]
    head = (
        f'"""An image classifier for {shown(data.shape)} pictures, drawn with blockml.\n\n'
        f"{loading.needs}\nRun it with: python {_shown(file)}\n{loading.how}"
        '"""\n\n'
    )
    return f"{head}{_imports(imports)}\n\n" + "\n".join(constants) + f"\n\n\n{body}"


def _shown(file: str) -> str:
    """A file as it is typed behind ``python``; nothing but a plain name enters the text."""
    return file if re.fullmatch(r"\w[\w.-]{0,62}", file) else "this_file.py"


def _imports(imports: Iterable[Import]) -> str:
    """Import statements as the usual sorters order them: Python's own first."""
    blocks = []
    for own in (True, False):
        chosen = [each for each in imports if (each.module.split(".")[0] in sys.stdlib_module_names) == own]
        whole = sorted((each.module, each.alias) for each in chosen if not each.name)
        lines = [f"import {module} as {alias}" if alias else f"import {module}" for module, alias in whole]
        for module in sorted({each.module for each in chosen if each.name}):
            names = sorted({each.name for each in chosen if each.module == module and each.name})
            lines.append(f"from {module} import {', '.join(names)}")
        if lines:
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
