"""On what terms servers are had, in words: what is counted with them, what holds for them alone."""

from __future__ import annotations

from fractions import Fraction

from optimizer.answers.numbers import share_percent, up
from optimizer.plans.outcome import Fleet, Plan
from optimizer.units.language import say


def spare_words(plan: Plan) -> list[str]:
    """That a limit on devices or their performance counts the spares, too, where there is one."""
    counted = [use.limit for use in plan.limits if use.limit.kind in ("tpp", "accelerators", "supply", "law")]
    spares = sum(item.spares for item in plan.items)
    if not counted or not spares:
        return []
    return [
        say(
            "limits on accelerators and on TPP count the {spares:,} spares bought with these servers, too",
            spares=up(spares, 0),
        )
    ]


def vat_words(plan: Fleet) -> list[str]:
    """Who bears the VAT on the hardware, where there is one that a public buyer and a company bear differently."""
    tax = plan.setting.tax
    if not tax.vat or all(item.key.procurement != "buy" for item in plan.items):
        return []
    rate = share_percent(Fraction(tax.vat))
    if plan.setting.case.buyer == "public":
        refunded = share_percent(Fraction(tax.vat_recoverable))
        told = say(
            "public buyer: of the VAT of {rate} on the hardware, {refunded} comes back; VAT on rent, power and services"
            " is not counted",
            rate=rate,
            refunded=refunded,
        )
    else:
        told = say(
            "the VAT of {rate} on the hardware is counted as for a company; a ministry or a public university mostly"
            " bears it: --buyer public",
            rate=rate,
        )
    return [told]


def regime_words(plan: Fleet) -> list[str]:
    """What a tax regime asks for that the case names, in the words of the data."""
    tax = plan.setting.tax
    if tax.is_default or not tax.note or all(item.key.procurement != "buy" for item in plan.items):
        return []
    return [say("tax regime {regime}: {note}", regime=tax.regime, note=tax.note)]
