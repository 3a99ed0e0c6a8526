"""Under which terms the source of a figure stands, found by the beginning of its address, and who asks for credit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.keys import by_key
from optimizer.catalogue.load import Catalogue
from optimizer.catalogue.rows import rows_once
from optimizer.domain.base import BY_USER, AsOf, Frozen, Sourced, column
from optimizer.errors import DataError, Problem
from optimizer.units.language import mark

TABLE = "source_licences"
NOT_STATED = "not stated"
"""The licence of a source of which none was seen: its single figures are quoted."""
OF_THE_USER = mark("the user's own")
IS_SOURCE = re.compile(r"(\w+_)?source(_url)?")
"""Columns that hold the source of figures."""
_ADDRESS = re.compile(r"https?://(?:www\.)?([^\s|]*[^\s|.,:;)])", re.IGNORECASE)


class SourceLicence(Frozen):
    """The terms of a source, as they were read where it was opened."""

    address: str = column(
        "how the source is recognised: its address, or the beginning of it up to a / (without https:// and www.); of a"
        " source without an address the beginning of its text up to a space or a /"
    )
    name: str = column("who published the figures, where the address does not say it", default="")
    licence: str = column(
        "licence as an SPDX expression, or in words; 'not stated' where none was seen: single figures are quoted",
        min_length=1,
    )
    stated_at: str = column("where the licence is stated; empty where that was not seen", default="")
    read_on: AsOf = column("when it was looked for")
    credit: str = column("the credit that exports give", default="")
    note: str = column("what a reader should know", default="")


def source_licences(catalogue: Catalogue) -> Mapping[str, SourceLicence]:
    """The terms of every source by its address in lower case; none where a data folder has no such table.

    Raises:
        DataError: every problem of the table at once.
    """
    return get_or_make(catalogue.cache, (TABLE,), lambda: _read(catalogue))


def licence_of(catalogue: Catalogue, source: str) -> str:
    """The licence of each part of a source, separated as the parts are; once where all have the same.

    Args:
        catalogue: names the data folder.
        source: without columns and dates, as ``Sourced.source_of`` has it; nothing has no licence.
    """
    return _joined([("", part) for part in source.split(" | ")], catalogue) if source else ""


def licences_of(catalogue: Catalogue, row: Sourced) -> str:
    """The licences of the whole source of a row, each after the columns that it is for."""
    return _joined([(", ".join(part.columns), part.text) for part in row.sources()], catalogue)


def credits_of_sources(catalogue: Catalogue) -> tuple[str, ...]:
    """Whom exports name: every source that asks for credit, then what the folder says itself."""
    asked = (row.credit for row in source_licences(catalogue).values())
    return tuple(dict.fromkeys((*filter(None, asked), *catalogue.attribution)))


def known_as(source: str) -> list[str]:
    """What a part of a source is recognised by: its addresses, or its text."""
    return [found.lower() for found in _ADDRESS.findall(source)] or [source.lower()]


def terms_of(known: Mapping[str, SourceLicence], name: str) -> SourceLicence | None:
    """The row that an address begins with; None where no row has it."""
    while name not in known:
        shorter = name[: max(name.rfind("/"), name.rfind(" "), 0)]
        if not shorter:
            return None
        name = shorter
    return known[name]


def _of_part(catalogue: Catalogue, part: str) -> str:
    if part.startswith(BY_USER):
        return OF_THE_USER
    found = (terms_of(source_licences(catalogue), name) for name in known_as(part))
    return " AND ".join(dict.fromkeys(row.licence if row else NOT_STATED for row in found))


def _joined(parts: Sequence[tuple[str, str]], catalogue: Catalogue) -> str:
    """The licences of parts, each with the columns that it is for."""
    licences = [_of_part(catalogue, part) for _, part in parts]
    if len(set(licences)) == 1:
        return licences[0]
    return " | ".join(f"{of}: {own}" if of else own for (of, _), own in zip(parts, licences, strict=True))


def _read(catalogue: Catalogue) -> dict[str, SourceLicence]:
    problems: list[Problem] = []
    rows = rows_once(catalogue.folder / f"{TABLE}.csv", SourceLicence, catalogue.cache)
    by_key(TABLE, rows, ("address",), problems)
    if problems:
        raise DataError(problems)
    return {row.address.lower(): row for row in rows}
