"""Reading picture files of one's own, for the script: the same as `blockml.data` reads.

Where that reports each file that it cannot use, a script skips it and says so.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize

import numpy as np
import torch
from PIL import Image, ImageOps

# Names that folders of splits have.
SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}

# Heads that the columns of path, class and split may have in a table.
HEADS = {
    "path": (
        "path",
        "file",
        "filename",
        "file_name",
        "filepath",
        "file_path",
        "image",
        "image_path",
        "picture",
    ),
    "label": ("label", "labels", "class", "category", "target", "class_name", "name"),
    "split": ("split", "set", "subset", "part"),
}

# Path, class and split.
File = tuple[str, str, str]


def place_of(data: str) -> Path:
    """Return the path that `DATA` names.

    Raises:
        FileNotFoundError: Nothing is there; it says where that is, and what to do.
    """
    path = Path(data).expanduser()
    if path.exists():
        return path
    advice = "change DATA"
    if not path.is_absolute():
        advice += f", or start the script from a folder in which {data} is found"
    raise FileNotFoundError(f"{path.absolute()} is not there: {advice}")


def folder_files(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    """Return the names of all files in a folder, and what reads one of them."""
    found = [file for file in path.rglob("*") if file.is_file()]
    names = [file.relative_to(path).as_posix() for file in found]
    return names, lambda name: (path / name).read_bytes()


def zip_files(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    """Return the names of all files in a zip, and what reads one of them."""
    archive = zipfile.ZipFile(path)
    infos = {zip_name(info): info for info in archive.infolist()}
    names = [zip_name(info) for info in archive.infolist()]
    found = [name for name in names if name and not name.endswith("/")]
    return found, lambda name: archive.read(infos[name])


def zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a file in a zip, with slashes, as whoever made it wrote it."""
    name = info.filename
    if not info.flag_bits & 0x800:  # its bytes were not said to be UTF-8
        with suppress(UnicodeEncodeError):
            name = decoded(name.encode("cp437"), name)
    return name.replace("\\", "/")


def decoded(raw: bytes, otherwise: str) -> str:
    """Return the text of a name: UTF-8, or what Korean Windows writes."""
    # Western letters are Korean bytes, too, but none that stand in common words.
    korean = not raw.decode("euc-kr", "ignore").isascii()
    for code in ("utf-8", "cp949") if korean else ("utf-8",):
        with suppress(UnicodeDecodeError):
            return raw.decode(code)
    return otherwise


def plain(name: str) -> str:
    """Return a name as people read it, each letter in one spelling."""
    parts = name.split("/")
    for place, part in enumerate(parts):
        with suppress(UnicodeEncodeError):
            parts[place] = decoded(part.encode("utf-8", "surrogateescape"), part)
    whole = "/".join(parts).encode("utf-8", "backslashreplace").decode()
    return normalize("NFC", whole)


def class_folders(names: Sequence[str], classes: Sequence[str]) -> list[File]:
    """Return name, class and split of each file that lies in a class folder.

    Around the class folders there may be folders of splits, such as train and test.
    """
    files = []
    # What lies right in a folder comes before what lies deeper.
    for name in sorted(names, key=lambda name: (name.split("/")[:-1], name)):
        parts = [plain(part) for part in name.split("/")]
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
        found = [place for place, part in enumerate(parts[:-1]) if part in classes]
        if found and not hidden:
            split = SPLITS.get(parts[found[0] - 1].lower(), "") if found[0] else ""
            files.append((name, parts[found[0]], split))
    return files


def table_files(path: Path, classes: Sequence[str]) -> list[File]:
    """Return path, class and split of each row of a table, the split if it has one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        mark = max(",;\t", key=file.readline().count)
        file.seek(0)
        rows = [row for row in csv.reader(file, delimiter=mark) if len(row) > 1]
    heads = [head.strip().lower() for head in rows[0]]
    places = [
        next((place for place, head in enumerate(heads) if head in words), -1)
        for words in HEADS.values()
    ]
    if min(places[:2]) < 0:
        places = [0, 1, 2]  # without heads
    files = []
    for row in rows:
        name, label, split = (
            row[place].strip() if 0 <= place < len(row) else "" for place in places
        )
        label = plain(label)
        if label in classes and (path.parent / name).is_file():
            files.append((name, label, SPLITS.get(split.lower(), "") if split else ""))
    if any(split for _, _, split in files):
        files = [(name, label, split or "train") for name, label, split in files]
    return files


def set_apart(
    files: Sequence[File], classes: Sequence[str]
) -> tuple[list[File], list[File]]:
    """Divide files into those to train and those to test with.

    Where no splits are given, a fifth of each class is drawn, always the same one.
    """
    splits = {split for _, _, split in files}
    if "train" in splits and splits & {"test", "validation"}:
        apart = "test" if "test" in splits else "validation"
        train = [file for file in files if file[2] not in ("", apart)]
        return train, [file for file in files if file[2] == apart]
    draw = np.random.default_rng(0)
    labels = np.array([classes.index(label) for _, label, _ in files])
    test = set()
    for label in np.unique(labels):
        members = draw.permutation((labels == label).nonzero()[0])
        count = max(1, round(0.2 * len(members))) if len(members) > 1 else 0
        test |= set(members[:count].tolist())
    return (
        [file for number, file in enumerate(files) if number not in test],
        [file for number, file in enumerate(files) if number in test],
    )


def read_pictures(
    files: Sequence[File],
    read: Callable[[str], bytes],
    classes: Sequence[str],
    shape: tuple[int, int, int],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Read files into pictures (N × C × H × W) and labels; skip damaged ones."""
    images, labels = [], []
    for name, label, _ in files:
        found = None
        with suppress(Exception):  # decoders raise anything on damaged files
            found = picture(read(name), shape)
        if found is None:
            print(f"{plain(name)} is skipped: it cannot be read as a picture")
            continue
        images.append(found)
        labels.append(classes.index(label))
    return torch.from_numpy(np.stack(images)), torch.tensor(labels)


def picture(content: bytes, shape: tuple[int, int, int]) -> np.ndarray:
    """Bring a picture file to a shape: upright, on white, cut to the middle, scaled."""
    channels, height, width = shape
    image: Image.Image = Image.open(io.BytesIO(content))
    image.draft(None, (2 * max(height, width), 2 * max(height, width)))
    image = ImageOps.exif_transpose(image)
    if image.mode == "F" or image.mode.startswith("I"):
        values = np.nan_to_num(np.asarray(image, dtype=np.float64)).clip(0)
        image = Image.fromarray((values / max(values.max(), 1) * 255).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB")
    if image.size != (width, height):
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    array = np.asarray(image).transpose(2, 0, 1)
    if channels == 1:
        gray = np.array([0.299, 0.587, 0.114], np.float32)
        array = np.tensordot(gray, array.astype(np.float32), 1)[None].round()
    return array.astype(np.uint8)
