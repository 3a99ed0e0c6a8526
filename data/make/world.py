"""Builds the rows of the world's countries from the raw tables: a step of ``python data/make``.

Raw tables in (``data/raw/world/``: country facts, export groups, climate, sources), checked tables out: the rows of
``countries.csv``, ``tax_regimes.csv`` and ``country_groups.csv`` whose ``verification`` begins with ``BUILT``. Rows
that were researched by hand stay as they are, but for their names in other languages, their wages and the ranges of a
duty and of a tariff that are estimates: these follow one rule for all (``planning_rules.py``). The same bytes come out
every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cell_sources
import planning_rules
from raw_tables import AS_OF, BUILT, DATA, RAW, Row, climates, is_core, read, written
from world_countries import country_of, joined, names_of, renew_income, survey_ratios, take_from_kin
from world_groups import FIRST_DAY, groups_of
from world_sources import Tools
from world_taxes import tax_of

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
