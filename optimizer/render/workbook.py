"""A document as a workbook: typed cells, dates, headings that stay and filter, totals as formulas, sources on a sheet.

No text is ever a formula: texts are written as strings, and only the totals that this module makes are formulas.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO

from optimizer.answers.form.case_words import setting_words
from optimizer.answers.form.document import Document, Line, Table, Verbatim, with_notes
from optimizer.answers.form.ground_words import ground_words
from optimizer.answers.words.figure_words import figure_name_words, licence_words, source_words
from optimizer.catalogue.source_licences import licence_of
from optimizer.render.layout import PLAIN, Layout
from optimizer.render.sheets import (
    LONGEST_TEXT,
    Pages,
    RowSheets,
    filtered,
    headings,
    height_points,
    letter,
    open_book,
    printed,
    stamp_lines,
    widths,
    write_texts,
)
from optimizer.render.sources import HEADS, NamedSources
from optimizer.units.language import english_number, say, speaking, unit_words

_NUMBER = re.compile(r"([+-]?)(?:US)?\$?\s?([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(\s?%)?(M| mi| millones)?")
"""A figure as English writes it, with the sign of the dollar or of a share."""

WIDE = 110
"""Of the sheet of sentences, in characters."""


def write_document(document: Document, stream: BinaryIO, layout: Layout = PLAIN) -> None:
    """The whole document as one workbook, its rows with the columns of a layout.

    Raises:
        UsageError: what writes it is not installed.
    """
    with speaking(document.language):
        stream.write(_written(document, layout))


def _written(document: Document, layout: Layout) -> bytes:
    buffer = io.BytesIO()
    book = open_book(buffer, document.title, document.grounds.catalogue)
    pages = Pages(book)
    _answer(document, pages)
    for name, table in _tables(document):
        _table(pages, name, table)
    named = NamedSources(document.grounds.catalogue)
    if document.grounds.figures:  # the rows, which programs read, come last
        _grounds(document, pages, named)
    if document.rows is not None:
        _rows(document, pages, layout, named)
    if not document.grounds.figures:  # the sources of what the rows name
        _grounds(document, pages, named)
    book.close()
    return buffer.getvalue()


def _answer(document: Document, pages: Pages) -> None:
    """The sentences of the answer, section by section."""
    sheet = pages.add(say("Answer"))
    sheet.set_column(0, 0, WIDE)
    printed(sheet, [WIDE])
    pages.put(sheet, 0, 0, document.title or document.question, pages.title)
    row = 2
    for section in with_notes(document):
        lines = [block for block in section.blocks if isinstance(block, Line | Verbatim)]
        lines = [line for line in lines if not (isinstance(line, Line) and line.of_terminal)]
        if not lines:
            continue
        if section.title:
            pages.put(sheet, row, 0, section.title, pages.bold)
            row += 1
        for line in lines:
            strong = isinstance(line, Line) and line.tone in ("strong", "good", "bad")
            sheet.write_string(row, 0, line.text[:LONGEST_TEXT], pages.strong if strong else pages.wrapped)
            sheet.set_row(row, height_points([line.text], WIDE))
            row += 1
        row += 1


def _tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Every table of the document, with those of its charts, and the name of its sheet."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block.title or section.title or say("Table"), block
            elif not isinstance(block, Line | Verbatim):
                yield section.title or block.title, block.table


def _table(pages: Pages, name: str, table: Table) -> None:
    """A table as it is shown, its figures as numbers, its total as a formula over what it adds up."""
    sheet = pages.add(name)
    names = [column.name for column in table.columns]
    headings(pages, sheet, names)
    filtered(sheet, names, len(table.rows) - table.total)
    last = len(table.rows) - 1
    figures = [column.right for column in table.columns]
    values = [[_value(text, right) for text, right in zip(row, figures, strict=True)] for row in table.rows]
    for place, row in enumerate(values):
        for column, (value, form) in enumerate(row):
            shown = None if form is None else getattr(pages, form)
            parts = [values[above][column][0] for above in range(last)]
            if table.total and place == last and isinstance(value, int | float) and _adds_up(parts, value):
                formula = f"=SUM({letter(column)}2:{letter(column)}{last + 1})"
                sheet.write_formula(place + 1, column, formula, shown or pages.whole, value)
            else:
                pages.put(sheet, place + 1, column, value, shown)
    widths(sheet, names, table.rows)


def _value(text: str, is_figure: bool) -> tuple[object, str | None]:
    """A cell of a table as a number with its format, where the column has figures and the cell is one."""
    found = _NUMBER.fullmatch(english_number(text.strip())) if is_figure else None
    if found is None:
        return text, None
    sign, whole, decimals, share, millions = found.groups()
    number = Decimal(f"{sign}{whole.replace(',', '')}{decimals or ''}")
    if millions:
        return float(number * 10**6), "thousandths" if len(decimals or "") > len(".00") else "hundredths"
    if share:
        return float(number / 100), "percent"
    return (float(number), "decimal") if decimals else (int(number), "whole")


def _adds_up(parts: Sequence[object], total: float) -> bool:
    """Whether a total is the sum of what stands above it, to what is shown of each."""
    numbers = [part for part in parts if isinstance(part, int | float)]
    return len(numbers) == len(parts) > 0 and abs(sum(numbers) - total) <= 0.0005 * len(parts) * max(1.0, abs(total))


def _rows(document: Document, pages: Pages, layout: Layout, named: NamedSources) -> None:
    """The rows of the answer, typed, with the meaning and unit of every column on a sheet of their own."""
    from optimizer.render.csv import fields

    assert document.rows is not None
    names = layout.names(document.rows.row_type)
    known = {field["name"]: field for field in fields(document.rows.row_type)}
    sheets = RowSheets(pages, say("Rows"), [known[name] for name in names])
    for row in document.rows.make():
        sheets.write(getattr(row, name) for name in names)
        named.add(row.__dict__)
    sheets.close()


def _grounds(document: Document, pages: Pages, named: NamedSources) -> None:
    """What was assumed, and every figure with its range, source and date; of many plans the rows of the data."""
    grounds = document.grounds
    if grounds.assumed:
        lines = [[*setting_words(item.field, item.value), ground_words(item.why)] for item in grounds.assumed]
        write_texts(pages, say("Assumed"), [say("field"), say("value"), say("why")], lines)
    if not grounds.figures:
        write_texts(pages, say("Sources"), [say(head) for head in HEADS], named.lines(), stamp_lines(grounds.catalogue))
        return
    sheet = pages.add(say("Sources"))
    heads = [
        say("figure"),
        say("value"),
        say("low"),
        say("high"),
        say("unit"),
        say("estimate"),
        say("date"),
        say("source"),
        say("licence"),
    ]
    headings(pages, sheet, heads)
    measured = []
    for place, figure in enumerate(grounds.figures, 1):
        low, high = figure.range or (None, None)
        mark = say("estimate") if figure.is_estimate else None
        name, unit = figure_name_words(figure.name, grounds.catalogue), unit_words(figure.unit)
        row = [name, figure.value, low, high, unit, mark, figure.as_of, source_words(figure.source)]
        row.append(licence_words(licence_of(grounds.catalogue, figure.source)))
        for column, value in enumerate(row):
            pages.put(sheet, place, column, value, pages.wrapped if column >= len(row) - 2 else None)
        measured.append(["" if value is None else str(value) for value in row])
        sheet.set_row(place, height_points(measured[-1]))
    filtered(sheet, heads, len(grounds.figures))
    widths(sheet, heads, measured)
    for place, text in enumerate(stamp_lines(grounds.catalogue), len(grounds.figures) + 2):
        sheet.write_string(place, 0, text[:LONGEST_TEXT])
