"""How sure an answer is, as text for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.answers.limit_words import limit_words
from optimizer.answers.numbers import musd, usd
from optimizer.answers.proof_words import ended_words
from optimizer.answers.reason_words import CAUSES
from optimizer.answers.sensitivity_rows import values_text
from optimizer.answers.sensitivity_words import choice_words, covered_words, kind_words, missed_words, notes, percent
from optimizer.answers.words import days, plan_words
from optimizer.plans.outcome import Plan
from optimizer.plans.proof import Proof
from optimizer.render.text import print_table
from optimizer.solve.planner import NO_SOLVER
from optimizer.uncertainty.fixed_choice import Standing
from optimizer.uncertainty.monte_carlo import PERCENTILES, MonteCarlo, Probability
from optimizer.uncertainty.robust import Held, Robust
from optimizer.uncertainty.tornado import Basis, End, Tornado

if TYPE_CHECKING:
    from rich.console import Console


def print_sensitivity(found: Tornado | MonteCarlo | Robust, console: Console) -> None:
    """Print one of the three answers, with what was assumed."""
    from rich.text import Text

    basis = found.basis
    setting = basis.known.setting
    console.print(Text(f"How sure · {setting.country.name} · {setting.workload.name}", style="bold"))
    console.print("")
    console.print(f"  {_capital(_best_words(basis))}")
    console.print("")
    if isinstance(found, Tornado):
        _tornado(found, console)
    elif isinstance(found, MonteCarlo):
        _monte_carlo(found, console)
    else:
        _robust(found, console)
    console.print("")
    drawn = isinstance(found, MonteCarlo) or (isinstance(found, Robust) and not found.corners)
    for note in notes(basis, drawn=drawn):
        console.print(Text(note, style="dim"))


def _best_words(basis: Basis) -> str:
    best = basis.best
    return plan_words(best) if isinstance(best, Plan) else CAUSES[best.cause]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tornado(found: Tornado, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text("One input at a time, all others central: the best plan there, and what this plan comes to"))
    table = Table(box=None, pad_edge=False)
    for name in ("input", "at", "best plan", "days", "cost", "swing", "this plan", ""):
        right = name in ("at", "days", "cost", "swing")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for bar in found.bars:
        swing = bar.swing_usd(found.basis.best)
        first = ("  " + bar.input.name, "no plan" if swing is None else usd(swing))
        for name, told, end in ((first[0], first[1], bar.low), ("", "", bar.high)):
            table.add_row(name, values_text(end.values, " | "), *_end(found, end), told, *_standing(end.chosen))
    if found.bars:
        print_table(console, table)
    if found.idle:
        console.print(Text(f"Nothing changes within the range of: {covered_words(found.idle)}"))
    if not found.bars and not found.idle:
        console.print("  no input has a range")


def _end(found: Tornado, end: End) -> tuple[str, str, str]:
    plan = end.outcome
    if not isinstance(plan, Plan):
        return "no plan", "", ""
    setting = found.basis.known.setting
    return f"{kind_words(setting, plan.items[0].key)} x {plan.servers}", f"{plan.days:,}", usd(plan.cost_usd)


def _standing(standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "", ""
    return usd(standing.cost_usd), missed_words(standing.missed) if standing.missed else ""


def _monte_carlo(found: MonteCarlo, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    basis = found.basis
    console.print(Text(f"{len(found.draws):,} draws, seed {found.seed}; the best plan of every one is proved"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    table.add_column("")
    names = basis.known.setting.catalogue.accelerators
    for name, share in found.best.items():
        table.add_row("  " + (names[name].name + " is best" if name else "no plan at all"), *_probability(share))
    if basis.choice is not None:
        table.add_row("  this plan, run until its work is done, meets every limit", *_probability(found.all_met))
        for limit, share in found.met.items():
            table.add_row(f"    {limit_words(limit)}", *_probability(share))
    print_table(console, table)
    costs = Table(box=None, pad_edge=False)
    for name in ("  cost", *(f"P{p}" for p in PERCENTILES)):
        costs.add_column(name, justify="left" if name == "  cost" else "right")
    rows = (("  of the best plan, where there is one", found.least_cost_usd), ("  of this plan", found.chosen_cost_usd))
    for name, values in rows:
        if values:
            costs.add_row(name, *map(usd, values))
    console.print("")
    print_table(console, costs)


def _probability(share: Probability) -> tuple[str, str]:
    error = f"standard error {percent(share.standard_error)}" if 0 < share.count < share.of else "in every draw"
    return percent(share.share), error if share.count else "in no draw"


def _robust(found: Robust, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    for line in robust_sentences(found):
        console.print(Text(line))
    held = (("robust", found.plan), ("ordinary", found.ordinary), ("holds most", found.most))
    if not any(one for _, one in held):
        return
    table = Table(box=None, pad_edge=False)
    for name in ("", "plan", "holds in", "central cost", "days", "mean cost", "worst cost"):
        table.add_column(name, justify="left" if name in ("", "plan") else "right", no_wrap=True)
    for name, one in held:
        if one is not None:
            table.add_row(f"  {name}", *_held(found, one))
    print_table(console, table)


def _held(found: Robust, held: Held) -> tuple[str, ...]:
    return (
        choice_words(found.basis.known.setting, held.choice),
        percent(held.met.share),
        usd(held.central.cost_usd),
        f"{held.central.days:,}",
        usd(held.mean_usd),
        usd(held.worst_usd),
    )


def robust_sentences(found: Robust) -> Iterator[str]:
    """What was asked, what it costs, or the most that can be had."""
    share = f"{found.share * 100:f}".rstrip("0").rstrip(".") if found.share % 1 else "100"
    total = len(found.scenarios)
    where = f"{total:,} draws (seed {found.seed})"
    if found.corners:
        where = f"the {total:,} combinations of the ends of {', '.join(found.corners)}"
    asked = f"in all of {where}" if found.share == 1 else f"in {share} % of {where}"
    if found.plan is not None:
        yield f"The cheapest plan (least {found.aim} cost) that holds {asked}: {_proved(found.proof)}"
        if found.ordinary is not None:
            yield "  " + _price_words(found.plan, found.ordinary)
    elif found.most is not None:
        best = percent(found.most.met.share)
        yield f"No plan holds {asked}: proved. Of those that meet the central case, the best holds in {best}"
        worst = [f"{limit_words(name)} in {percent(gone.share)}" for name, gone in found.most.missed.items()]
        if worst:
            yield f"  It misses {' and '.join(worst)} of the scenarios"
    else:
        yield "No plan meets the central case, which a robust plan must meet too: proved"


def _proved(proof: Proof) -> str:
    if proof.solver == NO_SOLVER:
        return f"proved by an exhaustive search alone (HiGHS {ended_words(proof)})"
    return "proved by HiGHS and an exhaustive search"


def _price_words(plan: Held, ordinary: Held) -> str:
    more: Fraction = plan.central.cost_usd - ordinary.central.cost_usd
    if plan.choice == ordinary.choice:
        return f"It is the plan of the central case, which holds in {percent(ordinary.met.share)} as it stands"
    dearer = f"{float(more / ordinary.central.cost_usd) * 100:.1f} %"
    return (
        f"Robustness costs {musd(more)} ({dearer}) in the central case: {days(plan.central.days)} in place of"
        f" {days(ordinary.central.days)}, and holds in {percent(plan.met.share)} rather than"
        f" {percent(ordinary.met.share)}"
    )
