"""A good mix before the proof begins, and what the caps are worth: from linear relaxations, rounded.

Nothing here is believed. A plan that is proposed counts only once exact arithmetic finds it within every limit, and the
prices of the caps give a valid bound whatever they are (:mod:`optimizer.model.narrowing`). Both serve to make the mixed
model small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer.highs import relaxed
from optimizer.model.narrowing import Prices, World, worlds
from optimizer.model.programme import Programme
from optimizer.options.performance import Column

SAMPLES = 5
"""Days at which the relaxation is solved first, spread evenly in their logarithm."""
REFINED = 6
"""Days at which it is solved again, where the first round promises most."""
PROMISING = 3
"""Of these days, how many are rounded."""
ROUNDED = 2
"""Options beside the main one that are rounded down and up."""
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
    """What scouting brought home: plans to be checked, best first, and prices of the caps in every world."""

    proposals: tuple[Proposal, ...]
    prices: Mapping[World, tuple[Prices, ...]]


def scout(given: Programme) -> Scouted:
    """Solve the relaxation of every world for some numbers of days and round what it says.

    The relaxation for given days shares out the work among any number of options within the caps, in fractions of
    servers; memory and the lower edge of a size bracket are left out of it.
    """
    proposals: list[Proposal] = []
    prices: dict[World, tuple[Prices, ...]] = {}
    for name, world in worlds(given).items():
        found = _relaxations(world)
        prices[name] = tuple(solved.prices for solved in found.values())
        promising = sorted(found.items(), key=lambda item: item[1].value)[:PROMISING]
        plans = (_rounded(world, day, solved) for day, solved in promising)
        proposals += [plan for plan in plans if plan is not None]
    proposals.sort(key=lambda plan: plan.about)
    return Scouted(tuple(proposals), prices)


def _relaxations(given: Programme) -> dict[int, _Relaxation]:
    """By days: where the days are few, all; else some spread widely, and some where these promise most."""
    low, high = given.days_low, given.days_high
    first = sorted({round(day) for day in np.geomspace(low, high, SAMPLES)})
    found = {day: solved for day in first if (solved := _relaxation(given, day)) is not None}
    if found:
        best = min(found, key=lambda day: found[day].value)
        step = max(1, (high - low) // (4 * SAMPLES))
        near = {best + k * step for k in range(-REFINED // 2, REFINED // 2 + 1)}
        for day in sorted(day for day in near - found.keys() if low <= day <= high):
            if (solved := _relaxation(given, day)) is not None:
                found[day] = solved
    return found


@dataclass(frozen=True, eq=False)
class _Relaxation:
    value: float
    servers: Column
    """Of every option kept, not whole."""
    prices: Prices


def _relaxation(given: Programme, days: int) -> _Relaxation | None:
    """The cheapest shares of the work in so many days, and the prices of the caps; None if the caps do not allow it."""
    table, asked, what = given.table, given.asked, given.objective
    among = np.array(given.kept)
    among = among[table.lead_days[among] + days <= asked.deadline_days]
    if not among.size:
        return None
    servers_alone = asked.work_pflops_days / (table.pflops[among] * days)
    cost = what.per_server[among] * servers_alone + what.per_server_day[among] * servers_alone * days
    unit = float(cost.max()) or 1.0
    caps = [(i, cap) for i, cap in enumerate(asked.caps) if cap.bound > 0 and cap.per_server[among].any()]
    rows = np.array([cap.per_server[among] * servers_alone / cap.bound for _, cap in caps]).reshape(-1, among.size)
    solved = relaxed(cost / unit, given.most[among] / servers_alone, rows)
    if solved is None:
        return None
    priced, most = np.zeros(len(asked.caps)), np.zeros(len(table.options))
    for (i, cap), dual in zip(caps, solved.row_duals, strict=True):
        priced[i] = max(0.0, -dual) * unit / cap.bound
    most[among] = np.maximum(0.0, -solved.reduced) * unit / servers_alone
    servers = np.zeros(len(table.options))
    servers[among] = solved.shares * servers_alone
    value = what.constant + what.per_day * days + float(cost @ solved.shares)
    return _Relaxation(value, servers, Prices(priced, most))


def _rounded(given: Programme, days: int, solved: _Relaxation) -> Proposal | None:
    """Whole servers near the relaxation's.

    Of the options that it uses, each in turn is the main one, of which every number is tried; the others are rounded
    down or up; and one option more, the cheapest that the caps allow, finishes the work.
    """
    used = [int(o) for o in np.argsort(-solved.servers)[: given.mix] if solved.servers[o] > SMALLEST]
    best: Proposal | None = None
    for main in used:
        others = [o for o in used if o != main][:ROUNDED]
        for ups in product((0, 1), repeat=len(others)):
            counts = {o: int(np.floor(solved.servers[o] + SMALLEST)) + up for o, up in zip(others, ups, strict=True)}
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
    if not among.size or table.lead_days[[main, *counts]].max() + days > asked.deadline_days:
        return None
    held = np.zeros(len(table.options))
    held[list(counts)] = list(counts.values())
    mains = np.arange(int(given.most[main]) + 1)
    speed = table.pflops
    rest = np.maximum(0.0, asked.work_pflops_days - days * (float(held @ speed) + mains * speed[main]))[:, None]
    more = np.ceil(rest / (speed[among] * days) - SMALLEST)
    fits = (held[among] + more + mains[:, None] * (among == main) <= given.most[among]) & (
        table.lead_days[among] + days <= asked.deadline_days
    )
    for cap in asked.caps:
        uses = cap.per_server
        if uses[among].any() or uses[main]:
            taken = float(uses @ held) + mains * uses[main]
            fits &= taken[:, None] + uses[among] * more <= cap.bound * (1 + 1e-12)
    if not fits.any():
        return None
    whole_time = what.per_server + what.per_server_day * days
    value = (mains * whole_time[main])[:, None] + what.per_server[among] * more
    value = value + what.per_server_day[among] * rest / speed[among]
    row, column = np.unravel_index(int(np.argmin(np.where(fits, value, np.inf))), value.shape)
    servers = dict(counts)
    for option, number in ((main, int(mains[row])), (int(among[column]), int(more[row, column]))):
        if number:
            servers[option] = servers.get(option, 0) + number
    about = what.constant + what.per_day * days + float(held @ whole_time) + float(value[row, column])
    return Proposal(servers, days, about) if servers else None
