"""Limits on the energy of a run, on its emissions and on hardware that must be bought: facts by hand, and relations.

Against counting they are held in ``test_oracle.py`` (single plans and mixes), ``test_consortium*.py`` and
``test_robust.py``.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli
from worlds import asked, dec, plain_case, plain_catalogue, random_case, site, small_catalogue

from optimizer import Infeasible, Plan
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Total
from optimizer.domain import Case
from optimizer.domain.limits import KINDS, KindName, Limit
from optimizer.errors import DataError
from optimizer.insight.curves.frontier import frontier
from optimizer.insight.curves.tipping import tipping
from optimizer.insight.explain import Explanation, explain
from optimizer.insight.why_not import WhyNot, why_not
from optimizer.solve.planner import plan, verify

NAMES: tuple[KindName, ...] = ("energy", "carbon", "capital")
FIELDS = {name: KINDS[name].field for name in NAMES}
CHIPS = {
    "lean": {"kw": 1, "usd": 900, "pflops": 1},
    "hungry": {"kw": 3, "usd": 100, "pflops": 1},
    "hired": {"kw": 2, "usd_per_day": 48, "pflops": 1},
}
"""A server-day does one unit of work and takes 24, 72 or 48 kWh, at 100 g of carbon a kWh in Brazil."""


def use_of(found: Plan, name: KindName) -> Fraction:
    """What a plan uses, by its own figures, in the unit of the limit."""
    return {"energy": found.energy_gwh, "carbon": found.carbon_t, "capital": found.capital_usd}[name]


def decimal(value: Fraction, towards: str = ROUND_CEILING) -> Decimal:
    return Context(prec=16, rounding=towards).divide(Decimal(value.numerator), Decimal(value.denominator))


def planned(case: Case, catalogue: Catalogue) -> Plan:
    outcome = plan(case, catalogue)
    assert isinstance(outcome, Plan) and verify(outcome) == []
    return outcome


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simple(frozen: Catalogue) -> Catalogue:
    return plain_catalogue(frozen, CHIPS)


def test_energy_is_shared_out_to_the_limit(simple: Catalogue) -> None:
    """20 units in 10 days. Two ``hungry`` (200 USD) take 1,440 kWh. Within 960 kWh a ``lean`` must do half: 1,000 USD;
    within 959 it has no time to do more, and two of them are needed: 1,800 USD. Below 480 kWh there is no plan."""
    case = plain_case(20, mix=2, deadline_days=10, procurement=("buy",))
    assert planned(case, simple).cost_usd == 200
    for kwh, usd in ((1440, 200), (1439, 1000), (960, 1000), (959, 1800), (480, 1800)):
        assert planned(case.changed(max_energy_gwh=dec(kwh) / 10**6), simple).cost_usd == usd, kwh
    outcome = plan(case.changed(max_energy_gwh=dec("479.99") / 10**6), simple)
    assert isinstance(outcome, Infeasible) and outcome.cause == "limits"


def test_carbon_is_energy_on_the_grid_of_the_site(simple: Catalogue) -> None:
    """The same at 100 g: 0.096 t. In Mexico, where a kWh emits 500 g, it is 0.48 t."""
    case = plain_case(20, mix=2, deadline_days=10, procurement=("buy",))
    assert planned(case.changed(max_carbon_t=dec("0.096")), simple).cost_usd == 1000
    assert planned(case.changed(max_carbon_t=dec("0.095999")), simple).cost_usd == 1800
    assert simple.countries["BR"].grid_carbon_g_per_kwh == 100


def test_what_is_hired_or_owned_needs_no_money_for_hardware(simple: Catalogue) -> None:
    """20 units in 10 days take two servers. For 99 USD none is bought: two are hired for 960 USD; or they are owned.
    For 100 USD one ``hungry`` is bought, and one hired for 10 days: 580 USD."""
    case = plain_case(20, mix=2, deadline_days=10)
    assert planned(case.changed(max_capital_usd=200), simple).cost_usd == 200
    assert planned(case.changed(max_capital_usd=100), simple).cost_usd == 580
    hired = planned(case.changed(max_capital_usd=99), simple)
    assert (hired.cost_usd, hired.capital_usd, hired.items[0].key.procurement) == (960, 0, "rent")
    own = planned(case.changed(max_capital_usd=99, owned={"lean": 2}), simple)
    assert (own.cost_usd, own.capital_usd, own.items[0].key.procurement) == (0, 0, "own")


def test_hardware_is_limited_whatever_the_basis(simple: Catalogue) -> None:
    """Amortised, a server costs little a day, but its whole price must be found first."""
    for basis in ("upfront", "amortised"):
        case = plain_case(20, deadline_days=10, basis=basis, procurement=("buy",))
        assert planned(case.changed(max_capital_usd=200), simple).capital_usd == 200
        assert isinstance(plan(case.changed(max_capital_usd="199.99"), simple), Infeasible)


def test_limits_are_reported_with_their_use(simple: Catalogue) -> None:
    """Used and bound in the unit of the limit, to the last digit, of hardware too where none is bought."""
    case = plain_case(20, deadline_days=10, max_energy_gwh="0.002", max_carbon_t="0.2", max_capital_usd=50)
    uses = {str(use.limit): (use.used, use.bound, use.unit) for use in planned(case, simple).limits}
    assert uses["energy"] == (Fraction("0.00096"), Fraction("0.002"), "GWh")
    assert uses["carbon"] == (Fraction("0.096"), Fraction("0.2"), "tCO2e")
    assert uses["capital"] == (0, 50, "USD")


def test_what_would_do_by_hand(simple: Catalogue) -> None:
    """Of one kind for 20 units: ``lean`` takes 480 kWh, at 100 g 0.048 t; to buy takes 200 USD at least."""
    case = plain_case(20, deadline_days=10, procurement=("buy",))
    for changes, needed in (
        ({"max_energy_gwh": "0.0001"}, {"energy": Decimal("0.00048")}),
        ({"max_carbon_t": "0.01"}, {"carbon": Decimal("0.048")}),
        ({"max_capital_usd": 10}, {"capital": Decimal(200)}),
    ):
        found = why_not(case.changed(**changes), simple)
        assert isinstance(found, WhyNot)
        assert {str(one.limit): one.needed for one in found.concessions} == needed
        mixed = why_not(case.changed(**changes, mix=2), simple)
        assert isinstance(mixed, WhyNot)
        assert {str(one.limit): one.needed for one in mixed.concessions} == needed


def test_a_least_pair_by_hand(simple: Catalogue) -> None:
    """400 kWh are too few even for ``lean`` (480). With 2 kW and 600 USD no other server will do, and two ``lean`` cost
    1,800 USD: 3 times what is asked for. Without the 2 kW more energy alone would do, for ``hungry``."""
    case = plain_case(20, deadline_days=10, procurement=("buy",), max_energy_gwh="0.0004", max_capital_usd=600)
    found = why_not(case, simple)
    assert isinstance(found, WhyNot) and found.concessions
    assert {str(one.limit) for one in found.concessions} == {"energy"}
    found = why_not(case.changed(max_mw="0.002"), simple)
    assert isinstance(found, WhyNot) and found.concessions == ()
    (pair, *_) = found.pairs
    assert {str(part.limit): part.needed for part in pair.parts} == {"energy": Decimal("0.00048"), "capital": 1800}
    assert pair.worst == 3


def test_explain_says_what_more_is_worth(simple: Catalogue) -> None:
    """Within 900 kWh two ``lean`` are taken (1,800 USD); without the limit two ``hungry`` would do for 200."""
    found = explain(plain_case(20, deadline_days=10, procurement=("buy",), max_energy_gwh="0.0009"), simple)
    assert isinstance(found, Explanation)
    (energy,) = [one for one in found.standings if one.use.limit == Limit("energy")]
    assert energy.binds and energy.without.saving == 1600
    (more,) = [row for row in found.worth if row.name == Limit("energy")]
    assert (more.value, more.saving) == (Decimal("0.00099"), 0)


def test_tipping_by_hand(simple: Catalogue) -> None:
    """Up to 479.9 kWh nothing, from 480 ``lean``, from 960 (hired) only what is cheaper: ``hungry`` from 1,440 on."""
    case = plain_case(20, deadline_days=10, procurement=("buy",))
    found = tipping(case, simple, "max_energy", dec("0.0001"), dec("0.002"), dec("0.0000001"))
    assert [(stretch.accelerator, stretch.first.value) for stretch in found.stretches] == [
        (None, dec("0.0001")),
        ("lean", dec("0.00048")),
        ("hungry", dec("0.00144")),
    ]


def test_frontier_of_hardware_and_energy(simple: Catalogue) -> None:
    """What is hired takes 960 kWh and no hardware; one ``lean`` does it in 20 days with 480 kWh, for 900 USD."""
    found = frontier(plain_case(20, deadline_days=20), simple, "capital", "energy")
    assert [(point.first, point.second * 10**6) for point in found.points] == [(0, 960), (900, 480)]


def test_a_consortium_has_them_as_totals(frozen: Catalogue) -> None:
    """They hold over all sites together, and are none of a single site: given for the run they are refused."""
    known = small_catalogue(frozen)
    members = [site("A", max_mw="0.004"), site("B", max_mw="0.004")]
    free = decide(asked(40, *members, deadline_days=10), known).best
    assert free is not None
    uses = {"energy": free.energy_gwh, "carbon": free.carbon_t, "capital": free.capital_usd}
    for name in NAMES:
        if not uses[name]:
            continue
        at = decide(asked(40, *members, deadline_days=10, total=Total(**{FIELDS[name]: decimal(uses[name])})), known)
        assert at.best is not None and at.best.objective_value == free.objective_value
        assert str(name) in {str(use.limit) for use in at.best.limits}
        less = Total(**{FIELDS[name]: decimal(uses[name] * (1 - Fraction(1, 10**6)), ROUND_FLOOR)})
        below = decide(asked(40, *members, deadline_days=10, total=less), known).best
        if below is not None:
            spent = {"energy": below.energy_gwh, "carbon": below.carbon_t, "capital": below.capital_usd}
            assert spent[name] < uses[name] and below.objective_value >= free.objective_value
        with pytest.raises(DataError, match="limit on all sites together"):
            asked(40, *members, deadline_days=10, **{FIELDS[name]: "1"})


# -- relations ---------------------------------------------------------------------------------------------------------


def drawn(catalogue: Catalogue, count: int) -> Iterator[tuple[Case, Plan]]:
    """Random cases with their plans."""
    rng = random.Random(20261129)
    while count:
        case = random_case(rng, catalogue)
        outcome = plan(case, catalogue)
        if isinstance(outcome, Plan):
            count -= 1
            yield case, outcome


@pytest.mark.parametrize("mix", [1, 2])
def test_a_limit_at_the_optimums_own_use_changes_nothing(mix: int, frozen: Catalogue) -> None:
    """At the use of the best plan it stays the best; a hair below, another is told, no better, or none."""
    seen = 0
    for case, best in drawn(frozen, 25 if mix == 1 else 4):
        if mix > 1:
            case = case.changed(mix=mix)
            best = planned(case, frozen)
        for name in NAMES:
            use = use_of(best, name)
            if not use:
                continue
            at = planned(case.changed(**{FIELDS[name]: decimal(use)}), frozen)
            assert (at.objective_value, at.cost_usd, at.days) == (best.objective_value, best.cost_usd, best.days)
            below = plan(case.changed(**{FIELDS[name]: decimal(use * (1 - Fraction(1, 10**9)), ROUND_FLOOR)}), frozen)
            if isinstance(below, Plan):
                seen += 1
                assert use_of(below, name) < use
                assert below.objective_value >= best.objective_value
    assert seen >= 5


def test_a_tighter_limit_never_lowers_the_cost(frozen: Catalogue) -> None:
    """From twice the use of the best plan down to a third of it: the cost rises, until there is no plan any more."""
    rises = 0
    for case, best in drawn(frozen, 12):
        for name in NAMES:
            costs: list[Fraction | None] = []
            for percent in (200, 100, 90, 70, 50, 33):
                bound = use_of(best, name) * percent / 100
                outcome = plan(case.changed(**{FIELDS[name]: decimal(bound or Fraction(1))}), frozen)
                costs.append(outcome.objective_value if isinstance(outcome, Plan) else None)
            known = [cost for cost in costs if cost is not None]
            assert known == sorted(known), (name, case.given())
            assert costs == known + [None] * (len(costs) - len(known)), (name, case.given())
            rises += known[0] < known[-1]
    assert rises >= 3


# -- forms -------------------------------------------------------------------------------------------------------------


def test_the_command_takes_and_reports_them(command: Cli) -> None:
    """By flags, in JSON and as columns: the limit, its share, and what would be needed."""
    flags = ["--deadline", "120d", "--max-mw", "0.6"]
    told = command("plan", *flags, "--max-energy", "0.6", "--max-carbon", "60", "--max-capital", "12M", "--csv")
    (row,) = csv.DictReader(told.out.splitlines())
    assert (row["max_energy_gwh"], row["max_carbon_t"], row["max_capital_usd"]) == ("0.6", "60", "12000000")
    assert (row["energy_share"], row["carbon_share"]) == ("0.960000", "0.960000")
    assert 0 < Decimal(row["capital_share"]) < 1
    none = command("plan", *flags, "--max-energy", "0.3", "--csv")
    (row,) = csv.DictReader(none.out.splitlines())
    assert (none.status, row["needed_max_energy_gwh"], row["needed_deadline_days"]) == (3, "0.576000", "")
    limits = json.loads(command("plan", *flags, "--max-carbon", "60", "--json").out)["outputs"]["plan"]["limits"]
    assert [limit["unit"] for limit in limits if limit["name"] == "carbon"] == ["tCO2e"]


def test_a_sweep_has_them_as_axes(command: Cli, tmp_path: Any) -> None:
    """A case for each value, named by it."""
    told = command(
        "sweep", "--max-mw", "0.6", "--deadline", "120d", "--max-energy", "0.6,1", "--max-capital", "none,12M"
    )
    rows = list(csv.DictReader(told.out.splitlines()))
    assert [row["case_id"] for row in rows] == [
        *("0.6GWh_no-max-capital", "0.6GWh_capital-12MUSD"),
        *("1GWh_no-max-capital", "1GWh_capital-12MUSD"),
    ]
    assert {row["status"] for row in rows} == {"plan"}


SENTENCES: tuple[tuple[str, dict[str, str]], ...] = (
    ("cheapest plan under 2 GWh", {"max_energy_gwh": "2"}),
    ("at most 500 tCO2e", {"max_carbon_t": "500"}),
    ("with at most $10M of hardware", {"max_capital_usd": "10000000"}),
    ("no more than 800 MWh of electricity", {"max_energy_gwh": "0.8"}),
    ("energy under 2 gigawatt-hours", {"max_energy_gwh": "2"}),
    ("carbon below 300 t CO2e", {"max_carbon_t": "300"}),
    ("an emissions cap of 500 tonnes", {"max_carbon_t": "500"}),
    ("under 2 kt CO2", {"max_carbon_t": "2000"}),
    ("a hardware budget of $10M", {"max_capital_usd": "10000000"}),
    ("capex under 5 million USD", {"max_capital_usd": "5000000"}),
    ("$10M worth of hardware and a budget of $20M", {"max_capital_usd": "10000000", "budget_usd": "20000000"}),
    ("under $5M, what hardware in Brazil", {"budget_usd": "5000000"}),
    ("hardware for under $5M", {"max_capital_usd": "5000000"}),
    ("2 gigawatts", {"max_mw": "2000"}),
)


@pytest.mark.parametrize(("sentence", "said"), SENTENCES, ids=[sentence for sentence, _ in SENTENCES])
def test_a_question_says_them(sentence: str, said: dict[str, str], command: Cli) -> None:
    """Wrong: a budget where hardware is meant, gigawatts where gigawatt-hours are, or the other way round."""
    told = command("ask", sentence, "--dry-run")
    flags = dict(zip(told.out.split()[:-1], told.out.split()[1:], strict=True))
    for kind in KINDS.values():
        if kind.field in said:
            assert Decimal(flags[kind.flag]) == Decimal(said[kind.field])
        elif kind.name in ("energy", "carbon", "capital", "budget", "grid"):
            assert kind.flag not in flags
