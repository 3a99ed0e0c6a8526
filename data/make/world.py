"""Builds the rows of the world's countries from the raw tables: a step of ``python data/make``.

Raw tables in (``data/raw/world/``: country facts, export groups, climate, sources), checked tables out: the rows of
``countries.csv``, ``tax_regimes.csv`` and ``country_groups.csv`` whose ``verification`` begins with ``BUILT``. Rows
that were researched by hand stay as they are, but for their names in other languages, their wages and the ranges of a
duty and of a tariff that are estimates: these follow one rule for all (``planning_rules.py``). The same bytes come out
every time.
"""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import cell_sources
import planning_rules
from cell_sources import ESTIMATE, part
from cell_sources import joined as together

DATA = Path(__file__).resolve().parent.parent
RAW = DATA / "raw" / "world"
BUILT = "built from data/raw/world"
"""How a built row is known from one that was researched by hand."""
AS_OF = "2026-11"
FIRST_DAY = "2023-11-17"
"""The export rules held begin on this day."""
BEYOND_THE_UNITED_NATIONS = ("TW", "HK", "PR", "MO", "XK")
"""Economies with a market of their own that are no members or observers of the United Nations."""

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
RATING_MONTHS = {"dam25": "2025-01", "dam26": "2026-01"}
"""Month of the ratings behind a cost of capital, by source; a median of the neighbours' is of the oldest."""
BUSINESS_SURVEY = "doing_business_tariff_2019_usd_per_kwh"
RATE_DAYS = {"euvat": "2026-09-29", "salestax": "2026-05-19", "countryvat": "2026"}
"""Day of each table of VAT rates."""
SURVEY_OF_PRICES = "2019"
GROUP_ADDRESS = (
    "https://www.ecfr.gov/current/title-15/subtitle-B/chapter-VII/subchapter-C/part-740/"
    "appendix-Supplement%20No.%201%20to%20Part%20740"
)
TIER_ADDRESS = (
    "https://www.federalregister.gov/documents/2025/01/15/2025-00636/framework-for-artificial-intelligence-diffusion"
)
EMBARGO_ADDRESS = "https://www.ecfr.gov/current/title-15/subtitle-B/chapter-VII/subchapter-C/part-746"
LISTED = "2026-07-23"
"""Day of the table of country groups that was read whole (``country_groups_listed.csv``)."""
GROUPS = ("A:5", "A:6", "D:1", "D:4", "D:5", "E:1", "E:2")
"""The groups that some rule of licence_rules.csv speaks of; the others decide nothing here."""
BY_NAME = {"CN": "CN", "HK": "CN", "MO": "MO"}
"""Countries that the rules name by themselves; Hong Kong counts as China since 2020-12-23."""
RUSSIA_BELARUS = ("RU", "BY")
UNTIL = {("KH", "D:5"): "2026-02-02"}
"""Last day of a membership that has ended."""
ALLIES = "AIA"

Row = dict[str, str]


def read(path: Path) -> tuple[list[str], list[Row]]:
    """Header and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def written(header: Iterable[str], rows: Iterable[Row]) -> str:
    """The table as CSV, with quotes where they are needed."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(header), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def climates() -> dict[str, Row]:
    """The rows of ``solar_wind.csv`` by code; where ``capitals.csv`` decides against a point of it, with the point, the
    zone and the PUE of the right one."""
    rows = {row["iso2"]: row for row in read(RAW / "solar_wind.csv")[1]}
    pue_by_zone = {row["koeppen_zone_capital"]: row["pue_from_climate"] for row in rows.values()}
    for capital in read(RAW / "capitals.csv")[1]:
        if capital["decision"]:
            point = {name: capital[name] for name in ("capital_lat", "capital_lon", "koeppen_zone_capital")}
            rows[capital["iso2"]] |= point | {"pue_from_climate": pue_by_zone[point["koeppen_zone_capital"]]}
    return rows


def is_core(row: Row) -> bool:
    """Whether the economy gets rows of its own: members and observers of the United Nations, and five more."""
    return row["kind"] in ("un_member", "un_observer") or row["iso2"] in BEYOND_THE_UNITED_NATIONS


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


STALE = ("hand", "salestax")
"""Sources of a VAT that count as estimates until it was looked up: memory, and a table of rates in which six of those
that were looked up were old (Bahrain, Ecuador, Kazakhstan, Sri Lanka, Pakistan, Thailand)."""


def tax_of(row: Row, tools: Tools) -> Row:
    """A row of tax_regimes.csv; the duty stays empty where no source and no rule with a source gives it."""
    code = row["iso2"]
    duty = tools.server_duties.get(code) or (tools.bound_duty(row) if row["server_duty"] else {})
    vat = tools.vats.get(code, {})
    guessed = row["estimates"].split(";")
    rate = duty["duty"] if duty else row["server_duty"]
    duty_guessed = duty["is_estimate"] == "1" if duty else "server_duty" in guessed
    vat_guessed = not vat and ("vat" in guessed or row["vat_source"] in STALE)
    estimates = [name for name, is_one in (("duty", rate and duty_guessed), ("vat", vat_guessed)) if is_one]
    duty_note = duty["note"] if duty else row["server_duty_note"] if rate else tools.why_unknown(code)
    notes = [f"{duty_note[0].upper()}{duty_note[1:].rstrip('.')}.", _vat_note(row, vat)]
    if row["vat_others"]:
        notes.append(f"Other tables: {row['vat_others']}.")
    public = tools.public_buyers.get(code, {})
    if public:
        notes.append(public["note"])
    return {
        "country": code,
        "regime": "standard",
        "assumption_set": "*",
        "is_default": "1",
        "duty": rate,
        **_duty_ends(rate, duty, ";".join(estimates)),
        "excise": "0",
        "contribution": "0",
        "inside_tax": "0",
        "vat": vat.get("vat", row["vat"]),
        "vat_recoverable": vat.get("recoverable") or "1",
        "vat_recoverable_public": public.get("vat_recoverable_public", ""),
        "substitutes": planning_rules.tax_substitutes(row, duty_note if rate else "", bool(vat)),
        "source": together(
            part("vat", vat["source"], vat["as_of"]) if vat else tools.rate(row),
            part("duty", (duty.get("source", "") or tools.addresses(row, ("ita",), "")) if rate else "", _date(duty)),
        )
        or ESTIMATE,
        "as_of": AS_OF,
        "verification": f"{BUILT}: dataset",
        "estimates": ";".join([*estimates, "vat_recoverable"]),
        "note": " ".join(notes),
    }


def _duty_ends(rate: str, duty: Row, estimates: str) -> Row:
    """Low and high of a duty: those that its source has, else those of the rule for estimates."""
    names = ("duty_low", "duty_high")
    if duty.get("duty_high"):
        return {name: duty[name] for name in names}
    return dict(zip(names, planning_rules.duty_ends(rate, estimates), strict=True))


def _date(duty: Row) -> str:
    """The date of a duty that was looked up, where it is not that of the table."""
    as_of = duty.get("as_of", AS_OF)
    return "" if as_of == AS_OF else as_of


def _vat_note(row: Row, vat: Row) -> str:
    """Where the VAT comes from."""
    if vat:
        return f"VAT: {vat['note']}."
    return "VAT by hand, not looked up." if row["vat_source"] == "hand" else f"VAT: {row['vat_source']}."


def regions_with_rules(made: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The rows of the regions with export rules of their own: the figures of their country, each an estimate, and the
    group that the rule speaks of; no figure of such a region was published."""
    found: dict[str, list[Row]] = {name: [] for name in made}
    for row in read(RAW / "law_regions.csv")[1]:
        code, country = row["iso3166_2"], row["part_of"]
        own = {"verification": f"{BUILT}: {row['verification']}", "note": f"{row['note']}."}
        without = f"No figures of its own: those of {country}."
        of_country = next(one for one in made["countries"] if one["id"] == country)
        figures = [name for name in planning_rules.COUNTRY_FIGURES if of_country[name]]
        found["countries"].append(
            {
                **of_country,
                **{"id": code, "iso3": code, "name": row["name"], "part_of": country, **names_of(row), **own},
                "aliases": joined("", row["aliases"], row["name"], row["demonym_en"]),
                "estimates": ";".join(figures),
                "substitutes": ";".join(f"{name}:country" for name in figures),
                "note": f"{own['note']} {without}",
            }
        )
        taxes = (one for one in made["tax_regimes"] if one["country"] == country)
        rates = {"estimates": "duty;vat;vat_recoverable", "substitutes": "duty:country;vat:country", "note": without}
        found["tax_regimes"] += ({**one, "country": code, **own, **rates} for one in taxes)
        found["country_groups"].append(
            {
                **{"country": code, "group": row["group"], "effective_from": FIRST_DAY, **own},
                **{name: row[name] for name in ("source", "as_of")},
            }
        )
    return found


def groups_of(row: Row, listed: str) -> list[Row]:
    """The rows of country_groups.csv: every group and tier that a rule speaks of.

    Args:
        row: the groups of a country.
        listed: those that a copy of the table itself has it in, separated by ``;``.
    """
    code = row["iso2"]
    found = [group for group in row["groups_2026_11"].split(";") if group in GROUPS]
    if code == "KH":
        found.append("D:5")
    tier = row["diffusion_tier_2025_01"]
    named: list[tuple[str, str]] = [(group, GROUP_ADDRESS) for group in found]
    if "US" in row["groups_2026_11"].split(";"):
        named.append(("US", GROUP_ADDRESS))
    elif row["group_b"]:
        named.append(("B", GROUP_ADDRESS))
    if code in BY_NAME:
        named.append((BY_NAME[code], GROUP_ADDRESS))
    if code in RUSSIA_BELARUS:
        named.append(("RU-BY", EMBARGO_ADDRESS))
    if tier in ("1", "2", "3"):
        named.append(({"1": ALLIES, "2": "T2", "3": "T3"}[tier], TIER_ADDRESS))
    verification = f"{BUILT}: {row['verification'].split(';')[0]}"
    return [
        {
            "country": code,
            "group": group,
            "effective_from": FIRST_DAY,
            "effective_to": UNTIL.get((code, group), ""),
            "source": address,
            "as_of": LISTED if address is GROUP_ADDRESS else AS_OF if group == "RU-BY" else "2025-01-15",
            "verification": verification,
            "estimates": "",
            "note": _group_note(group, row["note"], listed),
        }
        for group, address in sorted(named)
    ]


def _group_note(group: str, note: str, listed: str) -> str:
    since = "Member since this day at the latest."
    if group in ("T2", "T3", ALLIES):
        since = "A tier of the AI Diffusion rule, as published 2025-01-15; not enforced."
    if group == "B" and "B" in listed.split(";"):
        since += f" List B read in a copy of {LISTED}."
    elif group == "B":
        since += f" Derived: it is in no group of the table of {LISTED}, and no rule asks a licence of it."
    if group == "RU-BY":
        since += " Russia and Belarus, 15 CFR 746.5 and 746.8."
    return f"{since} {note[0].upper()}{note[1:]}." if note else since


ADDRESSES = {
    "cldr": "https://cldr.unicode.org/",
    "euvat": "https://taxation-customs.ec.europa.eu/tedb/",
    "tgwf": "https://github.com/thegreenwebfoundation/co2.js",
    "salestax": "https://github.com/valeriansaliou/node-sales-tax",
}
"""Public addresses of sources that were read as packages; what has no address at all names none."""
NAMES: Mapping[str, Row] = {
    "CD": {
        "name": "DR Congo",
        "name_pt": "República Democrática do Congo",
        "name_fr": "République démocratique du Congo",
    },
    "CG": {"name": "Republic of the Congo", "name_es": "República del Congo", "name_fr": "République du Congo"},
    "HK": {"name": "Hong Kong", "name_es": "Hong Kong", "name_pt": "Hong Kong", "name_fr": "Hong Kong"},
    "MO": {"name": "Macau", "name_es": "Macao", "name_pt": "Macau", "name_fr": "Macao"},
}
"""Usual names in place of those of the table: the short or variant ones of CLDR, and what the two Congos are called."""


class Tools:
    """What every row needs: addresses of sources, currencies with a rate, the PUE of a climate zone."""

    def __init__(self, climates: Iterable[Row]) -> None:
        self._sources = {row["id"]: row["address"] for row in read(RAW / "sources.csv")[1]} | ADDRESSES
        self.public_buyers = {row["iso2"]: row for row in read(RAW / "public_buyers.csv")[1]}
        self.server_duties = {row["iso2"]: row for row in read(RAW / "server_duties.csv")[1]}
        self._not_found = {row["iso2"]: row["why"] for row in read(RAW / "duties_not_found.csv")[1]}
        self._participants = {row["iso2"]: row for row in read(RAW / "ita_participants.csv")[1]}
        self.vats = {row["iso2"]: row for row in read(RAW / "vat_looked_up.csv")[1]}
        self.currencies = {row["currency"] for row in read(DATA / "fx.csv")[1]}
        self.pue_by_zone = {
            row["koeppen_zone_capital"]: row["pue_from_climate"] for row in climates if row["pue_from_climate"]
        }

    def bound_duty(self, row: Row) -> Row:
        """The duty of a participant of the Information Technology Agreement that a list of them names; else nothing."""
        participant = self._participants.get(row["iso2"])
        if participant is None or row["server_duty"] != "0":
            return {}
        note = f"Duty on servers: 0, bound by the ITA (HS 8471, 8473.30), a participant {participant['as_part_of']}"
        return {"duty": "0", "is_estimate": "0", "note": f"{note} (WTO, G/IT/1/Rev.3)", "source": participant["source"]}

    def why_unknown(self, code: str) -> str:
        """Why the duty of a country is not known."""
        why = self._not_found.get(code, "")
        return f"Duty on servers: not known{why and f': {why}'}."

    def carbon(self, row: Row) -> str:
        """The address of a carbon intensity: that of the chart with years, else of the package without."""
        return self.addresses(row, ("owid_ci",), "") or self.addresses(row, ("tgwf",), "")

    def capital(self, row: Row) -> str:
        """The part of a source for the cost of capital, with the month of the ratings."""
        if "cost_of_capital" in row["regional_defaults"]:
            return part("cost_of_capital", ESTIMATE, min(RATING_MONTHS.values()))
        ratings = ((self.addresses(row, (name,), ""), month) for name, month in RATING_MONTHS.items())
        return together(*(part("cost_of_capital", address, month) for address, month in ratings))

    def rate(self, row: Row) -> str:
        """The part of a source for a VAT from a table of rates, with the day of the table."""
        return together(*(part("vat", self.addresses(row, (name,), ""), day) for name, day in RATE_DAYS.items()))

    def wages(self, row: Row) -> str:
        """The parts of a source for a wage, each with its year: the survey, and the income per person where the wage is
        a fit; nothing where none is known."""
        if not planning_rules.wage_usd_per_year(row, AS_OF):
            return ""
        years = {"sal": planning_rules.SURVEY_YEAR}
        if not planning_rules.has_own_survey(row):
            years |= {"wb_gdp": row["gdp_year"], "imf_gdp": row["gdp_year"]}
        column = "engineer_usd_per_year"
        return together(*(part(column, self.addresses(row, (one,), ""), year) for one, year in years.items()))

    def addresses(self, row: Row, of: tuple[str, ...], otherwise: str = ESTIMATE) -> str:
        """The addresses of those of some sources that the row names."""
        ids = row["sources"].split(";")
        named = " ; ".join(self._sources[name] for name in of if name in ids).split(" ; ")
        found = dict.fromkeys(address for address in named if address.startswith("https://"))
        return " | ".join(found) or otherwise


def build() -> dict[str, str]:
    """Every table by the name of its file, as it has to be."""
    world = {row["iso2"]: row for row in read(RAW / "countries_world.csv")[1]}
    zones = climates()
    export = {row["iso2"]: row for row in read(RAW / "export_groups.csv")[1]}
    listed = {row["iso2"]: row["groups"] for row in read(RAW / "country_groups_listed.csv")[1]}
    tools = Tools(zones.values())
    for code, names in NAMES.items():
        world[code]["aliases"] += ";" + ";".join(world[code][column] for column in names)
        world[code].update(names)
    for row in read(RAW / "further_names.csv")[1]:
        raw = world[row["iso2"]]
        raw["aliases"] += f";{row['names']}"
        for column in ("demonym_en", "demonym_es", "demonym_pt"):
            raw[column] = joined(raw[column], row[column])
    for row in read(RAW / "gdp_imf.csv")[1]:
        renew_income(world[row["iso2"]], row)
    kin = {code: planning_rules.carbon_kin(row, world.values()) for code, row in world.items() if is_core(row)}
    for code, systems in kin.items():
        take_from_kin(world[code], systems)
    by_hand = {name: _by_hand(name) for name in ("countries", "tax_regimes", "country_groups")}
    _, own = by_hand["countries"]
    ratios = survey_ratios(own, world)
    core = [code for code, row in sorted(world.items()) if is_core(row)]
    mine = {row["id"] for row in own}
    grouped = {row["country"] for row in by_hand["country_groups"][1]}
    taxed = {row["country"] for row in by_hand["tax_regimes"][1]}
    for row in own:
        row.update(names_of(world[row["id"]]))
        row.update(planning_rules.tariff_ends(row, ratios))
        raw = world[row["id"]]
        row["aliases"] = joined(row["aliases"], raw["aliases"], row["name"], raw["demonym_en"])
        row["engineer_usd_per_year"] = planning_rules.wage_usd_per_year(raw, AS_OF)
        row["substitutes"] = planning_rules.hand_substitutes(row, raw)
        row["source"] = cell_sources.of_country(row, tools.wages(world[row["id"]]))
    for row in by_hand["tax_regimes"][1]:
        row["duty_low"], row["duty_high"] = planning_rules.duty_ends(row["duty"], row["estimates"])
        row["source"] = cell_sources.of_tax(row)
    made: dict[str, Callable[[str], list[Row]]] = {
        "countries": lambda code: [] if code in mine else [country_of(world[code], zones[code], ratios, tools)],
        "tax_regimes": lambda code: [] if code in taxed else [tax_of(world[code], tools)],
        "country_groups": lambda code: [] if code in grouped else groups_of(export[code], listed[code]),
    }
    whole = {name: [*by_hand[name][1], *(row for code in core for row in rows(code))] for name, rows in made.items()}
    regions = regions_with_rules(whole)
    return {f"{name}.csv": written(by_hand[name][0], [*rows, *regions[name]]) for name, rows in whole.items()}


def _by_hand(name: str) -> tuple[list[str], list[Row]]:
    header, rows = read(DATA / f"{name}.csv")
    return header, [row for row in rows if not row["verification"].startswith(BUILT)]


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {DATA / name: text for name, text in build().items()}
