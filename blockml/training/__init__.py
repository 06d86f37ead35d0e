"""Training in a thread of the kernel, in a folder that outlives it."""

from __future__ import annotations

from blockml.protocol import RateCurve
from blockml.training.prediction import Prediction
from blockml.training.rate import find_rate
from blockml.training.run import Run, train

__all__ = ["Prediction", "RateCurve", "Run", "find_rate", "train"]
