"""The tables of what can feed a site, read when a case has flags of Power and not before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.headings import check_header
from optimizer.catalogue.keys import by_key, digest_of
from optimizer.catalogue.load import Catalogue
from optimizer.catalogue.rows import made_of, parse_row, read_rows
from optimizer.catalogue.tables import read_lines, read_text
from optimizer.domain.base import ANY
from optimizer.domain.supply import Fuel, OutageSurvey, PvProfile, SolarYield, SupplyAsset, TariffPeriod, Throttle
from optimizer.errors import DataError, Problem
from optimizer.units.language import say
from optimizer.units.records import dataclass

POWER_TABLES: Mapping[str, type[Any]] = {
    "fuel": Fuel,
    "outages": OutageSurvey,
    "pv_profiles": PvProfile,
    "solar_yield": SolarYield,
    "supply_assets": SupplyAsset,
    "tariff_periods": TariffPeriod,
    "throttle": Throttle,
}
"""Every table that the feeding of a site may depend on, with its row type."""
_PROFILES = "pv_profiles"
DAY_TYPES_A_YEAR = 36


@dataclass(frozen=True, eq=False)
class PowerTables:
    """What the data folder has on feeding a site."""

    folder: Path
    digest: str
    """SHA-256 over these tables."""
    solar: Mapping[str, SolarYield]
    assets: Mapping[tuple[str, str], SupplyAsset]
    fuel: Mapping[str, Fuel]
    outages: Mapping[str, OutageSurvey]
    tariffs: Mapping[str, tuple[TariffPeriod, ...]]
    throttle: tuple[Throttle, ...]
    profiles: dict[str, tuple[PvProfile, ...]]
    """By country, those that were read already."""

    def days_of(self, country: str) -> tuple[PvProfile, ...]:
        """The day types of a country in the order of the year; none where the data have no sun for it.

        Raises:
            DataError: with every problem of its rows.
        """
        if country not in self.profiles:
            self.profiles[country] = _read_profiles(self.folder, country)
        return self.profiles[country]

    def asset(self, asset: str, parameter: str) -> SupplyAsset:
        """A figure of an asset.

        Raises:
            DataError: the data folder lacks it.
        """
        row = self.assets.get((asset, parameter))
        if row is None:
            rule = say("lacks {parameter} of {asset}", parameter=parameter, asset=asset)
            raise DataError.at(rule, file="supply_assets.csv", column="parameter")
        return row

    def diesel(self, country: str) -> Fuel:
        """The price of diesel in a country; where the data have none, the estimate for any other.

        Raises:
            DataError: the data folder has neither.
        """
        row = self.fuel.get(country) or self.fuel.get(ANY)
        if row is None:
            raise DataError.at(
                say("lacks a row of {country} and one of {any}", country=country, any=ANY),
                file="fuel.csv",
                column="country",
            )
        return row


def power_tables(catalogue: Catalogue) -> PowerTables:
    """The power tables of a data folder, read once.

    Raises:
        DataError: every problem of every table at once.
    """
    return get_or_make(catalogue.cache, ("power tables",), lambda: _load(catalogue.folder))


def _load(folder: Path) -> PowerTables:
    problems: list[Problem] = []
    rows: dict[str, list[Any]] = {
        name: read_rows(folder / f"{name}.csv", row_type, problems)
        for name, row_type in POWER_TABLES.items()
        if name != _PROFILES
    }
    if problems:
        raise DataError(problems)
    tariffs: dict[str, list[TariffPeriod]] = {}
    for period in rows["tariff_periods"]:
        tariffs.setdefault(period.tariff, []).append(period)
    return PowerTables(
        folder=folder,
        digest=digest_of(folder / f"{name}.csv" for name in POWER_TABLES),
        solar=by_key("solar_yield", rows["solar_yield"], ("country",), problems),
        assets=by_key("supply_assets", rows["supply_assets"], ("asset", "parameter"), problems),
        fuel=by_key("fuel", rows["fuel"], ("country",), problems),
        outages=by_key("outages", rows["outages"], ("country",), problems),
        tariffs={name: tuple(periods) for name, periods in tariffs.items()},
        throttle=tuple(rows["throttle"]),
        profiles=_none_twice(problems),
    )


def _none_twice(problems: list[Problem]) -> dict[str, tuple[PvProfile, ...]]:
    """No profile yet, where no key stands twice.

    Raises:
        DataError: one does.
    """
    if problems:
        raise DataError(problems)
    return {}


def _read_profiles(folder: Path, country: str) -> tuple[PvProfile, ...]:
    """The rows of one country: only these are typed."""
    path = folder / f"{_PROFILES}.csv"
    header, lines = read_lines(read_text(path), path.name)
    problems = check_header(header, PvProfile, path.name)
    if problems:
        raise DataError(problems)
    own = (line for line in lines if isinstance(line, Problem) or line.cells["country"] == country)
    found = list(made_of(own, lambda line: parse_row(line, PvProfile), problems))
    if found and len(found) != DAY_TYPES_A_YEAR:
        rule = say(
            "has {found} day types of {country}, not {day_types_a_year}",
            found=len(found),
            country=country,
            day_types_a_year=DAY_TYPES_A_YEAR,
        )
        problems.append(Problem(rule, file=path.name, column="country", value=country))
    if problems:
        raise DataError(problems)
    return tuple(sorted(found, key=lambda row: (row.month, ("dark", "middle", "bright").index(row.day_type))))
