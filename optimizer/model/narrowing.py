"""What cannot matter is left out of a programme before a solver sees it: options, days and servers.

The yardstick is a bound on a measure: a ceiling of the case, or the value of a plan that is already known. Both sides
of a proof keep their say. Where the known plan is not the best, whatever is better is within the bound and stays in;
where it is too good to be true, nothing is left or the solver finds something else, and the two disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.limits import Aim
from optimizer.model.limit_rows import BOUND_SLACK, Cap, Ceiling
from optimizer.model.measures import LinearMeasure, Sites
from optimizer.model.programme import Programme, least_days_of_all, site_speeds
from optimizer.options.performance import Column
from optimizer.units.records import dataclass

WIDER = 1e-6
"""Relative slack of what is left out: wider than any error of a float, and than the distance within which a claim of
the solver counts as confirming an exact value."""


def narrow(given: Programme, bounds: Iterable[Ceiling]) -> Programme | None:
    """A single-option programme without what cannot stay within bounds on some measures; None if nothing is left.

    A measure of option ``o`` in ``T`` days is at least ``f + a / T + b T`` with ``a`` its part per server times the
    server-days of the whole work and ``b`` its part per day (servers need not be whole here): the days in which
    that stays below the bound are between the roots of ``b T^2 - (bound - f) T + a``. Options without such days go,
    and with the days that are left the servers are bounded too. Where the bound is what the exhaustive search has
    found, a better plan, if there were one, would still be there: that there is none is for the solver to say.
    """
    assert given.mix == 1
    table, among = given.table, np.array(given.kept)
    full = given.asked.work_pflops_days / table.pflops[among]
    least, most = given.least[among].astype(np.float64), given.most[among].astype(np.float64)
    low = np.maximum(given.days_low, np.ceil(full / most * (1 - BOUND_SLACK)))
    high = np.minimum(given.days_high, table.last_days(given.asked.deadline_days)[among])
    for ceiling in bounds:
        what, bound = ceiling.measure, ceiling.bound
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


@dataclass(frozen=True, eq=False)
class Prices:
    """What a unit of each limit would be worth, in units of a measure: multipliers of a Lagrangian relaxation.

    Any that are not negative give a valid bound (weak duality); good ones give a tight one.
    """

    caps: Column
    """One a cap of the programme."""
    ceilings: Column
    """One a ceiling of the programme, as far as they go: those of the case come first."""
    most: Column
    """One an option of the table: for its greatest number of servers."""
    of: Aim
    """The measure in whose unit they are: of no use to any other."""


World = tuple[str, str]
"""A size bracket and a connection: all servers of a plan share both."""


def worlds(given: Programme) -> Mapping[World, Programme]:
    """A programme for mixes split by what all servers of a plan must share, each with its bracket as a cap more.

    Every plan is in one of them (one without a connection, of hired servers only, in several). Several sites, each
    with a bracket and a connection of its own, are one world: there a site's devices, each over the most that its
    bracket holds, add up to 1 at most.
    """
    table = given.table
    if given.asked.sites is not None:
        return _world_of_sites(given, given.asked.sites)
    keys = {o: table.options[o].key for o in given.kept}
    connections = sorted({key.connection for key in keys.values()} - {""}) or [""]
    found: dict[World, Programme] = {}
    for bracket in dict.fromkeys(key.bracket for key in keys.values()):
        for connection in connections:
            members = [o for o, key in keys.items() if key.bracket == bracket and key.connection in ("", connection)]
            if not members:
                continue
            largest = table.options[members[0]].bracket.max_devices
            caps = (*given.asked.caps, Cap("bracket", float(largest), table.devices))
            asked = replace(given.asked, caps=caps)
            low = max(given.days_low, least_days_of_all(table, asked, given.most, members, given.mix))
            if low <= given.days_high:
                found[bracket, connection] = replace(given, asked=asked, kept=tuple(members), days_low=low)
    return found


def _world_of_sites(given: Programme, sites: Sites) -> Mapping[World, Programme]:
    table = given.table
    largest = np.array([float(option.bracket.max_devices) for option in table.options])
    fastest = site_speeds(table, given.asked, sites, given.most, given.kept, given.mix)
    caps = []
    for site in range(len(sites.setup_usd)):  # those without options left too: prices are by position
        here = sites.of == site
        caps.append(Cap("bracket", 1.0, table.devices / largest * here, site))
        # implied by the others; what it costs to use the site weighs on all its servers by it
        caps.append(Cap("speed", float(fastest[site]), table.pflops * here, site))
        # the memory that a site needs if it is used, as a limit from below
        held = np.minimum(table.memory_gb, given.asked.memory_gb)
        caps.append(Cap("memory", -given.asked.memory_gb, -held * here, site))
    # n <= most z and at most ``mix`` of the z: that few kinds can be had in full
    caps.append(Cap("mix", float(given.mix), 1 / np.maximum(given.most, 1).astype(np.float64)))
    return {("", ""): replace(given, asked=replace(given.asked, caps=(*given.asked.caps, *caps)))}


def narrow_mix(
    given: Programme, bounds: Sequence[Ceiling], prices: Mapping[World, Sequence[Prices]]
) -> Programme | None:
    """A programme for mixes without what cannot stay within bounds on some measures; None if nothing is left.

    Args:
        prices: prices of the caps in each world of the programme (:func:`worlds`); none are needed.
    """
    assert given.mix > 1
    left = [
        world
        for name, whole in worlds(given).items()
        if (world := _narrowed_world(whole, bounds, prices.get(name, ()))) is not None
    ]
    if not left:
        return None
    most = given.most.copy()
    kept = sorted({o for world in left for o in world.kept})
    for o in kept:
        most[o] = max(world.most[o] for world in left if o in world.kept)
    return replace(
        given,
        kept=tuple(kept),
        most=most,
        days_low=min(world.days_low for world in left),
        days_high=max(world.days_high for world in left),
    )


def _narrowed_world(given: Programme, bounds: Iterable[Ceiling], prices: Sequence[Prices]) -> Programme | None:
    """One world without what cannot stay within the bounds.

    For given days ``T`` and prices ``p`` of the limits, a measure is at least ``f + b T - sum p bound`` plus, for each
    unit of work, the least of ``(A / T + d) / r`` over the options (``A`` what a server costs with what it uses of the
    limits at their prices, ``d`` what it costs a day in the same way, ``r`` its speed): the Lagrangian bound. Every
    server of an option works until the run ends, after ``L`` days, ``T - 1 < L <= T``, and adds ``A + (d - v r) L`` to
    it, ``v`` being that least value: at least the lesser of both ends. So days whose
    bound is too high go, an option goes if one server of it is too much on all days that are left, and the others'
    servers are bounded.
    """
    table, among = given.table, np.array(given.kept)
    days = np.arange(given.days_low, given.days_high + 1)
    length = days[:, None] - starts(given)[None, :]
    last = table.last_days(given.asked.deadline_days)[among]
    open_days = (days[:, None] <= last[None, :]) & (length > 0)
    most = given.most[among].astype(np.float64)
    priced = {price.of for price in prices}
    free = Prices(np.zeros(len(given.asked.caps)), np.zeros(0), np.zeros(len(table.options)), given.objective.name)
    for ceiling in sorted(bounds, key=lambda one: one.measure.name in priced):  # what is quick first: it leaves less
        what, bound = ceiling.measure, ceiling.bound
        servers = np.full(open_days.shape, np.inf)
        for price in (free, *(some for some in prices if some.of == what.name)):
            room, each = _lagrangian(given, what, bound, price, days, open_days)
            fits = open_days & (each <= room[:, None]) & _fills_bracket(given, among, each, room)
            with np.errstate(divide="ignore", invalid="ignore"):
                servers = np.minimum(servers, np.where(each > 0, room[:, None] / each, np.inf))
            on, stays = fits.any(axis=1), fits.any(axis=0)
            if not stays.any():
                return None
            left = np.ix_(on, stays)
            days, open_days, servers = days[on], fits[left], servers[left]
            among, most, last = among[stays], most[stays], last[stays]
            given = replace(given, kept=tuple(among.tolist()))
        most = np.minimum(most, np.floor(np.where(open_days, servers, 0.0).max(axis=0) * (1 + WIDER)))
    # with more servers than do all the work on the day before, the run would be over by then
    before = days.min() - 1 - starts(given)
    work = given.asked.work_pflops_days / table.pflops[among]
    fills = np.divide(work, before, out=np.full(len(among), np.inf), where=before > 0)
    most = np.minimum(most, np.floor(fills * (1 + WIDER)))
    stays = (most >= given.least[among]) & (last >= days.min())
    if not stays.any():
        return None
    bounds_most = given.most.copy()
    bounds_most[among[stays]] = most[stays].astype(np.int64)
    return replace(
        given,
        kept=tuple(among[stays].tolist()),
        most=bounds_most,
        days_low=int(days.min()),
        days_high=int(min(days.max(), last[stays].max())),
    )


def _fills_bracket(given: Programme, among: NDArray[np.int64], each: Column, room: Column) -> NDArray[np.bool_]:
    """By days and options, whether a site may reach the lower edge of the option's size bracket.

    All servers of a site stand in one bracket. If an option is used, the devices of its bracket there are as many as
    the bracket has at least, and each of them adds no less than that of the option which adds least.
    """
    table, sites = given.table, given.asked.sites
    groups: dict[tuple[int, str], list[int]] = {}
    for place, o in enumerate(among.tolist()):
        site = 0 if sites is None else int(sites.of[o])
        groups.setdefault((site, table.options[o].key.bracket), []).append(place)
    found = np.ones(each.shape, dtype=bool)
    a_device = each / table.devices[among]
    for members in groups.values():
        fewest = table.options[among[members[0]]].bracket.min_devices
        found[:, members] = (a_device[:, members].min(axis=1) * fewest <= room)[:, None]
    return found


def _lagrangian(
    given: Programme,
    what: LinearMeasure,
    bound: float,
    price: Prices,
    days: NDArray[np.int64],
    open_days: NDArray[np.bool_],
) -> tuple[Column, Column]:
    """By days: what the bound leaves above the Lagrangian bound, and what a server of each option adds to it."""
    table, among, asked = given.table, np.array(given.kept), given.asked
    paid = float(price.most[among] @ given.most[among])
    for ceiling, value in zip(given.ceilings, price.ceilings.tolist(), strict=False):
        if value > 0:
            what = what.plus(value, ceiling.measure)
            paid += value * ceiling.bound
    per_server = what.per_server[among] + price.most[among]
    priced = np.zeros(0 if asked.sites is None else len(asked.sites.setup_usd))
    for cap, value in zip(asked.caps, price.caps.tolist(), strict=True):
        if value > 0:
            per_server = per_server + value * cap.per_server[among]
            if cap.site is None:
                paid += value * cap.bound
            else:
                priced[cap.site] += value * cap.bound
    speed, per_day = table.pflops[among], what.per_server_day[among]
    length = np.maximum(days[:, None] - starts(given)[None, :], 1).astype(np.float64)
    unit = np.where(open_days, (per_server / length + per_day) / speed, np.inf)
    least = unit.min(axis=1)
    lower = what.constant - paid + what.per_day * days + asked.work_pflops_days * least
    # a server works until the run ends, on the last of these days: what it adds is a straight line in how long
    found = np.where(np.isfinite(least), least, 0.0)  # days on which nothing may work are left out by ``left``
    each_day = per_day - found[:, None] * speed
    added = per_server + np.minimum(each_day * length, each_day * (length - 1.0))
    # with those servers that the prices make worth having, all that there may be
    worth = np.where(open_days, np.minimum(added, 0.0), 0.0) @ given.most[among]
    lower = lower + _sites_used(given, what, priced, days) + worth
    left: Column = bound + (abs(bound) + paid + float(np.abs(priced).sum())) * WIDER - lower
    rises: Column = np.maximum(added, 0.0)
    return left, rises


def starts(given: Programme) -> Column:
    """Of every option left, the days of the run that are over when its servers begin."""
    sites = given.asked.sites
    none: Column = np.zeros(len(given.kept))
    return none if sites is None else sites.start_days[list(given.kept)]


def site_costs(given: Programme, what: LinearMeasure, days: NDArray[np.int64]) -> Column:
    """What using each site adds to a measure, by days and sites."""
    assert given.asked.sites is not None
    costs: Column = np.zeros((len(days), len(given.asked.sites.setup_usd)))
    if what.site_once is not None and what.site_day is not None:
        costs = what.site_once[None, :] + what.site_day[None, :] * days[:, None]
    return costs


def _sites_used(given: Programme, what: LinearMeasure, priced: Column, days: NDArray[np.int64]) -> Column:
    """By days: the least that the sites of a plan add, their limits at their prices taken off.

    A site's limits bind only where it is used, so that its use adds its cost less what its limits are worth. A plan
    uses as many sites as it must, and no more than it combines kinds.
    """
    sites = given.asked.sites
    if sites is None:
        none: Column = np.zeros(len(days))
        return none
    costs = (site_costs(given, what, days) - priced)[:, np.unique(sites.of[list(given.kept)])]
    if costs.shape[1] < sites.fewest:
        return np.full(len(days), np.inf)
    costs.sort(axis=1)
    must, may = costs[:, : sites.fewest], costs[:, sites.fewest : given.mix]
    least: Column = must.sum(axis=1) + np.minimum(may, 0.0).sum(axis=1)
    return least
