"""Reads CSV files into typed rows, and tells every problem at once with file, line and column."""

from __future__ import annotations

import csv
import io
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TextIO, TypeVar

from pydantic import BaseModel

from optimizer.catalogue.headings import column_of
from optimizer.catalogue.output_paths import refuse_written
from optimizer.catalogue.paths import path_of
from optimizer.errors import CONTROL, DataError, Problem, commands_terminal, shown_name, unreadable, unreadable_words
from optimizer.units.language import or_words, say

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_CELL_CHARACTERS = 20_000
MAX_TOML_LINE_CHARACTERS = 4_000
MAX_LINE_CHARACTERS = 4 * 1024 * 1024
"""No line of a table is longer: 200 columns of the longest cells."""

SHOWN = 6
"""How many known names an error lists where none is near."""

_KEY_PARTS = 32
"""A key of TOML with more dots is no key: the parser takes memory that grows with their square."""
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\']*\'')
_BETWEEN_KEYS = re.compile(r"[,=\[\]{}#]")
RowT = TypeVar("RowT", bound=BaseModel)


class Line(NamedTuple):
    """One row of a file before it is typed: its place and its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]
    last: int = 0
    """The line in which it ends; 0 where it is known to be the same."""
    comma: bool = False
    """Whether a comma in a number of it may be a decimal comma: the cells are not separated by commas."""
    sheet: str | None = None
    """Of a workbook, in which ``number`` is the row."""
    letters: Mapping[str, str] = {}
    """The letters of every column in the sheet."""
    faults: tuple[Problem, ...] = ()
    """Cells that cannot be read at all; among the cells they are empty."""
    mark: str | None = None
    """What represents the number in messages, where one message serves several lines."""

    def placed(self, problem: Problem) -> Problem:
        """A problem of this line with its place."""
        letter = self.letters.get(problem.column or "")
        return replace(problem, file=self.file, line=self.mark or self.number, sheet=self.sheet, letter=letter)


def read_text(path: Path, warnings: list[str] | None = None, *, most_bytes: int = MAX_FILE_BYTES) -> str:
    """The text of a file: UTF-8 with or without a byte order mark; cp1252 with a warning.

    Raises:
        DataError: the file cannot be read, is too large, is empty or is not a text.
    """
    return decode(read_bytes(path, most_bytes), path.name, warnings)


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """The bytes of a file; no more is read than it may have, as a pipe or a device has no size.

    Raises:
        DataError: the file cannot be read, or is too large.
        UsageError: it is to be written over.
    """
    try:
        with path.open("rb") as stream:
            refuse_written(stream, path)
            raw = stream.read(most_bytes + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(raw) > most_bytes:
        raise DataError([_too_large(path.name, most_bytes)])
    return raw


def read_input(path: str, most_bytes: int) -> tuple[bytes, str]:
    """The bytes of a file or of stdin (``-``), and its name for messages.

    Raises:
        DataError: as :func:`read_bytes`.
        OSError: stdin is closed.
    """
    if path != "-":
        return read_bytes(path_of(path), most_bytes), shown_name(Path(path).name)
    raw = sys.stdin.buffer.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise DataError([_too_large("stdin", most_bytes)])
    return raw, "stdin"


def _too_large(name: str, most_bytes: int) -> Problem:
    size = f"{most_bytes // 2**20} MiB" if most_bytes >= 2**20 else f"{most_bytes // 2**10} KiB"
    return Problem(say("must be at most {size}", size=size), file=name)


def decode(raw: bytes, name: str, warnings: list[str] | None = None, remedy: str | None = None) -> str:
    """Decode a file's bytes as :func:`read_text` does; ``remedy`` is said of what is no UTF-8.

    Raises:
        DataError: the bytes are no text, or nothing is in them.
    """
    remedy = remedy or say("save it as CSV UTF-8")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError.at(say("must be UTF-8, not UTF-16"), file=name, remedy=remedy)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if warnings is None:
            rule = say("must be UTF-8 (byte {start} is not)", start=error.start)
            raise DataError.at(rule, file=name, remedy=remedy) from error
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise DataError.at(say("must be UTF-8 text"), file=name, remedy=remedy) from error
        warnings.append(say("{name}: not UTF-8, read as Windows-1252; check accented letters", name=name))
    if "\x00" in text:
        raise DataError.at(say("must be text: it has NUL bytes"), file=name)
    if not text.strip():
        raise DataError.at(say("is empty: it needs a header and at least one row"), file=name)
    return text


def parse_toml(raw: bytes, name: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of a TOML text that a user wrote.

    Long lines are refused before parsing: a key of many dots takes the parser minutes and gigabytes.

    Raises:
        DataError: it is not a text, has a line that is too long, or is no TOML.
    """
    text = decode(raw, name)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_TOML_LINE_CHARACTERS:
            rule = say(
                "must be at most {max_toml_line_characters:,} characters a line",
                max_toml_line_characters=MAX_TOML_LINE_CHARACTERS,
            )
            raise DataError.at(rule, file=name, line=number, remedy=say("break the list over lines"))
        if max(part.count(".") for part in _BETWEEN_KEYS.split(_STRING.sub("", line))) > _KEY_PARTS:
            raise DataError.at(
                say("has a key of more than {key_parts} parts", key_parts=_KEY_PARTS), file=name, line=number
            )
    try:
        tables = tomllib.loads(text, parse_float=parse_float)
        if (strange := next(_strange_texts(tables), None)) is not None:
            raise DataError.at(say(CONTROL), file=name, value=strange)
        return tables
    except RecursionError as error:
        raise DataError.at(say("is nested too deeply"), file=name) from error
    except (ValueError, ArithmeticError) as error:  # also whole numbers of thousands of digits, and 1e99999999999
        raise DataError.at(say("is not readable TOML: {error}", error=unreadable_words(error)), file=name) from error


def _strange_texts(value: Any) -> Iterator[str]:
    """Every key and text of TOML tables with a character that commands a terminal."""
    if isinstance(value, dict):
        yield from filter(commands_terminal, value)
        for inner in value.values():
            yield from _strange_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strange_texts(inner)
    elif isinstance(value, str) and commands_terminal(value):
        yield value


def read_lines(
    text: str | TextIO, name: str, named: Callable[[str], str] = str
) -> tuple[tuple[str, ...], Iterator[Line | Problem]]:
    """Split CSV into a header and its lines; a line with a wrong number of cells is a problem.

    A file with semicolons in its header line and no commas is read with semicolons. A stream (opened with
    ``newline=""``) is read as its lines are asked for, and never held whole.

    Args:
        text: the CSV.
        name: of the file.
        named: the column of a heading that has another name, too.

    Raises:
        DataError: the header is missing, has an empty or a repeated name.
    """
    stream = io.StringIO(text, newline="") if isinstance(text, str) else text
    # of a text that is there whole, one look tells whether its cells must be looked at one by one
    may_be_strange = not isinstance(text, str) or commands_terminal(text)
    first = stream.readline(MAX_LINE_CHARACTERS)
    delimiter = ";" if ";" in first and "," not in first else "\t" if "\t" in first and "," not in first else ","
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    # a file without line ends is cut into pieces, which are problems, rather than held whole
    rest = iter(lambda: stream.readline(MAX_LINE_CHARACTERS), "")
    reader = csv.reader(chain((first,) if first else (), rest), delimiter=delimiter, strict=True)
    try:
        header = tuple(named(column_of(cell)) for cell in next(reader))
    except (csv.Error, StopIteration) as error:
        raise DataError.at(say("has no readable header: {error}", error=error), file=name, line=1) from error
    if not any(header):
        raise DataError.at(say("must be the header: it is blank"), file=name, line=1)
    while not header[-1]:  # empty columns at the right, as a table program leaves them
        header = header[:-1]
    if strange := next(filter(commands_terminal, header), None):
        raise DataError.at(say(CONTROL), file=name, line=1, column=strange)
    problems = [Problem(say("has a column without a name"), file=name, line=1) for cell in header if not cell]
    problems += [
        Problem(say("appears twice in the header"), file=name, line=1, column=cell)
        for cell, times in Counter(header).items()
        if cell and times > 1
    ]
    if problems:
        raise DataError(problems)

    width, is_no_comma = len(header), delimiter != ","

    def lines() -> Iterator[Line | Problem]:
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                rule = say(
                    "cannot be read as CSV: {error}{number}", error=error, number=_swallowed(number, reader.line_num)
                )
                yield Problem(rule, file=name, line=number)
                continue
            if not (cells and cells[0].strip()) and not any(cell.strip() for cell in cells):
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) != width:
                swallowed = _swallowed(number, reader.line_num)
                yield Problem(
                    say(
                        "has {cells} cells where the header has {header}{swallowed}",
                        cells=len(cells),
                        header=len(header),
                        swallowed=swallowed,
                    ),
                    file=name,
                    line=number,
                    remedy=None if swallowed else say("put quotes around a cell that contains the separator"),
                )
                continue
            faults: tuple[Problem, ...] = ()
            if may_be_strange and any(map(commands_terminal, cells)):
                faults = tuple(
                    Problem(say(CONTROL), file=name, line=number, column=column, value=cell)
                    for column, cell in zip(header, cells, strict=True)
                    if commands_terminal(cell)
                )
                cells = ["" if commands_terminal(cell) else cell for cell in cells]
            named = dict(zip(header, cells, strict=True))
            yield Line(name, number, named, reader.line_num, is_no_comma, faults=faults)

    return header, lines()


def _swallowed(first: int, last: int) -> str:
    """What to say of a row that takes up several lines: empty if it does not."""
    if last <= first:
        return ""
    return say(
        "; lines {first:,} to {last:,} ({last_2:,} lines) were read as one row: a quotation "
        "mark in line {first:,} is not closed there",
        first=first,
        last=last,
        last_2=last - first + 1,
    )


def suggestion(name: str, known: Mapping[str, Any]) -> str:
    """ "did you mean ...?" for an unknown name, or the list of known ones.

    Args:
        name: what was written.
        known: every name, with the id that it represents.
    """
    # of a short name every other one is near
    if near := nearest_names(name, known, {}, 0.5 if len(name) > 3 else 0.7):
        return say("did you mean {first}?", first=or_words(near))
    # of a vocabulary the ids, not every alias of the first few
    ids = list(dict.fromkeys(value if isinstance(value, str) else key for key, value in known.items()))
    return say("known: {names}", names=", ".join((*ids[:SHOWN], *["..."] * (len(ids) > SHOWN))))


_OF_A_WORD = 0.6
"""Share of the letters that each word of a name has in common with that of another name, at least."""


def nearest_names(name: str, known: Mapping[str, Any], shown: Mapping[str, str], cutoff: float) -> list[str]:
    """The known names nearest to one, at most three things by one name each.

    Args:
        name: what was written.
        known: every name, with the id that it represents.
        shown: by id, the name to suggest; the nearest name as it is known where it has none.
        cutoff: the share of the letters that two names must have in the same order.
    """
    from difflib import SequenceMatcher, get_close_matches

    first: dict[Any, str] = {}
    for word in get_close_matches(name.lower(), [key.lower() for key in known], 6, cutoff):
        pairs = list(zip(name.lower().split(), word.split(), strict=False))
        if len(pairs) > 1 and any(SequenceMatcher(None, *pair).ratio() < _OF_A_WORD for pair in pairs):
            continue  # Western Sahara is not Western Samoa
        value = known.get(word, word)
        first.setdefault(value, shown.get(value, word) if isinstance(value, str) else word)
    return list(dict.fromkeys(first.values()))[:3]


def read_about(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """Title, version, date, licence and citation of the data."""
    fields = ("title", "version", "as_of", "licence", "citation")
    try:
        content = tomllib.loads(read_text(path))
    except DataError as error:
        problems.extend(error.problems)
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(say("is not readable TOML: {error}", error=unreadable_words(error)), file=path.name))
        return {}
    problems.extend(
        Problem(say("must be a text"), file=path.name, column=name)
        for name in fields
        if not isinstance(content.get(name), str)
    )
    attribution = content.get("attribution", [])
    if isinstance(attribution, str):
        attribution = [attribution]
    return {**{name: content.get(name) for name in fields}, "attribution": tuple(attribution)}
