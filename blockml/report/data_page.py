"""`data_report`: what a check of the data found, with the pictures, as a page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path

from blockml.data import Dataset
from blockml.data.check import check_data
from blockml.errors import spoken
from blockml.protocol import DataCheck, Finding
from blockml.report.html import page, write_page
from blockml.texts import sentence
from blockml.training import Run


@dataclass(frozen=True, repr=False)
class DataReport:
    """What a check of the data found.

    Attributes:
        data: What was checked.
        check: The findings, the most important first.
        language: ``en`` or ``ko``; by default that of the environment.
    """

    data: Dataset
    check: DataCheck
    language: str

    def __repr__(self) -> str:
        """In one line."""
        return f"<DataReport of {self.data.facts.name!r}: {self.check.summary}>"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML page that needs nothing else.

        Raises:
            RunError: The page cannot be written.
        """
        return write_page(path, page(self._title, self._body(), self.language))

    def _repr_html_(self) -> str:
        """The findings in a notebook."""
        return self._body()

    @property
    def _title(self) -> str:
        return sentence("report.data_check", self.language, {"name": self.data.facts.name})

    def _body(self) -> str:
        return f"<h1>{escape(self._title)}</h1>" + "".join(map(self._part, self.check.findings))

    def _part(self, finding: Finding) -> str:
        values = dict(finding.values)
        if why := values.get("why"):
            values["reason"] = sentence(f"unreadable.{why}", self.language)
        say = {
            part: escape(sentence(f"checks.{finding.code}.{part}", self.language, values))
            for part in ("title", "about")
        }
        pictures = finding.pictures if finding.pictures.startswith("data:image/png;base64,") else ""
        image = f'<img src="{escape(pictures)}" alt="">' if pictures else ""
        return (
            f'<section class="finding {finding.severity}"><h2>{say["title"]}</h2>'
            f"<p>{say['about']}</p>{image}</section>"
        )


def data_report(data: Dataset, *, run: Run | None = None, language: str | None = None) -> DataReport:
    """Check data and show what was found.

    Args:
        data: From `blockml.load_data`.
        run: A run that was trained on them; with it, labels that look wrong are found too.
        language: ``en`` or ``ko``.
    """
    return DataReport(data, check_data(data, run=run), spoken(language))
