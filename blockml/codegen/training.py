"""The part of the script that trains and tests: of everything only what the recipe uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from blockml.codegen.copied import Copied, copied
from blockml.codegen.literals import constant, product, wrapped
from blockml.protocol import Plan
from blockml.recipe import Recipe

_IMAGES = ["images: torch.Tensor", "labels: torch.Tensor"]


@dataclass(frozen=True)
class Training:
    """What a recipe asks of the script.

    Attributes:
        recipe: The settings.
        plan: How the engine computed, or ``None``: then the script looks what the GPU can do.
        classes: Number of classes.
        learns: Whether the network has weights.
        frozen: Whether some of them stay as they are.
    """

    recipe: Recipe
    plan: Plan | None
    classes: int
    learns: bool
    frozen: bool = False

    @cached_property
    def short(self) -> str:
        """Where numbers are shorter: ``always``, ``gpu`` or nowhere (empty)."""
        precision = self.plan.precision if self.plan else self.recipe.precision
        return {"bf16": "always", "auto": "gpu", "fp32": ""}[precision]

    @property
    def mixes(self) -> bool:
        """Whether pictures are mixed with others."""
        return self.recipe.mixup > 0 or self.recipe.cutmix > 0

    @property
    def own_loss(self) -> bool:
        """Whether torch's own loss does not do: see `blockml.loop.loss`."""
        return self.mixes or (self.weighs and self.recipe.label_smoothing > 0)

    @property
    def paced(self) -> bool:
        """Whether the learning rate changes."""
        return self.recipe.schedule != "constant" or self.recipe.warmup > 0

    @cached_property
    def changes(self) -> list[str]:
        """The calls of the augmentation, in the order of `blockml.loop.augment.augment`."""
        recipe = self.recipe
        calls = {
            "flip(images, generator)": recipe.flip,
            "shift(images, SHIFT, generator)": recipe.shift,
            "rotate_zoom(images, ROTATE, ZOOM, generator)": recipe.rotate or recipe.zoom,
            "color(images, COLOR, generator)": recipe.color,
            "rand_augment(images, RAND_AUGMENT, generator)": recipe.rand_augment,
            "cutout(images, CUTOUT, generator)": recipe.cutout,
        }
        return [call for call, wanted in calls.items() if wanted]

    @property
    def draws(self) -> bool:
        """Whether the training draws anything but the order of the pictures."""
        return bool(self.changes) or self.mixes

    @property
    def weighs(self) -> bool:
        """Whether classes count differently."""
        return self.recipe.class_weights == "balanced"

    @property
    def tested(self) -> str:
        """The variable of the network that is tested and kept."""
        return "average" if self.recipe.ema_decay else "model"

    def constants(self) -> list[str]:
        """Lines for the settings that are used."""
        recipe = self.recipe
        moves = recipe.optimizer == "muon" or (recipe.optimizer in {"sgd", "rmsprop"} and recipe.momentum > 0)
        turns = bool(recipe.rotate or recipe.zoom)
        used = {
            "epochs": True,
            "batch_size": True,
            "learning_rate": True,
            "momentum": moves,
            "weight_decay": recipe.weight_decay > 0,
            "clip_norm": recipe.clip_norm > 0,
            "warmup": recipe.warmup > 0,
            "step_size": recipe.schedule == "step",
            "gamma": recipe.schedule == "step",
            "label_smoothing": recipe.label_smoothing > 0,
            "ema_decay": recipe.ema_decay > 0,
            "patience": recipe.patience > 0,
            "validation": recipe.holds_back,
            "shift": recipe.shift > 0,
            "rotate": turns,
            "zoom": turns,
            "color": recipe.color > 0,
            "rand_augment": recipe.rand_augment > 0,
            "cutout": recipe.cutout > 0,
            "mixup": recipe.mixup > 0,
            "cutmix": recipe.cutmix > 0,
            "examples": recipe.examples > 0,
            "seed": True,
        }
        return [constant(name.upper(), getattr(recipe, name)) for name, wanted in used.items() if wanted]

    def parts(self) -> list[Copied]:
        """The definitions between the module and `main`, in their order."""
        recipe = self.recipe
        found = [copied("prepare", "prepare")]
        if not self.learns:
            return [*found, *self._scores(), self._accuracy()]
        if recipe.examples or recipe.holds_back:
            wanted = ["take_examples"] * bool(recipe.examples) + ["hold_back"] * recipe.holds_back
            found.append(copied("split", *wanted))
        if self.changes:
            found += self._augment()
        if self.mixes:
            found.append(copied("mix", "mix"))
        if self.own_loss or self.weighs:
            wanted = ["loss_of"] * self.own_loss + ["balanced_weights"] * self.weighs
            found.append(copied("loss", *wanted))
        found += self._optimizer()
        if self.paced:
            found += self._rate()
        if recipe.ema_decay:
            found.append(copied("average", "update_average"))
        found += [*self._scores(), self._epoch()]
        if recipe.holds_back:
            found.append(self._mean_loss())
        return [*found, self._accuracy()]

    def _optimizer(self) -> list[Copied]:
        if self.recipe.optimizer == "muon":
            return [copied("optimizer", "muon_groups", "Muon")]
        return [copied("optimizer", "parameter_groups")] * (self.recipe.weight_decay > 0)

    def _augment(self) -> list[Copied]:
        names = [call.partition("(")[0] for call in self.changes]
        lines = [
            "def augment(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:",
            '    """Change each picture at random, so that none is seen twice the same."""',
            *(f"    images = {call}" for call in self.changes[:-1]),
            f"    return {self.changes[-1]}",
        ]
        single = [name for name in names if name != "rand_augment"]
        found = [copied("changes", *single)] if single else []
        if "rand_augment" in names:
            found.append(copied("rand_augment", "rand_augment"))
        return [*found, Copied("\n".join(lines), frozenset())]

    def _rate(self) -> list[Copied]:
        recipe = self.recipe
        share = ", WARMUP" if recipe.warmup else ""
        if recipe.schedule == "one_cycle":
            names, factors = ["one_cycle"], [f"one_cycle(step, steps, LEARNING_RATE{share})"]
        else:
            calls = {"warm_up": "warm_up(step, steps, WARMUP)"} if recipe.warmup else {}
            if recipe.schedule == "cosine":
                calls["cosine"] = f"cosine(step, steps{share})"
            if recipe.schedule == "step":
                calls["falls"] = "falls(step, steps // EPOCHS, STEP_SIZE, GAMMA)"
            names, factors = list(calls), ["LEARNING_RATE", *calls.values()]
        lines = [
            "def rate_at(step: int, steps: int) -> float:",
            '    """Return the learning rate of a step, counted from 0, of so many steps."""',
        ]
        lines += product("    return ", factors)
        return [copied("rate", *names), Copied("\n".join(lines), frozenset())]

    def _scores(self) -> list[Copied]:
        if not self.short:
            return []
        where = " where the GPU has that" if self.short == "gpu" else ""
        enabled = ["enabled=short"] if self.short == "gpu" else []
        lines = [
            "def scores_of(model: nn.Module, images: torch.Tensor) -> torch.Tensor:",
            f'    """Return the scores, computed with numbers of 16 bits{where}."""',
        ]
        if self.short == "gpu":
            lines += [
                "    short = images.is_cuda and torch.cuda.is_bf16_supported(including_emulation=False)"
            ]
        arguments = ["images.device.type", "dtype=torch.bfloat16", *enabled]
        lines += [f"    with torch.autocast({', '.join(arguments)}):", "        return model(images).float()"]
        return [Copied("\n".join(lines), frozenset())]

    def _run(self, model: str, images: str) -> str:
        return f"scores_of({model}, {images})" if self.short else f"{model}({images})"

    def _prepared(self, images: str) -> str:
        layout = ".to(memory_format=torch.channels_last)" if self.plan and self.plan.channels_last else ""
        return f"prepare({images}, MEAN, STD){layout}"

    def epoch_arguments(self) -> list[str]:
        """Names of what `train_epoch` takes behind the epoch, where the recipe needs it."""
        return (
            ["average"] * (self.recipe.ema_decay > 0) + ["generator"] * self.draws + ["weights"] * self.weighs
        )

    def _epoch(self) -> Copied:
        recipe = self.recipe
        kinds = {"average": "nn.Module", "generator": "torch.Generator", "weights": "torch.Tensor"}
        arguments = ["model: nn.Module", "optimizer: torch.optim.Optimizer", *_IMAGES, "epoch: int"]
        arguments += [f"{name}: {kinds[name]}" for name in self.epoch_arguments()]
        counted = self.paced or recipe.ema_decay > 0
        lines = [
            *wrapped("def train_epoch", arguments, ") -> float:"),
            '    """Show every picture once, in a new order, and return the mean loss."""',
            "    model.train()",
            "    shuffle = torch.Generator().manual_seed(SEED + epoch)",
            "    batches = torch.randperm(len(images), generator=shuffle).split(BATCH_SIZE)",
            "    if len(batches) > 1 and len(batches[-1]) == 1:",
            "        batches = batches[:-1]  # one picture alone has nothing to be compared with",
            "    total = torch.zeros((), device=images.device)",
        ]
        loop = (
            "step, batch in enumerate(batches, start=epoch * len(batches))" if counted else "batch in batches"
        )
        lines.append(f"    for {loop}:")
        lines += ["        batch = batch.to(images.device)", "        truth = labels[batch]"]
        if self.changes:
            lines.append("        changed = augment(images[batch], generator)")
        source = "changed" if self.changes else "images[batch]"
        lines.append(f"        inputs = {self._prepared(source)}")
        if self.mixes:
            strengths = [f"{name}={name.upper()}" for name in ("mixup", "cutmix") if getattr(recipe, name)]
            lines += wrapped(
                "        inputs, other, share = mix", ["inputs", "truth", "generator", *strengths]
            )
        lines.append(f"        scores = {self._run('model', 'inputs')}")
        lines += self._loss()
        lines += ["        optimizer.zero_grad()", "        loss.backward()"]
        if recipe.clip_norm:
            lines += [
                "        groups = optimizer.param_groups",
                '        parameters = [each for group in groups for each in group["params"]]',
                "        nn.utils.clip_grad_norm_(parameters, CLIP_NORM)",
            ]
        if self.paced:
            lines += [
                "        for group in optimizer.param_groups:",
                '            group["lr"] = rate_at(step, EPOCHS * len(batches))',
            ]
        lines.append("        optimizer.step()")
        if recipe.ema_decay:
            lines.append("        update_average(average, model, EMA_DECAY, step)")
        lines += ["        total += loss.detach()", "    return total.item() / len(batches)"]
        return Copied("\n".join(lines), frozenset())

    def _loss(self) -> list[str]:
        smooth = bool(self.recipe.label_smoothing)
        if self.own_loss:
            extra = ["smoothing=LABEL_SMOOTHING"] * smooth + ["weights=weights"] * self.weighs
            extra += ["other=other", "share=share"] * self.mixes
            return wrapped("        loss = loss_of", ["scores", "truth", *extra])
        extra = ["weight=weights"] * self.weighs + ["label_smoothing=LABEL_SMOOTHING"] * smooth
        return wrapped("        loss = nn.functional.cross_entropy", ["scores", "truth", *extra])

    def _mean_loss(self) -> Copied:
        lines = [
            "@torch.no_grad()",
            *wrapped("def mean_loss", ["model: nn.Module", *_IMAGES], ") -> float:"),
            '    """Return the mean loss on pictures that are not learned from."""',
            "    model.eval()",
            "    total = 0.0",
            "    for part, truth in zip(images.split(1000), labels.split(1000)):",
            f"        inputs = {self._prepared('part')}",
            f"        scores = {self._run('model', 'inputs')}",
            '        losses = nn.functional.cross_entropy(scores, truth, reduction="none")',
            "        total += losses.double().sum().item()",
            "    return total / len(images)",
        ]
        return Copied("\n".join(lines), frozenset())

    def _accuracy(self) -> Copied:
        lines = [
            "@torch.no_grad()",
            *wrapped("def accuracy", ["model: nn.Module", *_IMAGES], ") -> float:"),
            '    """Return the share of pictures that the network names right."""',
            "    model.eval()",
            "    right = 0",
            "    for part, truth in zip(images.split(1000), labels.split(1000)):",
            f"        inputs = {self._prepared('part')}",
            f"        scores = {self._run('model', 'inputs')}",
            "        right += (scores.argmax(dim=1) == truth).sum().item()",
            "    return right / len(images)",
        ]
        return Copied("\n".join(lines), frozenset())
