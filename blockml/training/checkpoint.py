"""The checkpoint: one safetensors file, written whole or not at all. Never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field, FiniteFloat, TypeAdapter
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from blockml.errors import BlockmlError, RunError
from blockml.experiment import write_safely

NAME = "checkpoint.safetensors"
_MODEL, _OPTIMIZER, _AVERAGE, _BEST = "model.", "optimizer.", "average.", "best."

Count = Annotated[int, Field(ge=0)]


_KEYS = {"step", "exp_avg", "exp_avg_sq", "momentum_buffer", "square_avg"}
_ADAM = {"step", "exp_avg", "exp_avg_sq"}
_NEEDED = {
    "Adam": [_ADAM],
    "AdamW": [_ADAM],
    "Muon": [_ADAM, {"step", "momentum_buffer"}],
    "RMSprop": [{"step", "square_avg"}],
    "SGD": [set[str]()],
}
"""What optimizers remember of each weight: one of these sets."""


@dataclass
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
        best_epoch: The epoch that was best on the pictures held back; 0 before there is one.
        best_loss: Its validation loss.
        ended: Whether training has ended early.
    """

    content_hash: str
    epoch: Count = 0
    step: Count = 0
    loss: FiniteFloat = 0.0
    right: Count = 0
    seen: Count = 0
    seconds: FiniteFloat = 0.0
    best_epoch: Count = 0
    best_loss: FiniteFloat = 0.0
    ended: bool = False


@dataclass
class State:
    """All that a training has to remember, beside its progress.

    Data order and random numbers are functions of seed, epoch and step, so they need no place.

    Attributes:
        module: The module that learns.
        optimizer: Its optimizer; ``None`` where only the weights are wanted.
        average: The moving average of the module, if there is one.
        best: Weights of the best epoch, by key, where they are kept.
    """

    module: nn.Module
    optimizer: torch.optim.Optimizer | None = None
    average: nn.Module | None = None
    best: dict[str, torch.Tensor] | None = None


def write(folder: Path, state: State, progress: Progress) -> None:
    """Write everything that training needs to go on.

    Raises:
        OSError: The folder cannot be written.
    """
    tensors: dict[str, torch.Tensor] = _with_prefix(_MODEL, state.module.state_dict())
    if state.optimizer is not None:
        for index, values in state.optimizer.state_dict()["state"].items():
            named = {key: value for key, value in values.items() if isinstance(value, torch.Tensor)}
            tensors |= _with_prefix(f"{_OPTIMIZER}{index}.", named)
    if state.average is not None:
        tensors |= _with_prefix(_AVERAGE, state.average.state_dict())
    if state.best is not None:
        tensors |= _with_prefix(_BEST, state.best)
    # Clones: tensors that share memory, as those of a module used twice, are refused.
    plain = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
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
            found = TypeAdapter(Progress).validate_python(json.loads((file.metadata() or {})["blockml"]))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise RunError.of("checkpoint-unreadable", path=str(path), reason=_short(error)) from error
    if found.seen < found.step:
        reason = f"{found.step} steps saw only {found.seen} pictures"
        raise RunError.of("checkpoint-unreadable", path=str(path), reason=reason)
    return found


def read_into(folder: Path, content_hash: str, state: State) -> Progress:
    """Load a checkpoint to train on from it.

    Raises:
        RunError: There is none, it is damaged, or it belongs to another experiment.
    """
    progress, tensors = _read(folder, content_hash)
    try:
        state.module.load_state_dict(_without_prefix(_MODEL, tensors))
        if state.optimizer is not None:
            _load_optimizer(state.optimizer, tensors)
        if state.average is not None:
            state.average.load_state_dict(_without_prefix(_AVERAGE, tensors))
    except (RuntimeError, ValueError, IndexError) as error:
        raise _unreadable(folder, error) from error
    state.best = _without_prefix(_BEST, tensors) or None
    return progress


def read_kept(folder: Path, content_hash: str, module: nn.Module) -> Progress:
    """Load the weights that count: of the best epoch, else the average, else the last.

    Raises:
        RunError: As `read_into`.
    """
    progress, tensors = _read(folder, content_hash)
    kept = next(
        found for found in (_without_prefix(prefix, tensors) for prefix in (_BEST, _AVERAGE, _MODEL)) if found
    )
    try:
        module.load_state_dict(kept)
    except RuntimeError as error:
        raise _unreadable(folder, error) from error
    return progress


def _read(folder: Path, content_hash: str) -> tuple[Progress, dict[str, torch.Tensor]]:
    progress = read_progress(folder)
    path = folder / NAME
    if progress is None:
        raise RunError.of("checkpoint-missing", path=str(path))
    if progress.content_hash != content_hash:
        raise RunError.of("checkpoint-of-another", path=str(path))
    try:
        with safe_open(path, framework="pt") as file:
            return progress, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(folder, error) from error


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, torch.Tensor]) -> None:
    """Load the state of an optimizer.

    Raises:
        ValueError: It is not the state of such an optimizer of such weights.
    """
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, value in _without_prefix(_OPTIMIZER, tensors).items():
        index, _, key = name.partition(".")
        if not index.isdecimal() or int(index) >= len(weights):
            message = f"the state of a weight {index[:40]!r}, of {len(weights)}"
            raise ValueError(message)
        weight = weights[int(index)]
        if key not in _KEYS or value.shape != (() if key == "step" else weight.shape):
            message = f"{key[:40]!r} of the shape {tuple(value.shape)} for a weight of {tuple(weight.shape)}"
            raise ValueError(message)
        if key != "step":
            # In memory it must lie as its weight does: fused optimizers walk through both at once.
            value = torch.empty_like(weight, dtype=value.dtype, requires_grad=False).copy_(value)  # noqa: PLW2901
        state.setdefault(int(index), {})[key] = value
    for number, values in state.items():
        if not any(values.keys() >= needed for needed in _NEEDED[type(optimizer).__name__]):
            message = f"a part of the optimizer's state of weight {number} is missing"
            raise ValueError(message)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def _with_prefix(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}{key}": value for key, value in tensors.items()}


def _without_prefix(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _unreadable(folder: Path, error: Exception) -> BlockmlError:
    return RunError.of("checkpoint-unreadable", path=str(folder / NAME), reason=_short(error))


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
