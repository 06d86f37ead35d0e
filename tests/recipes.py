"""Random recipes, and what must be equal of two runs; also used by benchmarks/kill.py."""

import functools
import json

import torch
from safetensors.numpy import load_file

from blockml.chain import experiment
from blockml.data import load_data
from blockml.recipe import Recipe
from blockml.training import checkpoint, events

CHANGES = {
    "flip": [True],
    "shift": [1, 3],
    "rotate": [15.0],
    "zoom": [0.2],
    "cutout": [3],
    "color": [0.3],
    "rand_augment": [1, 3],
    "mixup": [0.4],
    "cutmix": [1.0],
}
SETTINGS = {
    "batch_size": [16, 24, 33],
    "optimizer": ["adam", "adamw", "sgd", "rmsprop", "muon"],
    "learning_rate": [0.01, 0.003],
    "seed": [0, 2**31 - 1],
    "momentum": [0.0, 0.9],
    "nesterov": [False, True],
    "weight_decay": [0.0, 0.01],
    "clip_norm": [0.0, 0.5],
    "schedule": ["constant", "step", "cosine", "one_cycle"],
    "warmup": [0.0, 0.3],
    "label_smoothing": [0.0, 0.1],
    "class_weights": ["none", "balanced"],
    "ema_decay": [0.0, 0.9],
    "best_epoch": [False, True],
    "patience": [0, 1, 2],
    "examples": [0, 60],
    "precision": ["fp32", "fp32", "auto", "bf16"],
}
"""What there is to remember; each setting is drawn by itself."""


def any_recipe(chance, epochs, **fixed):
    """A recipe of which every setting is left to chance."""
    drawn = {name: chance.choice(values) for name, values in SETTINGS.items()}
    drawn |= {name: chance.choice(values) for name, values in CHANGES.items() if chance.random() < 0.3}
    if drawn["optimizer"] == "sgd" and drawn["momentum"] == 0:
        drawn["nesterov"] = False
    return Recipe(epochs=epochs, step_size=1, gamma=0.5, validation=0.2, **(drawn | fixed))


@functools.cache
def pictures(count=120, side=8):
    """A few coloured pictures, not equally many of each class; what is drawn in them can be learned."""
    draw = torch.Generator().manual_seed(count)
    labels = torch.multinomial(torch.tensor([0.5, 0.3, 0.2]), count, replacement=True, generator=draw)
    images = torch.randint(0, 100, (count, 3, side, side), generator=draw, dtype=torch.uint8)
    images[torch.arange(count), labels] += 60
    return load_data((images, labels), name="made")


def network(data, recipe, classes=3):
    """A network with everything that remembers or draws."""
    return experiment(
        [
            ("Conv2d", {"out_channels": 4}),
            "BatchNorm2d",
            "ReLU",
            "Dropout2d",
            "MaxPool2d",
            "Flatten",
            "Dropout",
            ("Linear", {"out_features": classes}),
        ],
        data=data,
        recipe=recipe,
    )


def told(recipe):
    """What differs from the defaults, in short."""
    standard = Recipe()
    return " ".join(
        f"{name}={value}" for name, value in recipe.dump().items() if value != getattr(standard, name)
    )


def differences(one, other):
    """What differs in two folders of runs, but for times: every tensor, the epochs, the result."""
    found = []
    first, second = load_file(one / checkpoint.NAME), load_file(other / checkpoint.NAME)
    if list(first) != list(second):
        found.append("keys of the checkpoint")
    found += [key for key in first if key in second and first[key].tobytes() != second[key].tobytes()]
    histories = [[record.model_dump() for record in events.read(folder).history] for folder in (one, other)]
    if len(histories[0]) != len(histories[1]):
        found.append(f"epochs: {len(histories[0])} and {len(histories[1])}")
    for record, twin in zip(*histories, strict=False):
        found += [
            f"{name} of epoch {record['epoch']}: {value} and {twin[name]}"
            for name, value in record.items()
            # The sum of an epoch is added up in other parts where it was interrupted.
            if not (
                name == "seconds" or value == twin[name] or (name == "train_loss" and near(value, twin[name]))
            )
        ]
    results = [json.loads((folder / "result.json").read_text(encoding="utf-8")) for folder in (one, other)]
    found += [
        f"{name} of the result: {value} and {results[1].get(name)}"
        for name, value in results[0].items()
        if name != "seconds" and value != results[1].get(name)
    ]
    return found


def near(one, other):
    return abs(one - other) <= 1e-9 * abs(one)
