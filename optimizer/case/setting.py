"""A case with every default filled in and every name looked up: what the options are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from optimizer.case import taxes
from optimizer.case.ground import Ground, GroundKind
from optimizer.case.staff import staff_rule
from optimizer.case.training import BILLION as BILLION
from optimizer.case.training import TRILLION as TRILLION
from optimizer.case.training import Attention, training_of
from optimizer.case.unknowns import Known
from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.data_argument import group_of
from optimizer.catalogue.unknown_names import is_also_elsewhere
from optimizer.domain import (
    BY_USER,
    COUNTRY_PARAMETERS,
    FROM_SCRATCH,
    PARAMETERS,
    Architecture,
    AssumptionSet,
    Case,
    Country,
    Parameter,
    RuleSet,
    StaffRule,
    TaxRegime,
    Way,
    Workload,
)
from optimizer.domain.base import Substitute
from optimizer.domain.case_names import flag_of
from optimizer.errors import DataError, InputError, Problem
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass

FIRST_RULE_DATE = "2023-11-17"
"""The export rules held begin on this day."""


@dataclass(frozen=True)
class Assumed:
    """A field of the case that the question left open, and what was taken."""

    field: str
    value: str
    why: Ground


@dataclass(frozen=True)
class Figure:
    """One input with its unit, source and date, and whether it is an estimate."""

    name: str
    value: Decimal
    unit: str
    source: str
    as_of: str
    is_estimate: bool
    range: tuple[Decimal, Decimal] | None = None
    """Low and high, where the data hold both."""
    substitute: Substitute | None = None
    """How it was made, where it stands in for a figure that nobody published."""

    @cached_property
    def exact(self) -> Fraction:
        """The value in its unit as an exact fraction."""
        return fraction(self.value)


@dataclass(frozen=True, eq=False, repr=False)
class Setting:
    """Everything that a case means, in raw data: no arithmetic has been done but the training compute."""

    asked: Case
    """The case as it came, before any default."""
    case: Case
    assumed: tuple[Assumed, ...]
    catalogue: Catalogue
    workload: Workload
    way: Way
    adapter_params_b: Decimal | None
    """Parameters of the adapter that is trained beside frozen weights, 1e9; None where all weights are trained."""
    attention: Attention | None
    """The attention that is counted beside the parameters; None where it is not."""
    training_flop: Decimal
    """Training compute of the final run times the overhead, FLOP."""
    country: Country
    assumptions: AssumptionSet
    rules: RuleSet
    tax: TaxRegime
    customs_day: str
    """The day that the import taxes are those of (:func:`optimizer.case.taxes.customs_day`)."""
    figures: Known[Figure]
    """Every planning parameter by name, settled: the case's own, the set's, or the country's."""

    def __repr__(self) -> str:
        """Short: the case as it was asked, and the data."""
        return f"<Setting: {self.said}; data {self.catalogue.version}>"

    @property
    def said(self) -> str:
        """The case as it was asked: country BR, max_mw 1, use h100;a100."""
        given = self.asked.given()
        given |= given.pop("feed", {})
        for name, value in given.items():
            listed = [f"{key}={each}" for key, each in value.items()] if isinstance(value, dict) else value
            given[name] = ";".join(listed) if isinstance(listed, list) else listed
        return ", ".join(f"{name} {value}" for name, value in given.items())

    def exact(self, parameter: str) -> Fraction:
        """The settled value of a parameter as an exact fraction, in its own unit."""
        return self.figures[parameter].exact

    def number(self, parameter: str) -> float:
        """The settled value of a parameter, in the unit of its row."""
        return float(self.figures[parameter].value)

    @cached_property
    def left_open(self) -> tuple[bool, ...]:
        """Of the planning parameters that a case may state, which this one leaves open: the others are not doubtful,
        even where the data say the same."""
        return tuple(getattr(self.asked, name) is None for name in _OWN_PARAMETERS)

    @cached_property
    def supplied(self) -> frozenset[str]:
        """Every accelerator of whose kind the case says how many there are: by its own name or its family's."""
        return frozenset(key for name, _ in self.case.supply for key in self.catalogue.forms_of(name))

    @cached_property
    def stated_rents(self) -> Mapping[str, Decimal]:
        """The user's own rents by accelerator, USD per device and hour: of a range its middle."""
        return {name: (low + high) / 2 for name, low, high in self.case.rent}

    @property
    def architecture(self) -> Architecture:
        """Dense or mixture of experts."""
        return self.workload.architecture


def settle(case: Case, catalogue: Catalogue) -> Setting:
    """Fill in the defaults, look up the names and settle every parameter.

    Raises:
        DataError: unknown names and values that do not go together, all at once.
    """
    problems: list[Problem] = []
    assumed: list[Assumed] = []
    filled = _named(_filled(case, catalogue, assumed), catalogue, problems, assumed)
    if problems:
        raise DataError(problems)
    country = catalogue.countries[filled.country or ""]
    assumptions = catalogue.assumption_sets[filled.assumptions or ""]
    rules = catalogue.rule_sets[filled.rules or ""]
    figures = _figures(filled, country, assumptions, catalogue)
    training = training_of(filled, catalogue, figures["usual_tokens_per_parameter"].value, problems)
    customs_day = taxes.customs_day(filled, int(figures["buy_lead_days"].value))
    tax = taxes.tax_on(filled, filled.tax_regime, customs_day, catalogue, problems)
    if (filled.date or "") < FIRST_RULE_DATE:
        rule = say("must be {day} or later: the data have no earlier export rules", day=FIRST_RULE_DATE)
        problems.append(Problem(rule, column="date", value=filled.date))
    procurement = tuple(p for p in (filled.procurement or assumptions.procurements) if p in assumptions.procurements)
    if not procurement:
        ways = ", ".join(assumptions.procurements)
        problems.append(
            Problem(
                say("the assumption set {name} has only {ways}", name=assumptions.id, ways=ways),
                column="procurement",
                value=";".join(filled.procurement),
            )
        )
    precision = tuple(p for p in filled.precision if p in training.precisions)
    if not precision:
        rule = say("{way} is done in {precisions}", way=training.way.name, precisions=", ".join(training.precisions))
        problems.append(Problem(rule, column="precision", value=";".join(filled.precision)))
    if problems or tax is None:
        raise DataError(problems)
    if filled.deadline_days is None:
        days = int(figures["max_run_days"].value)
        assumed.append(Assumed("deadline_days", str(days), Ground(GroundKind.LONGEST_RUN)))
        filled = filled.model_copy(update={"deadline_days": days})
    posts = staff_rule(catalogue, assumptions.id, training.way.id, training.workload.params_active_b)
    if posts is not None and filled.staff_fte is None:
        figures = figures.changed(staff_fte=_posts(posts[1]))
    settled = {"procurement": procurement, "precision": precision, "tax_regime": tax.regime}
    filled = filled.model_copy(update=settled)
    if filled.way is None and training.way.id != FROM_SCRATCH:
        assumed.append(Assumed("way", training.way.id, Ground(GroundKind.WAY_OF_WORKLOAD, training.workload.name)))
        filled = filled.model_copy(update={"way": training.way.id})
    if training.why_tokens is not None:
        assumed.append(Assumed("tokens_t", f"{training.workload.tokens_t:f}", training.why_tokens))
        filled = filled.model_copy(update={"tokens_t": training.workload.tokens_t})
    return Setting(
        asked=case,
        case=filled,
        assumed=tuple(assumed),
        catalogue=catalogue,
        workload=training.workload,
        way=training.way,
        adapter_params_b=training.adapter_params_b,
        attention=training.attention,
        training_flop=training.flop * (filled.overhead or 1),
        country=country,
        assumptions=assumptions,
        rules=rules,
        tax=tax,
        customs_day=customs_day,
        figures=figures,
    )


def _posts(row: StaffRule) -> Figure:
    """The posts of a row of staff.csv as a figure."""
    unit, guess = "full-time posts", row.is_estimate("posts")
    return Figure("staff_fte", row.posts, unit, row.source, row.as_of, guess, row.range_of("posts"))


def _filled(case: Case, catalogue: Catalogue, assumed: list[Assumed]) -> Case:
    """The case with the defaults of data/defaults.csv, and the default sets and date."""
    changes: dict[str, Any] = {}
    own_workload = case.params_total_b is not None or case.params_active_b is not None
    typed = get_or_make(
        catalogue.cache, "defaults", lambda: Case(**{d.field: d.value for d in catalogue.defaults.values()})
    )
    for name, default in catalogue.defaults.items():
        if name == "workload" and own_workload:
            continue
        if getattr(case, name) in (None, ()):
            changes[name] = getattr(typed, name)
            assumed.append(Assumed(name, default.value, Ground(GroundKind.DATA, default.why)))
    for name, rows in (("assumptions", catalogue.assumption_sets), ("rules", catalogue.rule_sets)):
        if getattr(case, name) is None:
            row = next(row for row in rows.values() if row.is_default)
            changes[name] = row.id
            assumed.append(Assumed(name, row.id, Ground(GroundKind.DATA, row.name)))
    if case.date is None:
        changes["date"] = catalogue.as_of
        assumed.append(Assumed("date", catalogue.as_of, Ground(GroundKind.DATA_DAY)))
    return case.model_copy(update=changes)  # every value is typed already


_NAME_FIELDS = frozenset(
    ("country", "workload", "way", "assumptions", "rules", "use", "avoid", "rent", "supply", "owned")
)
"""Fields that name things of the data."""


def _named(case: Case, catalogue: Catalogue, problems: list[Problem], assumed: list[Assumed]) -> Case:
    """The case with every name replaced by its id."""

    def ids(kind: str, names: tuple[str, ...], field: str) -> tuple[str, ...]:
        found = []
        for name in names:
            try:
                found.append(catalogue.find(kind, name, field))
            except DataError as error:
                problems.extend(error.problems)
        return tuple(found)

    changes: dict[str, Any] = {}
    if case.tax_regime is not None:
        changes["tax_regime"] = case.tax_regime.lower()  # as the data write them
    for field in ("country", "workload", "way", "assumptions", "rules"):
        value = getattr(case, field)
        if value is not None and (found := ids(field, (value,), field)):
            changes[field] = found[0]
            if field == "country" and is_also_elsewhere(value, found[0]):
                assumed.append(Assumed(field, found[0], Ground(GroundKind.ALSO_ELSEWHERE, value)))
    for field in ("use", "avoid"):
        members: list[str] = []
        for name in getattr(case, field):
            members += group_of(name, catalogue) or ids("accelerator", (name,), field)
        changes[field] = tuple(dict.fromkeys(members))
    forms = ((catalogue.family_of(name) or ids("accelerator", (name,), "rent"), ends) for name, *ends in case.rent)
    changes["rent"] = tuple(sorted((key, *ends) for keys, ends in forms for key in keys))
    for field in ("supply", "owned"):
        counts: dict[str, int] = {}
        for name, count in getattr(case, field):
            family = catalogue.family_name(name)
            if family and field == "owned":  # what stands in a hall is of one form
                _form_taken(name, count, catalogue, assumed)
            for key in (family,) if family and field == "supply" else ids("accelerator", (name,), field):
                if key in counts:
                    problems.append(Problem(say("has the same accelerator twice"), column=field, value=name))
                counts[key] = count
        changes[field] = tuple(sorted(counts.items()))
    if problems:
        return case
    if both := set(changes["use"]) & set(changes["avoid"]):
        problems.append(Problem(say("is both in use and in avoid"), column="avoid", value=", ".join(sorted(both))))
        return case
    return case.model_copy(update=changes)


def name_problems(values: Mapping[str, Any], catalogue: Catalogue) -> list[Problem]:
    """The names that the data do not have, among values of which others cannot be read: all is reported at once.

    Args:
        values: by field of the case, as they were written; those that cannot be read are passed over.
        catalogue: knows the names.
    """
    readable: dict[str, Any] = {}
    for field in _NAME_FIELDS & frozenset(values):
        try:
            readable[field] = getattr(Case(**{field: values[field] or None}), field)
        except InputError:
            continue
    if "use" in readable and "avoid" in readable:  # a name in both is refused by the case itself
        readable["avoid"] = tuple(name for name in readable["avoid"] if name not in readable["use"])
    problems: list[Problem] = []
    _named(Case().model_copy(update=readable), catalogue, problems, [])
    return problems


def _form_taken(name: str, count: int, catalogue: Catalogue, assumed: list[Assumed]) -> None:
    """Note which form of a family stands for what is owned; where its name alone stands for none, none is taken."""
    form = catalogue.known("accelerator", name)
    if form is not None:
        others = ", ".join(other for other in catalogue.family_of(name) if other != form)
        assumed.append(Assumed("owned", f"{form}={count}", Ground(GroundKind.FORM_OF_FAMILY, others)))


def _figures(case: Case, country: Country, assumptions: AssumptionSet, catalogue: Catalogue) -> Known[Figure]:
    """Every parameter: the case's own value, the assumption set's, or the country's. Kept by value."""
    given = tuple(getattr(case, name) for name in _OWN_PARAMETERS)
    name = ("figures", assumptions.id, country.id, case.date, given)
    return get_or_make(catalogue.cache, name, lambda: _settled_figures(case, country, assumptions, catalogue))


def missing_figure(name: str, country: str) -> Problem:
    """A figure of a country that the data do not have, and how to state it.

    Args:
        name: of the parameter.
        country: its name, as it is shown.
    """
    remedy = say("state it in a country pack (--pack)")
    if name in Case.model_fields:
        remedy = say("give {flag}, or {remedy}", flag=flag_of(name), remedy=remedy)
    rule = say("has no known value of {name}", name=name)
    return Problem(rule, column="country", value=country, remedy=remedy, missing=name)


_OWN_PARAMETERS = tuple(name for name in PARAMETERS if name in Case.model_fields)
"""The parameters that a case may give itself."""


def _settled_figures(case: Case, country: Country, assumptions: AssumptionSet, catalogue: Catalogue) -> Known[Figure]:
    """Every parameter of the set.

    Raises:
        DataError: later, where a figure is asked for that the set leaves to the country and the country does not have.
    """
    figures = {}
    missing: list[Problem] = []
    for name in PARAMETERS:
        row: Parameter = catalogue.parameters[(assumptions.id, name)]
        given = getattr(case, name, None)
        if given is not None:
            figures[name] = Figure(name, given, row.unit, BY_USER, case.date or "", False)
        elif row.central is not None:
            figures[name] = Figure(
                name, row.central, row.unit, row.source, row.as_of, row.is_estimate("central"), row.range_of("central")
            )
        elif getattr(country, column := COUNTRY_PARAMETERS[name]) is None:
            missing.append(missing_figure(name, country.name))
        else:
            figures[name] = Figure(
                name,
                getattr(country, column),
                row.unit,
                country.source_of(column),
                country.date_of(column),
                country.is_estimate(column),
                country.range_of(column),
                country.substitute_of(column),
            )
    return Known(figures, missing)
