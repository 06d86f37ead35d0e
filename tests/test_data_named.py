"""The named data sets, through torchvision's loaders, on small files in the original formats."""

import gzip
import hashlib
import io
import pickle
import shutil
import socket
import struct
import tarfile
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError

import numpy as np
import pytest
import scipy.io
import torch
from torchvision import datasets
from torchvision.datasets import cifar

from blockml.data import Dataset, Split, load_data, named, store
from blockml.datasets import DATASETS
from blockml.errors import CancelledError, DataError
from blockml.facts import DataRef

TRAIN, TEST = 60, 30
RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def cache(prepared, monkeypatch):
    for name, facts in list(DATASETS.items()):
        if name != "digits":
            small = facts.model_copy(update={"train_size": TRAIN, "test_size": TEST})
            monkeypatch.setitem(DATASETS, name, small)
    # Nothing of these tests may leave the machine.
    monkeypatch.setattr(named, "_downloads", lambda _: [])
    monkeypatch.setattr(named, "fetch", no_network)
    return prepared


def no_network(*_):
    raise OSError("there is no network")


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def pictures(count, channels, side):
    return RANDOM.integers(0, 256, (count, channels, side, side), dtype=np.uint8)


def labels(count, classes):
    return (np.arange(count) % classes).astype(np.uint8)


def idx(array):
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


def write_idx(folder, prefixes, first_label=0, classes=10, *, packed=False):
    """Write the four files; returns what they hold, training first."""
    folder.mkdir(parents=True)
    made = []
    for prefix, count in zip(prefixes, (TRAIN, TEST), strict=True):
        images, truth = pictures(count, 1, 28)[:, 0], labels(count, classes)
        made.append((images, truth))
        for kind, array in (("images-idx3", images), ("labels-idx1", truth + first_label)):
            content = idx(array)
            place = folder / f"{prefix}-{kind}-ubyte{'.gz' if packed else ''}"
            place.write_bytes(gzip.compress(content) if packed else content)
    return made


def write_cifar(root, monkeypatch):
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    made, train_list = [], []
    for name, count in [*((f"data_batch_{n}", TRAIN // 5) for n in range(1, 6)), ("test_batch", TEST)]:
        images, truth = pictures(count, 3, 32), labels(count, 10)
        made.append((images, truth))
        content = pickle.dumps({"data": images.reshape(count, -1), "labels": truth.tolist()}, protocol=2)
        (folder / name).write_bytes(content)
        train_list.append([name, md5(content)])
    meta = pickle.dumps({"label_names": list(DATASETS["cifar10"].classes)}, protocol=2)
    (folder / "batches.meta").write_bytes(meta)
    monkeypatch.setattr(datasets.CIFAR10, "train_list", train_list[:5])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", train_list[5:])
    known = {"filename": "batches.meta", "key": "label_names", "md5": md5(meta)}
    monkeypatch.setattr(datasets.CIFAR10, "meta", known)
    train = tuple(np.concatenate([part[at] for part in made[:5]]) for at in (0, 1))
    return [train, made[5]]


def write_svhn(root, monkeypatch):
    root.mkdir(parents=True, exist_ok=True)
    made, known = [], {}
    for split, count in (("train", TRAIN), ("test", TEST)):
        images, truth = pictures(count, 3, 32), labels(count, 10)
        file = root / f"{split}_32x32.mat"
        # In the files a zero has the label 10, and the pictures lie along the last axis.
        column = np.where(truth == 0, 10, truth).astype(np.uint8)[:, None]
        scipy.io.savemat(file, {"X": images.transpose(2, 3, 1, 0), "y": column})
        known[split] = [f"http://127.0.0.1:9/{file.name}", file.name, md5(file.read_bytes())]
        made.append((images, truth))
    monkeypatch.setattr(datasets.SVHN, "split_list", known)
    return made


def write(name, root, monkeypatch):
    if name == "cifar10":
        return write_cifar(root, monkeypatch)
    if name == "svhn":
        return write_svhn(root, monkeypatch)
    if name == "emnist":
        prefixes = ("emnist-letters-train", "emnist-letters-test")
        made = write_idx(root / "EMNIST" / "raw", prefixes, 1, 26)
        # Upright is what the files hold on its side.
        return [(images.transpose(0, 2, 1), truth) for images, truth in made]
    return write_idx(
        root / {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[name] / "raw", ("train", "t10k")
    )


def same(data, made):
    for split, (images, truth) in zip((data.train, data.test), made, strict=True):
        wanted = images if images.ndim == 4 else images[:, None]
        assert np.array_equal(split.images.numpy(), wanted)
        assert split.labels.tolist() == truth.tolist()
        assert split.images.is_contiguous()
    return True


NAMED = ["mnist", "fashion_mnist", "emnist", "cifar10", "svhn"]


@pytest.mark.parametrize("place", ["cache", "data", "house/data"])
@pytest.mark.parametrize("name", NAMED)
def test_a_downloaded_copy_is_read_and_kept(tmp_path, monkeypatch, name, place):
    made = write(name, tmp_path / place, monkeypatch)
    data = load_data(name)
    assert same(data, made)
    assert data.facts == DATASETS[name]
    assert data.ref == DataRef(name=name)
    shutil.rmtree(tmp_path / place) if place != "cache" else None
    monkeypatch.setattr(named, "_COPIES", {})
    assert same(load_data(DataRef(name=name)), made), "the second time it comes from the store"


def test_a_prepared_set_of_another_form_is_not_taken(tmp_path, monkeypatch):
    made = write("mnist", tmp_path / "data", monkeypatch)
    facts = DATASETS["mnist"].model_copy(update={"train_size": 3, "test_size": 3})
    few = [Split(torch.zeros(3, 1, 28, 28, dtype=torch.uint8), torch.arange(3)) for _ in range(2)]
    store.keep("mnist", Dataset(facts, *few), "0" * 64, lambda: None)
    assert store.find("mnist", lambda: None) is not None
    assert same(load_data("mnist"), made)


@pytest.mark.parametrize("name", ["mnist", "emnist", "fashion_mnist"])
@pytest.mark.parametrize("below", ["{name}", "{kind}/raw"])
def test_packed_files_are_read(tmp_path, monkeypatch, name, below):
    kind = {"mnist": "MNIST", "emnist": "EMNIST", "fashion_mnist": "FashionMNIST"}[name]
    folder = tmp_path / "cache" / below.format(name=name, kind=kind)
    if name == "emnist":
        made = write_idx(folder, ("emnist-letters-train", "emnist-letters-test"), 1, 26, packed=True)
        made = [(images.transpose(0, 2, 1), truth) for images, truth in made]
    else:
        made = write_idx(folder, ("train", "t10k"), packed=True)
        known = [(path.name, md5(path.read_bytes())) for path in folder.iterdir()]
        monkeypatch.setattr(getattr(datasets, kind), "resources", known)
    assert same(load_data(name), made)
    assert not list((tmp_path / "cache").glob(".unpack-*"))


def test_files_in_no_folder_of_their_own_are_told_apart_by_checksum(tmp_path, monkeypatch):
    made = write_idx(tmp_path / "cache", ("train", "t10k"), packed=True)
    known = [(path.name, md5(path.read_bytes())) for path in (tmp_path / "cache").iterdir()]
    monkeypatch.setattr(datasets.FashionMNIST, "resources", known)
    assert same(load_data("fashion_mnist"), made)
    with pytest.raises(DataError, match="could not be downloaded"):
        load_data("mnist")


def test_the_cifar_archive_is_read(tmp_path, monkeypatch):
    made = write_cifar(tmp_path / "build", monkeypatch)
    (tmp_path / "cache").mkdir()
    archive = tmp_path / "cache" / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(tmp_path / "build" / "cifar-10-batches-py", "cifar-10-batches-py")
        evil = tarfile.TarInfo("../../escape")
        evil.size = 1
        packed.addfile(evil, io.BytesIO(b"x"))
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", md5(archive.read_bytes()))
    assert same(load_data("cifar10"), made)
    assert not list(tmp_path.rglob("escape"))


class Boom:
    """A pickle that would run code."""

    def __reduce__(self):
        return (exec, ("raise SystemExit",))


def test_a_strange_pickle_is_never_opened(tmp_path, monkeypatch):
    write_cifar(tmp_path / "cache", monkeypatch)
    (tmp_path / "cache" / "cifar-10-batches-py" / "data_batch_3").write_bytes(pickle.dumps(Boom()))
    with pytest.raises(DataError, match="damaged or incomplete"):
        load_data("cifar10")


def test_nobody_changes_a_pickle_between_the_look_at_it_and_its_opening(tmp_path, monkeypatch):
    made = write_cifar(tmp_path / "cache", monkeypatch)
    boom = pickle.dumps(Boom())

    def change(path, *_):
        Path(path).write_bytes(boom)
        return True

    monkeypatch.setattr(cifar, "check_integrity", change)  # torchvision's look
    assert same(load_data("cifar10"), made)


def test_old_pickles_of_torchvision_are_not_opened(tmp_path, monkeypatch):
    made = write("mnist", tmp_path / "cache", monkeypatch)
    old = tmp_path / "cache" / "MNIST" / "processed"
    old.mkdir()
    for name in ("training.pt", "test.pt"):
        (old / name).write_bytes(pickle.dumps(Boom()))
    assert same(load_data("mnist"), made)


@pytest.mark.parametrize("name", NAMED)
def test_damaged_copies_are_named(tmp_path, monkeypatch, name):
    write(name, tmp_path / "cache", monkeypatch)
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="damaged or incomplete") as caught:
        load_data(name)
    assert str(tmp_path / "cache") in str(caught.value)


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_downloaded_says_what_to_put_where(cache, name):
    with pytest.raises(DataError) as caught:
        load_data(name)
    text = str(caught.value)
    assert "there is no network" in text
    assert str(cache) in text
    files = {
        "mnist": "train-images-idx3-ubyte",
        "fashion_mnist": "FashionMNIST/raw",
        "emnist": "emnist-letters-train-images-idx3-ubyte",
        "cifar10": "cifar-10-python.tar.gz",
        "svhn": "train_32x32.mat",
    }
    assert files[name] in text
    assert "{" not in text


# Downloads, from a server of the test


@pytest.fixture
def server():
    files = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path.rsplit("/", 1)[1])
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            for start in range(0, len(content or b""), 1 << 14):
                self.wfile.write(content[start : start + (1 << 14)])
                time.sleep(files.get("wait", 0))

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    yield files, f"http://127.0.0.1:{running.server_address[1]}/"
    running.shutdown()
    running.server_close()


@pytest.fixture
def online(monkeypatch):
    from blockml.data import download

    monkeypatch.setattr(named, "fetch", download.fetch)
    monkeypatch.setattr(named, "_downloads", named_downloads)


named_downloads = named._downloads


def test_mnist_is_downloaded_from_the_second_mirror(tmp_path, monkeypatch, server, online):
    files, address = server
    made = write_idx(tmp_path / "build", ("train", "t10k"), packed=True)
    for path in (tmp_path / "build").iterdir():
        files[path.name] = path.read_bytes()
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/", address])
    monkeypatch.setattr(datasets.MNIST, "resources", [(name, md5(data)) for name, data in files.items()])
    states = []
    assert same(load_data("mnist", progress=states.append), made)


def test_emnist_is_taken_out_of_its_zip(tmp_path, monkeypatch, server, online):
    files, address = server
    prefixes = ("emnist-letters-train", "emnist-letters-test")
    made = write_idx(tmp_path / "build", prefixes, 1, 26, packed=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in (tmp_path / "build").iterdir():
            archive.write(path, f"gzip/{path.name}")
        archive.writestr("gzip/other.gz", b"x")
    files["gzip.zip"] = buffer.getvalue()
    monkeypatch.setattr(datasets.EMNIST, "url", f"{address}gzip.zip")
    monkeypatch.setattr(datasets.EMNIST, "md5", md5(buffer.getvalue()))
    assert same(load_data("emnist"), [(images.transpose(0, 2, 1), truth) for images, truth in made])
    raw = tmp_path / "cache" / "EMNIST" / "raw"
    assert len(list(raw.iterdir())) == 4


@pytest.mark.parametrize(
    "reason", [socket.gaierror(-2, "Name or service not known"), TimeoutError(), ConnectionRefusedError()]
)
def test_without_the_internet_it_says_so_in_plain_words(cache, monkeypatch, reason):
    def away(*_):
        raise URLError(reason)

    monkeypatch.setattr(named, "fetch", away)
    with pytest.raises(DataError) as caught:
        load_data("cifar10")
    problem = caught.value.diagnostics[0]
    assert problem.code == "data-offline"
    for language in ("en", "ko"):
        assert "Name or service" not in problem.text("message", language) + problem.text("hint", language)
        assert "cifar-10-python.tar.gz" in problem.text("details", language)
        assert "cifar-10-python.tar.gz" in str(problem)


def test_a_wrong_download_is_refused_and_removed(tmp_path, monkeypatch, server, online):
    files, address = server
    write_svhn(tmp_path / "build", monkeypatch)
    files |= {"train_32x32.mat": b"something else", "test_32x32.mat": b"x"}
    known = {
        split: [f"{address}{split}_32x32.mat", *rest]
        for split, (_, *rest) in datasets.SVHN.split_list.items()
    }
    monkeypatch.setattr(datasets.SVHN, "split_list", known)
    with pytest.raises(DataError, match="not the expected file"):
        load_data("svhn")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_file()]


def test_a_download_reports_bytes_and_ends_when_told_to(tmp_path, monkeypatch, server, online):
    files, address = server
    files |= {"cifar-10-python.tar.gz": bytes(1 << 20), "wait": 0.05}
    monkeypatch.setattr(datasets.CIFAR10, "url", f"{address}cifar-10-python.tar.gz")
    states = []

    def cancel(state):
        states.append(state)
        if state.name == "download" and state.done > 100_000:
            raise CancelledError

    start = time.monotonic()
    with pytest.raises(CancelledError):
        load_data("cifar10", progress=cancel)
    assert time.monotonic() - start < 3
    assert (states[-1].unit, states[-1].total, states[-1].subject) == ("bytes", 1 << 20, "cifar10")
    time.sleep(0.3)
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_file()]


def test_digits_are_what_they_were():
    data = load_data("digits")
    assert data.train.images.shape == (1437, 1, 8, 8)
    assert data.test.labels.dtype == torch.int64
