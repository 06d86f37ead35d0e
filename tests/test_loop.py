"""The training's own source: each function against torch, torchvision or what it promises."""

import copy
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torchvision.transforms import functional as pictures

from blockml.loop import changes
from blockml.loop.augment import augment
from blockml.loop.average import update_average
from blockml.loop.loss import balanced_weights, loss_of
from blockml.loop.mix import mix, symmetric_beta
from blockml.loop.optimizer import make_optimizer, orthogonal, parameter_groups
from blockml.loop.prepare import prepare
from blockml.loop.rand_augment import rand_augment
from blockml.loop.rate import rate_at
from blockml.loop.split import hold_back, take_examples

SHAPES = st.tuples(st.integers(1, 9), st.sampled_from([1, 3]), st.integers(1, 13), st.integers(1, 13))
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "flip": st.booleans(),
        "shift": st.integers(0, 64),
        "rotate": st.floats(0, 180),
        "zoom": st.floats(0, 0.9),
        "color": st.floats(0, 1),
        "rand_augment": st.integers(0, 3),
        "cutout": st.integers(0, 256),
    },
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def noise(*shape):
    return torch.randint(0, 256, shape, generator=generator(), dtype=torch.uint8)


@given(SHAPES, SETTINGS, st.booleans())
def test_augmented_pictures_are_pictures(shape, settings, floating):
    images = noise(*shape).float() if floating else noise(*shape)
    before = images.clone()
    found = augment(images, generator(1), **settings)
    assert torch.equal(images, before), "the pictures that are kept are never changed"
    assert found.shape == images.shape
    assert found.isfinite().all()
    assert found.min() >= 0
    assert found.max() <= 255
    assert torch.equal(found, augment(images, generator(1), **settings))
    if not {"rotate", "zoom", "color", "rand_augment"} & set(settings):
        assert found.dtype == images.dtype


def test_an_augmentation_of_nothing_is_nothing():
    images = noise(4, 3, 5, 5)
    assert augment(images, generator()) is images


def test_flip_mirrors_half_of_the_pictures():
    images = noise(1000, 1, 2, 3)
    found = changes.flip(images, generator())
    mirrored = (found == images.flip(3)).flatten(1).all(1)
    same = (found == images).flatten(1).all(1)
    assert (mirrored | same).all()
    assert 0.45 < mirrored.float().mean() < 0.55


@given(SHAPES, st.integers(0, 20), st.integers(0, 5))
def test_shift_is_a_crop_of_the_mirrored_picture(shape, pixels, seed):
    count, _, height, width = shape
    images = noise(*shape)
    found = changes.shift(images, pixels, generator(seed))
    moves = torch.randint(-pixels, pixels + 1, (2, count), generator=generator(seed))
    for one, moved, (down, right) in zip(images, found, moves.T.tolist(), strict=True):
        wide = one.float()
        # torch mirrors by less than the side only, so it is asked again and again.
        top = left = 0
        while top < pixels and height > 1:
            step = min(pixels - top, wide.shape[1] - 1)
            wide = nn.functional.pad(wide[None], (0, 0, step, step), mode="reflect")[0]
            top += step
        while left < pixels and width > 1:
            step = min(pixels - left, wide.shape[2] - 1)
            wide = nn.functional.pad(wide[None], (step, step, 0, 0), mode="reflect")[0]
            left += step
        y, x = (top + down if height > 1 else 0), (left + right if width > 1 else 0)
        assert torch.equal(moved.float(), wide[:, y : y + height, x : x + width])


def test_every_shift_comes_up():
    images = torch.zeros(2000, 1, 7, 7, dtype=torch.uint8)
    images[:, :, 3, 3] = 255
    places = changes.shift(images, 2, generator()).flatten(1).argmax(1)
    assert set(places.tolist()) == {7 * row + column for row in range(1, 6) for column in range(1, 6)}


def drawn_angle(degrees, seed=0):
    return (2 * torch.rand(1, generator=generator(seed)).item() - 1) * degrees


@pytest.mark.parametrize("size", [(32, 32), (20, 33), (33, 20)])
def test_a_turn_is_that_of_torchvision(size):
    smooth = pictures.gaussian_blur(torch.rand(1, 3, *size, generator=generator()) * 255, 7)
    found = changes.rotate_zoom(smooth, 30, 0, generator(3))
    angle = drawn_angle(30, 3)
    expected = pictures.rotate(smooth, angle, pictures.InterpolationMode.BILINEAR)
    back = pictures.rotate(smooth, -angle, pictures.InterpolationMode.BILINEAR)
    middle = (..., slice(7, -7), slice(7, -7))
    errors = [(found - each)[middle].abs().max().item() for each in (expected, back)]
    assert min(errors) < 0.5
    assert max(errors) > 5


def test_zoom_keeps_the_middle_and_the_proportions():
    images = torch.zeros(64, 1, 21, 41)
    images[:, :, 8:13, 18:23] = 255
    found = changes.rotate_zoom(images, 0, 0.5, generator())
    area = found.sum((1, 2, 3)) / 255
    drawn = torch.rand(128, generator=generator())[64:] + 0.5
    # Made much smaller it is sampled too sparsely for its area to be exact.
    assert (area / (25 * drawn**2) - 1)[drawn > 0.9].abs().max() < 0.1
    assert (area / (25 * drawn**2) - 1).abs().mean() < 0.1
    rows, columns = found.amax((1, 3)) > 127, found.amax((1, 2)) > 127
    assert (rows.sum(1) - columns.sum(1)).abs().max() <= 1


def test_colour_is_that_of_torchvision():
    images = 100 + 20 * torch.rand(5, 3, 8, 8, generator=generator())  # nothing is cut off
    found = changes.color(images, 0.3, generator(2))
    factors = 0.7 + 0.6 * torch.rand(15, generator=generator(2)).view(3, 5)
    for k, (bright, contrast, saturation) in enumerate(factors.T.tolist()):
        one = pictures.adjust_brightness(images[k] / 255, bright)
        one = pictures.adjust_saturation(pictures.adjust_contrast(one, contrast), saturation)
        assert (found[k] / 255 - one).abs().max() < 2e-3


def test_cutout_blanks_a_square_with_the_mean():
    images = noise(200, 3, 16, 20)
    found = changes.cutout(images, 6, generator())
    changed = (found != images).any(1)
    mean = images.float().mean((0, 2, 3)).round()
    assert ((found == mean.view(1, 3, 1, 1)).all(1) | ~changed).all()
    sides = changed.any(2).sum(1), changed.any(1).sum(1)
    for side in sides:
        assert side.max() == 6
        assert side.min() >= 1
    assert (changed.sum((1, 2)) >= 0.5 * sides[0] * sides[1]).all()
    # Every pixel is hidden now and then, also in the corners.
    assert changed.any(0).all()
    assert (changes.cutout(images, 500, generator()) == mean.view(1, 3, 1, 1)).all()


def test_random_changes_leave_some_pictures_and_change_most():
    images = noise(1300, 3, 8, 8).float()
    found = rand_augment(images, 1, generator())
    same = (found - images).abs().amax((1, 2, 3)) < 0.1
    # One kind of thirteen changes nothing; spreading the tones of noise changes little.
    assert 0.05 < same.float().mean() < 0.25
    assert (found - images).abs().mean() > 5


@pytest.mark.parametrize("alpha", [0.01, 0.2, 0.5, 1.0, 3.0, 10.0])
def test_draws_follow_the_beta_distribution(alpha):
    from scipy.stats import beta, kstest

    drawn = symmetric_beta(alpha, *torch.rand(2, 20_000, generator=generator(), dtype=torch.float64))
    assert drawn.isfinite().all()
    # Nearer to the ends than this nothing is distinguished.
    inside = drawn[(drawn > 1e-6) & (drawn < 1 - 1e-6)]
    law = beta(alpha, alpha)
    assert len(inside) / len(drawn) == pytest.approx(1 - 2 * law.cdf(1e-6), abs=0.01)
    low, high = law.cdf(1e-6), law.cdf(1 - 1e-6)
    assert kstest(inside.numpy(), lambda x: (law.cdf(x) - low) / (high - low)).pvalue > 1e-3


def test_no_draw_is_no_number():
    ends = torch.tensor([0.0, 1e-30, 0.25, 0.5, 1 - 2**-24])
    for alpha in (1e-6, 0.2, 1.0, 10.0):
        found = symmetric_beta(alpha, ends.view(-1, 1), ends)
        assert found.isfinite().all()
        assert found.min() >= 0
        assert found.max() <= 1


@given(SHAPES, st.sampled_from([0.0, 0.2, 1.0]), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 30))
def test_mixed_pictures_hold_as_much_of_each_as_their_labels_say(shape, mixup, cutmix, seed):
    images = torch.arange(shape[0]).view(-1, 1, 1, 1).expand(shape).float()
    labels = torch.arange(shape[0])
    found, other, share = mix(images, labels, generator(seed), mixup=mixup, cutmix=cutmix)
    assert share.ndim == 0
    assert 0 <= share <= 1
    assert found.shape == images.shape
    expected = share * labels + (1 - share) * other
    assert (found.mean((1, 2, 3)) - expected).abs().max() < 1e-4 * max(1, shape[0])
    if not cutmix:
        assert (found.std((1, 2, 3), unbiased=False) < 1e-4).all()
    elif not mixup:
        own, foreign = labels.view(-1, 1, 1, 1), other.view(-1, 1, 1, 1)
        assert ((found == own) | (found == foreign)).all()


def test_both_mixtures_are_drawn():
    images, labels = torch.arange(4.0).view(-1, 1, 1, 1).expand(4, 1, 8, 8), torch.arange(4)
    state = generator()
    blended = sum(
        bool(mix(images, labels, state, mixup=1, cutmix=1)[0][0].unique().numel() == 1) for _ in range(200)
    )
    assert 80 < blended < 130  # a pasted piece of nothing counts as blended too


def rates(steps, epoch_steps=10, **settings):
    usual = {"schedule": "constant", "peak": 0.5, "warmup": 0.0, "step_size": 2, "gamma": 0.3}
    return [rate_at(step, steps, epoch_steps, **(usual | settings)) for step in range(steps)]


def torch_rates(steps, make):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
    schedule = make(torch.optim.lr_scheduler, optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9])
@pytest.mark.parametrize("steps", [7, 50, 333])
def test_rates_are_those_of_torch(steps, share):
    one_cycle = torch_rates(
        steps,
        lambda kinds, optimizer: kinds.OneCycleLR(
            optimizer, 0.5, total_steps=steps, pct_start=share or 0.3, cycle_momentum=False
        ),
    )
    assert rates(steps, schedule="one_cycle", warmup=share) == pytest.approx(one_cycle, rel=1e-9)
    rising = round(share * steps)

    def warm(kinds, optimizer, then):
        if not rising:
            return then
        line = kinds.LinearLR(optimizer, 1 / (rising + 1), 1.0, total_iters=rising)
        return kinds.SequentialLR(optimizer, [line, then], [rising])

    constant = torch_rates(
        steps, lambda kinds, optimizer: warm(kinds, optimizer, kinds.ConstantLR(optimizer, 1.0))
    )
    assert rates(steps, warmup=share) == pytest.approx(constant)
    cosine = torch_rates(
        steps,
        lambda kinds, optimizer: warm(kinds, optimizer, kinds.CosineAnnealingLR(optimizer, steps - rising)),
    )
    assert rates(steps, schedule="cosine", warmup=share) == pytest.approx(cosine, rel=1e-6)


def test_falls_are_those_of_torch():
    steps = torch_rates(6, lambda kinds, optimizer: kinds.StepLR(optimizer, 2, 0.3))
    found = rates(60, schedule="step")
    assert found[::10] == pytest.approx(steps)
    assert all(len(set(found[k : k + 10])) == 1 for k in range(0, 60, 10))


@given(
    st.integers(1, 400),
    st.integers(1, 50),
    st.sampled_from(["constant", "step", "cosine", "one_cycle"]),
    st.floats(0, 0.9),
)
def test_rates_are_above_zero_and_at_most_the_peak(steps, epoch_steps, schedule, warmup):
    found = rates(steps, epoch_steps, schedule=schedule, warmup=warmup)
    assert all(0 < rate <= 0.5 * (1 + 1e-12) for rate in found)
    # Going on after the end, as "more epochs" does before it counts anew, is no surprise.
    assert (
        0
        <= rate_at(
            2 * steps, steps, epoch_steps, schedule=schedule, peak=0.5, warmup=warmup, step_size=2, gamma=0.3
        )
        <= 0.5
    )


def network():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.PReLU(),
        nn.LayerNorm([4, 4, 4]),
        nn.Flatten(),
        nn.Linear(64, 3),
    )


def test_only_the_weights_of_layers_are_pulled():
    model = network()
    pulled, free = parameter_groups(model, 0.1)
    assert [id(each) for each in pulled["params"]] == [id(model[0].weight), id(model[5].weight)]
    assert len(free["params"]) == 7
    assert (pulled["weight_decay"], free["weight_decay"]) == (0.1, 0.0)


@pytest.mark.parametrize("kind", ["adam", "adamw", "sgd", "rmsprop"])
def test_optimizers_are_those_of_torch(kind):
    torch.manual_seed(0)
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    other.load_state_dict(one.state_dict())
    ours = make_optimizer(one, kind, 0.01, momentum=0.8, nesterov=True, weight_decay=0.1)
    groups = [
        {"params": [other.weight], "weight_decay": 0.1},
        {"params": [other.bias], "weight_decay": 0.0},
    ]
    theirs = {
        "adam": lambda: torch.optim.Adam(groups, 0.01),
        "adamw": lambda: torch.optim.AdamW(groups, 0.01),
        "sgd": lambda: torch.optim.SGD(groups, 0.01, momentum=0.8, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(groups, 0.01, momentum=0.8),
    }[kind]()
    x = torch.rand(5, 3)
    for _ in range(5):
        for model, optimizer in ((one, ours), (other, theirs)):
            optimizer.zero_grad()
            model(x).square().sum().backward()
            optimizer.step()
    for mine, reference in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.allclose(mine, reference, atol=1e-6)


def test_muon_is_that_of_torch_on_matrices_and_adamw_on_the_rest():
    torch.manual_seed(0)
    one = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(32, 40), nn.ReLU(), nn.Linear(40, 4))
    other = copy.deepcopy(one)
    before = [weight.detach().clone() for weight in one.parameters()]
    ours = make_optimizer(one, "muon", 0.01, momentum=0.9, nesterov=False, weight_decay=0.1)
    # torch's takes no filters: theirs are a matrix on which the convolution looks.
    filters = nn.Parameter(other[0].weight.detach().flatten(1))
    theirs = torch.optim.Muon(
        [filters, other[2].weight], 0.01, 0.1, momentum=0.9, adjust_lr_fn="match_rms_adamw"
    )
    biases = [other[0].bias, other[2].bias, other[4].bias]
    rest = torch.optim.AdamW(
        [{"params": [other[4].weight], "weight_decay": 0.1}, {"params": biases, "weight_decay": 0.0}], 0.01
    )
    for _ in range(3):
        for mine, reference in zip(one.parameters(), other.parameters(), strict=True):
            mine.grad = torch.randn_like(mine)
            reference.grad = mine.grad.clone()
        ours.step()
        filters.grad = other[0].weight.grad.flatten(1)
        theirs.step()
        rest.step()
    for start, mine, reference in zip(before, one.parameters(), other.parameters(), strict=True):
        # torch turns in bfloat16, which knows three digits.
        assert (mine - reference).norm() < 0.05 * (reference - start).norm()
    turned = orthogonal(torch.randn(20, 6))
    assert torch.linalg.svdvals(turned).sub(1).abs().max() < 0.35


@pytest.mark.parametrize("kind", ["adam", "adamw", "sgd", "rmsprop", "muon"])
def test_a_model_without_weights_has_an_optimizer_too(kind):
    optimizer = make_optimizer(nn.Flatten(), kind, 0.1, momentum=0, nesterov=True, weight_decay=0)
    optimizer.zero_grad()
    optimizer.step()


def test_the_mean_loss_is_that_of_torch():
    scores, labels = torch.randn(6, 4), torch.randint(0, 4, (6,))
    weights = torch.rand(4)
    for smoothing in (0.0, 0.2):
        expected = nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(scores, labels)
        found = loss_of(scores, labels, smoothing=smoothing, weights=weights)
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)
    other, share = labels.roll(1), torch.tensor(0.3)
    mixed = loss_of(scores, labels, other=other, share=share)
    soft = 0.3 * nn.functional.one_hot(labels, 4) + 0.7 * nn.functional.one_hot(other, 4)
    assert mixed.item() == pytest.approx(nn.functional.cross_entropy(scores, soft).item(), abs=1e-6)
    assert loss_of(scores.bfloat16(), labels).dtype == torch.float32


def test_balanced_weights_are_those_of_scikit_learn():
    from sklearn.utils.class_weight import compute_class_weight

    labels = torch.tensor([0] * 7 + [1] * 2 + [3])
    found = balanced_weights(labels, 5)
    expected = compute_class_weight("balanced", classes=torch.tensor([0, 1, 3]).numpy(), y=labels.numpy())
    assert found[[0, 1, 3]].tolist() == pytest.approx(expected.tolist())
    assert found[[2, 4]].tolist() == [0, 0]


def test_the_average_follows_the_weights():
    model = network()
    average = copy.deepcopy(model)
    expected = [weight.detach().clone() for weight in average.parameters()]
    for step in range(30):
        with torch.no_grad():
            for weight in model.parameters():
                weight.add_(torch.randn_like(weight))
            model[1].num_batches_tracked += 1
        update_average(average, model, 0.5, step)
        kept = min(0.5, (1 + step) / (10 + step))
        expected = [
            kept * mean + (1 - kept) * weight.detach()
            for mean, weight in zip(expected, model.parameters(), strict=True)
        ]
    for mean, reference in zip(average.parameters(), expected, strict=True):
        assert torch.allclose(mean, reference, atol=1e-5)
    assert average[1].num_batches_tracked == 30
    update_average(nn.Flatten(), nn.Flatten(), 0.5, 0)


LABELS = st.lists(st.integers(0, 6), min_size=1, max_size=80).map(torch.tensor)


@given(LABELS, st.floats(0.01, 0.5), st.integers(0, 3))
def test_held_back_pictures_are_the_share_of_each_class(labels, share, seed):
    kept, held = hold_back(labels, share, seed)
    assert torch.equal(torch.cat([kept, held]).sort().values, torch.arange(len(labels)))
    for part in (kept, held):
        assert part.dtype == torch.int64
        assert torch.equal(part, part.sort().values)
    assert len(held) >= min(1, len(labels) - 1)
    assert len(held) <= max(1, round(share * len(labels)))
    if len(kept) >= labels.unique().numel():
        assert labels[kept].unique().numel() == labels.unique().numel()
    again = hold_back(labels, share, seed)
    assert torch.equal(again[0], kept)
    for number in labels.unique():
        of_class = (labels == number).sum().item()
        expected = of_class * len(held) / len(labels)
        assert abs((labels[held] == number).sum().item() - expected) <= 7


def test_a_tenth_of_a_large_set_is_a_tenth_of_each_class():
    labels = torch.arange(10).repeat_interleave(torch.arange(100, 1100, 100))
    held = labels[hold_back(labels, 0.1, 0)[1]]
    assert (torch.bincount(held) - torch.arange(10, 110, 10)).abs().max() <= 1
    assert not torch.equal(hold_back(labels, 0.1, 0)[1], hold_back(labels, 0.1, 1)[1])


@given(LABELS, st.integers(1, 90))
def test_a_few_examples_show_every_class(labels, count):
    taken = take_examples(labels, count, 0)
    assert len(taken) == min(count, len(labels))
    assert torch.equal(taken, taken.unique())
    assert labels[taken].unique().numel() == min(count, labels.unique().numel())


def test_prepared_pictures_have_mean_zero_and_spread_one():
    images = noise(50, 3, 6, 6)
    scaled = images.float() / 255
    found = prepare(images, scaled.mean((0, 2, 3)).tolist(), scaled.std((0, 2, 3)).tolist())
    assert found.mean((0, 2, 3)).abs().max() < 1e-5
    assert (found.std((0, 2, 3)) - 1).abs().max() < 1e-5
    assert math.isclose(
        found.min().item(), prepare(images.float(), *[[scaled.mean().item()] * 3] * 2).min(), abs_tol=9
    )


def opened(address):
    import base64
    import io

    import numpy as np
    from PIL import Image

    head, _, content = address.partition(",")
    assert head == "data:image/png;base64"
    return torch.from_numpy(np.array(Image.open(io.BytesIO(base64.b64decode(content)))))


def test_pictures_are_shown_before_and_after():
    from blockml.chain import experiment
    from blockml.data import load_data
    from blockml.data.augmented import augmented
    from blockml.recipe import Recipe

    data = load_data("digits")

    def shown(pictures=10, **recipe):
        return augmented(experiment(["Flatten"], recipe=Recipe(**recipe)), data, pictures)

    found = shown(rotate=15.0, cutout=3, mixup=0.4, cutmix=1.0)
    assert found.shown == 10
    before, after = opened(found.before), opened(found.after)
    assert before.shape == after.shape == (8, 80)
    assert not torch.equal(before, after)
    assert found == shown(rotate=15.0, cutout=3, mixup=0.4, cutmix=1.0)
    plain = shown()
    assert plain.before == plain.after == found.before
    assert shown(pictures=10_000, flip=True).shown == 1437
