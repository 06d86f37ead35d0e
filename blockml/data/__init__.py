"""Data sets in memory, and pictures of people brought to their form."""

from __future__ import annotations

from blockml.data.check import check_data
from blockml.data.dataset import Dataset, Split
from blockml.data.load import load_data
from blockml.data.pictures import Picture, read_picture

__all__ = ["Dataset", "Picture", "Split", "check_data", "load_data", "read_picture"]
