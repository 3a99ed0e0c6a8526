"""What answers beyond a plan have in common: their JSON envelope, and the row of a plan in their tables.

The envelope is that of :mod:`optimizer.answers.envelope` with other outputs (``optimizer data show schema frontier``
prints its JSON Schema; likewise of the others).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from optimizer.answers.document import grounds_of
from optimizer.answers.envelope import SCHEMA_VERSION, provenance
from optimizer.answers.numbers import rounded, up
from optimizer.case.setting import Figure, Setting
from optimizer.domain.base import Frozen
from optimizer.plans.outcome import Plan


def column(meaning: str, unit: str = "") -> Any:
    """A column of a table, with its unit."""
    return Field(description=meaning, json_schema_extra={"unit": unit} if unit else None)


class PlanColumns(Frozen):
    """The measures and the servers of a plan, as columns."""

    cost_usd: Decimal = column("total cost of the run, rounded up", "USD")
    days: int = column("whole days of training", "days")
    peak_mw: Decimal = column("peak power of the site, rounded up", "MW")
    energy_gwh: Decimal = column("energy of the run", "GWh")
    carbon_t: Decimal = column("emissions of that energy on the grid's average", "tCO2e")
    accelerators: int = column("accelerators of all kinds", "accelerators")
    accelerator: str = column("accelerator id")
    precision: str = column("training precision")
    procurement: str = column("buy, rent or own")
    servers: int = column("servers", "servers")
    lead_days: int = column("delivery and licence time, where the deadline counts from the order", "days")
    proof: str = column("exhaustive: HiGHS and an exact exhaustive search agree")


def plan_columns(plan: Plan) -> dict[str, Any]:
    """A plan of one kind of server as the values of :class:`PlanColumns`."""
    (item,) = plan.items
    return {
        "cost_usd": up(plan.cost_usd, 2),
        "days": plan.days,
        "peak_mw": up(plan.peak_mw, 6),
        "energy_gwh": rounded(plan.energy_gwh, 6),
        "carbon_t": rounded(plan.carbon_t, 3),
        "accelerators": plan.accelerators,
        "accelerator": item.key.accelerator,
        "precision": item.key.precision,
        "procurement": item.key.procurement,
        "servers": plan.servers,
        "lead_days": plan.lead_days,
        "proof": plan.proof.kind,
    }


class DecisionEnvelope(Frozen):
    """The whole answer but its outputs."""

    schema_version: Literal["2"]
    inputs: dict[str, Any] = Field(description="the case as it was asked")
    settled: dict[str, Any] = Field(description="the case with every default filled in")
    assumptions: tuple[dict[str, str], ...] = Field(description="every default: field, value, why")
    messages: tuple[str, ...]
    provenance: dict[str, Any] = Field(description="program, data and the figures that a plan rests on")


def defaults(setting: Setting) -> tuple[dict[str, str], ...]:
    """Every default that was filled in: field, value, why."""
    return tuple({"field": a.field, "value": a.value, "why": a.why} for a in setting.assumed)


def envelope_fields(setting: Setting, messages: tuple[str, ...], figures: Iterable[Figure] = ()) -> dict[str, Any]:
    """The values of :class:`DecisionEnvelope`; the same answer gives the same bytes.

    Args:
        figures: what the plan rests on, where there is one plan.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "inputs": setting.asked.given(),
        "settled": setting.case.given(),
        "assumptions": defaults(setting),
        "messages": messages,
        "provenance": provenance(grounds_of(setting, figures)),
    }
