"""What is said of a plan of several kinds of server."""

from __future__ import annotations

from optimizer.domain import Case
from optimizer.plans.outcome import Fleet
from optimizer.units.language import and_words, say

LITTLE = 50
"""A kind of server that does less than this part of the work is hardly worth a tender."""


def of_one_kind(case: Case, words: str) -> str:
    """The same words; where the case allows a mix, with the note that only one kind of server was looked at."""
    return words if (case.mix or 1) == 1 else say("with one kind of server, {words}", words=words)


def unlike_words(plan: Fleet, fewest: int = 1) -> list[str]:
    """That unlike accelerators are taken to share a run without loss, where a plan has such; and which do little.

    Args:
        fewest: kinds that a plan of this sort may be asked to have at most.
    """
    if len({item.key.accelerator for item in plan.items}) < 2:
        return []
    reported = [
        say("we assume no loss from mixing accelerator types; in practice the faster ones wait for the slowest")
    ]
    work = [item.pflops * item.server_days / item.servers for item in plan.items]
    little = [item for item, done in zip(plan.items, work, strict=True) if done * LITTLE < sum(work)]
    kinds = len(plan.items) - len(little)
    if little and kinds >= fewest:
        names = and_words(
            say(
                "{accelerators:,} {name}",
                accelerators=item.accelerators,
                name=plan.setting.catalogue.accelerators[item.key.accelerator].name,
            )
            for item in little
        )
        reported.append(
            say(
                "{names}: each does less than 2 % of the work and needs a tender of its own; --mix {kinds} "
                "finds a plan without such small additions",
                names=names,
                kinds=kinds,
            )
        )
    return reported
