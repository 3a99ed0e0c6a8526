"""Which source is that of which figure: the ``source`` cells of ``countries.csv`` and ``tax_regimes.csv``.

A row has figures of many publishers. Each part of its ``source`` begins with the columns that it is for, and ends with
the date of those figures where it is known: ``grid_carbon_g_per_kwh: https://... (2024)``. A part without columns is
for all figures that no other part names. An estimate without a part of its own follows from a rule of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

ESTIMATE = "planning estimate"
"""Stands in place of an address where there is none."""
TARIFF = "electricity_usd_per_kwh"
CARBON = "https://ourworldindata.org/grapher/carbon-intensity-electricity"
RISK = "https://pages.stern.nyu.edu/~adamodar/New_Home_Page/datafile/ctryprem.html"
COLOCATION = "https://dataxconnect.com/insights-cbre-data-centre-trends-2025"
COLOCATION_MONTH = "2025-03"
OWN_HALLS = {
    "SG": ("https://aprea.asia/knowledge-hub/thought-leadership/global-data-center-trends-2023-cbre", "2023-07"),
    "US": ("https://www.cbre.com/insights/reports/north-america-data-center-trends-h2-2024", "2024-12"),
}
"""Countries with a price of colocation of their own: its address and date."""
VAT = "https://taxsummaries.pwc.com/quick-charts/value-added-tax-vat-rates"
DUTY = "https://www.wto.org/english/tratop_e/inftec_e/itscheds_e.htm"
CONNECTIONS = {
    "ID": "https://okusatu.id/maret-2024-tarif-listrik-naik/3",
    "JP": "http://www7a.biglobe.ne.jp/~sto/words/elc12.html",
}
"""Where the limit of medium voltage is written; the others are estimates: no address of their rule was found."""
_PART = re.compile(
    r"(?P<columns>[a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*): (?P<address>.*?)(?: \((?P<date>\d{4}(?:-\d{2}){0,2})\))?"
)


def part(columns: str, addresses: str, date: str = "") -> str:
    """Some addresses as the source of some columns; nothing where there is no address."""
    end = f" ({date})" if date else ""
    return " | ".join(f"{columns}: {one}{end}" for one in addresses.split(" | ") if one)


def joined(*parts: str) -> str:
    """The source cell of a row."""
    return " | ".join(filter(None, parts))


def plain(source: str) -> list[str]:
    """The addresses of a source cell, without columns and dates."""
    return [found["address"] if (found := _PART.fullmatch(one)) else one for one in source.split(" | ")]


def dates(source: str, column: str) -> list[str]:
    """The dates of the parts of a source cell that name a column."""
    found = (_PART.fullmatch(one) for one in source.split(" | "))
    return [part["date"] for part in found if part and part["date"] and column in part["columns"].split(", ")]


def of_country(row: Mapping[str, str], wages: str) -> str:
    """The source cell of a country that was researched by hand.

    Args:
        row: of ``countries.csv``.
        wages: the parts behind its wage, each with its year.
    """
    halls = OWN_HALLS.get(row["id"], (COLOCATION, COLOCATION_MONTH))
    others = {CARBON, RISK, COLOCATION, halls[0], VAT, DUTY, *CONNECTIONS.values(), ESTIMATE, *plain(wages)}
    tariff = [address for address in plain(row["source"]) if address not in others]
    return joined(
        part(TARIFF, " | ".join(tariff) or ESTIMATE, row["electricity_as_of"]),
        part("grid_carbon_g_per_kwh", CARBON, row["grid_carbon_year"]),
        part("cost_of_capital", RISK, "2026-01"),
        part("colocation_usd_per_kw_month", *halls),
        wages,
        part("medium_voltage_limit_mw", CONNECTIONS.get(row["id"], "")),
    )


def of_tax(row: Mapping[str, str]) -> str:
    """The source cell of a tax regime that was researched by hand: VAT and duty have lists of their own."""
    columns = {VAT: "vat", DUTY: "duty"}
    return joined(*(part(columns[one], one) if one in columns else one for one in row["source"].split(" | ")))
