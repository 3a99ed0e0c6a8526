"""The rows of a table of the data folder for a reader: every figure with its unit, and whether it is an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

from optimizer.answers.words.place_words import of_country
from optimizer.catalogue import Catalogue
from optimizer.catalogue.load import TABLES
from optimizer.catalogue.rows import sound_rows
from optimizer.catalogue.tables import read_lines, read_text, suggestion
from optimizer.domain.base import Sourced, WithSubstitutes
from optimizer.errors import UsageError
from optimizer.reference.figure_lines import FigureLine, Sheet, figures, plain, source_licence
from optimizer.reference.row_types import TABLE_KEYS, row_types
from optimizer.units.language import say

SUFFIX = ".csv"
FIRST = 7
"""Columns that head a row of a table without a key."""


def table_named(name: str) -> str | None:
    """The table that a name means: ``usual_ranges``, ``usual-ranges`` or ``usual_ranges.csv``; None of another."""
    bare = name.strip().lower().removesuffix(SUFFIX).replace("-", "_").replace(" ", "_")
    return bare if bare in row_types() else None


def table_sheet(catalogue: Catalogue, table: str, words: Sequence[str] = ()) -> Sheet:
    """The rows of a table, one section each, headed by the columns that tell it apart.

    Args:
        table: as :func:`table_named` has it.
        words: only rows that have each of these words as a cell, or in a list of one; none: all rows. Of several
            countries, the rows of each; of a region, those of its countries.

    Raises:
        DataError: the file cannot be read.
        UsageError: no row has the words.
    """
    placed = {word: _countries(catalogue, word) for word in words}
    asked = [_forms(catalogue, word) for word, codes in placed.items() if not codes]
    places = frozenset[str]().union(*(_forms(catalogue, word) for word, codes in placed.items() if codes))
    codes = frozenset[str]().union(*placed.values())
    found: Sheet = {}
    for row in table_rows(catalogue, table):
        cells = _cells(row)
        here = not codes or places & cells or getattr(row, "country", None) in codes
        if here and all(forms & cells for forms in asked):
            title = _title(table, row)
            found[_apart(title, found)] = _lines(row, catalogue)
    if words and not found:
        raise UsageError(_no_row(catalogue, table, words))
    return found


def _forms(catalogue: Catalogue, word: str) -> frozenset[str]:
    """A word as cells may have it, in lower case: the code of the country, or the accelerators, that it names."""
    named = (catalogue.known("country", word), catalogue.known("accelerator", word), *catalogue.family_of(word))
    return frozenset(name.lower() for name in (word, *named) if name)


def _countries(catalogue: Catalogue, word: str) -> frozenset[str]:
    """The codes of the country or of the countries of the region that a word names; none of another word."""
    if (code := catalogue.known("country", word)) is not None:
        return frozenset((code,))
    region = catalogue.known("region", word)
    return frozenset() if region is None else frozenset(catalogue.regions[region].members)


def _no_row(catalogue: Catalogue, table: str, words: Sequence[str]) -> str:
    """Why a table shows nothing: no row of that country, or a word that no cell has, with those that are like it."""
    codes = [catalogue.known("country", word) for word in words]
    if code := next(filter(None, codes), None):
        return say("no row of {table} is {of_country}", table=table, of_country=of_country(catalogue.countries[code]))
    titles = map(partial(_title, table), table_rows(catalogue, table))
    known = {part: part for title in titles for part in title.split(", ")}
    word = " ".join(words)
    return say('"{word}": no row of {table} has it; {near}', word=word, table=table, near=suggestion(word, known))


def table_rows(catalogue: Catalogue, table: str) -> list[Any]:
    """The rows as the program uses them: with country packs laid over the tables that plans depend on; none of a table
    that a folder of your own does without.

    Raises:
        DataError: the file cannot be read.
    """
    if table in TABLES:
        return list(catalogue.rows(table))
    if not is_there(catalogue, table):
        return []
    return sound_rows(catalogue.folder / f"{table}{SUFFIX}", row_types()[table])


def is_there(catalogue: Catalogue, table: str) -> bool:
    """Whether the folder has the table: one of your own may do without some."""
    return (catalogue.folder / f"{table}{SUFFIX}").is_file()


def count_rows(catalogue: Catalogue, table: str) -> int:
    """How many rows a table has; they are not typed for it.

    Raises:
        DataError: the file cannot be read.
    """
    path = catalogue.folder / f"{table}{SUFFIX}"
    if table in TABLES or not is_there(catalogue, table):
        return len(table_rows(catalogue, table))
    return sum(1 for _ in read_lines(read_text(path), path.name)[1])


def _cells(row: BaseModel) -> set[str]:
    """Every cell of a row in lower case, and every word of a list."""
    cells: set[str] = set()
    for name in type(row).model_fields:
        value = getattr(row, name)
        cells |= {str(each).lower() for each in (value if isinstance(value, tuple) else (value,))}
    return cells


def _title(table: str, row: BaseModel) -> str:
    """What tells a row apart: the key of its table, else its first columns that are no figures."""
    names = TABLE_KEYS.get(table) or [
        name for name in type(row).model_fields if name not in WithSubstitutes.model_fields
    ]
    reported = (plain(value) for name in names[:FIRST] if (value := getattr(row, name)) is not None)
    return ", ".join(filter(None, reported)) or table


def _apart(title: str, found: Sheet) -> str:
    """The title, numbered where another row has the same one."""
    if title not in found:
        return title
    number = 2
    while f"{title} ({number})" in found:
        number += 1
    return f"{title} ({number})"


def _lines(row: Any, catalogue: Catalogue) -> list[FigureLine]:
    """The cells of a row; what a column means is said once, by the data dictionary."""
    if isinstance(row, Sourced):
        return [line.model_copy(update={"meaning": None}) for line in figures(row, catalogue)]
    values = ((name, getattr(row, name)) for name in type(row).model_fields)
    return [
        FigureLine(name=name, value=plain(value), licence=source_licence(catalogue, name, value))
        for name, value in values
        if value not in (None, (), "")
    ]
