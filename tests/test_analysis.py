"""Every problem is found, said, and mended by what is offered."""

import json
import time

import pytest

from blockml.analysis import analyse, apply_fix, check
from blockml.blocks import Block, catalogue
from blockml.build import build
from blockml.chain import experiment, group
from blockml.errors import GraphError
from blockml.experiment import Experiment
from blockml.facts import DataRef
from blockml.graph import Edge, Graph, Node
from blockml.recipe import Recipe
from blockml.templates import template
from blockml.texts import LANGUAGES

GOOD = (("i", "Input"), ("f", "Flatten"), ("l", "Linear", {"out_features": 10}), ("o", "Output"))


def wires(*pairs):
    return list(pairs)


def chain(*middle, **params):
    return [("i", "Input"), *middle, ("f", "Flatten"), ("l", "Linear", {"out_features": 10}), ("o", "Output")]


# A small graph for each problem: code, nodes, edges (None: a chain), fields of the experiment.
CASES = {
    "window-too-large": (chain(("c", "Conv2d", {"kernel_size": 31})), None, {}),
    "window-too-large pool": (chain(("p", "MaxPool2d", {"kernel_size": 9})), None, {}),
    "window-too-large spread": (chain(("c", "Conv2d", {"dilation": 8})), None, {}),
    "needs-vector": ([("i", "Input"), ("l", "Linear", {"out_features": 10}), ("o", "Output")], None, {}),
    "needs-vector end": ([("i", "Input"), ("c", "Conv2d"), ("o", "Output")], None, {}),
    "needs-image": (
        [
            ("i", "Input"),
            ("f", "Flatten"),
            ("c", "Conv2d"),
            ("g", "Flatten"),
            ("l", "Linear", {"out_features": 10}),
            ("o", "Output"),
        ],
        None,
        {},
    ),
    "merge-shapes channels": (
        chain(("c", "Conv2d"), ("d", "Conv2d", {"out_channels": 16}), ("a", "Add")),
        wires(("i", "c"), ("c", "d"), ("d", "a"), ("c", "a"), ("a", "f"), ("f", "l"), ("l", "o")),
        {},
    ),
    "merge-shapes gate": (
        chain(("c", "Conv2d"), ("p", "AdaptiveAvgPool2d", {"output_size": 2}), ("a", "Multiply")),
        wires(("i", "c"), ("c", "p"), ("p", "a"), ("c", "a"), ("a", "f"), ("f", "l"), ("l", "o")),
        {},
    ),
    "merge-shapes size": (
        chain(("c", "Conv2d"), ("p", "MaxPool2d"), ("a", "Concatenate")),
        wires(("i", "c"), ("c", "p"), ("p", "a"), ("c", "a"), ("a", "f"), ("f", "l"), ("l", "o")),
        {},
    ),
    "merge-shapes kinds": (
        [
            ("i", "Input"),
            ("f", "Flatten"),
            ("k", "Linear"),
            ("a", "Add"),
            ("l", "Linear", {"out_features": 10}),
            ("o", "Output"),
        ],
        wires(("i", "f"), ("f", "k"), ("k", "a"), ("i", "a"), ("a", "l"), ("l", "o")),
        {},
    ),
    "cycle": (
        chain(("c", "Conv2d"), ("a", "Add"), ("d", "Conv2d")),
        wires(("i", "c"), ("c", "a"), ("d", "a"), ("a", "d"), ("d", "f"), ("f", "l"), ("l", "o")),
        {},
    ),
    "unconnected": ([*GOOD, ("r", "ReLU")], wires(("i", "f"), ("f", "l"), ("l", "o")), {}),
    "unused": ([*GOOD, ("c", "Conv2d")], wires(("i", "f"), ("f", "l"), ("l", "o"), ("i", "c")), {}),
    "no-path-to-output": (list(GOOD), wires(("i", "f"), ("f", "l")), {}),
    "no-path-to-output bare": ([("i", "Input"), ("o", "Output")], [], {}),
    "no-input": (list(GOOD[1:]), None, {}),
    "no-output": (list(GOOD[:3]), None, {}),
    "several-inputs": ([*GOOD, ("j", "Input")], wires(("i", "f"), ("f", "l"), ("l", "o")), {}),
    "several-outputs": (
        [*GOOD, ("p", "Output")],
        wires(("i", "f"), ("f", "l"), ("l", "o"), ("l", "p")),
        {},
    ),
    "too-few-inputs": (chain(("a", "Add")), None, {}),
    "too-many-inputs": (
        chain(("c", "Conv2d"), ("d", "Conv2d")),
        wires(("i", "c"), ("i", "d"), ("c", "f"), ("d", "f"), ("f", "l"), ("l", "o")),
        {},
    ),
    "doubled-edge": (list(GOOD), wires(("i", "f"), ("f", "l"), ("l", "o"), ("i", "f")), {}),
    "edge-to-nowhere": (list(GOOD), wires(("i", "f"), ("f", "l"), ("l", "o"), ("ghost", "f")), {}),
    "wrong-class-count": (
        [
            ("i", "Input"),
            ("f", "Flatten"),
            ("l", "Linear", {"out_features": 7}),
            ("r", "ReLU"),
            ("o", "Output"),
        ],
        None,
        {},
    ),
    "softmax-before-loss": ([*GOOD[:3], ("s", "Softmax"), ("o", "Output")], None, {}),
    "softmax-before-loss sigmoid": ([*GOOD[:3], ("s", "Sigmoid"), ("o", "Output")], None, {}),
    "param-out-of-range": (chain(("c", "Conv2d", {"out_channels": 0})), None, {}),
    "unknown-param": (chain(("c", "Conv2d", {"zzz": 3})), None, {}),
    "param-near": (chain(("c", "Conv2d", {"channels": 3})), None, {}),
    "param-inferred": (chain(("c", "Conv2d", {"in_channels": 1})), None, {}),
    "unknown-block": (chain(("c", "Conv2D")), None, {}),
    "duplicate-id": ([*GOOD, ("f", "ReLU")], wires(("i", "f"), ("f", "l"), ("l", "o")), {}),
    "groups-mismatch": (chain(("c", "Conv2d"), ("d", "Conv2d", {"groups": 5})), None, {}),
    "same-padding-with-stride": (chain(("c", "Conv2d", {"padding": "same", "stride": 2})), None, {}),
    "pad-too-large": (chain(("p", "ReflectionPad2d", {"padding": 8})), None, {}),
    "pad-too-large conv": (chain(("c", "Conv2d", {"padding_mode": "circular", "padding": 9})), None, {}),
    "pool-padding-too-large": (chain(("p", "AvgPool2d", {"padding": 2})), None, {}),
    "picture-vanishes": (chain(("u", "ConvTranspose2d", {"padding": 9})), None, {}),
    "output-padding-too-large": (chain(("u", "ConvTranspose2d", {"output_padding": 2})), None, {}),
    "shape-too-large": (
        chain(*((f"u{k}", "ConvTranspose2d", {"out_channels": 1, "stride": 400}) for k in range(3))),
        None,
        {},
    ),
    "unknown-data": (list(GOOD), None, {"data": DataRef(name="digit")}),
    "recipe-too-large shift": (list(GOOD), None, {"recipe": Recipe(shift=8)}),
    "recipe-too-large cutout": (list(GOOD), None, {"recipe": Recipe(cutout=9)}),
    "too-few-examples": (list(GOOD), None, {"recipe": Recipe(examples=9, batch_size=4)}),
    "batch-too-large": (list(GOOD), None, {"recipe": Recipe(batch_size=1438)}),
    "batch-too-large examples": (
        list(GOOD),
        None,
        {"recipe": Recipe(batch_size=96, examples=100, best_epoch=True)},
    ),
    "batch-of-one": (
        chain(("p", "AdaptiveAvgPool2d"), ("b", "BatchNorm2d")),
        None,
        {"recipe": Recipe(batch_size=1)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_problem_is_found_said_and_mended(case, draw):
    nodes, edges, fields = CASES[case]
    code = case.split(" ")[0]
    drawn = draw(*nodes, edges=edges, **fields)
    found = analyse(drawn)
    problems = [each for each in found.diagnostics if each.code == code]
    assert len(problems) == 1, [str(each) for each in found.diagnostics]
    problem = problems[0]
    assert found.ok == (problem.severity == "warning")
    for language in LANGUAGES:
        for part in ("message", "hint"):
            text = problem.text(part, language)
            assert text
            assert "{" not in text
            assert not text.startswith("problems.")
    assert problem.fixes, f"nothing is offered for {problem}"
    before = {(each.code, each.node) for each in found.diagnostics if each.severity == "error"}
    for fix in problem.fixes:
        label = fix.label()
        assert "{" not in label
        assert not label.startswith("fixes.")
        after = analyse(apply_fix(drawn, fix))
        left = {(each.code, each.node) for each in after.diagnostics}
        assert (problem.code, problem.node) not in left, label
        known = {node for node, each in found.nodes.items() if "y" in each.shapes}
        new = {(c, n) for c, n in left - before if n in known and c != "unused"}
        assert not new, (label, new)


def test_a_setting_with_a_wrong_name_is_told_the_right_one_and_one_that_follows_is_just_removed(draw):
    near, inferred = (
        analyse(draw(*chain(("c", "Conv2d", {name: 3})))).diagnostics[0]
        for name in ("channels", "in_channels")
    )
    assert near.hint == "Did you mean out_channels?"
    assert [fix.label() for fix in near.fixes] == ["Rename to out_channels", "Remove channels"]
    assert "follows from what is connected" in inferred.message
    assert [fix.label() for fix in inferred.fixes] == ["Remove in_channels"]


def test_a_connection_that_is_there_twice_is_made_once(draw):
    drawn = draw(*GOOD, edges=wires(("i", "f"), ("i", "f"), ("f", "l"), ("i", "f"), ("l", "o")))
    again = Experiment.from_json(drawn.to_json())
    assert again.to_json() == drawn.to_json()
    fix = analyse(again).diagnostics[0].fixes[0]
    assert fix.label() == "Keep one connection"
    assert apply_fix(again, fix).graph.edges == draw(*GOOD).graph.edges


def test_too_many_connections_into_the_second_of_two_ports_are_mended(draw, odd):
    odd(ports="Port('left'), Port('right')")
    nodes = chain(("c", "Conv2d"), ("d", "Conv2d"), ("t", "Odd"))
    drawn = draw(*nodes, edges=wires(("i", "c"), ("i", "d"), ("t", "f"), ("f", "l"), ("l", "o")))
    into = (("i", "left"), ("c", "right"), ("d", "right"))
    edges = [Edge(source=source, target="t", target_port=port) for source, port in into]
    drawn = drawn.replace(graph=drawn.graph.replace(edges=(*edges, *drawn.graph.edges)))
    problem = next(each for each in analyse(drawn).diagnostics if each.code == "too-many-inputs")
    assert (problem.port, problem.fixes[0].kind) == ("right", "disconnect")
    assert analyse(apply_fix(drawn, problem.fixes[0])).ok


@pytest.mark.parametrize(
    "case",
    ["window-too-large", "needs-vector", "wrong-class-count", "merge-shapes channels", "merge-shapes size"],
)
def test_the_first_repair_leaves_a_network_that_runs(case, draw):
    nodes, edges, fields = CASES[case]
    drawn = draw(*nodes, edges=edges, **fields)
    for _ in range(4):
        errors = [each for each in analyse(drawn).diagnostics if each.severity == "error"]
        if not errors:
            break
        drawn = apply_fix(drawn, errors[0].fixes[0])
    assert analyse(drawn).ok


def test_the_offer_for_a_large_window_is_three(draw):
    found = analyse(draw(*chain(("c", "Conv2d", {"kernel_size": 31}))))
    fix = found.diagnostics[0].fixes[0]
    assert fix.patch.nodes[0].params == {}
    assert fix.values["value"] == 3


@pytest.mark.parametrize(
    ("made", "settings"),
    [
        ({"out_channels": 48, "padding": 0}, "out_channels = 32, padding = same"),
        ({"out_channels": 48}, "out_channels = 32"),
        ({"padding": 0}, "padding = same"),
        ({"stride": 2}, "padding = same, stride = 1"),
    ],
)
def test_branches_are_brought_together_by_the_settings_of_what_made_them(draw, made, settings):
    nodes = chain(("c", "Conv2d"), ("d", "Conv2d", made), ("r", "ReLU"), ("a", "Add"))
    pairs = [("i", "c"), ("c", "d"), ("d", "r"), ("c", "a"), ("r", "a"), ("a", "f"), ("f", "l"), ("l", "o")]
    drawn = draw(*nodes, edges=wires(*pairs))
    problem = analyse(drawn).diagnostics[0]
    assert (problem.code, problem.fixes[0].kind) == ("merge-shapes", "match")
    assert problem.fixes[0].values["settings"] == settings
    assert problem.fixes[0].patch.nodes[0].id == "d"
    assert analyse(apply_fix(drawn, problem.fixes[0])).ok


def test_no_window_is_offered_that_is_wider_than_the_picture(draw):
    found = analyse(draw(*chain(("c", "Conv2d", {"kernel_size": 31, "padding": 5}))))
    fixes = found.diagnostics[0].fixes
    sizes = [fix.values["value"] for fix in fixes if fix.values.get("param") == "kernel_size"]
    assert sizes == [3, 7]


def test_a_network_too_large_for_memory_offers_a_batch_that_fits(draw):
    drawn = draw(*chain(("c", "Conv2d", {"out_channels": 512})), recipe=Recipe(batch_size=4096))
    found = analyse(drawn, memory=200_000_000)
    problem = next(each for each in found.diagnostics if each.code == "too-large-for-memory")
    fixed = apply_fix(drawn, problem.fixes[0])
    assert fixed.recipe.batch_size < 4096
    assert analyse(fixed, memory=200_000_000).ok
    assert analyse(drawn, memory=10**15).ok


def test_an_unknown_port_is_named_and_straightened(draw):
    drawn = draw(*GOOD)
    bent = Edge(source="f", source_port="y", target="l", target_port="left")
    graph = Graph(nodes=drawn.graph.nodes, edges=(drawn.graph.edges[0], bent, drawn.graph.edges[2]))
    problem = next(
        each
        for each in analyse(drawn.model_copy(update={"graph": graph})).diagnostics
        if each.code == "unknown-port"
    )
    assert problem.node == "l"
    fixed = apply_fix(drawn.model_copy(update={"graph": graph}), problem.fixes[0])
    assert analyse(fixed).ok


def test_all_problems_come_at_once_and_known_shapes_stay(draw):
    drawn = draw(
        ("i", "Input"),
        ("c", "Conv2d", {"out_channels": 4}),
        ("d", "Conv2d", {"kernel_size": 99}),
        ("f", "Flatten"),
        ("l", "Linear", {"out_features": -1}),
        ("o", "Output"),
    )
    found = analyse(drawn)
    assert {(each.code, each.node) for each in found.diagnostics} == {
        ("window-too-large", "d"),
        ("param-out-of-range", "l"),
    }
    assert found.nodes["c"].shapes == {"x": (1, 8, 8), "y": (4, 8, 8)}
    assert found.nodes["d"].shapes == {"x": (4, 8, 8)}
    assert found.nodes["f"].shapes == {}
    assert not found.complete


def mistakes(drawn):
    return {(each.code, each.node) for each in analyse(drawn).diagnostics}


def test_what_is_certain_behind_a_problem_is_said_at_once():
    pool, conv = ("MaxPool2d", {"kernel_size": 5}), ("Conv2d", {"padding": 0})
    drawn = experiment(["Conv2d", pool, conv, "ReLU", ("Linear", {"out_features": 12}), "Sigmoid"])
    assert mistakes(drawn) == {
        ("window-too-large", "conv2"),
        ("needs-vector", "linear1"),
        ("wrong-class-count", "output1"),
        ("softmax-before-loss", "sigmoid1"),
    }
    for problem in analyse(drawn).diagnostics:
        assert "? × ? × ?" in problem.message or problem.code != "needs-vector"
        assert problem.fixes
        assert "5040" not in str(problem)
    # A wrong setting hides no more than a wrong size; a second picture behind a row is no second mistake.
    none = ("Conv2d", {"out_channels": 0})
    wrong = experiment([none, "Flatten", "Conv2d", ("Linear", {"out_features": 10})])
    assert mistakes(wrong) == {("param-out-of-range", "conv1"), ("needs-image", "conv2")}


def test_what_only_follows_from_a_problem_stays_unsaid(draw):
    # Behind the first problem the sizes, the channels and the branches that do not fit are unknown.
    nodes = chain(
        ("c", "Conv2d", {"kernel_size": 31}), ("d", "Conv2d", {"groups": 7}), ("a", "Add"), ("p", "MaxPool2d")
    )
    pairs = [("i", "c"), ("c", "d"), ("c", "a"), ("d", "a"), ("a", "p"), ("p", "f"), ("f", "l"), ("l", "o")]
    assert mistakes(draw(*nodes, edges=pairs)) == {("window-too-large", "c")}
    flat = experiment([("Conv2d", {"kernel_size": 31}), "Flatten"])
    assert mistakes(flat) == {("window-too-large", "conv1")}


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("block", ["Input", "Output"])
def test_of_an_end_too_many_it_is_only_said_that_there_are_too_many(block, first, draw):
    more = [("n", block), *GOOD] if first else [*GOOD, ("n", block)]
    drawn = draw(*more, edges=wires(("i", "f"), ("f", "l"), ("l", "o")))
    assert mistakes(drawn) == {(f"several-{block.lower()}s", "n")}


@pytest.mark.parametrize(("filters", "offered"), [(0, [32, 1]), (999_999_999, [32, 65536]), ("many", [32])])
def test_the_usual_value_is_offered_before_the_nearest(filters, offered, draw):
    problem = analyse(draw(*chain(("c", "Conv2d", {"out_channels": filters})))).diagnostics[0]
    assert [fix.values["value"] for fix in problem.fixes] == offered
    assert problem.text("hint", "ko") == "쓸 수 있는 값은 1–65,536입니다."


def test_counts_are_those_of_the_module_that_is_built():
    from blockml.build import build

    made = experiment(
        ["Conv2d", "BatchNorm2d", "PReLU", "MaxPool2d", "Flatten", ("Linear", {"out_features": 10})]
    )
    found = analyse(made)
    assert found.total_parameters == sum(weight.numel() for weight in build(made).parameters())
    assert found.total_flops == sum(node.flops for node in found.nodes.values())
    assert found.complete


def test_an_unused_branch_is_not_counted(draw):
    nodes, edges, fields = CASES["unused"]
    assert analyse(draw(*nodes, edges=edges, **fields)).total_parameters == 64 * 10 + 10


def test_check_raises_all_errors(draw):
    with pytest.raises(GraphError, match="31 × 31") as caught:
        check(draw(*chain(("c", "Conv2d", {"kernel_size": 31}), ("q", "Nothing"))))
    assert {each.code for each in caught.value.diagnostics} == {"window-too-large", "unknown-block"}


def test_analysis_never_raises_on_any_wiring(draw):
    from hypothesis import given
    from hypothesis import strategies as st

    names = st.sampled_from("abcdefg")
    blocks = st.sampled_from([*catalogue(), "Zonk"])

    @given(
        st.lists(st.tuples(names, blocks), max_size=7),
        st.lists(st.tuples(names, names, st.sampled_from(["x", "y", "z"])), max_size=12),
    )
    def check_any(nodes, edges):
        graph = Graph(
            nodes=tuple(Node(id=name, block=block) for name, block in nodes),
            edges=tuple(Edge(source=a, target=b, target_port=port) for a, b, port in edges),
        )
        found = analyse(Experiment(graph=graph))
        for problem in found.diagnostics:
            for fix in problem.fixes:
                apply_fix(Experiment(graph=graph), fix)

    check_any()


@pytest.mark.parametrize(
    "params", [{"kernel_size": 99}, {"out_channels": 0}, {"zzz": 1}], ids=["windows", "ranges", "names"]
)
def test_a_thousand_problems_do_not_hang(draw, params):
    nodes = [("i", "Input"), *((f"c{k}", "Conv2d", params) for k in range(1000)), ("o", "Output")]
    drawn = draw(*nodes, edges=[("i", f"c{k}") for k in range(1000)])
    started = time.perf_counter()
    found = analyse(drawn)
    # Not a benchmark: only that it ends at all, and that the first ones have their repairs.
    assert time.perf_counter() - started < 30
    assert len(found.diagnostics) >= 1000
    assert any(each.fixes for each in found.diagnostics)


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ([(f"u{k}", "ConvTranspose2d", {"stride": 100}) for k in range(4000)], None),
        ([(f"r{k}", "ReLU") for k in range(4990)], []),
        ([(f"r{k}", f"Conv{k}") for k in range(4990)], []),
        ([(f"r{k // 2}", "ReLU") for k in range(4990)], []),
        ([("r", "ReLU")] * 4990, []),
        ([(f"r{k}", "ReLU") for k in range(1000)], [(f"x{k}", f"y{k}") for k in range(19_000)]),
        ([(f"r{k}", "ReLU") for k in range(4990)], [(f"r{k}", f"r{k ^ 1}") for k in range(4990)]),
    ],
    ids=["huge-sizes", "loose", "unknown", "twins", "one-id", "edges-to-nowhere", "circles"],
)
def test_the_largest_file_that_is_read_does_not_hang(nodes, edges, draw):
    drawn = draw(("i", "Input"), *nodes, edges=edges)
    started = time.perf_counter()
    found = analyse(drawn)
    # Not a benchmark either: these took minutes, or raised, before there was a limit.
    assert time.perf_counter() - started < 20
    assert not found.ok
    json.dumps(found.total_flops)
    assert max(side for node in found.nodes.values() for s in node.shapes.values() for side in s) < 2**40


@pytest.mark.parametrize(
    ("given", "line"), [({}, 'family = "activation"'), ({"family": "linear"}, 'stem = "twice"')]
)
def test_a_block_that_lacks_a_line_is_told_which(given, line):
    with pytest.raises(TypeError, match=f"block Twice needs a line such as {line} in its class"):
        type("Twice", (Block,), {"__module__": "__main__", **given})


def test_a_block_of_a_notebook_cell_joins_the_catalogue(draw):
    source = '''
class Twice(Block):
    """Doubles every number."""
    family = "activation"
    stem = "twice"
    def infer(self, shapes): return shapes[0]
    def call(self, shapes): return Expr("2 * {inputs}")
'''
    from blockml.blocks import Expr, base

    try:
        for _ in range(2):  # running the cell again is no clash
            exec(source, {"Block": Block, "Expr": Expr, "__name__": "__main__"})
        assert "Twice" in catalogue()
        assert analyse(draw(*chain(("t", "Twice")))).ok
        with pytest.raises(TypeError, match="two blocks named Conv2d"):
            exec(
                source.replace("Twice", "Conv2d"),
                {"Block": Block, "Expr": Expr, "__name__": "__main__"},
            )
    finally:
        base._catalogue.pop("Twice", None)


def test_an_analysis_prints_a_table(draw):
    found = analyse(draw(*chain(("c", "Conv2d", {"kernel_size": 31}))))
    assert repr(found) == "<Analysis: 5 blocks, 0 parameters, 0 operations, 1 problem>"
    lines = str(found).splitlines()
    assert lines[0].split() == ["node", "block", "output", "parameters", "operations"]
    assert [line.split()[0] for line in lines[1:-1]] == ["i", "c", "f", "l", "o", "total"]
    assert lines[-1].startswith("c: The 31 × 31 window")
    table = str(analyse(template("resnet_small")))
    assert "block2/conv1" in table
    assert "Passage" not in table
    assert table.splitlines()[-1].split() == ["total", "78,042", "25,453,824"]


BROKEN = '''
class Odd(Block):
    """Does what it should not."""
    family = "activation"
    stem = "odd"
    inputs = ({ports},)
    def infer(self, shapes): return {infer}
    def call(self, shapes): return {call}
    def flops(self, shapes, output): return {flops}
'''


@pytest.fixture
def odd():
    """Puts a block of one's own with some mistake into the catalogue."""
    from blockml.blocks import Call, Expr, Port, base

    def make(**parts):
        usual = {"ports": "Port('x')", "infer": "shapes[0]", "call": "Call('nn.ReLU')", "flops": "0"}
        space = {"Block": Block, "Call": Call, "Expr": Expr, "Port": Port, "__name__": "__main__"}
        exec(BROKEN.format(**(usual | parts)), space)

    yield make
    base._catalogue.pop("Odd", None)


@pytest.mark.parametrize(
    "part",
    [
        {"infer": "1 / 0"},
        {"infer": "None"},
        {"infer": "(3, 0, 2)"},
        {"infer": "(2.5,)"},
        {"call": "undefined"},
        {"flops": "'many'"},
    ],
    ids=str,
)
def test_a_block_of_ones_own_that_fails_is_named_and_nothing_else_breaks(part, odd, draw):
    odd(**part)
    drawn = draw(*chain(("c", "Conv2d"), ("t", "Odd")))
    found = analyse(drawn)
    problem = next(each for each in found.diagnostics if each.code == "block-broken")
    assert (problem.node, problem.values["block"]) == ("t", "Odd")
    assert found.nodes["c"].shapes["y"]
    assert any(analyse(apply_fix(drawn, fix)).ok for fix in problem.fixes)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("Expr('{x} * 2')", "block-gap"),
        ("Expr('{} * 2')", "block-gap"),
        ("'nn.ReLU'", "block-broken"),
    ],
)
def test_an_expression_with_a_gap_that_is_unknown_is_refused_at_once(call, code, odd, draw):
    odd(call=call)
    drawn = draw(*chain(("c", "Conv2d"), ("t", "Odd")))
    problem = next(each for each in analyse(drawn).diagnostics if each.severity == "error")
    assert (problem.code, problem.node) == (code, "t")
    if code == "block-gap":
        assert "{inputs}, {plus}, {times}" in problem.hint


@pytest.mark.parametrize("missing", ["infer", "call"])
def test_a_block_of_ones_own_without_a_method_is_told_which(missing, odd, draw):
    from blockml.blocks import base

    odd()
    delattr(base._catalogue["Odd"], missing)
    problem = analyse(draw(*chain(("t", "Odd")))).diagnostics[0]
    assert (problem.code, problem.values["missing"]) == ("block-incomplete", missing)


@pytest.mark.parametrize(
    ("part", "code", "node"),
    [
        ({"infer": "(7, *shapes[0][1:])"}, "block-disagrees", "t"),
        ({"infer": "(7, *shapes[0][1:])", "call": "Expr('2 * {inputs}')"}, "block-disagrees", "t"),
        ({"call": "Call('nn.Linear', (3, 4))"}, "block-broken", "t"),
        ({"call": "Call('nn.Softpluss')"}, "block-broken", "t"),
        ({"call": "Expr('{inputs} @ 2')"}, "block-broken", "t"),
        ({"call": "Expr('2 * * {inputs}')"}, "block-broken", "t"),
        ({"call": "Call('nn.PReLU')"}, "block-miscounts", "t"),
        ({"call": "Call('nn.Softplus')"}, "", None),
    ],
    ids=str,
)
@pytest.mark.parametrize("repeat", [0, 2])
def test_a_block_of_ones_own_that_computes_something_else_is_named(part, code, node, repeat, odd, draw):
    odd(**part)
    inner = [("Conv2d", {"out_channels": 3, "bias": False}), "Odd", "ReLU"]
    inside = [group(inner, repeat=repeat)] if repeat else inner
    made = experiment([("Conv2d", {"out_channels": 3}), *inside, "Flatten", ("Linear", {"out_features": 10})])
    assert analyse(made).ok
    if not code:
        assert build(made).training
        return
    with pytest.raises(GraphError) as raised:
        build(made)
    problem = raised.value.diagnostics[0]
    assert problem.code == code
    if node:
        assert problem.node.split("/")[-1] == "odd1"
        assert problem.values["block"] == "Odd"
