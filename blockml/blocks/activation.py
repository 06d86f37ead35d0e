"""Activations: the bend that lets a network learn more than a weighted sum.

torch's ``inplace`` is left out everywhere: it saves memory, but it overwrites values that
explanations and skip connections still need.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from blockml.blocks.base import Block, Call, Shape


class _Activation(Block, abstract=True):
    family: ClassVar[str] = "activation"

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """The same shape; images and vectors alike."""
        return shapes[0]

    def call(self, shapes: Sequence[Shape]) -> Call:
        """The module with the parameters that differ from the defaults."""
        fields = type(self).model_fields
        kwargs = {
            key: getattr(self, key) for key, field in fields.items() if getattr(self, key) != field.default
        }
        return Call(f"nn.{type(self).__name__}", (), kwargs)

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """One for each value."""
        return math.prod(output)


class ReLU(_Activation):
    """Keeps what is above zero and sets the rest to zero. The usual choice.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.ReLU; Nair and Hinton 2010.
    """

    picture: ClassVar[str] = "curve-relu"
    stem: ClassVar[str] = "relu"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "렐루")


class LeakyReLU(_Activation):
    """Like ReLU, but lets a little of what is below zero through.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.LeakyReLU; Maas et al. 2013.
    """

    picture: ClassVar[str] = "curve-leaky"
    stem: ClassVar[str] = "leaky"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "리키 렐루")

    negative_slope: float = Field(
        0.01,
        ge=-10,
        le=10,
        allow_inf_nan=False,
        title="leak",
        description="How much of the values below zero stays: 0 is none, 1 is all.",
        json_schema_extra={"primary": True, "suggestions": [0.01, 0.1, 0.2]},
    )


class ELU(_Activation):
    """Like ReLU, but bends smoothly towards a value below zero.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.ELU; Clevert et al. 2015, arXiv:1511.07289.
    """

    picture: ClassVar[str] = "curve-elu"
    stem: ClassVar[str] = "elu"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "엘루")

    alpha: float = Field(
        1.0,
        ge=0,
        le=100,
        allow_inf_nan=False,
        title="depth",
        description="How far below zero the curve goes.",
        json_schema_extra={"primary": True},
    )


class PReLU(_Activation):
    """Like LeakyReLU, but learns by itself how much to let through.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.PReLU; He et al. 2015, arXiv:1502.01852.
    """

    picture: ClassVar[str] = "curve-prelu"
    stem: ClassVar[str] = "prelu"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "피렐루")

    per_channel: bool = Field(
        False,
        title="one each channel",
        description="Whether every channel learns a leak of its own (num_parameters in PyTorch).",
        json_schema_extra={"primary": True},
    )
    init: float = Field(
        0.25,
        ge=-10,
        le=10,
        allow_inf_nan=False,
        title="first leak",
        description="The leak that learning starts from.",
    )

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        kwargs: dict[str, Any] = {}
        if self.per_channel:
            kwargs["num_parameters"] = shapes[0][0]
        if self.init != type(self).model_fields["init"].default:
            kwargs["init"] = self.init
        return Call("nn.PReLU", (), kwargs)

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """One, or one for each channel."""
        return shapes[0][0] if self.per_channel else 1


class GELU(_Activation):
    """A smooth ReLU, as transformers use it.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.GELU; Hendrycks and Gimpel 2016, arXiv:1606.08415.
    """

    picture: ClassVar[str] = "curve-gelu"
    stem: ClassVar[str] = "gelu"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "겔루")

    approximate: Literal["none", "tanh"] = Field(
        "none",
        title="shortcut",
        description="Whether to compute it exactly or by a faster formula.",
    )


class SiLU(_Activation):
    """A smooth ReLU: the value times its own sigmoid. Also called swish.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.SiLU; Elfwing et al. 2017, arXiv:1702.03118.
    """

    picture: ClassVar[str] = "curve-silu"
    stem: ClassVar[str] = "silu"
    keywords: ClassVar[tuple[str, ...]] = ("swish", "activation", "활성화", "실루", "스위시")


class Sigmoid(_Activation):
    """Squeezes every value between 0 and 1.

    Shape:
        x: any -> y: the same.

    Errors:
        None; right before the Output it is a warning: the loss applies softmax itself.

    Source:
        torch.nn.Sigmoid.
    """

    picture: ClassVar[str] = "curve-sigmoid"
    stem: ClassVar[str] = "sigmoid"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "시그모이드")
    squashes: ClassVar[bool] = True


class Tanh(_Activation):
    """Squeezes every value between -1 and 1.

    Shape:
        x: any -> y: the same.

    Errors:
        None.

    Source:
        torch.nn.Tanh.
    """

    picture: ClassVar[str] = "curve-tanh"
    stem: ClassVar[str] = "tanh"
    keywords: ClassVar[tuple[str, ...]] = ("activation", "활성화", "하이퍼볼릭 탄젠트")


class _Softmax(_Activation, abstract=True):
    squashes: ClassVar[bool] = True

    # The axis is fixed to the channels or features: over any other one a classifier has no use for it.

    def call(self, shapes: Sequence[Shape]) -> Call:
        """See the class."""
        return Call(f"nn.{type(self).__name__}", (), {"dim": 1})


class Softmax(_Softmax):
    """Turns scores into probabilities that add up to 1.

    Shape:
        x: any -> y: the same; adds up to 1 over the channels or features.

    Errors:
        None; right before the Output it is a warning: the loss applies softmax itself.

    Source:
        torch.nn.Softmax with dim=1.
    """

    picture: ClassVar[str] = "shares"
    stem: ClassVar[str] = "softmax"
    keywords: ClassVar[tuple[str, ...]] = ("probability", "확률", "소프트맥스")


class LogSoftmax(_Softmax):
    """Turns scores into the logarithms of probabilities.

    Shape:
        x: any -> y: the same.

    Errors:
        None; right before the Output it is a warning: the loss applies softmax itself.

    Source:
        torch.nn.LogSoftmax with dim=1.
    """

    picture: ClassVar[str] = "logs"
    stem: ClassVar[str] = "logsoftmax"
    keywords: ClassVar[tuple[str, ...]] = ("probability", "확률", "소프트맥스")
