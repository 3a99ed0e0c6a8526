"""What a message says to write, as somebody writes it who is at no terminal: flags and commands in Python's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import takewhile
from keyword import iskeyword
from types import MappingProxyType

from optimizer.answers.form.document import Document, Later, Line, Section
from optimizer.domain.case_names import field_named
from optimizer.errors import DataError, Problem, UsageError
from optimizer.question.errors import QuestionError
from optimizer.service import REGISTER
from optimizer.service.fields import FIELDS, FLAG_OF, POWER_FIELDS
from optimizer.service.register import Parameter, Question
from optimizer.units.language import say
from optimizer.units.records import dataclass

_FLAG = re.compile(r"--[a-z]+(?:-[a-z]+)*")
_COMMAND = re.compile(r'("?)\boptimizer ((?:data|guide) [a-z]+|batch projects|[a-z]+(?:-[a-z]+)*)')
_VALUE = re.compile(r""" ("[^"]*"|'[^']*'|[^-\s"'][^\s;:)"']*)""")


_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Door:
    """How somebody writes who is at no terminal."""

    others: Mapping[str, str]
    """Flags of no question, and what is written for them."""
    call: Callable[[str, Mapping[str, str], str], str]
    """A command as it is written here, from its name, its values and its text."""


def function_name(name: str) -> str:
    """Of a question in Python, and as a tool: data_list of ``data list``."""
    return name.replace(" ", "_").replace("-", "_")


def _call(name: str, values: Mapping[str, str], text: str) -> str:
    if name not in REGISTER:
        return FUNCTIONS.get(name) or say("{command} (in a terminal)", command=text)
    function, entry = f"optimizer.{function_name(name)}", REGISTER[name]
    if "--help" in text:
        return f"help({function})"
    free = {parameter.name: parameter for parameter in entry.parameters if parameter.kind == "argument"}
    in_order = list(takewhile(values.__contains__, free))
    in_parts = not entry.passes_on  # a question in words is one text
    said = [
        f'"{word}"'
        for key in in_order
        for word in (values[key].split() if free[key].many and in_parts else [values[key]])
    ]
    said += [f'{key}="{value}"' for key, value in values.items() if key not in in_order]
    is_whole = said or (not entry.takes_case and all(map(_is_optional, entry.parameters)))
    return f"{function}({', '.join(said)})" if is_whole else function


FUNCTIONS = {"batch": "optimizer.plan_many", "sweep": "optimizer.sweep"}
"""What in Python is in place of a command that is no question."""
_OF_TERMINAL = ("atlas", "guide", "mcp", "serve")
"""Commands that are of a terminal alone."""
PYTHON = Door(
    {
        "--pack": 'catalogue=optimizer.load_catalogue(packs=["FILE.toml"])',
        "--data": 'catalogue=optimizer.load_catalogue("DIR")',
    },
    _call,
)


@contextmanager
def as_written(names: Mapping[str, object], door: Door = PYTHON) -> Iterator[None]:
    """Problems within name each value as it was written: ``deadline`` rather than ``deadline_days``; and no flag.

    Args:
        names: that were written.
        door: how flags and commands are written here.

    Raises:
        DataError: the same problems, by the names that were written.
        UsageError: the same, without flags and commands.
    """
    written = {field_named(str(name)): str(name) for name in names}

    def said(text: str) -> str:
        return in_words_of(door, text, written)

    def placed(problem: Problem) -> Problem:
        column, remedy = written.get(problem.column or "", problem.column), problem.remedy
        return replace(problem, column=column, rule=said(problem.rule), remedy=remedy and said(remedy))

    try:
        yield
    except DataError as error:
        raise type(error)(map(placed, error.problems)) from error
    except QuestionError as error:
        error.message, error.remedy = said(error.message), said(error.remedy)
        raise
    except UsageError as error:
        error.args = (said(str(error)),)
        raise


def answer_in_words_of(door: Door, document: Document) -> Document:
    """An answer with every command and flag in its lines and notes as it is written at a door, for the same case.

    What is for a program stays: it is the same by every door, and verify compares it.
    """
    case = dict[str, str]()
    one = REGISTER[document.question].takes_case is True  # and no list of cases
    for name, value in document.grounds.inputs.items() if one else ():
        text = ";".join(map(str, value)) if isinstance(value, tuple) else str(value)
        if name in FLAG_OF and '"' not in text:
            case[FLAG_OF[name][2:].replace("-", "_")] = text

    def said(text: str) -> str:
        return in_words_of(door, text, case=case)

    def in_words(section: Section) -> Section:
        return replace(
            section,
            blocks=Later(lambda: (replace(b, text=said(b.text)) if isinstance(b, Line) else b for b in section.blocks)),
        )

    sections, notes = [in_words(each) for each in document.sections], tuple(map(said, document.notes))
    return replace(document, sections=sections, notes=notes)


def in_words_of(door: Door, text: str, written: Mapping[str, str] = _NONE, *, case: Mapping[str, str] = _NONE) -> str:
    """A text with every command and flag in it as it is written at a door.

    Args:
        door: how flags and commands are written here.
        text: the text.
        written: by field of the case, the name that somebody wrote.
        case: the values of the case that the text is about: a command that has none is asked for it.
    """
    parts, end = [], 0
    for start, last, call in _calls(text, door, case):
        parts += [_FLAG.sub(lambda flag: _named(flag[0], written, door.others), text[end:start]), call]
        end = last
    return "".join((*parts, _FLAG.sub(lambda flag: _named(flag[0], written, door.others), text[end:])))


def _named(flag: str, written: Mapping[str, str], others: Mapping[str, str]) -> str:
    """A flag as a name in Python, where it is one of a question."""
    name = flag[2:].replace("-", "_")
    name += "_" * iskeyword(name)
    return written.get(field_named(name), name) if flag in _flags() else others.get(flag, flag)


@cache
def _flags() -> frozenset[str]:
    own = (parameter.as_flag for entry in REGISTER.values() for parameter in entry.parameters)
    return frozenset((*FLAG_OF.values(), *own))


def _calls(text: str, door: Door, case: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """The commands in a text: where each begins and ends, and as it is written at a door."""
    for found in _COMMAND.finditer(text):
        name, last = found[2], found.end()
        if name not in REGISTER and name.partition(" ")[0] not in (*FUNCTIONS, *_OF_TERMINAL):
            continue  # import optimizer first
        values: dict[str, str] = {}
        if name in REGISTER:
            last = _take_values(REGISTER[name], text, last, values)
            values |= case if REGISTER[name].takes_case and not values else {}
        call = door.call(name, values, text[found.start() : last].removeprefix('"'))
        yield found.start(), last + (text[last : last + 1] == found[1] == '"'), call


def _take_values(entry: Question, text: str, start: int, values: dict[str, str]) -> int:
    """Take the values that follow a command in a text; where they end."""
    own = {parameter.as_flag: parameter for parameter in entry.parameters}
    free = [parameter for parameter in entry.parameters if parameter.kind == "argument"]
    while True:
        if (flag := _FLAG.match(text, start + 1)) and text[start] == " ":
            start = flag.end()
            name = own[flag[0]].name if flag[0] in own else flag[0][2:].replace("-", "_")
            if flag[0] not in _flags() or flag[0] in _switches():
                values |= {name: "yes"} if flag[0] in _flags() else {}
                continue
        found = _VALUE.match(text, start)
        word = found[1].rstrip(",.") if found else ""
        value = word.strip("\"'")
        if word and flag:
            values[name] = value
        elif word and free and (value in free[0].choices or word.isupper() or _is_value(free[0], entry, word)):
            values[free[0].name] = " ".join((*values.get(free[0].name, "").split(), value))
            free = free if free[0].many else free[1:]
        else:
            break
        start += len(f" {word}")
    if free and not _is_optional(free[0]) and len(values) == 1:
        values[free[0].name] = values.popitem()[1]  # law VN: one word is of what is needed
    return start


def _is_value(parameter: Parameter, entry: Question, word: str) -> bool:
    """Whether a word is a value: a plain one is the next of the sentence, but where names of the data are listed."""
    return not parameter.choices and (entry.name == "data show" or not re.fullmatch("[a-z]+", word))


def _is_optional(parameter: Parameter) -> bool:
    return parameter.kind != "argument" or parameter.metavar.startswith("[")


@cache
def _switches() -> frozenset[str]:
    own = (
        parameter.as_flag for entry in REGISTER.values() for parameter in entry.parameters if parameter.kind == "switch"
    )
    return frozenset((*(field.flag for field in (*FIELDS, *POWER_FIELDS) if field.switch), *own))
