"""Export rules in words: the one that lets servers in, and those that depend on the buyer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.answers.form.blocks import Line
from optimizer.answers.form.document import Section
from optimizer.catalogue import Catalogue
from optimizer.law.routes import buyer_rules
from optimizer.plans.outcome import Fleet, PlanItem
from optimizer.units.language import say


def rule_words(item: PlanItem) -> str:
    """ "LIC_GROUPB_NONE: no licence is needed for ...": the rule's name, and what it says, in the language spoken."""
    return say("{route}: {meaning}", route=item.key.route, meaning=say(item.meaning))


def rule_text(item: PlanItem) -> str:
    """The same as the data have it, for what is read back and compared with them."""
    return f"{item.key.route}: {item.meaning}"


def buyer_words(plan: Fleet) -> list[str]:
    """What depends on the buyer and would mislead if it were left out, of every accelerator that is imported."""
    setting = plan.setting
    chips = [item.key.accelerator for item in plan.items if item.key.procurement == "buy"]
    return list(
        buyer_rule_words(chips, setting.country.id, setting.catalogue, setting.rules.id, setting.case.date or "")
    )


def buyer_rule_words(chips: Iterable[str], country: str, catalogue: Catalogue, rules: str, date: str) -> Iterable[str]:
    """The same of accelerators that are bought in a country: "UAE_A5: In the United Arab Emirates only ..."."""
    found: Mapping[str, str] = {
        rule.rule: say("{rule}: {meaning}", rule=rule.rule, meaning=say(rule.meaning))
        for chip in chips
        for rule in buyer_rules(catalogue.accelerators[chip], country, catalogue, rules, date)
        if rule.in_sentence
    }
    return found.values()


def buyer_section(plans: Iterable[Fleet | None]) -> Section:
    """The same of several plans, each rule once; empty where none of them is bound to a buyer."""
    words = dict.fromkeys(text for plan in plans if plan is not None for text in buyer_words(plan))
    return Section(say("Depends on the buyer or the route of the goods, and is not decided here"), [*map(Line, words)])
