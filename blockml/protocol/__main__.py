"""Writes the JSON Schema of the wire, which ``js/tools/protocol.mjs`` reads."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from blockml.protocol import (
    AnalysisState,
    Answer,
    Augmented,
    Brought,
    Catalogue,
    Code,
    DataCheck,
    DraftState,
    ExperimentState,
    Files,
    Found,
    KeptGroup,
    Opened,
    Page,
    Part,
    Picture,
    Prediction,
    Preview,
    RateCurve,
    Request,
    Runs,
    RunState,
    Samples,
    Saved,
    Sources,
    TaskState,
)

WIRE: tuple[type[BaseModel], ...] = (
    Catalogue,
    ExperimentState,
    AnalysisState,
    RunState,
    Request,
    Answer,
    Prediction,
    Code,
    Saved,
    Files,
    Opened,
    TaskState,
    Preview,
    DataCheck,
    Sources,
    Found,
    Brought,
    Samples,
    Augmented,
    RateCurve,
    Runs,
    Part,
    KeptGroup,
    Page,
    DraftState,
    Picture,
)
"""What ``protocol.ts`` is generated from."""


def schema() -> dict[str, Any]:
    """The JSON Schema of everything in `WIRE`, for the TypeScript generator."""
    _, found = models_json_schema([(model, "serialization") for model in WIRE], title="Protocol")
    return found


def main() -> None:
    """Write the JSON Schema of the wire, which ``js/tools/protocol.mjs`` reads."""
    json.dump(schema(), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
