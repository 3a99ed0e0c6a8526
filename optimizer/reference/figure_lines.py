"""The columns of a row of data for a reader: value, unit, whether it is an estimate, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from optimizer.domain import Sourced

_PROVENANCE = ("source", "as_of", "verification", "estimates", "note", "price_source", "rent_source")
LONGEST_PLAIN = 16
"""Decimals with more digits before the point keep their exponent."""


def figures(row: Sourced, skip: Iterable[str] = ()) -> list[dict[str, str]]:
    """The columns of a row with value, unit, and whether they are estimates; its source and note last."""
    lines = []
    for name, info in type(row).model_fields.items():
        value = getattr(row, name)
        if name in _PROVENANCE or name in skip or value in (None, (), ""):
            continue
        extra = info.json_schema_extra
        line = {"name": name, "value": plain(value), "meaning": info.description or ""}
        if isinstance(extra, dict) and extra.get("unit"):
            line["unit"] = str(extra["unit"])
        if row.is_estimate(name):
            line["estimate"] = "yes"
        lines.append(line)
    for name in _PROVENANCE:
        value = getattr(row, name, None)
        if value and name != "estimates":
            lines.append({"name": name, "value": plain(value)})
    return lines


def plain(value: object) -> str:
    """A value as text."""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < LONGEST_PLAIN else str(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
