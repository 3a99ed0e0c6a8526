"""Cases beside each other as a ranked table: every row a proved plan, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from optimizer.answers.document import Block, Document, Grounds, Line, Rows, Section, Table, grounds_of, left, right
from optimizer.answers.numbers import musd
from optimizer.answers.plan_shape import PlanCells
from optimizer.answers.reason_words import CAUSES
from optimizer.answers.shapes import CellNear6, Extended, Filled, Shape, cell, entry
from optimizer.answers.words import capital, distance, model_words, plan_words
from optimizer.catalogue import Catalogue
from optimizer.insight.comparing import Compared, Comparison
from optimizer.plans.outcome import Infeasible, Plan

NOT_USABLE = "cannot be planned"


class CompareRow(PlanCells):
    """One of the cases that are compared."""

    rank: int = entry("1 is the best; those without a plan come last")
    name: str = entry("what sets the case apart")
    status: Literal["plan", "infeasible", "invalid"]
    difference: CellNear6 | None = cell("how much worse than the best, in the unit of what is minimised")
    reason: Filled = cell("why there is no plan")


class CompareOut(Shape):
    """What was found."""

    objective: str = entry("what is minimised")
    best: str | None = entry("the case with the best plan; null where none has one")
    rows: tuple[CompareRow, ...] = entry("best first")


def document(found: Comparison, catalogue: Catalogue, *, name: str = "compare") -> Document:
    """The ranked table, and what it says.

    Args:
        found: the cases with their plans.
        catalogue: the data.
        name: of the question that is answered.
    """
    best = found.best
    rows = tuple(_rows(found))
    sentence = _verdict(found)
    outcome = next((row.outcome for row in found.rows if row.outcome is not None), None)
    given = found.rows[0].case.given()
    return Document(
        question=name,
        title=_title(found),
        sections=[Section("", [Line(sentence, "good" if best else "bad")]), Section("", table(found))],
        outputs=partial(CompareOut, objective=_objective(found), best=found.rows[0].name if best else None, rows=rows),
        grounds=grounds_of(outcome.setting) if outcome is not None else Grounds(catalogue, given, given),
        messages=(sentence,),
        rows=Rows(name, "Cases beside each other", CompareRow, partial(iter, rows)),
        verdict="answer" if best else "infeasible",
    )


def _title(found: Comparison) -> str:
    best = found.best
    if best is None:
        return f"Comparison · {len(found.rows)} cases"
    return f"Comparison · {len(found.rows)} cases · {model_words(best.setting)}"


def _objective(found: Comparison) -> str:
    return next((row.case.objective for row in found.rows if row.case.objective), "cost")


def _verdict(found: Comparison) -> str:
    best = found.best
    if best is None:
        return "None of these cases has a plan: each proof is its own."
    first = found.rows[0].name
    others = [row for row in found.rows[1:] if row.plan is not None]
    if not others:
        return f"Only {first} has a plan: {plan_words(best)}"
    second = others[0]
    assert second.plan is not None
    if second.plan.objective_value == best.objective_value:
        return f"{first} and {second.name} are just as good: {plan_words(best)}"
    return f"{first} is best: {plan_words(best)}. Next is {second.name}: {distance(best, second.plan)}"


def table(found: Comparison) -> list[Block]:
    """One row for each case, best first."""
    lines = []
    for row in found.rows:
        if row.plan is None or found.best is None:
            lines.append((row.name, "", "", "", "", capital(_reason(row))))
        else:
            away = "best" if row.plan is found.best else distance(found.best, row.plan)
            plan = row.plan
            peak = f"{float(plan.peak_mw):.3f}"
            lines.append(
                (row.name, musd(plan.cost_usd), f"{plan.days}", peak, away, plan_words(plan).partition(":")[0])
            )
    columns = (
        left("case", whole=True),
        right("cost"),
        right("days"),
        right("peak MW"),
        left("difference"),
        left("plan"),
    )
    return [Table(columns, lines)]


def _reason(row: Compared) -> str:
    if isinstance(row.outcome, Infeasible):
        return f"no plan: {CAUSES[row.outcome.cause]}"
    return f"{NOT_USABLE}: {row.refusal}"


def _rows(found: Comparison) -> Iterator[CompareRow]:
    for place, row in enumerate(found.rows):
        status = "plan" if row.plan is not None else "infeasible" if row.outcome is not None else "invalid"
        yield CompareRow.model_validate(
            Extended(
                row,
                rank=place + 1,
                status=status,
                difference=found.difference(row),
                reason="" if isinstance(row.outcome, Plan) else _reason(row),
            )
        )
