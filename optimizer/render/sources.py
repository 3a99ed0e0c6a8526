"""Where the figures of many plans are from: the rows of the data that the plans name, each with source and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optimizer.answers.words.figure_words import licence_words
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licences_of
from optimizer.domain.base import Sourced
from optimizer.units.language import mark

HEADS = (
    *(mark("table"), mark("row"), mark("date"), mark("estimated columns"), mark("checked"), mark("source")),
    *(mark("licence"), mark("note")),
)
_OF_COLUMN = {
    "country": ("countries",),
    "workload": ("workloads",),
    "way": ("ways",),
    "accelerator": ("accelerators",),
    "assumptions": ("assumption_sets",),
    "rules": ("rule_sets",),
}
"""Column of a row of plans -> the tables of which it names a row."""


class NamedSources:
    """Gathers what rows name, and then says where it is from; as small as the data, however many rows there are."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._names: dict[str, set[str]] = {column: set() for column in _OF_COLUMN}
        self._offers: set[tuple[str, str]] = set()
        self._regimes: set[tuple[str, str]] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        """Take note of what one row names; columns that it does not have name nothing."""
        for column, names in self._names.items():
            if text := row.get(column):
                names.update(str(text).split("+"))
        country = str(row.get("country") or "")
        if row.get("rent_basis"):
            self._offers.update((country, name) for name in str(row.get("accelerator") or "").split("+"))
        if regime := row.get("tax_regime"):
            self._regimes.add((country, str(regime)))

    def lines(self) -> Sequence[tuple[str, ...]]:
        """Table, row, date, estimated columns, how far it was checked, source, licence and note, by table and row."""
        found = [_line(table, name, row, licences_of(self._catalogue, row)) for table, name, row in self._rows()]
        return sorted(found, key=lambda line: line[:2])

    def _rows(self) -> Iterator[tuple[str, str, Sourced]]:
        for column, tables in _OF_COLUMN.items():
            for table in tables:
                held: Mapping[str, Sourced] = getattr(self._catalogue, table)
                yield from ((table, name, held[name]) for name in self._names[column] if name in held)
        for country, name in self._offers:
            if (offer := self._catalogue.hire.get((country, name))) is not None:
                yield "offers", f"{country} {name}", offer
        for regime in self._catalogue.tax_regimes:
            if (regime.country, regime.regime) in self._regimes:
                yield "tax_regimes", f"{regime.country} {regime.regime}", regime


def _line(table: str, name: str, row: Sourced, licence: str) -> tuple[str, ...]:
    return (
        table,
        name,
        row.as_of,
        "; ".join(row.estimates),
        row.verification,
        row.source,
        licence_words(licence),
        row.note,
    )
