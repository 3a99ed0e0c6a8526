"""Whether the best of a comparison is the best for sure: in how many draws of the uncertain figures each costs
least."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from optimizer.insight.comparison import Compared, Comparison
from optimizer.uncertainty.odds import DRAWS, in_hundred
from optimizer.uncertainty.winners import cheapest_counts
from optimizer.units.language import say

CHOICES = frozenset({"country", "use", "avoid", "procurement", "precision"})
"""Fields that a planner chooses between. Where others vary, as a limit does, plans do not represent each other."""
SETTLED = 90
"""Of 100 draws: from here on the best is not in doubt."""
MOST_NAMED = 4
"""Cases that are named with their draws."""

Winners = Mapping[Compared, int]
"""Case -> the draws in which it costs least, of :data:`~optimizer.uncertainty.odds.DRAWS`; empty if that is unknown."""


def winners(found: Comparison) -> Winners:
    """In how many draws each case with a plan costs least, where cost is compared and the cases are a choice.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    planned = [(row, row.plan, row.ready) for row in found.rows if row.plan is not None and row.ready is not None]
    if found.objective != "cost" or not CHOICES.issuperset(found.axes) or len(planned) < 2:
        return {}
    counts = cheapest_counts([(plan, ready) for _, plan, ready in planned])
    return {row: count for (row, _, _), count in zip(planned, counts, strict=True)}


def share_of(counts: Winners, row: Compared) -> float | None:
    """The share of the draws in which a case costs least; None where it is not known."""
    return counts[row] / DRAWS if row in counts else None


def cell_of(counts: Winners, row: Compared) -> str:
    """ "23 of 100", as a cell of the table; a share that rounds to none is not raised, so that the column adds up."""
    if row not in counts:
        return ""
    if counts[row] and not _rounded(counts[row]):
        return say("under 1 of 100")
    return say("{count} of 100", count=in_hundred(counts[row], DRAWS))


def _rounded(count: int) -> int:
    """So many draws as a number of a hundred, to the nearest."""
    return round(100 * count / DRAWS)


def winners_words(found: Comparison, counts: Winners, name_of: Callable[[Comparison, Compared], str]) -> Iterator[str]:
    """Whether the order stands where every uncertain figure is drawn at random."""
    if found.best not in counts:
        return
    ranked = sorted(counts, key=lambda row: -counts[row])  # stable: equal counts stay in the order of the ranking
    first = ranked[0]
    if in_hundred(counts[first], DRAWS) >= SETTLED:
        yield say(
            "In {count} of 100 random draws of the uncertain figures, {name} costs least.",
            count=in_hundred(counts[first], DRAWS),
            name=name_of(found, first),
        )
        return
    named = [
        say("{name} in {count}", name=name_of(found, row), count=in_hundred(counts[row], DRAWS))
        for row in ranked[:MOST_NAMED]
        if _rounded(counts[row])
    ]
    yield say(
        "Which one costs least is not certain. In 100 random draws of the uncertain figures: {named}.",
        named=", ".join(named),
    )
