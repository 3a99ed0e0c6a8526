"""Ranges that the user gives: ``pue=1.3:1.6``, ``rent:gb200_nvl72=3:6``, ``mfu:h100=0.8:1.2``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from optimizer.case.setting import Setting
from optimizer.case.what_if import Cell, cell_value, efficiency_cells, parameter_cell, price_cell, rent_cell
from optimizer.domain import PARAMETERS, Case, OptionKey
from optimizer.domain.case_names import flag_of
from optimizer.domain.quantity_text import read_one
from optimizer.errors import DataError, InputError, UsageError
from optimizer.uncertainty.spreads import Spread, UncertainInput
from optimizer.uncertainty.uncertain_inputs import (
    NEVER_IN_A_PLAN,
    RUN,
    WHOLE_UNITS,
    Uncertain,
    mfu_cells,
    uncertain_inputs,
    with_input,
)
from optimizer.units.language import and_words, say

SHORT: Mapping[str, str] = {"tariff": "electricity_usd_per_kwh", "duty": "import_duty", "premium": "rent_premium"}
"""Other names of inputs."""
CASE_INPUTS: Mapping[str, str] = {"import_duty": "share", "overhead": "ratio", "rent_premium": "share"}
"""Inputs that a case gives and no planning parameter, with their units."""
OF_AN_ACCELERATOR = ("price", "rent", "mfu", "goodput")
_ABOVE_NOTHING = ("substation_usd_per_kw",)
"""At 0 a country's medium-voltage limit makes no difference, and its options are others."""


def with_ranges(setting: Setting, keys: tuple[OptionKey, ...], texts: Iterable[str]) -> Uncertain:
    """What is uncertain about a case, with the ranges that the user gives instead of the data's or next to them.

    Args:
        keys: the options of the case.
        texts: each ``NAME=LOW:HIGH``; the central value stays that of the data or of the case.

    Raises:
        UsageError: every text that cannot be read or does not hold the central value, at once.
    """
    known, wrong = uncertain_inputs(setting, keys), []
    given: set[str] = set()
    for text in texts:
        try:
            stated = _stated(setting, known, text)
            if stated.name in given:
                raise UsageError.say("is given twice")
            given.add(stated.name)
            known = with_input(known, stated)
        except (UsageError, DataError) as error:
            wrong.append(f'--range "{text}": {error}')
    if not wrong and given:
        wrong += _impossible_together(known)
    if wrong:
        raise UsageError("\n".join(wrong))
    return known


def without_range(known: Uncertain, keys: tuple[OptionKey, ...]) -> tuple[str, ...]:
    """The inputs of a case that have no range: of its options, its country and its assumptions, sorted by name."""
    asked = known.setting.asked
    names = [name for name in PARAMETERS if name not in NEVER_IN_A_PLAN and getattr(asked, name, None) is None]
    for way, kind, tax in (("buy", "price", "import_duty"), ("rent", "rent", "")):
        chips = sorted({key.accelerator for key in keys if key.procurement == way})
        names += [f"{kind}:{chip}" for chip in chips]
        names += [tax] * (bool(chips and tax) and getattr(asked, tax) is None)
    ranged = {given.name for given in known.inputs}
    return tuple(sorted(name for name in names if name not in ranged))


def _impossible_together(known: Uncertain) -> Iterator[str]:
    """Inputs whose high ends together take an MFU or a goodput above 1."""
    case, catalogue = known.setting.asked, known.setting.catalogue
    highs = known.values({one.name: one.high for one in known.inputs})
    for cell, value in highs.items():
        if cell.table == "efficiency" and value > 1:
            names = [one.name for one in known.inputs if any(cell in spread.cells for spread in one.spreads)]
            at = say(
                "the {column} of {row} in {row_2}, {case}",
                column=cell.column,
                row=cell.row[1],
                row_2=cell.row[2],
                case=cell_value(case, catalogue, cell),
            )
            yield say(
                "--range: {names} at their high ends take {at}, to {value:.4f}, above 1",
                names=and_words(names),
                at=at,
                value=value,
            )
            return


def name_of(setting: Setting, text: str) -> str:
    """The name of an input as it is written everywhere, of one that a user wrote.

    Raises:
        DataError: an unknown accelerator.
    """
    kind, colon, what = text.strip().partition(":")
    if not colon or kind not in OF_AN_ACCELERATOR:
        return SHORT.get(text.strip(), text.strip())
    return f"{kind}:{setting.catalogue.find('accelerator', what, 'accelerator')}"


def _stated(setting: Setting, known: Uncertain, text: str) -> UncertainInput:
    left, sign, right = text.partition("=")
    low_text, colon, high_text = right.partition(":")
    if not sign or not colon:
        raise UsageError.say("write NAME=LOW:HIGH, such as pue=1.3:1.6 or rent:h100=2:4")
    name = name_of(setting, left)
    low, high = (_number(name.partition(":")[0], end) for end in (low_text, high_text))
    if not low < high:
        raise UsageError.say("the range must go from a value to a greater one")
    kind, _, chip = name.partition(":")
    if name == RUN:
        stated = _run(known, low, high)
    elif chip and kind in ("mfu", "goodput"):
        stated = _efficiency(setting, kind, chip, low, high)
    elif kind == "pue" and (hall := known.named(name)) is not None:
        stated = replace(hall, spreads=(replace(hall.spreads[0], low=low, high=high),), estimate=False)
    elif chip:
        cell = price_cell(setting, chip) if kind == "price" else rent_cell(setting, chip)
        unit = "USD" if kind == "price" else "USD/h"
        value = cell_value(setting.case, setting.catalogue, cell)
        if value is None:
            raise UsageError.say(
                "no {kind} of {chip} is known, and a range needs a central value", kind=kind, chip=chip
            )
        stated = UncertainInput(name, unit, (Spread((cell,), low, value, high),))
    elif name in CASE_INPUTS:
        value = _case_value(setting, name)
        stated = UncertainInput(name, CASE_INPUTS[name], (Spread((Cell("case", (), name),), low, value, high),))
    elif name in PARAMETERS and name not in NEVER_IN_A_PLAN:
        figure = setting.figures[name]
        spread = Spread((parameter_cell(setting, name),), low, figure.value, high)
        stated = UncertainInput(name, figure.unit, (spread,), whole=figure.unit in WHOLE_UNITS)
    else:
        names = [name for name in PARAMETERS if name not in NEVER_IN_A_PLAN]
        names += [one.name for one in known.inputs if one.name.startswith("pue:")]  # of halls not cooled by air
        words = ", ".join((*(f"{k}:ACCELERATOR" for k in OF_AN_ACCELERATOR), RUN, *CASE_INPUTS, *names))
        raise UsageError.say("is not an input: write one of {words}", words=words)
    _check(stated, known)
    return replace(stated, stated=True)


def _number(kind: str, text: str) -> Decimal:
    """An end of a range, in the unit of what is varied."""
    try:
        return read_one(kind, text)
    except ValueError as error:
        raise UsageError(f'"{text}" {error}') from error


def _case_value(setting: Setting, name: str) -> Decimal:
    """The central value of a field of the case."""
    found: Callable[[], Decimal | None] = {
        "import_duty": lambda: setting.tax.duty,
        "overhead": lambda: setting.case.overhead,
        "rent_premium": lambda: setting.case.rent_premium,
    }[name]
    value = found()
    if value is None:
        raise UsageError.say("no central value is known: give one with --{value}", value=flag_of(name)[2:])
    return value


def _run(known: Uncertain, low: Decimal, high: Decimal) -> UncertainInput:
    """The factor on all efficiencies: of those of the band, or of every accelerator."""
    setting = known.setting
    chips = dict.fromkeys(key[1] for key in setting.catalogue.efficiencies if key[0] == setting.assumptions.id)
    cells = tuple(cell for chip in chips for cell in mfu_cells(setting, chip))
    return UncertainInput(RUN, "times the efficiency", (Spread(cells, low, Decimal(1), high),), factor=True)


def _efficiency(setting: Setting, kind: str, chip: str, low: Decimal, high: Decimal) -> UncertainInput:
    cells = efficiency_cells(setting, chip, kind)
    if not cells:
        raise UsageError.say(
            "{assumptions_id} knows no {kind} of {chip}",
            assumptions_id=setting.assumptions.id,
            kind=kind,
            chip=chip,
        )
    return UncertainInput(f"{kind}:{chip}", f"times its {kind}", (Spread(cells, low, Decimal(1), high),), factor=True)


def _check(stated: UncertainInput, known: Uncertain) -> None:
    """Whether a range holds its central value and keeps within what the figure may be.

    Raises:
        UsageError: it does not.
    """
    setting = known.setting
    for spread in stated.spreads:
        if not spread.low <= spread.central <= spread.high:
            raise UsageError.say("the range must contain the central value, {central:f}", central=spread.central)
        if stated.whole and any(end != end.to_integral_value() for end in (spread.low, spread.high)):
            raise UsageError.say("{stated_name} must be in whole {unit}", stated_name=stated.name, unit=stated.unit)
        _check_field(setting.asked, stated.name, spread)
        least, inclusive = _least(stated)
        if spread.low < least or (spread.low == least and not inclusive):
            raise UsageError.say(
                "{stated_name} must be {value} {least}",
                stated_name=stated.name,
                value=say("at least") if inclusive else "above",
                least=least,
            )
        if stated.factor:
            _check_share(setting.asked, known, spread)


def _check_field(case: Case, name: str, spread: Spread) -> None:
    """Whether a case could state both ends, if it has such a field."""
    for value in (spread.low, spread.high) if name in Case.model_fields else ():
        try:
            case.changed(**{name: value})
        except InputError as error:
            raise UsageError("; ".join(problem.rule for problem in error.problems)) from error


def _least(stated: UncertainInput) -> tuple[Decimal, bool]:
    """The least that a figure may be, and whether it may be that."""
    name = stated.name
    if name == "rent_premium":
        return Decimal(-1), False
    if name.partition(":")[0] in ("pue", "overhead", "useful_life_years"):
        return Decimal(1), True
    above = ":" in name or stated.factor or name in (*_ABOVE_NOTHING, "training_bytes_per_parameter")
    return Decimal(0), not above


def _check_share(case: Case, known: Uncertain, spread: Spread) -> None:
    """Refuse a factor that takes an MFU or a goodput above 1."""
    for cell in spread.cells:
        value = cell_value(case, known.setting.catalogue, cell)
        if value is not None and value * spread.high > 1:
            remedy = say("end the range at {value:.4f} or less", value=1 / value)
            raise UsageError.say(
                "{high} times {row} {column} {value} is above 1; {remedy}",
                high=spread.high,
                row=" ".join(cell.row[1:3]),
                column=cell.column,
                value=value,
                remedy=remedy,
            )
