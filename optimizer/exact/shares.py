"""How the servers of a mix share the work: a small linear programme, solved exactly.

Given whole servers and days, the server-days ``u`` are all that is left: minimise a measure that is linear in u
subject to sum r u >= W, 0 <= u <= n T and, if there is one, the budget. Two rows: at an optimum at most two
options work part of the time, the others not at all or throughout, so all such points are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from optimizer.exact import ZERO, ExactProblem, Used


def share_work(problem: ExactProblem, servers: Mapping[int, int], days: int, aims: Sequence[str]) -> list[Used] | None:
    """The exact best split of the work, by the measures ``aims`` in their order; None if the servers cannot do it.

    Options that would do nothing are left in with zero server-days only if the servers are needed otherwise
    (memory); the model never asks for them.
    """
    options = sorted(servers)
    cost = problem.measure("cost")
    measures = [problem.measure(name) for name in dict.fromkeys((*aims, "cost"))]
    best: tuple[Fraction, ...] | None = None
    choice: list[Used] | None = None
    for worked in _vertices(problem, options, servers, days):
        used = [(o, servers[o], u) for o, u in zip(options, worked, strict=True)]
        if problem.budget_usd is not None and cost.value(used, days) > problem.budget_usd:
            continue
        key = tuple(measure.value(used, days) for measure in measures)
        if best is None or key < best:
            best, choice = key, used
    return choice


def _vertices(
    problem: ExactProblem, options: Sequence[int], servers: Mapping[int, int], days: int
) -> Iterator[tuple[Fraction, ...]]:
    """Every point with at most one option (two, if a budget is given) working part of its time."""
    full = [Fraction(servers[o] * max(0, days - problem.options[o].start_days)) for o in options]
    speed = [problem.options[o].pflops for o in options]
    price = [problem.options[o].server_day_usd for o in options]
    work = problem.work_pflops_days
    everywhere = range(len(options))
    for part in everywhere:
        rest = [i for i in everywhere if i != part]
        for on in product((False, True), repeat=len(rest)):
            point = [ZERO] * len(options)
            for i, works in zip(rest, on, strict=True):
                point[i] = full[i] if works else ZERO
            point[part] = (work - sum((speed[i] * point[i] for i in rest), ZERO)) / speed[part]
            if 0 <= point[part] <= full[part]:
                yield tuple(point)
    if problem.budget_usd is None:
        return
    paid = problem.measure("cost").value([(o, servers[o], ZERO) for o in options], days)
    for one, two in combinations(everywhere, 2):
        rest = [i for i in everywhere if i not in (one, two)]
        determinant = speed[one] * price[two] - speed[two] * price[one]
        if determinant == 0:
            continue
        for on in product((False, True), repeat=len(rest)):
            point = [ZERO] * len(options)
            for i, works in zip(rest, on, strict=True):
                point[i] = full[i] if works else ZERO
            left_work = work - sum((speed[i] * point[i] for i in rest), ZERO)
            left_usd = problem.budget_usd - paid - sum((price[i] * point[i] for i in rest), ZERO)
            point[one] = (left_work * price[two] - speed[two] * left_usd) / determinant
            point[two] = (speed[one] * left_usd - price[one] * left_work) / determinant
            if 0 <= point[one] <= full[one] and 0 <= point[two] <= full[two]:
                yield tuple(point)
