"""What every row of the data folder has in common: typed columns, a source, a date, its estimates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from optimizer.units import parse_decimal, whole_number
from optimizer.units.language import say

ANY = "*"
"""Stands in a cell for every country, accelerator, class or set."""
ESTIMATE_SOURCE = "planning estimate"
BY_USER = "given by the user"
"""The source of a figure that the case states itself."""
"""Stands in ``source`` where no public source was found: then every figure of the row is an estimate."""


def column(meaning: str, unit: str | None = None, default: Any = ..., **bounds: Any) -> Any:
    """A CSV column: its meaning, its unit and its bounds; the data dictionary is made from it."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit} if unit else None, **bounds)


def unit_of(info: FieldInfo) -> str:
    """The unit of a column; empty where it has none."""
    extra = info.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _read_number(value: Any) -> Any:
    if isinstance(value, str):
        return parse_decimal(value)
    if isinstance(value, float):
        return parse_decimal(repr(value)) if "n" not in repr(value) else value
    return value


def read_list(value: Any) -> Any:
    """Read ``a;b`` (a CSV cell or a flag) as a tuple."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


def _read_flag(value: Any) -> Any:
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower(), value)
    return bool(value) if isinstance(value, int | float | Decimal) and value in (0, 1) else value


_FLAGS = {
    **dict.fromkeys(("0", "0.0", "no", "n", "false", "f"), False),
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "t"), True),
}
"""0 and 1 as people and table programs write them."""


def _read_whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_number(value)
    return value


def _day(value: str) -> str:
    try:
        datetime.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(say("is not a date of the calendar")) from error
    return value


def _as_of(value: str) -> str:
    _day(value + "-01-01"[len(value) - 4 :] if len(value) < _DAY_LENGTH else value)
    return value


_DAY_LENGTH = len("2026-11-22")

Number = Annotated[Decimal, BeforeValidator(_read_number)]
"""A decimal, kept exactly as written: the exact verifier reads the same digits as the model."""
Whole = Annotated[int, BeforeValidator(_read_whole)]
"""A whole number in plain digits."""
Names = Annotated[tuple[str, ...], BeforeValidator(read_list)]
"""A list of words, separated by ";" in a CSV cell."""
Flag = Annotated[bool, BeforeValidator(_read_flag)]
"""0 or 1 in a CSV cell."""
CODE_2, CODE_3 = r"^[A-Z]{2}(-\d{2})?$", r"^([A-Z]{3}|[A-Z]{2}-\d{2})$"
AS_OF, DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$", r"^\d{4}-\d{2}-\d{2}$"
OLD_AFTER_YEARS = 5
"""A figure of a year further back than this is marked as old; ``data/make/planning_rules.py`` has the same rule."""


def is_old(as_of: str, today: str) -> bool:
    """Whether a figure is of a year more than five before that of a day: prices and surveys of then may not hold.

    Args:
        as_of: its date, a year, a month or a day; empty where it has none.
        today: the day, usually the one for which the data are valid.
    """
    return bool(as_of) and int(today[:4]) - int(as_of[:4]) > OLD_AFTER_YEARS


AsOf = Annotated[str, Field(pattern=AS_OF), AfterValidator(_as_of)]
"""A year, a month or a day: 2026, 2026-05 or 2026-05-31."""
Day = Annotated[str, Field(pattern=DAY), AfterValidator(_day)]
"""A day of the calendar, YYYY-MM-DD: text order is date order."""


class Frozen(BaseModel):
    """Base of all domain types: immutable, no unknown fields."""

    # built on first use: a command pays only for the tables that it reads
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class Sourced(Frozen):
    """A row whose figures carry a source, a date and the names of those that are estimates."""

    source: str = column(
        "where the figures come from (addresses separated by ' | '; one may begin with the columns that it is for and "
        "end with their date: 'pue: https://... (2024)'), or 'planning estimate'"
    )
    as_of: AsOf = column("the date for which the figures are valid")
    verification: str = column("how far the figures were checked", default="")
    estimates: Names = column("the columns of this row that are estimates, separated by ';'", default=())
    note: str = column("what a reader should know", default="")
    __slots__ = ("_line",)  # no figure of the row; a private attribute of pydantic takes as long as three figures

    @property
    def line(self) -> int | None:
        """The line of its file; None of a row that was made otherwise."""
        return getattr(self, "_line", None)

    def at_line(self, number: int) -> None:
        """Note the line that the row was read from, for errors that show only next to other rows."""
        object.__setattr__(self, "_line", number)

    @model_validator(mode="after")
    def _estimates_are_columns(self) -> Sourced:
        if self.estimates and (unknown := [name for name in self.estimates if name not in type(self).model_fields]):
            raise ValueError(say("estimates names no column of this table: {unknown}", unknown=", ".join(unknown)))
        if not self.source:
            raise ValueError(say("source must not be empty: write 'planning estimate' where there is none"))
        if self.has_no_source and not self.estimates:
            raise ValueError(say("a row without a source must name its estimated columns in 'estimates'"))
        return self

    @property
    def has_no_source(self) -> bool:
        """Whether the row is a planning estimate, without a source."""
        return self.source == ESTIMATE_SOURCE

    def is_estimate(self, name: str) -> bool:
        """Whether the figure in column ``name`` is an estimate."""
        return name in self.estimates

    def source_of(self, name: str) -> str:
        """Where the figure in column ``name`` comes from.

        The parts of ``source`` that name it; else those that name no column. An estimate that has neither is a planning
        estimate.
        """
        return " | ".join(part.text for part in self._parts_of(name))

    def date_of(self, name: str) -> str:
        """The date of the figure in column ``name``: the oldest of the sources that name it, else that of the row."""
        own = (part.as_of for part in _parts(type(self), self.source) if name in part.columns and part.as_of)
        return min(own, default=self.as_of)

    def sources(self) -> tuple[SourcePart, ...]:
        """The parts of ``source``."""
        return _parts(type(self), self.source)

    def addresses(self) -> tuple[str, ...]:
        """Every place that ``source`` names, once, without its columns and its date."""
        return tuple(dict.fromkeys(part.text for part in self.sources() if part.text != ESTIMATE_SOURCE))

    def source_without(self, names: Collection[str]) -> str:
        """The source of the figures but those in some columns."""
        kept = []
        for columns, text, as_of in _parts(type(self), self.source):
            others = [name for name in columns if name not in names]
            if others or not columns:
                kept.append(f"{', '.join(others)}: {text}{as_of and f' ({as_of})'}" if others else text)
        return " | ".join(kept)

    def _parts_of(self, name: str) -> tuple[SourcePart, ...]:
        parts = _parts(type(self), self.source)
        own = tuple(part for part in parts if name in part.columns) or tuple(p for p in parts if not p.columns)
        if own or not self.is_estimate(name):
            return own or parts
        return (SourcePart((), ESTIMATE_SOURCE, ""),)

    def range_of(self, name: str) -> tuple[Decimal, Decimal] | None:
        """Low and high of the figure in column ``name``; None where the row does not hold both.

        Their columns bear its name with ``_low`` and ``_high`` before the unit (unit_price_low_usd) or at the end;
        those of a column ``central`` are ``low`` and ``high``.
        """
        for least, most in _range_columns(type(self), name):
            low, high = getattr(self, least), getattr(self, most)
            if low is not None and high is not None:
                return low, high
        return None


class Substitute(StrEnum):
    """How a figure was made that is used in place of one that nobody published."""

    NEIGHBOURS = "neighbours"
    MEMORY = "memory"
    MEMBERSHIP = "membership"
    SURVEY = "survey"
    CLIMATE = "climate"
    REGION = "region"
    CITIES = "cities"
    INCOME = "income"
    BEYOND = "beyond"
    OFFICIAL = "official"
    KIN = "kin"
    COUNTRY = "country"


class WithSubstitutes(Sourced):
    """A row of which some figures are used in place of figures that nobody published."""

    substitutes: Names = column(
        "figures used in place of one that nobody published, as column:how, separated by ';': neighbours (the median "
        "of the neighbours), memory (from memory, no page was opened), membership (the rate of an agreement; that the "
        "country takes part in it is from memory), survey (an older survey of smaller firms, times "
        "the usual ratio), climate (by its climate zone), region (an estimate for Latin America and "
        "the Caribbean), cities (one broker's mean of sixteen cities in four regions of the world), "
        "income (from its income per person), beyond (the same, where no country with such "
        "an income was surveyed), official (the same, of an income at an official exchange rate that makes it too "
        "high), kin (the median of power systems of the same low-carbon share), country (the figure of the country "
        "that a region is a part of)",
        default=(),
    )

    @model_validator(mode="after")
    def _substitutes_are_columns(self) -> WithSubstitutes:
        wrong = [each for each in self.substitutes if not _is_substitute(type(self), *each.partition(":")[::2])]
        if wrong:
            raise ValueError(say("substitutes names no column of this table: {wrong}", wrong=", ".join(wrong)))
        return self

    def substitute_of(self, name: str) -> Substitute | None:
        """How the figure in column ``name`` was made, where nobody published one; else None."""
        found = (how for of, _, how in (each.partition(":") for each in self.substitutes) if of == name)
        return next(map(Substitute, found), None)


def _is_substitute(row_type: type[WithSubstitutes], name: str, how: str) -> bool:
    return name in row_type.model_fields and how in list(Substitute)


class SourcePart(NamedTuple):
    """One source of a row: the columns that it is for (all others where it names none), itself, and its date."""

    columns: tuple[str, ...]
    text: str
    as_of: str


_OF_COLUMNS = re.compile(r"([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*): (.+?)(?: \((\d{4}(?:-\d{2}){0,2})\))?")


@lru_cache(4096)
def _parts(row_type: type[Sourced], source: str) -> tuple[SourcePart, ...]:
    """The parts of a source; words before a colon that are no columns of the table belong to the text."""
    parts = []
    for text in source.split(" | "):
        found = _OF_COLUMNS.fullmatch(text)
        columns = tuple(found[1].split(", ")) if found else ()
        if found and set(columns) <= row_type.model_fields.keys():
            parts.append(SourcePart(columns, found[2], found[3] or ""))
        else:
            parts.append(SourcePart((), text, ""))
    return tuple(parts)


@cache
def _range_columns(row_type: type[Sourced], name: str) -> tuple[tuple[str, str], ...]:
    """The columns of a type that may hold the range of a figure, the likeliest first."""
    words = [] if name == "central" else name.split("_")
    pairs = [
        tuple("_".join([*words[:place], end, *words[place:]]) for end in ("low", "high"))
        for place in range(len(words), -1, -1)
    ]
    return tuple((low, high) for low, high in pairs if {low, high} <= row_type.model_fields.keys())


SEPARATORS = re.compile("[;,]")
"""What stands between the words of a cell or a flag."""


def read_words(value: Any) -> Any:
    """Read ``buy;rent`` or ``h100,a100`` (a CSV cell or a flag) as a tuple; nothing is an empty one."""
    if isinstance(value, str):
        return tuple(part.strip() for part in SEPARATORS.split(value) if part.strip())
    return () if value is None else value
