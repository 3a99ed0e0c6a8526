"""The options table for a reader: every option with its figures and its best plan alone, or the reason why not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import Field

from optimizer.answers.numbers import musd, rounded, up
from optimizer.answers.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.base import Frozen
from optimizer.insight.neighbours import sketch, why_not
from optimizer.solve.planner import prepare

if TYPE_CHECKING:
    from rich.console import Console


def _column(meaning: str, unit: str = "") -> Any:
    return Field(default=None, description=meaning, json_schema_extra={"unit": unit} if unit else None)


class ConsideredRow(Frozen):
    """One option: figures of one server, and the best plan of this option alone."""

    accelerator: str = Field(description="accelerator id")
    precision: str | None = _column("training precision")
    procurement: str | None = _column("buy, rent or own")
    bracket: str | None = _column("size bracket of the cluster")
    connection: str | None = _column("mv: within the medium-voltage limit; hv: with a substation")
    route: str | None = _column("export rule that lets it in")
    devices: int | None = _column("accelerators in a server", "accelerators")
    pflops: Decimal | None = _column("sustained speed of a server", "PFLOP/s")
    peak_kw: Decimal | None = _column("peak facility power of a server", "kW")
    mean_kw: Decimal | None = _column("mean facility power of a server", "kW")
    tpp: Decimal | None = _column("total processing performance of a server", "TPP")
    memory_gb: Decimal | None = _column("accelerator memory of a server", "GB")
    lead_days: int | None = _column("delivery and licence time that counts against the deadline", "days")
    server_usd: Decimal | None = _column("cost per server", "USD")
    server_day_usd: Decimal | None = _column("cost per server and day of work", "USD")
    plan_accelerators: int | None = _column("best plan alone: accelerators", "accelerators")
    plan_days: int | None = _column("best plan alone: days", "days")
    plan_cost_usd: Decimal | None = _column("best plan alone: cost", "USD")
    plan_peak_mw: Decimal | None = _column("best plan alone: peak power, rounded up", "MW")
    reason: str | None = _column("why there is no plan with it")


COLUMNS = tuple(ConsideredRow.model_fields)


def considered(case: Case, catalogue: Catalogue) -> list[ConsideredRow]:
    """Every option of a case, feasible ones first by cost, then those that miss a limit, then the excluded ones."""
    ready = prepare(case, catalogue)
    rows: list[tuple[tuple[int, Fraction], ConsideredRow]] = []
    for i, option in enumerate(ready.problem.options):
        plan = sketch(ready, [i])
        row = ConsideredRow(
            accelerator=option.key.accelerator,
            precision=option.key.precision,
            procurement=option.key.procurement,
            bracket=option.key.bracket,
            connection=option.key.connection or None,
            route=option.key.route,
            devices=option.devices,
            pflops=rounded(option.pflops, 6),
            peak_kw=rounded(option.peak_kw, 6),
            mean_kw=rounded(option.mean_kw, 6),
            tpp=rounded(option.tpp, 1),
            memory_gb=rounded(option.memory_gb, 1),
            lead_days=option.lead_days,
            server_usd=rounded(option.server_usd, 2),
            server_day_usd=rounded(option.server_day_usd, 2),
            plan_accelerators=plan.accelerators if plan else None,
            plan_days=plan.days if plan else None,
            plan_cost_usd=rounded(plan.cost_usd, 2) if plan else None,
            plan_peak_mw=up(plan.peak_mw, 6) if plan else None,
            reason=None if plan else reason_words(why_not(ready, [i])),
        )
        rows.append(((0, plan.objective_value) if plan else (1, Fraction(0)), row))
    rows.sort(key=lambda pair: pair[0])
    excluded = [
        ConsideredRow(
            accelerator=e.accelerator,
            precision=e.precision or None,
            procurement=e.procurement or None,
            reason=reason_words(e.reason),
        )
        for e in ready.table.excluded
    ]
    return [row for _, row in rows] + excluded


def print_considered(rows: list[ConsideredRow], console: Console) -> None:
    """Print the options as a table; the reasons of those that are out follow, one line each."""
    from rich.table import Table

    from optimizer.render.text import print_table

    table = Table(box=None, pad_edge=False)
    for name in ("accelerator", "had by", "PFLOP/s", "kW", "USD/server", "USD/day", "best alone", "cost"):
        table.add_column(name, justify="left" if name in ("accelerator", "had by", "best alone") else "right")
    for row in rows:
        if row.plan_cost_usd is None:
            continue
        table.add_row(
            row.accelerator,
            " ".join(filter(None, (row.procurement, row.precision, row.bracket, row.connection))),
            f"{row.pflops:.2f}",
            f"{row.peak_kw:.1f}",
            f"{row.server_usd:,.0f}",
            f"{row.server_day_usd:,.0f}",
            f"{row.plan_accelerators:,} x {row.plan_days} d",
            musd(Fraction(row.plan_cost_usd)),
        )
    if table.row_count:
        print_table(console, table)
    out = [row for row in rows if row.plan_cost_usd is None]
    if out:
        console.print("\nOut, and why:")
    for row in out:
        name = " ".join(filter(None, (row.accelerator, row.procurement, row.precision, row.bracket)))
        console.print(f"  {name}: {row.reason}")
