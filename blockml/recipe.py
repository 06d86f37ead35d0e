"""The recipe: every setting of a training, each with the sentence that says when to touch it.

A file holds a setting only where it differs from its default here (the first five always), so a
default is part of the file format: to change one needs a new format number and a migration.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from blockml.documents import Document

ALWAYS = ("epochs", "batch_size", "optimizer", "learning_rate", "seed")
"""Settings that a file always holds."""


def _extra(group: str, **more: Any) -> dict[str, Any]:
    return {"group": group, **more}


class Recipe(Document):
    """Settings of the training.

    Attributes:
        epochs: How often training sees every picture, 1 to 10,000.
        batch_size: Pictures per step, 1 to 65,536.
        optimizer: Rule that changes the weights (``torch.optim``); ``muon`` (Jordan 2024) for the
            filters and matrices inside the network, with AdamW for the rest.
        learning_rate: Size of the steps at their largest, above 0, at most 10.
        seed: Start of all random numbers; the same seed gives the same run.
        momentum: Share of the last step that is kept (SGD, RMSprop, Muon), 0 to 0.999.
        nesterov: Whether SGD looks ahead (Nesterov 1983).
        weight_decay: Pull of the weights towards zero, 0 to 1; not on biases and normalizations.
        schedule: How the learning rate changes: ``constant``, ``step`` (``StepLR``), ``cosine``
            (Loshchilov and Hutter 2016, arXiv:1608.03983), ``one_cycle`` (Smith 2018,
            arXiv:1708.07120).
        warmup: Share of the steps in which the rate rises, 0 to 0.9; ``one_cycle`` rises for 0.3
            where this is 0.
        step_size: Epochs between two falls of the ``step`` schedule.
        gamma: What the rate is multiplied with at a fall, above 0, at most 1.
        label_smoothing: Share of each label spread over all classes, 0 to 0.9 (arXiv:1512.00567).
        class_weights: ``balanced`` makes rare classes count as much as common ones.
        clip_norm: Largest length of the gradient; 0 does not clip.
        ema_decay: Weights that are tested and kept are a moving average with this decay; 0 is off.
        patience: Epochs without a better validation loss after which training ends; 0 is off.
        best_epoch: Whether the weights of the best epoch, by validation loss, are kept.
        validation: Share of the training pictures held back to judge epochs, 0.01 to 0.5; used
            only with ``patience`` or ``best_epoch``. The test pictures choose nothing.
        flip: Whether pictures are mirrored left to right, each with probability 1/2.
        shift: Most pixels by which a picture is moved in each direction.
        rotate: Most degrees by which it is turned either way.
        zoom: Largest share by which it is made larger or smaller, 0 to 0.9.
        cutout: Side in pixels of a square that is blanked (arXiv:1708.04552); 0 is off.
        color: Strength of changes of brightness, contrast and saturation, 0 to 1.
        rand_augment: Random changes applied in a row to each batch part (arXiv:1909.13719); 0 is off.
        mixup: Alpha of mixup (arXiv:1710.09412); 0 is off.
        cutmix: Alpha of CutMix (arXiv:1905.04899); 0 is off.
        examples: Training pictures that are used, spread over the classes; 0 uses all.
        precision: ``fp32``, ``bf16`` (autocast), or ``auto``: bf16 where a short measurement finds it faster.
        deterministic: Whether only repeatable operations are allowed, also where they are slower.
    """

    epochs: int = Field(
        12,
        ge=1,
        le=10_000,
        title="epochs",
        description="How many times training goes through all the pictures. Give it more while the test loss still falls.",
        json_schema_extra=_extra("basic", primary=True, suggestions=[3, 5, 12, 30]),
    )
    batch_size: int = Field(
        32,
        ge=1,
        le=65_536,
        title="batch size",
        description="How many pictures the network looks at before it changes its weights once. Larger is faster on a GPU; smaller often learns better.",
        json_schema_extra=_extra(
            "basic", primary=True, suggestions=[16, 32, 64, 128, 256, 512], unit="pictures"
        ),
    )
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop", "muon"] = Field(
        "adam",
        title="optimizer",
        description="The rule that turns mistakes into weight changes. adam is a good start; sgd with momentum often ends a little better, with a larger learning rate; muon often needs fewer epochs, which take longer, at a learning rate near 0.01.",
        json_schema_extra=_extra("basic", primary=True),
    )
    learning_rate: float = Field(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        title="learning rate",
        description="How large each change is. Too large jumps about, too small crawls. Find one with the finder when in doubt.",
        json_schema_extra=_extra(
            "basic", primary=True, suggestions=[0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]
        ),
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="seed",
        description="Start of all random numbers. The same seed gives the same result again; try a few to see how much is luck.",
        json_schema_extra=_extra("run"),
    )
    momentum: float = Field(
        0.9,
        ge=0,
        le=0.999,
        title="momentum",
        description="How much of the last change is carried on, like a rolling ball. 0.9 is nearly always right.",
        json_schema_extra=_extra(
            "optimizer", only={"optimizer": ["sgd", "rmsprop", "muon"]}, suggestions=[0, 0.9, 0.95]
        ),
    )
    nesterov: bool = Field(
        False,
        title="look ahead",
        description="Looks where the ball would roll before it corrects it. Helps sgd a little with a large learning rate.",
        json_schema_extra=_extra("optimizer", only={"optimizer": ["sgd"]}),
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=1,
        title="weight decay",
        description="Pulls the weights towards zero, so that the network learns rules rather than single pictures. Try 0.01 with adamw, 0.0005 with sgd, when training accuracy is far above test accuracy.",
        json_schema_extra=_extra("optimizer", suggestions=[0, 0.0001, 0.0005, 0.01, 0.05]),
    )
    clip_norm: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="gradient limit",
        description="Shortens changes that are longer than this. 0 does not. Use 1 when the loss suddenly jumps up.",
        json_schema_extra=_extra("optimizer", suggestions=[0, 0.5, 1, 5]),
    )
    schedule: Literal["constant", "step", "cosine", "one_cycle"] = Field(
        "constant",
        title="schedule",
        description="How the learning rate changes while training goes on. one_cycle or cosine nearly always end better than constant.",
        json_schema_extra=_extra("schedule"),
    )
    warmup: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="warm-up",
        description="Share of the training in which the learning rate rises from nearly zero. one_cycle takes 0.3 where this is 0. Use 0.1 when the first steps are wild.",
        json_schema_extra=_extra("schedule", suggestions=[0, 0.05, 0.1, 0.2, 0.3]),
    )
    step_size: int = Field(
        10,
        ge=1,
        le=10_000,
        title="epochs a step",
        description="After so many epochs the learning rate falls. A third of all epochs is a good start.",
        json_schema_extra=_extra("schedule", only={"schedule": ["step"]}, suggestions=[3, 5, 10, 30]),
    )
    gamma: float = Field(
        0.1,
        gt=0,
        le=1,
        title="fall",
        description="What the learning rate is multiplied with at each fall.",
        json_schema_extra=_extra("schedule", only={"schedule": ["step"]}, suggestions=[0.1, 0.3, 0.5]),
    )
    label_smoothing: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="label smoothing",
        description="Keeps the network from being too sure, by giving every class a little of each label. Try 0.1 with many epochs, or where some labels may be wrong.",
        json_schema_extra=_extra("generalization", suggestions=[0, 0.05, 0.1, 0.2]),
    )
    class_weights: Literal["none", "balanced"] = Field(
        "none",
        title="class weights",
        description="balanced makes every class count the same. Use it when some classes have far fewer pictures.",
        json_schema_extra=_extra("generalization"),
    )
    ema_decay: float = Field(
        0.0,
        ge=0,
        le=0.9999,
        title="weight averaging",
        description="Tests and keeps a moving average of the weights, which is steadier than the last ones. 0 is off; 0.99 for short trainings, 0.999 for long ones.",
        json_schema_extra=_extra("generalization", suggestions=[0, 0.98, 0.99, 0.999]),
    )
    best_epoch: bool = Field(
        False,
        title="keep the best epoch",
        description="Keeps the weights of the epoch that was best on pictures held back, instead of the last ones.",
        json_schema_extra=_extra("generalization"),
    )
    patience: int = Field(
        0,
        ge=0,
        le=10_000,
        title="stop early",
        description="Ends the training when so many epochs in a row were no better on pictures held back. 0 is off.",
        json_schema_extra=_extra("generalization", suggestions=[0, 3, 5, 10], unit="epochs"),
    )
    validation: float = Field(
        0.1,
        ge=0.01,
        le=0.5,
        title="held back",
        description="Share of the training pictures that only judges the epochs. Used for stopping early and for keeping the best epoch.",
        json_schema_extra=_extra("generalization", suggestions=[0.05, 0.1, 0.2]),
    )
    flip: bool = Field(
        False,
        title="mirror",
        description="Shows half of the pictures mirrored left to right. Good for photographs; wrong for digits and letters.",
        json_schema_extra=_extra("augmentation"),
    )
    shift: int = Field(
        0,
        ge=0,
        le=64,
        title="shift",
        description="Moves each picture by up to so many pixels. 1 to 2 for small pictures, 4 for 32 by 32.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 1, 2, 4], unit="pixels"),
    )
    rotate: float = Field(
        0.0,
        ge=0,
        le=180,
        title="rotate",
        description="Turns each picture by up to so many degrees. 10 suits handwriting; more may turn a 6 into a 9.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 5, 10, 15, 30], unit="degrees"),
    )
    zoom: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="zoom",
        description="Makes each picture larger or smaller by up to this share. 0.1 is a good start.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 0.1, 0.2]),
    )
    cutout: int = Field(
        0,
        ge=0,
        le=256,
        title="blank square",
        description="Hides a square of this side in each picture, so that the network does not rely on one detail. About a quarter of the side.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 4, 8, 12], unit="pixels"),
    )
    color: float = Field(
        0.0,
        ge=0,
        le=1,
        title="colour",
        description="Changes brightness, contrast and saturation by up to this share. 0.2 for photographs taken in different light.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 0.1, 0.2, 0.4]),
    )
    rand_augment: int = Field(
        0,
        ge=0,
        le=3,
        title="random changes",
        description="Applies so many random changes (turn, shear, shift, light, contrast, ...) in a row. Try 2 for photographs and many epochs.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 1, 2]),
    )
    mixup: float = Field(
        0.0,
        ge=0,
        le=10,
        title="mixup",
        description="Blends pairs of pictures and their labels. 0 is off; 0.2 for many epochs.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 0.1, 0.2, 0.4]),
    )
    cutmix: float = Field(
        0.0,
        ge=0,
        le=10,
        title="cutmix",
        description="Pastes a piece of one picture into another and mixes their labels. 0 is off; 1 for photographs and many epochs.",
        json_schema_extra=_extra("augmentation", suggestions=[0, 0.5, 1]),
    )
    examples: int = Field(
        0,
        ge=0,
        le=100_000_000,
        title="examples",
        description="Learns from only so many pictures, for a quick look. 0 takes all.",
        json_schema_extra=_extra("run", suggestions=[0, 500, 2000, 10000], unit="pictures"),
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto",
        title="precision",
        description="auto measures for a moment whether shorter numbers (bf16) are faster on this machine. fp32 is exact to the digit everywhere.",
        json_schema_extra=_extra("run"),
    )
    deterministic: bool = Field(
        False,
        title="repeatable",
        description="Allows only operations that give the same digits each time, also on a GPU, where that is slower. On the CPU every run is repeatable anyway.",
        json_schema_extra=_extra("run"),
    )

    def __repr__(self) -> str:
        """What differs from the defaults, as it is written in a cell."""
        fields = type(self).model_fields
        changed = (f"{name}={value!r}" for name, value in self if value != fields[name].default)
        return f"Recipe({', '.join(changed)})"

    def dump(self) -> dict[str, Any]:
        """The settings as a file holds them: the first five, and what differs from its default."""
        values = self.model_dump(mode="json")
        fields = type(self).model_fields
        return {
            name: value for name, value in values.items() if name in ALWAYS or value != fields[name].default
        }

    @property
    def holds_back(self) -> bool:
        """Whether pictures are held back to judge the epochs."""
        return self.best_epoch or self.patience > 0
