"""An entry of the data folder for a reader: every figure with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import nearest_names
from optimizer.catalogue.unknown_names import local_name
from optimizer.errors import DataError, UsageError
from optimizer.reference.country_sheet import country_sheet, offer_words
from optimizer.reference.figure_lines import FigureLine, Sheet, figures
from optimizer.reference.row_types import row_types
from optimizer.units.language import or_words, say
from optimizer.validation.projects import projects_of

NEAR_A_TABLE = 0.7
"""How like the name of a table a word is that must have meant it."""
NEAR_AN_ENTRY = 0.77
"""The same of an entry, of whose names there are thousands: capital is near to Italy, Gabon and Chapina."""


def sheet(catalogue: Catalogue, name: str) -> Sheet:
    """Every figure of an entry, by section.

    Raises:
        UsageError: no entry has that name.
    """
    for kind in ("accelerator", "country", "region", "workload", "way", "rules", "assumptions"):
        try:
            key = catalogue.find(kind, name)
        except DataError:
            continue
        return {**_SHEETS[kind](catalogue, key), **_project(catalogue, name)}
    if found := _project(catalogue, name):
        return found
    rules = _rule_rows(catalogue)
    rows = rules.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
    if rows is not None:
        return {
            say("{rule}: {kind}", rule=row.rule, kind=kind): figures(row, catalogue, ("rule",)) for kind, row in rows
        }
    projects = [project.id for project in projects_of(catalogue)]
    known = dict(entry for kind in _SHEETS for entry in catalogue.vocabulary(kind).items())
    known |= {word: word for word in (*rules, *projects)}
    tables = list(row_types())
    near = get_close_matches(name.strip().lower(), tables, 1, NEAR_A_TABLE)
    near = near or nearest_names(name, known, _names_of_places(catalogue), NEAR_AN_ENTRY)
    text = say(
        '"{name}" names no accelerator, country, region, workload, way, project, rule set, rule or assumption set,'
        ' and no table; {remedy} (all tables: "optimizer data list tables")',
        name=name,
        remedy=say("did you mean {first}?", first=or_words(near))
        if near
        else say('"optimizer data list" says what there is'),
    )
    raise UsageError(text)


def _names_of_places(catalogue: Catalogue) -> dict[str, str]:
    """The name of each country and region by its id: "chapina" is one of its names, too, but none to suggest."""
    return {key: local_name(row) for rows in (catalogue.countries, catalogue.regions) for key, row in rows.items()}


def _rule_rows(catalogue: Catalogue) -> dict[str, list[tuple[str, Any]]]:
    """Every rule of the law by its name in lower case: a name may stand in more than one table (GP10_ASCEND)."""
    tables: Mapping[str, Sequence[Any]] = {
        say("class of a chip"): catalogue.chip_classes,
        say("what follows"): catalogue.licence_rules,
        say("reported, not decided by a plan"): catalogue.buyer_rules,
        say("threshold of training compute"): catalogue.thresholds,
    }
    found: dict[str, list[tuple[str, Any]]] = {}
    for kind, rows in tables.items():
        for row in rows:
            found.setdefault(row.rule.lower(), []).append((kind, row))
    return found


def _project(catalogue: Catalogue, name: str) -> Sheet:
    """What was published of a national project of that name or workload; nothing of another name."""
    chosen = [row for row in projects_of(catalogue) if name.strip().lower() in (row.id, row.workload)]
    return {
        say("national project: {row_name} ({row_id})", row_name=row.name, row_id=row.id): figures(row, catalogue)
        for row in chosen
    }


def _accelerator(catalogue: Catalogue, key: str) -> Sheet:
    chip = catalogue.accelerators[key]
    sections: Sheet = {f"{chip.name} ({key})": figures(chip, catalogue)}
    for (_, accelerator, precision, architecture), row in catalogue.efficiencies.items():
        if accelerator == key:
            title = say(
                "efficiency, {assumption_set}: {precision}, {architecture}",
                assumption_set=row.assumption_set,
                precision=precision,
                architecture=architecture,
            )
            sections[title] = figures(row, catalogue, ("assumption_set", "accelerator", "precision", "architecture"))
    where = [
        FigureLine(name=hire.country, value=offer_words(hire))
        for hire in catalogue.hire.values()
        if hire.accelerator == key
    ]
    if where:
        sections[say("lowest on-demand offers")] = where
    return sections


def _region(catalogue: Catalogue, key: str) -> Sheet:
    row = catalogue.regions[key]
    members = [FigureLine(name=code, value=local_name(catalogue.countries[code])) for code in row.members]
    return {local_name(row): figures(row, catalogue, ("members",)), say("countries"): members}


def _workload(catalogue: Catalogue, key: str) -> Sheet:
    return {say(catalogue.workloads[key].name): figures(catalogue.workloads[key], catalogue)}


def _way(catalogue: Catalogue, key: str) -> Sheet:
    return {say(catalogue.ways[key].name): figures(catalogue.ways[key], catalogue)}


def _rules(catalogue: Catalogue, key: str) -> Sheet:
    sections: Sheet = {say(catalogue.rule_sets[key].name): figures(catalogue.rule_sets[key], catalogue)}
    for rule in catalogue.licence_rules:
        if key in rule.rule_sets:
            sections[rule.rule] = figures(rule, catalogue, ("rule", "rule_sets"))
    return sections


def _assumptions(catalogue: Catalogue, key: str) -> Sheet:
    row = catalogue.assumption_sets[key]
    sections: Sheet = {say(row.name): figures(row, catalogue)}
    for (owner, name), parameter in catalogue.parameters.items():
        if owner == key:
            sections[name] = figures(parameter, catalogue, ("assumption_set", "parameter"))
    return sections


_SHEETS: Mapping[str, Callable[[Catalogue, str], Sheet]] = {
    "accelerator": _accelerator,
    "country": country_sheet,
    "region": _region,
    "workload": _workload,
    "way": _way,
    "rules": _rules,
    "assumptions": _assumptions,
}
