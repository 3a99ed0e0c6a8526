"""Every way to feed a site next to each other, each searched and proven by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Plan
from optimizer.power.plan import MayBeFed, PowerOutcome, PowerPlan, Ready, power_ready, settled
from optimizer.power.site import ZERO, PowerSite
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.records import dataclass

WayName = Literal[
    "perfect_grid",
    "pause",
    "genset",
    "free",
    "off_grid",
    "off_grid_no_fuel",
    "renewable_80",
    "renewable_95",
    "renewable_100",
    "whole",
]
_SHARES: tuple[tuple[WayName, Fraction], ...] = (
    ("renewable_80", Fraction(4, 5)),
    ("renewable_95", Fraction(19, 20)),
    ("renewable_100", Fraction(1)),
)


@dataclass(frozen=True, eq=False)
class FedSo(MayBeFed):
    """One way to feed the site, and what is best then."""

    name: WayName
    outcome: PowerOutcome


@dataclass(frozen=True, eq=False)
class WaysToFeed:
    """The ways next to each other; the first is today's answer, a grid that never fails."""

    ready: Ready
    ways: tuple[FedSo, ...]
    rented: Plan | None = None
    """The best plan with rented servers, which run on their owner's supply; None where there is none."""

    def way(self, name: WayName) -> FedSo | None:
        """One of them."""
        return next((way for way in self.ways if way.name == name), None)

    @property
    def today(self) -> PowerPlan | None:
        """The plan on a grid that never fails."""
        way = self.way("perfect_grid")
        return way.plan if way else None

    @property
    def outage_hour_usd(self) -> Fraction | None:
        """What an hour of outage a day costs the run, with free choice; None without outages or without both plans."""
        hours, free, today = self.ready.site.outage_hours_a_day, self.way("free"), self.way("perfect_grid")
        if not hours or free is None or free.plan is None or today is None:
            return None
        best = settled(self.ready, self.ready.site.never_shed, "free, no outage")
        return (free.plan.cost_usd - best.cost_usd) / hours if isinstance(best, PowerPlan) else None


def ways_to_feed(case: Case, catalogue: Catalogue, report: Callable[[str], None] | None = None) -> WaysToFeed:
    """Every way to feed the site of a case, each proven.

    Args:
        case: its flags of Power say when the grid is off and what may be built at most.
        catalogue: the data.
        report: is called with the name of each way before it is searched.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready = power_ready(case, catalogue)
    found = []
    for name, site in sites_of(ready):
        if report is not None:
            report(name)
        found.append(FedSo(name, settled(ready, site, name)))
    return WaysToFeed(ready, tuple(found), rented_plan(ready, case, catalogue))


def sites_of(ready: Ready) -> Iterator[tuple[WayName, PowerSite]]:
    """The site of a case fed in every way that differs from the others."""
    site = ready.site
    has_grid, has_fuel = site.assets["grid"].allowed, site.assets["genset"].allowed
    own = any(site.assets[name].allowed for name in ("pv", "wind", "ppa"))
    grid_alone = site.without("pv", "wind", "ppa", "battery", "converter", "genset")
    if has_grid:
        yield "perfect_grid", _unasked(grid_alone.always_on)
    if has_grid and site.fails:
        yield "pause", _unasked(grid_alone)
        if has_fuel and site.outage_hours_a_day:
            yield "genset", _unasked(site.without("pv", "wind", "ppa", "battery", "converter"))
    yield "free", site
    if has_grid and own:
        yield "off_grid", site.without("grid")
    if own and has_fuel:
        yield "off_grid_no_fuel", site.without("grid", "genset")
    for name, share in _SHARES:
        if own and (site.min_renewable or ZERO) < share:
            yield name, replace(site, min_renewable=share)
    if site.basis == "share":
        yield "whole", replace(site, basis="whole")


def _unasked(site: PowerSite) -> PowerSite:
    """The same site where no share of the energy is asked for: a grid alone has none to give."""
    return replace(site, min_renewable=None)


def rented_plan(ready: Ready, case: Case, catalogue: Catalogue) -> Plan | None:
    """The best plan of a case with rented servers alone, without its flags of Power; None where there is none."""
    if "rent" not in ready.setting.case.procurement:
        return None
    found = solve_prepared(prepare(case.changed(feed=None, procurement=("rent",)), catalogue))
    return found if isinstance(found, Plan) else None
