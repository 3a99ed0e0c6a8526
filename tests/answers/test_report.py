"""The card of an answer: every section, sums that add up, each limit with its share, what is to be known beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from commands import shown as on_paper

from optimizer import Case, Plan
from optimizer.answers.form.numbers import share_percent, up
from optimizer.answers.plan.answer import document
from optimizer.answers.words.common_words import TERMS
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import Limit
from optimizer.insight import Answer, answer

F = Fraction


CASES: dict[str, dict[str, Any]] = {
    "rented": {"max_mw": "0.6", "deadline_days": 90},
    "bought": {"procurement": ("buy",), "deadline_days": 151, "budget_usd": "1e8", "site_setup_usd": "333.335"},
    "amortised": {"basis": "amortised", "deadline_days": 61},
    "fastest": {"objective": "days", "max_tpp": "4e6", "max_accelerators": 300},
    "from the order": {"deadline_from": "order", "deadline_days": 350, "country": "VN"},
    "mixed": {"mix": 2, "workload": "dense-small", "supply": {"h100": 16, "b200": 8}, "deadline_days": 6},
    "owned": {"owned": {"a100": 128}, "procurement": ("own",), "workload": "dense-small"},
}


@pytest.fixture(scope="module")
def answers(frozen: Catalogue) -> dict[str, Answer]:
    return {name: answer(Case(**fields), frozen) for name, fields in CASES.items()}


def card(found: Answer, width: int = 140) -> str:
    return on_paper(document(found), width)


def section(text: str, title: str) -> list[str]:
    """The lines under a title, up to the next line that is not indented."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.rstrip() == title)
    end = next((i for i in range(start + 1, len(lines)) if lines[i][:1] not in ("", " ")), len(lines))
    return [line.strip() for line in lines[start + 1 : end] if line.strip()]


@pytest.mark.parametrize("name", CASES)
def test_the_card_has_every_section(answers: dict[str, Answer], name: str) -> None:
    """The decision, costs, limits, law, what stands beside it, what was assumed, and why it may be believed."""
    told = card(answers[name])
    outcome = answers[name].outcome
    assert isinstance(outcome, Plan)
    for title in ("Cost", "Limits", "Export control", "For comparison", "Assumed", "Proof"):
        assert section(told, title), f"{title} is missing"
    assert f"{outcome.accelerators:,} accelerators" in told
    assert f"for {outcome.days} days" in told
    assert f"{up(outcome.peak_mw, 3)} MW" in told
    for item in outcome.items:
        kind = answers[name].setting.catalogue.accelerators[item.key.accelerator].name
        assert f"{item.accelerators:,} {kind} ({item.servers:,} server" in told
    for assumed in answers[name].setting.assumed:
        assert f"{assumed.field} = {assumed.value}: " in told
    catalogue = answers[name].setting.catalogue
    assert catalogue.version in told and catalogue.digest[:12] in told


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_named_costs_in_the_card_add_up(answers: dict[str, Answer], name: str, width: int) -> None:
    """As printed, in whole dollars: to the total below and to the figure at the top, which suffices as a budget."""
    outcome = answers[name].outcome
    assert isinstance(outcome, Plan)
    told = card(answers[name], width)
    figures = [
        int(found[1].replace(",", ""))
        for line in section(told, "Cost")
        if (found := re.search(r"([\d,]+)\s+[\d.]+ ?%[ ▏▎▍▌▋▊▉█]*$", line))
    ]
    *parts, total = figures
    assert len(parts) == len(outcome.cost_terms)
    assert sum(parts) == total
    assert 0 <= total - outcome.cost_usd < 1
    assert f"${total:,} in total" in told


@pytest.mark.parametrize("name", CASES)
def test_every_limit_stands_in_the_card_with_its_share(answers: dict[str, Answer], name: str) -> None:
    """Used, bound and share of each; a use told is never below the true one."""
    outcome = answers[name].outcome
    assert isinstance(outcome, Plan)
    lines = section(card(answers[name], 200), "Limits")[1:]
    assert len(lines) == len(outcome.limits)
    for line, use in zip(lines, outcome.limits, strict=True):
        assert use.share is not None
        assert share_percent(use.share) in line
        numbers = [F(number.replace(",", "")) for number in re.findall(r"(?<![\w(])\$?([\d,]+(?:\.\d+)?)", line)]
        told = next(number for number in numbers if number >= use.used)
        assert told - use.used < (1 if use.unit != "MW" else F(1, 1000))
        binds = use.limit in {found.limit.limit for found in answers[name].binding}
        assert ("binding" in line) == binds


def test_a_plan_over_its_limit_by_a_hair_would_show(answers: dict[str, Answer]) -> None:
    """Should a plan over a limit ever come here, the card must not print 0.600 of 0.600 MW at 100.0 %."""
    found = answers["rented"]
    assert isinstance(found.outcome, Plan)
    hair = tuple(
        replace(use, used=use.bound * (1 + F(1, 10**12))) if use.limit == Limit("grid") and use.bound else use
        for use in found.outcome.limits
    )
    told = section(card(replace(found, outcome=replace(found.outcome, limits=hair)), 200), "Limits")
    (line,) = [line for line in told if "grid" in line]
    assert "0.601 MW" in line and "100.1 %" in line


def test_every_cost_term_has_a_name() -> None:
    """A term without one would break the card of the first plan that has it."""
    from optimizer.plans.outcome import COST_TERMS

    assert set(TERMS) == set(COST_TERMS)
    assert len(set(TERMS.values())) == len(TERMS)


@pytest.mark.parametrize("name", CASES)
def test_the_runner_up_is_told_with_its_distance(answers: dict[str, Answer], name: str) -> None:
    """What the next generation costs more, in the objective's own unit; a dearer plan is never told as cheaper."""
    found = answers[name]
    told = [line for line in section(card(found, 400), "For comparison") if "next best generation: " in line]
    assert len(told) == 1
    if found.runner_up is None:
        assert "no other" in told[0]
    else:
        chip = found.setting.catalogue.accelerators[found.runner_up.items[0].key.accelerator].name
        assert chip in told[0] and "more" in told[0]


@pytest.mark.parametrize(
    ("country", "date", "told"), [("BR", "2026-09-20", True), ("BR", "2026-11-22", False), ("MX", "2026-09-20", False)]
)
def test_taxes_that_begin_before_the_end_are_told(live: Catalogue, country: str, date: str, told: bool) -> None:
    """Brazil's taxes change on 2027-01-01: what is ordered on 2026-09-20 lands by 2026-12-19, and what comes later in
    the 120 days meets the new ones. Ordered on 2026-11-22 it lands under the new ones, which are in the plan.

    Wrong: a plan of millions on rates that no longer hold when the servers land, without a word.
    """
    case = Case(country=country, workload="llama-3.1-8b", procurement="buy", deadline_days=120, max_mw="3", date=date)
    words = "import taxes are those in force on 2026-12-19; others apply from 2027-01-01"
    assert (words in card(answer(case, live), 200)) is told


def test_taxes_of_the_day_of_delivery_are_told_as_such(live: Catalogue) -> None:
    """Ordered on 2026-11-22 for 200 days: the new taxes are in the plan, and the card says of which day they are."""
    case = Case(country="BR", workload="llama-3.1-8b", procurement="buy", deadline_days=200, max_mw="3")
    shown_card = card(answer(case.changed(deadline_from="order"), live), 200)
    delivered = "import taxes are those in force on the day of delivery, 2027-02-20: new ones apply from 2027-01-01"
    assert delivered in shown_card
    assert "try --date" not in shown_card


def test_a_mix_says_that_it_reckons_without_loss(frozen: Catalogue) -> None:
    """Two kinds of accelerator in one run: the model knows no loss for that, and the card must not hide it."""
    case = Case(workload="dense-small", deadline_days=6, supply={"h100": 16, "b200": 8}, mix=2)
    for asked, told in ((case, True), (Case(workload="dense-small", deadline_days=90), False)):
        found = answer(asked, frozen)
        assert isinstance(found.outcome, Plan)
        assert (len({item.key.accelerator for item in found.outcome.items}) > 1) is told
        assert ("no loss from mixing accelerator types" in card(found, 200)) is told
