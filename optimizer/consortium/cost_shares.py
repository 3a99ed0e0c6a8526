"""Who pays what, by several rules side by side: the plan depends on none, and which is fair is not ours to say."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.consortium.plan import Joint, JointPlan
from optimizer.exact import ZERO
from optimizer.units import fraction
from optimizer.units.records import dataclass

SHARE_RULES = ("host", "equal", "alone", "agreed")
"""The rules: by what is spent at each site, equal shares, in proportion to what each would pay alone, shares agreed."""


@dataclass(frozen=True)
class Bill:
    """What one site pays by every rule that can be applied, USD; the bills of a rule add up to the cost."""

    name: str
    pays_usd: Mapping[str, Fraction]
    alone_usd: Fraction | None
    """What it would cost the site to train the model by itself; None if it cannot."""


def bills(found: Joint, plan: JointPlan) -> tuple[Bill, ...]:
    """What every site of a consortium pays for a plan."""
    cost, count = plan.cost_usd, len(found.alone)
    spent = {site.place.name: site.cost_usd for site in plan.sites}
    lead = found.settled.places[0].name
    alone = {one.place.name: None if one.plan is None else one.plan.cost_usd for one in found.alone}
    each = found.each_usd
    made = []
    for place in found.settled.places:
        name, share = place.name, place.member.share
        pays = {"host": spent.get(name, ZERO) + (plan.team_usd if name == lead else ZERO), "equal": cost / count}
        by_itself = alone[name]
        if each and by_itself is not None:
            pays["alone"] = cost * by_itself / each
        if share is not None:
            pays["agreed"] = cost * fraction(share)
        made.append(Bill(name, pays, by_itself))
    return tuple(made)
