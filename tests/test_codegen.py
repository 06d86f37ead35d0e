"""The generated script: readable, formatted, the same each time, and never a way in."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from itertools import cycle, pairwise
from pathlib import Path
from unicodedata import normalize

import pytest
import torch
from hypothesis import given
from hypothesis import settings as config
from hypothesis import strategies as st
from torch import nn

from blockml.build import build
from blockml.chain import experiment
from blockml.codegen import module_source, to_python
from blockml.codegen.copied import copied
from blockml.codegen.literals import literal, numbers, quoted
from blockml.codegen.names import MODULE_ATTRIBUTES, SCRIPT_NAMES, class_name, identifiers
from blockml.data import load_data
from blockml.datasets import DATASETS
from blockml.errors import GraphError
from blockml.experiment import Experiment
from blockml.facts import DataFacts, DataRef
from blockml.graph import Edge, Graph, Node
from blockml.protocol import Plan
from blockml.recipe import Recipe
from blockml.templates import template
from blockml.training import train

GOLDEN = Path(__file__).parent / "golden"


def skip():
    """A network with a skip connection and every kind of argument."""
    wide = {
        "out_channels": 8,
        "padding_mode": "replicate",
        "kernel_size": [3, 5],
        "padding": [1, 2],
        "bias": False,
    }
    blocks = {
        "input1": ("Input", {}),
        "conv1": ("Conv2d", {"out_channels": 8}),
        "relu1": ("ReLU", {}),
        "conv2": ("Conv2d", wide),
        "add1": ("Add", {}),
        "pool1": ("AdaptiveAvgPool2d", {}),
        "flatten1": ("Flatten", {}),
        "linear1": ("Linear", {"out_features": 10}),
        "output1": ("Output", {}),
    }
    nodes = tuple(Node(id=name, block=block, params=params) for name, (block, params) in blocks.items())
    edges = tuple(Edge(source=a, target=b) for a, b in pairwise(blocks))
    graph = Graph(nodes=nodes, edges=(*edges, Edge(source="relu1", target="add1")))
    return Experiment(name="skip", graph=graph, recipe=Recipe(epochs=1, optimizer="sgd"))


RICH = Recipe(
    epochs=2,
    batch_size=100,
    optimizer="sgd",
    learning_rate=0.05,
    nesterov=True,
    weight_decay=5e-4,
    clip_norm=1.0,
    schedule="cosine",
    warmup=0.1,
    label_smoothing=0.1,
    class_weights="balanced",
    ema_decay=0.99,
    best_epoch=True,
    patience=3,
    flip=True,
    shift=1,
    rotate=10.0,
    zoom=0.1,
    cutout=2,
    color=0.2,
    rand_augment=2,
    mixup=0.2,
    cutmix=1.0,
    examples=600,
    deterministic=True,
)
"""Every setting on."""


def chain(outputs=10, **fields):
    return experiment(
        [
            ("Conv2d", {"out_channels": 4}),
            "BatchNorm2d",
            "ReLU",
            "Flatten",
            ("Linear", {"out_features": outputs}),
        ],
        **fields,
    )


def facts(classes, **changes):
    known = {
        "name": "own",
        "shape": (3, 12, 16),
        "classes": classes,
        "train_size": 40,
        "test_size": 10,
        "mean": (0.5, 0.4, 0.3),
        "std": (0.2, 0.3, 0.1),
        "digest": "a" * 64,
    }
    return DataFacts.model_validate(known | changes)


def own(path, classes=("cat", "dog"), **changes):
    ref = DataRef(name="own", path=path, facts=facts(classes), **changes)
    return chain(len(classes), data=ref, name="own")


PLAN = Plan(precision="bf16", channels_last=True)
CASES = {
    "lenet5": template("lenet5"),
    "skip": skip(),
    "resnet": template("resnet_small", data="digits"),
    "rich": chain(recipe=RICH, name="rich"),
    "photos": own("photos", exclude=(1, 5)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_script_is_the_golden_one(name, request):
    path = GOLDEN / f"{name}.py.txt"
    text = to_python(CASES[name])
    assert text == to_python(Experiment.from_json(CASES[name].to_json()))
    if request.config.getoption("--overwrite"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "run pytest --overwrite and read the difference"


def clean(scripts, folder):
    """Whether the usual formatter and linter find nothing to change; one start for all scripts."""
    for number, text in enumerate(scripts):
        (folder / f"script{number}.py").write_text(text, encoding="utf-8")
    for command in (["format", "--diff"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", str(folder)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]


def test_scripts_are_formatted_and_clean(tmp_path):
    scripts = [to_python(case, plan) for case in CASES.values() for plan in (None, PLAN)]
    scripts += [to_python(chain(len(DATASETS[name].classes), data=name)) for name in DATASETS]
    scripts += [to_python(own(path)) for path in ("a.zip", "b/c.CSV", "d")]
    scripts.append(
        to_python(chain(2, data=DataRef(name="made", facts=facts(["a", "b"]), exclude=range(300))))
    )
    scripts.append(
        to_python(
            experiment(
                ["Flatten"],
                data=DataRef(name="tiny", facts=facts([f"class {n}" for n in range(12)], shape=(3, 2, 2))),
            )
        )
    )
    clean(scripts, tmp_path)
    for text in scripts:
        for line in text.splitlines():
            assert len(line) <= 88, line


def settings():
    """Any recipe."""
    fields = {name: st.just(field.default) for name, field in Recipe.model_fields.items()}
    numbers = {
        "epochs": [1, 10_000],
        "batch_size": [1, 65_536],
        "learning_rate": [1e-7, 0.1],
        "momentum": [0, 0.9],
        "weight_decay": [0, 5e-4],
        "clip_norm": [0, 1],
        "warmup": [0, 0.1],
        "step_size": [1, 30],
        "gamma": [0.1, 1],
        "label_smoothing": [0, 0.1],
        "ema_decay": [0, 0.999],
        "patience": [0, 5],
        "validation": [0.1],
        "shift": [0, 4],
        "rotate": [0, 15],
        "zoom": [0, 0.1],
        "cutout": [0, 3],
        "color": [0, 0.2],
        "rand_augment": [0, 2],
        "mixup": [0, 0.2],
        "cutmix": [0, 1],
        "examples": [0, 500],
        "optimizer": ["adam", "adamw", "sgd", "rmsprop", "muon"],
        "schedule": ["constant", "step", "cosine", "one_cycle"],
        "class_weights": ["none", "balanced"],
        "precision": ["auto", "fp32", "bf16"],
    }
    fields |= {name: st.sampled_from(values) for name, values in numbers.items()}
    fields |= {name: st.booleans() for name in ("nesterov", "best_epoch", "flip", "deterministic")}
    return st.fixed_dictionaries(fields).map(Recipe.model_validate)


PLANS = st.sampled_from([None, PLAN, Plan(), Plan(channels_last=True), Plan(threads="one")])


def test_any_recipe_gives_a_clean_script_without_what_it_does_not_use(tmp_path):
    scripts = []

    @config(max_examples=40)
    @given(settings(), PLANS)
    def check_any(recipe, plan):
        text = to_python(chain(recipe=recipe), plan)
        assert text == to_python(chain(recipe=recipe), plan)
        compile(text, "script", "exec")
        uses = {
            "def flip": recipe.flip,
            "def shift": recipe.shift,
            "def rotate_zoom": recipe.rotate or recipe.zoom,
            "def color": recipe.color,
            "def rand_augment": recipe.rand_augment,
            "def cutout": recipe.cutout,
            "def mix(": recipe.mixup or recipe.cutmix,
            "def rate_at": recipe.schedule != "constant" or recipe.warmup,
            "def one_cycle": recipe.schedule == "one_cycle",
            "update_average": recipe.ema_decay,
            "hold_back": recipe.holds_back,
            "take_examples": recipe.examples,
            "clip_grad_norm_": recipe.clip_norm,
            "set_num_threads(1)": plan is not None and plan.threads == "one",
            "balanced_weights": recipe.class_weights == "balanced",
            "PATIENCE": recipe.patience,
            "best = ": recipe.best_epoch,
            "autocast": (plan.precision if plan else recipe.precision) != "fp32",
            "channels_last": plan and plan.channels_last,
            "use_deterministic": recipe.deterministic,
        }
        for word, used in uses.items():
            assert (word in text) == bool(used), word
        scripts.append(text)

    check_any()
    clean(dict.fromkeys(scripts), tmp_path)


def test_what_trains_is_copied_word_for_word():
    text = to_python(CASES["rich"])
    folder = Path(copied.__code__.co_filename).parent.parent / "loop"
    for file, start in (("mix", "def mix("), ("average", "@torch.no_grad"), ("split", "def hold_back")):
        source = (folder / f"{file}.py").read_text(encoding="utf-8")
        source = source[source.index(start) :].split("\n\n\n")[0].rstrip()
        assert source in text
    assert "blockml" not in text.split('"""', 2)[2]
    with pytest.raises(KeyError):
        copied("mix", "nothing")


@pytest.mark.parametrize(
    "recipe",
    [
        {"optimizer": "rmsprop", "learning_rate": 0.001},
        {"optimizer": "muon", "momentum": 0.8, "weight_decay": 0.05, "clip_norm": 1},
        {"optimizer": "adamw", "weight_decay": 0.05, "schedule": "one_cycle", "clip_norm": 1, "patience": 1},
        {"optimizer": "adamw", "schedule": "step", "step_size": 1, "gamma": 0.5, "ema_decay": 0.9},
        {
            "optimizer": "sgd",
            "nesterov": True,
            "weight_decay": 5e-4,
            "clip_norm": 0.5,
            "schedule": "cosine",
            "warmup": 0.1,
            "label_smoothing": 0.1,
            "class_weights": "balanced",
            "ema_decay": 0.9,
            "best_epoch": True,
            "patience": 2,
            "examples": 500,
        },
    ],
    ids=lambda recipe: f"{recipe['optimizer']}-{recipe.get('schedule', 'constant')}",
)
def test_the_script_makes_the_weights_of_any_recipe(recipe, tmp_path, monkeypatch):
    usual = {"epochs": 3, "batch_size": 128, "learning_rate": 0.01, "precision": "fp32"}
    drawn = chain(recipe=Recipe(**(usual | recipe)), name="net")
    run = train(drawn, tmp_path / "run", device="cpu")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    exec(compile(to_python(drawn, run.state().plan), "script", "exec"), {"__name__": "__main__"})
    weights = torch.load("net.pt", weights_only=True)
    ours = run.module.state_dict()
    assert all(torch.equal(weights[key], ours[key]) for key in ours)


def test_long_calls_and_many_inputs_are_broken_as_formatters_do(tmp_path):
    branches = [Node(id=f"a_rather_long_name_{k}", block="ReLU") for k in range(9)]
    nodes = (
        Node(id="i", block="Input"),
        *branches,
        Node(id="sum", block="Add"),
        Node(id="join", block="Concatenate"),
        Node(id="f", block="Flatten"),
        Node(id="l", block="Linear", params={"out_features": 10}),
        Node(id="o", block="Output"),
    )
    edges = [Edge(source="i", target=node.id) for node in branches]
    edges += [Edge(source=node.id, target=to) for to in ("sum", "join") for node in branches]
    edges += [
        Edge(source="sum", target="join"),
        Edge(source="join", target="f"),
        Edge(source="f", target="l"),
        Edge(source="l", target="o"),
    ]
    made = Experiment(graph=Graph(nodes=nodes, edges=tuple(edges)))
    path = tmp_path / "script.py"
    path.write_text(to_python(made), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", path],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert build(made)(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_the_module_text_stands_in_the_script():
    source = module_source(CASES["skip"])
    assert source.body in to_python(CASES["skip"])
    assert source.body in source.text


def test_a_skip_connection_computes_what_it_says():
    module = build(CASES["skip"]).eval()
    x = torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        kept = module.relu1(module.conv1(x))
        expected = module.linear1(module.flatten1(module.pool1(module.conv2(kept) + kept)))
        assert torch.equal(module(x), expected)
    assert list(module.state_dict()) == [
        "conv1.weight",
        "conv1.bias",
        "conv2.weight",
        "linear1.weight",
        "linear1.bias",
    ]


def test_a_graph_with_errors_is_refused():
    with pytest.raises(GraphError, match="picture"):
        to_python(experiment([("Conv2d", {"kernel_size": 99})]))


def test_every_attribute_of_a_module_is_avoided():
    taken = {name for name in dir(nn.Module) if not name.startswith("_")}
    assert taken <= MODULE_ATTRIBUTES
    names = [*MODULE_ATTRIBUTES, "self", "x", "class", "print", "__init__", "1a", "", " ", "가", "a b", "a-b"]
    found = identifiers(names)
    assert len(set(found.values())) == len(names)
    for name in found.values():
        assert name.isidentifier()
        assert not name.startswith("_")
        assert name not in MODULE_ATTRIBUTES


def shape_of(tree):
    """The program without its names, strings and comments."""
    return [
        (
            type(node).__name__,
            node.value if isinstance(node, ast.Constant) and not isinstance(node.value, str) else None,
        )
        for node in ast.walk(tree)
    ]


@given(st.lists(st.text(max_size=60), min_size=4, max_size=4, unique=True), st.text(max_size=60))
def test_no_name_changes_the_program(ids, name):
    def made(ids, name):
        blocks = ("Input", "Flatten", "Linear", "Output")
        params = ({}, {}, {"out_features": 10}, {})
        nodes = tuple(Node(id=i, block=b, params=p) for i, b, p in zip(ids, blocks, params, strict=True))
        edges = tuple(Edge(source=a, target=b) for a, b in pairwise(ids))
        return to_python(Experiment(name=name, graph=Graph(nodes=nodes, edges=edges)))

    plain = made(["input1", "flatten1", "linear1", "output1"], "plain")
    assert shape_of(ast.parse(made(ids, name))) == shape_of(ast.parse(plain))
    assert class_name(name).isidentifier()


@pytest.mark.parametrize(
    "value", ["__import__('os').system('touch /tmp/x')", "3); import os; (", [3, "os"], {"a": 1}]
)
def test_no_parameter_becomes_code(value):
    for param in ("kernel_size", "padding_mode", "bias"):
        with pytest.raises(GraphError):
            to_python(experiment([("Conv2d", {param: value})]))


@pytest.mark.parametrize("name", ["skip", "rich"])
def test_the_script_trains_where_blockml_is_not_installed(name, tmp_path):
    """Acceptance: the exported script runs alone, and its weights fit the module that was built."""
    script = tmp_path / f"{name}.py"
    script.write_text(to_python(CASES[name]), encoding="utf-8")
    guard = (
        "import sys, runpy\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'blockml': raise ImportError('blockml is not here')\n"
        "sys.meta_path.insert(0, Block())\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "assert 'blockml' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", guard], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "test accuracy" in done.stdout
    weights = torch.load(tmp_path / f"{name}.pt", weights_only=True)
    build(CASES[name]).load_state_dict(weights)


HOSTILE = [
    '"',
    "'",
    '"\'"""',
    "\\",
    "a\nimport os",
    "\u202e",
    "\x00",
    "{}",
    "\ud800",
    "__import__('os')",
    "고양이",
]


@given(st.text() | st.sampled_from(HOSTILE))
def test_any_text_is_one_literal_on_one_line(text):
    line = quoted(text)
    assert ast.literal_eval(line) == text
    assert line.startswith('"')
    assert "\n" not in line
    assert line.isprintable()


@pytest.mark.parametrize("value", [{"a": 1}, {1}, object(), b"x", [object()], print, 1j])
def test_nothing_but_plain_values_is_written(value):
    with pytest.raises(TypeError):
        literal(value)


@given(st.lists(st.integers(0, 10**9), max_size=200))
def test_many_numbers_are_read_back(values):
    space = {}
    exec(numbers("EXCLUDED", values), space)
    assert space["EXCLUDED"] == values


HOSTILE_TEXT = (st.text(max_size=60) | st.sampled_from(HOSTILE)).filter(lambda text: "\ud800" not in text)


@given(
    HOSTILE_TEXT.filter(bool),
    st.sampled_from([None, "", ".zip", ".csv"]),
    HOSTILE_TEXT,
    st.lists(HOSTILE_TEXT, min_size=2, max_size=2, unique=True),
)
def test_no_data_of_a_document_changes_the_program(name, ending, path, classes):
    def made(name, path, classes):
        ref = DataRef(name=name, path=path, facts=facts(classes), exclude=(1,))
        return to_python(chain(2, data=ref))

    plain = made("own", None if ending is None else f"photos{ending}", ["cat", "dog"])
    text = made(name, None if ending is None else path + "x" + ending, classes)
    assert shape_of(ast.parse(text)) == shape_of(ast.parse(plain))


def test_the_class_is_called_like_nothing_else_in_a_script():
    bound = set()
    texts = [to_python(CASES["rich"]), to_python(chain(recipe=Recipe(schedule="step", best_epoch=True)))]
    texts += [to_python(own(path, exclude=(1,))) for path in ("a", "a.csv", "a.zip")]
    texts.append(to_python(chain(data="cifar10")))
    texts.append(to_python(chain(recipe=Recipe(optimizer="muon"))))
    for text in texts:
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and ast.unparse(node.bases[0]) != "nn.Module":
                bound.add(node.name)
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {each.asname or each.name for each in node.names}
            elif isinstance(node, ast.Assign):
                bound |= {each.id for each in node.targets}
    bound = {name for name in bound if name[0].isupper()}
    assert bound <= SCRIPT_NAMES
    for name in SCRIPT_NAMES:
        assert class_name(name) not in SCRIPT_NAMES
    assert class_name("path") == "Network"


def loaded(text, monkeypatch, folder):
    monkeypatch.chdir(folder)
    space = {"__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    return space["load_data"]()


def same_data(found, data):
    expected = (data.train.images, data.train.labels, data.test.images, data.test.labels)
    return all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def write_pictures(root, count=11):
    """Pictures of every mode in two classes, one of them broken."""
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng(0)
    modes = ["RGB", "L", "RGBA", "P", "CMYK", "LA"]
    for label in ("cat", "dog"):
        (root / label / "more").mkdir(parents=True)
        for number in range(count):
            pixels = draw.integers(0, 256, (20 + number, 30, 3), dtype=np.uint8)
            mode = modes[number % len(modes)]
            picture = Image.fromarray(pixels).convert(mode)
            ending = "jpg" if mode in ("RGB", "L", "CMYK") else "png"
            place = root / label / ("more" if number > 6 else "") / f"{number}.{ending}"
            picture.save(place, exif=b"Exif\x00\x00" + exif(6) if ending == "jpg" and number == 0 else b"")
    # In a sorted list of whole paths it would come after what lies in a folder beside it.
    shutil.copy(root / "cat" / "1.jpg", root / "cat" / "z.jpg")
    (root / "dog" / "broken.png").write_bytes((root / "dog" / "2.png").read_bytes()[:90])
    (root / "dog" / "note.txt").write_text("no picture")
    (root / ".hidden").mkdir()
    (root / ".hidden" / "x.png").write_bytes(b"")


def exif(orientation):
    from PIL import Image

    found = Image.Exif()
    found[0x0112] = orientation
    return found.tobytes().removeprefix(b"Exif\x00\x00")


def odd_names(root):
    """Two classes whose names Korean Windows wrote, or a Mac."""
    (root / "dog").rename(root / os.fsdecode("개".encode("cp949")))
    (root / "cat").rename(root / normalize("NFD", "고양이"))
    return root


class Windows(zipfile.ZipInfo):
    """A file as the zip of Korean Windows names it."""

    def _encodeFilenameFlags(self):  # noqa: N802 - of the standard library
        return self.filename.encode("cp949"), 0


def windows_zip(root):
    """The files of a folder in a zip that does not say how their names are written."""
    path = root.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            info = Windows(str(file.relative_to(root)).replace("dog", "개"))
            archive.writestr(info, file.read_bytes())
    return path


@pytest.mark.parametrize("kind", ["folder", "splits", "zip", "csv", "odd names", "windows zip"])
def test_the_script_reads_own_pictures_as_blockml_does(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_DATA", str(tmp_path / "cache"))
    path = tmp_path / "photos"
    write_pictures(path)
    if kind == "splits":
        whole = path.rename(tmp_path / "whole")
        path.mkdir()
        whole.rename(path / "Train")
        write_pictures(path / "test", 5)
    if kind == "zip":
        path = Path(shutil.make_archive(str(path), "zip", tmp_path, "photos"))
    if kind == "odd names":
        odd_names(path)
    if kind == "windows zip":
        path = windows_zip(path)
    if kind == "csv":
        labels = {"dog": "dog", "cat": "고양이"}
        rows = [
            # Some lines are of a Mac.
            f"{normalize(form, labels[file.parts[len(tmp_path.parts) + 1]])},{file.relative_to(tmp_path)}"
            for form, file in zip(cycle(["NFC", "NFD"]), path.rglob("*.*g"))
            if ".hidden" not in file.parts
        ]
        path = tmp_path / "list.csv"
        path.write_text("label,image_path\n" + "\n".join(sorted(rows)), encoding="utf-8")
    data = load_data(path, size=(12, 16))
    drawn = chain(2, data=data.ref)
    assert drawn.data.path is not None
    assert same_data(loaded(to_python(drawn), monkeypatch, Path.cwd()), data)


def test_the_script_says_where_it_looked_for_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOCKML_DATA", str(tmp_path / "cache"))
    write_pictures(tmp_path / "photos")
    text = to_python(chain(2, data=load_data(tmp_path / "photos").ref))
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError, match="photos is not there: change DATA"):
        loaded(text, monkeypatch, tmp_path)


def test_a_relative_place_is_named_whole_and_the_ways_out_are_told(tmp_path, monkeypatch):
    text = to_python(own("my_pictures"))
    with pytest.raises(FileNotFoundError) as caught:
        loaded(text, monkeypatch, tmp_path)
    place = tmp_path / "my_pictures"
    advice = "change DATA, or start the script from a folder in which my_pictures is found"
    assert str(caught.value) == f"{place} is not there: {advice}"


def test_the_script_says_that_the_file_of_pictures_is_missing(tmp_path, monkeypatch):
    images = torch.zeros(30, 3, 12, 16, dtype=torch.uint8)
    text = to_python(chain(2, data=load_data((images, torch.arange(30) % 2), name="my data").ref))
    with pytest.raises(FileNotFoundError, match=r"my-data-data\.pt is not there: change DATA, or start"):
        loaded(text, monkeypatch, tmp_path)


@pytest.mark.parametrize("file", ["lenet5.py", "model.py", "망.py", "a-b_c.1.py"])
def test_the_script_says_how_the_file_is_run(file):
    assert f"\nRun it with: python {file}\n" in to_python(CASES["skip"], file=file)


@pytest.mark.parametrize(
    "file", ["", "a b.py", '"""\nimport os', "a\\.py", "-c.py", "x" * 99, "a;b", "a\n", "$(a)"]
)
def test_a_name_that_is_not_plain_is_not_written(file):
    assert to_python(CASES["skip"], file=file) == to_python(CASES["skip"])
    assert "\nRun it with: python this_file.py\n" in to_python(CASES["skip"])


def test_the_script_reads_what_was_made_in_the_notebook(tmp_path, monkeypatch):
    images = torch.randint(0, 256, (30, 3, 12, 16), dtype=torch.uint8)
    data = load_data((images, torch.arange(30) % 2), name="my data")
    text = to_python(chain(2, data=data.ref))
    names = ("train_images", "train_labels", "test_images", "test_labels")
    parts = (data.train.images, data.train.labels, data.test.images, data.test.labels)
    torch.save(dict(zip(names, parts, strict=True)), tmp_path / "my-data-data.pt")
    assert same_data(loaded(text, monkeypatch, tmp_path), data)


# Loads the network of a script by its class, without blockml, and writes what it says about pictures.
ALONE = """
import runpy, sys, torch
sys.modules["blockml"] = None
script, weights, pictures, out = sys.argv[1:]
names = runpy.run_path(script)
(kind,) = [each for each in names.values() if isinstance(each, type) and each.__module__ == "<run_path>"]
module = kind()
module.load_state_dict(torch.load(weights, weights_only=True))
with torch.no_grad():
    prepared = names["prepare"](torch.load(pictures, weights_only=True), names["MEAN"], names["STD"])
    scores = module.eval()(prepared)
torch.save({"keys": list(module.state_dict()), "scores": scores}, out)
"""


@pytest.mark.parametrize("name", ["lenet5", "skip"])
def test_the_script_with_the_weights_of_a_run_says_what_the_run_says(name, tmp_path):
    """Acceptance: same keys and, to 1e-6, the same outputs as ``run.module``, in another interpreter."""
    drawn = CASES[name].model_copy(update={"recipe": Recipe(epochs=1)})
    run = train(drawn, tmp_path / "run", device="cpu")
    data = load_data("digits")
    pictures = data.test.images[:100]
    paths = [tmp_path / part for part in ("script.py", "weights.pt", "pictures.pt", "scores.pt")]
    paths[0].write_text(to_python(drawn), encoding="utf-8")
    torch.save(run.module.state_dict(), paths[1])
    torch.save(pictures, paths[2])
    subprocess.run([sys.executable, "-I", "-c", ALONE, *map(str, paths)], check=True, capture_output=True)
    alone = torch.load(paths[3], weights_only=True)
    assert alone["keys"] == list(run.module.state_dict())
    with torch.no_grad():
        expected = run.module.eval()(data.prepare(pictures))
    assert expected.std() > 0.1
    torch.testing.assert_close(alone["scores"], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "digits"])
def test_the_script_brings_what_torchvision_reads_to_the_one_form(name, tmp_path, monkeypatch):
    """With a stand-in for torchvision's class; the real files are tested with the data."""
    import numpy as np
    from torchvision import datasets

    known = DATASETS[name]
    draw = np.random.default_rng(0)
    wanted = {}

    class Stand:
        def __init__(self, root, train=None, split=None, *, download):
            assert (root, download) == ("data", True)
            assert split == "letters" if name == "emnist" else train is None or split is None
            part = "train" if train or split == "train" else "test"
            images = torch.from_numpy(draw.integers(0, 256, (40, *known.shape), dtype=np.uint8))
            labels = torch.arange(40) % len(known.classes)
            wanted[part] = images, labels
            self.data, self.targets = images.squeeze(1), labels
            if name == "emnist":
                self.data, self.targets = self.data.transpose(1, 2), labels + 1
            if name == "cifar10":
                self.data, self.targets = images.permute(0, 2, 3, 1).numpy(), labels.tolist()
            if name == "svhn":
                self.data, self.labels = images.numpy(), labels.numpy()

    kinds = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "emnist": "EMNIST"}
    monkeypatch.setattr(datasets, kinds.get(name, name.upper()), Stand)
    found = loaded(to_python(chain(len(known.classes), data=name)), monkeypatch, tmp_path)
    expected = (*wanted["train"], *wanted["test"])
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)
