"""The starters: clean on every data set, buildable, trainable, and the networks that they are named after."""

import ast
import math

import pytest
import torch
from recipes import CHANGES

from blockml.analysis import analyse
from blockml.build import build
from blockml.codegen import to_python
from blockml.data import Dataset, Split, load_data
from blockml.datasets import DATASETS
from blockml.errors import DocumentError
from blockml.facts import DataFacts, DataRef
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.templates import template, templates
from blockml.texts import LANGUAGES, sentence
from blockml.training.engine import Engine

PHOTOGRAPHS = ("vgg_small", "resnet_small", "mobile_small", "resnet9_fast")
EACH = pytest.mark.parametrize("name", templates())
ON_EACH = pytest.mark.parametrize("data", DATASETS)


def own(classes=3, shape=(3, 48, 40), train_size=400):
    """Facts of pictures of somebody."""
    names = tuple(f"class {index}" for index in range(classes))
    mean, std = (0.5,) * shape[0], (0.25,) * shape[0]
    return DataFacts(
        name="mine", shape=shape, classes=names, train_size=train_size, test_size=50, mean=mean, std=std
    )


def noise(facts, count=8):
    def split():
        images = torch.randint(0, 256, (count, *facts.shape), dtype=torch.uint8)
        return Split(images, torch.arange(count) % len(facts.classes))

    return Dataset(facts, split(), split())


def test_the_simplest_comes_first():
    assert templates() == ("softmax", "mlp", "lenet5", *PHOTOGRAPHS)


@EACH
def test_the_file_names_the_data_that_the_starter_is_for(name):
    assert template(name).data.name == ("cifar10" if name in PHOTOGRAPHS else "digits")
    assert template(name, data=template(name).data.name) == template(name)


@EACH
@ON_EACH
def test_every_starter_is_clean_on_every_data_set(name, data):
    made = template(name, data=data)
    found = analyse(made)
    assert found.ok
    assert found.diagnostics == ()
    assert made.data == DataRef(name=data)
    last = next(edge.source for edge in made.graph.edges if edge.target == "output1")
    assert found.nodes[last].shapes["y"] == (len(DATASETS[data].classes),)


@EACH
@ON_EACH
def test_every_starter_exports_a_script(name, data):
    ast.parse(to_python(template(name, data=data)))


@EACH
@pytest.mark.parametrize("data", ["digits", "emnist", "cifar10"])
def test_every_starter_takes_a_step(name, data):
    made = template(name, data=data)
    recipe = made.recipe.model_copy(update={"batch_size": 8})
    engine = Engine(
        made.model_copy(update={"recipe": recipe}),
        noise(DATASETS[data]),
        torch.device("cpu"),
        plan=Plan(),
    )
    before = [weight.detach().clone() for weight in engine.module.parameters()]
    record, _ = engine.epoch(lambda _: True)
    assert math.isfinite(record.train_loss)
    changed = [not torch.equal(one, two) for one, two in zip(before, engine.module.parameters(), strict=True)]
    assert any(changed)


@pytest.mark.parametrize(
    ("name", "data", "parameters"),
    [
        ("softmax", "mnist", 784 * 10 + 10),
        ("mlp", "mnist", 784 * 64 + 64 + 64 * 10 + 10),
        ("lenet5", "mnist", 406_270),
        ("vgg_small", "cifar10", 551_018),
        ("resnet_small", "cifar10", 78_042),  # ResNet-8, as in MLPerf Tiny
        ("mobile_small", "cifar10", 73_466),
        ("resnet9_fast", "cifar10", 6_573_120),  # DAWNBench ResNet-9, 6,573,120, and a bias of its last layer
    ],
)
def test_the_number_of_weights_is_known(name, data, parameters):
    made = template(name, data=data)
    assert analyse(made).total_parameters == parameters
    assert sum(weight.numel() for weight in build(made).parameters()) == parameters


@EACH
@ON_EACH
def test_digits_and_letters_are_not_mirrored(name, data):
    recipe = template(name, data=data).recipe
    if data not in ("fashion_mnist", "cifar10"):
        assert not recipe.flip
    if name in ("softmax", "mlp"):
        assert all(getattr(recipe, each) == getattr(Recipe(), each) for each in CHANGES)


def test_photographs_are_mirrored_and_moved():
    for name in (*PHOTOGRAPHS, "lenet5"):
        recipe = template(name, data="cifar10").recipe
        assert recipe.flip
        assert recipe.shift == (2 if name == "resnet9_fast" else 4)


@EACH
@pytest.mark.parametrize("train_size", [400, 40_000])
@pytest.mark.parametrize("shape", [(3, 48, 40), (1, 16, 16)])
def test_own_pictures_get_their_classes_and_a_careful_recipe(name, train_size, shape):
    facts = own(train_size=train_size, shape=shape)
    made = template(name, data=DataRef(name="mine", facts=facts))
    assert analyse(made).ok
    assert analyse(made).diagnostics == ()
    assert not made.recipe.flip
    assert made.recipe.batch_size <= train_size
    assert build(made)(torch.zeros(2, *shape)).shape == (2, 3)


def test_an_unknown_starter_or_data_set_is_named():
    with pytest.raises(DocumentError, match="nothing"):
        template("nothing")
    with pytest.raises(DocumentError, match="no_such"):
        template("lenet5", data="no_such")
    with pytest.raises(DocumentError, match="mine"):
        template("lenet5", data=DataRef(name="mine"))


@EACH
def test_titles_and_summaries_stand_in_both_languages(name):
    for part in ("title", "summary"):
        texts = {sentence(f"templates.{name}.{part}", language) for language in LANGUAGES}
        assert all(texts)
        assert name == "lenet5" or len(texts) == len(LANGUAGES)


def test_data_that_are_loaded_can_be_given_as_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("BLOCKML_DATA", str(tmp_path))
    data = load_data((torch.randint(0, 256, (30, 1, 28, 28), dtype=torch.uint8), torch.arange(30) % 3))
    made = template("lenet5", data=data)
    assert made == template("lenet5", data=data.ref)
    assert analyse(made).ok
    with pytest.raises(DocumentError, match="int is no data set"):
        template("lenet5", data=5)
