"""Checks the terms of the sources, and writes them into ``LICENSE.md``: a step of ``python data/make``.

``source_licences.csv`` is kept by hand: a row a source, with its licence or ``not stated``. Every address in a source
column of a table of the folder, and in the lists of sources of ``raw`` and ``checks``, must be recognised by one row:
all that are not are named at once. So is a row by which nothing is recognised, or that another row already covers.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cell_sources import plain
from raw_tables import DATA, RAW, read

from optimizer.catalogue import load_catalogue
from optimizer.catalogue.source_licences import (
    IS_SOURCE,
    NOT_STATED,
    TABLE,
    SourceLicence,
    known_as,
    source_licences,
    terms_of,
)
from optimizer.errors import DataError, Problem

LICENCE = DATA / "LICENSE.md"
LISTS = (RAW / "sources.csv", DATA / "checks" / "sources.csv")
"""Lists of sources, whose addresses stand in their column ``address``."""
_ROWS = re.compile(r"(?<=\| --- \| --- \| --- \|\n)(\|.*\n)*")


def parts() -> Iterator[tuple[str, str]]:
    """The name of a table and a part of a source in it, of all tables."""
    tables = [path for path in sorted(DATA.glob("*.csv")) if path.stem != TABLE]
    for path in (*tables, *sorted((DATA / "reference").glob("*.csv")), *LISTS):
        columns, rows = read(path)
        for column in columns:
            if IS_SOURCE.fullmatch(column) or (path in LISTS and column == "address"):
                cells = dict.fromkeys(row[column] for row in rows if row[column] not in ("", "-"))
                yield from ((path.name, part) for cell in cells for part in plain(cell.replace(" ; ", " | ")))


def tables_of(known: dict[str, SourceLicence]) -> dict[str, list[str]]:
    """By the address of a row, the tables with figures of that source.

    Raises:
        DataError: sources without a row, rows without a source, and rows that say the same source twice.
    """
    found: dict[str, list[str]] = {name: [] for name in known}
    missing: Counter[tuple[str, str]] = Counter()
    for table, part in parts():
        for name in known_as(part):
            row = terms_of(known, name)
            if row is None:
                missing[table, name] += 1
            elif table not in found[row.address.lower()]:
                found[row.address.lower()].append(table)
    file = f"{TABLE}.csv"
    problems = [
        Problem(
            f"has no row for {name}, a source of {table} (write '{NOT_STATED}' where no licence is seen)", file=file
        )
        for table, name in missing
    ]
    for name, tables in found.items():
        shorter = name[: max(name.rfind("/"), name.rfind(" "), 0)]
        if not tables:
            problems.append(Problem("recognises no source", file=file, column="address", value=name))
        if shorter and (other := terms_of(known, shorter)):
            problems.append(Problem(f"is a part of {other.address}", file=file, column="address", value=name))
    if problems:
        raise DataError(problems)
    return found


def files() -> dict[Path, str]:
    """``LICENSE.md`` with a row for every licence and credit; of sources without a licence only their number."""
    known = dict(source_licences(load_catalogue(DATA)))
    tables = tables_of(known)
    groups: dict[tuple[str, str], list[SourceLicence]] = {}
    for row in known.values():
        groups.setdefault((row.licence, row.credit), []).append(row)
    rows = []
    for (licence, credit), some in sorted(groups.items(), key=lambda group: (group[0][0] == NOT_STATED, group[0])):
        names = "; ".join(dict.fromkeys(row.name or row.address for row in some))
        if licence == NOT_STATED and not credit:
            rows.append(f"| {len(some)} others: papers, model cards, makers, price lists, press | all | {licence} |\n")
            continue
        where = sorted({table for row in some for table in tables[row.address.lower()]} - {path.name for path in LISTS})
        terms = f"{licence}; credit: {credit}" if credit else licence
        rows.append(
            f"| {names} | {', '.join(f'`{name}`' for name in where) or 'raw tables and checks alone'} | {terms} |\n"
        )
    return {LICENCE: _ROWS.sub(lambda _: "".join(rows), LICENCE.read_text(encoding="utf-8"), count=1)}
