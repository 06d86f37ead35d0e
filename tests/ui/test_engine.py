"""Own pictures, the recipe, the finder, further epochs and a comparison, in the real JupyterLab."""

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

SMALL = """\
import blockml as bm
exp = bm.experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=bm.Recipe(epochs=3), name="small")
canvas = bm.Canvas(exp)
canvas"""
STATE = "print(canvas.experiment.data.name, len(canvas.experiment.data.exclude), canvas.run)"


@pytest.fixture
def shapes(lab):
    """Own pictures beside the notebook: two classes, two copies, and a file that is none."""
    folder = lab.root / "shapes"
    for kind in ("disc", "box"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number in range(16):
            picture = Image.new("RGB", (40, 36), (230 - number, 240, 250))
            place = (6 + number % 5, 5 + number % 3, 26 + number % 7, 25 + number % 4)
            drawing = ImageDraw.Draw(picture)
            draw = drawing.ellipse if kind == "disc" else drawing.rectangle
            draw(place, fill=(20 + 9 * number, 60, 90))
            picture.save(folder / kind / f"{number:02}.png")
    for number in (0, 1):
        source = folder / "disc" / f"{number:02}.png"
        (folder / "disc" / f"copy{number}.png").write_bytes(source.read_bytes())
    (folder / "box" / "broken.png").write_text("not a picture")
    return folder


def open_canvas(notebook, *cells):
    book = notebook(SMALL, *cells)
    book.run(0)
    book.canvas()
    return book


def test_own_pictures_are_read_looked_at_checked_and_left_out(notebook, page, picture, shapes):
    book = open_canvas(notebook, STATE)
    page.get_by_test_id("blockml-data").click()
    expect(page.get_by_test_id("blockml-preview")).to_have_attribute("data-rows", "10", timeout=60_000)
    page.get_by_test_id("blockml-data-item-shapes").click()
    expect(page.get_by_test_id("blockml-data")).to_contain_text("2 classes", timeout=60_000)
    expect(page.get_by_test_id("blockml-preview")).to_have_attribute("data-rows", "2", timeout=30_000)
    expect(page.get_by_test_id("blockml-unreadable")).to_have_attribute("data-count", "1")
    expect(page.locator('[data-testid="blockml-node-input1"] .bm-node-fact')).to_contain_text("shapes")
    # The network has the classes of another data set; its repair is offered below.
    expect(page.get_by_test_id("blockml-problem-wrong-class-count").first).to_be_attached()
    page.get_by_test_id("blockml-check").click()
    leave_out = page.get_by_test_id("blockml-exclude").first
    leave_out.click(timeout=60_000)
    left = page.get_by_test_id("blockml-excluded")
    expect(left).to_be_visible()
    picture("data-checked")
    count = int(left.get_attribute("data-count"))
    assert count > 0
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("blockml-preview")).to_be_hidden()
    book.run(1)
    assert f"shapes {count}" in book.output(1)
    page.get_by_test_id("blockml-undo").click()
    page.get_by_test_id("blockml-data").click()
    expect(page.get_by_test_id("blockml-check")).to_be_visible()
    expect(page.get_by_test_id("blockml-excluded")).to_have_count(0)


def test_settings_finder_further_epochs_and_a_comparison(notebook, page, picture):
    open_canvas(notebook)
    page.get_by_test_id("blockml-tab-train").click()

    page.get_by_test_id("blockml-rate").click()
    use = page.get_by_test_id("blockml-rate-use")
    use.wait_for(timeout=90_000)
    picture("finder")
    rate = use.inner_text().split()[-1]
    use.click()
    expect(page.get_by_test_id("blockml-recipe-learning_rate")).to_have_value(rate)

    page.get_by_test_id("blockml-recipe-more").click()
    page.get_by_test_id("blockml-recipe-group-augmentation").click()
    page.get_by_test_id("blockml-recipe-shift").fill("1")
    strips = page.get_by_test_id("blockml-augmented").locator("img")
    expect(strips).to_have_count(2, timeout=30_000)
    first = strips.nth(1).get_attribute("src")
    page.get_by_test_id("blockml-recipe-shift").fill("3")
    expect(strips.nth(1)).not_to_have_attribute("src", first, timeout=30_000)
    picture("augmentation")
    page.get_by_test_id("blockml-recipe-group-augmentation").click()
    expect(page.get_by_test_id("blockml-recipe-group-augmentation")).to_contain_text("1")

    page.get_by_test_id("blockml-run").click()
    more = page.get_by_test_id("blockml-more")
    more.wait_for(timeout=120_000)
    curves = page.get_by_test_id("blockml-curves")
    expect(curves).to_have_attribute("data-epochs", "3")
    more.click()
    expect(curves).to_have_attribute("data-epochs", "8", timeout=60_000)
    more.wait_for(timeout=60_000)

    page.get_by_test_id("blockml-run").click()
    expect(curves).to_have_attribute("data-epochs", "3", timeout=60_000)
    more.wait_for(timeout=60_000)
    page.get_by_test_id("blockml-compare").click()
    page.get_by_test_id("blockml-compare-item").first.click()
    expect(curves.locator(".bm-curves-other path")).to_have_count(4)
    picture("compared")
