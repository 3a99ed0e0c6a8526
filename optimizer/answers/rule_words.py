"""The export rule that lets servers in, in words."""

from __future__ import annotations

from optimizer.plans.outcome import PlanItem
from optimizer.units.language import say


def rule_words(item: PlanItem) -> str:
    """ "LIC_GROUPB_NONE: no licence is needed for ...": the rule's name, and what it says, in the language spoken."""
    return say("{route}: {meaning}", route=item.key.route, meaning=say(item.meaning))


def rule_text(item: PlanItem) -> str:
    """The same as the data have it, for what is read back and compared with them."""
    return f"{item.key.route}: {item.meaning}"
