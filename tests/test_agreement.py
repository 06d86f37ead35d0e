"""Page and kernel mean the same document, whoever changes it, and whatever fails."""

import json
import threading
import time
from types import SimpleNamespace

import pytest
from page import ask, from_page

import blockml as bm
from blockml import drafts
from blockml.errors import DocumentError
from blockml.experiment import Experiment, Note
from blockml.graph import Graph, Node
from blockml.protocol import RunState
from blockml.training import Run, folder
from blockml.training import estimate as estimating
from blockml.widget import draft as keeping

LONG = bm.experiment([("Linear", {"out_features": 10}), "ReLU"] * 60, data="digits")


class Page:
    """A page that draws notes, and hears of the changes of others as `writer.ts` does."""

    def __init__(self, canvas, name):
        self.canvas, self.name, self.sent = canvas, name, 0
        self.hear()

    def hear(self):
        state = self.canvas.get_state("experiment")["experiment"]
        if state["seen"].get(self.name, 0) >= self.sent:
            self.revision = self.base = state["revision"]
            self.document = Experiment.from_data(json.loads(json.dumps(state["document"])))

    def note(self, text):
        note = Note(id=f"{self.name}{text}", text=text, x=0, y=0)
        self.document = self.document.model_copy(update={"notes": (*self.document.notes, note)})
        self.revision += 1
        self.sent = self.revision
        from_page(self.canvas, self.document, self.revision, self.name, self.base)


def together(*acts):
    """Do things at once."""
    begin = threading.Barrier(len(acts))

    def go(act):
        begin.wait()
        act()

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def draw(page):
    for number in range(3):
        page.note(str(number))
        page.hear()


def test_two_pages_at_once_lose_nothing():
    for _ in range(8):
        canvas = bm.Canvas(LONG)
        one, other = Page(canvas, "A"), Page(canvas, "B")
        together(lambda page=one: draw(page), lambda page=other: draw(page))
        assert {note.id for note in canvas.experiment.notes} == {"A0", "A1", "A2", "B0", "B1", "B2"}
        assert canvas.analysis["revision"] == canvas.revision


def test_a_cell_and_a_page_at_once_lose_nothing():
    for _ in range(8):
        canvas = bm.Canvas(LONG)
        page = Page(canvas, "A")

        def cell(canvas=canvas):
            time.sleep(0.02)
            canvas.experiment = canvas.experiment.model_copy(update={"name": "from the cell"})

        together(cell, lambda page=page: draw(page))
        assert canvas.experiment.name == "from the cell"


@pytest.mark.parametrize("changes", [5, 31, 32, 40])
def test_a_page_that_comes_late_loses_nothing_however_much_was_changed_meanwhile(changes):
    """A loop in a cell, and a page that drew in the middle of it."""
    canvas = bm.Canvas(bm.template("mlp"))
    page = Page(canvas, "A")
    for number in range(changes):
        node = Node(id=f"more{number}", block="ReLU")
        graph = canvas.experiment.graph
        canvas.experiment = canvas.experiment.model_copy(
            update={"graph": Graph(nodes=(*graph.nodes, node), edges=graph.edges)}
        )
    before, revision = canvas.experiment, canvas.revision
    page.note("late")
    assert canvas.revision > revision
    assert set(canvas.experiment.graph.by_id) == set(before.graph.by_id)
    assert [note.id for note in canvas.experiment.notes] == ["Alate"]
    page.hear()
    page.note("next")
    assert len(canvas.experiment.notes) == 2


def test_the_number_of_a_document_never_goes_back():
    canvas = bm.Canvas(bm.template("mlp"))
    for _ in range(3):
        canvas.experiment = canvas.experiment.model_copy(update={"name": f"n{canvas.revision}"})
    revision = canvas.revision
    from_page(canvas, bm.template("softmax"), 0)
    assert canvas.revision == revision + 1
    assert canvas.experiment == bm.template("softmax")


def test_a_refused_document_is_neither_saved_nor_trained_in_the_shape_it_had_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    canvas = bm.Canvas(bm.template("lenet5"))
    from_page(canvas, {"graph": 3}, 1)
    assert canvas.experiment == bm.template("lenet5")
    for name in ("save", "train", "code", "preview", "rate"):
        answer = ask(canvas, name)
        assert not answer.ok, name
        assert answer.problem.code == canvas.analysis["diagnostics"][0]["code"]
    with pytest.raises(DocumentError):
        canvas.train()
    assert not list(tmp_path.glob("*.blockml"))
    from_page(canvas, bm.template("mlp"), 2)
    assert ask(canvas, "save").ok
    # Python in the place of a refused document is good too.
    from_page(canvas, {"graph": 3}, 3)
    canvas.experiment = bm.template("softmax")
    assert ask(canvas, "code").ok


def test_a_start_that_fails_in_any_way_can_be_tried_again(monkeypatch):
    canvas = bm.Canvas(bm.template("mlp"))

    def broken(*_, **__):
        raise RuntimeError("CUDA error")

    monkeypatch.setattr("blockml.training.train", broken)
    assert ask(canvas, "train").ok
    assert canvas._begun.wait(60)
    assert canvas.get_state("run")["run"]["status"] == "failed"
    assert canvas.get_state("run")["run"]["problem"]["values"]["reason"] == "CUDA error"
    assert not canvas.busy


def test_a_cell_that_is_run_again_leaves_no_listener(tmp_path, monkeypatch):
    exp = bm.template("mlp")
    run = Run(exp, folder.make(exp, tmp_path / "run"))
    monkeypatch.setattr(Run, "active", property(lambda _: True))
    canvas = bm.Canvas(exp, name="again")
    canvas.follow(run)
    for _ in range(3):
        canvas = bm.Canvas(exp, name="again")
        assert canvas.run is run
    assert len(run._live.observers) == 1
    heard = []
    leave = run.observe(heard.append)
    run._live.tell()
    leave()
    leave()
    run._live.tell()
    assert len(heard) == 1


def test_an_estimate_that_fails_stops_neither_shapes_nor_drafts(monkeypatch):
    canvas = bm.Canvas(bm.template("mlp"), name="kept")
    canvas.epoch_time._speed = SimpleNamespace(memory=None)

    def broken(*_):
        raise ValueError("both points must have the same number of dimensions")

    monkeypatch.setattr(estimating, "estimate", broken)
    from_page(canvas, bm.template("softmax"), 5)
    assert canvas.analysis["revision"] == canvas.revision == 5
    canvas.keeper.flush()
    assert canvas.draft["revision"] == 5


def test_a_draft_that_could_not_be_written_is_tried_again_by_itself(monkeypatch):
    monkeypatch.setattr(keeping, "AGAIN", 0.1)
    write, fails = drafts.write, [True]

    def full(*given):
        if fails.pop() if fails else False:
            raise OSError(28, "No space left on device")
        return write(*given)

    monkeypatch.setattr(drafts, "write", full)
    canvas = bm.Canvas(bm.template("mlp"), name="full")
    from_page(canvas, bm.template("softmax"), 5)
    deadline = time.monotonic() + 20
    while canvas.draft["revision"] != 5 or canvas.draft["problem"] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not fails


def test_half_a_letter_is_refused_wherever_it_stands():
    plain = bm.template("mlp").model_dump(mode="json")
    with pytest.raises(DocumentError):
        Experiment.from_data(plain | {"layout": {"\ud800": [0, 0]}})


@pytest.mark.parametrize("revision", [drafts.MAX_REVISION, drafts.MAX_REVISION + 1, -1, "7", None])
def test_numbers_of_changes_can_always_be_counted_on(revision):
    canvas = bm.Canvas(bm.template("mlp"), name="number")
    from_page(canvas, bm.template("softmax"), revision)
    assert canvas.experiment == bm.template("softmax")
    canvas.keeper.flush()
    assert canvas.draft["problem"] is None
    origin = canvas.keeper.origin
    drafts.write(origin, drafts.find(origin).draft.model_copy(update={"revision": drafts.MAX_REVISION}))
    again = bm.Canvas(bm.template("mlp"), name="number")
    again.experiment = bm.template("lenet5")
    again.keeper.flush()
    assert again.draft["problem"] is None


def test_a_run_folder_that_breaks_in_any_way_is_gone_and_no_more(monkeypatch):
    def broken(_):
        raise ValueError("embedded null byte")

    monkeypatch.setattr(Run, "open", broken)
    canvas = bm.Canvas(bm.template("mlp"), name="gone")
    canvas.last_run.begin("a\0b")
    canvas.last_run.wait()
    assert canvas.run is None
    deadline = time.monotonic() + 10
    while RunState.model_validate(canvas.get_state("run")["run"]).status != "idle":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_picture_says_whose_it_is():
    one, other = bm.Canvas(LONG, name="one"), bm.Canvas(LONG, name="other")
    marks = [ask(canvas, "picture").payload["svg"][:60] for canvas in (one, one, other)]
    assert marks[0] == marks[1] != marks[2]
    assert all(mark.startswith('<svg data-canvas="') for mark in marks)


def test_a_changed_copy_of_a_graph_computes_anew_what_it_is_known_by():
    canvas = bm.Canvas(bm.experiment([("Conv2d", {"out_channels": 8}), "Flatten"]))
    exp = canvas.experiment
    assert exp.graph.by_id["conv1"].params == {"out_channels": 8}
    nodes = tuple(
        node.model_copy(update={"params": {"out_channels": 4}}) if node.id == "conv1" else node
        for node in exp.graph.nodes
    )
    canvas.experiment = exp.model_copy(update={"graph": exp.graph.model_copy(update={"nodes": nodes})})
    assert canvas.experiment.graph.by_id["conv1"].params == {"out_channels": 4}
    assert canvas.analysis["nodes"]["conv1"]["shapes"]["y"][0] == 4
    assert exp.graph.by_id["conv1"].params == {"out_channels": 8}
