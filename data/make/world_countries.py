"""The rows of ``countries.csv``: names, tariff, carbon, wages and the rest of a country, each with its source."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import cell_sources
import planning_rules
from cell_sources import ESTIMATE, part
from cell_sources import joined as together
from raw_tables import AS_OF, BUILT, Row
from world_sources import Tools

REGIONS = {"Latin America & Caribbean": "LAC", "Sub-Saharan Africa": "SSA", "Middle East & North Africa": "MENA"}
"""How the country table names three regions of the World Bank; the others by their own names."""
REGION_BY_HAND = {"TW": "East Asia & Pacific", "VA": "Europe & Central Asia", "XK": "Europe & Central Asia"}
COLOCATION_USD_PER_KW_MONTH = {"LAC": "190"}
COLOCATION_ELSEWHERE = "217.3"
ZONE_BY_HAND = {"MT": "Csa", "CV": "BWh"}
"""Koeppen zone of capitals that the table of zones has no cell for; the other islands are tropical (Am)."""
TROPICAL_ISLAND = "Am"
EUROSTAT = (
    "https://ec.europa.eu/eurostat/statistics-explained/index.php?title=Electricity_price_statistics&oldid=412280"
)
CARBON_YEARS = ("2022", "2024")
"""Years of the carbon intensities: a median of the neighbours' is of the oldest of them; a source that states no year,
but is newer, is taken to be of the last."""
BUSINESS_SURVEY = "doing_business_tariff_2019_usd_per_kwh"
SURVEY_OF_PRICES = "2019"


def names_of(row: Row) -> Row:
    """The names in other languages and the demonyms, as the columns of countries.csv."""
    return {
        "name_es": row["name_es"],
        "name_pt": row["name_pt"],
        "name_fr": row["name_fr"],
        "demonyms_en": row["demonym_en"],
        "demonyms_es": row["demonym_es"],
        "demonyms_pt": row["demonym_pt"],
    }


def joined(own: str, further: str, *elsewhere: str) -> str:
    """Two lists of names as one, each name once, whatever its case, without those of other columns."""
    names = {text.lower(): text for text in reversed([*own.split(";"), *further.split(";")]) if text}
    for name in ";".join(elsewhere).split(";"):
        names.pop(name.lower(), None)
    return ";".join(reversed(names.values()))


def survey_ratios(own: Iterable[Row], world: dict[str, Row]) -> tuple[Decimal, Decimal, Decimal]:
    """An industrial tariff over the survey's price of 2019: P10, median and P90 of the countries that have both.

    Only tariffs with a published source count. The survey (World Bank, Doing Business 2020) prices a medium-sized
    firm, so its price is above that of a large user in most countries.
    """
    ratios = sorted(
        float(row["electricity_usd_per_kwh"]) / float(survey)
        for row in own
        if (survey := world[row["id"]][BUSINESS_SURVEY])
        and "electricity_usd_per_kwh" not in row["estimates"].split(";")
    )
    tenths = statistics.quantiles(ratios, n=10)
    low, middle, high = (Decimal(f"{value:.2f}") for value in (tenths[0], statistics.median(ratios), tenths[-1]))
    return low, middle, high


def tariff_of(row: Row, ratios: tuple[Decimal, Decimal, Decimal]) -> tuple[Row, str]:
    """The columns of the tariff, and what a reader should know of it."""
    price, quality = Decimal(row["electricity_usd_per_kwh"]), row["electricity_quality"]
    low, middle, high = ratios
    columns = {"electricity_as_of": row["electricity_as_of"].replace("-H2", "-12").replace("-H1", "-06")}
    if "Eurostat" in quality:
        columns |= {"electricity_usd_per_kwh": f"{price:f}"}
        return columns, f"Tariff: {quality}."
    columns |= {
        "electricity_usd_per_kwh": f"{price * middle:.3f}",
        "electricity_low_usd_per_kwh": f"{price * low:.3f}",
        "electricity_high_usd_per_kwh": f"{price * high:.3f}",
    }
    basis = f"World Bank survey of 2019, a medium-sized firm, {price:f}"
    if "regional default" in quality:
        basis = f"no survey: median of the neighbours' prices in the World Bank survey of 2019, {price:f}"
        columns["electricity_as_of"] = SURVEY_OF_PRICES
    rule = f"times {middle}, the median of industrial tariffs over that survey (range {low} to {high})"
    return columns, f"Tariff, estimate: {basis}, {rule}."


def country_of(row: Row, climate: Row, ratios: tuple[Decimal, Decimal, Decimal], tools: Tools) -> Row:
    """A row of countries.csv; a figure that is not known stays empty."""
    code = row["iso2"]
    region = row["wb_region"] or REGION_BY_HAND[code]
    region = REGIONS.get(region, region)
    zone = climate["koeppen_zone_capital"] or ZONE_BY_HAND.get(code, TROPICAL_ISLAND)
    tariff, told = tariff_of(row, ratios)
    wage, doubt = planning_rules.wage_usd_per_year(row, AS_OF), planning_rules.carbon_doubt_g_per_kwh(row)
    estimates = ["electricity_usd_per_kwh", "electricity_low_usd_per_kwh", "electricity_high_usd_per_kwh"]
    if "electricity_low_usd_per_kwh" not in tariff:
        estimates = []
    if "grid_carbon_g_per_kwh" in row["regional_defaults"] or doubt is not None:
        estimates += ["grid_carbon_g_per_kwh", *carbon_ends(row, doubt)]
    estimates += ["pue", "colocation_usd_per_kw_month"]
    if wage:
        estimates.append("engineer_usd_per_year")
    estimates.append("cost_of_capital")
    return {
        "id": code,
        "iso3": row["iso3"],
        "name": row["name"],
        "aliases": joined("", row["aliases"], row["name"], row["demonym_en"]),
        **names_of(row),
        "region": region,
        "income_group": row["income_group"] or "not classified",
        "currency": row["currency"] if row["currency"] in tools.currencies else "",
        **tariff,
        "grid_carbon_g_per_kwh": row["grid_carbon_g_per_kwh"],
        "grid_carbon_year": carbon_year(row),
        **carbon_ends(row, doubt),
        "pue": tools.pue_by_zone[zone],
        "colocation_usd_per_kw_month": COLOCATION_USD_PER_KW_MONTH.get(region, COLOCATION_ELSEWHERE),
        "engineer_usd_per_year": wage,
        "cost_of_capital": row["cost_of_capital"],
        "substitutes": planning_rules.country_substitutes(row, region, wage),
        "source": _country_source(row, tariff, tools),
        "as_of": AS_OF,
        "verification": f"{BUILT}: dataset",
        "estimates": ";".join(estimates),
        "note": " ".join([told, *_notes(row, climate, zone, wage)]),
    }


def _notes(row: Row, climate: Row, zone: str, wage: str) -> Iterator[str]:
    """What a reader should know of the figures of a country but its tariff."""
    if not climate["koeppen_zone_capital"]:
        yield f"Climate zone {zone} by hand."
    doubt = planning_rules.carbon_doubt_g_per_kwh(row)
    if "grid_carbon_g_per_kwh" in row["regional_defaults"]:
        yield "Grid carbon: median of the neighbours."
    elif not row["grid_carbon_year"]:
        yield f"Grid carbon: its source states no year; taken as {CARBON_YEARS[-1]}."
    elif doubt is not None:
        kin = row.get("carbon_of_kin")
        yield (
            f"Grid carbon, estimate: {kin + ', as ' if kin else ''}its source rounds emissions to 0.01 Mt, and"
            f" {row['generation_twh']} TWh were generated: {doubt:.0f} g"
            f" {'or nothing' if kin else 'more or less'} are the same figure."
        )
    if "cost_of_capital" in row["regional_defaults"]:
        yield "Cost of capital: median of the neighbours."
    if not wage:
        yield wage_note(row)
    elif not planning_rules.FITTED_USD[0] <= Decimal(wage) <= planning_rules.FITTED_USD[1]:
        yield (
            "Wages: beyond the fit, which was made from countries with a GDP of 1,559 to 101,121 USD per person: less"
            " sure than its range says."
        )
    if row["iso2"] in planning_rules.OFFICIAL_RATE:
        yield (
            f"Wages: too high, as the GDP of {row['gdp_year']} is at an official exchange rate far above what a dollar"
            " cost (from memory, no page was opened)."
        )


def take_from_kin(row: Row, kin: Sequence[Mapping[str, str]]) -> None:
    """Take the median of the systems that stand in for a carbon intensity that is no figure, where there are some."""
    if kin:
        stated = [Decimal(one["grid_carbon_g_per_kwh"]) for one in kin]
        row["carbon_of_kin"] = f"the median of {len(kin)} systems of the same low-carbon share"
        row["carbon_low"], row["carbon_high"] = (f"{end:f}" for end in (stated[0], stated[-1]))
        row["grid_carbon_g_per_kwh"] = f"{statistics.median(stated):.1f}"
        row["grid_carbon_year"] = min(row["grid_carbon_year"], *(one["grid_carbon_year"] for one in kin))


def carbon_ends(row: Row, doubt: Decimal | None) -> Row:
    """Low and high of a carbon intensity whose rounding is a tenth of it or more: the ends of the systems that stand in
    for it, else as far off as the rounding; nothing of another."""
    if doubt is None:
        return {}
    stated = Decimal(row["grid_carbon_g_per_kwh"])
    low, high = row.get("carbon_low"), row.get("carbon_high")
    ends = (low or f"{max(stated - doubt, Decimal(0)):.1f}", high or f"{stated + doubt:.1f}")
    return dict(zip(planning_rules.CARBON_ENDS, ends, strict=True))


def carbon_year(row: Row) -> str:
    """The year of a carbon intensity; of a median of the neighbours', that of the oldest of them."""
    oldest, last = CARBON_YEARS
    return oldest if "grid_carbon_g_per_kwh" in row["regional_defaults"] else row["grid_carbon_year"] or last


def renew_income(row: Row, newer: Row) -> None:
    """Take the IMF's GDP per person for a wage where the World Bank's last one is old (``gdp_imf.csv``)."""
    if planning_rules.age_years(row["gdp_year"], AS_OF) > planning_rules.OLD_AFTER_YEARS:
        row["gdp_year"] = newer["as_of"]
        row["engineer_loaded_fit_usd"] = planning_rules.fitted_wage_usd_per_year(newer["gdp_usd_per_person"])
        row["sources"] = row["sources"].replace("wb_gdp", "imf_gdp")


def wage_note(row: Row) -> str:
    """Why a wage is not known: no GDP, or one that is too old to derive a figure of today from."""
    if not row["gdp_year"]:
        return "Wages: not known."
    return f"Wages: not known; the last GDP that was read is of {row['gdp_year']}, too old for a figure of today."


def _country_source(row: Row, tariff: Row, tools: Tools) -> str:
    """Which source is that of which figure of a country, and of when; a median of neighbours has none of its own."""
    of_neighbours = row["regional_defaults"]
    carbon = ESTIMATE if "grid_carbon_g_per_kwh" in of_neighbours else tools.carbon(row)
    quality = row["electricity_quality"]
    price = EUROSTAT if "Eurostat" in quality else ESTIMATE if "regional" in quality else tools.addresses(row, ("db",))
    return together(
        part(cell_sources.TARIFF, price, tariff["electricity_as_of"]),
        part("grid_carbon_g_per_kwh", carbon, carbon_year(row)),
        tools.capital(row),
        part("colocation_usd_per_kw_month", cell_sources.COLOCATION, cell_sources.COLOCATION_MONTH),
        tools.wages(row),
    )
