"""The rows of what is known of a country's power system, and of how readings that differ were decided."""

from __future__ import annotations

from typing import Literal

from optimizer.domain.base import Number, Sourced, column

PowerQuantity = Literal[
    "electricity_access",
    "generation",
    "low_carbon_share",
    "outages_per_month",
    "pv_seasonality",
    "wind_capacity_factor",
]


class PowerFact(Sourced):
    """One figure of a country's power system, with its own source and date. No plan depends on it."""

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    quantity: PowerQuantity = column("what it is")
    value: Number = column("the figure, in its unit", ge=0)
    unit: str = column("its unit")


class Decision(Sourced):
    """A figure of which two readings differ: what was decided, and why."""

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    figure: str = column("column of the figure")
    ours: str = column("the figure of the row that was researched by hand")
    read: str = column("the other reading")
    now: str = column("the figure that is in the data now")
    decision: Literal["kept", "taken", "neither"] = column(
        "which of the two stands now: kept, ours; taken, the other; neither, a rule for all gave another figure"
    )
    reason: str = column("why")
