"""The data in the language of who asks: what a column means, its type and unit, what an entry says; and what is not."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from commands import Cli
from messages import PACKAGE, TRANSLATED, catalogue, described_types, texts_of

from optimizer.catalogue import Catalogue
from optimizer.domain.base import unit_of
from optimizer.reference import data_tables
from optimizer.reference.data_sheets import sheet
from optimizer.reference.data_tables import table_rows, table_sheet
from optimizer.reference.evidence_sheets import efficiency_view
from optimizer.reference.figure_lines import Sheet
from optimizer.reference.row_types import row_types
from optimizer.render.csv import fields
from optimizer.render.sheets import column_words
from optimizer.units.language import say, speaking, tables_of
from optimizer.validation.projects import projects_of

WORD = re.compile(r"(?<![-\w])(?!bit)[a-z]{3,}(?![_\d])")
"""Part of a text or unit that is a word; kWh and MW are signs, and names have digits or marks in them."""
VIEWS = ("mfu h100", "mfu b200", "goodput", "goodput h100", "overhead", "scale")
ENTRIES = ("h100", "BR", "US", "latin america", "llama-3.1-405b", "lora", "LIC_D1_D4", "GP10_ASCEND")


@pytest.mark.parametrize("code", TRANSLATED)
def test_columns_are_described_in_the_language(command: Cli, code: str) -> None:
    """Spanish headings stood over 80 English meanings; and "string", "days" and "servers" beside Spanish ones."""
    for row_type in described_types():
        for field in fields(row_type):
            with speaking(code):
                name, _, _, meaning = column_words(field)
            translated = texts_of(catalogue(code).get(field["description"])) if field["description"] else ("",)
            assert (name, meaning) == (field["name"], *translated)
    for name in ("plan", "case", "tornado", "feed"):
        english, told = (
            command("data", "show", name, "--md", "--lang", one).out.splitlines()[3:] for one in ("en", code)
        )
        assert len(english) == len(told) > 10
        assert not set(english) & set(told) - {""}, name


def test_every_unit_is_a_sign_or_a_word_with_a_translation(live: Catalogue) -> None:
    """Of columns, and of cells that hold a unit: "12 server-days" in a Spanish answer is two languages."""
    units = {unit_of(column) for row_type in described_types() for column in row_type.model_fields.values()}
    for table in live.folder.glob("*.csv"):
        with table.open(encoding="utf-8") as stream:
            units |= {row["unit"] or "" for row in csv.DictReader(stream) if "unit" in row}
    words = tables_of(PACKAGE / "units" / "language.txt")["units"]
    assert sorted(unit for unit in units if WORD.search(unit) and unit not in words) == []


def test_a_dictionary_in_the_language_names_the_same_columns(command: Cli) -> None:
    """Its meanings, types and headings are Spanish; the names, by which programs read, are what they are."""
    english, told = (command("data", "dictionary", "--lang", code).out for code in ("en", "es"))
    first = re.compile(r"^\| (?!column|---)(\S+) \|", re.MULTILINE)
    assert first.findall(english) == first.findall(told)
    assert "| columna | tipo | unidad |" in told and "| id* | texto |" in told and "string" not in told.split("## ")[1]


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_what_programs_read_is_english(command: Cli, form: str) -> None:
    """The same bytes in every language: columns, an entry, the dictionary, the package, a schema."""
    asked = (("show", "plan"), ("show", "h100"), ("show", "lora"), ("show", "schema", "plan"), ("dictionary",))
    for words in asked:
        assert command("data", *words, form, "--lang", "es").out == command("data", *words, form).out, words
    for words in (("package",), ("show", "schema", "plan")):
        assert command("data", *words, "--lang", "es").out == command("data", *words).out, words


def _sheets(live: Catalogue) -> Iterator[tuple[str, Callable[[], Sheet | None]]]:
    """What ``data show`` has of every kind: entries, views of efficiency, the first rows of every table."""
    named = (*ENTRIES, *live.rule_sets, *live.assumption_sets, *live.ways, *(row.id for row in projects_of(live)[:5]))
    for name in named:
        yield name, lambda name=name: sheet(live, name)
    for name in VIEWS:
        yield name, lambda name=name: efficiency_view(live, name.split())
    for name in row_types():
        yield name, lambda name=name: table_sheet(live, name)


def _texts(found: Sheet | None) -> list[str]:
    """Every text of a sheet, in order; a meaning as it is said."""
    texts = []
    for title, lines in (found or {}).items():
        texts.append(title)
        texts += [text for line in lines for text in (line.name, line.value, say(line.meaning or ""))]
    return texts


def _digits(text: str) -> list[str]:
    """The digits of the figures of a text: marks, zeros at the end and the order of a date are of its language."""
    return sorted(re.findall("[1-9]", text))


@pytest.mark.parametrize("code", TRANSLATED)
def test_an_entry_says_the_same_in_every_language(live: Catalogue, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The same figures; and what is in English in both is a cell of the data, not a sentence of the program.

    In Spanish the whole run of Llama 3.1 405B was 0.863 of the peak, which is its goodput, and not 0.345: the line
    asked its own translated name what it was. "rests on" and "whole runs" were headings of a Spanish page.
    """
    cells = _cells(live)
    monkeypatch.setattr(data_tables, "table_rows", cache(lambda *given: table_rows(*given)[:10]))
    for name, make in _sheets(live):
        with speaking("en"):
            english = _texts(make())
        with speaking(code):
            told = _texts(make())
            pairs = [pair for pair in zip(english, told, strict=True) if pair[0] != pair[1]]
            own = [pair for pair in pairs if catalogue(code).get(pair[0]) is None]  # a text of the data may have rules
            assert [pair for pair in own if _digits(pair[0]) != _digits(pair[1])] == [], name
        left = [
            text for text, other in zip(english, told, strict=True) if text == other and len(WORD.findall(text)) > 1
        ]
        assert [text for text in left if not _of_data(text, cells)] == [], name


def _of_data(text: str, cells: frozenset[str]) -> bool:
    """Whether a text is made of cells alone: a note with its source, the key of a row, a list."""
    parts = re.split(r"; |, | \[|\] ?| \| | (?=fp|bf|nvfp|dense|moe)", text)
    return text in cells or any(text.startswith(cell) for cell in cells if len(cell) > 20) or cells.issuperset(parts)


def _cells(live: Catalogue) -> frozenset[str]:
    found = set()
    for table in live.folder.glob("*.csv"):
        with table.open(encoding="utf-8") as stream:
            for row in csv.reader(stream):
                for text in row:
                    found |= {text, *text.split("; "), *text.split(";"), *text.split(", ")}
    return frozenset(found)
