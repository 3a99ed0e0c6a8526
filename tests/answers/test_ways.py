"""The ways beside each other: every plan told is that of the changed case; machines owned and shared, by hand."""

from __future__ import annotations

import csv
import io
import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from commands import Cli, one_message
from worlds import LIVE

from optimizer import Case, Infeasible, Plan, plan
from optimizer.answers.curves.ways import UNEQUAL, document
from optimizer.answers.form.envelope import schema_of
from optimizer.answers.words.reason_words import reason_words
from optimizer.case.ground import GroundKind
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import CAPITAL, DEADLINE
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.insight.shared_machines import Host, Machine
from optimizer.insight.ways import OneWay, Ways, compare_ways
from optimizer.plans.verify import verify
from optimizer.render.text import Paper, text_of
from optimizer.service import REGISTER

CASES: dict[str, dict[str, Any]] = {
    "known": {"workload": "dense-100k", "country": "BR", "deadline_days": 300},
    "own": {"params_total_b": 100, "params_active_b": 10, "tokens_t": 2, "country": "MX", "deadline_days": 200},
    "of its own way": {"workload": "moe-10k", "way": "lora", "adapter_params_b": 2, "country": "BR", "max_mw": "0.3"},
    "tight": {"workload": "dense-100k", "country": "BR", "max_mw": "0.02", "deadline_days": 20},
    "precise": {"workload": "dense-small", "precision": "fp8", "country": "BR"},
}


def asked(catalogue: Catalogue, name: str, **more: Any) -> Ways:
    return compare_ways(Case(**CASES[name]), catalogue, **more)


def of(found: Ways) -> dict[str, OneWay]:
    return {one.way.id: one for one in found.ways}


def same(told: Plan | None, outcome: Plan | Infeasible) -> None:
    if told is None:
        assert isinstance(outcome, Infeasible)
    else:
        assert isinstance(outcome, Plan) and verify(told) == []
        assert (told.items, told.days, told.cost_usd) == (outcome.items, outcome.days, outcome.cost_usd)


@pytest.mark.parametrize("name", CASES)
def test_every_plan_is_that_of_the_case_in_its_way(frozen: Catalogue, name: str) -> None:
    """Equal terms: nothing but the way, its tokens and its adapter differs from the case."""
    case = Case(**CASES[name])
    tokens = {"continued": Decimal("0.3")}
    found = asked(frozen, name, tokens=tokens)
    assert [one.way.id for one in found.ways] == list(frozen.ways)
    own = found.setting.way.id
    for way, one in of(found).items():
        given = tokens.get(way, case.tokens_t if way == own else None)
        adapter = case.adapter_params_b if one.way.is_adapter else None
        if name == "precise" and way == "qlora":
            assert one.setting is None and one.plan is None and "is done in bf16" in reason_words(one.why)
            continue
        same(one.plan, plan(case.changed(way=way, tokens_t=given, adapter_params_b=adapter), frozen))
        assert (one.why is not None) == (one.plan is None)
        assert one.setting is not None
        for field in ("country", "max_mw", "deadline_days", "basis", "date", "rules", "assumptions"):
            assert getattr(one.setting.case, field) == getattr(found.setting.case, field), field


def test_tokens_are_told_where_they_were_not_given(frozen: Catalogue) -> None:
    found = of(asked(frozen, "own", tokens={"lora": Decimal("0.005")}))
    assert found["pretrain"].tokens_assumed is None and found["lora"].tokens_assumed is None
    assert found["finetune"].tokens_assumed is not None
    assert found["finetune"].tokens_assumed.kind is GroundKind.TOKENS_OF_WAY
    assert found["lora"].setting and found["lora"].setting.workload.tokens_t == Decimal("0.005")


def test_memory_by_hand(frozen: Catalogue) -> None:
    """100B parameters: 1,600 GB where all are trained; 200 + 16 beside an adapter of a hundredth; 50 + 16 in 4 bits."""
    told = {way: one.memory_gb for way, one in of(asked(frozen, "own")).items()}
    assert told == {"pretrain": 1600, "continued": 1600, "finetune": 1600, "lora": 216, "qlora": 66}


def test_where_there_is_no_plan_it_says_what_is_in_the_way(frozen: Catalogue) -> None:
    """One A100 server draws 12 kW: 100,000 PFLOP/s-days fit no 20 kW in 20 days, LoRA's 2.4 of the tokens do."""
    found = of(asked(frozen, "tight"))
    assert found["pretrain"].plan is None and "no plan satisfies all limits" in reason_words(found["pretrain"].why)
    assert found["lora"].plan is not None


# --- machines --------------------------------------------------------------------------------------------------------

SMALL: dict[str, Any] = {"workload": "dense-small", "country": "BR", "deadline_days": 60}


def machines(found: tuple[Machine, ...]) -> dict[str, Machine]:
    return {machine.name: machine for machine in found}


def test_what_is_owned(frozen: Catalogue) -> None:
    """100 PFLOP/s-days: 16 owned A100 do 2 PFLOP/s, 50 days; nothing is bought. With more beside it no dearer than
    either alone."""
    case = Case(**SMALL, owned={"a100": 16})
    found = machines(compare_ways(case, frozen).owned)
    assert list(found) == ["owned", "owned_and_more", "without_owned"]
    alone = found["owned"].plan
    assert alone is not None and (alone.days, alone.accelerators, alone.capital_usd) == (50, 16, 0)
    same(alone, plan(case.changed(procurement=("own",)), frozen))
    without = found["without_owned"].plan
    same(without, plan(Case(**SMALL, procurement=("buy", "rent")), frozen))
    both = found["owned_and_more"].plan
    assert both is not None and without is not None
    assert both.cost_usd <= min(alone.cost_usd, without.cost_usd)
    assert compare_ways(Case(**SMALL), frozen).owned == ()


def test_too_little_owned_is_told(frozen: Catalogue) -> None:
    """8 A100 would take 100 days, of 60."""
    found = machines(compare_ways(Case(**SMALL, owned={"a100": 8}), frozen).owned)
    assert found["owned"].plan is None and "100 days" in reason_words(found["owned"].why)
    both = found["owned_and_more"].plan
    assert both is not None and both.days <= 60


def test_a_shared_machine_by_hand(frozen: Catalogue) -> None:
    """Four members have 60 / 4 = 15 days each; 4 years at a utilisation of a half (the frozen data's) are 730 days of
    work. Each pays server-days, none of the price; a quarter of which must be found first."""
    case = Case(**SMALL, max_mw="0.1")
    shared = compare_ways(case, frozen, host=Host("MX", 4)).shared
    assert shared is not None and (shared.host, shared.days_each, shared.max_mw) == ("Mexico", 15, Decimal("0.4"))
    assert shared.utilisation.value == Decimal("0.5") and shared.utilisation.name == "usual_utilisation"
    alone, own, there = shared.machines
    terms = {"basis": "amortised", "utilisation": "0.5", "procurement": ("buy",)}
    same(alone.plan, plan(case.changed(procurement=("buy",)), frozen))
    same(own.plan, plan(case.changed(**terms), frozen))
    same(there.plan, plan(case.changed(**terms, country="MX", deadline_days=15, max_mw="0.4"), frozen))
    told = there.plan
    assert told is not None and own.plan is not None and told.days <= 15
    assert all(item.key.site == "MX" for item in told.items)
    (item,) = told.items
    assert shared.life_share == item.server_days / (item.servers * 730)
    assert shared.capital_each_usd == told.capital_usd / 4
    assert shared.saving_usd == own.plan.cost_usd - told.cost_usd
    assert not {"accelerators", "duty_and_tax"} & set(told.cost_terms)


def test_the_hardware_of_a_shared_machine_is_paid_by_all(frozen: Catalogue) -> None:
    """A limit on hardware is what one member can pay: a quarter of the machine's price will do. What would be needed
    is reported for one member too. Wrong: the whole price, which none of the four has to find."""
    case, host = Case(**SMALL, max_mw="0.1"), Host("MX", 4)
    free = compare_ways(case, frozen, host=host).shared
    assert free is not None and free.capital_each_usd is not None
    at = compare_ways(case.changed(max_capital_usd=in_cents(free.capital_each_usd)), frozen, host=host).shared
    assert at is not None
    same(at.plan, free.plan)
    none = compare_ways(case.changed(max_capital_usd=1), frozen, host=host).shared
    assert none is not None and none.plan is None
    why = none.machines[-1].why
    assert isinstance(why, NoPlan)
    (needed,) = (need.value for need in why.needs if need.limit == CAPITAL)
    assert needed is not None and needed <= free.capital_each_usd
    least = compare_ways(case.changed(max_capital_usd=in_cents(needed)), frozen, host=host).shared
    short = compare_ways(case.changed(max_capital_usd=in_cents(needed) - Decimal("0.01")), frozen, host=host).shared
    assert least is not None and least.plan is not None and least.capital_each_usd == needed
    assert short is not None and short.plan is None


def in_cents(usd: Fraction) -> Decimal:
    return Decimal(math.ceil(usd * 100)) / 100


def test_what_is_said_of_the_own_site_is_not_the_hosts(frozen: Catalogue) -> None:
    """Tariff, duty, PUE and regime of the case would make a machine abroad cheap, or be refused there."""
    case = Case(**SMALL, electricity_usd_per_kwh=0, import_duty=0, pue=1, tax_regime="redata", site_setup_usd=10**6)
    shared = compare_ways(case, frozen, host=Host("MX")).shared
    plain = compare_ways(Case(**SMALL), frozen, host=Host("MX")).shared
    assert shared is not None and plain is not None and plain.plan is not None
    same(shared.plan, plain.plan)


def test_the_deadline_that_members_in_turn_would_need_is_that_of_all(frozen: Catalogue) -> None:
    """Each of 4 would need so many days: --deadline is shared by all of them, so that four times as many are to be
    asked for. The days of one were told, and asking for those left each a quarter."""
    case, host = Case(**{**SMALL, "deadline_days": 8}, max_mw="0.1"), Host("MX", 4, Decimal("0.1"))
    shared = compare_ways(case, frozen, host=host).shared
    assert shared is not None and shared.plan is None and shared.days_each == 2
    why = shared.machines[-1].why
    assert isinstance(why, NoPlan)
    (needed,) = (int(need.value) for need in why.needs if need.limit == DEADLINE)
    assert f"the deadline: {needed} days" in reason_words(why)
    assert needed % 4 == 0
    for days, there_is in ((needed, True), (needed - 1, False)):
        again = compare_ways(case.changed(deadline_days=days), frozen, host=host).shared
        assert again is not None and (again.plan is not None) == there_is, days


def test_the_law_of_every_plan_is_told(frozen: Catalogue) -> None:
    """A licence that a plan needs is told, the host's too: they were in no line of the card."""
    case = Case(**{**SMALL, "country": "VN"}, procurement="buy", use="h100")
    messages = document(compare_ways(case, frozen, host=Host("DE"))).messages
    for start in ("H100 to Viet Nam: 3A090.a, licence required", "H100 to Germany: 3A090.a, no licence"):
        assert sum(message.startswith(start) for message in messages) == 1, messages


def test_a_host_under_another_law(frozen: Catalogue) -> None:
    """No plan in China: the law is the host's, not that of the members."""
    shared = compare_ways(Case(**SMALL, use="h100"), frozen, host=Host("CN")).shared
    assert shared is not None and shared.plan is None
    why = shared.machines[-1].why
    assert isinstance(why, NoPlan) and why.cause is Cause.LAW and not why.needs
    assert why.deciding is not None and why.deciding.rule == "LIC_D5"
    assert shared.life_share is shared.capital_each_usd is shared.saving_usd is None


def test_more_members_are_never_cheaper_for_one(frozen: Catalogue) -> None:
    """Each has fewer days; without a grid limit nothing else changes."""
    costs = []
    for members in (1, 2, 5, 20, 60):
        shared = compare_ways(Case(**SMALL), frozen, host=Host("MX", members)).shared
        assert shared is not None
        costs.append(shared.plan.cost_usd if shared.plan else None)
    told = [cost for cost in costs if cost is not None]
    assert len(told) >= 3 and told == sorted(told)
    assert costs[len(told) :] == [None] * (len(costs) - len(told))
    none = compare_ways(Case(**SMALL), frozen, host=Host("MX", 61)).shared
    assert none is not None and none.plan is None
    assert reason_words(none.machines[-1].why) == "60 days leave no whole day for each of 61 members"


def test_a_utilisation_of_the_case_is_that_of_both(frozen: Catalogue) -> None:
    """An own machine and a shared one are on the same terms; idle days cost the member who works."""
    full, half = (
        compare_ways(Case(**SMALL, utilisation=u), frozen, host=Host("BR")).shared for u in (Decimal(1), Decimal("0.5"))
    )
    assert full is not None and half is not None
    for shared in (full, half):  # one member in the own country: the very same machine
        assert shared.saving_usd == 0
    assert full.plan is not None and half.plan is not None and full.plan.cost_usd < half.plan.cost_usd


# --- the command -----------------------------------------------------------------------------------------------------


def card(found: Ways) -> str:
    return text_of(document(found), Paper(100))


def test_the_card_says_that_the_ways_are_unequal(live: Catalogue) -> None:
    """What each gives and lacks with its source, the runs behind it, and which token counts are assumed."""
    case = Case(workload="llama-3.1-70b", country="CL", max_mw=1, deadline_days=365)
    told = card(compare_ways(case, live, tokens={"continued": Decimal("0.3")}, host=Host("BR", 5)))
    words = " ".join(told.split())
    assert UNEQUAL in words
    for way in live.ways.values():
        assert way.gives in words and way.lacks in words and way.capability_source.split(" | ")[0] in words
    assert "9 published runs; hours estimated by a plan over published hours: 0.56 to 1.25 times" in words
    assert "no published run has both hours and tokens" in words
    assert "(an estimate: a choice among published runs); --finetune-tokens changes this" in words
    assert "a machine works on 80 % of its days, an estimate" in words
    assert "5 members take turns: each has 73 days of the deadline" in words
    assert max(map(len, told.splitlines())) <= 100


def test_a_data_folder_without_runs_has_no_evidence(frozen: Catalogue) -> None:
    assert not (frozen.folder / "real_runs.csv").exists()
    assert all(one.evidence.runs == () for one in asked(frozen, "known").ways)


def test_json_follows_its_schema(command: Cli) -> None:
    schema = schema_of(REGISTER["ways"].outputs_types())
    arguments = ["ways", "--workload", "dense-small", "--country", "BR", "--owned", "a100=16", "--shared-in", "MX"]
    first, again = command(*arguments, "--json"), command(*arguments, "--json")
    assert first.status == 0 and first.out == again.out
    told = json.loads(first.out)
    jsonschema.validate(told, schema)
    assert set(told) == set(schema["required"])
    ways = {way["way"]: way for way in told["outputs"]["ways"]}
    assert ways["lora"]["flop_per_token"] == pytest.approx(4.06e10)
    assert ways["lora"]["adapter_parameters"] == pytest.approx(1e8)
    assert ways["finetune"]["plan"]["cost_usd"] >= ways["lora"]["plan"]["cost_usd"]
    assert [m["name"] for m in told["outputs"]["owned"]] == ["owned", "owned_and_more", "without_owned"]
    assert told["outputs"]["shared"]["utilisation"] == 0.5
    assert told["messages"][0] == UNEQUAL
    named = {figure["name"]: figure["value"] for figure in told["provenance"]["figures"]}
    assert named["electricity_usd_per_kwh"] != named["electricity_usd_per_kwh (Mexico, pretrain)"]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_row_of_a_way_is_that_of_the_case_in_that_way(command: Cli) -> None:
    """One row a way and a machine, with the columns of ``plan --csv`` as that command has them, where there is no plan
    too: two programs for the same row would differ some day."""
    limits = ["--workload", "dense-100k", "--country", "BR", "--max-mw", "0.02", "--deadline", "20d", "-q", "--csv"]
    rows = table(command("ways", *limits, "--owned", "a100=16", "--shared-in", "MX").out)
    names = [row["name"] for row in rows]
    assert names[:5] == ["pretrain", "continued", "finetune", "lora", "qlora"]
    machines = ["owned", "owned_and_more", "without_owned", "own_upfront", "own_amortised", "shared"]
    assert names[5:] == machines and [row["subject"] for row in rows[5:]] == ["owned"] * 3 + ["shared"] * 3
    assert {row["status"] for row in rows[:5]} == {"plan", "infeasible"}
    for row in rows[:5]:
        (plain,) = table(command("plan", *limits, "--owned", "a100=16", "--way", row["name"]).out)
        assert {name: row[name] for name in plain} == plain
        assert row["gives"] and row["lacks"] and float(row["memory_gb"]) > 0
    assert rows[-1]["country"] == "MX" and rows[-1]["basis"] == "amortised"


def test_a_way_that_the_case_does_not_go_with_has_a_row(command: Cli) -> None:
    """FP8 alone: LoRA on 4-bit weights is done in BF16."""
    rows = table(command("ways", "--workload", "dense-small", "--precision", "fp8", "--csv", "-q").out)
    (row,) = (row for row in rows if row["name"] == "qlora")
    assert (row["status"], row["way"], row["cost_usd"]) == ("invalid", "qlora", "") and "is done in bf16" in row[
        "reason"
    ]


def test_the_command_takes_tokens_with_their_unit(command: Cli) -> None:
    ran = command(
        *["ways", "--params-total-b", "10", "--adapter-params-b", "0.2", "--country", "BR"],
        *["--scratch-tokens", "1T", "--lora-tokens", "16M", "--json"],
    )
    assert ran.status == 0, ran.err
    ways = {way["way"]: way for way in json.loads(ran.out)["outputs"]["ways"]}
    assert [ways[way]["tokens"] for way in ("pretrain", "lora", "qlora")] == [1e12, 1.6e7, 1.6e7]
    assert ways["lora"]["adapter_parameters"] == 2e8 and ways["pretrain"]["adapter_parameters"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--continued-tokens", "300"], '--continued-tokens "300": must be a count of tokens with its unit'),
        (["--continued-tokens", "x", "--lora-tokens", "1.500B"], '--lora-tokens "1.500B": could be'),
        (["--shared-members", "3"], "add --shared-in"),
        (["--shared-in", "Narnia"], '--shared-in "Narnia": is not a known country'),
        (["--shared-in", "MX", "--shared-max-mw", "-1"], '--shared-max-mw "-1": must be above 0'),
        (["--adapter-params-b", "1000"], '--adapter-params-b "1000": must not exceed'),
        (["--tokens-t", "1", "--scratch-tokens", "2T"], "--tokens-t and --scratch-tokens both give the tokens"),
        (["--way", "lora", "--precision", "nvfp4", "--utilisation", "0"], '--utilisation "0"'),
    ],
)
def test_slips_are_one_message(command: Cli, arguments: list[str], words: str) -> None:
    ran = command("ways", "--workload", "dense-100k", *arguments)
    assert ran.status == 2 and words in one_message(ran)


def test_no_plan_in_any_way(command: Cli) -> None:
    ran = command("ways", "--workload", "dense-100k", "--country", "BR", "--budget", "1", "--quiet")
    assert ran.status == 3 and ran.out.count("no plan") >= 5 and ran.err == ""


def test_the_shipped_data_answer(command: Cli) -> None:
    """Five ways, three machines with what is owned and three around a shared one: eleven proved plans."""
    ran = command(
        *["ways", "--data", str(LIVE), "--workload", "llama-3.1-8b", "--country", "CL", "--max-mw", "1"],
        *["--owned", "a100=64", "--shared-in", "BR", "--shared-members", "3", "--quiet"],
    )
    assert ran.status == 0, ran.err
