"""Further questions to a case that says what feeds its site, as documents: what else, what if, where it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial

from optimizer.answers.form.charts import Axis, Bar, Bars, Chart, Curve, Point, Ranked, Span, Tornado
from optimizer.answers.form.document import Document, Line, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.form.numbers import musd, usd
from optimizer.answers.form.shapes import CellNear2, Digits, Extended, Found, Near2, Shape, cell, entry
from optimizer.answers.power.choice_words import SUBJECTS, TITLES, UNITS, lines_of, name_words, short_words
from optimizer.answers.power.outputs import OutcomeWords, PowerPlanOut
from optimizer.answers.power.row import PowerRow, power_row
from optimizer.answers.power.words import assumptions, built_words, limits_of_model, power_plan_words, searched
from optimizer.answers.words.common_words import heading
from optimizer.answers.words.rule_words import buyer_section
from optimizer.insight.provenance import inputs
from optimizer.power.choices import Choices, Entry, Kind
from optimizer.power.scenarios import Doubtful
from optimizer.units.language import say


class EntryOut(Shape):
    """A changed case, and what is best then."""

    name: str = entry("what is changed: a field of the case, an accelerator, or what is left out")
    value: Digits | None = entry("its value, in its own unit")
    status: Found = entry(path="plan")
    more_usd: Near2 | None = entry("what it costs more than the case itself; below 0: less", "USD")
    words: OutcomeWords = entry(path="outcome")
    plan: PowerPlanOut | None


class PowerChoicesOut(Shape):
    """A case that says what feeds its site, and its alternatives."""

    kind: Kind
    status: Found = entry(path="plan")
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
    more_usd: CellNear2 | None = cell("what it costs more than the case itself; below 0: less", "USD")


class PowerChoiceRow(PowerRow, _What):
    """A changed case and what is best then."""


def document(found: Choices, more: Sequence[str] = ()) -> Document:
    """The entries next to the plan of the case.

    Args:
        found: the entries.
        more: what is said next to what they say themselves.
    """
    setting = found.ready.setting
    title = TITLES[found.kind].replace("{subject}", SUBJECTS[found.subject] if found.subject else "")
    case_id = setting.asked.case_id or "1"
    reported = (*lines_of(found), *more)
    return Document(
        question="power" if found.kind in _OF_POWER else found.kind,
        title=say("{title} · {setting}", title=title, setting=heading(setting)),
        sections=list(_sections(found, reported)),
        outputs=partial(outputs, found),
        **of_case(setting, [*(inputs(found.plan) if found.plan else ()), *found.ready.site.figures]),
        messages=reported,
        rows=Rows(
            "power-choices", "What feeds a site, and what else", PowerChoiceRow, lambda: list(_rows(found, case_id))
        ),
        verdict="answer" if found.plan or any(item.plan for item in found.entries) else "infeasible",
    )


def _sections(found: Choices, reported: tuple[str, ...]) -> Iterator[Section]:
    first = [Line(text, "good" if place == 0 else "plain") for place, text in enumerate(reported)]
    yield Section("", first)
    if found.entries:
        chart = _chart(found)
        yield Section("", [chart if chart is not None else _table(found)])
    if found.plan is not None:
        yield section(say("Assumed"), assumptions(found.plan))
        yield section(say("What these plans do not include"), limits_of_model(found.plan))
        yield buyer_section(item.plan for item in found.entries)
    yield from searched([entry.plan for entry in found.entries], found.ready.setting)


def doubt_document(found: Doubtful) -> Document:
    """The scenarios, what the plan of a mean year does in them, and the plan that holds in all."""
    choices, lines = found.choices, []
    for item, share in zip(choices.entries, found.work_shares, strict=True):
        if share < 1 - _WHOLE:
            lines.append(
                say(
                    "in {scenario}, the plan for an average year does {share:.1f} % of its work within its days",
                    scenario=name_words(choices, item),
                    share=100 * share,
                )
            )
    held = not lines
    if held and choices.plan is not None:
        lines.append(say("the plan for an average year finishes its work in all of them"))
    if (robust := found.robust) is not None and choices.plan is not None:
        words = {
            "more": usd(max(Fraction(0), robust.cost_usd - choices.plan.cost_usd)),
            "plan": power_plan_words(robust),
        }
        lines.append(
            say("a plan made for the hardest of them costs {more} more in such a year: {plan}", **words)
            if held
            else say(
                "the cheapest plan that works in all of them costs {more} more in the hardest one: {plan}", **words
            )
        )
    return document(choices, lines)


_OF_POWER = ("months", "dark_years")
"""Kinds that are flags of ``optimizer power``."""
_WHOLE = 1e-6
"""What may be lacking of a work that is done: rounding."""


def _table(found: Choices) -> Table:
    columns = [left(say("change")), left(say("plan")), right(say("total")), right(say("against")), left(say("built"))]
    rows = []
    for item in found.entries:
        if (plan := item.plan) is None:
            rows.append((name_words(found, item), say("no plan (proven)"), "", "", ""))
            continue
        chip = plan.setting.catalogue.accelerators[plan.item.key.accelerator].name
        more = found.more_usd(item)
        rows.append(
            (
                name_words(found, item),
                say("{count} {chip}, {days} d", count=f"{plan.item.accelerators:,}", chip=chip, days=plan.days),
                musd(plan.cost_usd),
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
    if found.kind == "months":
        bars = [Bar(name_words(found, item), _millions(item)) for item in found.entries]
        return Bars(say("Cost by the month of the start"), say("million USD"), bars, table)
    if found.kind == "frontier":
        with_plan = [item for item in found.entries if item.plan is not None]
        points = [Point(float(item.value or 0), _millions(item) or 0.0, short_words(item)) for item in with_plan]
        unit = UNITS[found.subject]
        rows = [row for row, item in zip(table.rows, found.entries, strict=True) if item.plan is not None]
        axes = Axis(SUBJECTS[found.subject], unit), Axis(say("cost"), say("million USD"))
        return Curve(say("Cost"), *axes, points, Table(table.columns, rows))
    if found.kind == "sensitivity" and found.plan is not None:
        pairs = list(zip(found.entries[::2], found.entries[1::2], strict=True))
        spans = [
            Span(low.name, _millions(low), _millions(high), name_words(found, low), name_words(found, high))
            for low, high in pairs
        ]
        centre = float(found.plan.cost_usd) / 1e6
        return Tornado(say("Cost, one uncertain figure at a time"), say("million USD"), centre, spans, table)
    return None


def _millions(item: Entry) -> float | None:
    return None if item.plan is None else float(item.plan.cost_usd) / 1e6


def outputs(found: Choices) -> PowerChoicesOut:
    """The entries as data."""
    entries = tuple(Extended(item, more_usd=found.more_usd(item)) for item in found.entries)
    return PowerChoicesOut.model_validate(Extended(found, entries=entries))


def _rows(found: Choices, case_id: str) -> Iterator[PowerChoiceRow]:
    for item in found.entries:
        reported = {"change": item.name, "value": item.value, "more_usd": found.more_usd(item)}
        yield PowerChoiceRow(**power_row(case_id, item.outcome).__dict__, **reported)
