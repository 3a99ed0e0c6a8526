"""A country pack of your own: one TOML file that adds a country to the tables, or changes one.

``[country]`` with its ``id`` and the columns of countries.csv to change (all of them for a new country), and lists
``[[tax_regime]]``, ``[[offer]]`` and ``[[group]]`` with the columns of tax_regimes.csv, offers.csv and
country_groups.csv. A regime takes the place of the one of its name; offers of an accelerator that of all its offers
in the country; groups, if any are given, are all the groups of the country.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from optimizer import domain
from optimizer.catalogue.rows import keyed_problems
from optimizer.catalogue.tables import parse_toml, read_bytes
from optimizer.domain import ANY, Sourced
from optimizer.errors import DataError, Problem
from optimizer.units.language import say
from optimizer.units.records import dataclass

MAX_PACK_BYTES = 256 * 1024
_LISTS: Mapping[str, tuple[str, type[Sourced]]] = {
    "tax_regime": ("tax_regimes", domain.TaxRegime),
    "offer": ("offers", domain.Offer),
    "group": ("country_groups", domain.CountryGroup),
}
_WITH_A_RANGE = (
    (
        *("electricity_usd_per_kwh", "electricity_as_of"),
        ("electricity_low_usd_per_kwh", "electricity_high_usd_per_kwh"),
    ),
    ("grid_carbon_g_per_kwh", "grid_carbon_year", ("grid_carbon_low_g_per_kwh", "grid_carbon_high_g_per_kwh")),
)
"""Figures of a country with a date and a range of their own: the columns of all."""

Rows = dict[str, list[Any]]


@dataclass(frozen=True)
class Pack:
    """A pack as it was read: its file's name, its bytes and its tables."""

    name: str
    raw: bytes
    tables: Mapping[str, Any]

    @property
    def country(self) -> str:
        """The code of its country; empty where it states none."""
        given = self.tables.get("country")
        code = given.get("id") if isinstance(given, dict) else None
        return code if isinstance(code, str) else ""


def read_pack(path: Path, problems: list[Problem]) -> Pack | None:
    """A pack's tables, still untyped; None, with the problem reported, where the file cannot be read."""
    try:
        raw = read_bytes(path, MAX_PACK_BYTES)
        return Pack(path.name, raw, parse_toml(raw, path.name, Decimal))
    except DataError as error:
        problems.extend(error.problems)
        return None


def digest_with(digest: str, packs: Iterable[Pack]) -> str:
    """The digest of the tables with the packs laid over them, in their order."""
    for pack in packs:
        digest = hashlib.sha256(f"{digest}\0".encode() + pack.raw).hexdigest()
    return digest


def overlay_pack(rows: Mapping[str, list[Any]], pack: Pack, as_of: str, problems: list[Problem]) -> Rows:
    """The tables with a pack laid over them; what cannot be used of it is reported in ``problems`` and left out."""
    reported = len(problems)
    merged: Rows = {name: list(some) for name, some in rows.items()}
    tables = {name: value for name, value in pack.tables.items() if name in ("country", *_LISTS)}
    for name in sorted(pack.tables.keys() - tables.keys()):
        known = ", ".join(["[country]", *(f"[[{list_name}]]" for list_name in _LISTS)])
        problems.append(
            Problem(
                say("is not a table of a pack"), file=pack.name, column=name, remedy=say("known: {known}", known=known)
            )
        )
    code = pack.country
    if not code:
        problems.append(
            Problem(say("needs a table [country] with an id such as BR"), file=pack.name, column="country.id")
        )
        return merged
    standard = {"source": f"given by the user ({pack.name})", "as_of": as_of}
    given = tables["country"]
    base = next((row for row in merged["countries"] if row.id == code), None)
    country = _typed(domain.Country, _country(given, base, standard), pack.name, "country", problems)
    if country is not None:
        merged["countries"] = [row for row in merged["countries"] if row.id != code] + [country]
    entries = {name: list(_entries(tables.get(name, []), name, pack.name, problems)) for name in _LISTS}
    first_day = min(rule.effective_from for rule in rows["licence_rules"])
    defaults: dict[str, dict[str, Any]] = {
        "tax_regime": {"assumption_set": ANY, "is_default": False},
        "offer": {"terms": "on_demand"},
        "group": {"effective_from": first_day},
    }
    names = {word.lower(): a.id for a in rows["accelerators"] for word in (*a.aliases, a.name, a.id)}
    for name, (table, row_type) in _LISTS.items():
        new = []
        for place, entry in entries[name]:
            filled = {**standard, **defaults[name], **entry, "country": code}
            if name == "offer" and isinstance(filled.get("accelerator"), str):
                filled["accelerator"] = names.get(filled["accelerator"].lower(), filled["accelerator"])
            row = _typed(row_type, filled, pack.name, place, problems)
            if row is not None:
                new.append(row)
        merged[table] = _replaced(name, merged[table], new, code)
    if (
        len(problems) == reported
        and country is not None
        and not any(r.country == code and r.is_default and r.assumption_set == ANY for r in merged["tax_regimes"])
    ):
        problems.append(
            Problem(
                say("needs one [[tax_regime]] with is_default = true"), file=pack.name, column="tax_regime", value=code
            )
        )
    return merged


def _country(given: Mapping[str, Any], base: domain.Country | None, standard: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a country: those given, over those that the tables have."""
    if base is None:
        as_of = given.get("as_of", standard["as_of"])
        return {**standard, "electricity_as_of": as_of, "grid_carbon_year": as_of, **given}
    filled: dict[str, Any] = {**base.model_dump(), **given}
    if given.keys() - {"id"}:
        source = given.get("source", standard["source"])
        if isinstance(source, str):
            stated = given.keys() - Sourced.model_fields.keys() - {"id"}
            own = f"{', '.join(sorted(stated))}: {source}" if stated and " | " not in source else source
            filled["substitutes"] = [each for each in base.substitutes if each.partition(":")[0] not in stated]
            filled["source"] = " | ".join(filter(None, (own, base.source_without(stated))))
        filled["as_of"] = given.get("as_of", standard["as_of"])
        guessed = given.get("estimates", [])
        kept = [name for name in base.estimates if name not in given]
        filled["estimates"] = [*kept, *guessed] if isinstance(guessed, list) else guessed
    for figure, date, ends in _WITH_A_RANGE:
        if figure in given:  # its range and its date were those of the figure replaced
            filled |= {name: given.get(name) for name in ends}
            filled[date] = given.get(date, filled["as_of"])
            if isinstance(filled["estimates"], list):
                guessed = given.get("estimates", [])
                filled["estimates"] = [n for n in filled["estimates"] if n not in ends or n in guessed]
    return filled


def _entries(value: Any, name: str, file: str, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of a list with their places, such as tax_regime[2]."""
    if not isinstance(value, list):
        problems.append(Problem(say("must be a list of tables: write [[{name}]]", name=name), file=file, column=name))
        return
    for number, entry in enumerate(value, 1):
        if isinstance(entry, dict):
            yield f"{name}[{number}]", entry
        else:
            problems.append(
                Problem(say("must be a table: write [[{name}]]", name=name), file=file, column=f"{name}[{number}]")
            )


def _typed(row_type: type[BaseModel], filled: Mapping[str, Any], file: str, place: str, problems: list[Problem]) -> Any:
    """The typed row, or None with its problems reported by file and key."""
    plain = {name: _plain(value) for name, value in filled.items()}
    try:
        return row_type.model_validate(plain)
    except ValidationError as error:
        problems += keyed_problems(error, file, place, plain)
        return None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _replaced(name: str, rows: list[Any], new: list[Any], code: str) -> list[Any]:
    """A table with the rows of a pack: in place of those of the same name, or of all the country's groups."""
    if not new:
        return rows
    if name == "group":
        return [row for row in rows if row.country != code] + new
    if name == "offer":
        offered = {row.accelerator for row in new}
        return [row for row in rows if (row.country != code or row.accelerator not in offered)] + new
    regimes = {(row.regime, row.assumption_set) for row in new}
    sets = {row.assumption_set for row in new if row.is_default}
    kept = [row for row in rows if row.country != code or (row.regime, row.assumption_set) not in regimes]
    return [
        row.model_copy(update={"is_default": False}) if row.country == code and row.assumption_set in sets else row
        for row in kept
    ] + new
