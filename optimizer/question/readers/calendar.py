"""Days of the calendar: what "by 31 March 2027", "before June 2027" and "by Q3 2027" mean in days from today."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from optimizer.question import dates
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, reader
from optimizer.question.matching import Match
from optimizer.question.tokens import Token
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.language import say

_MONTHS_OF_A_QUARTER = 3
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


@reader("day_limit")
def read_day_limit(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "by 31 March 2027" has that day as its last; "before" has the day before it."""
    day = _day(match, scene)
    if match.has("BEFORE") and day > scene.today:
        day -= dates.ONE_DAY
    yield _deadline(match, scene, day)


@reader("period_limit")
def read_period_limit(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "before June 2027" ends on 31 May; "by June 2027" on 30 June, which is said; "by 2027" could be either.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    note = ""
    if match.has("THISYEAR"):
        last = dates.span(scene.today.year)[1]
    elif match.has("PERIOD_END"):
        value = match.all("PERIOD_END")[0].value
        last = _months_on(scene.today, _MONTHS_OF[value.removeprefix("next ")])[1]
        if value.startswith("next"):
            last = _months_on(last + dates.ONE_DAY, _MONTHS_OF[value.removeprefix("next ")])[1]
    elif match.has("NEXTYEAR", "NEXTMONTH", "NEXTQUARTER", "NEXTHALF"):
        first, last = _next_period(match, scene.today)
        if match.has("BEFORE") and not match.has("ENDOF", "MIDOF"):
            last = first - dates.ONE_DAY
        elif not match.has("ENDOF"):
            last = first if match.has("STARTOF") else first + (last - first) / 2 if match.has("MIDOF") else last
            note = "" if match.has("STARTOF", "MIDOF") else say("read as by the end of it")
    else:
        year = _year(match)
        first, last = _span(match, year)
        if match.has("BEFORE") and not match.has("ENDOF", "MIDOF", "OVER"):
            last = first - dates.ONE_DAY
        elif match.has("MIDOF"):
            of_a_year = not match.has("MONTH", "QUARTER", "HALFYEAR")
            last = dates.span(year, 6)[1] if of_a_year else first + (last - first) / 2
        elif match.has("STARTOF"):
            last = first
        elif not match.has("ENDOF", "UPTO", "OVER"):
            if not match.has("MONTH", "QUARTER", "HALFYEAR"):
                raise RefusalError("which_day", match, said=f"{year}|{first}|{last}")
            note = say("read as by the end of it")
    yield _deadline(match, scene, last, note)


def _next_period(match: Match, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the year, the half, the quarter or the month that comes."""
    name = next(name for name in ("NEXTYEAR", "NEXTHALF", "NEXTQUARTER", "NEXTMONTH") if match.has(name))
    months = _MONTHS_OF[name.removeprefix("NEXT").lower()]
    return _months_on(_months_on(today, months)[1] + dates.ONE_DAY, months)


_MONTHS_OF = {"year": 12, "half": 6, "quarter": _MONTHS_OF_A_QUARTER, "month": 1}
"""Part of a year -> its months."""


def _months_on(day: datetime.date, months: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the part of a year, so many months long, in which a day is."""
    first = (day.month - 1) // months * months + 1
    return dates.span(day.year, first)[0], dates.span(day.year, first + months - 1)[1]


@reader("season")
def read_season(match: Match, scene: Scene) -> Iterator[Fact]:
    """A feast of a year is a day of the calendar; a season, or one without a year, is none.

    Raises:
        RefusalError: with the month in which it begins where the question is about one country.
    """
    season = match.all("SEASON")[0]
    if match.has("YEAR") and "-" in season.value and not match.has("ENDOF", "MIDOF", "STARTOF"):
        day = datetime.date.fromisoformat(f"{_year(match)}-{season.value}")
        yield _deadline(match, scene, day - dates.ONE_DAY if match.has("BEFORE") else day)
        return
    where = "" if match.has("ENDOF", "MIDOF") else " ".join(scene.countries)
    raise RefusalError("season", season, said=f"{season.value}|{where}|{scene.today}")


def _year(match: Match) -> int:
    token = match.all("YEAR")[-1]
    if not token.text.isdigit() or not _FIRST_YEAR <= int(token.text) <= _LAST_YEAR:
        raise RefusalError("no_year", token)
    return int(token.text)


def _span(match: Match, year: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the month, the quarter or the year."""
    for token in match.all("HALFYEAR"):
        return dates.span(year, 1 if token.value == "1" else 7)[0], dates.span(year, 6 if token.value == "1" else 12)[1]
    for token in match.all("QUARTER"):
        last = int(token.value) * _MONTHS_OF_A_QUARTER
        return dates.span(year, last - _MONTHS_OF_A_QUARTER + 1)[0], dates.span(year, last)[1]
    month = next((int(token.value) for token in match.all("MONTH")), None)
    return dates.span(year, month)


def _day(match: Match, scene: Scene) -> datetime.date:
    """The day that a phrase names.

    Raises:
        RefusalError: none of the calendar, or one of two readings ("03/04/2027" in English).
    """
    for token in match.all("DATE"):
        return _written_day(token, scene.language)
    day, year = match.all("NUM")[0], match.all("YEAR")[0]
    month = match.all("MONTH")[0]
    if day.number is None or day.number.denominator != 1 or not year.text.isdigit():
        raise RefusalError("no_day", match)
    try:
        return dates.make_day(int(year.text), int(month.value), int(day.number))
    except ValueError as error:
        raise RefusalError("no_day", match) from error


def _written_day(token: Token, language: str) -> datetime.date:
    first, second, third = (int(part) for part in re.split(r"[/.-]", token.text))
    try:
        if first > 31:
            return dates.make_day(first, second, third)
        if language == "en" and first <= 12 and second <= 12 and first != second:
            raise RefusalError("two_days", token, said=f"{third}-{first:02}-{second:02}|{third}-{second:02}-{first:02}")
        if language == "en" and second > 12:
            return dates.make_day(third, first, second)
        return dates.make_day(third, second, first)
    except ValueError as error:
        raise RefusalError("no_day", token) from error


def _deadline(match: Match, scene: Scene, last: datetime.date, said: str = "") -> Fact:
    """The deadline that leaves ``last`` as the last day."""
    try:
        days = dates.days_until(last, scene.today, MAX_DEADLINE_DAYS)
    except ValueError as error:
        raise RefusalError("past_day", match, said=str(error)) from error
    note = say("by {last} = {days} days from today, {today}", last=last, days=days, today=scene.today)
    note += f"; {said}" if said else ""
    return fact(match, "deadline_days", days, say("deadline {days:,} days", days=days), note, is_calendar=True)


@reader("as_of")
def read_as_of(match: Match, scene: Scene) -> Iterator[Fact]:
    """The day whose law and prices hold."""
    day = _day(match, scene)
    yield fact(match, "date", day.isoformat(), say("law and prices of {day}", day=day))


@reader("counts_from")
def read_counts_from(match: Match, scene: Scene) -> Iterator[Fact]:
    """Where a deadline counts from."""
    if match.has("FROM_ORDER"):
        yield fact(match, "deadline_from", "order", say("counted from the order, delivery included"))
    else:
        yield fact(match, "deadline_from", "training", say("counted from the start of training"))
