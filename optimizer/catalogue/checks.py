"""Whether the tables of a data folder go together: every code known, every set complete, no two rows at odds."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, product
from typing import Any, get_args

from pydantic import ValidationError

from optimizer import domain
from optimizer.catalogue.rows import problems_of
from optimizer.domain import ANY, COUNTRY_PARAMETERS, FROM_SCRATCH, PARAMETERS, Architecture, Distribution
from optimizer.domain.base import Sourced
from optimizer.domain.chip_class import class_problems
from optimizer.domain.likely_units import likely_unit
from optimizer.domain.parameters import BOUNDS
from optimizer.errors import Problem
from optimizer.units.language import say

Rows = Mapping[str, list[Any]]
"""The rows of every table by its name."""
Keyed = Mapping[str, Mapping[Any, Any]]
"""The same by their keys."""


def cross_check(rows: Rows, keyed: Keyed, as_of: str) -> list[Problem]:
    """Every code known, every alias unique, every set complete, one default each; chips classed as stated on a day."""
    return [
        *_unknown_codes(rows, keyed),
        *_incomplete_sets(rows, keyed),
        *_unknown(rows, "parameters", "parameter", PARAMETERS),
        *_without_value(rows["parameters"]),
        *_out_of_bounds(rows["parameters"]),
        *_unusable_defaults(rows["defaults"]),
        *_unknown_currencies(rows["countries"], keyed["fx"]),
        *_law_problems(rows, keyed["countries"]),
        *class_problems(rows["accelerators"], rows["chip_classes"], as_of),
        *_tax_problems(rows["tax_regimes"]),
        *_bracket_problems(rows["size_brackets"]),
        *_machine_problems(rows["machines"], keyed["accelerators"]),
        *_size_problems(rows["model_sizes"]),
        *_parts_of_years(rows["parameters"]),
        *_shared_names(rows),
        *_workload_problems(rows["workloads"], keyed["workloads"]),
    ]


def _at(row: Sourced, table: str, column: str, value: str, rule: str, remedy: str | None = None) -> Problem:
    """What is wrong with a cell of a row."""
    return Problem(rule, file=f"{table}.csv", line=row.line, column=column, value=value, remedy=remedy)


def _unknown(rows: Rows, table: str, column: str, allowed: Iterable[Any]) -> Iterator[Problem]:
    """Cells, or words of a list, that are none of what is allowed."""
    known = set(allowed)
    for row in rows[table]:
        values = getattr(row, column)
        for value in (values,) if isinstance(values, str) else values:
            if value not in known:
                yield _at(row, table, column, value, say("is not known"))


def _unknown_codes(rows: Rows, keyed: Keyed) -> Iterator[Problem]:
    """Every code is that of a row of the table that it means."""
    accelerators, sets, ways = keyed["accelerators"], keyed["assumption_sets"], keyed["ways"]
    countries = keyed["countries"]
    any_country = [*countries, ANY]
    of_sets = ("efficiency", "hardware_overrides", "parameters", "size_brackets", "model_sizes", "distribution")
    known: tuple[tuple[str, str, Iterable[Any]], ...] = (
        *((table, "accelerator", accelerators) for table in ("efficiency", "hardware_overrides", "machines", "offers")),
        ("offers", "country", any_country),
        ("supply", "country", countries),
        ("cooling", "countries", any_country),
        ("staff", "ways", [*ways, ANY]),
        ("tax_regimes", "country", any_country),
        ("regions", "members", countries),
        ("tax_regimes", "assumption_set", [*sets, ANY]),
        *((table, "assumption_set", sets) for table in (*of_sets, "staff")),
        ("model_sizes", "architectures", get_args(Architecture)),
        ("model_sizes", "generations", {chip.generation for chip in accelerators.values()} | {ANY}),
        *((table, "rule_sets", keyed["rule_sets"]) for table in ("licence_rules", "buyer_rules")),
        ("defaults", "field", domain.Case.model_fields),
        ("workloads", "way", ways),
    )
    for table, column, allowed in known:
        yield from _unknown(rows, table, column, allowed)


def _incomplete_sets(rows: Rows, keyed: Keyed) -> Iterator[Problem]:
    """One default set of each kind, the way from scratch, and of every assumption set all that a plan needs."""
    if FROM_SCRATCH not in keyed["ways"]:
        yield Problem(say("has no row pretrain"), file="ways.csv", column="id")
    for table in ("assumption_sets", "rule_sets"):
        if sum(row.is_default for row in rows[table]) != 1:
            yield Problem(say("exactly one row must be the default"), file=f"{table}.csv", column="is_default")
    for name in keyed["assumption_sets"]:
        yield from _missing_in_set(name, rows, keyed)


def _missing_in_set(name: str, rows: Rows, keyed: Keyed) -> Iterator[Problem]:
    """What an assumption set lacks: parameters, brackets, spreads, sizes of a model."""
    column, spreads = "assumption_set", keyed["distribution"]
    for parameter in PARAMETERS:
        if (name, parameter) not in keyed["parameters"]:
            rule = say("has no parameter {parameter}", parameter=parameter)
            yield Problem(rule, file="parameters.csv", column=column, value=name)
    if not any(row.assumption_set == name for row in rows["size_brackets"]):
        yield Problem(say("has no size bracket"), file="size_brackets.csv", column=column, value=name)
    for spread in get_args(domain.Spread):
        if (name, spread) not in spreads:
            rule = say("has no spread {spread}", spread=spread)
            yield Problem(rule, file="distribution.csv", column=column, value=name)
    yield from _spread_wide(*(spreads.get((name, spread)) for spread in ("domestic", "international")))
    sizes = (row for row in rows["model_sizes"] if row.assumption_set == name and ANY in row.generations)
    if set(chain.from_iterable(row.architectures for row in sizes)) != set(get_args(Architecture)):
        yield Problem(
            say("needs rows for any generation and both architectures"),
            file="model_sizes.csv",
            column="generations",
            value=name,
            remedy=say("a last row: generations *, architectures dense;moe, per_doubling 1"),
        )


def _unknown_currencies(countries: Iterable[domain.Country], rates: Container[str]) -> Iterator[Problem]:
    for row in countries:
        if row.currency and row.currency not in rates:
            yield _at(row, "countries", "currency", row.currency, say("is not in fx.csv"))


def _parts_of_years(parameters: Iterable[domain.Parameter]) -> Iterator[Problem]:
    """Hardware is written off over whole years."""
    for row in parameters:
        if row.parameter == "useful_life_years" and row.central is not None and row.central % 1:
            yield _at(row, "parameters", "central", str(row.central), say("must be whole years"))


def _shared_names(rows: Rows) -> Iterator[Problem]:
    """No name of an entry is that of another one of its table."""
    for table in ("accelerators", "countries", "regions", "ways", "workloads"):
        seen: dict[str, str] = {}
        proper = {name.lower(): row.id for row in rows[table] for name in (row.name, row.id)}
        for row in rows[table]:
            for alias in {name.lower() for name in (row.id, row.name, *row.aliases)}:
                # countries share aliases (Congo, Dominican), which are asked back; a name proper is shared only as a
                # word of their own (Guinea)
                of_its_own = row.name.lower().replace("-", " ").split()
                if table == "countries" and (alias not in proper or alias in of_its_own):
                    continue
                if (other := proper.get(alias, seen.setdefault(alias, row.id))) != row.id:
                    rule = say("is a name of both {alias} and {row_id}", alias=other, row_id=row.id)
                    yield _at(row, table, "aliases", alias, rule)


def _workload_problems(workloads: Iterable[domain.Workload], known: Container[str]) -> Iterator[Problem]:
    """A workload goes on from one that is known, and its training compute follows from the row."""
    for row in workloads:
        if row.base is not None and row.base not in known:
            yield _at(row, "workloads", "base", row.base, say("is not known"))
        if row.tokens_t is None and row.training_flop is None:
            yield _at(row, "workloads", "tokens_t", row.id, say("needs tokens_t or training_flop"))


def _without_value(parameters: Iterable[domain.Parameter]) -> Iterator[Problem]:
    """Only what every country has itself may be without a central value."""
    for row in parameters:
        if row.central is None and row.parameter not in COUNTRY_PARAMETERS:
            value = f"{row.assumption_set}/{row.parameter}"
            yield _at(row, "parameters", "central", value, say("must have a central value"))


def _out_of_bounds(parameters: Iterable[domain.Parameter]) -> Iterator[Problem]:
    """Every planning parameter lies where its unit puts it, with its range."""
    for row in parameters:
        least, most = BOUNDS.get(row.parameter, (None, None))
        for column in ("low", "central", "high"):
            value = getattr(row, column)
            if value is None or least is None or most is None or least <= value <= most:
                continue
            rule = say("must be from {least:g} to {most:g} {unit}", least=least, most=most, unit=row.unit)
            remedy = likely_unit(row.parameter, f"{value:f}")
            yield _at(row, "parameters", f"{row.parameter} {column}", f"{value:f}", rule, remedy)


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
            here, abroad = getattr(domestic, name), getattr(international, name)
            words = say("must be {rule} that within one country, {domestic:f}", rule=rule, domestic=here)
            yield _at(international, "distribution", name, f"{abroad:f}", words)


def _size_problems(sizes: Iterable[domain.ModelSize]) -> Iterator[Problem]:
    """No two rows of a set hold for one generation (or for any) and one architecture: the order of the rows decides
    nothing; and each line ends no lower than it begins."""
    seen = set()
    for row in sizes:
        for generation, architecture in product(row.generations, row.architectures):
            at = (row.assumption_set, generation, architecture)
            if at in seen:
                rule = say("has two rows for {architecture}", architecture=architecture)
                yield _at(row, "model_sizes", "generations", f"{row.assumption_set}/{generation}", rule)
            seen.add(at)
        if row.params_to_b < row.params_from_b:
            rule = say("must not be below params_from_b")
            yield _at(row, "model_sizes", "params_to_b", f"{row.params_to_b:f}", rule)


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
            problems.append(_at(row, table, column, shown + value, words))

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


def _tax_problems(regimes: Iterable[domain.TaxRegime]) -> Iterator[Problem]:
    """On no day do two rows of one regime hold, nor two defaults of one country and assumption set."""
    before: dict[tuple[str, str], list[domain.TaxRegime]] = {}
    for row in regimes:
        if row.effective_from and row.effective_to and row.effective_to < row.effective_from:
            rule = say("must not be before effective_from")
            yield _at(row, "tax_regimes", "effective_to", row.effective_to, rule)
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
            yield _at(row, "tax_regimes", "regime", f"{row.country}/{row.regime}", words)
        earlier.append(row)


def _overlap(one: domain.TaxRegime, other: domain.TaxRegime) -> bool:
    """Whether there is a day on which both hold (ISO dates: text order is date order; an open end is no end)."""
    first = max(one.effective_from or "", other.effective_from or "")
    last = [row.effective_to for row in (one, other) if row.effective_to]
    return not last or first <= min(last)


def _machine_problems(
    machines: Iterable[domain.Machine], accelerators: Mapping[str, domain.Accelerator]
) -> Iterator[Problem]:
    """A machine has fewer accelerators than the server of the same, and draws no more."""
    for row in machines:
        chip = accelerators.get(row.accelerator)
        for name, of_server in (("devices", "server_devices"), ("server_peak_kw", "server_peak_kw")):
            value, most = getattr(row, name), getattr(chip, of_server, None)
            if most is not None and value >= most:
                rule = say("must be less than that of the server ({most})", most=most)
                yield _at(row, "machines", name, str(value), rule)


def _bracket_problems(brackets: Iterable[domain.SizeBracket]) -> Iterator[Problem]:
    """The size brackets of a set follow one another without gap or overlap, from one device on."""
    by_set: dict[str, list[domain.SizeBracket]] = {}
    for bracket in brackets:
        by_set.setdefault(bracket.assumption_set, []).append(bracket)
    for name, some in by_set.items():
        expected = 1
        for bracket in sorted(some, key=lambda b: b.min_devices):
            if bracket.min_devices != expected or bracket.max_devices < bracket.min_devices:
                value = f"{name}/{bracket.bracket}: {bracket.min_devices}"
                rule = say("must begin at {expected} and end no earlier", expected=expected)
                yield _at(bracket, "size_brackets", "min_devices", value, rule)
            expected = bracket.max_devices + 1
