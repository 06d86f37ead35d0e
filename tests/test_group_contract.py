"""Whatever stands in groups computes the same as the network without them."""

import ast
import subprocess
import sys
from itertools import pairwise

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blockml.analysis import analyse
from blockml.build import build
from blockml.codegen import module_source, to_python
from blockml.experiment import Experiment
from blockml.graph import Edge, Graph, Node
from blockml.groups import flatten, paths

SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def conv(name, width):
    return Node(id=name, block="Conv2d", params={"out_channels": width})


@st.composite
def insides(draw, depth, width):
    """A graph between x and y that keeps the shape (width, 8, 8), with branches and groups in it."""
    nodes, edges, at, kept = [Node(id="x", block="GroupInput")], [], "x", ["x"]
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["conv", "relu", "norm", "drop", "add", "group", "group", "past"]))
        name = f"n{number}"
        flags = {"frozen": draw(st.booleans()) if kind in ("conv", "norm", "drop", "group") else False}
        if kind == "group" and depth == 0:
            kind = "conv"
        if kind == "group":
            inner = draw(insides(depth - 1, width))
            bypassed = draw(st.integers(0, 5)) == 0
            node = Node(
                id=name,
                block="Group",
                graph=inner,
                repeat=draw(st.integers(1, 3)),
                title=draw(st.sampled_from(["", "stage", "A b", "한글"])),
                bypassed=bypassed,
                **flags,
            )
        elif kind == "past":
            node = Node(id=name, block="Conv2d", params={"out_channels": 99}, bypassed=True)
        elif kind == "conv":
            node = conv(name, width).model_copy(update=flags)
        else:
            block = {"relu": "ReLU", "norm": "BatchNorm2d", "drop": "Dropout", "add": "Add"}[kind]
            node = Node(id=name, block=block, **flags)
        nodes.append(node)
        edges.append(Edge(source=at, target=name))
        if kind == "add":
            edges.append(Edge(source=draw(st.sampled_from(kept)), target=name))
        at = name
        kept.append(name)
    nodes.append(Node(id="y", block="GroupOutput"))
    edges.append(Edge(source=at, target="y"))
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def classifier(name, names, nodes):
    """An experiment of nodes in a row, whose ids are given, with the end that names ten classes."""
    ends = [
        Node(id="flatten1", block="Flatten"),
        Node(id="linear1", block="Linear", params={"out_features": 10}),
        Node(id="output1", block="Output"),
    ]
    edges = tuple(Edge(source=a, target=b) for a, b in pairwise([*names, *(end.id for end in ends)]))
    return Experiment(name=name, graph=Graph(nodes=(*nodes, *ends), edges=edges))


@st.composite
def networks(draw):
    """A classifier of digits with a few groups in a row."""
    names, nodes = ["input1", "conv1"], [Node(id="input1", block="Input"), conv("conv1", 3)]
    for number in range(draw(st.integers(1, 3))):
        inner = draw(insides(2, 3))
        repeat, frozen = draw(st.integers(1, 3)), draw(st.booleans())
        nodes.append(Node(id=f"g{number}", block="Group", graph=inner, repeat=repeat, frozen=frozen))
        names.append(f"g{number}")
    return classifier("groups", names, nodes)


def renumbered(graph, numbers):
    """The same structure with other numbers."""

    def params(node):
        if node.block == "Conv2d" and not node.bypassed:
            size = numbers["size"]
            return {"out_channels": numbers["width"], "kernel_size": size, "padding": size // 2}
        return {"BatchNorm2d": {"eps": numbers["eps"]}, "Dropout": {"p": numbers["p"]}}.get(node.block, {})

    nodes = tuple(
        node.model_copy(update={"graph": renumbered(node.graph, numbers)})
        if node.graph is not None
        else node.model_copy(update={"params": {**node.params, **params(node)}})
        for node in graph.nodes
    )
    return Graph(nodes=nodes, edges=graph.edges)


NUMBERS = st.fixed_dictionaries(
    {
        "width": st.integers(1, 4),
        "size": st.sampled_from([1, 3, 5]),
        "eps": st.sampled_from([1e-5, 1e-3]),
        "p": st.sampled_from([0.25, 0.5]),
    }
)


@st.composite
def alike(draw):
    """A classifier of digits with groups in a row that differ in numbers alone."""
    inner = draw(insides(2, 3))
    # What comes in has another width than what goes on, so it is no way past.
    first = conv("first", 3)
    edges = tuple(
        edge.model_copy(update={"source": "first"}) if edge.source == "x" else edge for edge in inner.edges
    )
    inner = Graph(nodes=(*inner.nodes, first), edges=(Edge(source="x", target="first"), *edges))
    frozen, repeat = draw(st.booleans()), draw(st.integers(1, 3))
    count = draw(st.integers(2, 4))
    names, nodes = ["input1"], [Node(id="input1", block="Input")]
    for number in range(count):
        names.append(f"g{number}")
        nodes.append(
            Node(
                id=names[-1],
                block="Group",
                title="alike",
                graph=renumbered(inner, draw(NUMBERS)),
                repeat=repeat,
                frozen=frozen,
            )
        )
    return classifier("network", names, nodes)


@SLOW
@given(alike())
def test_groups_that_differ_in_numbers_alone_share_a_class(made):
    source = module_source(made)
    names = [node.name for node in ast.parse(source.text).body if isinstance(node, ast.ClassDef)]
    assert [name for name in names if name.startswith("Alike")] == ["Alike"]
    # Whatever the class is given, the module has the shapes that the analysis says.
    module, found = build(made), analyse(made)
    assert sum(weight.numel() for weight in module.parameters()) == found.total_parameters


def unpacked(made):
    """The same network without groups and bypassed nodes; their paths with dots are the ids."""
    flat = flatten(made.graph)

    def passes(node):
        return node.bypassed or node.block in ("GroupInput", "GroupOutput")

    def origin(path):
        while passes(flat.graph.by_id[path]):
            path = flat.graph.incoming[path][0].source
        return path

    def name(path):
        return path.replace("/", ".")

    nodes = [
        node.model_copy(update={"id": name(node.id), "frozen": node.id in flat.frozen})
        for node in flat.graph.nodes
        if not passes(node)
    ]
    edges = [
        edge.model_copy(update={"source": name(origin(edge.source)), "target": name(edge.target)})
        for edge in flat.graph.edges
        if not passes(flat.graph.by_id[edge.target])
    ]
    return made.model_copy(update={"graph": Graph(nodes=tuple(nodes), edges=tuple(edges))})


@SLOW
@given(networks())
def test_the_analysis_is_that_of_the_network_without_groups(made):
    found, plain = analyse(made), analyse(unpacked(made))
    assert found.ok
    assert plain.ok
    assert found.total_parameters == plain.total_parameters
    assert found.frozen_parameters == plain.frozen_parameters
    assert found.total_flops == plain.total_flops
    assert found.training_memory == plain.training_memory
    assert found.complete
    for path, known in found.nodes.items():
        if path.replace("/", ".") in plain.nodes:
            assert known == plain.nodes[path.replace("/", ".")], path
    # Every path that is shown is one of the document, and none of a further copy.
    assert set(found.nodes) <= set(paths(made.graph))
    top = [known for path, known in found.nodes.items() if "/" not in path]
    assert sum(known.parameters for known in top) == found.total_parameters
    assert sum(known.memory for known in top) == sum(known.memory for known in plain.nodes.values())


def modules_by_node(made, module):
    """The modules with weights, in the order of the network."""
    return [each for each in module.modules() if not list(each.children()) and list(each.state_dict())]


@SLOW
@given(networks() | alike(), st.booleans())
def test_the_module_computes_what_the_network_without_groups_computes(made, training):
    plain_of = unpacked(made)
    module, plain = build(made), build(plain_of)
    state = plain.state_dict()
    # The order in which the weights are made differs; their places tell them apart.
    source, other = module_source(made), module_source(plain_of)
    assert set(module.state_dict()) == set(renamed(state, made, other))
    module.load_state_dict(renamed(state, made, other))
    images = torch.rand(4, 1, 8, 8)
    for each in (module, plain):
        each.train(training)
    torch.manual_seed(1)
    expected = plain(images)
    torch.manual_seed(1)
    assert torch.equal(module(images), expected)
    trained = {key: value.requires_grad for key, value in plain.named_parameters()}
    found = {key: value.requires_grad for key, value in module.named_parameters()}
    assert found == renamed(trained, made, other)
    assert source.text == module_source(made).text


def renamed(state, made, source):
    """The state of the plain module under the names of that with groups."""
    flat = flatten(made.graph)
    back = {attribute: node for node, attribute in source.attributes.items()}
    found = {}
    for key, value in state.items():
        attribute, _, weight = key.partition(".")
        path = back[attribute].replace(".", "/")
        found[f"{_attribute(flat, path)}.{weight}"] = value
    return found


def _attribute(flat, path):
    """The attribute of a node, from its path: copies of a group are numbered from 0."""
    parts, scope = [path.rpartition("/")[2]], flat.scopes.get(path, "")
    while scope:
        place = flat.places[scope]
        first = next(each for each in flat.places.values() if scope in each.copies)
        name = place.node.id
        parts.insert(0, f"{name}.{first.copies.index(scope)}" if len(first.copies) > 1 else name)
        scope = place.outside
    return ".".join(parts)


@SLOW
@given(networks() | alike())
def test_the_file_keeps_it_and_the_script_is_clean(made):
    assert Experiment.from_json(made.to_json()) == made
    text = to_python(made)
    assert text == to_python(Experiment.from_json(made.to_json()))
    for line in text.splitlines():
        assert len(line) <= 88, line
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert len(set(names)) == len(names)


def test_scripts_with_groups_are_formatted_and_clean(tmp_path):
    scripts = []

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(networks() | alike())
    def collect(made):
        scripts.append(to_python(made))

    collect()
    for number, text in enumerate(dict.fromkeys(scripts)):
        (tmp_path / f"script{number}.py").write_text(text, encoding="utf-8")
    for command in (["format", "--diff"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]


NAMES = st.sampled_from(["x", "y", "a", "b", "a/b", "", "#2", "g", "g#2"])


@st.composite
def any_graphs(draw, depth=2):
    """Any wiring of groups, most of it wrong."""
    nodes = []
    for _ in range(draw(st.integers(0, 4))):
        block = draw(
            st.sampled_from(
                ["Group", "GroupInput", "GroupOutput", "Input", "Output", "Linear", "Add", "Zonk"]
            )
        )
        graph = draw(st.none() | any_graphs(depth - 1)) if depth and block == "Group" else None
        flags = {"frozen": draw(st.booleans()), "bypassed": draw(st.booleans())}
        nodes.append(Node(id=draw(NAMES), block=block, graph=graph, repeat=draw(st.integers(1, 3)), **flags))
    ends = st.builds(Edge, source=NAMES, source_port=NAMES, target=NAMES, target_port=NAMES)
    edges = draw(st.lists(ends, max_size=5))
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(any_graphs())
def test_no_wiring_of_groups_breaks_anything_and_every_repair_helps(graph):
    made = Experiment(graph=graph)
    found = analyse(made)
    assert Experiment.from_json(made.to_json()) == made
    known = {None, *paths(graph)}
    for problem in found.diagnostics:
        assert problem.node in known, problem
        for fix in problem.fixes:
            after = analyse(made.patched(fix.patch))
            before = [
                each for each in found.diagnostics if (each.code, each.node) == (problem.code, problem.node)
            ]
            left = [
                each for each in after.diagnostics if (each.code, each.node) == (problem.code, problem.node)
            ]
            assert len(left) < len(before), (problem.code, fix)
    if found.ok:
        build(made)
