"""Files of plans that were written before, read back as a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from optimizer.errors import DataError, Problem
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
        DataError: it cannot be read, or is no table of plans.
    """
    table = _table(path)
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        remedy = say("give a file that optimizer batch or sweep wrote")
        rule, name = say("is no column of this file"), Path(path).name
        raise DataError(Problem(rule, file=name, line=1, column=column, remedy=remedy) for column in missing)
    return as_plans(table)


def as_plans(table: pd.DataFrame) -> pd.DataFrame:
    """A table of plans whose cases have texts for names."""
    return table.assign(case_id=table["case_id"].astype(str))


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
        raise DataError(
            [Problem(say("cannot be read: {strerror}", strerror=error.strerror or error), file=path)]
        ) from error
    except (ValueError, ImportError, BadZipFile) as error:  # what pandas says of a file that is no such table
        raise DataError([Problem(say("is no readable table: {error}", error=error), file=name)]) from error
