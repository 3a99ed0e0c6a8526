"""The rows of the model in the LP format, one golden file for each family: what a row says can be read and compared.

``python -m tests.lp`` compares, ``python -m tests.lp --write`` writes the files again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyomo.environ as pyo
from pyomo.repn.linear import LinearRepnVisitor

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.consortium.members import Consortium, Member, Phase
from optimizer.consortium.settle import settle_sites
from optimizer.consortium.solve import prepare_sites
from optimizer.domain import Case
from optimizer.model.in_pyomo import build
from optimizer.model.programme import Exclusion, Programme
from optimizer.model.reach import speeds_of_sites
from optimizer.solve.claim import state_programme
from optimizer.solve.planner import prepare

FOLDER = Path(__file__).parent
DATA = FOLDER.parent / "catalogue"


def programmes(catalogue: Catalogue) -> Iterator[tuple[str, Programme]]:
    """Small programmes that together have every family of rows: one kind, a mix, several sites, excluded plans."""
    single = Case(
        use=("h100", "b200"),
        procurement=("buy",),
        deadline_days=92,
        deadline_from="order",
        max_mw="0.6",
        budget_usd="1.4e7",
    )
    one = state_programme(prepare(single, catalogue), "cost", 1)
    assert one is not None
    yield "one kind of server", replace(one, days_low=one.days_high - 3)
    hire = {at: offer.model_copy(update={"min_days": 30}) for at, offer in catalogue.hire.items()}
    committed = {
        (*at, "reserved_1y"): row.model_copy(update={"terms": "reserved_1y"}) for at, row in catalogue.hire.items()
    }
    month = replace(catalogue, hire=hire, committed=committed, cache={})
    billed = state_programme(prepare(Case(use=("h100",), procurement=("rent",), deadline_days=400), month), "cost", 1)
    assert billed is not None
    yield "a hire that bills 30 days, or a year", replace(billed, days_low=billed.days_high - 3)
    mixed = Case(
        use=("h100", "b200"),
        procurement=("buy",),
        mix=2,
        deadline_days=180,
        deadline_from="order",
        max_mw="2",
        max_tpp="8e6",
    )
    mix = state_programme(prepare(mixed, catalogue), "cost", 2)
    assert mix is not None
    yield "a mix of two kinds", mix
    low = mix.days_low
    excluded = (
        Exclusion("exactly", {mix.kept[0]: 2}, low),
        Exclusion("too_much", {mix.kept[0]: 2}, None),
        Exclusion("another", {mix.kept[0]: 2}, None),
    )
    yield "a mix without plans that were refused", replace(mix, exclusions=excluded)
    case = Case(use=("h100",), procurement=("rent", "buy"), max_mw="1")
    sites = (
        Member("A", case.changed(country="BR"), (Phase(from_day=20, max_mw="2"),)),
        Member("B", case.changed(country="MX", max_mw="0.2")),
    )
    settled = settle_sites(Consortium(Case(deadline_days=100, mix=2), sites), catalogue)
    joint = state_programme(prepare_sites(settled, settled.places, "international"), "cost", 2)
    assert joint is not None
    of_sites = joint.asked.sites
    assert of_sites is not None
    reach = speeds_of_sites(joint.table, joint.asked, of_sites, joint.most, joint.kept, 2)
    yield "two sites, one of which grows", replace(joint, reach=reach)


def rows_by_family(given: Programme) -> dict[str, list[str]]:
    """Every row of a programme as a line of the LP format, by its family, in the order that the solver gets."""
    found: dict[str, list[str]] = {}
    visitor = LinearRepnVisitor({})
    model = build(given)
    names = {id(variable): variable.name for variable in model.component_data_objects(pyo.Var, active=True)}
    for key, row in model.rows.items():
        lower, body, upper = row.to_bounded_expression(evaluate_bounds=True)
        form = visitor.walk_expression(body)
        sense, right = (">=", lower) if lower is not None else ("<=", upper)
        assert right is not None and math.isfinite(right)
        terms = " ".join(
            f"{'+' if value > 0 else '-'} {abs(value):.9g} {names[name]}" for name, value in form.linear.items()
        )
        found.setdefault(key.rpartition("_")[0], []).append(f" {key}: {terms} {sense} {right - form.constant:.9g}")
    return found


def files(catalogue: Catalogue) -> dict[str, str]:
    """The golden file of every family: its first rows of each programme that has it."""
    texts: dict[str, list[str]] = {}
    for title, given in programmes(catalogue):
        for family, rows in rows_by_family(given).items():
            if given.exclusions and family != "exclusions":
                continue  # the same as those of the mix
            texts.setdefault(family, []).append("\n".join((f"\\ {title}: {len(rows)} rows", *rows[:MOST])))
    return {family: "Subject To\n" + "\n\n".join(parts) + "\n" for family, parts in texts.items()}


MOST = 12
"""Rows of a programme that a file has; the title says how many there are."""


def shipped() -> Catalogue:
    """The fictitious data of the tests, and in Brazil a medium-voltage limit with a substation above it."""
    data = load_catalogue(DATA)
    country = data.countries["BR"].model_copy(update={"medium_voltage_limit_mw": Decimal("0.3")})
    key = ("measured", "substation_usd_per_kw")
    parameter = data.parameters[key].model_copy(update={"central": Decimal(80)})
    countries, parameters = {**data.countries, "BR": country}, {**data.parameters, key: parameter}
    return replace(data, countries=countries, parameters=parameters, cache={})
