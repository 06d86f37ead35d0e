"""What a name that nobody knows was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

_LIKE = 0.6
"""How much of two names must be the same (difflib); below, a guess confuses more than it helps."""


def near(name: str, known: Iterable[str], count: int = 1) -> tuple[str, ...]:
    """Return the known names that a wrong one may mean, the most likely first.

    Case and hyphens do not count, and ``ema`` means ``ema_decay``, ``lr`` means ``learning_rate``.

    Args:
        name: What was written.
        known: What there is.
        count: How many at most.
    """
    return _near(name, tuple(known), count)


# A network with a wrong name is looked at again with every key that is pressed.
@lru_cache(maxsize=20_000)
def _near(name: str, known: tuple[str, ...], count: int) -> tuple[str, ...]:
    names = {_plain(each): each for each in reversed(known)}
    short = _plain(name)
    initials = [each for each in names if short == "".join(word[:1] for word in each.split("_")) != each]
    begins = [each for each in names if len(short) > 1 and each.startswith(f"{short}_")]
    close = difflib.get_close_matches(short, names, n=count, cutoff=_LIKE)
    found = dict.fromkeys([*reversed(initials), *reversed(begins), *close])
    return tuple(names[each] for each in found)[:count]


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
