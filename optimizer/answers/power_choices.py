"""Further questions to a case that says what feeds its site, as documents: what else, what if, where it changes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Literal

from optimizer.answers.charts import Axis, Bar, Chart, Curve, Point, Ranked, Span, Tornado
from optimizer.answers.document import (
    Document,
    Line,
    Rows,
    Section,
    Table,
    assumed_notes,
    grounds_of,
    left,
    right,
    section,
)
from optimizer.answers.numbers import musd, round_half_even, usd
from optimizer.answers.power_outputs import PowerPlanOut, power_plan_out
from optimizer.answers.power_row import PowerRow, power_row
from optimizer.answers.power_words import (
    assumptions,
    built_words,
    hour_words,
    limits_of_model,
    outcome_words,
    power_plan_words,
    runs_words,
)
from optimizer.answers.shapes import Digits, Shape, cell, entry
from optimizer.answers.words import heading, stamp
from optimizer.case.setting import Figure
from optimizer.insight.provenance import inputs
from optimizer.power.choices import Choices, Entry, Kind, way_of
from optimizer.power.plan import PowerPlan
from optimizer.units.language import Messages, say


class EntryOut(Shape):
    """A changed case, and what is best then."""

    name: str = entry("what is changed: a field of the case, an accelerator, or what is left out")
    value: Digits | None = entry("its value, in its own unit")
    status: Literal["plan", "infeasible"]
    more_usd: float | None = entry("what it costs more than the case itself; below 0: less", "USD")
    words: str
    plan: PowerPlanOut | None


class PowerChoicesOut(Shape):
    """A case that says what feeds its site, and what stands beside it."""

    kind: Kind
    status: Literal["plan", "infeasible"]
    subject: str = entry("what is varied, of a tipping point or a frontier")
    tolerance: Digits | None = entry(
        "of a tipping point, how far apart its two sides may lie; of alternatives, per cent"
    )
    plan: PowerPlanOut | None
    entries: tuple[EntryOut, ...]


class _What(Shape):
    """What is changed."""

    change: str = entry("what is changed: a field of the case, an accelerator, or what is left out")
    value: Decimal | None = cell("its value, in its own unit")
    more_usd: Decimal | None = cell("what it costs more than the case itself; below 0: less", "USD")


class PowerChoiceRow(PowerRow, _What):
    """A changed case and what is best then."""


TITLES: Messages[Kind] = Messages(
    {
        "alternatives": "What else, with what feeds it",
        "explain": "Why this plan and its supply",
        "frontier": "Cost against {subject}",
        "tipping": "Where the choice changes, over {subject}",
        "sensitivity": "How sure the plan and its supply are",
    }
)
NAMES: Messages[str] = Messages(
    {
        "hour_of_grid": "one hour of grid more each day",
        "no_outage": "a grid that never fails",
        "deadline_days": "deadline of {value} days",
        "max_mw": "grid contract of {value} MW",
        "land_ha": "{value} ha of land",
        "pv_max_mw": "solar of up to {value} MWp",
        "battery_max_mwh": "battery of up to {value} MWh",
        "max_carbon_t": "at most {value} tCO2e",
        "max_carbon_g_per_kwh": "at most {value} g/kWh",
        "min_renewable": "renewable share of {value}",
        "no_pause": "the fleet may pause",
        "no_throttle": "the fleet may throttle",
        "without_pv": "without solar",
        "without_wind": "without wind",
        "without_ppa": "without the contract for solar",
        "without_battery": "without a battery",
        "without_genset": "without a genset",
        "without_grid": "without the grid",
        "pv_usd_per_kwp": "solar at {value} USD/kWp",
        "battery_usd_per_kwh": "battery at {value} USD/kWh",
        "electricity_usd_per_kwh": "tariff of {value} USD/kWh",
        "pv_yield": "sun of {value} kWh/kWp/day",
        "outage_hours": "{value} hours a day without grid",
        "tariff": "tariff of {value} USD/kWh",
        "diesel": "diesel at {value} USD/litre",
        "pv_cost": "solar at {value} USD/kWp",
        "battery_cost": "battery at {value} USD/kWh",
        "carbon_price": "carbon at {value} USD/t",
    }
)
SUBJECTS: Messages[str] = Messages(
    {
        "carbon": "emissions",
        "renewable": "renewable share",
        "peak_power": "grid contract",
        "days": "deadline",
        "tariff": "the tariff",
        "diesel": "the price of diesel",
        "pv_cost": "the price of solar",
        "battery_cost": "the price of a battery",
        "carbon_price": "the price of carbon",
        "pv_yield": "the sun",
        "outage_hours": "the hours without grid",
    }
)
_UNITS = Messages({"carbon": "tCO2e", "renewable": "", "peak_power": "MW", "days": "d"})


def name_words(found: Choices, item: Entry) -> str:
    """What is changed, in words."""
    if found.kind == "alternatives":
        return found.ready.setting.catalogue.accelerators[item.name].name
    told = NAMES[item.name]
    shown = "" if item.value is None else say("{item:f}", item=item.value.normalize())
    return told.replace("{value}", shown) if item.name != "hour_of_grid" else told


def document(found: Choices) -> Document:
    """The entries beside the plan of the case."""
    setting = found.ready.setting
    title = TITLES[found.kind].replace("{subject}", SUBJECTS[found.subject] if found.subject else "")
    case_id = setting.asked.case_id or "1"
    told = tuple(_lines(found))
    return Document(
        question=found.kind,
        title=say("{title} · {setting}", title=title, setting=heading(setting)),
        sections=list(_sections(found, told)),
        outputs=partial(outputs, found),
        grounds=grounds_of(setting, _figures(found)),
        messages=told,
        notes=assumed_notes(setting.assumed),
        rows=Rows(
            "power-choices", "What feeds a site, and what else", PowerChoiceRow, lambda: list(_rows(found, case_id))
        ),
        verdict="answer" if found.plan or any(item.plan for item in found.entries) else "infeasible",
    )


def _figures(found: Choices) -> list[Figure]:
    return [*(inputs(found.plan) if found.plan else ()), *found.ready.site.figures]


def _sections(found: Choices, told: tuple[str, ...]) -> Iterator[Section]:
    first = [Line(text, "good" if place == 0 else "plain") for place, text in enumerate(told)]
    yield Section("", first)
    if found.entries:
        chart = _chart(found)
        yield Section("", [chart if chart is not None else _table(found)])
    if found.plan is not None:
        yield section(say("Assumed"), assumptions(found.plan))
        yield section(say("What these plans do not know"), limits_of_model(found.plan))
    gaps = [item.plan.gap_usd for item in found.entries if item.plan]
    if gaps:
        proof = say(
            "each row was searched and proved by itself, in fractions; each is within {gap} of the least",
            gap=usd(max(gaps)),
        )
        yield section(say("Proof"), [proof, stamp(found.ready.setting)])


def _lines(found: Choices) -> Iterator[str]:
    """The answer in words."""
    if found.kind in ("alternatives", "explain", "sensitivity", "frontier"):
        yield outcome_words(found.best)
    if found.kind == "explain":
        yield from _hour_lines(found)
    if found.kind == "tipping":
        yield from _change_lines(found)
    if found.kind == "alternatives" and not found.entries:
        yield say("no other accelerator comes within {within} % of it", within=f"{found.tolerance:f}")


def _hour_lines(found: Choices) -> Iterator[str]:
    """What an hour of grid more a day is worth."""
    for item in found.entries:
        if item.name == "hour_of_grid" and (more := found.more_usd(item)) is not None:
            worth = max(Fraction(0), -more)
            yield (
                say("one more hour of grid a day is worth {worth} to this run", worth=usd(worth))
                if worth >= 1
                else (hour_words(Fraction(0)))
            )


def _change_lines(found: Choices) -> Iterator[str]:
    """Every change of the choice, with the plans on both sides."""
    changes = 0
    for low, high in pairwise(found.entries):
        if way_of(low.outcome) != way_of(high.outcome):
            changes += 1
            yield say(
                "between {low} and {high}: from {before} to {after}",
                low=name_words(found, low),
                high=name_words(found, high),
                before=_short(low),
                after=_short(high),
            )
    if not changes:
        yield say(
            "accelerator and way of feeding are the same at all {count} values looked at: {plan}",
            count=len(found.entries),
            plan=_short(found.entries[0]),
        )
    yield say("what changes and changes back between two values looked at is not seen")


def _short(item: Entry) -> str:
    if item.plan is None:
        return say("no plan")
    return say(
        "{power_plan}; {value}", power_plan=power_plan_words(item.plan), value=runs_words(item.plan).split(";")[0]
    )


def _table(found: Choices) -> Table:
    columns = [left(say("change")), left(say("plan")), right(say("total")), right(say("against")), left(say("built"))]
    rows = []
    for item in found.entries:
        if (plan := item.plan) is None:
            rows.append((name_words(found, item), say("no plan: proved"), "", "", ""))
            continue
        chip = plan.setting.catalogue.accelerators[plan.item.key.accelerator].name
        more = found.more_usd(item)
        rows.append(
            (
                name_words(found, item),
                say("{count} {chip}, {days} d", count=f"{plan.item.accelerators:,}", chip=chip, days=plan.days),
                say("${cost_usd:,.3f}M", cost_usd=float(plan.cost_usd) / 1e6),
                "" if more is None else say("{value}{more}", value="+" if more >= 0 else "-", more=musd(abs(more))),
                built_words(plan),
            )
        )
    return Table(columns, rows)


def _chart(found: Choices) -> Chart | None:
    """The entries as a chart, where one says it better than a table."""
    table = _table(found)
    if found.kind == "alternatives":
        bars = [Bar(name_words(found, item), _millions(item)) for item in found.entries]
        return Ranked(say("Cost with the next best accelerators"), say("million USD"), bars, table)
    if found.kind == "frontier":
        with_plan = [item for item in found.entries if item.plan is not None]
        points = [Point(float(item.value or 0), _millions(item) or 0.0, _short(item)) for item in with_plan]
        unit = _UNITS[found.subject]
        rows = [row for row, item in zip(table.rows, found.entries, strict=True) if item.plan is not None]
        axes = Axis(SUBJECTS[found.subject], unit), Axis(say("cost"), say("million USD"))
        return Curve(say("Cost"), *axes, points, Table(table.columns, rows))
    if found.kind == "sensitivity" and found.plan is not None:
        pairs = list(zip(found.entries[::2], found.entries[1::2], strict=True))
        spans = [
            Span(
                low.name,
                _millions(low),
                _millions(high),
                name_words(found, low),
                name_words(found, high),
            )
            for low, high in pairs
        ]
        centre = float(found.plan.cost_usd) / 1e6
        return Tornado(say("Cost, one doubt at a time"), say("million USD"), centre, spans, table)
    return None


def _millions(item: Entry) -> float | None:
    return None if item.plan is None else float(item.plan.cost_usd) / 1e6


def outputs(found: Choices) -> PowerChoicesOut:
    """The entries as data."""
    return PowerChoicesOut(
        kind=found.kind,
        status="plan" if found.plan else "infeasible",
        subject=found.subject,
        tolerance=found.tolerance,
        plan=None if found.plan is None else power_plan_out(found.plan),
        entries=tuple(
            EntryOut(
                name=item.name,
                value=item.value,
                status="plan" if item.plan else "infeasible",
                more_usd=_more(found, item),
                words=outcome_words(item.outcome),
                plan=_plan_out(item.plan),
            )
            for item in found.entries
        ),
    )


def _plan_out(plan: PowerPlan | None) -> PowerPlanOut | None:
    return None if plan is None else power_plan_out(plan)


def _more(found: Choices, item: Entry) -> float | None:
    more = found.more_usd(item)
    return None if more is None else float(round_half_even(more, 2))


def _rows(found: Choices, case_id: str) -> Iterator[PowerChoiceRow]:
    for item in found.entries:
        row = power_row(case_id, item.outcome)
        more = found.more_usd(item)
        yield PowerChoiceRow(
            **row.__dict__,
            change=item.name,
            value=item.value,
            more_usd=None if more is None else round_half_even(more, 2),
        )
