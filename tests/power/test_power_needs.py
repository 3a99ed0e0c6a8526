"""A site with its own supply and no plan: what each limit alone would have to be, and reliefs at their true price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from commands import Cli

from optimizer.answers.power.row import power_row
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.feed import Feed
from optimizer.domain.reasons import Cause
from optimizer.insight.limits.concessions import relax
from optimizer.insight.limits.of_supply import FedConcession, fed_concessions
from optimizer.power.answer import power_answer
from optimizer.power.plan import NotFed, PowerPlan, power_plan

SITE: dict[str, Any] = {"country": "ZA", "deadline_days": 180, "use": ("gb300_nvl72",)}
FED = Feed(outage=("17-21",), days_of_year=4)
GRID_ALONE = Feed(outage=("17-21",), days_of_year=4, power=("grid",))
TOO_TIGHT: dict[str, tuple[Feed, dict[str, Any]]] = {
    "capital": (FED, {"max_capital_usd": 5_000_000}),
    "budget": (FED, {"budget_usd": 1_000_000}),
    "energy": (FED, {"max_energy_gwh": "0.1"}),
    "carbon": (GRID_ALONE, {"max_carbon_t": 1, "deadline_days": 300}),
    "accelerators": (FED, {"max_accelerators": 72}),
    "tpp": (FED, {"max_tpp": 1_000_000}),
    "supply": (FED, {"supply": {"gb300_nvl72": 72}}),
    "grid": (GRID_ALONE, {"max_mw": "0.2"}),
    "deadline": (GRID_ALONE, {"deadline_days": 20, "max_mw": 1}),
    "training_flop": (FED, {"max_training_flop": "1e20"}),
}


def needed(known: Catalogue, name: str) -> tuple[Case, NotFed, FedConcession]:
    """The case that is too tight in one limit, its answer, and what that limit needs."""
    feed, limits = TOO_TIGHT[name]
    case = Case(**{**SITE, **limits, "feed": feed})
    outcome = power_plan(case, known)
    assert isinstance(outcome, NotFed)
    return case, outcome, next(given for given in fed_concessions(outcome) if given.limit.kind == name)


def confirm(known: Catalogue, name: str) -> None:
    """There is a plan at the value, and none a thousandth, a day or a piece below it."""
    case, outcome, given = needed(known, name)
    less = given.needed - 1 if given.limit.described.whole else given.needed * (1 - Decimal("0.001"))
    at, below = (relax(case, given.limit, value) for value in (given.needed, less))
    assert at is not None and below is not None
    assert isinstance(power_plan(at, known), PowerPlan) and isinstance(power_plan(below, known), NotFed)
    row = power_row("1", outcome, fed_concessions(outcome))
    if column := given.limit.described.needed_column:
        assert abs(getattr(row, column) / given.needed - 1) < Decimal("0.0001"), column
    assert "any one of these changes is enough" in (row.reason or "")


def test_the_compute_of_a_fed_site(live: Catalogue) -> None:
    """The wrong answer: no supply that may be built lets a fleet finish, and at least two limits must change."""
    confirm(live, "training_flop")
    assert needed(live, "training_flop")[1].why.cause is Cause.COMPUTE_CAP


def test_a_limit_on_hardware_is_named_with_what_it_needs(live: Catalogue) -> None:
    """The wrong answer is the old one: no change that was tried would do, and no ``needed_max_capital_usd``."""
    confirm(live, "capital")


@pytest.mark.campaign
@pytest.mark.parametrize("name", TOO_TIGHT)
def test_each_limit_is_named_with_what_it_needs_campaign(live: Catalogue, name: str) -> None:
    confirm(live, name)


def test_what_may_be_built_besides_is_paid_for(live: Catalogue) -> None:
    """A site whose grid is off for four hours, without a genset: with one allowed the plan costs what it costs where
    the case asks for one. Wrong: less, as a source that a case leaves out had no price, and solar of 20 times the load
    was built for nothing."""
    tight = {**SITE, "max_mw": "0.5", "deadline_days": 100}
    answer = power_answer(Case(**tight, feed=GRID_ALONE), live)
    assert set(answer.reliefs) >= {"genset", "everything"}
    for relief, power in (("genset", ("grid", "genset")), ("everything", ())):
        asked = power_plan(Case(**tight, feed=GRID_ALONE.model_copy(update={"power": power})), live)
        assert isinstance(asked, PowerPlan)
        told = answer.reliefs[relief]
        assert abs(told.cost_usd - asked.cost_usd) <= told.gap_usd + asked.gap_usd, relief


def test_tipping_says_what_it_varies_of_a_fed_site(command: Cli) -> None:
    """Wrong: that this command does not plan the supply of a site, where it does for the price of diesel."""
    ran = command("tipping", "max-mw", "--country", "BR", "--outage", "17-21", "-q")
    assert ran.status == 2 and "tipping varies tariff, " in ran.err and "diesel" in ran.err and "sweep" in ran.err
