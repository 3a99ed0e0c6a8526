"""What a message says to write, as somebody writes it who is at no terminal: flags and commands in Python's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from keyword import iskeyword
from types import MappingProxyType

from optimizer.domain.case_names import field_named
from optimizer.errors import DataError, Problem, UsageError
from optimizer.question.errors import QuestionError
from optimizer.service import REGISTER
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import Question
from optimizer.units.records import dataclass

_FLAG = re.compile(r"--[a-z]+(?:-[a-z]+)*")
_COMMAND = re.compile(r'("?)\boptimizer ((?:data|guide) [a-z]+|[a-z]+(?:-[a-z]+)*)')
_VALUE = re.compile(r""" ("[^"]*"|'[^']*'|[^-\s"'][^\s;:)"']*)""")


@dataclass(frozen=True)
class Door:
    """How somebody writes who is at no terminal."""

    others: Mapping[str, str]
    """Flags of no question, and what is written for them."""
    call: Callable[[str, Mapping[str, str], str], str]
    """A command as it is written here, from its name, its values and its text."""


def _call(name: str, values: Mapping[str, str], text: str) -> str:
    if name not in REGISTER:
        return FUNCTIONS.get(name, text)
    said = [f'"{name}"', *(f'{key}="{value}"' for key, value in values.items())]
    return f"optimizer.answer({', '.join(said if REGISTER[name].takes_case is False else (*said, '...'))})"


FUNCTIONS = {"batch": "optimizer.plan_many(...)", "sweep": "optimizer.sweep(...)"}
"""What in Python is in place of a command that is no question."""
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


def in_words_of(door: Door, text: str, written: Mapping[str, str] = MappingProxyType({})) -> str:
    """A text with every command and flag in it as it is written at a door.

    Args:
        door: how flags and commands are written here.
        text: the text.
        written: by field of the case, the name that somebody wrote.
    """
    return _FLAG.sub(lambda flag: _named(flag[0], written, door.others), _with_calls(text, door))


def _named(flag: str, written: Mapping[str, str], others: Mapping[str, str]) -> str:
    """A flag as a name in Python, where it is one of a question."""
    name = flag[2:].replace("-", "_")
    name += "_" * iskeyword(name)
    return written.get(field_named(name), name) if flag in _flags() else others.get(flag, flag)


@cache
def _flags() -> frozenset[str]:
    own = (parameter.as_flag for entry in REGISTER.values() for parameter in entry.parameters)
    return frozenset((*FLAG_OF.values(), *own))


def _with_calls(text: str, door: Door) -> str:
    """A text with every command in it as it is written at a door."""
    parts, end = [], 0
    for found in _COMMAND.finditer(text):
        name, last = found[2], found.end()
        values: dict[str, str] = {}
        if name in REGISTER:
            last = _take_values(REGISTER[name], text, last, values)
        parts += [text[end : found.start()], door.call(name, values, text[found.start() : last].removeprefix('"'))]
        end = last + (text[last : last + 1] == found[1] == '"')
    return "".join((*parts, text[end:]))


def _take_values(entry: Question, text: str, start: int, values: dict[str, str]) -> int:
    """Take the values that follow a command in a text; where they end."""
    own = {parameter.as_flag: parameter for parameter in entry.parameters}
    free = [parameter for parameter in entry.parameters if parameter.kind == "argument"]
    # a plain word is the next one of the sentence, but where names of the data are listed
    plain, of_data = re.compile("[a-z]+"), entry.name == "data show"
    while True:
        if (flag := _FLAG.match(text, start + 1)) and text[start] == " ":
            start = flag.end()
            if flag[0] not in _flags() or (flag[0] in own and own[flag[0]].kind == "switch"):
                continue
        if (found := _VALUE.match(text, start)) is None:
            return start
        word = found[1].rstrip(",.")
        value = word.strip("\"'")
        if flag:
            values[own[flag[0]].name if flag[0] in own else flag[0][2:].replace("-", "_")] = value
        elif free and (value in free[0].choices or (not free[0].choices and (of_data or not plain.fullmatch(word)))):
            values[free[0].name] = " ".join((*values.get(free[0].name, "").split(), value))
            free = free if free[0].many else free[1:]
        else:
            return start
        start += len(f" {word}")
