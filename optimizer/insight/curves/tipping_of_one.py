"""At which price, rent or efficiency of one accelerator the choice changes: the core of ``curves.tipping``."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.case.what_if import Cell, cell_value, change_cells, efficiency_cells, price_cell, rent_cell
from optimizer.catalogue import Catalogue
from optimizer.domain import OptionKey
from optimizer.domain.reasons import Reason
from optimizer.errors import DataError, UndecidedError, UsageError
from optimizer.exact import exact_option
from optimizer.exact.search import search
from optimizer.insight.curves.tipping_result import Choice, Input, Side, Stretch, Tipping, choice_of
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import plan, prepare
from optimizer.units import fraction
from optimizer.units.language import say

DIGITS = 24
"""Significant digits of the MFU that a ratio of speeds makes: far below any tolerance."""

OF_ONE = {
    given.kind: given
    for given in (
        Input("price", "USD for one", Decimal(1)),
        Input("rent", "USD an hour for one", Decimal("0.001")),
        Input("mfu", "times its MFU", Decimal("0.0001"), by_way=False),
        Input("ratio", "times the sustained speed of one", Decimal("0.001"), by_way=False),
    )
}
"""The inputs of one accelerator, with the tolerance to which they are searched for by default."""

_WAYS = {"price": "buy", "rent": "rent"}


class NotOfferedError(UsageError):
    """An input that changes nothing, because the case has no such option.

    ``reasons`` says why there is none; without a reason, its servers are had in another way only.
    """

    def __init__(self, name: str, reasons: tuple[Reason, ...]) -> None:
        super().__init__(say("{name}: changes nothing, because the case has no such option", name=name))
        self.reasons = reasons


def tipping_of_one(
    setting: Setting, given: Input, name: str, start: Decimal, stop: Decimal, within: Decimal
) -> Tipping:
    """The one value within a range, in the unit of the input, at which plans of an accelerator begin or cease to be
    best.

    Raises:
        UsageError: values that the input cannot take, or an accelerator that no option of the case has.
        UndecidedError: a side could not be confirmed.
    """
    catalogue, case = setting.catalogue, setting.asked
    if start <= 0:
        raise UsageError.say("the range must go from a value above 0 to a greater one")
    accelerator, rival = _named(catalogue, given, name)
    per_value = Fraction(1)
    if given.kind == "ratio":
        assert rival is not None
        per_value = _speed(setting, rival) / _speed(setting, accelerator)
    if given.kind in ("mfu", "ratio"):
        _check_mfu(setting, accelerator, stop, per_value)
    touched = _touched(given, accelerator)

    def known(value: Decimal) -> Catalogue:
        return with_value(setting, given, accelerator, value, per_value)

    def chosen(value: Decimal) -> bool:
        ready = prepare(case, known(value))
        found = search(ready.problem, ready.setting.case.objective or "cost")
        return found is not None and touched(ready.problem.options[found.option].key)

    _check_offered(setting, given, accelerator, touched, known(start))
    tried = {value: chosen(value) for value in (start, stop)}
    ends = [start, stop]
    if tried[start] != tried[stop]:
        low, high = _bisected(chosen, start, stop, within)
        tried |= {low: tried[start], high: tried[stop]}
        ends = [start, low, high, stop]
    sides = {value: Side(value, plan(case, known(value))) for value in tried}
    for value, side in sides.items():
        best = side.outcome
        if (isinstance(best, Plan) and touched(best.items[0].key)) != tried[value]:
            raise UndecidedError(say("a side of the tipping point could not be confirmed"), {"case": case.given()})
    stretches = tuple(
        _stretch(sides[first], sides[last], given) for first, last in zip(ends[::2], ends[1::2], strict=True)
    )
    in_data = Decimal(1) if given.kind == "mfu" else value_in_data(setting, given, accelerator)
    if given.kind == "ratio":
        in_data = Decimal(round(1 / per_value / fraction(within))) * within
    return Tipping(setting, given, accelerator, rival, in_data, within, stretches)


def _stretch(first: Side, last: Side, given: Input) -> Stretch:
    choice: Choice = choice_of(first.outcome, given)
    if choice != choice_of(last.outcome, given):
        reported = {"values": [str(first.value), str(last.value)], "case": first.outcome.setting.asked.given()}
        raise UndecidedError(say("the choice is not the same at both ends of a stretch"), reported)
    return Stretch(choice, first, last)


def _named(catalogue: Catalogue, given: Input, name: str) -> tuple[str, str | None]:
    one, slash, other = name.partition("/")
    if bool(slash) != (given.kind == "ratio"):
        raise UsageError.say(
            '"{kind}:{name}": write {kind}:h100{value}',
            kind=given.kind,
            name=name,
            value="/a100" * (given.kind == "ratio"),
        )
    try:
        accelerator = catalogue.find("accelerator", one, "accelerator")
        rival = catalogue.find("accelerator", other, "accelerator") if slash else None
    except DataError as error:
        raise UsageError(str(error)) from error
    if rival == accelerator:
        raise UsageError.say("ratio:{name}: a ratio is of two accelerators", name=name)
    return accelerator, rival


def _touched(given: Input, accelerator: str) -> Callable[[OptionKey], bool]:
    """Whether an option is one of those that the input touches."""
    way = _WAYS.get(given.kind)
    return lambda key: key.accelerator == accelerator and way in (None, key.procurement)


def _check_offered(
    setting: Setting, given: Input, accelerator: str, touched: Callable[[OptionKey], bool], at: Catalogue
) -> None:
    """Refuse an input that touches no option of the case.

    Raises:
        NotOfferedError: with the reasons why there is none.
    """
    table = prepare(setting.asked, at).table
    if any(touched(option.key) for option in table.options):
        return
    way = _WAYS.get(given.kind)
    mine = [e for e in table.excluded if e.accelerator == accelerator]
    why = dict.fromkeys(e.reason for e in mine if way is None or e.procurement in (way, ""))
    raise NotOfferedError(f"{given.kind}:{accelerator}", tuple(why))


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


def value_in_data(setting: Setting, given: Input, accelerator: str) -> Decimal | None:
    """The price (USD) or rent (USD an hour) in the data under the assumptions of a case; None if there is none."""
    row = setting.catalogue.accelerators[accelerator]
    if given.kind == "price":
        override = setting.catalogue.overrides.get((setting.assumptions.id, accelerator))
        return override.unit_price_usd if override else row.unit_price_usd
    if given.kind != "rent":
        return None
    return cell_value(setting.asked, setting.catalogue, rent_cell(setting, accelerator))


def _speed(setting: Setting, accelerator: str) -> Fraction:
    """Sustained PFLOP/s of one accelerator: the most of its allowed precisions, in the smallest size of cluster."""
    assumptions = setting.assumptions.id
    bracket = min(setting.catalogue.brackets[assumptions], key=lambda row: row.min_devices).bracket
    speeds = []
    for precision in setting.case.precision:
        if (assumptions, accelerator, precision, setting.architecture) in setting.catalogue.efficiencies:
            key = OptionKey(accelerator, precision, "own", "", bracket, setting.country.id)
            option = exact_option(setting, key)
            speeds.append(option.pflops / option.devices)
    if not speeds:
        raise UsageError.say(
            "ratio: no sustained speed of {accelerator} is known under {assumptions}",
            accelerator=accelerator,
            assumptions=assumptions,
        )
    return max(speeds)


def _check_mfu(setting: Setting, accelerator: str, stop: Decimal, per_value: Fraction) -> None:
    """Refuse a range that would take an MFU above 1.

    Raises:
        UsageError: it would, or none is known.
    """
    at = (setting.assumptions.id, accelerator)
    most = max((row.mfu for key, row in setting.catalogue.efficiencies.items() if key[:2] == at), default=None)
    if most is None:
        raise UsageError.say(
            "mfu:{accelerator}: {assumptions_id} knows no MFU of it",
            accelerator=accelerator,
            assumptions_id=setting.assumptions.id,
        )
    if fraction(most) * fraction(stop) * per_value > 1:
        end = math.floor(1 / (fraction(most) * per_value) * 10_000) / 10_000
        times = (
            say("{stop} times its MFU of {most}", stop=stop, most=most)
            if per_value == 1
            else say("a ratio of {stop}", stop=stop)
        )
        raise UsageError.say(
            "{accelerator}: {times} takes an MFU above 1; end the range at {end:.4f} or less",
            accelerator=accelerator,
            times=times,
            end=end,
        )


def with_value(
    setting: Setting, given: Input, accelerator: str, value: Decimal, per_value: Fraction = Fraction(1)
) -> Catalogue:
    """The catalogue with another value; nothing kept of any case; plans bear the change in their stamp.

    Args:
        per_value: times its MFU of one unit of the value.
    """
    case, catalogue = setting.asked, setting.catalogue
    values: dict[Cell, Decimal] = {}
    if given.kind == "price":
        values = {price_cell(setting, accelerator): value}
    elif given.kind == "rent":
        values = {rent_cell(setting, accelerator): value}
    else:
        for cell in efficiency_cells(setting, accelerator, "mfu"):
            mfu = cell_value(case, catalogue, cell)
            assert mfu is not None  # a column that must be filled
            exact = fraction(mfu) * fraction(value) * per_value
            values[cell] = Context(prec=DIGITS).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return change_cells(case, catalogue, values, f"{given.kind}:{accelerator}={value:f}")[1]
