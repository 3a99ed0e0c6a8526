"""What a plan with flags of Power uses of its limits, in every form, and what is said where none of them lets it be."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.answers.power.answer import document
from optimizer.answers.power.row import power_row
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.feed import Feed
from optimizer.domain.limits import KINDS
from optimizer.power.answer import alone, power_answer
from optimizer.power.plan import NotFed, PowerPlan, power_plan

ASKED = ("plan", "--country", "ZA", "--deadline", "300d", "--use", "gb300_nvl72", "--outage", "17-21", "-q")
FEW_DAYS = ("--days-of-year", "4", "--max-mw", "1")
WIDE: dict[str, Any] = {
    "max_mw": 1,
    "budget_usd": 20_000_000,
    "max_energy_gwh": 2,
    "max_carbon_t": 200,
    "max_capital_usd": 14_000_000,
    "max_tpp": 20_000_000,
    "max_accelerators": 2000,
    "supply": {"gb300_nvl72": 1000},
}


def case(**limits: Any) -> Case:
    """A site whose grid is off for four hours a day."""
    feed = Feed(outage=("17-21",), days_of_year=4)
    return Case(**{"country": "ZA", "deadline_days": 300, "use": ("gb300_nvl72",), "feed": feed, **limits})


@pytest.fixture
def known(command: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The program on the shipped data."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    return command


@pytest.fixture(scope="module")
def plan(live: Catalogue) -> PowerPlan:
    """A plan under a limit of every kind that a case can give."""
    found = power_plan(case(**WIDE), live)
    assert isinstance(found, PowerPlan)
    return found


def test_every_limit_of_a_case_is_among_those_of_its_plan(plan: PowerPlan) -> None:
    """Wrong: a second list by hand, without those on hardware, performance and counts."""
    used = {use.limit.kind: use for use in plan.limits}
    given = {kind.name for kind in KINDS.values() if kind.field in {*WIDE, "deadline_days"}}
    assert given == {"grid", "deadline", "budget", "energy", "carbon", "capital", "tpp", "accelerators", "supply"}
    assert given <= set(used)
    assert used["capital"].used == plan.capital_usd and used["budget"].used == plan.cost_usd
    assert used["grid"].used == plan.fed.dispatch.capacities["grid"] / 1000 < plan.peak_mw
    assert used["tpp"].used > plan.tpp  # the limit counts the spares, too


def test_the_card_lists_every_limit(plan: PowerPlan) -> None:
    """Each with what is used, its bound and the share."""
    (part,) = (part for part in document(alone(plan)).sections if part.title == "Limits")
    shown = {row[0]: row[3] for row in part.blocks[0].rows}
    assert len(shown) == len(plan.limits) and all(share.endswith("%") for share in shown.values())
    assert "the limit on bought hardware" in shown and "grid contract" in shown


def test_a_row_has_the_share_of_every_limit(plan: PowerPlan) -> None:
    """Wrong: empty, though the figures are there. What nobody limited has none."""
    row = power_row("1", plan)
    for use in plan.limits:
        if column := use.limit.described.share_column:
            share = getattr(row, column)
            assert share is not None and 0 <= Fraction(share) - (use.share or 0) < Fraction(1, 10**6), column
    assert row.capital_share and row.capital_usd and abs(row.capital_share * 14_000_000 - row.capital_usd) < 20


def test_without_a_grid_the_peak_of_the_servers_is_limited(live: Catalogue) -> None:
    """There is no contract to limit."""
    found = power_plan(case(max_mw=1, feed=Feed(off_grid=True, days_of_year=4)), live)
    assert isinstance(found, PowerPlan)
    (use,) = (use for use in found.limits if use.limit.kind == "grid")
    assert use.used == found.peak_mw


def test_the_limits_of_a_plan_are_in_its_json_and_verified(known: Cli, tmp_path: Any) -> None:
    """Wrong: no ``limits``. A false share in the file is found."""
    file = tmp_path / "plan.json"
    ran = known(*ASKED, *FEW_DAYS, "--max-capital", "14M", "--json", "-o", str(file))
    assert ran.status == 0
    told = json.loads(file.read_text())
    names = [use["name"] for use in told["outputs"]["plan"]["limits"]]
    assert {"grid", "deadline", "capital"} <= set(names)
    assert known("verify", str(file)).status == 0
    told["outputs"]["plan"]["limits"][names.index("capital")]["share"] = 0.5
    file.write_text(json.dumps(told))
    ran = known("verify", str(file))
    assert ran.status != 0 and "limits" in ran.out


def test_the_short_form_is_short(known: Cli) -> None:
    """What to do, its cost, its supply, the limits and what to check; the rest is asked for with --full."""
    short, full = (known(*ASKED, *FEW_DAYS, "--max-capital", "14M", *more).out for more in ((), ("--full",)))
    assert len(short.splitlines()) <= 30 and len(full.splitlines()) > 90
    for words in (
        "fed by:",
        "in total",
        "limits: grid contract",
        "check first:",
        "--full. Words: optimizer guide words",
    ):
        assert words in short, words
    assert "what is built to feed the site does not count" in short
    assert "--full" not in full and "Proof" in full and "Proof" not in short


def test_the_short_form_of_the_ways_is_short(known: Cli) -> None:
    """The table, its chart and how to read it."""
    short, full = (known("power", *ASKED[1:], *FEW_DAYS, *more).out for more in ((), ("--full",)))
    assert "How to read this table" in short and "--full. Words: optimizer guide words" in short
    assert "Assumed" not in short and "Proof" not in short and "Proof" in full


def test_limits_on_servers_that_leave_no_fleet_are_the_obstacle(plan: PowerPlan, live: Catalogue) -> None:
    """The words of any plan: the supply is none of it. Wrong: no supply lets a fleet finish, proven over 0 pairs, below
    a change of the limit on hardware that is enough."""
    answer = power_answer(case(max_capital_usd=int(plan.capital_usd * Fraction(9, 10))), live)
    found = document(answer)
    words = " ".join(found.lines())
    assert "No plan satisfies all limits. This has been proven." in words
    assert "no fleet that the case allows could finish the work at full speed, whatever feeds it" in words
    assert (
        "supply that may be built" not in words
        and power_row("1", answer.outcome).reason == "no plan satisfies all limits"
    )


def test_a_supply_that_cannot_feed_a_fleet_is_the_obstacle(live: Catalogue) -> None:
    """A fleet could do it on a grid that never fails."""
    feed = Feed(outage=("10-14", "17-23"), days_of_year=4, power=("grid",))
    answer = power_answer(case(max_accelerators=149, feed=feed), live)
    assert isinstance(answer.outcome, NotFed) and answer.outcome.floor.rows
    words = " ".join(document(answer).lines())
    assert "No supply that may be built lets a fleet finish the work within the limits" in words
    assert f"(pairs of accelerator and days: {answer.outcome.floor.rows:,})" in words


def test_csv_of_the_command_has_the_shares(known: Cli) -> None:
    """As a reader of a spreadsheet sees them."""
    ran = known(*ASKED, *FEW_DAYS, "--max-capital", "14M", "--max-energy", "2", "--csv")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    shares = {name: row[name] for name in ("grid_share", "deadline_share", "capital_share", "energy_share")}
    assert all(shares.values()) and not row["carbon_share"]
