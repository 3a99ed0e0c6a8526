"""Calendar days of a question: what "by 31 March 2027" and "before June 2027" mean in days from today."""

from __future__ import annotations

import datetime

from optimizer.units.language import say

ONE_DAY = datetime.timedelta(days=1)


def make_day(year: int, month: int, day: int) -> datetime.date:
    """A day of the calendar.

    Raises:
        ValueError: no day of the calendar.
    """
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise ValueError(say("no such day in the calendar")) from error


def span(year: int, month: int | None = None) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a month, or of a year."""
    first = datetime.date(year, month or 1, 1)
    if month is None or month == 12:
        return first, datetime.date(year, 12, 31)
    return first, datetime.date(year, month + 1, 1) - ONE_DAY


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""Season -> the month in which it begins north of the equator."""
_SOON_DAYS = 45
_SOUTHERN = (
    "AO AR AU BI BO BR BW CD CG CL EC FJ GA ID KE KM LS MG MU MW MZ NA NZ PE PG PY RW SB SC SZ TL TO TZ UY VU WS ZA ZM "
    "ZW"
)
"""Countries of which most lies south of the equator."""


def season_begins(name: str, country: str, today: datetime.date) -> datetime.date:
    """The next first day of a season in a country, or of a day of every year written as 12-25."""
    if name in _SEASONS:
        month = (_SEASONS[name] - 1 + (6 if country in _SOUTHERN.split() else 0)) % 12 + 1
        day = datetime.date(today.year, month, 1)
    else:
        day = datetime.date.fromisoformat(f"{today.year}-{name}")
    soon = datetime.timedelta(
        _SOON_DAYS if name in _SEASONS else 0
    )  # in November "next summer" is not that of December
    return day if day > today + soon else day.replace(year=day.year + 1)


def days_until(last_day: datetime.date, today: datetime.date, limit_days: int) -> int:
    """Days from today to a deadline.

    Raises:
        ValueError: the day is not after today, or further away than ``limit_days``.
    """
    days = (last_day - today).days
    if days < 1:
        raise ValueError(say("the deadline {last_day} is not after today, {today}", last_day=last_day, today=today))
    if days > limit_days:
        raise ValueError(
            say(
                "the deadline {last_day} is more than {limit_days} years after today, {today}",
                last_day=last_day,
                limit_days=limit_days // 365,
                today=today,
            )
        )
    return days
