"""Other ways to the same model, as a readable card and as JSON (``optimizer data show schema ways``)."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from optimizer.answers.machines import MachineOut, SharedOut, machine_out, owned_lines, shared_lines, shared_out
from optimizer.answers.numbers import musd, rounded, up, usd
from optimizer.answers.old_plan import section
from optimizer.answers.words import capital, stamp
from optimizer.answers.decisions import defaults
from optimizer.answers.document import grounds_of
from optimizer.answers.envelope import SCHEMA_VERSION, provenance
from optimizer.answers.plan_shape import PlanOut, maybe
from optimizer.answers.words import buyer_words, figure_words, law_words, plan_words
from optimizer.case.setting import Figure
from optimizer.case.training import tokens_in_words
from optimizer.domain.base import Frozen
from optimizer.insight.provenance import inputs
from optimizer.insight.ways import Evidence, OneWay, Ways
from optimizer.plans.outcome import Plan

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

UNEQUAL = "The ways do not buy the same capability; what each gives and lacks stands below, with its source."


class RunOut(Frozen):
    """A published run in this way."""

    name: str
    tokens: float | None
    accelerator_hours: float | None = Field(description="as published")
    ours_over_published: float | None = Field(description="hours as a plan reckons them over the published ones")
    source: str


class WayOut(Frozen):
    """A model trained in one way."""

    way: str
    name: str
    status: Literal["plan", "infeasible", "not_asked"] = Field(description="not_asked: the case does not go with it")
    why: str = Field(description="why there is no plan, and what alone would mend it")
    tokens: float | None
    tokens_assumed: str = Field(description="why so many tokens, where they were not given")
    training_flop: float | None
    flop_per_token: float | None = Field(description="training compute over tokens, overhead included")
    adapter_parameters: float | None
    memory_gb: float | None = Field(description="accelerator memory of the model's state; activations come on top")
    efficiency_factor: float = Field(description="what MFU x goodput are multiplied by")
    gives: str
    lacks: str
    capability_source: str
    source: str
    runs: tuple[RunOut, ...]
    words: str
    plan: PlanOut | None


class WaysOut(Frozen):
    """What was found."""

    ways: tuple[WayOut, ...]
    owned: tuple[MachineOut, ...] = Field(description="what is owned alone, with more, and without it")
    shared: SharedOut | None


class WaysEnvelope(Frozen):
    """The whole answer."""

    schema_version: Literal["2"]
    inputs: dict[str, Any] = Field(description="the case as it was asked")
    settled: dict[str, Any] = Field(description="the case with every default filled in")
    assumptions: tuple[dict[str, str], ...] = Field(description="every default: field, value, why")
    outputs: WaysOut
    messages: tuple[str, ...]
    provenance: dict[str, Any] = Field(description="program, data and every figure that the plans rest on")


def ways_envelope(found: Ways) -> WaysEnvelope:
    """The JSON form; the same case gives the same bytes."""
    setting = found.setting
    return WaysEnvelope(
        schema_version=SCHEMA_VERSION,
        inputs=setting.asked.given(),
        settled=setting.case.given(),
        assumptions=defaults(setting),
        outputs=WaysOut(
            ways=tuple(_way_out(one) for one in found.ways),
            owned=tuple(machine_out(machine) for machine in found.owned),
            shared=None if found.shared is None else shared_out(found.shared),
        ),
        messages=(UNEQUAL, *_law(found)),
        provenance=provenance(grounds_of(setting, _figures(found).values())),
    )


def _plans(found: Ways) -> list[Plan]:
    """Every plan that is told."""
    machines = (*found.owned, *(found.shared.machines if found.shared else ()))
    plans = [*(one.plan for one in found.ways), *(machine.plan for machine in machines)]
    return [plan for plan in plans if plan is not None]


def _law(found: Ways) -> list[str]:
    """Which export rules let in what the plans use, and what depends on the buyer, each once."""
    plans = _plans(found)
    told = [law_words(plan, item) for plan in plans for item in plan.items]
    return list(dict.fromkeys([*told, *(words for plan in plans for words in buyer_words(plan))]))


def _figures(found: Ways) -> dict[str, Figure]:
    """Every figure that a plan told rests on, once; one that differs with the country or the way names that."""
    figures: dict[str, Figure] = {}
    for plan in _plans(found):
        for figure in inputs(plan):
            known = figures.setdefault(figure.name, figure)
            if (known.value, known.source) != (figure.value, figure.source):
                name = f"{figure.name} ({plan.setting.country.name}, {plan.setting.way.id})"
                figures[name] = replace(figure, name=name)
    return figures


def _way_out(one: OneWay) -> WayOut:
    setting, way = one.setting, one.way
    status: Literal["plan", "infeasible", "not_asked"] = "plan" if one.plan else "infeasible"
    tokens_t = setting.workload.tokens_t if setting else None
    adapter_b = setting.adapter_params_b if setting else None
    return WayOut(
        way=way.id,
        name=way.name,
        status=status if setting else "not_asked",
        why=one.why,
        tokens=None if tokens_t is None else float(tokens_t * 10**12),
        tokens_assumed=one.tokens_assumed,
        training_flop=float(setting.training_flop) if setting else None,
        flop_per_token=float(setting.training_flop / tokens_t / 10**12) if setting and tokens_t else None,
        adapter_parameters=None if adapter_b is None else float(adapter_b * 10**9),
        memory_gb=None if one.memory_gb is None else float(rounded(one.memory_gb, 3)),
        efficiency_factor=float(way.efficiency_factor),
        gives=way.gives,
        lacks=way.lacks,
        capability_source=way.capability_source,
        source=way.source,
        runs=tuple(
            RunOut(
                name=item.run.name,
                tokens=None if item.run.tokens is None else float(item.run.tokens),
                accelerator_hours=None if item.run.gpu_hours is None else float(item.run.gpu_hours),
                ours_over_published=None if item.hours is None else item.hours.ratio,
                source=item.run.source,
            )
            for item in one.evidence.runs
        ),
        words=_plan_words(one),
        plan=maybe(one.plan),
    )


def print_ways(found: Ways, console: Console) -> None:
    """Print the ways beside each other, then the machines."""
    from rich.table import Table

    from optimizer.render.text import print_table

    for part in _card(found):
        print_table(console, part) if isinstance(part, Table) else console.print(part)


def _card(found: Ways) -> Iterator[RenderableType]:
    from rich.text import Text

    setting = found.setting
    model = f"{setting.workload.params_total_b:f}B parameters"
    if setting.workload.params_active_b != setting.workload.params_total_b:
        model += f", {setting.workload.params_active_b:f}B active"
    base = setting.catalogue.workloads.get(setting.workload.id)
    yield Text(f"Ways to one model · {setting.country.name} · {base.name if base else 'own'}, {model}", style="bold")
    yield ""
    yield _table(found)
    yield ""
    yield Text(UNEQUAL)
    yield ""
    for one in found.ways:
        yield from section(capital(one.way.name), _lines(one))
    yield from section("With the hardware that is owned", owned_lines(found.owned))
    if found.shared is not None:
        yield from section(f"A machine shared in {found.shared.host}", shared_lines(found.shared))
    yield from section("Export control", _law(found))
    estimates = [f"{figure.name} = {figure_words(figure)}" for figure in _figures(found).values() if figure.is_estimate]
    yield from section("Estimates among the inputs", ["; ".join(estimates)] if estimates else [])
    terms = f"the same country, limits, day ({setting.case.date}), {setting.case.basis} basis and assumptions for all"
    yield from section("Equal terms", [terms, "each plan was planned by itself and proved", stamp(setting)])


def _table(found: Ways) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("way")
    for name in ("tokens", "FLOP", "memory GB", "cost", "days", "peak MW"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.ways:
        setting, plan = one.setting, one.plan
        if setting is None or one.memory_gb is None:
            table.add_row(one.way.name, *[""] * 3, "no plan")
            continue
        asked = (
            tokens_in_words(setting.workload.tokens_t) if setting.workload.tokens_t else "",
            f"{float(setting.training_flop):.3g}",
            f"{up(one.memory_gb, 0):,}",
        )
        told = (musd(plan.cost_usd), str(plan.days), str(up(plan.peak_mw, 3))) if plan else ("no plan",)
        table.add_row(one.way.name, *asked, *told)
    return table


def _plan_words(one: OneWay) -> str:
    return plan_words(one.plan) if one.plan else f"no plan: {one.why}"


def _lines(one: OneWay) -> Iterator[str]:
    """A way in a few lines: its plan, tokens, evidence, and what it is good for."""
    yield capital(_plan_words(one))
    if (plan := one.plan) is not None and (staff := plan.cost_terms.get("staff", Fraction(0))) * 3 > plan.cost_usd:
        posts = plan.setting.figures["staff_fte"]
        yield f"of this the team is {usd(staff)}: {figure_words(posts)}{' (estimate)' * posts.is_estimate}"
    if one.tokens_assumed:
        yield f"tokens: {one.tokens_assumed}; {_flag(one)}"
    yield f"evidence: {evidence_words(one)}"
    yield f"sources: {one.way.source}"
    yield f"gives: {one.way.gives}"
    yield f"lacks: {one.way.lacks} ({one.way.capability_source})"


def _flag(one: OneWay) -> str:
    """The flag by which the command takes other tokens."""
    flags = {"pretrain": "--scratch-tokens", "continued": "--continued-tokens", "finetune": "--finetune-tokens"}
    return f"{flags.get(one.way.id, '--lora-tokens')} takes others"


def evidence_words(one: OneWay) -> str:
    """What the efficiency of a way, and its count of tokens, rest on."""
    way = one.way
    parts = [_runs_words(one.evidence)]
    if way.efficiency_factor != 1 or way.is_estimate("efficiency_factor"):
        factor = Figure("", way.efficiency_factor, "", way.source, way.as_of, True, way.range_of("efficiency_factor"))
        mark = " (estimate)" if way.is_estimate("efficiency_factor") else ""
        parts.append(f"efficiency {figure_words(factor)} of that of pre-training{mark}")
    low, high = way.usual_tokens_low_b, way.usual_tokens_high_b
    if low is not None and high is not None:
        parts.append(f"published on {low:f}B to {high:f}B tokens")
    return "; ".join(parts)


def _runs_words(evidence: Evidence) -> str:
    ratios = evidence.ratios
    if not ratios:
        hours = [f"{i.run.name} {i.run.gpu_hours:,.0f} h" for i in evidence.runs if i.run.gpu_hours is not None]
        return "no published run has both hours and tokens" + (f" ({', '.join(hours)})" if hours else "")
    span = f"{ratios[0]:.2f} to {ratios[-1]:.2f} times, median {statistics.median(ratios):.2f}"
    count = f"{len(ratios)} published run{'s' * (len(ratios) != 1)}"
    return f"{count}, of whose hours a plan reckons {span} (optimizer validate)"
