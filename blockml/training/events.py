"""``events.jsonl``: everything that happened in a run, appended first and shown second."""

from __future__ import annotations

import io
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blockml.files import append_line, open_file
from blockml.protocol import EpochRecord, Plan

NAME = "events.jsonl"
_MAX_LINE = 100_000

MOST_EPOCHS = 10_000
"""Most epochs that can be asked for at a time."""


@dataclass
class Story:
    """What the events of a folder tell.

    Attributes:
        history: Records of the epochs that count.
        points: Live points (epochs done, loss, accuracy) that count.
        last: Name of the last event.
        plan: How the run computes, once that is known.
        phases: Epochs of each phase, where more were asked for than the recipe says.
    """

    history: list[EpochRecord] = field(default_factory=list)
    points: list[tuple[float, float, float]] = field(default_factory=list)
    last: str = ""
    plan: Plan | None = None
    phases: list[int] = field(default_factory=list)


def append(folder: Path, event: str, *, sync: bool = False, **values: Any) -> None:
    """Append one event as a line of JSON.

    Args:
        folder: Folder of the run.
        event: Name of the event.
        sync: Whether it must be on the disk before this returns.
        values: What to remember; JSON values.

    Raises:
        OSError: The folder cannot be written, or its file is a link or no file.
    """
    line = json.dumps({"event": event, "time": time.time(), **values}, ensure_ascii=False, allow_nan=False)
    append_line(folder / NAME, line, sync=sync)


def read(folder: Path) -> Story:
    """Read the events of a folder; lines that are damaged are passed over.

    A ``resumed`` event takes back what came after the checkpoint that it went on from.
    """
    story = Story()
    try:
        with io.TextIOWrapper(open_file(folder / NAME), encoding="utf-8", errors="replace") as file:
            # A line without end would fill the memory; in pieces it is passed over.
            for line in iter(lambda: file.readline(_MAX_LINE), ""):
                _tell(story, line)
    except OSError:
        return story
    return story


def _tell(story: Story, line: str) -> None:
    try:
        found = json.loads(line[:_MAX_LINE])
        event = found.pop("event")
        found.pop("time")
        if event == "epoch":
            record = EpochRecord.model_validate(found)
            # An epoch can be told twice, when its checkpoint had to wait for room on the disk.
            while story.history and story.history[-1].epoch >= record.epoch:
                story.history.pop()
            story.history.append(record)
        elif event == "point":
            point = float(found["at"]), float(found["loss"]), float(found["accuracy"])
            if all(map(math.isfinite, point)):
                story.points.append(point)
            return
        elif event == "more":
            phases = found["phases"]
            if not all(type(epochs) is int and 1 <= epochs <= MOST_EPOCHS for epochs in phases):
                return
            story.phases = list(phases)
        elif event == "started":
            story.plan = Plan.model_validate(found["plan"])
        elif event == "resumed":
            story.plan = Plan.model_validate(found["plan"])
            epoch, at = int(found["epoch"]), float(found["at"])
            story.history = [record for record in story.history if record.epoch <= epoch]
            story.points = [point for point in story.points if point[0] <= at]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return
    story.last = str(event)
