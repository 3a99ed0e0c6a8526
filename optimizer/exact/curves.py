"""Whole curves over one kind of server: every trade-off between two measures, and the best plan as a limit grows.

Both are read off the pairs that :func:`optimizer.exact.search.search` tries, in the same way: floating point drops
only what is surely beaten, and the rest is sorted out in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from optimizer.domain.limits import Aim, Limit
from optimizer.exact import ExactProblem, Measure
from optimizer.exact.search import NEAR, Found, Pairs, Positions, within_limits

Rank = tuple[object, ...]
"""How plans of the same measures are ordered: cost, days, servers, name."""


def trade_off(problem: ExactProblem, first: str, second: str) -> list[tuple[Fraction, Fraction, Found]]:
    """Every trade-off between two measures that no single-option plan beats, by rising ``first``, falling ``second``.

    None is missed: a plan that the limits allow is matched or beaten in every measure by one of the pairs that
    :func:`optimizer.exact.search.search` tries, and of these only such are dropped as another one beats in both
    measures by more than float error (or in days, which are whole, by no more than equality and in the other by more
    than float error). The rest is sorted out in exact arithmetic.

    Returns:
        The two exact measures and the plan of each point; of plans with the same two measures the one that is least in
        cost, days, servers and name. ``value`` of the plan is that of ``second``.
    """
    kept: list[tuple[Fraction, Fraction, Found]] = []
    for one, other, _, found in _ranked(problem, first, second, whole_days=True):
        if not kept or other < kept[-1][1]:
            kept.append((one, other, found))
    return kept


def as_limit_grows(problem: ExactProblem, limit: Limit, objective: str) -> list[tuple[Fraction, Found]]:
    """The best single-option plan for every value of a limit up to that of the problem, where it changes.

    Args:
        limit: the limit that grows.
        objective: what is least; then cost, days, servers and name decide, as in a search.

    Returns:
        The value of the limit from which on a plan is the best, rising, and the plan; below the first there is none.
    """
    kept: list[tuple[Fraction, tuple[Fraction, Rank], Found]] = []
    # a plan that uses as much and is worse, or more and is no better, is never the best
    for use, value, rank, found in _ranked(problem, limit, objective, whole_days=False):
        if not kept or (value, rank) < kept[-1][1]:
            if kept and kept[-1][0] == use:
                kept.pop()
            kept.append((use, (value, rank), found))
    return [(use, found) for use, _, found in kept]


def _ranked(
    problem: ExactProblem, first: Aim, second: Aim, *, whole_days: bool
) -> Iterator[tuple[Fraction, Fraction, Rank, Found]]:
    """Every plan that may matter, with its two measures and its rank, by rising ``first``, ``second`` and rank."""
    tried = within_limits(problem)
    if tried is None:
        return
    pairs, alive = tried
    one, other, cost = (problem.measure(name) for name in (first, second, "cost"))
    plans: dict[tuple[Fraction, Fraction, Rank], Found] = {}
    for position in _hardly_beaten(pairs, one, other, alive, whole_days).tolist():
        used, days = pairs.exact(position)
        usd, value = cost.value([used], days), other.value([used], days)
        rank = (usd, days, used[1], problem.options[used[0]].tie)
        found = Found(used[0], used[1], days, used[2], value, usd)
        plans[one.value([used], days), value, rank] = found
    for at in sorted(plans):
        yield (*at, plans[at])


def _hardly_beaten(pairs: Pairs, one: Measure, other: Measure, positions: Positions, whole_days: bool) -> Positions:
    """The pairs that no other pair surely beats in two measures.

    Args:
        whole_days: whether one of as many days counts as beaten in days, if it is beaten in the other measure.
    """
    if not positions.size:
        return positions
    x, y = pairs.floats(one, positions), pairs.floats(other, positions)
    # whole days are exact in floats, so equality may count there; of the two measures one is sure to be less
    far_x, far_y = (0.0 if whole_days and m.name == "days" else NEAR for m in (one, other))
    order = np.argsort(x, kind="stable")
    lowest = np.minimum.accumulate(y[order])
    upto = np.searchsorted(x[order], x - far_x * np.abs(x), side="left" if far_x else "right") - 1
    best = np.where(upto >= 0, lowest[upto], np.inf)
    beaten = best <= y - far_y * np.abs(y)
    if not (far_x and whole_days):
        beaten &= best < y  # a value of 0 leaves no room for an error
    kept: Positions = positions[~beaten]
    return kept
