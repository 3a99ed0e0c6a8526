"""A site above the country's medium-voltage limit pays for a substation: by every kW, and only above the limit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from optimizer.answers.form.envelope import envelope
from optimizer.answers.plan.answer import document
from optimizer.answers.words.common_words import substation_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.exact import exact_problem
from optimizer.insight import answer
from optimizer.options import options_table
from optimizer.plans.outcome import Plan
from optimizer.plans.verify import verify, violations
from optimizer.solve.planner import plan, prepare

LIMIT_MW = Decimal("0.3")


@pytest.fixture
def stepped(frozen: Catalogue) -> Catalogue:
    """Germany with medium voltage up to 0.3 MW, and a substation at 80 USD a kW."""
    country = frozen.countries["DE"].model_copy(update={"medium_voltage_limit_mw": LIMIT_MW})
    key = ("measured", "substation_usd_per_kw")
    parameter = frozen.parameters[key].model_copy(update={"central": Decimal(80)})
    return replace(
        frozen,
        countries={**frozen.countries, "DE": country},
        parameters={**frozen.parameters, key: parameter},
        cache={},
    )


def bought(catalogue: Catalogue, **fields: object) -> Plan:
    case = Case(country="DE", workload="dense-small", use="a100", procurement="buy")
    outcome = plan(case.changed(**fields), catalogue)
    assert isinstance(outcome, Plan)
    assert verify(outcome) == []
    return outcome


def servers_within(catalogue: Catalogue) -> tuple[int, Fraction]:
    """Servers that fit under the limit, and the peak of one, worked out from the plan of a long run."""
    outcome = bought(catalogue, deadline_days=365)
    one_kw = outcome.peak_kw / outcome.servers
    return int(Fraction(LIMIT_MW) * 1000 / one_kw), one_kw


def test_below_the_limit_nothing_is_paid(stepped: Catalogue, frozen: Catalogue) -> None:
    """A small site costs what it costs without the rule. Wrong: a substation for everybody."""
    within, one_kw = servers_within(stepped)
    outcome = bought(stepped, deadline_days=365)
    assert outcome.servers <= within and outcome.peak_kw == outcome.servers * one_kw
    assert outcome.items[0].key.connection == "mv"
    assert "connection" not in outcome.cost_terms
    assert outcome.cost_usd == bought(frozen, deadline_days=365).cost_usd


def test_above_the_limit_every_kw_is_paid(stepped: Catalogue, frozen: Catalogue) -> None:
    """80 USD x the whole peak, not the part above 0.3 MW, and nothing else changes."""
    days = next(d for d in (30, 20, 10, 5, 3, 2, 1) if bought(frozen, deadline_days=d).peak_mw > Fraction(LIMIT_MW))
    outcome = bought(stepped, deadline_days=days)
    assert outcome.items[0].key.connection == "hv"
    assert outcome.cost_terms["connection"] == 80 * outcome.peak_kw
    free = bought(frozen, deadline_days=days)
    assert (outcome.servers, outcome.days) == (free.servers, free.days)
    assert outcome.cost_usd == free.cost_usd + 80 * outcome.peak_kw


def test_the_limit_met_exactly_is_within(stepped: Catalogue) -> None:
    """A site of exactly the limit stays on medium voltage; a millionth of a kW less and it does not."""
    outcome = bought(stepped, deadline_days=365)
    exact_mw = Decimal(outcome.peak_mw.numerator) / Decimal(outcome.peak_mw.denominator)
    assert Fraction(exact_mw) == outcome.peak_mw
    counted = -(-int(outcome.accelerators) * 11 // 10)  # its spares count too, a tenth here at most
    for limit_mw, connection in ((exact_mw, "mv"), (exact_mw - Decimal("1e-9"), "hv")):
        country = stepped.countries["DE"].model_copy(update={"medium_voltage_limit_mw": limit_mw})
        catalogue = replace(stepped, countries={**stepped.countries, "DE": country}, cache={})
        again = bought(catalogue, deadline_days=365, max_accelerators=counted)
        assert again.items[0].key.connection == connection


def test_hired_servers_stand_on_another_line(stepped: Catalogue) -> None:
    """Rent has power and hall in it: no connection of one's own, whatever the peak."""
    ready = prepare(Case(country="DE", workload="dense-small", deadline_days=90), stepped)
    connections = {(o.key.procurement, o.key.connection) for o in options_table(ready.setting).options}
    assert {pair for pair in connections if pair[0] == "rent"} <= {("rent", "")}
    assert {("buy", "mv"), ("buy", "hv")} <= connections


def test_a_mix_has_one_connection(stepped: Catalogue) -> None:
    """Part of a site cannot stay on medium voltage while the rest pays for the substation."""
    ready = prepare(Case(country="DE", workload="dense-small", deadline_days=90, procurement="buy", mix=2), stepped)
    options = ready.problem.options
    one = next(i for i, o in enumerate(options) if o.key.connection == "mv")
    two = next(
        i
        for i, o in enumerate(options)
        if o.key.connection == "hv"
        and o.key.bracket == options[one].key.bracket
        and o.key.accelerator != options[one].key.accelerator
    )
    used = [(one, 1, Fraction(1)), (two, 1, Fraction(1))]
    assert "bracket" in dict(violations(ready.problem, used, 90, 2))


def test_mixes_agree_with_the_single_plan(stepped: Catalogue) -> None:
    """Allowing a mix never costs more, also across the step."""
    for days in (30, 120):
        case = Case(country="DE", workload="dense-small", use="a100;h100", procurement="buy", deadline_days=days)
        single, mixed = plan(case, stepped), plan(case.changed(mix=2), stepped)
        assert isinstance(single, Plan) and isinstance(mixed, Plan)
        assert mixed.cost_usd <= single.cost_usd
        assert len({item.key.connection for item in mixed.items}) == 1


@pytest.mark.parametrize("basis", ["upfront", "amortised"])
def test_both_sides_reckon_it_alike(stepped: Catalogue, basis: str) -> None:
    """The options table and the exact figures agree on the substation under each basis."""
    ready = prepare(Case(country="DE", workload="dense-small", basis=basis, deadline_days=90), stepped)
    problem = exact_problem(ready.setting, [option.key for option in ready.table.options])
    for i, option in enumerate(problem.options):
        assert float(option.server_usd) == pytest.approx(ready.table.server_usd[i], rel=1e-12)
        assert float(option.server_day_usd) == pytest.approx(ready.table.server_day_usd[i], rel=1e-12)
        terms = option.server_terms | option.server_day_terms
        assert ("connection" in terms) == (option.key.connection == "hv")


@pytest.mark.parametrize(
    ("country", "procurement", "told"),
    [("MX", "buy", True), ("MX", "own", True), ("CA", "rent", False), ("BR", "buy", False)],
)
def test_a_substation_that_nobody_can_reckon_is_told(
    live: Catalogue, country: str, procurement: str, told: bool
) -> None:
    """Mexico's limit is not known: a fleet of any size stands there without a substation, which must not look settled.

    Hired servers stand on another's connection, and Brazil's limit is known.
    """
    case = Case(country=country, use="h100_sxm5_80", procurement=procurement, deadline_days=200)
    found = answer(case.changed(owned={"h100_sxm5_80": 4096}) if procurement == "own" else case, live)
    assert isinstance(found.outcome, Plan)
    words = substation_words(found.outcome)
    assert bool(words) == told
    assert [message for message in envelope(document(found)).messages if "substation" in message] == words


def test_japan_by_hand(live: Catalogue) -> None:
    """Japan, 4.6 MW: 2,120 Gaudi 3 = 265 servers x (12 + 8 x 0.075) kW x PUE 1.4 = 4,674.6 kW, at 80 USD 373,968."""
    case = Case(country="JP", use="gaudi3", procurement="buy", deadline_days=120)
    outcome = plan(case, live)
    assert isinstance(outcome, Plan)
    assert (outcome.servers, outcome.peak_kw) == (
        265,
        265 * (Fraction("12") + 8 * Fraction("0.075")) * Fraction("1.4"),
    )
    assert outcome.cost_terms["connection"] == 80 * outcome.peak_kw == Fraction("373968")
