"""`main` of the script: everything in its order."""

from __future__ import annotations

from blockml.codegen.literals import literal, wrapped
from blockml.codegen.training import Training

_KINDS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}


def program(training: Training, model: str, weights: str, *, exclude: bool) -> str:
    """Write `main`.

    Args:
        training: What the recipe asks for.
        model: Name of the class of the module.
        weights: File that the weights are saved in.
        exclude: Whether ``EXCLUDED`` names pictures that are left out.
    """
    recipe = training.recipe
    says = "Train the network, test it, and save what it learned." if training.learns else "Test the network."
    lines = ["def main() -> None:", f'    """{says}"""']
    if recipe.deterministic:
        lines += [
            '    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"',
            "    torch.use_deterministic_algorithms(True)",
        ]
    if training.learns and training.plan and training.plan.threads == "one":
        lines += [
            "    # One thread takes a step of so small a network as fast as all.",
            "    torch.set_num_threads(1)",
        ]
    learned = "train_images, train_labels" if training.learns else "_, _"
    lines += [
        '    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
        *wrapped(f"    {learned}, test_images, test_labels = ", ["part.to(device) for part in load_data()"]),
    ]
    lines += _selection(training, exclude=exclude) if training.learns else []
    layout = ", memory_format=torch.channels_last" if training.plan and training.plan.channels_last else ""
    lines += ["    torch.manual_seed(SEED)", f"    model = {model}().to(device{layout})"]
    if training.learns:
        lines += [*_preparation(training), *_epochs(training), *_end(training, weights)]
    else:
        lines += [
            "    # It has no weights, so there is nothing to learn.",
            "    share = accuracy(model, test_images, test_labels)",
            '    print(f"test accuracy {share:.1%}")',
            f"    torch.save(model.state_dict(), {literal(weights)})",
        ]
    return "\n".join([*lines, "", "", 'if __name__ == "__main__":', "    main()"]) + "\n"


def _selection(training: Training, *, exclude: bool) -> list[str]:
    recipe, lines = training.recipe, []
    if exclude:
        lines += [
            "    kept = torch.ones(len(train_labels), dtype=torch.bool, device=device)",
            "    kept[EXCLUDED] = False",
            "    train_images, train_labels = train_images[kept], train_labels[kept]",
        ]
    if recipe.examples:
        lines += [
            "    chosen = take_examples(train_labels, EXAMPLES, SEED).to(device)",
            "    train_images, train_labels = train_images[chosen], train_labels[chosen]",
        ]
    if recipe.holds_back:
        lines += [
            "    kept, held = hold_back(train_labels, VALIDATION, SEED)",
            "    kept, held = kept.to(device), held.to(device)",
            "    held_images, held_labels = train_images[held], train_labels[held]",
            "    train_images, train_labels = train_images[kept], train_labels[kept]",
        ]
    return lines


def _preparation(training: Training) -> list[str]:
    lines = []
    if training.recipe.ema_decay:
        lines.append("    average = copy.deepcopy(model)")
    lines += _optimizer(training)
    if training.draws:
        lines.append("    generator = torch.Generator(device).manual_seed(SEED)")
    if training.weighs:
        lines.append(f"    weights = balanced_weights(train_labels, {training.classes})")
    return lines


def _optimizer(training: Training) -> list[str]:
    """The same call as in `blockml.loop.optimizer.make_optimizer`."""
    recipe = training.recipe
    if recipe.optimizer == "muon":
        decay = "WEIGHT_DECAY" if recipe.weight_decay else "0.0"
        arguments = [f"muon_groups(model, {decay})", "lr=LEARNING_RATE", "momentum=MOMENTUM", "fused=True"]
        return wrapped("    optimizer = Muon", arguments)
    weights, before = "model.parameters()", []
    if recipe.weight_decay:
        weights = "parameter_groups(model, WEIGHT_DECAY)"
    elif training.frozen:
        weights = "learned"
        before = ["    learned = [each for each in model.parameters() if each.requires_grad]"]
    arguments = [weights, "lr=LEARNING_RATE"]
    if recipe.optimizer in {"sgd", "rmsprop"} and recipe.momentum > 0:
        arguments.append("momentum=MOMENTUM")
    if recipe.optimizer == "sgd" and recipe.nesterov and recipe.momentum > 0:
        arguments.append("nesterov=True")
    if recipe.optimizer == "adamw" and not recipe.weight_decay:
        arguments.append("weight_decay=0.0")
    if recipe.optimizer != "rmsprop":
        arguments.append("fused=True")
    return [*before, *wrapped(f"    optimizer = torch.optim.{_KINDS[recipe.optimizer]}", arguments)]


def _epochs(training: Training) -> list[str]:
    recipe, lines = training.recipe, []
    if recipe.holds_back:
        lines.append("    best_loss, best_epoch = math.inf, 0")
    if recipe.best_epoch:
        lines.append("    best = model.state_dict()")
    arguments = ["model", "optimizer", "train_images", "train_labels", "epoch", *training.epoch_arguments()]
    lines += [
        "    for epoch in range(EPOCHS):",
        *wrapped("        loss = train_epoch", arguments),
        f"        share = accuracy({training.tested}, test_images, test_labels)",
        '        print(f"epoch {epoch + 1}/{EPOCHS}: loss {loss:.4f}, test accuracy {share:.1%}")',
    ]
    if recipe.holds_back:
        lines += [
            f"        held_loss = mean_loss({training.tested}, held_images, held_labels)",
            "        if held_loss < best_loss:",
            "            best_loss, best_epoch = held_loss, epoch",
        ]
    if recipe.best_epoch:
        lines += [
            f"            state = {training.tested}.state_dict()",
            "            best = {name: value.clone() for name, value in state.items()}",
        ]
    if recipe.patience:
        lines += [
            "        if epoch - best_epoch >= PATIENCE:",
            "            break  # it has not got better for so many epochs",
        ]
    return lines


def _end(training: Training, weights: str) -> list[str]:
    kept = training.tested
    lines = []
    if training.recipe.best_epoch:
        lines = [
            f"    {kept}.load_state_dict(best)",
            f"    share = accuracy({kept}, test_images, test_labels)",
            '    print(f"best epoch {best_epoch + 1}: test accuracy {share:.1%}")',
        ]
    return [*lines, f"    torch.save({kept}.state_dict(), {literal(weights)})"]
