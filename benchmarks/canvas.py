"""Prints how fast the canvas is in a real JupyterLab in Chromium. Run by hand; it asserts nothing.

    python benchmarks/canvas.py                          # 200, 1,000 and 5,000 nodes, three rounds
    python benchmarks/canvas.py --nodes 200 --rounds 5 --json build/canvas.json

Times hold for a machine that does nothing else. Work, in milliseconds of the page's main thread, hardly
depends on what else runs; a frame of 60 a second has 16. How many frames there can be at most is what
the floor says, a plain box that moves over the same page.

Drags and pans are sent by the page itself, one move a frame: a driver outside sends so few that it
would be the driver that is measured. A keystroke is a real key; it is timed inside the page, from
the key to the frame that shows the new shape.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "ui")]

from conftest import _BROWSER, Lab, Notebook, write_book  # noqa: E402 - found beside the browser tests

STATIC = HERE.parent / "blockml" / "static"

SOURCE = """\
import sys
sys.path.insert(0, {here!r})
from speed import chain
import blockml as bm
from blockml.experiment import Experiment
drawn = chain({nodes})
columns = max(1, round(({nodes} / 3) ** 0.5))
layout = {{
    node.id: (240 * (at % columns), 130 * (at // columns)) for at, node in enumerate(drawn.graph.nodes)
}}
drawn = drawn.model_copy(update={{"layout": layout}})
"""
CALM = 25
"""Seconds in which the kernel brings torch and measures the device, which it does once."""

SHOW = "canvas = bm.Canvas(drawn)\ncanvas"

HELPERS = """() => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const painted = async () => { await frame(); await new Promise(done => setTimeout(done, 0)); };
  const root = () => document.querySelector('[data-testid="blockml-canvas"]');
  const inside = box => {
    const stage = root().querySelector('.bm-canvas').getBoundingClientRect();
    return box.left > stage.left + 60 && box.right < stage.right - 60
      && box.top > stage.top + 60 && box.bottom < stage.bottom - 60;
  };
  const find = () => [...root().querySelectorAll('.react-flow__node')]
    .find(each => inside(each.getBoundingClientRect()));
  const mouse = (target, type, x, y) => target.dispatchEvent(new MouseEvent(type, {
    bubbles: true, cancelable: true, view: window, clientX: x, clientY: y,
    button: 0, buttons: type === 'mouseup' ? 0 : 1,
  }));
  const pointer = (target, type, x, y) => target.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, clientX: x, clientY: y,
    button: 0, buttons: type === 'pointerup' ? 0 : 1,
  }));
  const both = (target, kind, x, y) => {
    pointer(target, 'pointer' + kind, x, y);
    mouse(target, 'mouse' + kind, x, y);
  };
  const circle = async (seconds, move) => {
    const frames = [];
    let last = await frame();
    const start = last;
    for (let step = 0; last - start < 1000 * seconds; step += 1) {
      const angle = step / 20;
      move(60 * Math.sin(angle) + 8, 40 * Math.cos(angle) + 8);
      const now = await frame();
      frames.push(now - last);
      last = now;
    }
    frames.sort((one, other) => one - other);
    const total = frames.reduce((sum, each) => sum + each, 0);
    const late = frames[Math.floor(0.95 * frames.length)];
    return { fps: 1000 * frames.length / total, late, count: frames.length };
  };
  const moves = async (target, x, y, seconds) => {
    both(target, 'down', x, y);
    const found = await circle(seconds, (dx, dy) => {
      both(document.elementFromPoint(x + dx, y + dy) ?? target, 'move', x + dx, y + dy);
    });
    both(target, 'up', x + 8, y + 48);
    return found;
  };
  window.bench = {
    painted,
    first: async () => {
      while (!root() || ![...root().querySelectorAll('.react-flow__node')].some(
        each => getComputedStyle(each).visibility === 'visible' && inside(each.getBoundingClientRect())
      )) await frame();
      await painted();
      return performance.now();
    },
    drag: seconds => {
      const card = find();
      const head = card.querySelector('.bm-node-name');
      const box = head.getBoundingClientRect();
      return moves(head, box.left + box.width / 2, box.top + box.height / 2, seconds);
    },
    pan: seconds => {
      const pane = root().querySelector('.react-flow__pane');
      const box = pane.getBoundingClientRect();
      return moves(pane, box.left + box.width / 2, box.top + box.height / 2, seconds);
    },
    // The most that this browser does on this machine: one plain box that moves over the same page.
    floor: async seconds => {
      const box = document.createElement('div');
      box.style.cssText = 'position:absolute;left:50%;top:50%;width:180px;height:60px;background:#fff';
      root().querySelector('.bm-canvas').append(box);
      const found = await circle(seconds, (x, y) => { box.style.transform = `translate(${x}px, ${y}px)`; });
      box.remove();
      return found;
    },
    watch: testid => {
      const shown = root().querySelector(`[data-testid="${testid}"]`);
      const before = shown.textContent;
      let began = 0;
      const note = event => { began = event.timeStamp; };
      window.addEventListener('keydown', note, { capture: true, once: true });
      window.seen = new Promise(done => {
        const observer = new MutationObserver(async () => {
          if (shown.textContent === before) return;
          observer.disconnect();
          await painted();
          done(performance.now() - began);
        });
        observer.observe(shown, { characterData: true, childList: true, subtree: true });
      });
    },
    switch: async act => {
      const began = performance.now();
      act(root());
      await painted();
      return performance.now() - began;
    },
  };
}"""


def notebook(lab: Lab, page: Page, nodes: int) -> Notebook:
    """Open a notebook that makes a canvas of so many nodes, and wait for its kernel."""
    cells = [SOURCE.format(here=str(HERE), nodes=nodes), SHOW, "import time; time.sleep(20)"]
    name = f"canvas-{nodes}-{time.monotonic_ns()}.ipynb"
    write_book(lab.root / name, *cells)
    opened = Notebook(page, lab, name)
    page.evaluate(HELPERS)
    return opened


def near(page: Page) -> str:
    """Come so near that the cards show their settings; the node of one of them."""
    fields = page.locator('[data-testid^="blockml-param-conv"][data-testid$="-out_channels"]:visible')
    for _ in range(6):
        if fields.count():
            break
        page.get_by_label("Zoom in").click()
        page.wait_for_timeout(400)
    return (fields.first.get_attribute("data-testid") or "").split("-")[2]


def keystrokes(page: Page, node: str, count: int) -> list[float]:
    """Milliseconds from a key in a setting to its new shape on the screen."""
    page.get_by_test_id(f"blockml-param-{node}-out_channels").first.focus()
    times = []
    for _ in range(count):
        page.evaluate(f"bench.watch('blockml-node-shape-{node}')")
        page.keyboard.press("ArrowUp")
        times.append(page.evaluate("window.seen"))
        page.wait_for_timeout(150)
    return times


class Meter:
    """What the browser itself counts about a page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def _metrics(self) -> dict[str, float]:
        found = self._session.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in found}

    def work(self) -> float:
        """Milliseconds that the main thread has worked so far."""
        return 1000 * self._metrics()["TaskDuration"]

    def size(self) -> tuple[float, float]:
        """Megabytes of JavaScript, and elements."""
        self._session.send("HeapProfiler.collectGarbage")
        found = self._metrics()
        return found["JSHeapUsedSize"] / 1e6, found["Nodes"]


def one_round(lab: Lab, page: Page, nodes: int, *, busy: bool) -> dict[str, list[float]]:
    """Measure everything once."""
    opened = notebook(lab, page, nodes)
    meter = Meter(page)
    opened.run(0)
    page.wait_for_timeout(500)
    opened.ready()
    before, _ = meter.size()
    found: dict[str, list[float]] = {}
    worked, began = meter.work(), page.evaluate("performance.now()")
    opened.run(1)
    page.wait_for_selector("[data-testid=blockml-canvas]", timeout=120_000)
    page.evaluate("document.querySelector('[data-testid=\"blockml-canvas\"]').scrollIntoView()")
    found["first render, ms"] = [page.evaluate("bench.first()") - began]
    page.wait_for_timeout(1500)
    found["first render, work"] = [meter.work() - worked]
    node = near(page)
    found["key to shape at once, ms"] = keystrokes(page, node, 12)[2:]
    page.wait_for_timeout(1000 * CALM)
    worked = meter.work()
    times = keystrokes(page, node, 12)
    found["key to shape, ms"] = times[2:]
    found["key to shape, work"] = [(meter.work() - worked) / len(times)]
    for act in ("floor", "drag", "pan"):
        page.wait_for_timeout(1500)
        # The first time the browser still has to translate what a drag runs through.
        found[f"first {act}, frames a second"] = [page.evaluate(f"bench.{act}(2)")["fps"]]
        page.wait_for_timeout(1500)
        worked = meter.work()
        frames = page.evaluate(f"bench.{act}(3)")
        found[f"{act}, frames a second"] = [frames["fps"]]
        found[f"{act}, slow frame, ms"] = [frames["late"]]
        found[f"{act}, work of a frame"] = [(meter.work() - worked) / frames["count"]]
    page.wait_for_timeout(700)
    language = "bench.switch(root => root.querySelector('[data-testid=\"blockml-language\"]').click())"
    found["language, ms"] = [page.evaluate(language) for _ in range(4)]
    theme = "bench.switch(() => {{ document.body.dataset.jpThemeLight = '{}'; }})"
    found["theme, ms"] = [page.evaluate(theme.format(light)) for light in ("false", "true") * 2]
    heap, elements = meter.size()
    found["memory of the page, MB"] = [heap - before]
    found["elements of the page"] = [elements]
    if busy:
        opened.run(2)
        page.wait_for_timeout(700)
        found["key to shape while a cell runs, ms"] = keystrokes(page, near(page), 10)[1:]
    return found


def bundle() -> dict[str, int]:
    """Bytes of each file of the bundle, gzipped."""
    files = sorted(path for path in STATIC.rglob("*") if path.suffix in (".js", ".css"))
    return {str(path.relative_to(STATIC)): len(gzip.compress(path.read_bytes(), 9)) for path in files}


def row(name: str, values: list[float]) -> str:
    """Median, smallest and largest of what was measured."""
    middle = statistics.median(values)
    return f"{name:36} {middle:10.1f}   ({min(values):.1f} to {max(values):.1f}, {len(values)} times)"


def measured(act: Callable[[Page], dict[str, list[float]]], rounds: int) -> dict[str, list[float]]:
    """Collect some rounds, each in a browser of its own."""
    chosen = os.environ.get("BLOCKML_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chosen, headless=True, args=_BROWSER)
            page = browser.new_context(viewport={"width": 1500, "height": 950}, locale="en-US").new_page()
            for name, values in act(page).items():
                found.setdefault(name, []).extend(values)
            browser.close()
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="*", default=[200, 1000, 5000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result: dict[str, Any] = {"machine": platform.platform(), "cores": os.cpu_count(), "bundle": bundle()}
    for name, size in result["bundle"].items():
        print(f"{name:36} {size:10,d}   bytes gzipped")
    lab = Lab(Path(tempfile.mkdtemp(prefix="blockml-bench-")))
    try:
        for nodes in options.nodes:

            def act(page: Page, nodes: int = nodes) -> dict[str, list[float]]:
                found = one_round(lab, page, nodes, busy=nodes <= 1000)  # noqa: PLR2004 - more are for looking at
                # The kernel of the round before would compute beside the next.
                lab.end_kernels()
                return found

            found = measured(act, options.rounds)
            result[str(nodes)] = found
            print(f"\n{nodes} nodes; load of the machine {os.getloadavg()[0]:.1f}")
            for name, values in found.items():
                print(row(name, values), flush=True)
    finally:
        lab.close()
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
