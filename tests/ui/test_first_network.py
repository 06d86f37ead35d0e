"""A first hour in the real JupyterLab: drag, connect, break, mend, train, read the code, test a picture."""

import base64
import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import expect

import blockml as bm

pytestmark = pytest.mark.ui

SURE = (269, 322, 134)
"""Test pictures of a 2, a 3 and a 4, of which six networks like that of the story were all sure (> 0.999)."""

CANVAS = "import blockml as bm\ncanvas = bm.Canvas()\ncanvas"
LENET = "import blockml as bm\ncanvas = bm.Canvas(bm.template('lenet5'))\ncanvas"
LONG = (
    "import blockml as bm\n"
    "recipe = bm.Recipe(epochs=400)\n"
    "canvas = bm.Canvas(bm.template('mlp').model_copy(update={'recipe': recipe}))\ncanvas"
)


def center(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def drop_block(page, name, spot):
    """Drag a block from the palette to a spot of the canvas."""
    item = page.get_by_test_id(f"blockml-palette-item-{name}")
    item.scroll_into_view_if_needed()
    drag(page, center(item), spot)


def port(page, node, kind):
    return page.locator(f'[data-testid="blockml-node-{node}"] .bm-port.{kind}')


def wire(page, source, target):
    drag(page, center(port(page, source, "source")), center(port(page, target, "target")))


def file_of(digit_tensor):
    """A picture as a person brings it: dark ink on a large white sheet."""
    digit = Image.fromarray(255 - digit_tensor.numpy()).resize((240, 240), Image.Resampling.BICUBIC)
    sheet = Image.new("L", (400, 360), 255)
    sheet.paste(digit, (90, 60))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def drop_file(page, content):
    """Drop a file from outside onto the test area, as the browser tells it."""
    data = page.evaluate_handle(
        """(text) => {
            const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], 'digit.png', {type: 'image/png'}));
            return data;
        }""",
        base64.b64encode(content).decode(),
    )
    area = page.get_by_test_id("blockml-test-drop")
    for event in ("dragenter", "dragover", "drop"):
        area.dispatch_event(event, {"dataTransfer": data})


def epochs_of(page):
    """Epochs that the curves show."""
    return int(page.get_by_test_id("blockml-curves").get_attribute("data-epochs"))


def share(text):
    return float(re.search(r"[\d.]+", text)[0]) / 100


def test_from_an_empty_canvas_to_a_digit_that_is_read(notebook, page, picture):  # noqa: PLR0915 - one story
    book = notebook(CANVAS, "sum(p.numel() for p in canvas.module.parameters())")
    book.run(0)
    canvas = book.canvas()
    expect(page.get_by_test_id("blockml-node-input1")).to_be_visible()
    picture("empty")

    # Four blocks from the palette, beside the two ends; from a little farther away there is room for both.
    page.get_by_test_id("blockml-first-empty").click()
    for _ in range(2):
        page.get_by_label("Zoom out").click()
        page.wait_for_timeout(300)
    box = canvas.locator(".bm-canvas").bounding_box()
    left, top = box["x"] + box["width"] * 0.18, box["y"]
    for row, name in enumerate(("Conv2d", "ReLU", "Flatten", "Linear")):
        drop_block(page, name, (left, top + 60 + 75 * row))
    for node in ("conv1", "relu1", "flatten1", "linear1"):
        expect(page.get_by_test_id(f"blockml-node-{node}")).to_be_visible()
    for source, target in (("input1", "conv1"), ("linear1", "output1")):
        wire(page, source, target)
    # What was dropped under another block has joined it already; the rest is wired by hand.
    for source, target in (("conv1", "relu1"), ("relu1", "flatten1"), ("flatten1", "linear1")):
        if page.locator(f'[data-testid="blockml-edge-shape-{source}-{target}"]').count() == 0:
            wire(page, source, target)
    expect(page.get_by_test_id("blockml-node-shape-conv1")).to_have_text("32 × 8 × 8")
    expect(page.get_by_test_id("blockml-node-shape-linear1")).to_have_text("64")

    # The number of classes is wrong: the offer at the block mends it.
    problem = page.get_by_test_id("blockml-problem-wrong-class-count")
    expect(problem).to_be_visible()
    problem.get_by_test_id("blockml-fix").click()
    expect(page.get_by_test_id("blockml-param-linear1-out_features")).to_have_value("10")
    expect(page.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0")

    # Too large a window, and the way back.
    page.get_by_test_id("blockml-param-conv1-kernel_size").fill("31")
    page.get_by_test_id("blockml-param-conv1-kernel_size").press("Enter")
    problem = page.get_by_test_id("blockml-problem-window-too-large")
    expect(problem).to_contain_text("31 × 31")
    expect(page.get_by_test_id("blockml-node-shape-conv1")).to_have_text("?")
    picture("problem")
    page.get_by_test_id("blockml-node-conv1").get_by_test_id("blockml-fix").click()
    expect(page.get_by_test_id("blockml-node-shape-conv1")).to_have_text("32 × 8 × 8")
    expect(page.get_by_test_id("blockml-param-conv1-kernel_size")).to_have_value("3")

    page.get_by_test_id("blockml-run").click()
    # The first run of a kernel loads torch.
    expect(page.get_by_test_id("blockml-curves")).to_be_visible(timeout=60_000)
    lines = page.get_by_test_id("blockml-curves").locator("path, polyline")
    expect(lines.nth(1)).to_be_attached(timeout=90_000)
    early = (epochs_of(page), len(lines.last.get_attribute("d")))
    picture("training")
    expect(page.get_by_test_id("blockml-run")).to_be_visible(timeout=120_000)
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%")
    assert share(page.get_by_test_id("blockml-accuracy").inner_text()) > 0.93
    late = (epochs_of(page), len(lines.last.get_attribute("d")))
    assert early[0] < late[0] == 12, "the curves have not grown before the eyes of the person"
    assert early[1] < late[1]

    test = bm.load_data("digits").test
    for index in SURE:
        label = str(int(test.labels[index]))
        drop_file(page, file_of(test.images[index, 0]))
        found = page.get_by_test_id("blockml-prediction")
        found.wait_for(timeout=20_000)
        page.wait_for_timeout(600)
        assert label in found.inner_text().splitlines()[0]
    picture("tested")

    page.get_by_test_id("blockml-tab-code").click()
    code = page.get_by_test_id("blockml-code")
    expect(code).to_contain_text("self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)")
    expect(code).to_contain_text("def forward")
    picture("code")
    book.run(1)
    assert book.output(1) == str(32 * 9 + 32 + 32 * 64 * 10 + 10)


def test_stop_answers_within_a_second_and_cells_run_meanwhile(notebook, page):
    book = notebook(LONG, "2 + 40", "canvas.run.status")
    book.run(0)
    book.canvas()
    page.get_by_test_id("blockml-run").click()
    stop = page.get_by_test_id("blockml-stop")
    expect(page.get_by_test_id("blockml-pause")).to_be_visible(timeout=60_000)
    started = time.monotonic()
    book.run(1)
    assert book.output(1) == "42"
    assert time.monotonic() - started < 3, "a cell waits for training"
    started = time.monotonic()
    stop.click()
    expect(page.get_by_test_id("blockml-resume")).to_be_visible(timeout=5000)
    assert time.monotonic() - started < 1
    book.run(2)
    assert "stopped" in book.output(2)


def test_pause_and_resume(notebook, page):
    book = notebook(LONG)
    book.run(0)
    book.canvas()
    page.get_by_test_id("blockml-run").click()
    page.get_by_test_id("blockml-pause").click(timeout=60_000)
    expect(page.get_by_test_id("blockml-run")).to_be_visible(timeout=5000)
    held = page.get_by_test_id("blockml-status").inner_text()
    page.wait_for_timeout(500)
    assert page.get_by_test_id("blockml-status").inner_text() == held
    page.get_by_test_id("blockml-run").click()
    expect(page.get_by_test_id("blockml-pause")).to_be_visible(timeout=5000)
    page.get_by_test_id("blockml-stop").click()


def test_a_reload_in_the_middle_shows_the_same_run(notebook, page, picture):
    book = notebook(LONG, "canvas.run.status", "[record.epoch for record in canvas.run.history]")
    book.run(0)
    book.canvas()
    page.get_by_test_id("blockml-run").click()
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%", timeout=60_000)
    page.wait_for_timeout(1500)
    folder = page.locator(".bm-train-folder").get_attribute("title")
    before = epochs_of(page)
    assert before > 0
    book.save()
    page.wait_for_timeout(1000)
    page.goto(page.url.split("&reset")[0])
    book.ready()
    book.canvas()
    expect(page.get_by_test_id("blockml-stop")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%")
    expect(page.get_by_test_id("blockml-curves")).to_be_visible()
    # The same run, from its first epoch on, and still going.
    assert page.locator(".bm-train-folder").get_attribute("title") == folder
    book.run(2)
    numbers = [int(each) for each in book.output(2).strip("[]").split(",")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert before <= epochs_of(page)
    page.wait_for_function(
        """least => {
            const curves = document.querySelector('[data-testid="blockml-curves"]');
            return Number(curves.dataset.epochs) > least;
        }""",
        arg=epochs_of(page),
        timeout=20_000,
    )
    picture("reloaded")
    # The page that came back is no picture: it can still edit, and stop.
    page.get_by_test_id("blockml-param-linear1-out_features").fill("48")
    expect(page.get_by_test_id("blockml-node-shape-linear1")).to_have_text("48")
    page.get_by_test_id("blockml-stop").click()
    expect(page.get_by_test_id("blockml-resume").or_(page.get_by_test_id("blockml-run")).first).to_be_visible(
        timeout=5000
    )
    book.run(1)
    assert "stopped" in book.output(1)


@pytest.mark.hosts("lab")
def test_a_notebook_that_is_closed_and_opened_again_goes_on(notebook, page):
    book = notebook(CANVAS, "canvas.experiment.name")
    book.run(0)
    book.canvas()
    book.save()
    page.wait_for_timeout(800)
    page.evaluate("window.jupyterapp.commands.execute('application:close')")
    page.wait_for_timeout(1500)
    book.open()
    book.ready()
    book.canvas()
    name = page.get_by_test_id("blockml-name")
    name.fill("still here")
    name.press("Enter")
    page.wait_for_timeout(500)
    book.run(1)
    assert "still here" in book.output(1)
