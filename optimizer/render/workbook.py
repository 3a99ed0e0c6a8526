"""A document as a workbook: typed cells, dates, headings that stay and filter, totals as formulas, sources on a sheet.

No text is ever a formula: texts are written as strings, and only the totals that this module makes are formulas.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from optimizer.answers.document import Document, Line, Table, Verbatim
from optimizer.answers.ground_words import ground_words
from optimizer.errors import UsageError
from optimizer.units.language import say
from optimizer.version import __version__

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading."""
WIDEST, NARROWEST = 60, 9
_NUMBER = re.compile(r"[+-]?\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?( ?%)?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_TEXT = 32_767
"""Characters of a cell."""


def write_document(document: Document, stream: BinaryIO) -> None:
    """The whole document as one workbook.

    Raises:
        UsageError: what writes it is not installed, or the table has more rows than a sheet.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError(say("a workbook needs XlsxWriter: pip install 'optimizer[report]'")) from error
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    # the same answer gives the same bytes: no clock
    catalogue = document.grounds.catalogue
    book.set_properties(
        {
            "title": document.title,
            "comments": f"optimizer {__version__}, data {catalogue.version} ({catalogue.digest})",
            "created": datetime.fromisoformat(f"{catalogue.as_of}T00:00:00"),
        }
    )
    pages = _Pages(book)
    _answer(document, pages)
    for name, table in _tables(document):
        _table(pages, name, table)
    if document.rows is not None:
        _rows(document, pages)
    _grounds(document, pages)
    book.close()
    stream.write(buffer.getvalue())


class _Pages:
    """The workbook with its formats, and names of sheets that no two share."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.head: Format = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4"}
        )
        self.bold: Format = book.add_format({"bold": True})
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.whole: Format = book.add_format({"num_format": "#,##0"})
        self.decimal: Format = book.add_format({"num_format": "#,##0.00####"})
        self.percent: Format = book.add_format({"num_format": "0.0%"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self._names: set[str] = set()

    def add(self, name: str) -> Worksheet:
        """A sheet of that name, shortened and numbered where it must be."""
        plain = _FORBIDDEN.sub(" ", name).strip("' ")[:_LONGEST_NAME] or "Sheet"
        found, number = plain, 2
        while found.lower() in self._names:
            found = f"{plain[: _LONGEST_NAME - 4]} {number}"
            number += 1
        self._names.add(found.lower())
        return self.book.add_worksheet(found)

    def put(self, sheet: Worksheet, row: int, column: int, value: object, form: Format | None = None) -> None:
        """A value as what it is: number, day, truth or text; nothing where there is none."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, form)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, form or self.whole)
        elif isinstance(value, float | Decimal):
            sheet.write_number(row, column, float(value), form or self.decimal)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, form or self.day)
        else:
            text = str(value)
            if form is None and (day := _day(text)) is not None:
                sheet.write_datetime(row, column, day, self.day)
            else:
                sheet.write_string(row, column, text[:_LONGEST_TEXT], form)


def _day(text: str) -> date | None:
    """The day that a text is; None where it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _answer(document: Document, pages: _Pages) -> None:
    """The sentences of the answer, section by section."""
    sheet = pages.add("Answer")
    sheet.set_column(0, 0, 110)
    pages.put(sheet, 0, 0, document.title or document.question, pages.title)
    row = 2
    for section in document.sections:
        lines = [block for block in section.blocks if isinstance(block, Line | Verbatim)]
        if not lines:
            continue
        if section.title:
            pages.put(sheet, row, 0, section.title, pages.bold)
            row += 1
        for line in lines:
            strong = isinstance(line, Line) and line.tone in ("strong", "good", "bad")
            sheet.write_string(row, 0, line.text[:_LONGEST_TEXT], pages.bold if strong else pages.wrapped)
            row += 1
        row += 1


def _tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Every table of the document, with those of its charts, and the name of its sheet."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block.title or section.title or "Table", block
            elif not isinstance(block, Line | Verbatim):
                yield section.title or block.title, block.table


def _table(pages: _Pages, name: str, table: Table) -> None:
    """A table as it is shown, its figures as numbers, its total as a formula over what it adds up."""
    sheet = pages.add(name)
    _headings(pages, sheet, [column.name for column in table.columns], len(table.rows))
    last = len(table.rows) - 1
    figures = [column.right for column in table.columns]
    values = [[_value(text, right) for text, right in zip(row, figures, strict=True)] for row in table.rows]
    for place, row in enumerate(values):
        for column, (value, form) in enumerate(row):
            shown = None if form is None else getattr(pages, form)
            parts = [values[above][column][0] for above in range(last)]
            if table.total and place == last and isinstance(value, int | float) and _adds_up(parts, value):
                formula = f"=SUM({_letter(column)}2:{_letter(column)}{last + 1})"
                sheet.write_formula(place + 1, column, formula, shown or pages.whole, value)
            else:
                pages.put(sheet, place + 1, column, value, shown)
    _widths(sheet, [column.name for column in table.columns], table.rows)


def _value(text: str, is_figure: bool) -> tuple[object, str | None]:
    """A cell of a table as a number with its format, where the column has figures and the cell is one."""
    found = _NUMBER.fullmatch(text.strip()) if is_figure else None
    if found is None:
        return text, None
    number = float(text.strip().replace(",", "").replace("$", "").rstrip("% "))
    if found[3]:
        return number / 100, "percent"
    return (number, "decimal") if found[2] else (int(number), "whole")


def _adds_up(parts: Sequence[object], total: float) -> bool:
    """Whether a total is the sum of what stands above it, to what is shown of each."""
    numbers = [part for part in parts if isinstance(part, int | float)]
    return len(numbers) == len(parts) > 0 and abs(sum(numbers) - total) <= 0.0005 * len(parts) * max(1.0, abs(total))


def _rows(document: Document, pages: _Pages) -> None:
    """The rows of the answer, typed, with the meaning and unit of every column on a sheet of their own."""
    from optimizer.render.csv import fields

    assert document.rows is not None
    described = list(fields(document.rows.row_type))
    names = [str(column["name"]) for column in described]
    sheet = pages.add("Rows")
    count = 0
    texts: list[list[str]] = []
    for row in document.rows.make():
        count += 1
        if count > MOST_ROWS:
            raise UsageError(say("a sheet has {most_rows:,} rows at most: write CSV or Parquet", most_rows=MOST_ROWS))
        cells = [getattr(row, name) for name in names]
        for column, value in enumerate(cells):
            pages.put(sheet, count, column, ";".join(map(str, value)) if isinstance(value, tuple) else value)
        if count <= MOST_MEASURED:
            texts.append(["" if value is None else str(value) for value in cells])
    _headings(pages, sheet, names, count)
    _widths(sheet, names, texts)
    meaning = pages.add("Columns")
    heads = ["column", "type", "unit", "meaning"]
    lines = [[str(column.get(key) or "") for key in ("name", "type", "unit", "description")] for column in described]
    _texts(pages, meaning, heads, lines)


MOST_MEASURED = 200
"""Rows whose cells decide how wide the columns are."""


def _grounds(document: Document, pages: _Pages) -> None:
    """What was assumed, and every figure with its range, source and date."""
    grounds = document.grounds
    if grounds.assumed:
        lines = [[item.field, item.value, ground_words(item.why)] for item in grounds.assumed]
        _texts(pages, pages.add("Assumed"), ["field", "value", "why"], lines)
    sheet = pages.add("Sources")
    heads = ["figure", "value", "low", "high", "unit", "estimate", "date", "source"]
    measured = []
    for place, figure in enumerate(grounds.figures, 1):
        low, high = figure.range or (None, None)
        mark = "estimate" if figure.is_estimate else None
        row = [figure.name, figure.value, low, high, figure.unit, mark, figure.as_of, figure.source]
        for column, value in enumerate(row):
            pages.put(sheet, place, column, value)
        measured.append(["" if value is None else str(value) for value in row])
    _headings(pages, sheet, heads, len(grounds.figures))
    _widths(sheet, heads, measured)
    catalogue = grounds.catalogue
    said = [
        f"optimizer {__version__}, data {catalogue.version}, SHA-256 {catalogue.digest}",
        f"Licence of the data: {catalogue.licence.rstrip('.')}. {catalogue.citation}",
        *catalogue.attribution,
    ]
    for place, text in enumerate(said, len(grounds.figures) + 2):
        sheet.write_string(place, 0, text)


def _texts(pages: _Pages, sheet: Worksheet, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    for place, line in enumerate(lines, 1):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text[:_LONGEST_TEXT])
    _headings(pages, sheet, heads, len(lines))
    _widths(sheet, heads, lines)


def _headings(pages: _Pages, sheet: Worksheet, names: Sequence[str], count: int) -> None:
    """Headings that stay in sight and filter the rows below them."""
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, pages.head)
    sheet.freeze_panes(1, 0)
    if count and names:
        sheet.autofilter(0, 0, count, len(names) - 1)


def _widths(sheet: Worksheet, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for column, name in enumerate(names):
        longest = max([len(name), *(len(row[column]) for row in rows)])
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))


def _letter(column: int) -> str:
    """A, B, ..., Z, AA: the name of a column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
