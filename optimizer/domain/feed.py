"""How a site is fed, as a case states it: what may be built, when the grid is off, what is asked of the energy.

None of it is needed for a case without flags of Power, so nothing imports this module before one of them is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from optimizer.domain.base import Frozen, Number, Whole, read_words
from optimizer.units.language import say

Source = Literal["grid", "pv", "wind", "battery", "genset", "ppa"]
SupplyBasis = Literal["share", "whole"]
DEFAULT_SOURCES: tuple[Source, ...] = ("grid", "pv", "battery", "genset")
"""What may feed a site where a case does not say: wind needs a profile, a PPA its price."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OUTAGE = re.compile(
    r"(\d{1,2})(?::00)?\s*(?:-|to)\s*(\d{1,2})(?::00)?(?:@([a-z]{3})(?:[a-z]*)(?:-([a-z]{3})(?:[a-z]*))?)?"
)
HOURS_A_DAY = 24
LEAST_BUILT_USD = 5
"""Least price per kWp or kWh of what is built, unless it is given for nothing: less is a price per W or Wh."""


def hours_between(start: int, end: int) -> tuple[int, ...]:
    """The hours of a day from one to another, round midnight where the second is not later: 22-2 is 22, 23, 0, 1."""
    count = (end - start) % HOURS_A_DAY or HOURS_A_DAY
    return tuple((start + step) % HOURS_A_DAY for step in range(count))


def read_outage(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hours and the months (1 to 12) of an outage such as ``17-21`` or ``17-21@JUN-AUG``.

    Raises:
        ValueError: it is none.
    """
    found = _OUTAGE.fullmatch(text.strip().lower())
    rule = say("must be hours of the day, such as 17-21 (off from 17:00 to 21:00) or 17-21@JUN-AUG")
    if found is None:
        raise ValueError(rule)
    start, end = int(found[1]), int(found[2])
    if start >= HOURS_A_DAY or end > HOURS_A_DAY or start == end:
        raise ValueError(rule)
    if found[3] is None:
        return hours_between(start, end), tuple(range(1, 13))
    if found[3] not in _MONTHS or (found[4] or found[3]) not in _MONTHS:
        raise ValueError(say("{rule}; months are JAN to DEC", rule=rule))
    first, last = _MONTHS.index(found[3]), _MONTHS.index(found[4] or found[3])
    count = (last - first) % len(_MONTHS) + 1
    return hours_between(start, end), tuple((first + step) % len(_MONTHS) + 1 for step in range(count))


def read_random_outages(text: str) -> tuple[Number, Number]:
    """Hours a year without warning, and how often: ``200,50``.

    Raises:
        ValueError: it is no such pair.
    """
    from optimizer.units import parse_decimal

    parts = [part.strip() for part in text.split(",")]
    if len(parts) != len(("hours", "count")):
        raise ValueError(say("must be hours a year and how often, such as 200,50"))
    hours, count = (parse_decimal(part) for part in parts)
    if hours < 0 or count < 0:
        raise ValueError(say("must not be below 0"))
    if hours and not count:
        raise ValueError(say("must be hours a year and how often, such as 200,50: no outage takes hours"))
    return hours, count


def _outages(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        read_outage(text)
    return value


def _random(value: str) -> str:
    read_random_outages(value)
    return value


class Feed(Frozen):
    """What feeds the site of a case. A limit that is not given is absent."""

    power: Annotated[tuple[Source, ...], BeforeValidator(read_words)] = Field(
        (), description="what may feed the site: grid, pv, wind, battery, genset, ppa"
    )
    off_grid: bool = Field(False, description="there is no grid")
    outage: Annotated[tuple[str, ...], BeforeValidator(read_words), AfterValidator(_outages)] = Field(
        (), description="hours of the day without grid: 17-21, or 17-21@JUN-AUG in some months"
    )
    random_outages: Annotated[str, AfterValidator(_random)] | None = Field(
        None, description="hours a year without warning, and how often: 200,50"
    )
    hours_file: str | None = Field(
        None, description="own year, hour by hour (CSV): pv, wind, price_usd_per_kwh, grid; in place of the data's"
    )
    tariff: str | None = Field(None, description="tariff by the hour: an id of tariff_periods.csv")
    demand_charge_usd: Number | None = Field(
        None, ge=0, le=1000, description="demand charge, USD per kW of peak import and month"
    )
    export_usd_per_kwh: Number | None = Field(
        None, ge=0, le=2, description="price at which what sun and wind give beyond the need is sold to the grid"
    )
    ppa_usd_per_kwh: Number | None = Field(None, ge=0, le=2, description="price of solar energy bought by contract")
    diesel_usd_per_litre: Number | None = Field(None, ge=0, le=100, description="diesel in place of the data's price")
    min_renewable: Number | None = Field(
        None, ge=0, le=1, description="minimum share of the energy drawn that is neither grid nor fuel"
    )
    max_carbon_g_per_kwh: Number | None = Field(
        None, ge=0, le=10_000, description="most that the energy drawn may emit in the mean, gCO2e/kWh"
    )
    carbon_usd_per_t: Number | None = Field(None, ge=0, le=100_000, description="price of emissions, USD/tCO2e")
    pv_yield: Number | None = Field(
        None, gt=0, le=12, description="solar yield in place of the country's mean, kWh per kWp and day"
    )
    land_ha: Number | None = Field(None, ge=0, le=10_000_000, description="land for solar, hectares")
    pv_max_mw: Number | None = Field(None, ge=0, le=100_000, description="maximum solar, MWp")
    battery_max_mwh: Number | None = Field(None, ge=0, le=1_000_000, description="maximum storage, MWh")
    pv_usd_per_kwp: Number | None = Field(None, ge=0, le=100_000, description="price of solar in place of the data's")
    battery_usd_per_kwh: Number | None = Field(
        None, ge=0, le=100_000, description="price of storage per kWh in place of the data's"
    )
    no_throttle: bool = Field(False, description="the fleet works at full power or not at all")
    no_pause: bool = Field(False, description="the fleet must work in every hour")
    restart_hours: Number | None = Field(
        None, ge=0, le=24, description="hours of work lost when a part of the fleet is stopped and started again"
    )
    supply_basis: SupplyBasis | None = Field(
        None, description="charge this run its share of the life of what feeds the site, or the whole price"
    )
    days_of_year: Whole | None = Field(None, ge=1, le=366, description="representative days, 12 by default")
    start_month: Whole | None = Field(None, ge=1, le=12, description="month in which the run begins, 1 to 12")
    reserve: Number | None = Field(None, ge=0, le=5, description="spare share of converter and genset")

    @field_validator("pv_usd_per_kwp", "battery_usd_per_kwh")
    @classmethod
    def _per_kilowatt(cls, value: Decimal | None) -> Decimal | None:
        if value and value < LEAST_BUILT_USD:
            raise ValueError(say("must be 0, or {least} or more", least=LEAST_BUILT_USD))
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Feed:
        if self.off_grid and "grid" in self.power:
            raise ValueError(say("off_grid says that there is no grid, and power names it: give one"))
        if self.off_grid and (self.outage or self.random_outages):
            raise ValueError(say("off_grid says that there is no grid: an outage needs a grid"))
        if "wind" in self.power and self.hours_file is None:
            raise ValueError(
                say(
                    "wind needs a profile by the hour (hours_file, column wind): with an average alone it "
                    "would never stop"
                )
            )
        if "ppa" in self.power and self.ppa_usd_per_kwh is None:
            raise ValueError(say("ppa needs its price (ppa_usd_per_kwh)"))
        if self.export_usd_per_kwh and not ("grid" in self.sources and {"pv", "wind"} & set(self.sources)):
            raise ValueError(
                say("export_usd_per_kwh sells what sun and wind give to the grid: power must name grid and pv or wind")
            )
        if (self.outage or self.random_outages) and "grid" not in self.sources:
            raise ValueError(say("outage needs a grid, but power does not name it"))
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        """What may feed the site."""
        named = self.power or DEFAULT_SOURCES
        if not self.power:
            named = (*named, *(("ppa",) if self.ppa_usd_per_kwh is not None else ()))
        return tuple(name for name in named if not (self.off_grid and name == "grid"))

    def given(self) -> Iterator[tuple[str, Any]]:
        """The fields that are set, as plain JSON values."""
        for name, value in self.model_dump(mode="json").items():
            if value not in (None, "", [], (), False):
                yield name, value
