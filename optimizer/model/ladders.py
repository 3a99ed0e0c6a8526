"""What a robust plan chooses from: the numbers of servers of each option, and the scenarios that each of them meets.

Apart from the model that is stated over them (:mod:`optimizer.model.robust`), so that who only counts needs no Pyomo.
"""

from __future__ import annotations

from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Group:
    """Scenarios that one option meets on the same levels."""

    first: int
    last: int
    scenarios: int


@dataclass(frozen=True)
class Ladder:
    """The numbers of servers of one option that are worth choosing."""

    servers: tuple[int, ...]
    cost_usd: tuple[float, ...]
    groups: tuple[Group, ...]
