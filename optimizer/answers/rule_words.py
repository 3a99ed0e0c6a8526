"""The export rule that lets servers in, in words."""

from __future__ import annotations

from optimizer.plans.outcome import PlanItem


def rule_words(item: PlanItem) -> str:
    """ "LIC_GROUPB_NONE: no licence is needed for ...": the rule's name, and what it says in the data."""
    return f"{item.key.route}: {item.meaning}"
