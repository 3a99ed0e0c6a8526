"""The columns of a row of data for a reader: value, unit, whether it is an estimate, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from optimizer.answers.form.shapes import Sparse, entry
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import IS_SOURCE, licence_of, licences_of
from optimizer.domain import Sourced
from optimizer.domain.base import unit_of
from optimizer.units.language import local_number, say

_PROVENANCE = ("source", "as_of", "verification", "estimates", "substitutes", "note", "price_source", "rent_source")
SAID = frozenset(
    (
        *("name", "description", "gives", "lacks", "why", "meaning", "status", "note", "consequence", "applies_to"),
        *("jurisdiction", "differs", "parts", "cost_covers", "power_covers", "seen_on"),
    )
)
"""Columns of sentences: shown in the language that is spoken where its catalogue has them. Every other cell is shown as
the file has it, so that it can be found there; only numbers, days, yes and no are written by the language's habit."""
LONGEST_PLAIN = 16
"""Decimals with more digits before the point keep their exponent."""


class FigureLine(Sparse):
    """A figure, or something else that is said of an entry."""

    name: str
    value: str = entry("as text")
    meaning: str | None = entry("what it is, or where it comes from", default=None)
    unit: str | None = None
    estimate: Literal["yes"] | None = entry("yes of an estimate", default=None)
    as_of: str | None = entry("its date, where it is not that of the entry", default=None)
    licence: str | None = entry("licence of the source of a figure, or of this source, as it was read", default=None)


Sheet = dict[str, list[FigureLine]]
"""Title of a section -> its lines."""


def if_estimate(is_estimate: bool) -> Literal["yes"] | None:
    """How a line is marked as an estimate."""
    return "yes" if is_estimate else None


def figures(row: Sourced, catalogue: Catalogue, skip: Iterable[str] = ()) -> list[FigureLine]:
    """The columns of a row with value, unit, and whether they are estimates; its source and note last; figures and
    sources with their licences."""
    lines = []
    for name, info in type(row).model_fields.items():
        value = getattr(row, name)
        if name in _PROVENANCE or name in skip or value in (None, (), ""):
            continue
        lines.append(
            FigureLine(
                name=name,
                value=say(value) if name in SAID and isinstance(value, str) else plain(value),
                meaning=info.description or "",
                unit=unit_of(info) or None,
                estimate=if_estimate(row.is_estimate(name)),
                as_of=day if unit_of(info) and (day := row.date_of(name)) != row.as_of else None,
                licence=licence_of(catalogue, row.source_of(name))
                if unit_of(info)
                else source_licence(catalogue, name, value),
            )
        )
    for name in _PROVENANCE:
        value = getattr(row, name, None)
        if value and name != "estimates":
            licence = licences_of(catalogue, row) if name == "source" else source_licence(catalogue, name, value)
            text = say(value) if name in SAID else plain(value)
            lines.append(FigureLine(name=name, value=text, licence=licence))
    return lines


def source_licence(catalogue: Catalogue, name: str, value: object) -> str | None:
    """The licence of what stands in a column of sources; none of another column."""
    return licence_of(catalogue, str(value)) if IS_SOURCE.fullmatch(name) and value else None


def plain(value: object) -> str:
    """A value as text, a number by the habit of the language that is spoken."""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, Decimal):
        return local_number(format(value, "f") if abs(value.adjusted()) < LONGEST_PLAIN else str(value))
    return {True: say("yes"), False: say("no")}[value] if isinstance(value, bool) else str(value)
