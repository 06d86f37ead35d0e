"""The canvas without a mouse, without eyes, with a finger, and in the language of the page."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

import blockml

pytestmark = pytest.mark.ui

AXE = Path(blockml.__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
EMPTY = "import blockml as bm\ncanvas = bm.Canvas()\ncanvas"
TROUBLE = """\
import blockml as bm
exp = bm.experiment([("Conv2d", {"kernel_size": 31}), "ReLU", ("Linear", {"out_features": 12}), "Softmax"])
bm.Canvas(exp)"""
LENET = """\
import blockml as bm
bm.Canvas(bm.template("lenet5"))"""
WHERE = """() => {
  const at = document.activeElement;
  return at.dataset.id ?? at.dataset.testid ?? at.getAttribute('aria-label') ?? at.tagName;
}"""


def violations(page):
    """What axe-core finds in the widget: rule, element and reason."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.blockml', {resultTypes: ['violations']})")["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def theme(page, name):
    page.evaluate(
        f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {name}'}})"
    )
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(name == 'Light').lower()}'")
    page.wait_for_timeout(300)


def in_all_looks(page, state):
    """The state is without violations in light English and in dark Korean."""
    assert violations(page) == [], state
    theme(page, "Dark")
    page.evaluate("document.querySelector('[data-testid=blockml-language]').click()")
    expect(page.get_by_test_id("blockml-canvas")).to_have_attribute("lang", "ko")
    assert violations(page) == [], f"{state}, dark, Korean"
    page.evaluate("document.querySelector('[data-testid=blockml-language]').click()")
    theme(page, "Light")


def start(notebook, page, *cells):
    book = notebook(*cells)
    book.run(0)
    book.canvas()
    page.locator(".react-flow__node").first.wait_for()
    page.wait_for_timeout(300)
    return book


def focus_is(page, name):
    page.wait_for_function(f"({WHERE})() === {json.dumps(name)}", timeout=5000)


def keys(page, *names):
    for name in names:
        page.keyboard.press(name)


def add_behind(page, name, made):
    """Add a block behind the card or row that has the focus; the new one has it then."""
    keys(page, "a")
    page.wait_for_function("document.activeElement.getAttribute('role') === 'combobox'", timeout=5000)
    page.keyboard.type(name)
    keys(page, "Enter")
    focus_is(page, made)


def mend_first(page):
    """Go to the first problem and take the first of its repairs; nothing is left to mend."""
    keys(page, "p")
    expect(page.get_by_test_id("blockml-problem-sheet")).to_be_visible()
    keys(page, "Enter")
    expect(page.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0", timeout=5000)


def set_first(page, *values):
    """Write the first settings of the card that has the focus, one after the other."""
    keys(page, "Enter")
    for value in values:
        page.wait_for_function("document.activeElement.tagName === 'INPUT'")
        keys(page, "Control+a")
        page.keyboard.type(value)
        keys(page, "Tab")
    keys(page, "Escape")


def test_axe_finds_nothing_in_a_network_with_problems(notebook, page, host):
    start(notebook, page, TROUBLE)
    in_all_looks(page, "problems")
    page.locator(".react-flow__node").nth(1).focus()
    keys(page, "Space", "Enter")
    assert violations(page) == [], "a field on a card"
    keys(page, "Escape", "p")
    expect(page.get_by_test_id("blockml-problem-sheet")).to_be_visible()
    in_all_looks(page, "a problem and its repairs")
    keys(page, "Escape")
    page.wait_for_function("document.activeElement.closest('.react-flow__node') !== null")
    keys(page, "c")
    expect(page.get_by_test_id("blockml-picker")).to_be_visible()
    assert violations(page) == [], "connecting"
    keys(page, "Escape", "o")
    expect(page.get_by_test_id("blockml-row-conv1")).to_be_visible()
    in_all_looks(page, "outline")
    keys(page, "o")
    # What opens over the canvas: the toolbox stands there as long as a card is selected.
    page.locator(".react-flow__node").nth(1).focus()
    for way_in, what in (
        (lambda: keys(page, "/"), ".bm-finder"),
        (lambda: keys(page, "?"), ".bm-keys"),
        (lambda: keys(page, "n"), ".bm-paper textarea"),
        (page.locator(".bm-top .bm-button-narrow").click, ".bm-menu-sheet"),
    ):
        way_in()
        page.locator(what).first.wait_for()
        assert violations(page) == [], what
        keys(page, "Escape")
        page.locator(what).first.wait_for(state="detached")
        page.locator(".bm-canvas").focus()
    page.get_by_test_id("blockml-help").click()
    page.get_by_test_id("blockml-tour-start").click()
    page.get_by_test_id("blockml-tour").wait_for()
    in_all_looks(page, "tour")
    page.get_by_test_id("blockml-tour-later").click()
    # Notebook 7 has nothing beside the notebook.
    page.set_viewport_size({"width": {"lab": 800, "notebook": 560}[host], "height": 950})
    page.get_by_test_id("blockml-toggle-palette").click()
    assert violations(page) == [], "palette as a drawer"
    keys(page, "Escape")
    page.set_viewport_size({"width": 1500, "height": 950})
    page.get_by_test_id("blockml-data").click()
    page.locator(".bm-data-sheet img, .bm-data-sheet canvas").first.wait_for(timeout=30_000)
    in_all_looks(page, "data")
    keys(page, "Escape")
    for tab in page.locator(".bm-tab").all():
        tab.click()
        page.wait_for_timeout(600)
        for fold in page.locator(".bm-panel-body summary, .bm-panel-body [aria-expanded=false]").all():
            if fold.is_visible():
                fold.click()
        in_all_looks(page, tab.get_attribute("data-testid"))


AGAIN = """\
import blockml as bm
stage = bm.group(["Linear", "ReLU"], name="stage", repeat=2)
exp = bm.experiment(["Flatten", ("Linear", {"out_features": 32}), stage, ("Linear", {"out_features": 10})],
                    recipe=bm.Recipe(epochs=2), name="twice")
canvas = bm.Canvas(exp)
canvas"""


def test_axe_finds_nothing_in_a_group_a_comparison_and_what_is_said_of_drafts(notebook, page):
    book = start(notebook, page, AGAIN, "canvas.train(); canvas.train().metrics['test_accuracy'] > 0.1")
    page.get_by_test_id("blockml-hint").first.wait_for()
    in_all_looks(page, "a hint")
    page.get_by_test_id("blockml-group-open-stage1").click()
    page.get_by_test_id("blockml-crumbs").wait_for()
    in_all_looks(page, "an open group")
    page.get_by_test_id("blockml-crumbs-up").click()
    book.run(1)
    assert book.output(1, 90_000) == "True"
    page.get_by_test_id("blockml-tab-train").click()
    page.get_by_test_id("blockml-compare").click()
    page.get_by_test_id("blockml-compare-item").first.click()
    page.locator(".bm-curves-other").first.wait_for()
    in_all_looks(page, "a comparison")
    page.get_by_test_id("blockml-param-linear1-out_features").fill("33")
    expect(page.get_by_test_id("blockml-node-shape-linear1")).to_have_text("33")
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    line = page.get_by_test_id("blockml-keep")
    expect(line).to_contain_text("run the cell again", timeout=30_000)
    in_all_looks(page, "the kernel is gone")
    book.ready()
    page.get_by_test_id("blockml-keep-run").click()
    expect(line).to_contain_text("This is your drawing", timeout=30_000)
    in_all_looks(page, "the drawing is back")


def test_lenet_without_a_mouse(notebook, page, picture):  # noqa: PLR0915 - one story
    """Acceptance: build, break, mend, train and export LeNet-5 by keys alone."""
    book = start(notebook, page, EMPTY, "sorted(p.numel() for p in canvas.module.parameters())[-1]")
    in_all_looks(page, "empty")
    page.evaluate("document.querySelector('[data-testid=blockml-palette-search]').focus()")
    keys(page, "Tab")
    focus_is(page, "input1")
    for name, made, values in (
        ("Conv2d", "conv1", ("6", "5")),
        ("Tanh", "tanh1", ()),
        ("AvgPool2d", "pool1", ()),
        ("Conv2d", "conv2", ("16", "5")),
        ("Tanh", "tanh2", ()),
        ("AvgPool2d", "pool2", ()),
        ("Flatten", "flatten1", ()),
        ("Linear", "linear1", ("120",)),
        ("Tanh", "tanh3", ()),
        ("Linear", "linear2", ("84",)),
        ("Tanh", "tanh4", ()),
        ("Linear", "linear3", ("10",)),
    ):
        add_behind(page, name, made)
        if values:
            set_first(page, *values)
            focus_is(page, made)
    # The pictures are small: nothing is left for the second pooling, and a repair says what helps.
    expect(page.get_by_test_id("blockml-problem-window-too-large")).to_be_visible()
    mend_first(page)
    expect(page.get_by_test_id("blockml-node-shape-linear3")).to_have_text("10")

    # A window that is too large, and the repair that is offered.
    keys(page, "Home")
    focus_is(page, "input1")
    keys(page, "ArrowDown")
    focus_is(page, "conv1")
    keys(page, "Enter", "Tab")
    page.wait_for_function("document.activeElement.dataset.testid === 'blockml-param-conv1-kernel_size'")
    page.keyboard.type("31")
    keys(page, "Tab", "Escape")
    focus_is(page, "conv1")
    expect(page.get_by_test_id("blockml-problem-window-too-large")).to_be_visible()
    expect(page.get_by_test_id("blockml-live")).to_contain_text("31", timeout=5000)
    keys(page, "p")
    expect(page.get_by_test_id("blockml-problem-sheet")).to_be_visible()
    picture("access-problem")
    keys(page, "Enter")
    expect(page.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0", timeout=5000)
    focus_is(page, "conv1")
    keys(page, "Control+z", "Control+z")
    expect(page.get_by_test_id("blockml-param-conv1-kernel_size")).to_have_value("5")

    # A connection taken off, and made again.
    keys(page, "c")
    page.wait_for_function("document.activeElement.getAttribute('role') === 'combobox'")
    page.keyboard.type("take off tanh1")
    keys(page, "Enter")
    expect(page.get_by_test_id("blockml-live")).to_contain_text("disconnected from tanh1", timeout=6000)
    focus_is(page, "conv1")
    keys(page, "c")
    page.wait_for_function("document.activeElement.getAttribute('role') === 'combobox'")
    page.keyboard.type("to tanh1")
    keys(page, "Enter")
    expect(page.get_by_test_id("blockml-live")).to_contain_text("connected to tanh1", timeout=5000)
    expect(page.get_by_test_id("blockml-problems")).to_have_attribute("data-count", "0", timeout=5000)

    # A burst of moves is one step of undo.
    left = page.evaluate("document.activeElement.getBoundingClientRect().left")
    keys(page, "Alt+ArrowRight", "Alt+ArrowRight", "Alt+ArrowRight")
    page.wait_for_function(f"document.activeElement.getBoundingClientRect().left > {left} + 20")
    keys(page, "Control+z")
    page.wait_for_function(f"Math.abs(document.activeElement.getBoundingClientRect().left - {left}) < 1")
    picture("access-lenet")

    keys(page, "Control+Enter")
    expect(page.get_by_test_id("blockml-accuracy")).to_contain_text("%", timeout=90_000)
    assert violations(page) == [], "training"
    expect(page.get_by_test_id("blockml-run")).to_be_visible(timeout=120_000)
    assert float(page.get_by_test_id("blockml-accuracy").inner_text().rstrip("%")) > 85
    expect(page.get_by_test_id("blockml-live")).to_contain_text("test accuracy", timeout=8000)

    in_all_looks(page, "trained")

    # The code, and its button, by keys.
    for _ in range(6):
        keys(page, "F6")
        if page.evaluate("document.activeElement.closest('.bm-panel') !== null"):
            break
    page.wait_for_function("document.activeElement.getAttribute('role') === 'tab'")
    while page.evaluate("document.activeElement.dataset.panel") != "code":
        keys(page, "ArrowRight")
    expect(page.get_by_test_id("blockml-code")).to_contain_text("nn.Conv2d(1, 6, kernel_size=5")
    with page.expect_download() as download:
        for _ in range(4):
            keys(page, "Tab")
            if page.evaluate("document.activeElement.matches('.bm-code-file')"):
                keys(page, "Enter")
                break
    assert download.value.suggested_filename.endswith(".py")
    book.run(1)
    assert int(book.output(1)) > 0


def test_the_outline_does_all_that_the_canvas_does(notebook, page, picture):
    book = start(notebook, page, EMPTY)
    page.evaluate("document.querySelector('[data-testid=blockml-view-outline]').focus()")
    keys(page, "Enter")
    page.get_by_test_id("blockml-row-input1").wait_for()
    page.evaluate("document.querySelector('[data-testid=blockml-row-input1]').focus()")
    add_behind(page, "Flatten", "flatten1")
    add_behind(page, "Linear", "linear1")
    expect(page.get_by_test_id("blockml-row-linear1")).to_contain_text("4,160 weights")
    expect(page.get_by_test_id("blockml-problem-wrong-class-count")).to_be_visible()
    mend_first(page)
    expect(page.get_by_test_id("blockml-param-linear1-out_features")).to_have_value("10")
    focus_is(page, "output1")
    keys(page, "ArrowUp", "ArrowUp")
    focus_is(page, "flatten1")
    add_behind(page, "ReLU", "relu1")
    picture("access-outline")
    # By finger: the buttons of the chosen row.
    page.get_by_test_id("blockml-row-bypass").click()
    expect(page.get_by_test_id("blockml-row-bypass")).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.querySelector('[data-testid=blockml-row-relu1]').focus()")
    keys(page, "Delete")
    expect(page.get_by_test_id("blockml-row-relu1")).to_have_count(0)
    focus_is(page, "flatten1")
    assert page.locator(".bm-row").evaluate_all("rows => rows.map((row) => row.dataset.id)") == [
        "input1",
        "flatten1",
        "linear1",
        "output1",
    ]
    # From one view to the other at the same block; the choice is remembered.
    keys(page, "o")
    focus_is(page, "flatten1")
    expect(page.get_by_test_id("blockml-node-flatten1")).to_be_visible()
    keys(page, "o")
    focus_is(page, "flatten1")
    book.run(0)
    page.get_by_test_id("blockml-row-linear1").wait_for(state="detached", timeout=20_000)
    expect(page.get_by_test_id("blockml-row-input1")).to_be_visible(timeout=20_000)


def test_one_stop_of_the_tab_key_and_what_a_card_says(notebook, page):
    start(notebook, page, LENET)
    stops = page.locator(".bm-canvas .react-flow__nodes").evaluate(
        "all => [...all.querySelectorAll('*')].filter((each) => each.tabIndex >= 0).length"
    )
    assert stops == 1
    card = page.locator(".react-flow__node:has([data-testid=blockml-node-conv1])")
    expect(card).to_have_attribute("role", "group")
    said = card.evaluate("card => document.getElementById(card.getAttribute('aria-labelledby')).textContent")
    for part in ("Conv2d conv1", "filters", "output", " by ", "from input1"):
        assert part in said
    expect(page.locator(".react-flow__edge").first).to_have_attribute("aria-hidden", "true")
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('.blockml *')].filter((each) => {
          const style = getComputedStyle(each);
          return [style.transitionDuration, style.animationDuration].join(',').split(',')
            .some((time) => parseFloat(time) > 0);
        }).map((each) => each.className)"""
    )
    assert moving == []


def test_the_language_is_that_of_jupyterlab_and_changes_at_once(notebook, page):
    book = notebook(TROUBLE)
    # What a language pack of JupyterLab does to the page.
    page.evaluate("document.documentElement.lang = 'ko-KR'")
    book.run(0)
    canvas = book.canvas()
    expect(canvas).to_have_attribute("lang", "ko")
    expect(page.get_by_test_id("blockml-run")).to_have_text("실행")
    expect(page.get_by_test_id("blockml-problem-window-too-large")).to_contain_text("창")
    page.locator(".react-flow__node").nth(1).focus()
    keys(page, "Delete")
    expect(page.get_by_test_id("blockml-live")).to_contain_text("뺐습니다", timeout=6000)
    keys(page, "Control+z")
    expect(page.get_by_test_id("blockml-live")).to_contain_text("되돌림", timeout=6000)
    korean = "(text) => /[가-힣]/.test(text)"
    titles = "[...document.querySelectorAll('.bm-stage [title], .bm-top [title]')].map((each) => each.title)"
    assert page.evaluate(f"{titles}.some({korean})")
    page.get_by_test_id("blockml-language").click()
    expect(canvas).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("blockml-problem-window-too-large")).to_contain_text("window")
    texts = page.evaluate(
        """() => [...document.querySelectorAll('.blockml, .blockml *')].flatMap((each) => [
          each.title ?? '', each.getAttribute('aria-label') ?? '', each.placeholder ?? '',
          ...[...each.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data),
        ])"""
    )
    left = {text for text in texts if any("가" <= sign <= "힣" for sign in text)}
    # The button that speaks to those who read Korean; what was said before is not said again.
    assert {text for text in left if "한국어" not in text and "되돌림" not in text} == set()


@pytest.mark.viewport(1366, 1024)
@pytest.mark.touch
def test_a_finger_is_enough(notebook, page):
    """Dragging a block out of the palette, choosing, and the buttons of the outline, by touch."""
    session = page.context.new_cdp_session(page)
    start(notebook, page, LENET)

    def touch(points):
        for index, (x, y) in enumerate(points):
            kind = "touchStart" if index == 0 else "touchMove"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            page.wait_for_timeout(20)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def pinch(x, y):
        for wide in range(40, 121, 10):
            points = [{"x": x + side * wide, "y": y} for side in (-1, 1)]
            kind = "touchStart" if wide == 40 else "touchMove"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(20)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def middle(locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle(page.get_by_test_id("blockml-palette-item-ReLU"))
    area = page.locator(".bm-canvas").bounding_box()
    goal = area["x"] + 130
    touch([(x + step * (goal - x) / 8, y) for step in range(9)])
    expect(page.get_by_test_id("blockml-node-relu5")).to_be_visible()
    # No hand is back within the moment in which a new card is chosen.
    page.wait_for_timeout(500)
    touch([middle(page.locator('[data-testid="blockml-node-conv2"] .bm-node-name'))])
    expect(page.locator(".bm-node-selected")).to_have_count(1)
    expect(page.get_by_test_id("blockml-param-conv2-kernel_size")).to_have_value("3")
    # What is small on a card takes a press beside it, too.
    around = """button => {
      const { left, top, width } = button.getBoundingClientRect();
      return button.contains(document.elementFromPoint(left + width / 2, top - 9));
    }"""
    assert page.get_by_test_id("blockml-learn-conv2").evaluate(around)
    assert page.get_by_test_id("blockml-plus-above-conv2").evaluate(around)
    # It moves a card, and two of them zoom.
    card = page.locator('[data-testid="blockml-node-conv2"] .bm-node-name')
    from_x, from_y = middle(card)
    touch([(from_x + step * 8, from_y + step * 6) for step in range(9)])
    page.wait_for_timeout(300)
    to_x, to_y = middle(card)
    assert (to_x - from_x, to_y - from_y) == pytest.approx((64, 48), abs=24)
    zoom = "each => new DOMMatrix(each.style.transform).a"
    before = page.locator(".react-flow__viewport").evaluate(zoom)
    pinch(area["x"] + area["width"] - 150, area["y"] + 200)
    page.wait_for_timeout(300)
    assert page.locator(".react-flow__viewport").evaluate(zoom) > 1.2 * before
    # A finger that draws along the list scrolls it, and adds nothing.
    touch([(x, y - step * 25) for step in range(7)])
    assert page.locator(".bm-palette-list").evaluate("list => list.scrollTop") > 0
    expect(page.get_by_test_id("blockml-node-relu6")).to_have_count(0)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '.blockml :is(.bm-top, .bm-palette, .bm-panel, .bm-bottom) :is(button, input, select, summary)')]
          .map((each) => [each.className, each.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.width < 23.5 || box.height < 23.5) && box.height > 1)
          .map(([name, box]) => `${name} ${box.width} ${box.height}`)"""
    )
    # The field of the search stands in a label of full height.
    assert [each for each in small if each.strip() and not each.startswith(" ")] == []
    page.get_by_test_id("blockml-budget").click()
    page.locator(".bm-budget-table").wait_for()
    assert violations(page) == [], "what each block costs"


@pytest.mark.hosts("lab")
def test_on_a_narrower_page_the_bar_keeps_undo_and_the_cards_stay_clear_of_the_buttons(notebook, page):
    book = notebook('import blockml as bm\nbm.Canvas(bm.template("resnet_small"))')
    book.run(0)
    canvas = book.canvas()
    page.get_by_test_id("blockml-node-input1").wait_for()
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    # Beside the longest name that of the data is read as a whole.
    page.get_by_test_id("blockml-name").fill("A network with a name that goes on and on for sixty letters")
    rows = """root => {
      const bar = root.querySelector('.bm-top');
      const { left, right } = bar.getBoundingClientRect();
      const boxes = [...bar.querySelectorAll('button, input')]
        .map((each) => each.getBoundingClientRect()).filter((box) => box.width > 0);
      return {
        rows: new Set(boxes.map((box) => Math.round((box.top + box.bottom) / 8))).size,
        inside: boxes.every((box) => box.left >= left && box.right <= right),
        name: bar.querySelector('.bm-name').offsetWidth,
      };
    }"""
    for width, expected in ((1500, 1), (1180, 1), (900, 1), (760, 1), (640, 2), (420, 2)):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        found = canvas.evaluate(rows)
        assert (found["rows"], found["inside"]) == (expected, True), (width, found)
        assert found["name"] >= 80, width
        uncut = "each => each.scrollWidth <= each.clientWidth"
        # In 270 pixels both are cut.
        assert width == 420 or page.locator(".bm-data-name").evaluate(uncut), width
        for name in ("undo", "language"):
            assert page.locator(f".bm-top > [data-testid=blockml-{name}]").is_visible(), (name, width)
        card = page.get_by_test_id("blockml-node-input1").bounding_box()
        buttons = page.locator(".react-flow__controls").bounding_box()
        assert card["x"] > buttons["x"] + buttons["width"], width
    # What went from the bar is in the menu of help, and works there.
    page.get_by_test_id("blockml-help").click()
    folded = page.locator(".bm-menu-sheet").get_by_test_id("blockml-view-outline")
    expect(folded).to_have_text("Outline")
    folded.click()
    page.locator(".bm-outline-view").wait_for()
    folded.click()
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
