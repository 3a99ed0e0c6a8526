"""On what terms servers are had, in words: what is counted with them, what holds for them alone."""

from __future__ import annotations

from optimizer.answers.numbers import up
from optimizer.plans.outcome import Plan
from optimizer.units.language import say


def spare_words(plan: Plan) -> list[str]:
    """That a limit on devices or their performance counts the spares, too, where there is one."""
    counted = [use.limit for use in plan.limits if use.limit.kind in ("tpp", "accelerators", "supply", "law")]
    spares = sum(item.spares for item in plan.items)
    if not counted or not spares:
        return []
    return [
        say(
            "limits on accelerators and on TPP count the {spares:,} spares bought with these servers, too",
            spares=up(spares, 0),
        )
    ]
