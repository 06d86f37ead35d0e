"""The command line, the lesson and the report."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from blockml.analysis import analyse
from blockml.chain import experiment
from blockml.cli import LESSONS, main
from blockml.errors import RunError
from blockml.recipe import Recipe
from blockml.report import report
from blockml.texts import table
from blockml.training import Run, train

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def short(name="short"):
    return experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=2), name=name)


def test_train_export_and_report(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = short().save(tmp_path / "short.blockml")
    assert main(["train", str(file), "--folder", "run"]) == 0
    assert "test accuracy" in capsys.readouterr().out
    assert main(["export", str(file)]) == 0
    assert (tmp_path / "short.py").read_text(encoding="utf-8").startswith('"""')
    assert main(["export", str(file), "-o", "other.py"]) == 0
    assert "Run it with: python other.py\n" in (tmp_path / "other.py").read_text(encoding="utf-8")
    assert main(["report", "run", "-o", "r.html", "--language", "ko"]) == 0
    assert 'lang="ko"' in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_run_that_has_finished_goes_on_for_further_epochs(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    file = short().save(tmp_path / "short.blockml")
    assert main(["train", str(file), "--folder", "run", "--epochs", "1"]) == 0
    assert "epoch 1/1" in capsys.readouterr().out
    assert main(["train", "--resume", "run"]) == 1
    assert "--epochs 5" in capsys.readouterr().err
    assert main(["train", "--resume", "run", "--epochs", "2"]) == 0
    assert "epoch 3/3" in capsys.readouterr().out
    assert main(["train", "--resume", "run", "--epochs", "0"]) == 1
    assert "not a number of epochs" in capsys.readouterr().err


def test_mistakes_are_one_sentence(tmp_path, capsys, monkeypatch):
    file = short().save(tmp_path / "short.blockml")
    monkeypatch.setenv("LANGUAGE", "en")
    for arguments in (
        ["train", str(tmp_path / "nothing.blockml")],
        ["train", "--resume", str(tmp_path / "nothing")],
        ["export", str(file), "-o", str(tmp_path / "nowhere" / "y.py")],
    ):
        assert main(arguments) == 1
        error = capsys.readouterr().err
        assert error.startswith("blockml: ")
        assert arguments[-1] in error
        assert "Traceback" not in error


def test_a_terminal_obeys_no_name_of_a_stranger(tmp_path, capsys):
    drawn = short()
    first = drawn.graph.nodes[0].model_copy(update={"id": "\x1b]0;x\x07", "block": "No\x9bpe"})
    nodes = (first, *drawn.graph.nodes[1:])
    strange = drawn.model_copy(update={"graph": drawn.graph.model_copy(update={"nodes": nodes})})
    assert main(["export", str(strange.save(tmp_path / "strange.blockml"))]) == 1
    for said in (capsys.readouterr().err, str(analyse(strange))):
        assert "\\x1b]0;x\\x07" in said
        assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_without_a_command_it_says_which_there_are(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(f"\n    {each} " in said for each in ("lab", "demo", "train", "export", "report"))


def test_commands_speak_korean(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "ko")
    file = short().save(tmp_path / "short.blockml")
    assert main(["export", str(file)]) == 0
    assert "쓴 파일" in capsys.readouterr().out
    assert main(["train", str(tmp_path / "nothing.blockml")]) == 1
    assert re.search("[가-힣]", capsys.readouterr().err)
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "첫 수업" in capsys.readouterr().out


def test_an_interrupted_training_stops_is_kept_and_goes_on(tmp_path):
    """Ctrl-C, and the stop button of a notebook: the training ends, and nothing of it is lost."""
    drawn = experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=80), name="long")
    file, folder = drawn.save(tmp_path / "long.blockml"), tmp_path / "run"
    command = [sys.executable, "-m", "blockml", "train"]
    going = subprocess.Popen(
        [*command, str(file), "--folder", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        # What a shell starts in the background, such as these tests, ignores the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one call
    )
    assert going.stdout.readline().startswith("epoch 1/80")
    going.send_signal(signal.SIGINT)
    rest, _ = going.communicate(timeout=60)
    assert going.returncode == 130, rest
    assert f"--resume {folder}" in rest
    stopped = Run.open(folder)
    assert stopped.status == "stopped"
    done = len(stopped.history)
    assert 1 <= done < 80
    again = subprocess.run([*command, "--resume", str(folder)], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"epoch {done + 1}/80")
    assert [record.epoch for record in Run.open(folder).history] == list(range(1, 81))


@pytest.mark.parametrize("language", LESSONS)
def test_the_demo_reaches_its_goal_and_leaves_a_report(language, tmp_path, monkeypatch):
    """Acceptance: the quickstart, headless."""
    monkeypatch.setenv("LANGUAGE", language)
    done = subprocess.run(
        [sys.executable, "-m", "blockml", "demo", "--out", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "encryption" not in done.stderr
    share = float(re.search(r"(?:test accuracy|테스트 정확도) (\d+\.\d+)", done.stdout)[1])
    assert share >= 0.97
    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert names >= {"report.html", "first_network.py", "first_network.blockml", LESSONS[language]}


@pytest.mark.parametrize("language", LESSONS)
def test_lab_opens_the_lesson_of_the_language_and_brings_all(language, tmp_path, monkeypatch):
    opened = []

    def run(command, **_):
        opened.append(Path(command[-1]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("blockml.cli.subprocess.run", run)
    monkeypatch.setenv("LANGUAGE", language)
    worked = tmp_path / "class" / LESSONS[language]
    worked.parent.mkdir()
    worked.write_text("worked in", encoding="utf-8")
    assert main(["lab", "--folder", str(tmp_path / "class")]) == 0
    assert opened == [worked]
    assert worked.read_text(encoding="utf-8") == "worked in"
    assert {path.name for path in worked.parent.iterdir()} == set(LESSONS.values())


def lesson(language):
    cells = json.loads((ROOT / "notebooks" / LESSONS[language]).read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def test_the_lesson_is_the_same_in_both_languages():
    english, korean = lesson("en"), lesson("ko")
    assert [kind for kind, _ in english] == [kind for kind, _ in korean]
    for (kind, one), (_, other) in zip(english, korean, strict=True):
        if kind == "code":
            assert other.replace('canvas.language = "ko"\n', "") == one
        else:
            assert re.search("[가-힣]", other)
            assert one.count("**") == other.count("**")
    assert 'canvas.language = "ko"' in korean[1][1]
    assert f"]({LESSONS['ko']})" in english[0][1]
    assert f"]({LESSONS['en']})" in korean[0][1]


def test_the_korean_lesson_names_what_stands_on_the_canvas():
    words = set(re.findall(r"\*\*(.+?)\*\*", " ".join(text for _, text in lesson("ko"))))
    ui = table("ko")["ui"]
    assert words == {"Shift + Enter", "?", ui["run"]["run"], ui["panel"]["code"], ui["panel"]["train"]}


def test_the_report_is_one_page_that_needs_nothing_and_escapes_names(tmp_path):
    run = train(short("<script>alert(1)</script>"), tmp_path / "run")
    made = report(Run.open(run.folder))
    assert list(made.figures) == ["curves", "confusion_matrix", "per_class"]
    page = made.save(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="http', page)
    assert page.count("plotly.js v") == 1
    for language in ("en", "ko"):
        assert "report." not in re.sub(
            r"<script.*?</script>", "", report(run, language=language).html(), flags=re.DOTALL
        )


def test_there_is_no_report_before_the_first_epoch(tmp_path):
    run = Run(short(), tmp_path)
    with pytest.raises(RunError, match="No epoch"):
        report(run)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lessons_are_stored_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    assert len(code) <= 4


def test_importing_blockml_is_light():
    """Every Jupyter server imports it; torch and widgets must not come along."""
    code = (
        "import sys, blockml, blockml.server; heavy = {'torch', 'torchvision', 'plotly', 'anywidget', "
        "'ipywidgets', 'sklearn', 'numpy', 'pydantic'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_core_needs_no_torch():
    code = (
        "import sys, blockml as bm; e = bm.template('lenet5'); bm.analyse(e); bm.to_python(e); "
        "bm.catalogue(); assert not {'torch', 'plotly', 'anywidget', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_win_over_submodules():
    import blockml
    import blockml.build
    import blockml.experiment
    import blockml.report

    for name in blockml.__all__:
        assert type(getattr(blockml, name)).__name__ != "module", name
    with pytest.raises(AttributeError, match="nothing"):
        _ = blockml.nothing
