"""What else there is: the best plan of every other way to go about it, and what it is better at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator

from optimizer.answers.form.document import Document, Line, Rows, Section, of_case, section
from optimizer.answers.form.numbers import musd
from optimizer.answers.form.shapes import CellNear2, CellNear3, CellNear6, Extended, Filled, Near6, Shape, cell, entry
from optimizer.answers.plan.odds_shapes import OddsOut, odds_out
from optimizer.answers.plan.odds_words import odds_line, surer_words
from optimizer.answers.plan.shape import PlanCells, PlanOut, PlanShape, ProofOut, plan_or_none, proof_out
from optimizer.answers.words.common_words import (
    BASES,
    capital,
    days,
    distance,
    heading,
    item_words,
    plan_words,
    proof_words,
    stamp,
)
from optimizer.answers.words.reason_words import no_plan_words, several_words, verdict_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.insight.alternatives import Better, Choice, Gain, WhatElse
from optimizer.insight.provenance import inputs
from optimizer.plans.outcome import Outcome, Plan
from optimizer.uncertainty.outlook import outlook_of
from optimizer.units.language import Messages, and_words, say

WAYS = Messages({"buy": "only bought servers", "rent": "only rented servers", "own": "only owned servers"})
NAMED = Messages({"rent-all": "everything rented", "study": "the study's choice, bought H100"})
LONG = 60
"""Characters from which reasons are not repeated."""
_UNNAMED: Mapping[str, str] = {}
_OF_KIND: Mapping[str, Mapping[str, str]] = {"procurement": WAYS, "basis": BASES, "baseline": NAMED}
UNITS: Mapping[Better, str] = Messages(
    {"cost": "USD", "time": "days", "peak": "MW", "carbon": "tCO2e", "capital": "USD", "licence": ""}
)


_AT: Mapping[Better, str] = Messages(
    {"cost": "cost", "peak": "peak", "carbon": "carbon", "capital": "price of bought hardware"}
)


class GainOut(Shape):
    """Something that a plan is better at than the best one."""

    at: Literal["cost", "time", "peak", "carbon", "capital", "licence"]
    by: Near6 | None = entry("by how much; null if the gain is that no licence is needed")
    unit: str


def _measured(gain: object) -> object:
    """A gain with its unit; a licence that is not needed has no size."""
    if not isinstance(gain, Gain):
        return gain
    return Extended(gain, by=None if gain.at == "licence" else gain.by, unit=UNITS[gain.at])


_SEVERAL = BeforeValidator(lambda why: several_words(why) if isinstance(why, tuple) else why)


class ChoiceOut(Shape):
    """The best plan of one way to go about it, or why there is none."""

    by: Literal["generation", "procurement", "basis", "kind", "trade", "baseline"]
    name: str
    chosen: bool = entry("whether it is the best plan itself")
    why: Annotated[str, _SEVERAL] = entry("why there is no plan")
    better_at: tuple[Annotated[GainOut, BeforeValidator(_measured)], ...] = entry(path="gains")
    words: str
    plan: PlanShape | None


class ChoicesOut(Shape):
    """What was found."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    plan: PlanOut | None
    proof: ProofOut
    odds: OddsOut | None = entry("of the best plan", default=None)
    within_percent: float
    near: tuple[ChoiceOut, ...] = entry("other plans within that share of the optimum, best first")
    generations: tuple[ChoiceOut, ...]
    procurements: tuple[ChoiceOut, ...]
    bases: tuple[ChoiceOut, ...]
    baselines: tuple[ChoiceOut, ...]


class _Choice(Shape):
    """Which choice a row is of."""

    by: Literal["generation", "procurement", "basis", "kind", "trade", "baseline"] = entry(
        "what differs from the best plan; kind and trade are plans with one kind of server near the best: the best"
        " of that kind, and others"
    )
    name: str = entry("the generation, the procurement, the costing basis, the kind of server or the baseline")
    chosen: bool = entry("whether it is the best plan itself")
    reason: Annotated[Filled, _SEVERAL] = cell("why there is no plan", path="why")


class ChoiceRow(PlanCells, _Choice):
    """The best plan of one way to go about it, and what it is better at than the best plan."""

    saves_cost_usd: CellNear2 | None = cell("reduction of the cost; empty if there is none", "USD", path="saved.cost")
    saves_time_days: int | None = cell("by how many days it ends earlier", "days", path="saved.time")
    saves_peak_mw: CellNear6 | None = cell("reduction of the peak power", "MW", path="saved.peak")
    saves_carbon_t: CellNear3 | None = cell("reduction of the emissions", "tCO2e", path="saved.carbon")
    saves_capital_usd: CellNear2 | None = cell("reduction of the price of bought hardware", "USD", path="saved.capital")
    saves_licence: bool = entry("whether the best plan needs a licence and this one does not", path="saved.licence")


def document(found: WhatElse) -> Document:
    """The best plan, and what else there is by generation, procurement, basis, nearness and baseline."""
    setting, outcome = found.setting, found.outcome
    plan = outcome if isinstance(outcome, Plan) else None
    return Document(
        question="alternatives",
        title=say("What else · {setting}", setting=heading(setting)),
        sections=list(_sections(found)),
        outputs=partial(_outputs, found),
        **of_case(setting, inputs(plan) if plan else ()),
        messages=() if isinstance(outcome, Plan) else (no_plan_words(outcome.why),),
        rows=Rows("alternatives", "Alternatives to the best plan", ChoiceRow, partial(_rows, found)),
        verdict="answer" if plan else "infeasible",
    )


def _outputs(found: WhatElse) -> ChoicesOut:
    outcome = found.outcome
    plan = outcome if isinstance(outcome, Plan) else None
    return ChoicesOut(
        status="plan" if plan else "infeasible",
        cause=None if isinstance(outcome, Plan) else outcome.cause,
        plan=plan_or_none(plan),
        proof=proof_out(outcome.proof),
        odds=odds_out(outlook_of(plan).odds) if plan else None,
        within_percent=float(found.within),
        near=_choices(found.near, found),
        generations=_choices(found.generations, found),
        procurements=_choices(found.procurements, found),
        bases=_choices(found.bases, found),
        baselines=_choices(found.baselines, found),
    )


def _choices(choices: Iterable[Choice], found: WhatElse) -> tuple[ChoiceOut, ...]:
    return tuple(ChoiceOut.model_validate(Extended(choice, words=choice_words(choice, found))) for choice in choices)


def _rows(found: WhatElse) -> Iterator[ChoiceRow]:
    """Every choice, those near the best first."""
    for choice in (*found.near, *found.generations, *found.procurements, *found.bases, *found.baselines):
        saved = {gain.at: int(gain.by) if gain.at == "time" else gain.by for gain in choice.gains}
        yield ChoiceRow.model_validate(Extended(choice, saved={**saved, "licence": "licence" in saved}))


def _sections(found: WhatElse) -> Iterator[Section]:
    outcome = found.outcome
    if isinstance(outcome, Plan):
        head = Line(say("Best: {plan}", plan=plan_words(outcome)), "good")
    else:
        causes = capital(no_plan_words(outcome.why))
        proven = say("{causes}. This has been proven; optimizer explain says why.", causes=causes)
        head = Line(verdict_words(outcome.why, causes) if outcome.why.lacks_figures else proven, "bad")
    yield Section("", [head, *_odds(outcome), *_next(found)])

    reported: dict[str, str] = {}

    def lines(choices: Iterable[Choice]) -> list[str]:
        return [_once(choice, found, reported) for choice in choices]

    if isinstance(outcome, Plan):
        near = lines(found.near) or [say("none: no other plan comes that close")]
        yield section(say("Other plans within {within:f} % of the best", within=found.within), near)
    yield section(say("By generation"), lines(c for c in found.generations if c.plan))
    yield section(say("By procurement"), lines(found.procurements))
    yield section(say("By costing basis"), lines(found.bases))
    yield section(say("Baseline"), lines(found.baselines))
    yield section(say("Generations without a plan"), lines(c for c in found.generations if not c.plan))
    choices = (*found.near, *found.generations, *found.procurements, *found.bases, *found.baselines)
    yield buyer_section([outcome if isinstance(outcome, Plan) else None, *(choice.plan for choice in choices)])
    each = say("each plan shown was planned separately and proven like the best plan")
    yield section(say("Proof"), [proof_words(outcome), each, stamp(found.setting)])


def _once(choice: Choice, found: WhatElse, reported: dict[str, str]) -> str:
    """A choice in one clause; where one before it has the same plan, or none for the same reasons, that one is named.

    Args:
        reported: what was said before, by the plan or by the reasons; the choice is added to it.
    """
    name = _OF_KIND.get(choice.by, _UNNAMED).get(choice.name, choice.name)
    if (plan := choice.plan) is not None:
        clause = plan_words(plan)
        if choice.chosen or reported.setdefault(clause, name) == name:
            return choice_words(choice, found)
        what = and_words(item_words(plan, item) for item in plan.items)
        return say("{name}: {what}, as above", name=name, what=what)
    why = several_words(choice.why)
    before = reported.setdefault(why, name)
    if len(why) < LONG or before == name:
        return choice_words(choice, found)
    return say("{name}: no plan, for the same reasons as {before}", name=name, before=before)


def _next(found: WhatElse) -> Iterator[Line]:
    """The plan after the best one: near it, or the best of another generation."""
    others = (choice.plan for choice in (*found.near, *found.generations) if choice.plan and not choice.chosen)
    if isinstance(found.outcome, Plan) and (plan := next(others, None)) is not None:
        far = distance(found.outcome, plan)
        yield Line(say("Next best: {plan} ({distance})", plan=plan_words(plan), distance=far), "strong")


def _odds(outcome: Outcome) -> Iterator[Line]:
    """What the best plan is expected to cost, how often it meets every limit, and what is surer."""
    if isinstance(outcome, Plan):
        outlook = outlook_of(outcome)
        yield Line(odds_line(outlook.odds), "strong")
        yield from map(Line, surer_words(outlook))


def choice_words(choice: Choice, found: WhatElse) -> str:
    """A choice in one clause: its name, its plan, how far it is from the best, what it is better at."""
    name = _OF_KIND.get(choice.by, _UNNAMED).get(choice.name, choice.name)
    if choice.plan is None:
        return say("{name}: no plan: {several}", name=name, several=several_words(choice.why))
    if choice.chosen:
        return say("{name}: the best plan", name=name)
    text = plan_words(choice.plan)
    best = found.outcome
    if isinstance(best, Plan) and choice.by != "basis":
        text += say(" ({best})", best=distance(best, choice.plan))
    if choice.by not in ("kind", "trade"):
        text = say("{name}: {text}", name=name, text=text)
    return (
        say("{text}; better at {gain_words}", text=text, gain_words=", ".join(map(gain_words, choice.gains)))
        if choice.gains
        else text
    )


def gain_words(gain: Gain) -> str:
    """ "time (12 days less)"."""
    if gain.at == "licence":
        return say("the law (no licence needed)")
    if gain.at == "time":
        return say("time ({by} less)", by=days(int(gain.by)))
    amount = {
        "cost": musd(gain.by),
        "peak": say("{by:.3g} MW", by=float(gain.by)),
        "carbon": say("{by:,.3g} tCO2e", by=float(gain.by)),
        "capital": musd(gain.by),
    }[gain.at]
    return say("{at} ({amount} less)", at=_AT[gain.at], amount=amount)
