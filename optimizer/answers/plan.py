"""An answer as a readable card, for a terminal of any width and for a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.answers.limit_words import limit_words
from optimizer.answers.numbers import musd, rounded_parts, share_percent, up, usd
from optimizer.answers.proof_words import ended_words
from optimizer.answers.reason_words import CAUSES, reason_words
from optimizer.answers.words import (
    BASES,
    OBJECTIVES,
    TERMS,
    buyer_words,
    concession_words,
    days,
    experience_words,
    figure_words,
    item_words,
    joint_words,
    law_words,
    plan_words,
    substation_words,
    threshold_words,
)
from optimizer.case.setting import Setting
from optimizer.domain.reasons import Cause, Reason
from optimizer.insight import Answer
from optimizer.insight.real_runs import experience
from optimizer.law.thresholds import passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.plans.proof import ProofKind
from optimizer.solve.planner import NO_SOLVER

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_card(answer: Answer, console: Console) -> None:
    """Print an answer: the decision first, then costs, limits, what stands beside it, and what it rests on."""
    from rich.table import Table

    from optimizer.render.text import print_table

    parts = _plan_card(answer, answer.outcome) if isinstance(answer.outcome, Plan) else _infeasible_card(answer)
    for part in parts:
        print_table(console, part) if isinstance(part, Table) else console.print(part)


def heading(setting: Setting) -> str:
    """Country, workload and training compute."""
    return f"{setting.country.name} · {setting.workload.name} · {float(setting.training_flop):.3g} FLOP"


def _plan_card(answer: Answer, plan: Plan) -> Iterator[RenderableType]:
    from rich.text import Text

    objective = plan.setting.case.objective or "cost"
    yield Text(f"{OBJECTIVES[objective]} · {heading(answer.setting)}", style="bold")
    yield ""
    for item in plan.items:
        yield Text(f"  {capital(item_words(plan, item))}", style="bold green")
    lead = f" after {days(plan.lead_days)} of delivery and licence" if plan.lead_days else ""
    yield Text(f"  for {days(plan.days)}{lead}", style="bold green")
    yield Text(f"  {usd(plan.cost_usd)} in all, {plan.setting.case.basis} basis", style="bold")
    yield (
        f"  peak {up(plan.peak_mw, 3)} MW · {float(plan.energy_gwh):.3g} GWh · {float(plan.carbon_t):,.0f} tCO2e"
        f" · {plan.accelerators:,} accelerators · {float(plan.tpp):,.0f} TPP"
    )
    if plan.setting.case.max_mw is None:
        yield "  No grid limit was given: this peak is what the site must carry."
    yield ""
    yield cost_table(plan.cost_terms)
    yield _limits(answer, plan)
    yield from section("Export control", [*(law_words(plan, item) for item in plan.items), *buyer_words(plan)])
    yield from section("Training compute", map(threshold_words, passed(answer.setting)))
    yield from section("Beside it", _beside(answer, plan))
    yield from section("Assumed", _assumed(answer))
    yield from section("Estimates among the inputs", _estimates(answer))
    yield from section("Proof", [proof_words(plan), stamp(answer.setting)])


def capital(text: str) -> str:
    """The first letter in upper case."""
    return text[:1].upper() + text[1:]


def section(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    """A title and its lines, set in; nothing where there is no line."""
    from rich.padding import Padding
    from rich.text import Text

    lines = list(lines)
    if lines:
        yield Text(title, style="bold")
        for line in lines:
            yield Padding(Text(line), (0, 0, 0, 2))
        yield ""


def cost_table(cost_terms: Mapping[str, Fraction]) -> RenderableType:
    """The named parts of a cost, their shares and their sum."""
    from rich.table import Table

    table = Table(title="Cost", title_justify="left", box=None, pad_edge=True, title_style="bold")
    table.add_column("term")
    table.add_column("USD", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    parts = rounded_parts(cost_terms, 0)
    total = sum(parts.values()) or 1
    for name, part in parts.items():
        table.add_row(TERMS[name], f"{part:,}", f"{100 * float(part) / float(total):.1f} %")
    table.add_row("total", f"{total:,}", "100.0 %", style="bold")
    return table


def _limits(answer: Answer, plan: Plan) -> RenderableType:
    from rich.table import Table

    table = Table(title="Limits", title_justify="left", box=None, pad_edge=True, title_style="bold")
    table.add_column("limit", min_width=8)
    for name in ("used", "of", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    saved = {found.limit.name: found.saving for found in answer.binding}
    objective = plan.setting.case.objective or "cost"
    for use in plan.limits:
        share = use.share
        words = ""
        if use.name in saved:
            words = f"binds: without it {less(objective, saved[use.name])}"
        bound = "" if use.bound is None else amount(use.unit, use.bound)
        table.add_row(
            limit_words(use.name),
            amount(use.unit, use.used),
            bound,
            "" if share is None else share_percent(share),
            words,
        )
    return table


def less(objective: str, saving: Fraction) -> str:
    """A fall of the objective in its own unit: "$1,200 less", "3 days less"."""
    if objective == "cost":
        return f"{usd(saving)} less"
    if objective == "days":
        return f"{saving} days less"
    factor, unit = {"peak_power": (1000, "MW"), "energy": (10**6, "GWh"), "carbon": (10**6, "tCO2e")}[objective]
    return f"{float(saving / factor):,.3g} {unit} less"


def amount(unit: str, value: Fraction) -> str:
    """A use or a bound in its unit, rounded up so that a use over its bound never looks within it."""
    if unit == "USD":
        return usd(Fraction(up(value, 0)))
    if unit == "MW":
        return f"{up(value, 3)} MW"
    return f"{up(value, 0):,} {unit}"


def _beside(answer: Answer, plan: Plan) -> Iterator[str]:
    case = plan.setting.case
    if answer.runner_up is not None:
        other = answer.runner_up
        yield f"next generation: {plan_words(other)} ({distance(plan, other)})"
    else:
        yield "next generation: none of the others meets the limits"
    for basis, found in answer.bases.items():
        yield f"{BASES[basis]}: {plan_words(found) if found else 'no plan'}"
    yield from _cloud(answer)
    for name, found in answer.assumption_sets.items():
        yield f"under {name}: {plan_words(found) if found else 'no plan within the limits'}"
    if (case.overhead or 1) < plan.setting.figures["usual_overhead"].value:
        usual = plan.setting.figures["usual_overhead"].value
        found = answer.usual_overhead
        told = plan_words(found) if found else "no plan within the limits"
        yield f"with the usual experiments and restarts (x{usual} compute, estimate): {told}"
    if case.basis == "upfront" and any(item.key.procurement == "buy" for item in plan.items):
        yield "longer is cheaper only because all hardware is charged to this run; amortised, days hardly matter"
    if len({item.key.accelerator for item in plan.items}) > 1:
        yield "unlike accelerators are reckoned to share one run without loss; real ones wait for the slowest"
    yield from _coming_taxes(plan)
    yield from substation_words(plan)
    if (runs := experience(plan)) is not None:
        yield experience_words(runs)
    rented = [item for item in plan.items if item.key.procurement == "rent"]
    if rented:
        yield "a listed rent is no proof of stock: ask for an offer of that many accelerators for those days"


def _coming_taxes(plan: Plan) -> Iterator[str]:
    """Taxes are those of one day; where others begin between the case's date and the end, a purchase may meet them."""
    from datetime import date

    setting = plan.setting
    if not any(item.key.procurement == "buy" for item in plan.items):
        return
    today = date.fromisoformat(setting.case.date or setting.catalogue.as_of)
    ends = today.toordinal() + (setting.case.deadline_days or 0) + plan.lead_days
    last = date.fromordinal(min(ends, date.max.toordinal())).isoformat()
    told = setting.customs_day
    for row in setting.catalogue.tax_regimes:
        begins = row.effective_from or ""
        if row.country != setting.country.id or not row.is_default or not today.isoformat() < begins <= last:
            continue
        if told >= begins:
            yield f"import taxes are those of the day of delivery, {told}: new ones hold from {begins}"
        else:
            yield f"import taxes are those of {told}; others hold from {begins}: ask again with --date {begins}"


def distance(plan: Plan, other: Plan) -> str:
    """How far another plan is from the best, in the objective's own unit."""
    objective = plan.setting.case.objective or "cost"
    more = other.objective_value - plan.objective_value
    if more == 0:
        return "just as good"
    times = f"{float(other.objective_value / plan.objective_value):.2f} times" if plan.objective_value else ""
    if objective == "cost":
        return f"{musd(more)} more, {times}"
    return f"{less(objective, more).removesuffix(' less')} more, {times}"


def _cloud(answer: Answer) -> Iterator[str]:
    if (run := answer.cloud) is not None:
        name = answer.setting.catalogue.accelerators[run.accelerator].name
        yield (
            f"the same run in a cloud abroad, at the world rent, outside this site's limits: {musd(run.cost_usd)} "
            f"({run.accelerators:,} {name} for {days(run.days)})"
        )


def _assumed(answer: Answer) -> Iterator[str]:
    for assumed in answer.setting.assumed:
        yield f"{assumed.field} = {assumed.value}: {assumed.why}"


def _estimates(answer: Answer) -> Iterator[str]:
    for figure in answer.estimates():
        yield f"{figure.name} = {figure_words(figure)}"


def proof_words(outcome: Plan | Infeasible) -> str:
    """Why an answer may be believed, in one line."""
    proof = outcome.proof
    if isinstance(outcome, Plan):
        what, exact = "optimal", f"gap {proof.gap:g}; every limit holds exactly, recomputed from the data"
    else:
        what, exact = "infeasible", "nothing is rounded in the search"
    if proof.solver == NO_SOLVER:
        return f"{what}: an exhaustive search in exact arithmetic (HiGHS {ended_words(proof)}); {exact}"
    if proof.kind == ProofKind.EXHAUSTIVE:
        both = f"{proof.solver} ({ended_words(proof)}) and an exhaustive search in exact arithmetic agree"
        return f"{what}: {both}; {exact}"
    return f"{what}: two runs of {proof.solver} (presolve on; off, with the rows permuted) agree; {exact}"


def stamp(setting: Setting) -> str:
    """Program, data, assumptions and rules, in one line."""
    from optimizer.version import __version__

    catalogue = setting.catalogue
    packs = "".join(f" with {name}" for name in catalogue.packs)
    return (
        f"optimizer {__version__}, data {catalogue.version}{packs} ({catalogue.digest[:12]}),"
        f" assumptions {setting.assumptions.id}, rules {setting.rules.id} on {setting.case.date}"
    )


def _infeasible_card(answer: Answer) -> Iterator[RenderableType]:
    from rich.text import Text

    outcome = answer.outcome
    assert isinstance(outcome, Infeasible)
    yield Text(f"No plan · {heading(answer.setting)}", style="bold")
    yield ""
    yield Text(f"  {capital(CAUSES[outcome.cause])}: proved.", style="bold red")
    yield ""
    if answer.concessions:
        lines = [f"{concession_words(given)} → {plan_words(given.plan)}" for given in answer.concessions]
        yield from section("Any one of these alone would do (all else as asked)", lines)
    elif outcome.cause in (Cause.LIMITS, Cause.COMPUTE_CAP):
        lines = ["no single limit alone: at least two would have to give"]
        if answer.pair is not None:
            lines.append(f"the least pair: {joint_words(answer.pair)} → {plan_words(answer.pair.plan)}")
        yield from section("What would do", [*lines, "optimizer explain tells more"])
    if outcome.cause in (Cause.LAW, Cause.DATA):
        # what the reader can mend comes first
        told = sorted(answer.alternatives, key=lambda a: not (isinstance(a.reason, Reason) and a.reason.remedy))
        reasons = [f"{a.accelerator} {a.procurement}".strip() + f": {reason_words(a.reason)}" for a in told]
        yield from section("Considered, and why not", reasons)
    beside = [f"{BASES[basis]}: {plan_words(found)}" for basis, found in answer.bases.items() if found]
    beside += [f"under {name}: {plan_words(found)}" for name, found in answer.assumption_sets.items() if found]
    yield from section("Beside it", [*beside, *_cloud(answer)])
    yield from section("Training compute", map(threshold_words, passed(answer.setting)))
    yield from section("Assumed", _assumed(answer))
    yield from section("Proof", [proof_words(outcome), stamp(answer.setting)])
