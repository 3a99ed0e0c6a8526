"""What the rows of every country need: addresses of sources with their dates, currencies, the PUE of a climate."""

from __future__ import annotations

from collections.abc import Iterable

import planning_rules
from cell_sources import ESTIMATE, part
from cell_sources import joined as together
from raw_tables import AS_OF, DATA, RAW, Row, read

RATING_MONTHS = {"dam25": "2025-01", "dam26": "2026-01"}
"""Month of the ratings behind a cost of capital, by source; a median of the neighbours' is of the oldest."""
RATE_DAYS = {"euvat": "2026-09-29", "salestax": "2026-05-19", "countryvat": "2026"}
"""Day of each table of VAT rates."""
ADDRESSES = {
    "cldr": "https://cldr.unicode.org/",
    "euvat": "https://taxation-customs.ec.europa.eu/tedb/",
    "tgwf": "https://github.com/thegreenwebfoundation/co2.js",
    "salestax": "https://github.com/valeriansaliou/node-sales-tax",
}
"""Public addresses of sources that were read as packages; what has no address at all names none."""


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
