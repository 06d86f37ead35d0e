"""Nothing is lost: a new kernel, a killed one, a new server, two pages at once, and a picture without a kernel."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

LENET = "import blockml as bm\ncanvas = bm.Canvas(bm.template('lenet5'))\ncanvas"
RESTART = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
WRITTEN = "canvas.keeper.flush(); canvas.draft['revision'] == canvas.revision"


def field(page, node, param):
    return page.get_by_test_id(f"blockml-param-{node}-{param}").first


def write(page, node, param, value):
    found = field(page, node, param)
    found.fill(str(value))
    found.press("Enter")


def rename(page, name):
    page.get_by_test_id("blockml-name").fill(name)
    page.get_by_test_id("blockml-name").press("Enter")


def restart(book):
    book.page.evaluate(RESTART)
    book.page.wait_for_timeout(500)
    book.ready()


def test_a_new_kernel_brings_the_drawing_back(notebook, page):
    book = notebook(LENET, "canvas.experiment.name")
    book.run(0)
    book.canvas()
    line = page.get_by_test_id("blockml-keep")
    expect(line).to_have_count(0)
    rename(page, "first")
    page.wait_for_timeout(3000)
    restart(book)
    expect(line).to_contain_text("run the cell again")
    page.screenshot(path="/tmp/keep/gone.png")
    # The kernel is gone, and the hand goes on.
    rename(page, "second")
    page.wait_for_timeout(800)
    book.run(0)
    page.wait_for_timeout(4000)
    page.screenshot(path="/tmp/keep/back.png")
    expect(page.get_by_test_id("blockml-name")).to_have_value("second")
    book.run(1)
    assert "second" in book.output(1)
    page.get_by_test_id("blockml-keep-cell").click()
    expect(page.get_by_test_id("blockml-name")).to_have_value("LeNet-5")
    page.screenshot(path="/tmp/keep/cell.png")
    page.get_by_test_id("blockml-keep-open").click()
    expect(page.get_by_test_id("blockml-name")).to_have_value("second")
    page.get_by_test_id("blockml-undo").click()
    expect(page.get_by_test_id("blockml-name")).to_have_value("LeNet-5")
    assert re.search("x", "x")
