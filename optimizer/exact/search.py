"""Exhaustive search over one option at a time: the second proof of optimality and of infeasibility.

With one option chosen, the servers ``n`` and the days ``T`` are all that is left. No measure falls in n or T, so of
all plans with the same n only the shortest counts, and of all with the same T only the smallest: these pairs are
tried, all of them. Floating point only sorts out what cannot matter: every value within ``NEAR`` of a boundary or
of the best is settled in exact arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.limits import DEADLINE, TRAINING_FLOP, Aim, Limit
from optimizer.exact import ExactCeiling, ExactProblem, Measure
from optimizer.exact.figures import EXACT_IN_FLOAT
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.records import dataclass

NEAR = 1e-9
"""Relative distance within which a float comparison is repeated exactly; float error here is below 1e-14."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Found:
    """The best single-option plan: which option (index), how many servers and days, how long it works."""

    option: int
    servers: int
    days: int
    server_days: Fraction
    value: Fraction
    """The measure that was minimised."""
    cost_usd: Fraction


@dataclass(frozen=True, eq=False)
class Worst:
    """The greatest of several measures, each over its own bound: like them it never falls in servers or days."""

    shares: tuple[tuple[Measure, Fraction], ...]

    def value(self, used: Iterable[tuple[int, int, Fraction]], days: int) -> Fraction:
        """The greatest share of a plan, exactly."""
        used = list(used)
        return max(measure.value(used, days) / bound for measure, bound in self.shares)


def search(
    problem: ExactProblem,
    objective: Aim | Worst,
    *,
    among: Iterable[int] | None = None,
    without: Limit | Collection[Limit] | None = None,
) -> Found | None:
    """The single-option plan that is least in ``objective``, then cost, days, servers and name; None if there is none.

    Args:
        problem: the case in exact figures.
        objective: a measure by name or what a limit bounds (see :meth:`ExactProblem.measure`), or the worst of several.
        among: indices of the options to search; all by default.
        without: a limit to leave out, or several.
    """
    tried = within_limits(problem, among, frozenset([without] if isinstance(without, Limit) else without or ()))
    if tried is None:
        return None
    pairs, alive = tried
    names: Iterable[Aim | Worst] = dict.fromkeys((objective, "cost", "days", "servers"))
    measures = [name if isinstance(name, Worst) else problem.measure(name) for name in names]
    for measure in measures:
        if alive.size <= 1:
            break
        alive = _least(pairs, measure, alive)
    if alive.size == 0:
        return None
    best = min(alive.tolist(), key=lambda position: problem.options[pairs.option[position]].tie)
    used, days = pairs.exact(best)
    return Found(
        option=used[0],
        servers=used[1],
        days=days,
        server_days=used[2],
        value=measures[0].value([used], days),
        cost_usd=problem.measure("cost").value([used], days),
    )


def within_limits(
    problem: ExactProblem, among: Iterable[int] | None = None, without: frozenset[Limit] = frozenset()
) -> tuple[Pairs, Positions] | None:
    """Every pair worth trying and which of them are within all limits but those left out; None if there are none.

    A plan that the limits allow is matched or beaten in every measure by one of these.
    """
    if TRAINING_FLOP not in without and not problem.compute_allowed:
        return None
    rooms = _rooms(problem, among, without)
    if not rooms.option.size:
        return None
    pairs = Pairs(problem, rooms)
    alive = pairs.all
    for ceiling in problem.ceilings:
        if ceiling.limit not in without:
            alive = _within(pairs, ceiling, alive)
    return pairs, alive


@dataclass(frozen=True, eq=False)
class _Rooms:
    """What the limits leave of each option that they leave room: whole servers and whole days, exactly."""

    option: Whole
    least: Whole
    days_low: Whole
    days_high: Whole
    full_days: Floats
    """Days that one server alone would need, to the nearest float."""


def _rooms(problem: ExactProblem, among: Iterable[int] | None, without: frozenset[Limit]) -> _Rooms:
    """The servers and days open to each option alone."""
    options = problem.options
    index = np.arange(len(options)) if among is None else np.array(list(among), dtype=np.int64)

    def chosen(name: str) -> Floats:
        return options.column(name).floats[index]

    most = _most_servers(problem, index, chosen("max_servers"), without)
    needed = float(problem.memory_gb) / chosen("memory_gb")
    least = _rounded(math.ceil, needed, lambda i: problem.memory_gb / options[int(index[i])].memory_gb)
    least = np.maximum(least, chosen("min_servers"))
    keep = most >= least
    index, least, most = index[keep], least[keep], most[keep]

    def full_days(i: int) -> Fraction:
        return problem.work_pflops_days / options[int(index[i])].pflops

    full = float(problem.work_pflops_days) / chosen("pflops")
    low = np.maximum(1.0, _rounded(math.ceil, full / most, lambda i: full_days(i) / int(most[i])))
    lead = chosen("lead_days")
    if DEADLINE in without:
        alone = _rounded(math.ceil, full / least, lambda i: full_days(i) / int(least[i]))
        high = np.minimum(np.maximum(low, alone), MAX_DEADLINE_DAYS - lead)
    else:
        high = problem.deadline_days - lead
    high = np.minimum(high, options.ends[index])
    keep = low <= high
    return _Rooms(
        option=index[keep],
        least=least[keep].astype(np.int64),
        days_low=low[keep].astype(np.int64),
        days_high=high[keep].astype(np.int64),
        full_days=full[keep],
    )


def _most_servers(problem: ExactProblem, index: Whole, most: Floats, without: frozenset[Limit]) -> Floats:
    """Whole servers of each option within every cap taken alone."""
    caps = [cap for cap in problem.caps if cap.limit not in without]
    if not caps or not index.size:
        return most
    uses = np.stack([cap.uses.floats for cap in caps])[:, index]
    bounds = np.array([float(cap.bound) for cap in caps])
    limited = uses > 0
    fits = np.divide(bounds[:, None], uses, out=np.full_like(uses, np.inf), where=limited)
    # the quotient of two whole numbers that floats hold is never rounded across a whole number
    sure = np.array([cap.uses.whole and cap.bound.denominator == 1 and cap.bound <= EXACT_IN_FLOAT for cap in caps])
    away = np.subtract(fits, np.rint(fits), out=np.ones_like(fits), where=limited)
    near = np.abs(away) <= NEAR * np.maximum(fits, 1.0)
    floors = np.floor(fits)
    for row, column in np.argwhere(near & limited & ~sure[:, None]).tolist():
        floors[row, column] = math.floor(caps[row].bound / caps[row].uses[int(index[column])])
    found: Floats = np.minimum(most, floors.min(axis=0))
    return found


def _rounded(rounding: Callable[[Fraction], int], values: Floats, exactly: Callable[[int], Fraction]) -> Floats:
    """Values rounded to whole numbers; one that lies next to a whole number may hide on its other side, and is
    calculated exactly."""
    whole: Floats = (np.ceil if rounding is math.ceil else np.floor)(values)
    for i in np.flatnonzero(np.abs(values - np.rint(values)) <= NEAR * np.maximum(values, 1.0)).tolist():
        whole[i] = rounding(exactly(i))
    return whole


class Pairs:
    """Every (option, days, least servers) worth trying, as flat arrays."""

    def __init__(self, problem: ExactProblem, rooms: _Rooms) -> None:
        self._problem = problem
        self._rooms = rooms
        self.row, self.days = self._worth_trying(rooms)
        self.option: Whole = rooms.option[self.row]
        needed = _rounded(math.ceil, rooms.full_days[self.row] / self.days, self._needed)
        self.servers: Whole = np.maximum(needed.astype(np.int64), rooms.least[self.row])
        self.all: Positions = np.arange(len(self.days))

    def _worth_trying(self, rooms: _Rooms) -> tuple[Whole, Whole]:
        """For each option all days up to the root of its full days, and beyond it the days that a number of servers
        needs: there, several days go with each number, and only the fewest count."""
        turn = np.minimum(rooms.days_high, np.maximum(rooms.days_low, np.sqrt(rooms.full_days).astype(np.int64)))
        by_days, days = _spans(rooms.days_low, turn)
        # one number more at either end makes up for rounding; every pair is checked against its days again
        fewest = np.maximum(1, np.floor(rooms.full_days / rooms.days_high).astype(np.int64))
        largest = np.where(turn < rooms.days_high, np.ceil(rooms.full_days / turn).astype(np.int64), fewest - 1)
        by_servers, servers = _spans(fewest, largest)
        full = rooms.full_days[by_servers]
        finish = _rounded(
            math.ceil, full / servers, lambda i: self._full(int(rooms.option[by_servers[i]])) / int(servers[i])
        ).astype(np.int64)
        finish = np.minimum(np.maximum(finish, rooms.days_low[by_servers]), rooms.days_high[by_servers])
        return np.concatenate([by_days, by_servers]), np.concatenate([days, finish])

    def _full(self, option: int) -> Fraction:
        return self._problem.work_pflops_days / self._problem.options[option].pflops

    def _needed(self, position: int) -> Fraction:
        return self._full(int(self.option[position])) / int(self.days[position])

    def exact(self, position: int) -> tuple[tuple[int, int, Fraction], int]:
        """(option, servers, server-days) and the days of a pair."""
        option = int(self.option[position])
        return (option, int(self.servers[position]), self._full(option)), int(self.days[position])

    def value(self, measure: Measure | Worst, position: int) -> Fraction:
        """The exact measure of a pair, in its own unit."""
        used, days = self.exact(position)
        return measure.value([used], days)

    def floats(self, measure: Measure | Worst, positions: Positions) -> Floats:
        """The measure of every pair in floating point, in its own unit."""
        if isinstance(measure, Worst):
            shares = [self.floats(part, positions) / float(bound) for part, bound in measure.shares]
            worst: Floats = np.max(shares, axis=0)
            return worst
        of = self._rooms.option
        once = float(measure.constant) + measure.latest.floats[of]
        a_day, which = measure.per_server_day.floats[of], self.row[positions]
        fixed = (once + a_day * self._rooms.full_days)[which]
        if measure.paid_days is not None:
            minimum = measure.paid_days.floats[of][which] * self.servers[positions]
            fixed = once[which] + a_day[which] * np.maximum(self._rooms.full_days[which], minimum)
        value: Floats = (
            fixed
            + measure.per_server.floats[of][which] * self.servers[positions]
            + float(measure.per_day) * self.days[positions]
        )
        return value


def _spans(low: Whole, high: Whole) -> tuple[Whole, Whole]:
    """The whole numbers from low to high of every row, one after the other, and the row of each."""
    counts = np.maximum(0, high - low + 1)
    row = np.repeat(np.arange(len(low)), counts)
    starts = np.cumsum(counts) - counts
    return row, np.arange(int(counts.sum())) - starts[row] + low[row]


def _within(pairs: Pairs, ceiling: ExactCeiling, positions: Positions) -> Positions:
    """The pairs that are within a limit, exactly."""
    values = pairs.floats(ceiling.measure, positions)
    bound = float(ceiling.bound)
    sure = values <= bound * (1 - NEAR)
    close = np.flatnonzero(~sure & (values <= bound * (1 + NEAR)))
    for position in close:
        sure[position] = pairs.value(ceiling.measure, int(positions[position])) <= ceiling.bound
    kept: Positions = positions[sure]
    return kept


def _least(pairs: Pairs, measure: Measure | Worst, positions: Positions) -> Positions:
    """The pairs with the exactly least value of a measure."""
    values = pairs.floats(measure, positions)
    best = values.min()
    if isinstance(measure, Measure) and measure.is_whole and abs(best) <= EXACT_IN_FLOAT:
        whole: Positions = positions[values == best]
        return whole
    close = positions[values <= best + NEAR * max(abs(best), 1e-30)]
    if close.size == 1:
        only: Positions = close
        return only
    settled = [pairs.value(measure, position) for position in close.tolist()]
    least = min(settled)
    kept: Positions = close[np.array([value == least for value in settled])]
    return kept
