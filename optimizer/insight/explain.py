"""Why this plan: which limits bind, and what more of each, or its absence, is worth.

Every figure comes from planning a changed case with :func:`optimizer.solve.planner.plan`: it is proven like the plan
itself. No shadow price is used, which in whole servers and days would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Literal

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import NotAsked, Undetermined
from optimizer.errors import DataError, SolverError
from optimizer.insight.limits.relaxations import (
    Movable,
    licences,
    lift_limits,
    movable,
    move_limit,
    refuse_licences,
    steps,
)
from optimizer.plans.outcome import Infeasible, LimitUse, MayHavePlan, Outcome, Plan, Planned, use_of
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import plan, prepare, solve_prepared
from optimizer.units.records import dataclass

Kind = Literal["more", "without", "both", "all", "licence", "rules"]


@dataclass(frozen=True, eq=False)
class Worth(MayHavePlan):
    """The case with one thing changed, solved again."""

    kind: Kind
    """``more`` of a limit, a case ``without`` it, without ``both`` of two, without ``all`` of them; a ``licence``
    refused; other ``rules``."""
    name: Limit | str | tuple[Limit, Limit]
    """The limit or the two; or the name of the export rule or of the rule set."""
    asked: Fraction | None
    """The bound of the limit as it is."""
    value: Decimal | None
    """The bound that was tried; None where it was lifted, and for rules."""
    outcome: Outcome | None
    """None where the case cannot be asked so; ``why`` says why not."""
    saving: Fraction | None
    """Fall of the objective, in its own unit (kW, kWh and g for power, energy and carbon); below 0 if it rises."""
    saving_usd: Fraction | None
    """Fall of the cost, USD, whatever the objective."""
    same: bool
    """Whether the very same servers for the same days come out."""
    why: NotAsked | Undetermined | None = None


@dataclass(frozen=True, eq=False)
class Standing:
    """How a plan stands to one limit: its use, and what the limit costs."""

    use: LimitUse
    without: Worth
    """The case without this limit."""

    @property
    def binds(self) -> bool:
        """Whether the plan would be better without the limit."""
        return bool(self.without.saving and self.without.saving > 0)


@dataclass(frozen=True, eq=False)
class Explanation(Planned):
    """Why a plan is as it is; every part of it was solved again."""

    outcome: Plan
    standings: tuple[Standing, ...]
    pairs: tuple[Worth, ...]
    """Two limits that bind together: without both there is a better plan than without either alone."""
    together: Worth | None
    """The case without any of its limits; None where it has but one."""
    worth: tuple[Worth, ...]
    """More of each limit, alone."""
    licences: tuple[Worth, ...]
    """Each licence that the plan rests on refused, and then every licence at once."""
    rules: tuple[Worth, ...]
    """Every other rule set of the data."""


def explain(case: Case, catalogue: Catalogue) -> Explanation | Infeasible:
    """Plan a case and say why the plan is as it is; an infeasible case comes back as it is (see whynot).

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs of a plan do not agree.
    """
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    return explain_planned(ready, outcome) if isinstance(outcome, Plan) else outcome


def explain_planned(ready: Prepared, best: Plan) -> Explanation:
    """As :func:`explain`, for a case that was planned already."""
    setting, found = ready.setting, movable(ready)
    case, catalogue = setting.case, setting.catalogue
    removable = [one for one in found if one.limit.kind != "owned"]
    standings = [_standing(best, one) for one in removable]
    whole = lift_limits(case, catalogue, [one.limit for one in removable])
    together = _tried(best, "all", "", None, None, *whole) if len(removable) > 1 else None
    return Explanation(
        outcome=best,
        standings=tuple(standings),
        pairs=tuple(_pairs(best, standings, together)),
        together=together,
        worth=tuple(
            _tried(best, "more", one.limit, one.bound, value, *move_limit(case, catalogue, one.limit, value))
            for one in found
            for value in steps(one)
        ),
        licences=tuple(_licences(best)),
        rules=tuple(under_other_rules(setting, best)),
    )


def under_other_rules(setting: Setting, best: Plan | None) -> Iterator[Worth]:
    """The case under every other rule set of the data, in their order."""
    for name in setting.catalogue.rule_sets:
        if name != setting.rules.id:
            yield _tried(best, "rules", name, None, None, setting.case.changed(rules=name), setting.catalogue)


def _standing(best: Plan, one: Movable) -> Standing:
    setting = best.setting
    changed = move_limit(setting.case, setting.catalogue, one.limit, None)
    return Standing(_use(best, one), _tried(best, "without", one.limit, one.bound, None, *changed))


def _pairs(best: Plan, standings: Iterable[Standing], together: Worth | None) -> Iterator[Worth]:
    """Where one of two limits alone costs as much as all limits, no other adds to it."""
    case, catalogue = best.setting.case, best.setting.catalogue
    for two in combinations(standings, 2):
        alone = max(one.without.saving or Fraction(0) for one in two)
        if together is not None and together.saving is not None and together.saving <= alone:
            continue
        names = (two[0].use.limit, two[1].use.limit)
        without = _tried(best, "both", names, None, None, *lift_limits(case, catalogue, names))
        if without.saving is not None and without.saving > alone:
            yield without


def _use(best: Plan, one: Movable) -> LimitUse:
    """What a plan uses of a limit: of hire, the most of any one kind."""
    told = [use.used for use in best.limits if use.limit == one.limit or use.limit.kind == one.limit.kind == "hire"]
    return use_of(one.limit, max(told, default=Fraction(0)), one.bound)


def _licences(best: Plan) -> Iterator[Worth]:
    """What is imported under a licence, were that licence refused; then were every licence refused."""
    setting = best.setting
    used = [item.key.route for item in best.items if item.key.procurement == "buy"]
    asked = licences(setting, used)
    every = licences(setting, (rule.rule for rule in setting.catalogue.licence_rules))
    tries: Iterable[tuple[str, list[str]]] = [*((rule, [rule]) for rule in asked), ("", every)] if asked else []
    for name, rules in tries:
        yield _tried(best, "licence", name, None, None, setting.case, refuse_licences(setting.catalogue, rules))


def _tried(
    best: Plan | None,
    kind: Kind,
    name: Limit | str | tuple[Limit, Limit],
    asked: Fraction | None,
    value: Decimal | None,
    case: Case,
    catalogue: Catalogue,
) -> Worth:
    try:
        outcome = plan(case, catalogue)
    except DataError as error:  # a rule set may not hold on the day, a tax regime may not be known
        return Worth(kind, name, asked, value, None, None, None, False, NotAsked(error.problems))
    except SolverError:  # what is proven of the case itself stands, whatever can be said of others
        return Worth(kind, name, asked, value, None, None, None, False, Undetermined())
    if not isinstance(outcome, Plan) or best is None:
        return Worth(kind, name, asked, value, outcome, None, None, False)
    return Worth(
        kind,
        name,
        asked,
        value,
        outcome,
        best.objective_value - outcome.objective_value,
        best.cost_usd - outcome.cost_usd,
        same_plan(best, outcome),
    )


def same_plan(one: Plan, other: Plan) -> bool:
    """Whether two plans choose the same servers for the same days; the rule that lets them in may differ."""

    def choice(plan: Plan) -> tuple[object, ...]:
        kinds = [(i.key.accelerator, i.key.precision, i.key.procurement, i.servers, i.server_days) for i in plan.items]
        return (*kinds, plan.days)

    return choice(one) == choice(other)
