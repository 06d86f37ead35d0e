"""The wheel: complete, installable without Node, found by JupyterLab and by the server."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from blockml.blocks import catalogue

ROOT = Path(__file__).parents[1]
# The commands `jupyter labextension` and `jupyter server extension`, by their own entry points.
LAB = "from jupyterlab.labextensions import main; main()"
SERVER = "from jupyter_server.extension.serverextension import main; main()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel in an environment of its own, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("env") / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)],
        check=True,
        capture_output=True,
    )
    site = next((folder / "lib").glob("python*")) / "site-packages"
    # Not a .pth file: those of this environment would put the editable install in front.
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])
    # No Node: what a person installs is built already.
    path = os.pathsep.join(p for p in ("/usr/bin", "/bin") if not (Path(p) / "node").exists())
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{path}",
        "HOME": str(folder),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }

    def run(*arguments):
        done = subprocess.run(
            [str(python), *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    return run


def test_the_wheel_holds_what_it_needs_and_no_more(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    data = f"blockml-{version('blockml')}.data/data"
    for name in (
        "blockml/static/widget.js",
        "blockml/static/widget.css",
        "blockml/static/parts/ko.js",
        "blockml/locale/en.json",
        "blockml/locale/ko.json",
        "blockml/locale/blocks.ko.json",
        "blockml/reference/en/Conv2d.md",
        "blockml/reference/ko/Conv2d.md",
        "blockml/templates/lenet5.blockml",
        "blockml/locale/search.json",
        "blockml/notebooks/01_first_network.ipynb",
        "blockml/notebooks/01_first_network.ko.ipynb",
        f"{data}/share/jupyter/labextensions/blockml/package.json",
        f"{data}/share/jupyter/labextensions/blockml/install.json",
        f"{data}/etc/jupyter/jupyter_server_config.d/blockml.json",
    ):
        assert name in names, name
    assert any(
        name.startswith(f"{data}/share/jupyter/labextensions/blockml/static/remoteEntry") for name in names
    )
    for name in names:
        assert not name.startswith(("tests/", "js/", "benchmarks/", "docs/")), name
        assert not name.endswith((".ts", ".tsx", ".map")), name


def test_the_bundle_is_small_enough_to_travel_with_every_notebook(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert archive.getinfo("blockml/static/widget.js").compress_size < 120_000


def test_the_versions_agree():
    package = json.loads((ROOT / "js" / "package.json").read_text(encoding="utf-8"))
    assert package["version"] == version("blockml")


def test_it_imports_and_makes_a_canvas(installed):
    out = installed(
        "-c", "import blockml as bm, pathlib; c = bm.Canvas(); print(bm.__file__, len(c.catalogue['blocks']))"
    )
    assert out.split()[-1] == str(len(catalogue()))
    assert str(ROOT / "blockml") not in out


def test_jupyterlab_finds_the_extension(installed):
    lines = [line for line in installed("-c", LAB, "list").splitlines() if "blockml" in line]
    assert any("enabled" in line and "OK" in line for line in lines), lines


def test_the_server_finds_the_extension(installed):
    text = installed("-c", SERVER, "list")
    assert f"blockml {version('blockml')}" in text
    assert "OK" in text.split(f"blockml {version('blockml')}")[1].splitlines()[0]


def test_the_lock_names_no_place():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    lock = (ROOT / "js" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
