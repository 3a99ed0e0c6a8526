"""From a case to a proven answer: options -> model -> HiGHS -> plan -> verified, and proven a second time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.domain.case_names import flag_of
from optimizer.domain.limits import Aim
from optimizer.domain.reasons import NoPlan
from optimizer.errors import DataError, NoVerdictError, ScaleError, UsageError
from optimizer.exact import exact_problem
from optimizer.exact.search import Found, search
from optimizer.model.limit_rows import demand
from optimizer.options import OptionTable, options_table
from optimizer.plans.outcome import Infeasible, LetIn, Outcome, Plan, assemble
from optimizer.plans.proof import NO_SOLVER, Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import verify, violations
from optimizer.solve.claim import (
    Claim,
    Known,
    Prepared,
    Solver,
    claim,
    claim_in_words,
    reduce_programme,
    solver_name,
    state_programme,
    undecided_error,
)
from optimizer.solve.obstacle import obstacle
from optimizer.units.language import say


def prepare(case: Case, catalogue: Catalogue) -> Prepared:
    """Settle a case and compute its options, twice.

    Raises:
        DataError: unknown names or figures that do not go together.
        UsageError: the case says what feeds its site, which is planned elsewhere.
    """
    if case.feed is not None:  # a plan that left it out would answer another question
        flags = ", ".join(flag_of(name) for name, _ in case.feed.given())
        # no DataError: where several cases are planned, that would be an answer to one of them
        raise UsageError.say(
            "this command does not plan the supply of a site ({flags}): use optimizer plan or optimizer power",
            flags=flags,
        )
    setting = settle(case, catalogue)
    table = options_table(setting)
    problem = exact_problem(setting, table.keys)
    return Prepared(setting, table, demand(setting, table), problem)


def plan(case: Case, catalogue: Catalogue, *, solver: Solver | None = None) -> Outcome:
    """The proven best plan of a case, or the proof that there is none.

    Args:
        solver: stands in for :func:`optimizer.solve.highs.solve` in tests.

    Raises:
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree, or the solver gave no verdict (then an UndecidedError).
    """
    return solve_prepared(prepare(case, catalogue), solver=solver)


def solve_prepared(ready: Prepared, *, solver: Solver | None = None) -> Outcome:
    """As :func:`plan`, for a case that was prepared already.

    Raises:
        UndecidedError: the plan fails the exact verification.
    """
    refuse_confidence(ready)
    mix = ready.setting.case.mix or 1
    objective = ready.setting.case.objective or "cost"
    outcome = _single(ready, solver, objective) if mix == 1 else _mixed(ready, solver, mix, objective)
    return _verified(ready, outcome) if isinstance(outcome, Plan) else outcome


def carried_over(ready: Prepared, best: Plan) -> Plan | None:
    """The best plan of a case with more room as the plan of this one, where it is within every limit here: nothing is
    better with less room. None where it is not.

    Raises:
        UndecidedError: the plan fails the exact verification.
    """
    places = {option.key: place for place, option in enumerate(ready.problem.options)}
    used = []
    for item in best.items:
        # without room for a substation there is one connection only, which has no name
        keys = (item.key, *(replace(item.key, connection=name) for name in ("", "mv") if item.key.connection != "hv"))
        place = next((places[key] for key in keys if key in places), None)
        if place is None:
            return None
        used.append((place, item.servers, item.server_days))
    used.sort()
    value = ready.problem.measure(ready.setting.case.objective or "cost").value(used, best.days)
    if value != best.objective_value or violations(ready.problem, used, best.days, ready.setting.case.mix or 1):
        return None
    plan = assemble(ready.setting, ready.problem, used, best.days, best.proof, laws(ready.table))
    return _verified(ready, plan)


def _verified(ready: Prepared, plan: Plan) -> Plan:
    """The plan, where the exact verification finds nothing wrong with it.

    Raises:
        UndecidedError: it does.
    """
    if wrong := verify(plan):
        raise undecided_error(ready, say("the plan fails exact verification: ") + "; ".join(map(str, wrong)))
    return plan


def refuse_confidence(ready: Prepared) -> None:
    """Refuse a case that asks for a confidence: draws are looked at above this floor, and here the figures are central.

    Raises:
        DataError: it does.
    """
    if (share := ready.setting.case.confidence) is not None:
        rule = say("works only with plan, ask, batch and sweep; here all figures have their central values")
        raise DataError.at(rule, column="confidence", value=f"{share:f}")


def _single(ready: Prepared, solver: Solver | None, objective: str) -> Outcome:
    """One option: HiGHS against an exhaustive search in exact arithmetic."""
    found = search(ready.problem, objective)
    try:
        reached = Known(None if found is None else found.value)
        said = claim(ready, solver, reduce_programme(state_programme(ready, objective, 1), reached))
    except ScaleError as error:
        return _alone(ready, found, Ended(EndKind.SCALE, str(error)))
    except NoVerdictError as error:
        return _alone(ready, found, Ended(EndKind.NOT_BELIEVED, str(error)))
    proof = _proof(ProofKind.EXHAUSTIVE, said)
    if not said.feasible and found is None:
        return Infeasible(ready.setting, partial(why_none, ready), proof)
    if found is None or not said.feasible or not said.confirms(found.value):
        reported = {"search": _found_in_words(ready, found), "highs": claim_in_words(ready, said)}
        raise undecided_error(ready, say("HiGHS and the exhaustive search do not agree"), **reported)
    used = [(found.option, found.servers, found.server_days)]
    return assemble(ready.setting, ready.problem, used, found.days, proof, laws(ready.table))


def _alone(ready: Prepared, found: Found | None, ended: Ended) -> Outcome:
    """The exhaustive search alone, where the figures are no model for a solver, or it gives no verdict on it; the proof
    says so."""
    proof = Proof(ProofKind.EXHAUSTIVE, NO_SOLVER, ended, 0.0, 0.0)
    if found is None:
        return Infeasible(ready.setting, partial(why_none, ready), proof)
    used = [(found.option, found.servers, found.server_days)]
    return assemble(ready.setting, ready.problem, used, found.days, proof, laws(ready.table))


def least(ready: Prepared, measure: Aim, solver: Solver | None = None) -> Fraction | None:
    """The least value of a measure, or of what a limit bounds, in its unit, over all plans of a case, proven as a plan
    is; None if there is no plan."""
    mix = ready.setting.case.mix or 1
    if mix == 1:
        best = search(ready.problem, measure)
        return None if best is None else best.value
    from optimizer.solve.mix import agree_on_mix  # a plan of one kind needs none of it

    best_of_mix = agree_on_mix(ready, solver, measure, mix)[0]
    return None if best_of_mix is None else ready.problem.measure(measure).value(*best_of_mix)


def _mixed(ready: Prepared, solver: Solver | None, mix: int, objective: str) -> Outcome:
    """Several options: two HiGHS runs that cannot fail in the same way, then exact verification and exact ties."""
    from optimizer.solve.mix import agree_on_mix, first_of_ties

    best, said, known = agree_on_mix(ready, solver, objective, mix)
    counted = said.ended.kind in (EndKind.NOT_BELIEVED, EndKind.SCALE)
    proof = _proof(ProofKind.EXHAUSTIVE if counted else ProofKind.AGREED, said)
    if best is None:
        return Infeasible(ready.setting, partial(why_none, ready), proof)
    used, days = best if counted else first_of_ties(ready, solver, objective, mix, best, known)
    return assemble(ready.setting, ready.problem, used, days, proof, laws(ready.table))


def why_none(ready: Prepared) -> NoPlan:
    """Why there is no plan at all."""
    return obstacle(ready.setting, ready.table, compute_allowed=ready.asked.compute_allowed)


def laws(table: OptionTable) -> Mapping[OptionKey, LetIn]:
    """How the rule of its route treats each option; calculated once for all cases of the table."""
    if "laws" not in table.derived:
        table.derived["laws"] = {
            option.key: LetIn(option.route.policy, option.route.chip_class, option.route.meaning)
            for option in table.options
        }
    found: Mapping[OptionKey, LetIn] = table.derived["laws"]
    return found


def _proof(kind: ProofKind, said: Claim) -> Proof:
    return Proof(kind, solver_name() if said.ran else NO_SOLVER, said.ended, said.gap, said.seconds)


def _found_in_words(ready: Prepared, found: Found | None) -> Any:
    if found is None:
        return "infeasible"
    name = ready.problem.options[found.option].key.name
    return {"option": name, "servers": found.servers, "days": found.days, "value": float(found.value)}
