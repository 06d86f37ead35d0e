"""The canvas without a page: one owner, every change analysed, every request answered."""

import threading
import time

import pytest
import traitlets

import blockml as bm
from blockml.chain import experiment
from blockml.experiment import Experiment
from blockml.protocol import Answer
from blockml.recipe import Recipe
from blockml.templates import template


def short(name="short"):
    return experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=2), name=name)


@pytest.fixture
def canvas():
    return bm.Canvas(short())


def ask(canvas, name, payload=None, buffers=()):
    """Ask as the page does, and return the answer that it gets."""
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(
        {"kind": "blockml-request", "id": "q1", "name": name, "payload": payload or {}}, list(buffers)
    )
    assert len(answers) == 1
    assert answers[0]["id"] == "q1"
    return Answer.model_validate(answers[0])


def from_page(canvas, document, revision):
    canvas.set_state({"experiment": {"revision": revision, "document": document}})


def test_an_empty_canvas_has_two_ends():
    canvas = bm.Canvas()
    assert [node.block for node in canvas.experiment.graph.nodes] == ["Input", "Output"]
    assert [each["code"] for each in canvas.analysis["diagnostics"]] == ["no-path-to-output"]


def test_python_and_page_take_turns(canvas):
    first = canvas.revision
    canvas.experiment = template("mlp")
    assert canvas.revision == first + 1
    assert canvas.analysis["revision"] == canvas.revision
    from_page(canvas, template("softmax").model_dump(mode="json"), 40)
    assert canvas.experiment == template("softmax")
    assert (canvas.revision, canvas.analysis["revision"]) == (40, 40)
    canvas.experiment = template("mlp")
    assert canvas.revision == 41
    assert canvas.get_state("experiment")["experiment"]["revision"] == 41


def test_an_equal_document_still_gets_its_analysis(canvas):
    from_page(canvas, canvas.experiment.model_dump(mode="json"), 77)
    assert (canvas.revision, canvas.analysis["revision"]) == (77, 77)


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        "x",
        [],
        {},
        {"blockml": 1, "graph": {"nodes": [{"id": 1}]}},
        {"blockml": 9},
        {"blockml": 1, "graph": {"nodes": [{"id": "a", "block": "b"}] * 6000}},
    ],
)
def test_a_document_that_cannot_be_read_changes_nothing_and_is_said(canvas, document):
    before = canvas.experiment
    from_page(canvas, document, 50)
    assert canvas.experiment == before
    assert canvas.analysis["revision"] == 50
    assert canvas.analysis["diagnostics"][0]["code"].startswith("document-")
    from_page(canvas, before.model_dump(mode="json"), 51)
    assert canvas.analysis["diagnostics"] == []


def test_only_an_experiment_can_be_assigned(canvas):
    with pytest.raises(traitlets.TraitError, match="takes an Experiment"):
        canvas.experiment = {"blockml": 1}


def test_the_module_is_built_before_a_run_and_live_after_it(canvas):
    assert sum(weight.numel() for weight in canvas.module.parameters()) == 650
    run = canvas.train()
    assert canvas.run is run
    assert canvas.module is run.module
    state = canvas.get_state("run")["run"]
    assert (state["status"], state["epoch"]) == ("finished", 2)
    assert state["content_hash"] == state["current_hash"]
    canvas.experiment = template("mlp")
    assert canvas.get_state("run")["run"]["current_hash"] != state["content_hash"]


def test_run_and_stop_from_the_page(canvas):
    canvas.experiment = canvas.experiment.model_copy(update={"recipe": Recipe(epochs=500)})
    assert ask(canvas, "train").ok
    assert ask(canvas, "train").problem.code == "run-active"
    deadline = time.monotonic() + 60
    while canvas.run is None or canvas.run.status != "training":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert ask(canvas, "pause").ok
    assert ask(canvas, "resume").ok
    assert ask(canvas, "stop").ok
    canvas.run.wait()
    assert canvas.run.status == "stopped"
    assert ask(canvas, "train").ok, "a new run may follow"
    run = canvas.train(wait=False)
    run.stop()


def test_a_graph_with_errors_is_not_started(canvas):
    canvas.experiment = experiment(["Conv2d"])
    answer = ask(canvas, "train")
    assert not answer.ok
    assert answer.problem.code == "needs-vector"


@pytest.mark.parametrize("name", ["pause", "resume", "stop", "predict"])
def test_requests_about_a_run_say_that_there_is_none(canvas, name):
    answer = ask(canvas, name, buffers=[b""])
    assert answer.problem.code == "no-run"


def test_pictures_are_answered(canvas):
    import io

    from PIL import Image

    canvas.train()
    buffer = io.BytesIO()
    Image.fromarray(bm.load_data("digits").test.images[0, 0].numpy()).save(buffer, "PNG")
    answer = ask(canvas, "predict", buffers=[memoryview(buffer.getvalue())])
    assert answer.ok
    assert answer.payload["label"] in "0123456789"
    assert ask(canvas, "predict", buffers=[b"junk"]).problem.code == "picture-unreadable"
    assert ask(canvas, "predict").problem.code == "no-picture"


def test_code_follows_the_document(canvas):
    answer = ask(canvas, "code")
    assert answer.payload["text"] == bm.to_python(canvas.experiment)
    assert answer.payload["revision"] == canvas.revision
    assert answer.payload["filename"] == "short.py"


def test_files_are_saved_listed_and_opened_beside_the_notebook(canvas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    canvas.experiment = canvas.experiment.model_copy(update={"name": "../out of here"})
    assert ask(canvas, "save").payload["path"] == "out-of-here.blockml"
    assert ask(canvas, "files").payload["paths"] == ["out-of-here.blockml"]
    opened = ask(canvas, "open", {"path": "out-of-here.blockml"}).payload["document"]
    assert Experiment.from_data(opened) == canvas.experiment
    assert ask(canvas, "open", {"text": canvas.experiment.to_json()}).ok
    (tmp_path / "secret.txt").write_text("x")
    for path in ("../x.blockml", "/etc/passwd", "secret.txt", "", "a/b.blockml", None):
        assert ask(canvas, "open", {"path": path}).problem.code == "file-not-offered", path
    assert ask(canvas, "open", {"path": "gone.blockml"}).problem.code == "file-unreadable"
    assert ask(canvas, "open", {"text": "<html>"}).problem.code == "document-not-json"


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "blockml-request"},
        {"kind": "blockml-request", "id": "a", "name": "__import__"},
        {"kind": "blockml-request", "id": "a", "name": "code", "payload": 3},
        {"kind": "blockml-request", "id": {}, "name": "code"},
    ],
)
def test_a_malformed_request_is_answered_too(canvas, content):
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(content, [])
    assert len(answers) == 1
    assert answers[0]["ok"] is False
    assert answers[0]["problem"]["code"] == "internal"


@pytest.mark.parametrize("content", [None, 3, "x", {}, {"kind": "anywidget-command"}])
def test_messages_of_others_are_left_alone(canvas, content):
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(content, [])
    assert answers == []


def test_two_threads_never_mix_a_document_and_its_analysis(canvas):
    def python():
        for _ in range(40):
            canvas.experiment = template("mlp")
            canvas.experiment = template("softmax")

    def page():
        for number in range(80):
            from_page(canvas, short(f"n{number}").model_dump(mode="json"), 1000 + number)

    threads = [threading.Thread(target=target) for target in (python, page)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert canvas.analysis["revision"] == canvas.revision
    assert set(canvas.analysis["nodes"]) == {node.id for node in canvas.experiment.graph.nodes}


def test_the_state_holds_both_languages_of_every_block(canvas):
    blocks = canvas.catalogue["blocks"]
    assert {block["name"] for block in blocks} >= {"Conv2d", "Linear", "Output"}
    assert all(block["summary"]["ko"] != block["summary"]["en"] for block in blocks if block["family"] != "x")
    assert [each["name"] for each in canvas.catalogue["templates"]] == ["softmax", "mlp", "lenet5"]
