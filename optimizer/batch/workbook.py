"""Workbooks in and out: cases as a spreadsheet saves them (openpyxl), plans as typed cells (XlsxWriter)."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from optimizer.batch.cases import some
from optimizer.batch.cells import as_cell
from optimizer.batch.row_types import row_type_of
from optimizer.batch.stamps import StampedFile
from optimizer.catalogue import Catalogue
from optimizer.catalogue.headings import MAX_COLUMNS, check_header, column_of
from optimizer.catalogue.tables import MAX_CELL_CHARACTERS, Line
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.case_names import field_named
from optimizer.errors import CONTROL, DataError, Problem, UsageError, commands_terminal, shown_name, unreadable
from optimizer.render.csv import fields
from optimizer.render.sheets import Pages, RowSheets, open_book, stamp_lines, write_texts
from optimizer.render.sources import HEADS, NamedSources
from optimizer.units.language import say
from optimizer.units.records import dataclass

_TEXTS = "xl/sharedStrings.xml"
DAMAGED = (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, zlib.error, EOFError, SyntaxError)
"""What reading a workbook raises that is damaged."""


@dataclass(frozen=True)
class Most:
    """What a workbook may cost: more is refused before it is read."""

    unpacked_bytes: int = 512 * 2**20
    """Of all its parts."""
    text_bytes: int = 64 * 2**20
    """Of the texts that cells share: they are in memory while the cells are read."""
    rows: int = 1_048_576
    """Of its sheet, empty ones too."""


MOST = Most()


def check_size(source: Path | BinaryIO, name: str, most: Most = MOST) -> None:
    """Refuse what is not a workbook, or unpacks to more than it may.

    Args:
        source: the file, or a stream of its bytes.
        name: of the file, for messages.
        most: what it may cost.

    Raises:
        DataError: it is one of both.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(source) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist()}
    except zipfile.BadZipFile as error:
        rule = say("is not a workbook (.xlsx), or is locked with a password")
        raise DataError.at(rule, file=name) from error
    for size, bound in ((sum(sizes.values()), most.unpacked_bytes), (sizes.get(_TEXTS, 0), most.text_bytes)):
        if size > bound:
            raise DataError.at(say("unpacks to more than {most} MiB", most=bound // 2**20), file=name)


class WorkbookCases(StampedFile):
    """The cases of a sheet: the one that is named cases, else the first. A number is read as it is stored."""

    def __init__(
        self, path: Path, warn: Callable[[str], None] = lambda text: None, name: str | None = None, most: Most = MOST
    ) -> None:
        """Look into a workbook.

        Args:
            path: of the file.
            warn: called with which sheet is read, where there are several.
            name: of the file in messages; by default its own.
            most: what it may cost.

        Raises:
            DataError: it cannot be read, is not a workbook, costs too much, or its headings are no fields of a case.
            UsageError: openpyxl is not installed.
        """
        super().__init__(path, name or shown_name(path.name))
        self._most = most
        try:
            check_size(path, self.name, most)
        except OSError as error:
            raise unreadable(path, error) from error
        names = self._opened(values=True, read=lambda book: [sheet.title for sheet in book.worksheets])
        if not names:
            raise DataError.at(say("has no sheet of cells"), file=self.name)
        self._sheet = next((name for name in names if name.strip().lower() == "cases"), names[0])
        if len(names) > 1:
            words = say(
                "{name}: the sheet {sheet} is read, and none of the other {others}",
                name=self.name,
                sheet=self._sheet,
                others=len(names) - 1,
            )
            warn(words)
        self._number, self._letters = self._heading()
        self._header = tuple(self._letters)

    @property
    def total(self) -> int | None:
        """Counted by reading the sheet as it will be read."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Line | Problem]:
        self.check_unchanged()
        return some(self._lines(), self.name, say("has a header and no case"))

    def _opened(self, *, values: bool, read: Callable[[Any], Any]) -> Any:
        """What is read of the workbook, with the stored values of formulas or with the formulas.

        Raises:
            DataError: it is damaged.
            UsageError: openpyxl is not installed.
        """
        try:
            import openpyxl
        except ImportError as error:
            raise UsageError.say("a workbook of cases needs openpyxl: pip install 'optimizer[report]'") from error
        try:
            # a sheet of cells alone: nothing of it is run, and no link to another file is followed
            return read(openpyxl.load_workbook(self.path, read_only=True, data_only=values, keep_links=False))
        except DAMAGED as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DataError:
        return DataError.at(say("cannot be read as a workbook: {error}", error=error), file=self.name)

    def _rows(self, *, values: bool) -> Iterator[tuple[Any, ...]]:
        """The rows of the sheet, with the stored values of formulas or with the formulas.

        Raises:
            DataError: it is damaged, or has too many rows.
        """
        rows = self._opened(values=values, read=self._rows_of)
        for number in count(1):
            try:
                row = next(rows, None)
            except DAMAGED as error:
                raise self._damaged(error) from error
            if row is None:
                return
            if number > self._most.rows:
                rule = say("has more than {rows:,} rows", rows=self._most.rows)
                raise DataError([Problem(rule, self.name, sheet=self._sheet)])
            yield row

    def _heading(self) -> tuple[int, Mapping[str, str]]:
        """The number of the first row with a cell in it, and the letters of every column by its name.

        Raises:
            DataError: there is none, or its names are no columns of a case.
        """
        number = 0
        header: tuple[str, ...] = ()
        for row in self._rows(values=True):
            number += 1
            texts = [field_named(column_of(str(value))) if value is not None else "" for value in row]
            while texts and not texts[-1]:
                texts.pop()
            if header := tuple(texts):
                break
        else:
            raise DataError.at(say("is empty: it needs a header and at least one row"), file=self.name)
        letters = {name: _letter(place) for place, name in enumerate(header, 1)}
        problems = [
            self._problem(say("has a column without a name"), number, _letter(place))
            for place, name in enumerate(header, 1)
            if not name
        ]
        twice = dict.fromkeys(name for name in header if name and header.count(name) > 1)
        problems += [self._problem(say("appears twice in the header"), number, letters[name], name) for name in twice]
        for problem in check_header(tuple(filter(None, header)), Case, self.name, FEED_FIELDS):
            letter = letters.get(problem.column or "")
            problems.append(replace(problem, line=number, sheet=self._sheet, letter=letter))
        if problems:
            raise DataError(problems)
        return number, letters

    def _rows_of(self, book: Any) -> Iterator[tuple[Any, ...]]:
        sheet = book[self._sheet]
        sheet.reset_dimensions()  # what a file says of its own size is not believed
        return iter(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS))

    def _lines(self) -> Iterator[Line | Problem]:
        values, formulas = self._rows(values=True), self._rows(values=False)
        for number, (row, written) in enumerate(zip(values, formulas, strict=True), 1):
            if number <= self._number or not any(value not in (None, "") for value in (*row, *written)):
                continue
            yield self._line(number, row, written)

    def _line(self, number: int, row: Sequence[Any], written: Sequence[Any]) -> Line | Problem:
        right = len(self._header)
        for place, value in enumerate(row[right:], right + 1):
            if value not in (None, ""):
                rule = say("has a cell to the right of the last heading")
                return self._problem(rule, number, _letter(place))
        cells, faults = {}, []
        for place, name in enumerate(self._header):
            value, formula = (row[place], written[place]) if place < len(row) else (None, None)
            try:
                cells[name] = _text(value, formula)
            except ValueError as error:
                cells[name] = ""
                shown = str(formula if value is None else value)
                faults.append(self._problem(str(error), number, self._letters[name], name, shown))
        return Line(
            self.name, number, cells, comma=True, sheet=self._sheet, letters=self._letters, faults=tuple(faults)
        )

    def _problem(
        self, rule: str, number: int, letter: str | None = None, column: str | None = None, value: str | None = None
    ) -> Problem:
        return Problem(rule, self.name, number, column, value, sheet=self._sheet, letter=letter)


def _letter(place: int) -> str:
    """The letters of a column: 1 is A."""
    from openpyxl.utils import get_column_letter  # heavy, and here where openpyxl has read the sheet

    letter: str = get_column_letter(place)
    return letter


def _text(value: Any, formula: Any) -> str:
    """A cell as the text that a CSV file would have for it.

    Raises:
        ValueError: with the rule in words.
    """
    if value is None:
        if formula is not None:
            raise ValueError(say("is a formula without a stored value; open the workbook in a spreadsheet and save it"))
        return ""
    if not isinstance(value, str):
        return as_cell(value)
    text = value
    if text.startswith("#") and isinstance(formula, str) and (formula.startswith("=") or text == formula):
        raise ValueError(say("is an error of the spreadsheet: {text}", text=text))
    if len(text) > MAX_CELL_CHARACTERS:
        raise ValueError(
            say("has more than {max_cell_characters:,} characters", max_cell_characters=MAX_CELL_CHARACTERS)
        )
    if commands_terminal(text):
        raise ValueError(CONTROL)
    return text


class WorkbookSink:
    """Rows as a workbook: plans, the meaning of the columns, and the sources of what the plans name."""

    def __init__(self, stream: TextIO, columns: Sequence[str], catalogue: Catalogue) -> None:
        self._columns, self._catalogue = columns, catalogue
        self._book = open_book(stream.buffer, say("Training plans"), catalogue, streamed=True)
        self._pages = Pages(self._book)
        known = {field["name"]: field for field in fields(row_type_of(columns))}
        self._sheets = RowSheets(self._pages, say("Plans"), [known[name] for name in columns])
        self._named = NamedSources(catalogue)

    def write(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write some more rows."""
        for name, rest in rows:
            row = json.loads("{" + rest)
            row["case_id"] = name
            self._sheets.write(row[column] for column in self._columns)
            self._named.add(row)

    def close(self) -> None:
        """Write what describes the rows, and the file."""
        self._sheets.close()
        write_texts(
            self._pages,
            say("Sources"),
            [say(head) for head in HEADS],
            self._named.lines(),
            stamp_lines(self._catalogue),
        )
        self._book.close()
