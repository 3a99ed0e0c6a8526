"""The supply of a site in fractions: its rows stated again, and bounds from any prices, exactly.

It shares no formula with :mod:`optimizer.power.arrays`; only the places of the columns
are the same. Prices are rounded to multiples of 2^-40: any prices that are not negative give a bound that holds,
whatever rounding or the solver did to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.columns import FLEET, MIDNIGHT, Columns, most_of, sold_bounds
from optimizer.power.site import ASSETS, ONE, ZERO, PowerSite
from optimizer.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from optimizer.units.language import say
from optimizer.units.records import dataclass

GRAIN = 2**40
"""Prices are whole multiples of 1 / GRAIN."""
Term = tuple[int, Fraction]


@dataclass(frozen=True)
class ExactLine:
    """A bound on the cost of every supply, exactly; see :mod:`optimizer.power.bounds` for what it says."""

    days: int
    constant: Fraction
    work: Fraction
    limits: Fraction
    fleet: Fraction
    income: Fraction

    def floor(self, basis: str, fleet_kw: Fraction, work_kw: Fraction, usd_per_kw_day: Fraction, days: int) -> Fraction:
        """A lower bound on the cost of the supply and the fleet in use, USD."""
        least = max(work_kw, fleet_kw * Fraction(days - 1, days))
        scale = Fraction(days, self.days)
        if basis == "whole":
            scale = min(scale, ONE)
        slope = usd_per_kw_day * days - scale * self.fleet
        in_use = slope * (fleet_kw if slope < 0 else least)
        found = scale * (self.constant + self.work * work_kw + self.limits / days) + in_use
        if basis == "whole" and days > self.days:  # each further day may earn
            found -= (days - self.days) * self.income
        return found


@dataclass(frozen=True)
class ExactReach:
    """The most work that fleets can do, exactly."""

    constant: Fraction
    per_kw: Fraction
    limits: Fraction

    def most(self, fleet_kw: Fraction, days: int) -> Fraction:
        """The most work of a fleet, kW."""
        return self.constant + self.per_kw * fleet_kw + self.limits / days


@dataclass(frozen=True)
class ExactRoom:
    """The largest fleet that can be at work in every hour, exactly."""

    constant: Fraction
    limits: Fraction

    def most(self, days: int) -> Fraction:
        """The largest fleet in use, kW."""
        return self.constant + self.limits / days


@dataclass(frozen=True, eq=False)
class ExactSupply:
    """The programme of a site in fractions."""

    site: PowerSite
    fleet_kw: int
    columns: Columns
    rows: tuple[tuple[Term, ...], ...]
    work_row: int
    carbon_row: int | None
    energy_row: int | None

    @cached_property
    def by_column(self) -> list[tuple[int, list[tuple[int, int]]]]:
        """Every column as whole numbers over one denominator: ``A'y`` is a sum of whole numbers then."""
        found: list[list[Term]] = [[] for _ in range(self.columns.count)]
        for place, terms in enumerate(self.rows):
            for column, value in terms:
                found[column].append((place, value))
        whole = []
        for entries in found:
            over = math.lcm(*(value.denominator for _, value in entries)) if entries else 1
            whole.append((over, [(row, value.numerator * (over // value.denominator)) for row, value in entries]))
        return whole

    @cached_property
    def upper(self) -> list[Fraction]:
        """The most of every column, in its own unit (kW, kWh)."""
        site, columns = self.site, self.columns
        found = [Fraction(self.fleet_kw)] * columns.count
        most = most_of(site, self.fleet_kw)
        for name in ASSETS:
            found[columns.capacity(name)] = most[name]
        found[MIDNIGHT] = most["battery"]
        for day, kind in enumerate(site.days):
            for hour in range(HOURS_A_DAY):
                found[columns.flow("imp", day, hour)] = most["grid"] / site.peak_ratio if kind.up[hour] else ZERO
                found[columns.flow("gen", day, hour)] = most["genset"] / site.drawn_ratio
                found[columns.flow("chg", day, hour)] = most["converter"]
                found[columns.flow("dis", day, hour)] = most["converter"] / site.drawn_ratio
                found[columns.flow("soc", day, hour)] = most["battery"]
        if site.sells:
            for day, bounds in enumerate(sold_bounds(site)):
                for hour, bound in enumerate(bounds):
                    found[columns.flow("sold", day, hour)] = bound
        return found

    @cached_property
    def running(self) -> list[Fraction]:
        """USD a day of one unit of every column: upkeep, contract, energy, wear, emissions."""
        site, columns = self.site, self.columns
        found = [ZERO] * columns.count
        for name in ASSETS:
            found[columns.capacity(name)] = site.assets[name].om_usd_per_year / DAYS_PER_YEAR
        found[columns.capacity("grid")] += site.demand_usd_per_kw_month * MONTHS_PER_YEAR / DAYS_PER_YEAR
        sun = sum((day.weight * sum(day.pv, ZERO) for day in site.days), ZERO)
        found[columns.capacity("ppa")] += site.ppa_usd_per_kwh * sun
        of_grid = site.carbon_usd_per_kg * site.carbon_grid_kg_per_kwh
        of_fuel = site.fuel_usd_per_kwh + site.carbon_usd_per_kg * site.carbon_fuel_kg_per_kwh
        for day, kind in enumerate(site.days):
            for hour in range(HOURS_A_DAY):
                price = kind.price_usd_per_kwh[hour] + of_grid
                found[columns.flow("imp", day, hour)] = kind.weight * price
                found[columns.flow("gen", day, hour)] = kind.weight * of_fuel
                found[columns.flow("dis", day, hour)] = kind.weight * site.wear_usd_per_kwh
                if site.sells:
                    found[columns.flow("sold", day, hour)] = -kind.weight * site.sold_usd_per_kwh
        return found

    @cached_property
    def capital(self) -> list[Fraction]:
        """What one unit of every capacity is charged with: its price, or this run's share of it a day."""
        found = [ZERO] * self.columns.count
        for name in ASSETS:
            found[self.columns.capacity(name)] = charged_usd(self.site, name)
        return found

    def cost(self, days: int) -> list[Fraction]:
        """Cost of one unit of every column over a run, the fleet's own not in it."""
        times = days if self.site.basis == "share" else 1
        return [run * days + once * times for run, once in zip(self.running, self.capital, strict=True)]

    def line(self, days: int, prices: Iterable[float]) -> ExactLine:
        """The bound in USD that some prices give, exactly."""
        whole = _rounded(prices)
        constant, fleet = ZERO, ZERO
        for column, cost in enumerate(self.cost(days)):
            paid = self._paid(column, whole)
            if column == FLEET:
                fleet = paid
            elif cost < paid:
                constant += (cost - paid) * self.upper[column]
        work = Fraction(whole[self.work_row], GRAIN)
        return ExactLine(days, constant, work, self._limits(whole), fleet, most_income(self.site))

    def reach(self, prices: Iterable[float]) -> ExactReach:
        """The bound on the work, kW, that some prices give, exactly."""
        whole = _rounded(prices)
        whole[self.work_row] = 0
        constant, per_kw = ZERO, ZERO
        work = dict(self.rows[self.work_row])
        for column in range(self.columns.count):
            more = work.get(column, ZERO) + self._paid(column, whole)
            if more > 0 and column == FLEET:
                per_kw = more
            elif more > 0:
                constant += more * self.upper[column]
        return ExactReach(constant, per_kw, -self._limits(whole))

    def room(self, prices: Iterable[float]) -> ExactRoom:
        """The bound on the fleet at work in every hour that some prices give, exactly."""
        whole = _rounded(prices)
        whole[self.work_row] = 0
        constant = ZERO
        for column in range(self.columns.count):
            more = self._paid(column, whole) + (ONE if column == FLEET else ZERO)
            if more > 0:
                constant += more * self.upper[column]
        return ExactRoom(constant, -self._limits(whole))

    def _paid(self, column: int, whole: Sequence[int]) -> Fraction:
        over, entries = self.by_column[column]
        total = 0
        for row, value in entries:
            total += value * whole[row]
        return Fraction(total, over * GRAIN)

    def _limits(self, whole: Sequence[int]) -> Fraction:
        site, total = self.site, ZERO
        if self.carbon_row is not None and site.max_carbon_kg is not None:
            total -= site.max_carbon_kg * Fraction(whole[self.carbon_row], GRAIN)
        if self.energy_row is not None and site.max_energy_kwh is not None:
            total -= site.max_energy_kwh * Fraction(whole[self.energy_row], GRAIN)
        return total


def _rounded(prices: Iterable[float]) -> list[int]:
    return [max(0, round(float(price) * GRAIN)) for price in prices]


def most_income(site: PowerSite) -> Fraction:
    """USD a day that no plan can earn more than by selling."""
    if not site.sells:
        return ZERO
    sold = zip(site.days, sold_bounds(site), strict=True)
    return site.sold_usd_per_kwh * sum((day.weight * sum(bounds, ZERO) for day, bounds in sold), ZERO)


def charged_usd(site: PowerSite, name: str) -> Fraction:
    """What a run is charged with for a unit of an asset: the price, or of the level yearly payment the part of a day.

    The payment repays the price over the life at the cost of capital: ``P i / (1 - (1 + i)^-n)``.

    Raises:
        ValueError: the life of the asset is no whole number of years.
    """
    asset = site.assets[name]  # type: ignore[index]
    if site.basis == "whole" or not asset.capital_usd:
        return asset.capital_usd
    rate, years = site.cost_of_capital, int(asset.life_years)
    if years != asset.life_years:
        raise ValueError(say("the life of {name} must be whole years", name=name))
    yearly = asset.capital_usd / years
    if rate:
        yearly = asset.capital_usd * rate / (1 - 1 / (1 + rate) ** years)
    return yearly / DAYS_PER_YEAR


def exact_supply(site: PowerSite, fleet_kw: int) -> ExactSupply:
    """State the rows, in the order of the statement in Pyomo."""
    columns = Columns.of(site)
    rows: list[tuple[Term, ...]] = []

    def row(*terms: Term) -> int:
        rows.append(tuple(term for term in terms if term[1]))
        return len(rows) - 1

    work = row(*_work_done(site, columns))
    sale = (_sold,) if site.sells else ()
    for stated in (_balance, _in_use, _store, _full, _empty, _converter, _contract, _genset, *sale):
        for day in range(columns.days):
            for hour in range(HOURS_A_DAY):
                row(*stated(site, columns, day, hour))
    for day in range(columns.days):
        row((columns.flow("soc", day, 0), ONE), (MIDNIGHT, -ONE))
    for day in range(columns.days):
        row((MIDNIGHT, ONE), (columns.flow("soc", day, 0), -ONE))
    for stated in (*((_restart,) if site.restart_h else ()), *(() if site.pause else (_never_off,))):
        for day in range(columns.days):
            for hour in range(HOURS_A_DAY):
                row(*stated(site, columns, day, hour))
    drawn, emitted = _drawn(site, columns), _emitted(site, columns)
    if site.min_renewable is not None:
        bought = [(column, -weight) for column, weight in _bought(site, columns)]
        row(*((column, (1 - site.min_renewable) * value) for column, value in drawn), *bought)
    given = [(column, -value) for column, value in emitted]
    if site.max_carbon_kg_per_kwh is not None:
        most = site.max_carbon_kg_per_kwh
        row(*((column, most * value) for column, value in drawn), *given)
    carbon = None if site.max_carbon_kg is None else row(*given)
    energy = None if site.max_energy_kwh is None else row(*((column, -value) for column, value in drawn))
    return ExactSupply(site, fleet_kw, columns, tuple(rows), work, carbon, energy)


def _hours(site: PowerSite) -> Iterable[tuple[int, int, Fraction]]:
    for day, kind in enumerate(site.days):
        for hour in range(HOURS_A_DAY):
            yield day, hour, kind.weight


def _work_done(site: PowerSite, columns: Columns) -> list[Term]:
    found = []
    for day, hour, weight in _hours(site):
        for state, (_, speed) in enumerate(site.states):
            found.append((columns.at_work(state, day, hour), weight * speed / HOURS_A_DAY))
        found.append((columns.flow("start", day, hour), -weight * site.restart_h / HOURS_A_DAY))
    return found


def _drawn(site: PowerSite, columns: Columns) -> list[Term]:
    return [
        (columns.at_work(state, day, hour), weight * power)
        for day, hour, weight in _hours(site)
        for state, (power, _) in enumerate(site.states)
    ]


def _bought(site: PowerSite, columns: Columns) -> list[Term]:
    return [(columns.flow(name, day, hour), weight) for day, hour, weight in _hours(site) for name in ("imp", "gen")]


def _emitted(site: PowerSite, columns: Columns) -> list[Term]:
    found = []
    for day, hour, weight in _hours(site):
        found.append((columns.flow("imp", day, hour), weight * site.carbon_grid_kg_per_kwh))
        found.append((columns.flow("gen", day, hour), weight * site.carbon_fuel_kg_per_kwh))
    return found


def _balance(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    kind = site.days[day]
    came = [(columns.flow("imp", day, hour), ONE), (columns.flow("gen", day, hour), ONE)]
    came += [(columns.flow("dis", day, hour), ONE), (columns.flow("chg", day, hour), -ONE)]
    came += [(columns.capacity("pv"), kind.pv[hour]), (columns.capacity("ppa"), kind.pv[hour])]
    came.append((columns.capacity("wind"), kind.wind[hour]))
    if site.sells:
        came.append((columns.flow("sold", day, hour), -ONE))
    return came + [(columns.at_work(j, day, hour), -power) for j, (power, _) in enumerate(site.states)]


def _at_work(site: PowerSite, columns: Columns, day: int, hour: int, sign: Fraction) -> list[Term]:
    return [(columns.at_work(state, day, hour), sign) for state in range(len(site.states))]


def _in_use(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(FLEET, ONE), *_at_work(site, columns, day, hour, -ONE)]


def _never_off(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(FLEET, -ONE), *_at_work(site, columns, day, hour, ONE)]


def _store(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    next_hour = (hour + 1) % HOURS_A_DAY
    return [
        (columns.flow("soc", day, hour), ONE),
        (columns.flow("chg", day, hour), site.efficiency_in),
        (columns.flow("dis", day, hour), -1 / site.efficiency_out),
        (columns.flow("soc", day, next_hour), -ONE),
    ]


def _full(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(columns.capacity("battery"), ONE), (columns.flow("soc", day, hour), -ONE)]


def _empty(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(columns.flow("soc", day, hour), ONE), (columns.capacity("battery"), -site.least_charge)]


def _converter(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    carried = [(columns.flow("chg", day, hour), -ONE), (columns.flow("dis", day, hour), -site.drawn_ratio)]
    return [(columns.capacity("converter"), ONE), *carried]


def _contract(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(columns.capacity("grid"), ONE), (columns.flow("imp", day, hour), -site.peak_ratio)]


def _genset(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    return [(columns.capacity("genset"), ONE), (columns.flow("gen", day, hour), -site.drawn_ratio)]


def _sold(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    kind = site.days[day]
    own = [(columns.capacity("pv"), kind.pv[hour]), (columns.capacity("wind"), kind.wind[hour])]
    return [*own, (columns.flow("sold", day, hour), -ONE)]


def _restart(site: PowerSite, columns: Columns, day: int, hour: int) -> list[Term]:
    before = (hour - 1) % HOURS_A_DAY
    now, past = _at_work(site, columns, day, hour, -ONE), _at_work(site, columns, day, before, ONE)
    return [(columns.flow("start", day, hour), ONE), *now, *past]
