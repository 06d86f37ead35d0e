"""The checkpoint: one safetensors file, written whole or not at all. Never pickle."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from blockml.errors import RunError
from blockml.experiment import write_safely

NAME = "checkpoint.safetensors"
_MODEL, _OPTIMIZER = "model.", "optimizer."


@dataclass(frozen=True)
class Progress:
    """Where training stands.

    Attributes:
        content_hash: Hash of the experiment that is trained.
        epoch: Epochs finished.
        step: Steps done in the epoch that is going.
        loss: Sum of the losses of the pictures of that epoch so far.
        right: Pictures of that epoch named right so far.
        seen: Pictures of that epoch seen so far.
        seconds: Time that the epoch took so far.
    """

    content_hash: str
    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    right: int = 0
    seen: int = 0
    seconds: float = 0.0


def write(folder: Path, module: nn.Module, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
    """Write weights, the optimizer's state and the progress.

    Data order and random numbers are functions of seed, epoch and step, so they need no place here.

    Raises:
        OSError: The folder cannot be written.
    """
    tensors = {f"{_MODEL}{key}": value for key, value in module.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{_OPTIMIZER}{index}.{key}"] = value
    plain = {key: value.detach().contiguous().cpu() for key, value in tensors.items()}
    write_safely(folder / NAME, save(plain, metadata={"blockml": json.dumps(asdict(progress))}))


def read_progress(folder: Path) -> Progress | None:
    """Where the checkpoint of a folder stands, or ``None`` where there is none.

    Raises:
        RunError: The file is damaged or not a checkpoint.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            return Progress(**json.loads((file.metadata() or {})["blockml"]))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise RunError.of("checkpoint-unreadable", path=str(path), reason=_short(error)) from error


def read_into(
    folder: Path, content_hash: str, module: nn.Module, optimizer: torch.optim.Optimizer | None = None
) -> Progress:
    """Load a checkpoint into a module and, for training on, its optimizer.

    Raises:
        RunError: There is none, it is damaged, or it belongs to another experiment.
    """
    progress = read_progress(folder)
    path = folder / NAME
    if progress is None:
        raise RunError.of("checkpoint-missing", path=str(path))
    if progress.content_hash != content_hash:
        raise RunError.of("checkpoint-of-another", path=str(path))
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        weights = {key[len(_MODEL) :]: value for key, value in tensors.items() if key.startswith(_MODEL)}
        module.load_state_dict(weights)
        if optimizer is not None:
            state: dict[int, dict[str, Any]] = {}
            for key, value in tensors.items():
                if key.startswith(_OPTIMIZER):
                    _, index, name = key.split(".", 2)
                    state.setdefault(int(index), {})[name] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    except (SafetensorError, OSError, RuntimeError, ValueError) as error:
        raise RunError.of("checkpoint-unreadable", path=str(path), reason=_short(error)) from error
    return progress


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
