"""The drawing in the notebook itself: it goes where the notebook goes."""

import json
import time
from xml.etree import ElementTree as ET

import nbformat
import pytest

import blockml as bm
from blockml import carried, drafts
from blockml.drafts import Draft, Origin, fingerprint
from blockml.picture import picture
from blockml.protocol import RunState
from blockml.widget.draft import Keeper

GIVEN = bm.template("softmax")
CELL = "0123456789abcdef"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path / "home"))


def named(name):
    return GIVEN.model_copy(update={"name": name})


def draft(name="theirs", *, time=100.0, given=GIVEN, cell=CELL, which="1", **more):
    began = fingerprint(given)
    return Draft(
        cell=cell, name=which, began=began, revision=7, time=time, document=named(name), run="/a/run", **more
    )


def svg(held):
    return carried.put_into(picture(held.document, bm.analyse(held.document)), held)


def book(path, *pictures, cell=CELL):
    """A notebook as JupyterLab saves it, with these outputs."""
    outputs = [nbformat.v4.new_output("display_data", {"image/svg+xml": each}) for each in pictures]
    made = nbformat.v4.new_code_cell("bm.Canvas()", id=cell, outputs=outputs)
    nbformat.write(nbformat.v4.new_notebook(cells=[made]), path)
    return Origin(str(path), cell, "1")


def keep(origin, keeper, document):
    """Let a keeper write what a canvas shows."""
    keeper.begin(lambda: (keeper.first[0], document, RunState(), ""), lambda: None)
    keeper.flush()
    return drafts.read(origin.path)


def test_a_picture_holds_the_drawing_and_stays_a_picture():
    hostile = draft("</metadata><script>&\u2028\ud800 ]]>")
    drawn = svg(hostile)
    root = ET.fromstring(drawn)
    told = json.loads(next(each for each in root if each.tag.endswith("metadata")).text)
    assert told["document"]["name"] == hostile.document.name
    # Folders of this computer are nobody's business.
    assert "run" not in told
    assert "notebook" not in told
    assert "<script" not in drawn
    # Put in again it takes the place of the first.
    assert carried.put_into(drawn, draft("new")).count("<metadata") == 1


def test_on_another_computer_the_drawing_comes_with_the_notebook(tmp_path):
    origin = book(tmp_path / "kim.ipynb", svg(draft()))
    keeper = Keeper(origin, GIVEN)
    assert keeper.first == (7, named("theirs"))
    assert (keeper.state.state, keeper.state.notebook) == ("opened", "kim")
    # It is a draft of this computer at once, whatever becomes of the notebook.
    assert keep(origin, keeper, named("theirs")).document == named("theirs")
    book(tmp_path / "kim.ipynb")
    again = Keeper(origin, GIVEN)
    assert again.first == (7, named("theirs"))
    assert (again.state.state, again.state.notebook) == ("opened", "")


def test_where_the_cell_says_something_else_the_drawing_is_offered(tmp_path):
    origin = book(tmp_path / "kim.ipynb", svg(draft()))
    keeper = Keeper(origin, bm.template("mlp"))
    assert keeper.first[1] == bm.template("mlp")
    assert (keeper.state.state, keeper.state.notebook) == ("offered", "kim")
    keep(origin, keeper, bm.template("mlp"))
    book(tmp_path / "kim.ipynb")
    assert Keeper(origin, bm.template("mlp")).choose("kept", GIVEN) == named("theirs")


@pytest.mark.parametrize(
    ("name", "time", "shown", "offered"),
    [
        ("theirs", 100.0, "theirs", "mine"),
        ("theirs", 10.0, "mine", None),
        ("mine", 100.0, "mine", None),
    ],
    ids=["newer", "older", "the same"],
)
def test_of_two_drawings_the_newer_is_shown_and_none_is_lost(tmp_path, name, time, shown, offered):
    origin = book(tmp_path / "a.ipynb", svg(draft(name, time=time)))
    mine = draft("mine", time=50.0).model_copy(update={"notebook": origin.notebook, "run": ""})
    drafts.write(origin, mine)
    keeper = Keeper(origin, GIVEN)
    assert keeper.first[1] == named(shown)
    if offered is None:
        assert keeper.state.state == "opened"
    else:
        assert (keeper.state.state, keeper.state.time) == ("offered", 50.0)
        assert keeper.first[0] > mine.revision, "a page that shows the older one takes this for newer"
        assert keeper.choose("kept", named(shown)) == named(offered)


def test_a_drawing_that_began_elsewhere_is_offered_beside_ones_own(tmp_path):
    theirs = draft(given=bm.template("mlp"))
    origin = book(tmp_path / "a.ipynb", svg(theirs))
    drafts.write(origin, draft("mine", time=50.0).model_copy(update={"run": ""}))
    keeper = Keeper(origin, GIVEN)
    assert keeper.first[1] == named("mine")
    assert (keeper.state.state, keeper.state.notebook, keeper.state.time) == ("offered", "a", 100.0)
    assert keeper.choose("kept", named("mine")) == named("theirs")


def test_a_notebook_that_was_handed_in_wins_over_the_one_it_was_copied_from(tmp_path):
    mine = book(tmp_path / "lesson.ipynb")
    drafts.write(mine, draft("mine", time=200.0).model_copy(update={"notebook": mine.notebook, "run": ""}))
    assert Keeper(book(tmp_path / "kim.ipynb", svg(draft())), GIVEN).first[1] == named("theirs")


def test_each_canvas_of_a_cell_and_each_name_has_its_own(tmp_path):
    two = [svg(draft("first")), svg(draft("second", which="2")), svg(draft("named", cell="", which="mine"))]
    origin = book(tmp_path / "a.ipynb", *two)
    assert Keeper(origin, GIVEN).first[1] == named("first")
    assert Keeper(Origin(origin.notebook, CELL, "2"), GIVEN).first[1] == named("second")
    assert Keeper(Origin(origin.notebook, "", "mine"), GIVEN).first[1] == named("named")
    # The outputs of another cell that were pasted here are not a drawing of this one.
    pasted = book(tmp_path / "b.ipynb", svg(draft()), cell="fedcba9876543210")
    assert Keeper(pasted, GIVEN).first[1] == GIVEN


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-40],
        lambda text: text.replace('"document', '"documents'),
        lambda text: text.replace("metadata", "metadatum"),
        lambda _: "[" * 100_000 + "blockml-drawing",
        lambda _: '{"cells": "blockml-drawing"}',
        lambda _: '{"cells": [{"outputs": [{"data": {"image/svg+xml": 7}}], "a": "blockml-drawing"}]}',
    ],
)
def test_a_damaged_notebook_never_stops_a_canvas(tmp_path, damage):
    origin = book(tmp_path / "a.ipynb", svg(draft()))
    path = tmp_path / "a.ipynb"
    path.write_text(damage(path.read_text()))
    assert Keeper(origin, GIVEN).first == (0, GIVEN)
    path.unlink()
    assert Keeper(origin, GIVEN).first == (0, GIVEN)


def test_nothing_but_the_drawing_is_taken_from_a_stranger(tmp_path):
    hostile = draft(state=RunState(id="x", folder="/a/run"), kept=named("bait"), source="your teacher")
    told = json.dumps(hostile.model_dump(mode="json"))
    origin = book(tmp_path / "a.ipynb", f'<svg><metadata class="blockml-drawing">{told}</metadata></svg>')
    keeper = Keeper(origin, GIVEN)
    assert keeper.first[1] == named("theirs")
    taken = keeper.draft
    assert (taken.run, taken.state, taken.kept, taken.source) == ("", None, None, "")


def test_a_picture_made_to_take_long_takes_no_time(tmp_path):
    origin = book(tmp_path / "a.ipynb", '<metadata class="blockml-drawing">x' * 20_000)
    began = time.perf_counter()
    assert Keeper(origin, GIVEN).first[1] == GIVEN
    assert time.perf_counter() - began < 5
