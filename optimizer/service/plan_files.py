"""Files of plans that were written before, read back as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from optimizer.errors import DataError, Problem, unreadable
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_HEADER = 100_000
NEEDED = ("case_id", "status")
"""Columns without which a table is no table of plans."""
_AS_WRITTEN: Mapping[str, Any] = {"keep_default_na": False, "na_values": [""]}
"""NA is Namibia, and an empty cell is what is missing."""


def _signs(path: str) -> Mapping[str, str]:
    """Separator and decimal sign of a CSV file, by its first line."""
    with Path(path).open(encoding="utf-8-sig", errors="replace") as stream:
        first = stream.readline(_LONGEST_HEADER)
    return {"sep": ";", "decimal": ","} if ";" in first and "," not in first else {"sep": ","}


def read_plans(path: str) -> pd.DataFrame:
    """The rows of a plans file: CSV, JSON Lines (``.jsonl``), Parquet (``.parquet``) or a workbook, by its name.

    CSV may have decimal commas, as ``--csv-for pt-BR`` writes it.

    Raises:
        DataError: it cannot be read, is no table of plans, or a cell is no number where its column has numbers.
    """
    return as_plans(_table(path), Path(path).name)


def as_plans(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table as one of plans, with its figures as numbers.

    Args:
        table: with a row for each case.
        name: of its file, for messages.

    Raises:
        DataError: it is no table of plans.
    """
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        remedy = say("give a file that optimizer batch or sweep wrote")
        rule = say("is no column of this file")
        raise DataError(Problem(rule, file=name, line=1, column=column, remedy=remedy) for column in missing)
    return _typed(table, name).assign(case_id=table["case_id"].astype(str))


def _typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with numbers in the columns that have numbers in a plans file; one odd cell makes a column of text."""
    import pandas as pd

    from optimizer.answers.plan_row import NUMBERS, Status

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


def columns_of(path: str) -> frozenset[str]:
    """The names of the columns of a table.

    Raises:
        DataError: it cannot be read.
    """
    return frozenset(map(str, _table(path).columns))


def _table(path: str) -> pd.DataFrame:
    import pandas as pd

    name, ending = Path(path).name, Path(path).suffix.lower()
    try:
        if ending in (".parquet", ".pq"):
            return pd.read_parquet(path)
        if ending in (".jsonl", ".ndjson"):
            return pd.read_json(path, lines=True)
        if ending in (".xlsx", ".xlsm"):
            return pd.read_excel(path, **_AS_WRITTEN)
        return pd.read_csv(path, encoding="utf-8-sig", **_signs(path), **_AS_WRITTEN)
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, ImportError, BadZipFile) as error:  # what pandas says of a file that is no such table
        raise DataError([Problem(say("is no readable table: {error}", error=error), file=name)]) from error
