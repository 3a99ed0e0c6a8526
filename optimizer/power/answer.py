"""A plan with flags of Power and what is next to it: the other bases, a grid that never fails, rented servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.feed import DEFAULT_SOURCES
from optimizer.plans.outcome import Plan
from optimizer.power.plan import MayBeFed, NotFed, PowerOutcome, PowerPlan, Ready, power_plan, power_ready, settled
from optimizer.power.site import ZERO, AssetName, PowerSite
from optimizer.power.ways import rented_plan
from optimizer.units.records import dataclass

BUILT: tuple[AssetName, ...] = ("pv", "battery", "converter", "genset")
Relief = Literal["no_outage", "genset", "everything", "no_share", "longer"]
"""What alone would let a site be fed: a grid that never fails; a genset; all that can be built; no share or cap on what
the energy is; the longest run that is planned."""


@dataclass(frozen=True, eq=False)
class PowerAnswer(MayBeFed):
    """The outcome of a case with flags of Power, and what is next to it."""

    ready: Ready
    outcome: PowerOutcome
    other_supply_basis: PowerOutcome | None
    """With the whole price of the supply charged to this run, or its share of the life: the one not asked for."""
    other_hardware_basis: PowerOutcome | None
    """With the hardware amortised, or bought upfront: the one not asked for."""
    no_outage: PowerOutcome | None
    """The same choice on a grid that never fails; None where it never does."""
    no_sale: PowerOutcome | None
    """The same choice where nothing is sold; None where nothing is anyway."""
    rented: Plan | None
    """The best plan with rented servers, which run on their owner's supply; None where there is none."""
    reliefs: Mapping[Relief, PowerPlan]

    @property
    def outage_usd(self) -> Fraction | None:
        """What the outages cost this run."""
        if self.plan is None or not isinstance(self.no_outage, PowerPlan):
            return None
        return self.plan.cost_usd - self.no_outage.cost_usd

    @property
    def outage_hour_usd(self) -> Fraction | None:
        """What an hour of outage a day costs this run, in the mean."""
        return None if self.outage_usd is None else self.outage_usd / self.ready.site.outage_hours_a_day


def power_answer(case: Case, catalogue: Catalogue) -> PowerAnswer:
    """Plan a case with flags of Power and calculate what is next to it.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the search and the proof do not agree.
    """
    ready = power_ready(case, catalogue)
    site = ready.site
    outcome = settled(ready, site, "asked")
    there = isinstance(outcome, PowerPlan)
    other = replace(site, basis="whole" if site.basis == "share" else "share")
    hardware = "amortised" if ready.setting.case.basis == "upfront" else "upfront"
    return PowerAnswer(
        ready=ready,
        outcome=outcome,
        other_supply_basis=settled(ready, other, "other basis") if there else None,
        other_hardware_basis=power_plan(case.changed(basis=hardware), catalogue) if there else None,
        no_outage=settled(ready, site.never_shed, "no outage") if there and site.outage_hours_a_day else None,
        no_sale=settled(ready, replace(site, sold_usd_per_kwh=ZERO), "no sale") if there and site.sells else None,
        rented=rented_plan(ready, case, catalogue) if there else None,
        reliefs=dict(_reliefs(ready, case, catalogue)) if isinstance(outcome, NotFed) else {},
    )


def alone(outcome: PowerOutcome) -> PowerAnswer:
    """An outcome with nothing next to it: nothing is solved again."""
    ready = power_ready(outcome.setting.asked, outcome.setting.catalogue)
    return PowerAnswer(ready, outcome, None, None, None, None, None, {})


def _reliefs(ready: Ready, case: Case, catalogue: Catalogue) -> Iterator[tuple[Relief, PowerPlan]]:
    """What alone would do, each proven; none of them is said where it would not."""
    for name, site in _relieved(ready):
        found = settled(ready, site, name)
        if isinstance(found, PowerPlan):
            yield name, found
    for name, changed in _relaxed(ready, case):
        # asked again: what a case leaves out has no price at its site
        other = power_plan(changed, catalogue)
        if isinstance(other, PowerPlan):
            yield name, other


def _relieved(ready: Ready) -> Iterator[tuple[Relief, PowerSite]]:
    """The same site under less."""
    site = ready.site
    if site.outage_hours_a_day:
        yield "no_outage", site.never_shed
    asked = (site.min_renewable, site.max_carbon_kg_per_kwh, site.max_carbon_kg)
    if any(value is not None for value in asked):
        yield "no_share", replace(site, min_renewable=None, max_carbon_kg_per_kwh=None, max_carbon_kg=None)


def _relaxed(ready: Ready, case: Case) -> Iterator[tuple[Relief, Case]]:
    """The case with more that may be built, or more time."""
    site, feed = ready.site, ready.feed
    if not site.assets["genset"].allowed:
        yield "genset", case.changed(feed=feed.model_copy(update={"power": (*feed.sources, "genset")}))
    if any(not site.assets[name].allowed for name in BUILT) and (feed.power or feed.off_grid):
        every = tuple(dict.fromkeys((*feed.sources, *(name for name in DEFAULT_SOURCES if name != "grid"))))
        yield "everything", case.changed(feed=feed.model_copy(update={"power": every}))
    longest = int(ready.setting.figures["max_run_days"].value)
    if (ready.setting.case.deadline_days or longest) < longest:
        yield "longer", case.changed(deadline_days=longest)
