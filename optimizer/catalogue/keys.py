"""The columns that tell the rows of a table of the data folder apart, and what tells the folder apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from optimizer.errors import Problem
from optimizer.units.language import say

KEYS: Mapping[str, tuple[str, ...]] = {
    "accelerators": ("id",),
    "assumption_sets": ("id",),
    "cooling": ("cooling", "climate"),
    "countries": ("id",),
    "defaults": ("field",),
    "distribution": ("assumption_set", "spread"),
    "efficiency": ("assumption_set", "accelerator", "precision", "architecture"),
    "fx": ("currency",),
    "hardware_overrides": ("assumption_set", "accelerator"),
    "machines": ("accelerator", "devices"),
    "parameters": ("assumption_set", "parameter"),
    "regions": ("id",),
    "rule_sets": ("id",),
    "supply": ("country",),
    "ways": ("id",),
    "workloads": ("id",),
}


def by_keys(rows: Mapping[str, list[Any]], problems: list[Problem]) -> dict[str, dict[Any, Any]]:
    """The tables with a key, by key; a key that stands twice is a problem."""
    return {table: by_key(table, rows[table], names, problems) for table, names in KEYS.items()}


def by_key(table: str, rows: Iterable[Any], names: Sequence[str], problems: list[Problem]) -> dict[Any, Any]:
    """The rows of a table by the columns that tell them apart; a key that stands twice is a problem."""
    found: dict[Any, Any] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in names)
        short = key[0] if len(key) == 1 else key
        if short in found:
            shown = ", ".join(map(str, key))
            problems.append(Problem(say("appears twice"), file=f"{table}.csv", column="+".join(names), value=shown))
        found[short] = row
    return found


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over some files, in order of their names."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def grouped(column: str, rows: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    """Rows by what they have in a column, in their order."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return {name: tuple(some) for name, some in found.items()}
