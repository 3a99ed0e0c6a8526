"""Values as Python, numpy and pandas have them, made what a flag would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from os import PathLike, fspath
from typing import Any

from optimizer.catalogue.tables import suggestion
from optimizer.domain.case_names import LIKELY, SHORT_NAMES, field_named
from optimizer.errors import InputError, Problem, described
from optimizer.face.remedies import PYTHON, Door
from optimizer.service.fields import FLAG_OF
from optimizer.units import refuse_year
from optimizer.units.language import say, say_many
from optimizer.units.quantities import exact_decimal

_LONGEST = 4096
"""Bits of a whole number that can be written at all."""


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


def separate(text: str) -> tuple[str, ...]:
    """The words of a text that gives several: apart by ";" where there is one, so that a name may have blanks."""
    return tuple(filter(None, map(str.strip, text.split(";") if ";" in text else text.split())))


def data_of(name: str, door: Door = PYTHON) -> str | None:
    """What to write for a name that is a flag of the data, such as ``pack``; None for any other."""
    return door.others.get(f"--{name.removesuffix('s')}")


def likely_name(name: str, known: Iterable[str]) -> str:
    """What to write for a name that is none of these: ``country`` for ``pais``, else the nearest one."""
    names = dict.fromkeys(known)
    likely = LIKELY.get(name.lower())
    return say("did you mean {first}?", first=likely) if likely in names else suggestion(name, names)


def too_many(function: str, names: Iterable[str], known: Iterable[str] = ()) -> Problem:
    """What is said of more values without a name than a function takes.

    Args:
        function: its name.
        names: of the values that it takes without one.
        known: of those that it takes by name, where it takes none without.
    """
    names = list(names)
    rule = say("takes no value without a name")
    if names:
        rule = say_many(
            "takes at most {count} value without a name", "takes at most {count} values without a name", len(names)
        )
    listed = ", ".join(names or known)
    return Problem(rule, column=function, remedy=say("known: {names}", names=listed) if listed else None)


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
            remedy = data_of(str(name)) or likely_name(str(name), (*FLAG_OF, *SHORT_NAMES))
            problems.append(Problem(say("is not a field of a case"), column=str(name), remedy=remedy))
        elif field in found:
            problems.append(Problem(say("is given twice"), column=name))
        else:
            try:
                found[field] = plain(value)
                if field == "deadline_days" and isinstance(found[field], int | float | Decimal):
                    refuse_year(found[field])
            except ValueError as error:
                shown = described(found[field]) if field in found else None
                problems.append(Problem(str(error), column=field, value=shown))
    if type(number := found.get("case_id")) is int:  # a column of numbers is a usual one of names
        found["case_id"] = described(number)
    return found, problems
