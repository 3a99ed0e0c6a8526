"""What the plan of a consortium rests on and asks for: the law at every site, figures and estimates, real runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.answers.words import (
    buyer_words,
    experience_words,
    figure_words,
    law_words,
    substation_words,
    threshold_words,
)
from optimizer.case.setting import Figure
from optimizer.consortium.plan import JointPlan
from optimizer.insight.provenance import inputs
from optimizer.insight.real_runs import experience
from optimizer.law.thresholds import passed

_EACH = ("owned", "supply", "max_mw", "max_tpp", "max_accelerators", "site_setup_usd")
"""What sites have so much of each; a reader may take it for that of all."""
_OF_THE_TEAM = "engineer_usd_per_year"


def joint_law(plan: JointPlan) -> list[str]:
    """Which export rule lets each kind of server in at each site, and what depends on the buyer, each once."""
    told: list[str] = []
    for site in plan.sites:
        fleet = plan.fleet_at(site)
        told += [*(law_words(fleet, item) for item in fleet.items), *buyer_words(fleet)]
    return list(dict.fromkeys(told))


def joint_thresholds(plan: JointPlan) -> list[str]:
    """The thresholds of training compute that the run passes: they are of the run, whatever its sites."""
    return [threshold_words(threshold) for threshold in passed(plan.settled.lead)]


def joint_beside(plan: JointPlan) -> Iterator[str]:
    """What would mislead if it were left out."""
    asked = plan.settled.asked
    each = [name for name in _EACH if getattr(asked.run, name)]
    holders = [m for m in asked.members if not set(each) <= m.case.model_fields_set]
    if each and len(holders) > 1:
        yield f"stated for the run, each of the sites has it for itself, not all together: {', '.join(each)}"
    taken = [place for place in plan.settled.places if any(a.field == "country" for a in place.setting.assumed)]
    if taken:
        names = ", ".join(place.name for place in taken)
        yield f"no country was stated for {names}: {taken[0].setting.country.name} is taken"
    if len({item.key.accelerator for item in plan.fleet.items}) > 1:
        yield "unlike accelerators are reckoned to share one run without loss; real ones wait for the slowest"
    for site in plan.sites:
        yield from substation_words(plan.fleet_at(site))
    if (runs := experience(plan.fleet)) is not None:
        yield experience_words(runs)
    if any(item.key.procurement == "rent" for item in plan.fleet.items):
        yield "a listed rent is no proof of stock: ask for an offer of that many accelerators for those days"


def joint_figures(plan: JointPlan) -> list[Figure]:
    """The figures behind a plan, each once: where sites do not share one, it bears the name of the site."""
    of_sites = {site.place.name: {figure.name: figure for figure in inputs(plan.fleet_at(site))} for site in plan.sites}
    lead = plan.settled.places[0].name
    if plan.team_usd:  # paid at the wages of the leading site, used or not
        of_sites.setdefault(lead, {})[_OF_THE_TEAM] = plan.settled.lead.figures[_OF_THE_TEAM]
    found: list[Figure] = []
    for name in dict.fromkeys(name for figures in of_sites.values() for name in figures):
        held = {site: figures[name] for site, figures in of_sites.items() if name in figures}
        first, *others = held.values()
        if all(other == first for other in others):
            found.append(first)
        else:
            found += [replace(figure, name=f"{site}: {name}") for site, figure in held.items()]
    return found


def joint_estimates(plan: JointPlan) -> list[str]:
    """The estimates among them, in words."""
    return [f"{figure.name} = {figure_words(figure)}" for figure in joint_figures(plan) if figure.is_estimate]
