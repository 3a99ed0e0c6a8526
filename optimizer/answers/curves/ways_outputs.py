"""Other ways to the same model as data and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator

from optimizer.answers.form.ground_words import ground_text
from optimizer.answers.form.numbers import round_half_even
from optimizer.answers.form.shapes import Near2, Near3, Near9, Plain, Shape, Up2, cell, entry
from optimizer.answers.plan.planned_row import row_of
from optimizer.answers.plan.row import PlanRow, refused_row
from optimizer.answers.plan.shape import PlanShape, Why
from optimizer.answers.words.common_words import plan_words
from optimizer.answers.words.reason_words import reason_words
from optimizer.domain import Way
from optimizer.domain.reasons import NotAsked
from optimizer.insight.shared_machines import Machine, MachineName
from optimizer.insight.ways import OneWay, Ways


def _times(unit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: float(value * unit) if isinstance(value, Decimal) else value)


_Tokens = Annotated[float, _times(10**12)]
_Parameters = Annotated[float, _times(10**9)]


class RunOut(Shape):
    """A published run in this way."""

    name: str = entry(path="run.name")
    tokens: Plain | None = entry(path="run.tokens")
    accelerator_hours: Plain | None = entry("as published", path="run.gpu_hours")
    ours_over_published: float | None = entry(
        "hours that a plan estimates, divided by the published ones", path="hours.ratio", default=None
    )
    source: str = entry(path="run.source")


class WayOut(Shape):
    """A model trained in one way."""

    way: str = entry(path="way.id")
    name: str = entry(path="way.name")
    status: Literal["plan", "infeasible", "not_asked"] = entry("not_asked: the case does not fit this way")
    why: Why = entry("why there is no plan, and which single changes are enough")
    tokens: _Tokens | None = entry(path="setting.workload.tokens_t", default=None)
    tokens_assumed: Annotated[str, BeforeValidator(ground_text)] = entry(
        "why this number of tokens, if it was not given"
    )
    training_flop: Plain | None = entry(path="setting.training_flop", default=None)
    flop_per_token: Plain | None = entry("training compute divided by tokens, overhead included")
    adapter_parameters: _Parameters | None = entry(path="setting.adapter_params_b", default=None)
    memory_gb: Near3 | None = entry("accelerator memory of the model's state; activations need more")
    efficiency_factor: Plain = entry("what MFU x goodput are multiplied by", path="way.efficiency_factor")
    gives: str = entry(path="way.gives")
    lacks: str = entry(path="way.lacks")
    capability_source: str = entry(path="way.capability_source")
    source: str = entry(path="way.source")
    runs: tuple[RunOut, ...] = entry(path="evidence.runs")
    words: str = ""
    plan: PlanShape | None


class MachineOut(Shape):
    """The case on one machine."""

    name: MachineName
    words: str = ""
    why: Why = entry("why there is no plan")
    plan: PlanShape | None


def plan_clause(found: OneWay | Machine) -> str:
    """The plan in one clause, or why there is none."""
    return plan_words(found.plan) if found.plan else f"no plan: {reason_words(found.why)}"


def _way_out(one: object) -> object:
    return WayOut.model_validate(one).model_copy(update={"words": plan_clause(one)}) if isinstance(one, OneWay) else one


def _machine_out(machine: object) -> object:
    if not isinstance(machine, Machine):
        return machine
    return MachineOut.model_validate(machine).model_copy(update={"words": plan_clause(machine)})


_Machines = tuple[Annotated[MachineOut, BeforeValidator(_machine_out)], ...]


class SharedOut(Shape):
    """A machine that several share, compared with your own on the same basis and utilisation."""

    host: str
    max_mw: Plain | None = entry("grid limit there; null: none")
    members: int
    days_each: int = entry("whole days that a member has: the deadline divided by the members")
    utilisation: Plain = entry(path="utilisation.value")
    utilisation_is_estimate: bool = entry(path="utilisation.is_estimate")
    life_share: Near9 | None = entry("share of the days the machine works in its life that this run takes")
    capital_each_usd: Up2 | None = entry("share of the machine's price that a member must pay")
    saving_usd: Near2 | None = entry("cost of an own machine by the day of work, less that of the shared one")
    machines: _Machines


class WaysOut(Shape):
    """What was found."""

    ways: tuple[Annotated[WayOut, BeforeValidator(_way_out)], ...]
    owned: _Machines = entry("owned servers only, with more, and without them")
    shared: SharedOut | None


class _Which(Shape):
    """Which plan a row is of."""

    subject: Literal["way", "owned", "shared"] = entry(
        "a way to train; a machine with the owned servers, or without them; or a shared machine, and an own one"
    )
    name: str = entry("the way, a row of ways.csv; or which machine")
    tokens_t: Decimal | None = cell("training tokens", "1e12")
    memory_gb: Decimal | None = cell("accelerator memory of the model's state; activations need more", "GB")


class WayRow(PlanRow, _Which):
    """The model of a case trained in one way, or on one machine; ``invalid``: the case does not work with it."""

    gives: str = entry("what the way gives")
    lacks: str = entry("what it cannot give: the ways do not give the same capability")


def rows(found: Ways) -> Iterator[WayRow]:
    """One row a way, then one a machine."""
    for one in found.ways:
        yield _row(found, "way", one, one.way)
    for machine in found.owned:
        yield _row(found, "owned", machine, found.setting.way)
    for machine in found.shared.machines if found.shared else ():
        yield _row(found, "shared", machine, found.setting.way)


def _row(found: Ways, subject: Literal["way", "owned", "shared"], one: OneWay | Machine, way: Way) -> WayRow:
    ready, case = one.ready, found.setting.asked
    case_id = case.case_id or "1"
    if ready is None or one.outcome is None:
        problems = one.why.problems if isinstance(one.why, NotAsked) else ()
        row = refused_row(case_id, problems, reason_words(one.why), found.setting.catalogue, case)
    else:
        row = row_of(case_id, ready, one.outcome)
    return WayRow(
        subject=subject,
        name=one.way.id if isinstance(one, OneWay) else one.name,
        tokens_t=ready.setting.workload.tokens_t if ready else None,
        memory_gb=round_half_even(Fraction(ready.problem.memory_gb), 3) if ready else None,
        gives=way.gives,
        lacks=way.lacks,
        **{**dict(row), "way": way.id},
    )
