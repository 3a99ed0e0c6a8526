"""What a model is built from: the options that are left, their bounds, what is minimised and what is bounded.

Nothing of it is the solver's: a programme is data, and leaving out what cannot matter is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.limits import BOUND_SLACK, Bounds, Demand, least_days, server_bounds
from optimizer.options import OptionTable
from optimizer.options.performance import Column
from optimizer.units import HOURS_PER_DAY

WIDER = 1e-6
"""Relative slack of what :func:`narrowed` leaves out: wider than any error of a float, and than the distance within
which a claim of the solver counts as confirming an exact value."""


@dataclass(frozen=True, eq=False)
class LinearMeasure:
    """Something to minimise or to bound: linear in use, servers, server-days and days."""

    name: str
    constant: float
    """Paid or spent whatever the plan; it is no part of the model, and told apart."""
    latest: Column
    """Once, for an option that works alone: its lead time."""
    per_server: Column
    per_server_day: Column
    per_day: float


@dataclass(frozen=True, eq=False)
class Exclusion:
    """A plan that the solver's tolerance let through, to be cut off with every plan that must fail like it.

    ``too_much``: it breaks a cap, and so does every plan with at least its servers (and at least its days, if they are
    given). ``too_little``: it misses the work or the memory, and so does every plan with at most its servers and days.
    ``exactly``: only this very choice is known to fail.
    """

    kind: Literal["too_much", "too_little", "exactly"]
    servers: Mapping[int, int]
    days: int | None


@dataclass(frozen=True, eq=False)
class Programme:
    """What one model is built from: the options that are left, their bounds, and what is asked."""

    table: OptionTable
    asked: Demand
    mix: int
    kept: tuple[int, ...]
    least: NDArray[np.int64]
    most: NDArray[np.int64]
    days_low: int
    days_high: int
    objective: LinearMeasure
    ceilings: tuple[tuple[LinearMeasure, float], ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    """Plans that missed a limit by a hair, and all that miss it with them (see claims)."""


def measure(table: OptionTable, asked: Demand, name: str, carbon_g_per_kwh: float) -> LinearMeasure:
    """A measure by name, as in :meth:`optimizer.exact.ExactProblem.measure`."""
    zero = np.zeros(len(table.options))
    if name == "cost":
        return LinearMeasure(name, asked.site_setup_usd, zero, table.server_usd, table.server_day_usd, table.day_usd)
    if name == "days":
        return LinearMeasure(name, 0.0, zero, zero, zero, 1.0)
    if name == "finish":
        return LinearMeasure(name, 0.0, table.lead_days, zero, zero, 1.0)
    if name == "servers":
        return LinearMeasure(name, 0.0, zero, zero + 1.0, zero, 0.0)
    if name == "peak_power":
        return LinearMeasure(name, 0.0, zero, table.peak_kw, zero, 0.0)
    if name in ("energy", "carbon"):
        factor = carbon_g_per_kwh if name == "carbon" else 1.0
        return LinearMeasure(name, 0.0, zero, zero, table.mean_kw * HOURS_PER_DAY * factor, 0.0)
    cap = next(cap for cap in asked.caps if cap.name == name)
    return LinearMeasure(name, 0.0, zero, cap.per_server, zero, 0.0)


def programme(
    table: OptionTable,
    asked: Demand,
    mix: int,
    objective: LinearMeasure,
    *,
    ceilings: Iterable[tuple[LinearMeasure, float]] = (),
    prune: bool = True,
) -> Programme | None:
    """Bounds as tight as the case allows; options that cannot take part are left out. None if no option is left.

    Args:
        prune: whether a case that is too slow by its bounds alone is given up here; else the solver decides.
    """
    if not table.options or not asked.compute_allowed:
        return None
    alone = mix == 1
    bounds = server_bounds(table, asked, alone=alone)
    last = asked.deadline_days - table.lead_days.astype(np.int64)
    may = (bounds.most >= bounds.least) & (last >= 1)
    if alone:
        may &= _least_days(asked.work_pflops_days, table.pflops * np.maximum(bounds.most, 1)) <= last
    kept = tuple(np.flatnonzero(may).tolist())
    if not kept:
        return None
    days_low = _least_days_of_all(table, asked, bounds, kept, mix)
    days_high = int(last[may].max())
    if days_low > days_high:
        if prune:
            return None
        days_low = days_high
    return Programme(
        table, asked, mix, kept, bounds.least, bounds.most, days_low, days_high, objective, tuple(ceilings)
    )


def _least_days_of_all(table: OptionTable, asked: Demand, bounds: Bounds, kept: Sequence[int], mix: int) -> int:
    """No plan of up to ``mix`` options is faster: the fastest fleet the bounds and each single cap allow."""
    among = list(kept)
    fastest = float(np.sort(table.pflops[among] * bounds.most[among])[::-1][:mix].sum())
    for cap in asked.caps:
        uses = cap.per_server[among]
        if (uses > 0).all():
            fastest = min(fastest, cap.bound * float((table.pflops[among] / uses).max()))
    return least_days(asked.work_pflops_days, fastest)


def _least_days(work: float, pflops: Column) -> Column:
    """:func:`least_days` of many fleets."""
    days: Column = np.maximum(1.0, np.ceil(work / pflops * (1 - BOUND_SLACK)))
    return days


def narrowed(given: Programme, bounds: Iterable[tuple[LinearMeasure, float]]) -> Programme | None:
    """A single-option programme without what cannot stay within bounds on some measures; None if nothing is left.

    A measure of option ``o`` in ``T`` days is at least ``f + a / T + b T`` with ``a`` its part per server times the
    server-days of the whole work and ``b`` its part per day (servers need not be whole here): the days in which
    that stays below the bound lie between the roots of ``b T^2 - (bound - f) T + a``. Options without such days go,
    and with the days that are left the servers are bounded too. Where the bound is what the exhaustive search has
    found, a better plan, if there were one, would still be there: that there is none is for the solver to say.
    """
    assert given.mix == 1
    table, among = given.table, np.array(given.kept)
    full = given.asked.work_pflops_days / table.pflops[among]
    least, most = given.least[among].astype(np.float64), given.most[among].astype(np.float64)
    low = np.maximum(given.days_low, np.ceil(full / most * (1 - BOUND_SLACK)))
    high = np.minimum(given.days_high, given.asked.deadline_days - table.lead_days[among])
    for what, bound in bounds:
        per_server, per_day = what.per_server[among], what.per_day
        once = what.constant + what.latest[among] + what.per_server_day[among] * full
        room = bound + abs(bound) * WIDER - once
        spread = room**2 - 4 * per_day * per_server * full
        possible = (room >= 0) & (spread >= 0)
        twice = room + np.sqrt(np.maximum(spread, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            first = np.where(per_server > 0, 2 * per_server * full / twice, 0.0)
            final = twice / (2 * per_day) if per_day > 0 else np.full(len(among), np.inf)
            affordable = np.where(per_server > 0, (room - per_day * low) / per_server, np.inf)
        low = np.where(possible, np.maximum(low, np.ceil(first * (1 - WIDER))), np.inf)
        high = np.minimum(high, np.floor(final * (1 + WIDER)))
        most = np.minimum(most, np.floor(affordable * (1 + WIDER)))
    stays = low <= high
    with np.errstate(divide="ignore", invalid="ignore"):
        # one server more than the shortest run needs, in case its need was rounded down
        most = np.minimum(most, np.maximum(least, np.ceil(full / low) + 1))
        least = np.maximum(least, np.ceil(full / high * (1 - WIDER)))
    stays &= least <= most
    if not stays.any():
        return None
    kept = among[stays]
    bounds_least, bounds_most = given.least.copy(), given.most.copy()
    bounds_least[kept], bounds_most[kept] = least[stays].astype(np.int64), most[stays].astype(np.int64)
    return replace(
        given,
        kept=tuple(kept.tolist()),
        least=bounds_least,
        most=bounds_most,
        days_low=int(low[stays].min()),
        days_high=int(high[stays].max()),
    )
