"""What is so of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, FiniteFloat

from blockml.errors import Diagnostic
from blockml.graph import Data
from blockml.protocol.states import TaskState


class EpochRecord(Data):
    """Figures of one finished epoch; accuracies between 0 and 1, loss is cross-entropy in nats."""

    epoch: int = Field(description="From 1.")
    train_loss: FiniteFloat
    train_accuracy: FiniteFloat
    test_loss: FiniteFloat
    test_accuracy: FiniteFloat
    seconds: FiniteFloat
    learning_rate: FiniteFloat | None = Field(None, description="At the end of the epoch.")
    validation_loss: FiniteFloat | None = Field(
        None, description="On the pictures held back, if there are any."
    )
    validation_accuracy: FiniteFloat | None = None


class Plan(Data):
    """How the engine computes on a device, chosen by measuring.

    Attributes:
        precision: ``fp32``, or ``bf16`` under autocast.
        channels_last: Whether pictures lie in memory pixel by pixel.
        mode: ``eager``; ``cuda-graph``, which spares the time between operations; or ``compiled``,
            where besides the network is compiled (``torch.compile``).
        stream: Whether the pictures stay in the memory of the machine and batches are sent.
        threads: ``all`` that torch uses on the CPU, or ``one`` for each step: a network that is so
            small that threads wait for each other more than they compute.
    """

    precision: Literal["fp32", "bf16"] = "fp32"
    channels_last: bool = False
    mode: Literal["eager", "cuda-graph", "compiled"] = "eager"
    stream: bool = False
    threads: Literal["all", "one"] = "all"


RunStatus = Literal[
    "idle",
    "queued",
    "preparing",
    "training",
    "paused",
    "stopping",
    "stopped",
    "interrupted",
    "finished",
    "failed",
]


class RunState(Data):
    """The truth about the run, whoever looks and whenever.

    Attributes:
        id: Name of the run; empty when there is none.
        status: ``interrupted`` is a run whose kernel died: it can be resumed. ``queued`` waits for
            the device, which others use.
        content_hash: Hash of the experiment that is trained; the canvas compares it with
            ``current_hash`` to say that the network was changed since.
        current_hash: Hash of the experiment on the canvas.
        epoch: Epochs finished.
        epochs: Epochs asked for.
        step: Steps done in this epoch.
        steps: Steps of an epoch.
        points: Live training curve: (epochs done as a fraction, loss, accuracy) of recent
            batches, at most a few hundred points for the whole run.
        history: One record an epoch.
        throughput: Training pictures a second.
        seconds_left: Estimated time to the end.
        device: Such as ``cpu`` or ``cuda``.
        test_accuracy: Final test accuracy, once finished or stopped after an epoch.
        folder: Folder of the run, as text to show.
        can_predict: Whether a trained module is at hand for test pictures.
        problem: Why it failed, or why it was paused.
        ahead: Runs that come before this one on its device; only while ``queued``.
        task: What ``preparing`` is doing.
        plan: How it computes.
        learning_rate: Of the latest step.
        best_epoch: The epoch whose weights are kept, where the best epoch is kept.
    """

    id: str = ""
    status: RunStatus = "idle"
    content_hash: str = ""
    current_hash: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    points: tuple[tuple[float, float, float], ...] = ()
    history: tuple[EpochRecord, ...] = ()
    throughput: float = 0.0
    seconds_left: float | None = None
    device: str = ""
    test_accuracy: float | None = None
    folder: str = ""
    can_predict: bool = False
    problem: Diagnostic | None = None
    ahead: int | None = None
    task: TaskState = Field(default_factory=TaskState)
    plan: Plan | None = None
    learning_rate: float | None = None
    best_epoch: int | None = None
