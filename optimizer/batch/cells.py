"""Cells of a cases file as people write them: 1 MW, 4 months, $5M, 16%, and 0,5 where commas separate no cells."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from optimizer.catalogue.tables import Line
from optimizer.domain import Case
from optimizer.domain.base import Number, Whole
from optimizer.domain.case import FEED_FIELDS
from optimizer.units import is_day, one_reading, pointed, read_days, refuse_year

_NUMBERS = frozenset(
    name for name, info in Case.model_fields.items() if info.annotation in (Number | None, Whole | None)
)
_PLAIN = re.compile(r"[+-]?[0-9.]*(?:[eE][+-]?[0-9]+)?")
_DEADLINE = "deadline_days"
_KEPT = 4096
_EXACT = 1e15
"""Below it a float that is whole is the whole number that was typed."""


@lru_cache(maxsize=_KEPT)
def read_cell(column: str, text: str, comma: bool = False) -> str:
    """A cell in the unit of its column, without the unit; what is plain already comes back as it is.

    Args:
        column: of a cases file.
        text: of the cell.
        comma: whether a comma may be a decimal comma. "1,500" is then "1.500", which has two readings and is refused
            where the case is read; "0,5" and "1.234,5" have one.

    Raises:
        ValueError: a unit that the column does not know, or a number with two readings.
    """
    if column not in _NUMBERS and not (column in FEED_FIELDS and column in _numbers_of_feed()):
        return text
    stripped = pointed(text.strip()) if comma and "," in text else text.strip()
    groups = stripped.count(".") > 1  # 12.000.000
    if (_PLAIN.fullmatch(stripped) and not groups) or (column == _DEADLINE and is_day(stripped)):
        whole, _, rest = stripped.partition(".")
        if column == _DEADLINE and whole.isdecimal() and not rest.strip("0"):
            refuse_year(int(whole))
        return stripped
    from optimizer.domain.quantity_text import read_quantity  # knows all units: only where there is one

    found = read_quantity(column, stripped)
    return found if isinstance(found, str) else one_reading(f"{found:f}")


def as_cell(value: object) -> str:
    """A value as the CSV cell that means the same: a whole number without its point, a day without its midnight."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return one_reading(str(int(value)) if value == int(value) and abs(value) < _EXACT else repr(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def _numbers_of_feed() -> frozenset[str]:
    """The fields that say what feeds the site and are numbers."""
    from optimizer.domain.feed import Feed

    return frozenset(
        name for name, info in Feed.model_fields.items() if info.annotation in (Number | None, Whole | None)
    )


def dated(line: Line, today: str) -> Line:
    """The line with days in place of a deadline that is a date; as for a single plan it counts from the order.

    Args:
        line: of a cases file.
        today: the day from which it counts where the case names none, YYYY-MM-DD.

    Raises:
        ValueError: the date is none of the calendar, or is past.
    """
    text = line.cells.get(_DEADLINE, "")
    if not is_day(text):
        return line
    day = line.cells.get("date", "").strip()
    days = read_days(text, day if is_day(day) else today)
    counted = line.cells.get("deadline_from", "").strip() or "order"
    return line._replace(cells={**line.cells, _DEADLINE: str(days), "deadline_from": counted})
