"""Whether the best of a comparison is the best for sure: in how many draws of the uncertain figures each costs
least, and in how many it meets every limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from optimizer.insight.comparison import Compared, Comparison
from optimizer.uncertainty.odds import DRAWS, in_hundred, odds_of
from optimizer.uncertainty.winners import cheapest_counts
from optimizer.units.language import say

CHOICES = frozenset({"country", "use", "avoid", "procurement", "precision"})
"""Fields that a planner chooses between. Where others vary, as a limit does, plans do not represent each other."""
SETTLED = 90
"""Of 100 draws: from here on the best is not in doubt."""
MOST_NAMED = 4
"""Cases that are named with their draws."""
LOW = 50
"""Of 100 draws: a plan that meets every limit in fewer misses one more often than not."""

Counts = Mapping[Compared, int]
"""Case -> so many of :data:`~optimizer.uncertainty.odds.DRAWS` draws; empty if that is unknown."""


class Winners(NamedTuple):
    """What becomes of the plans of a comparison where the uncertain figures are drawn."""

    cheapest: Counts
    """The draws in which a case costs least."""
    met: Counts
    """The draws in which its plan meets every limit."""


def winners(found: Comparison) -> Winners:
    """In how many draws each plan meets its limits; and costs least, where cost is compared and cases are a choice.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    planned = [(row, row.plan, row.ready) for row in found.rows if row.plan is not None and row.ready is not None]
    met = {row: odds.met for row, plan, ready in planned if (odds := odds_of(plan, ready)) is not None}
    if found.objective != "cost" or not CHOICES.issuperset(found.axes) or len(planned) < 2:
        return Winners({}, met)
    counts = cheapest_counts([(plan, ready) for _, plan, ready in planned])
    return Winners({row: count for (row, _, _), count in zip(planned, counts, strict=True)}, met)


def share_of(counts: Counts, row: Compared) -> float | None:
    """The same as a share of the draws; None where it is not known."""
    return counts[row] / DRAWS if row in counts else None


def cell_of(counts: Counts, row: Compared) -> str:
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
    """Whether the best keeps its limits and its place where every uncertain figure is drawn at random."""
    yield from _met_words(found, counts.met, name_of)
    yield from _cheapest_words(found, counts.cheapest, name_of)


def _met_words(found: Comparison, met: Counts, name_of: Callable[[Comparison, Compared], str]) -> Iterator[str]:
    if found.best is None or found.best not in met or (best := in_hundred(met[found.best], DRAWS)) >= LOW:
        return
    surest = max(met, key=lambda row: met[row])
    most = in_hundred(met[surest], DRAWS)
    other = say("; {name} in {count}", name=name_of(found, surest), count=most) if most > best else ""
    yield say(
        "The best plan meets every limit in only {count} of 100 random draws of the uncertain figures{other}. "
        "With --confidence 0.9, plans that meet them in 90 are compared.",
        count=best,
        other=other,
    )


def _cheapest_words(found: Comparison, counts: Counts, name_of: Callable[[Comparison, Compared], str]) -> Iterator[str]:
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
