"""(n) What answers rest on: over 81 cases, who wins, at whose price, how far the cost lies from the middle draw.

Nine countries, three grid limits, three deadlines, the model that a case takes by default. Of each plan: whether every
rent is somebody's offer there and no lower than 0.95 of the lowest one, and the cost over the median of 2,000 draws.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from statistics import median

from optimizer import Case, Plan
from optimizer.case.grades import weakest
from optimizer.case.rents import rent_of
from optimizer.catalogue import Catalogue
from optimizer.insight.firmness import item_grades
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.uncertainty.odds import odds_of

from .measuring import Scale, Section, Target, table
from .odds import GRID, NEAR, NEAR_TARGET

LOWEST = Decimal("0.95")


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The whole grid; with ``--quick`` the first cases of it."""
    wins: Counter[str] = Counter()
    providers: Counter[str] = Counter()
    ratios: list[float] = []
    below: list[str] = []
    held: list[int] = []
    cases = GRID[: scale.cases] if scale.quick else GRID
    for country, max_mw, days in cases:
        ready = prepare(Case(country=country, max_mw=max_mw, deadline_days=days), catalogue)
        found = solve_prepared(ready)
        if not isinstance(found, Plan):
            wins["no plan"] += 1
            continue
        (item,) = found.items
        wins[f"{item.key.procurement} {item.key.accelerator} ({weakest(item_grades(found, item))})"] += 1
        if item.key.procurement == "rent":
            rent = rent_of(found.setting, item.key.accelerator, item.key.terms)
            there = [
                offer.usd_per_hour
                for offer in catalogue.offers
                if (offer.country, offer.accelerator) == (country, item.key.accelerator)
                and offer.terms not in ("spot", "marketplace")
            ]
            if rent is None or rent.offer is None or rent.usd_per_hour < LOWEST * min(there):
                below.append(f"{country} {max_mw} MW {days} d")
            else:
                providers[f"rented from {rent.offer.provider}, {country}"] += 1
        if (odds := odds_of(found, ready)) is not None:
            ratios.append(float(found.cost_usd) / odds.p50_usd)
            held.append(odds.in_hundred)
    near = sum(abs(ratio - 1) <= NEAR for ratio in ratios)
    told = Section(f"evidence: what {len(cases)} answers rest on")
    told.tables.append(table("who wins (weakest grade)", ("what", "cases"), wins.most_common()))
    told.tables.append(table("at whose price", ("provider", "cases"), providers.most_common()))
    told.notes.append(
        f"cost over the median of its draws: median {median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}; "
        f"every limit met in a median of {median(held):.0f} of 100 draws"
    )
    told.notes += [f"rented below {LOWEST} of the lowest offer, or of nobody: {case}" for case in below]
    told.targets.append(Target(f"rents below {LOWEST} of the lowest offer", len(below), 0, at_least=False))
    target = NEAR_TARGET * len(cases) // len(GRID)
    told.targets.append(Target(f"of {len(cases)} cases within {NEAR:.0%} of the median", near, target))
    return told
