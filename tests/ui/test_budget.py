"""What the network costs: in the bar, as a table, and as colours; and large networks."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

CANVAS = "import blockml as bm\ncanvas = bm.Canvas(bm.template('{name}', data='{data}'))\ncanvas"
LARGE = """\
import blockml as bm
drawn = bm.experiment([("Conv2d", {"out_channels": 4})] * 200 + ["Flatten", ("Linear", {"out_features": 10})])
layout = {node.id: (0, 130 * at) for at, node in enumerate(drawn.graph.nodes)}
canvas = bm.Canvas(drawn.model_copy(update={"layout": layout}))
canvas"""


def test_the_table_and_the_colours(notebook, page, picture):
    opened = notebook(CANVAS.format(name="resnet_small", data="cifar10"))
    opened.run(0)
    opened.canvas()
    # The device is measured in the background, once for this machine.
    expect(page.get_by_test_id("blockml-budget-seconds")).to_have_text(re.compile("an epoch"), timeout=90_000)

    page.get_by_test_id("blockml-budget").click()
    rows = page.get_by_test_id(re.compile("^blockml-budget-row-"))
    expect(rows.first).to_contain_text("Input")
    page.get_by_test_id("blockml-budget-sort-seconds").click()
    # Which stage takes longest is for this machine to say; each takes more than what stands outside.
    expect(rows.first).to_contain_text("Group")
    picture("budget-table")
    rows.first.get_by_role("button").click()
    chosen = rows.first.get_attribute("data-testid").removeprefix("blockml-budget-row-")
    expect(page.get_by_test_id(f"blockml-node-{chosen}")).to_have_class(re.compile("bm-node-selected"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_test_id("blockml-heat").click()
    card = page.get_by_test_id(f"blockml-node-{chosen}")
    expect(card).to_have_attribute("data-heat", re.compile("[1-5]"))
    expect(card).to_contain_text("%")
    expect(page.get_by_test_id("blockml-heat-legend")).to_contain_text("Weights")
    page.get_by_test_id("blockml-heat").click()
    expect(page.get_by_test_id("blockml-heat-legend")).to_contain_text("Operations")
    picture("budget-heat")
    # The rows of the outline have no colours.
    for shown in (False, True):
        page.get_by_test_id("blockml-view-outline").first.click()
        expect(page.get_by_test_id("blockml-heat-legend")).to_be_visible(visible=shown)
    page.get_by_test_id("blockml-heat-legend").get_by_role("button").click()
    expect(card).not_to_have_attribute("data-heat", re.compile("."))


def test_a_large_network_draws_what_is_in_view_and_keys_reach_the_rest(notebook, page):
    opened = notebook(LARGE)
    opened.run(0)
    opened.canvas()
    cards = page.locator(".react-flow__node")
    expect(cards.first).to_be_visible()
    assert cards.count() < 30
    expect(page.get_by_test_id("blockml-node-shape-conv1")).to_have_text("4 × 8 × 8")
    # Along the network with the arrow keys, further than what was drawn.
    page.get_by_test_id("blockml-node-conv1").locator("xpath=..").focus()
    for number in range(2, 22):
        page.keyboard.press("ArrowDown")
        expect(page.locator(":focus")).to_have_attribute("data-id", re.compile(f"conv{number}$"))
    # Behind a card that is far out of view Tab leads back to it.
    page.mouse.move(700, 400)
    page.evaluate("document.querySelector('[data-testid=\"blockml-budget\"]').focus()")
    page.get_by_role("button", name="Show everything").click()
    expect(cards.first).to_be_visible()
