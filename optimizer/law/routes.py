"""The export rules in force on a date: by which routes a chip may come in; how it is classed is in ``classing``.

The procedure is that of 15 CFR 774 (ECCN 3A090) and 742.6(a)(6)(iii), held as dated rows in
``data/chip_classes.csv``, ``data/country_groups.csv`` and ``data/licence_rules.csv``.
"""

from __future__ import annotations

from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.domain import ANY, Accelerator, BuyerRule, LicenceRule, Policy
from optimizer.domain.chip_class import chip_class, in_force
from optimizer.domain.law import RuleState
from optimizer.units.records import dataclass

USABLE: frozenset[Policy] = frozenset({Policy.FREE, Policy.EXCEPTION, Policy.APPROVAL})
"""Policies under which a plan may count on the chips; denial and case-by-case review are not among them."""


@dataclass(frozen=True)
class Route:
    """One lawful way in: the rule that opens it, the time it takes and how much it lets through."""

    rule: str
    chip_class: str
    policy: Policy
    lead_days: int
    cap_tpp: Decimal | None
    meaning: str
    lead_is_estimate: bool

    @property
    def usable(self) -> bool:
        """Whether a plan may count on it."""
        return self.policy in USABLE


def groups(country: str, catalogue: Catalogue, date: str) -> frozenset[str]:
    """The groups and tiers a country belongs to on a date."""
    rows = catalogue.country_groups.get(country, ())
    return frozenset(row.group for row in rows if in_force(row.effective_from, row.effective_to, date))


def routes(accelerator: Accelerator, country: str, catalogue: Catalogue, rule_set: str, date: str) -> tuple[Route, ...]:
    """The routes by which an accelerator may come into a country on a date under a rule set.

    Of the rules that match, those of least priority count; several are alternatives. The rules of a
    set that is not the default one (a scenario) are taken as if they stood on that date, unless they have ended by then
    by their own text: a quota to the end of 2027 grants nothing in 2028.

    Returns:
        The routes in the order of the rules; empty if no rule speaks of the case.
    """
    scenario = not catalogue.rule_sets[rule_set].is_default
    kind = chip_class(accelerator, catalogue.chip_classes, date)
    where = groups(country, catalogue, date)
    found: list[LicenceRule] = []
    for rule in catalogue.licence_rules:
        if found and rule.priority != found[0].priority:
            break
        if rule_set in rule.rule_sets and _speaks_of(rule, kind, where, accelerator, date, scenario):
            found.append(rule)
    return tuple(
        Route(rule.rule, kind, rule.policy, rule.lead_days, rule.cap_tpp, rule.meaning, rule.is_estimate("lead_days"))
        for rule in found
    )


def _speaks_of(
    rule: LicenceRule, kind: str, where: frozenset[str], accelerator: Accelerator, date: str, scenario: bool
) -> bool:
    if ANY not in rule.chip_classes and kind not in rule.chip_classes:
        return False
    if ANY not in rule.groups and not where.intersection(rule.groups):
        return False
    if where.intersection(rule.except_groups):
        return False
    if rule.below_tpp is not None and accelerator.tpp >= rule.below_tpp:
        return False
    bandwidth = accelerator.memory_bandwidth_gb_per_s
    if rule.below_bandwidth_gb_per_s is not None and (bandwidth is None or bandwidth >= rule.below_bandwidth_gb_per_s):
        return False
    only_in_scenarios = rule.state is not RuleState.IN_FORCE
    if scenario and only_in_scenarios:
        return not _ended(rule, date)
    return in_force(rule.effective_from, rule.effective_to, date)


def _ended(rule: LicenceRule | BuyerRule, date: str) -> bool:
    return rule.effective_to is not None and date > rule.effective_to


def buyer_rules(
    accelerator: Accelerator, country: str, catalogue: Catalogue, rule_set: str, date: str
) -> tuple[BuyerRule, ...]:
    """The rules of the set that depend on the buyer or the way of the goods: reported, never settled by a plan."""
    scenario = not catalogue.rule_sets[rule_set].is_default
    kind = chip_class(accelerator, catalogue.chip_classes, date)
    where = groups(country, catalogue, date)
    return tuple(
        rule
        for rule in catalogue.buyer_rules
        if rule_set in rule.rule_sets
        and _covers(rule, accelerator, kind, country, where)
        and (
            in_force(rule.effective_from, rule.effective_to, date)
            or (scenario and rule.state in (RuleState.NOT_ENFORCED, RuleState.WITHDRAWN) and not _ended(rule, date))
        )
    )


def _covers(rule: BuyerRule, accelerator: Accelerator, kind: str, country: str, where: frozenset[str]) -> bool:
    bandwidth = accelerator.memory_bandwidth_gb_per_s
    if rule.min_bandwidth_gb_per_s is not None and (bandwidth is None or bandwidth < rule.min_bandwidth_gb_per_s):
        return False
    return (
        bool({ANY, kind}.intersection(rule.chip_classes))
        and bool({ANY, country}.intersection(rule.countries))
        and bool({ANY, *where}.intersection(rule.groups))
        and not where.intersection(rule.except_groups)
    )


def counts_as(country: str, catalogue: Catalogue, rule_set: str, date: str) -> str:
    """As what the rules of a set count a country, in the words of the data; empty where as itself."""
    for rule in catalogue.buyer_rules:
        named = rule.kind == "place" and rule_set in rule.rule_sets and country in rule.countries
        if named and in_force(rule.effective_from, rule.effective_to, date):
            return rule.meaning
    return ""
