"""Edges of the engine that were once undecided, ended in a traceback, or counted from another day than was said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from optimizer import Case, Plan, plan
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Consortium, Member, Phase
from optimizer.consortium.verify import verify_joint
from optimizer.errors import DataError
from optimizer.service.case_text import parse_case


@pytest.mark.parametrize("day", [90, 91, 300])
def test_a_phase_that_begins_after_the_last_day_changes_nothing(frozen: Catalogue, day: int) -> None:
    """What is had after the end of the run is of no use: the answer is that without the phase, alone and together.

    Wrong: undecided, or the plan of a single site lost.
    """

    def costs(phases: tuple[Phase, ...]) -> list[object]:
        sites = (
            Member("A", Case(country="MX", max_mw=Decimal("0.5")), phases),
            Member("B", Case(country="BR", max_mw=Decimal("0.4")), phases),
        )
        found = decide(Consortium(Case(workload="moe-10k", deadline_days=90, mix=2), sites), frozen)
        plans = [found.shared, found.one_site, *(one.plan for one in found.alone)]
        assert all(verify_joint(plan) == [] for plan in plans if plan is not None)
        return [None if plan is None else (plan.cost_usd, plan.days) for plan in plans]

    assert costs((Phase(from_day=day, max_mw=Decimal(3)),)) == costs(())


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "1.5"])
def test_what_is_left_of_the_speed_is_a_share(value: str) -> None:
    """Wrong: a traceback of a comparison with what is no number."""
    sites = (Member("A", Case(country="MX")), Member("B", Case(country="BR")))
    with pytest.raises(DataError, match="must be above 0 and at most 1"):
        Consortium(Case(), sites, efficiency=Decimal(value))


def test_a_date_as_deadline_counts_from_the_date_of_the_case(frozen: Catalogue) -> None:
    """From 2026-01-01 to 2026-08-02 are 213 days, whatever the machine's clock says. Wrong: 29, counted from today."""
    stated = {"country": "BR", "workload": "moe-10k", "deadline_days": "2026-08-02"}
    case = parse_case({**stated, "date": "2026-01-01"}, frozen, "2026-07-04")
    assert (case.deadline_days, case.deadline_from) == (213, "order")
    assert parse_case(stated, frozen, "2026-07-04").deadline_days == 29


@pytest.mark.parametrize("mix", [1, 2])
def test_of_equal_routes_the_one_of_least_wait_is_reported(frozen: Catalogue, mix: int) -> None:
    """Under the diffusion rules a few chips may come in at once by an exception, or at the same cost under a licence of
    100 days, which is first by name. Wrong: the licence, or both at once."""
    case = Case(
        country="BR", workload="dense-small", rules="diffusion-2025", deadline_days=365, procurement=("buy",), mix=mix
    )
    outcome = plan(case.changed(use=("h100",)), frozen)
    assert isinstance(outcome, Plan)
    assert [item.key.route for item in outcome.items] == ["DIFF_LPP"]
