"""How long an epoch takes here: the device is measured beside the canvas, and each edit estimated."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from blockml.analysis import Analysis
from blockml.experiment import Experiment

if TYPE_CHECKING:
    from blockml.training.estimate import Estimate, Known, Speed

_logger = logging.getLogger(__name__)

_REST = 0.004
"""Seconds between two measurements, in which cells and edits have their turn."""
_WAIT = 1.0
"""Seconds after which it looks again whether the device is free."""


class EpochTime:
    """What is known of the speed of the device; nothing until it was measured."""

    def __init__(self) -> None:
        self._speed: Speed | None = None
        self._known: Known = {}

    @property
    def memory(self) -> int | None:
        """Bytes that training may use on a GPU; ``None`` where it runs in the memory of the machine."""
        return None if self._speed is None else self._speed.memory

    def measure(self, busy: Callable[[], bool]) -> bool:
        """Find out how fast the device is, in the thread that calls.

        Args:
            busy: Whether a training has the device, which is not disturbed.

        Returns:
            Whether there is something new to show.
        """
        import torch

        from blockml.training.speed import speed_of

        def rest() -> None:
            time.sleep(_REST)
            while busy():
                time.sleep(_WAIT)

        try:
            speed = speed_of(torch.device("cuda" if torch.cuda.is_available() else "cpu"), rest=rest)
        except RuntimeError:
            # An estimate is a comfort; a device that refuses a block is no reason to trouble anybody.
            _logger.info("the speed of the device could not be measured", exc_info=True)
            return False
        changed = speed != self._speed
        self._speed, self._known = speed, {}
        return changed

    def estimate(self, experiment: Experiment, found: Analysis) -> Estimate | None:
        """Estimate an epoch of an experiment, as far as that can be known."""
        if self._speed is None:
            return None
        from blockml.training.estimate import estimate

        try:
            return estimate(experiment, found, self._speed, self._known)
        except (ArithmeticError, LookupError, ValueError):
            # A comfort, made of what a file remembers: shapes and drafts must not wait for it.
            _logger.warning("the time of an epoch could not be estimated", exc_info=True)
            self._speed = None
            return None
