"""How many threads a training computes with, and that nobody else notices."""

import json
import threading
from types import SimpleNamespace

import pytest
import torch

from blockml.chain import experiment
from blockml.data import load_data
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.training import engine, events, plan, train
from blockml.training.engine import Engine
from blockml.training.step import Step
from blockml.training.threads import one_thread


def small(**recipe):
    return experiment(["Flatten", ("Linear", {"out_features": 10})], recipe=Recipe(epochs=1, **recipe))


@pytest.fixture
def two():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_for_one_and_all_for_everybody_else(two):
    torch.set_num_threads(3)
    seen = {}

    def look(name):
        seen[name] = torch.get_num_threads()

    def elsewhere(act):
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()

    def alone():
        with one_thread():
            look("alone")
            elsewhere(lambda: look("begun meanwhile"))
            elsewhere(lambda: torch.set_num_threads(2))
        look("after")

    elsewhere(alone)
    look("here")
    # What somebody chose meanwhile is what counts afterwards.
    assert seen == {"alone": 1, "begun meanwhile": 3, "after": 2, "here": 3}


def test_only_the_steps_have_one_thread_not_tests_and_what_people_do(tmp_path, monkeypatch, two):
    seen = {}
    learn, judge = Step.learn, engine.evaluate

    def learning(*given):
        seen["step"] = torch.get_num_threads()
        return learn(*given)

    def judging(*given, **named):
        seen["test"] = torch.get_num_threads()
        return judge(*given, **named)

    monkeypatch.setattr(Step, "learn", learning)
    monkeypatch.setattr(engine, "evaluate", judging)
    monkeypatch.setattr(engine, "choose", lambda *_, **__: Plan(threads="one"))
    run = train(small(), tmp_path / "run", on_epoch=lambda _: seen.update(person=torch.get_num_threads()))
    assert seen == {"step": 1, "test": 2, "person": 2}
    assert events.read(run.folder).plan == run.plan == Plan(threads="one")


@pytest.mark.parametrize(("slow", "threads"), [("all", "one"), ("one", "all")])
def test_the_faster_number_of_threads_is_chosen_and_remembered(tmp_path, monkeypatch, two, slow, threads):
    monkeypatch.setattr("blockml.training.remember.user_cache_path", lambda _: tmp_path)
    learn, now = Step.learn, 0.0

    def learning(*given):
        nonlocal now
        # Only the steps move this clock: on a busy machine a thread can be waited for longer than any sleep.
        now += 0.004 if (torch.get_num_threads() == 1) == (slow == "one") else 0.001
        return learn(*given)

    monkeypatch.setattr(Step, "learn", learning)
    monkeypatch.setattr(plan, "time", SimpleNamespace(perf_counter=lambda: now, process_time=lambda: now))
    data, cpu = load_data("digits"), torch.device("cpu")
    drawn = [small(), small(), small(deterministic=True)]
    made = [Engine(each, data, cpu).plan.threads for each in drawn]
    assert made == [threads, threads, "all"]
    assert len(json.loads((tmp_path / "plans.json").read_text())) == 1
