"""What all tests share."""

import itertools
import random

import numpy as np
import pytest
import torch
from hypothesis import settings

from blockml.data import places
from blockml.experiment import Experiment
from blockml.graph import Edge, Graph, Node

# Searching goes on from a fixed seed: a run that fails can be repeated.
settings.register_profile("blockml", deadline=None, derandomize=True)
settings.load_profile("blockml")


def pytest_addoption(parser):
    parser.addoption("--host", choices=["lab", "notebook"], help="where the browser tests run")
    parser.addoption("--overwrite", action="store_true", help="write the golden files anew")


@pytest.fixture(autouse=True)
def seeds_fixed():
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - other packages draw from the old generator
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def threads_kept():
    """A script that a test runs may tell torch to compute with one thread; the next test has them all."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Runs go to a folder of the test, never to the user's, and wait for no run of the user."""
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BLOCKML_QUEUE", str(tmp_path / "queue"))
    return tmp_path / "home"


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Prepared data go to a folder of the test; no other copy on this machine is found."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("BLOCKML_DATA", str(folder))
    monkeypatch.setattr(places.platformdirs, "site_cache_dir", lambda _: str(tmp_path / "none"))
    monkeypatch.setattr(places.platformdirs, "user_cache_dir", lambda _: str(tmp_path / "user"))
    monkeypatch.setenv("HOME", str(tmp_path / "house"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def draw():
    """Makes an experiment from (id, block, params) and pairs of ids; without pairs it is a chain."""

    def make(*nodes, edges=None, **fields):
        made = [Node(id=node[0], block=node[1], params=node[2] if len(node) > 2 else {}) for node in nodes]
        pairs = [(one.id, two.id) for one, two in itertools.pairwise(made)] if edges is None else edges
        wires = [Edge(source=source, target=target) for source, target in pairs]
        return Experiment(graph=Graph(nodes=tuple(made), edges=tuple(wires)), **fields)

    return make
