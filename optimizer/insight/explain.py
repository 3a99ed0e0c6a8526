"""Why this plan: which limits bind, and what more of each, or its absence, is worth.

Every figure comes from planning a changed case with :func:`optimizer.solve.planner.plan`: it is proven like the plan
itself. No shadow price is used, which in whole servers and days would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from functools import partial
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
from optimizer.solve.planner import carried_over, plan, prepare, solve_prepared
from optimizer.units.records import dataclass

Kind = Literal["more", "without", "both", "all", "licence", "rules"]
LOOSE = Fraction(3, 4)
"""Of a limit: those of which less is used are tried together first, as they seldom bind."""


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
    removable = [one for one in found if one.limit.kind != "owned"]
    search = _Search(best)
    together = search.lifted("all", "", [one.limit for one in removable]) if len(removable) > 1 else None
    search.prepare([_use(best, one) for one in removable])
    standings = [
        Standing(_use(best, one), search.lifted("without", one.limit, [one.limit], one.bound)) for one in removable
    ]
    return Explanation(
        outcome=best,
        standings=tuple(standings),
        pairs=tuple(_pairs(search, standings, together)),
        together=together,
        worth=tuple(search.raised(one, value) for one in found for value in steps(one)),
        licences=tuple(_licences(best)),
        rules=tuple(under_other_rules(setting, best)),
    )


@dataclass(frozen=True, eq=False)
class _Search:
    """The case with limits lifted or raised. What is best with more room is best with less, where it fits."""

    best: Plan
    solved: list[tuple[set[Limit], Plan]] = field(default_factory=list)
    """The limits that were lifted, and the best plan."""

    def prepare(self, uses: Iterable[LimitUse]) -> None:
        """Of a mix, which takes long: lift at once those limits of which much is left, as they seldom bind, and then
        each of the others with them."""
        loose = [use.limit for use in uses if use.bound and use.used < LOOSE * use.bound]
        if (self.best.setting.case.mix or 1) > 1 and len(loose) > 1:
            for others in ([], *([use.limit] for use in uses if use.limit not in loose)):
                self.lifted("all", "", [*loose, *others])

    def lifted(
        self,
        kind: Kind,
        name: Limit | str | tuple[Limit, Limit],
        limits: Sequence[Limit],
        asked: Fraction | None = None,
    ) -> Worth:
        """The case without some limits."""
        setting = self.best.setting
        changed = (
            move_limit(setting.case, setting.catalogue, limits[0], None)
            if kind == "without"
            else lift_limits(setting.case, setting.catalogue, limits)
        )
        return _tried(self.best, kind, name, asked, None, *changed, solve=partial(self._plan, {*limits}))

    def raised(self, one: Movable, value: Decimal) -> Worth:
        """The case with more of a limit, in its unit."""
        changed = move_limit(self.best.setting.case, self.best.setting.catalogue, one.limit, value)
        return _tried(self.best, "more", one.limit, one.bound, value, *changed, solve=partial(self._plan, {one.limit}))

    def _plan(self, moved: set[Limit], case: Case, catalogue: Catalogue) -> Outcome:
        ready = prepare(case, catalogue)
        fits = (carried_over(ready, plan) for limits, plan in self.solved if moved <= limits)
        found = next((plan for plan in fits if plan is not None), None) or solve_prepared(ready)
        if isinstance(found, Plan):
            self.solved.append((moved, found))
        return found


def under_other_rules(setting: Setting, best: Plan | None) -> Iterator[Worth]:
    """The case under every other rule set of the data, in their order."""
    for name in setting.catalogue.rule_sets:
        if name != setting.rules.id:
            yield _tried(best, "rules", name, None, None, setting.case.changed(rules=name), setting.catalogue)


def _pairs(search: _Search, standings: Iterable[Standing], together: Worth | None) -> Iterator[Worth]:
    """Where one of two limits alone costs as much as all limits, no other adds to it."""
    for two in combinations(standings, 2):
        alone = max(one.without.saving or Fraction(0) for one in two)
        if together is not None and together.saving is not None and together.saving <= alone:
            continue
        names = (two[0].use.limit, two[1].use.limit)
        without = search.lifted("both", names, names)
        if without.saving is not None and without.saving > alone:
            yield without


def _use(best: Plan, one: Movable) -> LimitUse:
    """What a plan uses of a limit: of hire, the most of any one kind."""
    reported = [use.used for use in best.limits if use.limit == one.limit or use.limit.kind == one.limit.kind == "hire"]
    return use_of(one.limit, max(reported, default=Fraction(0)), one.bound)


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
    solve: Callable[[Case, Catalogue], Outcome] | None = None,
) -> Worth:
    """The case with something changed, and the best plan then.

    Args:
        solve: what finds it; by default :func:`plan`, which knows nothing of other cases.
    """
    try:
        outcome = (solve or plan)(case, catalogue)
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
