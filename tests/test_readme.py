"""The two README say the same: sections, commands, pictures and links in one order."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")


def sections(text):
    return [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]


def links(text):
    """Where links and pictures lead to, without those between the two."""
    return [to for to in re.findall(r"\]\(([^)]+)\)", text) if not to.startswith("README")]


def blocks(text):
    return re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)


def words_of_code(text):
    """What stands between back ticks outside of blocks."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", plain))


@pytest.mark.parametrize("part", [sections, links, blocks])
def test_both_have_the_same(part):
    assert part(KOREAN) == part(ENGLISH)
    assert part(ENGLISH)


def test_what_the_english_one_names_the_korean_one_names():
    assert words_of_code(ENGLISH) <= words_of_code(KOREAN)


def test_each_leads_to_the_other():
    assert "](README.ko.md)" in ENGLISH
    assert "](README.md)" in KOREAN


def test_what_they_link_is_there():
    assert [to for to in links(ENGLISH) if not (ROOT / to).exists()] == []


def test_the_korean_one_is_korean():
    """Every paragraph outside of code has Korean words."""
    plain = re.sub(r"^```.*?^```", "", KOREAN, flags=re.MULTILINE | re.DOTALL)
    short = ("# blockml", "[English]")
    rest = [each for each in plain.split("\n\n") if each.strip() and not each.strip().startswith(short)]
    assert [each for each in rest if not re.search("[가-힣]", each)] == []
