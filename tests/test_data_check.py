"""Checks of data, previews, and what pictures can be read from."""

import base64
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from blockml.data import Dataset, Split, check_data, load_data, places
from blockml.data.preview import preview
from blockml.data.sources import sources
from blockml.data.sprites import sprite
from blockml.datasets import DATASETS
from blockml.errors import CancelledError, DataError
from blockml.facts import DataFacts
from blockml.report.data_page import data_report
from blockml.texts import sentence, table
from blockml.widget.requests import HANDLERS


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(places.platformdirs, "site_cache_dir", lambda _: str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)


def made(train=200, test=40, classes=4, seed=0):
    """Smooth random pictures, each of its own shape."""
    draw = torch.Generator().manual_seed(seed)
    coarse = torch.rand(train + test, 3, 5, 5, generator=draw) * 255
    fine = torch.nn.functional.interpolate(coarse, (24, 24), mode="bilinear").round().to(torch.uint8)
    labels = torch.arange(train + test) % classes
    return build(fine[:train], labels[:train], fine[train:], labels[train:], classes)


def build(images, labels, tests, truth, classes=4):
    facts = DataFacts(
        name="mine",
        shape=tuple(images.shape[1:]),
        classes=tuple("abcdefgh"[:classes]),
        train_size=len(images),
        test_size=len(tests),
        mean=(0.5,) * images.shape[1],
        std=(0.3,) * images.shape[1],
    )
    return Dataset(facts, Split(images, labels), Split(tests, truth))


def found(check):
    for finding in check.findings:
        for language in ("en", "ko"):
            for part in ("title", "about"):
                key = f"checks.{finding.code}.{part}"
                text = sentence(key, language, finding.values)
                assert text != key
                assert "{" not in text, text
        json.dumps(finding.model_dump(mode="json"))
    return {finding.code: finding for finding in check.findings}


def size_of(address):
    assert address.startswith("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).size


def test_clean_data_are_called_so():
    check = check_data(made())
    assert [finding.severity for finding in check.findings] == ["good"] * 3
    assert set(found(check)) == {"equal", "no-near-constant", "no-duplicates"}
    # "48 to 48 pictures each" would be no sentence.
    assert "balanced" in found(check_data(made().without((0,))))


def test_every_code_has_its_sentences_and_its_case():
    codes = set(table("en")["checks"])
    assert all(set(table("en")["checks"][code]) == {"title", "about"} for code in codes)


def test_equal_pictures_in_training_and_test_come_first():
    data = made()
    data.test.images[3] = data.train.images[17]
    data.train.images[50] = data.train.images[17]
    check = check_data(data)
    by_code = found(check)
    assert check.findings[0].code == "test-duplicates"
    assert by_code["test-duplicates"].exclude == (17, 50)
    assert by_code["test-duplicates"].values == {"count": 1, "exclude": 2}
    assert by_code["duplicates"].exclude == (50,)
    assert size_of(by_code["test-duplicates"].pictures) == (2 * 72, 72)
    better = found(check_data(data.without(by_code["test-duplicates"].exclude)))
    assert not {"test-duplicates", "duplicates"} & set(better)


def test_the_same_picture_with_two_labels():
    data = made()
    data.train.images[51] = data.train.images[18]
    assert found(check_data(data))["conflicting-labels"].exclude == (18, 51)


def again(picture, how):
    array = picture.permute(1, 2, 0).numpy()
    if how == "jpeg":
        buffer = io.BytesIO()
        Image.fromarray(array).save(buffer, "JPEG", quality=80)
        array = np.asarray(Image.open(buffer))
    elif how == "lighter":
        array = np.clip(array.astype(int) + 8, 0, 255).astype(np.uint8)
    else:
        small = Image.fromarray(array).resize((18, 18), Image.Resampling.BILINEAR)
        array = np.asarray(small.resize((24, 24), Image.Resampling.BILINEAR))
    return torch.from_numpy(array.copy()).permute(2, 0, 1)


@pytest.mark.parametrize("how", ["jpeg", "lighter", "smaller"])
def test_almost_equal_pictures_are_found(how):
    data = made()
    for at in range(20):
        data.test.images[at] = again(data.train.images[at], how)
    by_code = found(check_data(data))
    finding = by_code["test-near-duplicates"]
    assert finding.values["count"] >= 18
    assert set(finding.exclude) <= set(range(20))
    assert "near-duplicates" not in by_code


def test_indices_count_in_the_whole_split():
    data = made()
    data.train.images[60] = data.train.images[30]
    less = data.without(range(20))
    assert found(check_data(less))["duplicates"].exclude == (60,)


def test_pictures_of_one_colour():
    data = made()
    data.train.images[5] = 17
    finding = found(check_data(data))["near-constant"]
    assert finding.exclude == (5,)


@pytest.mark.parametrize(("rare", "severity"), [(40, "note"), (5, "warning")])
def test_unequal_classes(rare, severity):
    data = made()
    labels = torch.zeros(200, dtype=torch.int64)
    labels[:rare] = 1
    uneven = build(data.train.images, labels, data.test.images, data.test.labels % 2, 2)
    by_code = found(check_data(uneven))
    assert by_code["unbalanced"].severity == severity
    assert by_code["unbalanced"].values["counts"] == [200 - rare, rare]
    assert ("few-pictures" in by_code) == (rare < 20)


def test_doubtful_labels_are_found_with_probabilities():
    data = made()
    sure = torch.full((200, 4), 0.02)
    sure[torch.arange(200), data.train.labels] = 0.94
    for at, share in ((7, 0.97), (8, 0.99)):
        sure[at] = (1 - share) / 3
        sure[at, (data.train.labels[at] + 1) % 4] = share
    finding = found(check_data(data, run=sure))["label-suspects"]
    assert set(finding.exclude) == {7, 8}
    assert finding.exclude[0] == 8, "the most doubtful is the first"
    assert finding.values["examples"][0]["label"] == data.classes[int(data.train.labels[8])]
    assert "labels-fine" in found(check_data(data, run=torch.eye(4)[data.train.labels].numpy()))


def test_doubtful_labels_are_found_with_a_run():
    class Run:
        module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 24 * 24, 4)).train()

    assert found(check_data(made(), run=Run())).keys() & {"labels-fine", "label-suspects"}
    assert Run.module.training, "the module of the run is left as it was"
    Run.module = None
    assert not found(check_data(made(), run=Run())).keys() & {"labels-fine", "label-suspects"}


def test_predictions_of_other_data_are_refused():
    with pytest.raises(DataError, match="200 × 4"):
        check_data(made(), run=torch.zeros(3, 4))


def test_own_files_of_many_kinds(tmp_path):
    for at, label in enumerate(("cat", "dog")):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for k in range(25):
            array = np.random.default_rng(100 * at + k).integers(0, 255, (4, 4, 3), np.uint8)
            picture = Image.fromarray(array).resize((30 + k % 2, 30))
            picture.convert("L" if k < 5 else "RGB").save(tmp_path / "pets" / label / f"{k}.png")
    (tmp_path / "pets" / "cat" / "bad.png").write_bytes(b"x")
    by_code = found(check_data(tmp_path / "pets"))
    assert by_code["unreadable"].values["count"] == 1
    page = data_report(load_data(tmp_path / "pets"), language="ko")._repr_html_()
    assert "첫 파일 cat/bad.png: 그림이 아닙니다." in page
    assert by_code["sizes-mixed"].values["count"] == 2
    assert by_code["sizes-mixed"].values["size"] == [32, 32]
    assert by_code["channels-mixed"].values == {"grey": 10, "colour": 40}
    assert "transparent" not in by_code


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60)


def test_photos_of_phones_are_told_from_what_is_no_picture(tmp_path):
    for label in ("cat", "dog"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        (tmp_path / "pets" / label / "1.HEIC").write_bytes(HEIC)
        (tmp_path / "pets" / label / "2.heif").write_bytes(b"cut")
    with pytest.raises(DataError) as caught:
        load_data(tmp_path / "pets")
    assert caught.value.diagnostics[0].code == "picture-heic"
    for label in ("cat", "dog"):
        for at in range(2):
            Image.new("L", (9, 9), 30 * at).save(tmp_path / "pets" / label / f"{at}.png")
    (tmp_path / "pets" / "cat" / "notes.png").write_bytes(b"no picture")
    left_out = {each.path: each.code for each in load_data(tmp_path / "pets").unreadable}
    assert left_out == {
        "cat/1.HEIC": "heic",
        "cat/2.heif": "heic",
        "cat/notes.png": "not-a-picture",
        "dog/1.HEIC": "heic",
        "dog/2.heif": "heic",
    }


@pytest.mark.parametrize(
    ("modes", "codes", "text"),
    [
        (["L", *["RGB"] * 5], {"one-grey"}, "1 of 6 is grey"),
        (["RGB", *["L"] * 5], {"one-colour"}, "1 of 6 is in colour"),
        (["L", "L", *["RGB"] * 4], {"channels-mixed"}, "2 pictures are grey and 4 are in colour."),
        (["RGBA", *["RGB"] * 5], {"transparent"}, "1 picture has transparent parts"),
        (["L"] * 6, set(), ""),
    ],
)
def test_only_colours_that_are_there_are_told(modes, codes, text, tmp_path):
    for at, mode in enumerate(modes):
        folder = tmp_path / "pets" / ("cat" if at % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        array = np.random.default_rng(at).integers(0, 255, (9, 9, 4), np.uint8)
        Image.fromarray(array).convert(mode).save(folder / f"{at}.png")
    by_code = found(check_data(tmp_path / "pets"))
    assert by_code.keys() & {"one-grey", "one-colour", "channels-mixed", "transparent"} == codes
    for code in codes:
        assert text in sentence(f"checks.{code}.about", "en", by_code[code].values)


def test_a_check_reports_and_can_be_ended(monkeypatch):
    data = made()
    monkeypatch.setattr("blockml.data.progress.TICK", 0)
    states = []

    def cancel(state):
        states.append(state)
        if len(states) > 1:
            raise CancelledError

    with pytest.raises(CancelledError):
        check_data(data, progress=cancel)
    assert states[0].name == "check"


def test_tiny_data_are_checked():
    one = torch.zeros((1, 1, 4, 4), dtype=torch.uint8)
    label = torch.zeros(1, dtype=torch.int64)
    assert found(check_data(build(one, label, one, label, 1)))["test-duplicates"]


# Preview


def test_a_preview_shows_each_class():
    seen = preview(load_data("digits"), rows=3, per_class=4)
    assert seen.classes == 10
    assert [row.name for row in seen.rows] == ["0", "1", "2"]
    assert seen.rows[0].shown == 4
    assert sum(row.train for row in preview(load_data("digits")).rows) == 1437
    assert size_of(seen.rows[0].pictures) == (4 * 56, 56)


def test_a_preview_of_a_class_with_few_pictures():
    data = made(8, 4)
    seen = preview(data, per_class=10)
    assert [(row.shown, row.train, row.test) for row in seen.rows] == [(2, 2, 1)] * 4


def test_pictures_are_enlarged_without_smoothing():
    image = torch.tensor([[[[0, 255], [255, 0]]]], dtype=torch.uint8)
    address = sprite(image, 8)
    array = np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))
    assert array.shape == (8, 8)
    assert set(array.flatten()) == {0, 255}
    assert not sprite(image[:0])


# Sources


def test_what_can_be_read_is_listed(tmp_path, monkeypatch):
    book = tmp_path / "book"
    for name in ("pets/cat", "pets/dog", "split/train/a", "split/train/b", "deep/er/x", "deep/er/y", "plain"):
        (book / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(book / name / "0.png")
    with zipfile.ZipFile(book / "animals.zip", "w") as archive:
        archive.writestr("a", "b")
    (book / "list.csv").write_text("path,label\npets/cat/0.png,cat\n")
    (book / "numbers.csv").write_text("1,2\n3,4\n")
    (book / ".hidden.zip").write_bytes(b"x")
    (book / "loop").symlink_to(book)
    (book / os.fsdecode("묶음.zip".encode("cp949"))).write_bytes(b"x")
    shared = tmp_path / "shared"
    for name in ("train/a", "train/b", "test/a"):
        (shared / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(shared / name / "0.png")
    monkeypatch.setenv("BLOCKML_DATA", str(shared))
    monkeypatch.chdir(book)
    items = {(item.path, item.kind) for item in sources(book).items}
    assert items == {
        ("animals.zip", "zip"),
        ("deep/er", "folder"),
        ("list.csv", "csv"),
        ("pets", "folder"),
        ("묶음.zip", "zip"),
        ("split", "folder"),
        (str(shared), "folder"),
    }


def test_a_document_whose_name_is_not_utf_8_does_not_hide_the_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("첫.blockml", os.fsdecode("둘.blockml".encode("cp949"))):
        Path(name).write_text("{}")
    assert HANDLERS["files"](None, {}, ())["paths"] == ["첫.blockml"]


def test_sources_are_bounded_and_a_missing_folder_has_none(tmp_path):
    for at in range(300):
        (tmp_path / f"{at}.zip").write_bytes(b"")
    assert len(sources(tmp_path).items) == 200
    assert not sources(tmp_path / "nothing").items


def test_the_names_of_data_sets_have_sentences():
    assert all(sentence(f"data.{name}.title", "ko") for name in DATASETS)
