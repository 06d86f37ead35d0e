"""`load_data`: own pictures of every form, and the store."""

import io
import json
import multiprocessing
import os
import shutil
import threading
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import torch
from PIL import Image

import blockml as bm
from blockml.analysis.memory import _limits, available_memory
from blockml.data import Dataset, load_data, places, store
from blockml.data.room import _free
from blockml.errors import CancelledError, DataError, DocumentError
from blockml.facts import DataFacts, DataRef


@pytest.fixture(autouse=True)
def cache(prepared):
    return prepared


def noise(seed, height=40, width=40, mode="RGB"):
    array = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), np.uint8)
    return Image.fromarray(array).resize((width, height)).convert(mode)


def content(picture, kind="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def fill(folder, classes=("cat", "dog"), count=10, **options):
    for at, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for k in range(count):
            noise(100 * at + k, **options).save(folder / name / f"{k}.png")
    return folder


def digest(path):
    torch.set_num_threads(1)
    return load_data(path).facts.digest


def code_of(caught):
    found = caught.value.diagnostics[0]
    assert "{" not in found.message + found.hint, "a gap is not filled"
    assert "problems." not in found.message + found.hint, "a sentence is missing"
    return found.code


def refused(*args, **options):
    with pytest.raises(DataError) as caught:
        load_data(*args, **options)
    return code_of(caught)


# Folders


def test_a_folder_of_class_folders_is_split_the_same_way_each_time(tmp_path):
    data = load_data(fill(tmp_path / "pets"))
    assert data.classes == ("cat", "dog")
    assert data.train.images.shape == (16, 3, 40, 40)
    assert data.train.images.dtype == torch.uint8
    assert data.train.labels.dtype == torch.int64
    assert data.test.labels.bincount().tolist() == [2, 2]
    assert data.facts.name == "pets"
    assert (data.facts.train_size, data.facts.test_size) == (16, 4)
    mean = data.train.images.float().mean((0, 2, 3)) / 255
    assert torch.allclose(torch.tensor(data.facts.mean), mean, atol=1e-4)
    spread = data.train.images.transpose(0, 1).flatten(1).float().std(1, unbiased=False) / 255
    assert torch.allclose(torch.tensor(data.facts.std), spread, atol=1e-4)
    assert abs(float(data.prepare(data.train.images).mean())) < 1e-3
    again = load_data(tmp_path / "pets")
    assert torch.equal(data.train.images, again.train.images)


@pytest.mark.parametrize(
    ("splits", "sizes"),
    [
        (("train", "test"), (20, 6)),
        (("training", "testing"), (20, 6)),
        (("Train", "val"), (20, 6)),
        (("train", "valid"), (20, 6)),
        (("train", "validation"), (20, 6)),
        (("train", "test", "val"), (26, 6)),
    ],
)
def test_splits_on_top_are_kept(tmp_path, splits, sizes):
    for at, split in enumerate(splits):
        fill(tmp_path / "pets" / split, count=10 if not at else 3)
    data = load_data(tmp_path / "pets")
    assert (len(data.train), len(data.test)) == sizes


def test_a_class_may_be_named_train(tmp_path):
    data = load_data(fill(tmp_path / "vehicles", ("bus", "car", "train")))
    assert data.classes == ("bus", "car", "train")


def test_classes_that_are_numbers_stand_in_their_order(tmp_path):
    data = load_data(fill(tmp_path / "numbers", [str(n) for n in range(11)], 2))
    assert data.classes == tuple(str(n) for n in range(11))


def test_classes_can_be_chosen_and_ordered(tmp_path):
    fill(tmp_path / "pets", ("cat", "dog", "fish"))
    assert load_data(tmp_path / "pets", classes=["fish", "cat"]).classes == ("fish", "cat")
    assert refused(tmp_path / "pets", classes=["fish", "cow"]) == "data-class-missing"


def test_mixed_and_broken_pictures_are_read_or_listed(tmp_path):
    folder = fill(tmp_path / "mixed", count=3)
    cat = folder / "cat"
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I;16", "F"):
        picture = noise(7, 50, 70)
        if mode == "I;16":
            picture = Image.fromarray((np.asarray(picture.convert("L")).astype(np.uint16)) * 200)
        else:
            picture = picture.convert(mode)
        picture.save(cat / f"mode {mode.replace(';', '')}.tiff" if mode != "P" else cat / "mode P.png")
    noise(1).save(cat / "moving.gif", save_all=True, append_images=[noise(2), noise(3)])
    exif = Image.Exif()
    exif[0x0112] = 6
    noise(4, 30, 60).save(cat / "turned.jpg", exif=exif.tobytes())
    (cat / "clear.png").write_bytes(content(Image.new("RGBA", (30, 30), (255, 0, 0, 0))))
    good = 2 * 3 + 9 + 1 + 1 + 1
    (cat / "empty.jpg").write_bytes(b"")
    (cat / "notes.txt").write_text("not a picture")
    (cat / "cut.png").write_bytes(content(noise(9, 200, 200))[:200])
    (cat / "huge.png").write_bytes(content(Image.new("1", (9000, 9000))))
    (cat / ".hidden.png").write_bytes(b"x")
    (folder / "__MACOSX" / "cat").mkdir(parents=True)
    (folder / ".ipynb_checkpoints").mkdir()
    os.mkfifo(cat / "pipe.png")
    (tmp_path / "secret.png").write_bytes(content(noise(11)))
    (cat / "away.png").symlink_to(tmp_path / "secret.png")
    (folder / "elsewhere").symlink_to(tmp_path)
    data = load_data(folder)
    assert {(Path(one.path).name, one.code) for one in data.unreadable} == {
        ("empty.jpg", "empty"),
        ("notes.txt", "not-a-picture"),
        ("cut.png", "damaged"),
        ("huge.png", "too-many-pixels"),
        ("pipe.png", "not-a-file"),
        ("away.png", "outside"),
        ("elsewhere", "outside"),
    }
    assert all(one.reason and "unreadable." not in one.reason for one in data.unreadable)
    assert len(data.train) + len(data.test) == good
    assert data.facts.shape == (3, 64, 64)
    assert load_data(folder).unreadable == data.unreadable, "they are listed the second time, too"


def test_five_hundred_pictures_keep_their_labels_when_some_are_broken(tmp_path):
    folder = tmp_path / "shades"
    for at in range(5):
        (folder / str(at)).mkdir(parents=True)
        for k in range(100):
            place = folder / str(at) / f"{k}.png"
            Image.new("L", (20 + k % 3, 20), 50 * at).save(place)
            if k % 7 == 0:
                place.write_bytes(b"broken")
    data = load_data(folder)
    assert len(data.unreadable) == 75
    for split in (data.train, data.test):
        assert torch.equal(split.images[:, 0, 5, 5].long(), 50 * split.labels)


def test_the_size_follows_the_pictures(tmp_path):
    assert load_data(fill(tmp_path / "same", height=28, width=36, mode="L")).facts.shape == (1, 28, 36)
    assert load_data(fill(tmp_path / "large", height=300, width=400)).facts.shape == (3, 128, 128)
    mixed = fill(tmp_path / "mixed", height=60, width=90)
    noise(1, 50, 70).save(mixed / "cat" / "0.png")
    assert load_data(mixed).facts.shape == (3, 64, 64)
    assert load_data(mixed, size=20).facts.shape == (3, 20, 20)
    assert load_data(mixed, size=(20, 30)).facts.shape == (3, 20, 30)
    assert refused(mixed, size=0) == "data-size"
    assert refused(mixed, size="big") == "data-size"


def test_grey_pictures_have_one_channel_whatever_their_mode(tmp_path):
    folder = fill(tmp_path / "grey", mode="L")
    noise(1, mode="L").convert("RGB").save(folder / "cat" / "0.png")
    assert load_data(folder).facts.shape[0] == 1


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda at: at.mkdir(), "data-no-classes"),
        (lambda at: (at / "cat").mkdir(parents=True), "data-no-pictures"),
        (lambda at: fill(at, ("cat",)), "data-one-class"),
        (lambda at: (fill(at) / "fish").mkdir(), "data-class-empty"),
        (lambda at: fill(at, count=1), "data-too-few"),
        (str, "data-path"),
        (lambda at: at.write_text("x"), "data-kind"),
        (os.mkfifo, "data-kind"),
    ],
)
def test_what_is_no_folder_of_classes_gets_a_sentence(tmp_path, build, code):
    build(tmp_path / "pets.x")
    assert refused(tmp_path / "pets.x") == code


def test_one_name_in_two_spellings_is_one_class(tmp_path):
    """A Mac takes the letters of a name apart; whoever types them puts them together."""
    fill(tmp_path / "pets", [f"train/{normalize('NFD', '고양이')}", "train/개", "test/고양이", "test/개"], 3)
    data = load_data(tmp_path / "pets")
    assert data.classes == ("개", "고양이")
    assert (len(data.train), len(data.test)) == (6, 6)
    assert load_data(tmp_path / "pets", classes=[normalize("NFD", "고양이"), "개"]).classes == (
        "고양이",
        "개",
    )


def windows(name):
    """A name as Linux gives it where Korean Windows wrote it."""
    return os.fsdecode(name.encode("cp949"))


def test_names_that_are_not_utf_8_are_read_as_korean(tmp_path):
    folder = fill(tmp_path / windows("동물"), (windows("고양이"), "개"), 6)
    (folder / "개" / windows("메모.txt")).write_text("not a picture")
    (folder / "개" / "\udcff.png").write_bytes(content(noise(1)))
    data = load_data(folder)
    assert data.classes == ("개", "고양이")
    assert [one.path for one in data.unreadable] == ["개/메모.txt"]
    assert (data.facts.name, data.ref.path) == ("동물", "동물")
    shutil.rmtree(tmp_path / "cache")
    again = load_data(DataRef.model_validate_json(data.ref.model_dump_json()))
    assert torch.equal(again.train.images, data.train.images), "a document finds the folder again"
    shutil.rmtree(folder)
    with pytest.raises(DataError, match="동물"):
        load_data(fill(folder, ("only",)))


def test_what_is_left_out_later_is_told_too(tmp_path):
    folder = fill(tmp_path / "pets")
    assert not load_data(folder).unreadable
    (folder / "cat" / "link.png").symlink_to("/etc/passwd")
    assert [one.code for one in load_data(folder).unreadable] == ["outside"]


def test_a_device_is_not_read():
    assert refused("/dev/zero") == "data-kind"


def test_unknown_names_are_told_from_missing_paths():
    assert refused("mnist3") == "data-near"
    assert refused("qqqq") == "data-none"
    assert refused("pictures/cats") == "data-path"
    assert refused("bad\0name") == "data-path"


def test_a_name_that_is_mistyped_is_told_what_is_like_it(tmp_path):
    fill(tmp_path / "pics", count=2)
    with pytest.raises(
        DataError, match=r"There is no folder, file or data set named pisc\. Did you mean pics\?"
    ):
        load_data("pisc")
    with pytest.raises(DataError, match="Did you mean fashion_mnist"):
        load_data("fashion-mnits")


@pytest.mark.parametrize("make", [str, Path, lambda path: f"./{path}"])
def test_a_folder_that_is_not_loaded_is_told_how_to_be(make, tmp_path):
    fill(tmp_path / "pics", count=2)
    for use in (lambda data: bm.template("mlp", data=data), lambda data: bm.experiment([], data=data)):
        with pytest.raises(DocumentError, match=r"bm\.load_data") as caught:
            use(make("pics"))
        assert code_of(caught) == "data-not-loaded"


@pytest.mark.parametrize("path", ["a" * 5000, "~nobody-of-that-name/x", "\ud800x", "x/\udcb0"])
def test_a_path_that_cannot_be_is_told(path, monkeypatch):
    monkeypatch.setenv("BLOCKML_DATA", "~nobody-of-that-name/y")
    assert refused(path) == "data-path"
    if path.isascii():
        facts = load_data((IMAGES, LABELS)).facts.model_copy(update={"digest": "0" * 64})
        assert refused(DataRef(name="x", path=path[:4096], facts=facts)) == "data-moved"


# Zips


def zipped(folder, place, extra=()):
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
        for name, data in extra:
            archive.writestr(name, data)
    return place


def test_a_zip_is_read_like_its_folder(tmp_path):
    folder = fill(tmp_path / "pets")
    data = load_data(zipped(folder, tmp_path / "animals.zip", [("__MACOSX/pets/cat/._0.png", b"x")]))
    assert data.facts.digest == load_data(folder).facts.digest
    assert data.facts.name == "animals"
    assert not data.unreadable


class Windows(zipfile.ZipInfo):
    """A file as the zip of Korean Windows names it."""

    def _encodeFilenameFlags(self):  # noqa: N802 - of the standard library
        return self.filename.encode(self.code), self.flag_bits & ~0x800


@pytest.mark.parametrize(
    ("code", "classes"),
    [("cp949", ("개", "고양이")), ("utf-8", ("개", "고양이")), ("cp437", ("Bären", "Hühner"))],
)
def test_a_zip_that_does_not_say_how_its_names_are_written(tmp_path, monkeypatch, code, classes):
    monkeypatch.setattr(Windows, "code", code, raising=False)
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for at in range(6):
            for name in classes:
                archive.writestr(Windows(f"{name}/{at}.png"), content(noise(at)))
        archive.writestr(Windows(f"{classes[0]}/{classes[1]}.txt"), b"no picture")
    data = load_data(tmp_path / "pets.zip")
    assert data.classes == classes
    assert [one.path for one in data.unreadable] == [f"{classes[0]}/{classes[1]}.txt"]


def test_a_hostile_zip_harms_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("blockml.data.listing.MAX_BYTES", 1_000_000)
    link = zipfile.ZipInfo("pets/cat/link.png")
    link.external_attr = 0o120777 << 16
    bomb = b"\0" * 2_000_000
    extra = [
        ("../../escape.png", content(noise(1))),
        ("/etc/absolute.png", content(noise(1))),
        ("C:\\windows.png", content(noise(1))),
        (link, "/etc/passwd"),
        ("pets/cat/bomb.png", bomb),
        ("pets/cat/inner.zip", b"PK\3\4"),
    ]
    data = load_data(zipped(fill(tmp_path / "pets"), tmp_path / "pets.zip", extra))
    found = {Path(one.path).name: one.code for one in data.unreadable}
    assert found == {
        "escape.png": "outside",
        "absolute.png": "outside",
        "windows.png": "outside",
        "link.png": "link",
        "bomb.png": "too-large",
        "inner.zip": "not-a-picture",
    }
    assert not list(tmp_path.rglob("escape.png"))
    assert len(data.train) + len(data.test) == 20


def test_a_damaged_zip_is_named(tmp_path):
    (tmp_path / "pets.zip").write_bytes(b"PK not a zip")
    assert refused(tmp_path / "pets.zip") == "data-zip"


# CSV files


@pytest.mark.parametrize("head", ["", "path,label,split\n", "label;split;file\n", "name of file,what,part\n"])
def test_a_csv_of_paths_and_labels(tmp_path, head):
    fill(tmp_path / "all")
    lines = []
    for at, label in enumerate(("cat", "dog")):
        for k in range(10):
            row = [f"all/{label}/{k}.png", label, "train" if k < 8 else "test"]
            if ";" in head:
                row = [row[1], row[2], row[0]]
            lines.append((";" if ";" in head else ",").join(row))
        assert at < 2
    (tmp_path / "pets.csv").write_text(head + "\n".join(lines), encoding="utf-8-sig")
    data = load_data(tmp_path / "pets.csv")
    assert data.classes == ("cat", "dog")
    assert (len(data.train), len(data.test)) == (16, 4)


def test_a_csv_lists_what_is_missing_and_stays_in_its_folder(tmp_path):
    fill(tmp_path / "sub" / "all")
    (tmp_path / "secret.png").write_bytes(content(noise(1)))
    rows = [f"all/{label}/{k}.png,{label}" for label in ("cat", "dog") for k in range(10)]
    rows += ["all/cat/99.png,cat", "../secret.png,cat", f"{tmp_path}/secret.png,dog", "all/cat/1.png,"]
    rows += ["all/dog/1.png,dog,maybe", f"{tmp_path}/sub/all/dog/2.png,dog"]
    (tmp_path / "sub" / "pets.csv").write_text("\n".join(rows))
    data = load_data(tmp_path / "sub" / "pets.csv")
    assert sorted(one.code for one in data.unreadable) == ["missing", "outside", "outside", "row", "split"]
    assert len(data.train) + len(data.test) == 21


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "data-csv"),
        (b"only one column", "data-csv"),
        (b"a.png,cat\nb.png,dog", "data-csv-missing"),
        (b"\xff\xfe\x00", "data-csv-unreadable"),
        (b"path,label\n", "data-csv-empty"),
        (b"a.png,cat,trainn\nb.png,dog,trainn", "data-csv-split"),
        (b'a.png,"cat\n' + b"b.png,dog\n" * 20_000, "data-csv-quote"),
    ],
)
def test_a_csv_that_is_none_is_named(tmp_path, text, code):
    (tmp_path / "pets.csv").write_bytes(text)
    assert refused(tmp_path / "pets.csv") == code


def test_a_quotation_mark_that_is_not_closed_is_told_by_its_line(tmp_path):
    lines = ["path,label", *["a.png,cat"] * 5, 'a.png,"dog', *["b.png,dog"] * 20_000]
    (tmp_path / "pets.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match="from line 7 on"):
        load_data(tmp_path / "pets.csv")


# Arrays and objects


IMAGES = np.random.default_rng(0).integers(0, 255, (40, 3, 8, 8), dtype=np.uint8)
LABELS = np.arange(40) % 4


def test_numbers_a_little_outside_of_0_and_1_are_cut_and_not_rounded_away():
    """As bicubic resizing leaves them."""
    images = (IMAGES.astype(np.float32) / 255) * 1.04 - 0.02
    found = load_data((images, LABELS)).train.images
    assert len(found.unique()) > 100
    assert found.float().mean() > 50
    whole = load_data((np.floor(IMAGES / 16.0), LABELS)).train.images
    assert 10 < whole.max() < 16


@pytest.mark.parametrize(
    "images",
    [
        IMAGES,
        torch.from_numpy(IMAGES),
        IMAGES.transpose(0, 2, 3, 1),
        IMAGES.astype(np.float64) / 255,
        torch.from_numpy(IMAGES).float() / 255,
        IMAGES.astype(np.int32),
        list(IMAGES),
        [Image.fromarray(one.transpose(1, 2, 0)) for one in IMAGES],
    ],
)
@pytest.mark.parametrize("labels", [LABELS, LABELS.tolist(), torch.from_numpy(LABELS), np.eye(4)[LABELS]])
def test_arrays_of_every_layout_and_type(images, labels):
    data = load_data((images, labels), name="mine")
    assert data.classes == ("0", "1", "2", "3")
    assert data.facts.shape == (3, 8, 8)
    whole = torch.cat([data.train.images, data.test.images])
    assert sorted(whole.flatten(1).long().sum(1).tolist()) == sorted(IMAGES.reshape(40, -1).sum(1).tolist())


def test_arrays_with_a_split_of_their_own():
    data = load_data(((IMAGES, LABELS), (IMAGES[:8], LABELS[:8])), classes=["a", "b", "c", "d"])
    assert torch.equal(data.train.images, torch.from_numpy(IMAGES))
    assert data.test.labels.tolist() == LABELS[:8].tolist()
    assert data.classes == ("a", "b", "c", "d")
    same = load_data((IMAGES, LABELS), test=(IMAGES[:8], LABELS[:8]), classes=["a", "b", "c", "d"])
    assert same.facts.digest == data.facts.digest


def test_grey_arrays_and_words_as_labels():
    words = np.array(["cat", "dog"])[LABELS % 2]
    data = load_data((IMAGES[:, 0], words))
    assert data.facts.shape == (1, 8, 8)
    assert data.classes == ("cat", "dog")


@pytest.mark.parametrize(
    ("source", "options", "code"),
    [
        ((IMAGES, LABELS[:5]), {}, "data-lengths"),
        ((IMAGES[0, 0], LABELS[:8]), {}, "data-array"),
        ((IMAGES[:, :2], LABELS), {}, "data-array"),
        ((IMAGES[:0], LABELS[:0]), {}, "data-array"),
        ((IMAGES.astype(float) - 300, LABELS), {}, "data-range"),
        ((IMAGES * np.nan, LABELS), {}, "data-range"),
        ((IMAGES / 255 * 1.5, LABELS), {}, "data-range"),
        ((IMAGES, LABELS), {"classes": ["a", "b"]}, "data-label-range"),
        ((IMAGES, LABELS * 0), {}, "data-one-class"),
        ((IMAGES, np.zeros((40, 2, 2))), {}, "data-labels"),
        ((IMAGES, None), {}, "data-labels"),
        ((IMAGES, torch.rand(40)), {}, "data-label-fraction"),
        ((IMAGES, [*LABELS[:39], 0.5]), {}, "data-label-fraction"),
        ((IMAGES, LABELS), {"classes": ["a", "b", "c", "a"]}, "data-class-twice"),
        ((IMAGES, LABELS), {"classes": ["a", "b", "c", "\ud800"]}, "data-class-name"),
        ((IMAGES, LABELS), {"classes": "abcd"}, "data-classes"),
        ((IMAGES, LABELS), {"classes": 4}, "data-classes"),
        ((np.array(5), LABELS), {}, "data-count"),
        ((torch.zeros(40, 8, 8).to_sparse(), LABELS), {}, "data-values"),
        ((torch.zeros(40, 8, 8, device="meta"), LABELS), {}, "data-values"),
        ((IMAGES, torch.zeros(40, device="meta")), {}, "data-values"),
        ((np.zeros((4, 1, 2000, 2)), LABELS[:4]), {}, "data-side"),
        (7, {}, "data-object"),
        ({"a": 1}, {}, "data-object"),
        ([], {}, "data-too-few"),
    ],
)
def test_objects_that_are_no_data_get_a_sentence(source, options, code):
    assert refused(source, **options) == code


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (None, "None"),
        ({"a": 1}, "{'a': 1}"),
        ([1, 2], "[1, 2]"),
        (torch.tensor([1, 2]), "tensor([1, 2])"),
        ("\udcff", r"'\udcff'"),
    ],
)
def test_a_label_that_is_none_is_named(bad, said):
    labels = [1, 2, 1, bad, *[1, 2] * 18]

    class Items(Pets):
        def __getitem__(self, at):
            return super().__getitem__(at)[0], labels[at]

    for source in ((IMAGES, labels), (list(IMAGES), labels), Items(40), (IMAGES, np.array(labels, object))):
        with pytest.raises(DataError) as caught:
            load_data(source)
        assert caught.value.diagnostics[0].code == "data-label"
        assert caught.value.diagnostics[0].values == {"at": 3, "received": said}


def test_labels_of_many_kinds():
    for words in (
        ["고양이", normalize("NFD", "고양이"), "dog", "dog"] * 10,
        [b"cat", "cat", "dog", b"dog"] * 10,
    ):
        assert len(load_data((IMAGES, words)).classes) == 2
    assert load_data((IMAGES, [torch.tensor(1), 2] * 20)).classes == ("1", "2")
    assert load_data((IMAGES, [[1], [2]] * 20)).classes == ("1", "2")


class Count:
    """As long as it says."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, at):
        return IMAGES[at % 40], at % 2


@pytest.mark.parametrize(
    ("count", "code"), [(-1, "data-count"), (10**30, "data-count"), (10**12, "data-memory-count")]
)
def test_a_length_that_cannot_be(count, code):
    assert refused(Count(count)) == code


def test_the_limits_of_a_service_count():
    found = [str(path) for path in _limits("4:cpu,memory:/a/b\n2:pids:/c\n0::/user.slice\n")]
    assert found == [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/user.slice/memory.max",
        "/sys/fs/cgroup/memory.max",
    ]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it")
def test_what_is_taken_already_is_not_free():
    held = np.ones(1 << 27, np.uint8)
    assert _free() < available_memory() - held.nbytes


def test_pictures_that_do_not_fit_into_the_memory_are_refused_before(tmp_path, monkeypatch):
    folder = fill(tmp_path / "pets")
    monkeypatch.setattr("blockml.data.room._free", lambda: 120_000)
    with pytest.raises(DataError) as caught:
        load_data(folder, size=100)
    assert code_of(caught) == "data-memory"
    assert caught.value.diagnostics[0].values["fits"] == "4"
    assert load_data(folder, size=caught.value.diagnostics[0].values["side"]).facts.shape == (3, 44, 44)
    for source in ((IMAGES, LABELS), Count(40)):
        with pytest.raises(DataError) as caught:
            load_data(source, size=100)
        assert code_of(caught) == "data-memory"
        assert load_data(source, size=caught.value.diagnostics[0].values["side"]).facts.shape[1] == 22


class Pets:
    """As torchvision's data sets are."""

    classes = ("none", "cat", "dog")

    def __init__(self, count=30, give=None):
        self.count = count
        self.give = give or (lambda at: noise(at, 20 + at % 2, 20))

    def __len__(self):
        return self.count

    def __getitem__(self, at):
        if at >= self.count:
            raise IndexError(at)
        return self.give(at), 1 + at % 2


def test_a_data_set_object_of_pil_pictures():
    data = load_data(Pets(), test=Pets(6))
    assert data.classes == ("cat", "dog"), "a class without pictures is left out"
    assert data.facts.shape == (3, 16, 16)
    assert (len(data.train), len(data.test)) == (30, 6)
    assert data.facts.name == "Pets"


def test_a_data_set_object_of_tensors():
    data = load_data(Pets(give=lambda at: torch.full((1, 8, 8), at / 30)))
    assert data.facts.shape == (1, 8, 8)
    assert data.train.images.max() > 200


def test_items_that_fail_are_listed_and_normalized_ones_refused():
    def give(at):
        if at == 3:
            raise OSError("no disk")
        return noise(at, 20, 20)

    assert [(one.path, one.code) for one in load_data(Pets(give=give)).unreadable] == [("3", "item")]
    assert refused(Pets(give=lambda _: torch.randn(3, 8, 8) - 1)) == "data-range"
    assert refused(Pets(give=lambda _: None)) == "data-item"


# The store


def test_the_second_load_reads_no_picture(tmp_path, monkeypatch):
    first = load_data(fill(tmp_path / "pets"))
    monkeypatch.setattr("blockml.data.decode.decoded", None)
    second = load_data(tmp_path / "pets")
    assert torch.equal(first.train.images, second.train.images)
    assert second.ref == first.ref
    monkeypatch.undo()


def test_a_changed_folder_is_read_anew(tmp_path, monkeypatch, cache):
    monkeypatch.setenv("BLOCKML_DATA", str(cache))
    first = load_data(fill(tmp_path / "pets"))
    noise(999).save(tmp_path / "pets" / "cat" / "new.png")
    assert load_data(tmp_path / "pets").facts.train_size == first.facts.train_size + 1


@pytest.mark.parametrize("damage", ["cut", "middle", "facts", "gone", "header"])
def test_a_damaged_store_is_noticed_and_made_anew(tmp_path, cache, damage):
    first = load_data(fill(tmp_path / "pets")).train.images.clone()
    entry = next((cache / ".prepared").glob("[0-9a-f]*"))
    file = entry / "data.safetensors"
    time.sleep(0.02)
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-10])
    elif damage == "middle":
        whole = bytearray(file.read_bytes())
        whole[-500:-400] = bytes(100)
        file.write_bytes(whole)
    elif damage == "header":
        file.write_bytes(b"\xff" * file.stat().st_size)
    elif damage == "facts":
        (entry / "facts.json").write_text("{")
    else:
        file.unlink()
    assert torch.equal(load_data(tmp_path / "pets").train.images, first)
    assert store.find(entry.name, lambda: None) is not None


def test_a_full_disk_costs_only_the_store(tmp_path, monkeypatch, cache):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "save_file", full)
    data = load_data(fill(tmp_path / "pets"))
    assert len(data.train) == 16
    assert not [path for path in (cache / ".prepared").rglob("*") if path.name.endswith("safetensors")]


def test_where_nothing_can_be_written_data_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "all_writable", lambda *_: iter(()))
    assert len(load_data(fill(tmp_path / "pets")).train) == 16


def test_the_first_writable_folder_gets_new_data(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("BLOCKML_DATA", os.pathsep.join([str(tmp_path / "file"), str(tmp_path / "second")]))
    load_data(fill(tmp_path / "pets"))
    assert (tmp_path / "second" / ".prepared").is_dir()


def test_where_prepared_data_cannot_be_written_the_next_folder_gets_them(tmp_path, cache):
    """Somebody else made it in a shared folder: here it is a file, so that root cannot write it, too."""
    cache.mkdir()
    (cache / ".prepared").write_text("of somebody else")
    data = load_data((IMAGES, LABELS))
    assert torch.equal(load_data(data.ref).train.images, data.train.images)
    assert (tmp_path / "user" / ".prepared" / data.facts.digest).is_dir()
    load_data(fill(tmp_path / "pets"))
    assert list((tmp_path / "user" / ".prepared" / "keys").glob("*.json"))


@pytest.mark.parametrize("mode", [0o1777, 0o2775, 0o755])
def test_in_a_shared_folder_all_can_prepare_data(tmp_path, cache, mode):
    cache.mkdir()
    cache.chmod(mode)
    load_data(fill(tmp_path / "pets"))
    for place in (cache / ".prepared", cache / ".prepared" / "keys"):
        shared = mode & 0o022
        assert place.stat().st_mode & 0o7777 == (mode | 0o1000 if shared else 0o755)


@pytest.fixture
def stranger(cache, monkeypatch):
    """Makes what lies in the data folder so far be of somebody else, whom nobody has to trust."""

    def own():
        theirs = set(cache.rglob("*"))
        monkeypatch.setattr(places, "trusted", lambda place, _: place not in theirs)
        swap, move = store._swap_in, Path.replace

        def swap_in(made, place):
            if place in theirs:
                raise PermissionError
            swap(made, place)

        def replace(path, target):
            if target in theirs:
                raise PermissionError
            return move(path, target)

        monkeypatch.setattr(store, "_swap_in", swap_in)
        monkeypatch.setattr(Path, "replace", replace)
        return theirs

    return own


def test_what_strangers_prepared_is_made_anew_beside_it(tmp_path, cache, stranger):
    first = load_data(fill(tmp_path / "pets"))
    key = next((cache / ".prepared" / "keys").glob("*.json"))
    # It says that the pictures are others.
    other = load_data((IMAGES, LABELS)).facts.digest
    key.write_text(json.dumps(json.loads(key.read_text()) | {"entry": other}))
    assert load_data(tmp_path / "pets").facts.digest == other, "one's own folder is trusted"
    stranger()
    assert load_data(tmp_path / "pets").facts.digest == first.facts.digest
    assert (tmp_path / "user" / ".prepared" / first.facts.digest).is_dir()
    assert (tmp_path / "user" / ".prepared" / "keys" / key.name).is_file()
    assert torch.equal(load_data(first.ref).train.images, first.train.images)


def test_only_oneself_root_and_the_owner_of_the_folder_are_trusted(tmp_path, monkeypatch):
    owner = tmp_path.stat().st_uid
    (tmp_path / "entry").mkdir()
    assert places.trusted(tmp_path / "entry", tmp_path)
    assert not places.trusted(tmp_path / "nothing", tmp_path)
    monkeypatch.setattr(places, "_keepers", lambda _: {owner + 1})
    assert not places.trusted(tmp_path / "entry", tmp_path)


def test_an_entry_under_another_name_is_not_taken(tmp_path, cache):
    data = load_data((IMAGES, LABELS), name="mine")
    entry = cache / ".prepared" / data.facts.digest
    for name in ("mnist", "0" * 64):
        entry = entry.rename(entry.with_name(name))
        assert store.find(name, lambda: None) is None
    keys = cache / ".prepared" / "keys"
    load_data(fill(tmp_path / "pets"))
    next(keys.glob("*.json")).rename(keys / "other.json")
    assert store.recall("other") is None


def test_what_a_person_does_to_the_tensors_stays_in_memory(tmp_path):
    data = load_data(fill(tmp_path / "pets"))
    before = data.train.images.clone()
    data.train.images.zero_()
    assert torch.equal(load_data(tmp_path / "pets").train.images, before)


def test_two_processes_may_load_the_same_data(tmp_path, cache):
    fill(tmp_path / "pets", count=60)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        found = list(pool.map(digest, [tmp_path / "pets"] * 2))
    assert found[0] == found[1] == load_data(tmp_path / "pets").facts.digest
    assert [path.name for path in (cache / ".prepared").glob("[0-9a-f]*")] == [found[0]]


def test_what_nobody_used_for_long_goes_when_something_new_comes(tmp_path, cache, monkeypatch):
    names = ("old", "open", "used", "kept")
    root, entries = cache / ".prepared", {}
    for name in names:
        fill(tmp_path / name, count=4)
        noise(len(name) + ord(name[0])).save(tmp_path / name / "cat" / "own.png")
        entries[name] = root / load_data(tmp_path / name).facts.digest

    def age(name, days):
        os.utime(entries[name], times=(time.time() - days * 86400,) * 2)

    for name in names:
        age(name, 89 if name == "kept" else 91)
    held = load_data(tmp_path / "open")
    load_data(tmp_path / "used")
    age("open", 91)
    load_data(fill(tmp_path / "new", count=5))
    assert [name for name in names if entries[name].exists()] == ["open", "used", "kept"]
    # What came from files is made anew from them.
    assert load_data(tmp_path / "old").facts.digest == entries["old"].name
    monkeypatch.setenv("BLOCKML_KEEP_DAYS", "1")
    age("kept", 2)
    load_data(fill(tmp_path / "newer", count=6))
    assert not entries["kept"].exists()
    assert int(held.train.images.sum()) > 0


def test_no_half_written_folder_is_left_by_a_cancel(tmp_path, cache):
    fill(tmp_path / "pets", count=200)
    seen = []

    def cancel(state):
        seen.append(state)
        if state.done > 50:
            raise CancelledError

    start = time.monotonic()
    with pytest.raises(CancelledError):
        load_data(tmp_path / "pets", progress=cancel)
    assert time.monotonic() - start < 5
    assert seen[-1].name == "read"
    assert seen[-1].subject == "pets"
    assert seen[-1].total == 400
    assert not list(cache.rglob("*.safetensors"))
    assert threading.active_count() < 20


# References


def test_a_reference_loads_the_same_data(tmp_path):
    data = load_data(fill(tmp_path / "pets"), size=24)
    assert data.ref.path == "pets"
    exp = bm.experiment(["Flatten", ("Linear", {"out_features": 2})], data=data)
    assert exp.data == data.ref
    again = load_data(bm.Experiment.from_json(exp.to_json()).data if hasattr(bm, "Experiment") else exp.data)
    assert torch.equal(again.train.images, data.train.images)
    assert again.ref == data.ref


def test_a_reference_outlives_its_folder_and_then_says_what_to_put_where(tmp_path, cache):
    data = load_data(fill(tmp_path / "pets"), size=24)
    (tmp_path / "pets").rename(tmp_path / "moved")
    assert torch.equal(load_data(data.ref).train.images, data.train.images)
    shutil.rmtree(cache / ".prepared")
    with pytest.raises(DataError) as caught:
        load_data(data.ref)
    assert code_of(caught) == "data-moved"
    assert str(cache) in str(caught.value)
    (tmp_path / "moved").rename(cache / "pets")
    assert torch.equal(load_data(data.ref).train.images, data.train.images), "a folder of that name is found"


def test_a_reference_to_arrays_is_found_by_another_process(tmp_path, cache):
    data = load_data((IMAGES, LABELS), name="mine")
    assert torch.equal(
        load_data(DataRef(**json.loads(data.ref.model_dump_json()))).train.labels, data.train.labels
    )
    for path in (cache / ".prepared").iterdir():
        if path.is_dir():
            path.rename(tmp_path / path.name)
    assert refused(data.ref) == "data-not-here"


def test_changed_pictures_are_not_mixed_with_the_old_experiment(tmp_path, cache):
    ref = load_data(fill(tmp_path / "pets")).ref
    shutil.rmtree(cache / ".prepared")
    noise(999).save(tmp_path / "pets" / "cat" / "0.png")
    assert refused(ref) == "data-changed"


def test_the_facts_of_the_document_count(tmp_path):
    ref = load_data(fill(tmp_path / "pets")).ref
    other = ref.model_copy(update={"facts": ref.facts.model_copy(update={"mean": (0.1, 0.2, 0.3)})})
    assert load_data(other).facts.mean == (0.1, 0.2, 0.3)
    wrong = ref.model_copy(update={"facts": ref.facts.model_copy(update={"classes": ("a", "b")})})
    assert refused(wrong) == "data-changed"


def test_pictures_can_be_left_out(tmp_path):
    data = load_data(fill(tmp_path / "pets"))
    less = load_data(data.ref.model_copy(update={"exclude": (0, 3, 99)}))
    assert len(less.train) == 14
    assert torch.equal(less.train.images[0], data.train.images[1])
    assert less.kept.tolist() == [1, 2, *range(4, 16)]
    assert less.facts == data.facts
    even = less.without([1])
    assert even.ref.exclude == (0, 1, 3)
    assert torch.equal(even.train.images[0], data.train.images[2])
    assert refused(data.ref.model_copy(update={"exclude": tuple(range(16))})) == "data-all-excluded"


@pytest.mark.parametrize("name", ["digits", "nothing"])
def test_a_reference_by_name(name):
    if name == "digits":
        assert load_data(DataRef()).ref == DataRef()
    else:
        assert refused(DataRef(name=name)) == "unknown-data"


def test_a_strange_reference_reads_no_device(tmp_path):
    facts = DataFacts(
        name="x",
        shape=(1, 8, 8),
        classes=("a", "b"),
        train_size=4,
        test_size=2,
        mean=(0.5,),
        std=(0.5,),
        digest="0" * 64,
    )
    assert refused(DataRef(name="x", path="/dev/zero", facts=facts)) == "data-kind"
    assert refused(DataRef(name="x", path="../../nowhere/..", facts=facts)) == "data-moved"


def test_a_data_set_passes_through():
    data = load_data("digits")
    assert load_data(data) is data
    assert isinstance(data, Dataset)


def test_nobody_waits_for_ever_for_somebody_who_prepares_the_same(monkeypatch):
    monkeypatch.setattr(store, "_PATIENCE", 0.3)
    held, done, ticks = threading.Event(), threading.Event(), []

    def hold():
        with store.lock("mnist", lambda: None):
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    began = time.monotonic()
    with store.lock("mnist", lambda: ticks.append(1)):
        assert not done.is_set()
    assert time.monotonic() - began < 10
    assert ticks
    done.set()
    thread.join()
