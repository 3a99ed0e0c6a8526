"""One thing changed in a case, limits above all: what is solved again to say what that thing is worth.

Most limits are fields of the case. Hire, export quotas and the medium-voltage limit stand in the data: there it is a
copy of the catalogue that is changed, so that a plan is made and verified over the limit that it is told with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, Policy
from optimizer.solve.claim import Prepared
from optimizer.units import MAX_DEADLINE_DAYS

STEPS: dict[str, tuple[Decimal, ...]] = {"grid": (Decimal("0.1"), Decimal(1)), "deadline": (Decimal(10),)}
"""By how much a limit is raised to see what more of it is worth: MW, days."""
SHARE = Decimal("0.1")
"""By what share the others are raised."""
MOST_DEVICES = 10_000_000
"""The largest count that a case may give: a limit on devices that is lifted."""

_FIELDS = {"grid": "max_mw", "budget": "budget_usd", "tpp": "max_tpp", "accelerators": "max_accelerators"}
_WHOLE = ("deadline", "accelerators", "supply", "owned", "hire")


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit that a case stands under and that can be moved."""

    name: str
    """As in the plan's limits; ``hire`` alone is the most of any kind that is for hire at once."""
    unit: str
    bound: Fraction


def limits(ready: Prepared) -> list[Limit]:
    """The limits of a case that can be moved: its own, then hire, export quotas and the medium-voltage limit."""
    problem = ready.problem
    found = {"deadline": Limit("deadline", "days", Fraction(problem.deadline_days))}
    if problem.budget_usd is not None:
        found["budget"] = Limit("budget", "USD", problem.budget_usd)
    for cap in problem.caps:
        name = "hire" if cap.name.startswith("hire:") else cap.name  # one figure for all kinds
        found.setdefault(name, Limit(name, cap.unit, cap.bound))
    return list(found.values())


def steps(limit: Limit) -> list[Decimal]:
    """The values to which a limit is raised to see what more of it is worth."""
    kind = limit.name.partition(":")[0]
    bound = Decimal(limit.bound.numerator) / Decimal(limit.bound.denominator)
    raised = [bound + step for step in STEPS[kind]] if kind in STEPS else [bound * (1 + SHARE)]
    if kind in _WHOLE:
        raised = [Decimal(math.ceil(value)) for value in raised]
    return [min(value, Decimal(MAX_DEADLINE_DAYS)) for value in raised] if kind == "deadline" else raised


def moved(case: Case, catalogue: Catalogue, name: str, value: Decimal | None) -> tuple[Case, Catalogue]:
    """A case and its catalogue with one limit at another value; None lifts it.

    Args:
        case: a settled case.
        name: as :func:`limits` has it.
    """
    kind, _, what = name.partition(":")
    if kind == "deadline":
        return case.changed(deadline_days=MAX_DEADLINE_DAYS if value is None else int(value)), catalogue
    if kind in _FIELDS:
        return case.changed(**{_FIELDS[kind]: int(value) if value is not None and kind in _WHOLE else value}), catalogue
    devices = MOST_DEVICES if value is None else int(value)
    if kind in ("supply", "owned"):
        return case.changed(**{kind: {**dict(getattr(case, kind)), what: devices}}), catalogue
    if kind == "hire":
        key = (case.assumptions or "", "hire_max_devices")
        row = catalogue.parameters[key].model_copy(update={"central": Decimal(devices)})
        return case, replace(catalogue, parameters={**catalogue.parameters, key: row}, cache={})
    if kind == "law":
        rules = tuple(
            rule.model_copy(update={"cap_tpp": value}) if rule.rule == what else rule
            for rule in catalogue.licence_rules
        )
        return case, replace(catalogue, licence_rules=rules, cache={})
    if kind == "connection":
        country = catalogue.countries[case.country or ""].model_copy(update={"medium_voltage_limit_mw": value})
        return case, replace(catalogue, countries={**catalogue.countries, country.id: country}, cache={})
    raise ValueError(f"{name} is no limit that can be moved")


def lifted(case: Case, catalogue: Catalogue, names: Iterable[str]) -> tuple[Case, Catalogue]:
    """A case with several limits lifted at once."""
    for name in names:
        case, catalogue = moved(case, catalogue, name, None)
    return case, catalogue


def licences(setting: Setting, rules: Iterable[str]) -> list[str]:
    """Those of some export rules under which a licence is needed."""
    asked = set(rules)
    return [r.rule for r in setting.catalogue.licence_rules if r.rule in asked and r.policy == Policy.APPROVAL]


def refused(catalogue: Catalogue, rules: Iterable[str]) -> Catalogue:
    """A catalogue under which no licence is granted that some rules ask for."""
    asked = set(rules)
    denied = tuple(
        rule.model_copy(update={"policy": Policy.DENIAL}) if rule.rule in asked else rule
        for rule in catalogue.licence_rules
    )
    return replace(catalogue, licence_rules=denied, cache={})
