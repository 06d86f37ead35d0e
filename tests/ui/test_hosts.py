"""The same bundle outside of JupyterLab: Notebook 7, marimo, and the least that anywidget promises."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import TOKEN, free_port, write_book
from playwright.sync_api import expect

import blockml as bm

pytestmark = pytest.mark.ui

SHORT = "bm.template('mlp').model_copy(update={'recipe': bm.Recipe(epochs=2)})"
CELL = f"import blockml as bm\ncanvas = bm.Canvas({SHORT})\ncanvas"


def first_minutes(page):
    """What a person does first: look, change, undo, switch the language, train, read the code."""
    canvas = page.get_by_test_id("blockml-canvas").first
    expect(canvas).to_be_visible(timeout=60_000)
    canvas.scroll_into_view_if_needed()
    if not page.get_by_test_id("blockml-tab-code").is_visible():
        page.get_by_test_id("blockml-toggle-panel").click()

    # A parameter goes to the kernel, and the shape that follows comes back.
    linear = page.get_by_test_id("blockml-param-linear1-out_features")
    linear.fill("48")
    linear.press("Enter")
    expect(page.get_by_test_id("blockml-node-shape-linear1")).to_have_text("48")
    page.get_by_test_id("blockml-undo").click()
    expect(page.get_by_test_id("blockml-node-shape-linear1")).not_to_have_text("48")

    # Korean is a part that comes over the wire, and runs in this page.
    page.get_by_test_id("blockml-language").click()
    expect(canvas).to_have_attribute("lang", "ko")
    expect(page.get_by_test_id("blockml-run")).to_have_text(re.compile("실행"))
    page.get_by_test_id("blockml-language").click()

    page.get_by_test_id("blockml-run").click()
    expect(page.get_by_test_id("blockml-status")).to_have_attribute("data-status", "finished", timeout=90_000)
    expect(page.get_by_test_id("blockml-accuracy").first).to_have_text(re.compile(r"\d\d"))
    page.get_by_test_id("blockml-tab-code").click()
    expect(page.get_by_test_id("blockml-code")).to_contain_text("class ")
    return canvas


def by_hand_and_keys(page):
    """What the host could take for itself: keys, the clipboard, the focus, what opens over the canvas."""
    canvas = page.get_by_test_id("blockml-canvas").first
    cards = canvas.locator(".react-flow__node")
    count = cards.count()

    def card(name):
        return canvas.locator(f'.react-flow__node[data-id="{name}"]')

    def at(name, *keys):
        card(name).focus()
        expect(card(name)).to_be_focused()
        for key in keys:
            page.keyboard.press(key)

    at("relu1", "ArrowUp")
    expect(card("linear1")).to_be_focused()
    at("relu1", "/")
    page.get_by_test_id("blockml-finder").wait_for()
    page.keyboard.type("gelu")
    page.keyboard.press("Enter")
    expect(card("gelu1")).to_be_attached()
    at("relu1", "Control+z")
    expect(cards).to_have_count(count)
    at("relu1", "Space", "Control+c", "Control+v")
    expect(cards).to_have_count(count + 1)
    at("relu1", "Control+z")
    expect(cards).to_have_count(count)

    # A group of two blocks, opened, left and taken back.
    page.keyboard.press("Escape")
    at("relu1", "Space", "Shift+ArrowDown", "Control+g")
    expect(card("group1")).to_be_focused(timeout=30_000)
    canvas.get_by_test_id("blockml-group-open-group1").click()
    expect(canvas.get_by_test_id("blockml-crumbs")).to_be_visible()
    canvas.get_by_test_id("blockml-crumbs-up").click()
    at("group1", "Control+z")
    expect(cards).to_have_count(count)

    at("relu1", "o")
    expect(canvas.get_by_test_id("blockml-row-relu1")).to_be_focused()
    page.keyboard.press("o")
    expect(card("relu1")).to_be_visible()
    at("relu1", "n")
    page.locator(".bm-paper textarea").wait_for()
    page.keyboard.type("a note")
    page.keyboard.press("Escape")
    expect(page.locator(".bm-paper-text")).to_have_text("a note")
    at("relu1", "d")
    expect(page.get_by_test_id("blockml-docs").first).to_have_attribute("data-block", "ReLU")
    page.get_by_test_id("blockml-data").click()
    page.locator(".bm-data-sheet img, .bm-data-sheet canvas").first.wait_for(timeout=30_000)
    page.keyboard.press("Escape")
    at("relu1", "?")
    page.locator(".bm-keys").wait_for()
    page.keyboard.press("Escape")
    page.locator(".bm-keys").wait_for(state="detached")


def run_seven(lab, page):
    """Open the notebook anew and run its cell."""
    page.goto(f"{lab.url}/notebooks/seven.ipynb?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    expect(page.locator(".jp-NotebookKernelStatus, .jp-Notebook-ExecutionIndicator").first).to_be_attached()
    page.locator(".jp-CodeCell .cm-content").first.click()
    canvas = page.get_by_test_id("blockml-canvas").first
    deadline = time.monotonic() + 60
    # A run that is asked for before the kernel is there is lost, and this page does not say when that is.
    while not canvas.is_visible():
        assert time.monotonic() < deadline
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(2000)


@pytest.mark.hosts("notebook")
def test_notebook_7(lab, page, picture):
    """The server of JupyterLab also serves Notebook 7, which shows one notebook on a page.

    Tests with the mark ``hosts`` drive it gesture by gesture.
    """
    write_book(lab.root / "seven.ipynb", CELL)
    run_seven(lab, page)
    first_minutes(page)
    picture("notebook7")
    name = page.get_by_test_id("blockml-name").first
    name.fill("kept in seven")
    name.press("Enter")
    page.wait_for_timeout(3000)
    run_seven(lab, page)
    # What was drawn comes back, with the run.
    expect(name).to_have_value("kept in seven", timeout=30_000)
    expect(page.get_by_test_id("blockml-status")).to_have_attribute("data-status", "finished")


@pytest.fixture
def marimo(tmp_path):
    """A marimo notebook, served as an application."""
    lines = "\n".join(f"    {line}" for line in CELL.splitlines())
    book = tmp_path / "book.py"
    book.write_text(
        f"import marimo\n\napp = marimo.App(width='full')\n\n\n@app.cell\ndef _():\n{lines}\n    return\n"
    )
    port = free_port()
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "BLOCKML_HOME": str(tmp_path / "home")}
    log = tmp_path / "marimo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "marimo", "-q", "-y", "run", str(book), "--headless", "--no-token"),
                *(f"--port={port}", "--host=127.0.0.1", "--show-tracebacks"),
            ],
            env=os.environ | home | {"NO_PROXY": "127.0.0.1"},
            stdout=out,
            stderr=out,
        )
        url = f"http://127.0.0.1:{port}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + 60
        while True:
            try:
                opener.open(f"{url}/health", timeout=1).read()
            except OSError:
                assert time.monotonic() < deadline, log.read_text()[-2000:]
                time.sleep(0.1)
            else:
                break
        yield url
        process.terminate()
        process.wait(20)


def test_marimo(marimo, page, picture):
    page.goto(marimo)
    first_minutes(page)
    picture("marimo")
    by_hand_and_keys(page)


HOST = """
<!doctype html><html lang="en"><head><style>CSS</style></head>
<body class="vscode-body vscode-dark"><div id="at"></div>
<script type="module">
import widget from "/widget.js";
const state = await fetch("/state").then((found) => found.json());
const heard = {}, changed = new Set();
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) });
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; changed.add(name); },
  save_changes: () => {
    post("/set", Object.fromEntries([...changed].map((name) => [name, state[name]])));
    changed.clear();
  },
  on: (name, call) => { (heard[name] ??= new Set()).add(call); },
  off: (name, call) => { heard[name]?.delete(call); },
  send: (content) => { post("/send", content); },
};
const tell = (name, value) => { for (const call of heard[name] ?? []) call(value); };
const listen = async () => {
  for (;;) {
    for (const [kind, value] of await fetch("/poll").then((found) => found.json())) {
      if (kind === "message") tell("msg:custom", value);
      else for (const [name, each] of Object.entries(value)) { state[name] = each; tell(`change:${name}`); }
    }
    await new Promise((done) => setTimeout(done, 40));
  }
};
listen();
const made = typeof widget === "function" ? await widget() : widget;
const experimental = {};
await made.initialize?.({ model, experimental });
const el = document.getElementById("at");
window.unmount = await made.render({ model, el, experimental });
</script></body></html>
"""


class Promise:
    """The least that a host of anywidgets offers, beside a canvas of this process."""

    def __init__(self, page, canvas):
        self.canvas, self.news = canvas, []
        names = [name for name in canvas.keys if not name.startswith("_")]
        canvas.send = lambda content, *_: self.news.append(["message", content])
        canvas.send_state = lambda key=None: self._state(key)
        static = Path(bm.__file__).parent / "static"
        html = HOST.replace("CSS", (static / "widget.css").read_text())
        state = canvas.get_state(names)
        page.route("**/*", lambda route: self._answer(route, html, static, state))
        page.goto("http://127.0.0.1/")

    def _state(self, key):
        keys = [key] if isinstance(key, str) else key
        self.news.append(["state", self.canvas.get_state(keys)])

    def _answer(self, route, html, static, state):
        path = route.request.url.removeprefix("http://127.0.0.1")
        sent = json.loads(route.request.post_data or "null")
        if path == "/":
            route.fulfill(body=html, content_type="text/html")
        elif path == "/widget.js":
            route.fulfill(body=(static / "widget.js").read_text(), content_type="text/javascript")
        elif path == "/state":
            route.fulfill(json=state)
        elif path == "/poll":
            news, self.news = self.news, []
            route.fulfill(json=news)
        else:
            if path == "/set":
                self.canvas.set_state(sent)
            elif path == "/send":
                self.canvas._handle_custom_msg(sent, [])
            route.fulfill(json={})


def test_a_page_that_offers_only_what_anywidget_promises(page, picture, tmp_path, monkeypatch):
    """As the webview of VS Code: its classes for the theme, no JupyterLab, no commands of anywidget."""
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path))
    Promise(page, bm.Canvas(bm.template("mlp").model_copy(update={"recipe": bm.Recipe(epochs=2)})))
    canvas = first_minutes(page)
    assert canvas.get_attribute("data-theme") == "dark"
    picture("vscode")
    page.evaluate("window.unmount()")
    expect(page.get_by_test_id("blockml-canvas")).to_have_count(0)
