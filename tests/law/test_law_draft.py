"""The rules of the withdrawn draft of March 2026: caps, licences everywhere, and plans that keep to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.answers.readback.fault_words import fault_words
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.law.routes import routes
from optimizer.plans.outcome import Plan
from optimizer.plans.verify import verify
from optimizer.reference.law import law_answer
from optimizer.solve.planner import plan

THEN, NOW = "2024-06-01", "2026-11-22"
DRAFT = "draft-march-2026"


def test_the_caps_of_the_draft_are_those_of_its_unit_of_account(live: Catalogue) -> None:
    """1,000 and 200,000 GB300 of 60,000 TPP each: 60 million and 12 billion."""
    tpp = live.accelerators["gb300_nvl72"].tpp
    caps = {rule.rule: rule.cap_tpp for rule in live.licence_rules if rule.rule_sets == (DRAFT,)}
    assert caps == {"DRAFT_SMALL": 1000 * tpp, "DRAFT_PREAUTHORISED": 200_000 * tpp, "DRAFT_GOVERNMENTS": None}
    assert tpp == 60_000


@pytest.mark.parametrize("country", ["BR", "MX", "VN", "SA", "AE", "DE", "JP"])
@pytest.mark.parametrize("date", [THEN, NOW, "2028-01-01"])
def test_the_draft_asks_for_a_licence_everywhere(live: Catalogue, country: str, date: str) -> None:
    """Allies too, on any date; above 200,000 GB300 no plan can count on it."""
    chip = live.accelerators["h100_sxm5_80"]
    found = {r.rule: (r.policy, r.usable) for r in routes(chip, country, live, DRAFT, date)}
    assert found == {
        "DRAFT_SMALL": ("approval", True),
        "DRAFT_PREAUTHORISED": ("approval", True),
        "DRAFT_GOVERNMENTS": ("case_by_case", False),
    }


@pytest.mark.parametrize(("date", "told"), [("2027-12-31", True), ("2028-01-01", False)])
def test_what_the_buyer_is_told_of_a_scenario_ends_with_it(live: Catalogue, date: str, told: bool) -> None:
    """The doubled quota and the national validated end user are for 2025 to 2027; the universal one has no end."""
    found = {rule.rule for rule in law_answer(live, "h100", "BR", date, "diffusion-2025").buyer}
    assert ({"DIFF_T2_CAP_DOUBLE", "DIFF_NVEU"} <= found) == told
    assert "DIFF_UVEU" in found


def test_a_plan_on_a_quota_that_ended_is_refused(live: Catalogue) -> None:
    """Of a plan of 2027 moved to 2028 the verifier, which knows nothing of the options, says the same."""
    asked = Case(
        country="BR", rules="diffusion-2025", procurement="buy", use="h100", deadline_days=50, date="2027-06-01"
    )
    found = plan(asked, live)
    assert isinstance(found, Plan)
    assert found.items[0].key.route == "DIFF_T2_LICENCE"
    assert verify(found) == []
    later = replace(found, setting=settle(asked.changed(date="2028-01-01"), live))
    assert any("DIFF_T2_LICENCE ended on 2027-12-31" in fault_words(fault) for fault in verify(later))


def test_the_draft_changes_nothing_else(live: Catalogue) -> None:
    """At home, below the thresholds, for .b and consumer chips, and for D:5 the rules go on as enforced."""
    for name, country in (("h100", "US"), ("h20", "BR"), ("mi210", "VN"), ("rtx 4090", "CN"), ("b300", "CN")):
        enforced, draft = (law_answer(live, name, country, None, rules).routes for rules in ("enforced-2026", DRAFT))
        assert enforced == draft, (name, country)


def test_a_plan_under_the_draft_keeps_to_its_caps(live: Catalogue) -> None:
    """3,789 H100 (60e6 / 15,831.2) go by simple review; a larger fleet is pre-authorised and waits 90 days longer."""
    asked = Case(country="BR", rules=DRAFT, procurement="buy", use="h100", deadline_days=120)
    small = plan(asked, live)
    assert isinstance(small, Plan)
    assert small.items[0].key.route in ("DRAFT_SMALL", "DRAFT_PREAUTHORISED")
    large = plan(asked.changed(workload="llama-3.1-405b", deadline_days=150), live)
    assert isinstance(large, Plan)
    assert large.accelerators > 3789
    assert large.items[0].key.route == "DRAFT_PREAUTHORISED"
    order = asked.changed(deadline_from="order", deadline_days=365)
    found = plan(order, live)
    assert isinstance(found, Plan)
    assert (found.items[0].key.route, found.lead_days) == ("DRAFT_SMALL", 120)  # 90 of delivery, 30 of review
