"""Files of plans that were written before, read back as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.errors import DataError, Problem
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("case_id", "status")
"""Columns without which a table is no table of plans."""


def read_plans(path: str) -> pd.DataFrame:
    """The rows of a plans file: CSV, JSON Lines (``.jsonl``) or Parquet (``.parquet``), by its name.

    Raises:
        DataError: it cannot be read, or is no table of plans.
    """
    import pandas as pd

    name, ending = Path(path).name, Path(path).suffix.lower()
    try:
        if ending == ".parquet":
            table = pd.read_parquet(path)
        elif ending in (".jsonl", ".ndjson"):
            table = pd.read_json(path, lines=True)
        else:
            # NA is Namibia, and an empty cell is what is missing
            table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except OSError as error:
        raise DataError(
            [Problem(say("cannot be read: {strerror}", strerror=error.strerror or error), file=path)]
        ) from error
    except (ValueError, ImportError) as error:  # what pandas says of a file that is no such table
        raise DataError([Problem(say("is no readable table: {error}", error=error), file=name)]) from error
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        remedy = say("give a file that optimizer batch or sweep wrote")
        rule = say("is no column of this file")
        raise DataError(Problem(rule, file=name, line=1, column=column, remedy=remedy) for column in missing)
    return table
