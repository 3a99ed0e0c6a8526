"""What an update of the data changes: ``python data/make/changes.py OLD_FOLDER [NEW_FOLDER]``.

Plans cases with both folders and prints, as CSV, each whose answer is another: status, accelerator, servers, days and
cost before and after. The countries are those of a fixed grid, which sees what changes for all, and every country of
which a row of some table differs. Then all countries are planned within one pair of limits, and each region of which
another country is now the cheapest has a row. It ends with these countries and a count on stderr.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import optimizer
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.errors import DataError

FIXED = ("BR", "MX", "CL", "ZA", "KE", "NG", "IN", "ID", "VN", "AE", "DE", "US")
MAX_MW = ("1", "5")
DEADLINES_DAYS = (120, 365)
RANKED = (("5",), (365,))
"""Megawatts and days of the ranking in every region."""
COLUMNS = ("status", "accelerator", "procurement", "servers", "days", "cost_usd")


def rows_of_countries(folder: Path) -> dict[str, Counter[tuple[str, ...]]]:
    """Every row of the tables that is of a country, by its code; a row of several is of each."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            key = "id" if path.name == "countries.csv" else "country"
            for row in rows:
                cells = (path.name, *(f"{column}={value}" for column, value in row.items()))
                for code in (row.get(key) or "").split(";"):
                    found.setdefault(code, Counter())[cells] += 1
    return {code: rows for code, rows in found.items() if code[:2].isalpha() and code.isupper()}


def differing(old: Path, new: Path) -> list[str]:
    """The countries of which a row differs, or which only one of the folders has."""
    before, after = rows_of_countries(old), rows_of_countries(new)
    return sorted(code for code in before | after if before.get(code) != after.get(code))


def answers(
    data: Catalogue, countries: Iterable[str], limits: tuple[Sequence[str], Sequence[int]] = (MAX_MW, DEADLINES_DAYS)
) -> dict[str, dict[str, object]]:
    """The row of each case, by its name; of a country that the folder does not have, a status that says so."""
    missing = [code for code in countries if code not in data.countries]
    cases = [
        optimizer.Case(case_id=f"{country}_{mw}MW_{days}d", country=country, max_mw=mw, deadline_days=days)  # type: ignore[arg-type]
        for country, mw, days in product(countries, *limits)
        if country not in missing
    ]
    table = optimizer.frame(optimizer.plan_many(cases, data))
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    none = dict.fromkeys(COLUMNS) | {"status": "no such country"}
    absent = {f"{code}_{mw}MW_{days}d": none for code, mw, days in product(missing, *limits)}
    return absent | {str(row["case_id"]): {column: row[column] for column in COLUMNS} for row in rows}


def cheapest(data: Catalogue) -> dict[str, str]:
    """The country with the cheapest plan in each region; empty where none has one."""
    rows = answers(data, data.every_country, RANKED)
    costs = {name.partition("_")[0]: row["cost_usd"] for name, row in rows.items() if row["status"] == "plan"}
    found = {}
    for key, region in data.regions.items():
        planned = [(costs[code], code) for code in region.members if code in costs]
        found[key] = min(planned)[1] if planned else ""  # type: ignore[type-var]
    return found


def main() -> int:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path, nargs="?", default=Path(__file__).resolve().parent.parent)
    given = parser.parse_args()
    try:
        others = differing(given.old, given.new)
        countries = list(dict.fromkeys((*FIXED, *others)))
        old, new = load_catalogue(given.old), load_catalogue(given.new)
        before, after = answers(old, countries), answers(new, countries)
        first, now = cheapest(old), cheapest(new)
    except (DataError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 4
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["case", "column", "before", "after"])
    changed = 0
    for name, row in before.items():
        different = [column for column in COLUMNS if row[column] != after[name][column]]
        changed += bool(different)
        writer.writerows([name, column, row[column], after[name][column]] for column in different)
    moved = [key for key in {**first, **now} if first.get(key) != now.get(key)]
    of = f"{RANKED[0][0]}MW_{RANKED[1][0]}d"
    writer.writerows([f"{key}_{of}", "cheapest country", first.get(key), now.get(key)] for key in moved)
    print(f"rows differ of: {' '.join(others) or 'no country'}", file=sys.stderr)
    print(f"{changed} of {len(before)} answers differ", file=sys.stderr)
    print(f"another country is the cheapest in {len(moved)} of {len(now)} regions", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
