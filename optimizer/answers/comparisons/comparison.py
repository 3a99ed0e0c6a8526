"""Cases side by side: a ranked table, every row a proven plan, with the difference to the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

from optimizer.answers.comparisons.country_map import country_map
from optimizer.answers.comparisons.winners import Winners, cell_of, share_of, winners, winners_words
from optimizer.answers.form.charts import Bar, Ranked
from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, assumed_notes, left, right
from optimizer.answers.form.numbers import megawatts, musd, up
from optimizer.answers.form.shapes import CellNear4, CellNear6, Plain, Shape, cell, entry
from optimizer.answers.plan.planned_row import row_of
from optimizer.answers.plan.row import PlanRow, Status, failed_row, refused_row, refused_status
from optimizer.answers.plan.shape import PlanShape
from optimizer.answers.words.common_words import (
    BASIS,
    OBJECTIVES,
    PROCUREMENT,
    capital,
    item_words,
    longest_run_words,
    plan_words,
)
from optimizer.answers.words.grid_words import grids_words
from optimizer.answers.words.input_words import kind_words
from optimizer.answers.words.place_words import absent_words, country_words
from optimizer.answers.words.reason_words import lacking_words, reason_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.case.setting import Assumed
from optimizer.domain import Case, Country
from optimizer.domain.limits import KINDS
from optimizer.domain.reasons import NotAsked
from optimizer.domain.rows import Region
from optimizer.errors import Problem
from optimizer.insight.comparison import Compared, Comparison
from optimizer.insight.site_grid import GridDoubts, grid_doubts
from optimizer.plans.outcome import Infeasible
from optimizer.uncertainty.odds import DRAWS
from optimizer.units.language import Messages, and_words, local_number, messages_of, or_words, say, say_many, unit_words
from optimizer.units.within import within

_SHARE = f"share of {DRAWS:,} draws of all uncertain figures in which it costs least; equal costs all count"
MOST_GRIDS = 5
"""Countries whose outages are named, the best first."""
MAX_NAMED = 12
"""Countries without a plan that the closing sentence names for each reason."""


class ComparedOut(Shape):
    """One case of the comparison."""

    rank: int | None = entry("its place, from 1; null without a plan")
    case_id: str
    values: dict[str, str] = entry("the fields that vary, as in a cases file")
    name: str = entry("the same in words")
    status: Literal["plan", "infeasible", "missing", "invalid", "undecided"]
    why: str = entry("why there is no plan")
    measure: Plain | None = entry("what the objective comes to, in the unit of the comparison")
    difference: Plain | None = entry("how much more than the best")
    times_the_best: Plain | None = entry("how many times the best")
    cheapest_share: Plain | None = entry(_SHARE)
    met_share: Plain | None = entry("share of the draws in which the plan meets every limit")
    words: str = entry("the plan in one clause")
    plan: PlanShape | None


class ComparisonOut(Shape):
    """What was found."""

    status: Literal["ranking", "infeasible"]
    axes: tuple[str, ...] = entry("the fields of the case that vary")
    objective: str
    unit: str
    best: str | None = entry("name of the best case")
    ranking: tuple[ComparedOut, ...]


class _Ranked(Shape):
    """The place of a row."""

    rank: int | None = cell("its place, from 1; empty without a plan")
    name: str = entry("the values that vary, in words")
    difference: CellNear6 | None = cell(
        "how much more of its objective than the best", "USD, days, MW, GWh or tCO2e, as the objective"
    )
    times_the_best: CellNear6 | None = cell("how many times the best", "ratio")
    cheapest_share: CellNear4 | None = cell(f"{_SHARE}; empty where not cost, or not a choice, is compared", "share")


class ComparisonRow(PlanRow, _Ranked):
    """A plan with its place among those that it is compared with."""


def document(
    found: Comparison,
    compared: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    read_as: Sequence[Assumed] = (),
    regions: Sequence[Region] = (),
) -> Document:
    """The ranking as a chart with its table, what it comes to in a sentence, and why some have no plan.

    Args:
        found: the comparison.
        compared: by field of the case, the values that were given, in their order.
        read_as: countries that were named by a name that can mean something else.
        regions: that were named.
    """
    settings = [row.ready.setting for row in found.rows if row.ready]
    counts = winners(found)
    sentences = [*_sentences(found, counts), *absent_words(regions)]
    said = [Line(text, "strong" if not place else "plain") for place, text in enumerate(sentences)]
    sections = [
        Section("", said),
        Section("", [_chart(found, counts)]),
        buyer_section(row.plan for row in found.rows),
        Section(say("Without a plan"), list(_without(found))),
    ]
    if (drawn := country_map(found)) is not None:
        sections.append(Section(say("Map"), [drawn], further=True))
    asked = [row.candidate.case.given() for row in found.rows if row.candidate.case is not None]
    hidden = (*compared, "case_id")
    shared = {name: value for name, value in (asked[0] if asked else {}).items() if name not in hidden}
    assumed = [item for item in (settings[0].assumed if settings else ()) if item.field not in found.axes]
    assumed += read_as
    grounds = Grounds(
        catalogue=found.catalogue,
        inputs={**shared, **{name: compared[name] for name in compared if name != "country" or not regions}},
        settled={**shared, **compared},
        assumed=assumed,
        assumptions=settings[0].assumptions.id if settings else None,
        rules=settings[0].rules.id if settings else None,
    )
    return Document(
        question="compare",
        title=say("{objectives} compared · {found}", objectives=OBJECTIVES[found.objective], found=_workload(found)),
        sections=sections,
        outputs=partial(_outputs, found, counts),
        grounds=grounds,
        messages=tuple(sentences),
        notes=assumed_notes(assumed),
        rows=Rows("comparison", "Plans compared, the best first", ComparisonRow, partial(_rows, found, counts)),
        verdict="answer" if found.best else "infeasible" if all(row.outcome for row in found.rows) else "wrong",
    )


def _is_decided(row: Compared) -> bool:
    """Whether a case has a plan, or has none and that is proven: not where figures are not known."""
    return row.outcome is not None and not (isinstance(row.outcome, Infeasible) and row.outcome.why.lacks_figures)


def _workload(found: Comparison) -> str:
    names = dict.fromkeys(say(row.ready.setting.workload.name) for row in found.rows if row.ready)
    return next(iter(names)) if len(names) == 1 else say("{names} workloads", names=len(names))


_PLAIN = ("country", "workload", "basis", "procurement", "use", "precision", "rules", "way", "tax_regime", "case")
"""Fields whose values say by themselves what they are: of another, "3" or "$50M" could be anything."""


def name_of(found: Comparison, row: Compared) -> str:
    """The values that vary, in words, each with its field: "Brazil, grid limit 1 MW"."""
    values = zip(found.axes, _words(found, row), row.candidate.values, strict=True)
    return ", ".join(
        words if field in _PLAIN or not value else say("{name} {value}", name=AXES[field], value=words)
        for field, words, value in values
    )


def _words(found: Comparison, row: Compared) -> list[str]:
    values = zip(found.axes, row.candidate.values, strict=True)
    return [_value_words(found, field, value) for field, value in values]


def _value_words(found: Comparison, field: str, value: str) -> str:
    if field == "country" and value in found.catalogue.countries:
        return country_words(found.catalogue.countries[value])
    if field == "workload" and value in found.catalogue.workloads:
        return say(found.catalogue.workloads[value].name)
    kind = next((kind for kind in KINDS.values() if kind.field == field), None)
    if not value:
        return say("no {name}", name=AXES[field]) if kind else say("{name} not given", name=AXES[field])
    if kind is not None and kind.scope == "case":
        return (
            musd(within(Fraction(value), Fraction(value)))
            if kind.unit == "USD"
            else say("{value} {unit}", value=local_number(value), unit=unit_words(kind.unit))
        )
    if field in Case.model_fields and Case.model_fields[field].annotation is bool:
        return say("yes") if value == "1" else say("no")
    if field == "basis":
        return BASIS.get(value, value)
    if field == "procurement":
        return or_words(PROCUREMENT.get(way, way) for way in value.split(";"))
    return or_words(value.split(";")) if field in ("use", "precision") else value


def _figure(value: Fraction, unit: str) -> str:
    if unit == "USD":
        return musd(value)
    return say(
        "{value:,} {unit}", value=up(value, 0 if unit == "days" else 1 if unit == "tCO2e" else 3), unit=unit_words(unit)
    )


def _sentences(found: Comparison, counts: Winners) -> Iterator[str]:
    """The best, the next and the last of those with a plan, and how many have none."""
    best = found.best
    planned = [row for row in found.rows if row.measure is not None]
    if best is None or best.plan is None:
        proved = sum(_is_decided(row) for row in found.rows)
        if proved == len(found.rows):
            yield say("None of the {rows} cases has a plan. This has been proven.", rows=len(found.rows))
        else:
            reported = {"rows": len(found.rows), "proved": proved}
            yield say("None of the {rows} cases has a plan. This has been proven for {proved} of them.", **reported)
        return
    equal = [row for row in planned[1:] if row.measure == best.measure]
    names = and_words(name_of(found, row) for row in (best, *equal))
    yield say("Best: {names}. {plan}.", names=names, plan=capital(plan_words(best.plan)))
    others = planned[1 + len(equal) :]
    for row in dict.fromkeys((*others[:1], *others[-1:])):
        difference, times = found.difference(row), found.times(row)
        assert difference is not None
        ratio = say(" ({times:.2f} times)", times=float(times)) if times is not None else ""
        place = say("Next") if row is others[0] else say("Last")
        yield say(
            "{place}: {found}, {difference} more{ratio}.",
            place=place,
            found=name_of(found, row),
            difference=_figure(difference, found.unit),
            ratio=ratio,
        )
    yield from winners_words(found, counts, name_of)
    if best.plan.setting.asked.deadline_days is None:
        yield longest_run_words(best.plan.setting.case.deadline_days or 0)
    yield from _stated_for_all(found, best.plan.setting.asked)
    yield from grids_words(list(_grids(planned)), MOST_GRIDS, best.plan.setting.catalogue.as_of)
    if without := sum(row.plan is None and _is_decided(row) for row in found.rows):
        yield say_many(
            "{count} of {rows} has no plan.", "{count} of {rows} have no plan.", without, rows=len(found.rows)
        )
    if unanswered := sum(not _is_decided(row) for row in found.rows):
        yield say_many(
            "{count} of {rows} has no answer.", "{count} of {rows} have no answer.", unanswered, rows=len(found.rows)
        )


_OF_A_COUNTRY = ("import_duty", "electricity_usd_per_kwh", "engineer_usd_per_year", "pue", "peak_pue")
"""Fields of a case in place of a country's own figure."""


def _stated_for_all(found: Comparison, asked: Case) -> Iterator[str]:
    """That a figure which was given holds for every country: nobody who states the duty of one means the others."""
    given = {name: value for name in _OF_A_COUNTRY if (value := getattr(asked, name)) is not None}
    if "country" in found.axes and given:
        text = and_words(say("{name} {value:f}", name=kind_words(name), value=value) for name, value in given.items())
        yield say("Used for all of these countries instead of their own figures: {text}.", text=text)


def _grids(planned: Sequence[Compared]) -> Iterator[tuple[Country, GridDoubts]]:
    """The countries of the plans, each once, and what speaks against taking their grids for granted."""
    for plan in {row.plan.setting.country.id: row.plan for row in planned if row.plan}.values():
        country = plan.setting.country
        yield country, grid_doubts(plan.setting.catalogue, country.id, plan.peak_mw)


AXES = messages_of(__file__, "axes")
"""Field of the case that varies -> the heading of its column."""


_MEASURES = Messages({"energy": "energy", "carbon": "emissions"})
"""The heading of what is compared, where no other column has it."""


def _chart(found: Comparison, counts: Winners) -> Ranked:
    headings = [left(AXES[field]) for field in found.axes]
    columns = [
        right(say("rank")),
        *headings,
        left(say("plan")),
        right(say("days")),
        right(say("cost")),
        right(say("peak")),
        *(right(_MEASURES[objective]) for objective in (found.objective,) if objective in _MEASURES),
        right(say("difference")),
        *([right(say("cheapest in"))] if counts.cheapest else []),
        *([right(say("limits met in"))] if counts.met else []),
    ]
    cells, bars = [], []
    for row in found.rows:
        words, plan, rank = _words(found, row), row.plan, found.rank(row)
        measure = None if row.measure is None else float(row.measure)
        none = say("no plan") if _is_decided(row) else say("no answer")
        bars.append(Bar(name_of(found, row), measure, "" if plan else none))
        if plan is None:
            cells.append(("", *words, none, *[""] * (len(columns) - len(words) - 2)))
            continue
        measured = [_figure(row.measure or Fraction(0), found.unit)] * (found.objective in _MEASURES)
        difference = found.difference(row) or Fraction(0)
        cells.append(
            (
                *(str(rank), *words, and_words(item_words(plan, item) for item in plan.items), str(plan.days)),
                *(musd(plan.cost_usd), say("{peak_mw} MW", peak_mw=megawatts(plan.peak_mw)), *measured),
                "" if not difference else say("+{difference}", difference=_figure(difference, found.unit)),
                *(cell_of(shown, row) for shown in counts if shown),
            )
        )
    return Ranked(OBJECTIVES[found.objective], found.unit, bars, Table(columns, cells))


def _why(row: Compared) -> str:
    return row.problem or reason_words(row.why)


def _without(found: Comparison) -> Iterator[Line]:
    """Why some have no plan: those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for row in found.rows:
        if row.plan is None:
            by_reason.setdefault(lacking_words(row.why) or _why(row), []).append(name_of(found, row))
    for reason, names in by_reason.items():
        shown = ", ".join(names[:MAX_NAMED]) + (
            say(" and {names} more", names=len(names) - MAX_NAMED) if len(names) > MAX_NAMED else ""
        )
        yield Line(say("{shown}: {reason}", shown=shown, reason=reason))


def _outputs(found: Comparison, counts: Winners) -> ComparisonOut:
    return ComparisonOut(
        status="ranking" if found.best else "infeasible",
        axes=found.axes,
        objective=found.objective,
        unit=found.unit,
        best=name_of(found, found.best) if found.best else None,
        ranking=tuple(_compared_out(found, row, counts) for row in found.rows),
    )


def _compared_out(found: Comparison, row: Compared, counts: Winners) -> ComparedOut:
    return ComparedOut(
        **_ranked(found, row, counts),
        case_id=row.candidate.case_id,
        values=dict(zip(found.axes, row.candidate.values, strict=True)),
        status=_status(row),
        why=_why(row),
        measure=row.measure,
        met_share=share_of(counts.met, row),
        words=plan_words(row.plan) if row.plan else "",
        plan=row.plan,
    )


def _ranked(found: Comparison, row: Compared, counts: Winners) -> dict[str, Any]:
    """The place of a row, its name, and how far it is from the best."""
    difference, times = found.difference(row), found.times(row)
    return {
        "rank": found.rank(row),
        "name": name_of(found, row),
        "difference": difference,
        "times_the_best": times,
        "cheapest_share": share_of(counts.cheapest, row),
    }


def _status(row: Compared) -> Literal["plan", "infeasible", "missing", "invalid", "undecided"]:
    if row.plan is not None:
        return "plan"
    if row.outcome is not None:
        return "infeasible" if _is_decided(row) else "missing"
    if row.ready is not None:
        return "undecided"
    return "missing" if refused_status(_problems(row)) is Status.MISSING else "invalid"


def _problems(row: Compared) -> tuple[Problem, ...]:
    """What is wrong with a case that cannot be planned as it is."""
    return row.why.problems if isinstance(row.why, NotAsked) else ()


def _rows(found: Comparison, counts: Winners) -> Iterator[ComparisonRow]:
    """One row a case, the best first."""
    for row in found.rows:
        if row.ready is not None and row.outcome is not None:
            made = row_of(row.candidate.case_id, row.ready, row.outcome)
        else:
            case_id, case = row.candidate.case_id, row.candidate.case
            if row.ready is not None:
                made = failed_row(case_id, Status.UNDECIDED, _why(row), found.catalogue, case)
            else:
                made = refused_row(case_id, _problems(row), _why(row), found.catalogue, case)
        yield ComparisonRow(**_ranked(found, row, counts), **dict(made))
