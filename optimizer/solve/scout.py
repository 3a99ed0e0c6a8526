"""A good mix before the proof begins, and what the limits are worth: from linear relaxations, rounded.

Nothing here is believed. A plan that is proposed counts only once exact arithmetic finds it within every limit, and the
prices of the limits give a valid bound whatever they are (:mod:`optimizer.model.narrowing`). Both serve to make the
mixed model small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from optimizer.model.measures import LinearMeasure
from optimizer.model.narrowing import Prices, World, site_costs, starts, worlds
from optimizer.model.programme import Programme
from optimizer.options.performance import Column
from optimizer.solve.highs import SitesUsed, solve_relaxation
from optimizer.units.records import dataclass

SAMPLES = 4
"""Days at which the relaxation is solved first, spread evenly in their logarithm."""
NEAR_DAYS = 2
"""How many days more and fewer than the best are rounded too: whole servers fit some numbers of days better."""
ROUNDED = 2
"""Options next to the main one that are rounded down and up."""
SMALLEST = 1e-9
"""Servers below which the relaxation uses none."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """Servers by option and days, and about what the measure would be."""

    servers: Mapping[int, int]
    days: int
    about: float


@dataclass(frozen=True, eq=False)
class Scouted:
    """What scouting brought home: plans to be checked, best first, and prices of the limits in every world."""

    proposals: tuple[Proposal, ...]
    prices: Mapping[World, tuple[Prices, ...]]


def scout(given: Programme, reached: float = math.inf) -> Scouted:
    """Solve the relaxation of every world for some numbers of days and round what it says.

    The relaxation for given days shares out the work among any number of options within the caps, in fractions of
    servers; memory and the lower edge of a size bracket are left out of it.

    Args:
        reached: the objective of a plan that is known; a world that promises no better is not looked at closely.
    """
    split = worlds(given)
    found = {name: _sampled(world) for name, world in split.items()}
    promise = {name: min((r.value for r in some.values()), default=math.inf) for name, some in found.items()}
    proposals: list[Proposal] = []
    for name in sorted(split, key=lambda name: promise[name]):
        if promise[name] >= reached:
            continue
        best = _refine(split[name], found[name])
        near = range(max(split[name].days_low, best - NEAR_DAYS), min(split[name].days_high, best + NEAR_DAYS) + 1)
        plans = (_rounded(split[name], day, best, found[name][best]) for day in near)
        proposals += [plan for plan in plans if plan is not None]
        reached = min([reached, *(plan.about for plan in proposals)])
    proposals.sort(key=lambda plan: plan.about)
    return Scouted(tuple(proposals), {name: tuple(r.prices for r in some.values()) for name, some in found.items()})


def relaxations(given: Programme) -> Mapping[int, Relaxation]:
    """The relaxation of a programme of several sites by days: spread widely, and close to those that promise most.

    That each site holds the whole model is left out of it.
    """
    (world,) = worlds(given).values()
    found = _sampled(world)
    if found:
        _refine(world, found)
    return found


def _sampled(given: Programme) -> dict[int, Relaxation]:
    """The relaxation by days, some that are spread widely."""
    days = sorted({round(day) for day in np.geomspace(given.days_low, given.days_high, SAMPLES)}, reverse=True)
    found = {}
    for day in days:
        solved = _relaxation(given, day)
        if solved is None:
            break  # with fewer days there is less still
        found[day] = solved
    return found


def _refine(given: Programme, found: dict[int, Relaxation]) -> int:
    """Close in on the days that promise most, adding the relaxation for those looked at; the best of them."""
    low, high = given.days_low, given.days_high
    step = (high - low) // SAMPLES
    best = min(found, key=lambda day: found[day].value)
    while step:
        for day in (best - step, best + step):
            if low <= day <= high and day not in found and (solved := _relaxation(given, day)) is not None:
                found[day] = solved
        best = min(found, key=lambda day: found[day].value)
        step //= 4
    return best


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What the relaxation for given days says."""

    value: float
    servers: Column
    """Of every option kept, not whole."""
    prices: Prices


@dataclass(frozen=True, eq=False)
class _Row:
    """A limit as a row of the relaxation for given days: of the case, or one that follows from what it asks."""

    per_server: Column
    """Of the options that may take part, in units of the bound."""
    per_server_day: Column
    bound: float
    site: int | None = None


def _relaxation(given: Programme, days: int) -> Relaxation | None:
    """The cheapest shares of the work in so many days, and the prices of the limits; None if the caps do not allow it.

    Where they do, but the ceilings do not, the value is infinite and the ceilings have no price. A ceiling on what is
    minimised has none either.
    """
    table, asked = given.table, given.asked
    among = np.array(given.kept)
    last = table.last_days(asked.deadline_days)
    among = among[(days <= last[among]) & (starts(given) < days)]
    if not among.size:
        return None
    caps = {
        i: _Row(cap.per_server[among] / abs(cap.bound), np.zeros(among.size), cap.bound, cap.site)
        for i, cap in enumerate(asked.caps)
        if cap.bound and cap.per_server[among].any()
    }
    left = {i: c.bound - c.measure.constant - c.measure.per_day * days for i, c in enumerate(given.ceilings)}
    ceilings = {
        i: _Row(what.per_server[among] / left[i], what.per_server_day[among] / left[i], left[i])
        for i, what in enumerate(ceiling.measure for ceiling in given.ceilings)
        if left[i] > 0 and what.name != given.objective.name
    }
    within = all(room > 0 for room in left.values())
    solved = _solved(given, days, among, caps, ceilings) if within else None
    if solved is not None or (within and not ceilings):
        return solved
    solved = _solved(given, days, among, caps, {})
    return None if solved is None else replace(solved, value=math.inf)


def _solved(
    given: Programme, days: int, among: NDArray[np.int64], caps: Mapping[int, _Row], ceilings: Mapping[int, _Row]
) -> Relaxation | None:
    """The relaxation over some options under some of the caps and ceilings, by their place; None if it has no plan."""
    table, asked, what = given.table, given.asked, given.objective
    length = days - (np.zeros(among.size) if asked.sites is None else asked.sites.start_days[among])
    servers_alone = asked.work_pflops_days / (table.pflops[among] * length)
    cost = what.per_server[among] * servers_alone + what.per_server_day[among] * servers_alone * length
    unit = float(cost.max()) or 1.0
    rows = [*caps.values(), *ceilings.values()]
    scaled = [(row.per_server + row.per_server_day * length) * servers_alone for row in rows]
    matrix = np.array(scaled).reshape(-1, among.size)
    solved = solve_relaxation(
        cost / unit, given.most[among] / servers_alone, matrix, _sites(given, days, unit, rows, among)
    )
    if solved is None:
        return None
    worth = [max(0.0, -dual) * unit / abs(row.bound) for row, dual in zip(rows, solved.row_duals.tolist(), strict=True)]
    of_caps, of_ceilings = np.zeros(len(asked.caps)), np.zeros(len(given.ceilings))
    of_caps[list(caps)], of_ceilings[list(ceilings)] = worth[: len(caps)], worth[len(caps) :]
    most, servers = np.zeros(len(table.options)), np.zeros(len(table.options))
    most[among] = np.maximum(0.0, -solved.reduced) * unit / servers_alone
    servers[among] = solved.shares * servers_alone
    value = what.constant + what.per_day * days + solved.value * unit
    return Relaxation(value, servers, Prices(of_caps, of_ceilings, most, what.name))


def _sites(
    given: Programme, days: int, unit: float, rows: Sequence[_Row], among: NDArray[np.int64]
) -> SitesUsed | None:
    """What the relaxation has to know of several sites: what each costs, which limits bind only where it is used, and
    servers that only hold the model."""
    sites = given.asked.sites
    if sites is None:
        return None
    cost = site_costs(given, given.objective, np.array([days]))[0] / unit
    of_row = np.array([-1 if row.site is None else row.site for row in rows])
    signs = np.array([np.sign(row.bound) for row in rows])
    idle = given.objective.per_server[among] / unit
    idle_rows = np.array([row.per_server for row in rows]).reshape(-1, among.size)
    most = given.most[among].astype(np.float64)
    return SitesUsed(cost, of_row, signs, sites.fewest, given.mix, idle, idle_rows, most)


def _rounded(given: Programme, days: int, solved_for: int, solved: Relaxation) -> Proposal | None:
    """Whole servers near those of the relaxation, which may be that of other days.

    Of the options that it uses, each in turn is the main one, of which every number is tried; the others are rounded
    down or up; and one option more, the cheapest that the caps allow, finishes the work.
    """
    servers = solved.servers * (solved_for / days)
    used = [int(o) for o in np.argsort(-servers)[: given.mix] if servers[o] > SMALLEST]
    best: Proposal | None = None
    for main in used:
        others = [o for o in used if o != main][:ROUNDED]
        for ups in product((0, 1), repeat=len(others)):
            counts = {o: int(np.floor(servers[o] + SMALLEST)) + up for o, up in zip(others, ups, strict=True)}
            found = _topped_up(given, days, {o: n for o, n in counts.items() if n}, main)
            if found is not None and (best is None or found.about < best.about):
                best = found
    return best


def _topped_up(given: Programme, days: int, counts: Mapping[int, int], main: int) -> Proposal | None:
    """The cheapest fleet of some servers, any number of the main option, and as many of one more as finish the work."""
    table, asked, what = given.table, given.asked, given.objective
    among = np.array(given.kept)
    room = len(counts) + 2 <= given.mix
    if not room:
        among = np.array(sorted({*counts, main} if len(counts) + 1 <= given.mix else set(counts)))
    last = table.last_days(asked.deadline_days)
    if not among.size or days > last[[main, *counts]].min():
        return None
    held = np.zeros(len(table.options))
    held[list(counts)] = list(counts.values())
    mains = np.arange(int(given.most[main]) + 1)
    speed = table.pflops
    rest = np.maximum(0.0, asked.work_pflops_days - days * (float(held @ speed) + mains * speed[main]))[:, None]
    more = np.ceil(rest / (speed[among] * days) - SMALLEST)
    fits = (held[among] + more + mains[:, None] * (among == main) <= given.most[among]) & (days <= last[among])
    for cap in asked.caps:
        uses = cap.per_server
        if uses[among].any() or uses[main]:
            taken = float(uses @ held) + mains * uses[main]
            fits &= taken[:, None] + uses[among] * more <= cap.bound * (1 + 1e-12)
    pace = (float(held @ speed) + mains * speed[main])[:, None] + more * speed[among]
    # all work to the end of the run, which may come before the days are over
    length = np.minimum(asked.work_pflops_days / np.maximum(pace, SMALLEST), days)

    def of(part: Column) -> Column:
        summed: Column = (float(part @ held) + mains * part[main])[:, None] + more * part[among]
        return summed

    def total(measured: LinearMeasure) -> Column:
        once = measured.constant + measured.per_day * days
        found: Column = once + of(measured.per_server) + of(measured.per_server_day) * length
        return found

    for ceiling in given.ceilings:
        fits &= total(ceiling.measure) <= ceiling.bound * (1 + 1e-12)
    if not fits.any():
        return None
    value = total(what)
    row, column = np.unravel_index(int(np.argmin(np.where(fits, value, np.inf))), value.shape)
    servers = dict(counts)
    for option, number in ((main, int(mains[row])), (int(among[column]), int(more[row, column]))):
        if number:
            servers[option] = servers.get(option, 0) + number
    return Proposal(servers, days, float(value[row, column])) if servers else None
