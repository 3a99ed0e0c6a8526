"""The export rule that lets servers in, in words."""

from __future__ import annotations

from optimizer.plans.outcome import PlanItem
from optimizer.units.language import say


def rule_words(item: PlanItem) -> str:
    """ "LIC_GROUPB_NONE: no licence is needed for ...": the rule's name, and what it says in the data."""
    return say("{route}: {meaning}", route=item.key.route, meaning=item.meaning)
