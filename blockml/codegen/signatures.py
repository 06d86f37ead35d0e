"""What torch calls the arguments of its modules, and what it takes where one is left out.

A test compares both with the installed torch.
"""

from __future__ import annotations

from typing import Any

_CONVOLUTION = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"}

POSITIONS: dict[str, tuple[str, ...]] = {
    "nn.Conv2d": ("in_channels", "out_channels", "kernel_size"),
    "nn.ConvTranspose2d": ("in_channels", "out_channels", "kernel_size"),
    "nn.Linear": ("in_features", "out_features"),
    "nn.BatchNorm2d": ("num_features",),
    "nn.AdaptiveAvgPool2d": ("output_size",),
    "nn.AdaptiveMaxPool2d": ("output_size",),
    "nn.Dropout": ("p",),
    "nn.Dropout2d": ("p",),
    "nn.ZeroPad2d": ("padding",),
    "nn.ReflectionPad2d": ("padding",),
    "nn.ReplicationPad2d": ("padding",),
    "nn.ConstantPad2d": ("padding", "value"),
}
"""Names of the arguments that are given without their names."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "nn.Conv2d": _CONVOLUTION,
    "nn.ConvTranspose2d": {
        **{name: value for name, value in _CONVOLUTION.items() if name != "padding_mode"},
        "output_padding": 0,
    },
    "nn.Linear": {"bias": True},
    "nn.BatchNorm2d": {"eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True},
    "nn.MaxPool2d": {"padding": 0, "dilation": 1, "ceil_mode": False},
    "nn.AvgPool2d": {"padding": 0, "ceil_mode": False, "count_include_pad": True},
    "nn.LeakyReLU": {"negative_slope": 0.01},
    "nn.ELU": {"alpha": 1.0},
    "nn.PReLU": {"num_parameters": 1, "init": 0.25},
}
"""Values of arguments that are left out; one that is not here is never made up."""

SIZES = frozenset(
    {
        "in_channels",
        "out_channels",
        "in_features",
        "out_features",
        "num_features",
        "num_parameters",
        "groups",
    }
)
"""Arguments that count the same thing where their numbers are always the same."""


def position_name(call: str, position: int) -> str:
    """The name of an argument that is given without it; ``value`` where torch is not known to have one."""
    names = POSITIONS.get(call, ())
    return names[position] if position < len(names) else "value"
