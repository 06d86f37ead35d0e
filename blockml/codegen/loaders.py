"""The part of the script that loads the data."""

from __future__ import annotations

from dataclasses import dataclass

from blockml.codegen.copied import Import, copied
from blockml.codegen.literals import constant, literal
from blockml.datasets import DATASETS, SPLIT_SEED
from blockml.facts import DataFacts, DataRef
from blockml.paths import slug
from blockml.texts import shown

_HEAD = '''\
def load_data() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return pictures (uint8, {shape}) and labels to train and to test with."""
'''

_DIGITS = """\
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
"""
_MNIST = """\
    train = datasets.{kind}(DATA, train=True, download=True)
    test = datasets.{kind}(DATA, train=False, download=True)
    images, test_images = train.data.unsqueeze(1), test.data.unsqueeze(1)
    return images, train.targets, test_images, test.targets
"""
_EMNIST = """\
    train = datasets.EMNIST(DATA, split="letters", train=True, download=True)
    test = datasets.EMNIST(DATA, split="letters", train=False, download=True)
    # They lie on their side in the files, and their labels count from 1.
    images = train.data.unsqueeze(1).transpose(2, 3)
    test_images = test.data.unsqueeze(1).transpose(2, 3)
    return images, train.targets - 1, test_images, test.targets - 1
"""
_CIFAR10 = """\
    train = datasets.CIFAR10(DATA, train=True, download=True)
    test = datasets.CIFAR10(DATA, train=False, download=True)
    images = torch.from_numpy(train.data).permute(0, 3, 1, 2)
    test_images = torch.from_numpy(test.data).permute(0, 3, 1, 2)
    labels, test_labels = torch.tensor(train.targets), torch.tensor(test.targets)
    return images.contiguous(), labels, test_images.contiguous(), test_labels
"""
_SVHN = """\
    train = datasets.SVHN(DATA, split="train", download=True)
    test = datasets.SVHN(DATA, split="test", download=True)
    images, test_images = torch.from_numpy(train.data), torch.from_numpy(test.data)
    labels, test_labels = torch.from_numpy(train.labels), torch.from_numpy(test.labels)
    return images, labels.long(), test_images, test_labels.long()
"""
_NAMED = {
    "digits": _DIGITS,
    "mnist": _MNIST.replace("{kind}", "MNIST"),
    "fashion_mnist": _MNIST.replace("{kind}", "FashionMNIST"),
    "emnist": _EMNIST,
    "cifar10": _CIFAR10,
    "svhn": _SVHN,
}
_FILES = """\
    path = place_of(DATA)
{find}
    train, test = set_apart(files, CLASSES)
    images, labels = read_pictures(train, read, CLASSES, SHAPE)
    test_images, test_labels = read_pictures(test, read, CLASSES, SHAPE)
    return images, labels, test_images, test_labels
"""
_TENSORS = """\
    data = torch.load(place_of(DATA), weights_only=True)
    names = ("train_images", "train_labels", "test_images", "test_labels")
    images, labels, test_images, test_labels = (data[name] for name in names)
    return images, labels, test_images, test_labels
"""


@dataclass(frozen=True)
class Loader:
    """What loads the data.

    Attributes:
        needs: What has to be there, as a sentence for the head of the script.
        how: How to make it, as more lines of that.
        constants: Their lines.
        text: Functions, `load_data` the last.
        imports: What they need.
    """

    needs: str
    constants: tuple[str, ...]
    text: str
    imports: frozenset[Import]
    how: str = ""


def loader(ref: DataRef, facts: DataFacts) -> Loader:
    """Write what loads the data that an experiment refers to.

    Args:
        ref: Where they come from.
        facts: What is known of them.
    """
    head = _HEAD.replace("{shape}", f"N × {shown(facts.shape)}")
    if ref.path is not None:
        return _from_files(ref.path, facts, head)
    if ref.name not in DATASETS or (ref.facts is not None and ref.facts.digest):
        return _from_tensors(ref, head)
    body = _NAMED[ref.name]
    if ref.name == "digits":
        body = body.replace("{test_size}", literal(facts.test_size))
        imports = {
            Import("sklearn.datasets", "load_digits"),
            Import("sklearn.model_selection", "train_test_split"),
        }
        needs = "It needs PyTorch and scikit-learn, which brings the digits."
        return Loader(needs, (), head + body.replace("{split_seed}", literal(SPLIT_SEED)), frozenset(imports))
    return Loader(
        "It needs PyTorch and torchvision, which downloads the pictures.",
        ("# Folder for the downloaded pictures.", constant("DATA", "data")),
        head + body,
        frozenset({Import("torchvision", "datasets")}),
    )


def _from_files(path: str, facts: DataFacts, head: str) -> Loader:
    ending = path.lower().rpartition(".")[2]
    if ending in {"csv", "tsv"}:
        kind, wanted = "CSV file", ["table_files"]
        find = (
            "    files = table_files(path, CLASSES)\n\n"
            "    def read(name: str) -> bytes:\n"
            "        return (path.parent / name).read_bytes()\n"
        )
    else:
        kind, names = ("zip", "zip_files") if ending == "zip" else ("folder", "folder_files")
        wanted = [names, "class_folders"]
        find = f"    names, read = {names}(path)\n    files = class_folders(names, CLASSES)"
    found = copied("files", "place_of", *wanted, "set_apart", "read_pictures")
    return Loader(
        f"It needs PyTorch and torchvision, and the {kind} of pictures that DATA names.",
        (
            "# Where the pictures are, the names of their classes, and what they are brought to.",
            constant("DATA", path),
            constant("CLASSES", list(facts.classes)),
            constant("SHAPE", facts.shape),
        ),
        f"{found.text}\n\n\n{head}{_FILES.replace('{find}', find)}",
        found.imports,
    )


def _from_tensors(ref: DataRef, head: str) -> Loader:
    file = f"{slug(ref.name)}-data.pt"
    how = f"""
The pictures were made in a notebook. There, write them into the file that DATA names:

    torch.save(
        {{
            "train_images": data.train.images,  # data = blockml.load_data(...)
            "train_labels": data.train.labels,
            "test_images": data.test.images,
            "test_labels": data.test.labels,
        }},
        "{file}",
    )
"""
    found = copied("files", "place_of")
    comment = "# The file of pictures; above stands how it is written."
    constants = (comment, constant("DATA", file))
    return Loader("It needs PyTorch.", constants, f"{found.text}\n\n\n{head}{_TENSORS}", found.imports, how)
