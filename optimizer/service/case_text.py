"""A case out of values as people type them: by flags, as arguments in Python, in the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from optimizer.case.setting import name_problems, settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.case import WHOLE_FIELDS
from optimizer.domain.field_units import UNITS_OF
from optimizer.domain.quantity_text import ambiguity, read_quantity
from optimizer.errors import CONTROL, DataError, InputError, Problem, commands_terminal
from optimizer.units import digits_remedy, is_day
from optimizer.units.language import say


def read_case(values: Mapping[str, Any], catalogue: Catalogue, today: str) -> Case:
    """The case that the values make, its names known to the catalogue.

    Args:
        values: by field of the case, as text or as Python values; None, False and empty ones are left out.
        catalogue: knows the names.
        today: the day from which a calendar date as deadline counts, YYYY-MM-DD.

    Raises:
        InputError: every value that cannot be read or names something unknown, by field, at once.
    """
    return check_case(parse_case(values, catalogue, today), catalogue)


def parse_case(values: Mapping[str, Any], catalogue: Catalogue, today: str) -> Case:
    """As :func:`read_case`, its names and values not yet compared with one another.

    Raises:
        InputError: with every problem, by field.
    """
    said = {field: value for field, value in values.items() if value is not None and value is not False}
    problems: list[Problem] = [
        Problem(rule, column=field, value=said.pop(field))
        for field in list(said)
        if isinstance(said[field], str) and (rule := _unreadable(field, said[field]))
    ]
    day = str(said.get("date", ""))
    today = day if is_day(day) else today  # what the case takes for the day of the order
    if is_day(str(said.get("deadline_days", ""))):
        said.setdefault("deadline_from", "order")  # a day of the calendar comes whether or not delivery is late
    for field, value in list(said.items()):
        if isinstance(value, str):
            try:
                said[field] = read_quantity(field, value, today)
            except ValueError as error:
                problems.append(Problem(str(error), column=field, value=said.pop(field), remedy=digits_remedy(value)))
    try:
        case = Case(**said)
    except InputError as error:
        problems += (_as_typed(problem, values) for problem in error.problems)
    if problems:
        raise InputError([*problems, *name_problems(said, catalogue)])
    return case


def _unreadable(field: str, text: str) -> str | None:
    """What is wrong with a text before its field is known; None if nothing."""
    if commands_terminal(text):
        return say(CONTROL)
    return None if field == "case_id" else ambiguity(field, text)


def _as_typed(problem: Problem, values: Mapping[str, Any]) -> Problem:
    """A problem with the value as it was typed: 150% rather than 1.5, which is no 1.5 per cent either."""
    typed = values.get(problem.column or "")
    if problem.value is None or not isinstance(typed, str):
        return problem
    remedy = None if typed.strip().endswith("%") else problem.remedy
    return replace(problem, value=typed, remedy=remedy or _in_digits(problem.column or "", typed))


def _in_digits(field: str, text: str) -> str | None:
    """What to write for a number in words where the field is one."""
    return digits_remedy(text) if field in UNITS_OF or field in WHOLE_FIELDS else None


def check_case(case: Case, catalogue: Catalogue) -> Case:
    """The case, if its names and values go together.

    Raises:
        InputError: by the fields that do not.
    """
    try:
        settle(case, catalogue)
    except DataError as error:
        raise InputError(error.problems) from error
    return case
