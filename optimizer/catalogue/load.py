"""The data folder, read once: every table typed, cross-checked, and all its problems reported at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from optimizer import domain
from optimizer.catalogue.checks import cross_check
from optimizer.catalogue.country_packs import Pack, digest_with, overlay_pack, read_pack
from optimizer.catalogue.keys import by_keys, digest_of, grouped
from optimizer.catalogue.names import MAX_NAME_CHARACTERS, Abbreviated, Names, bare_name, names_of
from optimizer.catalogue.offers import committed_offers, lowest_offers, machine_offers
from optimizer.catalogue.paths import path_of
from optimizer.catalogue.rows import read_rows
from optimizer.catalogue.tables import read_about
from optimizer.catalogue.unknown_names import abbreviated_names, local_name, places, problem_of_name, territory_names
from optimizer.domain.base import Sourced, column
from optimizer.domain.option import machine_devices
from optimizer.errors import DataError, InputError, Problem
from optimizer.units.language import say
from optimizer.units.records import dataclass

ENVIRONMENT_VARIABLE = "OPTIMIZER_DATA"


class Default(Sourced):
    """What a case takes where it says nothing."""

    field: str = column("field of the case")
    value: str = column("value, as in a CSV cell")
    why: str = column("why this value, in words")


TABLES: Mapping[str, type[Sourced]] = {
    "accelerators": domain.Accelerator,
    "assumption_sets": domain.AssumptionSet,
    "buyer_rules": domain.BuyerRule,
    "chip_classes": domain.ChipClass,
    "compute_thresholds": domain.ComputeThreshold,
    "cooling": domain.Cooling,
    "countries": domain.Country,
    "country_groups": domain.CountryGroup,
    "defaults": Default,
    "distribution": domain.Distribution,
    "efficiency": domain.Efficiency,
    "fx": domain.ExchangeRate,
    "hardware_overrides": domain.HardwareOverride,
    "licence_rules": domain.LicenceRule,
    "machines": domain.Machine,
    "model_sizes": domain.ModelSize,
    "offers": domain.Offer,
    "parameters": domain.Parameter,
    "regions": domain.Region,
    "rule_sets": domain.RuleSet,
    "size_brackets": domain.SizeBracket,
    "staff": domain.StaffRule,
    "supply": domain.KnownSupply,
    "tax_regimes": domain.TaxRegime,
    "ways": domain.Way,
    "workloads": domain.Workload,
}
"""Every table that an answer may depend on, with its row type; the digest is over these."""
MAY_LACK = frozenset({"cooling", "machines", "staff", "supply"})
"""Tables that a folder of your own may do without: then one figure of parameters.csv holds for all, and servers are
whole."""

_ATTRIBUTE = {
    "compute_thresholds": "thresholds",
    "efficiency": "efficiencies",
    "fx": "exchange",
    "hardware_overrides": "overrides",
    "size_brackets": "brackets",
}
"""Table -> attribute of the catalogue, where the two differ."""


@dataclass(frozen=True, eq=False, repr=False)
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
    packs: tuple[str, ...]
    """Country packs laid over the tables, by file name; the digest covers them."""
    accelerators: Mapping[str, domain.Accelerator]
    countries: Mapping[str, domain.Country]
    regions: Mapping[str, domain.Region]
    workloads: Mapping[str, domain.Workload]
    ways: Mapping[str, domain.Way]
    assumption_sets: Mapping[str, domain.AssumptionSet]
    rule_sets: Mapping[str, domain.RuleSet]
    parameters: Mapping[tuple[str, str], domain.Parameter]
    efficiencies: Mapping[tuple[str, str, str, str], domain.Efficiency]
    brackets: Mapping[str, tuple[domain.SizeBracket, ...]]
    distribution: Mapping[tuple[str, str], domain.Distribution]
    """By assumption set and spread: what several sites leave of the efficiency of one run."""
    machines: Mapping[tuple[str, int], domain.Machine]
    """By accelerator and devices, what is smaller than its server."""
    model_sizes: Mapping[str, tuple[domain.ModelSize, ...]]
    overrides: Mapping[tuple[str, str], domain.HardwareOverride]
    tax_regimes: tuple[domain.TaxRegime, ...]
    offers: tuple[domain.Offer, ...]
    """Every public offer to rent."""
    hire: Mapping[tuple[str, str], domain.Offer]
    """By country and accelerator, the lowest on-demand offer of whole servers there: what a plan rents at."""
    committed: Mapping[tuple[str, str, str], domain.Offer]
    """By country, accelerator and commitment, the lowest offer (:func:`committed_offers`); of a machine smaller than a
    server, by the name of its size bracket."""
    small_machines: Mapping[tuple[str, str], domain.Offer]
    """The same of machines smaller than a server, where no whole ones are offered: no cluster is made of them."""
    staff: Mapping[str, tuple[domain.StaffRule, ...]]
    """By assumption set."""
    cooling: Mapping[tuple[str, str], domain.Cooling]
    """By cooling and climate."""
    supply: Mapping[str, domain.KnownSupply]
    """By country, what is known to stand there."""
    chip_classes: tuple[domain.ChipClass, ...]
    country_groups: Mapping[str, tuple[domain.CountryGroup, ...]]
    licence_rules: tuple[domain.LicenceRule, ...]
    buyer_rules: tuple[domain.BuyerRule, ...]
    thresholds: tuple[domain.ComputeThreshold, ...]
    exchange: Mapping[str, domain.ExchangeRate]
    defaults: Mapping[str, Default]
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What is common to many cases, computed once and kept by value (see options and exact)."""

    def __repr__(self) -> str:
        """Short: the tables hold thousands of figures."""
        packs = "".join(f" with {name}" for name in self.packs)
        countries = len(self.every_country)
        return f"<Catalogue {self.version}{packs}: {len(self.accelerators)} accelerators, {countries} countries>"

    @property
    def default_assumptions(self) -> str:
        """The assumption set of a case that names none."""
        return next(name for name, row in self.assumption_sets.items() if row.is_default)

    @property
    def default_rules(self) -> str:
        """The export rules of a case that names none."""
        return next(name for name, row in self.rule_sets.items() if row.is_default)

    def rows(self, table: str) -> Iterator[Sourced]:
        """The rows of a table by the name of its file: ``accelerators``, ``offers``, ...

        Raises:
            KeyError: no such table.
        """
        if table not in TABLES:
            raise KeyError(table)
        held = getattr(self, _ATTRIBUTE.get(table, table))
        for item in held.values() if isinstance(held, Mapping) else held:
            yield from item if isinstance(item, tuple) else (item,)

    @cached_property
    def _names(self) -> dict[str, Names]:
        """By kind of thing, its names."""
        tables: dict[str, Mapping[str, Any]] = {
            "accelerator": self.accelerators,
            "country": self.countries,
            "region": self.regions,
            "workload": self.workloads,
            "way": self.ways,
            "assumptions": self.assumption_sets,
            "rules": self.rule_sets,
        }
        makers = dict.fromkeys(chip.vendor for chip in self.accelerators.values())
        return {
            kind: Names(
                {key: names_of(row) for key, row in rows.items()},
                # what many call several countries is asked back, though it is the name of one: Guinea
                {key: (key,) if kind == "country" else (row.name, key) for key, row in rows.items()},
                makers if kind == "accelerator" else (),
            )
            for kind, rows in tables.items()
        }

    @cached_property
    def every_country(self) -> Mapping[str, domain.Country]:
        """The countries that "all" means: not the regions with rules of their own, which are asked for by name."""
        return {key: row for key, row in self.countries.items() if not row.part_of}

    @cached_property
    def codes(self) -> dict[str, str]:
        """ISO 3166-1 alpha-3 code of a country in lower case -> its id. No word of a question unless in capitals."""
        return {row.iso3.lower(): key for key, row in self.countries.items()}

    def bracket(self, assumptions: str, name: str) -> domain.SizeBracket:
        """A size bracket of a set of assumptions by its name; that of a machine is the smallest, for it alone."""
        if size := machine_devices(name):
            return self.brackets[assumptions][0].of_machine(name, size)
        return self._brackets[assumptions, name]

    def largest_cluster(self, assumptions: str) -> int:
        """Accelerators of the largest cluster whose efficiency a set of assumptions knows: no plan has a larger one."""
        return self.brackets[assumptions][-1].max_devices

    @cached_property
    def _brackets(self) -> dict[tuple[str, str], domain.SizeBracket]:
        return {(at, row.bracket): row for at, rows in self.brackets.items() for row in rows}

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        """Every id, name and alias of a kind in lower case, with the id it represents.

        ``kind``: accelerator, country, region, workload, way, assumptions or rules.
        """
        return self._names[kind].stated

    @cached_property
    def _families(self) -> dict[str, tuple[str, ...]]:
        """By the first part of the ids, where several accelerators share it: h100 -> its SXM, PCIe and NVL forms."""
        found: dict[str, list[str]] = {}
        for key in self.accelerators:
            found.setdefault(key.partition("_")[0], []).append(key)
        return {name: tuple(keys) for name, keys in found.items() if len(keys) > 1 and name not in self.accelerators}

    def without_cache(self) -> Catalogue:
        """The same tables with nothing kept of any case: small enough to travel to other processes."""
        return replace(self, cache={})

    def family_of(self, name: str) -> tuple[str, ...]:
        """Every form of a family of accelerators by its name; none if it is not the name of a family."""
        if (found := self._families.get(name)) or len(name) > MAX_NAME_CHARACTERS:
            return found or ()
        return self._families.get(bare_name(name)) or self._families.get(self._names["accelerator"].bare_chip(name), ())

    def family_name(self, name: str) -> str | None:
        """The family that a name is of, as the ids have it; None if it is not the name of a family."""
        forms = self.family_of(name)
        return forms[0].partition("_")[0] if forms else None

    def forms_of(self, name: str) -> tuple[str, ...]:
        """The accelerators that the name of one, or of a family, represents once it was looked up."""
        return self._families.get(name) or (name,)

    def known(self, kind: str, name: str) -> str | None:
        """The id of a name as people write it; None where it is not known, or could be several.

        ``kind``: accelerator, country, workload, way, assumptions or rules.
        """
        found = self._names[kind].find(name)
        if found is None and kind == "country":
            bare = bare_name(name[:MAX_NAME_CHARACTERS])
            found = self.codes.get(bare) or abbreviated_names().get(bare) or self.abbreviated.find(name)
            found = found if found in self.countries else None
        elif kind == "country" and found and len(places().get(bare_name(name), ())) > 1:
            # Salvador, a country in French and a city of Brazil; but Guyana is "Guiana" in Portuguese
            found = found if bare_name(local_name(self.countries[found])) == bare_name(name) else None
        return found

    @cached_property
    def abbreviated(self) -> Abbreviated:
        """Names of countries and territories that have words cut off before a dot: Solomon Is., W. Sahara."""
        return Abbreviated((*self.vocabulary("country").items(), *territory_names()))

    def sharing(self, kind: str, name: str) -> tuple[str, ...]:
        """The ids that share a name: Congo is CD and CG. None where :meth:`known` knows it, or nothing has it."""
        return self._names[kind].sharing(name)

    def find(self, kind: str, name: str, column_name: str | None = None) -> str:
        """The id of a name as people write it, as :meth:`known` has it.

        Raises:
            InputError: unknown, with the nearest known names; or several things where one is needed.
        """
        key = self.known(kind, name)
        if key is None:
            raise InputError([problem_of_name(self, kind, name, column_name or kind)])
        return key


def data_folder() -> Path:
    """Where the shipped tables lie: OPTIMIZER_DATA, else inside the installed package, else the checkout."""
    if given := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(given)
    package = Path(__file__).parent.parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def load_catalogue(folder: str | Path | None = None, packs: Iterable[str | Path] = ()) -> Catalogue:
    """Read and cross-check a data folder, with country packs of your own laid over it.

    Args:
        folder: a folder of your own; by default OPTIMIZER_DATA or the tables shipped with the package.
        packs: TOML files, each adding or changing one country; a later one goes over an earlier one.

    Raises:
        DataError: every problem of every file at once, with file, line, column, value and rule.

    Example:
        >>> import optimizer
        >>> "BR" in optimizer.load_catalogue().countries
        True
    """
    where = path_of(folder) if folder is not None else data_folder()
    if not where.is_dir():
        remedy = say("give a data folder (--data, OPTIMIZER_DATA)")
        raise DataError.at(say("is not a folder"), file=str(where), remedy=remedy)
    problems: list[Problem] = []
    about = read_about(where / "catalogue.toml", problems)
    rows: dict[str, list[Any]] = {
        name: read_rows(where / f"{name}.csv", row_type, problems) if _is_there(where, name) else []
        for name, row_type in TABLES.items()
    }
    keyed = by_keys(rows, problems)
    if problems:
        raise DataError(problems)
    problems = cross_check(rows, keyed, about["as_of"])
    if problems:
        raise DataError(problems)
    laid: list[Pack] = []
    if paths := [packs] if isinstance(packs, str) or not isinstance(packs, Iterable) else list(packs):
        rows, keyed, laid = _with_packs(rows, tuple(map(path_of, paths)), str(about["as_of"]))
    brackets = grouped("assumption_set", rows["size_brackets"])
    whole, small = lowest_offers(rows["offers"], keyed["accelerators"])
    return Catalogue(
        folder=where,
        **about,
        digest=digest_with(_digest(where), laid),
        packs=tuple(pack.name for pack in laid),
        accelerators=keyed["accelerators"],
        countries=keyed["countries"],
        regions=keyed["regions"],
        workloads=keyed["workloads"],
        ways=keyed["ways"],
        assumption_sets=keyed["assumption_sets"],
        rule_sets=keyed["rule_sets"],
        parameters=keyed["parameters"],
        efficiencies=keyed["efficiency"],
        brackets={name: tuple(sorted(some, key=lambda b: b.min_devices)) for name, some in brackets.items()},
        distribution=keyed["distribution"],
        model_sizes=grouped("assumption_set", rows["model_sizes"]),
        machines=keyed["machines"],
        overrides=keyed["hardware_overrides"],
        tax_regimes=tuple(rows["tax_regimes"]),
        offers=tuple(rows["offers"]),
        hire=whole,
        committed={
            **committed_offers(rows["offers"], keyed["accelerators"], whole),
            **machine_offers(rows["offers"], keyed["machines"]),
        },
        small_machines=small,
        staff=grouped("assumption_set", rows["staff"]),
        cooling=keyed["cooling"],
        supply=keyed["supply"],
        chip_classes=tuple(sorted(rows["chip_classes"], key=lambda c: (c.priority, c.rule))),
        country_groups=grouped("country", rows["country_groups"]),
        licence_rules=tuple(sorted(rows["licence_rules"], key=lambda r: (r.priority, r.rule))),
        buyer_rules=tuple(rows["buyer_rules"]),
        thresholds=tuple(sorted(rows["compute_thresholds"], key=lambda r: (r.above_flop, r.rule))),
        exchange=keyed["fx"],
        defaults=keyed["defaults"],
    )


def _is_there(folder: Path, table: str) -> bool:
    """Whether a table is to be read: one that a folder may lack, only where it has it."""
    return table not in MAY_LACK or (folder / f"{table}.csv").is_file()


def _with_packs(
    rows: dict[str, list[Any]], paths: Iterable[Path], as_of: str
) -> tuple[dict[str, list[Any]], dict[str, dict[Any, Any]], list[Pack]]:
    """The tables with the packs laid over them, cross-checked again: a problem now is one of a pack."""
    problems: list[Problem] = []
    found = [read_pack(path, problems) for path in paths]
    packs = [pack for pack in found if pack is not None]
    for pack in packs:
        reported = len(problems)
        rows = overlay_pack(rows, pack, as_of, problems)
        keyed = by_keys(rows, problems)
        if pack.country in keyed["countries"]:
            problems += cross_check(rows, keyed, as_of)
        # reported of a table of the folder, it is the pack that is at fault
        problems[reported:] = [replace(problem, file=pack.name, line=None) for problem in problems[reported:]]
    if problems:
        raise DataError(problems)
    return rows, keyed, packs


def _digest(folder: Path) -> str:
    """SHA-256 over the tables that decide an answer, in order of their names."""
    return digest_of(
        [folder / "catalogue.toml", *(folder / f"{name}.csv" for name in TABLES if _is_there(folder, name))]
    )
