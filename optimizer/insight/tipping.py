"""At which value of an input of one accelerator the choice of accelerator changes, by solving again; both sides proved.

A price, a rent and an efficiency touch the plans of one accelerator only. If its price or rent rises, each of its plans
costs more and none becomes feasible that was not; if its efficiency rises, each costs less and takes less of every
limit. So its best plan gets worse (better) all along, while the best plan without it stays what it is: whether it is
chosen changes at most once within a range, and bisection finds where, to a stated tolerance. Every step is settled by
the exhaustive search in exact arithmetic, and the plans on both sides are proved like any plan.

A tariff or a duty touches all plans at once, so the choice may come and go: these are not asked here. What a limit
makes of the choice is the trade-off curve of :mod:`optimizer.insight.frontier`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.changed import Cell, changed, efficiency_cells, multiplied, price_cell, rent_cell
from optimizer.domain import Case
from optimizer.errors import UndecidedError, UsageError
from optimizer.insight.frontier import single_kind
from optimizer.outcome import Outcome, Plan
from optimizer.planner import plan, prepare
from optimizer.search import search
from optimizer.setting import Setting, settle
from optimizer.units import fraction


@dataclass(frozen=True)
class Input:
    """An input of one accelerator whose value is sought."""

    kind: str
    """price, rent or mfu."""
    unit: str
    rising_helps: bool
    """Whether a higher value makes the accelerator better rather than worse."""
    tolerance: Decimal


INPUTS = {
    given.kind: given
    for given in (
        Input("price", "USD for one", False, Decimal(1)),
        Input("rent", "USD an hour for one", False, Decimal("0.001")),
        Input("mfu", "times its MFU", True, Decimal("0.0001")),
    )
}
"""What may be sought, with the tolerance to which it is by default."""


@dataclass(frozen=True, eq=False)
class Side:
    """A value of the input and the proved answer there."""

    value: Decimal
    outcome: Outcome

    @property
    def accelerator(self) -> str | None:
        """The accelerator chosen; None where there is no plan."""
        return self.outcome.items[0].key.accelerator if isinstance(self.outcome, Plan) else None


@dataclass(frozen=True, eq=False)
class Tipping:
    """Where the choice changes within a range; if it does not, the two sides are the ends of the range."""

    setting: Setting
    accelerator: str
    input: Input
    held: Decimal | None
    """The value in the data: of an MFU 1, as it is sought in times its own."""
    tolerance: Decimal
    low: Side
    high: Side
    tips: bool
    """Whether the choice changes between the two sides, which then lie one tolerance apart."""


def tipping(
    case: Case, catalogue: Catalogue, what: str, start: Decimal, stop: Decimal, tolerance: Decimal | None = None
) -> Tipping:
    """The one value within a range at which the choice of accelerator changes.

    Args:
        what: ``price:h100`` (USD), ``rent:h100`` (USD an hour) or ``mfu:h100`` (times its MFU in every precision).
        start: least value of the range, above 0.
        stop: greatest value of the range.
        tolerance: how far apart the two sides may lie; by default that of :data:`INPUTS`.

    Raises:
        UsageError: no such input, an empty range, a tolerance that is not above 0, an MFU above 1, or a mix.
        DataError: the case, the accelerator or the data cannot be used.
        UndecidedError: a side could not be confirmed.
    """
    kind, _, name = what.partition(":")
    if kind not in INPUTS or not name:
        raise UsageError(f'"{what}" is no input: write one of {", ".join(f"{k}:h100" for k in INPUTS)}')
    given = INPUTS[kind]
    within = given.tolerance if tolerance is None else tolerance
    if not 0 < start < stop:
        raise UsageError("the range must go from a value above 0 to a greater one")
    if within <= 0:
        raise UsageError("the tolerance must be above 0")
    setting = settle(case, catalogue)
    single_kind(setting)
    accelerator = catalogue.find("accelerator", name, "accelerator")
    if kind == "mfu":
        _check_mfu(setting, accelerator, stop)
    held = held_in_data(setting, given, accelerator)

    def known(value: Decimal) -> Catalogue:
        return _changed(catalogue, setting, given, accelerator, value)

    def chosen(value: Decimal) -> bool:
        ready = prepare(case, known(value))
        found = search(ready.problem, ready.setting.case.objective or "cost")
        return found is not None and ready.problem.options[found.option].key.accelerator == accelerator

    low, high = start, stop
    tips = chosen(low) != chosen(high)
    if tips:
        low, high = _bisected(chosen, low, high, within)
    sides = [Side(value, plan(case, known(value))) for value in (low, high)]
    if [side.accelerator == accelerator for side in sides] != [chosen(low), chosen(high)]:
        raise UndecidedError("a side of the tipping point could not be confirmed", {"case": case.given()})
    return Tipping(setting, accelerator, given, held, within, sides[0], sides[1], tips)


def _bisected(
    chosen: Callable[[Decimal], bool], low: Decimal, high: Decimal, within: Decimal
) -> tuple[Decimal, Decimal]:
    """Two values at most ``within`` apart, on whole tolerances from ``low``, of which one is chosen and one is not."""
    start, first = low, chosen(low)
    below, above = 0, math.ceil(fraction(high - start) / fraction(within))
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if chosen(start + middle * within) == first else (below, middle)
    return start + below * within, min(start + above * within, high)


def held_in_data(setting: Setting, given: Input, accelerator: str) -> Decimal | None:
    """The value in the data under the assumptions of a case; of an MFU 1. None if there is none."""
    catalogue = setting.catalogue
    row = catalogue.accelerators[accelerator]
    if given.kind == "price":
        override = catalogue.overrides.get((setting.assumptions.id, accelerator))
        return override.unit_price_usd if override else row.unit_price_usd
    return row.rent_usd_per_hour if given.kind == "rent" else Decimal(1)


def _check_mfu(setting: Setting, accelerator: str, stop: Decimal) -> None:
    """Refuse a range that would take an MFU above 1.

    Raises:
        UsageError: it would, or none is known.
    """
    at = (setting.assumptions.id, accelerator)
    most = max((row.mfu for key, row in setting.catalogue.efficiencies.items() if key[:2] == at), default=None)
    if most is None:
        raise UsageError(f"mfu:{accelerator}: {setting.assumptions.id} knows no MFU of it")
    if most * stop > 1:
        remedy = f"end the range at {1 / most:.4f} or less"
        raise UsageError(f"mfu:{accelerator}: {stop} times its MFU of {most} is above 1; {remedy}")


def _changed(catalogue: Catalogue, setting: Setting, given: Input, accelerator: str, value: Decimal) -> Catalogue:
    """The catalogue with another value; nothing kept of any case; plans bear the change in their stamp."""
    values: dict[Cell, Decimal]
    if given.kind == "price":
        values = {price_cell(setting, accelerator): value}
    elif given.kind == "rent":
        values = {rent_cell(accelerator): value}
    else:
        cells = efficiency_cells(setting, accelerator, "mfu")
        values = multiplied(setting.case, catalogue, cells, value)
    return changed(setting.case, catalogue, values, f"{given.kind}:{accelerator}={value:f}")[1]
