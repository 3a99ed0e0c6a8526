"""What a figure that lies out of bounds was probably given in: "125 USD/MWh is 0.125"."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from optimizer.domain.field_units import factor_of
from optimizer.domain.limits import CAPITAL, LimitKind
from optimizer.units.language import mark, say

_PER_CENT = (mark("per cent"), Decimal("0.01"), Decimal("0.05"), Decimal(3))
_Reading = tuple[str, Decimal, Decimal, Decimal]
"""Another unit, what one of it is in the unit of the field, and between which values the field usually lies."""
_POWER: _Reading = ("kW", Decimal("0.001"), Decimal("0.001"), Decimal(1000))
_READINGS: Mapping[str, tuple[_Reading, ...]] = {
    **dict.fromkeys(
        (
            *("electricity_usd_per_kwh", "electricity_low_usd_per_kwh", "electricity_high_usd_per_kwh"),
            *("ppa_usd_per_kwh", "export_usd_per_kwh"),
        ),
        (
            (mark("US cents per kWh"), Decimal("0.01"), Decimal("0.02"), Decimal("0.4")),
            ("USD/MWh", Decimal("0.001"), Decimal("0.005"), Decimal(1)),
        ),
    ),
    "pue": ((mark("per cent"), Decimal("0.01"), Decimal(1), Decimal(3)),),
    "grid_carbon_g_per_kwh": (("kgCO2e/kWh", Decimal(1000), Decimal(1), Decimal(1500)),),
    **dict.fromkeys(
        ("import_duty", "duty", "excise", "contribution", "inside_tax", "vat", "vat_recoverable"), (_PER_CENT,)
    ),
    **dict.fromkeys(
        (
            *("rent_premium", "premium", "cost_of_capital", "utilisation", "mfu", "goodput", "maintenance_per_year"),
            *("min_renewable", "reserve", "confidence"),
        ),
        (_PER_CENT,),
    ),
    **dict.fromkeys(("max_mw", "medium_voltage_limit_mw"), (_POWER,)),
    "pv_yield": ((mark("kWh per kWp and year"), Decimal("0.00274"), Decimal(2), Decimal(8)),),
    "pv_usd_per_kwp": ((mark("USD per Wp"), Decimal(1000), Decimal(100), Decimal(10_000)),),
    "battery_usd_per_kwh": ((mark("USD per Wh"), Decimal(1000), Decimal(20), Decimal(5000)),),
    "server_peak_kw": (("W", Decimal("0.001"), Decimal("0.1"), Decimal(200)),),
    "engineer_usd_per_year": ((mark("thousands of USD"), Decimal(1000), Decimal(5000), Decimal(500_000)),),
    "params_total_b": ((mark("parameters"), Decimal("1e-9"), Decimal("0.01"), Decimal(100_000)),),
    "params_active_b": ((mark("parameters"), Decimal("1e-9"), Decimal("0.01"), Decimal(100_000)),),
    "tokens_t": (
        (mark("billions"), Decimal("0.001"), Decimal("0.001"), Decimal(100)),
        (mark("tokens"), Decimal("1e-12"), Decimal("0.001"), Decimal(1000)),
    ),
}
"""Column or field -> the units in which people give it instead."""


def unit_meant(kind: LimitKind, value: Decimal) -> str | None:
    """What was probably meant by a limit far outside its usual range: "500 kW" by 500 MW, "12M" by 12 USD; else None.

    Far above is a third of the range's own width, in orders of magnitude; and a smaller unit must bring it inside. An
    amount of money that is below the range even in thousands was one of millions.
    """
    if kind.usual is None or not value.is_finite() or abs(value.adjusted()) > 20:
        return None
    low, high = map(Decimal, kind.usual)
    if kind.unit == "USD":
        return f"{value:f}M" if value * 1000 < low else None
    if not kind.written or (value / high) ** 3 <= high / low:  # a time is typed with its unit
        return None
    for unit in kind.written.split(", "):
        if (factor := factor_of(kind.field, unit)) < 1 and low <= Fraction(value) * factor <= high:
            return f"{value:f} {unit}"
    return None


def likely_unit(name: str, value: str) -> str | None:
    """What a figure out of bounds would be if it was given in another unit; None where no unit fits.

    Args:
        name: of the column or field.
        value: as it was given.
    """
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return None
    if name == CAPITAL.described.field and not number:  # nothing is bought
        return say("write --procurement rent")
    for unit, factor, low, high in (
        _READINGS.get(name, ()) if number.is_finite() and abs(number.adjusted()) < 20 else ()
    ):
        if low <= number * factor <= high:
            value = f"{(number * factor).normalize():f}"
            return say("{number} {unit} is {value}", number=f"{number:f}", unit=say(unit), value=value)
    return None
