"""Exhaustive search over one option at a time: the second proof of optimality and of infeasibility.

With one option chosen, the servers ``n`` and the days ``T`` are all that is left, and for every T the least
n that does the work is best for every measure that never falls in n or T. So all pairs (T, least n) are
tried. Floating point only sorts out what cannot matter: every value within ``NEAR`` of a boundary or of
the best is settled in exact arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.exact import ExactOption, ExactProblem, Measure
from optimizer.units import MAX_DEADLINE_DAYS

NEAR = 1e-9
"""Relative distance within which a float comparison is repeated exactly; float error here is below 1e-14."""


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


@dataclass(frozen=True)
class Room:
    """What the caps leave one option: whole servers and whole days, exactly."""

    least: int
    most: int
    days_low: int
    days_high: int
    full_days: Fraction
    """Days that one server alone would need."""


def room(problem: ExactProblem, index: int, *, without: str | None = None) -> Room | None:
    """The servers and days open to an option alone, or None if the limits leave none.

    Args:
        without: a limit to leave out (a cap by name; ``deadline``, up to the longest that may be asked for).
    """
    option = problem.options[index]
    if without != "training_flop" and not problem.compute_allowed:
        return None
    most = option.max_servers
    for cap in problem.caps:
        if cap.name != without and cap.uses[index] > 0:
            most = min(most, math.floor(cap.bound / cap.uses[index]))
    least = max(option.min_servers, math.ceil(problem.memory_gb / option.memory_gb))
    full_days = problem.work_pflops_days / option.pflops
    if most < least:
        return None
    days_low = max(1, math.ceil(full_days / most))
    if without == "deadline":
        days_high = min(max(days_low, math.ceil(full_days / least)), MAX_DEADLINE_DAYS - option.lead_days)
    else:
        days_high = problem.deadline_days - option.lead_days
    if days_low > days_high:
        return None
    return Room(least, most, days_low, days_high, full_days)


def search(
    problem: ExactProblem,
    objective: str,
    *,
    among: Iterable[int] | None = None,
    without: str | None = None,
) -> Found | None:
    """The single-option plan that is least in ``objective``, then cost, days, servers and name; None if there is none.

    Args:
        problem: the case in exact figures.
        objective: a measure by name (see :meth:`ExactProblem.measure`).
        among: indices of the options to search; all by default.
        without: a limit to leave out: a cap by name, ``deadline``, ``budget`` or ``training_flop``.
    """
    measures = [problem.measure(name) for name in dict.fromkeys((objective, "cost", "days", "servers"))]
    indices = range(len(problem.options)) if among is None else among
    rooms = [(i, found) for i in indices if (found := room(problem, i, without=without)) is not None]
    if not rooms:
        return None
    pairs = _Pairs(problem.options, rooms)
    budget = None if without == "budget" else problem.budget_usd
    alive = pairs.all
    if budget is not None:
        alive = _within_budget(pairs, problem.measure("cost"), budget, alive)
    for measure in measures:
        alive = _least(pairs, measure, alive)
        if alive.size <= 1:
            break
    if alive.size == 0:
        return None
    best = min(alive.tolist(), key=lambda position: problem.options[pairs.option[position]].key)
    used, days = pairs.exact(best)
    return Found(
        option=used[0],
        servers=used[1],
        days=days,
        server_days=used[2],
        value=measures[0].value([used], days),
        cost_usd=problem.measure("cost").value([used], days),
    )


def beyond_reach(problem: ExactProblem, mix: int) -> bool:
    """Whether no plan of up to ``mix`` options can do the work by the deadline: proved by a relaxation, exactly.

    The fastest conceivable fleet is that of the ``mix`` fastest options, each at the most that the caps leave
    it; and no fleet is faster than a cap that touches every option would let the most frugal one be. False
    means only that this bound does not decide.
    """
    if not problem.compute_allowed:
        return True
    most: dict[int, int] = {}
    for index, option in enumerate(problem.options):
        bound = option.max_servers
        for cap in problem.caps:
            if cap.uses[index] > 0:
                bound = min(bound, math.floor(cap.bound / cap.uses[index]))
        if bound >= 1 and problem.deadline_days - option.lead_days >= 1:
            most[index] = bound
    longest = max((problem.deadline_days - problem.options[i].lead_days for i in most), default=0)
    fastest = sum(sorted((problem.options[i].pflops * n for i, n in most.items()), reverse=True)[:mix], Fraction(0))
    for cap in problem.caps:
        if most and all(cap.uses[i] > 0 for i in most):
            frugal = max(problem.options[i].pflops / cap.uses[i] for i in most)
            fastest = min(fastest, frugal * cap.bound)
    return fastest * longest < problem.work_pflops_days


class _Pairs:
    """Every (option, days, least servers) worth trying, as flat arrays."""

    def __init__(self, options: tuple[ExactOption, ...], rooms: list[tuple[int, Room]]) -> None:
        self.options = options
        self.rooms = dict(rooms)
        index = np.array([i for i, _ in rooms])
        low = np.array([r.days_low for _, r in rooms])
        high = np.array([r.days_high for _, r in rooms])
        counts = high - low + 1
        row = np.repeat(np.arange(len(rooms)), counts)
        starts = np.cumsum(counts) - counts
        self.option: NDArray[np.int64] = index[row]
        self.days: NDArray[np.int64] = np.arange(int(counts.sum())) - starts[row] + low[row]
        full = np.array([float(r.full_days) for _, r in rooms])
        needed = full[row] / self.days
        servers = np.ceil(needed)
        # a quotient next to a whole number may have been rounded across it
        for position in np.flatnonzero(np.abs(needed - np.rint(needed)) <= NEAR * np.maximum(needed, 1.0)):
            exact = rooms[int(row[position])][1].full_days / int(self.days[position])
            servers[position] = math.ceil(exact)
        self.servers: NDArray[np.int64] = np.maximum(servers, np.array([r.least for _, r in rooms])[row]).astype(
            np.int64
        )
        self.all: NDArray[np.intp] = np.arange(len(self.days))

    def exact(self, position: int) -> tuple[tuple[int, int, Fraction], int]:
        option = int(self.option[position])
        return (option, int(self.servers[position]), self.rooms[option].full_days), int(self.days[position])

    def value(self, measure: Measure, position: int) -> Fraction:
        """The exact measure of a pair."""
        used, days = self.exact(position)
        return measure.value([used], days)

    def floats(self, measure: Measure, positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """The measure of every pair in floating point."""
        fixed, per_server = np.zeros(len(self.options)), np.zeros(len(self.options))
        for option, found in self.rooms.items():
            once = measure.constant + measure.latest[option]
            fixed[option] = float(once + measure.per_server_day[option] * found.full_days)
            per_server[option] = float(measure.per_server[option])
        which = self.option[positions]
        value: NDArray[np.float64] = (
            fixed[which] + per_server[which] * self.servers[positions] + float(measure.per_day) * self.days[positions]
        )
        return value


def _within_budget(pairs: _Pairs, cost: Measure, budget_usd: Fraction, positions: NDArray[np.intp]) -> NDArray[np.intp]:
    values = pairs.floats(cost, positions)
    bound = float(budget_usd)
    sure = values <= bound * (1 - NEAR)
    close = np.flatnonzero(~sure & (values <= bound * (1 + NEAR)))
    for position in close:
        sure[position] = pairs.value(cost, int(positions[position])) <= budget_usd
    kept: NDArray[np.intp] = positions[sure]
    return kept


def _least(pairs: _Pairs, measure: Measure, positions: NDArray[np.intp]) -> NDArray[np.intp]:
    """The pairs with the exactly least value of a measure."""
    if positions.size == 0:
        return positions
    values = pairs.floats(measure, positions)
    best = values.min()
    close = positions[values <= best + NEAR * max(abs(best), 1e-30)]
    if close.size == 1:
        only: NDArray[np.intp] = close
        return only
    settled = [pairs.value(measure, position) for position in close.tolist()]
    least = min(settled)
    kept: NDArray[np.intp] = close[np.array([value == least for value in settled])]
    return kept
