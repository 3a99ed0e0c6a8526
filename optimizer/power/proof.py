"""The answer proven in fractions: a plan that can be carried out, and that none costs less by more than a gap.

The search in floats only suggests. The plan is dispatched again and verified exactly; the prices found on the way are
rounded to fractions and bound every option, count and days, each compared with the plan: floats only sort out what
cannot matter, and whatever is within ``NEAR`` of the least is calculated exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.power.arrays import Floats
from optimizer.power.columns import FLEET, MIDNIGHT
from optimizer.power.costs import terms_usd
from optimizer.power.dispatch import Dispatch, dispatched, whole_capacities
from optimizer.power.exact import ExactLine, ExactReach, ExactRoom, ExactSupply, exact_supply, most_income
from optimizer.power.fleets import ExactFleets, Whole, servers_of
from optimizer.power.search import Choice, Kept
from optimizer.power.site import ZERO, PowerSite
from optimizer.power.verify import faults
from optimizer.units.records import dataclass

HAIRS = (0.0, 1e-9, 2e-8, 1e-6, 1e-5)
"""How much more work is asked of the solver than of the plan, tried in this order, so that rounding has room."""
NEAR = 1e-9
"""Relative distance within which floats are calculated again in fractions; their error is below 1e-13."""


@dataclass(frozen=True, eq=False)
class Fed:
    """A choice with what feeds it: verified exactly."""

    choice: Choice
    dispatch: Dispatch
    supply_terms: Mapping[str, Fraction]
    standing_usd: Fraction
    """Servers, team and set-up."""
    in_use_usd: Fraction
    """Hall, support and amortisation of the part of the fleet that is in use."""

    @property
    def supply_usd(self) -> Fraction:
        """What the supply costs this run."""
        return sum(self.supply_terms.values(), ZERO)

    @property
    def cost_usd(self) -> Fraction:
        """All of it."""
        return self.standing_usd + self.in_use_usd + self.supply_usd


@dataclass(frozen=True)
class Floor:
    """That no plan costs less: the bound, and how many rows it represents."""

    usd: Fraction | None
    """None: no plan exists at all, proven."""
    rows: int
    lines: int
    contradicted: bool = False
    """Whether the plan costs less than its own bound: then one of the two sides is wrong."""


def fed(kept: Kept, fleets: ExactFleets, choice: Choice) -> Fed | None:
    """The plan of a choice in exact figures, its capacities whole; None where no dispatch could be verified."""
    fleet_kw = fleets.fleet_kw(choice.option, choice.servers)
    work_kw = fleets.work_kw(choice.option, choice.days)
    rate = fleets.kw_day_usd(choice.option)
    for hair in HAIRS:
        found = _dispatch(kept, choice.days, fleet_kw, work_kw, float(rate), hair)
        if found is not None and not faults(kept.site, found, fleet_kw, work_kw, choice.days):
            return Fed(
                choice=choice,
                dispatch=found,
                supply_terms=terms_usd(kept.site, found, choice.days),
                standing_usd=fleets.standing_usd(choice.option, choice.servers, choice.days),
                in_use_usd=found.fleet_kw * rate * choice.days,
            )
    return None


def _dispatch(
    kept: Kept, days: int, fleet_kw: Fraction, work_kw: Fraction, rate: float, hair: float
) -> Dispatch | None:
    supply, columns, site = kept.supply, kept.supply.columns, kept.site
    right = supply.right(days, float(work_kw), hair)
    lower = np.zeros(columns.count)
    # a fleet that never pauses is in use as a whole: rounding must not take it below what is paid for at least
    lower[FLEET] = min(float(fleet_kw), float(fleet_kw) * (days - 1) / days * (1 + hair))
    kept.begin()  # the plan of a case must not depend on the cases before it
    first = kept.feed(float(fleet_kw), float(work_kw), rate, days, right=right, lower=lower)
    if first is None:
        return None
    capacities = whole_capacities(site, columns, needed_only(site, kept, first.values))
    upper = supply.upper.copy()
    for name, size in capacities.items():
        place = columns.capacity(name)
        lower[place] = upper[place] = float(size)
    if not capacities["battery"]:
        upper[MIDNIGHT] = 0.0
    upper[FLEET] = float(fleet_kw)
    found = kept.feed(float(fleet_kw), float(work_kw), rate, days, right=right, lower=lower, upper=upper)
    if found is None:
        return None
    return dispatched(site, columns, found.values, capacities, fleet_kw, fleet_kw * Fraction(days - 1, days))


def needed_only(site: PowerSite, kept: Kept, values: Floats) -> Floats:
    """The values (kW, kWh) with contract, converter and genset as large as the flows need: what costs nothing may be
    larger."""
    columns, found = kept.supply.columns, values.copy()

    def flow(name: str) -> Floats:
        first = columns.flow(name, 0, 0)  # type: ignore[arg-type]
        taken: Floats = values[first : first + columns.days * len(site.days[0].up)]
        return taken

    drawn = float(site.drawn_ratio)
    found[columns.capacity("grid")] = flow("imp").max() * float(site.peak_ratio)
    found[columns.capacity("genset")] = flow("gen").max() * drawn
    found[columns.capacity("converter")] = (flow("chg") + drawn * flow("dis")).max()
    return found


class Bounds:
    """Every line and reach of a search, in fractions."""

    def __init__(self, kept: Kept) -> None:
        self._of = (kept.site, kept.supply.fleet_kw)
        self.basis = kept.site.basis
        self.income = most_income(kept.site)
        self.lines: list[ExactLine] = []
        self.reaches: list[ExactReach] = []
        self.rooms: list[ExactRoom] = []

    @cached_property
    def supply(self) -> ExactSupply:
        """The rows in fractions: a kind that no line was needed for does without them."""
        return exact_supply(*self._of)

    @classmethod
    def of(cls, kept: Kept) -> Bounds:
        """Those of a site: what was calculated for an earlier case is not calculated again."""
        if "bounds" not in kept.proved:
            kept.proved["bounds"] = cls(kept)
        found: Bounds = kept.proved["bounds"]
        found.lines += [found.supply.line(line.days, line.duals) for line in kept.lines[len(found.lines) :]]
        found.reaches += [found.supply.reach(reach.duals) for reach in kept.reaches[len(found.reaches) :]]
        found.rooms += [found.supply.room(room.duals) for room in kept.rooms[len(found.rooms) :]]
        return found

    def usd(self, fleet_kw: Fraction, work_kw: Fraction, rate: Fraction, days: int) -> Fraction:
        """A lower bound on the cost of supply and fleet in use, USD."""
        at_least = rate * days * max(work_kw, fleet_kw * Fraction(days - 1, days)) - self.income * days
        floors = (line.floor(self.basis, fleet_kw, work_kw, rate, days) for line in self.lines)
        return max((at_least, *floors))


def floor_of(kept: Kept, fleets: ExactFleets, best: Fed | None, own: bool = True) -> Floor:
    """The bound below every plan, over every option, count and days.

    Args:
        kept: the site with what the search left.
        fleets: the options in fractions.
        best: the plan, whose cost ends the ranges of counts; None where none was found.
        own: whether the plan is one of these fleets at this site, so that its own bound may not are above it.
    """
    bounds = Bounds.of(kept)
    table = _Rows(fleets, best.cost_usd if best else None, bounds.income)
    if best is None:
        left = table.option[~_beyond(table, bounds.reaches)]
        return Floor(ZERO if len(left) else None, len(table.option), len(bounds.reaches))
    possible = np.flatnonzero(~_beyond(table, bounds.reaches) & ~_too_large(table, bounds.rooms))
    contradicted = own and _bound(bounds, fleets, best.choice) > best.cost_usd
    floors = _floats(table, bounds)[possible]
    least = best.cost_usd
    if len(possible):
        lowest = min(floors.min(), float(best.cost_usd))
        near = possible[floors <= lowest + NEAR * max(abs(lowest), float(table.standing[possible].max()))]
        for row in near.tolist():
            choice = Choice(int(table.option[row]), int(table.servers[row]), int(table.days[row]))
            least = min(least, _bound(bounds, fleets, choice))
    return Floor(least, len(table.option), len(bounds.lines), contradicted)


def _bound(bounds: Bounds, fleets: ExactFleets, choice: Choice) -> Fraction:
    """The least that a choice can cost, exactly."""
    fleet_kw, work_kw = fleets.fleet_kw(choice.option, choice.servers), fleets.work_kw(choice.option, choice.days)
    cost = bounds.usd(fleet_kw, work_kw, fleets.kw_day_usd(choice.option), choice.days)
    return cost + fleets.standing_usd(choice.option, choice.servers, choice.days)


class _Rows:
    """Every (option, servers, days) whose cost without any supply is below the plan; all of them where there is none.

    Of a pair without a plan to compare with, only the most servers count: what they cannot do, fewer cannot.
    """

    def __init__(self, fleets: ExactFleets, below: Fraction | None, income: Fraction) -> None:
        self.fleets, self.below, self.income = fleets, below, income
        problem = fleets.problem
        option: list[int] = []
        servers: list[int] = []
        days: list[int] = []
        for place in fleets.places:
            for length, low, high in self._ranges(place):
                count = high - low + 1
                option += [place] * count
                days += [length] * count
                servers += range(low, high + 1)
        self.option: Whole = np.array(option, dtype=np.int64)
        self.servers: Whole = np.array(servers, dtype=np.int64)
        self.days: Whole = np.array(days, dtype=np.int64)
        options, whole = problem.options, self.option
        mean = options.column("mean_kw").floats[whole] if len(whole) else np.zeros(0)
        self.fleet_kw = self.servers * mean
        pflops = options.column("pflops").floats[whole] if len(whole) else np.ones(0)
        self.work_kw = float(fleets.work) * mean / (pflops * self.days)
        rates = np.array([float(fleets.kw_day_usd(place)) for place in range(len(options))])
        self.rate = rates[whole] if len(whole) else np.zeros(0)
        once = options.column("server_usd").floats[whole] if len(whole) else np.zeros(0)
        staff = float(problem.staff_usd_per_day) * self.days
        self.standing = self.servers * once + staff + float(problem.site_setup_usd)

    def _ranges(self, place: int) -> Iterator[tuple[int, int, int]]:
        """Days with the fewest and the most servers worth a look, exactly."""
        fleets, problem = self.fleets, self.fleets.problem
        option = problem.options[place]
        least, most = servers_of(problem, place)
        alone = fleets.work / option.pflops
        rate = fleets.kw_day_usd(place)
        for days in self._worth_a_look(place, least, problem.deadline_days - option.lead_days):
            low = max(least, math.ceil(alone / days))
            if low > most:
                continue
            if self.below is None:
                yield days, most, most
                continue
            left = self.below + self.income * days - fleets.standing_usd(place, 0, days)
            alone_usd = low * option.server_usd + rate * days * fleets.work_kw(place, days)
            if alone_usd >= left:
                continue
            # what a server costs whatever feeds it: its price, and all but the last day of its keep
            each = option.server_usd + rate * (days - 1) * option.mean_kw
            if each == 0:  # more of them never cost more
                yield days, most, most
            elif low * each < left:
                yield days, low, min(most, math.floor(left / each))

    def _worth_a_look(self, place: int, least: int, longest: int) -> Sequence[int]:
        """The days of which not even floats are sure that the fewest servers alone cost more than the plan."""
        if self.below is None or longest < 1:
            return range(1, longest + 1)
        problem, below = self.fleets.problem, float(self.below)
        option = problem.options[place]
        alone = float(self.fleets.work / option.pflops)
        days = np.arange(1, longest + 1)
        fewest = np.maximum(least, np.ceil(alone / days * (1 - NEAR)))
        at_work = float(self.fleets.kw_day_usd(place)) * alone * float(option.mean_kw)
        standing = (float(problem.staff_usd_per_day) - float(self.income)) * days + float(problem.site_setup_usd)
        cost = fewest * float(option.server_usd) + at_work + standing
        size = abs(below) + fewest * float(option.server_usd) + at_work + float(self.income) * days
        worth: list[int] = days[cost < below + NEAR * size].tolist()
        return worth


def _beyond(table: _Rows, reaches: list[ExactReach]) -> NDArray[np.bool_]:
    """Which rows ask for more work than any supply lets their fleet do; one within rounding of it is not ruled out."""
    out = np.zeros(len(table.option), dtype=bool)
    for reach in reaches:
        constant, slope, limits = float(reach.constant), float(reach.per_kw), float(reach.limits)
        size = abs(constant) + slope * table.fleet_kw + abs(limits) / table.days
        most = constant + slope * table.fleet_kw + limits / table.days
        out |= table.work_kw > most + NEAR * size
    return out


def _too_large(table: _Rows, rooms: list[ExactRoom]) -> NDArray[np.bool_]:
    """Which fleets are too large to be at work in every hour, as all of them must be until the last day begins."""
    out = np.zeros(len(table.option), dtype=bool)
    for room in rooms:
        most = float(room.constant) + float(room.limits) / table.days
        size = abs(float(room.constant)) + abs(float(room.limits)) / table.days
        out |= table.fleet_kw * (table.days - 1) / table.days > most + NEAR * size
    return out


def _floats(table: _Rows, bounds: Bounds) -> Floats:
    """The bound of every row in floats."""
    use = np.maximum(table.work_kw, table.fleet_kw * (table.days - 1) / table.days)
    least = table.rate * table.days * use - float(bounds.income) * table.days
    for line in bounds.lines:
        scale = table.days / line.days
        if bounds.basis == "whole":
            scale = np.minimum(scale, 1.0)
        slope = table.rate * table.days - scale * float(line.fleet)
        part = np.where(slope < 0, slope * table.fleet_kw, slope * use)
        cost = scale * (float(line.constant) + float(line.work) * table.work_kw + float(line.limits) / table.days)
        if bounds.basis == "whole":
            cost -= float(line.income) * np.maximum(0.0, table.days - line.days)
        least = np.maximum(least, cost + part)
    found: Floats = table.standing + least
    return found
