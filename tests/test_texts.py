"""Every sentence exists in both languages, with the same gaps, and none lies about unused."""

import re
from pathlib import Path

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
KOREAN = {key: value for key, value in KOREAN.items() if not key.startswith("recipe.")}
PYTHON = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
SCRIPT = "\n".join(
    path.read_text(encoding="utf-8") for path in JS.rglob("*.ts*") if path.name != "protocol.ts"
)


def test_both_languages_have_the_same_sentences():
    assert sorted(ENGLISH) == sorted(KOREAN)


def test_both_languages_have_the_same_gaps():
    for key, text in ENGLISH.items():
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(re.findall(r"\{(\w+)\}", KOREAN[key])), key


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
    for key, text in KOREAN.items():
        assert not re.search(r"\}(은|는|이|가|을|를|와|과|로|으로)(?![가-힣(])", text), (key, text)


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
