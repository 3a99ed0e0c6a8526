"""From which tariff sun and storage pay, and what the energy of a load that never stops costs in every way.

The load is 1 MW, always on; this run pays its share of the life of what is built. From which tariff solar pays is a
quotient: its first kWp replaces the grid whenever it gives anything. For storage, the tariff is found by halving, and
is reported with the two values between which it lies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.feed import HOURS_A_DAY
from optimizer.errors import SolverError
from optimizer.power.bounds import line_of
from optimizer.power.costs import flows, terms_usd
from optimizer.power.dispatch import dispatched, whole_capacities
from optimizer.power.exact import charged_usd, exact_supply
from optimizer.power.plan import Ready, power_ready
from optimizer.power.proof import needed_only
from optimizer.power.search import Kept
from optimizer.power.site import ZERO, PowerSite
from optimizer.power.verify import faults
from optimizer.units import DAYS_PER_YEAR, KW_PER_MW
from optimizer.units.records import dataclass

LOAD_KW = 1000
STEP_USD = Fraction(1, 10_000)
"""How near the two tariffs are between which storage begins to pay, USD/kWh."""
HIGHEST_USD = Fraction(2)
NEAR = Fraction(1, 1000)
"""What whole kW may add to the cost of a load of 1 MW: a share of it."""
SHED = (17, 18, 19, 20)
"""The hours of the column with four hours a day without grid."""


@dataclass(frozen=True)
class Fed:
    """What a steady load costs when it is fed in one way."""

    usd_per_mwh: Fraction
    own_share: Fraction
    fuel_share: Fraction
    floor_usd_per_mwh: Fraction
    """Proved in fractions: no supply costs less."""

    @property
    def gap_usd_per_mwh(self) -> Fraction:
        """By how much a supply could at most cost less."""
        return max(ZERO, self.usd_per_mwh - self.floor_usd_per_mwh)


@dataclass(frozen=True, eq=False)
class BreakEven:
    """What a country's sun, tariff and diesel are worth to a steady load."""

    ready: Ready
    tariff_usd_per_kwh: Fraction
    solar_from_usd_per_kwh: Fraction | None
    """The tariff from which solar pays; None where there is no sun in the case."""
    storage_from_usd_per_kwh: tuple[Fraction, Fraction] | None
    """Between these tariffs storage begins to pay; None where it does not up to 2 USD/kWh."""
    panel_usd_per_kwp: Fraction | None
    """The price of panels up to which solar pays at the country's tariff."""
    grid: Fed | None
    free: Fed | None
    shares: dict[int, Fed | None]
    """By least renewable share in per cent."""
    off_grid: Fed | None
    shed_genset: Fed | None
    """Four hours a day without grid, a genset for them."""


def break_even(case: Case, catalogue: Catalogue) -> BreakEven:
    """The break-even of a country's site.

    Raises:
        DataError: the case or the data cannot be used.
        SolverError: a bound in fractions is too far from what the solver found.
    """
    ready = power_ready(case, catalogue)
    site = replace(ready.site.always_on, basis="share", states=ready.site.states[:1], min_renewable=None)
    site = replace(site, sold_usd_per_kwh=ZERO)
    tariff = ready.setting.exact("electricity_usd_per_kwh")
    sun = any(any(day.pv) for day in site.days) and site.assets["pv"].allowed
    solar = _solar_from(site) if sun else None
    nothing = site.without("pv", "wind", "ppa", "battery", "converter", "genset")
    shed = replace(
        site.without("pv", "wind", "ppa", "battery", "converter"),
        days=tuple(replace(day, up=tuple(h not in SHED for h in range(HOURS_A_DAY))) for day in site.days),
    )
    return BreakEven(
        ready=ready,
        tariff_usd_per_kwh=tariff,
        solar_from_usd_per_kwh=solar,
        storage_from_usd_per_kwh=_storage_from(site, tariff) if sun and site.assets["battery"].allowed else None,
        panel_usd_per_kwp=_panel_price(site, tariff) if sun else None,
        grid=steady(nothing),
        free=steady(site),
        shares={
            percent: steady(replace(site, min_renewable=Fraction(percent, 100))) if sun else None
            for percent in (80, 95, 100)
        },
        off_grid=steady(site.without("grid")) if sun else None,
        shed_genset=steady(shed) if site.assets["genset"].allowed else None,
    )


def _yield(site: PowerSite) -> Fraction:
    """kWh of 1 kWp on a mean day."""
    return sum((day.weight * sum(day.pv, ZERO) for day in site.days), ZERO)


def _solar_from(site: PowerSite) -> Fraction:
    """Cost of a kWp a day over what it gives: its first kWh all replace the grid."""
    a_day = charged_usd(site, "pv") + site.assets["pv"].om_usd_per_year / DAYS_PER_YEAR
    return a_day / _yield(site)


def _panel_price(site: PowerSite, tariff: Fraction) -> Fraction:
    """The price of a kWp at which it costs a day what its kWh would cost from the grid; upkeep as it is."""
    upkeep = site.assets["pv"].om_usd_per_year / DAYS_PER_YEAR
    left = tariff * _yield(site) - upkeep
    asset = site.assets["pv"]
    return max(ZERO, left / (charged_usd(site, "pv") / asset.capital_usd)) if asset.capital_usd else ZERO


def _storage_from(site: PowerSite, tariff: Fraction) -> tuple[Fraction, Fraction] | None:
    """Two tariffs between which storage begins to pay: without it at the lower, with it at the higher."""

    def pays(at: Fraction) -> bool:
        ratio = at / tariff if tariff else ZERO
        days = tuple(
            replace(day, price_usd_per_kwh=tuple(price * ratio if tariff else at for price in day.price_usd_per_kwh))
            for day in site.days
        )
        kept = Kept.of(replace(site, days=days), LOAD_KW)
        found = kept.feed(LOAD_KW, LOAD_KW, 0.0, DAYS_PER_YEAR)
        if found is None:
            raise SolverError.say("a steady load on a grid that never fails could not be fed")
        return float(found.values[kept.supply.columns.capacity("battery")]) > LOAD_KW / 1000

    return halved(pays, ZERO, HIGHEST_USD, STEP_USD)


def halved(
    holds: Callable[[Fraction], bool], low: Fraction, high: Fraction, step: Fraction
) -> tuple[Fraction, Fraction] | None:
    """Two values no further apart than a step, all in one unit, of which something holds at the higher and not at the
    lower.

    None where it does not hold at the highest. It is taken to hold above any value at which it holds.
    """
    if not holds(high):
        return None
    while high - low > step:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high


def steady(site: PowerSite) -> Fed | None:
    """What a steady load of 1 MW costs; None where it cannot be fed.

    Raises:
        SolverError: the exact cost and the exact bound are too far apart.
    """
    kept, days, load = Kept.of(site, LOAD_KW), DAYS_PER_YEAR, Fraction(LOAD_KW)
    right = kept.supply.right(days, LOAD_KW)
    for place in kept.supply.rows.shares:
        right[place] = HOURS_A_DAY * LOAD_KW * 1e-8
    found = kept.feed(LOAD_KW, LOAD_KW, 0.0, days, right=right)
    if found is None:
        return None
    columns = kept.supply.columns
    line = exact_supply(site, LOAD_KW).line(days, line_of(kept.supply, days, found.duals).duals)
    floor = line.floor(site.basis, load, load, ZERO, days)
    sizes = whole_capacities(site, columns, needed_only(site, kept, found.values))
    fixed = {name: size for name, size in sizes.items() if site.assets[name].allowed}
    lower, upper = kept.supply.upper * 0, kept.supply.upper.copy()
    for name, size in fixed.items():
        lower[columns.capacity(name)] = upper[columns.capacity(name)] = float(size)
    again = kept.feed(LOAD_KW, LOAD_KW, 0.0, days, right=right, lower=lower, upper=upper)
    plan = None if again is None else dispatched(site, columns, again.values, sizes, load, load)
    # a load that never stops leaves no hair of work to give up: the fleet may fall short by a part in a million
    if plan is None or faults(site, plan, load, load * (1 - Fraction(1, 10**6)), days):
        raise SolverError.say("the supply of a steady load could not be carried out in exact figures")
    cost = sum(terms_usd(site, plan, days).values(), ZERO)
    if not floor <= cost * (1 + Fraction(1, 10**6)) or cost - floor > cost * NEAR:
        raise SolverError.say("the cost of a steady load and its lower bound are too far apart")
    energy = flows(site, plan)
    drawn = load * HOURS_A_DAY
    mwh = drawn * days / KW_PER_MW
    return Fed(
        usd_per_mwh=Fraction(found.objective) / mwh,
        own_share=1 - (energy.imported + energy.generated) / drawn,
        fuel_share=energy.generated / drawn,
        floor_usd_per_mwh=floor / mwh,
    )
