"""The loops that blockml is measured against; each trains one epoch over the same pictures.

Every maker returns a function that trains one epoch and returns its seconds. What a library does once
before a training (``fit`` builds loops, loaders, callbacks) is left out: its own hooks around the
epoch take the time. All have the same network, batch size, Adam with the same rate, and no workers,
which measure slower on few cores (performance.md).
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision import transforms

Epoch = Callable[[], float]
RATE = 0.001

_clock = [time.perf_counter]


def use_cpu_time() -> None:
    """Count the time that the process computes, not the time that passes."""
    _clock[0] = time.process_time


def now() -> float:
    """Seconds."""
    return _clock[0]()


@dataclass(frozen=True)
class Task:
    """What everybody trains.

    Attributes:
        name: ``cnn`` or ``mlp``.
        images: uint8 (N, C, H, W).
        labels: int64 (N).
        mean, std: Of each channel.
        batch: Pictures a step.
        module: Makes a new module, always with the same weights.
        device: Where.
    """

    name: str
    images: torch.Tensor
    labels: torch.Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    batch: int
    module: Callable[[], nn.Module]
    device: torch.device

    def prepared(self) -> torch.Tensor:
        """The pictures as the network takes them, float (N, C, H, W)."""
        mean, std = (torch.tensor(each).view(1, -1, 1, 1) for each in (self.mean, self.std))
        return (self.images / 255 - mean) / std

    def tensors(self) -> TensorDataset:
        """Pictures and labels in memory."""
        return TensorDataset(self.prepared(), self.labels)

    def settle(self) -> None:
        """Wait for the device."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


class Pictures(torch.utils.data.Dataset[Any]):
    """As torchvision.datasets.MNIST and CIFAR10 hand out pictures: PIL, one at a time."""

    def __init__(self, task: Task) -> None:
        self.images = task.images.permute(0, 2, 3, 1).numpy()
        self.labels = task.labels.tolist()
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize(task.mean, task.std)]
        )

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        """One picture, changed as every tutorial does."""
        picture = Image.fromarray(self.images[index].squeeze())
        return self.transform(picture), self.labels[index]


def textbook(task: Task) -> Epoch:
    """The loop of the tutorials."""
    loader = DataLoader(Pictures(task), batch_size=task.batch, shuffle=True)
    model = task.module().to(task.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    criterion = nn.CrossEntropyLoss()

    def epoch() -> float:
        started = now()
        model.train()
        running, correct = 0.0, 0
        for batch in loader:
            images, labels = (each.to(task.device) for each in batch)
            optimizer.zero_grad()
            outputs = model(images)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            running += loss.item()
            correct += (outputs.argmax(1) == labels).sum().item()
        task.settle()
        return now() - started

    return epoch


def tensor_dataset(task: Task) -> Epoch:
    """Pictures in memory, a DataLoader, and nothing but the step."""
    loader = DataLoader(task.tensors(), batch_size=task.batch, shuffle=True)
    model = task.module().to(task.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def epoch() -> float:
        started = now()
        model.train()
        for batch in loader:
            images, labels = (each.to(task.device) for each in batch)
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        task.settle()
        return now() - started

    return epoch


class Clock:
    """Seconds between two hooks."""

    def __init__(self, task: Task) -> None:
        self.seconds, self._task, self._started = 0.0, task, 0.0

    def begin(self) -> None:
        """The epoch begins."""
        self._task.settle()
        self._started = now()

    def end(self) -> None:
        """The epoch has ended."""
        self._task.settle()
        self.seconds = now() - self._started


def lightning(task: Task) -> Epoch:
    """PyTorch Lightning without bar, logger and checkpoints."""
    import lightning as pl

    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    clock = Clock(task)

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = task.module()

        def training_step(self, batch: Any, _: int) -> torch.Tensor:
            images, labels = batch
            return nn.functional.cross_entropy(self.model(images), labels)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

        def on_train_epoch_start(self) -> None:
            clock.begin()

        def on_train_epoch_end(self) -> None:
            clock.end()

    module = Module()
    loader = DataLoader(task.tensors(), batch_size=task.batch, shuffle=True)

    def epoch() -> float:
        trainer = pl.Trainer(
            accelerator="gpu" if task.device.type == "cuda" else "cpu",
            devices=1,
            max_epochs=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(module, loader)
        return clock.seconds

    return epoch


def fastai(task: Task) -> Epoch:
    """A fastai Learner without bar and log, with its own Adam."""
    from fastai.callback import progress  # noqa: F401 - gives a Learner its no_bar
    from fastai.callback.core import Callback
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.losses import CrossEntropyLossFlat

    clock = Clock(task)

    class Timer(Callback):
        order = 1000

        def before_train(self) -> None:
            clock.begin()

        def after_train(self) -> None:
            clock.end()

    data = task.tensors()
    few = TensorDataset(*data[: task.batch])
    loaders = DataLoaders.from_dsets(data, few, bs=task.batch, num_workers=0, device=task.device)
    learner = Learner(loaders, task.module(), loss_func=CrossEntropyLossFlat(), lr=RATE, cbs=[Timer()])

    def epoch() -> float:
        with learner.no_bar(), learner.no_logging():
            learner.fit(1, RATE)
        return clock.seconds

    return epoch


def keras(task: Task) -> Epoch:
    """Keras 3 on torch: its own layers, the same network; weights of its own."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as k

    k.config.set_image_data_format("channels_first")
    clock = Clock(task)
    first = (
        [
            k.layers.Conv2D(32, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Conv2D(64, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Flatten(),
        ]
        if task.name == "cnn"
        else [k.layers.Flatten(), k.layers.Dense(32, activation="relu")]
    )
    device = "cuda" if task.device.type == "cuda" else "cpu"
    with k.device(device):
        model = k.Sequential([k.Input(tuple(task.images.shape[1:])), *first, k.layers.Dense(10)])
        model.compile(
            optimizer=k.optimizers.Adam(RATE),
            loss=k.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
    timer = k.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: clock.begin(), on_epoch_end=lambda *_: clock.end()
    )
    images, labels = task.prepared().numpy(), task.labels.numpy()

    def epoch() -> float:
        with k.device(device):
            model.fit(images, labels, batch_size=task.batch, epochs=1, verbose=0, callbacks=[timer])
        return clock.seconds

    return epoch


def skorch(task: Task) -> Epoch:
    """Skorch without printing."""
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback

    clock = Clock(task)

    class Timer(Callback):
        def on_epoch_begin(self, *_: Any, **__: Any) -> None:
            clock.begin()

        def on_epoch_end(self, *_: Any, **__: Any) -> None:
            clock.end()

    net = NeuralNetClassifier(
        task.module(),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=RATE,
        batch_size=task.batch,
        max_epochs=1,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        device=str(task.device),
        callbacks=[Timer()],
    )
    images, labels = task.prepared().numpy(), task.labels.numpy()

    def epoch() -> float:
        net.partial_fit(images, labels)
        return clock.seconds

    return epoch


MAKERS: dict[str, Callable[[Task], Epoch]] = {
    "textbook": textbook,
    "TensorDataset": tensor_dataset,
    "Lightning": lightning,
    "fastai": fastai,
    "Keras 3": keras,
    "skorch": skorch,
}


def make(task: Task) -> tuple[dict[str, Epoch], list[str]]:
    """The loops that can run here, and the names of those whose library is not installed."""
    warnings.filterwarnings("ignore")
    found, missing = {}, []
    for name, maker in MAKERS.items():
        try:
            found[name] = maker(task)
        except ImportError:
            missing.append(name)
    return found, missing
