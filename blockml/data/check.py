"""`check_data`: what may be wrong with pictures and labels, with examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
import torch

from blockml.data.dataset import Dataset
from blockml.data.likeness import copies, near_pairs
from blockml.data.load import load_data
from blockml.data.progress import Progress, Ticker
from blockml.data.sprites import sprite
from blockml.data.suspects import predicted, suspects
from blockml.protocol import DataCheck, Finding, TaskState

Severity = Literal["good", "note", "warning"]

_SHOWN = 12
_UNEVEN, _VERY_UNEVEN = 2.0, 10.0
"""Largest class over smallest, from which on it is a note or a warning."""
_FEW = 20
_FLAT = 3.0
"""Spread of the pixels of a picture, of 255, below which it shows almost nothing."""
_BATCH = 4096
_ORDER = {"warning": 0, "note": 1, "good": 2}


def check_data(data: Any, *, run: Any = None, progress: Progress | None = None) -> DataCheck:
    """Look for what may be wrong with data: what a network would learn badly from.

    Args:
        data: A data set, or anything that `load_data` takes.
        run: A run that has learned from these pictures, or its probabilities (N, classes) for
            the training pictures, as a tensor or array: with them doubtful labels are found.
        progress: Is told how far it is; when it raises `CancelledError` the check ends.

    Returns:
        Findings, the most important first. Their ``exclude`` are indices into the whole
        training split: ``data.without(finding.exclude)`` leaves those pictures out.

    Raises:
        CancelledError: Raised by ``progress``.
        DataError: There are no such data, or the probabilities do not fit to them.
    """
    known = data if isinstance(data, Dataset) else load_data(data, progress=progress)
    total = len(known.train) + len(known.test)
    state = TaskState(name="check", subject=known.facts.name, total=total, unit="pictures")
    tick = Ticker(progress, state)
    findings = [*_balance(known), *_files(known), *_flat(known, tick), *_duplicates(known, tick)]
    probabilities = predicted(known, run, tick)
    if probabilities is not None:
        findings.append(_labels(known, probabilities))
    return DataCheck(findings=tuple(sorted(findings, key=lambda found: _ORDER[found.severity])))


def _balance(data: Dataset) -> list[Finding]:
    """How many pictures each class has; ``counts`` is there to be drawn."""
    counts = torch.bincount(data.train.labels, minlength=len(data.classes)).tolist()
    tests = torch.bincount(data.test.labels, minlength=len(data.classes)).tolist()
    low, high = min(counts), max(counts)
    fewest, most = data.classes[counts.index(low)], data.classes[counts.index(high)]
    values: dict[str, Any] = {"smallest": low, "largest": high, "fewest": fewest, "most": most}
    drawn = {"classes": list(data.classes), "counts": counts, "tests": tests}
    found = []
    if high > _UNEVEN * low:
        severity: Severity = "warning" if high > _VERY_UNEVEN * low else "note"
        found.append(_finding("unbalanced", severity, values=values | drawn))
    elif high > low:
        found.append(_finding("balanced", "good", values=values | drawn))
    else:
        found.append(_finding("equal", "good", values=values | drawn))
    if low < _FEW:
        few = {"count": sum(count < _FEW for count in counts), "limit": _FEW}
        found.append(_finding("few-pictures", "warning", values=values | few))
    return found


def _files(data: Dataset) -> list[Finding]:
    """What own files were like: unreadable ones, sizes, grey and colour."""
    found = []
    if data.unreadable:
        first = data.unreadable[0]
        # The reason in English, and the key of the same sentence in the language of whoever reads it.
        why = {"reason": first.reason, "why": first.code}
        values: dict[str, Any] = {"count": len(data.unreadable), "first": first.path, **why}
        found.append(_finding("unreadable", "warning", values=values))
    mix = data.notes.mix
    if mix is None or not mix.sizes:
        return found
    # Width by height, as people say it.
    size = {"size": list(data.facts.shape[:0:-1]), "common": list(mix.sizes[0][:2])}
    if mix.size_count > 1:
        drawn = {"count": mix.size_count, "sizes": [list(each) for each in mix.sizes]}
        found.append(_finding("sizes-mixed", "note", values=size | drawn))
    else:
        found.append(_finding("sizes-same", "good", values=dict(size)))
    return [*found, *_colours(mix.kinds)]


def _colours(kinds: Mapping[str, int]) -> Iterator[Finding]:
    """Grey beside colour, and transparent parts."""
    grey, colour = kinds.get("grey", 0), kinds.get("colour", 0)
    count = {"count": sum(kinds.values())}
    if grey == 1 and colour:
        yield _finding("one-grey", "note", values=dict(count))
    elif colour == 1 and grey:
        yield _finding("one-colour", "note", values=dict(count))
    elif grey and colour:
        yield _finding("channels-mixed", "note", values={"grey": grey, "colour": colour})
    if kinds.get("transparent"):
        yield _finding("transparent", "note", values={"count": kinds["transparent"]})


def _flat(data: Dataset, tick: Ticker) -> list[Finding]:
    """Training pictures of almost one colour."""
    spreads = []
    for start in range(0, len(data.train), _BATCH):
        part = data.train.images[start : start + _BATCH].flatten(2).float()
        spreads.append(part.std(2, correction=0).amax(1))
        tick(start)
    flat = (torch.cat(spreads) < _FLAT).nonzero().flatten()
    if not len(flat):
        return [_finding("no-near-constant", "good")]
    shown = sprite(data.train.images[flat[:_SHOWN]])
    return [
        _finding(
            "near-constant",
            "note",
            values={"count": len(flat)},
            pictures=shown,
            exclude=_whole(data, flat.numpy()),
        )
    ]


def _duplicates(data: Dataset, tick: Ticker) -> list[Finding]:
    """Equal and almost equal pictures, across training and test and within the training."""
    images = torch.cat([data.train.images, data.test.images])
    labels = torch.cat([data.train.labels, data.test.labels]).numpy()
    count = len(data.train)
    first = copies(images, tick)
    own = np.arange(len(images))
    again = (first != own).nonzero()[0]
    exact = np.stack([first[again], again], axis=1)
    near = near_pairs(images, (first == own).nonzero()[0], tick)
    pairs_of = partial(_pairs, data, images)
    found = []
    for pairs, kind in ((exact, ""), (near, "near-")):
        crossing = pairs[(pairs[:, 0] < count) & (pairs[:, 1] >= count)]
        within = pairs[pairs[:, 1] < count]
        if len(crossing):
            exclude = crossing[:, 0]
            if not kind:
                # The first copy stands for the others: all of them are in the test, too.
                exclude = own[:count][np.isin(first[:count], exclude)]
            tests = len(np.unique(crossing[:, 1]))
            found.append(pairs_of(f"test-{kind}duplicates", crossing, exclude, count=tests))
        if len(within):
            found.append(pairs_of(f"{kind}duplicates", within, within[:, 1]))
        split = labels[pairs[:, 0]] != labels[pairs[:, 1]]
        conflict = pairs[split & (pairs[:, 1] < count)]
        if len(conflict) and not kind:
            found.append(pairs_of("conflicting-labels", conflict, np.unique(conflict)))
    return found or [_finding("no-duplicates", "good")]


def _pairs(
    data: Dataset,
    images: torch.Tensor,
    code: str,
    pairs: np.ndarray,
    exclude: np.ndarray,
    *,
    count: int | None = None,
) -> Finding:
    """A finding about pairs, which are shown side by side."""
    left_out = _whole(data, np.unique(exclude))
    shown = torch.from_numpy(pairs[: _SHOWN // 2].flatten())
    return _finding(
        code,
        "note" if code in {"duplicates", "near-duplicates"} else "warning",
        values={"count": len(left_out) if count is None else count, "exclude": len(left_out)},
        pictures=sprite(images[shown]),
        exclude=left_out,
    )


def _labels(data: Dataset, probabilities: torch.Tensor) -> Finding:
    """Training pictures whose label a trained network doubts."""
    found = suspects(probabilities, data.train.labels)
    if not len(found):
        return _finding("labels-fine", "good")
    shown = found[:_SHOWN]
    guessed = probabilities[shown].argmax(1).tolist()
    examples = [
        {"label": data.classes[label], "guess": data.classes[guess]}
        for label, guess in zip(data.train.labels[shown].tolist(), guessed, strict=True)
    ]
    return _finding(
        "label-suspects",
        "warning",
        values={"count": len(found), "examples": [dict(each) for each in examples]},
        pictures=sprite(data.train.images[shown]),
        exclude=_whole(data, found.numpy()),
    )


def _finding(code: str, severity: Severity, **fields: Any) -> Finding:
    return Finding(code=code, severity=severity, **fields)


def _whole(data: Dataset, indices: np.ndarray) -> tuple[int, ...]:
    """Indices into the whole training split, before any pictures were left out."""
    return tuple(data.kept[torch.from_numpy(indices)].tolist())
