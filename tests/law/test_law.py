"""The law that a reader asks about: classes stated and computed, what depends on the buyer, and `optimizer law`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.answers.form.document import Line
from optimizer.answers.plan.planned_row import plan_row
from optimizer.answers.words.reason_words import no_plan_words
from optimizer.atlas.country import doubt_words
from optimizer.atlas.views import Entry, View
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.domain.chip_class import chip_class, performance_density
from optimizer.errors import InputError
from optimizer.law.routes import groups
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.reference.law import document as law_document
from optimizer.reference.law import law_answer, law_of_country
from optimizer.solve.planner import plan

THEN = "2024-06-01"
NOT_STATED = {
    # rented from their makers only: no source states a class
    *("tpu_v5e", "tpu_v5p", "tpu_v6e", "tpu7x", "trainium1", "trainium2"),
}
MISCLASSED: dict[str, str] = {}
"""Accelerators whose stated class is not the computed one, with the reason; there are none."""


# --- classes --------------------------------------------------------------------------------------------------------


def test_the_computed_class_is_the_stated_one(live: Catalogue) -> None:
    """TPP and density put every accelerator into the class that sources state; a wrong die area or peak shows here."""
    for chip in live.accelerators.values():
        assert (chip.stated_class == "") == (chip.id in NOT_STATED), chip.id
        if chip.stated_class and chip.id not in MISCLASSED:
            computed = chip_class(chip, live.chip_classes, live.as_of)
            assert computed == chip.stated_class, (chip.id, chip.tpp, performance_density(chip))


def test_every_class_is_stated_for_some_accelerator(live: Catalogue) -> None:
    """Otherwise the comparison would never try the tests of that class."""
    stated = {chip.stated_class for chip in live.accelerators.values()} - {""}
    assert stated == {test.chip_class for test in live.chip_classes}


# --- the questions --------------------------------------------------------------------------------------------------

FREE = "3A090.a, no licence"
LICENCE = "3A090.a, licence required, presumption of approval, 120 days assumed"
DENIAL = "3A090.a, licence required, presumption of denial"
CASE = "3A090.a, licence required, case-by-case review, 180 days assumed"
TIER_2 = (
    "3A090.a, licence exception DIFF_LPP, up to 26,900,000 TPP or 1,699 accelerators (one importer, one calendar "
    "year); or licence required, presumption of approval, 120 days assumed, up to 790,000,000 TPP or 49,901 "
    "accelerators (one country, 2025 to 2027, all importers)"
)
UAE = (
    "; but in the United Arab Emirates only the government and listed entities (firms of the United States; G42 and "
    "Core42 to 2027-04-06 unless renewed) are free of licence since 2026-07-10: any other buyer still needs one."
)


@pytest.mark.parametrize(
    ("country", "name", "then", "today", "diffusion"),
    [
        ("BR", "Brazil", FREE, FREE, TIER_2),
        ("MX", "Mexico", FREE, FREE, TIER_2),
        ("VN", "Viet Nam", LICENCE, LICENCE, TIER_2),
        ("SA", "Saudi Arabia", LICENCE, LICENCE, TIER_2),
        ("CN", "China", DENIAL, CASE, CASE),
        ("AE", "United Arab Emirates", LICENCE, FREE + UAE, TIER_2),
    ],
)
def test_h100_then_today_and_under_the_diffusion_rule(
    live: Catalogue, country: str, name: str, then: str, today: str, diffusion: str
) -> None:
    """The six destinations. 15,831.2 TPP: 26.9e6 / 15,831.2 = 1,699.2; 790e6 / 15,831.2 = 49,901.5."""
    head = f"H100 SXM5 80GB to {name}: "
    assert law_answer(live, "h100", country, THEN).sentence == head + then
    assert law_answer(live, "H100", name.lower()).sentence == head + today
    assert law_answer(live, "h100", country, None, "diffusion-2025").sentence == head + diffusion


def test_china_under_the_diffusion_rule_before_the_china_rule(live: Catalogue) -> None:
    """Tier 3: denied on every day before 2026-01-15, when case-by-case review began for chips of this size."""
    for day in (THEN, "2025-06-01", "2026-01-14"):
        assert law_answer(live, "h100", "CN", day, "diffusion-2025").sentence.endswith(DENIAL)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("h100", "Macau", THEN), DENIAL),
        (("h100", "macao"), CASE),
        (("b300", "MO"), DENIAL),
        (("h100", "MO", None, "diffusion-2025"), CASE),
        (("b300", "MO", None, "draft-march-2026"), DENIAL),
        (
            ("rtx 4090", "MO"),
            "3A090.a-consumer, licence exception NAC, 25 days; but exception NAC is not for parties on the Entity "
            "List.",
        ),
    ],
)
def test_macau_is_treated_as_the_rules_name_it(live: Catalogue, asked: tuple[str, ...], told: Any) -> None:
    """Beside D:5, of which it is no member, and beside China since 2026-01-15. Wrong: "not cleared", or free."""
    found = law_answer(live, *asked)
    assert found.sentence == f"{live.accelerators[found.accelerator].name} to Macau: {told}"
    assert {group.group for group in found.groups} - {"T3"} == {"D:1", "D:4", "MO"}


@pytest.mark.parametrize(
    ("accelerator", "words"),
    [
        ("h20", "H20 SXM 96GB to Viet Nam: not controlled by 3A090, no licence"),
        ("l40s", f"L40S 48GB to Viet Nam: {LICENCE}"),
        ("rtx 4090", "GeForce RTX 4090 24GB to Viet Nam: 3A090.a-consumer, licence exception ACA"),
        ("mi210", "Instinct MI210 64GB to Viet Nam: 3A090.b, licence exception ACA"),
        ("b300", f"B300 SXM (HGX/DGX B300) to Viet Nam: {LICENCE}"),
    ],
)
def test_five_accelerators_to_a_d1_country(live: Catalogue, accelerator: str, words: str) -> None:
    """The L40S is 3A090.a (TPP 5,864) although sold for graphics; the RTX 4090 too, but may use ACA."""
    assert law_answer(live, accelerator, "VN").sentence == words


def test_what_classed_the_chip_is_told(live: Catalogue) -> None:
    """The figures and the test: TPP 2,896 over 724 mm2 is a density of 4.0, in b.1."""
    found = law_answer(live, "mi210", "VN")
    assert (found.chip_class, found.class_rule, found.tpp, found.performance_density) == (
        *("3A090.b", "ECCN_3A090_B1", 2896, 4.0),
    )
    assert found.class_words == (
        "TPP 2,896 (16-bit), performance density 4.00: ECCN_3A090_B1 asks for "
        "TPP at least 2,400 and below 4,800, density at least 1.6 and below 5.92"
    )
    assert "not known, assumed to meet any test" in law_answer(live, "gaudi2", "VN").class_words


def test_the_groups_told_are_those_that_the_rules_name(live: Catalogue) -> None:
    """A tier of the diffusion rule says nothing under the rules as enforced."""
    assert [g.group for g in law_answer(live, "h100", "VN").groups] == ["D:1"]
    assert [g.group for g in law_answer(live, "h100", "VN", None, "diffusion-2025").groups] == ["D:1", "T2"]
    assert [g.group for g in law_answer(live, "h100", "AE", THEN).groups] == ["B", "D:4"]
    assert [g.group for g in law_answer(live, "h100", "AE").groups] == ["A:5", "B"]


def test_every_route_has_its_rule_status_and_source(live: Catalogue) -> None:
    """Whoever relies on an answer must be able to look it up."""
    for place, country in enumerate(live.countries):
        for name in [*live.accelerators][place % 3 :: 3]:  # those of one class are treated alike: a third of them each
            for rules in live.rule_sets:
                found = law_answer(live, name, country, None, rules)
                assert found.routes, (name, country, rules)
                assert all(r.rule and r.status and r.meaning and r.source for r in found.routes)
                assert found.usable == any(r.policy in ("free", "exception", "approval") for r in found.routes)


# --- what depends on the buyer --------------------------------------------------------------------------------------


def buyer(live: Catalogue, *asked: str) -> set[str]:
    return {b.rule for b in law_answer(live, *asked).buyer}


def test_a_parent_in_d5_is_told_of_everywhere(live: Catalogue) -> None:
    """Free to Brazil, but not for a buyer with its head office in D:5: every controlled chip, every destination.

    In D:5 and Macau every buyer is one, and the country's own rules, with their exceptions, are what is said.
    """
    for country in set(live.countries) - {"US", "PR"}:
        there = groups(country, live, live.as_of)
        for chip in ("h100", "mi210", "rtx 4090"):
            assert ("LIC_HQ_D5" in buyer(live, chip, country)) == (not there & {"D:5", "MO"}), (chip, country)
    assert "LIC_HQ_D5" not in buyer(live, "h20", "BR")
    assert "LIC_HQ_D5" not in buyer(live, "h100", "US")


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("2025-09-28", set()),
        ("2025-09-29", {"AFFILIATES_50_2025"}),
        ("2025-11-09", {"AFFILIATES_50_2025"}),
        ("2025-11-10", set()),
        ("2026-11-09", set()),
        ("2026-11-10", {"AFFILIATES_50"}),
    ],
)
def test_the_affiliates_rule_comes_goes_and_comes_back(live: Catalogue, date: str, told: set[Any] | set[str]) -> None:
    """In force for six weeks, stayed for a year, back by its own text, which is said to be unconfirmed."""
    found = law_answer(live, "h100", "BR", date)
    assert {b.rule for b in found.buyer if b.rule.startswith("AFFILIATES")} == told
    assert all("unconfirmed" in b.status for b in found.buyer if b.rule == "AFFILIATES_50")


def test_validated_end_users_where_a_licence_is_needed(live: Catalogue) -> None:
    """Since 2024-10-02, for D:1 and D:4; where no licence is needed there is nothing to be exempted from."""
    assert "VEU_DC" in buyer(live, "h100", "VN")
    assert "VEU_DC" not in buyer(live, "h100", "VN", "2024-10-01")
    assert "VEU_DC" not in buyer(live, "h100", "BR")
    assert {"DIFF_NVEU", "DIFF_UVEU", "DIFF_T2_CAP_DOUBLE"} <= buyer(live, "h100", "BR", None, "diffusion-2025")


def test_the_letters_on_the_h20_are_told_for_china_only(live: Catalogue) -> None:
    """Below every threshold, yet letters of April 2025 asked for a licence: the sentence says so itself."""
    assert "but letters of April 2025" in law_answer(live, "h20", "China").sentence
    assert "Letters" not in law_answer(live, "h20", "China", THEN).sentence
    assert "H20_LETTERS" not in buyer(live, "v100", "CN")  # 898 GB/s
    assert "H20_LETTERS" not in buyer(live, "h20", "VN")


def bills(live: Catalogue, *asked: str) -> set[str]:
    return {b.rule for b in law_answer(live, *asked).bills}


def test_pending_bills_are_told_apart_and_settle_nothing(live: Catalogue) -> None:
    """Two for every controlled chip, two more for D:5 and Macau; none before its day, for the H20, or as a rule."""
    every = {"BILL_CHIP_SECURITY", "BILL_REMOTE_ACCESS"}
    assert bills(live, "h100", "BR") == every
    assert bills(live, "h100", "CN") == bills(live, "h100", "MO") == {*every, "BILL_GAIN", "BILL_OVERWATCH"}
    assert bills(live, "h100", "BR", THEN) == bills(live, "h20", "BR") == bills(live, "h100", "US") == set()
    assert not any(rule.startswith("BILL") for rule in buyer(live, "h100", "CN"))
    for row in live.buyer_rules:
        assert (row.kind == "bill") == row.status.startswith("pending") == row.rule.startswith("BILL_")
        assert row.kind != "bill" or not row.in_sentence
    case = Case(country="BR", use="h100", procurement="buy", deadline_days=200)
    lawful = plan(case, live)
    without = replace(live, buyer_rules=tuple(r for r in live.buyer_rules if r.kind == "rule"), cache={})
    assert isinstance(lawful, Plan)
    assert plan(case, without).cost_usd == lawful.cost_usd


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LIC_D1_D4", ("LIC_D1_D4: what follows", "lead_days: 120 days (estimate)", "status: in force")),
        ("lic-d1-d4", ("LIC_D1_D4: what follows",)),
        ("GP10_ASCEND", ("GP10_ASCEND: class of a chip", "GP10_ASCEND: what follows")),
        ("UAE_A5", ("UAE_A5: reported, not decided by a plan", "source: https://www.govinfo.gov")),
        ("EU_GPAI_SYSTEMIC", ("threshold of training compute",)),
    ],
)
def test_a_rule_is_shown_by_its_name(capsys: pytest.CaptureFixture[str], name: str, told: tuple[str, ...]) -> None:
    """Whatever table it stands in, with status, source and estimates: an answer names the rule that decided."""
    assert run(["data", "show", name]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for words in told:
        assert words in shown


def test_an_unknown_rule_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "show", "LIC_D1_D5"]) == 2
    assert "did you mean lic_d1_d4" in capsys.readouterr().err.lower()


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_it_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer first, then the class, the country's groups, the rule with its source, and what is left open."""
    assert run(["law", "h100", "VN"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].rstrip() == f"H100 SXM5 80GB to Viet Nam: {LICENCE}"
    text = " ".join(line.strip() for line in lines)
    for words in (
        *("TPP 15,831.2 (FP8), performance density 19.45: ECCN_3A090_A1", "given by its sources: 3A090.a"),
        *("D:1 from 2023-11-17", "LIC_D1_D4, in force, from 2023-11-17", "[https://www.federalregister.gov"),
        *("LIC_HQ_D5, in force: A buyer whose head office", "rules enforced-2026 on 2026-11-22"),
    ):
        assert words in text, words


def test_what_no_plan_can_count_on_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Denial and case-by-case review."""
    assert run(["law", "b300", "China", "--date", THEN]) == 0
    out = capsys.readouterr().out
    assert "A plan cannot rely on it." in out and "What prevents import" in out


def test_the_command_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as one document."""
    assert run(["law", "h100", "AE", "--date", THEN, "--rules", "diffusion-2025", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = told["outputs"]
    assert told["inputs"]["country"] == told["settled"]["country"] == "AE"
    assert told["settled"]["accelerator"] == "h100_sxm5_80"
    assert (found["country"], found["date"], found["rules"]) == ("AE", THEN, "diffusion-2025")
    assert [(r["rule"], r["cap_accelerators"], r["usable"]) for r in found["routes"]] == [
        ("DIFF_LPP", 1699, True),
        ("DIFF_T2_LICENCE", 49901, True),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["h100", "Narnia"], '"Narnia": is not a known country'),
        (["h1000", "VN"], 'ACCELERATOR "h1000": is not a known accelerator; did you mean'),
        (
            ["h100", "VN", "--rules", "difusion"],
            '"difusion": is not a known rule set; did you mean diffusion-2025',
        ),
        (["h100", "VN", "--date", "2026-02-30"], '--date "2026-02-30": is not a day'),
        (["h100", "VN", "--date", "soon"], '--date "soon": is not a day'),
        (["h100", "VN", "--date", "2023-11-16"], '--date "2023-11-16": is before 2023-11-17'),
    ],
)
def test_what_is_not_known_is_one_message(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    """Exit status 2, nothing on stdout."""
    assert run(["law", *arguments]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.startswith("Error: ") and words in caught.err


def test_a_country_of_which_no_rule_speaks_is_not_cleared(frozen: Catalogue) -> None:
    """An empty answer must not read as 'free'."""
    cut = frozen.country_groups | {"BR": ()}
    found = law_answer(replace(frozen, country_groups=cut), "h100", "BR")
    assert found.sentence.endswith("no rule of the set covers it: not cleared")
    assert not found.usable
    with pytest.raises(InputError):
        law_answer(frozen, "h100", "")


def test_what_depends_on_the_buyer_stands_wherever_a_plan_does(live: Catalogue, command: Cli) -> None:
    """In the Emirates a licence-free plan holds for few buyers: `compare` ranked it beside Mexico without a word."""
    flags = ["--max-mw", "1", "--deadline", "150d", "--quiet", "--data", str(LIVE)]
    for words in (
        ["compare", "--country", "AE,MX"],
        ["explain", "--country", "AE"],
        ["alternatives", "--country", "AE"],
    ):
        assert "UAE_A5: In the United Arab Emirates only the government" in command(*words, *flags).out, words
    assert "Depends on the buyer" not in command("explain", "--country", "MX", *flags).out
    found = plan(Case(country="AE", max_mw=1, deadline_days=150), live)
    assert isinstance(found, Plan)
    row = plan_row("1", found)
    assert (row.depends_on_buyer or "").startswith("UAE_A5: ")
    cells = {name: "" if value is None else str(value) for name, value in row.model_dump().items()}
    entry = Entry("AE", cells, 1.0, 1)
    assert "UAE_A5" in doubt_words(entry, View("", {}, (entry,)), live)


def test_hong_kong_is_told_to_be_treated_as_china(live: Catalogue) -> None:
    """ "For group D:5 and Macau" named neither Hong Kong nor why it is meant; Venezuela is in the group itself."""
    assert law_answer(live, "h100", "HK").sentence.endswith("since 2020-12-23 (85 FR 83765)")
    assert buyer(live, "h20", "HK") == buyer(live, "h20", "CN")  # the letters on the H20
    for code, said in (("HK", "(Hong Kong has been treated as China"), ("VE", "(Venezuela is in group D:5)")):
        found = plan(Case(country=code, max_mw=1, deadline_days=150), live)
        assert isinstance(found, Infeasible) and said in no_plan_words(found.why)


@pytest.mark.parametrize("country", ["KZ", "AE", "IR", "BR", "CN"])
def test_the_law_of_a_country_is_that_of_each_accelerator(live: Catalogue, country: str) -> None:
    """Each accelerator stands once, under the words of its own answer; wrong: one left out, or under other words."""
    found = law_of_country(live, country)
    assert [one.accelerator for one in found.accelerators] == list(live.accelerators)
    assert all(one == law_answer(live, one.accelerator, country) for one in found.accelerators)
    sections = law_document(live, found, {}).sections
    listed = {}
    for section in sections[: len({(one.usable, one.verdict) for one in found.accelerators})]:
        first = section.blocks[0]
        assert isinstance(first, Line)
        for name in str(first.text).split("; "):
            assert name not in listed
            listed[name] = section.title.lower()
    said = {live.accelerators[one.accelerator].name: one.verdict.rstrip(".").lower() for one in found.accelerators}
    assert listed == said


def test_a_country_alone_is_asked_as_one_word(command: Cli) -> None:
    """``law KZ`` is that country; ``law h100`` names what is missing; rows are those of each accelerator alone."""
    data = ("--data", str(LIVE))
    rows = command("law", "KZ", "--csv", *data).out.splitlines()
    alone = [
        line for chip in ("h100", "h20_96") for line in command("law", chip, "KZ", "--csv", *data).out.splitlines()
    ]
    assert {*alone} <= {*rows} and rows[0].startswith("accelerator,country,")
    assert json.loads(command("law", "KZ", "--json", *data).out)["outputs"]["accelerators"][0]["country"] == "KZ"
    missing = command("law", "h100", *data)
    assert missing.status == 2 and "COUNTRY: is needed" in missing.err
