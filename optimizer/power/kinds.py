"""The fleets of a case by what the grid must carry over their mean draw; each kind is searched with a site of its own.

Contract, converter and genset are sized by the peak of the fleet: its electrical peak times the PUE of the hottest
hours, over the mean draw at the PUE of the year. The ratio differs by accelerator and by cooling, and it is a
coefficient of the rows; so options of one ratio share their rows and lines, and those of another have theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from optimizer.errors import SolverError
from optimizer.power.fleets import ExactFleets, Fleets
from optimizer.power.proof import Fed, Floor, floor_of
from optimizer.power.search import Kept, Searched, least_usd, search
from optimizer.power.site import PowerSite
from optimizer.units.records import dataclass

SAME = 1e-9
"""How near the ratios of the two sides of the proof must lie, relatively."""


@dataclass(frozen=True, eq=False)
class Kind:
    """Options of one ratio of peak over mean, with the site as it is sized for them and what is kept of it."""

    site: PowerSite
    floats: Fleets
    exact: ExactFleets
    kept: Kept


def kinds_of(
    site: PowerSite, floats: Fleets, exact: ExactFleets, kept_of: Callable[[PowerSite], Kept]
) -> tuple[Kind, ...]:
    """The kinds of a case; the one that costs least before it is fed comes first.

    Args:
        site: what feeds all of them.
        floats: the options as the search sees them.
        exact: the options as the proof sees them.
        kept_of: the supply of a site with what was found of it so far.

    Raises:
        SolverError: the ratio of an option is not the same on both sides.
    """
    found = []
    for ratio, places in exact.by_peak().items():
        if any(abs(floats.peak_ratio[place] / float(ratio) - 1) > SAME for place in places):
            raise SolverError.say("the two sides of the proof do not agree on the peak of a server over its mean draw")
        sized = replace(site, peak_ratio=ratio)
        found.append(Kind(sized, floats.only(places), exact.only(places), kept_of(sized)))
    return tuple(sorted(found, key=lambda kind: least_usd(kind.kept, kind.floats)))


def search_kinds(kinds: Sequence[Kind]) -> tuple[Kind | None, Searched]:
    """The kind of the best choice, and what the searches of all of them found: each begins at the best so far."""
    best: Kind | None = None
    total = Searched(None, float("inf"), float("inf"), 0, 0, 0)
    for kind in kinds:
        found = search(kind.kept, kind.floats, total.cost_usd)
        if found.choice is not None:
            best = kind
        total = Searched(
            choice=found.choice or total.choice,
            cost_usd=found.cost_usd,
            floor_usd=min(total.floor_usd, found.floor_usd),
            pairs=total.pairs + found.pairs,
            rows=total.rows + found.rows,
            runs=total.runs + found.runs,
        )
    return best, total


def floor_of_kinds(kinds: Sequence[Kind], best: Fed | None, own: Kind | None) -> Floor:
    """The bound below every plan of every kind.

    Args:
        kinds: all of them.
        best: the plan; None where none was found.
        own: the kind of the plan.
    """
    usd: Fraction | None = None
    rows = lines = 0
    contradicted = False
    for kind in kinds:
        found = floor_of(kind.kept, kind.exact, best, kind is own)
        if found.usd is not None:
            usd = found.usd if usd is None else min(usd, found.usd)
        rows, lines = rows + found.rows, lines + found.lines
        contradicted |= found.contradicted
    return Floor(usd, rows, lines, contradicted)
