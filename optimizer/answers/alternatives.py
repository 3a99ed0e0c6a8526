"""What else there is, as a readable card and as JSON (``optimizer data show schema alternatives``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from optimizer.answers.decisions import DecisionEnvelope, envelope_fields
from optimizer.answers.numbers import musd, rounded
from optimizer.answers.old_plan import section
from optimizer.answers.plan_shape import PlanOut, ProofOut, maybe, plan_out, proof_out
from optimizer.answers.words import BASES, capital, days, distance, heading, plan_words, proof_words, stamp
from optimizer.domain.base import Frozen
from optimizer.insight.alternatives import Choice, Gain, WhatElse
from optimizer.insight.limits.needs import CAUSES
from optimizer.insight.provenance import inputs
from optimizer.plans.outcome import Plan

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WAYS = {"buy": "all bought", "rent": "all rented", "own": "what is owned"}
NAMED = {"rent-all": "everything rented", "study": "the study's choice, bought H100"}
UNITS = {"cost": "USD", "time": "days", "peak": "MW", "carbon": "tCO2e", "capital": "USD", "licence": ""}


class GainOut(Frozen):
    """Something that a plan is better at than the best one."""

    at: Literal["cost", "time", "peak", "carbon", "capital", "licence"]
    by: float | None = Field(description="by how much; null for a licence that is not needed")
    unit: str


class ChoiceOut(Frozen):
    """The best plan of one way to go about it, or why there is none."""

    by: Literal["generation", "procurement", "basis", "kind", "trade", "baseline"]
    name: str
    chosen: bool = Field(description="whether it is the best plan itself")
    why: str = Field(description="why there is no plan")
    better_at: tuple[GainOut, ...]
    words: str
    plan: PlanOut | None


class ChoicesOut(Frozen):
    """What was found."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    plan: PlanOut | None
    proof: ProofOut
    within_percent: float
    near: tuple[ChoiceOut, ...] = Field(description="other plans within that share of the optimum, best first")
    generations: tuple[ChoiceOut, ...]
    procurements: tuple[ChoiceOut, ...]
    bases: tuple[ChoiceOut, ...]
    baselines: tuple[ChoiceOut, ...]


class ChoicesEnvelope(DecisionEnvelope):
    """The whole answer."""

    outputs: ChoicesOut


def choices_envelope(found: WhatElse) -> ChoicesEnvelope:
    """The JSON form; the same case gives the same bytes."""
    setting, outcome = found.setting, found.outcome
    plan = outcome if isinstance(outcome, Plan) else None
    messages = () if isinstance(outcome, Plan) else (CAUSES[outcome.cause],)
    return ChoicesEnvelope(
        outputs=ChoicesOut(
            status="plan" if plan else "infeasible",
            cause=None if isinstance(outcome, Plan) else outcome.cause,
            plan=plan_out(plan) if plan else None,
            proof=proof_out(outcome.proof),
            within_percent=float(found.within),
            near=_all(found, found.near),
            generations=_all(found, found.generations),
            procurements=_all(found, found.procurements),
            bases=_all(found, found.bases),
            baselines=_all(found, found.baselines),
        ),
        **envelope_fields(setting, messages, inputs(plan) if plan else ()),
    )


def _all(found: WhatElse, choices: Iterable[Choice]) -> tuple[ChoiceOut, ...]:
    return tuple(
        ChoiceOut(
            by=choice.by,
            name=choice.name,
            chosen=choice.chosen,
            why=choice.why,
            better_at=tuple(
                GainOut(at=g.at, by=None if g.at == "licence" else float(rounded(g.by, 6)), unit=UNITS[g.at])
                for g in choice.gains
            ),
            words=choice_words(choice, found),
            plan=maybe(choice.plan),
        )
        for choice in choices
    )


def print_choices(found: WhatElse, console: Console) -> None:
    """Print the best plan and what else there is."""
    for part in _card(found):
        console.print(part)


def _card(found: WhatElse) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    outcome = found.outcome
    yield Text(f"What else · {heading(found.setting)}", style="bold")
    yield ""
    if isinstance(outcome, Plan):
        head = Text(f"Best: {plan_words(outcome)}", style="bold green")
    else:
        head = Text(f"{capital(CAUSES[outcome.cause])}: proved (optimizer explain says why).", style="bold red")
    yield Padding(head, (0, 0, 0, 2))
    yield ""

    def lines(choices: Iterable[Choice]) -> list[str]:
        return [choice_words(choice, found) for choice in choices]

    if isinstance(outcome, Plan):
        near = lines(found.near) or ["none: nothing else comes that near"]
        yield from section(f"Other plans within {found.within:f} % of the best", near)
    yield from section("By generation", lines(c for c in found.generations if c.plan))
    yield from section("By procurement", lines(found.procurements))
    yield from section("By costing basis", lines(found.bases))
    yield from section("Baseline", lines(found.baselines))
    yield from section("Generations without a plan", lines(c for c in found.generations if not c.plan))
    each = "each plan told was planned by itself and proved like the best"
    yield from section("Proof", [proof_words(outcome), each, stamp(found.setting)])


def choice_words(choice: Choice, found: WhatElse) -> str:
    """A choice in one clause: its name, its plan, how far it is from the best, what it is better at."""
    name = {"procurement": WAYS, "basis": BASES, "baseline": NAMED}.get(choice.by, {}).get(choice.name, choice.name)
    if choice.plan is None:
        return f"{name}: no plan: {choice.why}"
    if choice.chosen:
        return f"{name}: the best plan"
    told = plan_words(choice.plan)
    best = found.outcome
    if isinstance(best, Plan) and choice.by != "basis":
        told += f" ({distance(best, choice.plan)})"
    if choice.by not in ("kind", "trade"):
        told = f"{name}: {told}"
    return f"{told}; better at {', '.join(map(gain_words, choice.gains))}" if choice.gains else told


def gain_words(gain: Gain) -> str:
    """ "time (12 days less)"."""
    if gain.at == "licence":
        return "the law (no licence needed)"
    if gain.at == "time":
        return f"time ({days(int(gain.by))} less)"
    amount = {
        "cost": musd(gain.by),
        "peak": f"{float(gain.by):.3g} MW",
        "carbon": f"{float(gain.by):,.3g} tCO2e",
        "capital": musd(gain.by),
    }[gain.at]
    return f"{gain.at} ({amount} less)"
