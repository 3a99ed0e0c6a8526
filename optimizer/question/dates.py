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
