"""What a cell shows of an object that is named in it, and what other libraries can do with it."""

import re

import torch
from torch.utils.data import DataLoader

import blockml as bm


def test_objects_show_themselves_in_one_line(tmp_path):
    exp = bm.experiment(
        ["Flatten", ("Linear", {"out_features": 10})], recipe=bm.Recipe(epochs=1), name="mine"
    )
    data = bm.load_data("digits")
    canvas = bm.Canvas(exp)
    assert repr(exp) == f"<Experiment 'mine': 4 blocks on digits, {exp.content_hash()[:12]}>"
    assert repr(canvas) == f"<Canvas with {exp!r}>"
    assert repr(data) == (
        "<Dataset 'digits': 1,437 pictures to learn from and 360 to test with, 1 × 8 × 8, 10 classes>"
    )
    assert repr(data.train) == "<Split: 1,437 pictures of 1 × 8 × 8>"
    run = bm.train(exp, tmp_path / "run")
    share = run.metrics["test_accuracy"]
    assert repr(run) == (
        f"<Run of 'mine': finished, epoch 1 of 1, test accuracy {share:.1%}, in {tmp_path / 'run'}>"
    )
    prediction = run.predict(data.test.images[0])
    (best, share), *_ = prediction.top(1)
    assert best == prediction.label
    assert repr(prediction).startswith(f"<Prediction: {best} {share:.1%}, ")
    assert len(repr(prediction).split(", ")) == 3
    assert repr(bm.report(run)) == "<Report of 'mine': curves, confusion_matrix, per_class>"


def test_what_measures_and_settings_show_is_short():
    exp = bm.experiment(["Flatten", ("Linear", {"out_features": 10})])
    curve = bm.find_rate(exp, device="cpu")
    assert repr(curve) == f"<RateCurve: suggestion {curve.suggestion}, {len(curve.rates)} rates tried>"
    assert repr(bm.Recipe()) == "Recipe()"
    assert repr(bm.Recipe(epochs=3, optimizer="sgd")) == "Recipe(epochs=3, optimizer='sgd')"
    report = bm.data_report(bm.load_data("digits"))
    assert repr(report.check) == repr(report).replace("Report of 'digits'", "Check")
    assert re.fullmatch(r"<DataReport of 'digits': \d+ warnings?, \d+ notes?, \d+ good>", repr(report))
    assert all(len(repr(found)) < 100 for found in report.check.findings)
    assert str(exp) == repr(exp)
    broken = bm.experiment(["Flatten", ("Linear", {"out_features": 7})])
    assert repr(bm.analyse(broken)).endswith(", 1 problem>")


def test_a_split_is_a_data_set_of_torch():
    split = bm.load_data("digits").train
    images, labels = next(iter(DataLoader(split, batch_size=8)))
    assert torch.equal(images, split.images[:8])
    assert torch.equal(labels, split.labels[:8])
