"""Where no single limit would do: the least pair of limits that would, exactly, and proven from both sides.

A relaxation is measured as the limit needed over the limit asked for. Of two limits A and B, the least pair is that
whose larger relaxation is least; of several such, that whose smaller one is least. So no plan within all other limits
keeps both A and B closer to what was asked: 1.3 times the megawatts and 1.1 times the days is less than 1.4 and 1.0.
The least pair of a case is the least of all its pairs of limits by the same rule.

It is found by the exhaustive search over one kind of server at a time, whose objective is the larger of the two
shares; for a mix see :mod:`optimizer.insight.limits.pairs_of_mix`. Left out: limits that no field of a case gives
(export quotas), and limits of 0, of which nothing is a share.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import CONNECTION, GRID, TRAINING_FLOP, Limit
from optimizer.errors import UndecidedError
from optimizer.exact import ExactProblem, Measure
from optimizer.exact.search import Found, Worst, search
from optimizer.insight.limits.concessions import Part, largest, relax, short_of, suffices
from optimizer.insight.limits.needs import bound_of
from optimizer.insight.limits.relaxations import move_limit
from optimizer.insight.neighbours import limits_to_raise, with_grid_room
from optimizer.plans.outcome import Infeasible, Plan, under_found_limits
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import plan
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass

ZERO = Fraction(0)


@dataclass(frozen=True, eq=False)
class Joint:
    """The least relaxation of several limits together, all others as they are; its plan is proven like any."""

    parts: tuple[Part, ...]
    plan: Plan

    @property
    def worst(self) -> Fraction:
        """The larger of the two ratios of needed value to requested value."""
        return max(part.share for part in self.parts)


@dataclass(frozen=True)
class Needs:
    """What a group of limits needs, exactly, before it is proven."""

    worst: Fraction
    others: Fraction
    """The sum of all shares but the larger."""
    values: Mapping[Limit, Fraction]


def pairs(ready: Prepared, infeasible: Infeasible, *, most: int | None = None) -> list[Joint]:
    """The least relaxation of each pair of limits that would do together, least pair first; none for a mix.

    Args:
        most: how many pairs to prove and return; all by default.

    Raises:
        UndecidedError: a pair could not be confirmed from both sides.
    """
    if not _applies(ready, infeasible):
        return []
    needs = [found for two in combinations(pair_limits(ready), 2) if (found := needs_of(ready, two)) is not None]
    needs.sort(key=lambda found: (found.worst, found.others))
    reported: list[Joint] = []
    for found in needs:
        if most is not None and len(reported) >= most:
            break
        if (joint := _confirmed(ready, found)) is not None:
            reported.append(joint)
    return reported


def raise_all(ready: Prepared, infeasible: Infeasible) -> Joint | None:
    """All limits raised together, so that the largest relaxation is least: used if no pair is enough."""
    names = tuple(pair_limits(ready))
    if not _applies(ready, infeasible) or len(names) < 3:
        return None
    found = needs_of(ready, names)
    return None if found is None else _confirmed(ready, found)


def _applies(ready: Prepared, infeasible: Infeasible) -> bool:
    return infeasible.why.over_limits and (ready.setting.case.mix or 1) == 1


def pair_limits(ready: Prepared) -> Iterator[Limit]:
    """The limits that a pair may be made of."""
    for limit in limits_to_raise(ready.problem):
        if limit.kind != "law" and bound_of(ready, limit) > 0:
            yield limit


def needs_of(ready: Prepared, limits: tuple[Limit, ...]) -> Needs | None:
    """What the limits need; None where they would not do together."""
    bounds = {limit: bound_of(ready, limit) for limit in limits}
    problem = ready.problem if GRID not in limits else ready.problem.under({CONNECTION: None})
    best = _least_share(ready, problem, bounds)
    if best is not None and _needs_substation(ready, max(best.value, Fraction(1)) * bounds.get(GRID, ZERO)):
        # without one, servers are better in everything: only where that much power is needed are those with one made
        problem = with_grid_room(ready).problem
        best = _least_share(ready, problem, bounds)
    if best is None:
        return None
    # within the larger share, the others: each in turn as small as it can be, the least first, and never below 1
    held = {limit: max(best.value, Fraction(1)) * bounds[limit] for limit in limits}
    left = set(limits)
    while left:
        alone = {limit: max(_least_within(ready, problem, limit, held), bounds[limit]) for limit in left}
        least = min(sorted(left), key=lambda limit: alone[limit] / bounds[limit])
        held[least] = alone[least]
        left.remove(least)
    reached = [held[limit] / bounds[limit] for limit in limits]
    return Needs(max(reached), sum(reached, ZERO) - max(reached), held)


def _least_share(ready: Prepared, problem: ExactProblem, bounds: Mapping[Limit, Fraction]) -> Found | None:
    """The plan whose largest use of some limits, over their bounds, is least; the limits themselves are lifted."""
    shares = tuple((_measure(ready, problem, limit), bound) for limit, bound in bounds.items())
    return search(problem, Worst(shares), without=bounds)


def _needs_substation(ready: Prepared, peak_mw: Fraction) -> bool:
    """Whether so much may be more than the country's medium voltage carries."""
    limit_mw = ready.setting.country.medium_voltage_limit_mw
    return limit_mw is not None and peak_mw > fraction(limit_mw)


def _least_within(ready: Prepared, problem: ExactProblem, limit: Limit, held: Mapping[Limit, Fraction]) -> Fraction:
    """The least use of a limit over all plans within the values held, exactly."""
    if limit == TRAINING_FLOP:
        return Fraction(ready.setting.training_flop)
    best = search(problem.under(held), limit)
    assert best is not None  # the plan of the larger share is one
    return best.value


def _measure(ready: Prepared, problem: ExactProblem, limit: Limit) -> Measure:
    if limit == TRAINING_FLOP:  # the same for every plan
        nothing = problem.options.nothing
        flop = Fraction(ready.setting.training_flop)
        return Measure(str(limit), limit.unit, flop, nothing, nothing, nothing, ZERO)
    return problem.measure(limit)


def _confirmed(ready: Prepared, needs: Needs) -> Joint | None:
    """The pair, proven; None where fewer than two limits would have to give, or a value cannot be asked for.

    Solve at the values; with each alone a hair less; and with all limits a hair below the larger share."""
    parts = []
    for limit, value in needs.values.items():
        asked = bound_of(ready, limit)
        if value > asked:
            parts.append(Part(limit, asked, suffices(value, limit.described.whole)))
    if len(parts) < 2:
        return None  # one of them alone would do, but no field of the case says it
    case, catalogue = ready.setting.case, ready.setting.catalogue
    at = at_values(case, {part.limit: part.needed for part in parts})
    if at is None:
        return None  # a value beyond what may be asked for
    reached = plan(at, catalogue)
    missed = [plan(short, catalogue) for short in _one_short(ready, parts)]
    missed.append(plan(*_all_short(ready, needs)))
    if not isinstance(reached, Plan) or any(isinstance(outcome, Plan) for outcome in missed):
        reported = {"limits": {str(part.limit): str(part.needed) for part in parts}, "case": case.given()}
        raise UndecidedError(
            say("the smallest values of several limits could not be confirmed by both proofs"), reported
        )
    return Joint(tuple(parts), under_found_limits(reached, (part.limit for part in parts), ready.setting.asked))


def _one_short(ready: Prepared, parts: list[Part]) -> Iterator[Case]:
    """The case with each limit in turn a hair short of what it needs next to the others."""
    needed = {part.limit: part.needed for part in parts}
    for part in parts:
        short = short_of(part.needed, part.limit.described.whole)
        case = at_values(ready.setting.case, {**needed, part.limit: short})
        if case is not None:
            yield case


def _all_short(ready: Prepared, needs: Needs) -> tuple[Case, Catalogue]:
    """The case with every limit of the group a hair below the larger share; what is for rent, of every kind alike."""
    case, catalogue = ready.setting.case, ready.setting.catalogue
    for limit in needs.values:
        whole = limit.described.whole
        most = needs.worst * bound_of(ready, limit)
        value = Decimal(math.ceil(most) - 1) if whole else short_of(suffices(most, whole), whole)
        if limit.kind == "hire" and len(needs.values) > 2:
            case, catalogue = move_limit(case, catalogue, Limit("hire"), value)
            continue
        changed = relax(case, limit, min(value, largest(limit)))
        case = case if changed is None else changed
    return case, catalogue


def at_values(case: Case, values: Mapping[Limit, Decimal]) -> Case | None:
    """The case with other values of some limits, each in its unit; None where one cannot be asked for."""
    changed: Case | None = case
    for limit, value in values.items():
        changed = None if changed is None else relax(changed, limit, value)
    return changed
