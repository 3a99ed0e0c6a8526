"""The largest training within the limits: the answer, the plan for it, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal

from optimizer.answers.document import Document, Line, Rows, Section, assumed_notes, grounds_of
from optimizer.answers.limit_words import limit_words
from optimizer.answers.numbers import share_percent
from optimizer.answers.plan import cost_chart
from optimizer.answers.plan_shape import PlanColumns, PlanIfAny, ProofOut, plan_columns
from optimizer.answers.reason_words import CAUSES
from optimizer.answers.shapes import Plain, Shape, entry
from optimizer.answers.words import capital, model_words, plan_words
from optimizer.case.setting import BILLION, TRILLION
from optimizer.domain.limits import TRAINING_FLOP
from optimizer.insight.curves.largest import Largest
from optimizer.plans.outcome import Plan
from optimizer.units import fraction

NEARLY = Fraction(99, 100)
"""From this share of a limit on, it is told as used up."""


class _Training(Shape):
    """How much is trained."""

    tokens: int = entry("training tokens", "tokens")
    parameters: Decimal = entry("total parameters, in memory", "parameters")
    training_flop: Decimal = entry("training compute with its overhead", "FLOP")


class LargestRow(PlanColumns, _Training):
    """The largest training and the best plan for it."""


class LargestOut(Shape):
    """What was found."""

    status: Literal["largest", "infeasible"]
    cause: str | None
    sought: Literal["tokens", "parameters"]
    step: int = entry("precision of the answer in tokens or parameters: one step more is infeasible")
    tokens: int | None
    parameters: Plain | None
    training_flop: Plain | None = entry("training compute with its overhead")
    plan: PlanIfAny
    proof_beyond: ProofOut = entry("why one step more is infeasible", path="beyond.proof")


def document(found: Largest) -> Document:
    """The answer, the plan for it, and what ends it."""
    setting = found.setting
    of_tokens = found.sought == "tokens"
    heading = f"Most tokens · {setting.country.name} · {model_words(setting)}"
    first, *rest = sentences = tuple(_sentences(found))
    return Document(
        question="largest",
        title=heading if of_tokens else f"Largest dense model · {setting.country.name}",
        sections=[Section("", [Line(first, "good" if found.plan else "bad"), *map(Line, rest)]), *_cost(found)],
        outputs=partial(LargestOut.model_validate, found),
        grounds=grounds_of(setting),
        messages=sentences,
        # what is sought was not assumed
        notes=assumed_notes(setting.assumed, ("tokens_t",) if of_tokens else ("tokens_t", "workload")),
        rows=Rows("largest", "Largest training within the limits", LargestRow, partial(_rows, found)),
        verdict="answer" if found.plan else "infeasible",
    )


def _cost(found: Largest) -> Iterator[Section]:
    """The cost of the plan by its parts."""
    if found.plan is not None:
        yield Section("Cost", [cost_chart(found.plan.cost_terms)], further=True)


def _rows(found: Largest) -> Iterator[LargestRow]:
    """One row, or none where nothing is feasible."""
    if found.plan is not None:
        yield LargestRow(
            tokens=found.tokens,
            parameters=found.parameters,
            training_flop=found.training_flop,
            **plan_columns(found.plan),
        )


def _sentences(found: Largest) -> Iterator[str]:
    plan = found.plan
    if plan is None:
        yield f"Not even {found.step:,} {found.sought}: {CAUSES[found.beyond.cause]}. This has been proven."
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
        yield f"Used up: {', '.join(ends)}; servers work on {share_percent(_busy(plan))} of the days"
    yield (
        f"{found.step:,} {found.sought} more: no plan, nor for any larger number; proven by HiGHS and by an"
        " exhaustive search in exact arithmetic"
    )


def _used_up(plan: Plan) -> Iterator[str]:
    """The limits of which the plan leaves next to nothing."""
    for use in plan.limits:
        if use.share and use.share >= NEARLY:
            yield f"{limit_words(use.limit)} {share_percent(use.share)}"
    most = plan.setting.case.max_training_flop
    if most is not None and (share := fraction(plan.setting.training_flop) / fraction(most)) >= NEARLY:
        yield f"{limit_words(TRAINING_FLOP)} {share_percent(share)}"


def _busy(plan: Plan) -> Fraction:
    """Server-days worked over those that the servers could work."""
    return sum((item.server_days for item in plan.items), Fraction(0)) / (plan.servers * plan.days)


def _trillions(tokens: int) -> str:
    text = f"{tokens / TRILLION:,.3f}"
    return text.rstrip("0").rstrip(".") + "T"
