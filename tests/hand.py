"""The row of an option as plain fractions, for sums by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.exact import exact_option
from optimizer.solve.planner import prepare

F = Fraction


def row(
    catalogue: Catalogue,
    accelerator: str,
    precision: str = "fp8",
    procurement: str = "buy",
    bracket: str = "small",
    **case: Any,
) -> Any:
    """One option of a case, as (its exact figures, its columns of the options table as floats by name)."""
    ready = prepare(Case(**{"country": "BR", "precision": precision, **case}), catalogue)
    for i, option in enumerate(ready.table.options):
        key = option.key
        if key.connection == "hv":
            continue  # the substation has tests of its own
        if (key.accelerator, key.procurement, key.bracket) == (accelerator, procurement, bracket):
            table = ready.table
            names = [
                "devices",
                "pflops",
                "peak_kw",
                "mean_kw",
                "tpp",
                "memory_gb",
                "server_usd",
                "server_day_usd",
                "lead_days",
            ]
            return exact_option(ready.setting, key), {name: float(getattr(table, name)[i]) for name in names}
    raise AssertionError("no such option")
