"""Rows of the tables of what can feed a site: sun, assets, fuel, tariffs by the hour, outages, throttling."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from optimizer.domain.base import Frozen, Names, Number, Sourced, Whole, column

HOURS = tuple(f"h{hour:02d}" for hour in range(24))
"""The columns of the hours of a day."""


class SolarYield(Sourced):
    """The sun of a country: a place in it, and the published mean yield of fixed solar."""

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    site: str = column("the place whose sun gives the shape of the days")
    latitude: Number = column("latitude of the place", "degrees north", ge=-90, le=90)
    longitude: Number = column("longitude of the place", "degrees east", ge=-180, le=180)
    utc_offset_h: Number = column("local standard time less UTC", "h", ge=-12, le=14)
    pvout_kwh_per_kwp_day: Number = column("published yield of 1 kWp, mean of the country", "kWh/kWp/day", gt=0, le=12)
    model_pvout_kwh_per_kwp_day: Number | None = column(
        "yield that the recipe gives for the place before it is scaled to the published one", "kWh/kWp/day", None, gt=0
    )


class PvProfile(Frozen):
    """Solar output of 1 kWp in every hour of a day type: a month's darkest fifth, middle three fifths, brightest fifth.

    Made by the recipe in data/make/solar.py from MERRA-2 daily irradiation of 2011 to 2015 (NASA, open;
    histograms in the package gsee-climate-data, BSD-3) and the geometry of pvlib (BSD-3), scaled so that the year
    meets the published yield in solar_yield.csv. All cells are calculated, none is measured.
    """

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    month: Whole = column("month, 1 to 12", ge=1, le=12)
    day_type: Literal["dark", "middle", "bright"] = column("darkest fifth, middle three fifths, brightest fifth")
    weight: Number = column("share of the days of a year", "share", gt=0, le=1)
    h00: Number = column("capacity factor from 0:00 to 1:00, local standard time; the other hours alike", "share")
    h01: Number = column("capacity factor from 1:00 to 2:00", "share")
    h02: Number = column("capacity factor from 2:00 to 3:00", "share")
    h03: Number = column("capacity factor from 3:00 to 4:00", "share")
    h04: Number = column("capacity factor from 4:00 to 5:00", "share")
    h05: Number = column("capacity factor from 5:00 to 6:00", "share")
    h06: Number = column("capacity factor from 6:00 to 7:00", "share")
    h07: Number = column("capacity factor from 7:00 to 8:00", "share")
    h08: Number = column("capacity factor from 8:00 to 9:00", "share")
    h09: Number = column("capacity factor from 9:00 to 10:00", "share")
    h10: Number = column("capacity factor from 10:00 to 11:00", "share")
    h11: Number = column("capacity factor from 11:00 to 12:00", "share")
    h12: Number = column("capacity factor from 12:00 to 13:00", "share")
    h13: Number = column("capacity factor from 13:00 to 14:00", "share")
    h14: Number = column("capacity factor from 14:00 to 15:00", "share")
    h15: Number = column("capacity factor from 15:00 to 16:00", "share")
    h16: Number = column("capacity factor from 16:00 to 17:00", "share")
    h17: Number = column("capacity factor from 17:00 to 18:00", "share")
    h18: Number = column("capacity factor from 18:00 to 19:00", "share")
    h19: Number = column("capacity factor from 19:00 to 20:00", "share")
    h20: Number = column("capacity factor from 20:00 to 21:00", "share")
    h21: Number = column("capacity factor from 21:00 to 22:00", "share")
    h22: Number = column("capacity factor from 22:00 to 23:00", "share")
    h23: Number = column("capacity factor from 23:00 to 24:00", "share")

    @property
    def hours(self) -> tuple[Decimal, ...]:
        """The 24 capacity factors."""
        return tuple(getattr(self, name) for name in HOURS)


class SupplyAsset(Sourced):
    """One figure of something that can be built to feed a site."""

    asset: Literal["grid", "pv", "wind", "battery", "converter", "genset", "diesel"] = column("what is built")
    parameter: str = column("which figure", pattern=r"^[a-z_]+$")
    unit: str = column("unit")
    low: Number | None = column("low value", default=None)
    central: Number = column("central value")
    high: Number | None = column("high value", default=None)


class Fuel(Sourced):
    """The price of diesel in a country; the row of * represents a country without one, and is an estimate."""

    country: str = column("ISO 3166-1 alpha-2 code, or * for any other")
    diesel_usd_per_litre: Number = column("price of diesel at the pump", "USD/litre", gt=0)


class OutageSurvey(Sourced):
    """What surveys and the press say of power cuts in a country. When the grid is off, no source says."""

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    firms_with_outages: Number | None = column("share of firms that suffer power cuts", "share", None, ge=0, le=1)
    sales_lost: Number | None = column("share of sales lost by them", "share", None, ge=0, le=1)
    survey_year: Whole | None = column("year of the survey", default=None)
    load_shedding_hours: Number | None = column("hours of the year with load shedding somewhere", "h", None, ge=0)
    load_shedding_year: Whole | None = column("year of that count", default=None)


class TariffPeriod(Sourced):
    """A period of the day of a tariff by the hour, as a ratio to the country's flat price."""

    tariff: str = column("name of the tariff", pattern=r"^[A-Za-z0-9-]+$")
    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    period: str = column("name of the period")
    hours: Names = column("hours of the day, such as 18-22; several are separated by ;", default=())
    price_ratio: Number | None = column("price of the period over the flat price", "ratio", None, ge=0)


class Throttle(Sourced):
    """What speed a share of the power of an accelerator buys."""

    device: str = column("accelerator id, or any")
    power_ratio: Number = column("power over that of full speed", "share", gt=0, le=1)
    speed_low: Number | None = column("speed over full speed, low", "share", None, gt=0, le=1)
    speed: Number | None = column("speed over full speed, central", "share", None, gt=0, le=1)
    speed_high: Number | None = column("speed over full speed, high", "share", None, gt=0, le=1)


class PowerReference(Sourced):
    """A figure of a case of another program: an input of it, or a result that ours must give."""

    case: str = column("short name of the case", pattern=r"^[A-Z][0-9]+$")
    title: str = column("what is sized")
    role: Literal["input", "expected"] = column("whether it goes into the case or must come out of it")
    quantity: str = column("which figure")
    value: Number = column("value that the other program has")
    unit: str = column("unit")
    tolerance: Number | None = column("relative tolerance: that of the published digits", "share", None, gt=0, le=1)
    not_run: str = column("why this result is not reproduced; empty where it is", default="")
