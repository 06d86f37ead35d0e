"""The folder of a run may come from anybody: what stands in it is data, and damage is told."""

import json
import math
import os
import shutil
import time
from pathlib import Path

import filelock
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save, save_file

from blockml import locks
from blockml.chain import experiment
from blockml.errors import RunError
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import Run, checkpoint, events, folder, train
from blockml.training.engine import Engine
from blockml.training.plan import possible
from blockml.widget.requests import _entry

DEEP = "[" * 90_000
EPOCH = {"train_loss": 0, "train_accuracy": 0, "test_loss": 0, "test_accuracy": 0, "seconds": 1}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "finished"
    train(made(), place)
    return place


@pytest.fixture
def place(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


def made(**recipe):
    chain = ["Flatten", ("Linear", {"out_features": 10})]
    return experiment(chain, recipe=Recipe(epochs=2, examples=100, precision="fp32", **recipe), name="handed")


def figures(place):
    """What the page is told; JSON has no word for what is no number."""
    opened = Run.open(place)
    assert _entry(place) is not None
    return json.loads(json.dumps(opened.state().model_dump(mode="json"), allow_nan=False))


@pytest.mark.parametrize(
    "line",
    [
        DEEP,
        '{"event": "stopped", "time": 0, "more": ' + DEEP,
        json.dumps({"event": "epoch", "time": 0, "epoch": 3, **EPOCH, "test_loss": math.nan}),
        json.dumps({"event": "epoch", "time": 0, "epoch": 3, **EPOCH}).replace(
            '"seconds": 1', '"seconds": 1e999'
        ),
        json.dumps({"event": "point", "time": 0, "at": 1, "loss": math.nan, "accuracy": 0}),
        json.dumps({"event": "more", "time": 0, "phases": [math.inf]}),
        json.dumps({"event": "more", "time": 0, "phases": [2, -7]}),
        json.dumps({"event": "more", "time": 0, "phases": [0]}),
        json.dumps({"event": "more", "time": 0, "phases": [1e300, 5]}),
        json.dumps({"event": "more", "time": 0, "phases": [True, 10**21]}),
    ],
)
def test_events_that_cannot_be_are_passed_over(line, place):
    before = figures(place)
    with (place / events.NAME).open("a") as file:
        file.write(line + "\n")
    assert figures(place) == before


@pytest.mark.parametrize(
    "change",
    [
        {"test_accuracy": "<b>"},
        {"test_accuracy": math.nan},
        {"confusion_matrix": [[1]]},
        {"classes": 5},
        {"per_class_accuracy": []},
        {"plan": {"mode": "wish"}},
    ],
)
def test_a_result_of_another_form_counts_as_none(change, place):
    known = json.loads((place / folder.RESULT).read_text())
    assert folder.read_result(place) == known
    (place / folder.RESULT).write_text(json.dumps(known | change))
    assert folder.read_result(place) is None
    assert figures(place)["status"] == "interrupted"


def test_a_result_nested_too_deeply_counts_as_none(place):
    (place / folder.RESULT).write_text(DEEP)
    assert folder.read_result(place) is None


def rewritten(place, text=json.dumps, change=lambda _: None):
    path = place / checkpoint.NAME
    with safe_open(path, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        known = json.loads(file.metadata()["blockml"])
    change(tensors)
    path.write_bytes(save(tensors, metadata={"blockml": text(known)}))


@pytest.mark.parametrize(
    "text",
    [
        lambda _: DEEP,
        lambda known: json.dumps(known | {"epoch": "two"}),
        lambda known: json.dumps(known | {"epoch": -1}),
        lambda known: json.dumps(known | {"step": -1}),
        lambda known: json.dumps(known | {"loss": None}),
        lambda known: json.dumps(known | {"loss": math.nan}),
        lambda known: json.dumps(known | {"step": 3, "seen": 0}),
        lambda known: json.dumps(known | {"epoch": 10**30}),
        lambda known: json.dumps(known | {"seen": 3, "right": 4}),
        lambda known: json.dumps(known | {"best_epoch": 3}),
        lambda known: json.dumps(known | {"seconds": -1}),
    ],
)
def test_a_position_that_cannot_be_is_told(text, place):
    rewritten(place, text)
    with pytest.raises(RunError) as caught:
        Run.open(place)
    problem = caught.value.diagnostics[0]
    assert problem.code == "checkpoint-unreadable"
    assert "validation error" not in problem.message


def wrong(name, value):
    return lambda tensors: tensors.update({name: value(tensors)})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensors: tensors.pop("model.linear1.bias"), "model.linear1.bias is missing"),
        (wrong("model.x", lambda _: torch.zeros(1)), "model.x belongs to no block"),
        (wrong("model.linear1.bias", lambda _: torch.zeros(3)), "model.linear1.bias is float32 (3,)"),
        (
            wrong("model.linear1.bias", lambda known: known["model.linear1.bias"] * 1j),
            "model.linear1.bias is complex64",
        ),
        (
            wrong("model.linear1.bias", lambda known: known["model.linear1.bias"] * math.nan),
            "model.linear1.bias holds what is no number",
        ),
        (wrong("best.linear1.bias", lambda _: torch.zeros(3)), "best.linear1.weight is missing"),
    ],
)
def test_weights_that_cannot_be_are_told_before_anything_is_trained_or_shown(change, reason, place):
    rewritten(place, change=change)
    with pytest.raises(RunError) as shown:
        Run.open(place).predict(torch.zeros(8, 8, dtype=torch.uint8).numpy())
    (place / folder.RESULT).unlink()
    with pytest.raises(RunError) as resumed:
        Run.open(place).resume()
    for caught in (shown, resumed):
        assert caught.value.diagnostics[0].code == "checkpoint-unreadable"
        assert reason in str(caught.value)


def test_a_position_behind_the_end_of_an_epoch_is_told(place):
    (place / folder.RESULT).unlink()
    rewritten(place, lambda known: json.dumps(known | {"step": 10**6, "seen": 10**6}))
    with pytest.raises(RunError, match="1000000 steps of an epoch of 4"):
        Run.open(place).resume()


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files here")


@needs_pipes
@pytest.mark.parametrize("name", [events.NAME, folder.RESULT, checkpoint.NAME, folder.EXPERIMENT, ".lock"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_pipe_or_a_device_in_a_folder_is_not_waited_for(name, make, place):
    (place / name).unlink(missing_ok=True)
    make(place / name)
    if name in (checkpoint.NAME, folder.EXPERIMENT):
        with pytest.raises(RunError, match=r"is no plain file|is no file, but a pipe or a device"):
            Run.open(place)
    else:
        assert Run.open(place).status in ("interrupted", "finished")


@pytest.mark.parametrize("name", [events.NAME, ".lock"])
def test_no_link_in_a_folder_is_followed_to_write(name, place, tmp_path, monkeypatch):
    class Old(filelock.FileLock):
        """As in filelock 3.13."""

        def acquire(self, *arguments, **named):
            Path(self.lock_file).write_text("")
            return super().acquire(*arguments, **named)

    monkeypatch.setattr(locks, "FileLock", Old)
    victim = tmp_path / "bashrc"
    victim.write_text("alias ll=ls\n")
    (place / name).unlink()
    (place / name).symlink_to(victim)
    with pytest.raises(RunError, match=f"{name} is no plain file"):
        Run.open(place).more(1)
    assert victim.read_text() == "alias ll=ls\n"


def test_a_result_without_end_is_not_read(place, monkeypatch):
    assert folder.read_result(place) is not None
    monkeypatch.setattr(folder, "MOST_BYTES", 100)
    assert folder.read_result(place) is None


@pytest.mark.parametrize("kind", ["link", "file", "model"])
def test_a_home_that_is_no_folder_is_told(kind, tmp_path, monkeypatch):
    home = tmp_path / "kept"
    if kind == "link":
        home.symlink_to(tmp_path / "nowhere")
    elif kind == "file":
        home.touch()
    else:
        home.mkdir()
        (home / "handed").touch()
    monkeypatch.setenv("BLOCKML_HOME", str(home))
    with pytest.raises(RunError) as caught:
        train(made())
    problem = caught.value.diagnostics[0]
    assert problem.code == "run-not-begun"
    assert problem.values["path"] == str(home / "handed")
    assert f"{home / 'handed' if kind == 'model' else home} is no folder" in problem.message
    assert "BLOCKML_HOME" in problem.hint
    assert "memory" not in str(problem)


@pytest.mark.parametrize("given", [None, "own/run"])
def test_a_start_that_fails_leaves_no_folder(given, tmp_path, monkeypatch):
    home = tmp_path / "kept"
    monkeypatch.setenv("BLOCKML_HOME", str(home))
    home.mkdir()

    def full(path, content):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_safely", full)
    with pytest.raises(RunError, match="No space left on device"):
        train(made(), None if given is None else home / given)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_folder_that_no_disk_can_name_is_told(name, tmp_path):
    with pytest.raises(RunError, match="did not begin"):
        train(made(), f"{tmp_path}/{name}")
    with pytest.raises(RunError, match="There is no run"):
        Run.open(f"{tmp_path}/{name}")


def test_a_run_is_found_in_the_folder_of_its_version(place):
    assert Run.open(place.parent).folder == place
    assert Run.open(place).folder == place


def test_a_run_in_a_folder_that_may_only_be_read_does_not_pass_for_training(place, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    (place / folder.RESULT).unlink()
    (place / ".lock").touch()
    monkeypatch.setattr(filelock.FileLock, "acquire", refused)
    assert Run.open(place).status == "interrupted"


def test_a_run_of_a_gpu_goes_on_without_one(place):
    plan = Plan(precision="fp32", channels_last=False, mode="cuda-graph", stream=True)
    events.append(place, "resumed", epoch=2, at=2.0, plan=plan.model_dump(mode="json"))
    opened = Run.open(place)
    assert opened.plan == plan
    opened._device = torch.device("cpu")
    opened.more(1)
    assert opened.status == "finished"
    assert opened.plan == possible(plan, torch.device("cpu")) == Plan()


def test_a_test_loss_that_is_no_number_is_told_as_such(tmp_path, monkeypatch):
    found = Engine._evaluate

    def broken(self, *arguments, **named):
        object.__setattr__(tested := found(self, *arguments, **named), "loss", math.inf)
        return tested

    monkeypatch.setattr(Engine, "_evaluate", broken)
    with pytest.raises(RunError) as caught:
        train(made(), tmp_path / "run")
    assert caught.value.diagnostics[0].code == "loss-not-finite"


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("optimizer.0.exp_avg"),
        lambda tensors: tensors.update({"optimizer.0.exp_avg": torch.zeros(1)}),
        lambda tensors: tensors.update({"optimizer.-1.exp_avg": torch.zeros(1)}),
        lambda tensors: tensors.update({"optimizer.99.exp_avg": torch.zeros(1)}),
        lambda tensors: tensors.update({"optimizer.0.strange": torch.zeros(1)}),
        lambda tensors: tensors["optimizer.0.exp_avg"].fill_(math.nan),
    ],
)
def test_a_strange_state_of_the_optimizer_is_told(change, tmp_path):
    drawn = experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=3))
    run = train(drawn, tmp_path / "run", wait=False, on_epoch=lambda _: run.stop(wait=False))
    while run.active:
        time.sleep(0.01)
    path = run.folder / checkpoint.NAME
    with safe_open(path, framework="pt") as file:
        tensors, about = {key: file.get_tensor(key) for key in file.keys()}, file.metadata()  # noqa: SIM118
    change(tensors)
    save_file(tensors, path, metadata=about)
    with pytest.raises(RunError, match="cannot be read"):
        Run.open(run.folder).resume()


def test_a_line_without_end_is_passed_over(tmp_path):
    path = tmp_path / events.NAME
    path.write_text(
        '{"event": "started", "time": 1, "plan": {}}\n' + "x" * 1_000_000 + "\n", encoding="utf-8"
    )
    assert events.read(tmp_path).last == "started"


def test_as_many_epochs_as_can_be_asked_for_are_read_at_once(tmp_path):
    figures = dict.fromkeys(("train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds"), 0.5)
    told = ({"event": "epoch", "time": 0, "epoch": at, **figures} for at in [*range(1, 30_001), 29_990])
    (tmp_path / events.NAME).write_text("\n".join(json.dumps(each) for each in told))
    began = time.perf_counter()
    found = events.read(tmp_path).history
    assert time.perf_counter() - began < 10
    assert [each.epoch for each in found[-2:]] == [29_989, 29_990]
