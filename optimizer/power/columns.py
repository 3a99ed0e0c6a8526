"""The names of the columns of the supply of a site, and their places: a vocabulary, without a formula."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.site import ASSETS, AssetName, PowerSite
from optimizer.units.records import dataclass

Flow = Literal["imp", "gen", "chg", "dis", "soc", "start"]
FLOWS: tuple[Flow, ...] = ("imp", "gen", "chg", "dis", "soc", "start")
"""By day and hour: import, genset, charge, discharge, state of charge, work that is started again; all kW, kWh."""
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

    @property
    def count(self) -> int:
        """All columns."""
        return FIRST_FLOW + (len(FLOWS) + self.states) * self.days * HOURS_A_DAY

    def capacity(self, name: AssetName) -> int:
        """The capacity of an asset."""
        return 1 + ASSETS.index(name)

    def flow(self, name: Flow, day: int, hour: int) -> int:
        """A flow in an hour."""
        return FIRST_FLOW + (FLOWS.index(name) * self.days + day) * HOURS_A_DAY + hour

    def at_work(self, state: int, day: int, hour: int) -> int:
        """The part of the fleet in a power state in an hour, kW of draw at full speed."""
        return FIRST_FLOW + ((len(FLOWS) + state) * self.days + day) * HOURS_A_DAY + hour

    def names(self) -> tuple[str, ...]:
        """The columns in their order, in words."""
        hours = [(day, hour) for day in range(self.days) for hour in range(HOURS_A_DAY)]
        flows = [f"{name}[{day},{hour}]" for name in FLOWS for day, hour in hours]
        work = [f"work{state}[{day},{hour}]" for state in range(self.states) for day, hour in hours]
        return ("fleet", *ASSETS, "midnight", *flows, *work)


def most_of(site: PowerSite, fleet_kw: int) -> dict[AssetName, Fraction]:
    """The most of every capacity for fleets of up to ``fleet_kw``: the case's limit, else far more than is needed."""
    generous: dict[AssetName, Fraction] = {
        "grid": 2 * CONVERTER_PER_KW * site.peak_ratio * fleet_kw,
        "pv": Fraction(SOLAR_PER_KW * fleet_kw),
        "wind": Fraction(SOLAR_PER_KW * fleet_kw),
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
