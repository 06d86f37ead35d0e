"""Groups of one structure share a class; what differs between them are its arguments."""

import ast
import inspect
import json
import re

import pytest
import torch
from torch import nn

from blockml.analysis import analyse
from blockml.blocks import Block, Call, base, catalogue
from blockml.build import build
from blockml.chain import experiment
from blockml.chain import group as chain_group
from blockml.codegen import module_source
from blockml.codegen.signatures import DEFAULTS, POSITIONS
from blockml.graph import Graph
from blockml.templates import template

END = ["Flatten", ("Linear", {"out_features": 10})]


def groups(*insides, title="part", **more):
    """A classifier of digits with a group for each inside, one behind the other."""
    chain = [chain_group(inside, name=title) for inside in insides]
    return experiment([*chain, *END], data="digits", name="network", **more)


def conv(width, **more):
    return ("Conv2d", {"out_channels": width, **more})


def signatures(made):
    """The arguments of every class but that of the network, and all lines that make a group."""
    text = module_source(made).body
    assert build(made)(torch.rand(2, 1, 8, 8)).shape == (2, 10)
    assert sum(each.numel() for each in build(made).parameters()) == analyse(made).total_parameters
    found = {}
    for node in ast.parse(text).body:
        start = next((each for each in node.body if getattr(each, "name", "") == "__init__"), None)
        found[node.name] = ast.unparse(start.args).removeprefix("self").removeprefix(", ") if start else None
    del found["Network"]
    network = text[text.index("class Network") :]
    return found, re.findall(r"self\.part\w* = (.*)", network)


def test_the_starter_reads_as_an_engineer_would_write_it():
    text = module_source(template("mobile_small")).body
    assert "def __init__(self, channels: int, hidden_channels: int) -> None:" in text
    assert "self, in_channels: int, hidden_channels: int, out_channels: int, stride: int = 1\n" in text
    assert "self.block1 = InvertedResidual(16, 64)\n" in text
    assert "in_channels=16, hidden_channels=64, out_channels=24, stride=2\n" in text
    assert "in_channels=40, hidden_channels=160, out_channels=64\n" in text
    assert text.count("class ") == 3


def test_what_is_equal_everywhere_is_one_argument_and_no_shape_is_wrong():
    made = groups([conv(4), "BatchNorm2d", "ReLU"], [conv(8), "BatchNorm2d", "ReLU"])
    assert signatures(made) == (
        {"Part": "in_channels: int, out_channels: int"},
        ["Part(1, 4)", "Part(4, 8)"],
    )
    text = module_source(made).body
    part = text[: text.index("class Network")]
    assert "#" not in part
    assert "    Takes 1 × 8 × 8 and gives 4 × 8 × 8.\n    Takes 4 × 8 × 8 and gives 8 × 8 × 8.\n" in part


def test_a_shape_that_is_the_same_everywhere_stays():
    made = groups([conv(4), conv(3)], [conv(5), conv(3)])
    text = module_source(made).body
    assert "        x = self.conv1(x)\n        x = self.conv2(x)  # 3 × 8 × 8\n" in text


def test_what_torch_takes_by_itself_is_left_out():
    made = groups([conv(4)], [conv(4, stride=2)], [conv(4, bias=False)])
    assert signatures(made) == (
        {"Part": "in_channels: int, stride: int=1, bias: bool=True"},
        ["Part(1)", "Part(4, stride=2)", "Part(4, bias=False)"],
    )


def test_two_of_one_name_are_told_apart_by_their_layers():
    made = groups(
        [conv(4, stride=2), conv(4)],
        [conv(6), conv(6, stride=2)],
    )
    (found,) = signatures(made)[0].values()
    assert found == "in_channels: int, out_channels: int, conv1_stride: int=1, conv2_stride: int=1"


def test_every_kind_of_value_says_what_it_is():
    made = groups(
        [conv(4, kernel_size=[1, 3], padding=[0, 1]), ("Dropout", {"p": 0.5})],
        [conv(4), ("Dropout", {"p": 0.25})],
        [conv(4, padding="same"), ("Dropout", {"p": 0.25})],
    )
    assert list(signatures(made)[0].values()) == [
        "in_channels: int, kernel_size: tuple[int, int] | int, padding: tuple[int, int] | int | str, p: float"
    ]


def test_what_would_need_too_many_arguments_stays_apart():
    def inside(k):
        norm = ("BatchNorm2d", {"eps": k / 1000, "momentum": k / 10})
        wide = conv(9, kernel_size=2 * k + 1, padding=k)
        return [conv(k), ("LeakyReLU", {"negative_slope": k / 10}), ("Dropout", {"p": k / 10}), norm, wide]

    found, made = signatures(groups(inside(1), inside(2), inside(2)))
    assert found == {"Part": "", "Part2": ""}
    assert made == ["Part()", "Part2()", "Part2()"]


def test_arguments_are_handed_on_into_groups_of_groups():
    def stage(width, stride):
        block = chain_group([conv(width, stride=stride), "ReLU"], name="block", repeat=3)
        return [block, conv(width)]

    found, made = signatures(groups(stage(2, 1), stage(4, 2)))
    assert found == {
        "Block": "in_channels: int, out_channels: int, stride: int=1",
        "Part": "in_channels: int, out_channels: int, stride: int=1",
    }
    assert made == ["Part(1, 2)", "Part(in_channels=2, out_channels=4, stride=2)"]
    text = module_source(groups(stage(2, 1), stage(4, 2))).body
    assert "Block(in_channels=in_channels, out_channels=out_channels, stride=stride)" in text
    keys = [key for key in build(groups(stage(2, 1), stage(4, 2))).state_dict() if key.endswith("weight")]
    assert keys[:2] == ["part1.block1.0.conv1.weight", "part1.block1.1.conv1.weight"]


def test_copies_in_a_row_are_a_loop():
    deep = chain_group([conv(4), "ReLU"], name="part", repeat=5)
    _, made = signatures(experiment([deep, *END], data="digits", name="network"))
    assert made == ["nn.Sequential(Part(1), *[Part(4) for _ in range(4)])"]


@pytest.mark.parametrize(
    "name",
    [
        "self",
        "images",
        "nn",
        "torch",
        "lambda",
        "stride",
        "Part",
        "가",
        "a b",
        "'\"\n",
        "conv1_stride",
        "a" * 99,
    ],
)
def test_no_name_of_a_layer_breaks_an_argument(name):
    made = groups([conv(4, stride=2), conv(4)], [conv(6), conv(6, stride=2)])

    def renamed(node):
        if node.graph is None:
            return node
        text = node.graph.model_dump_json().replace('"conv1"', json.dumps(name))
        return node.model_copy(update={"graph": Graph.model_validate_json(text)})

    graph = Graph(nodes=tuple(map(renamed, made.graph.nodes)), edges=made.graph.edges)
    (found,) = signatures(made.model_copy(update={"graph": graph}))[0].values()
    names = [each.partition(":")[0] for each in found.split(", ")]
    assert len(set(names)) == len(names) == 4
    assert all(each.isidentifier() and each == each.lower() for each in names)


def test_torch_calls_the_arguments_so_and_takes_these_values():
    for call, names in POSITIONS.items():
        known = list(inspect.signature(getattr(nn, call.removeprefix("nn."))).parameters)
        assert tuple(known[: len(names)]) == names, call
    for call, defaults in DEFAULTS.items():
        known = inspect.signature(getattr(nn, call.removeprefix("nn."))).parameters
        for name, value in defaults.items():
            assert known[name].default == value, (call, name)
            assert type(known[name].default) is type(value), (call, name)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_argument_that_is_given_by_its_place_has_a_name(name):
    block = catalogue()[name]()
    call = block.call([(32,) if name == "Linear" else (8, 16, 16)])
    if isinstance(call, Call):
        assert len(call.args) <= len(POSITIONS.get(call.name, ()))


def test_a_block_of_somebody_is_given_what_it_says_and_nothing_made_up(monkeypatch):
    monkeypatch.setattr(base, "_catalogue", dict(base._catalogue))

    class Soft(Block):
        family = "activation"
        stem = "soft"
        beta: float = 1.0
        leak: float = 0.0

        def infer(self, shapes):
            return shapes[0]

        def call(self, shapes):
            more = {"threshold": self.leak} if self.leak else None
            return Call("nn.Softplus", (self.beta,), more)

    made = groups([("Soft", {"beta": 2.0})], [("Soft", {"beta": 3.0})])
    assert signatures(made) == ({"Part": "value: float"}, ["Part(2.0)", "Part(3.0)"])
    # What torch takes where the threshold is left out is not known here, so these are two classes.
    made = groups([("Soft", {"beta": 2.0})], [("Soft", {"beta": 2.0, "leak": 3.0})])
    assert signatures(made) == ({"Part": "", "Part2": ""}, ["Part()", "Part2()"])
