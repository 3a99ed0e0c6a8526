"""Which units may stand beside a number of a field, and what one of each is in the unit of the field.

The one place that knows it: flags, forms, cells, axes, files of sites and the values of an input read numbers by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from optimizer.domain.limits import KINDS
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, KW_PER_MW, KWH_PER_MWH
from optimizer.units.language import mark, say
from optimizer.units.quantities import UNITS, WRONG_UNITS, symbol_of

_TYPED = re.compile(
    r"(US\$|USD|R\$|[$€£])?\s*((?>[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?))\s*([^\W\d_].*|[%$€£/¢].*)?", re.DOTALL
)
_NUMBER, _UNIT = 2, 3
_MONEY = re.compile(r"US\$|USD|R\$|[$€£](?!.*/)")
_NEAR = 0.6
"""Of the letters of two units: one wrong letter of three, and none of two, where TW is as near to kW as to MW."""
_CURRENCY = re.compile(r"us\$|usd|dollars?")
_PER = re.compile(r"\s*/\s*|(?<=\w)\s+(?:per|por|a|an)\s+")


class Units(NamedTuple):
    """The units of a field."""

    write: str
    """What to write, for who wrote another measure; empty where the number stands alone."""
    terminal: str = ""
    """Those of a question that are of this kind."""
    scale: Fraction = Fraction(1)
    """What one of their common unit is in the unit of the field."""
    more: Mapping[str, Fraction] = {}
    """Further ones, as :func:`_compact` writes them."""
    scaled: bool = False
    """Whether a word for a scale is enough: 70B, 15T, 5M."""


def _all(words: str, factor: Fraction | int = 1) -> dict[str, Fraction]:
    return dict.fromkeys(words.split(), Fraction(factor))


def _each(factors: Iterable[tuple[str, Fraction | int]]) -> dict[str, Fraction]:
    return {word: Fraction(factor) for words, factor in factors for word in words.split("|")}


_SHARE = Units("%", more=_all("% percent percent. pct porciento porcento", Fraction(1, 100)))
_PER_KWH = Units(
    "USD/kWh, USD/MWh",
    more=_all("$ $/kwh /kwh")
    | _all("$/mwh /mwh", Fraction(1, KWH_PER_MWH))
    | _all("c ¢ cent cents c/kwh ¢/kwh cent/kwh cents/kwh", Fraction(1, 100)),
)
_TIMES = Units("", more=_all("x × times"))
_RATIO = Units("")
UNITS_OF: Mapping[str, Units] = {
    **{
        kind.field: Units(kind.written, kind.unit_noun, more=_each(kind.more_units), scaled=kind.scaled)
        for kind in KINDS.values()
        if kind.written
    },
    "pv_max_mw": Units("MW, kW, GW", "POWER_UNIT", more=_all("mwp") | _all("kwp", Fraction(1, KW_PER_MW))),
    "battery_max_mwh": Units("MWh, kWh, GWh", "ENERGY_UNIT", Fraction(1000)),
    "tokens_t": Units(mark("tokens, such as 15T or 300B"), "TOKENS", scaled=True),
    "context_tokens": Units(mark("tokens, such as 8192"), "TOKENS", Fraction(10**12)),
    **dict.fromkeys(
        ("params_total_b", "params_active_b", "adapter_params_b"),
        Units(mark("parameters, such as 70B"), "PARAMETERS", scaled=True),
    ),
    **dict.fromkeys(("electricity_usd_per_kwh", "ppa_usd_per_kwh", "export_usd_per_kwh"), _PER_KWH),
    **dict.fromkeys(
        ("import_duty", "rent_premium", "utilisation", "confidence", "min_renewable", "reserve", "share"), _SHARE
    ),
    **dict.fromkeys(("pue", "peak_pue", "overhead", "mfu", "goodput", "ratio"), _TIMES),
    **dict.fromkeys(("layers", "attention_width", "start_month"), _RATIO),
    "engineer_usd_per_year": Units("USD/year", more=_all("$ $/year $/y $/yr /year /y /yr")),
    "mix": Units(mark("kinds"), more=_all("kind kinds")),
    "from_day": Units(mark("days"), "TIME_UNIT"),
    "days_of_year": Units(mark("days"), more=_all("d day days")),
    "staff_fte": Units(mark("posts"), more=_all("fte ftes post posts people persons")),
    "demand_charge_usd": Units("USD/kW", more=_all("$ $/kw $/kw/month /kw /kw/month $/kw-month")),
    "diesel_usd_per_litre": Units("USD/l", more=_all("$ $/l $/litre $/liter /l /litre /liter")),
    "carbon_usd_per_t": Units("USD/t", more=_all("$ $/t $/tco2 $/tco2e $/tonne $/ton /t /tco2e /tonne")),
    "pv_usd_per_kwp": Units(
        "USD/kWp, USD/Wp",
        more=_all("$ $/kwp $/kw /kwp /kw") | _all("$/wp $/w /wp /w", 1000) | _all("$/mwp $/mw", Fraction(1, KW_PER_MW)),
    ),
    "battery_usd_per_kwh": Units(
        "USD/kWh, USD/MWh", more=_all("$ $/kwh /kwh") | _all("$/mwh /mwh", Fraction(1, KWH_PER_MWH))
    ),
    "max_carbon_g_per_kwh": Units(
        "g/kWh, kg/kWh",
        more=_all("g g/kwh gco2/kwh gco2e/kwh kg/mwh kgco2/mwh kgco2e/mwh")
        | _all("kg/kwh kgco2/kwh kgco2e/kwh t/mwh tco2/mwh tco2e/mwh", 1000),
    ),
    "pv_yield": Units(
        "kWh/kWp/day",
        more=_all("kwh kwh/kwp kwh/kwp/day kwh/kwp/d")
        | _all("kwh/kwp/year kwh/kwp/y kwh/kwp/a", Fraction(1, DAYS_PER_YEAR)),
    ),
    "land_ha": Units(
        "ha, km2, m2",
        more=_all("ha hectare hectares hectarea hectareas") | _all("km2 km²", 100) | _all("m2 m²", Fraction(1, 10**4)),
    ),
    **dict.fromkeys(
        ("restart_hours", "outage_hours"),
        Units("h", more=_all("h hr hrs hour hours hora horas") | _all("d day days", HOURS_PER_DAY)),
    ),
    "rent": Units(
        "USD/h", more=_all("$ $/h $/hr $/hour /h /hr /hour $/gpuh $/gpu-h $/gpu-hour $/gpuhour $/gpu/h $/gpu/hour")
    ),
}
"""Field of a case, or what else a number is typed for, -> its units. Money and days have readers of their own."""


def parted(text: str) -> tuple[str, str] | None:
    """The number of a text and the unit beside it, as ``$80/MWh`` has it around it; None without number or unit."""
    found = _TYPED.fullmatch(text.strip())
    if found is None or not (found[1] or found[_UNIT]):
        return None
    return found[_NUMBER], f"{found[1] or ''}{(found[_UNIT] or '').strip()}"


def factor_of(field: str, unit: str) -> Fraction:
    """What one of a unit is in the unit of a field.

    Args:
        field: one of :data:`UNITS_OF`.
        unit: as it was typed.

    Raises:
        ValueError: the field has no such unit; with those that it has.
    """
    units = UNITS_OF[field]
    # one letter has one meaning: T is no tonne
    if (more := units.more.get(unit if len(unit) == 1 else _compact(unit))) is not None:
        return more
    words = _words(unit)
    if words is not None:
        kinds = [kind for kind in (UNITS[word].terminal for word in words) if kind != "SCALE"]
        factor = Fraction(1)
        for word in words:
            factor *= UNITS[word].factor
        if not kinds and units.scaled:
            return factor * _base(units.terminal) * units.scale
        if kinds == [units.terminal]:
            return factor * units.scale
    raise ValueError(_refusal(field, unit))


def _words(unit: str) -> list[str] | None:
    """A unit as symbols of a question: ``t CO2e`` is one, ``B tokens`` are a scale and a unit; None of another."""
    for parts in ([unit], ["".join(unit.split())], unit.split()):
        words = [symbol_of(part) for part in parts]
        if all(words):
            return [word for word in words if word]
    return None


def _compact(unit: str) -> str:
    """A unit without blanks, in lower case, USD as $, "per" as /."""
    return re.sub(r"\s", "", _CURRENCY.sub("$", _PER.sub("/", unit.lower())))


def _base(terminal: str) -> Fraction:
    return next(unit.factor for unit in UNITS.values() if unit.terminal == terminal)


def _refusal(field: str, unit: str) -> str:
    """What is wrong with a unit, and what to write: units of this field, and no others."""
    from difflib import get_close_matches

    units = UNITS_OF[field]
    if re.search(r"[;,|]\s*[0-9]", unit):
        return say("must be one value: compare and sweep take several")
    if field == "context_tokens" and unit in ("k", "K"):
        return say("could be thousands or times 1,024: write the number, such as 8000 or 8192")
    if not units.write:
        return say('has the unit "{unit}"; give the number alone', unit=unit)
    own = [symbol for symbol, known in UNITS.items() if units.terminal and known.terminal == units.terminal]
    if _words(unit) is None and (hint := WRONG_UNITS.get(unit)) and any(_is_in(symbol, hint) for symbol in own):
        return say('has the unknown unit "{word}": {word_2}', word=unit, word_2=hint)
    near = get_close_matches(unit, _long(own), 1, _NEAR) if _words(unit) is None else []
    wanted = say("{units}, or the number alone", units=say(units.write))
    if near:
        wanted = say("did you mean {near}?", near=near[0])
        return say('has the unknown unit "{word}": {word_2}', word=unit, word_2=wanted)
    if _MONEY.match(unit):
        return say("is an amount of money; give {wanted}", wanted=wanted)
    return say('has the unit "{unit}"; give {wanted}', unit=unit, wanted=wanted)


def _is_in(symbol: str, hint: str) -> bool:
    return symbol in re.split(r"[^\w]+", hint)


def _long(symbols: Iterable[str]) -> list[str]:
    return [symbol for symbol in symbols if len(symbol) > 1]
