"""Which pictures are the same, or almost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import torch

_TABLES = 12
"""How often pictures are sorted by other bits of their hash; more find more."""
_KEY_BITS = 12
_NEIGHBOURS = 24
"""How many pictures with the same key one is compared with."""
_DIFFERENT_BITS = 10
"""Bits of 64 in which the hashes of almost equal pictures may differ."""
_CORRELATION, _STRICT = 0.95, 0.99
"""From which correlation on pictures are almost equal; on plain ground they resemble each other anyway."""
_PLAIN = 0.3
"""Share of black and white pixels from which on the ground is plain."""
_DIFFERENCE = 20.0
"""Largest mean difference of almost equal pictures, of 255."""
_BATCH = 4096
_PAIRS = 30_000
"""Pairs that are compared pixel by pixel, those with the closest hashes first."""
_SIDE = 16
_ONES = np.array([value.bit_count() for value in range(256)], np.uint8)

Tick = Callable[[], None]


def copies(images: torch.Tensor, tick: Tick) -> np.ndarray:
    """Find equal pictures.

    Args:
        images: uint8 (N, C, H, W).
        tick: Called now and then.

    Returns:
        int64 (N): of each picture the first one that is equal to it; itself where it is the first.
    """
    seen: dict[bytes, int] = {}
    first = np.empty(len(images), np.int64)
    for at, picture in enumerate(images.numpy()):
        key = hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
        first[at] = seen.setdefault(key, at)
        if at % 256 == 0:
            tick()
    return first


def near_pairs(images: torch.Tensor, which: np.ndarray, tick: Tick) -> np.ndarray:
    """Find pictures that are almost equal: saved again, a little lighter, scaled.

    Hashes of the coarse shape find candidates, without comparing all with all; the pixels
    decide.

    Args:
        images: uint8 (N, C, H, W).
        which: Pictures that are compared, as indices, in their order.
        tick: Called now and then.

    Returns:
        int64 (pairs, 2): indices of both pictures, the lower first, sorted.
    """
    hashes = _hashes(images, which, tick)
    pairs = which[_candidates(hashes, tick)]
    limit = _STRICT if _plain(images) else _CORRELATION
    good = [
        _alike(images, pairs[start : start + _BATCH], tick) >= limit for start in range(0, len(pairs), _BATCH)
    ]
    found: np.ndarray = pairs[np.concatenate(good)] if good else pairs
    order = np.lexsort((found[:, 1], found[:, 0]))
    return np.asarray(found[order])


def _plain(images: torch.Tensor) -> bool:
    part = images[:: max(1, len(images) // 1000)]
    return float(((part == 0) | (part == 255)).float().mean()) > _PLAIN  # noqa: PLR2004 - black and white


def _hashes(images: torch.Tensor, which: np.ndarray, tick: Tick) -> np.ndarray:
    """uint64 (N): on which side of 64 random planes the coarse shape of each picture lies.

    Two pictures differ in about as many bits as the angle between their shapes, of 180 degrees
    (Charikar, 2002). What all pictures have in common is taken out first.
    """
    shapes = []
    for part in torch.split(torch.from_numpy(which), _BATCH):
        gray = images[part].float().mean(1, keepdim=True)
        small = torch.nn.functional.interpolate(gray, (_SIDE, _SIDE), mode="area").flatten(1)
        shapes.append(small - small.mean(1, keepdim=True))
        tick()
    if not shapes:
        return np.zeros(0, np.uint64)
    whole = torch.cat(shapes)
    planes = torch.randn(_SIDE * _SIDE, 64, generator=torch.Generator().manual_seed(0))
    bits = (whole - whole.mean(0)) @ planes > 0
    return np.packbits(bits.numpy(), axis=1).view(np.uint64)[:, 0]


def _candidates(hashes: np.ndarray, tick: Tick) -> np.ndarray:
    """int64 (pairs, 2): pairs with similar hashes, the closest first."""
    draw = np.random.default_rng(0)
    count = len(hashes)
    found, apart = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
    for _ in range(_TABLES):
        chosen = draw.permutation(64)[:_KEY_BITS].astype(np.uint64)
        mask = np.bitwise_or.reduce(np.uint64(1) << chosen)
        order = np.argsort(hashes & mask, kind="stable")
        keys = (hashes & mask)[order]
        for step in range(1, min(_NEIGHBOURS, count - 1) + 1):
            tick()
            same = (keys[:-step] == keys[step:]).nonzero()[0]
            if not len(same):
                break
            one, two = order[same], order[same + step]
            bits = _ones(hashes[one] ^ hashes[two])
            close = bits <= _DIFFERENT_BITS
            one, two = one[close], two[close]
            found.append(np.minimum(one, two) * count + np.maximum(one, two))
            apart.append(bits[close])
    pairs, at = np.unique(np.concatenate(found), return_index=True)
    pairs = pairs[np.argsort(np.concatenate(apart)[at], kind="stable")][:_PAIRS]
    return np.stack([pairs // max(1, count), pairs % max(1, count)], axis=1)


def _ones(values: np.ndarray) -> np.ndarray:
    """How many bits of 64 are set."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        counted: np.ndarray = np.bitwise_count(values)
        return counted
    return np.asarray(_ONES[values[:, None].view(np.uint8)].sum(1), np.uint8)


def _alike(images: torch.Tensor, pairs: np.ndarray, tick: Tick) -> np.ndarray:
    """Correlation (pairs) of the pixels of two pictures, 0 where one is much lighter."""
    tick()
    one, two = (images[torch.from_numpy(pairs[:, side])].flatten(1).float() for side in (0, 1))
    difference = (one - two).abs().mean(1)
    one, two = (values - values.mean(1, keepdim=True) for values in (one, two))
    correlation = torch.nn.functional.cosine_similarity(one, two)
    found: np.ndarray = (correlation * (difference <= _DIFFERENCE)).numpy()
    return found
