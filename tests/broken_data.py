"""Copies of the data folder with one thing changed in them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path


def rewrite(path: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Change the rows of a table in place."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header, rows = list(reader.fieldnames or ()), list(reader)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def the(rows: list[dict[str, str]], **cells: str) -> dict[str, str]:
    """The one row with these cells."""
    (row,) = [row for row in rows if all(row[name] == value for name, value in cells.items())]
    return row
