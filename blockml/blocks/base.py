"""What a block is: one class that declares everything about one kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from blockml.errors import DocumentError, Values

Shape = tuple[int, ...]
"""Shape of one picture or vector without the batch: ``(C, H, W)`` or ``(F,)``."""

FAMILIES = (
    "convolution",
    "pooling",
    "padding",
    "activation",
    "linear",
    "normalization",
    "join",
    "data",
    "group",
)
"""Families in the order of the palette; their names are in the locale files."""


@dataclass(frozen=True)
class Port:
    """An input or output of a block.

    Attributes:
        name: Name in the document.
        many: Whether an input takes two or more edges, in order.
    """

    name: str
    many: bool = False


@dataclass(frozen=True)
class Call:
    """The module of a block: ``Call("nn.Conv2d", (3, 32), {"kernel_size": 3})``.

    Printed once into the script, and executed from there: the script is the model.
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Expr:
    """A stateless operation: ``Expr("torch.cat([{inputs}], dim=1)")``.

    ``{inputs}`` stands for the variables of the inputs, separated by commas, ``{plus}`` and
    ``{times}`` for the same joined by such signs; `GAPS` names them all.
    The template is part of the class; of a document nothing but checked numbers enters it.
    """

    template: str


GAPS = ("{inputs}", "{plus}", "{times}")
"""What a template may hold in place of its inputs."""


class ShapeProblem(Exception):  # noqa: N818 - a problem of the graph, not a failure of the program
    """Raised by `Block.infer` when the shapes that come in cannot be used.

    Attributes:
        code: Code of the diagnostic.
        param: Parameter that is to blame, if one is.
        values: Values for its sentences.
    """

    def __init__(self, code: str, *, param: str | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.param = param
        self.values: Values = values


_catalogue: dict[str, type[Block]] = {}
_aliases: dict[str, str] = {}
_listeners: list[Callable[[], None]] = []


def register(block: type[Block]) -> None:
    """Put a block into the catalogue.

    Running a notebook cell again defines the same class again: the newer one takes the
    place of the older one. Two different classes of one name are a mistake.

    Raises:
        TypeError: Another class has the name already, or the class lacks a declaration.
    """
    name = block.__name__
    for line, what in (
        ('family = "activation"', f"one of {', '.join(FAMILIES)}"),
        (f'stem = "{name.lower()}"', "what the names of its nodes begin with"),
    ):
        if not isinstance(getattr(block, line.split()[0], None), str):
            raise TypeError(f"block {name} needs a line such as {line} in its class: {what}")
    if block.family not in FAMILIES:
        raise TypeError(f"block {name} has the family {block.family!r}; expected one of {FAMILIES}")
    older = _catalogue.get(name)
    if older is not None and (older.__module__, older.__qualname__) != (block.__module__, block.__qualname__):
        raise TypeError(
            f"there are two blocks named {name}: one in {older.__module__}, one in "
            f"{block.__module__}; rename one of them"
        )
    _catalogue[name] = block
    _aliases.update(dict.fromkeys(block.aliases, name))
    for listener in _listeners:
        listener()


def when_registered(listener: Callable[[], None]) -> None:
    """Have something called whenever a block is put into the catalogue, or takes the place of another."""
    _listeners.append(listener)


def registered() -> dict[str, type[Block]]:
    """The catalogue as it is now, by name."""
    return dict(_catalogue)


def find(name: str) -> type[Block] | None:
    """The block of a name or of an older name, or ``None``."""
    return _catalogue.get(_aliases.get(name, name))


class Block(BaseModel):
    """A kind of layer or operation. Subclass it to add one; that is all there is to do.

    A subclass sets the class variables, declares its parameters as pydantic fields with
    ``title`` (a plain word), ``description`` (one plain sentence), limits, and
    ``json_schema_extra`` (``primary``, ``suggestions``, ``unit``), and implements `infer` and
    `call`, and `parameters` where it has weights. The first line of its docstring is its summary.
    It registers itself.

    Class attributes:
        family: One of `FAMILIES`.
        stem: Start of the ids of its nodes, for example ``conv``.
        inputs: Input ports.
        outputs: Output ports.
        keywords: Further words that find it in the search.
        aliases: Names under which older documents know it.
        random: Whether it draws random numbers in training (dropout).
        averages: Whether it keeps averages of what it saw in training (batch normalization).
        picture: Which moving picture of the Learn tab shows what it does, such as ``convolution``.
        squashes: Whether it must not stand right before the Output, because the loss takes
            plain scores (softmax, sigmoid).

    Example:
        In a cell, and it stands in the palette of every canvas::

            class Mish(bm.Block):
                \"\"\"Like ReLU, but smooth, and lets a little of what is below zero through.\"\"\"

                family = "activation"
                stem = "mish"

                def infer(self, shapes):
                    return shapes[0]

                def call(self, shapes):
                    return bm.Call("nn.Mish")
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __init__(self, /, *values: Any, **settings: Any) -> None:
        kind = type(self)
        if values:
            raise DocumentError.of("block-unnamed", block=kind.__name__, known=", ".join(kind.model_fields))
        try:
            super().__init__(**settings)
        except ValidationError as error:
            from blockml.blocks.settings import wrong_settings

            raise DocumentError(*wrong_settings(kind, error, settings)) from error

    # So pydantic does not call it for what stands in a document.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    family: ClassVar[str]
    stem: ClassVar[str]
    inputs: ClassVar[tuple[Port, ...]] = (Port("x"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("y"),)
    keywords: ClassVar[tuple[str, ...]] = ()
    aliases: ClassVar[tuple[str, ...]] = ()
    random: ClassVar[bool] = False
    averages: ClassVar[bool] = False
    picture: ClassVar[str] = ""
    squashes: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        """Put the class into the catalogue."""
        super().__pydantic_init_subclass__(**kwargs)
        if not abstract:
            register(cls)

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        """Accept the ``abstract`` keyword, which pydantic passes here too."""
        super().__init_subclass__(**kwargs)

    @property
    def is_built_in(self) -> bool:
        """Whether it is one of blockml's own; others may be wrong about themselves."""
        return type(self).__module__.startswith("blockml.")

    def infer(self, shapes: Sequence[Shape]) -> Shape:
        """Return the output shape for the input shapes, by plain arithmetic.

        Raises:
            ShapeProblem: The shapes cannot be used.
        """
        raise NotImplementedError

    def call(self, shapes: Sequence[Shape]) -> Call | Expr:
        """Return the module or the expression for the input shapes."""
        raise NotImplementedError

    def parameters(self, shapes: Sequence[Shape]) -> int:
        """Count the numbers that training changes."""
        return 0

    def flops(self, shapes: Sequence[Shape], output: Shape) -> int:
        """Count the operations for one picture, forward; a multiply-add counts 2."""
        return 0

    def suggest(self, problem: ShapeProblem, shapes: Sequence[Shape]) -> Sequence[Mapping[str, Any]]:
        """Offer parameter values that may mend a problem of this block, best first.

        Every offer is checked by the analysis before a person sees it.
        """
        return ()
