"""What a block says that it takes, so that the canvas offers only blocks that fit."""

import pytest

import blockml as bm
from blockml.blocks.describe import entry
from blockml.texts import table

HANGUL = range(ord("가"), ord("힣") + 1)


def fits(name):
    return {fit.takes: (fit.gives, fit.least) for fit in entry(bm.catalogue()[name]).fits}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Conv2d", {3: (3, 1)}),
        ("MaxPool2d", {3: (3, 2)}),
        ("Flatten", {3: (1, 1), 1: (1, 1)}),
        ("Linear", {1: (1, 1)}),
        ("ReLU", {3: (3, 1), 1: (1, 1)}),
        ("Add", {3: (3, 1), 1: (1, 1)}),
        ("Output", {1: (1, 1)}),
    ],
)
def test_blocks_say_what_they_take(name, expected):
    assert fits(name) == expected


def stands_in_a_chain(block):
    return block.family not in {"data", "group"} and not any(port.many for port in block.inputs)


@pytest.mark.parametrize("name", sorted(n for n, block in bm.catalogue().items() if stands_in_a_chain(block)))
def test_what_fits_gives_no_error_there(name):
    """A block behind an image or a vector that it says it takes has no error of its own."""
    for takes in fits(name):
        before = [] if takes == 3 else ["Flatten"]
        exp = bm.experiment([*before, name], data="digits")
        own = [node.id for node in exp.graph.nodes if node.block == name]
        errors = [each for each in bm.analyse(exp).diagnostics if each.severity == "error"]
        assert not [each for each in errors if each.node in own[-1:]], (name, takes, errors)


@pytest.mark.parametrize("error", [KeyError, RecursionError, AssertionError])
def test_a_block_that_fails_fits_nothing(error):
    class Broken(bm.Block):
        """Fails."""

        family = "activation"
        stem = "broken"

        def infer(self, shapes):
            raise error(shapes)

    try:
        assert entry(Broken).fits == ()
    finally:
        from blockml.blocks import base

        del base._catalogue["Broken"]


LOOKED_FOR = {
    "컨볼루션": "Conv2d",
    "사진": "Input",
    "흐리게": "AvgPool2d",
    "외우기": "Dropout",
    "과적합": "Dropout2d",
    "작게": "MaxPool2d",
    "줄이기": "MaxPool2d",
    "눈": "Conv2d",
    "색": "Input",
    "평균": "AvgPool2d",
    "정규화": "BatchNorm2d",
    "overfitting": "Dropout",
    "sharpen": "Conv2d",
    "blur": "AvgPool2d",
    "edge": "Conv2d",
    "photo": "Input",
    "normalise": "BatchNorm2d",
    "normalize": "BatchNorm2d",
    "regularize": "Dropout",
    "memorize": "Dropout",
    "shrink": "MaxPool2d",
    "smaller": "MaxPool2d",
    "average": "AvgPool2d",
    "grey": "Input",
}
"""What beginners look for in either language, and a block that they find; the page looks in both."""


@pytest.mark.parametrize("word", LOOKED_FOR)
def test_words_of_beginners_find_a_block(word):
    assert word in entry(bm.catalogue()[LOOKED_FOR[word]]).keywords


def test_words_of_beginners_are_those_of_blocks():
    assert set(table("search")) <= set(bm.catalogue())


@pytest.mark.parametrize("name", sorted(bm.catalogue()))
def test_korean_words_find_every_block(name):
    described = entry(bm.catalogue()[name])
    words = " ".join((*described.keywords, described.summary.ko))
    assert any(ord(sign) in HANGUL for sign in words)
