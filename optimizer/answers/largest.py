"""The largest training within the limits, as text, as a CSV row and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from optimizer.answers.decisions import DecisionEnvelope, PlanColumns, column, envelope_fields, plan_columns
from optimizer.answers.numbers import share_percent
from optimizer.answers.words import capital
from optimizer.answers.plan_shape import PlanOut, ProofOut, plan_out
from optimizer.answers.words import model_words, plan_words
from optimizer.case.setting import BILLION, TRILLION
from optimizer.domain.base import Frozen
from optimizer.insight.curves.largest import Largest
from optimizer.insight.limits.needs import CAUSES
from optimizer.insight.neighbours import limit_words
from optimizer.plans.outcome import Plan
from optimizer.render.text import print_indented
from optimizer.units import fraction

if TYPE_CHECKING:
    from rich.console import Console


class LargestRow(PlanColumns):
    """The largest training and the best plan for it."""

    tokens: int = column("training tokens", "tokens")
    parameters: Decimal = column("parameters held in memory", "parameters")
    training_flop: Decimal = column("training compute with its overhead", "FLOP")


ROW_COLUMNS = ("tokens", "parameters", "training_flop", *PlanColumns.model_fields)


class LargestOut(Frozen):
    """What was found."""

    status: Literal["largest", "infeasible"]
    cause: str | None
    sought: Literal["tokens", "parameters"]
    step: int = Field(description="tokens or parameters to which it is settled: one step more is infeasible")
    tokens: int | None
    parameters: float | None
    training_flop: float | None = Field(description="training compute with its overhead")
    plan: PlanOut | None
    proof_beyond: ProofOut = Field(description="why one step more is infeasible")


class LargestEnvelope(DecisionEnvelope):
    """The largest training as one JSON document."""

    outputs: LargestOut


def largest_rows(found: Largest) -> Iterator[LargestRow]:
    """One row, or none where nothing is feasible."""
    if found.plan is not None:
        yield LargestRow(
            tokens=found.tokens,
            parameters=found.parameters,
            training_flop=found.plan.setting.training_flop,
            **plan_columns(found.plan),
        )


def largest_envelope(found: Largest) -> LargestEnvelope:
    """The JSON form."""
    plan, proof = found.plan, found.beyond.proof
    return LargestEnvelope(
        outputs=LargestOut(
            status="largest" if plan else "infeasible",
            cause=None if plan else found.beyond.cause,
            sought=found.sought,
            step=found.step,
            tokens=found.tokens,
            parameters=None if found.parameters is None else float(found.parameters),
            training_flop=float(plan.setting.training_flop) if plan else None,
            plan=plan_out(plan) if plan else None,
            proof_beyond=ProofOut(
                kind=proof.kind, solver=proof.solver, solver_status=proof.solver_status, gap=proof.gap
            ),
        ),
        **envelope_fields(found.setting, tuple(_sentences(found))),
    )


def print_largest(found: Largest, console: Console) -> None:
    """Print the answer, the plan for it, and what ends it."""
    from rich.text import Text

    what = "Most tokens" if found.sought == "tokens" else "Largest dense model"
    model = f" · {model_words(found.setting)}" if found.sought == "tokens" else ""
    console.print(Text(f"{what} · {found.setting.country.name}{model}", style="bold"))
    console.print("")
    first, *rest = _sentences(found)
    print_indented(console, first, "bold green" if found.plan else "bold red")
    for line in rest:
        print_indented(console, line)


def _sentences(found: Largest) -> Iterator[str]:
    plan = found.plan
    if plan is None:
        yield f"Not even {found.step:,} {found.sought}: {CAUSES[found.beyond.cause]}: proved."
        return
    tokens, parameters = found.tokens or 0, found.parameters or Decimal(0)
    told = (
        f"{tokens:,} tokens ({_trillions(tokens)})"
        if found.sought == "tokens"
        else f"{parameters:,f} parameters ({float(parameters) / BILLION:.5g}B) on {_trillions(tokens)} tokens"
    )
    yield f"{told}, {float(plan.setting.training_flop):.3g} FLOP"
    yield capital(plan_words(plan))
    if ends := list(_used_up(plan)):
        yield f"Used up: {', '.join(ends)}; servers work {share_percent(_busy(plan))} of their days"
    yield (
        f"{found.step:,} {found.sought} more: no plan, by HiGHS and by an exhaustive search in exact arithmetic;"
        " and none for any larger number"
    )


NEARLY = Fraction(99, 100)
"""From this share of a limit on, it is told as used up."""


def _used_up(plan: Plan) -> Iterator[str]:
    """The limits of which the plan leaves next to nothing."""
    for use in plan.limits:
        if use.share and use.share >= NEARLY:
            yield f"{limit_words(use.name)} {share_percent(use.share)}"
    most = plan.setting.case.max_training_flop
    if most is not None and (share := fraction(plan.setting.training_flop) / fraction(most)) >= NEARLY:
        yield f"{limit_words('training_flop')} {share_percent(share)}"


def _busy(plan: Plan) -> Fraction:
    """Server-days worked over those that the servers could work."""
    return sum((item.server_days for item in plan.items), Fraction(0)) / (plan.servers * plan.days)


def _trillions(tokens: int) -> str:
    text = f"{tokens / TRILLION:,.3f}"
    return text.rstrip("0").rstrip(".") + "T"
