"""Recipes of the starters for other data sets than their own."""

from __future__ import annotations

from typing import Any

from blockml.facts import DataFacts
from blockml.recipe import Recipe

FEW = 5_000
"""Fewer training pictures than this need more epochs and smaller batches."""

_PIXELS = ("softmax", "mlp")
"""Starters that look at each pixel alone: a picture that is moved is another one to them."""

_CONVOLUTIONS_FEW = Recipe(
    epochs=20,
    batch_size=32,
    optimizer="sgd",
    learning_rate=0.05,
    nesterov=True,
    weight_decay=0.0005,
    schedule="one_cycle",
)

_MANY: dict[str, Recipe] = {
    "softmax": Recipe(epochs=5, batch_size=128, learning_rate=0.003, schedule="one_cycle"),
    "mlp": Recipe(epochs=8, batch_size=128, learning_rate=0.004, schedule="one_cycle"),
    "lenet5": Recipe(epochs=8, batch_size=128, learning_rate=0.004, schedule="one_cycle"),
}
"""For many pictures, where the file of a starter holds a recipe for few."""

_CHANGES: dict[str, dict[str, Any]] = {
    "digits": {},
    "mnist": {"shift": 1},
    "emnist": {"shift": 1},
    "fashion_mnist": {"shift": 1, "flip": True},
    "svhn": {"shift": 2},
    "cifar10": {"shift": 4, "flip": True},
}
"""Changes of the pictures that leave their meaning. A mirror makes other digits and letters."""

_EASY = ("mnist", "emnist")
"""Handwriting, where few epochs are enough."""

_EASY_EPOCHS = 3


def recipe_for(name: str, usual: Recipe, usual_facts: DataFacts, facts: DataFacts) -> Recipe:
    """Return a recipe of a starter for a data set.

    Args:
        name: Name of the starter.
        usual: The recipe in its file.
        usual_facts: Facts of the data set in its file.
        facts: Facts of the data set that it shall learn from.
    """
    few = facts.train_size < FEW
    other = _CONVOLUTIONS_FEW if few else _MANY.get(name, usual)
    chosen = usual if few == (usual_facts.train_size < FEW) else other
    update: dict[str, Any] = {"flip": False, "shift": 0, "cutout": 0}
    if name not in _PIXELS:
        # What own pictures show is not known, so they are moved but not mirrored.
        update |= _CHANGES.get(facts.name, {"shift": min(facts.shape[1:]) // 8 if not few else 0})
        if facts.name in _EASY:
            update["epochs"] = min(chosen.epochs, _EASY_EPOCHS)
    return chosen.model_copy(update=update)
