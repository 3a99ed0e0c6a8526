"""Why the plan of several sites is as it is: which limits bind, of which site or of all, and what each costs.

Every figure is a new plan of a changed consortium, proven like the first. What is known makes the search small. Without
a limit no plan gets worse, so only what is better than the plan is looked for; and where nothing is better without
several limits at once, none of them binds.

Each run of HiGHS has its time, and all of them together have theirs. What was not proven by then is a figure that is at
least so much; what was not begun is said to be not searched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Literal

from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import Better, better_than
from optimizer.consortium.members import Consortium, Member
from optimizer.consortium.plan import Joint, JointPlan
from optimizer.consortium.settle import settle_sites
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.terms import KnownSupply
from optimizer.errors import SolverError
from optimizer.exact import ZERO
from optimizer.insight.explain import LOOSE
from optimizer.insight.limits.concessions import largest
from optimizer.insight.limits.of_sites import problems_of, relax_joint
from optimizer.insight.limits.relaxations import Movable, steps
from optimizer.insight.why_not import Excluded
from optimizer.options import options_table
from optimizer.plans.outcome import LimitUse, use_of
from optimizer.solve.claim import LIFTED
from optimizer.units.records import dataclass

Kind = Literal["more", "without", "both", "all", "only"]
State = Literal["plan", "infeasible", "not determined"]
OF_THE_DATA = ("hire", "connection", "law")
"""Limits that no field of a consortium says: one figure for all sites of a country."""


@dataclass(frozen=True, eq=False)
class JointWorth:
    """The consortium with one thing changed, solved again."""

    kind: Kind
    """``more`` of a limit; ``without`` it, without ``both`` of two, without ``all``; ``only`` one accelerator."""
    name: Limit | str | tuple[Limit, Limit]
    """The limit or the two; the accelerator."""
    asked: Fraction | None
    """The bound of the limit as it is."""
    value: Decimal | None
    """The bound that was tried; None where it was lifted."""
    state: State
    """``not determined``: the time was over before there was a plan, or before this was begun."""
    plan: JointPlan | None
    saving: Fraction | None
    """Fall of the objective, in its own unit (kW, kWh and g for power, energy and carbon); below 0 if it rises."""
    saving_usd: Fraction | None
    most: Fraction | None = None
    """Where the time of a run was over: the saving is no greater than this, by that run alone."""
    same: bool = False
    """Whether the plan stays as it is."""

    @property
    def proven(self) -> bool:
        """Whether no plan of the changed consortium saves more."""
        return self.state == "plan" and self.most is None


@dataclass(frozen=True, eq=False)
class JointStanding:
    """What a plan uses of a limit, and the consortium without the limit."""

    use: LimitUse
    without: JointWorth

    @property
    def binds(self) -> bool:
        """Whether the plan would be better without the limit."""
        return bool(self.without.saving and self.without.saving > 0)


@dataclass(frozen=True, eq=False)
class JointExplanation:
    """Why the plan of several sites is as it is."""

    best: JointPlan
    standings: tuple[JointStanding, ...]
    pairs: tuple[JointWorth, ...]
    """Two limits that bind together: without both there is a better plan than without either alone."""
    pairs_open: tuple[tuple[Limit, Limit], ...]
    """Pairs of which it is not known whether they do."""
    together: JointWorth | None
    """Without any limit; None where there is but one."""
    worth: tuple[JointWorth, ...]
    """More of each limit, alone."""
    others: tuple[JointWorth, ...]
    """Each accelerator that could be had and is not in the plan, with no other."""
    excluded: Mapping[str, tuple[Excluded, ...]]
    """By site, what it cannot have."""


def explain_sites(
    found: Joint,
    *,
    time_limit_s: float | None = None,
    budget_s: float | None = None,
    report: Callable[[str], None] | None = None,
) -> JointExplanation:
    """Say why the plan of a consortium is as it is.

    Args:
        time_limit_s: seconds for each run of HiGHS.
        budget_s: seconds after which no other change is begun.
        report: is given a line on every change before it is solved, for progress.
    """
    assert found.best is not None, "what a consortium without a plan needs: joint_concessions"
    search = _Search(found, found.best, time_limit_s, budget_s, report or (lambda _: None))
    uses = _uses(found, found.best)
    standings, idle = search.standings(uses)
    together = search.all_lifted(standings) if len(standings) > 1 else None
    worth, others = tuple(search.more(standings)), tuple(search.others())
    pairs, pairs_open = search.pairs(standings, together, idle)
    return JointExplanation(
        best=found.best,
        standings=tuple(standings),
        pairs=tuple(pairs),
        pairs_open=tuple(pairs_open),
        together=together,
        worth=worth,
        others=others,
        excluded=dict(_excluded(found)),
    )


def _uses(found: Joint, best: JointPlan) -> dict[Limit, LimitUse]:
    """Every limit that can be lifted, with what the plan uses of it; of one for all kinds or sites of a country, the
    use that comes closest to it."""
    used = {use.limit: use.used for use in best.limits}
    nearest: dict[Limit, LimitUse] = {}
    for ready in problems_of(found, found.settled.asked):
        for limit in ready.problem.limits:
            if limit.kind in ("owned", "training_flop"):
                continue
            one = use_of(_moved_as(found, limit), used.get(limit, ZERO), ready.problem.bound(limit))
            before = nearest.get(one.limit)
            if before is None or _closeness(one) > _closeness(before):
                nearest[one.limit] = one
    return nearest


def _closeness(use: LimitUse) -> tuple[Fraction, Fraction]:
    bound = use.bound or ZERO
    return (use.used / bound if bound else ZERO, bound)


def _moved_as(found: Joint, limit: Limit) -> Limit:
    """The limit that is lifted for another: what is for rent of all kinds, or what a law lets in anywhere, is one."""
    if limit.kind == "hire":
        return Limit("hire", site=limit.site)
    if limit.kind == "law":
        return Limit("law", rule=limit.rule)
    if limit.kind == "connection":
        places = {place.name: place.setting.country.id for place in found.settled.places}
        return Limit("connection", site=places[limit.site or ""])
    return limit


@dataclass(frozen=True, eq=False)
class _Search:
    """Changed consortia, solved again in turn while there is time."""

    found: Joint
    best: JointPlan
    time_limit_s: float | None
    budget_s: float | None
    report: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)

    def standings(self, uses: dict[Limit, LimitUse]) -> tuple[list[JointStanding], set[Limit]]:
        """Each limit alone; and those without which, all at once, nothing is better: of which much is left, or those
        of the data, which seldom bind, are tried together first."""
        slack = {limit for limit in uses if limit.kind in OF_THE_DATA}
        loose = slack | {limit for limit, use in uses.items() if _closeness(use)[0] < LOOSE}
        tries = [limits for limits in ((loose, slack) if loose > slack else (slack,)) if len(limits) > 1]
        idle: set[Limit] = next((limits for limits in tries if self._nothing_better(limits)), set())
        found = [
            JointStanding(
                use,
                self._unchanged("without", limit, use.bound, None)
                if limit in idle
                else self.lifted("without", limit, [limit], use.bound),
            )
            for limit, use in uses.items()
        ]
        return found, idle

    def _nothing_better(self, limits: Iterable[Limit], than: Fraction | None = None) -> bool:
        """Whether it is proven that nothing is better without some limits."""
        limits = tuple(limits)
        tried = self.lifted("all", limits, limits, than=than)
        return tried.proven and tried.same

    def all_lifted(self, standings: Iterable[JointStanding]) -> JointWorth:
        """The consortium without any of its limits: no plan is worse than without one of them."""
        saving = max(one.without.saving or ZERO for one in standings)
        limits = [one.use.limit for one in standings]
        return self.lifted("all", "", limits, than=self.best.objective_value - saving, equals=saving > 0)

    def lifted(
        self,
        kind: Kind,
        name: Limit | str | tuple[Limit, ...],
        limits: Iterable[Limit],
        asked: Fraction | None = None,
        than: Fraction | None = None,
        equals: bool = False,
    ) -> JointWorth:
        """The consortium without some limits.

        Args:
            than: plans that are no better than this are of no interest; by default those no better than the plan.
            equals: whether one that is as good as ``than`` is of interest, too.
        """
        changed = self.found.settled.asked, self.found.settled.catalogue
        for limit in limits:
            changed = _without(*changed, limit)
        return self._tried(kind, name, asked, None, *changed, than=than, equals=equals)

    def pairs(
        self, standings: list[JointStanding], together: JointWorth | None, idle: set[Limit]
    ) -> tuple[list[JointWorth], list[tuple[Limit, Limit]]]:
        """Pairs that bind together, and pairs of which it is not known.

        Args:
            idle: limits without which, all at once, nothing is better.
        """
        savings = {one.use.limit: one.without.saving or ZERO for one in standings if one.without.proven}
        most = together.saving if together is not None and together.proven else None
        of_data = {limit for limit, saving in savings.items() if limit.kind in OF_THE_DATA and not saving}
        rest: dict[Limit, set[Limit]] = dict.fromkeys(idle, idle)
        for limit, saving in savings.items():
            if limit not in rest and saving != most:  # one search for all pairs of a limit with those
                than = self.best.objective_value - saving
                tries = (idle, of_data) if idle > of_data else (of_data,)
                quiet = (some for some in tries if some - {limit} and self._nothing_better([*some, limit], than))
                rest[limit] = next(quiet, set())
        bind: list[JointWorth] = []
        left: list[tuple[Limit, Limit]] = []
        for one, other in combinations([standing.use.limit for standing in standings], 2):
            if one not in savings or other not in savings:
                left.append((one, other))
                continue
            alone = max(savings[one], savings[other])
            if alone == most or other in rest.get(one, ()) or one in rest.get(other, ()):
                continue  # no better than without one of them
            without = self.lifted("both", (one, other), (one, other), than=self.best.objective_value - alone)
            if without.saving is not None and without.saving > alone:
                bind.append(without)
            elif not without.proven:
                left.append((one, other))
        return bind, left

    def more(self, standings: Iterable[JointStanding]) -> Iterator[JointWorth]:
        """Each limit that a consortium gives, raised step by step, until more of it saves no more."""
        for one in standings:
            limit, bound, without = one.use.limit, one.use.bound, one.without
            if bound is None or limit.kind in OF_THE_DATA:
                continue
            last = self._unchanged("more", limit, bound, None)
            for value in steps(Movable(limit, bound)):
                if without.proven and last.saving == without.saving:
                    last = replace(last, value=value)
                elif (raised := relax_joint(self.found.settled.asked, limit, value)) is not None:
                    last = self._tried("more", limit, bound, value, raised, self.found.settled.catalogue)
                else:
                    break  # more than may be asked for
                yield last

    def others(self) -> Iterator[JointWorth]:
        """Each accelerator that some site could have and the plan does not use, with no other."""
        asked, settled = self.found.settled.asked, self.found.settled
        could = {option.key.accelerator for place in settled.places for option in options_table(place.setting).options}
        for name in sorted(could - {item.key.accelerator for item in self.best.fleet.items}):
            members = tuple(replace(member, case=_with_only(member, name)) for member in asked.members)
            yield self._tried("only", name, None, None, replace(asked, members=members), settled.catalogue, loose=True)

    def _unchanged(self, kind: Kind, name: Limit, asked: Fraction | None, value: Decimal | None) -> JointWorth:
        return JointWorth(kind, name, asked, value, "plan", self.best, ZERO, ZERO, same=True)

    def _tried(
        self,
        kind: Kind,
        name: Limit | str | tuple[Limit, ...],
        asked: Fraction | None,
        value: Decimal | None,
        changed: Consortium,
        catalogue: Catalogue,
        *,
        than: Fraction | None = None,
        equals: bool = False,
        loose: bool = False,
    ) -> JointWorth:
        """A changed consortium, solved again.

        Args:
            loose: whether it may have no plan that is as good as the one at hand.
        """
        none = JointWorth(kind, name, asked, value, "not determined", None, None, None)  # type: ignore[arg-type]
        if self.budget_s is not None and time.monotonic() - self.begun > self.budget_s:
            return none
        self.report(" ".join([kind, *map(str, name if isinstance(name, tuple) else (name,))]))
        base = self.best.objective_value
        known = None if loose else base if than is None else than
        try:
            better = better_than(settle_sites(changed, catalogue), known, self.time_limit_s, equals=equals)
        except SolverError:  # what is proven of the plan itself stands, whatever can be said of others
            return none
        return self._worth(none, better, loose)

    def _worth(self, none: JointWorth, better: Better, loose: bool) -> JointWorth:
        base, plan = self.best, better.plan
        most = None if better.bound is None else base.objective_value - better.bound
        if plan is None and not better.as_good and (loose or most is not None):
            return none if most is not None else replace(none, state="infeasible")
        same = plan is None or plan.objective_value == base.objective_value  # of equals the one at hand stays
        plan = base if plan is None or same else plan
        saving = base.objective_value - plan.objective_value
        most = most if most is not None and most > saving else None
        if same and most is not None:
            return replace(none, most=most)
        usd = base.cost_usd - plan.cost_usd
        return replace(none, state="plan", plan=plan, saving=saving, saving_usd=usd, most=most, same=same)


def _without(asked: Consortium, catalogue: Catalogue, limit: Limit) -> tuple[Consortium, Catalogue]:
    """A consortium and its catalogue with one limit lifted."""
    if limit.kind == "hire":
        country = limit.site or ""
        much = KnownSupply.model_construct(country=country, tpp=Decimal(LIFTED), clusters=0)
        return asked, replace(catalogue, supply={**catalogue.supply, country: much}, cache={})
    if limit.kind == "connection":
        country = limit.site or ""
        row = catalogue.countries[country].model_copy(update={"medium_voltage_limit_mw": None})
        return asked, replace(catalogue, countries={**catalogue.countries, country: row}, cache={})
    if limit.kind == "law":
        rules = tuple(
            rule.model_copy(update={"cap_tpp": None}) if rule.rule == limit.rule else rule
            for rule in catalogue.licence_rules
        )
        return asked, replace(catalogue, licence_rules=rules, cache={})
    raised = relax_joint(asked, limit, largest(limit))
    assert raised is not None, f"{limit} is said by a field"
    return raised, catalogue


def _with_only(member: Member, name: str) -> Case:
    """What a site has of its own, with one accelerator alone."""
    said = {field: getattr(member.case, field) for field in member.case.model_fields_set}
    return Case(**{**said, "use": (name,), "avoid": ()})


def _excluded(found: Joint) -> Iterator[tuple[str, tuple[Excluded, ...]]]:
    """What each site cannot have, once for all precisions."""
    for place in found.settled.places:
        table = options_table(place.setting)
        had = {(option.key.accelerator, option.key.procurement) for option in table.options}
        out = {(one.accelerator, one.procurement): one.reason for one in table.excluded}
        yield place.name, tuple(Excluded(*way, reason) for way, reason in out.items() if way not in had)
