"""How the servers of a mix share the work: a small linear programme, solved exactly.

Given whole servers and days, the server-days ``u`` are all that is left: minimise a measure that is linear in u subject
to sum r u >= W, 0 <= u <= n T and every ceiling. No measure falls in u, so the work is done and no more; with ``k``
ceilings met exactly at most ``k + 1`` options work part of the time, the others not at all or throughout: these are the
vertices of what is feasible, and all of them are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from optimizer.domain.limits import Aim
from optimizer.exact import ZERO, ExactProblem, Used

Row = tuple[Sequence[Fraction], Fraction]
"""What a server-day of each option counts, and what they must come to together."""
Rank = tuple[Fraction, ...]
"""Of two splits the one of lesser rank is better."""


def share_work(problem: ExactProblem, servers: Mapping[int, int], days: int, aims: Sequence[Aim]) -> list[Used] | None:
    """The exact best split of the work, by the measures ``aims`` in their order; None if the servers cannot do it.

    Options that would do nothing are left in with zero server-days only if the servers are needed otherwise
    (memory); the model never asks for them.
    """
    measures = [problem.measure(name) for name in dict.fromkeys((*aims, "cost"))]

    def rank(used: list[Used]) -> Rank | None:
        if any(ceiling.measure.value(used, days) > ceiling.bound for ceiling in problem.ceilings):
            return None
        return tuple(measure.value(used, days) for measure in measures)

    rows = [row for row in _ceilings(problem, servers, days) if _in_reach(problem, servers, days, row)]
    return _least(problem, servers, days, rows, rank)


def nearest_share(problem: ExactProblem, servers: Mapping[int, int], days: int) -> list[Used] | None:
    """Where no split keeps every ceiling, the one whose greatest use of a ceiling, over its bound, is least.

    None if the servers cannot do the work, or there is no ceiling.
    """
    if not problem.ceilings:
        return None

    def rank(used: list[Used]) -> Rank:
        return (max(ceiling.measure.value(used, days) / ceiling.bound for ceiling in problem.ceilings),)

    shares = [
        ([use / ceiling.bound for use in each], left / ceiling.bound)
        for ceiling, (each, left) in zip(problem.ceilings, _ceilings(problem, servers, days), strict=True)
    ]
    # where the greatest is least, some are equal: what one leaves of its bound is what the other leaves
    equal = [
        ([a - b for a, b in zip(one[0], other[0], strict=True)], one[1] - other[1])
        for one, other in combinations(shares, 2)
    ]
    return _least(problem, servers, days, equal, rank)


def _least(
    problem: ExactProblem,
    servers: Mapping[int, int],
    days: int,
    rows: Sequence[Row],
    rank: Callable[[list[Used]], Rank | None],
) -> list[Used] | None:
    """Of the vertices at which some of the rows hold the one of least rank; None where none has a rank."""
    options = sorted(servers)
    best: Rank | None = None
    choice: list[Used] | None = None
    for worked in _vertices(problem, servers, days, rows):
        used = [(o, servers[o], u) for o, u in zip(options, worked, strict=True)]
        key = rank(used)
        if key is not None and (best is None or key < best):
            best, choice = key, used
    return choice


def _full(problem: ExactProblem, servers: Mapping[int, int], days: int) -> list[Fraction]:
    """Server-days of every option where its servers work throughout."""
    return [Fraction(servers[o] * max(0, days - problem.options[o].start_days)) for o in sorted(servers)]


def _ceilings(problem: ExactProblem, servers: Mapping[int, int], days: int) -> Iterator[Row]:
    """Every ceiling as a row: what a server-day of each option counts, and what is left for them together."""
    options = sorted(servers)
    for ceiling in problem.ceilings:
        idle = ceiling.measure.value([(o, servers[o], ZERO) for o in options], days)
        yield [ceiling.measure.per_server_day[o] for o in options], ceiling.bound - idle


def _in_reach(problem: ExactProblem, servers: Mapping[int, int], days: int, row: Row) -> bool:
    """Whether a split could meet a ceiling exactly: with all at work it would be passed."""
    each, left = row
    return sum((a * b for a, b in zip(each, _full(problem, servers, days), strict=True)), ZERO) > left >= 0


def _vertices(
    problem: ExactProblem, servers: Mapping[int, int], days: int, rows: Sequence[Row]
) -> Iterator[tuple[Fraction, ...]]:
    """Every split that does just the work with one option at work for part of the time, and one more for each row that
    holds."""
    options, full = sorted(servers), _full(problem, servers, days)
    work: Row = ([problem.options[o].pflops for o in options], problem.work_pflops_days)
    everywhere = range(len(options))
    for holding in range(min(len(rows), len(options) - 1) + 1):
        for some in combinations(rows, holding):
            for parts in combinations(everywhere, holding + 1):
                rest = [i for i in everywhere if i not in parts]
                for on in product((False, True), repeat=len(rest)):
                    point = [ZERO] * len(options)
                    for i, works in zip(rest, on, strict=True):
                        point[i] = full[i] if works else ZERO
                    found = _solved((work, *some), parts, point)
                    if found is None:
                        break  # these rows do not settle these options, whatever the others do
                    for i, value in zip(parts, found, strict=True):
                        point[i] = value
                    if all(0 <= point[i] <= full[i] for i in parts):
                        yield tuple(point)


def _solved(rows: Sequence[Row], parts: Sequence[int], point: Sequence[Fraction]) -> list[Fraction] | None:
    """Server-days of some options at which the rows hold, the others standing; None where the rows do not settle it."""
    others = [i for i in range(len(point)) if i not in parts and point[i]]
    table = [
        [*(each[i] for i in parts), total - sum((each[i] * point[i] for i in others), ZERO)] for each, total in rows
    ]
    size = len(parts)
    for column in range(size):  # Gauss-Jordan
        pivot = next((row for row in range(column, size) if table[row][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        by = table[column][column]
        table[column] = [value / by for value in table[column]]
        for row in range(size):
            if row != column and (times := table[row][column]):
                table[row] = [a - times * b for a, b in zip(table[row], table[column], strict=True)]
    return [row[-1] for row in table]
