"""A trade-off curve as a table, as CSV rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from optimizer.domain.base import Frozen
from optimizer.insight.frontier import Axis, Frontier
from optimizer.insight.needs import CAUSES
from optimizer.report.decisions import DecisionEnvelope, PlanColumns, column, envelope_fields, plan_columns
from optimizer.report.numbers import up
from optimizer.report.planned import PlanOut, plan_out
from optimizer.report.words import item_words

if TYPE_CHECKING:
    from rich.console import Console

_TITLES = {"cost": "cost", "budget": "budget", "days": "days", "peak_power": "peak MW", "energy": "GWh"}


class FrontierRow(PlanColumns):
    """One point of a curve: a plan that none beats in both measures."""

    point: int = column("number of the point on the whole curve shown, from 1")


ROW_COLUMNS = ("point", *PlanColumns.model_fields)


class AxisOut(Frozen):
    """An axis of the curve; less is better."""

    name: str
    unit: str


class PointOut(Frozen):
    """A plan that none beats in both measures."""

    first: float = Field(description="measure on the first axis, rounded up to 6 decimals")
    second: float = Field(description="measure on the second axis, rounded up to 6 decimals")
    first_exact: str = Field(description="the same as an exact fraction")
    second_exact: str = Field(description="the same as an exact fraction")
    plan: PlanOut


class FrontierOut(Frozen):
    """What was found."""

    status: Literal["curve", "infeasible"]
    cause: str | None
    first: AxisOut
    second: AxisOut
    count: int = Field(description="points of the whole curve")
    points: tuple[PointOut, ...] = Field(description="those told, by rising first axis")


class FrontierEnvelope(DecisionEnvelope):
    """A trade-off curve as one JSON document."""

    outputs: FrontierOut


def frontier_rows(found: Frontier) -> Iterator[FrontierRow]:
    """One row a point."""
    for number, point in enumerate(found.points, 1):
        yield FrontierRow(point=number, **plan_columns(point.plan))


def frontier_envelope(found: Frontier) -> FrontierEnvelope:
    """The JSON form of a curve."""
    return FrontierEnvelope(
        outputs=FrontierOut(
            status="infeasible" if found.infeasible else "curve",
            cause=found.infeasible.cause if found.infeasible else None,
            first=AxisOut(name=found.first.name, unit=found.first.unit),
            second=AxisOut(name=found.second.name, unit=found.second.unit),
            count=found.count,
            points=tuple(
                PointOut(
                    first=float(up(point.first, 6)),
                    second=float(up(point.second, 6)),
                    first_exact=str(point.first),
                    second_exact=str(point.second),
                    plan=plan_out(point.plan),
                )
                for point in found.points
            ),
        ),
        **envelope_fields(found.setting, (count_words(found),)),
    )


def count_words(found: Frontier) -> str:
    """How many points there are and how many are told."""
    if found.infeasible:
        return CAUSES[found.infeasible.cause]
    shown = len(found.points)
    if shown < found.count:
        return f"{found.count:,} plans, none beaten in both; {shown} of them told, evenly chosen (--points)"
    return f"{found.count:,} plan{'s' * (found.count != 1)}, none beaten in both, and no other"


def print_frontier(found: Frontier, console: Console) -> None:
    """Print a curve as a table: the two axes first, then the plan of each point."""
    from rich.table import Table
    from rich.text import Text

    from optimizer.report.layout import print_table

    setting = found.setting
    names = f"{found.first.name.replace('_', ' ')} against {found.second.name.replace('_', ' ')}"
    console.print(Text(f"{names} · {setting.country.name} · {setting.workload.name}", style="bold"))
    console.print("")
    if found.infeasible:
        console.print(Text(f"  {_capital(count_words(found))}: proved.", style="bold red"))
        return
    table = Table(box=None, pad_edge=True)
    for axis in (found.first, found.second):
        table.add_column(_heading(axis), justify="right", no_wrap=True)
    table.add_column("plan")
    others = [
        name for name in ("cost", "days", "peak_power") if name not in (found.first.measure, found.second.measure)
    ]
    for name in others:
        table.add_column(_TITLES[name], justify="right", no_wrap=True)
    for point in found.points:
        plan = point.plan
        cells = {
            "cost": _figure(plan.cost_usd, "USD"),
            "days": str(plan.days),
            "peak_power": _figure(plan.peak_mw, "MW"),
        }
        table.add_row(
            _figure(point.first, found.first.unit),
            _figure(point.second, found.second.unit),
            item_words(plan, plan.items[0]),
            *(cells[name] for name in others),
        )
    print_table(console, table)
    console.print("")
    console.print(f"{_capital(count_words(found))}.")
    console.print(
        "Each is planned again under a limit that admits it and not the next, and one that excludes it by a share of"
        " 1e-5 or less, by HiGHS and by an exhaustive search in exact arithmetic."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _heading(axis: Axis) -> str:
    return _TITLES.get(axis.name, axis.unit)


def _figure(value: Fraction, unit: str) -> str:
    """A measure rounded up, so that as a limit it does suffice."""
    if unit == "USD":
        return f"${up(value, 0):,}"
    if unit == "days":
        return str(value)
    return f"{up(value, 1 if unit == 'tCO2e' else 3):,}"
