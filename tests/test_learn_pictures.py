"""The moving pictures of the Learn tab compute what torch computes: golden cases for their own tests."""

import json
import random
from pathlib import Path

import pytest
import torch
from torch import nn

from blockml.blocks import Expr, ShapeProblem, catalogue

GOLDEN = Path(__file__).parents[1] / "js" / "test" / "golden" / "pictures.json"
DIGITS = 4
CASES = 10


def drawn(*shape):
    return torch.tensor([random.randint(-20, 20) / 10 for _ in range(torch.Size(shape).numel())]).reshape(
        shape
    )


def size(low, high):
    one = random.randint(low, high)
    return random.choice([one, (one, random.randint(low, high))])


def params_of(name):
    """Parameters of one case, drawn at random."""
    pick = random.choice
    if name == "Conv2d":
        fill = pick(["zeros", "reflect", "replicate", "circular"])
        padding = pick([size(0, 2), size(0, 2), "same", "valid"])
        stride = 1 if padding == "same" else size(1, 3)
        return {
            "kernel_size": size(1, 4),
            "stride": stride,
            "padding": padding,
            "dilation": size(1, 2),
            "padding_mode": fill,
        }
    if name == "ConvTranspose2d":
        return {
            "kernel_size": size(1, 4),
            "stride": size(1, 3),
            "padding": size(0, 1),
            "output_padding": size(0, 1),
            "dilation": size(1, 2),
        }
    if name in ("MaxPool2d", "AvgPool2d"):
        found = {
            "kernel_size": size(2, 4),
            "stride": pick(["window", size(1, 4)]),
            "padding": size(0, 1),
            "ceil_mode": pick([True, False]),
        }
        if name == "MaxPool2d":
            return found | {"dilation": size(1, 2)}
        return found | {"count_include_pad": pick([True, False]), "divisor_override": pick([0, 0, 3])}
    if name.startswith("Adaptive"):
        return {"output_size": size(1, 5)}
    if name.endswith("Pad2d"):
        border = pick([random.randint(0, 2), tuple(random.randint(0, 3) for _ in range(4))])
        return {"padding": border} | ({"value": random.randint(-5, 5) / 2} if name == "ConstantPad2d" else {})
    return {
        "LeakyReLU": {"negative_slope": pick([0.0, 0.1, 1.0, -0.5])},
        "ELU": {"alpha": pick([0.0, 0.5, 2.0])},
        "PReLU": {"init": pick([0.0, 0.25, -1.0])},
        "GELU": {"approximate": pick(["none", "tanh"])},
        "BatchNorm2d": {"eps": pick([1e-5, 0.1, 1.0])},
        "Scale": {"factor": pick([0.125, 1.0, -2.5])},
    }.get(name, {})


def rounded(values):
    if isinstance(values, list):
        return [rounded(value) for value in values]
    return round(values, DIGITS) + 0.0


def torch_of(call):
    if isinstance(call, Expr):
        return eval(f"lambda inputs: {call.template.replace('{inputs}', 'inputs')}")
    return getattr(nn, call.name.removeprefix("nn."))(*call.args, **(call.kwargs or {}))


def case(name):
    """One case: parameters, what comes in, weights, what torch makes of it; ``None`` where nothing fits."""
    params = params_of(name)
    extra = (
        {"out_channels": 1} if name.startswith("Conv") else {"out_features": 3} if name == "Linear" else {}
    )
    is_row = name in ("Linear", "Softmax", "LogSoftmax")
    shape = (random.randint(2, 6),) if is_row else (1, random.randint(3, 8), random.randint(3, 8))
    block = catalogue()[name](**params, **extra)
    try:
        block.infer((shape,))
    except ShapeProblem:
        return None
    call = block.call((shape,))
    module = torch_of(call)
    x = drawn(1, *shape)
    weights = {}
    if name in ("Conv2d", "ConvTranspose2d", "Linear"):
        module.weight.data = drawn(*module.weight.shape)
        module.bias.data = drawn(*module.bias.shape)
        kernel = module.weight.data if name == "Linear" else module.weight.data[0, 0]
        weights = {"w": kernel.tolist(), "b": module.bias.data.tolist()}
    y = module(x).detach()
    plain = (each if is_row else each[0] for each in (x[0], y[0]))
    first, last = (rounded(each.tolist()) for each in plain)
    return {
        "block": name,
        "picture": block.picture,
        "params": json.loads(json.dumps(params)),
        "x": first,
        **{key: rounded(value) for key, value in weights.items()},
        "y": last,
    }


NAMES = [
    *("Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"),
    *("ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d"),
    *("ReLU", "LeakyReLU", "ELU", "PReLU", "GELU", "SiLU", "Sigmoid", "Tanh"),
    *("Softmax", "LogSoftmax", "BatchNorm2d", "Scale", "Linear"),
]


def made():
    found = []
    for name in NAMES:
        wanted = 3 * CASES if name in ("Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d") else CASES // 2
        cases = []
        while len(cases) < wanted:
            one = case(name)
            if one:
                cases.append(one)
        found += cases
    return found


def flat(value):
    if isinstance(value, list):
        for each in value:
            yield from flat(each)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield key
            yield from flat(value[key])
    else:
        yield value


def test_the_golden_cases_are_those_of_torch(request):
    found = made()
    if request.config.getoption("--overwrite"):
        lines = ",\n".join(json.dumps(each) for each in found)
        GOLDEN.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    stored = list(flat(json.loads(GOLDEN.read_text(encoding="utf-8"))))
    fresh = list(flat(found))
    assert len(stored) == len(fresh), "run pytest --overwrite"
    for one, other in zip(stored, fresh, strict=True):
        same = one == (pytest.approx(other, abs=2e-4) if isinstance(other, float) else other)
        assert same, (one, other)
