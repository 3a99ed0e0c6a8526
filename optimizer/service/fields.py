"""The fields of a case as flags: name, what represents a value, subject and help. Light: ``--help`` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, cast

from optimizer.domain.case_names import flag_of
from optimizer.units.records import dataclass

Subject = Literal["Model", "Place and law", "Limits", "Money", "Hardware", "Search", "Power"]
SUBJECTS: tuple[Subject, ...] = ("Limits", "Money", "Hardware", "Power", "Place and law", "Model", "Search")
"""In the order in which help shows them."""


@dataclass(frozen=True)
class CaseField:
    """A field of a case and its flag."""

    name: str
    """Of the field in :class:`optimizer.domain.Case`, and so the column of a cases file and the key in JSON."""
    metavar: str
    subject: Subject
    words: str
    switch: bool = False
    """Whether the flag takes no value."""

    @property
    def flag(self) -> str:
        """Of the command line."""
        return flag_of(self.name)


def _fields() -> Iterator[CaseField]:
    """Every field, as ``fields.txt`` has it."""
    text = Path(__file__).with_name("fields.txt").read_text(encoding="utf-8")
    for line in text.replace("\n ", " ").splitlines():
        if line and line[0] != "#":
            name, metavar, subject, words = line.split(" | ")
            yield CaseField(name, metavar.strip("-"), cast(Subject, subject), words, switch=metavar == "-")


*_OTHERS, CASE_ID = _fields()
FIELDS = tuple(field for field in _OTHERS if field.subject != "Power")
"""Every field of a case but its name, in the order of the axes of a sweep: the last one changes fastest."""
POWER_FIELDS = tuple(field for field in _OTHERS if field.subject == "Power")
"""What a case says of the feeding of its site; light, and read only by the questions that take it up."""
FLAG_OF: Mapping[str, str] = {field.name: field.flag for field in (*FIELDS, *POWER_FIELDS, CASE_ID)}
"""Field of the case -> its flag."""
