"""What every block of the catalogue must keep, compared with the torch that is installed."""

import inspect
import json
import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from blockml.analysis import analyse
from blockml.analysis.params import resolve
from blockml.blocks import Expr, ShapeProblem, catalogue
from blockml.blocks.describe import entry
from blockml.blocks.settings import shown
from blockml.codegen.parts import values_of
from blockml.datasets import DATASETS
from blockml.experiment import Experiment
from blockml.graph import Graph, Node
from blockml.texts import table

BLOCKS = sorted(catalogue().items())
LAYERS = [(name, block) for name, block in BLOCKS if block.family not in ("data", "join", "group")]
EXAMPLES = 200

sides = st.integers(1, 6)
sizes = st.one_of(sides, st.tuples(sides, sides))
margins = st.one_of(st.integers(0, 4), st.tuples(st.integers(0, 4), st.integers(0, 4)))
SPECIAL = {
    "kernel_size": sizes,
    "stride": sizes,
    "dilation": st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))),
    "output_padding": margins,
    "output_size": sizes,
    "out_channels": st.integers(1, 8),
    "out_features": st.integers(1, 8),
    "groups": st.integers(1, 4),
    "divisor_override": st.integers(0, 9),
}
images = st.tuples(st.integers(1, 6), st.integers(1, 12), st.integers(1, 12))
vectors = st.tuples(st.integers(1, 12))


def values(name, spec):
    if name == "padding" and 4 in spec.lengths:
        return st.one_of(st.integers(0, 4), st.tuples(*[st.integers(0, 4)] * 4))
    if name == "padding":
        return st.one_of(margins, st.sampled_from(spec.choices)) if spec.choices else margins
    if name == "stride" and spec.choices:
        return st.one_of(sizes, st.sampled_from(spec.choices))
    if name in SPECIAL:
        return SPECIAL[name]
    if spec.kind == "boolean":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    low = spec.minimum + (1e-6 if spec.exclusive else 0)
    return st.floats(low, min(spec.maximum, 2.0), allow_nan=False).filter(lambda v: v >= low)


@st.composite
def cases(draw, block):
    specs = {param.name: param for param in entry(block).params}
    chosen = draw(st.sets(st.sampled_from(sorted(specs)))) if specs else set()
    params = {name: draw(values(name, specs[name])) for name in sorted(chosen)}
    shape = draw(st.one_of(images, vectors))
    return params, shape


class Operation(nn.Module):
    """What the script computes where there is no module for it."""

    def __init__(self, template):
        super().__init__()
        self.template = template

    def forward(self, x):
        return eval(self.template.format(inputs="x"), {"x": x})

    def extra_repr(self):
        return self.template


def torch_module(block, shape):
    """The module as the generated text makes it."""
    call = block.call((shape,))
    if isinstance(call, Expr):
        return Operation(call.template), call.template
    given = [("" if isinstance(each.key, int) else f"{each.key}=") + each.text for each in values_of(call)]
    text = f"{call.name}({', '.join(given)})"
    return eval(text, {"nn": nn}), text


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_defaults_need_nothing_and_survive_json(name, block):
    made = block()
    assert block.model_validate(json.loads(made.model_dump_json())) == made
    assert block.__name__ == name


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_the_docstring_says_shape_errors_and_source(name, block):
    text = inspect.cleandoc(block.__doc__)
    assert text.splitlines()[0].endswith(".")
    for part in ("Shape:", "Errors:", "Source:"):
        assert part in text, f"{name} lacks {part}"


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_every_text_exists_in_both_languages(name, block):
    korean = table("blocks.ko")[name]
    assert set(korean["params"]) == set(block.model_fields)
    described = entry(block)
    texts = [described.summary, *(text for p in described.params for text in (p.title, p.description))]
    for text in texts:
        assert text.en
        assert text.ko
        assert text.en != text.ko
    for param in described.params:
        assert param.title.en != param.name or param.name in (
            "groups",
            "bias",
            "padding",
            "value",
            "dilation",
        )


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_two_settings_at_most_are_primary(name, block):
    assert sum(param.primary for param in entry(block).params) <= 2


@pytest.mark.parametrize(("name", "block"), LAYERS)
def test_shapes_and_parameters_are_those_of_torch(name, block):
    compared = []

    @settings(max_examples=EXAMPLES)
    @given(cases(block))
    def check(case):
        params, shape = case
        made = block(**params)
        inputs = torch.zeros(2, *shape)
        try:
            module, text = torch_module(made, shape)
            expected = tuple(module(inputs).shape[1:])
            if 0 in expected:  # torch goes on with an empty picture; a person is told
                expected = None
            text = str(module)
        except (RuntimeError, ValueError, IndexError) as error:
            expected, text = None, str(error)
        try:
            found = made.infer((shape,))
        except ShapeProblem as problem:
            # Two rules are ours: a Linear takes no image, and what needs an image takes no vector.
            assume(problem.code not in ("needs-vector", "needs-image"))
            found = None
        assert expected == found, f"{made!r} on {shape}: {text}"
        if found is None:
            return
        compared.append(found)
        assert made.parameters((shape,)) == sum(weight.numel() for weight in module.parameters())
        assert made.flops((shape,), found) >= 0

    check()
    # Agreeing that a shape cannot be used proves little; enough of them must be usable.
    assert len(compared) >= EXAMPLES / 4, len(compared)


@pytest.mark.parametrize(("name", "block"), LAYERS)
def test_any_parameters_survive_a_file_and_the_printed_line_makes_the_same_layer(name, block):
    @settings(max_examples=EXAMPLES)
    @given(cases(block))
    def check(case):
        params, shape = case
        made = block(**params)
        plain = json.loads(json.dumps(params))
        drawn = Experiment(graph=Graph(nodes=(Node(id="a", block=name, params=plain),)))
        again = Experiment.from_json(drawn.to_json()).graph.nodes[0]
        assert again.params == plain
        assert resolve(again) == (made, ())
        try:
            made.infer((shape,))
        except ShapeProblem:
            return
        call = made.call((shape,))
        if isinstance(call, Expr):
            assert call == block(**plain).call((shape,))
            return
        direct = getattr(nn, call.name.removeprefix("nn."))(*call.args, **(call.kwargs or {}))
        printed, text = torch_module(made, shape)
        assert repr(printed) == repr(direct), text
        sizes = {key: weight.shape for key, weight in direct.state_dict().items()}
        assert {key: weight.shape for key, weight in printed.state_dict().items()} == sizes

    check()


@st.composite
def meetings(draw):
    """Shapes that meet in a merge: often of one kind, seldom equal by chance."""
    first = draw(st.one_of(images, vectors))
    gate = (first[0], *(1 for _ in first[1:]))
    twist = st.one_of(
        st.just(first), st.just(gate), st.tuples(sides, *map(st.just, first[1:])), images, vectors
    )
    return (first, *draw(st.lists(twist, min_size=1, max_size=3)))


@pytest.mark.parametrize("name", ["Add", "Multiply", "Concatenate"])
def test_any_merge_is_that_of_torch(name):
    block = catalogue()[name]()
    seen = {True: 0, False: 0}

    @settings(max_examples=EXAMPLES)
    @given(meetings())
    def check(shapes):
        tensors = [torch.zeros(2, *shape) for shape in shapes]
        names = {f"t{at}": tensor for at, tensor in enumerate(tensors)}
        signs = {"plus": " + ".join(names), "times": " * ".join(names)}
        text = block.call(shapes).template.format(inputs=", ".join(names), **signs)
        try:
            expected = tuple(eval(text, {"torch": torch, **names}).shape[1:])
        except (RuntimeError, IndexError):
            expected = None
        # Stretching a side of one pixel is a rule of torch that a learner meets as a surprise.
        whole = max(shapes, key=math.prod)
        gates = {whole, (whole[0], 1, 1)} if name == "Multiply" and len(whole) == 3 else {whole}
        if name != "Concatenate" and not set(shapes) <= gates:
            expected = None
        if expected is None:
            with pytest.raises(ShapeProblem, match="merge-shapes"):
                block.infer(shapes)
        else:
            assert block.infer(shapes) == expected, (shapes, text)
        assert block.parameters(shapes) == 0
        seen[expected is not None] += 1

    check()
    assert min(seen.values()) > EXAMPLES / 10, seen


@pytest.mark.parametrize("facts", DATASETS.values(), ids=DATASETS)
def test_the_ends_pass_on_what_they_get(facts):
    blocks = catalogue()
    assert blocks["Input"]().infer((facts.shape,)) == facts.shape
    for classes in range(1, EXAMPLES):
        assert blocks["Output"]().infer(((classes,),)) == (classes,)
    with pytest.raises(ShapeProblem, match="needs-vector"):
        blocks["Output"]().infer((facts.shape,))


@pytest.mark.parametrize("name", ["Conv2d", "ConvTranspose2d", "Linear"])
def test_operations_are_those_that_torch_counts(name):
    block = catalogue()[name]

    @settings(max_examples=60)
    @given(cases(block))
    def check(case):
        params, shape = case
        made = block(**params)
        try:
            output = made.infer((shape,))
        except ShapeProblem:
            assume(False)
        module, _ = torch_module(made, shape)
        counter = FlopCounterMode(display=False)
        with counter:
            module(torch.zeros(1, *shape))
        assert made.flops((shape,), output) == counter.get_total_flops()

    check()


@pytest.mark.parametrize(("name", "block"), LAYERS)
def test_suggestions_are_valid_parameters(name, block):
    @settings(max_examples=60)
    @given(cases(block))
    def check(case):
        params, shape = case
        made = block(**params)
        try:
            made.infer((shape,))
        except ShapeProblem as problem:
            for offer in made.suggest(problem, (shape,)):
                block(**{**params, **offer})

    check()


WRONG = [-1, 0, -0.5, 1e30, 10**18, "many", True, None, [1, 2, 3], [], {"a": 1}, 2.5, "<b>"]


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_every_breach_names_the_field(name, block, draw):
    for param in entry(block).params:
        refused = 0
        for value in WRONG:
            found = analyse(draw(("a", name, {param.name: value})))
            about = [each for each in found.diagnostics if each.param == param.name]
            try:
                block(**{param.name: tuple(value) if isinstance(value, list) else value})
            except ValueError:
                refused += 1
                assert [each.code for each in about] == ["param-out-of-range"], (param.name, value)
                assert about[0].node == "a"
                # The sentence names what was written, whatever its kind.
                assert about[0].values["received"] == shown(value), (param.name, value)
                assert about[0].fixes, (param.name, value)
            else:
                assert not any(each.code == "param-out-of-range" for each in about), (param.name, value)
        assert refused >= 5, param.name


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_a_setting_that_does_not_exist_is_named(name, block, draw):
    found = analyse(draw(("a", name, {"zzz": 1})))
    assert [each.param for each in found.diagnostics if each.code == "unknown-param"] == ["zzz"]


@pytest.mark.parametrize("factor", [0.125, -3.0, 1e-7, 1e3, 0])
def test_scaling_multiplies_by_the_factor(factor):
    module, text = torch_module(catalogue()["Scale"](factor=factor), (3,))
    x = torch.tensor([-1.5, 0.0, 2.0])
    assert torch.equal(module(x), factor * x), text


def test_merges_are_those_of_torch():
    add, cat = catalogue()["Add"](), catalogue()["Concatenate"]()
    one, two, other = (3, 4, 5), (2, 4, 5), (3, 4, 6)
    assert add.infer((one, one, one)) == one
    assert cat.infer((one, two)) == tuple(
        torch.cat([torch.zeros(1, *one), torch.zeros(1, *two)], 1).shape[1:]
    )
    assert cat.infer(((3,), (4,))) == (7,)
    for block, shapes in ((add, (one, two)), (cat, (one, other)), (cat, (one, (3,))), (add, ((3,), (4,)))):
        with pytest.raises(ShapeProblem, match="merge-shapes"):
            block.infer(shapes)
    assert add.flops((one, one, one), one) == 2 * math.prod(one)
