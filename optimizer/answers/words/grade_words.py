"""How firm the figures behind a plan are, in words."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.answers.form.numbers import usd
from optimizer.answers.words.common_words import plan_words
from optimizer.answers.words.mix_words import of_one_kind
from optimizer.case.cooling import cooling_of
from optimizer.case.grades import Grade
from optimizer.case.rents import RentBasis, rent_of
from optimizer.insight.firmness import Firmness, item_grades
from optimizer.plans.outcome import Fleet, Plan, PlanItem
from optimizer.units.language import Messages, say

_EFFICIENCY = Messages(
    {
        Grade.LISTED: "measured in published runs on this accelerator",
        Grade.DERIVED: "derived from benchmarks or from runs on other hardware",
        Grade.ESTIMATE: "an estimate, no measurement was found",
    }
)
_POWER = Messages({Grade.LISTED: "the maker's rating", Grade.DERIVED: "derived", Grade.ESTIMATE: "an estimate"})
_GRADES = Messages({Grade.LISTED: "listed", Grade.DERIVED: "derived", Grade.ESTIMATE: "estimate"})


def grade_lines(plan: Fleet) -> Iterator[str]:
    """Of each kind of server, where its price, its efficiency and its power come from."""
    for item in plan.items:
        grades = item_grades(plan, item)
        name = (
            say(
                " of {accelerators_name}",
                accelerators_name=plan.setting.catalogue.accelerators[item.key.accelerator].name,
            )
            if len(plan.items) > 1
            else ""
        )
        price = _price(plan, item, grades["price"])
        efficiency, power = _EFFICIENCY[grades["efficiency"]], _power(plan, item, _POWER[grades["power"]])
        yield say(
            "evidence{name}: price {price}; efficiency {efficiency}; power {power}",
            name=name,
            price=price,
            efficiency=efficiency,
            power=power,
        )


def _power(plan: Fleet, item: PlanItem, grade: str) -> str:
    """How firm the power is; and the PUE of its hall, where that is not the country's but that of its cooling."""
    setting = plan.setting
    hall = cooling_of(setting, item.key.accelerator)
    if hall is None or hall.pue >= setting.figures["pue"].value:
        return grade
    if hall.is_estimate("pue"):
        return say("{grade}; PUE {pue:f}: liquid cooling, an estimate", grade=grade, pue=hall.pue)
    return say("{grade}; PUE {pue:f}: liquid cooling", grade=grade, pue=hall.pue)


def _price(plan: Fleet, item: PlanItem, grade: Grade) -> str:
    if item.key.procurement == "own":
        return say("already paid")
    if item.key.procurement == "buy":
        return say("an estimate") if grade is Grade.ESTIMATE else say("published elsewhere, with import taxes added")
    rent = rent_of(plan.setting, item.key.accelerator, item.key.terms)
    if rent is not None and rent.offer is not None:
        if grade is Grade.ESTIMATE:
            reported = {"provider": rent.offer.provider, "as_of": rent.offer.as_of}
            return say("an estimate from the list of {provider} ({as_of})", **reported)
        return say("listed by {provider} ({as_of})", provider=rent.offer.provider, as_of=rent.offer.as_of)
    return (
        say("your own")
        if rent is not None and rent.basis is RentBasis.STATED
        else say("from price lists of other countries, not an offer")
    )


def firmer_line(plan: Plan, found: Firmness) -> str:
    """The best plan on firmer figures, and what firmness costs; empty where the plan rests on the firmest."""
    if found.grade is Grade.LISTED:
        return ""
    if found.firmer is None or found.firmer_grade is None:
        return of_one_kind(plan.setting.case, say("no plan within the limits rests on firmer evidence"))
    more = found.firmer.cost_usd - plan.cost_usd
    price = say("{more} more", more=usd(more)) if more >= 0 else say("{more} less", more=usd(-more))
    words = say(
        "on firmer evidence ({firmer_grade} or better): {plan} ({price})",
        firmer_grade=_GRADES[found.firmer_grade],
        plan=plan_words(found.firmer),
        price=price,
    )
    return of_one_kind(plan.setting.case, words)
