"""The largest training within the limits: the answer, the plan for it, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal

from optimizer.answers.form.document import Document, Line, Rows, Section, of_case
from optimizer.answers.form.numbers import share_percent
from optimizer.answers.form.shapes import Name, Plain, Shape, entry
from optimizer.answers.plan.answer import cost_chart
from optimizer.answers.plan.decision import open_limits
from optimizer.answers.plan.shape import PlanCells, PlanIfAny, ProofOut
from optimizer.answers.words.common_words import capital, model_words, plan_words
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import largest_cluster_words, reason_words, verdict_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.case.setting import BILLION, TRILLION
from optimizer.domain.limits import TRAINING_FLOP
from optimizer.insight.curves.largest import Largest
from optimizer.insight.limits.needs import why_with_needs
from optimizer.plans.outcome import Plan
from optimizer.units import fraction, one_reading
from optimizer.units.language import local_number, say

NEARLY = Fraction(99, 100)
"""From this share of a limit on, it is reported as used up."""


class _Training(Shape):
    """How much is trained."""

    tokens: int = entry("training tokens", "tokens")
    parameters: Decimal = entry("total parameters, in memory", "parameters")
    training_flop: Decimal = entry("training compute with its overhead", "FLOP")


class LargestRow(PlanCells, _Training):
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
    ended_by: tuple[Name, ...] = entry("the limits of which more, of one alone, allows one step more")
    proof_beyond: ProofOut = entry("why one step more is infeasible", path="beyond.proof")


def document(found: Largest) -> Document:
    """The answer, the plan for it, and what ends it."""
    setting = found.setting
    of_tokens = found.sought == "tokens"
    heading = say(
        "Most tokens · {country} · {model}", country=country_words(setting.country), model=model_words(setting)
    )
    first, *rest = sentences = tuple(_sentences(found))
    model = ("workload", "params_total_b", "params_active_b", "architecture")
    return Document(
        question="largest",
        title=heading if of_tokens else say("Largest dense model · {country}", country=country_words(setting.country)),
        sections=[
            Section("", [Line(first, "good" if found.plan else "bad"), *map(Line, rest)]),
            buyer_section([found.plan]),
            *_cost(found),
        ],
        outputs=partial(LargestOut.model_validate, found),
        **of_case(setting, sought=("tokens_t", *(() if of_tokens else model))),
        messages=sentences,
        rows=Rows("largest", "Largest training within the limits", LargestRow, partial(_rows, found)),
        verdict="answer" if found.plan else "infeasible",
    )


def _cost(found: Largest) -> Iterator[Section]:
    """The cost of the plan by its parts."""
    if found.plan is not None:
        yield Section(say("Cost"), [cost_chart(found.plan.cost_terms)], further=True)


def _rows(found: Largest) -> Iterator[LargestRow]:
    """One row, or none where nothing is feasible."""
    if found.plan is not None:
        yield LargestRow.model_validate(found)


def _odds(plan: Plan) -> str:
    """What the plan is expected to cost, and how often it meets every limit: what fills a limit up seldom does."""
    from optimizer.answers.plan.odds_words import odds_line
    from optimizer.solve.planner import prepare
    from optimizer.uncertainty.odds import odds_of

    ready = prepare(plan.setting.asked, plan.setting.catalogue)
    return odds_line(odds_of(plan, ready))


def _sentences(found: Largest) -> Iterator[str]:
    plan = found.plan
    if plan is None:
        why = found.beyond.why
        causes = reason_words(why_with_needs(found.beyond))
        yield verdict_words(
            why, say("Not even {step:,} {sought}: {causes}", step=found.step, sought=found.sought, causes=causes)
        )
        return
    tokens, parameters = found.tokens or 0, found.parameters or Decimal(0)
    text = (
        say("{tokens:,} tokens ({tokens_2})", tokens=tokens, tokens_2=_trillions(tokens))
        if found.sought == "tokens"
        else say(
            "{parameters:,f} parameters ({parameters_2:.5g}B) on {tokens} tokens",
            parameters=parameters,
            parameters_2=float(parameters) / BILLION,
            tokens=_trillions(tokens),
        )
    )
    yield say("{text}, {training_flop:.3g} FLOP", text=text, training_flop=float(plan.setting.training_flop))
    if found.sought == "tokens":
        yield say(
            "requested: the most tokens for {model}; --tokens-per-param 20 finds the largest model instead",
            model=model_words(found.setting),
        )
    yield capital(plan_words(plan))
    yield _odds(plan)
    if ends := list(_used_up(plan)):
        yield say(
            "Used up: {ends}; servers work on {plan} of the days", ends=", ".join(ends), plan=share_percent(_busy(plan))
        )
    if more := ", ".join(map(limit_words, found.ended_by)):
        yield say("More of any one of these limits allows more: {limits}", limits=more)
    else:
        yield say("No single limit alone allows more")
    if unlimited := "; ".join(open_limits(plan, dear=True)):
        yield capital(unlimited)
    by = say("by HiGHS and by an exhaustive search in exact arithmetic")
    if (found.setting.case.mix or 1) > 1:
        by = say("by two runs of HiGHS")
    yield say(
        "{step:,} {sought} more: no plan, and none for any larger number; proven {by}",
        step=found.step,
        sought=found.sought,
        by=by,
    )


def _used_up(plan: Plan) -> Iterator[str]:
    """The limits of which the plan leaves next to nothing."""
    for use in plan.limits:
        if use.share and use.share >= NEARLY:
            yield say("{limit} {share}", limit=limit_words(use.limit), share=share_percent(use.share))
    if plan.largest_cluster is not None:
        yield largest_cluster_words(plan.largest_cluster)
    most = plan.setting.case.max_training_flop
    if most is not None and (share := fraction(plan.setting.training_flop) / fraction(most)) >= NEARLY:
        yield say("{limit} {share}", limit=limit_words(TRAINING_FLOP), share=share_percent(share))


def _busy(plan: Plan) -> Fraction:
    """Server-days worked over those that the servers could work."""
    return sum((item.server_days for item in plan.items), Fraction(0)) / (plan.servers * plan.days)


def _trillions(tokens: int) -> str:
    text = f"{tokens / TRILLION:,.3f}".rstrip("0").rstrip(".")
    return local_number(one_reading(text)) + "T"
