"""What ``bm.docs`` gives: a page that shows itself in a notebook and in a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

from blockml.blocks import Block, catalogue, get
from blockml.blocks.base import FAMILIES
from blockml.blocks.describe import entry
from blockml.errors import BlockmlError, spoken
from blockml.names import near
from blockml.protocol import Page
from blockml.reference import show
from blockml.reference.page import page
from blockml.texts import sentence


class DocsError(BlockmlError, LookupError):
    """There is no page of that name."""


@dataclass(frozen=True, repr=False)
class Docs:
    """The page of a block. A notebook shows it as Markdown, everything else as text.

    Attributes:
        page: The page as data.
        block: The block.
    """

    page: Page
    block: type[Block]

    def _repr_markdown_(self) -> str:
        return show.page_as_markdown(self.page, entry(self.block))

    def __repr__(self) -> str:
        return show.page_as_text(self.page, entry(self.block))


@dataclass(frozen=True, repr=False)
class DocsList:
    """All pages by family, with one sentence each.

    Attributes:
        blocks: The blocks.
        language: ``en`` or ``ko``.
    """

    blocks: tuple[type[Block], ...]
    language: str

    def _repr_markdown_(self) -> str:
        return show.list_as_markdown([entry(block) for block in self.blocks], self.language)

    def __repr__(self) -> str:
        return show.list_as_text([entry(block) for block in self.blocks], self.language)


@overload
def docs(block: None = None, *, language: str | None = None) -> DocsList: ...


@overload
def docs(block: str | type[Block], *, language: str | None = None) -> Docs: ...


def docs(block: str | type[Block] | None = None, *, language: str | None = None) -> Docs | DocsList:
    """Explain a block: what it does, its formula, an example, its parameters, common mistakes.

    Args:
        block: Name of a block such as ``"Conv2d"``, or its class; nothing lists all of them.
        language: ``"en"`` or ``"ko"``. Otherwise that of the environment (``LANG`` and its kin), which
            is all that a kernel knows: the language of JupyterLab does not reach it.

    Raises:
        DocsError: There is no such block.
        LanguageError: There is no such language.

    Example:
        >>> import blockml as bm
        >>> bm.docs("Flatten", language="en").page.family
        'linear'
    """
    said = spoken(language)
    if block is None:
        order = {family: at for at, family in enumerate(FAMILIES)}
        blocks = sorted(catalogue().values(), key=lambda each: order[each.family])
        return DocsList(tuple(blocks), said)
    found = block if isinstance(block, type) and issubclass(block, Block) else _find(str(block))
    return Docs(page(found, said), found)


def _find(name: str) -> type[Block]:
    known = {each.casefold(): block for each, block in catalogue().items()}
    found = get(name) or known.get(name.casefold())
    if found is not None:
        return found
    words = dict.fromkeys(word for block in known.values() for word in block.keywords)
    alike = {
        block.__name__
        for word in near(name, [*known, *words], 3)
        for block in known.values()
        if word == block.__name__.casefold() or word in block.keywords
    }
    if alike:
        options = f" {sentence('reference.or')} ".join(sorted(alike)[:3])
        raise DocsError.of("docs-near", name=name[:80], near=options)
    raise DocsError.of("docs-none", name=name[:80])
