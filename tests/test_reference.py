"""The reference: every page is whole, in both languages, and true."""

import ast
import inspect
import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest
import torch
from pydantic import Field
from torch import nn

import blockml as bm
from blockml.blocks import base, catalogue
from blockml.protocol import Page
from blockml.reference.markdown import SECTIONS
from blockml.texts import sentence, table
from blockml.widget.requests import HANDLERS

NAMES = sorted(catalogue())
LANGUAGES = ("en", "ko")
FOLDER = files("blockml").joinpath("reference")
ALLOWED = (
    "https://docs.pytorch.org/docs/stable/generated/",
    "https://arxiv.org/abs/",
    "https://proceedings.mlr.press/",
)


def text_of(name, language):
    return FOLDER.joinpath(language, f"{name}.md").read_text(encoding="utf-8")


def page(name, language="en"):
    return bm.docs(name, language=language).page


def pieces(name, language, section):
    found = {each.name: each.pieces for each in page(name, language).sections}.get(section)
    assert found, f"write the section {section!r} of blockml/reference/{language}/{name}.md"
    return found


def said(piece):
    return "".join(span.text for span in piece.spans)


def codes(name, language, section):
    return [said(piece) for piece in pieces(name, language, section) if piece.kind == "code"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_page_for_every_block_and_no_other(language):
    found = sorted(path.name.removesuffix(".md") for path in FOLDER.joinpath(language).iterdir())
    assert found == NAMES, f"write, or remove, in blockml/reference/{language}: {set(found) ^ set(NAMES)}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_all_sections_and_nothing_but_text(name, language):
    text = text_of(name, language)
    assert text.startswith(f"# {name}\n\n## ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        sentence(f"reference.{section}", language) for section in SECTIONS
    ]
    found = page(name, language)
    assert [section.name for section in found.sections] == list(SECTIONS)
    assert all(section.pieces for section in found.sections)
    assert not re.search(r"<\s*[a-zA-Z/!]|&\w+;|\t", text)
    # Whatever the reader of Markdown did not take up would stand there as a riddle.
    rest = "".join(
        said(piece) for section in found.sections for piece in section.pieces if piece.kind != "code"
    )
    assert not re.search(r"[`*#]|\]\(|\{\w+\}", rest), rest
    for line in text.splitlines():
        assert line == line.rstrip(), line


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name):
    english, korean = page(name), page(name, "ko")
    for one, other in zip(english.sections, korean.sections, strict=True):
        assert [piece.kind for piece in one.pieces] == [piece.kind for piece in other.pieces], one.name
        refer = [[s.text for p in each.pieces for s in p.spans if s.kind != "text"] for each in (one, other)]
        assert sorted(refer[0]) == sorted(refer[1]), one.name
    for section in ("example", "shape"):
        assert codes(name, "en", section) == codes(name, "ko", section)
    for section in korean.sections:
        if section.name in ("formula", "shape", "links"):
            continue
        for piece in section.pieces:
            assert piece.kind == "code" or re.search("[가-힣]", said(piece)), said(piece)
    assert not re.search("[가-힣]", text_of(name, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_what_a_block_does_is_said_in_two_to_four_sentences(name, language):
    (paragraph,) = pieces(name, language, "what")
    assert 2 <= len(re.findall(r"[.?!]”?(?=\s|$)", said(paragraph))) <= 4, said(paragraph)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    shown = [span for piece in pieces(name, "en", "links") for span in piece.spans]
    links = [span for span in shown if span.kind == "link"]
    assert links
    for span in links:
        assert span.href.startswith(ALLOWED)
        if not span.text.startswith("torch."):
            continue
        assert span.href == f"{ALLOWED[0]}{span.text}.html"
        found = torch
        for part in span.text.split(".")[1:]:
            found = getattr(found, part)
        assert callable(found)
    near = [span.text for span in shown if span.kind == "code"]
    assert near
    assert set(near) <= set(NAMES) - {name}


def settings(text):
    """The parameters of a call such as ``Conv2d(kernel_size=3)``."""
    call = ast.parse(text, mode="eval").body
    values = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return call.func.id, {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}


def shape(text):
    return tuple(int(side.replace(",", "")) for side in text.split(" × "))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Group"])
def test_every_shape_is_true(name):
    lines = [said(piece) for piece in pieces(name, "en", "shape") if piece.kind == "item"]
    assert lines
    for line in lines:
        call, sizes = line.split(": ", 1)
        block, params = settings(call)
        assert block == name
        before, after = sizes.split(" → ")
        assert catalogue()[name](**params).infer([shape(each) for each in before.split(" + ")]) == shape(
            after
        )


def matrices(text):
    """The call of an example, and its values: ``x: 1 2`` with further rows below."""
    first, *lines = text.splitlines()
    found = []
    for line in lines:
        head, _, row = line.rpartition(":")
        if head:
            found.append((head, []))
        found[-1][1].append([float(value) for value in row.split()])
    digits = max((len(v.partition(".")[2]) for v in re.findall(r"-?\d+\.\d+", text)), default=0)
    return settings(first), found, digits


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Group"])
def test_every_example_is_what_torch_computes(name):
    (text,) = codes(name, "en", "example")
    (block, params), found, digits = matrices(text)
    assert block == name
    is_image = any(len(rows) > 1 for key, rows in found if key in "xy") and name != "Linear"
    inputs = [torch.tensor(rows) for key, rows in found if key == "x"]
    inputs = [each[None, None] if is_image else each for each in inputs]
    expected = torch.tensor(next(rows for key, rows in found if key == "y"))
    made = catalogue()[name](**params)
    call = made.call([tuple(each.shape[1:]) for each in inputs])
    if isinstance(call, base.Expr):
        names = {f"t{at}": each for at, each in enumerate(inputs)}
        signs = {"plus": " + ".join(names), "times": " * ".join(names)}
        text = call.template.format(inputs=", ".join(names), **signs)
        got = eval(text, {"torch": torch, **names})
    else:
        module = getattr(nn, call.name.removeprefix("nn."))(*call.args, **(call.kwargs or {}))
        weights = {key: torch.tensor(rows) for key, rows in found if key in "wb"}
        if "w" in weights:
            module.weight.data = weights["w"].reshape(module.weight.shape)
            module.bias.data = weights["b"].reshape(module.bias.shape)
        got = module(inputs[0]).detach()
        if name.startswith("Dropout"):
            # The draw is random: each number is either off or enlarged.
            kept = inputs[0].reshape(expected.shape) / (1 - made.p)
            assert torch.all((expected == 0) | (expected == kept))
            return
    assert torch.allclose(got.reshape(expected.shape), expected, atol=0.51 * 10**-digits, rtol=0), got


QUOTED = re.compile("“([^”]+)”")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_quoted_problems_are_those_that_blockml_has(name, language):
    problems = table(language)["problems"]
    patterns = {
        code: re.compile(re.sub(r"\\\{\w+(?:\\\|.*?)?\\\}", ".+?", re.escape(texts["message"])))
        for code, texts in problems.items()
    }
    quoted = set()
    for piece in pieces(name, language, "mistakes"):
        for text in QUOTED.findall(said(piece)):
            codes = {code for code, pattern in patterns.items() if pattern.fullmatch(text)}
            assert codes, text
            quoted |= codes
    errors = inspect.cleandoc(catalogue()[name].__doc__).partition("Errors:")[2].partition("Source:")[0]
    named = set(re.findall(r"[a-z]+(?:-[a-z]+)+", errors)) & set(problems)
    assert named <= quoted


def test_it_shows_itself_in_a_notebook_and_in_a_terminal():
    found = bm.docs("Conv2d", language="en")
    markdown, text = found._repr_markdown_(), repr(found)
    for shown in (markdown, text):
        assert "filters" in shown
        assert "out_channels" in shown
        assert "1 × 28 × 28 → 32 × 26 × 26" in shown
    assert "## Settings" in markdown
    assert "](<https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html>)" in markdown
    assert max(map(len, text.splitlines())) <= 88
    assert "창 크기" in repr(bm.docs("conv2d", language="ko"))
    assert bm.docs(catalogue()["Conv2d"], language="en") == found


def test_it_lists_all_blocks_by_family():
    for shown in (repr(bm.docs(language="en")), bm.docs(language="ko")._repr_markdown_()):
        for name in NAMES:
            assert name in shown
    assert repr(bm.docs(language="ko")).startswith("합성곱")


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("Conv3d", "Conv2d"), ("maxpool", "MaxPool2d"), ("합성곱", "Conv2d"), ("dense", "Linear")],
)
def test_an_unknown_name_is_answered_with_the_nearest(wanted, near):
    with pytest.raises(LookupError, match=f"Did you mean .*{near}"):
        bm.docs(wanted)


def test_a_name_like_no_other_and_a_language_like_no_other():
    with pytest.raises(bm.BlockmlError, match="There is nothing about qqqq"):
        bm.docs("qqqq")
    with pytest.raises(bm.BlockmlError, match="does not speak fr"):
        bm.docs("Conv2d", language="fr")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR", "LC_ALL": "C"}, "en"),
        ({"LANG": "de"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(monkeypatch, variables, language):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert bm.docs("ReLU").page.language == language


@pytest.fixture
def teacher(monkeypatch):
    monkeypatch.setattr(base, "_catalogue", dict(base._catalogue))

    class Hue(bm.Block):
        """Turns the colours <img src=x onerror=alert(1)> by an *angle*.

        A second paragraph with `code` and $x$.

        Shape:
            x: (3, H, W) -> y: the same.

        Errors:
            None.

        Source:
            The lesson of Monday.
        """

        family = "activation"
        stem = "hue"
        angle: float = Field(0.5, ge=0, le=1, title="angle", description="How far <b>round</b>.")

    return Hue


def test_a_block_of_a_teacher_gets_a_page_from_its_docstring(teacher):
    found = bm.docs("Hue", language="en")
    assert [section.name for section in found.page.sections] == ["what", "shape", "links"]
    assert "second paragraph" in repr(found)
    assert "How far" in repr(found)
    markdown = found._repr_markdown_()
    assert r"\<img src=x onerror=alert(1)\>" in markdown
    assert r"\*angle\*" in markdown
    assert r"How far \<b\>round\</b\>" in markdown
    assert r"\$x\$" in markdown
    assert bm.docs("Hue", language="ko").page.sections[0].title == "하는 일"


def test_the_canvas_gets_a_page_as_data(teacher):
    answer = HANDLERS["docs"](None, {"block": "Conv2d", "language": "ko"}, ())
    assert Page.model_validate(json.loads(json.dumps(answer))) == page("Conv2d", "ko")
    assert HANDLERS["docs"](None, {"block": "Hue", "language": "en"}, ())["block"] == "Hue"
    for payload in ({}, {"block": "x" * 10_000, "language": "en"}, {"block": "Conv2d", "language": "<b>"}):
        with pytest.raises(bm.BlockmlError):
            HANDLERS["docs"](None, payload, ())


def test_pages_need_no_torch():
    code = "import sys, blockml; repr(blockml.docs('Conv2d')); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_picture_that_a_block_names_is_drawn():
    source = FOLDER.joinpath("..", "..", "js", "src", "learn")
    drawn = set(re.findall(r'case "(\w+)":', source.joinpath("Picture.tsx").read_text(encoding="utf-8")))
    curves = set(re.findall(r'kind === "(\w+)"', source.joinpath("curves.ts").read_text(encoding="utf-8")))
    for name, block in catalogue().items():
        kind, _, which = block.picture.partition("-")
        assert kind in drawn or not kind, f"{name}: Picture.tsx draws no {kind!r}; a block may go without"
        assert kind != "curve" or which in curves, f"{name}: curves.ts has no {which!r}; it is one line"
    shown = {block.family for block in catalogue().values() if block.picture}
    assert {block.family for block in catalogue().values()} - shown == {"group"}
