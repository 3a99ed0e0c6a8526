"""What is wrong with the values of a row, in words: the rules of its type, as somebody reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from optimizer.domain.base import AS_OF, CODE_2, CODE_3, DAY
from optimizer.domain.likely_units import likely_unit
from optimizer.domain.likely_words import likely_word
from optimizer.errors import Problem, described
from optimizer.units.language import Messages, mark, say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

NO_COLUMN = mark("is not a column of this table")
NO_KEY = mark("is not a key of this table")
NO_FIELD = mark("is not a field of a case")
_WITHOUT_VALUE = ("missing", "extra_forbidden")
_OUT_OF_BOUNDS = ("less_than", "less_than_equal", "greater_than", "greater_than_equal", "value_error")

_RULES: Messages[str] = Messages(
    {
        "missing": "must not be empty",
        "greater_than": "must be greater than {gt}",
        "greater_than_equal": "must be greater than or equal to {ge}",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be less than or equal to {le}",
        "literal_error": "must be {expected}",
        "string_type": "must be a text",
        "bool_type": "must be yes or no (1 or 0)",
        "bool_parsing": "must be yes or no (1 or 0)",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "decimal_type": "must be a number",
        "decimal_parsing": "must be a number",
        "finite_number": "must be a number",
        "tuple_type": "must be a list",
        "string_too_long": "must have at most {max_length} characters",
        "string_too_short": "must have at least {min_length} characters",
    }
)
"""By the kind of error of pydantic; its other messages are shown as they are."""
_PATTERNS: Messages[str] = Messages(
    {
        DAY: "must be a day of the calendar, such as 2026-11-22 (year, month, day)",
        AS_OF: "must be a year, a month or a day: 2026, 2026-05, 2026-05-31",
        r"^[A-Z]{2}$": "must be two capital letters",
        CODE_2: "must be two capital letters",
        CODE_3: "must be three capital letters",
    }
)
"""By the pattern that a text must fit."""


def rules_of(error: ValidationError, cells: Mapping[str, str], unknown: str = NO_COLUMN) -> list[Problem]:
    """A validation error as problems with column and value, without the place of the row.

    Args:
        error: of the row's type.
        cells: of the row by column, as written.
        unknown: the message of a name that the row type does not have.
    """
    found = []
    for item in error.errors(include_url=False):
        # what feeds a site is a part of its case, and its fields are next to the others
        place = item["loc"][1:] if item["loc"][:1] == ("feed",) and len(item["loc"]) > 1 else item["loc"]
        where = str(place[0]) if place and place != ("feed",) else None
        value = cells.get(where) if where else None
        if value is None and where and not isinstance(item["input"], dict | BaseModel):
            value = described(item["input"])
        value = None if item["type"] in _WITHOUT_VALUE else value
        remedy = likely_unit(where, value) if where and value and item["type"] in _OUT_OF_BOUNDS else None
        if item["type"] == "literal_error" and isinstance(item["input"], str):
            choices = re.findall("'([^']+)'", str(item["ctx"]["expected"]))
            remedy = likely_word(item["input"], choices, is_list=len(place) > 1)
        rule = _rule(item, unknown)
        if isinstance(item["input"], list | tuple) and len(item["input"]) > 1 and len(place) == 1:
            rule = say("must be one value: compare and sweep take several")
            value = ", ".join(map(described, item["input"]))
        found.append(Problem(rule, column=where, value=value, remedy=remedy))
    return found


def _plain(bound: object) -> str:
    """A bound as people write it: no exponents, and not the name of its type."""
    number = re.sub(r"Decimal\('(.+)'\)", r"\1", str(bound))
    return f"{Decimal(number):f}" if number != str(bound) or isinstance(bound, Decimal) else number


def _rule(item: ErrorDetails, unknown: str) -> str:
    """The rule that a value breaks, in the language that is spoken."""
    if item["type"] == "extra_forbidden":
        return say(unknown)
    if (pattern := item.get("ctx", {}).get("pattern")) is not None:
        return _PATTERNS.get(pattern, say("must fit the pattern {pattern}", pattern=pattern))
    if item["type"] in _RULES.messages:
        limits = {name: _plain(value) for name, value in item.get("ctx", {}).items()}
        if "expected" in limits:
            limits["expected"] = limits["expected"].replace(" or ", say(" or "))
        return say(_RULES.messages[item["type"]], **limits)
    rule = item["msg"].removeprefix("Value error, ")
    return (rule[0].lower() + rule[1:]).replace("input should be", "must be").replace("input should", "must")
