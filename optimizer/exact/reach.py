"""Whether any plan of several kinds of server can be fast enough: an upper bound on what its sites do, exactly.

All servers of a site stand in one size bracket, and each site has limits of its own. What the fastest of up to ``k``
kinds there may be under one limit is a knapsack, filled here in whole numbers: each server's use of the limit is
rounded down to cells and its speed rounded up, so that no fleet is faster. Of a site whose servers come in phases, each
phase has its own. A plan combines ``mix`` kinds at most over all sites.

Nothing is taken from :mod:`optimizer.model.reach`, which says the same to the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.exact.figures import ZERO
from optimizer.exact.problem import ExactProblem
from optimizer.units.records import dataclass

CELLS = 4000
"""Of every limit."""
SPEED_UNITS = 2**20
"""To a PFLOP/s: speeds are rounded up to whole units."""


@dataclass(frozen=True)
class _Kind:
    """One option as an item of a knapsack."""

    cells: int
    units: int
    most: int


def beyond_reach(problem: ExactProblem, mix: int) -> bool:
    """Whether no plan of up to ``mix`` options can do the work by the deadline: proven by a relaxation, exactly.

    False means only that this bound does not decide.
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
    if _fastest_of_all(problem, most, mix) * longest < problem.work_pflops_days:
        return True
    return most_work(problem, most, mix, longest) < problem.work_pflops_days


def _fastest_of_all(problem: ExactProblem, most: Mapping[int, int], mix: int) -> Fraction:
    """The ``mix`` fastest options, each at the most that the caps leave it; and no fleet is faster than a cap that
    touches every option would let the most frugal one be."""
    fastest = sum(sorted((problem.options[i].pflops * n for i, n in most.items()), reverse=True)[:mix], ZERO)
    for cap in problem.caps:
        if most and all(cap.uses[i] > 0 for i in most):
            frugal = max(problem.options[i].pflops / cap.uses[i] for i in most)
            fastest = min(fastest, frugal * cap.bound)
    return fastest


def most_work(problem: ExactProblem, most: Mapping[int, int], mix: int, days: int) -> Fraction:
    """No plan of up to ``mix`` options does more work in so many days, PFLOP/s-days.

    Args:
        most: of each option that may take part, its servers at most.
    """
    sites: dict[str, list[int]] = {}
    for index in most:
        sites.setdefault(problem.options[index].key.site, []).append(index)
    done = [0] * (mix + 1)  # by kinds used so far
    for members in sites.values():
        own = _of_site(problem, members, most, mix, days)
        done = [max(done[k - used] + own[used] for used in range(k + 1)) for k in range(mix + 1)]
    return Fraction(done[mix], SPEED_UNITS)


def _of_site(problem: ExactProblem, members: Sequence[int], most: Mapping[int, int], mix: int, days: int) -> list[int]:
    """The most work that one site does with up to 0, 1 ... kinds, in units of speed times days."""
    begins = sorted({problem.options[index].start_days for index in members})
    work = [0] * (mix + 1)
    for begin, end in zip(begins, [*begins[1:], days], strict=True):
        length = min(end, days) - begin
        if length <= 0:
            continue
        there = [index for index in members if problem.options[index].start_days <= begin]
        brackets: dict[str, list[int]] = {}
        for index in there:
            brackets.setdefault(problem.options[index].key.bracket, []).append(index)
        found = [_of_bracket(problem, inside, most, mix) for inside in brackets.values()]
        work = [sum_ + length * max(each[k] for each in found) for k, sum_ in enumerate(work)]
    return work


def _of_bracket(problem: ExactProblem, inside: Sequence[int], most: Mapping[int, int], mix: int) -> list[int]:
    """The greatest speed of servers in one bracket of one site with up to 0, 1 ... kinds, in units: the least of what
    each limit on all of them allows, their devices among these limits."""
    options = [problem.options[index] for index in inside]
    units = [math.ceil(option.pflops * SPEED_UNITS) for option in options]
    # m servers of d devices fit into the bracket and m + 1 do not
    room = Fraction(min((option.max_servers + 1) * option.devices - 1 for option in options))
    limits = [(room, [Fraction(option.devices) for option in options])]
    for cap in problem.caps:
        uses = [cap.uses[index] for index in inside]
        if cap.bound > 0 and min(uses) > 0:
            limits.append((cap.bound, uses))
    least: list[int] | None = None
    for bound, uses in limits:
        kinds = [
            _Kind(math.floor(use * CELLS / bound), speed, most[index])
            for use, speed, index in zip(uses, units, inside, strict=True)
        ]
        filled = _fill(_not_outdone(kinds), mix)
        least = filled if least is None else [min(pair) for pair in zip(least, filled, strict=True)]
    assert least is not None  # the devices are one limit
    return least


def _not_outdone(kinds: Iterable[_Kind]) -> list[_Kind]:
    """The kinds that no other makes needless: one no larger, no slower, of which there may be as many."""
    left: list[_Kind] = []
    for kind in sorted(set(kinds), key=lambda one: (one.cells, -one.units, -one.most)):
        if not any(other.units >= kind.units and other.most >= kind.most for other in left):
            left.append(kind)
    return left


def _fill(kinds: Sequence[_Kind], mix: int) -> list[int]:
    """The greatest sum of speeds in :data:`CELLS` cells with up to 0, 1 ... kinds."""
    best: NDArray[np.int64] = np.zeros(CELLS + 1, dtype=np.int64)
    filled = [0]
    for _ in range(mix):
        before = best
        best = before.copy()
        for kind in kinds:
            if kind.cells == 0:
                np.maximum(best, before + kind.most * kind.units, out=best)
                continue
            for count in range(1, min(kind.most, CELLS // kind.cells) + 1):
                taken = count * kind.cells
                np.maximum(best[taken:], before[: CELLS + 1 - taken] + count * kind.units, out=best[taken:])
        filled.append(int(best[-1]))
    return filled
