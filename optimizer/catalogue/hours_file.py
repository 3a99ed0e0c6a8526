"""A year of your own, hour by hour: sun, wind, price and grid in place of what the data have."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from optimizer.catalogue.tables import Line, read_lines, read_text
from optimizer.errors import DataError, Problem
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, parse_decimal, pointed
from optimizer.units.language import say
from optimizer.units.records import dataclass

HOURS_A_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR
COLUMNS = ("pv", "wind", "price_usd_per_kwh", "grid")
_MOST = {"pv": 1, "wind": 1, "price_usd_per_kwh": 10, "grid": 1}
_SHOWN = 10


@dataclass(frozen=True)
class OwnYear:
    """The columns that the file has, each with 8,760 values from 1 January, 0:00, local standard time."""

    values: Mapping[str, tuple[Decimal, ...]]

    def day(self, column: str, number: int) -> tuple[Decimal, ...] | None:
        """The 24 values of a day, counted from 0; None of a column that the file does not have."""
        if column not in self.values:
            return None
        return self.values[column][number * HOURS_PER_DAY : (number + 1) * HOURS_PER_DAY]


def read_year(path: Path) -> OwnYear:
    """Read a year of hours.

    The header names its columns, any of: pv (output of 1 kWp), wind (output of 1 kW), price_usd_per_kwh, grid (1 where
    it is there). A first column ``hour`` is allowed and not looked at.

    Raises:
        DataError: the file cannot be read, has other columns or another number of rows, or values out of range.
    """
    header, lines = read_lines(read_text(path), path.name)
    used = [name for name in header if name != "hour"]
    problems = [
        Problem(
            say("is not a column of a year of hours"),
            file=path.name,
            line=1,
            column=name,
            remedy=say("known: {known}", known=_known()),
        )
        for name in used
        if name not in COLUMNS
    ]
    if not used:
        problems.append(
            Problem(say("needs at least one of the columns {known}", known=_known()), file=path.name, line=1)
        )
    if problems:
        raise DataError(problems)
    found: dict[str, list[Decimal]] = {name: [] for name in used}
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        for name in used:
            found[name].append(_value(line, name, problems))
    if (count := len(found[used[0]])) != HOURS_A_YEAR and not problems:
        rule = say("has {count:,} rows of hours, not {hours_a_year:,}", count=count, hours_a_year=HOURS_A_YEAR)
        problems.append(Problem(rule, file=path.name, remedy=say("a year without 29 February")))
    if problems:
        raise DataError(problems[:_SHOWN])
    return OwnYear({name: tuple(values) for name, values in found.items()})


def _known() -> str:
    return ", ".join(COLUMNS)


def _value(line: Line, name: str, problems: list[Problem]) -> Decimal:
    cell = line.cells[name].strip()
    try:
        value = parse_decimal(pointed(cell) if line.comma else cell)
    except ValueError as error:
        problems.append(Problem(str(error), file=line.file, line=line.number, column=name, value=cell))
        return Decimal(0)
    if not 0 <= value <= _MOST[name] or (name == "grid" and value not in (0, 1)):
        rule = say("must be 0 or 1") if name == "grid" else say("must be from 0 to {most}", most=_MOST[name])
        problems.append(Problem(rule, file=line.file, line=line.number, column=name, value=cell))
    return value
