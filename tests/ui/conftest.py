"""A real JupyterLab in a real Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

# A machine that does much else takes longer than the 5 s that Playwright waits.
expect.set_options(timeout=20_000)

TOKEN = "test-token"
FAILED = pytest.StashKey[bool]()
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The indicator of the toolbar says idle too early; a run that is asked for then is lost.
_READY = """() => {
  const widget = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const kernel = widget?.sessionContext?.session?.kernel;
  return widget?.sessionContext?.isReady
    && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""


# Closes all notebooks without saving, and forgets what the page has kept of them.
_CLEAR = """() => {
  for (const widget of [...window.jupyterapp.shell.widgets('main')]) widget.dispose();
  localStorage.clear();
  sessionStorage.clear();
  // A test may have said that JupyterLab speaks Korean.
  document.documentElement.lang = 'en';
}"""
SIZE = {"width": 1500, "height": 950}
# Where a host shows the notebook of a path.
_AT = {"lab": "lab/tree", "notebook": "notebooks"}
# Said by code of Notebook 7 alone while it starts; the first also where blockml is not installed.
_OF_NOTEBOOK = (
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered",
    'Window name candidate "null" already exists',
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """A JupyterLab server with folders of its own."""

    def __init__(self, root: Path):
        self.root = root / "root"
        self.root.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = root / "config"
        (config / "labconfig").mkdir(parents=True)
        # Without this a popup about news covers the corner of the page.
        off = {"@jupyterlab/apputils-extension:announcements": True}
        (config / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": off}))
        self.log = (root / "lab.log").open("w")
        self.ending: list[threading.Thread] = []
        self.start()

    def start(self):
        """Start the server, or another one in the same place when the first is dead."""
        root = self.root.parent
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                f"--port={self.port}",
                "--port-retries=0",
                f"--ServerApp.root_dir={self.root}",
                f"--IdentityProvider.token={TOKEN}",
                "--LabApp.expose_app_in_browser=True",
                "--JupyterNotebookApp.expose_app_in_browser=True",
                "--ServerApp.terminals_enabled=False",
                "--LabApp.extension_manager=readonly",
            ],
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(root / "config"),
                "JUPYTER_DATA_DIR": str(root / "data"),
                "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
                "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
                "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
                "IPYTHONDIR": str(root / "ipython"),
                "BLOCKML_HOME": str(root / "home"),
                # Trainings of others on this machine are none of its business.
                "BLOCKML_QUEUE": str(root / "queue"),
                "NO_PROXY": "127.0.0.1,localhost",
            },
            stdout=self.log,
            stderr=self.log,
        )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.ask("status")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(Path(self.log.name).read_text()[-2000:])

    def ask(self, path: str, method: str = "GET"):
        """What the server answers, past any proxy."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        call = urllib.request.Request(f"{self.url}/api/{path}?token={TOKEN}", method=method)
        return json.loads(opener.open(call, timeout=20).read() or "null")

    def end_kernels(self):
        """End what the notebooks left running: each kernel with torch holds half a gigabyte.

        A kernel takes a second to end; nobody has to wait for it.
        """
        for session in self.ask("sessions"):
            ending = threading.Thread(target=self.ask, args=(f"sessions/{session['id']}", "DELETE"))
            ending.start()
            self.ending.append(ending)

    def close(self):
        for each in self.ending:
            each.join(20)
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def write_book(path: Path, *cells: str) -> None:
    """Write a notebook of code cells, as nobody has run it yet."""
    made = [nbformat.v4.new_code_cell(source, id=f"c{index}") for index, source in enumerate(cells)]
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": spec}), path)


class Notebook:
    """A notebook in a page."""

    def __init__(self, page, lab: Lab, path: str, host: str = "lab", *, within: bool = False):
        """Open it, in a ``host`` that is loaded for it or ``within`` the JupyterLab that the page shows."""
        self.page, self.lab, self.path = page, lab, path
        if within:
            self.open()
        else:
            page.goto(f"{lab.url}/{_AT[host]}/{path}?token={TOKEN}&reset")
        self.ready()

    def open(self):
        """Open it as a person does who has closed another one."""
        # What the command gives is the whole JupyterLab, which is no answer for a test.
        opens = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
        self.page.evaluate(opens, self.path)

    def ready(self):
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        self.page.wait_for_function(_READY, timeout=60_000)

    def run(self, index: int):
        """Run a code cell; the page does not wait for its end."""
        # In one go: a press in a canvas just before makes its cell the active one a moment later.
        self.page.evaluate(
            f"window.jupyterapp.shell.currentWidget.content.activeCellIndex = {index};"
            "window.jupyterapp.commands.execute('notebook:run-cell');"
        )

    def output(self, index: int, timeout: float = 30_000) -> str:
        """The text output of a code cell, once it is there."""
        found = self.page.locator(".jp-Cell").nth(index).locator(".jp-OutputArea-output").last
        found.wait_for(timeout=timeout)
        return found.inner_text()

    def save(self):
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")

    def canvas(self):
        found = self.page.get_by_test_id("blockml-canvas").first
        found.wait_for(timeout=30_000)
        return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that a test failed, so that its page is kept as a picture."""
    outcome = yield
    if call.when == "call":
        item.stash[FAILED] = outcome.get_result().failed


@pytest.fixture(scope="session")
def shared_lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.close()


@pytest.fixture
def lab(shared_lab):
    """The server that all tests share; kernels and kept groups of a test end with it."""
    yield shared_lab
    shared_lab.end_kernels()
    shutil.rmtree(shared_lab.root.parent / "home" / "groups", ignore_errors=True)


@pytest.fixture
def own_lab(tmp_path):
    """A server of its own, for a test that kills it."""
    running = Lab(tmp_path / "lab")
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser():
    chosen = os.environ.get("BLOCKML_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chosen, headless=True, args=_BROWSER)
        yield launched
        launched.close()


class Window:
    """A window of the browser with one page, and what it complained about."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**{"viewport": SIZE, "locale": "en-US", **options})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(error.stack or str(error)))
        self.page.on("request", lambda call: self.outside.append(call.url) if _leaves(call.url) else None)

    def clear(self):
        """Make it as good as new: no notebook is open and nothing is kept."""
        page = self.page
        for other in self.context.pages:
            if other is not page:
                other.close()
        page.set_viewport_size(SIZE)
        page.emulate_media(color_scheme=None, reduced_motion=None)
        page.mouse.move(0, 0)
        page.evaluate(_CLEAR)


class Windows:
    """Gives each test a window: of its own where it asks for one, otherwise that of the test before.

    JupyterLab takes five seconds of both cores to appear; a test of something else need not pay that.
    A window in which something went wrong is not used again.
    """

    def __init__(self, browser):
        self.browser = browser
        self.kept: Window | None = None

    def take(self, **options) -> Window:
        if options or self.kept is None:
            return Window(self.browser, **options)
        found, self.kept = self.kept, None
        return found

    def give_back(self, window: Window, *, good: bool):
        if good and self.kept is None:
            window.clear()
            self.kept = window
        else:
            window.context.close()


@pytest.fixture(scope="session")
def windows(browser):
    return Windows(browser)


@pytest.fixture
def page(windows, lab, request, host):
    """A page; what the browser complained about fails the test."""
    options = {}
    if marker := request.node.get_closest_marker("viewport"):
        options["viewport"] = dict(zip(("width", "height"), marker.args, strict=True))
    if request.node.get_closest_marker("touch"):
        options["has_touch"] = True
    window = windows.take(**options)
    yield window.page
    failed = request.node.stash.get(FAILED, True)
    if failed:
        PICTURES.mkdir(parents=True, exist_ok=True)
        window.page.screenshot(path=str(PICTURES / f"failed-{request.node.name}.png"))
    clean = not (failed or options or window.complaints or window.outside)
    windows.give_back(
        window, good=clean and window.page.url.startswith((f"{lab.url}/lab", f"{lab.url}/notebooks"))
    )
    # Also what it complains about while its notebook is closed.
    known = _OF_NOTEBOOK if host == "notebook" else ()
    complaints = [each for each in window.complaints if not any(text in each for text in known)]
    assert not complaints, complaints
    assert not window.outside, f"the page asked the network for {window.outside}"


def _leaves(url: str) -> bool:
    return "127.0.0.1" not in url and not url.startswith(("data:", "blob:", "about:"))


def pytest_generate_tests(metafunc):
    """A test runs in the hosts of its mark; one without runs in JupyterLab, or where ``--host`` says."""
    if "host" in metafunc.fixturenames:
        asked, mark = metafunc.config.getoption("--host"), metafunc.definition.get_closest_marker("hosts")
        hosts = mark.args if mark and (len(mark.args) == 1 or not asked) else (asked or "lab",)
        metafunc.parametrize("host", hosts, ids=hosts if len(hosts) > 1 else [pytest.HIDDEN_PARAM])


def pytest_collection_modifyitems(items):
    """Tests in Notebook 7 come last: changing between the hosts costs a new page each time."""
    items.sort(key=lambda item: "[notebook" in item.nodeid)


@pytest.fixture
def notebook(lab, page, request, host):
    """Opens a new notebook with the cells that are given."""

    def open_cells(*cells: str, at: Lab = lab) -> Notebook:
        name = f"{request.node.name.split('[')[0][:40]}-{time.monotonic_ns()}.ipynb"
        write_book(at.root / name, *cells)
        within = host == "lab" and page.url.startswith(f"{at.url}/lab")
        return Notebook(page, at, name, host, within=within)

    return open_cells


@pytest.fixture
def picture(page, host):
    """Keeps a picture of the canvas for people to look at."""

    def take(name: str) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name if host == 'lab' else f'{name}-{host}'}.png"
        page.get_by_test_id("blockml-canvas").first.screenshot(path=str(path))
        return path

    return take
