"""What is printed: rounded figures that still add up, nothing over a limit shown within it, and the source study."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import shown as on_paper
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimizer import Case, Plan
from optimizer.answers.numbers import musd, round_half_even, round_parts, share_percent, up, usd
from optimizer.answers.plan import document
from optimizer.answers.words import TERMS
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import Limit
from optimizer.insight import Answer, answer
from optimizer.plans.outcome import LimitUse
from optimizer.reference.study import conclusion
from optimizer.reference.study import document as study_document
from optimizer.reference.study_outputs import StudyOut, StudyRow
from optimizer.validation.study import (
    ACCELERATORS,
    COUNTRIES,
    DEADLINES_DAYS,
    EVIDENCE,
    READINGS,
    Cell,
    Reproduction,
    reproduce,
)

F = Fraction
fractions = st.fractions(min_value=0, max_value=10**12, max_denominator=10**9)
signed = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**12)

# -- numbers -----------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(min_size=1, max_size=5), fractions, max_size=12), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_rounded_parts_add_up(parts: dict[str, Fraction], decimals: int) -> None:
    """The rounded parts add up to one rounded total, never below the true one, and each is within a unit of its own.

    Parts rounded one by one would miss the total by a dollar, and a reader who adds them up finds a mistake.
    """
    told = round_parts(parts, decimals)
    unit = F(1, 10**decimals)
    total = sum(parts.values(), F(0))
    assert list(told) == list(parts)
    assert sum(map(F, told.values()), F(0)) == math.ceil(total / unit) * unit
    for name, value in parts.items():
        assert abs(F(told[name]) - value) < unit
        assert told[name] >= 0 and (value != 0 or told[name] == 0)


@given(signed, st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_up_never_rounds_below(value: Fraction, decimals: int) -> None:
    """A megawatt figure rounded down would be a plan that trips the breaker; more than a unit above would be waste."""
    told = F(up(value, decimals))
    assert 0 <= told - value < F(1, 10**decimals)
    assert -up(value, decimals).as_tuple().exponent == decimals


@given(signed, st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_rounded_is_nearest(value: Fraction, decimals: int) -> None:
    """Within half a unit."""
    assert abs(F(round_half_even(value, decimals)) - value) <= F(1, 2 * 10**decimals)


@given(fractions)
@settings(max_examples=200, deadline=None)
def test_dollars_read_back(value: Fraction) -> None:
    """Whole dollars that suffice, with separators that read back; millions to the second decimal."""
    assert 0 <= int(usd(value).replace("$", "").replace(",", "")) - value < 1
    told = musd(value)
    if told.endswith("M"):
        assert abs(F(told[1:-1].replace(",", "")) * 10**6 - value) <= 10**4
    else:
        assert value < 10**6 and told == usd(value)


@given(
    st.fractions(min_value=F(1, 10**6), max_value=10**9, max_denominator=10**9),
    st.fractions(0, 2),
    st.sampled_from("mu"),
)
@settings(max_examples=200, deadline=None)
def test_a_use_over_its_bound_never_shows_within(bound: Fraction, ratio: Fraction, how: str) -> None:
    """Over the limit by any hair: the share told is above 100.0 %, for a use within it the share is at most 100.0 %."""
    used = bound * ratio if how == "m" else bound * (1 + ratio / 10**12)
    share = LimitUse(Limit("grid"), used, bound).share
    assert share is not None
    told = F(share_percent(share).removesuffix(" %"))
    assert (told > 100) == (used > bound)


def test_the_share_of_no_bound_and_of_nothing() -> None:
    """No limit has no share; a bound of 0 is used up."""
    assert LimitUse(Limit("grid"), F(1), None).share is None
    assert LimitUse(Limit("owned", "a100"), F(0), F(0)).share == 1


# -- the card ----------------------------------------------------------------------------------------------------------

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
    told = [line for line in section(card(found, 400), "For comparison") if line.startswith("next best generation: ")]
    assert len(told) == 1
    if found.runner_up is None:
        assert "no other" in told[0]
    else:
        chip = found.setting.catalogue.accelerators[found.runner_up.items[0].key.accelerator].name
        assert chip in told[0] and "more" in told[0]


# -- the source study --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study(live: Catalogue) -> Reproduction:
    return reproduce(live)


def cell(study: Reproduction, assumptions: str, country: str, accelerator: str, days: int) -> Cell:
    (found,) = (
        one
        for one in (*study.readings, *study.evidence)
        if (one.assumptions, one.country, one.accelerator, one.deadline_days)
        == (assumptions, country, accelerator, days)
    )
    return found


H100, A100 = ACCELERATORS
SHEET, SUMMARY = READINGS
COUNTS = {
    (SHEET, H100, 90): 349,
    (SHEET, H100, 150): 210,
    (SHEET, A100, 90): 2240,
    (SHEET, A100, 150): 1344,
    (SUMMARY, H100, 90): 585,
    (SUMMARY, H100, 150): 351,
    (SUMMARY, A100, 90): 2248,
    (SUMMARY, A100, 150): 1349,
}


def test_the_study_has_its_eight_cells_under_each_set(study: Reproduction) -> None:
    """Two countries, two accelerators, two deadlines; every one has a plan that was proved twice."""
    grid = {(c, a, d) for c in COUNTRIES for a in ACCELERATORS for d in DEADLINES_DAYS}
    for assumptions in (*READINGS, EVIDENCE):
        cells = [one for one in (*study.readings, *study.evidence) if one.assumptions == assumptions]
        assert {(one.country, one.accelerator, one.deadline_days) for one in cells} == grid and len(cells) == 8
        for one in cells:
            assert one.plan is not None and one.plan.proof.kind == "exhaustive"
            assert one.plan.days <= one.deadline_days
            assert one.plan.items[0].key.accelerator == one.accelerator


@pytest.mark.parametrize(("where", "count"), COUNTS.items(), ids=str)
@pytest.mark.parametrize("country", COUNTRIES)
def test_the_published_counts_come_out(study: Reproduction, where: Any, count: int, country: str) -> None:
    """By division to half an accelerator; the plan has the next whole one, as a fraction of one cannot be bought."""
    assumptions, accelerator, days = where
    found = cell(study, assumptions, country, accelerator, days)
    assert abs(found.quotient - count) <= F(1, 2)
    assert found.plan is not None and found.plan.accelerators == math.ceil(found.quotient)


def test_the_published_power_cost_and_energy_come_out(study: Reproduction) -> None:
    """0.41 MW for the H100 fleet and 1.49 for the A100's; 8 to 14 and 19 to 32 million USD; no 0.3 GWh."""
    for assumptions, days in ((SHEET, 90), (SUMMARY, 150)):
        assert round(float(cell(study, assumptions, "BR", H100, days).quotient_mw), 2) == 0.41
    for assumptions in READINGS:
        assert round(float(cell(study, assumptions, "BR", A100, 90).quotient_mw), 2) == 1.49
    costs = {
        accelerator: [one.quotient_musd for one in study.readings if one.accelerator == accelerator]
        for accelerator in ACCELERATORS
    }
    assert (round(min(costs[H100])), round(max(costs[H100]))) == (8, 14)
    assert (round(min(costs[A100])), round(max(costs[A100]))) == (19, 32)
    assert all(not F("0.25") <= one.quotient_gwh <= F("0.35") for one in study.readings)


def verdicts(study: Reproduction, assumptions: str) -> list[tuple[str, int, str, str, str]]:
    return [
        (one.accelerator, one.deadline_days, stated.cell.quantity, stated.cell.stated, stated.verdict)
        for one in study.readings
        if one.assumptions == assumptions
        for stated in one.stated
    ]


def test_every_verdict(study: Reproduction) -> None:
    """All figures are met after rounding but these: the labels of the summary under the sheet, and 0.3 and 3.3 GWh."""
    for assumptions in READINGS:
        found = verdicts(study, assumptions)
        missed = {row for row in found if row[-1] != "met after rounding"}
        expected = {
            (H100, 150, "energy_gwh", "0.3", "not reproducible"),
            (A100, 90, "energy_gwh", "3.3", "not reproducible"),
        }
        if assumptions == SHEET:
            expected |= {
                (H100, 150, "count", "about 350", "label contradicted"),
                (H100, 150, "peak_mw", "0.41", "label contradicted"),
            }
        assert missed == expected
        assert len(found) - len(missed) >= 32 - 4


def test_a_verdict_follows_from_the_figures(study: Reproduction) -> None:
    """Met if and only if our quotient rounds to the stated figure; the difference is ours over it, less one."""
    for one in study.readings:
        ours = {
            "count": one.quotient,
            "peak_mw": one.quotient_mw,
            "energy_gwh": one.quotient_gwh,
            "cost_musd": one.quotient_musd,
        }
        for stated in one.stated:
            assert stated.ours == ours[stated.cell.quantity]
            assert (stated.verdict == "met after rounding") == (
                F(stated.cell.low) <= stated.ours <= F(stated.cell.high)
            )
            if re.fullmatch(r"(about )?[\d.]+", stated.cell.stated):
                figure = F(stated.cell.stated.removeprefix("about "))
                assert stated.difference is not None
                assert abs(stated.difference - (stated.ours / figure - 1)) < F(1, 1000)


def test_the_printed_study_tells_every_verdict(study: Reproduction, live: Catalogue) -> None:
    """One line for each stated figure, with ours and the verdict; the tables of all three sets; the conclusion."""
    told = on_paper(study_document(study, live), 140)
    for assumptions in READINGS:
        assert f"Reading {assumptions}" in told
    lines = [line.split() for line in told.splitlines()]
    for verdict in ("met after rounding", "label contradicted", "not reproducible"):
        wanted = sum(row[-1] == verdict for name in READINGS for row in verdicts(study, name))
        assert sum(line[-len(verdict.split()) :] == verdict.split() for line in lines) == wanted > 0
    flat = " ".join(told.split())
    assert all(sentence in flat for sentence in conclusion(study))


def test_the_conclusion_is_what_the_cells_say(study: Reproduction) -> None:
    """Every figure in it worked out again from the plans: ratios of cost, and what the same runs cost."""
    told = " ".join(conclusion(study))
    ratios: dict[str, list[float]] = {}
    for assumptions in (*READINGS, EVIDENCE):
        for country in COUNTRIES:
            for days in DEADLINES_DAYS:
                newer, older = (cell(study, assumptions, country, chip, days).plan for chip in (H100, A100))
                assert newer is not None and older is not None
                ratios.setdefault(assumptions, []).append(float(older.cost_usd / newer.cost_usd))
        low, high = min(ratios[assumptions]), max(ratios[assumptions])
        span = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
        assert f"{assumptions}: the A100 fleet costs {span} times the H100 fleet" in told
    assert f"{max(ratios[SHEET]):.1f} times cheaper" in told
    assert f"factor is {max(ratios[EVIDENCE]):.2f} at most" in told
    costs = [float(one.plan.cost_usd) / 1e6 for one in study.evidence if one.plan]
    assert f"${min(costs):.2f}M to ${max(costs):.2f}M under {EVIDENCE}" in told


def test_the_mix_of_rows_behind_the_stated_energy() -> None:
    """0.3 GWh is 210 x 700 W x 90 days, as the last line says: the count of one row, the days of another."""
    assert round(210 * 0.7 * 90 * 24 / 1e6, 1) == 0.3


def test_the_claims_about_the_studys_speed(study: Reproduction, live: Catalogue) -> None:
    """1,104 TFLOP/s an H100 in the sheet, 3.6 times the 304 that the evidence holds for runs on H100."""
    found = cell(study, SHEET, "BR", H100, 90)
    assert found.plan is not None
    (item,) = found.plan.items
    assert round(float(item.pflops / item.accelerators) * 1000) == 1104
    evidence = cell(study, EVIDENCE, "BR", H100, 90).plan
    assert evidence is not None
    speed = float(evidence.items[0].pflops / evidence.accelerators) * 1000
    assert speed == pytest.approx(1978.9 * 0.16 * 0.9 * 0.967 * 1.1 ** math.log2(37 / 18), rel=1e-3)
    assert 3.5 <= 1104 / speed <= 4.5
    assert "1,104 TFLOP/s" in " ".join(conclusion(study))


def test_the_study_as_json(study: Reproduction, live: Catalogue) -> None:
    """All 24 cells with the same figures and verdicts."""
    told = study_document(study, live).outputs()
    assert isinstance(told, StudyOut)
    assert len(told.cells) == 24 and told.conclusion == tuple(conclusion(study))
    for one, written in zip((*study.readings, *study.evidence), told.cells, strict=True):
        assert one.plan is not None and written.plan is not None
        assert written.plan.accelerators == one.plan.accelerators
        assert Decimal(str(written.plan.cost_usd)) == round_half_even(one.plan.cost_usd, 2)
        assert [entry.verdict for entry in written.stated] == [stated.verdict for stated in one.stated]


def test_the_study_as_rows(study: Reproduction, live: Catalogue) -> None:
    """Each quantity of each cell, once for each stated figure: 100 stated ones, and 4 x 8 under the evidence.

    A figure without its verdict, or a planned figure that is that of the division, would say more than is known.
    """
    rows = study_document(study, live).rows
    assert rows is not None
    found = [row for row in rows.make() if isinstance(row, StudyRow)]
    stated = [row for row in found if row.stated is not None]
    assert (len(stated), len(found)) == (100, 132)
    assert all(row.verdict and row.stated_by and row.source for row in stated)
    assert {row.assumptions for row in found if row.stated is None} == {EVIDENCE}
    for row in found:
        plan = cell(study, row.assumptions, row.country, row.accelerator, row.deadline_days).plan
        assert plan is not None
        if row.quantity == "count":
            assert row.planned == plan.accelerators and row.by_division <= row.planned
        if row.quantity == "cost_musd":
            assert row.planned == round_half_even(plan.cost_usd / 10**6, 6)


@given(st.lists(fractions, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_parts_of_one_name_each(values: list[Fraction]) -> None:
    """The order of the parts and their names decide ties, never the hash of a name: the same bytes in every run."""
    assume(sum(values) > 0)
    parts = {f"p{i}": value for i, value in enumerate(values)}
    backwards = dict(reversed(parts.items()))
    assert round_parts(parts, 2) == round_parts(backwards, 2)


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
