"""What a model is built from: the options that are left, their bounds, what is minimised and what is bounded.

Nothing of it is the solver's: a programme is data, and leaving out what cannot matter is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.model.limits import BOUND_SLACK, Demand, Sites, least_days, server_bounds
from optimizer.options import OptionTable
from optimizer.options.performance import Column
from optimizer.units import HOURS_PER_DAY


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
    site_once: Column | None = None
    """Of every site, once if it is used; None for a measure that counts no sites."""
    site_day: Column | None = None
    """Of every site, for each day of the run if it is used."""


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
    cutoff: float | None = None
    """Of the objective: only plans that are not above it are sought; None for all."""


def measure(table: OptionTable, asked: Demand, name: str, carbon_g_per_kwh: float | Column) -> LinearMeasure:
    """A measure by name, as in :meth:`optimizer.exact.ExactProblem.measure`.

    Args:
        carbon_g_per_kwh: of the site's grid, or of that of every option.
    """
    zero = np.zeros(len(table.options))
    if name == "cost" and asked.sites is not None:
        once, day = asked.sites.setup_usd, asked.sites.day_usd
        return LinearMeasure(name, 0.0, zero, table.server_usd, table.server_day_usd, table.day_usd, once, day)
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
    most = bounds.most
    if not alone:
        most = _room_in_brackets(table, asked, most)
        may &= most >= bounds.least
    if alone:
        may &= _least_days(asked.work_pflops_days, table.pflops * np.maximum(bounds.most, 1)) <= last
    kept = tuple(np.flatnonzero(may).tolist())
    if not kept:
        return None
    days_low = least_days_of_all(table, asked, most, kept, mix)
    days_high = int(last[may].max())
    if days_low > days_high:
        if prune:
            return None
        days_low = days_high
    return Programme(table, asked, mix, kept, bounds.least, most, days_low, days_high, objective, tuple(ceilings))


def _room_in_brackets(table: OptionTable, asked: Demand, most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Servers at most of options in a mix, by what a cap leaves of a size bracket's least devices.

    Where ``n`` servers of ``d`` devices take ``n use`` of a cap that touches every option of the bracket, the rest of
    the bracket's least devices must come from what is left of it: ``min - n d <= (bound - n use) rho``, with ``rho``
    the most devices to a unit of the cap.
    """
    found = most.astype(np.float64)
    groups: dict[tuple[str, str], list[int]] = {}
    for o, option in enumerate(table.options):
        if option.bracket.min_devices > 1:
            groups.setdefault((option.key.site, option.key.bracket), []).append(o)
    for members in groups.values():
        least = float(table.options[members[0]].bracket.min_devices)
        devices = table.devices[members]
        for cap in asked.caps:
            uses = cap.per_server[members]
            if not (uses > 0).all():
                continue
            frugal = float((devices / uses).max())
            short = uses * frugal - devices
            spare = cap.bound * frugal * (1 + BOUND_SLACK) - least
            room = np.divide(spare, short, out=np.full_like(short, np.inf), where=short > BOUND_SLACK * devices)
            room = np.full_like(short, -1.0) if spare < -BOUND_SLACK * least else room * (1 + BOUND_SLACK)
            found[members] = np.minimum(found[members], np.floor(room))
    whole: NDArray[np.int64] = found.astype(np.int64)
    return whole


def least_days_of_all(table: OptionTable, asked: Demand, most: NDArray[np.int64], kept: Sequence[int], mix: int) -> int:
    """No plan of up to ``mix`` options is faster: the fastest fleet the bounds and each single cap allow."""
    among = list(kept)
    fastest = float(np.sort(table.pflops[among] * most[among])[::-1][:mix].sum())
    for cap in asked.caps:
        uses = cap.per_server[among]
        if (uses > 0).all():
            fastest = min(fastest, cap.bound * float((table.pflops[among] / uses).max()))
    if asked.sites is not None:
        fastest = min(fastest, float(site_speeds(table, asked, asked.sites, most, among, mix).sum()))
    return least_days(asked.work_pflops_days, fastest)


def site_speeds(
    table: OptionTable, asked: Demand, sites: Sites, most: NDArray[np.int64], kept: Sequence[int], mix: int
) -> Column:
    """Of every site, a speed that no fleet of up to ``mix`` of its options exceeds, PFLOP/s; 0 without options."""
    speeds = np.zeros(len(sites.setup_usd))
    among = np.array(kept, dtype=np.int64)
    for site in range(len(speeds)):
        here = among[sites.of[among] == site]
        if not here.size:
            continue
        fastest = float(np.sort(table.pflops[here] * most[here])[::-1][:mix].sum())
        for cap in asked.caps:
            uses = cap.per_server[here]
            if (uses > 0).all():
                fastest = min(fastest, cap.bound * float((table.pflops[here] / uses).max()))
        speeds[site] = fastest
    return speeds


def _least_days(work: float, pflops: Column) -> Column:
    """:func:`least_days` of many fleets."""
    days: Column = np.maximum(1.0, np.ceil(work / pflops * (1 - BOUND_SLACK)))
    return days
