"""Groups in a real JupyterLab: made, opened, repeated, kept, used in another network, unpacked, undone."""

import re

import pytest
from playwright.sync_api import expect

SETUP = """
import blockml as bm
from blockml.graph import Edge
padded = ("Conv2d", {"padding": 1})
start = bm.experiment(["Conv2d", padded, "ReLU", padded, "Add", "Flatten", ("Linear", {"out_features": 10})],
                      data="digits", name="residual")
skip = Edge(source="conv1", target="add1")
graph = start.graph.model_copy(update={"edges": (*start.graph.edges, skip)})
canvas = bm.Canvas(start.model_copy(update={"graph": graph}))
before = canvas.experiment.content_hash()
canvas
"""
OTHER = """
other = bm.Canvas(bm.experiment(["Flatten", ("Linear", {"out_features": 10})], data="digits", name="other"))
other
"""
PORTS = "print(sorted(edge.target_port for edge in canvas.experiment.graph.edges if edge.target == 'group1'))"
SAME = "print(canvas.experiment.content_hash() == before)"


def _select_block(canvas, page):
    """Select the residual block by keys: from its first block along the connections to its merge."""
    _focus(canvas, "conv2")
    page.keyboard.press("Space")
    chosen = canvas.locator(".react-flow__node.selected")
    for count in range(1, 4):
        expect(chosen).to_have_count(count)
        page.keyboard.press("Shift+ArrowDown")
    expect(chosen).to_have_count(4)


def _card(canvas, node):
    return canvas.locator(f'.react-flow__node[data-id="{node}"]')


def _start(opened):
    """Show the canvas; once its cell has run, JupyterLab takes the focus no more."""
    opened.run(0)
    canvas = opened.canvas()
    expect(canvas.locator(".bm-budget[data-stale=false]")).to_be_visible()
    opened.ready()
    opened.page.wait_for_timeout(500)
    return canvas


def _focus(canvas, node):
    """Focus a card; it takes the focus once it is measured and drawn."""
    expect(_card(canvas, node)).to_be_visible()
    _card(canvas, node).focus()
    expect(_card(canvas, node)).to_be_focused()


def _weights(canvas):
    return int(re.sub(r"\D", "", canvas.locator(".bm-budget li").first.inner_text()))


def _undo_all(canvas, page):
    undo = canvas.get_by_test_id("blockml-undo")
    for _ in range(60):
        if undo.get_attribute("aria-disabled") == "true":
            return
        undo.click()
    raise AssertionError("undo does not end")


def _group(canvas, page, title):
    """Make a group of the residual block, and name it."""
    _select_block(canvas, page)
    page.keyboard.press("Control+g")
    # The first time it comes with a part of the page.
    expect(_card(canvas, "group1")).to_be_focused(timeout=20_000)
    canvas.get_by_test_id("blockml-group-title-group1").fill(title)
    page.keyboard.press("Enter")


@pytest.mark.hosts("lab", "notebook")
def test_a_residual_block_becomes_a_group_and_all_of_it_can_be_undone(  # noqa: PLR0915 - one story
    notebook, page, picture
):
    opened = notebook(SETUP, PORTS, SAME)
    canvas = _start(opened)
    expect(canvas.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")
    weights = _weights(canvas)

    # Made of a selection: what comes from one block is one port, so that it can be repeated.
    _group(canvas, page, "Residual block")
    expect(canvas.get_by_test_id("blockml-node-conv2")).to_have_count(0)
    assert _weights(canvas) == weights
    picture("group-closed")

    # A press on its name is one on the card, and the keys are those of the card; two lead into it.
    title = canvas.locator(".bm-inline", has=page.get_by_test_id("blockml-group-title-group1"))
    title.click()
    page.keyboard.press("f")
    expect(_card(canvas, "group1").locator(".bm-mark-frozen")).to_be_visible()
    page.keyboard.press("f")
    title.dblclick()
    expect(canvas.get_by_test_id("blockml-group-title-group1")).to_be_focused()
    page.keyboard.type("written fast")
    expect(canvas.get_by_test_id("blockml-group-name")).to_have_value("written fast")
    canvas.get_by_test_id("blockml-group-name").fill("Residual block")
    _focus(canvas, "group1")

    # Opened and changed inside; the way back is in the path, and by Escape.
    page.keyboard.press("Enter")
    expect(canvas.get_by_test_id("blockml-crumbs")).to_contain_text("Residual block")
    expect(canvas.get_by_test_id("blockml-edge-shape-x-conv2")).to_have_text("32 × 8 × 8")
    canvas.get_by_test_id("blockml-param-conv2-kernel_size").fill("9")
    page.keyboard.press("Enter")
    expect(canvas.locator(".bm-node-problem").first).to_be_visible()
    picture("group-open")
    canvas.get_by_test_id("blockml-crumb-0").click()
    expect(canvas.get_by_test_id("blockml-group-problem")).to_be_visible()
    canvas.get_by_test_id("blockml-group-problem").click()
    expect(canvas.get_by_test_id("blockml-crumbs")).to_be_visible()
    canvas.get_by_test_id("blockml-param-conv2-kernel_size").fill("3")
    page.keyboard.press("Enter")
    expect(canvas.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")

    # A port with another name keeps its connection.
    canvas.get_by_test_id("blockml-port-name-x").fill("picture")
    page.keyboard.press("Enter")
    expect(_card(canvas, "picture")).to_be_focused()
    page.keyboard.press("Escape")
    expect(canvas.get_by_test_id("blockml-crumbs")).to_have_count(0)
    expect(canvas.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")
    # A cell sees what the kernel has heard: the second of two quick changes waits for the first.
    for _ in range(10):
        opened.run(1)
        if opened.output(1).strip() == "['picture']":
            break
    assert opened.output(1).strip() == "['picture']"

    # Three copies have three times the weights.
    inner = 2 * (32 * 32 * 9 + 32)
    canvas.get_by_test_id("blockml-group-repeat-group1").fill("3")
    page.keyboard.press("Enter")
    expect(canvas.get_by_test_id("blockml-node-group1")).to_contain_text(f"{3 * inner:,} weights")
    expect(canvas.locator(".bm-budget li").first).to_contain_text(f"{weights + 2 * inner:,}")

    # Unpacked it is its copies, one behind the other; all of it can be taken back.
    _focus(canvas, "group1")
    page.keyboard.press("Control+Shift+g")
    expect(canvas.get_by_test_id("blockml-node-group1")).to_have_count(0)
    expect(canvas.locator(".react-flow__node.selected")).to_have_count(12)
    expect(canvas.locator(".bm-budget li").first).to_contain_text(f"{weights + 2 * inner:,}")
    expect(canvas.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")
    _undo_all(canvas, page)
    expect(canvas.get_by_test_id("blockml-node-conv2")).to_be_visible()
    expect(canvas.get_by_test_id("blockml-node-group1")).to_have_count(0)
    expect(canvas.locator(".bm-budget[data-stale=false]")).to_be_visible()
    opened.run(2)
    assert opened.output(2).strip() == "True"


def test_a_group_is_kept_in_the_palette_for_every_network(notebook, page):
    opened = notebook(SETUP, OTHER)
    canvas = _start(opened)
    _group(canvas, page, "Residual block")
    canvas.get_by_test_id("blockml-group-repeat-group1").fill("3")
    page.keyboard.press("Enter")
    canvas.get_by_test_id("blockml-group-keep").click()
    expect(canvas.get_by_test_id("blockml-palette-item-group-Residual block")).to_be_visible()
    opened.run(1)
    other = page.get_by_test_id("blockml-canvas").nth(1)
    other.scroll_into_view_if_needed()
    other.get_by_test_id("blockml-palette-item-group-Residual block").click()
    expect(other.get_by_test_id("blockml-group-title-group1")).to_have_value("Residual block")
    expect(other.get_by_test_id("blockml-group-repeat-group1")).to_have_value("3")
    # A press in the middle of its card selects it, as with any other.
    other.get_by_test_id("blockml-node-group1").click()
    expect(other.get_by_test_id("blockml-crumbs")).to_have_count(0)
    other.get_by_test_id("blockml-group-open-group1").click()
    expect(other.get_by_test_id("blockml-node-conv3")).to_be_visible()
    other.get_by_test_id("blockml-crumbs-up").click()
    # Taken out of it, and brought back by the notice.
    other.get_by_test_id("blockml-forget-Residual block").click()
    expect(other.get_by_test_id("blockml-palette-item-group-Residual block")).to_have_count(0)
    other.locator(".bm-notice-action").click()
    expect(other.get_by_test_id("blockml-palette-item-group-Residual block")).to_be_visible()


def test_what_cannot_be_a_group_is_said_and_undo_shows_where_it_happens(notebook, page):
    opened = notebook(SETUP)
    canvas = _start(opened)
    chosen = canvas.locator(".react-flow__node.selected")
    _focus(canvas, "input1")
    page.keyboard.press("Space")
    expect(chosen).to_have_count(1)
    page.keyboard.press("Control+g")
    expect(canvas.locator(".bm-notice")).to_contain_text(
        "Select the blocks that belong together", timeout=20_000
    )

    # A change inside is undone where it is seen.
    canvas.locator(".react-flow__pane").click(position={"x": 8, "y": 200})
    expect(chosen).to_have_count(0)
    _focus(canvas, "relu1")
    page.keyboard.press("Space")
    expect(chosen).to_have_count(1)
    page.keyboard.press("Control+g")
    # The first time it comes with a part of the page.
    expect(_card(canvas, "group1")).to_be_focused(timeout=20_000)
    page.keyboard.press("Enter")
    canvas.get_by_test_id("blockml-add-inputs").click()
    expect(canvas.get_by_test_id("blockml-node-x2")).to_be_visible()
    canvas.get_by_test_id("blockml-crumbs-up").click()
    expect(canvas.get_by_test_id("blockml-crumbs")).to_have_count(0)
    canvas.get_by_test_id("blockml-undo").click()
    expect(canvas.get_by_test_id("blockml-crumbs")).to_be_visible()
    expect(canvas.get_by_test_id("blockml-node-x2")).to_have_count(0)
    # One more takes the group itself back: what was opened is not there any more.
    canvas.get_by_test_id("blockml-undo").click()
    expect(canvas.get_by_test_id("blockml-crumbs")).to_have_count(0)
    expect(canvas.get_by_test_id("blockml-node-relu1")).to_be_visible()
