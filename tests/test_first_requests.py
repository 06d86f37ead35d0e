"""What the first hour asks of the kernel: starters for the data there, own pictures, pictures to try."""

import base64
import io
import os
import zipfile

import numpy as np
import pytest
import torch
from page import ask
from PIL import Image

import blockml as bm
from blockml.data import load_data
from blockml.data.samples import samples
from blockml.recipe import Recipe
from blockml.templates import REACHES, template
from blockml.widget import upload


@pytest.fixture
def canvas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path / "home"))
    return bm.Canvas()


def packed(folder="pets"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, shade in (("cat", 20), ("dog", 200)):
            for number in range(6):
                picture = io.BytesIO()
                Image.new("RGB", (16, 16), (shade, number, shade)).save(picture, "PNG")
                archive.writestr(f"{folder}/{name}/{number}.png", picture.getvalue())
    return buffer.getvalue()


def bring(canvas, content, name="My pets!", size=1000):
    answer = None
    for start in range(0, len(content), size):
        last = start + size >= len(content)
        payload = {"name": name, "start": start, "last": last}
        answer = ask(canvas, "bring", payload, [content[start : start + size]])
        assert last == (not answer.ok or answer.payload["path"] != "")
    return answer


def test_pictures_of_the_page_come_to_lie_beside_the_notebook_and_are_offered(canvas, tmp_path):
    content = packed()
    answer = bring(canvas, content)
    assert answer.payload == {"path": "my-pets.zip"}
    assert (tmp_path / "my-pets.zip").read_bytes() == content
    assert {"path": "my-pets.zip", "kind": "zip"} in ask(canvas, "sources").payload["items"]
    data = load_data("my-pets.zip")
    assert data.classes == ("cat", "dog")
    # What is there already stays.
    assert bring(canvas, packed("others")).payload == {"path": "my-pets-2.zip"}
    assert (tmp_path / "my-pets.zip").read_bytes() == content
    assert not list(tmp_path.glob(".blockml-*"))


def test_a_name_is_never_a_path(canvas, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    assert bring(canvas, packed(), name="../../etc/passwd").payload == {"path": "etc-passwd.zip"}
    assert [path.name for path in tmp_path.glob("**/*.zip")] == ["etc-passwd.zip"]


def test_what_is_no_zip_or_comes_in_parts_leaves_nothing(canvas, tmp_path, monkeypatch):
    assert bring(canvas, b"no zip at all").problem.code == "bring-no-zip"
    piece = {"name": "a", "last": False}
    assert ask(canvas, "bring", {**piece, "start": 5}, [b"late"]).problem.code == "bring-broken"
    assert ask(canvas, "bring", {**piece, "start": 0}, [b"first"]).ok
    assert ask(canvas, "bring", {**piece, "start": 9}, [b"gap"]).problem.code == "bring-broken"
    assert ask(canvas, "bring", {"name": "a", "start": "x"}, [b"x"]).problem.code == "bring-broken"
    assert ask(canvas, "bring", {**piece, "start": 0}, []).problem.code == "no-picture"
    monkeypatch.setattr(upload, "MAX_BYTES", 10)
    assert bring(canvas, packed(), size=10**9).problem.code == "bring-too-large"
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".zip", ".part"}]


def test_what_a_kernel_that_died_has_left_goes_with_the_next_pictures(canvas, tmp_path):
    old, fresh = tmp_path / ".blockml-old.part", tmp_path / ".blockml-fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert bring(canvas, packed()).ok
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_starter_is_made_for_the_data_on_the_canvas(canvas):
    bring(canvas, packed(), name="pets")
    data = load_data("pets.zip")
    canvas.experiment = canvas.experiment.model_copy(update={"data": data.ref})
    found = ask(canvas, "starter", {"name": "lenet5"}).payload["document"]
    assert found["data"]["name"] == data.ref.name
    made = bm.Experiment.from_data(found)
    assert made == template("lenet5", data=data.ref)
    assert bm.analyse(made).ok
    assert ask(canvas, "starter", {"name": "no_such"}).problem.code == "unknown-template"


def test_starters_say_what_they_reach_and_cost(canvas):
    offered = {each["name"]: each for each in canvas.catalogue["templates"]}
    assert {name: each["reaches"] for name, each in offered.items() if each["reaches"]} == REACHES
    for name, each in offered.items():
        assert each["flops"] == bm.analyse(template(name)).total_flops > 0


def test_samples_are_test_pictures_one_of_each_class(canvas):
    assert ask(canvas, "samples").problem.code == "no-run"
    data = load_data("digits")
    seen = set()
    for turn in range(3):
        items = samples(data, turn).items
        assert [each.label for each in items] == list(data.classes)
        for each in items:
            content = base64.b64decode(each.picture.split(",")[1])
            pixels = torch.from_numpy(np.array(Image.open(io.BytesIO(content))))
            found = (data.test.images[:, 0] == pixels).all(dim=(1, 2)).nonzero().flatten()
            assert len(found)
            assert data.classes[int(data.test.labels[found[0]])] == each.label
            seen.add(content)
    assert len(seen) > 20


def test_samples_are_of_the_data_that_the_network_has_learned(canvas):
    canvas.experiment = bm.experiment(
        ["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=1, examples=64)
    )
    run = canvas.train()
    items = ask(canvas, "samples", {"turn": 1}).payload["items"]
    assert len(items) == 10
    picture = base64.b64decode(items[3]["picture"].split(",")[1])
    assert run.predict(picture).classes == tuple(each["label"] for each in items)
    for turn in ("x", -3, 10**40):
        assert ask(canvas, "samples", {"turn": turn}).ok
