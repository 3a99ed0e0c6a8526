"""Why a plan is as it is, or why there is none, as a readable card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimizer.answers.numbers import up
from optimizer.answers.old_plan import section
from optimizer.answers.words import capital, concession_words, heading, joint_words, plan_words, proof_words, stamp
from optimizer.answers.worth import change_words, cost_words, leads_to, row_words, saving_words, standing_words
from optimizer.insight.explain import Explanation, Worth
from optimizer.insight.limits.needs import CAUSES
from optimizer.insight.limits.pairs import Joint
from optimizer.insight.neighbours import limit_words
from optimizer.insight.why_not import By, Excluded, WhyNot

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

OUT_BY: dict[By, str] = {
    "law": "Out by the law",
    "case": "Out by what the case asks",
    "data": "Out for want of an offer or a figure",
    "limits": "Lawful and known, but over the limits",
}


def print_explanation(found: Explanation | WhyNot, console: Console) -> None:
    """Print why a plan is as it is, or why there is none."""
    from rich.table import Table

    from optimizer.render.text import print_table

    for part in _plan(found) if isinstance(found, Explanation) else _no_plan(found):
        print_table(console, part) if isinstance(part, Table) else console.print(part)


def _plan(found: Explanation) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    case = found.setting.case
    yield Text(f"Why this plan · {heading(found.setting)}", style="bold")
    yield ""
    yield Padding(Text(capital(plan_words(found.outcome)), style="bold green"), (0, 0, 0, 2))
    yield ""
    binding = [standing_words(one, case) for one in found.standings if one.binds]
    slack = [standing_words(one, case) for one in found.standings if not one.binds]
    yield from section("What binds", binding or [_nothing_binds(found)])
    yield from section("What does not", slack)
    if found.together is not None:
        yield from section("The price of all limits", [row_words(found.together, case)])
    yield _table("What more of each is worth, alone", found, found.worth)
    yield ""
    yield from section("Licences", [row_words(row, case) for row in found.licences])
    yield from section("Under other rules", [row_words(row, case) for row in found.rules])
    each = "each line was planned anew and proved like the plan itself; no shadow price is used"
    yield from section("Proof", [proof_words(found.outcome), each, stamp(found.setting)])


def _nothing_binds(found: Explanation) -> str:
    told = "no limit alone: without any one of them the plan is the best all the same"
    together = found.together is not None and found.together.saving
    return f"{told}, but together they do" if together else told


def _table(title: str, found: Explanation, rows: tuple[Worth, ...]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=True, title_style="bold")
    table.add_column("limit raised to")
    table.add_column("saves", no_wrap=True)
    table.add_column("cost", justify="right", no_wrap=True)
    table.add_column("leads to")
    for row in rows:
        saved = saving_words(row, found.setting.case)
        table.add_row(change_words(row), saved, cost_words(row), "" if row.same else leads_to(row))
    return table


def _no_plan(found: WhyNot) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    case, outcome = found.setting.case, found.outcome
    mixed = (case.mix or 1) > 1
    yield Text(f"Why there is no plan · {heading(found.setting)}", style="bold")
    yield ""
    yield Text(f"  {capital(CAUSES[outcome.cause])}: proved.", style="bold red")
    yield Padding(Text(f"{capital(fault_words(found))}."), (0, 0, 0, 2))
    yield ""
    lines = [f"{concession_words(given)} → {plan_words(given.plan)}" for given in found.concessions]
    yield from section("Any one of these alone would do (all else as asked)", lines)
    which = "this pair would, the least that does" if mixed else "any of these pairs would, the least first"
    yield from section(f"No single limit would do; {which}", map(_joint, found.pairs))
    if found.together is not None:
        title = "No two limits would do; these together would, the largest share as small as can be"
        yield from section(title, [_joint(found.together)])
    elif outcome.cause in ("limits", "compute_cap") and not (found.concessions or found.pairs):
        yield from section("What would do", [_nothing_less(found)])
    yield from section("Under other rules", [row_words(row, case) for row in found.rules])
    for by, title in OUT_BY.items():
        yield from section(title, [excluded_words(group) for group in found.excluded if group.by == by])
    yield from section("Proof", [proof_words(outcome), stamp(found.setting)])


def _joint(joint: Joint) -> str:
    return f"{joint_words(joint)} (at most {up(joint.worst, 3)} times) → {plan_words(joint.plan)}"


def _nothing_less(found: WhyNot) -> str:
    if (found.setting.case.mix or 1) > 1:
        order = found.setting.case.deadline_from == "order"
        left_out = ", the deadline left out, which counts from the order" if order else ""
        return f"no single limit alone, and no pair of them within a thousand times what is asked{left_out}"
    return "no single limit alone, and not all of them together"


def excluded_words(group: Excluded) -> str:
    """Who is out, and why."""
    return f"{', '.join(group.who)}: {group.reason}"


def fault_words(found: WhyNot) -> str:
    """Whether the law, the data or the limits are in the way, and whether another law would help."""
    helped = [row.name for row in found.rules if row.plan is not None]
    other = f"under {' or '.join(helped)} there would be a plan" if helped else "no other rule set would give a plan"
    if found.outcome.cause == "law":
        return f"the law is in the way, not power, time or money: {other}"
    if found.outcome.cause == "data":
        return f"what is in the way is what can be had, not power, time or money: {other}"
    if found.outcome.cause == "compute_cap":
        asked, cap = float(found.setting.training_flop), float(found.setting.case.max_training_flop or 0)
        return f"the cap on training compute is in the way: {asked:.4g} FLOP against {cap:.4g}; {other}"
    lawful = len({who.partition(" ")[0] for group in found.excluded if group.by == "limits" for who in group.who})
    kinds = "accelerator" if lawful == 1 else "accelerators"
    lead = "the limits are in the way" if helped else "the limits are in the way, not the law"
    return f"{lead}: {_limits_in_the_way(found)}{lawful} {kinds} could lawfully be had, none within them; {other}"


def _limits_in_the_way(found: WhyNot) -> str:
    """Which limits would have to give, by name."""
    single = [limit_words(given.limit) for given in found.concessions]
    if single:
        return f"{' or '.join(single)} would have to give; "
    if found.pairs:
        least = " and ".join(limit_words(part.limit) for part in found.pairs[0].parts)
        return f"two would have to give, least {least}; "
    return "no one of them alone; "
