"""The cheapest plan under 1 MW in 120 days to the dollar, and limits that are met exactly: sums by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from worlds import pinned_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan

F = Fraction


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


@pytest.fixture(scope="module")
def one_megawatt(catalogue: Catalogue) -> Plan:
    """The cheapest plan under 1 MW in 120 days, in Brazil, with a rent of the user's own for the GB200."""
    found = plan(Case(country="BR", max_mw="1", deadline_days=120, rent="gb200_nvl72=9.08"), catalogue)
    assert isinstance(found, Plan)
    return found


# --- the cheapest plan under 1 MW in 120 days -----------------------------------------------------------------------


def test_h100_cannot_do_it_under_one_megawatt(catalogue: Catalogue) -> None:
    """104 servers are needed, which draw 1.63 MW and take 120 days; 63 fit under 1 MW: 179 days."""
    work = F(925_000, 36)
    needed = -(-work / (120 * F("2.07309564")) // 1)
    assert needed == 104
    assert needed * F("15.66") == F("1628.64") > 1300
    assert 1000 // F("15.66") == 63
    assert -(-work / (63 * F("2.28681684")) // 1) == 179
    only = Case(country="BR", max_mw="1", deadline_days=120, use="h100_sxm5_80")
    assert isinstance(plan(only, catalogue), Infeasible)
    enough = plan(only.changed(max_mw="1.62864"), catalogue)
    assert isinstance(enough, Plan)
    assert (enough.servers, enough.days) == (104, 120)


def test_five_gb200_racks_under_one_megawatt(one_megawatt: Plan) -> None:
    """One rack is 54.85 PFLOP/s and, at the PUE of 1.25 of liquid cooling in a hot climate, 171.75 kW: 4 racks need 118
    days, 5 need 94, 6 draw 1.0305 MW.

    Hire is paid by the rack-day and comes to the same, the team by the day: so 5 it is.
    """
    assert isinstance(one_megawatt, Plan)
    speed = 72 * F(5000) * F("0.178") * F("1.07") * F("0.8") / 1000
    assert speed == F("54.85248")
    rack_kw = (132 + 72 * F("0.075")) * F("1.25")
    assert rack_kw == F("171.75")
    full_days = F(925_000, 36) / speed
    assert (-(-full_days / 4 // 1), -(-full_days / 5 // 1)) == (118, 94)
    assert 6 * rack_kw > 1000 > 5 * rack_kw

    (item,) = one_megawatt.items
    key = item.key
    assert (key.accelerator, key.precision, key.procurement, key.site) == ("gb200_nvl72", "fp8", "rent", "BR")
    assert (item.servers, item.accelerators, one_megawatt.days) == (5, 360, 94)
    assert one_megawatt.peak_mw == F("0.85875") < 1
    assert item.server_days == full_days
    assert item.pflops == F("274.2624")
    assert one_megawatt.tpp == 360 * 40_000


def test_its_cost_to_the_dollar(one_megawatt: Plan) -> None:
    """Hire 468.43 rack-days at 15,690.24 = 7,349,750 and staff 94 days at 4,630.14 = 435,233: 7,784,983 USD.

    Rent for all 5 x 94 rack-days would be 7,374,413. At the public offer, 54.08 an hour, nobody would rent.
    """
    rack_day = 72 * 24 * F("9.08")
    assert rack_day == F("15690.24")
    rent = F(925_000, 36) / F("54.85248") * rack_day
    staff = 94 * F(25 * 67_600, 365)
    assert (round(float(rent)), round(float(staff))) == (7_349_750, 435_233)
    assert one_megawatt.cost_terms == {"rent": rent, "staff": staff}
    assert one_megawatt.cost_usd == rent + staff
    assert round(float(one_megawatt.cost_usd)) == 7_784_983
    assert one_megawatt.capital_usd == 0


def test_its_energy_and_carbon(one_megawatt: Plan) -> None:
    """468.43 rack-days x 171.75 x 0.78 x 24 h = 1.506 GWh, 155 t at 103.2 g/kWh; by peak it would be 1.93 GWh."""
    energy = F(925_000, 36) / F("54.85248") * F("171.75") * F("0.78") * 24
    assert one_megawatt.energy_kwh == energy
    assert round(float(one_megawatt.energy_gwh), 3) == 1.506
    assert round(float(one_megawatt.carbon_t)) == 155


def test_the_rivals_are_dearer(catalogue: Catalogue, one_megawatt: Plan) -> None:
    """Without GB200 and GB300 nothing does it: 45 servers of B300 (0.986 MW) need 124 days, at over 6 times the cost.

    8 x 4,500 x 0.145 x 1.07 x 0.83 / 1000 = 4.636 PFLOP/s: 25,694.4 / 4.636 / 45 = 123.2 days; the 46th is too much.
    """
    case = Case(country="BR", max_mw="1", deadline_days=120)
    assert isinstance(plan(case.changed(avoid="gb200;gb300"), catalogue), Infeasible)
    without = plan(case.changed(use="b300_sxm_288", deadline_days=124, procurement="buy"), catalogue)
    assert isinstance(without, Plan)
    assert [(i.key.accelerator, i.key.procurement, i.servers) for i in without.items] == [("b300_sxm_288", "buy", 45)]
    assert without.days == -(-F(925_000, 36) / (45 * F("4.6357992")) // 1) == 124
    assert without.peak_kw == 45 * (F("14.5") + 8 * F("0.075")) * F("1.45")
    assert 46 * (F("14.5") + 8 * F("0.075")) * F("1.45") > 1000
    assert without.cost_usd > 6 * one_megawatt.cost_usd
    bought = plan(case.changed(procurement="buy"), catalogue)
    assert isinstance(bought, Plan)
    assert bought.cost_usd > 3 * one_megawatt.cost_usd


def test_four_bought_racks_to_the_dollar(catalogue: Catalogue) -> None:
    """Rack price covers the server: no chassis on top. 4 x 7.34 M landed and 468.4 rack-days of running: 30.80 M.

    With the chassis ratio of 0.38 added to a price that holds it already, the landed price would be 32 % higher.
    """
    bought = plan(Case(country="BR", max_mw="1", deadline_days=120, procurement="buy", use="gb200"), catalogue)
    assert isinstance(bought, Plan)
    chips = 72 * F(54_600)
    equipment = chips * (1 + F("0.15") + F("0.03")) * F("1.03")
    landed = equipment * F("1.02") * F("1.25") / F("0.83")
    running = F("171.75") * F("0.78") * 24 * F("0.125") + F("137.4") * 190 * 12 / 365 + equipment * F("0.05") / 365
    full_days = F(925_000, 36) / F("54.85248")
    total = 4 * landed + full_days * running + 118 * F(25 * 67_600, 365)
    assert (bought.servers, bought.days) == (4, 118)
    assert bought.cost_usd == total
    assert round(float(total)) == 30_801_927
    assert bought.capital_usd == 4 * landed


# --- limits met exactly ---------------------------------------------------------------------------------------------


def test_a_power_limit_met_exactly(catalogue: Catalogue) -> None:
    """Five racks draw 0.85875 MW to the watt: allowed; 1e-9 MW less leaves four, which need 118 days, not 104."""
    case = Case(country="BR", use="gb200", deadline_days=104, max_mw="0.85875")
    met = plan(case, catalogue)
    assert isinstance(met, Plan)
    assert met.peak_mw == F("0.85875")
    missed = plan(case.changed(max_mw="0.858749999"), catalogue)
    assert isinstance(missed, Infeasible)
    assert missed.cause == "limits"


def test_a_deadline_met_exactly(catalogue: Catalogue) -> None:
    """Five racks need 93.69 days, so 94: feasible; 93 is not."""
    case = Case(country="BR", use="gb200", max_mw="1", deadline_days=94)
    assert isinstance(plan(case, catalogue), Plan)
    assert isinstance(plan(case.changed(deadline_days=93), catalogue), Infeasible)


def test_a_tpp_cap_met_exactly(catalogue: Catalogue) -> None:
    """360 devices are 14,400,000 TPP: allowed; 14,399,999.999 is not."""
    case = Case(country="BR", use="gb200", deadline_days=104, max_mw="1", max_tpp="14.4e6")
    met = plan(case, catalogue)
    assert isinstance(met, Plan)
    assert met.tpp == 14_400_000
    assert isinstance(plan(case.changed(max_tpp="14399999.999"), catalogue), Infeasible)


def test_a_budget_met_to_the_cent(catalogue: Catalogue, one_megawatt: Plan) -> None:
    """The optimum rounded up to a cent is enough; rounded down to a cent it is not."""
    case = Case(country="BR", max_mw="1", deadline_days=120, rent="gb200_nvl72=9.08")
    cents = one_megawatt.cost_usd * 100 // 1
    enough = plan(case.changed(budget_usd=f"{int(cents + 1) / 100:.2f}"), catalogue)
    assert isinstance(enough, Plan)
    assert enough.cost_usd == one_megawatt.cost_usd
    assert isinstance(plan(case.changed(budget_usd=f"{int(cents) / 100:.2f}"), catalogue), Infeasible)


def test_a_compute_cap_met_exactly(catalogue: Catalogue) -> None:
    """2.22e24 FLOP under a cap of 2.22e24: allowed; under 2.2199999999e24 the law forbids any plan."""
    case = Case(country="BR", deadline_days=120, max_training_flop="2.22e24")
    assert isinstance(plan(case, catalogue), Plan)
    forbidden = plan(case.changed(max_training_flop="2.2199999999e24"), catalogue)
    assert isinstance(forbidden, Infeasible)
    assert forbidden.cause == "compute_cap"
