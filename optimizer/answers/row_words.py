"""Why a row of plans has no plan, in words, made anew from its cells in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.answers.place_words import country_words
from optimizer.answers.plan_row import Status
from optimizer.answers.reason_words import CAUSES, barring_words, deciding_words, reason_words
from optimizer.case.setting import missing_figure
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.domain.limits import KINDS, Limit
from optimizer.domain.reasons import Cause, Need, NoPlan, Reason, ReasonKind
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
    if cause == Cause.LIMITS:
        found = reason_words(NoPlan(Cause.LIMITS, tuple(needs_of(row))))
    else:
        told = what_decides(row, country, catalogue)
        found = (
            say("{causes}: {deciding}", causes=CAUSES[Cause(cause)], deciding=told) if told else CAUSES[Cause(cause)]
        )
    if cause == Cause.LAW or not (rule := row.get("export_rule") or ""):
        return found
    return barring_words(found, Reason(ReasonKind.LICENCE_DENIED, rule=rule, meaning=_meaning(rule, catalogue)))


def what_decides(row: Mapping[str, str], country: Country | None, catalogue: Catalogue) -> str:
    """The rule, or the figure, that decides; empty where none does."""
    deciding = row.get("deciding") or ""
    if not deciding:
        return ""
    if row["status"] == Status.MISSING:
        whose = country_words(country) if country else say("these countries")
        missing = [missing_figure(name, whose) for name in deciding.split(";")]
        return "; ".join(
            say("{country}: {rule}; {remedy}", country=whose, rule=one.rule, remedy=one.remedy) for one in missing
        )
    rule = (row.get("export_rule") or "") if row.get("cause") == Cause.LAW else ""
    meaning = _meaning(rule, catalogue)
    return deciding_words(Reason(ReasonKind(deciding), rule=rule, meaning=meaning, country=country))


def _meaning(rule: str, catalogue: Catalogue) -> str:
    """What an export rule says; empty where the data have no such rule."""
    return next((law.meaning for law in catalogue.licence_rules if law.rule == rule), "")


def needs_of(row: Mapping[str, str]) -> list[Need]:
    """The limits of which more alone would be enough, with how much."""
    columns = {kind.name: kind.needed_column for kind in KINDS.values() if kind.needed_column}
    return [Need(Limit(name), Fraction(text)) for name, column in columns.items() if (text := row.get(column) or "")]
