"""Sheets of a workbook: typed cells, headings that stay and filter, rows that are written as they come.

No text is ever a formula: texts are written as strings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError
from optimizer.render.credits import credits_of
from optimizer.units.language import say, type_words, unit_words
from optimizer.version import __version__

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading; what is more stands on a further sheet."""
MOST_MEASURED = 200
"""Rows whose cells decide how wide the columns are."""
WIDEST, NARROWEST = 60, 9
_A4 = 9
LINE_POINTS, _MOST_POINTS = 15, 400
"""The height of a line, and the most that a row may have."""
_HUGE = 1e12
"""From here on a figure is shown with an exponent: with all its digits no column is wide enough for it."""
PRINTED_WIDTH = 150
"""Characters across a page, in landscape, in a size that can be read."""
LONGEST_TEXT = 32_767
"""Characters of a cell."""
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def open_book(target: BinaryIO, title: str, catalogue: Catalogue, *, streamed: bool = False) -> Workbook:
    """A new workbook that says what it rests on. The same answer gives the same bytes: it has no clock.

    Args:
        target: where its bytes go when it is closed.
        title: of the workbook.
        catalogue: the data.
        streamed: whether rows leave the memory as they are written; then they must come in order, sheet by sheet.

    Raises:
        UsageError: what writes it is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError.say("a workbook needs XlsxWriter: pip install 'optimizer[report]'") from error
    memory = {"constant_memory": True} if streamed else {"in_memory": True}
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, {**memory, **texts})
    book.set_properties(
        {
            "title": title,
            "comments": f"optimizer {__version__}, data {catalogue.version} ({catalogue.digest})",
            "created": datetime.fromisoformat(f"{catalogue.as_of}T00:00:00"),
        }
    )
    return book


class Pages:
    """The workbook with its formats, and names of sheets that no two share."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.head: Format = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4"}
        )
        self.bold: Format = book.add_format({"bold": True})
        self.plain: Format = book.add_format({"valign": "top"})
        self.strong: Format = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.whole: Format = book.add_format({"num_format": "#,##0", "valign": "top"})
        self.decimal: Format = book.add_format({"num_format": "#,##0.00####", "valign": "top"})
        self.hundredths: Format = book.add_format({"num_format": '#,##0.00,,"M"', "valign": "top"})
        self.thousandths: Format = book.add_format({"num_format": '#,##0.000,,"M"', "valign": "top"})
        self.huge: Format = book.add_format({"num_format": "0.00E+00", "valign": "top"})
        self.percent: Format = book.add_format({"num_format": "0.0%", "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self._names: set[str] = set()

    def add(self, name: str) -> Worksheet:
        """A sheet of that name, shortened and numbered where it must be."""
        plain = _FORBIDDEN.sub(" ", name).strip("' ")[:_LONGEST_NAME] or "Sheet"
        found, number = plain, 2
        while found.lower() in self._names:
            found = f"{plain[: _LONGEST_NAME - 4]} {number}"
            number += 1
        self._names.add(found.lower())
        sheet = self.book.add_worksheet(found)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer("&L&F&C&A&R&P / &N")
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: object, form: Format | None = None) -> None:
        """A value as what it is: number, day, truth or text; nothing where there is none."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, form)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, form or self.whole)
        elif isinstance(value, float | Decimal):
            number = float(value)
            sheet.write_number(row, column, number, form or (self.huge if abs(number) >= _HUGE else self.decimal))
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, form or self.day)
        else:
            text = str(value)
            if form is None and (day := _day(text)) is not None:
                sheet.write_datetime(row, column, day, self.day)
            else:
                sheet.write_string(row, column, text[:LONGEST_TEXT], form or self.plain)


def _day(text: str) -> date | None:
    """The day that a text is; None where it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class RowSheets:
    """Rows of one type on a sheet, and on further ones where a sheet is full; written as they come."""

    def __init__(self, pages: Pages, name: str, described: Sequence[Mapping[str, str]]) -> None:
        """Begin the first sheet.

        Args:
            pages: the workbook.
            name: of the sheets.
            described: name, type, unit and meaning of every column.
        """
        self._pages, self._name, self._described = pages, name, described
        self._names = [column["name"] for column in described]
        self._is_figure = [column["type"] == "string" and bool(column.get("unit")) for column in described]
        self._measured: list[int] = [len(name) for name in self._names]
        self.count = 0
        self._begin()

    def _begin(self) -> None:
        self._sheet, self._row = self._pages.add(self._name), 0
        headings(self._pages, self._sheet, self._names)
        self._sheet.freeze_panes(1, 1)  # of a hundred columns the first says which case a row is

    def write(self, values: Iterable[object]) -> None:
        """One row, its values in the order of the columns."""
        if self._row == MOST_ROWS:
            self._end()
            self._begin()
        self._row += 1
        self.count += 1
        for column, value in enumerate(values):
            if isinstance(value, tuple):
                value = ";".join(map(str, value))
            elif self._is_figure[column] and isinstance(value, str) and _FIGURE.fullmatch(value):
                value = float(value)  # one figure where several may be joined
            self._pages.put(self._sheet, self._row, column, value)
            if self.count <= MOST_MEASURED and value is not None:
                self._measured[column] = max(self._measured[column], len(str(value)))

    def _end(self) -> None:
        if self._row and self._names:
            self._sheet.autofilter(0, 0, self._row, len(self._names) - 1)
        wide = [min(max(longest + 2, NARROWEST), WIDEST) for longest in self._measured]
        for column, width in enumerate(wide):
            self._sheet.set_column(column, column, width)
        printed(self._sheet, wide)

    def close(self) -> None:
        """End the last sheet, and describe the columns on a sheet of their own."""
        self._end()
        heads = [say("column"), say("type"), say("unit"), say("meaning")]
        write_texts(self._pages, say("Columns"), heads, [column_words(column) for column in self._described])


def column_words(column: Mapping[str, str | None]) -> tuple[str, str, str, str]:
    """A column for a person: its name as programs know it, its type, unit and meaning in the language spoken."""
    unit, meaning = column.get("unit") or "", column["description"] or ""
    return column["name"] or "", type_words(column["type"] or ""), unit_words(unit), say(meaning)


def stamp_lines(catalogue: Catalogue) -> Sequence[str]:
    """Which program and data, their licence and whom to name."""
    return [
        say(
            "optimizer {version}, data {version_2}, SHA-256 {digest}",
            version=__version__,
            version_2=catalogue.version,
            digest=catalogue.digest,
        ),
        *credits_of(catalogue),
    ]


def write_texts(
    pages: Pages, name: str, heads: Sequence[str], lines: Sequence[Sequence[str]], below: Sequence[str] = ()
) -> None:
    """A sheet of texts under headings; ``below`` stands under them."""
    sheet = pages.add(name)
    headings(pages, sheet, heads)
    for place, line in enumerate(lines, 1):
        sheet.set_row(place, height_points(line))
        for column, text in enumerate(line):
            sheet.write_string(place, column, text[:LONGEST_TEXT], pages.wrapped)
    for place, text in enumerate(below, len(lines) + 2):
        sheet.write_string(place, 0, text[:LONGEST_TEXT])
    filtered(sheet, heads, len(lines))
    widths(sheet, heads, lines)


def height_points(texts: Iterable[str], width: int = WIDEST) -> float:
    """The height in points of a row whose texts are wrapped, as not every program makes a row as high as its text."""
    lines = [sum(max(1, math.ceil(1.15 * len(part) / width)) for part in text.split("\n")) for text in texts]
    return min(LINE_POINTS * max(lines, default=1), _MOST_POINTS)


def headings(pages: Pages, sheet: Worksheet, names: Sequence[str]) -> None:
    """Headings that stay in sight."""
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, pages.head)
    sheet.freeze_panes(1, 0)


def filtered(sheet: Worksheet, names: Sequence[str], count: int) -> None:
    """Let the headings filter the rows below them."""
    if count and names:
        sheet.autofilter(0, 0, count, len(names) - 1)


def widths(sheet: Worksheet, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what is in them, within reason."""
    wide = []
    for column, name in enumerate(names):
        longest = max([len(name), *(len(row[column]) for row in rows)])
        wide.append(min(max(longest + 2, NARROWEST), WIDEST))
        sheet.set_column(column, column, wide[-1])
    printed(sheet, wide)


def printed(sheet: Worksheet, wide: Sequence[int]) -> None:
    """Print a sheet on as few pages side by side as can be read, however long it is.

    Args:
        sheet: of the workbook.
        wide: how wide its columns are, in characters.
    """
    pages = max(1, math.ceil(sum(wide) / PRINTED_WIDTH))
    sheet.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.repeat_columns(0)


def letter(column: int) -> str:
    """A, B, ..., Z, AA: the name of a column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
