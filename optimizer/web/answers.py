"""From the words of an address to a document: the same register that the command line has."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from optimizer.answers.form.document import Document
from optimizer.domain.case_names import field_named
from optimizer.errors import Problem, UsageError
from optimizer.face.asking import put
from optimizer.face.remedies import Door, function_name
from optimizer.face.values import separate
from optimizer.render.forms import write_form
from optimizer.service import REGISTER
from optimizer.service.fields import FLAG_OF, POWER_FIELDS
from optimizer.service.register import Parameter, Question, is_file
from optimizer.units.language import ENGLISH, Messages, mark, say, speaking

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue

_READS_A_FILE = mark("it reads a file, and files of this machine are not open to visitors")
CLOSED: Mapping[str, str] = {
    **dict.fromkeys(("rank", "verify"), _READS_A_FILE),
    "data gaps": mark("it plans dozens of cases, which takes longer than an answer may take here"),
}
"""Questions that have no address, and why; every other one has."""
OPEN = tuple(name for name in REGISTER if name not in CLOSED)
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


_LEFT_OUT = frozenset(("interactive", "workers", "what", "cases"))
"""Parameters that only somebody at a terminal can use, or that take processes or minutes of the server."""
_HERE: Mapping[str, Mapping[str, Any]] = {
    "question": {"required": True},
    "sites": {"words": mark("Countries, each with its grid limit in MW: BR=0.5 MX=0.5.")},
    "draws": {"most": 1000},
    "time_limit": {"most": 20, "default": 20},
    "workers": {"default": 1},
}
"""What is otherwise of a parameter here: an answer may take so long, and opens no file."""


def _as_here(entry: Question) -> Question:
    return replace(entry, parameters=tuple(replace(p, **_HERE.get(p.name, {})) for p in entry.parameters))


def open_parameters(entry: Question) -> tuple[Parameter, ...]:
    """What a visitor may give next to the fields of a case: no file, and a question where one is asked."""
    return tuple(p for p in _as_here(entry).parameters if not p.is_file and p.name not in _LEFT_OUT)


def names_file(name: str, value: str, parameters: Mapping[str, Parameter], catalogue: Catalogue) -> bool:
    """Whether a field of an address, or an argument of a tool, would have this machine open a file.

    A site is one where it is no country with its grid limit: whether there is a file of that name, nobody learns here.
    """
    parameter = parameters.get(name.removesuffix("_"))
    if parameter is None or parameter.name != "sites":
        return (parameter is not None and parameter.is_file) or field_named(name) in FILE_FIELDS
    words = separate(value)
    is_country = ("=" in word or catalogue.known("country", word) is not None for word in words)
    return not all(is_country) or any(re.search(r"[/\\]|\.(toml|csv)$", word.lower()) for word in words)


class UnknownQuestionError(UsageError):
    """The page answers no question of this name."""


_OTHERS = Messages({"--pack": "whoever runs this page can add one"})


def _is_open(name: str, values: Mapping[str, str]) -> bool:
    """Whether a command with these values is answered here."""
    if name not in OPEN:
        return False
    own = {parameter.name for parameter in open_parameters(REGISTER[name])}
    return all(value in own or field_named(value) in FLAG_OF.keys() - FILE_FIELDS for value in values)


def _address(name: str, values: Mapping[str, str], text: str) -> str:
    if not _is_open(name, values):
        return say("{command} (on your own machine)", command=text)
    return f"/api/{name.replace(' ', '-')}{'?' if values else ''}{urlencode(values)}"


def _tool(name: str, values: Mapping[str, str], text: str) -> str:
    if not _is_open(name, values):
        return say("{command} (on your own machine)", command=text)
    tool = function_name(name)
    return f"{tool} {json.dumps(values, ensure_ascii=False)}" if values else say("the tool {name}", name=tool)


ADDRESSES = Door(_OTHERS, _address)
"""How a visitor writes, who has no terminal: a command is an address."""
TOOLS = Door(_OTHERS, _tool)
"""How an assistant writes: a command is a tool with its arguments."""


class Answers:
    """Answers of one data folder, the last of them kept: the same words give the same answer."""

    def __init__(self, catalogue: Catalogue, door: Door = ADDRESSES) -> None:
        self.catalogue, self.door = catalogue, door
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
        if entry is None or entry.name not in OPEN:
            known = ", ".join(OPEN)
            rule = say('the page does not answer "{question}"; it answers {known}', question=question, known=known)
            raise UnknownQuestionError(rule if entry is None else f"{rule}; {entry.name}: {say(CLOSED[entry.name])}")
        flags = {parameter.name: parameter for parameter in entry.parameters}
        files = [name for name, value in words if names_file(name, value, flags, self.catalogue)]
        wrong = [Problem(say(NO_FILE), column=name) for name in files]
        values = {name: value for name, value in words if name not in files}
        entry, own = _as_here(entry), open_parameters(entry)
        return put(entry, values, self.catalogue, own, wrong=wrong, door=self.door)

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
