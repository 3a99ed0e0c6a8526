"""Files of plans that were written before, read back as a table."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.catalogue.tables import MAX_FILE_BYTES, decode, read_input
from optimizer.errors import DataError, Problem, UnreadableError, unreadable_words
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

OF_PYTHON = "plans"
"""The name of a table that is no file."""
_LONGEST_HEADER = 100_000
NEEDED = ("case_id", "status")
"""Columns without which a table is not a table of plans."""
_NAMES: Mapping[Any, Any] = {"case_id": str}
"""Names stay as they are written: 007 is no 7."""
_AS_WRITTEN: Mapping[str, Any] = {"keep_default_na": False, "na_values": [""]}
"""NA is Namibia, and an empty cell is what is missing."""


def _signs(text: str) -> Mapping[str, str]:
    """Separator and decimal sign of CSV, by its first line."""
    first = text[:_LONGEST_HEADER].partition("\n")[0]
    return {"sep": ";", "decimal": ","} if ";" in first and "," not in first else {"sep": ","}


def read_plans(path: str | pd.DataFrame) -> pd.DataFrame:
    """The rows of a plans file: CSV, JSON Lines, Parquet or a workbook; ``-`` is stdin; or those of a table.

    CSV may have decimal commas, as ``--csv-for pt-BR`` writes it.

    Raises:
        DataError: it cannot be read, is not a table of plans, or a cell is not a number where its column has numbers.
    """
    return as_plans(*read_table(path))


def as_plans(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table as one of plans, with its figures as numbers.

    Args:
        table: with a row for each case.
        name: of its file, for messages.

    Raises:
        DataError: it is not a table of plans.
    """
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        remedy = say("give a file that optimizer batch or sweep wrote")
        rule = say("is not a column of this file")
        raise DataError(Problem(rule, file=name, line=1, column=column, remedy=remedy) for column in missing)
    return _typed(table, name).assign(case_id=table["case_id"].astype(str))


def _typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with numbers in the columns that have numbers in a plans file; one odd cell makes a column of text."""
    import pandas as pd

    from optimizer.answers.plan.row import NUMBERS, Status

    known = table["status"].isin(list(Status))
    odd, typed = {"status": (~known, say("must be one of {policy}", policy=", ".join(Status)))}, {}
    for column in NUMBERS & frozenset(table.columns):
        own = table[column].astype(object) if table[column].dtype == bool else table[column]
        numbers = pd.to_numeric(own.where(~own.map(lambda value: isinstance(value, bool))), errors="coerce")
        typed[column] = numbers
        odd[column] = (own.notna() & ~numbers.abs().lt(math.inf), say("must be a number"))
    first = 1 if name.lower().endswith((".jsonl", ".ndjson")) else 2  # below the headings
    problems = [
        Problem(rule, file=name, line=first + place, column=column, value=_shown(table[column].iloc[place]))
        for column, (where, rule) in odd.items()
        for place in where.to_numpy().nonzero()[0].tolist()
    ]
    if problems:
        raise DataError(sorted(problems, key=lambda problem: int(problem.line or 0)))
    return table.assign(**typed)


def _shown(value: object) -> str | None:
    """A cell as it is named; nothing where it is empty."""
    return None if value is None or value != value else str(value)


def read_table(path: str | pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """A table of a file or of stdin (``-``), read once, with its name for messages; or one that Python has.

    It is Parquet or a workbook by its first bytes, JSON Lines by its name or its first character, else CSV.

    Raises:
        DataError: it cannot be read, is too large, or is not a table.
    """
    if not isinstance(path, str):
        return _of_text(path.to_csv(index=False), OF_PYTHON, is_lines=False), OF_PYTHON  # cells as a file has them
    raw, name = read_input(path, MAX_FILE_BYTES)
    ending = Path(path).suffix.lower()
    if raw.startswith(b"PAR1") or ending in (".parquet", ".pq"):
        from optimizer.batch.parquet import read_plain

        return read_plain(raw, name), name
    if raw.startswith(b"PK\x03\x04") or ending in (".xlsx", ".xlsm"):
        return _of_workbook(raw, name), name
    return _of_text(decode(raw, name), name, is_lines=ending in (".jsonl", ".ndjson") or raw[:1] == b"{"), name


def _of_workbook(raw: bytes, name: str) -> pd.DataFrame:
    import pandas as pd

    from optimizer.batch.workbook import DAMAGED, check_size

    check_size(io.BytesIO(raw), name)
    try:
        return pd.read_excel(io.BytesIO(raw), engine="openpyxl", dtype=_NAMES, **_AS_WRITTEN)
    except DAMAGED as error:
        raise DataError.at(say("cannot be read as a workbook: {error}", error=error), file=name) from error


def _of_text(text: str, name: str, *, is_lines: bool) -> pd.DataFrame:
    import pandas as pd

    try:
        if is_lines:
            return pd.DataFrame([_object(line) for line in text.split("\n") if line.strip()])
        return pd.read_csv(io.StringIO(text), dtype=_NAMES, **_signs(text), **_AS_WRITTEN)
    except (ValueError, RecursionError, OverflowError) as error:  # what is said of a text that is no such table
        raise DataError.at(say("is not a readable table: {error}", error=unreadable_words(error)), file=name) from error


def _object(line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        raise UnreadableError(say("every line must be an object of plain values"))
    return found
