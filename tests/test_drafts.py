"""Drafts on the disk, and what a canvas makes of them."""

import json
import os
import time

import pytest
from page import from_page

import blockml as bm
from blockml import drafts
from blockml.drafts import Draft, Origin
from blockml.experiment import Note
from blockml.graph import Edge, Graph, Node
from blockml.merge import merge
from blockml.protocol import RunState
from blockml.widget.draft import Keeper


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def draft(**more):
    return Draft(began="x", revision=3, time=5.0, document=bm.template("mlp"), **more)


def named(document, name):
    return document.model_copy(update={"name": name})


def drawn(canvas, name, revision):
    """Draw something, and wait until it is kept."""
    from_page(canvas, named(bm.template("mlp"), name), revision)
    canvas.keeper.flush()


def with_node(document, node, *edges):
    graph = document.graph
    changed = graph.model_copy(update={"nodes": (*graph.nodes, node), "edges": (*graph.edges, *edges)})
    return document.model_copy(update={"graph": changed})


def test_what_was_drawn_comes_back_and_what_the_cell_gives_too():
    given = bm.template("lenet5")
    canvas = bm.Canvas(given, name="one")
    from_page(canvas, named(given, "drawn"), 9)
    again = bm.Canvas(given, name="one")
    assert (again.experiment.name, again.revision, again.draft["state"]) == ("drawn", 9, "opened")
    assert again.keeper.choose("cell", again.experiment) == given
    assert again.draft["state"] == "offered"
    assert again.keeper.choose("kept", given).name == "drawn"
    # Another canvas has another origin, and one without a name has none.
    assert bm.Canvas(given, name="two").experiment == given
    assert bm.Canvas(given).draft["key"] == ""


def test_another_network_in_the_cell_wins_and_the_drawing_is_offered():
    canvas = bm.Canvas(bm.template("lenet5"), name="one")
    from_page(canvas, named(bm.template("lenet5"), "drawn"), 4)
    other = bm.Canvas(bm.template("softmax"), name="one")
    assert other.experiment == bm.template("softmax")
    assert (other.draft["state"], other.revision) == ("offered", 5)
    # It is still there when the new one was changed, and the kernel dies.
    from_page(other, named(bm.template("softmax"), "new"), 6)
    other.keeper.flush()
    assert other.keeper.choose("kept", other.experiment).name == "drawn"


def test_python_in_place_of_a_drawing_that_came_back():
    given = bm.template("lenet5")
    from_page(bm.Canvas(given, name="one"), named(given, "drawn"), 4)
    again = bm.Canvas(given, name="one")
    again.experiment = bm.template("mlp")
    assert again.draft["state"] == "offered"
    assert again.keeper.choose("kept", again.experiment).name == "drawn"


def test_the_run_comes_back_with_its_figures():
    exp = bm.experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=bm.Recipe(epochs=1), name="run")
    canvas = bm.Canvas(exp, name="one")
    run = canvas.train()
    assert bm.Canvas(exp, name="one").run is run, "in one kernel the run itself is taken over"
    drafts_of_another_kernel = drafts.find(canvas.keeper.origin)
    canvas.keeper.flush()
    canvas.keeper.run = None
    again = bm.Canvas(exp, name="one")
    assert drafts_of_another_kernel is not None
    assert again.run.folder == run.folder
    assert again.run.history == run.history
    assert again.run.status == "finished"


@pytest.mark.parametrize("content", ["", "{", "null", "[]", '{"draft": 1}', "\x00" * 100, "9" * 5000])
def test_a_damaged_draft_never_stops_a_canvas(content):
    origin = Origin("", "", "one")
    origin.path.parent.mkdir(parents=True)
    origin.path.write_text(content)
    assert bm.Canvas(bm.template("mlp"), name="one").experiment == bm.template("mlp")


def test_a_draft_that_cannot_be_written_is_said(home):
    canvas = bm.Canvas(bm.template("mlp"), name="one")
    home.write_text("a file where the folder should be")
    drawn(canvas, "drawn", 3)
    assert canvas.draft["problem"]["code"] == "draft-unwritable"
    assert canvas.experiment.name == "drawn"
    home.unlink()
    drawn(canvas, "on", 4)
    assert canvas.draft["problem"] is None
    assert canvas.draft["revision"] == 4


def test_a_renamed_notebook_is_known_and_a_copy_is_offered(tmp_path):
    book = tmp_path / "a.ipynb"
    book.write_text("{}")
    old = Origin(str(book), "0123456789abcdef", "1")
    drafts.write(old, draft(notebook=old.notebook, cell=old.cell, name=old.name))
    new = Origin(str(tmp_path / "b.ipynb"), old.cell, "1")
    assert drafts.find(new).same is False
    book.unlink()
    assert drafts.find(new).same is True
    assert drafts.find(Origin(new.notebook, "another-cell-id", "1")) is None
    # The second canvas of the cell has another drawing.
    assert drafts.find(Origin(new.notebook, old.cell, "2")) is None


def test_a_draft_stays_where_it_was_when_a_cell_changes_the_folder(home, tmp_path, monkeypatch):
    canvas = bm.Canvas(bm.template("mlp"), name="one")
    monkeypatch.delenv("BLOCKML_HOME")
    monkeypatch.chdir(tmp_path)
    drawn(canvas, "drawn", 4)
    assert list(home.glob("drafts/one-*.json"))
    assert not (tmp_path / "blockml").exists()


def test_an_id_that_others_have_too_says_nothing_across_notebooks(tmp_path):
    drafts.write(Origin(str(tmp_path / "a.ipynb"), "c0", "1"), draft(cell="c0", name="1"))
    assert drafts.find(Origin(str(tmp_path / "b.ipynb"), "c0", "1")) is None


def test_a_copy_says_whose_drawing_it_offers(tmp_path):
    book = tmp_path / "lesson.ipynb"
    book.write_text("{}")
    old = Origin(str(book), "0123456789abcdef", "1")
    drafts.write(old, draft(notebook=old.notebook, cell=old.cell, name=old.name))
    origin = Origin(str(tmp_path / "copy.ipynb"), old.cell, "1")
    given = bm.template("softmax")
    copy = Keeper(origin, given)
    assert (copy.state.state, copy.state.notebook) == ("offered", "lesson")
    # It says so again in the next kernel, until the person has chosen.
    seen = [0]
    copy.begin(lambda: (seen[0], given, RunState(), ""), lambda: None)
    seen[0] = 1
    copy.flush()
    again = Keeper(origin, given)
    assert (again.state.state, again.state.notebook) == ("offered", "lesson")
    assert again.choose("kept", given) == bm.template("mlp")
    assert again.state.notebook == ""


def test_old_drafts_go_but_never_the_newest_of_a_notebook(monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 5)
    for number in range(9):
        origin = Origin("/a/book.ipynb", f"cell{number}", "1")
        drafts.write(origin, draft())
        os.utime(origin.path, (number, number))
    first = Origin("/a/other.ipynb", "cell", "1")
    drafts.write(first, draft())
    os.utime(first.path, (0, 0))
    drafts.write(Origin("/a/third.ipynb", "cell", "1"), draft())
    left = {path.name for path in drafts.folder().glob("*.json")}
    assert first.path.name in left
    assert Origin("/a/book.ipynb", "cell8", "1").path.name in left
    assert Origin("/a/book.ipynb", "cell0", "1").path.name not in left
    assert len(left) == 5


def test_two_pages_that_change_at_once_keep_both_changes():
    given = bm.template("lenet5")
    canvas = bm.Canvas(given)
    base = canvas.revision
    from_page(canvas, named(given, "one"), base + 1, "A", base)
    recipe = given.recipe.model_copy(update={"epochs": 3})
    from_page(canvas, given.model_copy(update={"recipe": recipe}), base + 1, "B", base)
    assert (canvas.experiment.name, canvas.experiment.recipe.epochs) == ("one", 3)
    state = canvas.get_state("experiment")["experiment"]
    assert state["merged"] is True
    assert state["seen"] == {"A": base + 1, "B": base + 1}
    # The first goes on without having seen that.
    from_page(canvas, named(given, "again"), base + 2, "A", base)
    assert (canvas.experiment.name, canvas.experiment.recipe.epochs) == ("again", 3)
    # Whoever has seen it may take it back.
    last = canvas.revision
    from_page(canvas, given, last + 1, "A", last)
    assert canvas.experiment == given
    assert canvas.get_state("experiment")["experiment"]["merged"] is False


def test_python_and_a_page_at_once():
    given = bm.template("lenet5")
    canvas = bm.Canvas(given)
    base = canvas.revision
    canvas.experiment = named(given, "python")
    from_page(canvas, with_node(given, Node(id="conv9", block="Conv2d")), base + 1, "A", base)
    assert canvas.experiment.name == "python"
    assert "conv9" in canvas.experiment.graph.by_id


def test_merge_keeps_what_either_added():
    base = bm.template("lenet5")
    one = with_node(base, Node(id="relu9", block="ReLU"), Edge(source="conv1", target="relu9"))
    two = with_node(base, Node(id="relu9", block="Tanh"), Edge(source="conv2", target="relu9"))
    found = merge(base, one, two).graph
    assert found.by_id["relu9"].block == "ReLU"
    assert found.by_id["relu2" if "relu2" not in base.graph.by_id else "relu5"].block == "Tanh"
    added = {(edge.source, edge.target) for edge in found.edges} - {
        (edge.source, edge.target) for edge in base.graph.edges
    }
    assert added == {("conv1", "relu9"), ("conv2", "relu5")}


def test_merge_of_a_removal_and_a_change():
    base = bm.template("lenet5")
    nodes = tuple(node for node in base.graph.nodes if node.id not in ("conv2", "drop1"))
    edges = tuple(edge for edge in base.graph.edges if not {edge.source, edge.target} & {"conv2", "drop1"})
    graph = base.graph.model_copy(update={"nodes": nodes, "edges": edges})
    one = base.model_copy(update={"graph": graph})
    changed = tuple(
        node.model_copy(update={"params": {"out_channels": 5}}) if node.id == "conv2" else node
        for node in base.graph.nodes
    )
    two = base.model_copy(update={"graph": base.graph.model_copy(update={"nodes": changed})})
    for found in (merge(base, one, two), merge(base, two, one)):
        assert found.graph.by_id["conv2"].params == {"out_channels": 5}
        assert "drop1" not in found.graph.by_id
        ids = set(found.graph.by_id)
        assert all({edge.source, edge.target} <= ids for edge in found.graph.edges)
    assert merge(base, base, one) == merge(base, one, base) == one


def test_merge_leaves_an_edge_that_hung_in_the_air_before_for_the_analysis_to_say():
    base = bm.template("mlp")
    loose = Edge(source="gone", target=base.graph.nodes[1].id)
    base = base.model_copy(
        update={"graph": base.graph.model_copy(update={"edges": (*base.graph.edges, loose)})}
    )
    one, two = named(base, "one"), with_node(base, Node(id="relu9", block="ReLU"))
    assert loose in merge(base, one, two).graph.edges
    assert "edge-to-nowhere" in [each.code for each in bm.analyse(merge(base, one, two)).diagnostics]


def test_a_draft_is_written_soon_and_by_itself():
    canvas = bm.Canvas(bm.template("mlp"), name="one")
    from_page(canvas, named(bm.template("mlp"), "drawn"), 3)
    deadline = time.monotonic() + 30
    while not canvas.keeper.origin.path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert json.loads(canvas.keeper.origin.path.read_text())["document"]["name"] == "drawn"


def test_a_draft_keeps_the_drawing_where_the_run_cannot_be_read():
    origin = Origin("", "", "one")
    drafts.write(origin, draft(state=RunState(id="a", points=((0.5, float("nan"), 0.1),))))
    found = drafts.find(origin).draft
    assert found.document == bm.template("mlp")
    assert found.state is None


def test_a_draft_with_infinity_never_reaches_the_page():
    origin = Origin("", "", "one")
    drafts.write(origin, draft(state=RunState(id="a")))
    origin.path.write_text(origin.path.read_text().replace('"throughput":0.0', '"throughput":NaN'))
    assert drafts.find(origin) is None


def group(*nodes, edges=()):
    return Node(id="g", block="Group", graph=Graph(nodes=nodes, edges=edges))


def test_merge_inside_of_groups_gives_other_names_to_blocks_ports_and_notes():
    start = with_node(bm.template("mlp"), group(Node(id="y", block="GroupOutput")))
    into = Edge(source="input1", target="g", target_port="x2")
    note = {"id": "note1", "scope": "g"}

    def page(block, text):
        graph = start.graph
        inner = group(
            Node(id="y", block="GroupOutput"),
            Node(id="x2", block="GroupInput"),
            Node(id="act1", block=block),
            edges=(Edge(source="x2", target="act1"),),
        )
        nodes = tuple(inner if node.id == "g" else node for node in graph.nodes)
        changed = Graph(nodes=nodes, edges=(*graph.edges, into))
        notes = (Note(**note, text=text), Note(id="note1", text=f"top {text}"))
        layout = {**start.layout, "g/act1": (1.0 if block == "ReLU" else 2.0, 0.0)}
        return start.model_copy(update={"graph": changed, "notes": notes, "layout": layout})

    found = merge(start, page("ReLU", "one"), page("Tanh", "two"))
    inner = found.graph.by_id["g"].graph
    assert {node.id: node.block for node in inner.nodes} == {
        "y": "GroupOutput",
        "x2": "GroupInput",
        "x3": "GroupInput",
        "act1": "ReLU",
        "act2": "Tanh",
    }
    assert {(edge.source, edge.target) for edge in inner.edges} == {("x2", "act1"), ("x3", "act2")}
    assert {edge.target_port for edge in found.graph.edges if edge.target == "g"} == {"x2", "x3"}
    assert (found.layout["g/act1"][0], found.layout["g/act2"][0]) == (1.0, 2.0)
    assert sorted((each.scope, each.text) for each in found.notes) == [
        ("", "top one"),
        ("", "top two"),
        ("g", "one"),
        ("g", "two"),
    ]


def test_merge_of_thousands_that_are_called_alike_is_soon_done():
    base = bm.template("mlp")
    alike = Graph(nodes=(Node(id="a", block="ReLU"),) * 4_000, edges=(Edge(source="a", target="a"),) * 15_000)
    one = base.model_copy(update={"graph": alike})
    began = time.monotonic()
    assert merge(one, named(one, "one"), with_node(one, Node(id="b", block="ReLU"))).graph.by_id["b"]
    assert merge(base, one, one.model_copy(update={"name": "two"})).name == "two"
    assert time.monotonic() - began < 10
