"""Settings of the recipe that do not suit the data, and what to set instead."""

from __future__ import annotations

from collections.abc import Iterator

from blockml.analysis.survey import Survey
from blockml.errors import Diagnostic, Fix
from blockml.graph import Patch

_EACH = 20
"""Pictures of each class that a quick look should have at least."""


def recipe_problems(found: Survey) -> None:
    """Note in a survey what is set larger than the data allow.

    A picture moved or blanked by its whole side shows nothing of itself; a batch larger
    than all pictures is only as large as they are.
    """
    data, recipe = found.data, found.experiment.recipe
    if data is None:
        return
    side, classes = min(data.shape[1:]), len(data.classes)
    for param, value, limit in (("shift", recipe.shift, side - 1), ("cutout", recipe.cutout, side)):
        if value > limit:
            found.add(
                "recipe-too-large",
                param=param,
                setting=param,
                value=value,
                limit=limit,
                picture=list(data.shape[1:]),
            )
    pictures = max(0, data.train_size - len(found.experiment.data.exclude))
    if recipe.examples:
        pictures = min(pictures, recipe.examples)
        if pictures < min(classes, data.train_size):
            found.add(
                "too-few-examples",
                severity="warning",
                param="examples",
                value=recipe.examples,
                classes=classes,
            )
    if recipe.holds_back:
        pictures -= round(pictures * recipe.validation)
    if 0 < pictures < recipe.batch_size:
        found.add(
            "batch-too-large",
            severity="warning",
            param="batch_size",
            value=recipe.batch_size,
            pictures=pictures,
        )


def smaller_change(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Offer a change that leaves most of the picture, and none at all."""
    limit = problem.values["limit"]
    if isinstance(limit, int) and problem.param:
        # About an eighth of the side for a move, a quarter for a square, as the papers have it.
        part = max(1, (limit + 1) // 8 if problem.param == "shift" else limit // 4)
        for value in (part, 0) if part <= limit else (0,):
            yield _setting(problem.param, value)


def more_examples(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Offer a few pictures of each class, and all pictures."""
    classes = problem.values["classes"]
    if isinstance(classes, int):
        yield _setting("examples", _EACH * classes)
    yield _setting("examples", 0)


def smaller_batch(found: Survey, problem: Diagnostic) -> Iterator[Fix]:
    """Offer a batch that leaves several steps for an epoch."""
    pictures = problem.values["pictures"]
    if isinstance(pictures, int):
        size = 1 << max(0, (pictures // 4).bit_length() - 1)
        yield Fix(kind="batch-size", values={"value": size}, patch=Patch(recipe={"batch_size": size}))


def _setting(param: str, value: int) -> Fix:
    return Fix(kind="set-param", values={"param": param, "value": value}, patch=Patch(recipe={param: value}))
