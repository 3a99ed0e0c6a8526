"""How many posts a run takes where the case does not say: the row of staff.csv that speaks of it."""

from __future__ import annotations

from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.domain import StaffRule


def staff_rule(catalogue: Catalogue, assumptions: str, way: str, active_b: Decimal) -> tuple[int, StaffRule] | None:
    """The row of an assumption set that speaks of a way to train and a number of active parameters (1e9), with its
    place in the list of the set; None where no row does. One that names the way goes before one for any, in whatever
    order they stand."""
    rows = enumerate(catalogue.staff.get(assumptions, ()))
    found = [(place, row) for place, row in rows if row.speaks_of(way, active_b)]
    return min(found, key=lambda one: way not in one[1].ways, default=None)
