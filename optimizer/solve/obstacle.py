"""Why a case has no plan: the law, a figure that the data do not have, the limits. The one place where that is found.

The law is the cause where it bars most of the accelerators and there would be a plan without it, everything else as it
is. A figure that is not known is the cause where there would be a plan if it were stated. Both are found out by search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal
from enum import Enum
from statistics import median_low

from optimizer.case.setting import Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import COUNTRY_PARAMETERS, Case, Country, Policy
from optimizer.domain.reasons import OF_A_COUNTRY, By, Cause, NoPlan, Reason, ReasonKind
from optimizer.errors import DataError
from optimizer.exact import ExactProblem, exact_problem
from optimizer.exact.search import search
from optimizer.law.routes import USABLE, counts_as, groups
from optimizer.options import OptionTable, options_table, would_be_option
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Barred:
    """What the export rules keep from a country."""

    rule: Reason
    """The rule that bars most of them, with the others next to it."""
    count: int
    """How many accelerators are barred."""
    of: int
    """Of so many that the case leaves in."""

    @property
    def most(self) -> bool:
        """Whether half of them or more are barred."""
        return 2 * self.count >= self.of


def obstacle(setting: Setting, table: OptionTable, *, compute_allowed: bool = True) -> NoPlan:
    """Why there is no plan at all, without what would be enough of each limit.

    Args:
        setting: a case without a plan.
        table: its options.
        compute_allowed: whether the training compute is within its cap.
    """
    found, law = barred(setting, table), barring(setting, table)
    if not compute_allowed:
        return NoPlan(Cause.COMPUTE_CAP, barring=law, over_limits=bool(table.options))
    reasons = [out.reason for out in table.excluded]
    if table.options:
        by_law = law is not None and _outcome(setting.asked, _without_law(setting.catalogue)) is _Found.PLAN
        return NoPlan(Cause.LAW, deciding=law, over_limits=True) if by_law else missed_limits(setting, table)
    lacking = _lacking(setting, table)
    if found is not None and _bars_all(setting, table):
        return NoPlan(Cause.LAW, deciding=found.rule, missing=_not_known(setting))
    if not lacking:
        if law is not None and _outcome(setting.asked, _without_law(setting.catalogue)) is _Found.PLAN:
            return NoPlan(Cause.LAW, deciding=law)
        return NoPlan(Cause.DATA, deciding=figure_to_state(reasons), barring=law)
    return _without_figures(setting, lacking, law)


def _without_figures(setting: Setting, lacking: tuple[Reason, ...], law: Reason | None) -> NoPlan:
    """Why there is no plan where figures are not known: whether stating them would give one."""
    first, *further = lacking
    favourable = case, catalogue = _stated(setting, lacking, _FAVOURABLE)
    if (best := _outcome(case, catalogue)) is _Found.PLAN:
        values = usual_figures(setting.catalogue)
        if _outcome(*_stated(setting, lacking, values)) is not _Found.PLAN:
            values = _FAVOURABLE
        in_a_case = all(reason.remedy in Case.model_fields for reason in lacking)
        example = tuple((reason.remedy, values[reason.remedy]) for reason in lacking if in_a_case)
        return NoPlan(Cause.DATA, deciding=first, barring=law, missing=tuple(further), example=example)
    case, catalogue = favourable
    if law is not None and _outcome(case, _without_law(catalogue)) is _Found.PLAN:
        return NoPlan(Cause.LAW, deciding=law, missing=lacking)
    cause = Cause.LIMITS if best is _Found.OVER_LIMITS else Cause.DATA
    return NoPlan(cause, deciding=first, barring=law, missing=tuple(further))


_FAVOURABLE: Mapping[str, Decimal] = {
    "import_duty": Decimal(0),
    **dict.fromkeys(COUNTRY_PARAMETERS, Decimal(0)),
    "pue": Decimal(1),
}
"""Values that no other can better: where they give no plan, none does."""
_EXAMPLE_DUTY = Decimal("0.05")
"""A duty that shows how one is stated; no figure of any country."""


def usual_figures(catalogue: Catalogue) -> Mapping[str, Decimal]:
    """Values that show how figures are stated, in their units: the median of the countries, to two digits."""
    found = {"import_duty": _EXAMPLE_DUTY}
    for name, column in COUNTRY_PARAMETERS.items():
        known = [value for row in catalogue.every_country.values() if (value := getattr(row, column)) is not None]
        found[name] = Context(prec=2).create_decimal(median_low(known)) if known else _FAVOURABLE[name]
    return found


def _lacking(setting: Setting, table: OptionTable) -> tuple[Reason, ...]:
    """The figures of the country that are not known, where they keep an accelerator out: every one of them."""
    kinds = {out.reason.kind for out in table.excluded}
    return _not_known(setting) if kinds & OF_A_COUNTRY else ()


def _stated(setting: Setting, lacking: Iterable[Reason], values: Mapping[str, Decimal]) -> tuple[Case, Catalogue]:
    """The case with its missing figures stated; those that no field of a case states, in the catalogue."""
    names = [reason.remedy for reason in lacking]
    case = setting.asked.changed(**{name: values[name] for name in names if name in Case.model_fields})
    rest = {COUNTRY_PARAMETERS[name]: values[name] for name in names if name not in Case.model_fields}
    if not rest:
        return case, setting.catalogue
    row = setting.country.model_copy(update=rest)
    return case, replace(setting.catalogue, countries={**setting.catalogue.countries, row.id: row}, cache={})


def barred(setting: Setting, table: OptionTable) -> Barred | None:
    """What the export rules bar of the accelerators that a case leaves in; None where they bar none."""
    out = {one.accelerator: one.reason for one in table.excluded if not one.procurement}
    meant = [chip for chip in setting.catalogue.accelerators if chip not in out or out[chip].by is not By.CASE]
    by_law = [out[chip] for chip in meant if chip in out and out[chip].by is By.LAW]
    if not by_law:
        return None
    day, catalogue = setting.case.date or "", setting.catalogue
    first, *others = (
        replace(placed(rule, setting.country, catalogue, setting.rules.id, day), bars=count)
        for rule, count in _by_rule(by_law)
    )
    return Barred(replace(first, beside=tuple(others)), len(by_law), len(meant))


def _by_rule(by_law: Sequence[Reason]) -> list[tuple[Reason, int]]:
    """One reason of each rule and how many accelerators it bars, most first; what no rule clears comes last."""
    # a chip's class is not the reason, its rule is
    often = Counter((reason.rule, reason.kind) for reason in by_law)
    one_of = {(reason.rule, reason.kind): reason for reason in reversed(by_law)}
    order = sorted(often, key=lambda key: (key[1] is ReasonKind.NO_RULE, -often[key], _MILDNESS[key[1]]))
    return [(one_of[key], often[key]) for key in order]


def placed(reason: Reason, country: Country, catalogue: Catalogue, rule_set: str, date: str) -> Reason:
    """A rule that bars with what makes it speak of the country: the groups that it names, or as what it counts."""
    named = {group for rule in catalogue.licence_rules if rule.rule == reason.rule for group in rule.groups}
    found = sorted(group for group in named & groups(country.id, catalogue, date) if ":" in group)
    reported = counts_as(country.id, catalogue, rule_set, date)
    return replace(reason, country=country, groups=tuple(found), counts_as=reported)


_MILDNESS = {ReasonKind.LICENCE_DENIED: 0, ReasonKind.LICENCE_OPEN: 1, ReasonKind.NO_RULE: 2}


def figure_to_state(reasons: Sequence[Reason]) -> Reason | None:
    """The figure that can be stated for most options: a duty is one for all that is bought, a rent is one for each."""
    # most_common keeps the order of those that are as frequent
    ordered = [reason for reason, _ in Counter(reason for reason in reasons if reason.remedy).most_common()]
    duty = (reason for reason in ordered if reason.kind is ReasonKind.NO_IMPORT_DUTY)
    return next(duty, ordered[0] if ordered else None)


def barring(setting: Setting, table: OptionTable) -> Reason | None:
    """The rule that keeps most accelerators from the country; None where the law bars less than half of them."""
    found = barred(setting, table)
    return found.rule if found is not None and found.most else None


def missed_limits(setting: Setting, table: OptionTable) -> NoPlan:
    """That there are options, and that they miss the limits."""
    law, problem = barring(setting, table), exact_problem(setting, table.keys)
    if not _too_slow(problem, problem.deadline_days):
        return NoPlan(Cause.LIMITS, barring=law, over_limits=True)
    return NoPlan(
        Cause.LIMITS,
        barring=law,
        over_limits=True,
        largest_cluster=setting.catalogue.largest_cluster(setting.assumptions.id),
        beyond_any_deadline=_too_slow(problem, MAX_DEADLINE_DAYS),
    )


def _too_slow(problem: ExactProblem, deadline_days: int) -> bool:
    """Whether no accelerator is fast enough in the largest cluster that is planned with, whatever the other limits.

    A mix in it is not faster than its fastest kind alone.
    """
    most = (one.pflops * one.max_servers * (deadline_days - one.lead_days) for one in problem.options)
    return max(most, default=problem.work_pflops_days) < problem.work_pflops_days


def _not_known(setting: Setting) -> tuple[Reason, ...]:
    """The figures of the country that are not known and that a plan would need; the duty where something is bought."""
    country, figures = setting.country, setting.figures.lacks
    duty = setting.tax.duty is None and "buy" in setting.case.procurement
    return (
        *((Reason(ReasonKind.NO_IMPORT_DUTY, country=country),) if duty else ()),
        *(Reason(ReasonKind.NO_FIGURE, country=country, figure=name) for name in figures),
    )


def _bars_all(setting: Setting, table: OptionTable) -> bool:
    """Whether the law bars every accelerator that the case leaves in, or any that could be had otherwise.

    Then no option is left but those that lack a figure or an offer under any law. One that no rule clears is barred
    too. It is not so where a figure of the country alone keeps an accelerator out that the law lets in.
    """
    out = {excluded.accelerator: excluded.reason.by for excluded in table.excluded if not excluded.procurement}
    meant = [chip for chip in setting.catalogue.accelerators.values() if out.get(chip.id) is not By.CASE]
    by_law = [chip for chip in meant if out.get(chip.id) is By.LAW]
    let_in = {e.accelerator for e in table.excluded if e.reason.kind in OF_A_COUNTRY} - {chip.id for chip in by_law}
    return len(by_law) == len(meant) or (not let_in and any(would_be_option(setting, chip) for chip in by_law))


class _Found(Enum):
    """What a changed case comes to."""

    PLAN = 1
    OVER_LIMITS = 2
    NOTHING = 3
    """It has no option, or cannot be asked so."""


def _outcome(case: Case, catalogue: Catalogue) -> _Found:
    """Whether a case has a plan of one kind of server, by exhaustive search."""
    try:
        setting = settle(case, catalogue)
        table = options_table(setting)
        if search(exact_problem(setting, table.keys), "cost") is not None:
            return _Found.PLAN
    except DataError:
        return _Found.NOTHING
    return _Found.OVER_LIMITS if table.options else _Found.NOTHING


def _without_law(catalogue: Catalogue) -> Catalogue:
    """The catalogue under which nothing is barred; it is made once."""
    return get_or_make(catalogue.cache, "without law", lambda: _freed(catalogue))


def _freed(catalogue: Catalogue) -> Catalogue:
    rules = tuple(
        rule
        if rule.policy in USABLE
        else rule.model_copy(update={"policy": Policy.FREE, "lead_days": 0, "cap_tpp": None})
        for rule in catalogue.licence_rules
    )
    return replace(catalogue, licence_rules=rules, cache={})
