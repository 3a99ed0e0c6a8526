"""The names of the columns of the supply of a site, and their places: a vocabulary, without a formula."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.site import ASSETS, OWN, ZERO, AssetName, PowerSite
from optimizer.units.records import dataclass

Flow = Literal["imp", "gen", "chg", "dis", "soc", "start", "sold"]
FLOWS: tuple[Flow, ...] = ("imp", "gen", "chg", "dis", "soc", "start")
"""By day and hour: import, genset, charge, discharge, state of charge, work that is started again; all kW, kWh. Where
a site sells, what it sells comes after them."""
FLEET = 0
"""The part of the fleet that is in use, kW of mean draw at full speed."""
MIDNIGHT = 1 + len(ASSETS)
"""The state of charge at midnight, the same for all days, kWh."""
FIRST_FLOW = MIDNIGHT + 1
SOLAR_PER_KW, STORE_HOURS, CONVERTER_PER_KW, GENSET_PER_KW = 40, 200, 6, 3
"""The most that the model ever builds for a kW of fleet, where the case sets no limit: kWp, kWh, kW, kW."""


@dataclass(frozen=True)
class Columns:
    """Where each column stands, for so many day types and power states."""

    days: int
    states: int
    sells: bool = False

    @classmethod
    def of(cls, site: PowerSite) -> Columns:
        """Those of a site."""
        return cls(len(site.days), len(site.states), site.sells)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flows of an hour."""
        return (*FLOWS, "sold") if self.sells else FLOWS

    @property
    def count(self) -> int:
        """All columns."""
        return FIRST_FLOW + (len(self.flows) + self.states) * self.days * HOURS_A_DAY

    def capacity(self, name: AssetName) -> int:
        """The column of the capacity of an asset, counted from 0."""
        return 1 + ASSETS.index(name)

    def flow(self, name: Flow, day: int, hour: int) -> int:
        """A flow in an hour."""
        return FIRST_FLOW + (self.flows.index(name) * self.days + day) * HOURS_A_DAY + hour

    def at_work(self, state: int, day: int, hour: int) -> int:
        """The part of the fleet in a power state in an hour, kW of draw at full speed."""
        return FIRST_FLOW + ((len(self.flows) + state) * self.days + day) * HOURS_A_DAY + hour

    def names(self) -> tuple[str, ...]:
        """The columns in their order, in words."""
        hours = [(day, hour) for day in range(self.days) for hour in range(HOURS_A_DAY)]
        flows = [f"{name}[{day},{hour}]" for name in self.flows for day, hour in hours]
        work = [f"work{state}[{day},{hour}]" for state in range(self.states) for day, hour in hours]
        return ("fleet", *ASSETS, "midnight", *flows, *work)


def most_of(site: PowerSite, fleet_kw: int) -> dict[AssetName, Fraction]:
    """The most of every capacity for fleets of up to ``fleet_kw``: the case's limit, else far more than is needed."""
    served = fleet_kw + most_sold_kw(site)
    generous: dict[AssetName, Fraction] = {
        "grid": 2 * CONVERTER_PER_KW * site.peak_ratio * fleet_kw,
        "pv": SOLAR_PER_KW * served,
        "wind": SOLAR_PER_KW * served,
        "ppa": Fraction(SOLAR_PER_KW * fleet_kw),
        "battery": Fraction(STORE_HOURS * fleet_kw),
        "converter": Fraction(CONVERTER_PER_KW * fleet_kw),
        "genset": GENSET_PER_KW * site.drawn_ratio * fleet_kw,
    }
    found: dict[AssetName, Fraction] = {}
    for name in ASSETS:
        most = site.assets[name].most
        found[name] = generous[name] if most is None else min(most, generous[name])
    return found


def most_sold_kw(site: PowerSite) -> Fraction:
    """The most that a site may sell at once: its connection."""
    return site.assets["grid"].most or ZERO if site.sells else ZERO


def sold_bounds(site: PowerSite) -> list[list[Fraction]]:
    """The most that may be sold by day and hour: the connection, where the grid is there and sun or wind give."""
    given = [name for name in OWN if site.assets[name].allowed]
    most = most_sold_kw(site)
    return [
        [
            most if day.up[hour] and any(getattr(day, name)[hour] for name in given) else ZERO
            for hour in range(HOURS_A_DAY)
        ]
        for day in site.days
    ]
