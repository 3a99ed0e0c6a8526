"""What else: the best plan of every other generation, procurement and costing basis, all that come near, a baseline.

Every plan reported is planned like the best (:mod:`optimizer.solve.planner`) and proven like it. Which kinds come near
is settled by the exhaustive search first, so that only those are planned. Of a kind there may be scores of plans near
the best, a server more or less: its cheapest is reported and, where cost is what counts, the fastest within the share
and the one of the lowest peak, each at its least cost. In a mix, those near are single kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from optimizer.catalogue import Catalogue
from optimizer.domain import BASES, Case, Policy
from optimizer.domain.limits import BUDGET
from optimizer.domain.reasons import CaseWhy, NotAsked, OptionWhy, ReasonKind
from optimizer.errors import DataError
from optimizer.exact import ExactCeiling, ExactProblem
from optimizer.exact.search import search
from optimizer.insight.explain import same_plan
from optimizer.insight.limits.concessions import round_up
from optimizer.insight.neighbours import sketch, why_not
from optimizer.plans.outcome import Infeasible, Outcome, Plan, Planned
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units import KW_PER_MW, fraction
from optimizer.units.records import dataclass
from optimizer.validation.study import ACCELERATORS

Baseline = Literal["rent-all", "study"]
"""``rent-all``: everything rented. ``study``: the study's choice, bought H100."""
BASELINES: tuple[Baseline, ...] = get_args(Baseline)
By = Literal["generation", "procurement", "basis", "kind", "trade", "baseline"]
Better = Literal["cost", "time", "peak", "carbon", "capital", "licence"]


@dataclass(frozen=True)
class Gain:
    """Something that another plan is better at."""

    at: Better
    """``time`` is days from the start or, where the deadline counts so, from the order; ``licence``: it needs none."""
    by: Fraction
    """By how much: USD, days, MW, tCO2e, USD; 0 for a licence."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The best plan of one way to go about it, or why there is none."""

    by: By
    name: str
    plan: Plan | None
    why: tuple[OptionWhy | CaseWhy, ...]
    """Why there is no plan, each reason once; none if there is one."""
    gains: tuple[Gain, ...]
    """What it is better at than the best plan; nothing where there is no best plan."""
    chosen: bool
    """Whether it is the best plan itself."""


@dataclass(frozen=True, eq=False)
class WhatElse(Planned):
    """A case planned, and what is next to the plan."""

    outcome: Outcome
    generations: tuple[Choice, ...]
    procurements: tuple[Choice, ...]
    bases: tuple[Choice, ...]
    near: tuple[Choice, ...]
    """Other plans whose objective is within the share, best first: of each kind (accelerator, precision, procurement)
    its best; and its fastest and that of its lowest peak, where cost counts and they are better at something."""
    within: Decimal
    """That share of the optimum, per cent."""
    baselines: tuple[Choice, ...]


def what_else(
    case: Case, catalogue: Catalogue, *, within: Decimal = Decimal(10), baselines: Sequence[Baseline] = ()
) -> WhatElse:
    """Plan a case and all that is next to it.

    Args:
        within: how near the optimum a plan of another kind must come to be reported, per cent.
        baselines: named plans to set next to it.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs of a plan do not agree.
    """
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    best = outcome if isinstance(outcome, Plan) else None
    return WhatElse(
        outcome=outcome,
        generations=tuple(_best_first(_generations(ready, best))),
        procurements=tuple(_best_first(_procurements(ready, best))),
        bases=tuple(_bases(ready, best)),
        near=tuple(_best_first(_near(ready, best, within))) if best else (),
        within=within,
        baselines=tuple(_baseline(ready, best, name) for name in baselines),
    )


def _best_first(choices: Iterator[Choice]) -> list[Choice]:
    """Those with a plan by objective and cost, then the others as they come."""
    return sorted(
        choices,
        key=lambda c: (False, c.plan.objective_value, c.plan.cost_usd) if c.plan else (True, Fraction(0), Fraction(0)),
    )


def _generations(ready: Prepared, best: Plan | None) -> Iterator[Choice]:
    """The best plan of every generation that the case does not leave out."""
    case, chips = ready.setting.case, ready.setting.catalogue.accelerators
    members: dict[tuple[str, str], list[str]] = {}
    for chip in chips.values():
        if chip.id not in case.avoid and (not case.use or chip.id in case.use):
            members.setdefault((chip.vendor, chip.generation), []).append(chip.id)
    for (vendor, generation), names in members.items():
        yield _choice(ready, best, "generation", f"{vendor} {generation}", use=tuple(names))


def _procurements(ready: Prepared, best: Plan | None) -> Iterator[Choice]:
    """The best plan of every way to have servers, whatever the case says of it; owned ones where some are."""
    setting = ready.setting
    for way in setting.assumptions.procurements:
        if way != "own" or any(count for _, count in setting.case.owned):
            yield _choice(ready, best, "procurement", way, procurement=(way,))


def _bases(ready: Prepared, best: Plan | None) -> Iterator[Choice]:
    """The best plan under every other costing basis; the rental one rents, whatever the case says of buying."""
    for basis in BASES:
        if basis != ready.setting.case.basis:
            rented: dict[str, Any] = {"procurement": ("rent",)} if basis == "rental" else {}
            yield _choice(ready, best, "basis", basis, basis=basis, **rented)


def _near(ready: Prepared, best: Plan, within: Decimal) -> Iterator[Choice]:
    """Of every kind whose best plan comes within the share of the optimum that plan, and others that trade it."""
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for i, option in enumerate(ready.problem.options):
        kinds.setdefault((option.key.accelerator, option.key.precision, option.key.procurement), []).append(i)
    most = best.objective_value * (1 + fraction(within) / 100)
    reported = [best]
    for (accelerator, precision, way), indices in kinds.items():
        alone = sketch(ready, indices)
        if alone is None or alone.objective_value > most:
            continue
        name = f"{accelerator} {precision} {way}"
        only: dict[str, Any] = {"use": (accelerator,), "precision": (precision,), "procurement": (way,), "mix": 1}
        choices = [_choice(ready, best, "kind", name, **only)]
        choices += [
            _choice(ready, best, "trade", f"{name}, {trait}", **only, **limit)
            for trait, limit in _traded(ready, indices, most)
        ]
        for choice in choices:
            if choice.plan is None or any(same_plan(choice.plan, other) for other in reported):
                continue
            if choice.by == "kind" or choice.gains:
                reported.append(choice.plan)
                yield choice


def _traded(ready: Prepared, indices: list[int], most: Fraction) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the fastest plan of a kind within a cost is held to, and that of the lowest peak; only where cost counts."""
    if ready.setting.case.objective != "cost":
        return  # of other objectives no limit keeps a trade within bounds
    within = _within_cost(ready.problem, most)
    fastest = search(within, "finish", among=indices)
    lowest = search(within, "peak_power", among=indices)
    if fastest is not None and lowest is not None:
        yield "fastest", {"deadline_days": int(fastest.value)}
        yield "lowest peak", {"max_mw": round_up(lowest.value / KW_PER_MW)}


def _within_cost(problem: ExactProblem, most: Fraction) -> ExactProblem:
    """A problem of plans that cost no more than some sum, and keep every limit."""
    ceiling = ExactCeiling(BUDGET, most, problem.measure("cost"))
    return replace(problem, ceilings=(*problem.ceilings, ceiling))


def _baseline(ready: Prepared, best: Plan | None, name: Baseline) -> Choice:
    if name == "rent-all":
        return _choice(ready, best, "baseline", name, procurement=("rent",))
    return _choice(ready, best, "baseline", name, use=(ACCELERATORS[0],), avoid=(), procurement=("buy",), mix=1)


def _choice(ready: Prepared, best: Plan | None, by: By, name: str, **changes: Any) -> Choice:
    """The case with some fields changed, planned."""
    try:
        other = prepare(ready.setting.case.changed(**changes), ready.setting.catalogue)
        outcome = solve_prepared(other)
    except DataError as error:  # what the case asks for does not work with the change
        return Choice(by, name, None, (NotAsked(error.problems),), (), False)
    if not isinstance(outcome, Plan):
        return Choice(by, name, None, _why(other, outcome), (), False)
    gains = tuple(_gains(best, outcome, comparable=by != "basis")) if best else ()
    return Choice(by, name, outcome, (), gains, best is not None and by != "basis" and same_plan(best, outcome))


def _why(ready: Prepared, outcome: Infeasible) -> tuple[OptionWhy | CaseWhy, ...]:
    """The limits that keep every option out, or why no option is left.

    That the case names others to use says nothing about the ones in question.
    """
    if outcome.why.over_limits:
        return (why_not(ready, list(range(len(ready.problem.options)))),)
    reasons = (excluded.reason for excluded in ready.table.excluded)
    known = dict.fromkeys(reason for reason in reasons if reason.kind is not ReasonKind.OTHERS_NAMED)
    return tuple(known) or (outcome.why,)


def _gains(best: Plan, other: Plan, *, comparable: bool) -> Iterator[Gain]:
    """What another plan is better at; costs on another basis are no costs to compare."""
    falls: dict[Better, Fraction] = {
        "cost": best.cost_usd - other.cost_usd if comparable else Fraction(0),
        "time": Fraction(best.days + best.lead_days - other.days - other.lead_days),
        "peak": best.peak_mw - other.peak_mw,
        "carbon": best.carbon_t - other.carbon_t,
        "capital": best.capital_usd - other.capital_usd,
    }
    for at, by in falls.items():
        if by > 0:
            yield Gain(at, by)
    if needs_licence(best) and not needs_licence(other):
        yield Gain("licence", Fraction(0))


def needs_licence(plan: Plan) -> bool:
    """Whether some of a plan's servers come in under a licence."""
    return any(item.policy == Policy.APPROVAL and item.key.procurement == "buy" for item in plan.items)
