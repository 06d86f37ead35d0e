"""Every sentence exists in both languages, with the same gaps, and none lies about unused."""

import ast
import re
from pathlib import Path

import pytest

import blockml
from blockml.texts import sentence, table

ROOT = Path(blockml.__file__).parent
JS = ROOT.parent / "js" / "src"


def flat(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


ENGLISH, KOREAN = (dict(flat(table(language))) for language in ("en", "ko"))
# The English of the recipe stands in its class, so that it is said once.
KOREAN_RECIPE = {key: value for key, value in KOREAN.items() if key.startswith("recipe.")}
KOREAN = {key: value for key, value in KOREAN.items() if key not in KOREAN_RECIPE}
PYTHON = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
SCRIPT = "\n".join(
    path.read_text(encoding="utf-8") for path in JS.rglob("*.ts*") if path.name != "protocol.ts"
)


def test_both_languages_have_the_same_sentences():
    assert sorted(ENGLISH) == sorted(KOREAN)


def test_both_languages_have_the_same_gaps():
    for key, text in ENGLISH.items():
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(re.findall(r"\{(\w+)\}", KOREAN[key])), key


def test_a_number_chooses_its_word():
    values = {"count": 1, "limit": 5, "fewest": "cat", "smallest": "1"}
    one = sentence("checks.few-pictures.about", "en", values)
    assert one.startswith("1 class has fewer")
    assert sentence("checks.few-pictures.about", "en", {**values, "count": "1,437"}).startswith(
        "1,437 classes have"
    )
    assert "{count|class has|classes have}" in sentence("checks.few-pictures.about", "en")


COUNTED = (
    "blocks channels classes connections copies epochs examples files filters hints labels pictures "
    "problems runs settings sizes weights"
).replace(" ", "|")
"""Words of which there can be one."""

ALWAYS_MANY = {
    "checks.balanced.about",
    "checks.channels-mixed.about",
    "checks.few-pictures.about",
    "learn.drop.sum_channels",
    "learn.join.sum",
    "problems.data-too-many-classes.message",
    "problems.data-too-many.message",
    "problems.duplicate-id.message",
    "problems.repeat-ports.message",
    "problems.repeat-shape.message",
    "problems.run-more.hint",
    "problems.too-few-examples.message",
}
"""Sentences whose number is never one."""


def test_english_never_says_1_pictures():
    for key, text in ENGLISH.items():
        assert key in ALWAYS_MANY or not re.search(rf"\{{\w+\}} (\w+ )?({COUNTED})\b", text), (key, text)


GLOSSARY = {
    "class": ("클래스", r"분류(?!하|기|해)"),
    "test": ("테스트", "시험"),
    "label": ("레이블", "라벨"),
    "recipe": ("학습 설정", "레시피"),
    "network": ("신경망", "네트워크"),
    "picture": ("그림", "이미지"),
    "training": ("학습", "훈련"),
    "epoch": ("에폭", "에포크"),
    "parameter": ("매개변수", "파라미터"),
    "problem": ("문제", "에러"),
    "layer": ("층", "레이어"),
    "kernel": ("커널", "커넬"),
    "canvas": ("캔버스", "캔바스"),
    "accuracy": ("정확도", "정밀도"),
    "loss": ("손실", "로스"),
    "folder": ("폴더", "디렉터리|디렉토리"),
    "to freeze": ("고정", "동결"),
    "port": ("단자", "포트"),
    "a run": ("학습", "실행이|실행을 [^누]|실행의"),
}
"""One Korean word for one thing: the word, and those that are not used for it."""


@pytest.mark.parametrize("word", GLOSSARY)
def test_one_thing_has_one_korean_word(word):
    chosen, others = GLOSSARY[word]
    pages = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "reference" / "ko").glob("*")}
    texts = {**KOREAN, **KOREAN_RECIPE, **dict(flat(table("blocks.ko"))), **pages}
    assert any(chosen in text for text in texts.values() if isinstance(text, str))
    assert [key for key, text in texts.items() if isinstance(text, str) and re.search(others, text)] == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_card_says_its_shape_in_other_words_than_a_setting(language):
    korean = table("blocks.ko")
    titles = {
        korean[name]["params"][param]["title"] if language == "ko" else field.title
        for name, block in blockml.catalogue().items()
        for param, field in block.model_fields.items()
        if param in korean[name]["params"]
    }
    said = sentence("ui.access.card.output", language).replace("{shape}", "").strip()
    # Heard one after the other, "outputs 120, output 120" would be one thing said twice.
    assert said.rstrip("s") not in {title.rstrip("s") for title in titles}


def test_korean_is_korean_and_english_is_not():
    # A name, and a button that speaks to those who do not read Korean.
    names = ("LeNet-5", "MNIST", "Fashion-MNIST", "CIFAR-10", "SVHN", "EMNIST", KOREAN["ui.top.language"])
    for key, text in KOREAN.items():
        plain = re.sub(r"\{\w+\}", "", text)
        assert re.search("[가-힣]", plain) or text in names or not re.search("[A-Za-z]{3}", plain), (
            key,
            text,
        )
        assert key == "ui.top.language" or not re.search("[가-힣]", ENGLISH[key]), key


def test_no_particle_stands_right_behind_a_value():
    # Which one is right depends on the last sound of the value; a word between them knows its own.
    for key, text in {**KOREAN, **KOREAN_RECIPE}.items():
        assert not re.search(r"\}(은|는|이|가|을|를|와|과|로|으로)(?![가-힣(])", text), (key, text)
        assert not re.search(r"\}(은\(는\)|이\(가\)|을\(를\)|\(으\)로|\(?이\)?라는)", text), (key, text)


def test_a_particle_is_never_parted_from_its_word():
    for key, text in {**KOREAN, **KOREAN_RECIPE}.items():
        assert not re.search(r"\} (은|는|이|가|을|를|와|과|로|보다|까지|입니다|이?라는)\b", text), (key, text)


def test_a_share_is_written_as_the_page_computes_it():
    pages = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("reference/*/*.md")}
    for key, text in [*ENGLISH.items(), *KOREAN.items(), *pages.items()]:
        assert not re.search(r"[0-9}] %", text), (key, text)


def test_every_problem_in_the_source_has_its_sentences():
    used = set(re.findall(r'(?:Error\.of|ShapeProblem|found\.add|_problem)\(\s*"([a-z-]+)"', PYTHON))
    used |= set(re.findall(r'code="([a-z-]+)"', PYTHON)) | set(re.findall(r'code: "([a-z-]+)"', SCRIPT))
    used |= {"no-input", "no-output", "several-inputs", "several-outputs"}
    known = set(table("en")["problems"])
    assert used - known == set()
    assert known - used == set(), "sentences that nobody says"


def test_every_repair_in_the_source_has_its_label():
    used = set(re.findall(r'kind="([a-z-]+)"', PYTHON)) | {"insert"}
    used &= set(table("en")["fixes"]) | {kind for kind in used if "-" in kind}
    used -= {"blockml-request", "blockml-answer"}
    assert used == set(table("en")["fixes"])


def test_a_value_with_braces_stays_text():
    text = sentence("problems.unknown-block.message", "en", {"block": "{near}", "near": "secret"})
    assert text == "There is no block named {near}."


def test_a_missing_sentence_shows_its_key():
    assert sentence("problems.nothing.message") == "problems.nothing.message"


FOR_PROGRAMMERS = {
    "blocks/base.py": "a class of a block that is not one: the traceback is for who wrote it",
    "codegen/literals.py": "a mistake of ours",
    "loop/files.py": "copied into the script, which says nothing of a canvas",
    "loop/optimizer.py": "copied into the script, which says nothing of a canvas",
    "loop/rate.py": "copied into the script, which says nothing of a canvas",
    "training/checkpoint.py": "what is wrong in a damaged file; the sentence around it is in the catalogue",
    "training/queue.py": "caught where the queue is used",
    "training/tickets.py": "caught where the queue is used",
}
"""Files that raise errors with English text of their own, and why nobody reads it on a canvas."""


def spoken(path):
    """Sentences that a file raises without the catalogue."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            continue
        for value in node.exc.args:
            text = value.value if isinstance(value, ast.Constant) else ""
            if isinstance(value, ast.JoinedStr):
                text = " ".join(str(each.value) for each in value.values if isinstance(each, ast.Constant))
            if isinstance(text, str) and " " in text.strip():
                yield text


def test_what_people_read_is_raised_from_the_catalogue():
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if any(spoken(path))}
    assert found == set(FOR_PROGRAMMERS)
