"""Why a case has no plan: the law, a figure that the data do not have, the limits. The one place where that is found.

The law is the cause where it bars most of the accelerators and there would be a plan without it, all else as it is. A
duty that is not known is the cause where there would be a plan if it were stated. Both are found out by search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from optimizer.case.setting import Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import Case, Country, Policy
from optimizer.domain.reasons import By, Cause, NoPlan, Reason, ReasonKind
from optimizer.errors import DataError
from optimizer.exact import exact_problem
from optimizer.exact.search import search
from optimizer.law.routes import USABLE, counts_as, groups
from optimizer.options import OptionTable, options_table, would_be_option
from optimizer.units.records import dataclass

EXAMPLE_DUTIES = (Decimal("0.05"), Decimal(0))
"""Duties that show how one is stated, where it is not known; no figure of any country. 0 is the most favourable."""


@dataclass(frozen=True)
class Barred:
    """What the export rules keep from a country."""

    rule: Reason
    """The rule that bars most of them: a denial before a review."""
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
        return NoPlan(Cause.COMPUTE_CAP, barring=law)
    reasons = [out.reason for out in table.excluded]
    if table.options:
        by_law = law is not None and _has_plan(setting.asked, _without_law(setting.catalogue))
        return NoPlan(Cause.LAW, deciding=law, over_limits=True) if by_law else missed_limits(setting, table)
    missing = next((reason for reason in reasons if reason.kind is ReasonKind.NO_IMPORT_DUTY), None)
    if found is not None and _bars_all(setting, table):
        return NoPlan(Cause.LAW, deciding=found.rule, missing=_duty(setting))
    if missing is None:
        if law is not None and _has_plan(setting.asked, _without_law(setting.catalogue)):
            return NoPlan(Cause.LAW, deciding=law)
        return NoPlan(Cause.DATA, deciding=figure_to_state(reasons), barring=law)
    for duty in EXAMPLE_DUTIES:
        if _has_plan(setting.asked.changed(import_duty=duty), setting.catalogue):
            return NoPlan(Cause.DATA, deciding=missing, barring=law, example=duty)
    free = setting.asked.changed(import_duty=Decimal(0))
    if law is not None and _has_plan(free, _without_law(setting.catalogue)):
        return NoPlan(Cause.LAW, deciding=law, missing=missing)
    return NoPlan(Cause.LIMITS, deciding=missing, barring=law)


def barred(setting: Setting, table: OptionTable) -> Barred | None:
    """What the export rules bar of the accelerators that a case leaves in; None where they bar none."""
    out = {one.accelerator: one.reason for one in table.excluded if not one.procurement}
    meant = [chip for chip in setting.catalogue.accelerators if chip not in out or out[chip].by is not By.CASE]
    by_law = [out[chip] for chip in meant if chip in out and out[chip].by is By.LAW]
    if not by_law:
        return None
    # a chip's class is not the reason, its rule is
    often = Counter(reason.rule for reason in by_law)
    rule = min(by_law, key=lambda reason: (_MILDNESS[reason.kind], -often[reason.rule]))
    day = setting.case.date or ""
    return Barred(placed(rule, setting.country, setting.catalogue, setting.rules.id, day), len(by_law), len(meant))


def placed(reason: Reason, country: Country, catalogue: Catalogue, rule_set: str, date: str) -> Reason:
    """A rule that bars with what makes it speak of the country: the groups that it names, or as what it counts."""
    named = {group for rule in catalogue.licence_rules if rule.rule == reason.rule for group in rule.groups}
    found = sorted(group for group in named & groups(country.id, catalogue, date) if ":" in group)
    told = counts_as(country.id, catalogue, rule_set, date)
    return replace(reason, country=country, groups=tuple(found), counts_as=told)


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
    return NoPlan(Cause.LIMITS, barring=barring(setting, table), over_limits=True)


def _duty(setting: Setting) -> Reason | None:
    """That the duty is not known, where something might be bought: without the law it would be in the way."""
    if setting.tax.duty is not None or "buy" not in setting.case.procurement:
        return None
    return Reason(ReasonKind.NO_IMPORT_DUTY, country=setting.country)


def _bars_all(setting: Setting, table: OptionTable) -> bool:
    """Whether the law bars every accelerator that the case leaves in, or any that could be had otherwise.

    Then no option is left but those that lack a figure or an offer under any law. One that no rule clears is barred
    too. It is not so where the duty alone keeps an accelerator out that the law lets in.
    """
    out = {excluded.accelerator: excluded.reason.by for excluded in table.excluded if not excluded.procurement}
    meant = [chip for chip in setting.catalogue.accelerators.values() if out.get(chip.id) is not By.CASE]
    by_law = [chip for chip in meant if out.get(chip.id) is By.LAW]
    let_in = {e.accelerator for e in table.excluded if e.reason.kind is ReasonKind.NO_IMPORT_DUTY} - {
        chip.id for chip in by_law
    }
    return len(by_law) == len(meant) or (not let_in and any(would_be_option(setting, chip) for chip in by_law))


def _has_plan(case: Case, catalogue: Catalogue) -> bool:
    """Whether a case has a plan of one kind of server, by exhaustive search; not where it cannot be asked so."""
    try:
        setting = settle(case, catalogue)
        return search(exact_problem(setting, options_table(setting).keys), "cost") is not None
    except DataError:
        return False


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
