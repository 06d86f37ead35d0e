"""Problems as data, and the exceptions that carry them.

A `Diagnostic` names its node, its parameter and its repair; the canvas, a notebook
cell and a log show the same one. Its sentences live in ``blockml/locale``; here stand
only the code and the values that fill the sentence.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue, field_validator

from blockml.graph import Data, Patch
from blockml.texts import LANGUAGES, of_environment, sentence, visible

Severity = Literal["error", "warning"]
Values = dict[str, JsonValue]


class Fix(Data):
    """One repair, checked before it is offered.

    Attributes:
        kind: Key of the label in the locale files, under ``fixes``.
        values: Values that fill the label.
        patch: The change that the repair makes.
    """

    kind: str
    values: Values = Field(default_factory=dict)
    patch: Patch

    def label(self, language: str = "en") -> str:
        """The text of the button, for example ``Use 3``."""
        return sentence(f"fixes.{self.kind}", language, self.values)


class Diagnostic(Data):
    """One problem of a graph, a document or a request.

    Attributes:
        code: What kind of problem; key of the sentences in the locale files.
        severity: An ``error`` keeps the network from being built, a ``warning`` does not.
        node: Id of the node where it shows, if there is one.
        port: Port of that node, if the problem is one of a connection.
        param: Parameter of that node, or field of the document.
        values: Values that fill the sentences: what was received and what was expected.
        fixes: Repairs, the most likely first.
    """

    code: str
    severity: Severity = "error"
    node: str | None = None
    port: str | None = None
    param: str | None = None
    values: Values = Field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()

    @field_validator("values")
    @classmethod
    def _whole_letters(cls, values: Values) -> Values:
        """Write half letters out: they come with names of files, and no page can be sent them."""
        return {
            key: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
            for key, value in values.items()
        }

    @property
    def message(self) -> str:
        """What happened, in English."""
        return self.text("message")

    @property
    def hint(self) -> str:
        """How to mend it, in English."""
        return self.text("hint")

    def text(self, part: Literal["message", "hint", "details"], language: str = "en") -> str:
        """One part of what is said of the problem, in a language; only a few have details."""
        key = f"problems.{self.code}.{part}"
        found = sentence(key, language, self.values)
        return "" if part == "details" and found == key else found

    def line(self, language: str = "en") -> str:
        """The whole problem in one line: where, what, and how to mend it."""
        where = f"{self.node}: " if self.node else ""
        said = (self.text(part, language) for part in ("message", "hint", "details"))
        return visible(f"{where}{' '.join(said)}".strip())

    def __str__(self) -> str:
        """The line in English."""
        return self.line()


class BlockmlError(Exception):
    """An error of blockml: what happened, what was expected and how to mend it.

    Attributes:
        diagnostics: The problems, at least one.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = diagnostics

    @classmethod
    def of(cls, code: str, **values: JsonValue) -> BlockmlError:
        """Make the error of one problem from its code and values."""
        return cls(Diagnostic(code=code, values=values))


class DocumentError(BlockmlError, ValueError):
    """A document that cannot be read: not JSON, of a wrong form, too large or too new."""


class GraphError(BlockmlError, ValueError):
    """A graph that cannot be built; its diagnostics say what to mend."""


class DataError(BlockmlError, ValueError):
    """Data or a picture that cannot be used."""


class RunError(BlockmlError, RuntimeError):
    """A run that cannot be started, opened or continued."""


class CancelledError(BlockmlError):
    """A person ended the work; nothing is broken."""

    def __init__(self) -> None:
        super().__init__(Diagnostic(code="cancelled"))


def problem_of(error: Exception) -> Diagnostic:
    """What a person is told of an error: its own problem, or that something failed that should not."""
    if isinstance(error, BlockmlError):
        return error.diagnostics[0]
    return Diagnostic(code="internal", values={"kind": type(error).__name__, "reason": str(error)[:300]})


class LanguageError(BlockmlError, ValueError):
    """A language that blockml does not speak."""


def spoken(language: str | None) -> str:
    """The language that was asked for, or that of the environment (``LANG`` and its kin).

    Raises:
        LanguageError: It is none of those that there are.
    """
    if language is None:
        return of_environment()
    if language not in LANGUAGES:
        raise LanguageError.of("language", received=str(language)[:40], known=", ".join(LANGUAGES))
    return language
