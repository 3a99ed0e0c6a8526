"""One thing changed in a case, limits above all: what is solved again to say what that thing is worth.

Most limits are fields of the case. Hire, export quotas and the medium-voltage limit stand in the data: there it is a
copy of the catalogue that is changed, so that a plan is made and verified over the limit that it is reported with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, Policy
from optimizer.domain.limits import DEADLINE, TRAINING_FLOP, Limit
from optimizer.solve.claim import Prepared
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.records import dataclass

SHARE = Decimal("0.1")
"""By what share a limit is raised to see what more of it is worth, where its kind has no steps of its own."""
MOST_DEVICES = 10_000_000
"""The largest count that a case may give: a limit on devices that is lifted."""


@dataclass(frozen=True, eq=False)
class Movable:
    """A limit that a case stands under and that can be moved."""

    limit: Limit
    """As in the plan's limits; hire without an accelerator is the most of any kind that is for rent at once."""
    bound: Fraction


def movable(ready: Prepared) -> list[Movable]:
    """The limits of a case that can be moved: its own, then hire, export quotas and the medium-voltage limit."""
    found: dict[Limit, Movable] = {}
    for limit in ready.problem.limits:
        if limit != TRAINING_FLOP:
            moved_as = Limit("hire") if limit.kind == "hire" else limit  # one figure for all kinds
            found.setdefault(moved_as, Movable(moved_as, ready.problem.bound(limit)))
    return list(found.values())


def steps(of: Movable) -> list[Decimal]:
    """The values, in the unit of the limit, to which it is raised to see what more of it is worth."""
    kind = of.limit.described
    bound = Decimal(of.bound.numerator) / Decimal(of.bound.denominator)
    raised = [bound + step for step in kind.steps] or [bound * (1 + SHARE)]
    if kind.whole:
        raised = [Decimal(math.ceil(value)) for value in raised]
    return [min(value, Decimal(MAX_DEADLINE_DAYS)) for value in raised] if of.limit == DEADLINE else raised


def move_limit(case: Case, catalogue: Catalogue, limit: Limit, value: Decimal | None) -> tuple[Case, Catalogue]:
    """A case and its catalogue with one limit at another value, in its unit; None lifts it.

    Args:
        case: a settled case.
        limit: as :func:`movable` has it.
    """
    kind = limit.described
    if limit == DEADLINE and value is None:
        value = Decimal(MAX_DEADLINE_DAYS)
    if kind.scope == "case":
        return case.changed(**{kind.field: int(value) if value is not None and kind.whole else value}), catalogue
    devices = MOST_DEVICES if value is None else int(value)
    if kind.field:
        counts = {**dict(getattr(case, kind.field)), limit.accelerator: devices}
        return case.changed(**{kind.field: counts}), catalogue
    if limit.kind == "hire":
        key = (case.assumptions or "", "hire_max_devices")
        row = catalogue.parameters[key].model_copy(update={"central": Decimal(devices)})
        # one figure for all kinds, whatever is known to stand there
        supply = {name: known for name, known in catalogue.supply.items() if name != case.country}
        return case, replace(catalogue, parameters={**catalogue.parameters, key: row}, supply=supply, cache={})
    if limit.kind == "law":
        rules = tuple(
            rule.model_copy(update={"cap_tpp": value}) if rule.rule == limit.rule else rule
            for rule in catalogue.licence_rules
        )
        return case, replace(catalogue, licence_rules=rules, cache={})
    country = catalogue.countries[case.country or ""].model_copy(update={"medium_voltage_limit_mw": value})
    return case, replace(catalogue, countries={**catalogue.countries, country.id: country}, cache={})


def lift_limits(case: Case, catalogue: Catalogue, limits: Iterable[Limit]) -> tuple[Case, Catalogue]:
    """A case with several limits lifted at once."""
    for limit in limits:
        case, catalogue = move_limit(case, catalogue, limit, None)
    return case, catalogue


def licences(setting: Setting, rules: Iterable[str]) -> list[str]:
    """Those of some export rules under which a licence is needed."""
    asked = set(rules)
    return [r.rule for r in setting.catalogue.licence_rules if r.rule in asked and r.policy == Policy.APPROVAL]


def refuse_licences(catalogue: Catalogue, rules: Iterable[str]) -> Catalogue:
    """A catalogue under which no licence is granted that some rules ask for."""
    asked = set(rules)
    denied = tuple(
        rule.model_copy(update={"policy": Policy.DENIAL}) if rule.rule in asked else rule
        for rule in catalogue.licence_rules
    )
    return replace(catalogue, licence_rules=denied, cache={})
