"""The reference: a page about every block, in English and Korean.

A page is put together from two places, so that nothing is said twice: what a block does, its
formula, examples and mistakes stand in ``en/<Block>.md`` and ``ko/<Block>.md``; its parameters
in its class and in the locale files. A block without a file, such as one that a teacher
defines in a notebook, gets its page from its docstring.
"""

from __future__ import annotations

from blockml.reference.docs import Docs, DocsList, docs
from blockml.reference.page import page

__all__ = ["Docs", "DocsList", "docs", "page"]
