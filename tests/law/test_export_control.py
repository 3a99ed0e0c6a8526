"""Export control: how chips are classed, and by which routes they may come in where and when."""

from __future__ import annotations

from decimal import Decimal

import pytest
from worlds import pinned_catalogue

from optimizer.catalogue import Catalogue
from optimizer.law.routes import routes

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
