"""A case with one thing changed, in words: what was changed, what it saves, where it leads."""

from __future__ import annotations

from fractions import Fraction

from optimizer.answers.numbers import usd
from optimizer.answers.words import amount, less, plan_words
from optimizer.domain import Case
from optimizer.insight.explain import Standing, Worth
from optimizer.insight.limits.needs import CAUSES
from optimizer.insight.neighbours import asked_in_words, limit_words
from optimizer.plans.outcome import Infeasible


def name_words(name: str) -> str:
    """A limit in words; hire alone is that of every kind."""
    return "accelerators of a kind for hire at once" if name == "hire" else limit_words(name)


def change_words(row: Worth) -> str:
    """What was changed."""
    if row.kind == "more":
        assert row.asked is not None and row.value is not None
        return f"{name_words(row.name)}: {asked_in_words(row.name, Fraction(row.value))}"
    if row.kind == "without":
        return f"without {name_words(row.name)}"
    if row.kind == "all":
        return "without any of these limits"
    if row.kind == "licence":
        return f"licence refused: {row.name}" if row.name else "every licence refused"
    return f"rules {row.name}"


def saving_words(row: Worth, case: Case) -> str:
    """What it saves, or costs more, in the objective's unit."""
    if row.saving is None:
        return ""
    if row.same:
        return "nothing changes"
    if row.saving == 0:
        return "just as good"
    told = less(case.objective or "cost", abs(row.saving))
    return told if row.saving > 0 else told.removesuffix("less") + "more"


def cost_words(row: Worth) -> str:
    """What the plan costs that it leads to."""
    return usd(row.plan.cost_usd) if row.plan else ""


def leads_to(row: Worth) -> str:
    """The plan that it leads to, or why there is none."""
    if row.plan is not None:
        return "the same plan" if row.same else plan_words(row.plan)
    if isinstance(row.outcome, Infeasible):
        return f"no plan: {CAUSES[row.outcome.cause]}"
    return f"cannot be asked: {row.why}"


def row_words(row: Worth, case: Case) -> str:
    """The whole in one clause."""
    told = saving_words(row, case)
    if row.same:
        return f"{change_words(row)}: {told}"
    return f"{change_words(row)}: {told}{' → ' if told else ''}{leads_to(row)}"


def standing_words(standing: Standing, case: Case) -> str:
    """ "the grid limit: 0.997 of 1 MW used; without it $131,507 less → rent 504 ..."."""
    use = standing.use
    assert use.bound is not None
    bound = asked_in_words(use.name, use.bound)
    used = f"{name_words(use.name)}: {amount(use.unit, use.used).removesuffix(f' {use.unit}')} of {bound}"
    if not standing.binds:
        return used
    without = standing.without
    return f"{used}; without it {saving_words(without, case)} → {leads_to(without)}"
