"""From the words of an address to a document: the same register that the command line has."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from optimizer.answers.form.document import Document
from optimizer.domain.case_names import field_named
from optimizer.errors import Problem, UsageError
from optimizer.face.asking import put
from optimizer.face.remedies import Door
from optimizer.render.forms import write_form
from optimizer.service import REGISTER
from optimizer.service.fields import POWER_FIELDS
from optimizer.service.register import Parameter, Question, is_file
from optimizer.units.language import ENGLISH, mark, say, speaking

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue

OPEN = (
    *("ask", "plan", "compare", "explain", "alternatives", "options", "ways", "frontier", "tipping", "largest"),
    *("law", "data list", "data show", "power"),
)
"""Questions that the page answers: none reads a file of the server, and none takes minutes."""
FETCHED = ("report",)
"""Questions whose answer is fetched as a file."""
FORMS: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Form -> type of its content."""
OF_DATA = ("json", "csv")
"""Forms that a program reads."""
MOST_KEPT = 256

Given = tuple[tuple[str, str], ...]
"""Name and value of every field that was given, sorted."""


def given(query: Mapping[str, str]) -> Given:
    """The fields of an address, without those that are empty or only of the page.

    Raises:
        UsageError: one is given twice: of two values one would be dropped without a word.
    """
    pairs = getattr(query, "multi_items", query.items)()
    found = sorted((name, value.strip()) for name, value in pairs if value.strip() and name != "lang")
    if twice := {name for (name, _), (again, _) in pairwise(found) if name == again}:
        raise UsageError(say(TWICE, flags=", ".join(sorted(twice))))
    return tuple(found)


FILE_FIELDS = frozenset(field.name for field in POWER_FIELDS if is_file(field.metavar))
"""Fields of a case that name a file of the machine that answers."""
TWICE = mark("{flags}: takes one value and was given twice; give it once")
NO_FILE = mark("names a file, and files of this machine are not open to visitors")


_OF_TERMINAL = frozenset(("interactive",))
"""Parameters that only somebody at a terminal can use."""


def open_parameters(entry: Question) -> tuple[Parameter, ...]:
    """What a visitor may give next to the fields of a case: no file, and a question where one is asked."""
    found = (p for p in entry.parameters if not p.is_file and p.name not in _OF_TERMINAL)
    return tuple(replace(p, required=p.required or p.name == "question") for p in found)


def names_file(name: str, parameters: Mapping[str, Parameter]) -> bool:
    """Whether a field of an address, or an argument of a tool, would have this machine open a file."""
    parameter = parameters.get(name)
    return (parameter is not None and parameter.is_file) or field_named(name) in FILE_FIELDS


class UnknownQuestionError(UsageError):
    """The page answers no question of this name."""


def _door() -> Door:
    """How a visitor writes, who has no terminal: a command is an address."""
    return Door({"--pack": say("whoever runs this page can add one")}, _address)


def _address(name: str, values: Mapping[str, str], text: str) -> str:
    if name not in OPEN:
        return say("{command} (on your own machine)", command=text)
    return f"/api/{name.replace(' ', '-')}{'?' if values else ''}{urlencode(values)}"


class Answers:
    """Answers of one data folder, the last of them kept: the same words give the same answer."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._kept = lru_cache(maxsize=MOST_KEPT)(self._spoken)

    def document(self, question: str, words: Given, language: str = ENGLISH) -> Document:
        """The answer to a question, in a language.

        Raises:
            UnknownQuestionError: no such question.
            UsageError: what cannot be answered.
            InputError: what cannot be read, by field.
            DataError: the case cannot be used.
            SolverError: undecided.
        """
        return self._kept(question, words, language)

    def _spoken(self, question: str, words: Given, language: str) -> Document:
        with speaking(language):
            return self._document(question, words)

    def _document(self, question: str, words: Given) -> Document:
        entry = REGISTER.named(question)
        if entry is None or entry.name not in (*OPEN, *FETCHED):
            known = ", ".join(name for name in OPEN if name in REGISTER)
            raise UnknownQuestionError(
                say('the page does not answer "{question}"; it answers {known}', question=question, known=known)
            )
        flags = {parameter.name: parameter for parameter in entry.parameters}
        files = [name for name, _ in words if names_file(name, flags)]
        wrong = [Problem(say(NO_FILE), column=name) for name in files]
        values = {name: value for name, value in words if name not in files}
        return put(entry, values, self.catalogue, open_parameters(entry), wrong=wrong, door=_door())

    def written(self, question: str, words: Given, form: str, language: str = ENGLISH) -> bytes:
        """The answer in a form; what a program reads is in English.

        Raises:
            UsageError: no such form, or no rows.
        """
        spoken = ENGLISH if form in OF_DATA else language
        document = self.document(question, words, spoken)
        with speaking(spoken):
            return self._as(document, form)

    def _as(self, document: Document, form: str) -> bytes:
        if form not in FORMS:
            raise UsageError(say('there is no form "{form}": it may be {forms}', form=form, forms=", ".join(FORMS)))
        binary, text = io.BytesIO(), io.StringIO()
        write_form(document, form, binary if form == "xlsx" else text)
        return binary.getvalue() or text.getvalue().encode()
