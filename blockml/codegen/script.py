"""The whole script: data, module, training and test. It needs PyTorch, never blockml."""

from __future__ import annotations

from blockml.analysis import check
from blockml.codegen.module import source_of
from blockml.datasets import SPLIT_SEED
from blockml.experiment import Experiment
from blockml.facts import DataFacts
from blockml.paths import slug
from blockml.recipe import Recipe
from blockml.texts import shown

_OPTIMIZERS = {
    "adam": "torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)",
    "adamw": "torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)",
    "sgd": "torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)",
}

_LOADERS = {
    "digits": '''\
def load_data() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the pictures (uint8, N × 1 × 8 × 8) and labels, to train and to test with."""
    digits = load_digits()
    images = torch.from_numpy(digits.images * 255 / 16).round().to(torch.uint8)
    images = images.unsqueeze(1)
    labels = torch.from_numpy(digits.target).long()
    train, test = train_test_split(
        range(len(labels)),
        test_size={test_size},
        stratify=digits.target,
        random_state={split_seed},
    )
    return images[train], labels[train], images[test], labels[test]
''',
}
_IMPORTS = {
    "digits": (
        "from sklearn.datasets import load_digits\nfrom sklearn.model_selection import train_test_split\n"
    ),
}
_NEEDS = {"digits": "PyTorch and scikit-learn, which brings the digits"}

_TRAINING = '''\
def prepare(images: torch.Tensor) -> torch.Tensor:
    """Bring pictures from 0..255 to the range that the network learns best from."""
    mean = torch.tensor(MEAN, device=images.device).view(1, -1, 1, 1)
    std = torch.tensor(STD, device=images.device).view(1, -1, 1, 1)
    return (images.float() / 255 - mean) / std


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    epoch: int,
) -> float:
    """Show every picture to the network once, in a new order, and return the mean loss."""
    model.train()
    shuffle = torch.Generator().manual_seed(SEED + epoch)
    batches = torch.randperm(len(images), generator=shuffle).split(BATCH_SIZE)
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches = batches[:-1]  # one picture alone has nothing to be compared with
    total = 0.0
    for batch in batches:
        batch = batch.to(images.device)
        scores = model(prepare(images[batch]))
        loss = nn.functional.cross_entropy(scores, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(batches)


@torch.no_grad()
def accuracy(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the share of pictures that the network names right."""
    model.eval()
    right = 0
    for part, truth in zip(images.split(1000), labels.split(1000)):
        right += (model(prepare(part)).argmax(dim=1) == truth).sum().item()
    return right / len(images)


def main() -> None:
    """Train the network, test it, and save what it learned."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_images, train_labels, test_images, test_labels = (
        part.to(device) for part in load_data()
    )
    torch.manual_seed(SEED)
    model = {model}().to(device)
    optimizer = {optimizer}
    for epoch in range(EPOCHS):
        loss = train_epoch(model, optimizer, train_images, train_labels, epoch)
        share = accuracy(model, test_images, test_labels)
        print(f"epoch {epoch + 1}/{EPOCHS}: loss {loss:.4f}, test accuracy {share:.1%}")
    torch.save(model.state_dict(), "{weights}")


if __name__ == "__main__":
    main()
'''


def to_python(experiment: Experiment) -> str:
    """Write the script of an experiment: a program that trains the same network.

    The same experiment gives the same text. Only validated literals and sanitised names
    enter it, so nothing that a document says is ever executed.

    Raises:
        GraphError: The graph has errors.
    """
    found = check(experiment)
    module = source_of(found, experiment.name)
    # `check` has refused a data set that is not known.
    data: DataFacts = found.data  # type: ignore[assignment]
    name = slug(module.name)
    training = (
        _TRAINING.replace("{model}", module.name)
        .replace("{optimizer}", _OPTIMIZERS[experiment.recipe.optimizer])
        .replace("{weights}", f"{name}.pt")
    )
    loader = (
        _LOADERS[data.name]
        .replace("{test_size}", repr(data.test_size))
        .replace("{split_seed}", repr(SPLIT_SEED))
    )
    head = (
        f'"""An image classifier for {shown(data.shape)} pictures, drawn with blockml.\n\n'
        f"It needs {_NEEDS[data.name]}. Run it with: python {name}.py\n"
        '"""\n\n'
        f"import torch\n{_IMPORTS[data.name]}from torch import nn\n\n"
        f"{_constants(experiment.recipe, data)}"
    )
    return f"{head}\n\n{loader}\n\n{module.body}\n\n{training}"


def _constants(recipe: Recipe, data: DataFacts) -> str:
    return (
        f"EPOCHS = {recipe.epochs!r}\n"
        f"BATCH_SIZE = {recipe.batch_size!r}\n"
        f"LEARNING_RATE = {recipe.learning_rate!r}\n"
        f"SEED = {recipe.seed!r}\n\n"
        "# Mean and spread of the training pictures, for each channel.\n"
        f"MEAN = {data.mean!r}\n"
        f"STD = {data.std!r}\n"
    )
