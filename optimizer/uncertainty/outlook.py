"""What a reader sees of the doubts about a plan: its odds, and what it would take to be surer."""

from __future__ import annotations

import math

from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare
from optimizer.uncertainty.chance_constrained import Surest, most_often, surest
from optimizer.uncertainty.odds import DRAWS, SEED, USUAL, Odds, odds_of
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Outlook:
    """A plan, its odds, and a surer one where it is not sure enough."""

    plan: Plan
    odds: Odds | None
    """None where no figure of the plan is uncertain."""
    surer: Surest | None = None
    """The cheapest plan that meets every limit in that share; None where the plan itself does, or none does."""
    most: Surest | None = None
    """Where none does: the plan that meets every limit in the most draws."""


def outlook_of(plan: Plan, ready: Prepared | None = None) -> Outlook:
    """The odds of a plan and, of a cheapest plan that is not sure enough, a surer one.

    The surer plan is that of the search alone; ``optimizer plan --confidence`` proves it a second time.

    Args:
        ready: the case of the plan, where it was prepared already.
    """
    setting = plan.setting
    ready = ready or prepare(setting.asked, setting.catalogue)
    odds = odds_of(plan, ready)
    needed = math.ceil(USUAL * DRAWS)
    if odds is None or odds.met >= needed or len(plan.items) > 1 or setting.case.objective not in (None, "cost"):
        return Outlook(plan, odds)
    sample = Sample(uncertain_inputs(setting, tuple(option.key for option in ready.table.options)), DRAWS, SEED)
    found = surest(ready, sample, needed)
    return Outlook(plan, odds, found, None if found else most_often(ready, sample))
