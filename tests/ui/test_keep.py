"""Nothing is lost: a new kernel, a killed one, a new server, two pages at once; and a picture remains."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import SIZE, Notebook
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"

LENET = "import blockml as bm\ncanvas = bm.Canvas(bm.template('lenet5'))\ncanvas"
LONG = (
    "import blockml as bm\n"
    "recipe = bm.Recipe(epochs=400)\n"
    "canvas = bm.Canvas(bm.template('mlp').model_copy(update={'recipe': recipe}))\ncanvas"
)
ON_DISK = "canvas.keeper.flush()\nimport os; (os.getpid(), canvas.draft['revision'] == canvas.revision)"
RESTART = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"


def rename(page, name):
    page.get_by_test_id("blockml-name").first.fill(name)
    page.get_by_test_id("blockml-name").first.press("Enter")


def name_of(page):
    return page.get_by_test_id("blockml-name").first


def written(book, index):
    """Wait until the drawing is on the disk; the process id of the kernel."""
    book.run(index)
    found = re.fullmatch(r"\((\d+), True\)", book.output(index))
    assert found, book.output(index)
    return int(found[1])


def test_a_new_kernel_brings_the_drawing_back(notebook, page, picture):
    book = notebook(LENET, "canvas.experiment.name", ON_DISK)
    book.run(0)
    book.canvas()
    line = page.get_by_test_id("blockml-keep")
    expect(line).to_have_count(0)
    rename(page, "first")
    written(book, 2)
    page.evaluate(RESTART)
    expect(line).to_contain_text("run the cell again")
    # The kernel is gone, and the hand goes on.
    rename(page, "second")
    picture("kernel-gone")
    book.ready()
    page.get_by_test_id("blockml-keep-run").click()
    expect(line).to_contain_text("This is your drawing", timeout=30_000)
    expect(name_of(page)).to_have_value("second")
    picture("drawing-back")
    # Where there is little room the sentence has all of it, and the button stands below.
    page.set_viewport_size({"width": 600, "height": 950})
    expect(page.get_by_test_id("blockml-canvas")).to_have_attribute("data-size", "narrow")
    sentence, button = (
        line.get_by_role("status").bounding_box(),
        line.locator(".bm-keep-button").bounding_box(),
    )
    assert button["y"] >= sentence["y"] + sentence["height"]
    page.set_viewport_size(SIZE)
    book.run(1)
    assert "second" in book.output(1)
    page.get_by_test_id("blockml-keep-cell").click()
    expect(name_of(page)).to_have_value("LeNet-5")
    page.get_by_test_id("blockml-keep-open").click()
    expect(name_of(page)).to_have_value("second")
    page.get_by_test_id("blockml-undo").click()
    expect(name_of(page)).to_have_value("LeNet-5")


@pytest.mark.hosts("lab", "notebook")
def test_a_notebook_that_is_handed_in_brings_its_drawing(notebook, lab, page, host, picture):
    book = notebook(LENET)
    book.run(0)
    book.canvas()
    rename(page, "by Kim")
    file = lab.root / book.path
    deadline = time.monotonic() + 30
    # The picture in the output holds it, a moment after the change.
    while "by Kim" not in file.read_text():
        assert time.monotonic() < deadline
        book.save()
        page.wait_for_timeout(500)
    # On the teacher's computer: nothing is kept there, and the notebook is a stranger's.
    lab.end_kernels()
    handed = json.loads(file.read_text())
    handed["metadata"]["from"] = "Kim"
    (lab.root / f"handed-{book.path}").write_text(json.dumps(handed))
    shutil.rmtree(lab.root.parent / "home" / "drafts")
    page.goto("about:blank")
    other = Notebook(page, lab, f"handed-{book.path}", host)
    in_words = re.compile(r"Network by Kim: Input.*Output\. Run this cell")
    expect(page.locator(".jp-OutputArea").first).to_contain_text(in_words)
    other.run(0)
    expect(page.get_by_test_id("blockml-keep")).to_contain_text("came with the notebook", timeout=30_000)
    expect(name_of(page)).to_have_value("by Kim")
    picture("handed-in")
    page.get_by_test_id("blockml-keep-cell").click()
    expect(name_of(page)).to_have_value("LeNet-5")


def test_a_kernel_killed_in_a_training(notebook, page, picture):
    book = notebook(LONG, ON_DISK)
    book.run(0)
    book.canvas()
    rename(page, "killed")
    page.get_by_test_id("blockml-run").click()
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%", timeout=60_000)
    process = written(book, 1)
    os.kill(process, signal.SIGKILL)
    expect(page.get_by_test_id("blockml-keep")).to_contain_text("run the cell again", timeout=30_000)
    page.get_by_role("button", name="Ok", exact=True).click()
    page.wait_for_timeout(1000)
    book.ready()
    book.run(0)
    expect(page.get_by_test_id("blockml-keep")).to_contain_text("This is your drawing", timeout=30_000)
    expect(name_of(page)).to_have_value("killed")
    expect(page.get_by_test_id("blockml-resume")).to_be_visible(timeout=30_000)
    # The curves are read once torch is there.
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%", timeout=30_000)
    picture("killed-and-back")
    page.get_by_test_id("blockml-resume").click()
    expect(page.get_by_test_id("blockml-stop")).to_be_visible(timeout=60_000)
    page.get_by_test_id("blockml-stop").click()
    expect(page.get_by_test_id("blockml-resume")).to_be_visible(timeout=20_000)


def test_two_pages_at_once_lose_nothing(notebook, page, picture):
    book = notebook(LENET, "canvas.experiment.name, canvas.experiment.graph.by_id['conv1'].params")
    book.run(0)
    book.canvas()
    book.save()
    page.wait_for_timeout(800)
    other = page.context.new_page()
    type(book)(other, book.lab, book.path)
    other.get_by_test_id("blockml-canvas").first.wait_for(timeout=30_000)
    # Both change something before either can know of the other.
    filters = other.get_by_test_id("blockml-param-conv1-out_channels").first
    page.get_by_test_id("blockml-name").first.fill("both")
    filters.fill("17")
    page.get_by_test_id("blockml-name").first.press("Enter")
    filters.press("Enter")
    for each in (page, other):
        expect(name_of(each)).to_have_value("both")
        expect(each.get_by_test_id("blockml-param-conv1-out_channels").first).to_have_value("17")
    book.run(1)
    assert "both" in book.output(1)
    assert "17" in book.output(1)
    # And again from there: each goes on with what the other did.
    rename(other, "other")
    expect(name_of(page)).to_have_value("other")
    page.get_by_test_id("blockml-undo").click()
    expect(name_of(other)).to_have_value("both")
    other.close()


def test_a_new_server_and_a_picture_without_a_kernel(own_lab, notebook, browser, page):
    book = notebook(LENET, ON_DISK, at=own_lab)
    book.run(0)
    book.canvas()
    still = page.locator('.jp-OutputArea img[src*="blockml-picture"]')
    expect(still).to_be_attached()
    expect(still).to_be_hidden()
    canvas = page.get_by_test_id("blockml-canvas").element_handle()
    rename(page, "of the old server")
    written(book, 1)
    # The picture follows, and the canvas is the very same as before.
    page.wait_for_function(
        "() => [...document.querySelectorAll('img')].some((each) => each.src.includes('old%20server'))"
    )
    assert canvas.evaluate("each => each.isConnected")
    expect(still).to_be_hidden()
    # Also in a page that was loaded again, where the kernel cannot reach the picture any more.
    book.save()
    page.wait_for_timeout(1000)
    book = type(book)(page, own_lab, book.path)
    book.canvas()
    rename(page, "seen again")
    page.wait_for_function(
        "() => [...document.querySelectorAll('img')].some((each) => each.src.includes('seen%20again'))"
    )
    expect(still).to_be_hidden()
    book.save()
    page.wait_for_timeout(1000)
    own_lab.process.kill()
    own_lab.process.wait()
    expect(page.get_by_test_id("blockml-keep")).to_be_visible(timeout=40_000)
    rename(page, "drawn without a server")
    page.wait_for_timeout(500)
    exported(browser, own_lab.root / book.path)

    own_lab.start()
    book = type(book)(page, own_lab, book.path)
    # There is a kernel, but no canvas in it yet: the notebook shows the picture.
    expect(still).to_be_visible()
    page.screenshot(path=str(PICTURES / "picture-in-lab.png"))
    book.run(0)
    book.canvas()
    expect(name_of(page)).to_have_value("drawn without a server")
    expect(still).to_be_hidden()


def exported(browser, path: Path):
    """A page made of the notebook shows the picture, in light and in dark, with nothing from outside."""
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", str(path)],
        check=True,
        capture_output=True,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(path.parent / "none")},
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    shades = {}
    for scheme in ("light", "dark"):
        view = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 900}, offline=True)
        view.goto(path.with_suffix(".html").as_uri())
        image = view.locator("img[src^='data:image/svg+xml']")
        expect(image).to_be_visible()
        assert image.evaluate("each => each.complete && each.naturalWidth > 300")
        view.screenshot(path=str(PICTURES / f"picture-exported-{scheme}.png"))
        shades[scheme] = corner(image)
        assert "Canvas object" not in view.locator("body").inner_text()
        view.close()
    assert shades["light"] > 200
    assert shades["dark"] < 60


def corner(image):
    """How light the ground of a picture is, 0 to 255."""
    return Image.open(io.BytesIO(image.screenshot())).convert("L").getpixel((30, 100))
