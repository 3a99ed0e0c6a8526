"""The national projects of the data folder as a source of cases: ``optimizer batch projects``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.errors import DataError
from optimizer.units.language import say
from optimizer.validation.projects import FILE, case_lines

NAME = "projects"
"""What is written in place of a file of cases."""


class ProjectCases:
    """Every project of which enough is published for a case, in the order of the data."""

    name = FILE

    def __init__(self, catalogue: Catalogue) -> None:
        self._lines = case_lines(catalogue)
        if not self._lines:
            raise DataError.at(say("has no project that is a case"), file=str(catalogue.folder / FILE))

    @property
    def total(self) -> int:
        """How many cases there are."""
        return len(self._lines)

    def fingerprint(self) -> str:
        """SHA-256 over the cases."""
        cells = [dict(line.cells) for line in self._lines]
        return hashlib.sha256(json.dumps(cells, separators=(",", ":")).encode()).hexdigest()

    def check_unchanged(self) -> None:
        """The cases are in memory: nobody can change them."""

    def __iter__(self) -> Iterator[Line]:
        """The cases in order."""
        yield from self._lines
