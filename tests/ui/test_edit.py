"""Editing on the canvas: dragging, pasting, searching, notes, tidying up."""

import json
import time

import pytest
from conftest import Notebook, write_book
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

EMPTY = "import blockml as bm\ncanvas = bm.Canvas()\ncanvas"
LENET = """\
import blockml as bm
canvas = bm.Canvas(bm.template("lenet5"))
canvas"""
FAR = """\
import blockml as bm
ends = (bm.Node(id="input1", block="Input"), bm.Node(id="output1", block="Output"))
places = {"input1": (0, 0), "output1": (0, 440)}
canvas = bm.Canvas(bm.Experiment(graph=bm.Graph(nodes=ends), layout=places))
canvas"""
TALL = """\
import blockml as bm
wide = ("Conv2d", {"kernel_size": 31})
exp = bm.experiment([wide], name="trouble")
keep = tuple(edge for edge in exp.graph.edges if edge.target != "output1")
canvas = bm.Canvas(exp.model_copy(update={"graph": bm.Graph(nodes=exp.graph.nodes, edges=keep)}))
canvas"""
SHOW = "print(canvas.experiment.to_json())"


class Desk:
    """A canvas under the hands of a person."""

    def __init__(self, notebook, page):
        self.notebook, self.page = notebook, page
        notebook.run(0)
        notebook.canvas()
        page.wait_for_timeout(700)
        self.area = page.locator(".bm-canvas").bounding_box()
        self.shown = 0

    def node(self, name):
        return self.page.get_by_test_id(f"blockml-node-{name}")

    def middle(self, locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, start, *stops, release=True):
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(start[0] + 12, start[1] + 6)
        for stop in stops:
            self.page.mouse.move(*stop, steps=4)
        if release:
            self.page.mouse.up()
            self.page.wait_for_timeout(350)

    def bring(self, block, x, y, *, release=True):
        item = self.page.get_by_test_id(f"blockml-palette-item-{block}")
        item.scroll_into_view_if_needed()
        self.drag(self.middle(item), (x, y), release=release)

    def document(self):
        """The document as the kernel has it, once it has heard of the last change."""
        self.page.wait_for_timeout(300)
        expect(self.page.locator(".bm-budget[data-stale=true]")).to_have_count(0)
        self.notebook.run(1)
        self.shown += 1
        self.page.wait_for_function(
            "count => window.jupyterapp.shell.currentWidget.content.widgets[1].model.executionCount > count",
            arg=self.shown,
        )
        self.page.wait_for_timeout(200)
        # Running a cell took the focus to the notebook.
        self.page.locator(".bm-canvas").focus()
        return json.loads(self.notebook.output(1))

    def edges(self):
        return {f"{edge['source']}>{edge['target']}" for edge in self.document()["graph"]["edges"]}

    def places(self):
        return self.page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('.react-flow__node')]"
            ".map((node) => [node.dataset.id, node.style.transform]))"
        )


@pytest.fixture
def desk(notebook, page):
    return lambda source: Desk(notebook(source, SHOW), page)


@pytest.mark.hosts("lab", "notebook")
def test_a_stack_of_blocks_becomes_a_chain(desk, page, picture):
    on = desk(FAR)
    box = on.node("input1").bounding_box()
    on.bring("Conv2d", box["x"] + 130, box["y"] + 95, release=False)
    expect(page.locator(".bm-aim-glow")).to_have_count(1)
    picture("edit-will-connect")
    page.mouse.up()
    on.node("conv1").wait_for()
    page.wait_for_timeout(300)
    foot = on.node("conv1").bounding_box()
    on.bring("Flatten", foot["x"] + 70, foot["y"] + foot["height"] + 40)
    on.node("flatten1").wait_for()
    assert on.edges() == {"input1>conv1", "conv1>flatten1"}
    columns = {on.node(name).bounding_box()["x"] for name in ("input1", "conv1", "flatten1")}
    assert max(columns) - min(columns) < 1
    # A card that is there joins too, and one undo takes the move and the connection back.
    last, output = on.node("flatten1").bounding_box(), on.node("output1")
    before = on.places()["output1"]
    start = output.bounding_box()
    on.drag((start["x"] + 40, start["y"] + 12), (last["x"] + 52, last["y"] + last["height"] + 44))
    assert "flatten1>output1" in on.edges()
    page.keyboard.press("Control+z")
    assert "flatten1>output1" not in on.edges()
    assert on.places()["output1"] == before


def test_escape_puts_back_what_is_being_moved(desk, page):
    on = desk(LENET)
    before = on.places()
    box = on.node("relu1").bounding_box()
    start, goal = (box["x"] + 40, box["y"] + 12), (box["x"] + 240, box["y"] + 60)
    on.drag(start, goal, release=False)
    assert on.places() != before
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(350)
    assert on.places() == before
    expect(page.get_by_test_id("blockml-undo")).to_be_disabled()
    on.drag(start, goal)
    assert on.places() != before


def test_a_long_name_of_a_family_does_not_break_that_of_its_block(desk, page):
    desk(LENET)
    page.get_by_test_id("blockml-palette-item-BatchNorm2d").click()
    title = page.locator(".bm-block-title h2")
    expect(title).to_have_text("BatchNorm2d")
    lines = """name => {
      const text = document.createRange();
      text.selectNodeContents(name);
      return text.getClientRects().length;
    }"""
    assert title.evaluate(lines) == 1


def test_a_block_that_is_added_by_a_press_comes_into_view(desk, page):
    on = desk(LENET)
    page.get_by_test_id("blockml-palette-item-Output").click()
    made = on.node("output2")
    made.wait_for()
    page.wait_for_timeout(500)
    card, area = made.bounding_box(), page.locator(".bm-canvas").bounding_box()
    assert card["y"] >= area["y"]
    assert card["y"] + card["height"] <= area["y"] + area["height"]
    # Who adds with the keys goes on with them.
    expect(page.get_by_test_id("blockml-palette-item-Output")).to_be_focused()


def test_a_box_takes_the_cards_that_it_touches(desk, page):
    on = desk(FAR)
    page.get_by_test_id("blockml-first-empty").click()
    page.get_by_test_id("blockml-select").click()
    first, last = on.node("input1").bounding_box(), on.node("output1").bounding_box()
    middle = first["x"] + first["width"] / 2
    on.drag((first["x"] - 20, first["y"] + first["height"] + 20), (middle, first["y"] + first["height"] / 2))
    chosen = page.locator(".react-flow__node.selected")
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_attribute("data-id", "input1")
    on.drag((first["x"] - 20, first["y"] + first["height"] / 2), (middle, last["y"] + last["height"] / 2))
    expect(chosen).to_have_count(2)


def test_under_a_card_with_a_problem(desk, page):
    on = desk(TALL)
    on.node("conv1").locator(".bm-node-problem").wait_for()
    page.wait_for_timeout(800)
    box = on.node("conv1").bounding_box()
    on.bring("ReLU", box["x"] + box["width"] / 2, box["y"] + box["height"] + 45)
    page.wait_for_timeout(1000)
    assert "conv1>relu1" in on.edges()
    above, below = on.node("conv1").bounding_box(), on.node("relu1").bounding_box()
    assert below["y"] >= above["y"] + above["height"]
    assert below["y"] - above["y"] - above["height"] < 60
    assert abs(below["x"] - above["x"]) < 1


@pytest.mark.hosts("lab", "notebook")
def test_copy_paste_and_loose_ends(desk, page, picture):
    on = desk(LENET)
    conv, area = on.middle(on.node("conv1")), on.area
    # A box over two cards.
    page.keyboard.down("Shift")
    on.drag((area["x"] + 30, conv[1] - 55), (conv[0] + 150, conv[1] + 115))
    page.keyboard.up("Shift")
    expect(page.locator(".react-flow__node.selected")).to_have_count(2)
    toolbox = page.get_by_test_id("blockml-toolbox")
    toolbox.wait_for()
    picture("edit-selection")
    tool = toolbox.bounding_box()
    for name in ("conv1", "relu1"):
        card = on.node(name).bounding_box()
        assert (
            tool["x"] >= card["x"] + card["width"]
            or tool["x"] + tool["width"] <= card["x"]
            or tool["y"] >= card["y"] + card["height"]
            or tool["y"] + tool["height"] <= card["y"]
        )
    page.keyboard.press("Control+c")
    page.mouse.move(area["x"] + area["width"] - 90, area["y"] + 40)
    page.keyboard.press("Control+v")
    on.node("conv3").wait_for()
    page.keyboard.press("Control+Shift+v")
    on.node("conv4").wait_for()
    # Two changes in a row: a busy page sends the second when the kernel has answered the first.
    for _ in range(5):
        edges = on.edges()
        if "input1>conv4" in edges:
            break
    assert {"conv3>relu5", "conv4>relu6", "input1>conv4"} <= edges
    assert "input1>conv3" not in edges
    # Text of somebody else changes nothing and is answered with a sentence.
    before = on.document()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "just words");
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".bm-canvas").dispatchEvent(event);
        }"""
    )
    expect(page.locator(".bm-notice")).to_contain_text("no blocks")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(on.node("conv3")).to_have_count(0)
    assert on.document()["graph"] != before["graph"]
    # A loose connection on the empty canvas: only what fits.
    page.get_by_test_id("blockml-canvas").locator(".react-flow__controls-fitview").click()
    page.wait_for_timeout(400)
    last = on.node("linear1")
    last.hover()
    port = on.middle(last.locator(".react-flow__handle-bottom"))
    on.drag(port, (port[0] + 60, port[1] + 20), (area["x"] + area["width"] - 60, port[1] + 30))
    rows = page.locator(".bm-finder-row b")
    rows.first.wait_for()
    names = set(rows.all_inner_texts())
    assert names >= {"Linear", "ReLU"}
    assert not names & {"Conv2d", "Input"}
    page.keyboard.type("선형")
    expect(rows).to_have_text(["Linear"])
    page.keyboard.press("Enter")
    on.node("linear4").wait_for()
    assert "linear1>linear4" in on.edges()


def test_blocks_go_from_one_notebook_to_another(desk, notebook, page):
    on = desk(LENET)
    for name in ("conv1", "relu1"):
        on.node(name).click(position={"x": 40, "y": 10}, modifiers=["Shift"])
    page.keyboard.press("Control+c")
    text = page.evaluate(
        """() => {
          const clipboardData = new DataTransfer();
          const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
          document.querySelector(".bm-canvas").dispatchEvent(event);
          return clipboardData.getData("text/plain");
        }"""
    )
    assert [node["block"] for node in json.loads(text)["graph"]["nodes"]] == ["Conv2d", "ReLU"]
    # The other notebook has a kernel and a page of its own; what comes is what the clipboard holds.
    second = page.context.new_page()
    name = f"pasted-{time.monotonic_ns()}.ipynb"
    write_book(on.notebook.lab.root / name, EMPTY, SHOW)
    book = Notebook(second, on.notebook.lab, name)
    other = Desk(book, second)
    second.get_by_test_id("blockml-first-empty").click()
    second.locator(".bm-canvas").focus()
    second.keyboard.press("Control+v")
    other.node("relu1").wait_for()
    second.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          document.querySelector(".bm-canvas").dispatchEvent(event);
        }""",
        text,
    )
    other.node("relu2").wait_for()
    assert other.edges() == {"conv1>relu1", "conv2>relu2"}
    second.close()


@pytest.mark.hosts("lab", "notebook")
def test_search_plus_and_dragging_into_a_connection(desk, page, picture):
    on = desk(LENET)
    page.mouse.dblclick(on.area["x"] + 70, on.area["y"] + 210)
    page.get_by_test_id("blockml-finder").wait_for()
    picture("edit-search")
    # Where nothing is found, all blocks are offered; Enter takes none that is not marked.
    page.keyboard.type("zebra")
    rows = page.locator(".bm-finder-row")
    expect(page.locator(".bm-finder .bm-palette-none")).to_be_visible()
    assert rows.count() > 20
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("blockml-finder")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+a")
    page.keyboard.type("드롭")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('[data-block="Dropout2d"]')).to_have_count(1)
    page.wait_for_timeout(500)
    seen = on.node("relu1").bounding_box()
    page.keyboard.press("Control+z")
    expect(page.locator('[data-block="Dropout2d"]')).to_have_count(0)
    expect(page.locator(".react-flow__node:focus")).to_have_count(1)
    # Who takes a card back goes on looking at the same place.
    assert on.node("relu1").bounding_box() == seen
    # "+" below a card goes into the connection.
    on.node("relu1").hover()
    page.get_by_test_id("blockml-plus-below-relu1").click()
    page.keyboard.type("batch")
    page.keyboard.press("Enter")
    on.node("norm1").wait_for()
    expect(page.locator('[data-id="norm1"]')).to_be_focused()
    assert {"relu1>norm1", "norm1>pool1"} <= on.edges()
    # A connected card that is dragged into another connection leaves its own healed.
    page.keyboard.press("Escape")
    start, conv = on.node("norm1").bounding_box(), on.node("conv1").bounding_box()
    on.drag(
        (start["x"] + 50, start["y"] + 10),
        (conv["x"] + 50, conv["y"] + conv["height"] + 8),
        release=False,
    )
    expect(page.locator(".bm-aim-glow")).to_have_count(2)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert {"conv1>norm1", "norm1>relu1", "relu1>pool1"} <= on.edges()


@pytest.mark.hosts("lab", "notebook")
def test_notes_flags_tidy_and_keys(desk, page, picture):  # noqa: PLR0915 - one story
    on = desk(LENET)
    page.mouse.click(on.area["x"] + 20, on.area["y"] + 20)
    page.keyboard.press("n")
    page.locator(".bm-paper textarea").wait_for()
    wide, at = page.locator(".bm-paper").bounding_box(), on.node("conv1").bounding_box()
    # It covers no card.
    assert wide["x"] >= at["x"] + at["width"]
    text = "Finds strokes.\n<b>not bold</b> https://example.org"
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    expect(page.locator(".bm-paper-text")).to_have_text(text)
    assert page.locator(".bm-paper b, .bm-paper a").count() == 0
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(page.locator(".bm-paper")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(page.locator(".bm-paper")).to_have_count(1)
    paper = page.locator(".bm-paper").bounding_box()
    on.drag((paper["x"] + 15, paper["y"] + 10), (on.area["x"] + 40, on.area["y"] + 60))
    on.node("conv1").click(position={"x": 40, "y": 10})
    page.keyboard.press("f")
    height = on.node("relu1").bounding_box()["height"]
    on.node("relu1").click(position={"x": 40, "y": 10})
    page.keyboard.press("Control+b")
    page.wait_for_timeout(300)
    picture("edit-notes")
    document = on.document()
    assert document["notes"][0]["text"] == text
    flags = {node["id"]: node for node in document["graph"]["nodes"]}
    assert flags["conv1"]["frozen"] is True
    assert flags["relu1"]["bypassed"] is True
    assert on.node("relu1").bounding_box()["height"] == height
    # Shift or Ctrl takes more to the selection or out of it; a plain press selects one of several.
    chosen = page.locator(".react-flow__node.selected")
    for key, count in (("Shift", 2), ("Shift", 1), ("Control", 2)):
        page.keyboard.down(key)
        on.node("conv1").click(position={"x": 40, "y": 10})
        page.keyboard.up(key)
        expect(chosen).to_have_count(count)
    on.node("relu1").click(position={"x": 40, "y": 10})
    expect(chosen).to_have_count(1)
    # Tidying up is one step, and only when it is asked for.
    start = on.node("pool1").bounding_box()
    on.drag((start["x"] + 40, start["y"] + 10), (start["x"] + 150, start["y"] + 30))
    moved = on.places()
    page.get_by_test_id("blockml-tidy").click()
    page.wait_for_timeout(500)
    tidy = on.places()
    column = {place.split(",")[0] for name, place in tidy.items() if not name.startswith("%")}
    assert len(column) == 1
    page.get_by_test_id("blockml-undo").click()
    page.wait_for_timeout(300)
    assert on.places() == moved
    page.keyboard.press("?")
    sheet = page.get_by_test_id("blockml-keys-sheet")
    sheet.wait_for()
    picture("edit-keys")
    assert sheet.locator("kbd").count() > 20
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
