"""Why a row of plans has no plan, in words, made again from its cells in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.answers.words.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.domain.limits import KINDS, Limit
from optimizer.domain.reasons import By, Cause, Need, NoPlan, Reason, ReasonKind
from optimizer.solve.obstacle import placed


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
    return reason_words(none_of(row, country, catalogue))


def _figures_of(row: Mapping[str, str], country: Country | None) -> list[Reason]:
    """What decides but the law."""
    deciding = list(filter(None, (row.get("deciding") or "").split(";")))
    kinds = [ReasonKind(name) for name in deciding if name in tuple(ReasonKind)]
    by_law = {kind for kind in kinds if kind.by is By.LAW}
    return [
        Reason(ReasonKind(name), country=country)
        if name in kinds
        else Reason(ReasonKind.NO_FIGURE, country=country, figure=name)
        for name in deciding
        if name not in by_law
    ]


def none_of(row: Mapping[str, str], country: Country | None, catalogue: Catalogue) -> NoPlan:
    """What is the obstacle, from the cells of a row that has a cause; arguments as of :func:`why_not`."""
    cause, rule = Cause(row["cause"]), row.get("export_rule") or ""
    deciding = list(filter(None, (row.get("deciding") or "").split(";")))
    kinds = [ReasonKind(name) for name in deciding if name in tuple(ReasonKind)]
    by_law = [Reason(kind) for kind in kinds if kind.by is By.LAW]
    figures = _figures_of(row, country)
    kind = next((reason.kind for reason in by_law), ReasonKind.LICENCE_DENIED)
    law = Reason(kind, rule=rule, meaning=_meaning(rule, catalogue)) if rule else None
    if law is not None and country is not None:
        law = placed(law, country, catalogue, row.get("rules") or "", row.get("date") or catalogue.as_of)
    needs = tuple(needs_of(row))
    if cause is Cause.LAW:
        return NoPlan(cause, needs, deciding=law or next(iter(by_law), None), missing=tuple(figures))
    first, further = (figures[0], figures[1:]) if figures else (None, [])
    return NoPlan(cause, needs, deciding=first, barring=law, missing=tuple(further))


def _meaning(rule: str, catalogue: Catalogue) -> str:
    """What an export rule says; empty where the data have no such rule."""
    return next((law.meaning for law in catalogue.licence_rules if law.rule == rule), "")


def needs_of(row: Mapping[str, str]) -> list[Need]:
    """The limits of which more alone would be enough, with how much."""
    columns = {kind.name: kind.needed_column for kind in KINDS.values() if kind.needed_column}
    return [
        Need(Limit(name), Fraction(text), Fraction(asked) if (asked := row.get(KINDS[name].field)) else None)
        for name, column in columns.items()
        if (text := row.get(column) or "")
    ]
