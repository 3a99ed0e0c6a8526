"""The data folder, read once: every table typed, cross-checked, and all its problems told at once."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from optimizer import domain
from optimizer.domain.base import Sourced, column
from optimizer.errors import DataError, Problem
from optimizer.tables import read_rows, read_text, suggestion

ENVIRONMENT_VARIABLE = "OPTIMIZER_DATA"
ANY = "*"


class Default(Sourced):
    """What a case takes where it says nothing."""

    field: str = column("field of the case")
    value: str = column("value, as it would stand in a CSV cell")
    why: str = column("why this value, in words for the user")


_TABLES: Mapping[str, type[Sourced]] = {
    "accelerators": domain.Accelerator,
    "assumption_sets": domain.AssumptionSet,
    "chip_classes": domain.ChipClass,
    "countries": domain.Country,
    "country_groups": domain.CountryGroup,
    "defaults": Default,
    "efficiency": domain.Efficiency,
    "hardware_overrides": domain.HardwareOverride,
    "hire": domain.Hire,
    "licence_rules": domain.LicenceRule,
    "parameters": domain.Parameter,
    "rule_sets": domain.RuleSet,
    "size_brackets": domain.SizeBracket,
    "tax_regimes": domain.TaxRegime,
    "workloads": domain.Workload,
}

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All tables of a data folder. Two catalogues are the same if their ``digest`` is."""

    folder: Path
    title: str
    version: str
    as_of: str
    licence: str
    citation: str
    attribution: tuple[str, ...]
    digest: str
    accelerators: Mapping[str, domain.Accelerator]
    countries: Mapping[str, domain.Country]
    workloads: Mapping[str, domain.Workload]
    assumption_sets: Mapping[str, domain.AssumptionSet]
    rule_sets: Mapping[str, domain.RuleSet]
    parameters: Mapping[tuple[str, str], domain.Parameter]
    efficiencies: Mapping[tuple[str, str, str, str], domain.Efficiency]
    brackets: Mapping[str, tuple[domain.SizeBracket, ...]]
    overrides: Mapping[tuple[str, str], domain.HardwareOverride]
    tax_regimes: tuple[domain.TaxRegime, ...]
    hire: Mapping[tuple[str, str], domain.Hire]
    chip_classes: tuple[domain.ChipClass, ...]
    country_groups: Mapping[str, tuple[domain.CountryGroup, ...]]
    licence_rules: tuple[domain.LicenceRule, ...]
    defaults: Mapping[str, Default]
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What is common to many cases, computed once and kept by value (see options and exact)."""

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """By table: every id, name and alias in lower case -> id."""
        tables: dict[str, Mapping[str, Any]] = {
            "accelerator": self.accelerators,
            "country": self.countries,
            "workload": self.workloads,
            "assumptions": self.assumption_sets,
            "rules": self.rule_sets,
        }
        names: dict[str, dict[str, str]] = {}
        for kind, rows in tables.items():
            known = names[kind] = {}
            for key, row in rows.items():
                for name in (*getattr(row, "aliases", ()), row.name, key):
                    known[name.lower()] = key
        return names

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        """Every id, name and alias of a kind in lower case, with the id it stands for.

        ``kind``: accelerator, country, workload, assumptions or rules.
        """
        return self._names[kind]

    def find(self, kind: str, name: str, column_name: str | None = None) -> str:
        """The id of a name or alias.

        Raises:
            DataError: unknown, with the nearest known names.
        """
        key = self._names[kind].get(name.strip().lower())
        if key is None:
            known = self._names[kind]
            raise DataError(
                [Problem(f"is no known {kind}", column=column_name or kind, value=name, remedy=suggestion(name, known))]
            )
        return key


def data_folder() -> Path:
    """Where the shipped tables lie: OPTIMIZER_DATA, else inside the installed package, else the checkout."""
    if given := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(given)
    package = Path(__file__).parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def load_catalogue(folder: str | Path | None = None) -> Catalogue:
    """Read and cross-check a data folder.

    Args:
        folder: a folder of one's own; by default OPTIMIZER_DATA or the tables shipped with the package.

    Raises:
        DataError: every problem of every file at once, with file, line, column, value and rule.
    """
    where = Path(folder) if folder is not None else data_folder()
    if not where.is_dir():
        raise DataError(
            [Problem("is no folder", file=str(where), remedy="give a data folder with --data or OPTIMIZER_DATA")]
        )
    problems: list[Problem] = []
    about = _read_about(where / "catalogue.toml", problems)
    rows: dict[str, list[Any]] = {
        name: read_rows(where / f"{name}.csv", row_type, problems) for name, row_type in _TABLES.items()
    }
    keyed = _keyed(rows, problems)
    if problems:
        raise DataError(problems)
    problems = _cross_check(rows, keyed)
    if problems:
        raise DataError(problems)
    brackets: dict[str, list[domain.SizeBracket]] = {}
    for bracket in rows["size_brackets"]:
        brackets.setdefault(bracket.assumption_set, []).append(bracket)
    groups: dict[str, list[domain.CountryGroup]] = {}
    for group in rows["country_groups"]:
        groups.setdefault(group.country, []).append(group)
    return Catalogue(
        folder=where,
        **about,
        digest=_digest(where),
        accelerators=keyed["accelerators"],
        countries=keyed["countries"],
        workloads=keyed["workloads"],
        assumption_sets=keyed["assumption_sets"],
        rule_sets=keyed["rule_sets"],
        parameters=keyed["parameters"],
        efficiencies=keyed["efficiency"],
        brackets={name: tuple(sorted(some, key=lambda b: b.min_devices)) for name, some in brackets.items()},
        overrides=keyed["hardware_overrides"],
        tax_regimes=tuple(rows["tax_regimes"]),
        hire=keyed["hire"],
        chip_classes=tuple(sorted(rows["chip_classes"], key=lambda c: (c.priority, c.rule))),
        country_groups={name: tuple(some) for name, some in groups.items()},
        licence_rules=tuple(sorted(rows["licence_rules"], key=lambda r: (r.priority, r.rule))),
        defaults=keyed["defaults"],
    )


def _read_about(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """Title, version, date, licence and citation of the data."""
    fields = ("title", "version", "as_of", "licence", "citation")
    try:
        content = tomllib.loads(read_text(path))
    except DataError as error:
        problems.extend(error.problems)
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(f"is no readable TOML: {error}", file=path.name))
        return {}
    problems.extend(
        Problem("must be a text", file=path.name, column=name)
        for name in fields
        if not isinstance(content.get(name), str)
    )
    attribution = content.get("attribution", [])
    if isinstance(attribution, str):
        attribution = [attribution]
    return {**{name: content.get(name) for name in fields}, "attribution": tuple(attribution)}


_KEYS: Mapping[str, tuple[str, ...]] = {
    "accelerators": ("id",),
    "assumption_sets": ("id",),
    "countries": ("id",),
    "defaults": ("field",),
    "efficiency": ("assumption_set", "accelerator", "precision", "architecture"),
    "hardware_overrides": ("assumption_set", "accelerator"),
    "hire": ("country", "accelerator"),
    "parameters": ("assumption_set", "parameter"),
    "rule_sets": ("id",),
    "workloads": ("id",),
}


def _keyed(rows: Mapping[str, list[Any]], problems: list[Problem]) -> dict[str, dict[Any, Any]]:
    """The tables with a key, by key; a key that stands twice is a problem."""
    keyed: dict[str, dict[Any, Any]] = {}
    for table, names in _KEYS.items():
        known = keyed[table] = {}
        for row in rows[table]:
            key = tuple(getattr(row, name) for name in names)
            short = key[0] if len(key) == 1 else key
            if short in known:
                shown = ", ".join(map(str, key))
                problems.append(Problem("stands twice", file=f"{table}.csv", column="+".join(names), value=shown))
            known[short] = row
    return keyed


def _cross_check(rows: Mapping[str, list[Any]], keyed: Mapping[str, Mapping[Any, Any]]) -> list[Problem]:
    """Every code known, every alias unique, every set complete, one default each."""
    problems: list[Problem] = []

    def known(table: str, name: str, allowed: Iterable[Any]) -> None:
        allowed = set(allowed)
        for row in rows[table]:
            values = getattr(row, name)
            for value in (values,) if isinstance(values, str) else values:
                if value not in allowed:
                    problems.append(Problem("is not known", file=f"{table}.csv", column=name, value=value))

    accelerators, countries = keyed["accelerators"], keyed["countries"]
    sets = keyed["assumption_sets"]
    for table in ("efficiency", "hardware_overrides"):
        known(table, "accelerator", accelerators)
    known("hire", "accelerator", [*accelerators, ANY])
    known("hire", "country", countries)
    known("tax_regimes", "country", [*countries, ANY])
    known("tax_regimes", "assumption_set", [*sets, ANY])
    for table in ("efficiency", "hardware_overrides", "parameters", "size_brackets"):
        known(table, "assumption_set", sets)
    known("licence_rules", "rule_sets", keyed["rule_sets"])
    known("defaults", "field", domain.Case.model_fields)
    for table in ("assumption_sets", "rule_sets"):
        if sum(row.is_default for row in rows[table]) != 1:
            problems.append(Problem("exactly one row must be the default", file=f"{table}.csv", column="is_default"))
    for name in sets:
        for parameter in PARAMETERS:
            if (name, parameter) not in keyed["parameters"]:
                problems.append(
                    Problem(f"lacks parameter {parameter}", file="parameters.csv", column="assumption_set", value=name)
                )
        if not any(row.assumption_set == name for row in rows["size_brackets"]):
            problems.append(
                Problem("has no size bracket", file="size_brackets.csv", column="assumption_set", value=name)
            )
    known("parameters", "parameter", PARAMETERS)
    for row in rows["parameters"]:
        if row.central is None and row.parameter not in COUNTRY_PARAMETERS:
            problems.append(
                Problem(
                    "must have a central value",
                    file="parameters.csv",
                    column="central",
                    value=f"{row.assumption_set}/{row.parameter}",
                )
            )
    problems += _law_problems(rows, countries)
    problems += _bracket_problems(rows["size_brackets"])
    for row in rows["parameters"]:
        if row.parameter == "useful_life_years" and row.central is not None and row.central % 1:
            problems.append(
                Problem("must be whole years", file="parameters.csv", column="central", value=str(row.central))
            )
    for table in ("accelerators", "countries", "workloads"):
        seen: dict[str, str] = {}
        for row in rows[table]:
            for alias in {name.lower() for name in (row.id, row.name, *row.aliases)}:
                if seen.setdefault(alias, row.id) != row.id:
                    problems.append(
                        Problem(
                            f"stands for {seen[alias]} and {row.id}", file=f"{table}.csv", column="aliases", value=alias
                        )
                    )
    for row in rows["workloads"]:
        if row.tokens_t is None and row.training_flop is None:
            problems.append(
                Problem("needs tokens_t or training_flop", file="workloads.csv", column="tokens_t", value=row.id)
            )
    return problems


def _law_problems(rows: Mapping[str, list[Any]], countries: Iterable[str]) -> list[Problem]:
    """Every group, class and country of the law tables is one that the other law tables know.

    A country that is not among those of countries.csv (China, of which the rules speak) has a group of its own name.
    """
    problems = []
    groups = {row.group for row in rows["country_groups"]}
    named = {group for rule in rows["licence_rules"] for group in (*rule.groups, *rule.except_groups)}
    own = {row.country for row in rows["country_groups"] if row.country == row.group}
    classes = {row.chip_class for row in rows["chip_classes"]} | {"none", ANY}
    for row in rows["country_groups"]:
        if row.country not in {*countries, *own}:
            problems.append(Problem("is not known", file="country_groups.csv", column="country", value=row.country))
        if row.group not in named:
            problems.append(
                Problem("is named by no licence rule", file="country_groups.csv", column="group", value=row.group)
            )
    for rule in rows["licence_rules"]:
        for column_name in ("groups", "except_groups"):
            for group in getattr(rule, column_name):
                if group not in groups | {ANY}:
                    problems.append(
                        Problem(
                            "has no member", file="licence_rules.csv", column=column_name, value=f"{rule.rule}: {group}"
                        )
                    )
        for kind in rule.chip_classes:
            if kind not in classes:
                problems.append(
                    Problem("is no class of chips", file="licence_rules.csv", column="chip_classes", value=kind)
                )
    return problems


def _bracket_problems(brackets: Iterable[domain.SizeBracket]) -> list[Problem]:
    """The size brackets of a set follow one another without gap or overlap, from one device on."""
    problems = []
    by_set: dict[str, list[domain.SizeBracket]] = {}
    for bracket in brackets:
        by_set.setdefault(bracket.assumption_set, []).append(bracket)
    for name, some in by_set.items():
        expected = 1
        for bracket in sorted(some, key=lambda b: b.min_devices):
            if bracket.min_devices != expected or bracket.max_devices < bracket.min_devices:
                problems.append(
                    Problem(
                        f"must begin at {expected} and end no earlier",
                        file="size_brackets.csv",
                        column="min_devices",
                        value=f"{name}/{bracket.bracket}: {bracket.min_devices}",
                    )
                )
            expected = bracket.max_devices + 1
    return problems


def _digest(folder: Path) -> str:
    """SHA-256 over the tables that decide an answer, in order of their names."""
    total = hashlib.sha256()
    for path in sorted([folder / "catalogue.toml", *(folder / f"{name}.csv" for name in _TABLES)]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


COUNTRY_PARAMETERS: Mapping[str, str] = {
    "pue": "pue",
    "electricity_usd_per_kwh": "electricity_usd_per_kwh",
    "cost_of_capital": "cost_of_capital",
    "colocation_usd_per_kw_month": "colocation_usd_per_kw_month",
    "engineer_usd_per_year": "engineer_usd_per_year",
}
"""Parameters that an assumption set may leave to the country's own figure: parameter -> column."""

PARAMETERS: tuple[str, ...] = (
    *COUNTRY_PARAMETERS,
    "mean_power_ratio",
    "network_power_kw_per_device",
    "server_overhead_ratio",
    "storage_ratio",
    "spare_ratio",
    "freight_ratio",
    "maintenance_per_year",
    "useful_life_years",
    "residual_ratio",
    "staff_fte",
    "training_bytes_per_parameter",
    "usual_overhead",
    "buy_lead_days",
    "rent_lead_days",
    "hire_max_devices",
    "max_run_days",
)
"""Every parameter that an assumption set must give."""
