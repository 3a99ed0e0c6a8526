"""A trade-off curve as a table, as CSV rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from optimizer.answers.document import DecisionEnvelope, PlanColumns, column, envelope_fields, plan_columns
from optimizer.answers.numbers import up
from optimizer.answers.plan import capital
from optimizer.answers.plan_shape import PlanOut, plan_out
from optimizer.answers.reason_words import CAUSES
from optimizer.answers.words import item_words, model_words
from optimizer.domain.base import Frozen
from optimizer.insight.curves.frontier import COMPUTE, Axis, Frontier

if TYPE_CHECKING:
    from rich.console import Console

_TITLES = {
    "cost": "cost",
    "budget": "budget",
    "days": "days",
    "peak_power": "peak MW",
    "energy": "GWh",
    "compute": "T tokens",
}


_PLAIN = {"cost": "the cost", "days": "the time", "peak_power": "the peak", "energy": "the energy", "carbon": "carbon"}


class FrontierRow(PlanColumns):
    """One point of a curve: a plan that none beats in both measures."""

    point: int = column("number of the point on the whole curve shown, from 1")
    tokens_t: Decimal | None = column("training tokens; empty of a workload that states its training compute", "1e12")
    training_flop: Decimal = column("training compute with its overhead", "FLOP")


ROW_COLUMNS = ("point", "tokens_t", "training_flop", *PlanColumns.model_fields)


class AxisOut(Frozen):
    """An axis of the curve; less is better, but of compute more."""

    name: str
    unit: str


class PointOut(Frozen):
    """A plan that none beats in both measures."""

    first: float = Field(description="measure on the first axis, rounded up to 6 decimals (of compute exact)")
    second: float = Field(description="measure on the second axis, rounded up to 6 decimals (of compute exact)")
    first_exact: str = Field(description="the same as an exact fraction")
    second_exact: str = Field(description="the same as an exact fraction")
    plan: PlanOut


class FrontierOut(Frozen):
    """What was found."""

    status: Literal["curve", "infeasible"]
    cause: str | None
    first: AxisOut
    second: AxisOut
    count: int = Field(description="points of the whole curve; of compute, of those told")
    step_tokens: int | None = Field(description="of compute, the tokens to which a point is settled")
    points: tuple[PointOut, ...] = Field(description="those told, by rising first axis")


class FrontierEnvelope(DecisionEnvelope):
    """A trade-off curve as one JSON document."""

    outputs: FrontierOut


def frontier_rows(found: Frontier) -> Iterator[FrontierRow]:
    """One row a point."""
    for number, point in enumerate(found.points, 1):
        setting = point.plan.setting
        yield FrontierRow(
            point=number,
            tokens_t=setting.workload.tokens_t,
            training_flop=setting.training_flop,
            **plan_columns(point.plan),
        )


def frontier_envelope(found: Frontier) -> FrontierEnvelope:
    """The JSON form of a curve."""
    return FrontierEnvelope(
        outputs=FrontierOut(
            status="infeasible" if found.infeasible else "curve",
            cause=found.infeasible.cause if found.infeasible else None,
            first=AxisOut(name=found.first.name, unit=found.first.unit),
            second=AxisOut(name=found.second.name, unit=found.second.unit),
            count=found.count,
            step_tokens=found.step,
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
    if found.step:
        held = found.setting.workload
        return (
            f"{shown} plan{'s' * (shown != 1)}, evenly chosen in compute (--points), more may lie between them;"
            f" {held.params_total_b:f}B parameters held, {held.params_active_b:f}B active"
        )
    if shown < found.count:
        return f"{found.count:,} plans, none beaten in both; {shown} of them told, evenly chosen (--points)"
    return f"{found.count:,} plan{'s' * (found.count != 1)}, none beaten in both, and no other"


def print_frontier(found: Frontier, console: Console) -> None:
    """Print a curve as a table: the two axes first, then the plan of each point."""
    from rich.table import Table
    from rich.text import Text

    from optimizer.render.text import print_table

    setting = found.setting
    names = f"{found.first.name.replace('_', ' ')} against {found.second.name.replace('_', ' ')}"
    model = model_words(setting) if found.step else setting.workload.name
    console.print(Text(f"{names} · {setting.country.name} · {model}", style="bold"))
    console.print("")
    if found.infeasible:
        console.print(Text(f"  {capital(count_words(found))}: proved.", style="bold red"))
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
    console.print(f"{capital(count_words(found))}.")
    console.print(_proof_words(found))


def _proof_words(found: Frontier) -> str:
    proof = "by HiGHS and by an exhaustive search in exact arithmetic."
    if found.step:
        other = _PLAIN[found.first.measure if found.second.measure == COMPUTE else found.second.measure]
        return (
            f"Each is planned again: {other} is the least for so many tokens, and {found.step:,} tokens more take more"
            f" of it or are no plan, {proof}"
        )
    return (
        "Each is planned again under a limit that admits it and not the next, and one that excludes it by a share of"
        f" 1e-5 or less, {proof}"
    )


def _heading(axis: Axis) -> str:
    return _TITLES.get(axis.name, axis.unit)


def _figure(value: Fraction, unit: str) -> str:
    """A measure rounded up, so that as a limit it does suffice."""
    if unit == "USD":
        return f"${up(value, 0):,}"
    if unit == "days":
        return str(value)
    if unit == "1e12 tokens":
        return f"{float(value):,.6f}"  # whole steps: nothing is rounded
    return f"{up(value, 1 if unit == 'tCO2e' else 3):,}"
