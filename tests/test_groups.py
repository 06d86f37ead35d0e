"""Groups: their form in a file, what they are laid out to, and the palette of the user."""

import itertools
import json

import pytest
import torch
from torch import nn

from blockml.analysis import analyse, apply_fix
from blockml.build import build
from blockml.chain import experiment
from blockml.chain import group as chain_group
from blockml.codegen import module_source, to_python
from blockml.documents import MAX_DEPTH
from blockml.errors import DocumentError, GraphError
from blockml.experiment import Experiment, Note
from blockml.graph import Edge, Graph, Node, Patch
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import Run, engine, session, train
from blockml.widget.kept_groups import forget_group, keep_group, kept_groups


def wires(*texts):
    """Edges from `a>b`, `a.left>b` or `a>b.x2`."""
    found = []
    for text in texts:
        source, target = text.split(">")
        source, _, out = source.partition(".")
        target, _, into = target.partition(".")
        found.append(Edge(source=source, source_port=out or "y", target=target, target_port=into or "x"))
    return tuple(found)


def group(name, *nodes, edges, **more):
    """A group with an input x and an output y around the given nodes."""
    ends = (Node(id="x", block="GroupInput"), *nodes, Node(id="y", block="GroupOutput"))
    return Node(id=name, block="Group", graph=Graph(nodes=ends, edges=wires(*edges)), **more)


def stage(name="stage1", **more):
    inner = Node(id="conv1", block="Conv2d", params={"out_channels": 4})
    return group(
        name, inner, Node(id="relu1", block="ReLU"), edges=["x>conv1", "conv1>relu1", "relu1>y"], **more
    )


def test_groups_and_notes_are_written_line_by_line_and_read_again():
    made = Experiment(
        graph=Graph(nodes=(stage(repeat=3, title="Stage", frozen=True),)),
        layout={"stage1": (0, 0), "stage1/conv1": (1, 2)},
        notes=(Note(id="note1", text="한글\n<b>", scope="stage1", color="blue"),),
    )
    text = made.to_json()
    assert Experiment.from_json(text) == made
    assert Experiment.from_json(text).to_json() == text
    assert all(line.count('"block"') <= 1 for line in text.splitlines())
    # What is at its default is not written.
    assert '"bypassed"' not in text


def test_frozen_bypassed_repeat_inside_and_title_are_meaning_and_notes_are_not():
    def found(**more):
        return Experiment(graph=Graph(nodes=(stage(**more),))).content_hash()

    plain = Experiment(graph=Graph(nodes=(stage(),)))
    assert plain.model_copy(update={"notes": (Note(id="a"),)}).content_hash() == found()
    for more in ({"frozen": True}, {"bypassed": True}, {"repeat": 2}, {"title": "Stage"}):
        assert found(**more) != found()
    inner = stage().graph
    turned = stage().model_copy(update={"graph": Graph(nodes=inner.nodes[::-1], edges=inner.edges)})
    swapped = Experiment(graph=Graph(nodes=(turned,)))
    # The order of the ports counts, that of the other nodes does not.
    assert swapped.content_hash() != found()


def nested(depth, repeat=1, inner=()):
    graph = Graph(nodes=inner)
    for _ in range(depth):
        graph = Graph(nodes=(Node(id="g", block="Group", graph=graph, repeat=repeat),))
    return graph.model_dump(mode="json")


@pytest.mark.parametrize(
    ("graph", "code"),
    [
        (nested(MAX_DEPTH + 1), "document-too-deep"),
        (nested(4, 64, (Node(id="a", block="ReLU"),)), "document-too-many"),
        (nested(1, 1, tuple(Node(id=f"a{k}", block="ReLU") for k in range(5001))), "document-too-many"),
        ({"nodes": [{"id": "g", "block": "Group", "repeat": 0, "graph": {}}]}, "document-field"),
        ({"nodes": [{"id": "g", "block": "Group", "repeat": 10**9, "graph": {}}]}, "document-field"),
        ({"nodes": [{"id": "g", "block": "Group", "graph": [1]}]}, "document-object"),
    ],
)
def test_groups_that_would_grow_without_end_are_refused(graph, code):
    with pytest.raises(DocumentError) as caught:
        Experiment.from_data({"blockml": 1, "graph": graph})
    problem = caught.value.diagnostics[0]
    assert problem.code == code
    assert "problems." not in problem.message + problem.hint


def test_as_deep_as_allowed_is_read():
    assert Experiment.from_data({"blockml": 1, "graph": nested(MAX_DEPTH)})


def payload(name, node, layout=None):
    return {"name": name, "node": node.model_dump(mode="json"), "layout": layout or {}}


def test_a_group_is_kept_replaced_and_forgotten(home):
    assert keep_group(payload("My stage", stage(repeat=2), {"conv1": [3, 4]})) == "My stage"
    (kept,) = kept_groups()
    assert (kept.name, kept.node, kept.layout) == ("My stage", stage(repeat=2), {"conv1": (3.0, 4.0)})
    keep_group(payload("My stage", stage()))
    assert [each.node for each in kept_groups()] == [stage()]
    # Two names that are one as a file name are two groups all the same.
    keep_group(payload("my/stage", stage()))
    assert [each.name for each in kept_groups()] == ["My stage", "my/stage"]
    forget_group("My stage")
    assert [each.name for each in kept_groups()] == ["my/stage"]
    with pytest.raises(DocumentError, match="My stage"):
        forget_group("My stage")


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "con", "\0", "..", "a" * 5000, "한글 이름"])
def test_no_name_leaves_the_folder(home, name):
    kept = keep_group(payload(name, stage()))
    assert kept
    assert [path.parent for path in home.rglob("*") if path.is_file()] == [home / "groups"]
    forget_group(kept)
    assert kept_groups() == ()


def test_what_is_broken_is_left_out_and_said(home, caplog):
    keep_group(payload("good", stage()))
    folder = home / "groups"
    (folder / "torn.blockml").write_text("{")
    (folder / "none.blockml").write_text(Experiment().to_json())
    (folder / "deep.blockml").write_text(json.dumps({"blockml": 1, "graph": nested(MAX_DEPTH + 1)}))
    (folder / "folder.blockml").mkdir()
    assert [each.name for each in kept_groups()] == ["good"]
    for name in ("torn", "none", "deep", "folder"):
        assert f"{name}.blockml" in caplog.text


@pytest.mark.parametrize("node", [None, 3, {}, {"id": "a", "block": "ReLU"}, {"id": "a", "block": "Group"}])
def test_only_groups_are_kept(node):
    with pytest.raises(DocumentError):
        keep_group({"name": "a", "node": node, "layout": {}})
    with pytest.raises(DocumentError):
        keep_group(payload("a", stage()) | {"layout": {"a": "b"}})


def net(*nodes, edges, **more):
    """A classifier of digits: Input, the nodes, Flatten, Linear, Output."""
    ends = (
        Node(id="flatten1", block="Flatten"),
        Node(id="linear1", block="Linear", params={"out_features": 10}),
        Node(id="output1", block="Output"),
    )
    graph = Graph(
        nodes=(Node(id="input1", block="Input"), *nodes, *ends),
        edges=wires(*edges, "flatten1>linear1", "linear1>output1"),
    )
    return Experiment(graph=graph, **more)


THROUGH = ["input1>stage1.x", "stage1.y>flatten1"]


def test_what_is_inside_is_seen_through():
    found = analyse(net(stage(repeat=3), edges=THROUGH))
    assert found.ok
    assert found.complete
    # The first copy takes one channel, the others four; the group counts all of them.
    assert found.nodes["stage1/conv1"].parameters == 4 * 9 + 4
    assert found.nodes["stage1"].parameters == (4 * 9 + 4) + 2 * (4 * 4 * 9 + 4)
    assert found.nodes["stage1"].shapes == {"x": (1, 8, 8), "y": (4, 8, 8)}
    assert found.nodes["stage1"].flops == 3 * found.nodes["stage1/relu1"].flops + 2 * 9 * 64 * 4 * (1 + 4 + 4)
    assert not any("#" in path for path in found.nodes)


def codes(found):
    return [problem.code for problem in found.diagnostics]


def ports(*nodes, edges=()):
    return Node(id="g", block="Group", graph=Graph(nodes=nodes, edges=wires(*edges)))


IN, OUT = Node(id="x", block="GroupInput"), Node(id="y", block="GroupOutput")
IN2, OUT2 = Node(id="x2", block="GroupInput"), Node(id="y2", block="GroupOutput")
ADD, RELU, CONV = (
    Node(id="add1", block="Add"),
    Node(id="relu1", block="ReLU"),
    Node(id="conv1", block="Conv2d"),
)
POOL = Node(id="pool1", block="MaxPool2d", params={"kernel_size": 2})
LINEAR = Node(id="linear1", block="Linear", params={"out_features": 10})
FED = ["input1>g.x", "g.y>flatten1"]


def within(*nodes, edges, **more):
    """A network with a group of one input and one output."""
    return net(group("g", *nodes, edges=edges, **more), edges=FED)


def held():
    frozen = LINEAR.model_copy(update={"frozen": True})
    return net(stage(frozen=True), edges=THROUGH).patched(Patch(nodes=(frozen,)))


def in_a_row():
    twice = ports(IN, IN2, ADD, OUT, edges=["x>add1", "x2>add1", "add1>y"])
    return net(twice.model_copy(update={"repeat": 2}), edges=[*FED, "input1>g.x2"])


PROBLEMS = [
    ("needs-vector", "g/linear1", within(LINEAR, edges=["x>linear1", "linear1>y"])),
    ("group-no-input", "g", net(ports(CONV, OUT, edges=["conv1>y"]), edges=["g.y>flatten1"])),
    ("group-no-output", "g", net(ports(IN, CONV, edges=["x>conv1"]), edges=["input1>g", "input1>flatten1"])),
    ("unconnected", "stage1", net(stage(), edges=["stage1.y>flatten1"])),
    ("unused", "stage1", net(stage(), edges=["input1>stage1.x", "input1>flatten1"])),
    ("unknown-port", "stage1", net(stage(), edges=["input1>stage1.left", "stage1.y>flatten1"])),
    ("unknown-port", "g/x", within(CONV, edges=["x>conv1", "conv1>y", "conv1>x"])),
    ("duplicate-id", "g/x", net(ports(IN, IN, CONV, OUT, edges=["x>conv1", "conv1>y"]), edges=FED)),
    ("duplicate-id", "stage1", net(stage(), stage(), edges=THROUGH)),
    ("end-inside-group", "g/in", within(Node(id="in", block="Input"), edges=["x>y"])),
    ("port-outside-group", "x", net(IN, edges=["input1>flatten1"])),
    ("repeat-ports", "g", in_a_row()),
    ("repeat-shape", "g", within(POOL, edges=["x>pool1", "pool1>y"], repeat=5)),
    ("all-frozen", "linear1", held()),
    ("slash-in-name", "a/b", net(Node(id="a/b", block="ReLU"), edges=["input1>a/b", "a/b>flatten1"])),
]


@pytest.mark.parametrize(
    ("code", "node", "made"), PROBLEMS, ids=[f"{each[0]} {each[1]}" for each in PROBLEMS]
)
def test_every_problem_of_groups_is_named_by_its_path_and_its_first_repair_mends_it(code, node, made):
    found = analyse(made)
    problem = next(each for each in found.diagnostics if (each.code, each.node) == (code, node))
    assert "{" not in problem.message + problem.hint
    assert problem.fixes, found.diagnostics
    after = analyse(apply_fix(made, problem.fixes[0]))
    assert (code, node) not in {(each.code, each.node) for each in after.diagnostics}


@pytest.mark.parametrize(("code", "node", "made"), PROBLEMS[1:3], ids=["input", "output"])
def test_two_ways_to_add_a_port_are_told_apart(code, node, made):
    problem = next(each for each in analyse(made).diagnostics if each.code == code)
    labels = [fix.label() for fix in problem.fixes]
    assert len(labels) > 1
    assert len(set(labels)) == len(labels)
    assert "conv1" in labels[0]


def test_a_group_that_would_need_its_own_result_is_a_cycle():
    two = ports(IN, IN2, OUT, OUT2, edges=["x>y", "x2>y2"])
    made = net(two, RELU, edges=["input1>g.x", "g.y>relu1", "relu1>g.x2", "g.y2>flatten1"])
    assert [(each.code, each.node) for each in analyse(made).diagnostics] == [("cycle", "g")]


def test_a_group_without_a_name_is_said():
    assert "group-without-name" in codes(analyse(net(group("", edges=["x>y"]), edges=["input1>flatten1"])))


def test_a_problem_in_a_further_copy_is_the_groups_and_says_how_often_it_fits():
    made = within(POOL, edges=["x>pool1", "pool1>y"], repeat=5)
    (problem,) = [each for each in analyse(made).diagnostics if each.severity == "error"]
    assert (problem.values["fits"], problem.values["received"]) == (3, [1, 1, 1])
    mended = apply_fix(made, problem.fixes[0])
    assert mended.graph.by_id["g"].repeat == 3
    assert analyse(mended).ok


def test_what_is_bypassed_is_as_if_it_were_not_there():
    wide = Node(id="conv1", block="Conv2d", params={"out_channels": 4, "zzz": 1}, bypassed=True)
    found = analyse(net(wide, edges=["input1>conv1", "conv1>flatten1"]))
    assert found.ok
    assert found.nodes["conv1"].shapes == {"x": (1, 8, 8), "y": (1, 8, 8)}
    assert found.nodes["conv1"].parameters == 0
    add = Node(id="add1", block="Add", bypassed=True)
    made = net(CONV, add, edges=["input1>add1", "input1>conv1", "conv1>add1", "add1>flatten1"])
    found = analyse(made)
    assert found.ok
    assert found.nodes["add1"].shapes["y"] == (1, 8, 8)
    assert "conv1" not in to_python(made)
    # What needed its change of the shape has the usual problem.
    flat = Node(id="flat1", block="Flatten", bypassed=True)
    first = LINEAR.model_copy(update={"id": "first"})
    found = analyse(net(flat, first, edges=["input1>flat1", "flat1>first", "first>flatten1"]))
    assert ("needs-vector", "first") in {(each.code, each.node) for each in found.diagnostics}
    bypassed = analyse(net(stage(bypassed=True), edges=THROUGH))
    assert bypassed.ok
    assert bypassed.nodes["stage1"].shapes == {"x": (1, 8, 8), "y": (1, 8, 8)}


def residual(*more, **fields):
    inner = [("Conv2d", {"out_channels": 4, "bias": False}), "BatchNorm2d", "ReLU", *more]
    return chain_group(inner, name="residual block", residual=True, **fields)


def frozen_net(*more, **fields):
    """Two residual blocks that learn, and one that does not."""
    blocks = [residual(*more, repeat=2), residual(*more)]
    chain = [("Conv2d", {"out_channels": 4}), *blocks, "Flatten", ("Linear", {"out_features": 10})]
    made = experiment(chain, name="frozen", **fields)
    frozen = made.graph.by_id["residual_block2"].model_copy(update={"frozen": True})
    return made.patched(Patch(nodes=(frozen,)))


def test_the_classes_are_shared_and_bear_speaking_names():
    text = module_source(frozen_net()).body
    assert text.count("class ResidualBlock(nn.Module):") == 1
    assert "ResidualBlock2" not in text
    assert "self.residual_block1 = nn.Sequential(*[ResidualBlock() for _ in range(2)])" in text
    assert "self.residual_block2.requires_grad_(False)" in text
    module = build(frozen_net())
    assert isinstance(module.residual_block1, nn.Sequential)
    assert type(module.residual_block1[0]) is type(module.residual_block2)
    # Copies have weights of their own.
    one, other = module.residual_block1
    assert not torch.equal(one.conv1.weight, other.conv1.weight)


def test_several_ports_are_several_arguments_and_results():
    inner = (IN2, ADD, RELU, OUT2)
    made = net(
        group("mix", *inner, edges=["x>add1", "x2>add1", "add1>y", "x2>relu1", "relu1>y2"]),
        Node(id="cat1", block="Concatenate"),
        edges=["input1>mix.x", "input1>mix.x2", "mix.y>cat1", "mix.y2>cat1", "cat1>flatten1"],
    )
    assert analyse(made).ok
    module = build(made)
    images = torch.rand(2, 1, 8, 8) - 0.5
    expected = module.linear1(torch.cat([2 * images, images.relu()], dim=1).flatten(1))
    assert torch.equal(module(images), expected)


def test_what_is_frozen_computes_as_in_the_test_and_stays_as_it_is(tmp_path):
    recipe = Recipe(epochs=1, batch_size=256, weight_decay=0.1, ema_decay=0.9, clip_norm=1.0)
    drawn = frozen_net("Dropout", recipe=recipe)
    found = analyse(drawn)
    block = found.nodes["residual_block2"]
    assert found.frozen_parameters == block.parameters == block.frozen > 0
    module = build(drawn)
    assert module.training
    assert module.residual_block1[0].drop1.training
    assert not module.residual_block2.drop1.training
    assert not module.residual_block2.norm1.training
    torch.manual_seed(recipe.seed)
    before = build(drawn).state_dict()
    after = train(drawn, tmp_path / "run", device="cpu").module.state_dict()
    kept = {key for key in before if torch.equal(before[key], after[key])}
    assert kept == {key for key in before if key.startswith("residual_block2.")}


EXACT = Recipe(epochs=2, batch_size=128, learning_rate=0.01, precision="fp32", optimizer="adamw")


@pytest.mark.parametrize("more", [{}, {"weight_decay": 0.05, "ema_decay": 0.9}], ids=["plain", "rich"])
def test_the_script_trains_the_same_frozen_network(more, tmp_path, monkeypatch):
    drawn = frozen_net(recipe=EXACT.model_copy(update=more))
    run = train(drawn, tmp_path / "run", device="cpu")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    text = to_python(drawn, run.state().plan)
    assert "blockml" not in text.split('"""', 2)[2]
    exec(compile(text, "script", "exec"), {"__name__": "__main__"})
    weights = torch.load("frozen.pt", weights_only=True)
    ours = run.module.state_dict()
    assert set(weights) == set(ours)
    assert all(torch.equal(weights[key], ours[key]) for key in ours)


def test_a_stopped_run_of_groups_goes_on_exactly(tmp_path, monkeypatch):
    drawn = frozen_net("Dropout", recipe=EXACT)
    monkeypatch.setattr(engine, "choose", lambda *_, **__: Plan())
    whole = train(drawn, tmp_path / "whole", device="cpu").module.state_dict()
    obey, steps = session.Session._obey, itertools.count()

    def stop_soon(made):
        if made._live.engine is not None and next(steps) == 15:
            made._live.asked = "stop"
        return obey(made)

    monkeypatch.setattr(session.Session, "_obey", stop_soon)
    assert train(drawn, tmp_path / "part", device="cpu").status == "stopped"
    run = Run.open(tmp_path / "part")
    run.resume()
    assert run.status == "finished"
    ours = run.module.state_dict()
    assert all(torch.equal(ours[key], whole[key]) for key in whole)


def test_a_network_that_is_frozen_as_a_whole_cannot_be_trained():
    drawn = net(edges=["input1>flatten1"]).patched(
        Patch(nodes=(Node(id="linear1", block="Linear", params={"out_features": 10}, frozen=True),))
    )
    with pytest.raises(GraphError, match="frozen"):
        train(drawn)


def test_groups_in_a_chain():
    made = experiment([residual(repeat=2), "Flatten", ("Linear", {"out_features": 10})])
    assert [node.id for node in made.graph.nodes][1:3] == ["residual_block1", "flatten1"]
    for wrong in (0, 65, True, "two"):
        with pytest.raises(DocumentError, match="repeat"):
            chain_group(["ReLU"], repeat=wrong)
    with pytest.raises(DocumentError, match="Item 1"):
        experiment([Node(id="a", block="ReLU")])
    with pytest.raises(DocumentError, match="Conv3d"):
        chain_group(["Conv3d"])


def test_the_palette_has_room_for_so_many_groups_and_says_so(monkeypatch):
    monkeypatch.setattr("blockml.widget.kept_groups.MAX_GROUPS", 2)
    for name in ("one", "two", "one"):
        keep_group(payload(name, stage()))
    with pytest.raises(DocumentError, match="No more than 2 groups"):
        keep_group(payload("three", stage()))
    assert [group.name for group in kept_groups()] == ["one", "two"]
