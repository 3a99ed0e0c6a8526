"""Values as Python, numpy and pandas have them, made what a flag would be; and problems that name what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from os import PathLike, fspath
from typing import Any

from optimizer.catalogue.tables import suggestion
from optimizer.domain.case_names import SHORT_NAMES, field_named
from optimizer.errors import DataError, InputError, Problem, described
from optimizer.service import REGISTER
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import say
from optimizer.units.quantities import exact_decimal

_LONGEST = 4096
"""Bits of a whole number that can be written at all."""
_FLAG = re.compile(r"--[a-z]+(?:-[a-z]+)*")
_OF_THE_DATA = {
    "--pack": 'catalogue=optimizer.load_catalogue(packs=["FILE.toml"])',
    "--data": 'catalogue=optimizer.load_catalogue("DIR")',
}
"""What the flags of the data are in Python."""


def plain(value: Any) -> Any:
    """A value of Python, numpy or pandas as a plain one.

    A scalar of numpy is a number, an array or a column a list, a path its name, a day YYYY-MM-DD, a time of whole days
    a number of them, a fraction its decimal, and what pandas has for a missing value None.

    Raises:
        ValueError: it is nothing that a text, a number or a list of them can say; with the rule in words.
    """
    if isinstance(value, str | float | Decimal | None) or (isinstance(value, int) and value.bit_length() < _LONGEST):
        return getattr(value, "item", lambda: value)()  # a float of numpy is one of Python, too
    if isinstance(value, list | tuple | set | frozenset | range):
        return tuple(map(plain, value))
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Fraction):
        try:
            return exact_decimal(value)
        except ValueError as error:
            raise ValueError(say("has no exact decimal: round it to one")) from error
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if type(value).__name__ == "datetime64":
        return str(value)[: len("2026-11-22")]
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, timedelta) and not value % timedelta(days=1):
        return value.days
    if isinstance(value, PathLike):
        return str(fspath(value))
    if hasattr(value, "tolist") and getattr(value, "ndim", 2) < 2:
        return plain(value.tolist())
    raise ValueError(say("must be a number, a text or a list of them, not {value}", value=described(value)))


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values by field of the case, whether they were named by field or by flag.

    Raises:
        InputError: what is not a field, a field given twice, and what is no value, all at once.
    """
    found, problems = sorted_out(values)
    if problems:
        raise InputError(problems)
    return found


def sorted_out(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """As :func:`by_field`: the fields that could be read so far, and what is wrong with the others."""
    found: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        field = field_named(str(name))
        if field not in FLAG_OF:
            remedy = suggestion(str(name), dict.fromkeys((*FLAG_OF, *SHORT_NAMES)))
            problems.append(Problem(say("is not a field of a case"), column=str(name), remedy=remedy))
        elif field in found:
            problems.append(Problem(say("gives {field} twice", field=field), column=name))
        else:
            try:
                found[field] = plain(value)
            except ValueError as error:
                problems.append(Problem(str(error), column=field))
    if type(number := found.get("case_id")) is int:  # a column of numbers is a usual one of names
        found["case_id"] = described(number)
    return found, problems


@contextmanager
def as_written(names: Mapping[str, Any], others: Mapping[str, str] = _OF_THE_DATA) -> Iterator[None]:
    """Problems within name each value as it was written: ``deadline`` rather than ``deadline_days``, and no flag.

    Args:
        names: that were written.
        others: flags that are none of a question, and what they are here.

    Raises:
        DataError: the same problems, by the names that were written.
    """
    written = {field_named(str(name)): str(name) for name in names}
    try:
        yield
    except DataError as error:
        raise type(error)([_in_python(problem, written, others) for problem in error.problems]) from error


def _in_python(problem: Problem, written: Mapping[str, str], others: Mapping[str, str]) -> Problem:
    def named(text: str | None) -> str | None:
        return None if text is None else _FLAG.sub(lambda flag: _named(flag[0], written, others), text)

    column = written.get(problem.column or "", problem.column)
    return replace(problem, column=column, rule=named(problem.rule) or "", remedy=named(problem.remedy))


def _named(flag: str, written: Mapping[str, str], others: Mapping[str, str]) -> str:
    """A flag as a name in Python, where it is one of a question."""
    name = flag[2:].replace("-", "_")
    return written.get(field_named(name), name) if flag in _flags() else others.get(flag, flag)


@cache
def _flags() -> frozenset[str]:
    own = (parameter.as_flag for entry in REGISTER.values() for parameter in entry.parameters)
    return frozenset((*FLAG_OF.values(), *own))
