"""The generated script: readable, formatted, the same each time, and never a way in."""

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from blockml.build import build
from blockml.chain import experiment
from blockml.codegen import module_source, to_python
from blockml.codegen.names import MODULE_ATTRIBUTES, class_name, identifiers
from blockml.data import load_data
from blockml.errors import GraphError
from blockml.experiment import Experiment, Recipe
from blockml.graph import Edge, Graph, Node
from blockml.templates import template
from blockml.training import train

GOLDEN = Path(__file__).parent / "golden"


def skip():
    """A network with a skip connection and every kind of argument."""
    wide = {
        "out_channels": 8,
        "padding_mode": "replicate",
        "kernel_size": [3, 5],
        "padding": [1, 2],
        "bias": False,
    }
    blocks = {
        "input1": ("Input", {}),
        "conv1": ("Conv2d", {"out_channels": 8}),
        "relu1": ("ReLU", {}),
        "conv2": ("Conv2d", wide),
        "add1": ("Add", {}),
        "pool1": ("AdaptiveAvgPool2d", {}),
        "flatten1": ("Flatten", {}),
        "linear1": ("Linear", {"out_features": 10}),
        "output1": ("Output", {}),
    }
    nodes = tuple(Node(id=name, block=block, params=params) for name, (block, params) in blocks.items())
    edges = tuple(Edge(source=a, target=b) for a, b in pairwise(blocks))
    graph = Graph(nodes=nodes, edges=(*edges, Edge(source="relu1", target="add1")))
    return Experiment(name="skip", graph=graph, recipe=Recipe(epochs=1, optimizer="sgd"))


CASES = {"lenet5": template("lenet5"), "skip": skip()}


@pytest.mark.parametrize("name", CASES)
def test_the_script_is_the_golden_one(name, request):
    path = GOLDEN / f"{name}.py.txt"
    text = to_python(CASES[name])
    assert text == to_python(Experiment.from_json(CASES[name].to_json()))
    if request.config.getoption("--overwrite"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "run pytest --overwrite and read the difference"


@pytest.mark.parametrize("name", CASES)
def test_the_script_is_formatted_and_clean(name, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(to_python(CASES[name]), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--isolated", "--check", path], check=True, capture_output=True)
    subprocess.run([*ruff, "check", "--isolated", path], check=True, capture_output=True)


def test_long_calls_and_many_inputs_are_broken_as_formatters_do(tmp_path):
    branches = [Node(id=f"a_rather_long_name_{k}", block="ReLU") for k in range(9)]
    nodes = (
        Node(id="i", block="Input"),
        *branches,
        Node(id="sum", block="Add"),
        Node(id="join", block="Concatenate"),
        Node(id="f", block="Flatten"),
        Node(id="l", block="Linear", params={"out_features": 10}),
        Node(id="o", block="Output"),
    )
    edges = [Edge(source="i", target=node.id) for node in branches]
    edges += [Edge(source=node.id, target=to) for to in ("sum", "join") for node in branches]
    edges += [
        Edge(source="sum", target="join"),
        Edge(source="join", target="f"),
        Edge(source="f", target="l"),
        Edge(source="l", target="o"),
    ]
    made = Experiment(graph=Graph(nodes=nodes, edges=tuple(edges)))
    path = tmp_path / "script.py"
    path.write_text(to_python(made), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", path],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert build(made)(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_the_module_text_stands_in_the_script():
    source = module_source(CASES["skip"])
    assert source.body in to_python(CASES["skip"])
    assert source.body in source.text


def test_a_skip_connection_computes_what_it_says():
    module = build(CASES["skip"]).eval()
    x = torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        kept = module.relu1(module.conv1(x))
        expected = module.linear1(module.flatten1(module.pool1(module.conv2(kept) + kept)))
        assert torch.equal(module(x), expected)
    assert list(module.state_dict()) == [
        "conv1.weight",
        "conv1.bias",
        "conv2.weight",
        "linear1.weight",
        "linear1.bias",
    ]


def test_a_graph_with_errors_is_refused():
    with pytest.raises(GraphError, match="picture"):
        to_python(experiment([("Conv2d", {"kernel_size": 99})]))


def test_every_attribute_of_a_module_is_avoided():
    taken = {name for name in dir(nn.Module) if not name.startswith("_")}
    assert taken <= MODULE_ATTRIBUTES
    names = [*MODULE_ATTRIBUTES, "self", "x", "class", "print", "__init__", "1a", "", " ", "가", "a b", "a-b"]
    found = identifiers(names)
    assert len(set(found.values())) == len(names)
    for name in found.values():
        assert name.isidentifier()
        assert not name.startswith("_")
        assert name not in MODULE_ATTRIBUTES


def shape_of(tree):
    """The program without its names, strings and comments."""
    return [
        (
            type(node).__name__,
            node.value if isinstance(node, ast.Constant) and not isinstance(node.value, str) else None,
        )
        for node in ast.walk(tree)
    ]


@given(st.lists(st.text(max_size=60), min_size=4, max_size=4, unique=True), st.text(max_size=60))
def test_no_name_changes_the_program(ids, name):
    def made(ids, name):
        blocks = ("Input", "Flatten", "Linear", "Output")
        params = ({}, {}, {"out_features": 10}, {})
        nodes = tuple(Node(id=i, block=b, params=p) for i, b, p in zip(ids, blocks, params, strict=True))
        edges = tuple(Edge(source=a, target=b) for a, b in pairwise(ids))
        return to_python(Experiment(name=name, graph=Graph(nodes=nodes, edges=edges)))

    plain = made(["input1", "flatten1", "linear1", "output1"], "plain")
    assert shape_of(ast.parse(made(ids, name))) == shape_of(ast.parse(plain))
    assert class_name(name).isidentifier()


@pytest.mark.parametrize(
    "value", ["__import__('os').system('touch /tmp/x')", "3); import os; (", [3, "os"], {"a": 1}]
)
def test_no_parameter_becomes_code(value):
    for param in ("kernel_size", "padding_mode", "bias"):
        with pytest.raises(GraphError):
            to_python(experiment([("Conv2d", {param: value})]))


def test_the_script_trains_where_blockml_is_not_installed(tmp_path):
    """Acceptance: the exported script runs alone, and its weights fit the module that was built."""
    script = tmp_path / "skip.py"
    script.write_text(to_python(CASES["skip"]), encoding="utf-8")
    guard = (
        "import sys, runpy\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'blockml': raise ImportError('blockml is not here')\n"
        "sys.meta_path.insert(0, Block())\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "assert 'blockml' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", guard], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "test accuracy" in done.stdout
    weights = torch.load(tmp_path / "skip.pt", weights_only=True)
    build(CASES["skip"]).load_state_dict(weights)


# Loads the network of a script by its class, without blockml, and writes what it says about pictures.
ALONE = """
import runpy, sys, torch
sys.modules["blockml"] = None
script, weights, pictures, out = sys.argv[1:]
names = runpy.run_path(script)
(kind,) = [each for each in names.values() if isinstance(each, type) and each.__module__ == "<run_path>"]
module = kind()
module.load_state_dict(torch.load(weights, weights_only=True))
with torch.no_grad():
    scores = module.eval()(names["prepare"](torch.load(pictures, weights_only=True)))
torch.save({"keys": list(module.state_dict()), "scores": scores}, out)
"""


@pytest.mark.parametrize("name", CASES)
def test_the_script_with_the_weights_of_a_run_says_what_the_run_says(name, tmp_path):
    """Acceptance: same keys and, to 1e-6, the same outputs as ``run.module``, in another interpreter."""
    drawn = CASES[name].model_copy(update={"recipe": Recipe(epochs=1)})
    run = train(drawn, tmp_path / "run", device="cpu")
    data = load_data("digits")
    pictures = data.test.images[:100]
    paths = [tmp_path / part for part in ("script.py", "weights.pt", "pictures.pt", "scores.pt")]
    paths[0].write_text(to_python(drawn), encoding="utf-8")
    torch.save(run.module.state_dict(), paths[1])
    torch.save(pictures, paths[2])
    subprocess.run([sys.executable, "-I", "-c", ALONE, *map(str, paths)], check=True, capture_output=True)
    alone = torch.load(paths[3], weights_only=True)
    assert alone["keys"] == list(run.module.state_dict())
    with torch.no_grad():
        expected = run.module.eval()(data.prepare(pictures))
    assert expected.std() > 0.1
    torch.testing.assert_close(alone["scores"], expected, rtol=0, atol=1e-6)
