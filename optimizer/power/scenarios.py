"""The same run in other years: begun in each month, in a dark year, with longer outages; and a plan that holds in all.

More sun and more grid never hurt a plan, as what is not needed is spilled. So where one scenario has the least of both,
the plan that is best there can be carried out in all others, and no plan that holds in all costs less in it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.power.choices import Choices, Entry, Report, an_hour_more, sun_of_years
from optimizer.power.columns import FLEET, MIDNIGHT
from optimizer.power.costs import work_done
from optimizer.power.plan import PowerPlan, solved
from optimizer.power.search import Kept, whole_power_of_two
from optimizer.power.site import MONTHS, PowerSite
from optimizer.units.records import dataclass


def months(case: Case, catalogue: Catalogue, report: Report) -> Choices:
    """The best plan of a run that begins in each month of the year.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready, best = solved(case, catalogue)
    entries = []
    for month in range(1, MONTHS + 1):
        report(f"month {month}")
        _, found = solved(case.changed(start_month=month), catalogue)
        entries.append(Entry("start_month", Decimal(month), found))
    return Choices("months", ready, best, tuple(entries))


@dataclass(frozen=True, eq=False)
class Doubtful:
    """Scenarios of sun and outages: the best plan of each, and what the plan of a mean year does in them."""

    choices: Choices
    """Its entries are the scenarios, the hardest of all last."""
    work_shares: tuple[float, ...]
    """Of each scenario, the share of its work that the plan of a mean year does there in its days, at most 1."""

    @property
    def robust(self) -> PowerPlan | None:
        """The cheapest plan that can be carried out in every scenario: that of the hardest."""
        return self.choices.entries[-1].plan


def dark_years(case: Case, catalogue: Catalogue, report: Report) -> Doubtful:
    """A dark year, an hour of outage more, and both at once.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready, best = solved(case, catalogue)
    changes: list[tuple[str, dict[str, Any]]] = [("mean_year", {})]
    sun = next((figure for figure in ready.site.figures if figure.name == "solar yield"), None)
    span = sun_of_years(ready)
    if sun is not None and span is not None:
        dark = (Decimal(sun.value) * span[0]).quantize(Decimal("0.0001"))
        changes.append(("dark_year", {"pv_yield": dark}))
    if ready.feed.outage:
        longer = tuple(map(an_hour_more, ready.feed.outage))
        changes.append(("longer_outages", {"outage": longer}))
    if len(changes) > 2:
        changes.append(("both", {**changes[1][1], **changes[2][1]}))
    entries, shares = [], []
    for name, change in changes:
        report(name)
        there, found = solved(case.changed(**change), catalogue)
        entries.append(Entry(name, None, found))
        shares.append(work_share(best, there.site) if isinstance(best, PowerPlan) else 0.0)
    return Doubtful(Choices("dark_years", ready, best, tuple(entries)), tuple(shares))


def work_share(plan: PowerPlan, site: PowerSite) -> float:
    """The share of its work that a plan does in its days at another site, with what it has built: at most 1."""
    fleet = float(plan.item.servers * plan.item_kw)
    site = replace(site, peak_ratio=plan.site.peak_ratio)
    kept = Kept.of(site, whole_power_of_two(fleet))
    supply, columns = kept.supply, kept.supply.columns
    lower, upper = np.zeros(columns.count), supply.upper.copy()
    for name, size in plan.fed.dispatch.capacities.items():
        place = columns.capacity(name)
        lower[place] = upper[place] = min(float(size), float(supply.upper[place]))
    upper[FLEET] = fleet
    if not plan.fed.dispatch.capacities["battery"]:
        upper[MIDNIGHT] = 0.0
    most = kept.warm.minimise(-supply.work, supply.right(plan.days, 0.0), lower, upper)
    return 0.0 if most is None else min(1.0, -most.objective / float(work_done(plan.site, plan.fed.dispatch)))
