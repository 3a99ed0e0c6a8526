"""Whether the tables of a data folder go together: every code known, every set complete, no two rows at odds."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, product
from typing import Any, get_args

from pydantic import ValidationError

from optimizer import domain
from optimizer.catalogue.tables import problems_of
from optimizer.domain import ANY, COUNTRY_PARAMETERS, FROM_SCRATCH, PARAMETERS, Architecture, Distribution
from optimizer.domain.base import Sourced
from optimizer.domain.chip_class import class_problems
from optimizer.domain.likely_units import likely_unit
from optimizer.domain.parameters import BOUNDS
from optimizer.errors import Problem
from optimizer.units.language import say


def cross_check(rows: Mapping[str, list[Any]], keyed: Mapping[str, Mapping[Any, Any]], as_of: str) -> list[Problem]:
    """Every code known, every alias unique, every set complete, one default each; chips classed as stated on a day."""
    problems: list[Problem] = []

    def known(table: str, name: str, allowed: Iterable[Any]) -> None:
        allowed = set(allowed)
        for row in rows[table]:
            values = getattr(row, name)
            for value in (values,) if isinstance(values, str) else values:
                if value not in allowed:
                    problems.append(
                        Problem(say("is not known"), file=f"{table}.csv", line=row.line, column=name, value=value)
                    )

    accelerators, countries = keyed["accelerators"], keyed["countries"]
    sets = keyed["assumption_sets"]
    for table in ("efficiency", "hardware_overrides", "machines"):
        known(table, "accelerator", accelerators)
    known("offers", "accelerator", accelerators)
    known("offers", "country", [*countries, ANY])
    known("supply", "country", countries)
    known("cooling", "countries", [*countries, ANY])
    known("staff", "ways", [*keyed["ways"], ANY])
    known("tax_regimes", "country", [*countries, ANY])
    known("regions", "members", countries)
    known("tax_regimes", "assumption_set", [*sets, ANY])
    of_sets = ("efficiency", "hardware_overrides", "parameters", "size_brackets", "model_sizes", "distribution")
    for table in (*of_sets, "staff"):
        known(table, "assumption_set", sets)
    known("model_sizes", "architectures", get_args(Architecture))
    known("model_sizes", "generations", {chip.generation for chip in accelerators.values()} | {ANY})
    for table in ("licence_rules", "buyer_rules"):
        known(table, "rule_sets", keyed["rule_sets"])
    known("defaults", "field", domain.Case.model_fields)
    known("workloads", "way", keyed["ways"])
    if FROM_SCRATCH not in keyed["ways"]:
        problems.append(Problem(say("has no row pretrain"), file="ways.csv", column="id"))
    for table in ("assumption_sets", "rule_sets"):
        if sum(row.is_default for row in rows[table]) != 1:
            problems.append(
                Problem(say("exactly one row must be the default"), file=f"{table}.csv", column="is_default")
            )
    for name in sets:
        for parameter in PARAMETERS:
            if (name, parameter) not in keyed["parameters"]:
                problems.append(
                    Problem(
                        say("has no parameter {parameter}", parameter=parameter),
                        file="parameters.csv",
                        column="assumption_set",
                        value=name,
                    )
                )
        if not any(row.assumption_set == name for row in rows["size_brackets"]):
            problems.append(
                Problem(say("has no size bracket"), file="size_brackets.csv", column="assumption_set", value=name)
            )
        problems += [
            Problem(
                say("has no spread {spread}", spread=spread),
                file="distribution.csv",
                column="assumption_set",
                value=name,
            )
            for spread in get_args(domain.Spread)
            if (name, spread) not in keyed["distribution"]
        ]
        problems += _spread_wide(
            *(keyed["distribution"].get((name, spread)) for spread in ("domestic", "international"))
        )
        of_any = [
            row.architectures for row in rows["model_sizes"] if row.assumption_set == name and ANY in row.generations
        ]
        if set(chain.from_iterable(of_any)) != set(get_args(Architecture)):
            problems.append(
                Problem(
                    say("needs rows for any generation and both architectures"),
                    file="model_sizes.csv",
                    column="generations",
                    value=name,
                    remedy=say("a last row: generations *, architectures dense;moe, per_doubling 1"),
                )
            )
    known("parameters", "parameter", PARAMETERS)
    for row in rows["parameters"]:
        if row.central is None and row.parameter not in COUNTRY_PARAMETERS:
            problems.append(
                Problem(
                    say("must have a central value"),
                    file="parameters.csv",
                    line=row.line,
                    column="central",
                    value=f"{row.assumption_set}/{row.parameter}",
                )
            )
    problems += _out_of_bounds(rows["parameters"])
    problems += _unusable_defaults(rows["defaults"])
    for row in rows["countries"]:
        if row.currency and row.currency not in keyed["fx"]:
            problems.append(
                Problem(
                    say("is not in fx.csv"), file="countries.csv", line=row.line, column="currency", value=row.currency
                )
            )
    problems += _law_problems(rows, countries)
    problems += class_problems(rows["accelerators"], rows["chip_classes"], as_of)
    problems += _tax_problems(rows["tax_regimes"])
    problems += _bracket_problems(rows["size_brackets"])
    problems += _machine_problems(rows["machines"], accelerators)
    problems += _size_problems(rows["model_sizes"])
    for row in rows["parameters"]:
        if row.parameter == "useful_life_years" and row.central is not None and row.central % 1:
            problems.append(
                Problem(
                    say("must be whole years"),
                    file="parameters.csv",
                    line=row.line,
                    column="central",
                    value=str(row.central),
                )
            )
    for table in ("accelerators", "countries", "regions", "ways", "workloads"):
        seen: dict[str, str] = {}
        proper = {name.lower(): row.id for row in rows[table] for name in (row.name, row.id)}
        for row in rows[table]:
            for alias in {name.lower() for name in (row.id, row.name, *row.aliases)}:
                # countries share aliases (Congo, Dominican), which are asked back, but no name proper
                if table == "countries" and alias not in proper:
                    continue
                if proper.get(alias, seen.setdefault(alias, row.id)) != row.id:
                    problems.append(
                        Problem(
                            say(
                                "is a name of both {alias} and {row_id}",
                                alias=proper.get(alias, seen.get(alias)),
                                row_id=row.id,
                            ),
                            file=f"{table}.csv",
                            line=row.line,
                            column="aliases",
                            value=alias,
                        )
                    )
    for row in rows["workloads"]:
        if row.base is not None and row.base not in keyed["workloads"]:
            problems.append(
                Problem(say("is not known"), file="workloads.csv", line=row.line, column="base", value=row.base)
            )
        if row.tokens_t is None and row.training_flop is None:
            problems.append(
                Problem(
                    say("needs tokens_t or training_flop"),
                    file="workloads.csv",
                    line=row.line,
                    column="tokens_t",
                    value=row.id,
                )
            )
    return problems


def _out_of_bounds(parameters: Iterable[domain.Parameter]) -> Iterator[Problem]:
    """Every planning parameter lies where its unit puts it, with its range."""
    for row in parameters:
        least, most = BOUNDS.get(row.parameter, (None, None))
        for column in ("low", "central", "high"):
            value = getattr(row, column)
            if value is None or least is None or most is None or least <= value <= most:
                continue
            yield Problem(
                say("must be from {least:g} to {most:g} {unit}", least=least, most=most, unit=row.unit),
                file="parameters.csv",
                line=row.line,
                column=f"{row.parameter} {column}",
                value=f"{value:f}",
                remedy=likely_unit(row.parameter, f"{value:f}"),
            )


def _unusable_defaults(defaults: Iterable[Any]) -> Iterator[Problem]:
    """Every default is a value of its field: a case that says nothing takes it."""
    for row in defaults:
        if row.field not in domain.Case.model_fields:
            continue
        try:
            domain.Case.model_validate({row.field: row.value})
        except ValidationError as error:
            for problem in problems_of(error, None):
                yield replace(problem, file="defaults.csv", line=row.line, column=row.field, value=row.value)


def _spread_wide(domestic: Distribution | None, international: Distribution | None) -> Iterator[Problem]:
    """That several countries are not held easier than one: sites of one country would be planned as if they were."""
    if domestic is None or international is None:
        return
    for name, rule, worse in (
        ("efficiency", "at most", international.efficiency > domestic.efficiency),
        ("site_staff_fte", "at least", international.site_staff_fte < domestic.site_staff_fte),
    ):
        if worse:
            yield Problem(
                say(
                    "must be {rule} that within one country, {domestic:f}", rule=rule, domestic=getattr(domestic, name)
                ),
                file="distribution.csv",
                line=international.line,
                column=name,
                value=f"{getattr(international, name):f}",
            )


def _size_problems(sizes: Iterable[domain.ModelSize]) -> list[Problem]:
    """No two rows of a set hold for one generation (or for any) and one architecture: the order of the rows decides
    nothing; and each line ends no lower than it begins."""
    problems, seen = [], set()
    for row in sizes:
        for generation, architecture in product(row.generations, row.architectures):
            at = (row.assumption_set, generation, architecture)
            if at in seen:
                problems.append(
                    Problem(
                        say("has two rows for {architecture}", architecture=architecture),
                        file="model_sizes.csv",
                        line=row.line,
                        column="generations",
                        value=f"{row.assumption_set}/{generation}",
                    )
                )
            seen.add(at)
        if row.params_to_b < row.params_from_b:
            problems.append(
                Problem(
                    say("must not be below params_from_b"),
                    file="model_sizes.csv",
                    line=row.line,
                    column="params_to_b",
                    value=f"{row.params_to_b:f}",
                )
            )
    return problems


def _law_problems(rows: Mapping[str, list[Any]], countries: Collection[str]) -> list[Problem]:
    """Every group, class and country of the law tables is one that the other tables know."""
    problems = []
    groups = {row.group for row in rows["country_groups"]}
    named = {group for rule in rows["licence_rules"] for group in (*rule.groups, *rule.except_groups)}
    classes = {row.chip_class for row in rows["chip_classes"]} | {"none"}
    asked, all_groups, all_classes = {*countries, ANY}, groups | {ANY}, classes | {ANY}
    not_known, no_class = say("is not known"), say("is not a class of chips")
    no_rule, no_member = say("is named by no licence rule"), say("has no member")

    def unknown(
        table: str, row: Sourced, column: str, value: str, words: str, allowed: Container[str], shown: str = ""
    ) -> None:
        if value not in allowed:
            problems.append(Problem(words, file=f"{table}.csv", line=row.line, column=column, value=shown + value))

    for row in rows["country_groups"]:
        unknown("country_groups", row, "country", row.country, not_known, countries)
        unknown("country_groups", row, "group", row.group, no_rule, named)
    for table in ("licence_rules", "buyer_rules"):
        for rule in rows[table]:
            for column in ("groups", "except_groups"):
                for group in getattr(rule, column):
                    unknown(table, rule, column, group, no_member, all_groups, f"{rule.rule}: ")
            for kind in rule.chip_classes:
                unknown(table, rule, "chip_classes", kind, no_class, all_classes)
    for rule in rows["buyer_rules"]:
        for country in rule.countries:
            unknown("buyer_rules", rule, "countries", country, not_known, asked)
    for chip in rows["accelerators"]:
        unknown("accelerators", chip, "stated_class", chip.stated_class, no_class, {*classes, ""})
    return problems


def _tax_problems(regimes: Iterable[domain.TaxRegime]) -> list[Problem]:
    """On no day do two rows of one regime hold, nor two defaults of one country and assumption set."""
    problems = []
    before: dict[tuple[str, str], list[domain.TaxRegime]] = {}
    for row in regimes:
        if row.effective_from and row.effective_to and row.effective_to < row.effective_from:
            problems.append(
                Problem(
                    say("must not be before effective_from"),
                    file="tax_regimes.csv",
                    line=row.line,
                    column="effective_to",
                    value=row.effective_to,
                )
            )
        earlier = before.setdefault((row.country, row.assumption_set), [])
        for other in earlier:
            if not _overlap(row, other):
                continue
            if row.regime == other.regime:
                words = say("is in force twice on one day")
            elif row.is_default and other.is_default:
                words = say("is a default, and so is {regime}", regime=other.regime)
            else:
                continue
            problems.append(
                Problem(
                    words, file="tax_regimes.csv", line=row.line, column="regime", value=f"{row.country}/{row.regime}"
                )
            )
        earlier.append(row)
    return problems


def _overlap(one: domain.TaxRegime, other: domain.TaxRegime) -> bool:
    """Whether there is a day on which both hold (ISO dates: text order is date order; an open end is no end)."""
    first = max(one.effective_from or "", other.effective_from or "")
    last = [row.effective_to for row in (one, other) if row.effective_to]
    return not last or first <= min(last)


def _machine_problems(
    machines: Iterable[domain.Machine], accelerators: Mapping[str, domain.Accelerator]
) -> list[Problem]:
    """A machine has fewer accelerators than the server of the same, and draws no more."""
    problems = []
    for row in machines:
        chip = accelerators.get(row.accelerator)
        for name, of_server in (("devices", "server_devices"), ("server_peak_kw", "server_peak_kw")):
            value, most = getattr(row, name), getattr(chip, of_server, None)
            if most is not None and value >= most:
                rule = say("must be less than that of the server ({most})", most=most)
                problems.append(Problem(rule, file="machines.csv", line=row.line, column=name, value=str(value)))
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
                        say("must begin at {expected} and end no earlier", expected=expected),
                        file="size_brackets.csv",
                        line=bracket.line,
                        column="min_devices",
                        value=f"{name}/{bracket.bracket}: {bracket.min_devices}",
                    )
                )
            expected = bracket.max_devices + 1
    return problems
