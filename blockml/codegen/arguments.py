"""The arguments of a class: what differs between the places where it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from blockml.blocks import Shape
from blockml.codegen.literals import literal
from blockml.codegen.names import free_name, lower_name
from blockml.codegen.parts import Part, Value

_Place = tuple[int, int, "int | str"]
"""Which step, which of its copies, and which of their values."""


@dataclass(frozen=True)
class Slot:
    """One value of one step.

    Attributes:
        place: Where it stands.
        layer: The step, and the number of its copy where it has several.
        values: What it is in each part.
    """

    place: _Place
    layer: str
    values: tuple[Value, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What it is in each part, as code."""
        return tuple(value.text for value in self.values)


@dataclass(frozen=True)
class Argument:
    """One argument of ``__init__``; several slots may get it.

    Attributes:
        name: Its name.
        places: Where it goes.
        values: What it is in each part.
        default: What it is where it is not given, or ``None``.
    """

    name: str
    places: frozenset[_Place]
    values: tuple[Value, ...]
    default: Any

    @property
    def declared(self) -> str:
        """As it stands in the signature."""
        default = "" if self.default is None else f" = {literal(self.default)}"
        return f"{self.name}: {_type([value.value for value in self.values])}{default}"

    def given(self, part: int) -> Value:
        """What it is in one of the parts, as a value of the step that makes it."""
        value = self.values[part]
        return Value(self.name, self.name, value.value, value.kind, self.default)


def slots_of(parts: Sequence[Part]) -> list[Slot]:
    """All values of parts that have one structure."""
    found = []
    for number, steps in enumerate(zip(*(part.steps for part in parts), strict=True)):
        for copy, gets in enumerate(zip(*(step.gets for step in steps), strict=True)):
            layer = f"{steps[0].name}_{copy}" if len(steps[0].copies) > 1 else steps[0].name
            by_key = [{value.key: value for value in values} for values in gets]
            for key in _merged([list(each) for each in by_key]):
                values = _filled([each.get(key) for each in by_key])
                found.append(Slot((number, copy, key), layer, values))
    return found


def arguments_of(parts: Sequence[Part], slots: Sequence[Slot]) -> list[Argument]:
    """One argument for all slots of a kind that differ in the same way."""
    together: dict[tuple[str, ...], list[Slot]] = {}
    for slot in slots:
        if len(set(slot.texts)) > 1:
            together.setdefault((slot.values[0].kind, *slot.texts), []).append(slot)
    groups = list(together.values())
    found = [
        Argument(name, frozenset(slot.place for slot in group), group[0].values, _default(group))
        for group, name in zip(groups, _names(parts, groups), strict=True)
    ]
    return sorted(found, key=lambda argument: argument.default is not None)


def _merged(lists: Sequence[list[int | str]]) -> list[int | str]:
    """All keys in an order that fits each list."""
    found: list[int | str] = []
    for keys in lists:
        at = 0
        for key in keys:
            if key not in found:
                found.insert(at, key)
            at = found.index(key) + 1
    return found


def _filled(values: Sequence[Value | None]) -> tuple[Value, ...]:
    """What is left out is what torch takes then; only where that is known have parts one structure."""
    known = next(value for value in values if value is not None)
    return tuple(replace(known, value=known.default) if value is None else value for value in values)


def _default(group: Sequence[Slot]) -> Any:
    """What all slots of an argument have as their default, if one of the places needs just that."""
    defaults = {
        None if value.default is None else literal(value.default) for slot in group for value in slot.values
    }
    default = group[0].values[0].default
    return default if len(defaults) == 1 and literal(default) in group[0].texts else None


def _names(parts: Sequence[Part], groups: Sequence[list[Slot]]) -> list[str]:
    """What the arguments are called: as in torch, with the layer where two would be called the same."""
    takes, gives = ([getattr(part, end) for part in parts] for end in ("takes", "gives"))
    wanted = [_wanted(group, takes, gives) for group in groups]
    all_of, sure_of = Counter(name for name, _ in wanted), Counter(name for name, sure in wanted if sure)
    used: set[str] = set()
    found = []
    for group, (name, sure) in zip(groups, wanted, strict=True):
        clear = all_of[name] == 1 or (sure and sure_of[name] == 1)
        full = f"{group[0].layer}_{group[0].values[0].name}"
        found.append(free_name(lower_name(name if clear else full), used))
    return found


def _wanted(
    group: Sequence[Slot], takes: Sequence[list[Shape]], gives: Sequence[list[Shape]]
) -> tuple[str, bool]:
    """The best name for an argument, and whether it is so good that another has to make way."""
    names = [slot.values[0].name for slot in group]
    numbers = [value.value for value in group[0].values]
    for unit, axis in (("channels", 0), ("features", -1)):
        before, behind, between = f"in_{unit}", f"out_{unit}", f"hidden_{unit}"
        reads, makes = not {unit, before}.isdisjoint(names), not {unit, behind}.isdisjoint(names)
        enters, leaves = reads and _is(numbers, takes, axis), makes and _is(numbers, gives, axis)
        if enters or leaves:
            return unit if enters and leaves else before if enters else behind, True
        if (reads and makes) or between in names:
            return between, False
        if reads or makes:
            return before if reads else behind, False
    return names[0], False


def _is(numbers: list[Any], shapes: Sequence[list[Shape]], axis: int) -> bool:
    """Whether these are the sizes of one of the ports."""
    return any(list(numbers) == [shape[axis] for shape in port] for port in zip(*shapes, strict=True))


def _type(values: Sequence[Any]) -> str:
    kinds = list(dict.fromkeys(map(_kind, values)))
    if {"int", "float"} <= set(kinds):
        kinds.remove("int")
    return " | ".join(sorted(kinds, key="None".__eq__))


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_kind, value))}]"
    if isinstance(value, list):
        return f"list[{' | '.join(dict.fromkeys(map(_kind, value)))}]"
    return type(value).__name__
