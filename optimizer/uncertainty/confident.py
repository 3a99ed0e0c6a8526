"""The plan of a case, with the confidence that it asks for: the cheapest that meets every limit in a share of draws.

The draws are those of the odds (:mod:`optimizer.uncertainty.odds`), and the plan is proven as the robust plan is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import combinations

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import TRAINING_FLOP, Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import InputError, Problem
from optimizer.insight import Answer
from optimizer.insight.limits.concessions import Concession, Part, largest, relax, suffices
from optimizer.insight.limits.needs import bound_of
from optimizer.insight.limits.pairs import Joint, at_values, pair_limits
from optimizer.insight.limits.pairs_of_mix import CLEAR, FAR
from optimizer.insight.limits.relaxations import move_limit
from optimizer.insight.neighbours import SEARCH_ALONE, Binding, cloud, limits_to_raise
from optimizer.plans.outcome import Infeasible, Outcome, Plan, assemble, under_found_limits
from optimizer.plans.proof import Proof
from optimizer.solve.claim import Prepared
from optimizer.solve.obstacle import barring
from optimizer.solve.planner import laws, prepare, solve_prepared
from optimizer.uncertainty.chance_constrained import Surest, surest
from optimizer.uncertainty.fixed_choice import Choice
from optimizer.uncertainty.odds import DRAWS, SEED
from optimizer.uncertainty.robust import Robust, robust
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs
from optimizer.units.language import say
from optimizer.units.records import dataclass


def solve_case(ready: Prepared) -> Outcome:
    """The proven best plan of a case, or the proof that there is none; with the confidence that the case asks for.

    Raises:
        InputError: the confidence is asked of what has none: a mix, or another objective than cost.
        SolverError: the two proofs do not agree.
    """
    if ready.setting.case.confidence is None:
        return solve_prepared(ready)
    return as_outcome(ready, confident(ready))


def confident(ready: Prepared) -> Robust:
    """The cheapest choice that meets every limit in the share of the draws that a case asks for.

    Raises:
        InputError: the confidence is asked of what has none: a mix, or another objective than cost.
        SolverError: the two proofs do not agree.
    """
    case, share = ready.setting.case, ready.setting.case.confidence
    assert share is not None  # asked only then
    problems = []
    if (case.mix or 1) > 1:
        problems.append(
            Problem(say("is for plans of one kind of server: leave --mix out"), column="confidence", value=f"{share:f}")
        )
    if case.objective not in (None, "cost"):
        rule = say("finds the cheapest plan that is sure enough: leave --objective out, or give cost")
        problems.append(Problem(rule, column="confidence", value=f"{share:f}"))
    if problems:
        raise InputError(problems)
    plain = ready.setting.asked.changed(confidence=None)
    return robust(plain, ready.setting.catalogue, count=DRAWS, seed=SEED, share=share)


@dataclass(frozen=True, eq=False)
class Confident:
    """The answer to a case that asks for a confidence, and the robust plan that it rests on."""

    answer: Answer
    robust: Robust


def confident_answer(case: Case, catalogue: Catalogue) -> Confident:
    """Plan a case with the confidence that it asks for.

    Of what other answers have next to their plan, what is found at central values is left out.

    Raises:
        DataError: the case or the data cannot be used, or the confidence is asked of what has none.
        SolverError: the two proofs do not agree.
    """
    ready = prepare(case, catalogue)
    found = confident(ready)
    outcome = as_outcome(ready, found)
    given = () if isinstance(outcome, Plan) else tuple(confident_concessions(ready, outcome))
    answer = Answer(
        ready=ready,
        outcome=outcome,
        alternatives=(),
        runner_up=None,
        cloud=cloud(ready),
        binding=tuple(_binding(ready, outcome)) if isinstance(outcome, Plan) else (),
        concessions=given,
        pair=None if isinstance(outcome, Plan) or given else confident_pair(ready, outcome),
        at_central=False,
    )
    return Confident(answer, found)


def confident_concessions(ready: Prepared, outcome: Infeasible) -> Iterator[Concession]:
    """For each limit of a case without a plan that is sure enough, the least value of it alone at which there is one.

    The value has as many decimals as a row shows; one unit of the last of them less, and there is none. Both sides are
    those of the search over all draws; ``optimizer plan --confidence`` proves the plan at the value a second time.
    """
    if not (outcome.why.over_limits or outcome.cause is Cause.CONFIDENCE):
        return
    for limit in limits_to_raise(ready.problem):
        needed = _least_sure(ready, limit)
        if needed is None:
            continue
        there, found = _surest_at(ready, limit, needed)
        assert found is not None  # which made it the value
        plan = _planned(there, Choice(found.drawn.option.key, found.servers), found.days, SEARCH_ALONE)
        yield Concession(limit, bound_of(ready, limit), needed, under_found_limits(plan, [limit], ready.setting.asked))


def confident_needs(ready: Prepared, outcome: Infeasible) -> Mapping[Limit, Fraction | None]:
    """The same as a row has it: by limit the least value, in its unit."""
    return {given.limit: Fraction(given.needed) for given in confident_concessions(ready, outcome)}


def confident_pair(ready: Prepared, outcome: Infeasible) -> Joint | None:
    """The two limits of a case without a plan that is sure enough whose larger increase, needed over asked, is least,
    to a share of 1e-4; of each then the least. None where no pair is enough at a thousand times what is asked."""
    if not (outcome.why.over_limits or outcome.cause is Cause.CONFIDENCE):
        return None
    best: dict[Limit, Decimal] | None = None
    worst = FAR
    for two in combinations([limit for limit in pair_limits(ready) if limit != TRAINING_FLOP], 2):
        bounds = {limit: bound_of(ready, limit) for limit in two}
        low, high = Fraction(1), worst * (1 - CLEAR)
        if _sure_within(ready, bounds, high) is None:
            continue
        while high - low > high * CLEAR:
            middle = min((low + high) / 2, 2 * low)  # mostly little is needed
            low, high = (low, middle) if _sure_within(ready, bounds, middle) else (middle, high)
        best, worst = {limit: _told(limit, high * bound) for limit, bound in bounds.items()}, high
    if best is None:
        return None
    for limit in sorted(best, key=lambda limit: (_least_next_to(ready, limit, best) / bound_of(ready, limit), limit)):
        best[limit] = _told(limit, _least_next_to(ready, limit, best))
    found = _surest_with(ready, best)
    assert found is not None and found[1] is not None  # which made them the values
    plan = _planned(found[0], Choice(found[1].drawn.option.key, found[1].servers), found[1].days, SEARCH_ALONE)
    parts = tuple(Part(limit, bound_of(ready, limit), value) for limit, value in best.items())
    return Joint(parts, under_found_limits(plan, best, ready.setting.asked))


def _told(limit: Limit, value: Fraction) -> Decimal:
    """A value with as many decimals as a row shows, rounded up."""
    unit = _unit(limit)
    return math.ceil(value / Fraction(unit)) * unit


def _unit(limit: Limit) -> Decimal:
    kind = limit.described
    return Decimal(1).scaleb(0 if kind.whole else -(kind.decimals or 0))


def _sure_within(ready: Prepared, bounds: Mapping[Limit, Fraction], share: Fraction) -> Surest | None:
    """A choice that is sure enough with some limits at a share of what is asked."""
    found = _surest_with(ready, {limit: _told(limit, share * bound) for limit, bound in bounds.items()})
    return None if found is None else found[1]


def _surest_with(ready: Prepared, values: Mapping[Limit, Decimal]) -> tuple[Prepared, Surest | None] | None:
    held = {limit: min(value, largest(limit)) for limit, value in values.items()}
    case = at_values(ready.setting.case, held)
    return None if case is None else _surest(ready, case, ready.setting.catalogue)


def _least_next_to(ready: Prepared, limit: Limit, values: Mapping[Limit, Decimal]) -> Fraction:
    """The least value of one of two limits, next to that of the other, in its unit."""
    unit = _unit(limit)
    low, high = math.floor(bound_of(ready, limit) / Fraction(unit)), int(values[limit] / unit)
    while high - low > 1:
        middle = (low + high) // 2
        found = _surest_with(ready, {**values, limit: middle * unit})
        low, high = (low, middle) if found is not None and found[1] is not None else (middle, high)
    return Fraction(high * unit)


def _least_sure(ready: Prepared, limit: Limit) -> Decimal | None:
    """The least value of a limit at which a plan is sure enough; None if there is none, or no case can ask for it."""
    if limit == TRAINING_FLOP:  # the same for every plan
        value = suffices(Fraction(ready.setting.training_flop), whole=False)
        return value if _surest_at(ready, limit, value)[1] else None
    kind = limit.described
    unit = Decimal(1).scaleb(0 if kind.whole else -(kind.decimals or 0))
    # more of a limit never makes a plan less sure: counted in units, it is too little at low and enough at high
    low = math.floor(bound_of(ready, limit) / Fraction(unit))
    most, high = min(largest(limit), Decimal(MOST_UNITS)) / unit, max(1, low)
    while _surest_at(ready, limit, high * unit)[1] is None:
        if high >= most:
            return None
        low, high = high, min(2 * high, int(most))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _surest_at(ready, limit, middle * unit)[1] else (middle, high)
    return high * unit


MOST_UNITS = 10**12
"""Of the unit of a limit: beyond, no more of it is looked for."""


def _surest_at(ready: Prepared, limit: Limit, value: Decimal) -> tuple[Prepared, Surest | None]:
    """The case with another value of a limit, and its cheapest choice that is sure enough; None if there is none, or
    no case can ask for that value."""
    case = relax(ready.setting.case, limit, value)
    return (ready, None) if case is None else _surest(ready, case, ready.setting.catalogue)


def _surest(ready: Prepared, case: Case, catalogue: Catalogue) -> tuple[Prepared, Surest | None]:
    share = ready.setting.case.confidence
    assert share is not None  # asked only then
    there = prepare(case, catalogue)
    keys = tuple(option.key for option in there.table.options)
    sample = Sample(uncertain_inputs(there.setting, keys), DRAWS, SEED)
    return there, surest(there, sample, math.ceil(share * DRAWS))


def _binding(ready: Prepared, plan: Plan) -> Iterator[Binding]:
    """The limits without which a cheaper plan would be as sure."""
    for use in plan.limits:
        kind = use.limit.described
        if kind.scope == "accelerator":
            case = relax(ready.setting.case, use.limit, largest(use.limit))
            catalogue = ready.setting.catalogue
        else:
            case, catalogue = move_limit(ready.setting.case, ready.setting.catalogue, use.limit, None)
        found = None if case is None else _surest(ready, case, catalogue)[1]
        if found is not None and found.cost_usd < plan.cost_usd:
            yield Binding(use, plan.cost_usd - found.cost_usd)


def _too_unsure(ready: Prepared) -> NoPlan:
    return NoPlan(Cause.CONFIDENCE, barring=barring(ready.setting, ready.table))


def as_outcome(ready: Prepared, found: Robust) -> Outcome:
    """A robust plan as the outcome of a case."""
    if isinstance(found.basis.best, Infeasible):
        return replace(found.basis.best, setting=ready.setting)
    if found.plan is None:
        return Infeasible(ready.setting, partial(_too_unsure, ready), found.proof)
    return _planned(ready, found.plan.choice, found.plan.central.days, found.proof)


def _planned(ready: Prepared, choice: Choice, days: int, proof: Proof) -> Plan:
    place = ready.table.places[choice.key]
    worked = ready.problem.work_pflops_days / ready.problem.options[place].pflops
    used = [(place, choice.servers, worked)]
    return assemble(ready.setting, ready.problem, used, days, proof, laws(ready.table))
