"""Where the choice of accelerator changes, in words, as CSV rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from optimizer.domain.base import Frozen
from optimizer.insight.needs import CAUSES
from optimizer.insight.tipping import Side, Tipping, held_in_data
from optimizer.outcome import Infeasible, Plan
from optimizer.report.decisions import DecisionEnvelope, PlanColumns, column, envelope_fields, plan_columns
from optimizer.report.planned import PlanOut, ProofOut, plan_out
from optimizer.report.words import plan_words

if TYPE_CHECKING:
    from rich.console import Console


class TippingRow(PlanColumns):
    """One side: the value of the input and the plan there; a side without a plan has no row."""

    value: Decimal = column("value of the input: USD, USD an hour, or times its MFU")


ROW_COLUMNS = ("value", *PlanColumns.model_fields)


class SideOut(Frozen):
    """A value of the input and the proved answer there."""

    value: str = Field(description="decimal")
    accelerator: str | None = Field(description="the accelerator chosen; null where there is no plan")
    plan: PlanOut | None
    proof: ProofOut


class TippingOut(Frozen):
    """What was found."""

    status: Literal["tips", "unchanged", "infeasible"]
    input: str
    unit: str
    accelerator: str
    held: str | None = Field(description="the value in the data; of an MFU 1, as it is sought in times its own")
    tolerance: str
    low: SideOut
    high: SideOut


class TippingEnvelope(DecisionEnvelope):
    """A tipping point as one JSON document."""

    outputs: TippingOut


def status_of(found: Tipping) -> Literal["tips", "unchanged", "infeasible"]:
    """Whether the choice changes, or there is no plan on either side."""
    if found.tips:
        return "tips"
    return "unchanged" if found.low.accelerator or found.high.accelerator else "infeasible"


def tipping_rows(found: Tipping) -> Iterator[TippingRow]:
    """One row a side that has a plan."""
    for side in (found.low, found.high):
        if isinstance(side.outcome, Plan):
            yield TippingRow(value=side.value, **plan_columns(side.outcome))


def tipping_envelope(found: Tipping) -> TippingEnvelope:
    """The JSON form."""
    return TippingEnvelope(
        outputs=TippingOut(
            status=status_of(found),
            input=found.input.kind,
            unit=found.input.unit,
            accelerator=found.accelerator,
            held=None if found.held is None else format(found.held, "f"),
            tolerance=format(found.tolerance, "f"),
            low=_side(found.low),
            high=_side(found.high),
        ),
        **envelope_fields(found.setting, tuple(sentences(found))),
    )


def _side(side: Side) -> SideOut:
    proof = side.outcome.proof
    return SideOut(
        value=format(side.value, "f"),
        accelerator=side.accelerator,
        plan=plan_out(side.outcome) if isinstance(side.outcome, Plan) else None,
        proof=ProofOut(kind=proof.kind, solver=proof.solver, solver_status=proof.solver_status, gap=proof.gap),
    )


def print_tipping(found: Tipping, console: Console) -> None:
    """Print where the choice changes, and the plans on both sides."""
    from rich.text import Text

    setting = found.setting
    names = {"price": "price", "rent": "rent", "mfu": "efficiency"}
    head = f"Tipping point of the {names[found.input.kind]} of {_name(found, found.accelerator)}"
    console.print(Text(f"{head} · {setting.country.name} · {setting.workload.name}", style="bold"))
    console.print("")
    first, *rest = sentences(found)
    console.print(Text(f"  {first}", style="bold green" if found.tips else "bold"))
    for line in rest:
        console.print(f"  {line}")


def sentences(found: Tipping) -> Iterator[str]:
    """The answer in words: who wins on which side, in ratios, and the plans."""
    low, high = found.low, found.high
    if found.tips:
        until, since = _value(found, low.value), _value(found, high.value)
        yield f"{_wins(found, low)} up to {until}; {_wins(found, high)} from {since} on"
        if ratio := " and ".join(_ratios(found)):
            yield f"There it is {ratio}"
    elif low.accelerator == high.accelerator or status_of(found) == "infeasible":
        yield f"{_wins(found, low)} all the way from {_value(found, low.value)} to {_value(found, high.value)}"
    else:
        yield f"{_wins(found, low)} at {_value(found, low.value)}, {_wins(found, high)} at {_value(found, high.value)}"
    for side in (low, high):
        told = CAUSES[side.outcome.cause] if isinstance(side.outcome, Infeasible) else plan_words(side.outcome)
        yield f"At {_value(found, side.value)}: {told}"
    yield (
        "Both sides are proved by HiGHS and an exhaustive search in exact arithmetic; there is no other change in the"
        " range, as this input touches the plans of one accelerator only, and makes them all better or all worse"
    )


def _name(found: Tipping, accelerator: str) -> str:
    return found.setting.catalogue.accelerators[accelerator].name


def _wins(found: Tipping, side: Side) -> str:
    return f"{_name(found, side.accelerator)} wins" if side.accelerator else "no plan"


def _value(found: Tipping, value: Decimal) -> str:
    words = {"price": f"${value:,f}", "rent": f"${value:,f} an hour", "mfu": f"{value:f} times its MFU"}
    return words[found.input.kind]


def _ratios(found: Tipping) -> Iterator[str]:
    """The tipping value against the value in the data, and against the accelerator on the other side."""
    value = Fraction(found.low.value)
    if found.held and found.input.kind != "mfu":
        yield f"{float(value / Fraction(found.held)):.2f} times the value in the data ({_value(found, found.held)})"
    mine, other = (found.low, found.high) if found.low.accelerator == found.accelerator else (found.high, found.low)
    if not isinstance(mine.outcome, Plan) or not isinstance(other.outcome, Plan) or other.accelerator is None:
        return
    rival = _name(found, other.accelerator)
    if found.input.kind == "mfu":
        one, another = (plan.items[0].pflops / plan.accelerators for plan in (mine.outcome, other.outcome))
        yield f"{float(one / another):.2f} times the sustained speed of one {rival}"
    elif price := held_in_data(found.setting, found.input, other.accelerator):
        yield f"{float(value / Fraction(price)):.2f} times that of one {rival} ({_value(found, price)})"
