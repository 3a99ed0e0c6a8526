"""What an update of the data changes: ``python data/make/changes.py OLD_FOLDER [NEW_FOLDER]``.

Plans a fixed grid of cases with both folders and prints, as CSV, each case whose answer is another: status,
accelerator, servers, days and cost before and after. It ends with a count on stderr.
"""

from __future__ import annotations

import argparse
import csv
import sys
from itertools import product
from pathlib import Path

import optimizer
from optimizer.catalogue import load_catalogue
from optimizer.errors import DataError

COUNTRIES = ("BR", "MX", "CL", "ZA", "KE", "NG", "IN", "ID", "VN", "AE", "DE", "US")
MAX_MW = ("1", "5")
DEADLINES_DAYS = (120, 365)
COLUMNS = ("status", "accelerator", "procurement", "servers", "days", "cost_usd")


def answers(folder: Path) -> dict[str, dict[str, object]]:
    """The row of each case of the grid, by its name."""
    cases = [
        optimizer.Case(case_id=f"{country}_{mw}MW_{days}d", country=country, max_mw=mw, deadline_days=days)  # type: ignore[arg-type]
        for country, mw, days in product(COUNTRIES, MAX_MW, DEADLINES_DAYS)
    ]
    table = optimizer.frame(optimizer.plan_many(cases, load_catalogue(folder)))
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {str(row["case_id"]): {column: row[column] for column in COLUMNS} for row in rows}


def main() -> int:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path, nargs="?", default=Path(__file__).resolve().parent.parent)
    given = parser.parse_args()
    try:
        before, after = answers(given.old), answers(given.new)
    except DataError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 4
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["case", "column", "before", "after"])
    changed = 0
    for name, row in before.items():
        different = [column for column in COLUMNS if row[column] != after[name][column]]
        changed += bool(different)
        writer.writerows([name, column, row[column], after[name][column]] for column in different)
    print(f"{changed} of {len(before)} answers differ", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
