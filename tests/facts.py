"""Facts worked out by hand on the frozen catalogue, whose figures of one server are in tests/catalogue/README.md.

Where both sides of the proof stand on the same mistake, one of these sees it.
"""

from __future__ import annotations

from fractions import Fraction

from optimizer import Infeasible, Plan
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.solve.planner import plan

FOUR_A100 = Case(workload="dense-small", country="BR", use="a100", procurement="buy", deadline_days=25)

"""100 PFLOP/s-days at 1 PFLOP/s a server: 4 servers x 25 days, or 5 x 20, ... ; a server costs more than 25 days."""


def fact_cost(catalogue: Catalogue) -> None:
    """4 x 226,957.50 + 100 server-days x 55.44 + 25 days x 1,000 = 938,374 USD."""
    told = planned(FOUR_A100, catalogue)
    assert (told.servers, told.days) == (4, 25)
    assert told.cost_usd == 4 * Fraction("226957.5") + 100 * Fraction("55.44") + 25_000 == 938_374


def fact_duty(catalogue: Catalogue) -> None:
    """Landed 226,957.50 less CIF 138,600 for each of 4 servers: 353,430 USD."""
    assert planned(FOUR_A100, catalogue).cost_terms["duty_and_tax"] == 353_430


def fact_power(catalogue: Catalogue) -> None:
    """4 x (7.2 + 8 x 0.1) x 1.5 = 48 kW: a limit of 48 kW is met, one of 47.999 is not."""
    told = planned(FOUR_A100.changed(max_mw="0.048"), catalogue)
    assert told.peak_kw == 48
    assert isinstance(plan(FOUR_A100.changed(max_mw="0.047999"), catalogue), Infeasible)


def fact_energy(catalogue: Catalogue) -> None:
    """100 server-days x 9.6 kW x 24 h = 23,040 kWh, and 2,304 USD at 0.10."""
    told = planned(FOUR_A100, catalogue)
    assert (told.energy_kwh, told.cost_terms["energy"]) == (23_040, 2_304)


def fact_supply(catalogue: Catalogue) -> None:
    """4 servers of 8 and a tenth spare are 35.2 accelerators: 36 are enough, of 35 only 3 servers can be had."""
    assert planned(FOUR_A100.changed(supply={"a100": 36}), catalogue).servers == 4
    assert isinstance(plan(FOUR_A100.changed(supply={"a100": 35}), catalogue), Infeasible)


def fact_law(catalogue: Catalogue) -> None:
    """No H100 may be planned with in China, whatever the duty."""
    told = plan(Case(workload="dense-small", country="CN", use="h100", import_duty=0), catalogue)
    assert isinstance(told, Infeasible) and told.cause == "law"


def fact_tie(catalogue: Catalogue) -> None:
    """Under the study's set only the number counts: 7 A100 (15,000 each) in 92 to 100 days, of which 92 are told."""
    told = planned(
        Case(workload="dense-small", country="BR", use="a100", assumptions="study-2025", deadline_days=100), catalogue
    )
    assert (told.servers, told.days, told.cost_usd) == (7, 92, 105_000)


def fact_deadline(catalogue: Catalogue) -> None:
    """From the order, delivery takes 30 of 55 days; of 54 it leaves 24, for which 4 servers are too few."""
    ordered = FOUR_A100.changed(deadline_from="order", deadline_days=55, max_accelerators=36)
    assert (planned(ordered, catalogue).days, planned(ordered, catalogue).servers) == (25, 4)
    assert isinstance(plan(ordered.changed(deadline_days=54), catalogue), Infeasible)


def fact_energy_limit(catalogue: Catalogue) -> None:
    """100 server-days x 9.6 kW x 24 h = 0.02304 GWh, whatever the servers: that is met, a kWh less is not."""
    at = FOUR_A100.changed(max_energy_gwh="0.02304")
    assert (planned(at, catalogue).servers, planned(at, catalogue).days) == (4, 25)
    assert isinstance(plan(at.changed(max_energy_gwh="0.023039"), catalogue), Infeasible)


def fact_carbon_limit(catalogue: Catalogue) -> None:
    """23,040 kWh at 100 g are 2.304 tCO2e: that is met, a gram less is not."""
    at = FOUR_A100.changed(max_carbon_t="2.304")
    assert (planned(at, catalogue).servers, planned(at, catalogue).days) == (4, 25)
    assert isinstance(plan(at.changed(max_carbon_t="2.303999"), catalogue), Infeasible)


def fact_capital_limit(catalogue: Catalogue) -> None:
    """4 x 226,957.50 = 907,830 USD of hardware, amortised too: that is met, a cent less is not."""
    for basis in ("upfront", "amortised"):
        at = FOUR_A100.changed(max_capital_usd=907_830, basis=basis)
        assert planned(at, catalogue).servers == 4
        assert isinstance(plan(at.changed(max_capital_usd="907829.99"), catalogue), Infeasible)


def planned(case: Case, catalogue: Catalogue) -> Plan:
    outcome = plan(case, catalogue)
    assert isinstance(outcome, Plan)
    return outcome


FACTS = (
    *(fact_cost, fact_duty, fact_power, fact_energy, fact_supply, fact_law, fact_tie, fact_deadline),
    *(fact_energy_limit, fact_carbon_limit, fact_capital_limit),
)
