"""The states that people see, in both themes and languages; leaves their pictures in build/screenshots."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

TWELVE = """\
import blockml as bm
exp = bm.experiment([
    "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", ("Conv2d", {"out_channels": 64}), "GELU",
    "AdaptiveAvgPool2d", "Flatten", "Dropout", ("Linear", {"out_features": 10}),
], name="열두 블록 network with quite a long name for a title")
canvas = bm.Canvas(exp)
canvas"""
TROUBLE = """\
import blockml as bm
wide = ("Conv2d", {"kernel_size": 31})
exp = bm.experiment(["Conv2d", wide, "ReLU", ("Linear", {"out_features": 12}), "Softmax"])
canvas = bm.Canvas(exp)
canvas"""
TRAINED = """\
import blockml as bm
canvas = bm.Canvas(bm.template("mlp"))
canvas"""
GROUPED = """\
import blockml as bm
stage = bm.group(["Conv2d", "BatchNorm2d", "ReLU"], repeat=3, name="stage", residual=True)
exp = bm.experiment([("Conv2d", {"out_channels": 16}), "ReLU", ("Conv2d", {"out_channels": 32}), stage,
                     "AdaptiveAvgPool2d", "Flatten", ("Linear", {"out_features": 10})], name="with a group")
canvas = bm.Canvas(exp)
canvas"""
HOSTILE = """\
import blockml as bm
name = "<img src=x onerror=window.hacked=1>\\"'\\n__import__('os')"
exp = bm.experiment(["Flatten", ("Linear", {"out_features": 10})], name=name)
nodes = tuple(bm.Node(id=name + str(k), block=b if k % 2 else "<b>" + name, params={name: name})
              for k, b in enumerate(["Flatten", "ReLU", "Linear"]))
edges = (bm.Edge(source=nodes[0].id, target=nodes[1].id), bm.Edge(source="../" + name, target="linear1"))
graph = bm.Graph(nodes=exp.graph.nodes + nodes, edges=exp.graph.edges + edges)
canvas = bm.Canvas(exp.model_copy(update={"graph": graph}))
canvas"""


def theme(page, name):
    page.evaluate(
        f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {name}'}})"
    )
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(name == 'Light').lower()}'")
    page.wait_for_timeout(400)


def looks(page, picture, state, way_in=None):
    """A picture in each theme and language; a sheet that the language button closes is opened anew."""
    for language in ("", "-ko"):
        for name in ("Light", "Dark"):
            theme(page, name)
            if way_in and name == "Light":
                way_in()
            picture(f"{state}-{name.lower()}{language}")
        page.get_by_test_id("blockml-language").click()
        # The first time its sentences have to come from the kernel, which may be busy.
        expect(page.get_by_test_id("blockml-canvas")).to_have_attribute("lang", "en" if language else "ko")
    theme(page, "Light")


def start(notebook, source):
    book = notebook(source)
    book.run(0)
    book.canvas()
    book.page.wait_for_timeout(1200)
    return book


@pytest.mark.parametrize(
    ("state", "source"), [("empty", "import blockml as bm\nbm.Canvas()"), ("twelve", TWELVE)]
)
def test_states_that_need_no_training(notebook, page, picture, state, source):
    start(notebook, source)
    looks(page, picture, state)


def test_problems_are_listed_with_their_repairs(notebook, page, picture):
    start(notebook, TROUBLE)
    expect(page.get_by_test_id("blockml-problems")).not_to_have_attribute("data-count", "0")
    looks(page, picture, "problem")


def test_training_and_its_result(notebook, page, picture):
    start(notebook, TRAINED)
    page.get_by_test_id("blockml-run").click()
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%", timeout=60_000)
    looks(page, picture, "training")
    expect(page.get_by_test_id("blockml-run")).to_be_visible(timeout=90_000)
    looks(page, picture, "trained")


def test_panels_and_sheets(notebook, page, picture):
    """What stands beside the canvas and over it, with the two that are asked for by keys."""
    start(notebook, GROUPED)
    page.get_by_test_id("blockml-node-conv1").locator(".bm-node-name").click()
    looks(page, picture, "selected")
    page.get_by_test_id("blockml-tab-learn").click()
    page.get_by_test_id("blockml-learn-picture").first.wait_for()
    looks(page, picture, "learn")
    page.get_by_test_id("blockml-tab-code").click()
    page.locator(".bm-code").wait_for()
    looks(page, picture, "code")
    page.locator(".bm-canvas").focus()
    page.keyboard.press("o")
    page.get_by_test_id("blockml-row-conv1").wait_for()
    looks(page, picture, "outline")
    page.keyboard.press("o")
    page.get_by_test_id("blockml-group-open-stage1").click()
    page.get_by_test_id("blockml-crumbs").wait_for()
    page.wait_for_timeout(600)
    looks(page, picture, "group")
    page.get_by_test_id("blockml-crumbs-up").click()

    def data():
        page.get_by_test_id("blockml-data").click()
        page.locator(".bm-data-sheet img, .bm-data-sheet canvas").first.wait_for(timeout=30_000)

    looks(page, picture, "data", data)


def test_hostile_names_are_shown_as_text(notebook, page, picture):
    """Acceptance: nothing of a document is executed, and the canvas shows the text as text."""
    start(notebook, HOSTILE)
    page.get_by_test_id("blockml-tab-code").click()
    page.wait_for_timeout(500)
    picture("hostile")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".blockml img[src=x]").count() == 0
    expect(page.get_by_test_id("blockml-canvas")).to_contain_text("<img src=x")
    assert int(page.get_by_test_id("blockml-problems").get_attribute("data-count")) >= 3


STRANGE = """\
import blockml as bm
names = ["__proto__", "constructor", "toString", "hasOwnProperty",
         "<img src=x onerror=window.hacked=1>", "a\\nb"]
nodes = tuple(bm.Node(id=name, block="ReLU") for name in names)
edges = tuple(bm.Edge(source=a, target=b, source_port="constructor" if a == "toString" else "y")
              for a, b in zip(names, names[1:]))
canvas = bm.Canvas(bm.Experiment(graph=bm.Graph(nodes=nodes, edges=edges)))
canvas"""


def test_names_that_every_object_inherits_are_drawn(notebook, page):
    """Acceptance: a file with such names once left an empty page."""
    start(notebook, STRANGE)
    for name in ("__proto__", "constructor", "toString", "hasOwnProperty"):
        expect(page.get_by_test_id(f"blockml-node-{name}")).to_be_visible()
        page.get_by_test_id(f"blockml-node-{name}").click()
        expect(page.locator(".bm-block-id")).to_have_value(name)
    assert page.evaluate("window.hacked") is None


QUOTED = """\
import blockml as bm
names = ['a"b', "c\\\\d", "50%"]
nodes = tuple(bm.Node(id=name, block="ReLU") for name in names)
layout = {name: (0, 150 * at) for at, name in enumerate(names)}
canvas = bm.Canvas(bm.Experiment(graph=bm.Graph(nodes=nodes), layout=layout))
canvas"""


def test_names_with_quotes_can_be_connected_moved_and_deleted(notebook, page):
    """The library of the cards writes ids into selectors; an error of the page fails the test."""
    book = notebook(QUOTED, "[(each.source, each.target) for each in canvas.experiment.graph.edges]")
    book.run(0)
    book.canvas()
    page.wait_for_timeout(1200)
    cards = [page.get_by_test_id(f"blockml-node-{name}") for name in ('a"b', "c\\d", "50%")]

    def middle(locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    for above, below in pairwise(cards):
        page.mouse.move(*middle(above.locator(".bm-port.source")))
        page.mouse.down()
        page.mouse.move(*middle(below.locator(".bm-port.target")), steps=8)
        page.mouse.up()
    expect(page.locator(".bm-edge-shape")).to_have_count(2)
    page.wait_for_timeout(500)
    book.run(1)
    assert book.output(1) == repr([('a"b', "c\\d"), ("c\\d", "50%")])
    cards[1].locator(".bm-node-name").click()
    expect(page.locator(".bm-block-id")).to_have_value("c\\d")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    expect(cards[1]).to_have_count(0)


def test_a_problem_hides_no_block(notebook, page):
    start(notebook, TROUBLE)
    boxes = [page.locator(".react-flow__node").nth(at).bounding_box() for at in range(5)]
    tops = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
    for above, below in pairwise(tops):
        assert above[1] <= below[0]
    # The room is only drawn: nothing was changed, so there is nothing to undo.
    expect(page.get_by_test_id("blockml-undo")).to_be_disabled()


@pytest.mark.viewport(1280, 720)
def test_a_low_window_shows_the_canvas_whole(notebook, page):
    book = notebook(TWELVE)
    for _ in range(2):
        book.run(0)
        canvas = book.canvas()
        canvas.evaluate("each => each.scrollIntoView({ block: 'center' })")
        area = page.locator(".jp-WindowedPanel-outer").first.bounding_box()
        expect(canvas).to_have_css("height", f"{area['height'] - 24:.0f}px")
        assert canvas.bounding_box()["y"] >= area["y"]
        page.wait_for_timeout(1500)


@pytest.mark.hosts("lab")
def test_narrow_pages_have_drawers(notebook, page, picture):
    page.set_viewport_size({"width": 1180, "height": 900})
    start(notebook, TWELVE)
    for width, size in ((1180, "medium"), (900, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_test_id("blockml-canvas")).to_have_attribute("data-size", size)
        picture(f"width-{width}")
        page.get_by_test_id("blockml-toggle-panel").click()
        expect(page.get_by_test_id("blockml-tab-train")).to_be_visible()
        picture(f"width-{width}-panel")
        page.get_by_test_id("blockml-toggle-panel").click()
    expect(page.get_by_test_id("blockml-palette")).to_be_hidden()
    page.get_by_test_id("blockml-toggle-palette").click()
    page.get_by_test_id("blockml-palette-item-ReLU").click()
    expect(page.get_by_test_id("blockml-node-relu2")).to_be_attached()


def test_undo_and_redo_cover_every_change(notebook, page):
    start(notebook, TRAINED)
    page.get_by_test_id("blockml-palette-search").fill("gelu")
    page.get_by_test_id("blockml-palette-item-GELU").click()
    expect(page.get_by_test_id("blockml-node-gelu1")).to_be_visible()
    page.get_by_test_id("blockml-param-linear1-out_features").fill("33")
    expect(page.get_by_test_id("blockml-node-shape-linear1")).to_have_text("33")
    page.get_by_test_id("blockml-node-relu1").click()
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("blockml-node-relu1")).to_have_count(0)
    # The neighbours of what was deleted are connected.
    expect(page.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")
    for _ in range(3):
        page.get_by_test_id("blockml-undo").click()
    expect(page.get_by_test_id("blockml-node-relu1")).to_be_visible()
    expect(page.get_by_test_id("blockml-node-gelu1")).to_have_count(0)
    expect(page.get_by_test_id("blockml-param-linear1-out_features")).to_have_value("64")
    for _ in range(3):
        page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_test_id("blockml-node-gelu1")).to_be_visible()
    expect(page.get_by_test_id("blockml-node-relu1")).to_have_count(0)
    expect(page.get_by_test_id("blockml-undo")).to_be_enabled()
    expect(page.get_by_test_id("blockml-redo")).to_be_disabled()
