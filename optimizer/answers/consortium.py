"""A consortium's answer as a readable card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.answers.consortium_basis import joint_beside, joint_estimates, joint_law, joint_thresholds
from optimizer.answers.numbers import musd, share_percent, up, usd
from optimizer.answers.old_plan import cost_table, section
from optimizer.answers.words import less, stamp
from optimizer.answers.words import BASES, VERBS, days
from optimizer.consortium.cost_shares import RULES, bills
from optimizer.consortium.plan import Alone, Joint, JointPlan, SiteUse
from optimizer.consortium.solve import TIES_LEFT
from optimizer.domain import Distribution
from optimizer.insight.limits.needs import CAUSES
from optimizer.plans.outcome import LimitUse, Proof
from optimizer.solve.planner import NO_SOLVER

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_RULE_TITLES = {"host": "what is spent there", "equal": "equal", "alone": "as alone", "agreed": "as agreed"}


def print_consortium(found: Joint, console: Console) -> None:
    """Print the plan, who does what, what it would be without sharing, and who pays what."""
    from rich.table import Table

    from optimizer.render.text import print_table

    for part in _card(found):
        print_table(console, part) if isinstance(part, Table) else console.print(part)


def messages(found: Joint) -> tuple[str, ...]:
    """What the reader must know: whether sharing pays, what the law asks, and what it rests on."""
    plan = found.best
    law = () if plan is None else (*joint_law(plan), *joint_thresholds(plan))
    beside = () if plan is None else joint_beside(plan)
    return (*_verdict(found), *law, *_counted(found), *beside)


def _card(found: Joint) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    plan, setting = found.best, found.settled.lead
    sites = f"{len(found.alone)} site{'s' * (len(found.alone) != 1)}"
    yield Text(
        f"Consortium · {sites} · {setting.workload.name} · {float(setting.training_flop):.3g} FLOP", style="bold"
    )
    yield ""
    if plan is None:
        yield Text("  No plan, neither at one site nor together: proved.", style="bold red")
        yield ""
        yield from section("Each by itself", map(_alone_words, found.alone))
        yield from section("Proof", [*_proofs(found), stamp(setting)])
        return
    lead = f", after {days(plan.lead_days)} of delivery and licence" if plan.lead_days else ""
    yield Padding(Text(f"{joint_words(plan)}{lead}", style="bold green"), (0, 0, 0, 2))
    basis = BASES[setting.case.basis or "upfront"]
    yield f"  {usd(plan.cost_usd)} in all, {basis}"
    yield (
        f"  peak {up(plan.peak_mw, 3)} MW · {float(plan.energy_gwh):.3g} GWh · {float(plan.carbon_t):,.0f} tCO2e"
        f" · {plan.accelerators:,} accelerators"
    )
    yield ""
    yield from section("Does sharing pay?", _verdict(found))
    yield _sites_table(plan)
    yield ""
    yield from section("Each by itself, without sharing", map(_alone_words, found.alone))
    yield _bills_table(found, plan)
    yield ""
    yield cost_table(plan.cost_terms)
    yield ""
    yield from section("Limits", (_limit_words(use) for use in plan.limits if _tells(use)))
    yield from section("Export control", joint_law(plan))
    yield from section("Training compute", joint_thresholds(plan))
    yield from section("Counted so", [*_counted(found), *joint_beside(plan)])
    yield from section("Estimates among the inputs", joint_estimates(plan))
    yield from section("Proof", [*_proofs(found), stamp(setting)])


def joint_words(plan: JointPlan) -> str:
    """A plan in one clause."""
    if plan.spread is None:
        return f"{plan.sites[0].place.name} by itself for {days(plan.days)}: {_items_words(plan.sites[0])}"
    names = ", ".join(site.place.name for site in plan.sites)
    return f"One run over {len(plan.sites)} sites ({names}) for {days(plan.days)}"


def _items_words(site: SiteUse) -> str:
    catalogue = site.place.setting.catalogue
    told = []
    for joint in site.items:
        item = joint.item
        chip = catalogue.accelerators[item.key.accelerator].name
        servers = f"{item.servers:,} server{'s' * (item.servers != 1)}"
        later = f" from day {joint.start_days} on" if joint.start_days else ""
        verb, precision = VERBS[item.key.procurement], item.key.precision.upper()
        told.append(f"{verb} {item.accelerators:,} {chip} ({servers}) in {precision}{later}")
    return " and ".join(told)


def _sites_table(plan: JointPlan) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=True, title="Who does what", title_justify="left", title_style="bold")
    table.add_column("site", no_wrap=True)
    table.add_column("servers")
    for name in ("work", "peak MW", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for site in plan.sites:
        table.add_row(
            _name(site),
            _items_words(site),
            f"{float(site.work_share):.1%}",
            str(up(site.peak_mw, 3)),
            usd(site.cost_usd),
        )
    if plan.team_usd:
        lead = plan.settled.places[0].name
        table.add_row("team", f"posts at no particular site, at the wages of {lead}", "", "", usd(plan.team_usd))
    return table


def _name(site: SiteUse) -> str:
    country = site.place.setting.country
    return site.place.name if site.place.name.lower() == country.id.lower() else f"{site.place.name} ({country.id})"


def _verdict(found: Joint) -> Iterator[str]:
    """Joint plan, one site for all, each for itself: what sharing saves."""
    shared, one, best = found.shared, found.one_site, found.best
    objective = found.settled.objective
    if shared is None:
        yield "no plan in which two sites or more share the run: proved"
    if one is None:
        yield "no single site can do it within the limits: proved"
    elif shared is not None:
        alone = f"{one.sites[0].place.name} by itself: {musd(one.cost_usd)}, {days(one.days)}"
        together = f"{joint_words(shared)}: {musd(shared.cost_usd)}"
        aim = "" if objective == "cost" else f" by the objective, {objective}"
        if best is one:
            no = "not by the best that was found (see its gap)" if found.shared_proof.kind == "gap" else "no"
            yield f"{no}{aim}: {alone}; the best shared plan: {together}"
        else:
            saved = one.cost_usd - shared.cost_usd
            more = f"{musd(saved)} less" if saved >= 0 else f"{musd(-saved)} more"
            won = one.objective_value - shared.objective_value
            gain = more if objective == "cost" else f"{less(objective, won)}, for {more}"
            yield f"yes{aim}: the best single site, {alone}; together {gain}"
    cannot = ", ".join(alone.place.name for alone in found.alone if alone.plan is None)
    if best is not None and found.each_usd is not None and len(found.alone) > 1:
        saved = found.each_usd - best.cost_usd
        yield f"if each trained the model for itself: {musd(found.each_usd)}; one run for all saves {musd(saved)}"
    elif best is not None and cannot:
        yield f"within its own limits none of these could train it by itself: {cannot}"


def _alone_words(alone: Alone) -> str:
    if alone.plan is None:
        return f"{alone.place.name}: {CAUSES[alone.cause or 'limits']}: proved"
    plan = alone.plan
    return f"{alone.place.name}: {_items_words(plan.sites[0])} for {days(plan.days)}: {musd(plan.cost_usd)}"


def _bills_table(found: Joint, plan: JointPlan) -> RenderableType:
    from rich.table import Table

    made = bills(found, plan)
    rules = [rule for rule in RULES if all(rule in bill.pays_usd for bill in made)]
    table = Table(box=None, pad_edge=True, title="Who pays what", title_justify="left", title_style="bold")
    table.add_column("site", no_wrap=True)
    for rule in rules:
        table.add_column(_RULE_TITLES[rule], justify="right")
    table.add_column("by itself", justify="right")
    for bill in made:
        by_itself = "cannot" if bill.alone_usd is None else musd(bill.alone_usd)
        table.add_row(bill.name, *(musd(bill.pays_usd[rule]) for rule in rules), by_itself)
    return table


def _tells(use: LimitUse) -> bool:
    """Limits that are no ceiling of the market told elsewhere."""
    return use.bound is not None and not use.name.startswith(("hire:", "owned:"))


def _limit_words(use: LimitUse) -> str:
    share = "" if use.share is None else f" ({share_percent(use.share)})"
    bound = "" if use.bound is None else f" of {float(use.bound):,.10g}"
    return f"{use.name.replace('@', ' at ')}: {float(up(use.used, 3)):,.10g}{bound} {use.unit}{share}"


def _counted(found: Joint) -> Iterator[str]:
    """What sharing a run is taken to cost, with its source."""
    plan = found.shared
    if plan is None or plan.spread is None:
        return
    settled = found.settled
    row = settled.distribution(plan.spread)
    own = settled.asked.efficiency
    if own is not None:
        yield f"of the speed {float(own):g} is left where sites share the run (stated)"
    else:
        left = _ranged(row, "efficiency")
        yield f"of the speed {left} is left where sites share the run ({plan.spread}; {row.source})"
    yield (
        "each site that is used holds the whole model and exchanges weights every some hundred steps; a loss of"
        " quality, the line between the sites and its traffic are not counted"
    )
    posts = min(Fraction(row.site_staff_fte), settled.lead.exact("staff_fte"))
    team, lead = settled.lead.figures["staff_fte"].value, settled.places[0].name
    at_site = _ranged(row, "site_staff_fte", posts)
    yield f"{at_site} posts of the team of {team} at each site that is used, the rest at the wages of {lead}"
    yield f"at most {settled.asked.mix} kinds of server over all sites (--mix)"
    setups = sum(1 for place in settled.places if place.setting.case.site_setup_usd)
    if setups < len(settled.places):
        yield f"no site set-up is counted for {len(settled.places) - setups} of the sites (site_setup_usd)"


def _ranged(row: Distribution, name: str, value: Fraction | None = None) -> str:
    told = getattr(row, name) if value is None else value
    span = row.range_of(name)
    words = f"{float(told):g}"
    if span is not None:
        words += f" ({float(span[0]):g} to {float(span[1]):g})"
    return words + (" (estimate)" if row.is_estimate(name) else "")


def _proofs(found: Joint) -> Iterable[str]:
    """Why the plans may be believed."""
    yield f"shared: {_proof_words(found.shared_proof, found.shared is None)}"
    if found.one_site is not None:
        yield f"one site: {_proof_words(found.one_site.proof, False)}"


def _proof_words(proof: Proof, infeasible: bool) -> str:
    what = "infeasible" if infeasible else "optimal"
    exact = "" if infeasible else "; every limit holds exactly, recomputed from the data"
    if proof.kind == "gap":
        left = f"none is more than {proof.gap:.2%} better, by {proof.solver} alone ({proof.solver_status})"
        return f"the best plan found: {left}{exact}"
    if proof.solver == NO_SOLVER:
        return f"{what}: {proof.solver_status}{exact}"
    ties = f"; {TIES_LEFT}" if proof.solver_status.endswith(TIES_LEFT) else ""
    return f"{what}: two runs of {proof.solver} that cannot fail alike agree{exact}{ties}"
