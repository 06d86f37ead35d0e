"""The canvas without a page: one owner, every change analysed, every request answered."""

import os
import threading
import time

import nbformat
import pytest
import traitlets
from nbclient import NotebookClient
from page import ask, from_page

import blockml as bm
from blockml.chain import experiment
from blockml.experiment import Experiment
from blockml.graph import Patch
from blockml.protocol import Answer
from blockml.recipe import Recipe
from blockml.templates import template, templates


def short(name="short"):
    return experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=2), name=name)


@pytest.fixture
def canvas():
    return bm.Canvas(short())


def ask_long(canvas, name, payload=None, timeout=60):
    """Ask for something that takes time, and wait for the answer."""
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(
        {"kind": "blockml-request", "id": "long", "name": name, "payload": payload or {}}, []
    )
    deadline = time.monotonic() + timeout
    while not answers:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert answers[0]["id"] == "long"
    return Answer.model_validate(answers[0])


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """A folder beside the notebook with pictures of two classes, one of them twice, and a broken file."""
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path / "home"))
    for name, shade in (("dark", 20), ("light", 200)):
        folder = tmp_path / "mine" / name
        folder.mkdir(parents=True)
        for number in range(12):
            picture = Image.new("L", (16, 16), shade + number)
            picture.putpixel((number, 3), 255)
            picture.save(folder / f"{number:02}.png")
    (tmp_path / "mine" / "dark" / "copy.png").write_bytes(
        (tmp_path / "mine" / "dark" / "00.png").read_bytes()
    )
    (tmp_path / "mine" / "light" / "broken.png").write_bytes(b"no picture")
    return tmp_path / "mine"


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
    assert answer.payload["text"] == bm.to_python(canvas.experiment, file=answer.payload["filename"])
    assert answer.payload["revision"] == canvas.revision
    assert answer.payload["filename"] == "short.py"


def test_files_are_saved_listed_and_opened_beside_the_notebook(canvas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    canvas.experiment = canvas.experiment.model_copy(update={"name": "../out of here"})
    assert ask(canvas, "save").payload["path"] == "out-of-here.blockml"
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe.blockml")
    assert ask(canvas, "files").payload["paths"] == ["out-of-here.blockml"]
    opened = ask(canvas, "open", {"path": "out-of-here.blockml"}).payload["document"]
    assert Experiment.from_data(opened) == canvas.experiment
    assert ask(canvas, "open", {"text": canvas.experiment.to_json()}).ok
    (tmp_path / "secret.txt").write_text("x")
    for path in ("../x.blockml", "/etc/passwd", "secret.txt", "", "a/b.blockml", None):
        assert ask(canvas, "open", {"path": path}).problem.code == "file-not-offered", path
    assert ask(canvas, "open", {"path": "gone.blockml"}).problem.code == "file-unreadable"
    assert ask(canvas, "open", {"text": "<html>"}).problem.code == "document-not-json"


def reseeded(canvas, seed):
    """The document of a canvas with another recipe, as an edit in the page."""
    recipe = canvas.experiment.recipe.model_copy(update={"seed": seed})
    document = canvas.experiment.model_copy(update={"recipe": recipe})
    from_page(canvas, document.model_dump(mode="json"), canvas.revision + 1)
    return document


def test_files_of_another_notebook_are_not_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, other = bm.Canvas(short()), bm.Canvas(short())
    (tmp_path / "short-3.blockml").mkdir()
    documents = [reseeded(canvas, seed) for canvas, seed in ((one, 1), (other, 2))]
    saved = [ask(canvas, "save").payload["path"] for canvas in (one, other)]
    assert saved == ["short.blockml", "short-2.blockml"]
    assert [Experiment.load(path) for path in saved] == documents
    # Each goes on in its own file, until somebody else has changed that.
    for canvas, path in zip((one, other), saved, strict=True):
        document = reseeded(canvas, 5 + saved.index(path))
        assert ask(canvas, "save").payload["path"] == path
        assert Experiment.load(path) == document
    documents[0].save("short-2.blockml")
    reseeded(other, 77)
    assert ask(other, "save").payload["path"] == "short-4.blockml"
    # What says the same is as good as saved, and still not to be written over.
    reseeded(other, 5)
    assert ask(other, "save").payload["path"] == "short.blockml"
    reseeded(other, 78)
    assert ask(other, "save").payload["path"] == "short-4.blockml"


def test_a_file_that_was_opened_is_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.blockml").write_text(short().to_json() + "\n", encoding="utf-8")
    canvas = bm.Canvas()
    opened = ask(canvas, "open", {"path": "short.blockml"}).payload["document"]
    from_page(canvas, opened, canvas.revision + 1)
    document = reseeded(canvas, 3)
    assert ask(canvas, "save").payload["path"] == "short.blockml"
    # The same in Python; what is there already needs no second file.
    again = bm.Canvas(Experiment.load("short.blockml"))
    assert ask(again, "save").payload["path"] == "short.blockml"
    assert reseeded(again, 4) != document
    assert ask(again, "save").payload["path"] == "short.blockml"


def test_a_saved_starter_belongs_to_its_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, other = bm.Canvas(template("mlp")), bm.Canvas(template("mlp"))
    first = ask(one, "save").payload["path"]
    reseeded(other, 4)
    assert ask(other, "save").payload["path"] == first.replace(".blockml", "-2.blockml")
    assert Experiment.load(first) == template("mlp")


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "blockml-request"},
        {"kind": "blockml-request", "id": "a", "name": "__import__"},
        {"kind": "blockml-request", "id": "a", "name": "code", "payload": 3},
        {"kind": "blockml-request", "id": "a", "name": "code", "payload": []},
        {"kind": "blockml-request", "id": "a", "name": "code", "more": 1},
        {"kind": "blockml-request", "id": {}, "name": "code"},
    ],
)
def test_a_malformed_request_is_answered_too(canvas, content, caplog):
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(content, [])
    assert len(answers) == 1
    assert answers[0]["ok"] is False
    assert answers[0]["problem"]["code"] == "bad-request"
    assert not caplog.records, "a stranger could fill the log"


def test_a_name_that_no_file_can_have_is_told_to_the_page(canvas):
    for path in ("\ud800.blockml", "a\0.blockml", "x" * 300 + ".blockml"):
        assert ask(canvas, "open", {"path": path}).problem.code == "file-unreadable"


@pytest.mark.parametrize(
    "state",
    [
        {"_esm": "alert(1)"},
        {"_css": "x"},
        {"catalogue": {}},
        {"task": {}},
        {"analysis": {}},
        {"draft": {"key": "../../x"}},
        {"run": {"status": "finished"}},
        {"_view_name": "x", "layout": None},
    ],
)
def test_a_page_writes_only_what_is_its_own(canvas, state):
    before = {name: canvas.get_state(name) for name in state}
    canvas.set_state({**state, "language": "ko"})
    assert {name: canvas.get_state(name) for name in state} == before
    assert canvas.language == "ko"


@pytest.mark.parametrize("revision", [0, 9, 10, True, -1, "x", 2**80])
@pytest.mark.parametrize("writer", ["", "A"])
def test_the_numbers_of_changes_only_rise(canvas, revision, writer):
    from_page(canvas, template("mlp"), 10, writer="A")
    from_page(canvas, template("softmax"), revision, writer=writer, base=10)
    assert canvas.experiment == template("softmax")
    assert canvas.revision == canvas.analysis["revision"] == 11
    # Also where it says the same.
    from_page(canvas, template("softmax"), 0, writer=writer, base=11)
    assert canvas.revision == canvas.analysis["revision"] == 12


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


def test_a_block_that_a_cell_defines_reaches_the_canvas_that_is_open(canvas, monkeypatch):
    from blockml.blocks import base

    monkeypatch.setattr(base, "_catalogue", dict(base._catalogue))
    graph = canvas.experiment.graph
    nodes = tuple(node.replace(block="Soon") if node.id == "flatten1" else node for node in graph.nodes)
    canvas.experiment = canvas.experiment.replace(graph=graph.replace(nodes=nodes))
    (problem,) = canvas.analysis["diagnostics"]
    assert problem["code"] == "unknown-block"
    revision = canvas.revision

    class Soon(bm.Block):
        """Makes a row of numbers of a picture."""

        family, stem = "linear", "soon"

        def infer(self, shapes):
            return (64,)

        def call(self, shapes):
            return bm.Call("nn.Flatten")

    assert canvas.analysis["diagnostics"] == []
    assert canvas.analysis["nodes"]["linear1"]["parameters"] == 650
    assert canvas.analysis["revision"] == canvas.revision == revision
    assert "Soon" in [block["name"] for block in canvas.catalogue["blocks"]]


def test_the_state_holds_both_languages_of_every_block(canvas):
    blocks = canvas.catalogue["blocks"]
    assert {block["name"] for block in blocks} >= {"Conv2d", "Linear", "Output"}
    assert all(block["summary"]["ko"] != block["summary"]["en"] for block in blocks if block["family"] != "x")
    assert tuple(each["name"] for each in canvas.catalogue["templates"]) == templates()


def test_own_pictures_are_offered_read_shown_and_checked(canvas, pictures):
    assert ask(canvas, "sources").payload["items"] == [{"path": "mine", "kind": "folder"}]
    found = ask_long(canvas, "read", {"path": "mine"})
    assert found.ok, found.problem
    assert found.payload["unreadable_count"] == 1
    assert "broken.png" in found.payload["unreadable"][0]["path"]
    document = canvas.experiment.model_dump(mode="json") | {"data": found.payload["data"]}
    from_page(canvas, document, 60)
    assert canvas.experiment.data.facts.classes == ("dark", "light")
    preview = ask_long(canvas, "preview").payload
    assert [row["name"] for row in preview["rows"]] == ["dark", "light"]
    assert sum(row["train"] + row["test"] for row in preview["rows"]) == 25
    assert preview["rows"][0]["pictures"].startswith("data:image/png;base64,")
    found = ask_long(canvas, "check").payload["findings"]
    assert found
    out = next((each["exclude"] for each in found if each["exclude"]), [0])
    data = document["data"] | {"exclude": out}
    from_page(canvas, document | {"data": data}, 61)
    left = ask_long(canvas, "preview").payload
    assert sum(row["train"] + row["test"] for row in left["rows"]) == 25 - len(out)


@pytest.mark.parametrize("path", ["../mine", "/etc", "mine/dark/../..", "", None, 3, "gone"])
def test_only_what_is_offered_is_read(canvas, pictures, path):
    assert ask(canvas, "read", {"path": path}).problem.code == "source-not-offered"


def test_before_and_after_are_two_pictures(canvas):
    recipe = Recipe(epochs=2, shift=1)
    canvas.experiment = canvas.experiment.model_copy(update={"recipe": recipe})
    found = ask_long(canvas, "augmented").payload
    assert found["before"] != found["after"]
    assert found["shown"] > 0


def test_a_learning_rate_is_found_but_not_beside_a_training(canvas):
    found = ask_long(canvas, "rate").payload
    assert 0 < found["suggestion"] < 10
    assert len(found["rates"]) == len(found["losses"])
    canvas.experiment = canvas.experiment.model_copy(update={"recipe": Recipe(epochs=500)})
    run = canvas.train(wait=False)
    assert ask(canvas, "rate").problem.code == "run-active"
    run.stop()
    canvas.experiment = experiment(["Conv2d"])
    assert ask(canvas, "rate").problem.code == "needs-vector"


def test_a_run_goes_on_for_more_epochs_and_can_be_compared(canvas, tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path))
    assert ask(canvas, "more", {"epochs": 1}).problem.code == "no-run"
    run = canvas.train()
    for epochs in (0, -1, 10**9, "3", None, 1.5):
        assert not ask(canvas, "more", {"epochs": epochs}).ok, epochs
    assert ask(canvas, "more", {"epochs": 2}).ok
    run.wait()
    assert len(run.history) == 4
    (tmp_path / "broken" / "v1" / "run").mkdir(parents=True)
    (tmp_path / "broken" / "v1" / "run" / "experiment.blockml").write_text("no")
    (entry,) = ask(canvas, "runs").payload["items"]
    assert (entry["name"], entry["status"], len(entry["history"])) == ("short · v1", "finished", 4)
    assert entry["folder"] == str(run.folder)


class Slow:
    """Stands in for the data: tells progress until it is let go or ended."""

    def __init__(self):
        self.go, self.told, self.ended = threading.Event(), 0, None

    def __call__(self, _, progress):
        from blockml.protocol import TaskState

        try:
            while not self.go.is_set():
                self.told += 1
                progress(TaskState(name="download", subject="x", done=self.told, total=10**6, unit="bytes"))
                time.sleep(0.001)
        except Exception as error:
            self.ended = error
            raise
        return bm.load_data("digits")


@pytest.fixture
def slow(monkeypatch):
    made = Slow()
    load = bm.load_data
    monkeypatch.setattr("blockml.data.load_data", lambda ref, progress=None: made(ref, progress))
    monkeypatch.setattr(bm, "load_data", load, raising=False)
    yield made
    made.go.set()


def test_one_task_at_a_time_with_progress_and_an_end(canvas, slow):
    answers, sent = [], []
    canvas.send = answers.append
    canvas.observe(lambda change: sent.append(change.new), "task")
    canvas._handle_custom_msg({"kind": "blockml-request", "id": "a", "name": "preview", "payload": {}}, [])
    time.sleep(0.5)
    assert answers == []
    assert canvas.task["name"] == "download"
    assert 0 < canvas.task["done"] <= slow.told
    assert len(sent) <= 7, "at most ten a second"
    canvas._handle_custom_msg({"kind": "blockml-request", "id": "b", "name": "check", "payload": {}}, [])
    assert (answers[0]["id"], answers[0]["problem"]["code"]) == ("b", "task-active")
    # Everything else is answered meanwhile.
    canvas._handle_custom_msg({"kind": "blockml-request", "id": "c", "name": "code", "payload": {}}, [])
    assert answers[1]["ok"]
    started = time.monotonic()
    canvas._handle_custom_msg({"kind": "blockml-request", "id": "d", "name": "cancel", "payload": {}}, [])
    while len(answers) < 4 and time.monotonic() < started + 5:
        time.sleep(0.01)
    assert time.monotonic() - started < 1
    by_id = {answer["id"]: answer for answer in answers}
    assert by_id["d"]["ok"]
    assert by_id["a"]["problem"]["code"] == "cancelled"
    assert slow.ended is not None
    time.sleep(0.3)
    assert canvas.task["name"] == ""
    slow.go.set()
    assert ask_long(canvas, "preview").ok, "the next one may follow"


def test_ending_when_nothing_is_going_is_answered(canvas):
    assert ask(canvas, "cancel").ok


def test_the_page_gets_its_parts_and_nothing_else(canvas):
    answer = ask(canvas, "part", {"name": "ko"})
    assert answer.ok
    assert answer.payload["text"].startswith("export default")
    for name in ("../widget", "", None, "../../locale/ko.json", ["ko"]):
        refused = ask(canvas, "part", {"name": name})
        assert refused.problem is not None
        assert refused.problem.code == "no-part"


def test_torch_can_be_imported_part_first_right_after_a_canvas_was_made():
    """The next cell of a real kernel begins with ``import torch.nn`` while torch comes in a thread."""
    cells = [
        "import blockml as bm\ncanvas = bm.Canvas()",
        "import torch.nn as nn\nfrom blockml.widget import warm_up\nassert warm_up._done.is_set()",
        "import sys\nassert sys.modules['torch'].nn is nn and 'blockml.training' in sys.modules",
        "assert warm_up._hold not in get_ipython().events.callbacks['pre_run_cell']",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, timeout=120, kernel_name="python3").execute()


def test_groups_are_kept_and_forgotten_by_the_page(canvas, home):
    node = bm.group(["ReLU"], repeat=2, name="Stage").model_dump(mode="json")
    answer = ask(canvas, "keep_group", {"name": " My  stage ", "node": node, "layout": {"relu1": [3, 4]}})
    assert answer.payload == {"name": "My stage"}
    (kept,) = canvas.catalogue["groups"]
    assert (kept["name"], kept["node"], kept["layout"]) == ("My stage", node, {"relu1": [3, 4]})
    assert bm.Canvas(short()).catalogue["groups"] == [kept]
    assert ask(canvas, "forget_group", {"name": "nothing"}).problem.code == "no-such-group"
    assert ask(canvas, "forget_group", {"name": "My stage"}).ok
    assert canvas.catalogue["groups"] == []
    for wrong in ({}, {"name": "a", "node": {"id": "a", "block": "ReLU"}}, {"name": "a", "node": 3}):
        assert ask(canvas, "keep_group", wrong).problem.code in {"not-a-group", "document-object"}


def test_the_analysis_names_what_is_inside_by_its_path(canvas):
    canvas.experiment = template("resnet_small")
    found = canvas.analysis
    assert "block2/conv1" in found["nodes"]
    assert found["nodes"]["block1"]["shapes"] == {"x": [16, 32, 32], "y": [16, 32, 32]}
    held = canvas.experiment.graph.by_id["block1"].model_copy(update={"frozen": True})
    canvas.experiment = canvas.experiment.patched(Patch(nodes=(held,)))
    assert canvas.analysis["frozen"] == canvas.analysis["nodes"]["block1"]["frozen"] > 0
