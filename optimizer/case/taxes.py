"""The import taxes of a case: those of the day of delivery, of the regime that is named, as the buyer bears them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import ANY, BY_USER, Case, TaxRegime
from optimizer.errors import DataError, Problem
from optimizer.units.language import mark, say


def customs_day(case: Case, buy_lead_days: int) -> str:
    """The day of the import taxes: that of delivery, so many days after the case's date.

    The time of a licence, which differs by route, is not in it: a route with one may pass customs later.
    """
    arrives = date.fromisoformat(case.date or "").toordinal() + buy_lead_days
    return date.fromordinal(min(arrives, date.max.toordinal())).isoformat()


def tax_after(case: Case, asked: Case, catalogue: Catalogue, buy_lead_days: int) -> TaxRegime:
    """The tax regime of a case whose bought servers arrive so many days after the order.

    Args:
        case: settled.
        asked: as it came, with the regime that it names.

    Raises:
        DataError: none is in force on that day.
    """
    problems: list[Problem] = []
    found = tax_on(case, asked.tax_regime, customs_day(case, buy_lead_days), catalogue, problems)
    if found is None:
        raise DataError(problems)
    return found


def taxes_change(case: Case, catalogue: Catalogue, first: int, last: int) -> bool:
    """Whether a tax regime of a case begins or ends between two numbers of days after the order, the first left out.

    Args:
        case: settled.
    """
    after, until = customs_day(case, first), customs_day(case, last)
    regimes = _regimes_of(case, catalogue)
    begins = any(after < (row.effective_from or "") <= until for row in regimes)
    return begins or any(after <= row.effective_to < until for row in regimes if row.effective_to)


def tax_on(case: Case, regime: str | None, day: str, catalogue: Catalogue, problems: list[Problem]) -> TaxRegime | None:
    """The tax regime in force on the day: the one named, else the default; the country's own row before one for any."""
    there = _regimes_of(case, catalogue)
    named = [row for row in there if (row.is_default if regime is None else row.regime == regime)]
    rows = [row for row in named if (row.effective_from or "") <= day and (row.effective_to or day) >= day]
    rows.sort(key=lambda row: (row.assumption_set == ANY, row.country == ANY))
    if not rows:
        known = sorted({row.regime for row in there} - {regime})
        rule = say("is not a tax regime of {country}", country=case.country)
        if named:
            at, spans = case.country, ", ".join(map(_span, named))
            rule = say(
                "is not in force in {at} on {day}, the day of delivery: it applies {spans}", at=at, day=day, spans=spans
            )
        problems.append(
            Problem(
                rule,
                column="tax_regime",
                value=regime or (named[0].regime if named else None),
                remedy=say("known: {known}", known=", ".join(known) or "none"),
            )
        )
        return None
    found = _as_borne(rows[0], case)
    if case.import_duty is not None:
        return found.model_copy(update={"duty": case.import_duty, "source": BY_USER, "estimates": ()})
    return found


def _as_borne(row: TaxRegime, case: Case) -> TaxRegime:
    """A regime with the VAT that comes back to the buyer: to a public one none, where nothing else is known."""
    if case.buyer != "public":
        return row
    refunded, guessed = row.vat_recoverable_public, row.estimates
    if refunded is None:
        refunded, guessed = Decimal(0), (*guessed, "vat_recoverable")
    return row.model_copy(update={"vat_recoverable": refunded, "estimates": guessed})


def _regimes_of(case: Case, catalogue: Catalogue) -> tuple[TaxRegime, ...]:
    """The regimes of the case's country and assumptions, on whatever day they hold: few of all that are known."""
    countries, sets = (case.country, ANY), (case.assumptions, ANY)

    def found() -> tuple[TaxRegime, ...]:
        return tuple(row for row in catalogue.tax_regimes if row.country in countries and row.assumption_set in sets)

    return get_or_make(catalogue.cache, ("tax regimes", case.country, case.assumptions), found)


def _span(row: TaxRegime) -> str:
    """The days of a regime in words."""
    ends = ((mark("from {day}"), row.effective_from), (mark("to {day}"), row.effective_to))
    return " ".join(say(words, day=day) for words, day in ends if day) or say("on every day")
