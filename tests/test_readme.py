"""The pages in two languages say the same, and what they say can be done."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blockml.blocks import Call, base, catalogue
from blockml.data import load_data

ROOT = Path(__file__).parent.parent
PAIRS = [
    ("README.md", "README.ko.md"),
    ("docs/templates.md", "docs/templates.ko.md"),
    ("docs/figures.md", "docs/figures.ko.md"),
]
pairs = pytest.mark.parametrize(("english", "korean"), PAIRS)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def sections(text):
    return [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]


def links(text):
    """Where links and pictures lead to, whichever language the page there has."""
    return [to.replace(".ko.md", ".md") for to in re.findall(r"\]\(([^)]+)\)", text)]


def blocks(text):
    return re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)


def figures(text):
    """Numbers of the rows of tables."""
    return [re.findall(r"\d[\d.,]*\d|\d", row) for row in re.findall(r"^\|.*$", text, re.MULTILINE)]


def words_of_code(text):
    """What stands between back ticks outside of blocks."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", plain))


@pairs
@pytest.mark.parametrize("part", [sections, links, blocks])
def test_both_have_the_same(english, korean, part):
    assert part(read(korean)) == part(read(english))


@pairs
def test_tables_have_the_same_figures(english, korean):
    for one, other in zip(figures(read(english)), figures(read(korean)), strict=True):
        assert sorted(one) == sorted(other)


@pairs
def test_what_the_english_one_names_the_korean_one_names(english, korean):
    assert words_of_code(read(english)) <= words_of_code(read(korean))


@pairs
def test_each_leads_to_the_other(english, korean):
    assert f"]({Path(korean).name})" in read(english)
    assert f"]({Path(english).name})" in read(korean)


@pairs
def test_what_they_link_is_there(english, korean):
    for page in (english, korean):
        found = [to for to in re.findall(r"\]\(([^)]+)\)", read(page)) if "://" not in to]
        assert [to for to in found if not (ROOT / page).parent.joinpath(to).exists()] == []


@pairs
def test_the_korean_one_is_korean(english, korean):
    """Every paragraph outside of code has Korean words."""
    plain = re.sub(r"^```.*?^```", "", read(korean), flags=re.MULTILINE | re.DOTALL)
    short = ("# blockml", "[English]")
    rest = [each for each in plain.split("\n\n") if each.strip() and not each.strip().startswith(short)]
    assert [each for each in rest if not re.search("[가-힣]", each)] == []


def python_of(path):
    return re.findall(r"^```python\n(.*?)^```", read(path), re.MULTILINE | re.DOTALL)


def test_what_the_readme_shows_runs(prepared, tmp_path):
    """Every Python block of the README, one after the other, as a person would run them."""
    draw = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "my_pictures" / name).mkdir(parents=True)
        for number in range(12):
            picture = Image.fromarray(draw.integers(0, 256, (24, 24, 3), dtype=np.uint8))
            picture.save(tmp_path / "my_pictures" / name / f"{number}.png")
    digits = load_data("digits").train.images
    Image.fromarray(digits[0, 0].numpy()).save(tmp_path / "my_digit.png")
    space = {}
    for text in python_of("README.md"):
        exec(compile(text, "README.md", "exec"), space)
    assert space["canvas"].run.metrics["test_accuracy"] > 0.95
    assert len(space["run"].history) == 15
    assert (tmp_path / "data.html").is_file()
    assert space["exp"].data.name == "cifar10"


def test_the_block_of_the_guide_is_a_block():
    source = next(text for text in python_of("CONTRIBUTING.md") if "class Threshold" in text)
    space = {"__name__": "guide", "Call": Call, "_Activation": catalogue()["ReLU"].__mro__[1]}
    try:
        head = "from typing import ClassVar\nfrom pydantic import Field\n"
        exec(compile(head + source, "CONTRIBUTING.md", "exec"), space)
        made = catalogue()["Threshold"](threshold=0.5)
        assert made.infer(((3, 4, 4),)) == (3, 4, 4)
        assert made.call(((3,),)) == Call("nn.Threshold", (0.5, 0.0))
    finally:
        base._catalogue.pop("Threshold", None)
