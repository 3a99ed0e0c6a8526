"""A site as figures: its days, what can be built, what it costs and what is asked of it; all exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal

from optimizer.case.setting import Figure
from optimizer.domain.feed import HOURS_A_DAY, SupplyBasis
from optimizer.power.days import Day
from optimizer.units import DAYS_PER_YEAR
from optimizer.units.records import dataclass

AssetName = Literal["grid", "pv", "wind", "ppa", "battery", "converter", "genset"]
ASSETS: tuple[AssetName, ...] = ("grid", "pv", "wind", "ppa", "battery", "converter", "genset")
"""What has a capacity: kW of contract, kWp, kW, kWp under contract, kWh, kW, kW."""
OWN: tuple[AssetName, ...] = ("pv", "wind")
"""What gives energy of your own, which may be sold."""
DEFAULT_DAYS = 12
MONTHS = 12
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
HOURS_PER_YEAR = HOURS_A_DAY * DAYS_PER_YEAR
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Asset:
    """What one unit of capacity costs, and how much there may be."""

    capital_usd: Fraction
    life_years: Fraction
    om_usd_per_year: Fraction
    most: Fraction | None = None
    """Most capacity; None where the case sets no limit."""

    @property
    def allowed(self) -> bool:
        """Whether any of it may be had."""
        return self.most is None or self.most > 0


@dataclass(frozen=True, eq=False)
class PowerSite:
    """What feeds a site, before it is known which fleet."""

    days: tuple[Day, ...]
    assets: Mapping[AssetName, Asset]
    states: tuple[tuple[Fraction, Fraction], ...]
    """(share of power, share of speed) of a server at work, best first; off is what is left."""
    peak_ratio: Fraction
    """Peak over mean draw: contract, converter and genset are sized by the peak. That of servers whose electrical
    peak is their rated maximum; for those of another ratio see :mod:`optimizer.power.kinds`."""
    cost_of_capital: Fraction
    basis: SupplyBasis
    fuel_usd_per_kwh: Fraction
    """Of a kWh out of the genset, its variable upkeep included."""
    fuel_litres_per_kwh: Fraction
    carbon_grid_kg_per_kwh: Fraction
    carbon_fuel_kg_per_kwh: Fraction
    carbon_usd_per_kg: Fraction
    demand_usd_per_kw_month: Fraction
    ppa_usd_per_kwh: Fraction
    efficiency_in: Fraction
    """Of charging, and of discharging."""
    efficiency_out: Fraction
    least_charge: Fraction
    """Share of the store that is never drawn."""
    wear_usd_per_kwh: Fraction
    restart_h: Fraction
    sold_usd_per_kwh: Fraction = ZERO
    """Paid for what sun and wind give beyond the need; 0: nothing is sold."""
    availability: Fraction = ONE
    """What random outages of the grid leave of the work."""
    reserve: Fraction = ZERO
    pause: bool = True
    """Whether the fleet may stand still in some hours."""
    min_renewable: Fraction | None = None
    max_carbon_kg_per_kwh: Fraction | None = None
    max_carbon_kg: Fraction | None = None
    """Most emissions of the whole run."""
    max_energy_kwh: Fraction | None = None
    """Most energy that the fleet may draw over the whole run."""
    figures: tuple[Figure, ...] = field(default=())
    """Every figure of the data that it rests on."""

    @property
    def drawn_ratio(self) -> Fraction:
        """What a converter or genset must carry over the mean draw: the peak, and the reserve."""
        return self.peak_ratio * (1 + self.reserve)

    @property
    def sells(self) -> bool:
        """Whether what sun and wind give beyond the need may be sold to the grid."""
        sources = any(self.assets[name].allowed for name in OWN)
        return self.sold_usd_per_kwh > 0 and self.assets["grid"].allowed and sources

    def without(self, *names: AssetName) -> PowerSite:
        """The same site where some things cannot be had; without a grid no cut of it costs work."""
        none = {name: replace(self.assets[name], most=ZERO) for name in names}
        left = ONE if "grid" in names else self.availability
        return replace(self, assets={**self.assets, **none}, availability=left)

    @property
    def never_shed(self) -> PowerSite:
        """The same site without hours of load shedding; cuts without warning stay."""
        return replace(self, days=tuple(replace(day, up=(True,) * len(day.up)) for day in self.days))

    @property
    def always_on(self) -> PowerSite:
        """The same site with a grid that never fails."""
        return replace(self.never_shed, availability=ONE)

    @property
    def fails(self) -> bool:
        """Whether its grid is ever off, by the clock or without warning."""
        return bool(self.outage_hours_a_day) or self.availability < 1

    @property
    def outage_hours_a_day(self) -> Fraction:
        """Hours a day without grid, in the mean of the year."""
        return sum((day.weight * day.up.count(False) for day in self.days), ZERO)
