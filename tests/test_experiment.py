"""The document: canonical, hashed, and read without trusting it."""

import inspect
import json
import os
import re

import pytest

import blockml as bm
from blockml.analysis import analyse, apply_fix
from blockml.blocks import catalogue
from blockml.chain import experiment
from blockml.errors import DocumentError
from blockml.experiment import MAX_NODES, Experiment
from blockml.facts import DataRef
from blockml.graph import Edge, Graph, Node, Patch
from blockml.recipe import Recipe
from blockml.templates import template, templates

HOSTILE = [
    '"',
    "'",
    "a\nb",
    "__import__('os').system('x')",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "\0",
    "한글",
    "{x}",
    "${y}",
]


def test_the_text_is_canonical_and_one_node_a_line():
    text = template("lenet5").to_json()
    assert Experiment.from_json(text).to_json() == text
    assert text.endswith("}\n")
    lines = [line for line in text.splitlines() if '"block":' in line]
    assert len(lines) == len(template("lenet5").graph.nodes)
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize("name", templates())
def test_saving_and_loading_keep_everything(name, tmp_path):
    made = template(name).model_copy(update={"layout": {"conv1": (1.5, -2.0)}})
    path = made.save(tmp_path / "한글 name.blockml")
    assert Experiment.load(path) == made
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_the_hash_covers_meaning_and_not_layout_name_or_node_order():
    made = template("lenet5")
    same = made.model_copy(
        update={
            "name": "other",
            "layout": {"conv1": (5.0, 5.0)},
            "graph": Graph(nodes=made.graph.nodes[::-1], edges=made.graph.edges[::-1]),
        }
    )
    assert same.content_hash() == made.content_hash()
    for change in (
        {"recipe": Recipe(seed=1)},
        {"data": DataRef(name="other")},
        {"graph": Graph(nodes=made.graph.nodes[1:], edges=made.graph.edges)},
    ):
        assert made.model_copy(update=change).content_hash() != made.content_hash()


def test_the_order_of_edges_into_one_port_is_meaning():
    edges = (Edge(source="a", target="c"), Edge(source="b", target="c"))
    one, other = (Experiment(graph=Graph(edges=order)) for order in (edges, edges[::-1]))
    assert one.content_hash() != other.content_hash()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "document-not-json"),
        ("{", "document-not-json"),
        ("null", "document-object"),
        ("[1, 2]", "document-object"),
        ("{}", "document-missing"),
        ('{"blockml": 2}', "document-too-new"),
        ('{"blockml": 10000000}', "document-too-new"),
        ('{"blockml": "1"}', "document-field"),
        ('{"blockml": 1, "zzz": 0}', "document-unknown"),
        ('{"blockml": 1, "graph": []}', "document-object"),
        ('{"blockml": 1, "graph": {"nodes": [{"id": 3}]}}', "document-text"),
        (
            '{"blockml": 1, "graph": {"nodes": [{"id": "a", "block": "B", "params": {"x": NaN}}]}}',
            "document-not-json",
        ),
        ('{"blockml": 1, "recipe": {"epochs": 0}}', "document-field"),
        ('{"blockml": 1, "recipe": {"epochs": 1e999}}', "document-number"),
        ('{"blockml": 1, "recipe": {"seed": ' + "9" * 5000 + "}}", "document-not-json"),
        ('{"blockml": 1, "layout": {"a": [1]}}', "document-missing"),
        ('{"blockml": 1, "layout": {"a": [1e999, 0]}}', "document-number"),
        ('{"blockml": 1, "name": "' + "x" * 201 + '"}', "document-field"),
        ("[" * 100_000, "document-not-json"),
        ('{"a":' * 50_000, "document-not-json"),
        (b"\xff\xfe\x00", "document-not-json"),
        (b"\x80" * 10, "document-not-json"),
        (" " * (9 * 1024 * 1024), "document-too-large"),
    ],
)
def test_what_cannot_be_read_gets_a_clear_error(text, code):
    with pytest.raises(DocumentError) as caught:
        Experiment.from_json(text)
    problem = caught.value.diagnostics[0]
    assert problem.code == code
    assert problem.message
    assert problem.hint
    assert len(str(caught.value)) < 3000


@pytest.mark.parametrize(
    ("setting", "value", "says", "says_korean"),
    [
        ("optimizer", "Adam", "Expected: adam | adamw | sgd | rmsprop | muon.", "필요한 값: adam | adamw"),
        ("epochs", 0, "Expected: 1 … 10000.", "필요한 값: 1 … 10000."),
        ("learning_rate", 0, "Expected: > 0 … 10.", "필요한 값: > 0 … 10."),
        ("momentum", 2, "Expected: 0 … 0.999.", "필요한 값: 0 … 0.999."),
        ("epochs", 1.5, "It takes a whole number", "정수가 필요합니다"),
        ("learning_rate", "fast", "It takes a number", "수가 필요합니다"),
        ("flip", "often", "It takes yes or no", "예나 아니요"),
        ("epoch", 3, "Did you mean epochs?", "혹시 epochs"),
        ("ema", True, "Did you mean ema_decay?", "혹시 ema_decay"),
        ("lr", 0.1, "Did you mean learning_rate?", "혹시 learning_rate"),
        ("dropout", 0.1, "use one of these: epochs, batch_size", "다음 중 하나를 쓰세요: epochs"),
    ],
)
def test_a_mistake_in_a_recipe_is_told_in_words_of_blockml(setting, value, says, says_korean):
    with pytest.raises(DocumentError) as caught:
        Recipe(**{setting: value})
    problem = caught.value.diagnostics[0]
    assert (problem.param, says in problem.hint) == (setting, True), problem
    assert says_korean in problem.text("hint", "ko")
    with pytest.raises(DocumentError) as caught:
        Experiment.from_data({"blockml": 1, "recipe": {setting: value}})
    problem = caught.value.diagnostics[0]
    assert (problem.param, says in problem.hint) == (f"recipe.{setting}", True), problem


def test_a_name_that_is_wrong_deep_in_a_file_is_told_what_is_meant():
    node = {"id": "g", "block": "Group", "graph": {"nodes": [{"id": "a", "block": "ReLU", "froze": True}]}}
    with pytest.raises(DocumentError, match=r"nodes\.0\.graph\.nodes\.0\.froze\. Did you mean frozen"):
        Experiment.from_data({"blockml": 1, "graph": {"nodes": [node]}})


def test_a_file_of_a_hundred_thousand_nodes_is_refused_at_once():
    nodes = [{"id": f"n{k}", "block": "ReLU", "params": {}} for k in range(100_000)]
    with pytest.raises(DocumentError, match="100000"):
        Experiment.from_json(json.dumps({"blockml": 1, "graph": {"nodes": nodes, "edges": []}}))
    assert MAX_NODES < 100_000


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_data(text, tmp_path):
    made = Experiment(
        name=text,
        graph=Graph(
            nodes=(Node(id=text, block=text, params={text: text}),), edges=(Edge(source=text, target=text),)
        ),
        layout={text: (0, 0)},
    )
    assert Experiment.load(made.save(tmp_path / "x.blockml")) == made


def test_files_that_are_not_there_or_not_writable_are_named(tmp_path):
    with pytest.raises(DocumentError, match=r"nothing\.blockml"):
        Experiment.load(tmp_path / "nothing.blockml")
    with pytest.raises(DocumentError, match="cannot be written"):
        Experiment().save(tmp_path / "no" / "folder.blockml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files here")
def test_a_pipe_under_the_name_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.blockml")
    for path in (tmp_path / "pipe.blockml", "/dev/zero"):
        with pytest.raises(DocumentError, match="no file, but a pipe or a device"):
            Experiment.load(path)


def test_a_patch_with_a_bad_recipe_is_refused():
    with pytest.raises(DocumentError, match="epochs"):
        Experiment().patched(Patch(recipe={"epochs": -1}))


def test_a_chain_gets_ends_and_speaking_ids():
    made = experiment(
        ["Conv2d", ("MaxPool2d", {"kernel_size": 2}), "Conv2d", "Flatten", ("Linear", {"out_features": 10})]
    )
    assert [node.id for node in made.graph.nodes] == [
        "input1",
        "conv1",
        "pool1",
        "conv2",
        "flatten1",
        "linear1",
        "output1",
    ]
    with pytest.raises(DocumentError, match=r"Item 1.*Conv3d.*Conv2d"):
        experiment(["Conv3d"])
    with pytest.raises(DocumentError, match="Item 1"):
        experiment([("Conv2d", 3)])
    with pytest.raises(DocumentError, match="AvgPool2d"):
        experiment(["Nothing like it"])


@pytest.mark.parametrize("chain", ["Conv2d", None, 3, {"Conv2d": {}}])
def test_a_chain_that_is_no_list_is_told(chain):
    for make in (experiment, bm.group):
        with pytest.raises(DocumentError, match="A list of blocks was expected") as caught:
            make(chain)
        assert repr(chain) in caught.value.diagnostics[0].message


def test_nodes_and_edges_take_their_usual_fields_in_order():
    assert Node("a", "Conv2d", {"stride": 2}) == Node(id="a", block="Conv2d", params={"stride": 2})
    assert Edge("a", "b", target_port="left") == Edge(source="a", target="b", target_port="left")
    for wrong in (lambda: Edge("a", "y", "b", "x"), lambda: Node("a", id="a", block="Conv2d")):
        with pytest.raises(TypeError):
            wrong()


@pytest.mark.parametrize(
    ("values", "settings", "says"),
    [
        ((8,), {}, "are given with their names. It has these: out_channels, kernel_size"),
        ((), {"channels": 8}, "has no setting named channels. Did you mean out_channels?"),
        ((), {"in_channels": 1, "out_channels": 8}, "in_channels is no setting of Conv2d: it follows"),
        ((), {"padding": "sam"}, 'padding cannot be "sam". Allowed: 0–1,024 | [n, n] | same | valid.'),
    ],
)
def test_a_block_that_is_made_in_python_tells_what_is_wrong(values, settings, says):
    with pytest.raises(DocumentError) as caught:
        bm.catalogue()["Conv2d"](*values, **settings)
    (problem,) = caught.value.diagnostics
    assert says in str(problem)
    assert not re.search("{|problems", problem.line("ko"))


def test_a_chain_takes_what_people_write():
    blocks = catalogue()
    last = ("Linear", {"out_features": 10})
    plain = experiment([("Conv2d", {"out_channels": 3}), "ReLU", "Flatten", last])
    assert experiment(["Input", ("conv2d", {"out_channels": 3}), "relu", "FLATTEN", last, "Output"]) == plain
    assert experiment([blocks["Conv2d"](out_channels=3), blocks["ReLU"], "Flatten", last]) == plain


def test_a_wrong_setting_is_known_by_what_stands_on_the_card():
    made = experiment([("Conv2d", {"filters": 3}), "Flatten", ("Linear", {"out_features": 10})])
    fix = analyse(made).diagnostics[0].fixes[0]
    assert analyse(apply_fix(made, fix)).nodes["conv1"].shapes["y"][0] == 3


def test_replace_checks_what_it_takes():
    made = template("mlp")
    other = made.replace(recipe=made.recipe.replace(epochs=50), name="longer")
    assert (other.recipe.epochs, other.name, made.recipe.epochs) == (
        50,
        "longer",
        template("mlp").recipe.epochs,
    )
    assert other.graph is made.graph
    with pytest.raises(ValueError, match="epochs"):
        made.recipe.replace(epochs=-3)
    with pytest.raises(ValueError, match="lr"):
        made.replace(lr=3)
    with pytest.raises(ValueError, match="recipe"):
        made.replace(recipe="fast")


def test_unknown_starters_are_named():
    with pytest.raises(DocumentError, match="lenet5"):
        template("nothing")


@pytest.mark.parametrize("fact", [{"mean": [1e300]}, {"mean": [-1]}, {"std": [1e-320]}, {"std": [9]}])
def test_facts_that_no_pictures_have_are_refused(fact):
    known = {
        "name": "mine",
        "shape": [1, 8, 8],
        "classes": ["a", "b"],
        "train_size": 8,
        "test_size": 2,
        "mean": [0.5],
        "std": [0.25],
    }
    document = json.loads(template("lenet5").to_json()) | {"data": {"name": "mine", "facts": known}}
    assert Experiment.from_data(document)
    with pytest.raises(DocumentError) as caught:
        Experiment.from_data(document | {"data": {"name": "mine", "facts": known | fact}})
    assert caught.value.diagnostics[0].param.startswith(f"data.facts.{next(iter(fact))}")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"\udfff": 1}, [[float("-inf")]]])
def test_a_parameter_that_no_file_can_hold_is_refused(value):
    node = {"id": "a", "block": "ReLU", "params": {"p": value}}
    with pytest.raises(DocumentError) as caught:
        Experiment.from_data({"blockml": 1, "graph": {"nodes": [node]}})
    assert caught.value.diagnostics[0].values["field"] == "graph.nodes.0.params"


def nested(depth):
    graph = {"nodes": [], "edges": []}
    for _ in range(depth):
        graph = {"nodes": [{"id": "g", "block": "Group", "graph": graph}], "edges": []}
    return graph


def lists(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return {"nodes": [{"id": "a", "block": "ReLU", "params": {"p": found}}]}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"graph": nested(300)}, "more than 8 deep"),
        ({"graph": lists(900)}, "lists that stand in one another too deep"),
        ({"recipe": {"x" * 5000: 1}}, "use one of these: epochs"),
        ({"recipe": {"seed": 10**5000}}, r"10\^30 …"),
        ({"blockml": 10**5000}, r"10\^30 …"),
    ],
)
def test_what_is_said_of_a_monstrous_document_is_short(part, said):
    with pytest.raises(DocumentError, match=said) as caught:
        Experiment.from_data({"blockml": 1} | part)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", ["a\0b.blockml", "a\ud800b.blockml"])
def test_a_name_that_no_file_can_have_is_told(name, tmp_path):
    for act in (Experiment.load, Experiment().save):
        with pytest.raises(DocumentError, match="no file can have that name") as caught:
            act(f"{tmp_path}/{name}")
        assert caught.value.diagnostics[0].model_dump_json()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Recipe(epochs=0), "The field epochs holds 0. Expected: 1 … 10000"),
        (lambda: Recipe(learning_rate=float("inf")), "The field learning_rate holds inf"),
        (lambda: Recipe(optimizer="lion"), "The field optimizer holds 'lion'. Expected: adam .* muon"),
        (lambda: Recipe(optimizer=Recipe), "The field optimizer holds <class 'blockml.recipe.Recipe'>"),
        (lambda: Recipe(epoch=3), "There is no field epoch"),
        (lambda: experiment(["Flatten"], name="a" * 300), "The field name holds 'a"),
        (lambda: experiment(["Flatten"], recipe={"epochs": 0}), "The field recipe.epochs holds 0"),
        (lambda: DataRef(name=3), "The field name holds 3"),
    ],
)
def test_a_wrong_value_in_python_is_told_as_in_a_file(make, said):
    with pytest.raises(DocumentError, match=said) as caught:
        make()
    assert isinstance(caught.value, ValueError)
    assert "pydantic" not in str(caught.value)


def test_a_recipe_tells_its_fields_to_help():
    assert "epochs" in inspect.signature(Recipe).parameters


@pytest.mark.parametrize("given", [None, "x", 3])
def test_what_is_no_experiment_is_told(given):
    for act in (bm.analyse, bm.check, bm.to_python, bm.train):
        with pytest.raises(DocumentError, match="An experiment was expected"):
            act(given)
    if given is not None:
        with pytest.raises(DocumentError, match="An experiment was expected"):
            bm.Canvas(given)
