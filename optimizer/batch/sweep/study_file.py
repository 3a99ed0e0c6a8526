"""The study file: one TOML file that states a sweep.

``[defaults]`` holds fields of every case, ``[axes]`` fields with several values, and each ``[[scenario]]`` a name,
fields of its own, ``axes`` of its own, and in ``without`` the fields that it leaves out. What a scenario states goes
over what all of them share. The keys are the fields of a case; the values are written as for flags or as TOML.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from optimizer.batch.sweep.axes import SPECS
from optimizer.batch.sweep.ranges import plain
from optimizer.catalogue.tables import parse_toml, read_bytes, suggestion
from optimizer.domain.case_names import by_field, field_named
from optimizer.errors import DataError, Problem
from optimizer.units import one_reading, parse_decimal
from optimizer.units.language import say
from optimizer.units.records import dataclass

MAX_STUDY_BYTES = 64 * 1024
MAX_SCENARIOS = 1_000
MAX_SCENARIO_NAME = 60
_LISTS = ("counts", "rents", "names", "ways", "text")
"""Kinds of fields whose one value is a list."""
_TOP = ("defaults", "axes", "scenario")
_OF_A_SCENARIO = ("name", "axes", "without")
_NO_PACK = "a sweep has one catalogue: give the pack with --pack, for all cases"


@dataclass(frozen=True)
class Stated:
    """The values of a field as they were stated, and where."""

    items: tuple[str, ...]
    key: str
    """Path of the key, such as scenario[2].axes.max_mw."""
    many: bool
    """Whether there may be several."""


@dataclass(frozen=True)
class Scenario:
    """What one scenario states."""

    name: str
    stated: Mapping[str, Stated]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Study:
    """A study file as it was read, its values still as typed."""

    file: str
    shared: Mapping[str, Stated] = field(default_factory=dict)
    scenarios: Sequence[Scenario] = ()


class _Float(str):
    """A TOML float with its digits."""


def read_study(path: Path, problems: list[Problem]) -> Study | None:
    """Read a study file; None where it cannot be read at all.

    Args:
        path: of the TOML file.
        problems: what is wrong is added here, with ``file`` and with ``column`` the path of the key; the rest of
            the file is returned, so that all its problems can be reported at once.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        problems.append(Problem(say("is YAML, which is not read: write the study in TOML"), file=path.name))
        return None
    try:
        tables = parse_toml(read_bytes(path, MAX_STUDY_BYTES), path.name, _Float)
    except DataError as error:
        problems.extend(error.problems)
        return None
    return _Reader(path.name, problems).study(tables)


def split(text: str) -> list[str]:
    """The values of a list typed with commas; one that contains a comma is in double quotes.

    Raises:
        ValueError: with the rule in words.
    """
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise ValueError(say("cannot be read as a list of values: {error}", error=error)) from error
    return [item.strip() for row in rows for item in row]


class _Reader:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file, self._problems = file, problems

    def study(self, tables: Mapping[str, Any]) -> Study:
        self._known(tables, "", _TOP)
        defaults = self._table(tables.get("defaults", {}), "defaults")
        axes = self._table(tables.get("axes", {}), "axes")
        shared = self._fields(defaults, "defaults", many=False)
        of_axes = self._fields(axes, "axes", many=True)
        self._twice(shared, of_axes)
        scenarios = tables.get("scenario", [])
        if not isinstance(scenarios, list):
            self._refuse("scenario", say("must be a list of tables: write [[scenario]]"))
            scenarios = []
        if len(scenarios) > MAX_SCENARIOS:
            self._refuse("scenario", say("must be at most {max_scenarios:,} tables", max_scenarios=MAX_SCENARIOS))
            scenarios = []
        if not tables:
            self._refuse(None, say("is empty: it needs [defaults], [axes] or [[scenario]]"))
        read = [self._scenario(table, f"scenario[{number}]") for number, table in enumerate(scenarios, 1)]
        names: dict[str, int] = {}
        for number, scenario in enumerate(read, 1):
            if scenario.name and (earlier := names.setdefault(scenario.name.lower(), number)) != number:
                self._refuse(
                    say("scenario[{number}].name", number=number),
                    say("is the name of scenario[{earlier}], too", earlier=earlier),
                    scenario.name,
                )
        return Study(self._file, {**shared, **of_axes}, read)

    def _scenario(self, value: Any, place: str) -> Scenario:
        table = self._table(value, place)
        name = table.get("name")
        if name is None:
            self._refuse(say("{place}.name", place=place), say("is missing: the names of its cases begin with it"))
        elif not isinstance(name, str) or not re.fullmatch(rf"[A-Za-z0-9.-]{{1,{MAX_SCENARIO_NAME}}}", name):
            rule = say(
                'must be at most {max_scenario_name} letters, digits, "." and "-"', max_scenario_name=MAX_SCENARIO_NAME
            )
            safe = re.sub(r"[^A-Za-z0-9.-]+", "-", str(name)).strip("-")[:MAX_SCENARIO_NAME]
            self._refuse(f"{place}.name", rule, str(name), f'write "{safe}"' if safe else None)
            name = None
        own = {key: entry for key, entry in table.items() if key not in _OF_A_SCENARIO}
        stated = self._fields(own, place, many=False, also=_OF_A_SCENARIO)
        of_axes = self._fields(self._table(table.get("axes", {}), f"{place}.axes"), f"{place}.axes", many=True)
        self._twice(stated, of_axes)
        without = table.get("without", [])
        if not isinstance(without, list) or not all(isinstance(entry, str) for entry in without):
            self._refuse(say("{place}.without", place=place), say('must be a list of fields, such as ["workload"]'))
            without = []
        without = list(map(field_named, without))
        for entry in without:
            if entry not in SPECS:
                self._refuse(
                    say("{place}.without", place=place),
                    say("is not a field of a case"),
                    entry,
                    suggestion(entry, SPECS),
                )
            elif entry in stated or entry in of_axes:
                self._refuse(say("{place}.without", place=place), say("is left out and given"), entry)
        return Scenario(str(name or ""), {**stated, **of_axes}, frozenset(without))

    def _fields(
        self, table: Mapping[str, Any], place: str, *, many: bool, also: tuple[str, ...] = ()
    ) -> dict[str, Stated]:
        table, twice = by_field(table)
        for name in twice:
            self._refuse(f"{place}.{name}", say("is given twice"))
        self._known(table, place, (*SPECS, *also))
        found = {}
        for name, value in table.items():
            if name in SPECS:
                key = f"{place}.{name}"
                try:
                    items = list(_many(name, value)) if many else [_one(name, value)]
                except ValueError as error:
                    self._refuse(key, str(error), None if isinstance(value, dict | list) else str(value))
                    continue
                found[name] = Stated(tuple(items), key, many)
        return found

    def _known(self, table: Mapping[str, Any], place: str, known: tuple[str, ...]) -> None:
        for name in table:
            if name in known:
                continue
            key = f"{place}.{name}" if place else name
            if name in ("pack", "packs"):
                self._refuse(key, _NO_PACK)
            elif name == "case_id":
                self._refuse(key, say("is not given: it is made of the scenario's name and the axes that vary"))
            else:
                what = say("field of a case") if place else say("table of a study")
                self._refuse(key, say("is not a {what}", what=what), None, suggestion(name, dict.fromkeys(known)))

    def _twice(self, some: Mapping[str, Stated], others: Mapping[str, Stated]) -> None:
        for name in some.keys() & others.keys():
            self._refuse(others[name].key, say("is given in {key}, too: give one of them", key=some[name].key))

    def _table(self, value: Any, place: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._refuse(
            place, say("must be a table: write [{place}]", place=place) if "[" not in place else say("must be a table")
        )
        return {}

    def _refuse(self, key: str | None, rule: str, value: str | None = None, remedy: str | None = None) -> None:
        self._problems.append(Problem(rule, file=self._file, column=key, value=value, remedy=remedy))


def _many(name: str, value: Any) -> Iterator[str]:
    """The values of an axis: an array of them, or text as for a flag.

    Raises:
        ValueError: with the rule in words.
    """
    if isinstance(value, list):
        for item in value:
            yield _one(name, item)
    elif isinstance(value, str) and not isinstance(value, _Float):
        yield from split(value)
    else:
        yield _one(name, value)


def _one(name: str, value: Any) -> str:
    """One value, as it would be typed for a flag.

    Raises:
        ValueError: with the rule in words.
    """
    if isinstance(value, _Float):
        return one_reading(plain(parse_decimal(value.replace("_", ""))))
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    is_list = SPECS[name].kind in _LISTS
    if isinstance(value, list):
        if is_list and all(isinstance(item, str) for item in value):
            return ";".join(value)
        raise ValueError(say("must be a list of texts") if is_list else say("must be one value: several go under axes"))
    if isinstance(value, dict) and SPECS[name].kind in ("counts", "rents"):
        return ";".join(f"{key}={_one(name, count)}" for key, count in value.items())
    raise ValueError(say("must be a text, a number, a date, true or false"))
