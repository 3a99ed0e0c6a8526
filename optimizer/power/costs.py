"""What a dispatch does and costs over a run, in exact figures, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.dispatch import Dispatch, Hour
from optimizer.power.exact import charged_usd
from optimizer.power.site import ASSETS, ONE, OWN, ZERO, AssetName, PowerSite
from optimizer.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from optimizer.units.records import dataclass

SUPPLY_TERMS = (
    "solar",
    "wind",
    "ppa",
    "battery",
    "genset",
    "fuel",
    "grid_energy",
    "demand_charge",
    "carbon_price",
    "sold",
)
"""Every named part of what the supply costs, in the order in which it is shown. What is sold is below 0."""
_TERM_OF: dict[AssetName, str] = {
    "grid": "demand_charge",
    "pv": "solar",
    "wind": "wind",
    "ppa": "ppa",
    "battery": "battery",
    "converter": "battery",
    "genset": "genset",
}


@dataclass(frozen=True)
class Flows:
    """Energy of one mean day, kWh."""

    drawn: Fraction
    """By the fleet."""
    imported: Fraction
    generated: Fraction
    own: Fraction
    """What sun, wind and contract could give."""
    discharged: Fraction
    lost: Fraction
    """In the battery."""
    sold: Fraction

    @property
    def spilled(self) -> Fraction:
        """Energy of sun, wind and contract that is not used, kWh in an average day."""
        return self.own + self.imported + self.generated - self.drawn - self.lost - self.sold

    @property
    def own_used(self) -> Fraction:
        """Energy of sun, wind and contract that is used on the site, kWh in an average day."""
        return max(ZERO, self.own - self.spilled - self.sold)

    @property
    def supplied(self) -> Fraction:
        """All energy that is used, by the fleet and by the losses of the battery, kWh in an average day."""
        return self.own_used + self.imported + self.generated


def flows(site: PowerSite, found: Dispatch) -> Flows:
    """The energy of a mean day."""

    def mean(of: Callable[[Hour], Fraction]) -> Fraction:
        return _total(kind.weight * _total(map(of, day)) for day, kind in zip(found.days, site.days, strict=True))

    sun, wind = found.capacities["pv"] + found.capacities["ppa"], found.capacities["wind"]
    discharged = mean(lambda hour: hour.discharged)
    return Flows(
        drawn=mean(lambda hour: hour.drawn(site.states)),
        imported=mean(lambda hour: hour.imported),
        generated=mean(lambda hour: hour.generated),
        own=_total(kind.weight * (sun * _total(kind.pv) + wind * _total(kind.wind)) for kind in site.days),
        discharged=discharged,
        lost=mean(lambda hour: hour.charged) - discharged,
        sold=mean(lambda hour: hour.sold),
    )


def _total(values: Iterable[Fraction]) -> Fraction:
    """A sum over the common denominator, which is reduced once: hours are many, and most of what flows is nothing."""
    summed = [value for value in values if value]
    below = math.lcm(*(value.denominator for value in summed))
    return Fraction(sum(value.numerator * (below // value.denominator) for value in summed), below)


def work_done(site: PowerSite, found: Dispatch) -> Fraction:
    """The mean part of the fleet that is at work, by its speed and less its restarts, kW."""
    total = ZERO
    for day, kind in zip(found.days, site.days, strict=True):
        for before, hour in pairs(day):
            speed = sum((rate * part for (_, rate), part in zip(site.states, hour.at_work, strict=True)), ZERO)
            again = max(ZERO, hour.working - before.working)
            total += kind.weight * (speed - site.restart_h * again)
    return total / HOURS_A_DAY


def pairs(day: tuple[Hour, ...]) -> Iterator[tuple[Hour, Hour]]:
    """Every hour with the one before it; before the first comes the last, of a day like it."""
    return zip((day[-1], *day[:-1]), day, strict=True)


def terms_usd(site: PowerSite, found: Dispatch, days: int) -> dict[str, Fraction]:
    """What the supply costs over a run, by name; terms that cost nothing are left out."""
    total = dict.fromkeys(SUPPLY_TERMS, ZERO)
    times = days if site.basis == "share" else ONE
    for name in ASSETS:
        size, asset = found.capacities[name], site.assets[name]
        upkeep = asset.om_usd_per_year / DAYS_PER_YEAR * days
        total[_TERM_OF[name]] += size * (charged_usd(site, name) * times + upkeep)
    demand = site.demand_usd_per_kw_month * MONTHS_PER_YEAR / DAYS_PER_YEAR
    total["demand_charge"] += found.capacities["grid"] * demand * days
    for day, kind in zip(found.days, site.days, strict=True):
        often = kind.weight * days
        prices = zip(day, kind.price_usd_per_kwh, strict=True)
        total["grid_energy"] += often * _total(hour.imported * price for hour, price in prices)
        total["fuel"] += often * _total(hour.generated for hour in day) * site.fuel_usd_per_kwh
        total["battery"] += often * _total(hour.discharged for hour in day) * site.wear_usd_per_kwh
        total["sold"] -= often * _total(hour.sold for hour in day) * site.sold_usd_per_kwh
        total["ppa"] += often * found.capacities["ppa"] * _total(kind.pv) * site.ppa_usd_per_kwh
    total["carbon_price"] = carbon_kg(site, found, days) * site.carbon_usd_per_kg
    return {name: usd for name, usd in total.items() if usd}


def pays_by_selling(site: PowerSite, days: int) -> bool:
    """Whether a kW of sun or wind pays by what it sells alone: then the connection decides how much is built."""
    if not site.sells:
        return False
    times = days if site.basis == "share" else ONE
    for name in OWN:
        asset = site.assets[name]
        given = sum(
            (day.weight * kw for day in site.days for kw, up in zip(getattr(day, name), day.up, strict=True) if up),
            ZERO,
        )
        cost = charged_usd(site, name) * times + asset.om_usd_per_year / DAYS_PER_YEAR * days
        if asset.allowed and cost < site.sold_usd_per_kwh * given * days:
            return True
    return False


def carbon_kg(site: PowerSite, found: Dispatch, days: int) -> Fraction:
    """What grid and fuel emit over a run."""
    energy = flows(site, found)
    a_day = energy.imported * site.carbon_grid_kg_per_kwh + energy.generated * site.carbon_fuel_kg_per_kwh
    return a_day * days


def cash_usd(site: PowerSite, found: Dispatch) -> Fraction:
    """What must be found to build the supply, whatever this run is charged with."""
    return sum((found.capacities[name] * site.assets[name].capital_usd for name in ASSETS), ZERO)
