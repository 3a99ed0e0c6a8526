"""Where cases come from: anything that yields lines of cells, one case a line, and can be read again."""

from __future__ import annotations

import codecs
import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO

from optimizer.batch.cases import csv_cases
from optimizer.batch.stamps import StampedFile
from optimizer.catalogue.tables import Line
from optimizer.errors import DataError, Problem, UsageError, shown_name
from optimizer.units.language import mark, say

_SUFFIXES = {
    **{".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"},
    **{".xlsx": "xlsx", ".xlsm": "xlsx"},
}
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods", ".numbers")
_BLOCK_BYTES = 1 << 20
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NOT_UTF8 = mark("{name}: not UTF-8, read as Windows-1252; check accented letters")


class CaseSource(Protocol):
    """Cases by the line: memory does not grow with their number.

    A source is read from its start once a run, and again when a run is resumed: it must then yield the same lines.
    """

    name: str
    """Of the file, for messages."""

    @property
    def total(self) -> int | None:
        """How many lines there are, where that is known without solving them."""

    def fingerprint(self) -> str | None:
        """A digest of all cases, by which a journal knows its own; None where they cannot be read twice."""

    def __iter__(self) -> Iterator[Line | Problem]:
        """The lines in order.

        Raises:
            DataError: the cases cannot be read at all.
        """

    def check_unchanged(self) -> None:
        """Make sure that the cases are still those of the fingerprint.

        Raises:
            DataError: they were changed meanwhile, so that the rows may be of neither version.
        """


def kind_of(name: str) -> str:
    """csv, jsonl, parquet or xlsx, by the end of a file's name."""
    return _SUFFIXES.get(Path(name).suffix.lower(), "csv")


def open_source(path: str, kind: str | None = None, warn: Callable[[str], None] = lambda text: None) -> CaseSource:
    """The cases of a file, or of stdin (``-``).

    Args:
        path: the file.
        kind: csv, jsonl, parquet or xlsx; by default by the file's name, and on stdin by the first character.
        warn: called where a file is not UTF-8, and which sheet of a workbook is read.

    Raises:
        DataError: the file cannot be read, or is not a text.
        UsageError: Parquet or a workbook from a stream.
    """
    if path == "-":
        return Streamed("stdin", kind, warn, lambda: sys.stdin.buffer)
    place = Path(path)
    if place.exists() and not place.is_file() and not place.is_dir():
        return Streamed(shown_name(place.name), kind, warn, lambda: place.open("rb"))
    if (kind or kind_of(path)) == "parquet":
        from optimizer.batch.parquet import ParquetCases

        return ParquetCases(place)
    if (kind or kind_of(path)) == "xlsx":
        from optimizer.batch.workbook import WorkbookCases

        return WorkbookCases(place, warn)
    if kind is None and place.suffix.lower() in _OTHER_WORKBOOKS:
        remedy = say("save it as .xlsx or as CSV UTF-8")
        raise DataError.at(say("is a kind of workbook that cannot be read"), file=place.name, remedy=remedy)
    return TextFile(place, kind or kind_of(path), warn)


def lines_of(stream: TextIO, kind: str, name: str) -> Iterator[Line | Problem]:
    """The lines of a text stream in CSV or JSON Lines."""
    if kind == "jsonl":
        from optimizer.batch.jsonl import json_cases

        return json_cases(stream, name)
    return csv_cases(stream, name)


class TextFile(StampedFile):
    """A CSV or JSON Lines file; looked through once, for its encoding and its digest, before anything is solved."""

    def __init__(self, path: Path, kind: str, warn: Callable[[str], None] = lambda text: None) -> None:
        super().__init__(path, shown_name(path.name), self._look_through)
        self.kind = kind
        if self._encoding == "cp1252":
            warn(say(_NOT_UTF8, name=self.name))

    @property
    def total(self) -> int | None:
        """Counted by reading the file as it will be read."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Line | Problem]:
        newline = "" if self.kind == "csv" else None
        self.check_unchanged()
        with self.path.open(encoding=self._encoding, newline=newline) as stream:
            yield from lines_of(stream, self.kind, self.name)

    def _look_through(self, path: Path) -> str:
        self._encoding, digest = _surveyed(path)
        return digest


def _surveyed(path: Path) -> tuple[str, str]:
    """The encoding of a file, and the digest of its bytes."""
    name = shown_name(path.name)
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    blank, first = True, True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            if first:
                _refuse_utf16(block, name)
                first = False
            digest.update(block)
            blank = blank and not block.removeprefix(codecs.BOM_UTF8).strip()
            _refuse_nul(block, name)
            try:
                if decoder:
                    decoder.decode(block)
            except UnicodeDecodeError:
                decoder = None
        try:
            if decoder:
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            decoder = None
    if blank:
        raise _empty(name)
    if decoder is None:
        _check_cp1252(path)
    return "cp1252" if decoder is None else "utf-8-sig", digest.hexdigest()


def _check_cp1252(path: Path) -> None:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            try:
                block.decode("cp1252")
            except UnicodeDecodeError as error:
                raise _no_text(shown_name(path.name)) from error


def _refuse_utf16(block: bytes, name: str) -> None:
    if block[:2] in _UTF16_MARKS:
        raise DataError.at(say("must be UTF-8, not UTF-16"), file=name, remedy=say("save it as CSV UTF-8"))


def _refuse_nul(block: bytes, name: str) -> None:
    if b"\0" in block:
        raise DataError.at(say("must be text: it contains NUL bytes"), file=name)


def _empty(name: str) -> DataError:
    return DataError.at(say("is empty: it needs a header and at least one row"), file=name)


def _no_text(name: str) -> DataError:
    return DataError.at(say("must be UTF-8 text"), file=name, remedy=say("save it as CSV UTF-8"))


class Streamed:
    """Cases from a pipe: read as they come, once. Bytes that are not UTF-8 are read as Windows-1252, with a warning."""

    total = None

    def __init__(
        self, name: str, kind: str | None, warn: Callable[[str], None], opened: Callable[[], BinaryIO]
    ) -> None:
        if kind in ("parquet", "xlsx"):
            what = "Parquet" if kind == "parquet" else "a workbook"
            raise UsageError.say("{what} cannot be read from a pipe: give a file, or CSV or JSON Lines", what=what)
        self.name, self.kind, self._warn, self._open = name, kind, warn, opened

    def fingerprint(self) -> str | None:
        """None: a pipe cannot be read twice."""
        return None

    def check_unchanged(self) -> None:
        """A pipe is read once: there is nothing to compare."""

    def __iter__(self) -> Iterator[Line | Problem]:
        raw = _Watched(self._open(), self.name)
        kind = self.kind or ("jsonl" if raw.head.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:1] == b"{" else "csv")
        with _cp1252_for_the_rest(self.name, self._warn) as errors:
            text = io.TextIOWrapper(
                io.BufferedReader(raw, _BLOCK_BYTES // 16),
                encoding="utf-8-sig",
                errors=errors,
                newline="" if kind == "csv" else None,
            )
            yield from lines_of(text, kind, self.name)


class _Watched(io.RawIOBase):
    """A binary stream whose first bytes were seen, and which holds no NUL bytes."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream, self._name = stream, name
        self.head = b""
        while not self.head.removeprefix(codecs.BOM_UTF8).strip():
            more = stream.read1(_BLOCK_BYTES)
            if not more:
                raise _empty(name)
            self.head += more
        _refuse_utf16(self.head, name)
        self._left = self.head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = self._stream.read1(len(buffer))
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        _refuse_nul(taken, self._name)
        buffer[: len(taken)] = taken
        return len(taken)


@contextmanager
def _cp1252_for_the_rest(name: str, warn: Callable[[str], None]) -> Iterator[str]:
    is_warned = False

    def one_byte(error: UnicodeError) -> tuple[str, int]:
        nonlocal is_warned
        if not isinstance(error, UnicodeDecodeError):
            raise error
        try:
            letter = error.object[error.start : error.start + 1].decode("cp1252")
        except UnicodeDecodeError:
            raise _no_text(name) from error
        if not is_warned:
            warn(say(_NOT_UTF8, name=name))
            is_warned = True
        return letter, error.start + 1

    codecs.register_error("optimizer-cp1252", one_byte)
    yield "optimizer-cp1252"
