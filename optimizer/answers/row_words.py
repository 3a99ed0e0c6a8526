"""Why a row of plans has no plan, in words, made anew from its cells in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.answers.place_words import country_words
from optimizer.answers.plan_row import Status
from optimizer.answers.reason_words import no_plan_words, reason_words
from optimizer.case.setting import missing_figure
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.domain.limits import KINDS, Limit
from optimizer.domain.reasons import By, Cause, Need, NoPlan, Reason, ReasonKind
from optimizer.solve.obstacle import placed
from optimizer.units.language import say


def why_not(row: Mapping[str, str], country: Country | None, catalogue: Catalogue) -> str:
    """Why a row has no plan, with what decides or what would be enough.

    Args:
        row: its cells by column; empty text where there is none.
        country: of the site; None where several countries share the reason.
        catalogue: the data, for what the rules say.

    Returns:
        Empty where the cells do not say it: a row that was not decided, or of an earlier version.
    """
    cause = row.get("cause") or ""
    if cause not in tuple(Cause):
        return ""
    if row["status"] == Status.MISSING:
        return _missing_words(row, country)
    return reason_words(_none_of(row, country, catalogue))


def what_decides(row: Mapping[str, str], country: Country | None, catalogue: Catalogue) -> str:
    """The same without what would be enough of each limit, which stands apart."""
    if row["status"] == Status.MISSING:
        return _missing_words(row, country)
    return no_plan_words(_none_of(row, country, catalogue))


def _missing_words(row: Mapping[str, str], country: Country | None) -> str:
    """The figures without which nothing can be planned."""
    whose = country_words(country) if country else say("these countries")
    missing = [missing_figure(name, whose) for name in (row.get("deciding") or "").split(";")]
    return "; ".join(
        say("{country}: {rule}; {remedy}", country=whose, rule=one.rule, remedy=one.remedy) for one in missing
    )


def _none_of(row: Mapping[str, str], country: Country | None, catalogue: Catalogue) -> NoPlan:
    """What is in the way, from the cells of a row."""
    cause, rule = Cause(row["cause"]), row.get("export_rule") or ""
    kinds = [ReasonKind(kind) for kind in filter(None, (row.get("deciding") or "").split(";"))]
    law = Reason(ReasonKind.LICENCE_DENIED, rule=rule, meaning=_meaning(rule, catalogue)) if rule else None
    if law is not None and country is not None:
        law = placed(law, country, catalogue, row.get("rules") or "", row.get("date") or catalogue.as_of)
    figures = [Reason(kind, country=country) for kind in kinds if kind.by is not By.LAW]
    figure, needs = figures[0] if figures else None, tuple(needs_of(row))
    if cause is Cause.LAW:
        return NoPlan(cause, needs, deciding=law or (Reason(kinds[0]) if kinds else None), missing=figure)
    return NoPlan(cause, needs, deciding=figure, barring=law)


def _meaning(rule: str, catalogue: Catalogue) -> str:
    """What an export rule says; empty where the data have no such rule."""
    return next((law.meaning for law in catalogue.licence_rules if law.rule == rule), "")


def needs_of(row: Mapping[str, str]) -> list[Need]:
    """The limits of which more alone would be enough, with how much."""
    columns = {kind.name: kind.needed_column for kind in KINDS.values() if kind.needed_column}
    return [Need(Limit(name), Fraction(text)) for name, column in columns.items() if (text := row.get(column) or "")]
