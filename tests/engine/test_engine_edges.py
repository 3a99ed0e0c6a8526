"""Edges of the engine that were once undecided, ended in a traceback, or counted from another day than was said."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from commands import EASY, Cli

from optimizer import Case, Infeasible, Plan, plan
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


@pytest.mark.parametrize("mix", [1, 2])
@pytest.mark.parametrize("basis", ["upfront", "amortised"])
def test_a_budget_a_hair_below_the_least_of_the_study_is_decided(live: Catalogue, basis: str, mix: int) -> None:
    """Under the study's assumptions, a billionth and a tenth below the least cost: no plan, proved. It used to be
    undecided, always on the amortised basis."""
    case = Case(country="KR", assumptions="study-2025", basis=basis, mix=mix, deadline_days=120)
    best = plan(case, live)
    assert isinstance(best, Plan)
    for share in (Fraction(1, 10**9), Fraction(1, 10)):
        budget = best.cost_usd * (1 - share)
        less = (Decimal(budget.numerator) / Decimal(budget.denominator)).quantize(Decimal("1e-12"), ROUND_FLOOR)
        assert isinstance(plan(case.changed(budget_usd=less), live), Infeasible)


def test_a_curve_of_one_point_has_the_fewest_days(live: Catalogue, command: Cli) -> None:
    """Energy against days from the order, where the curve has one point: its days are the fewest there are. Wrong, as
    the oracle found it: 293 days of the cheapest plan, where 1 is right."""
    asked = ("--country", "KR", "--workload", "falcon-40b", "--assumptions", "study-2025", "--deadline-from", "order")
    data = ("--data", str(live.folder))
    ran = command("frontier", "energy", "days", *asked, *data, "--csv", "-q")
    days = [int(row["days"]) for row in csv.DictReader(io.StringIO(ran.out))]
    fields = {"country": "KR", "workload": "falcon-40b", "assumptions": "study-2025", "deadline_from": "order"}
    least = plan(Case(**fields, objective="energy"), live)
    assert isinstance(least, Plan) and days and min(days) <= least.days
    fastest = plan(Case(**fields, objective="days"), live)
    assert isinstance(fastest, Plan) and min(days) + 0 == fastest.days


def test_the_cost_of_an_option_is_enough_as_a_budget(command: Cli) -> None:
    """A cost is rounded up, so that it does as a budget; rounded down to the cent it used to fail."""
    listed = command("options", *EASY, "--csv", "-q")
    rows = [row for row in csv.DictReader(io.StringIO(listed.out)) if row["plan_cost_usd"]]
    assert rows
    for row in rows[:4]:
        chosen = ("--use", row["accelerator"], "--procurement", row["procurement"], "--precision", row["precision"])
        assert command("plan", *EASY, *chosen, "--budget", row["plan_cost_usd"], "-q").status == 0, row


@pytest.mark.parametrize("country", ["BR", "IN", "VN", "MX"])
def test_one_hire_over_two_routes_is_no_mix(live: Catalogue, country: str) -> None:
    """Servers of one kind that may come in by two licence routes at the same cost come in by one: a rent split over
    both used to look like a mix of two."""
    outcome = plan(Case(country=country, mix=2, max_mw=Decimal(2), deadline_days=150, procurement=("rent",)), live)
    if isinstance(outcome, Plan):
        kinds = [replace(item.key, route="") for item in outcome.items]
        assert len(set(kinds)) == len(kinds)


def test_the_solver_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str], frozen: Catalogue) -> None:
    """Not a byte on stdout or stderr, from its C code either: HiGHS 1.16 wrote a banner before the answer, into CSV and
    JSON too."""
    assert isinstance(plan(Case(mix=2, max_mw=Decimal(1), deadline_days=90), frozen), Plan)
    seen = capfd.readouterr()
    assert (seen.out, seen.err) == ("", "")
