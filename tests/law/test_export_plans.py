"""Export control: what a route does to a plan, by its wait, its quota and its licence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from worlds import pinned_catalogue

from optimizer.answers.words.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.domain.reasons import ReasonKind
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan, prepare

EVE, DAY = "2026-07-09", "2026-07-10"
"""The day before and the day of the UAE's move to A:5."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


def options(catalogue: Catalogue, **case: Any) -> set[tuple[str, str, int]]:
    """Procurement, route and lead days of every option of a case."""
    table = prepare(Case(**case), catalogue).table
    return {
        (o.key.procurement, o.route.rule, int(lead)) for o, lead in zip(table.options, table.lead_days, strict=True)
    }


def test_lead_times_count_from_the_order_only(catalogue: Catalogue) -> None:
    """Viet Nam: licence 120 and delivery 90 days are 210; counted from the start of training they are 0."""
    asked = {"country": "VN", "use": "h100_sxm5_80", "procurement": "buy"}
    assert options(catalogue, **asked, deadline_from="order") == {("buy", "LIC_D1_D4", 210)}
    assert options(catalogue, **asked, deadline_from="training") == {("buy", "LIC_D1_D4", 0)}
    assert options(catalogue, **asked) == {("buy", "LIC_D1_D4", 0)}


def test_lead_times_by_way_of_procurement(catalogue: Catalogue) -> None:
    """Brazil needs no licence: 90 days to buy, 14 to hire, none for what is owned."""
    asked = {"country": "BR", "use": "h100_sxm5_80", "owned": "h100=800", "deadline_from": "order"}
    assert options(catalogue, **asked) == {
        ("buy", "LIC_GROUPB_NONE", 90),
        ("rent", "LIC_GROUPB_NONE", 14),
        ("own", "LIC_GROUPB_NONE", 0),
    }


def test_a_hire_waits_for_no_licence(catalogue: Catalogue) -> None:
    """H100 for hire in the UAE stood there already on the eve of its move to A:5: 14 days, not 134."""
    hired = options(catalogue, country="AE", use="h100_sxm5_80", procurement="rent", deadline_from="order", date=EVE)
    assert hired == {("rent", "LIC_D1_D4", 14)}


def test_the_licence_eats_the_deadline(catalogue: Catalogue) -> None:
    """365 days from the order less 210 leave 155: the plan ends by then and says so; 210 days leave none at all."""
    case = Case(country="VN", use="h100_sxm5_80", procurement="buy", deadline_days=365, deadline_from="order")
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    assert found.lead_days == 210
    assert found.days <= 155
    training = plan(case.changed(deadline_from="training"), catalogue)
    assert isinstance(training, Plan)
    assert training.lead_days == 0
    assert training.days > 155
    assert training.cost_usd < found.cost_usd
    nothing = plan(case.changed(deadline_days=210), catalogue)
    assert isinstance(nothing, Infeasible)
    assert nothing.cause == "limits"


@pytest.mark.parametrize(("deadline", "servers"), [(365, 80), (364, 81), (363, 82), (300, 138), (250, 310)])
def test_the_servers_that_the_licence_makes_necessary(catalogue: Catalogue, deadline: int, servers: int) -> None:
    """25,694.44 / (2.0731 x (365 - 210)) = 79.96, so 80 H100 servers; with all 365 days 31 would do.

    From 64 servers on (512 devices) each does 2.0731 PFLOP/s, below that 2.2868.
    """
    assert -(-25_694.4444 // (2.07309564 * (deadline - 210))) == servers
    case = Case(
        **{"country": "VN", "use": "h100_sxm5_80", "precision": "fp8", "procurement": "buy"},
        **{"deadline_from": "order", "deadline_days": deadline, "objective": "peak_power"},
    )
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    assert found.servers == servers
    assert found.lead_days + found.days <= deadline
    assert isinstance(plan(case.changed(max_accelerators=8 * servers - 1), catalogue), Infeasible)


def test_a_plan_by_the_low_volume_route_keeps_to_its_cap(catalogue: Catalogue) -> None:
    """Brazil, bought, 120 days: 52 servers of MI355X and 3 % spares are under 26.9e6 TPP: no licence is needed."""
    case = Case(country="BR", rules="diffusion-2025", procurement="buy", deadline_days=120)
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    assert [item.key.route for item in found.items] == ["DIFF_LPP"]
    assert found.tpp <= 26_900_000
    assert found.items[0].policy == "exception"
    (law,) = [limit for limit in found.limits if str(limit.limit) == "law:DIFF_LPP"]
    assert (law.used, law.bound) == (found.tpp * Fraction("1.03"), 26_900_000)  # with the spares


def test_a_larger_plan_takes_the_licence(catalogue: Catalogue) -> None:
    """30 days with H100 need 46e6 TPP: above 26.9e6 the licence it is."""
    case = Case(country="BR", rules="diffusion-2025", procurement="buy", use="h100_sxm5_80", deadline_days=30)
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    assert [item.key.route for item in found.items] == ["DIFF_T2_LICENCE"]
    assert 26_900_000 < found.tpp <= 790_000_000
    assert found.items[0].policy == "approval"


def test_the_low_volume_route_is_the_quick_one(catalogue: Catalogue) -> None:
    """By exception 206 servers at most: 90 days of delivery and 61 of work are 151; the licence alone takes 210."""
    assert -(-25_694.4444 // (2.07309564 * 206)) == 61
    case = Case(
        **{"country": "BR", "rules": "diffusion-2025", "procurement": "buy", "use": "h100_sxm5_80", "precision": "fp8"},
        **{"deadline_from": "order", "deadline_days": 151},
    )
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    assert (found.items[0].key.route, found.lead_days, found.days) == ("DIFF_LPP", 90, 61)
    assert isinstance(plan(case.changed(deadline_days=150), catalogue), Infeasible)


def test_the_low_volume_cap_to_the_server(catalogue: Catalogue) -> None:
    """26.9e6 / (126,649.6 x 1.03) = 206.2: 206 H100 servers and their spares by the exception, the 207th needs the
    licence."""
    assert 26_900_000 // (126_649.6 * 1.03) == 206
    days = -(-25_694.4444 // (2.07309564 * 206))
    case = Case(
        **{"country": "BR", "rules": "diffusion-2025", "procurement": "buy", "use": "h100_sxm5_80", "precision": "fp8"},
        **{"objective": "peak_power"},
    )
    most = plan(case.changed(deadline_days=int(days)), catalogue)
    assert isinstance(most, Plan)
    assert most.items[0].key.route == "DIFF_LPP"
    assert most.servers <= 206
    more = plan(case.changed(deadline_days=int(days) - 1), catalogue)
    assert isinstance(more, Plan)
    assert more.items[0].key.route == "DIFF_T2_LICENCE"
    assert more.servers >= 207


def test_the_national_cap_makes_a_plan_impossible(catalogue: Catalogue) -> None:
    """790e6 / (432,000 x 1.03) = 1,775 servers of B300 and spares: Llama 3.1 405B takes them 45 days. In 43 or 44 it is
    lawful only uncapped.

    3.8e25 FLOP = 439,814.8 PFLOP/s-days; a server does 8 x 4,500 x 0.208 x 0.89 x 0.83 / 1000 = 5.5314 PFLOP/s.
    """
    assert 790_000_000 // (8 * 54_000 * 1.03) == 1775
    assert -(-439_814.8148 // (5.5313856 * 1775)) == 45
    case = Case(
        **{"country": "BR", "workload": "llama-3.1-405b", "procurement": "buy", "use": "b300", "precision": "fp8"},
        **{"deadline_days": 43},
    )
    free = plan(case, catalogue)
    assert isinstance(free, Plan)
    assert free.tpp > 790_000_000
    for days in (43, 44):
        assert isinstance(plan(case.changed(rules="diffusion-2025", deadline_days=days), catalogue), Infeasible)
    capped = plan(case.changed(rules="diffusion-2025", deadline_days=45), catalogue)
    assert isinstance(capped, Plan)
    assert capped.tpp <= 790_000_000
    assert capped.items[0].key.route == "DIFF_T2_LICENCE"


def test_the_two_routes_do_not_add_up_unseen(catalogue: Catalogue) -> None:
    """Every plan in a tier-2 country names the route it takes; none mixes both without each cap being held."""
    case = Case(country="MX", rules="diffusion-2025", procurement="buy", use="h100_sxm5_80", deadline_days=40, mix=2)
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    for limit in found.limits:
        assert limit.bound is None or limit.used <= limit.bound
    by_exception = sum(i.accelerators for i in found.items if i.key.route == "DIFF_LPP")
    assert by_exception * Decimal("15831.2") <= 26_900_000


def test_what_the_law_forbids_is_told_with_its_rule(catalogue: Catalogue) -> None:
    """Ascend in Brazil: excluded with the rule and its meaning, and a case that asks for it alone fails for 'law'."""
    table = prepare(Case(country="BR"), catalogue).table
    reasons = {e.accelerator: e.reason for e in table.excluded if e.accelerator.startswith("ascend")}
    assert set(reasons) == {"ascend910b", "ascend910c"}
    assert all((r.kind, r.rule) == (ReasonKind.LICENCE_DENIED, "GP10_ASCEND") for r in reasons.values())
    assert all("presumption of denial (GP10_ASCEND: US guidance" in reason_words(r) for r in reasons.values())
    alone = plan(Case(country="BR", use="ascend 910b;ascend 910c"), catalogue)
    assert isinstance(alone, Infeasible)
    assert alone.cause == "law"


def test_the_uae_waits_on_the_eve_and_not_on_the_day(catalogue: Catalogue) -> None:
    """Ordered on 2026-07-09 an H100 takes 210 days to train in the UAE, a day later 90."""
    asked = {"country": "AE", "use": "h100_sxm5_80", "procurement": "buy", "deadline_from": "order"}
    assert options(catalogue, **asked, date=EVE) == {("buy", "LIC_D1_D4", 210)}
    assert options(catalogue, **asked, date=DAY) == {("buy", "LIC_A5_A6_NONE", 90)}


def test_dates_before_the_rules_are_refused(catalogue: Catalogue) -> None:
    """The tables begin on 2023-11-17: an earlier day would find no rule at all and everything 'not cleared'."""
    with pytest.raises(Exception, match="2023-11-17 or later"):
        plan(Case(country="BR", date="2023-11-16"), catalogue)


def test_a_free_country_that_is_not_free_for_every_buyer_says_so_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A company in the Emirates needs a licence; the card said "no licence" in its law alone, behind --full."""
    assert run(["plan", "--country", "AE", "--max-mw", "1", "--deadline", "150d", "-q"]) == 0
    card = " ".join(capsys.readouterr().out.split())
    assert "check first: UAE_A5: " in card and "any other buyer still needs one;" in card
