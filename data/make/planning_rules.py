"""Figures of countries that follow from others by a stated rule: wages, ranges of estimates, and the age of a figure.

The date of a figure that is derived from others is that of the oldest of them that decides it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

OLD_AFTER_YEARS = 5
"""A figure of a year that is further back than this is an estimate for today, whoever published it; answers say so."""
UNKNOWN_AFTER_YEARS = 10
"""A figure of ours that is derived from one further back than this is not known: an economy of that time says nothing
of this one (hyperinflation, war, a new state). What others published for its own year stays, with that year."""
EMISSIONS_ROUNDED_MT = Decimal("0.005")
"""Ember states the emissions of a system to 0.01 Mt of CO2: by how much its figure may be off either way."""
ROUNDING_TOLD = Decimal("0.1")
"""Share of a carbon intensity from which its rounding makes it an estimate: a system of 0.14 TWh may have 0 or 36 g."""
SAME_SHARE = Decimal("0.01")
"""By how much the low-carbon share of a system may differ from that of one that it stands in for."""
SURVEY_YEAR = "2023"
"""Year of the middle one of the answers of the survey of salaries, which came in from 2020 to March 2024."""
ANSWERS = 30
"""Full-time answers of the survey from which on the median of a country itself is taken."""
EMPLOYER = Decimal("1.3")
"""What an employer pays over what an engineer earns: a planning value."""
LEAST_DOUBT, MOST_DOUBT = Decimal("0.05"), Decimal("0.10")
"""By how much a duty that is an estimate may be off: as much as itself, but no less and no more than these; 5 per cent
is the rate of a customs union outside the ITA (ECOWAS)."""
BANDS = ("BR", "CL", "KE", "VN")
"""Countries whose tariff is an estimate with a band of its own: the note of each says where it comes from."""
COUNTRY_FIGURES = (
    *("electricity_usd_per_kwh", "electricity_low_usd_per_kwh", "electricity_high_usd_per_kwh"),
    *("grid_carbon_g_per_kwh", "pue", "colocation_usd_per_kw_month", "engineer_usd_per_year", "cost_of_capital"),
)
"""The columns of countries.csv that are figures."""
TARIFF_ENDS = ("electricity_low_usd_per_kwh", "electricity_high_usd_per_kwh")
CARBON_ENDS = ("grid_carbon_low_g_per_kwh", "grid_carbon_high_g_per_kwh")


FIT = (7.447, 0.3694)
"""Height and slope of ln(salary) over ln(GDP per person): 32 countries of the survey, R2 0.48."""

FITTED_USD = (Decimal(33_700), Decimal(157_400))
"""Loaded wages that the fit gives at its poorest and its richest country (Nigeria 1,559 and Ireland 101,121 USD of GDP
per person); beyond them it says nothing by any country of the survey."""


OFFICIAL_RATE = ("CU",)
"""Countries whose GDP in dollars is at an official rate far from what a dollar cost: Cuba's of 2020 has one peso a
dollar, and it has been 24 since 2021 (from memory, no page was opened)."""


def fitted_wage_usd_per_year(gdp_usd_per_person: str) -> str:
    """1.3 times what the survey's salaries give for a GDP per person, to hundreds."""
    height, slope = FIT
    loaded = Decimal(math.exp(height + slope * math.log(float(gdp_usd_per_person)))) * EMPLOYER
    return f"{loaded.quantize(Decimal('1E2'), ROUND_HALF_UP):f}"


def age_years(as_of: str, today: str) -> int:
    """Whole years between the year of a figure and that of the data."""
    return int(today[:4]) - int(as_of[:4])


def has_own_survey(row: Mapping[str, str]) -> bool:
    """Whether enough answers of the survey of salaries come from the country itself."""
    return int(row["engineer_salary_survey_n"] or 0) >= ANSWERS


def wage_usd_per_year(row: Mapping[str, str], today: str) -> str:
    """Loaded cost of an engineer: 1.3 times the survey's median where 30 answers or more make it, else 1.3 times what
    the survey's salaries give for a country's GDP per person; empty where neither is known, or the GDP is too old."""
    if has_own_survey(row):
        loaded = Decimal(row["engineer_salary_survey_median_usd"]) * EMPLOYER
        return f"{loaded.quantize(Decimal('1E2'), ROUND_HALF_UP):f}"
    if not row["gdp_year"] or age_years(row["gdp_year"], today) > UNKNOWN_AFTER_YEARS:
        return ""
    return row["engineer_loaded_fit_usd"]


def carbon_doubt_g_per_kwh(row: Mapping[str, str]) -> Decimal | None:
    """By how much the rounding of the emissions may move a carbon intensity, where that is a tenth of it or more."""
    if not row["generation_twh"] or not row["grid_carbon_year"]:
        return None
    doubt = EMISSIONS_ROUNDED_MT / Decimal(row["generation_twh"]) * 1000
    return doubt if doubt > ROUNDING_TOLD * Decimal(row["grid_carbon_g_per_kwh"]) else None


def carbon_kin(row: Mapping[str, str], world: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The systems that stand in for a carbon intensity that is no figure: 0, or all of it within its own rounding.

    They have the same share of low-carbon power, within one percentage point, and a figure without doubt.

    Raises:
        ValueError: there is none.
    """
    stated, doubt = Decimal(row["grid_carbon_g_per_kwh"]), carbon_doubt_g_per_kwh(row)
    if stated and (doubt is None or doubt < stated):
        return []
    share = Decimal(row["low_carbon_share"] or "-1")  # not known: like no other
    found = [
        other
        for other in world
        if other["low_carbon_share"] and other["grid_carbon_year"] and carbon_doubt_g_per_kwh(other) is None
        if Decimal(other["grid_carbon_g_per_kwh"]) > 0 and abs(Decimal(other["low_carbon_share"]) - share) <= SAME_SHARE
    ]
    if not found:
        raise ValueError(f"grid_carbon_g_per_kwh of {row['iso2']}: {stated} is no figure, and no system is like it")
    return sorted(found, key=lambda other: Decimal(other["grid_carbon_g_per_kwh"]))


def duty_ends(duty: str, estimates: str) -> tuple[str, str]:
    """Low and high of a duty that is an estimate, 0 at least; nothing of a duty with a source."""
    if not duty or "duty" not in estimates.split(";"):
        return "", ""
    rate = Decimal(duty)
    doubt = min(max(rate, LEAST_DOUBT), MOST_DOUBT)
    return f"{max(rate - doubt, Decimal(0)).normalize():f}", f"{(rate + doubt).normalize():f}"


def tariff_ends(row: Mapping[str, str], ratios: tuple[Decimal, Decimal, Decimal]) -> dict[str, str]:
    """Low and high of a tariff that is an estimate without a band of its own, and that they are estimates.

    As far off as industrial tariffs are from their median share of the survey's price, P10 to P90 of ``ratios``: the
    range of the countries that have the survey alone. Nothing of a tariff with a source.
    """
    estimates = row["estimates"].split(";")
    if "electricity_usd_per_kwh" not in estimates or row["id"] in BANDS:
        return {}
    price, (low, middle, high) = Decimal(row["electricity_usd_per_kwh"]), ratios
    others = [name for name in estimates if name not in ("electricity_usd_per_kwh", *TARIFF_ENDS)]
    return {
        TARIFF_ENDS[0]: f"{price * low / middle:.3f}",
        TARIFF_ENDS[1]: f"{price * high / middle:.3f}",
        "estimates": ";".join(["electricity_usd_per_kwh", *TARIFF_ENDS, *others]),
    }


def colocation_substitute(region: str) -> str:
    """The price of a country without its own: a mean of cities, or the estimate for Latin America and the Caribbean."""
    return f"colocation_usd_per_kw_month:{'region' if region == 'LAC' else 'cities'}"


def country_substitutes(row: Mapping[str, str], region: str, wage: str) -> str:
    """The figures of a built country that are in place of one that nobody published, each with how it was made."""
    found = ["pue:climate", colocation_substitute(region)]
    if "Eurostat" not in row["electricity_quality"]:
        of_others = "regional default" in row["electricity_quality"]
        found.append(f"electricity_usd_per_kwh:{'neighbours' if of_others else 'survey'}")
    if row.get("carbon_of_kin"):
        found.append("grid_carbon_g_per_kwh:kin")
    own = row["regional_defaults"].split(";")
    found += [f"{name}:neighbours" for name in ("grid_carbon_g_per_kwh", "cost_of_capital") if name in own]
    return ";".join(sorted(filter(None, (*found, wage_substitute(row, wage)))))


def hand_substitutes(row: Mapping[str, str], raw: Mapping[str, str]) -> str:
    """The same of a country by hand: its wage, and a price of colocation that is not its own."""
    of_others = "colocation_usd_per_kw_month" in row["estimates"].split(";")
    found = [colocation_substitute(row["region"])] if of_others else []
    return ";".join(filter(None, (*found, wage_substitute(raw, row["engineer_usd_per_year"]))))


def wage_substitute(row: Mapping[str, str], wage: str) -> str:
    """A wage that the income per person gives, as no survey has enough answers of the country: within the incomes that
    the fit was made from, beyond them, or of an income that an official exchange rate makes too high."""
    if not wage or has_own_survey(row):
        return ""
    low, high = FITTED_USD
    how = "income" if low <= Decimal(wage) <= high else "beyond"
    return f"engineer_usd_per_year:{'official' if row['iso2'] in OFFICIAL_RATE else how}"


def tax_substitutes(row: Mapping[str, str], duty_note: str, vat_looked_up: bool) -> str:
    """What of the rates is from memory: of a duty by agreement the membership, as its note says; a VAT unread."""
    found = ["duty:membership"] if "memory" in duty_note else []
    return ";".join([*found, "vat:memory"] if row["vat_source"] == "hand" and not vat_looked_up else found)
