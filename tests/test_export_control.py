"""Export control: how chips are classed, by which routes they may come in where and when, and what a route does."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from worlds import pinned_catalogue

from optimizer.answers.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.chip_class import chip_class, performance_density
from optimizer.domain.reasons import ReasonKind
from optimizer.law.routes import routes
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan, prepare

EARLY, EVE, DAY, NOW = "2024-06-01", "2026-07-09", "2026-07-10", "2026-11-22"
"""After the rules of 2023; the day before and the day of the UAE's move to A:5; the day of the data."""

FREE = {
    "BR": "LIC_GROUPB_NONE",
    "MX": "LIC_A5_A6_NONE",
    "US": "US_DOMESTIC",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


def ways(
    catalogue: Catalogue,
    accelerator: str,
    country: str,
    date: str,
    rule_set: str = "enforced-2026",
) -> list[tuple[str, str, str]]:
    """The routes as (rule, class, policy)."""
    chip = catalogue.accelerators[catalogue.find("accelerator", accelerator)]
    return [(r.rule, r.chip_class, r.policy) for r in routes(chip, country, catalogue, rule_set, date)]


# --- as enforced ----------------------------------------------------------------------------------------------------

DATA_CENTRE_CHIPS = ("h100", "h200", "b300", "l40s", "a100")


@pytest.mark.parametrize("accelerator", DATA_CENTRE_CHIPS)
@pytest.mark.parametrize("date", [EARLY, EVE, DAY, NOW])
def test_a_3a090a_chip_by_country(catalogue: Catalogue, accelerator: str, date: str) -> None:
    """Free to Brazil (B), Mexico (A:6) and at home; a licence presumed approved for D:1 and D:4, on every date.

    The wrong answers: 'licence' for Mexico (it is in B alone by some lists), 'free' for Viet Nam (it is in B too).
    """
    for country, rule in FREE.items():
        assert ways(catalogue, accelerator, country, date) == [(rule, "3A090.a", "free")]
    for country in ("VN", "SA", "KZ", "EG"):
        assert ways(catalogue, accelerator, country, date) == [("LIC_D1_D4", "3A090.a", "approval")]


@pytest.mark.parametrize("accelerator", DATA_CENTRE_CHIPS)
def test_the_uae_moves_on_2026_07_10(catalogue: Catalogue, accelerator: str) -> None:
    """D:4 up to 2026-07-09, A:5 from the day after: a licence of 120 days on the eve, none on the day."""
    for date in (EARLY, EVE):
        assert ways(catalogue, accelerator, "AE", date) == [("LIC_D1_D4", "3A090.a", "approval")]
    for date in (DAY, NOW):
        assert ways(catalogue, accelerator, "AE", date) == [("LIC_A5_A6_NONE", "3A090.a", "free")]


@pytest.mark.parametrize(
    ("accelerator", "now"),
    [
        ("h100", "case_by_case"),  # TPP 15,831 below 21,000; 3,350 below 6,500 GB/s
        ("h200", "case_by_case"),  # 15,831; 4,800 GB/s
        ("a100", "case_by_case"),  # 4,992; 2,039 GB/s
        ("l40s", "case_by_case"),  # 5,864; 864 GB/s
        ("mi300x", "case_by_case"),  # 20,919; 5,300 GB/s
        ("b300", "denial"),  # 54,000
        ("b200", "denial"),  # 36,000
    ],
)
def test_china_before_and_after_january_2026(catalogue: Catalogue, accelerator: str, now: str) -> None:
    """Denial until 2026-01-14; then case by case below TPP 21,000 and 6,500 GB/s. Neither lets a plan count on it."""
    assert ways(catalogue, accelerator, "CN", EARLY) == [("LIC_D5", "3A090.a", "denial")]
    assert ways(catalogue, accelerator, "CN", "2026-01-14") == [("LIC_D5", "3A090.a", "denial")]
    rule = "JAN2026_CHINA" if now == "case_by_case" else "LIC_D5"
    for date in ("2026-01-15", NOW):
        assert ways(catalogue, accelerator, "CN", date) == [(rule, "3A090.a", now)]
    chip = catalogue.accelerators[catalogue.find("accelerator", accelerator)]
    for date in (EARLY, NOW):
        assert not any(r.usable for r in routes(chip, "CN", catalogue, "enforced-2026", date))


@pytest.mark.parametrize("country", ["BR", "MX", "VN", "SA", "KZ", "EG", "AE", "CN"])
@pytest.mark.parametrize("date", [EARLY, EVE, DAY, NOW])
def test_the_h20_lies_below_every_threshold(catalogue: Catalogue, country: str, date: str) -> None:
    """TPP 2,368 and density 2.91: in no class, so free of these rules even to China (letters to firms are not held)."""
    assert ways(catalogue, "h20", country, date) == [("NOT_CONTROLLED", "none", "free")]


def test_the_h20_at_home(catalogue: Catalogue) -> None:
    """Inside the United States nothing is exported, whatever the chip."""
    assert ways(catalogue, "h20", "US", NOW) == [("US_DOMESTIC", "none", "free")]


@pytest.mark.parametrize(
    ("accelerator", "kind"),
    [
        ("rtx4090", "3A090.a-consumer"),  # TPP 5,284.8, not marketed for data centres
        ("mi210", "3A090.b"),  # TPP 2,896, density 4.0
    ],
)
@pytest.mark.parametrize("date", [EARLY, NOW])
def test_chips_that_may_use_the_exceptions(catalogue: Catalogue, accelerator: str, kind: str, date: str) -> None:
    """NAC to D:5 with 25 days' notice, ACA to D:1 and D:4 without; as plain 3A090.a they would wait 120 days."""
    for country, rule in FREE.items():
        assert ways(catalogue, accelerator, country, date) == [(rule, kind, "free")]
    for country in ("VN", "SA", "KZ", "EG"):
        assert ways(catalogue, accelerator, country, date) == [("ACA", kind, "exception")]
    assert ways(catalogue, accelerator, "CN", date) == [("NAC", kind, "exception")]
    uae = [("ACA", kind, "exception")] if date == EARLY else [("LIC_A5_A6_NONE", kind, "free")]
    assert ways(catalogue, accelerator, "AE", date) == uae
    chip = catalogue.accelerators[catalogue.find("accelerator", accelerator)]
    assert [r.lead_days for r in routes(chip, "CN", catalogue, "enforced-2026", date)] == [25]
    assert [r.lead_days for r in routes(chip, "VN", catalogue, "enforced-2026", date)] == [0]


def test_before_aca_there_was_a_licence(catalogue: Catalogue) -> None:
    """ACA stands since 2024-04-04: the day before, a 3A090.b chip for Viet Nam needed a licence."""
    assert ways(catalogue, "mi210", "VN", "2024-04-03") == [("LIC_D1_D4", "3A090.b", "approval")]
    assert ways(catalogue, "mi210", "VN", "2024-04-04") == [("ACA", "3A090.b", "exception")]


@pytest.mark.parametrize("country", ["BR", "MX", "VN", "SA", "KZ", "EG", "AE", "US", "CN"])
def test_ascend_is_out_everywhere_since_the_guidance(catalogue: Catalogue, country: str) -> None:
    """From 2025-05-13 no plan rests on an Ascend anywhere, China and the United States included."""
    assert ways(catalogue, "ascend 910b", country, NOW) == [("GP10_ASCEND", "prc-3a090", "denial")]
    assert ways(catalogue, "ascend 910b", country, "2025-05-13") == [("GP10_ASCEND", "prc-3a090", "denial")]
    assert ways(catalogue, "ascend 910b", country, "2025-05-12")[0][:2] != ("GP10_ASCEND", "prc-3a090")


def test_ascend_before_the_guidance_goes_by_its_figures(catalogue: Catalogue) -> None:
    """TPP 5,120 is 3A090.a: free to Brazil on 2024-06-01, as the rules then read."""
    assert ways(catalogue, "ascend 910b", "BR", EARLY) == [("LIC_GROUPB_NONE", "3A090.a", "free")]


@pytest.mark.parametrize("country", ["AR", "IN", "TR", "ZA", "DE", "JP", "SG"])
def test_members_of_a5_and_a6_are_free(catalogue: Catalogue, country: str) -> None:
    """Some lists still count India in D:4: its row here is A:5."""
    assert ways(catalogue, "h100", country, NOW) == [("LIC_A5_A6_NONE", "3A090.a", "free")]


@pytest.mark.parametrize(
    "country",
    [
        "BR",
        "CL",
        "CO",
        "PE",
        "UY",
        "PY",
        "CR",
        "DO",
        "KE",
        "NG",
        "GH",
        "RW",
        "ET",
        "SN",
        "MA",
        "TN",
        "ID",
        "MY",
        "TH",
        "PH",
        "BD",
        "LK",
    ],
)
def test_countries_of_group_b_alone_are_free(catalogue: Catalogue, country: str) -> None:
    """The 22 of the brief: free as long as the AI Diffusion rule is not enforced."""
    assert ways(catalogue, "b300", country, NOW) == [("LIC_GROUPB_NONE", "3A090.a", "free")]


@pytest.mark.parametrize("country", ["VN", "KZ", "UZ", "EG", "JO", "PK", "SA"])
def test_countries_of_d1_and_d4_need_a_licence(catalogue: Catalogue, country: str) -> None:
    """All seven are in B as well: by that alone they would come out free."""
    assert ways(catalogue, "b300", country, NOW) == [("LIC_D1_D4", "3A090.a", "approval")]


def test_every_accelerator_and_country_has_exactly_one_answer_as_enforced(catalogue: Catalogue) -> None:
    """No pair is left without a rule (it would be dropped as 'not cleared') nor with two."""
    for name in catalogue.accelerators:
        for country in catalogue.countries:
            assert len(ways(catalogue, name, country, NOW)) == 1, (name, country)


# --- the AI Diffusion rule as a scenario ----------------------------------------------------------------------------

TIER_2 = [("DIFF_LPP", "3A090.a", "exception"), ("DIFF_T2_LICENCE", "3A090.a", "approval")]


@pytest.mark.parametrize("country", ["BR", "MX", "VN", "SA", "KZ", "EG", "AE", "IN", "ZA", "SG"])
@pytest.mark.parametrize("accelerator", DATA_CENTRE_CHIPS)
def test_tier_2_has_two_routes(catalogue: Catalogue, country: str, accelerator: str) -> None:
    """26.9e6 TPP a year without a licence, or a licence up to 790e6: two ways in, the plan chooses."""
    assert ways(catalogue, accelerator, country, NOW, "diffusion-2025") == TIER_2
    chip = catalogue.accelerators[catalogue.find("accelerator", accelerator)]
    low_volume, licence = routes(chip, country, catalogue, "diffusion-2025", NOW)
    assert (low_volume.cap_tpp, low_volume.lead_days) == (Decimal("26.9e6"), 0)
    assert (licence.cap_tpp, licence.lead_days) == (Decimal("790e6"), 120)
    assert licence.lead_is_estimate and not low_volume.lead_is_estimate


@pytest.mark.parametrize("country", ["DE", "JP", "FR", "ES", "CA", "NO", "KR"])
def test_allies_are_free_under_the_diffusion_rule(catalogue: Catalogue, country: str) -> None:
    """Tier 1: no licence and no cap."""
    assert ways(catalogue, "h100", country, NOW, "diffusion-2025") == [("DIFF_AIA", "3A090.a", "free")]


def test_china_under_the_diffusion_rule(catalogue: Catalogue) -> None:
    """D:5 is denied; the China rule of January 2026 comes first for the chips that it covers."""
    assert ways(catalogue, "b300", "CN", NOW, "diffusion-2025") == [("DIFF_T3", "3A090.a", "denial")]
    assert ways(catalogue, "h100", "CN", NOW, "diffusion-2025") == [("JAN2026_CHINA", "3A090.a", "case_by_case")]


@pytest.mark.parametrize("accelerator", ["h20", "mi210", "rtx4090"])
def test_lesser_chips_are_not_touched_by_the_diffusion_rule(catalogue: Catalogue, accelerator: str) -> None:
    """It speaks of 3A090.a for data centres: the others go as before, Brazil free."""
    for country in ("BR", "VN", "CN", "US"):
        enforced = ways(catalogue, accelerator, country, NOW)
        assert ways(catalogue, accelerator, country, NOW, "diffusion-2025") == enforced


def test_ascend_and_home_under_the_diffusion_rule(catalogue: Catalogue) -> None:
    """The guidance on Ascend and the domestic rule stand in every scenario of the law."""
    assert ways(catalogue, "ascend 910b", "BR", NOW, "diffusion-2025") == [("GP10_ASCEND", "prc-3a090", "denial")]
    assert ways(catalogue, "h100", "US", NOW, "diffusion-2025") == [("US_DOMESTIC", "3A090.a", "free")]


@pytest.mark.parametrize("country", ["BR", "VN", "CN", "US"])
def test_the_yardstick_without_rules(catalogue: Catalogue, country: str) -> None:
    """'unrestricted' lets everything in everywhere: what the rules cost is the difference."""
    assert [w[0] for w in ways(catalogue, "b300", country, NOW, "unrestricted")] == ["UNRESTRICTED"]
    assert [w[2] for w in ways(catalogue, "ascend 910b", country, NOW, "unrestricted")] == ["free"]


@pytest.mark.parametrize(("date", "known"), [("2027-12-31", TIER_2), ("2028-01-01", TIER_2[:1])])
def test_a_scenario_keeps_to_its_own_end(catalogue: Catalogue, date: str, known: list[tuple[str, str, str]]) -> None:
    """The licences of tier 2 are for 2025 to 2027: in 2028 the low-volume exception is left, and no national quota."""
    assert [way[0] for way in known] == ["DIFF_LPP", "DIFF_T2_LICENCE"][: len(known)]
    assert ways(catalogue, "h100", "BR", date, "diffusion-2025") == known


def test_the_scenario_reaches_back_with_its_tiers(catalogue: Catalogue) -> None:
    """'Taken as if they stood on that date': then Brazil is tier 2 on 2024-06-01 too, not free as in group B."""
    assert ways(catalogue, "h100", "BR", EARLY, "diffusion-2025") == TIER_2


# --- thresholds, with chips that do not exist -----------------------------------------------------------------------


def made_up(
    catalogue: Catalogue,
    tpp: Any,
    die: Any = None,
    *,
    marketed: bool = True,
    vendor: str = "Nobody",
) -> Any:
    """A chip with these figures (TPP, mm2)."""
    return catalogue.accelerators["h100_sxm5_80"].model_copy(
        update={
            "id": "made_up",
            "vendor": vendor,
            "tpp": Decimal(tpp),
            "die_area_mm2": None if die is None else Decimal(die),
            "datacenter_marketed": marketed,
        }
    )


@pytest.mark.parametrize(
    ("tpp", "die", "kind", "why"),
    [
        ("4800", "5000", "3A090.a", "TPP 4,800 itself is in, however thin"),
        ("4799.99", "5000", "none", "just below, density 0.96: in neither class"),
        ("4799.99", "3000", "3A090.b", "just below, density 1.59999...: see the edge of b.1 below"),
        ("4799.99", "811", "3A090.b", "density 5.919: not yet a"),
        ("4799.99", "810", "3A090.a", "density 5.926: a by density"),
        ("2960", "500", "3A090.a", "density 5.92 itself is in"),
        ("2960", "500.01", "3A090.b", "a hair thinner is b"),
        ("1600", "250", "3A090.a", "TPP 1,600 itself is in, density 6.4"),
        ("1599.99", "250", "none", "just below 1,600: free, however dense"),
        ("2400", "1500", "3A090.b", "b.1 from TPP 2,400 and density 1.6 on"),
        ("2399.99", "1499", "none", "just below TPP 2,400, density 1.6"),
        ("2400", "1500.01", "none", "just below density 1.6"),
        ("1600", "500", "3A090.b", "b.2 from TPP 1,600 and density 3.2 on"),
        ("1600", "500.01", "none", "just below density 3.2"),
        ("2368", "814", "none", "the design point of the H20"),
    ],
)
def test_classes_at_the_edge(catalogue: Catalogue, tpp: str, die: str, kind: str, why: str) -> None:
    """15 CFR 774, 3A090: >= is in, below is out; one slip in a comparison moves a chip between free and licensed."""
    if why.startswith("just below, density 1.59999"):
        die = "2999.99"  # 4799.99 / 2999.99 = 1.600002
    assert chip_class(made_up(catalogue, tpp, die), catalogue.chip_classes, NOW) == kind, why


@pytest.mark.parametrize(
    ("tpp", "kind"), [("1599.99", "none"), ("1600", "3A090.a"), ("2400", "3A090.a"), ("4800", "3A090.a")]
)
def test_an_unknown_die_area_clears_nothing(catalogue: Catalogue, tpp: str, kind: str) -> None:
    """From TPP 1,600 on, the density could be anything: the chip is held to be 3A090.a, not free."""
    chip = made_up(catalogue, tpp)
    assert performance_density(chip) is None
    assert chip_class(chip, catalogue.chip_classes, NOW) == kind


@pytest.mark.parametrize(
    ("tpp", "die", "kind"),
    [("4799.99", "100", "none"), ("4800", "5000", "3A090.a-consumer"), ("4800", None, "3A090.a-consumer")],
)
def test_chips_not_marketed_for_data_centres(catalogue: Catalogue, tpp: str, die: str | None, kind: str) -> None:
    """Note 2: below 4,800 they are free whatever their density, from there on .a but eligible for NAC and ACA."""
    assert chip_class(made_up(catalogue, tpp, die, marketed=False), catalogue.chip_classes, NOW) == kind


def test_the_maker_decides_for_ascend_only(catalogue: Catalogue) -> None:
    """A chip of Huawei is classed by its maker from 2025-05-13, one with the same figures of another by its figures."""
    assert chip_class(made_up(catalogue, "1000", "500", vendor="Huawei"), catalogue.chip_classes, NOW) == "prc-3a090"
    assert chip_class(made_up(catalogue, "1000", "500", vendor="Huawei"), catalogue.chip_classes, EARLY) == "none"
    assert chip_class(made_up(catalogue, "1000", "500"), catalogue.chip_classes, NOW) == "none"


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "policy"),
    [
        ("20999.99", "6499.99", "case_by_case"),
        ("21000", "6499.99", "denial"),
        ("20999.99", "6500", "denial"),
        ("20999.99", None, "denial"),
    ],
)
def test_the_china_window_at_its_edges(catalogue: Catalogue, tpp: str, bandwidth: str | None, policy: str) -> None:
    """Below 21,000 and below 6,500 GB/s, both strictly; a bandwidth that is not known does not pass."""
    chip = made_up(catalogue, tpp, "814").model_copy(
        update={"memory_bandwidth_gb_per_s": None if bandwidth is None else Decimal(bandwidth)}
    )
    assert [r.policy for r in routes(chip, "CN", catalogue, "enforced-2026", NOW)] == [policy]


# --- what a route does to a plan ------------------------------------------------------------------------------------


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
