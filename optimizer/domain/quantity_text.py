"""Numbers as people type them, with a unit or none: ``1MW``, ``500 kW``, ``70B``, ``16%``, ``4 months``, ``$80/MWh``.

Flags, forms, cells, axes, files of sites and the ends of a range are all read here.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from optimizer.domain.case import WHOLE_FIELDS, Case
from optimizer.domain.field_units import UNITS_OF, factor_of, parted
from optimizer.domain.limits import KINDS
from optimizer.units import parse_decimal, read_days, read_usd, thousands_reading, two_readings, whole_number
from optimizer.units.quantities import exact_decimal

DEADLINE = "deadline_days"
MONEY = frozenset(
    ("site_setup_usd", "price", *(kind.field for kind in KINDS.values() if kind.field and kind.unit == "USD"))
)
"""Fields that are amounts of dollars: 5M, $5M."""


_USUAL_MOST = {kind.field: kind.typed_most for kind in KINDS.values() if kind.typed_most} | {"tokens_t": 1_000}
"""Above this nobody means what is typed with a point: the largest sites and runs of today are below."""


def ambiguity(field: str, text: str, unit: Fraction = Fraction(1)) -> str | None:
    """What is wrong with a text that could be read as two numbers of a field; None if nothing.

    A reading that the field's bounds forbid, or that nobody means, is none: a PUE of "1.125" is no 1125, and a site of
    1.125 MW no gigawatt. "1.500" stays uncertain: who means 1.5 does not write the zeros.

    Args:
        field: of a case.
        text: as typed, without its unit.
        unit: how many of the field's unit one of the unit typed is: 1/1000 for kW where the field has MW.
    """
    rule = two_readings(text)
    if rule is None or field in WHOLE_FIELDS:  # their own reader says what a whole number is
        return None
    thousands = thousands_reading(text) * unit
    if thousands > _USUAL_MOST.get(field, thousands) and not text.strip().endswith("0"):
        return None
    for bound in Case.model_fields[field].metadata if field in Case.model_fields else ():
        most = getattr(bound, "le", None)
        if most is not None and thousands > most:
            return None
    return rule


def read_quantity(field: str, text: str, today: str = "") -> Decimal | str:
    """A number in the unit of a field, where a unit is next to it; a text without a unit comes back as it is.

    Args:
        field: of a case, or another key of :data:`optimizer.domain.field_units.UNITS_OF`.
        text: as typed.
        today: the day from which a date given as a deadline counts, YYYY-MM-DD.

    Raises:
        ValueError: a unit that the field does not have, with those that it has; or a number with two readings.
    """
    if field == DEADLINE:
        return Decimal(read_days(text, today))
    if field in MONEY:
        return read_usd(text)
    found = parted(text)
    if found is None or field not in UNITS_OF:
        return text
    number, unit = found
    factor = factor_of(field, unit)
    if field in WHOLE_FIELDS and factor == 1:
        return Decimal(whole_number(number))
    if rule := two_readings(number) if field in WHOLE_FIELDS else ambiguity(field, number, factor):
        raise ValueError(rule)
    return exact_decimal(Fraction(parse_decimal(number)) * factor)


def read_one(field: str, text: str, today: str = "") -> Decimal:
    """A number of a field, with a unit or none, that can be read in one way only.

    Args:
        field: as for :func:`read_quantity`.
        text: as typed.
        today: as for :func:`read_quantity`.

    Raises:
        ValueError: with the rule in words.
    """
    if rule := two_readings(text):
        raise ValueError(rule)
    found = read_quantity(field, text, today)
    return parse_decimal(found) if isinstance(found, str) else found
