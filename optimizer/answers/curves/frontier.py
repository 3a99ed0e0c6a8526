"""A trade-off curve: every plan that none beats in both measures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal

from optimizer.answers.form.charts import Axis as ChartAxis
from optimizer.answers.form.charts import Curve, Point
from optimizer.answers.form.document import Document, Line, Rows, Section, Table, left, of_case, right
from optimizer.answers.form.numbers import up
from optimizer.answers.form.shapes import Exact, Extended, Shape, Up6, entry
from optimizer.answers.plan.shape import PlanCells, PlanShape
from optimizer.answers.words.common_words import capital, item_words, model_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import reason_words, verdict_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.insight.curves.axes import COMPUTE, Axis
from optimizer.insight.curves.frontier import Frontier
from optimizer.insight.limits.needs import why_with_needs
from optimizer.plans.outcome import Plan
from optimizer.units.language import Messages, and_words, say, say_many

_TITLES = Messages(
    {
        "cost": "cost",
        "budget": "budget",
        "days": "days",
        "peak_power": "peak MW",
        "energy": "GWh",
        "capital": "price of bought hardware",
        "compute": "T tokens",
    }
)


NAMES = Messages(
    {
        "cost": "cost",
        "budget": "budget",
        "days": "days",
        "peak_power": "peak power",
        "energy": "energy",
        "carbon": "carbon",
        "capital": "price of bought hardware",
        "compute": "compute",
    }
)
_PLAIN = Messages(
    {"cost": "the cost", "days": "the time", "peak_power": "the peak", "energy": "the energy", "carbon": "carbon"}
)


class _Point(Shape):
    """Which point a row is of."""

    point: int = entry("number of the point on the whole curve shown, from 1")
    tokens_t: Decimal | None = entry(
        "training tokens; empty if the workload gives its training compute",
        "1e12",
        path="plan.setting.workload.tokens_t",
    )
    training_flop: Decimal = entry("training compute with its overhead", "FLOP", path="plan.setting.training_flop")


class FrontierRow(PlanCells, _Point):
    """One point of a curve: a plan that none beats in both measures."""


class AxisOut(Shape):
    """An axis of the curve; less is better, but of compute more."""

    name: str
    unit: str


class PointOut(Shape):
    """A plan that none beats in both measures."""

    first: Up6 = entry("measure on the first axis, rounded up to 6 decimals (exact for compute)")
    second: Up6 = entry("measure on the second axis, rounded up to 6 decimals (exact for compute)")
    first_exact: Exact = entry("the same as an exact fraction", path="first")
    second_exact: Exact = entry("the same as an exact fraction", path="second")
    plan: PlanShape


class FrontierOut(Shape):
    """What was found."""

    status: Literal["curve", "infeasible"]
    cause: str | None
    first: AxisOut
    second: AxisOut
    count: int = entry("points of the whole curve; if it is not complete, of the points shown")
    complete: bool = entry("whether no other plan is unbeaten; not for compute or a mix")
    step_tokens: int | None = entry("for compute, how precise a point is, in tokens")
    points: tuple[PointOut, ...] = entry("the points shown, by rising first axis")


def document(found: Frontier) -> Document:
    """The curve as a table: the two axes first, then the plan of each point."""
    setting = found.setting
    names = say("{value} against {value_2}", value=NAMES[found.first.name], value_2=NAMES[found.second.name])
    model = model_words(setting) if found.step else say(setting.workload.name)
    count = count_words(found)
    if found.infeasible:
        sections = [Section("", [Line(verdict_words(found.infeasible.why, capital(count)), "bad")])]
    else:
        said = [Line(say("{count}.", count=capital(count)), level=0), Line(_proof_words(found), level=0)]
        sections = [Section("", [_curve(found, names)]), Section("", said)]
        sections.append(buyer_section(point.plan for point in found.points))
    return Document(
        question="frontier",
        title=say(
            "{names} · {country} · {model}", names=capital(names), country=country_words(setting.country), model=model
        ),
        sections=sections,
        outputs=partial(_outputs, found),
        **of_case(setting, sought=("tokens_t",) if found.step else ()),
        messages=(count,),
        rows=Rows("frontier", "Trade-off curve", FrontierRow, partial(_rows, found)),
        verdict="infeasible" if found.infeasible else "answer",
    )


def _outputs(found: Frontier) -> FrontierOut:
    return FrontierOut(
        status="infeasible" if found.infeasible else "curve",
        cause=found.infeasible.cause if found.infeasible else None,
        first=AxisOut.model_validate(found.first),
        second=AxisOut.model_validate(found.second),
        count=found.count,
        complete=found.complete,
        step_tokens=found.step,
        points=tuple(map(PointOut.model_validate, found.points)),
    )


def _rows(found: Frontier) -> Iterator[FrontierRow]:
    """One row a point."""
    for number, point in enumerate(found.points, 1):
        yield FrontierRow.model_validate(Extended(point, point=number))


def count_words(found: Frontier) -> str:
    """How many points there are and how many are reported."""
    if found.infeasible:
        return reason_words(why_with_needs(found.infeasible))
    shown = len(found.points)
    if found.step:
        held = found.setting.workload
        return say_many(
            "{count} plan, evenly spaced in compute (--points), there may be more between "
            "them; {params_total_b:f}B total parameters, {params_active_b:f}B active",
            "{count} plans, evenly spaced in compute (--points), there may be more between "
            "them; {params_total_b:f}B total parameters, {params_active_b:f}B active",
            shown,
            params_total_b=held.params_total_b,
            params_active_b=held.params_active_b,
        )
    if not found.complete:
        return say_many(
            "{count} mix, none beaten on both measures; there may be more between them",
            "{count} mixes, none beaten on both measures, evenly spaced; there may be more between them",
            shown,
        )
    if shown < found.count:
        return say(
            "{count:,} plans, none beaten on both measures; {shown} of them shown, evenly spaced (--points)",
            count=found.count,
            shown=shown,
        )
    return say_many(
        "{count:,} plan, none beaten on both measures: the complete curve",
        "{count:,} plans, none beaten on both measures: the complete curve",
        found.count,
    )


def _curve(found: Frontier, title: str) -> Curve:
    """The points as a line; its table has the two measures first, then the plan of each point."""
    points = [Point(float(point.first), float(point.second), _items_words(point.plan)) for point in found.points]
    x, y = (ChartAxis(_heading(axis), axis.unit) for axis in (found.first, found.second))
    return Curve(title, x, y, points, _table(found))


def _table(found: Frontier) -> Table:
    axes = (found.first, found.second)
    others = [
        name for name in ("cost", "days", "peak_power") if name not in (found.first.measure, found.second.measure)
    ]
    rows = []
    for point in found.points:
        plan = point.plan
        cells = {
            "cost": _figure(plan.cost_usd, "USD"),
            "days": str(plan.days),
            "peak_power": _figure(plan.peak_mw, "MW"),
        }
        measures = (_figure(point.first, found.first.unit), _figure(point.second, found.second.unit))
        rows.append((*measures, _items_words(plan), *(cells[name] for name in others)))
    columns = [*(right(_heading(axis)) for axis in axes), left(say("plan")), *(right(_TITLES[name]) for name in others)]
    return Table(columns, rows)


def _items_words(plan: Plan) -> str:
    return and_words(item_words(plan, item) for item in plan.items)


def _proof_words(found: Frontier) -> str:
    proof = say("by HiGHS and by an exhaustive search in exact arithmetic.")
    if found.step:
        other = _PLAIN[found.first.measure if found.second.measure == COMPUTE else found.second.measure]
        return say(
            "Each was planned again: {other} is the lowest for that many tokens, and {step:,} "
            "more tokens need more of it or have no plan, {proof}",
            other=other,
            step=found.step,
            proof=proof,
        )
    if not found.complete:
        return say(
            "Each was planned three times, each time by two runs of HiGHS: no mix that is no worse in one measure is "
            "better in the other."
        )
    return say(
        "Each was planned again under a limit that allows it but not the next plan, and "
        "under one that excludes it by a share of 1e-5 or less, {proof}",
        proof=proof,
    )


def _heading(axis: Axis) -> str:
    return _TITLES.get(axis.name, axis.unit)


def _figure(value: Fraction, unit: str) -> str:
    """A measure rounded up, so that as a limit it does suffice."""
    if unit == "USD":
        return say("${value:,}", value=up(value, 0))
    if unit == "days":
        return str(value)
    if unit == "1e12 tokens":
        return say("{value:,.6f}", value=float(value))  # whole steps: nothing is rounded
    return say("{value:,}", value=up(value, 1 if unit == "tCO2e" else 3))
