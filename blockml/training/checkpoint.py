"""The checkpoint: one safetensors file, written whole or not at all. Never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from blockml.errors import BlockmlError, RunError
from blockml.files import open_file, write_safely

NAME = "checkpoint.safetensors"
_MODEL, _OPTIMIZER, _AVERAGE, _BEST = "model.", "optimizer.", "average.", "best."

Count = Annotated[int, Field(ge=0, le=10**9)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]

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
    seconds: Seconds = 0.0
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
    try:
        # Reading a pipe would wait for ever, and hold everything else in the kernel meanwhile.
        with open_file(path), safe_open(path, framework="pt") as file:
            found = TypeAdapter(Progress).validate_python(json.loads((file.metadata() or {})["blockml"]))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _unreadable(folder, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise _unreadable(folder, error) from error
    for wrong, reason in (
        (found.step > found.seen, f"{found.step} steps saw only {found.seen} pictures"),
        (found.right > found.seen, f"{found.right} of {found.seen} pictures were named right"),
        (found.best_epoch > found.epoch, f"epoch {found.best_epoch} was the best of {found.epoch}"),
    ):
        if wrong:
            raise _unreadable(folder, reason)
    return found


def read_into(folder: Path, content_hash: str, state: State, *, steps: int) -> Progress:
    """Load a checkpoint to train on from it.

    Args:
        folder: Folder of the run.
        content_hash: Hash of the experiment that is trained.
        state: What is loaded into.
        steps: Steps of an epoch.

    Raises:
        RunError: There is none, it is damaged, or it belongs to another experiment.
    """
    progress, tensors = _read(folder, content_hash)
    if progress.step > steps:
        raise _unreadable(folder, f"{progress.step} steps of an epoch of {steps}")
    try:
        state.module.load_state_dict(_weights(_MODEL, tensors, state.module))
        if state.optimizer is not None:
            _load_optimizer(state.optimizer, tensors)
        if state.average is not None:
            state.average.load_state_dict(_weights(_AVERAGE, tensors, state.average))
        # Only the end of the training needs them, which is late to learn that they are damaged.
        best = _has(_BEST, tensors)
        state.best = _weights(_BEST, tensors, state.module) if best else None
    except (RuntimeError, ValueError, IndexError) as error:
        raise _unreadable(folder, error) from error
    return progress


def read_kept(folder: Path, content_hash: str, module: nn.Module) -> Progress:
    """Load the weights that count: of the best epoch, else the average, else the last.

    Raises:
        RunError: As `read_into`.
    """
    progress, tensors = _read(folder, content_hash)
    kept = next((prefix for prefix in (_BEST, _AVERAGE) if _has(prefix, tensors)), _MODEL)
    try:
        module.load_state_dict(_weights(kept, tensors, module))
    except (RuntimeError, ValueError) as error:
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
        with open_file(path), safe_open(path, framework="pt") as file:
            return progress, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(folder, error) from error


def _has(prefix: str, tensors: Mapping[str, torch.Tensor]) -> bool:
    return any(key.startswith(prefix) for key in tensors)


def _weights(prefix: str, tensors: Mapping[str, torch.Tensor], module: nn.Module) -> dict[str, torch.Tensor]:
    """The weights of a module that stand in a checkpoint.

    Raises:
        ValueError: They are not those of such a module; it names the first that is wrong.
    """
    found, known = _without_prefix(prefix, tensors), module.state_dict()
    for key in [*known, *(found.keys() - known.keys())]:
        if key not in found:
            raise ValueError(f"{prefix}{key} is missing")
        if key not in known:
            raise ValueError(f"{prefix}{key[:60]} belongs to no block of the network")
        given, wanted = _form(found[key]), _form(known[key])
        if given != wanted:
            raise ValueError(f"{prefix}{key} is {given}, not {wanted}")
        _need_numbers(f"{prefix}{key}", found[key])
    return found


def _form(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _need_numbers(name: str, tensor: torch.Tensor) -> None:
    """Refuse what is no number: training on from it would blame the recipe.

    Raises:
        ValueError: One of them is infinite or no number.
    """
    if not tensor.isfinite().all():
        raise ValueError(f"{name} holds what is no number")


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
        _need_numbers(f"{_OPTIMIZER}{name}", value)
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


def _unreadable(folder: Path, why: Exception | str) -> BlockmlError:
    # The first line of torch may only announce the second.
    lines = [line.strip() for line in str(why).splitlines() if line.strip()]
    said = next((line for line in lines if not line.endswith(":")), type(why).__name__)
    return RunError.of("checkpoint-unreadable", path=str(folder / NAME), reason=said.rstrip(".")[:200])
