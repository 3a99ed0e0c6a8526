"""Why not, as values: who is in the way is decided by type, and every reason has words of its own."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer import Case, Infeasible, Plan, plan
from optimizer.answers.comparisons import comparison
from optimizer.answers.comparisons.row_words import why_not
from optimizer.answers.form.document import Line, Section
from optimizer.answers.form.numbers import musd
from optimizer.answers.plan import alternatives
from optimizer.answers.plan.planned_row import row_of, why_cells
from optimizer.answers.plan.row import refused_row
from optimizer.answers.power.row import power_row
from optimizer.answers.power.words import not_fed_words
from optimizer.answers.words.common_words import capital
from optimizer.answers.words.reason_words import CAUSES, no_plan_words, reason_words, several_words
from optimizer.case.setting import missing_figure, settle
from optimizer.catalogue import Catalogue
from optimizer.domain import COUNTRY_PARAMETERS
from optimizer.domain.limits import BUDGET, DEADLINE, GRID
from optimizer.domain.reasons import (
    By,
    Cause,
    Need,
    NoPlan,
    NotAsked,
    NoTurn,
    OverLimits,
    Reason,
    ReasonKind,
)
from optimizer.errors import Problem
from optimizer.insight.alternatives import what_else
from optimizer.insight.comparison import Candidate, compare
from optimizer.power.plan import NotFed, power_plan
from optimizer.service.fields import FLAG_OF
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.language import speaking

OUT: dict[str, tuple[dict[str, Any], Cause]] = {
    "all barred": ({"country": "BR", "use": ("ascend910b", "ascend910c")}, Cause.LAW),
    "one barred, one without a price": (
        {"country": "BR", "use": ("ascend910b", "gh200"), "procurement": ("buy",)},
        Cause.DATA,
    ),
    "left out by the case": ({"country": "BR", "basis": "rental", "procurement": ("buy",)}, Cause.DATA),
    "none owned": ({"country": "BR", "procurement": ("own",)}, Cause.DATA),
    "no price": ({"country": "BR", "use": ("gh200",), "procurement": ("buy",)}, Cause.DATA),
    "too little power": ({"country": "BR", "max_mw": "0.01"}, Cause.LIMITS),
    "too much compute": ({"country": "BR", "max_training_flop": "1e20"}, Cause.COMPUTE_CAP),
}


@pytest.mark.parametrize("name", OUT)
def test_the_cause_is_who_is_in_the_way(live: Catalogue, name: str) -> None:
    """By type, whatever the words: told "law", a reader would look for another licence where a price is missing."""
    fields, cause = OUT[name]
    outcome = plan(Case(**fields), live)
    assert isinstance(outcome, Infeasible)
    assert outcome.cause is cause


def test_every_kind_of_reason_has_words_of_its_own() -> None:
    """Two kinds with the same words could not be told apart by a reader; one without words would be an error there."""
    about: dict[str, Any] = {
        "rule": "LIC_D5",
        "meaning": "what it says",
        "chip_class": "3A090.a",
        "architecture": "moe",
        "precisions": ("bf16", "fp8"),
        "assumptions": "measured-2026",
    }
    words = {kind: reason_words(Reason(kind, **about)) for kind in ReasonKind}
    assert all(words.values()) and len(set(words.values())) == len(words)
    assert set(CAUSES) == set(Cause)
    assert {kind.by for kind in ReasonKind} == {By.LAW, By.CASE, By.DATA}
    assert OverLimits(()).by is By.LIMITS


def test_reasons_in_words_by_hand() -> None:
    """Byte for byte as the tables, the cards and the rows have them."""
    needs = (Need(GRID, Fraction(1, 2)), Need(DEADLINE, Fraction(97), Fraction(60)))
    denied = Reason(ReasonKind.LICENCE_DENIED, rule="LIC_D5", meaning="no H100.", chip_class="3A090.a")
    assert reason_words(denied) == "export control: 3A090.a, presumption of denial (LIC_D5: no H100.)"
    assert reason_words(OverLimits(needs)) == "would need 0.500 MW or 97 days"
    assert reason_words(OverLimits(())) == "breaks more than one limit at once"
    mended = "any one of these changes is enough: the grid limit: 0.500 MW; the deadline: 97 days instead of 60 days"
    assert reason_words(NoPlan(Cause.LIMITS, needs)) == f"no plan satisfies all limits; {mended}"
    money = Need(BUDGET, Fraction("12522935.24"), Fraction(7_000_000))
    assert reason_words(NoPlan(Cause.LIMITS, (money,))).endswith("the budget: $12,522,936 instead of $7,000,000")
    assert reason_words(NoPlan(Cause.LIMITS)) == "no plan satisfies all limits; no single change is enough"
    assert reason_words(NoPlan(Cause.LAW)) == "the export rules exclude the accelerators that a plan would need"
    assert reason_words(NoTurn(60, 61)) == "60 days leave no whole day for each of 61 members"
    assert reason_words(NotAsked((Problem("is not known", column="country"), Problem("is too late")))) == (
        "country: is not known\nis too late"
    )
    assert reason_words(None) == ""
    assert several_words([Reason(ReasonKind.NO_RENT), Reason(ReasonKind.NO_RENT), denied]).count("; ") == 1


def test_a_field_that_would_mend_it_is_named() -> None:
    """What a reader can mend comes first on the card: it was sought as the word "state" in a sentence."""
    mended = {kind: Reason(kind).remedy for kind in ReasonKind if Reason(kind).remedy}
    rent = {ReasonKind.NO_OFFER: "rent", ReasonKind.SMALL_MACHINES: "rent", ReasonKind.NOT_SOLD_NEW: "supply"}
    assert mended == {ReasonKind.NO_IMPORT_DUTY: "import_duty", **rent}
    assert all(field in Case.model_fields for field in mended.values())


def test_the_law_is_no_cause_where_the_duty_alone_is_in_the_way(live: Catalogue) -> None:
    """Haiti is in group D:5, which bars no ordinary graphics card: "export control allows no accelerator" was told as
    proven, and with the duty stated there was a plan. An embargo bars them too."""
    asked = Case(country="HT", max_mw=20, deadline_days=365)
    found = plan(asked, live)
    assert isinstance(found, Infeasible) and found.cause is Cause.DATA
    assert isinstance(plan(asked.changed(import_duty=0), live), Plan)
    barred = plan(asked.changed(country="IR"), live)
    assert isinstance(barred, Infeasible) and barred.cause is Cause.LAW


@pytest.mark.parametrize(
    ("country", "cause", "word"), [("HT", Cause.DATA, "import duty"), ("IR", Cause.LAW, "embargo")]
)
def test_what_feeds_a_site_is_no_reason_where_nothing_can_be_had(
    live: Catalogue, country: str, cause: Cause, word: str
) -> None:
    """The wrong outcome: "a larger grid limit, or another model", where a duty is missing or the law is in the way."""
    found = power_plan(Case(country=country, max_mw=20, deadline_days=365, feed={"outage": ("17-21",)}), live)
    assert isinstance(found, NotFed) and found.cause is cause and word in not_fed_words(found)
    row = power_row("1", found)
    assert (row.cause, row.reason) == (cause, not_fed_words(found)) and row.deciding is not None


def test_a_figure_of_one_country_is_said_to_hold_for_all(live: Catalogue) -> None:
    """Who states the duty of one country in a comparison must see that the others were given it, too."""
    case = Case(workload="llama-3.1-8b", max_mw=1, deadline_days=365, import_duty="0.1")
    cases = [Candidate(code, (code,), case.changed(country=code)) for code in ("KE", "UG")]
    found = compare(cases, ["country"], live)
    lines = [line for section in comparison.document(found).sections for line in lines_of(section)]
    assert any("for all of these countries" in line and "import duty 0.1" in line for line in lines)


@pytest.mark.parametrize("name", [name for name in COUNTRY_PARAMETERS if name in Case.model_fields])
def test_a_missing_figure_names_the_flag_that_states_it(name: str) -> None:
    """``--electricity-usd-per-kwh`` is no flag: who has no tariff was told to give one."""
    assert f"give {FLAG_OF[name]}, or" in str(missing_figure(name, "Chad").remedy)


def test_a_row_without_a_figure_is_missing_and_not_invalid(live: Catalogue) -> None:
    """The Vatican has no wage in the data: nobody wrote anything wrong. An unknown name beside it is bad input."""
    problem = missing_figure("engineer_usd_per_year", "Vatican City")
    row = refused_row("1", [problem], str(problem), live, Case(country="VA"))
    assert (row.status, row.cause, row.deciding) == ("missing", "data", "engineer_usd_per_year")
    both = refused_row("1", [problem, Problem("is no number")], "", live)
    assert (both.status, both.cause, both.deciding) == ("invalid", None, None)


@pytest.mark.parametrize("country", ["RU", "RS", "AF", "HT", "CN"])
def test_a_row_tells_its_reason_again_from_its_cells(live: Catalogue, country: str) -> None:
    """So that a report or a page tells it in its own language: the words of the row are those of its file."""
    ready = prepare(Case(country=country, max_mw=1, deadline_days=150), live)
    row = row_of("1", ready, solve_prepared(ready))
    cells = {name: "" if value is None else str(value) for name, value in row.model_dump().items()}
    again, told_first = why_not(cells, live.countries[country], live), row.reason or ""
    assert sorted(re.split("; |: ", again)) == sorted(re.split("; |: ", told_first))  # limits in any order
    with speaking("es"):
        told = why_not(cells, live.countries[country], live)
    assert told != row.reason and "any one of these" not in told and "export control" not in told
    assert why_not({**cells, "cause": ""}, live.countries[country], live) == ""


def test_that_nobody_rents_is_said_once(live: Catalogue) -> None:
    """With the span of what is asked elsewhere; twenty accelerators would say the same sentence twenty times."""
    rents = [None, *(Decimal(usd) for usd in ("2.5", "0.74", "16"))]
    reasons = [Reason(ReasonKind.NO_OFFER, country=live.countries["KE"], world_usd_per_hour=rent) for rent in rents]
    told = several_words([*reasons, Reason(ReasonKind.AVOIDED), *reasons])
    assert told.count("no public offer") == 1 and "$0.74 to $16.00" in told and told.endswith("the request excludes it")
    assert several_words(reasons[:1]) == reason_words(reasons[0])
    assert several_words(reasons[:2]) == reason_words(reasons[1])


def test_the_same_reasons_are_not_repeated(live: Catalogue) -> None:
    """Only rented servers, everything rented, the rental basis: one wall of words, and two that name the first."""
    found = what_else(Case(country="KE", workload="llama-3.1-8b", max_mw=1), live, baselines=("rent-all",))
    lines = [line for section in alternatives.document(found).sections for line in lines_of(section)]
    assert sum("no public offer" in line and "only rented" in line for line in lines) == 1
    assert sum(line.endswith("no plan, for the same reasons as only rented servers") for line in lines) == 2


def test_the_next_best_stands_on_top(live: Catalogue) -> None:
    """Who asks for the second best plan reads it in the first lines, not below a hundred others."""
    found = what_else(Case(country="VN", workload="llama-3.1-8b", max_mw=1, deadline_days=200), live, baselines=())
    first = lines_of(alternatives.document(found).sections[0])
    others = [choice for choice in (*found.near, *found.generations) if choice.plan and not choice.chosen]
    costs = [choice.plan.cost_usd for choice in others if choice.plan]
    (told,) = [line for line in first if line.startswith("Next best: ")]
    assert musd(min(costs)) in told


def lines_of(section: Section) -> list[str]:
    return [block.text for block in section.blocks if isinstance(block, Line)]


LAW_FIRST = "the export rules exclude the accelerators that a plan would need: LIC_D5: "


@pytest.mark.parametrize(
    ("country", "mw", "cause", "begins"),
    [
        ("ZW", "1", Cause.LAW, LAW_FIRST),
        (
            "ZW",
            "0.01",
            Cause.LIMITS,
            "no plan satisfies all limits; the export rules exclude most accelerators: LIC_D5: ",
        ),
        ("VE", "1", Cause.LAW, LAW_FIRST),
        ("VE", "20", Cause.DATA, "the export rules exclude most accelerators: LIC_D5: "),
        ("RS", "1", Cause.DATA, "nothing can be planned: the import duty of Serbia is not known: give it with"),
        ("ER", "1", Cause.LAW, LAW_FIRST),
        ("ER", "20", Cause.DATA, "the export rules exclude most accelerators: LIC_D5: "),
        (
            "VA",
            "1",
            Cause.DATA,
            "nothing can be planned: the wage of an engineer of Vatican City is not known: give it",
        ),
        ("VA", "0.01", Cause.LIMITS, "no plan satisfies all limits, whatever the figures that are not known ("),
        ("RS", "0.01", Cause.LIMITS, "no plan satisfies all limits, whatever the figures that are not known ("),
        ("KE", "0.01", Cause.LIMITS, "no plan satisfies all limits"),
    ],
)
def test_what_decides_is_found_by_planning_without_it(
    live: Catalogue, country: str, mw: str, cause: Cause, begins: str
) -> None:
    """The law where there is a plan without it within the same limits; the duty where there is one if it is stated.

    The wrong outcomes: Zimbabwe is told of megawatts alone, Venezuela that a duty gives a plan which the law bars,
    Serbia within 10 kW that a duty is all that is missing, Kenya that the law is in the way.
    """
    case = Case(country=country, max_mw=mw, deadline_days=300 if mw == "20" else 150)
    found = plan(case, live)
    assert isinstance(found, Infeasible) and found.cause is cause
    assert no_plan_words(found.why).startswith(begins)
    free = plan(case.changed(rules="unrestricted", import_duty=0, engineer_usd_per_year=0), live)
    assert isinstance(free, Plan) is (cause is not Cause.LIMITS)
    assert bool(found.why.example) is (cause is Cause.DATA)
    if found.why.example:
        assert isinstance(plan(case.changed(**dict(found.why.example)), live), Plan)


@pytest.mark.parametrize("rules", ["enforced-2026", "unrestricted"])
def test_every_figure_that_is_not_known_is_named_at_once(live: Catalogue, rules: str) -> None:
    """Of every country: the flags in the reason are those that it lacks, and what they lead to is what is said.

    The wrong outcome: Venezuela lacks a duty and a wage, and without an export rule it was "infeasible, even without
    an import duty", where stating the duty asks for the wage.
    """
    for code in live.countries:
        case = Case(country=code, max_mw=1, deadline_days=150, rules=rules)
        setting = settle(case, live)
        lacks = {"engineer_usd_per_year": "--wage"} if setting.figures.lacks else {}
        lacks |= {"import_duty": "--import-duty"} if setting.tax.duty is None else {}
        ready = prepare(case, live) if lacks else None
        if ready is None:
            continue
        found = solve_prepared(ready)
        assert isinstance(found, Infeasible), code
        said = no_plan_words(found.why)
        assert {flag for flag in ("--wage", "--import-duty") if flag in said} == set(lacks.values()), (code, said)
        assert (row_of("1", ready, found).status == "missing") is (found.cause is Cause.DATA) is found.why.lacks_figures
        assert found.cause is (Cause.DATA if rules == "unrestricted" else found.cause)
        if found.cause is Cause.DATA:
            assert {name for name, _ in found.why.example} == set(lacks)
            assert isinstance(plan(case.changed(**dict(found.why.example)), live), Plan), code
        else:
            assert found.cause is Cause.LAW and said.startswith("the export rules exclude"), code


@pytest.mark.parametrize("country", ["RS", "VE", "ZW", "IR", "TV"])
def test_every_answer_gives_the_same_reason(live: Catalogue, command: Cli, country: str) -> None:
    """One sentence, found in one place: "availability" here and "the import duty" there sends a ministry two ways."""
    case = Case(country=country, max_mw=1, deadline_days=150)
    found = plan(case, live)
    assert isinstance(found, Infeasible)
    said, flags = no_plan_words(found.why), ["--country", country, "--max-mw", "1", "--deadline", "150d"]
    data = ["--quiet", "--data", str(LIVE)]
    for words in (["plan"], ["explain"], ["frontier", "days", "cost"], ["alternatives"]):
        told = " ".join(command(*words, *flags, *data).out.split())
        assert capital(said) in told, words
        if found.why.example and words[0] in ("plan", "explain"):
            example = f"optimizer plan --country {country} --max-mw 1 --deadline 150d --import-duty 5%"
            assert example in told and command(*example.split()[1:], *data).status == 0
    ready = prepare(case, live)
    one_rule = no_plan_words(found.why.of_one_rule)  # a row has a cell for one rule
    assert (row_of("1", ready, found).reason or "").startswith(one_rule)


@pytest.mark.parametrize("country", ["CN", "MO", "HK"])
def test_every_rule_that_bars_is_named_most_accelerators_first(live: Catalogue, country: str) -> None:
    """In China most chips are judged case by case: named with the denial alone, they would all seem to be denied."""
    outcome = plan(Case(country=country, max_mw="1", deadline_days=365), live)
    assert isinstance(outcome, Infeasible) and outcome.why.law is not None
    law = outcome.why.law
    rules = [law, *law.beside]
    assert [one.rule for one in rules] == ["JAN2026_CHINA", "LIC_D5", "GP10_ASCEND"]
    assert [one.bars for one in rules] == sorted((one.bars for one in rules), reverse=True)
    told = no_plan_words(outcome.why)
    assert "JAN2026_CHINA: For China and Macau a chip below" in told
    # "judged case by case" alone reads as if the way were open; a licence that is denied needs no such words
    assert told.count("so that a plan cannot rely on it") == 1
    assert told.index("cannot rely on it") < told.index("LIC_D5")
    assert f"; for {rules[1].bars} others: LIC_D5: " in told
    assert why_cells(outcome.why)["deciding"] == "licence_open"
    assert why_cells(outcome.why)["export_rule"] == "JAN2026_CHINA"
