"""Cases in JSON Lines: one object a line, its keys the fields of a case, read as the cells that CSV would have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TextIO

from optimizer.batch.cases import some
from optimizer.batch.cells import as_cell
from optimizer.catalogue.headings import MAX_COLUMNS, check_header, column_of
from optimizer.catalogue.tables import MAX_LINE_CHARACTERS, Line
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.case_names import field_named
from optimizer.errors import CONTROL, Problem, UnreadableError, commands_terminal, unreadable_words
from optimizer.units import one_reading
from optimizer.units.language import say

_SCALAR = "must be a text, a number, true, false or null"
LISTS = frozenset((*(name for name, info in Case.model_fields.items() if info.default == ()), "power", "outage"))
"""The fields that hold several values: a list in JSON, separated by ";" in a CSV cell."""


class _Digits(str):
    """A number as it was written: 1.0 stays 1.0."""


_SHOWN = 100
"""Characters of a value that a message has at hand."""


def json_cases(stream: TextIO, name: str) -> Iterator[Line | Problem]:
    """The lines of a JSON Lines stream; a line that is no object of a case is a problem.

    Raises:
        DataError: there is no line.
    """
    return some(_lines(stream, name), name, say("contains no case"))


def _lines(stream: TextIO, name: str) -> Iterator[Line | Problem]:
    number = 0
    while text := stream.readline(MAX_LINE_CHARACTERS):
        number += 1
        if len(text) == MAX_LINE_CHARACTERS and not text.endswith("\n"):
            while (rest := stream.readline(MAX_LINE_CHARACTERS)) and not rest.endswith("\n"):
                pass
            yield Problem(
                say("must be at most {max_line_characters} characters", max_line_characters=MAX_LINE_CHARACTERS),
                file=name,
                line=number,
            )
        elif not text.isspace():
            yield _line(text, name, number)


def _line(text: str, name: str, number: int) -> Line | Problem:
    try:
        found = json.loads(
            text, parse_int=_Digits, parse_float=_Digits, parse_constant=_no_constant, object_pairs_hook=_object
        )
        if not isinstance(found, dict):
            raise UnreadableError(say('must be an object such as {"country": "BR", "max_mw": 1}'))
        text.encode()  # a lone surrogate cannot be written again
        for key in found:
            key.encode()
    except (ValueError, RecursionError) as error:
        words = unreadable_words(error, one_line=True)
        rule = words if isinstance(error, UnreadableError) else say("cannot be read as JSON: {error}", error=words)
        return Problem(rule, file=name, line=number)
    return as_line(found, name, number)


def _no_constant(name: str) -> Any:
    raise UnreadableError(say("contains {name}, which is not a number", name=name))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise UnreadableError(say('names "{twice}" twice', twice=twice))
    return found


def as_line(values: Mapping[str, Any], name: str, number: int) -> Line | Problem:
    """Values by field (texts, numbers, lists, mappings, None) as a line of cells, or its first problem."""
    if len(values) > MAX_COLUMNS:
        return Problem(say("has more than {max_columns} keys", max_columns=MAX_COLUMNS), file=name, line=number)
    fields = [field_named(column_of(column)) for column in values]
    if len(set(fields)) < len(fields):
        column = next(column for column in fields if fields.count(column) > 1)
        return Problem(say("appears twice"), file=name, line=number, column=column)
    values = dict(zip(fields, values.values(), strict=True))
    if strange := _unknown(tuple(values), name):
        return Problem(strange.rule, file=name, line=number, column=strange.column, remedy=strange.remedy)
    cells, faults = {}, []
    for column, value in values.items():
        try:
            text = cell_text(value, column in LISTS)
            text.encode()
            if commands_terminal(text):
                raise ValueError(say(CONTROL))
            cells[column] = text
        except ValueError as error:
            rule = (
                say("contains half a character (a lone surrogate)")
                if isinstance(error, UnicodeEncodeError)
                else str(error)
            )
            cells[column] = ""
            faults.append(Problem(rule, file=name, line=number, column=column, value=_shown(value)))
    return Line(name, number, cells, faults=tuple(faults))


def _shown(value: Any) -> str:
    """The beginning of a value, as text that can be written anywhere."""
    return str(value)[:_SHOWN].encode(errors="backslashreplace").decode()


@cache
def _unknown(names: tuple[str, ...], file: str) -> Problem | None:
    return next(iter(check_header(names, Case, file, FEED_FIELDS)), None)


def cell_text(value: Any, listed: bool = False) -> str:
    """A value as the CSV cell that means the same.

    Args:
        value: a text, number, bool, list, mapping or None.
        listed: whether the field holds several values.

    Raises:
        ValueError: no cell means the same, with the rule in words.
    """
    if value is None:
        return ""
    if isinstance(value, _Digits):
        return one_reading(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return as_cell(value)
    if not listed:
        raise ValueError(_SCALAR)
    if isinstance(value, dict):
        return ";".join(f"{_part(key)}={_part(count)}" for key, count in value.items())
    if isinstance(value, list):
        return ";".join(_part(part) for part in value)
    raise ValueError(say("{scalar}, or a list or an object of them", scalar=_SCALAR))


def _part(value: Any) -> str:
    text = cell_text(value)
    if ";" in text or not text.strip():
        raise ValueError(say("contains an empty value, or one with ';'"))
    return text
