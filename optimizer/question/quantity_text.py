"""Numbers with a unit, as people type them in a flag or a form: ``1MW``, ``500 kW``, ``70B``, ``16%``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from optimizer.domain.case import ambiguity
from optimizer.question.quantities import UNITS, exact_decimal, symbol_of, unit_remedy
from optimizer.units import parse_decimal, two_readings
from optimizer.units.language import say

_TYPED = re.compile(r"((?>[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?))\s*([A-Za-z%$].*)")
_UNIT_OF: Mapping[str, str] = {
    "max_mw": "POWER_UNIT",
    "max_energy_gwh": "ENERGY_UNIT",
    "max_carbon_t": "CARBON_UNIT",
    "max_tpp": "TPP",
    "max_training_flop": "FLOP",
    "tokens_t": "TOKENS",
    "params_total_b": "PARAMETERS",
    "params_active_b": "PARAMETERS",
    "adapter_params_b": "PARAMETERS",
}
_TONNES = frozenset(("t", "kt", "Mt"))
"""Symbols that a question reads otherwise (15t is tokens); where emissions are meant, the gas is understood."""
"""Field of a case -> the kind of unit that may stand behind its number (a terminal of the grammar of ``ask``)."""
_SCALED = frozenset(("TPP", "FLOP", "TOKENS", "PARAMETERS"))
"""Kinds of which a scale alone is enough: 70B, 15T, 5M."""
_SHARES = frozenset(("import_duty", "rent_premium", "utilisation", "confidence", "min_renewable", "reserve"))


def read_quantity(field: str, text: str) -> Decimal | str:
    """A number in the unit of a field, where a unit stands behind it; a text without a unit comes back as it is.

    Raises:
        ValueError: a unit that the field does not know, with what was perhaps meant.
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return text
    number, unit = found[1], found[2].strip()
    if field not in _UNIT_OF and not (field in _SHARES and unit == "%"):
        return text
    if unit == "%":
        if rule := two_readings(number):
            raise ValueError(rule)
        return parse_decimal(number) / 100
    factor, kind = Fraction(1), None
    if _UNIT_OF[field] == "CARBON_UNIT" and unit in _TONNES:
        unit += "CO2e"
    for word in unit.split():
        symbol = symbol_of(word)
        if symbol is None:
            raise ValueError(say('has the unknown unit "{word}": {word_2}', word=word, word_2=unit_remedy(word)))
        factor *= UNITS[symbol].factor
        if UNITS[symbol].terminal != "SCALE":
            kind = UNITS[symbol].terminal
    wanted = _UNIT_OF[field]
    if kind is None and wanted in _SCALED:
        factor, kind = factor * _base(wanted), wanted
    if kind != wanted:
        raise ValueError(say('has the unit "{unit}"; give {wanted}', unit=unit, wanted=_examples(wanted)))
    if rule := ambiguity(field, number, factor):
        raise ValueError(rule)
    return exact_decimal(Fraction(parse_decimal(number)) * factor)


def _base(terminal: str) -> Fraction:
    return next(unit.factor for unit in UNITS.values() if unit.terminal == terminal)


def _examples(terminal: str) -> str:
    symbols = [
        (unit.factor != 1, place, symbol)
        for place, (symbol, unit) in enumerate(UNITS.items())
        if unit.terminal == terminal
    ]
    return say("{symbols}, or the number alone", symbols=min(symbols)[2])
