"""From a case to a proved answer: options -> model -> HiGHS -> plan -> verified, and proved a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.errors import UndecidedError
from optimizer.exact import ExactProblem, exact_problem
from optimizer.limits import Demand, demand
from optimizer.options import OptionTable, options_table
from optimizer.plan import Infeasible, Outcome, Plan, Proof, Used, assemble
from optimizer.search import Found, beyond_reach, search
from optimizer.setting import Setting, settle
from optimizer.verify import verify, violations

if TYPE_CHECKING:
    from optimizer.highs import Solution
    from optimizer.model import LinearMeasure, Programme

AGREEMENT = 1e-7
"""Relative distance within which a float objective of HiGHS confirms an exact one."""
HAIR = 1e-6
"""A limit missed by less than this share is the solver's tolerance at work: it is tightened and solved again."""
ATTEMPTS = 4
TIE_ORDER = ("cost", "days", "servers")

Solver = Callable[..., "Solution"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A case made ready: its options in floating point for the model, and in exact figures for the proofs."""

    setting: Setting
    table: OptionTable
    asked: Demand
    problem: ExactProblem


def prepare(case: Case, catalogue: Catalogue) -> Prepared:
    """Settle a case and compute its options, twice.

    Raises:
        DataError: unknown names or figures that do not go together.
    """
    setting = settle(case, catalogue)
    table = options_table(setting)
    problem = exact_problem(setting, [option.key for option in table.options])
    return Prepared(setting, table, demand(setting, table), problem)


def plan(case: Case, catalogue: Catalogue, *, solver: Solver | None = None) -> Outcome:
    """The proved best plan of a case, or the proof that there is none.

    Args:
        solver: stands in for :func:`optimizer.highs.solve` in tests.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the two proofs do not agree, or the solver gave no verdict.
    """
    return solve_prepared(prepare(case, catalogue), solver=solver)


def solve_prepared(ready: Prepared, *, objective: str | None = None, solver: Solver | None = None) -> Outcome:
    """As :func:`plan`, for a case that was prepared already.

    Args:
        objective: what to minimise in place of the case's own objective: any measure, also the use of a cap.
    """
    if solver is None:
        from optimizer import highs

        solver = highs.solve
    mix = ready.setting.case.mix or 1
    aim = objective or ready.setting.case.objective or "cost"
    outcome = _single(ready, solver, aim) if mix == 1 else _mixed(ready, solver, mix, aim)
    if isinstance(outcome, Plan) and (wrong := verify(outcome)):
        raise _undecided(ready, "the plan does not stand up to exact verification: " + "; ".join(wrong), {})
    return outcome


def _single(ready: Prepared, solver: Solver, objective: str) -> Outcome:
    """One option: HiGHS against an exhaustive search in exact arithmetic."""
    found = search(ready.problem, objective)
    claim = _claim(ready, solver, objective, 1, {}, second=False)
    proof = _proof("exhaustive", claim)
    if not claim.feasible and found is None:
        return Infeasible(ready.setting, _cause(ready), proof)
    if found is None or not claim.feasible or not _same(claim, found.value):
        told = {"search": _found_in_words(ready, found), "solver": _claim_in_words(ready, claim)}
        raise _undecided(ready, "HiGHS and the exhaustive search do not agree", told)
    used = [(found.option, found.servers, found.server_days)]
    return assemble(ready.setting, ready.problem, used, found.days, proof, laws(ready.table))


def _mixed(ready: Prepared, solver: Solver, mix: int, objective: str) -> Outcome:
    """Several options: two HiGHS runs that cannot fail in the same way, then exact verification.

    Ties are broken by solving again for cost, days and servers with what was won before held fast; only a
    plan that is no worse in exact arithmetic replaces the one at hand.
    """
    alone = search(ready.problem, objective)
    held: dict[str, Fraction] = {}
    best: Claim | None = None
    proof: Proof | None = None
    stages = tuple(dict.fromkeys((objective, *TIE_ORDER)))
    for stage in stages:
        claim = _claim(ready, solver, stage, mix, held, second=False)
        check = _claim(ready, solver, stage, mix, held, second=True)
        if claim.feasible != check.feasible or (claim.feasible and not _close(claim.claimed, check.claimed)):
            told = {"first": _claim_in_words(ready, claim), "second": _claim_in_words(ready, check)}
            raise _undecided(ready, f"two runs of HiGHS do not agree on {stage}", told)
        if best is None:
            proof = _proof("agreed", claim)
            if not claim.feasible:
                if alone is not None:
                    raise _undecided(ready, "HiGHS finds no mix where one option alone is feasible", {})
                return Infeasible(ready.setting, _cause(ready), proof)
            if claim.value is None or not _same(claim, claim.value):
                raise _undecided(
                    ready, "HiGHS's objective is not that of its plan", {"solver": _claim_in_words(ready, claim)}
                )
            if alone is not None and alone.value < claim.value and not _same(claim, alone.value):
                raise _undecided(
                    ready, "one option alone is better than HiGHS's mix", {"solver": _claim_in_words(ready, claim)}
                )
        if claim.feasible:
            best = min((c for c in (best, claim) if c is not None), key=lambda c: _rank(ready, stages, c))
        assert best is not None  # the first stage set it
        held[stage] = ready.problem.measure(stage).value(best.used, best.days)
    assert best is not None and proof is not None
    used = list(best.used)
    days = best.days
    if alone is not None:
        single: list[Used] = [(alone.option, alone.servers, alone.server_days)]
        if _rank_of(ready, stages, single, alone.days) <= _rank_of(ready, stages, used, days):
            used, days = single, alone.days
    return assemble(ready.setting, ready.problem, used, days, proof, laws(ready.table))


def _rank(ready: Prepared, stages: tuple[str, ...], claim: Claim) -> tuple[Any, ...]:
    return _rank_of(ready, stages, list(claim.used), claim.days)


def _rank_of(ready: Prepared, stages: tuple[str, ...], used: list[Used], days: int) -> tuple[Any, ...]:
    """What decides between two plans, in order: the objective, cost, days, servers, names."""
    values = tuple(ready.problem.measure(stage).value(used, days) for stage in stages)
    return (*values, sorted(ready.problem.options[option].key for option, _, _ in used))


def _same(claim: Claim, value: Fraction) -> bool:
    """Whether a solver's objective and that of its plan both confirm an exact value."""
    return _close(claim.claimed, float(value)) and claim.value is not None and _close(float(claim.value), float(value))


def _close(one: float, two: float) -> bool:
    return abs(one - two) <= AGREEMENT * max(abs(one), abs(two))


def _cause(ready: Prepared) -> Any:
    """Why there is no plan at all, in one word."""
    if not ready.asked.compute_allowed:
        return "compute_cap"
    if ready.table.options:
        return "limits"
    reasons = [excluded.reason for excluded in ready.table.excluded]
    considered = [reason for reason in reasons if not reason.startswith("the case ")]
    return "law" if considered and all(reason.startswith("export control") for reason in considered) else "data"


def laws(table: OptionTable) -> dict[OptionKey, tuple[str, str, str]]:
    """Policy, chip class and rule in words of every option."""
    return {
        option.key: (option.route.policy, option.route.chip_class, f"{option.route.rule}: {option.route.meaning}")
        for option in table.options
    }


@cache
def solver_name() -> str:
    """The solver and its version."""
    return f"HiGHS {version('highspy')}"


def _proof(kind: Any, claim: Claim) -> Proof:
    return Proof(kind, solver_name(), claim.status, claim.gap, claim.seconds)


def _undecided(ready: Prepared, message: str, told: Mapping[str, Any]) -> UndecidedError:
    """Disagreement is never a plan: an error with what is needed to reproduce it."""
    catalogue = ready.setting.catalogue
    dossier = {
        "message": message,
        "case": ready.setting.case.given(),
        "data_version": catalogue.version,
        "data_digest": catalogue.digest,
        "solver": solver_name(),
        **told,
    }
    return UndecidedError(message, dossier)


def _found_in_words(ready: Prepared, found: Found | None) -> Any:
    if found is None:
        return "infeasible"
    name = ready.problem.options[found.option].key.name
    return {"option": name, "servers": found.servers, "days": found.days, "value": float(found.value)}


def _claim_in_words(ready: Prepared, claim: Claim) -> Any:
    if not claim.feasible:
        return f"infeasible ({claim.status})"
    chosen = {ready.problem.options[option].key.name: servers for option, servers, _ in claim.used}
    return {"servers": chosen, "days": claim.days, "claimed": claim.claimed, "value": float(claim.value or 0)}
