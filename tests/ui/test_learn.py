"""Learn: the page of a block beside the canvas, and its picture, in a real JupyterLab."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

CANVAS = """\
import blockml as bm
chain = ["Conv2d", "ReLU", ("MaxPool2d", {"kernel_size": 2}), "Flatten", ("Linear", {"out_features": 10})]
canvas = bm.Canvas(bm.experiment(chain, data="mnist"))
canvas"""
BLOCK = """\
from pydantic import Field
class Hue(bm.Block):
    '''Turns colours <img src=x onerror="window.hacked=1">.'''
    family = "activation"
    stem = "hue"
    def infer(self, shapes):
        return shapes[0]
other = bm.Canvas(bm.experiment(["Hue", "Flatten", ("Linear", {"out_features": 10})]))
other"""


def page_of(page, block):
    found = page.get_by_test_id("blockml-docs").first
    expect(found).to_have_attribute("data-block", block)
    return found


def moves_and_tells(page):
    # It moves by itself, and stops for a person.
    step = page.get_by_test_id("blockml-learn-step")
    expect(step).not_to_have_value("0")
    step.press("Home")
    expect(step).to_have_value("0")
    expect(step).to_have_attribute("aria-valuetext", re.compile("Row 1, column 1: .* = "))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("blockml-learn-sum")).to_contain_text("Row 1, column 2")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("blockml-learn-play")).to_have_attribute("aria-label", "Pause")
    page.get_by_test_id("blockml-learn-play").click()

    # A pixel under the pointer says what it is made of.
    box = page.get_by_test_id("blockml-learn-picture").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    expect(page.get_by_test_id("blockml-learn-sum")).to_contain_text(
        re.compile(r"Row \d+, column \d+: .*× .* = ")
    )


def test_a_card_opens_its_page_and_the_picture_moves_with_its_settings(notebook, page, picture):
    book = notebook(CANVAS, "sorted(canvas.experiment.graph.nodes[1].params.items())")
    book.run(0)
    book.canvas()
    card = page.get_by_test_id("blockml-node-conv1")
    card.hover()
    page.get_by_test_id("blockml-learn-conv1").click()
    docs = page_of(page, "Conv2d")
    expect(docs).to_contain_text("Think of a small stencil")
    expect(page.get_by_test_id("blockml-docs-shape")).to_contain_text("1 × 28 × 28 → 32 × 28 × 28")

    moves_and_tells(page)
    picture("learn-conv-light")

    # A setting that is changed here changes the picture, the shapes, the card and the kernel.
    page.get_by_test_id("blockml-learn-param-stride").fill("2")
    expect(page.get_by_test_id("blockml-docs-shape")).to_contain_text("32 × 14 × 14")
    expect(page.get_by_test_id("blockml-learn-picture")).to_have_attribute("aria-label", re.compile("6 × 6$"))
    page.get_by_test_id("blockml-learn-param-kernel_size").fill("31")
    expect(page.get_by_test_id("blockml-learn-smaller")).to_contain_text("window")
    page.get_by_test_id("blockml-learn-param-kernel_size").fill("5")
    # The setting and the whole picture are seen together.
    expect(page.get_by_test_id("blockml-learn-param-kernel_size")).to_be_in_viewport(ratio=0.5)
    expect(page.get_by_test_id("blockml-learn-picture")).to_be_in_viewport(ratio=1)
    expect(page.get_by_test_id("blockml-param-conv1-kernel_size")).to_have_value("5")
    # The card shows it at once; the shapes say that the kernel has it.
    expect(page.get_by_test_id("blockml-docs-shape")).to_contain_text("32 × 13 × 13")
    book.run(1)
    assert book.output(1) == "[('kernel_size', 5), ('stride', 2)]"

    # Links, the list, and the search in both languages.
    docs.get_by_role("button", name="MaxPool2d").click()
    page_of(page, "MaxPool2d")
    docs.get_by_role("button", name="All blocks").click()
    page.get_by_test_id("blockml-docs-find").fill("확률")
    expect(page.get_by_test_id("blockml-docs-Softmax")).to_be_visible()
    expect(page.get_by_test_id("blockml-docs-Conv2d")).to_have_count(0)
    page.get_by_test_id("blockml-docs-Softmax").click()
    page.get_by_test_id("blockml-learn-score-cat").fill("4")
    expect(page.locator(".bm-shares li[data-best=true]")).to_contain_text("cat")

    # The key, and the other language at once.
    page.get_by_test_id("blockml-node-relu1").locator(".bm-node-name").click()
    page.keyboard.press("d")
    page_of(page, "ReLU")
    page.get_by_test_id("blockml-learn-x").fill("2")
    expect(page.get_by_test_id("blockml-learn-sum")).to_have_text("x = 2 → y = 2")
    page.get_by_test_id("blockml-language").click()
    expect(docs).to_contain_text("문지기와 같습니다")
    picture("learn-relu-ko")


@pytest.mark.viewport(1000, 900)
def test_a_narrow_page_without_motion_and_a_block_of_a_teacher(notebook, page, picture):
    page.emulate_media(reduced_motion="reduce")
    book = notebook("import blockml as bm\n" + BLOCK, "bm.docs('Hue', language='en')")
    book.run(0)
    book.canvas()
    page.get_by_test_id("blockml-node-hue1").hover()
    page.get_by_test_id("blockml-learn-hue1").click()
    # The drawer opens; what a docstring says is text.
    docs = page_of(page, "Hue")
    expect(docs).to_contain_text("<img src=x")
    assert page.locator(".blockml img").count() == 0
    docs.get_by_role("button", name="All blocks").click()
    page.get_by_test_id("blockml-docs-AvgPool2d").click()
    # Where motion is unwanted the picture is whole from the start.
    step = page.get_by_test_id("blockml-learn-step")
    expect(step).to_have_value("35")
    expect(page.get_by_test_id("blockml-learn-play")).to_have_attribute("aria-label", "Play")
    picture("learn-narrow")
    book.run(1)
    expect(page.locator(".jp-RenderedMarkdown h2", has_text="Hue")).to_be_visible()
    assert page.evaluate("window.hacked") is None
