"""What else there is: every plan told is the plan of the changed case, all that come near are told, none twice.

Figures as in test_explain: 31 H100 servers rent for 1,500,000 USD and take 85 days.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import EASY, TIGHT, Cli, one_message, shown

from optimizer import Case, Infeasible, Plan, plan
from optimizer.answers.form.envelope import Envelope, schema_of
from optimizer.answers.plan.alternatives import ChoiceRow, ChoicesOut, choice_words, document
from optimizer.answers.words.common_words import plan_words
from optimizer.answers.words.reason_words import several_words
from optimizer.catalogue import Catalogue
from optimizer.insight.alternatives import BASELINES, Choice, Gain, WhatElse, needs_licence, what_else
from optimizer.insight.explain import same_plan
from optimizer.insight.limits.concessions import round_up
from optimizer.plans.verify import verify
from optimizer.service import REGISTER, explaining
from optimizer.solve.planner import prepare
from optimizer.validation.study import ACCELERATORS

CASES: dict[str, dict[str, Any]] = {
    "rented": {"max_mw": "0.6", "deadline_days": 90},
    "bought": {"procurement": ("buy",), "deadline_days": 300},
    "fastest": {"objective": "days", "budget_usd": "1.8e7", "max_mw": "0.7"},
    "lowest peak": {"objective": "peak_power", "deadline_days": 200, "budget_usd": "1e7"},
    "amortised": {"basis": "amortised", "deadline_days": 60, "max_accelerators": 200},
    "owned": {"owned": {"a100": 128}, "deadline_days": 600, "workload": "dense-small"},
    "under a licence": {"country": "VN", "procurement": ("buy",), "deadline_days": 300, "deadline_from": "order"},
    "named": {"use": ("h100", "a100"), "deadline_days": 120},
    "mixed": {"mix": 2, "workload": "dense-small", "supply": {"h100": 16, "b200": 8}, "deadline_days": 6},
}


def asked(catalogue: Catalogue, name: str, within: int = 100) -> WhatElse:
    return what_else(Case(**CASES[name]), catalogue, within=Decimal(within))


def every(found: WhatElse) -> list[Choice]:
    return [*found.near, *found.generations, *found.procurements, *found.bases, *found.baselines]


def kinds(found: WhatElse) -> list[Choice]:
    """Of those near, the best of each kind."""
    return [choice for choice in found.near if choice.by == "kind"]


def same(choice: Choice, outcome: Plan | Infeasible) -> None:
    if choice.plan is None:
        assert isinstance(outcome, Infeasible) and choice.why
    else:
        assert isinstance(outcome, Plan) and choice.why == ()
        assert (choice.plan.items, choice.plan.days, choice.plan.cost_usd) == (
            outcome.items,
            outcome.days,
            outcome.cost_usd,
        )


def test_by_hand(frozen: Catalogue) -> None:
    """31 rented H100 servers cost 1,585,000 USD in FP8. In BF16 they do 2.56 PFLOP/s each: 3,906.25 server-days at 576
    USD and 127 days of staff, 2,377,000 USD, the only other kind within twice the cost. 5 bought B200 servers draw
    24 kW each, for 1,250 server-days against 2,604 of the H100 at 18 kW: of 90 tCO2e they save 32.4, and 0.438 MW."""
    found = what_else(Case(max_mw="0.6", deadline_days=300), frozen, within=Decimal(100))
    assert isinstance(found.outcome, Plan) and found.outcome.cost_usd == 1_585_000
    (near,) = kinds(found)
    assert (near.name, near.plan and near.plan.cost_usd) == ("h100 bf16 rent", 2_377_000)
    by_name = {choice.name: choice for choice in (*found.generations, *found.procurements)}
    assert by_name["NVIDIA Hopper"].chosen and by_name["rent"].chosen and not by_name["buy"].chosen
    blackwell = by_name["NVIDIA Blackwell"]
    assert {gain.at: gain.by for gain in blackwell.gains} == {"peak": Fraction(438, 1000), "carbon": Fraction(324, 10)}
    assert "better at peak (0.438 MW less), carbon (32.4 tCO2e less)" in choice_words(blackwell, found)
    assert several_words(by_name["NVIDIA Ampere"].why) == "would need 334 days or 0.672 MW"
    assert {choice.name for choice in found.bases} == {"amortised", "rental"}
    assert not found.baselines


@pytest.mark.parametrize("name", CASES)
def test_each_is_the_plan_of_the_changed_case(frozen: Catalogue, name: str) -> None:
    """Typed anew with flags: the generation's accelerators, the way to have them, the basis, the kind."""
    found, case = asked(frozen, name), Case(**CASES[name])
    for choice in found.generations:
        chips = tuple(
            chip.id
            for chip in frozen.accelerators.values()
            if f"{chip.vendor} {chip.generation}" == choice.name and (not case.use or chip.id in case.use)
        )
        same(choice, plan(case.changed(use=chips), frozen))
    for choice in found.procurements:
        same(choice, plan(case.changed(procurement=(choice.name,)), frozen))
    for choice in found.bases:
        rented = {"procurement": ("rent",)} if choice.name == "rental" else {}
        same(choice, plan(case.changed(basis=choice.name, **rented), frozen))
    for choice in kinds(found):
        accelerator, precision, way = choice.name.split()
        only = case.changed(use=(accelerator,), precision=(precision,), procurement=(way,), mix=1)
        same(choice, plan(only, frozen))
    for choice in every(found):
        assert choice.plan is None or verify(choice.plan) == []


@pytest.mark.parametrize("within", [0, 10, 60])
@pytest.mark.parametrize("name", CASES)
def test_all_that_come_near_are_told_and_no_other(frozen: Catalogue, name: str, within: int) -> None:
    """Every accelerator, precision and way planned alone: those within the share, each once, best first, the best
    itself left out."""
    case, found = Case(**CASES[name]), asked(frozen, name, within)
    assert isinstance(found.outcome, Plan)
    best = found.outcome
    near = {}
    for accelerator in case.use or frozen.accelerators:
        for precision in ("fp16", "bf16", "fp8"):
            for way in case.procurement or ("buy", "rent", "own"):
                only = case.changed(use=(accelerator,), precision=(precision,), procurement=(way,), mix=1)
                one = plan(only, frozen)
                if isinstance(one, Plan) and one.objective_value <= best.objective_value * (1 + Fraction(within, 100)):
                    near[f"{accelerator} {precision} {way}"] = one
    if len(best.items) == 1:
        key = best.items[0].key
        del near[f"{key.accelerator} {key.precision} {key.procurement}"]
    assert {choice.name for choice in kinds(found)} == set(near) and len(kinds(found)) == len(near)
    values = [choice.plan.objective_value for choice in found.near if choice.plan]
    assert values == sorted(values) and all(value <= best.objective_value * (100 + within) / 100 for value in values)


@pytest.mark.parametrize("name", [name for name, given in CASES.items() if "objective" not in given])
@pytest.mark.parametrize("within", [10, 100])
def test_a_kind_is_told_with_what_it_can_trade(frozen: Catalogue, name: str, within: int) -> None:
    """Of each kind near the best, the fewest days and the lowest peak that the share buys, found under a budget: where
    they beat the best plan, some plan told has them, at the least cost for them."""
    case, found = Case(**CASES[name]), asked(frozen, name, within)
    best = found.outcome
    assert isinstance(best, Plan)
    most = (best.cost_usd * (100 + within) / 100).limit_denominator(10**6)
    least_of: dict[str, Callable[[Plan], Fraction]] = {
        "days": lambda p: Fraction(p.days + p.lead_days),
        "peak_power": lambda p: p.peak_mw,
    }
    options = {(o.key.accelerator, o.key.precision, o.key.procurement) for o in prepare(case, frozen).problem.options}
    near = [choice.plan for choice in found.near if choice.plan]
    for accelerator, precision, way in options:
        only = case.changed(use=(accelerator,), precision=(precision,), procurement=(way,), mix=1)
        for objective, measure in least_of.items():
            held = only.changed(objective=objective, budget_usd=Decimal(int(most * 100)) / 100)
            reached = plan(held, frozen)
            if not isinstance(reached, Plan) or measure(reached) >= measure(best):
                continue
            limit = {"days": "deadline_days", "peak_power": "max_mw"}[objective]
            value = int(measure(reached)) if objective == "days" else round_up(measure(reached))
            cheapest = plan(only.changed(**{limit: value}), frozen)
            assert isinstance(cheapest, Plan) and any(same_plan(cheapest, other) for other in near), (accelerator, way)
    for choice in found.near:
        if choice.by == "trade":
            assert choice.plan is not None and verify(choice.plan) == [] and choice.gains


def test_the_best_kind_itself_is_told_with_fewer_servers(frozen: Catalogue) -> None:
    """31 rented H100 servers cost 1,585,000 USD; 30 take 87 days and 3,000 USD of staff more, and draw 18 kW less."""
    found = what_else(Case(max_mw="0.6", deadline_days=88), frozen, within=Decimal(1))
    assert isinstance(found.outcome, Plan) and found.outcome.servers == 31
    (trade,) = found.near
    assert trade.by == "trade" and trade.name == "h100 fp8 rent, lowest peak" and trade.plan is not None
    assert (trade.plan.servers, trade.plan.days, trade.plan.cost_usd) == (30, 87, 1_587_000)
    assert {gain.at: gain.by for gain in trade.gains} == {"peak": Fraction(18, 1000)}


@pytest.mark.parametrize("name", CASES)
def test_what_each_is_better_at(frozen: Catalogue, name: str) -> None:
    """Each gain is the difference of the two plans, none is missing, and cost is not compared across bases."""
    found = asked(frozen, name)
    best = found.outcome
    assert isinstance(best, Plan)
    for choice in every(found):
        if choice.plan is None:
            assert choice.gains == ()
            continue
        other = choice.plan
        wanted = {
            "cost": best.cost_usd - other.cost_usd,
            "time": Fraction(best.days + best.lead_days - other.days - other.lead_days),
            "peak": (best.peak_kw - other.peak_kw) / 1000,
            "carbon": (best.carbon_g - other.carbon_g) / 10**6,
            "capital": best.capital_usd - other.capital_usd,
        }
        if choice.by == "basis":
            del wanted["cost"]
        told = {gain.at: gain.by for gain in choice.gains if gain.at != "licence"}
        assert told == {at: by for at, by in wanted.items() if by > 0}
        assert (Gain("licence", Fraction(0)) in choice.gains) == (needs_licence(best) and not needs_licence(other))
        if choice.chosen:
            assert choice.gains == ()
    objective = {"cost": "cost", "days": "time", "peak_power": "peak"}[found.setting.case.objective or "cost"]
    single = [*found.near, *found.generations]
    assert all(gain.at != objective for choice in single for gain in choice.gains), "better than the best"


def test_licence_free_is_a_gain(frozen: Catalogue) -> None:
    """In Viet Nam what is hired stands there already: against bought chips under LIC_D1 it needs no licence."""
    found = asked(frozen, "under a licence")
    assert isinstance(found.outcome, Plan)
    free = [choice for choice in every(found) if any(gain.at == "licence" for gain in choice.gains)]
    assert needs_licence(found.outcome) == bool(free)
    for choice in free:
        assert choice.plan is not None
        assert all(i.policy != "approval" or i.key.procurement != "buy" for i in choice.plan.items)


def test_an_infeasible_case_has_its_reasons(frozen: Catalogue) -> None:
    """No best plan, nothing near it; each generation with what it would need."""
    found = what_else(Case(max_mw="0.5", deadline_days=60), frozen)
    assert isinstance(found.outcome, Infeasible) and found.near == ()
    why = {choice.name: several_words(choice.why) for choice in found.generations}
    assert why["NVIDIA Blackwell"].startswith("would need ") and "MW" in why["NVIDIA Blackwell"]
    assert why["Huawei Ascend"].startswith("export control")
    assert all(choice.gains == () and not choice.chosen for choice in every(found))


def test_the_live_catalogue(live: Catalogue) -> None:
    """The study's choice on equal terms: bought H100 at this case's efficiency and prices; every plan stands, and no
    generation beats the best."""
    case = Case(max_mw="2", deadline_days=200)
    found = what_else(case, live, within=Decimal(50), baselines=BASELINES)
    assert isinstance(found.outcome, Plan)
    study = {choice.name: choice for choice in found.baselines}["study"]
    assert study.plan is not None and study.plan.items[0].key.accelerator == ACCELERATORS[0]
    assert study.plan.items[0].key.procurement == "buy"
    assert study.plan.setting.assumptions.id == found.setting.assumptions.id
    for choice in every(found):
        assert choice.plan is None or verify(choice.plan) == []
        if choice.by in ("generation", "kind", "trade") and choice.plan is not None:
            assert choice.plan.objective_value >= found.outcome.objective_value
    assert len({choice.name for choice in found.near}) == len(found.near)


def test_the_words(frozen: Catalogue) -> None:
    """The card has every choice, the best as the best, and every other plan once; later it is "as above". Wrong: the
    same plan among those near, of its generation, of its procurement, of the rental basis and as a baseline."""
    found = asked(frozen, "bought")
    told = shown(document(found), 400).split("Next best", 1)[1].split("\n", 1)[1]
    plans = {plan_words(choice.plan): choice for choice in reversed(every(found)) if choice.plan and not choice.chosen}
    for clause, first in plans.items():
        assert told.count(clause) == 1 and choice_words(first, found) in told
    again = [choice for choice in every(found) if choice.plan and not choice.chosen and choice not in plans.values()]
    assert again and told.count(", as above") == len(again)
    assert "the best plan" in told and "better at" in told


@pytest.mark.parametrize("name", CASES)
def test_every_choice_is_a_row(frozen: Catalogue, name: str) -> None:
    """In the order told, with the figures of its own plan or the reason why it has none, and every gain as a number."""
    found = asked(frozen, name)
    table = document(found).rows
    assert table is not None
    told, choices = list(table.make()), every(found)
    assert len(told) == len(choices)
    for row, choice in zip(told, choices, strict=True):
        assert isinstance(row, ChoiceRow)
        assert (row.by, row.name, row.chosen, row.reason or "") == (
            *(choice.by, choice.name, choice.chosen),
            several_words(choice.why),
        )
        assert (row.days, row.servers) == ((choice.plan.days, choice.plan.servers) if choice.plan else (None, None))
        columns = {
            "cost": row.saves_cost_usd,
            "time": row.saves_time_days,
            "peak": row.saves_peak_mw,
            "carbon": row.saves_carbon_t,
            "capital": row.saves_capital_usd,
        }
        gains = {gain.at: gain.by for gain in choice.gains if gain.at != "licence"}
        assert {at for at, value in columns.items() if value is not None} == set(gains)
        assert all(abs(Fraction(columns[at] or 0) - by) <= Fraction(1, 200) for at, by in gains.items())
        assert row.saves_licence == any(gain.at == "licence" for gain in choice.gains)


def test_csv_by_hand(command: Cli) -> None:
    """The figures of test_by_hand: Blackwell draws 0.438 MW less and saves 32.4 t; Ampere has no plan."""
    ran = command("alternatives", "--max-mw", "0.6", "--deadline", "300d", "--within", "100", "--csv")
    told = {row["name"]: row for row in csv.DictReader(io.StringIO(ran.out))}
    assert (told["NVIDIA Hopper"]["chosen"], told["NVIDIA Hopper"]["cost_usd"]) == ("1", "1585000.00")
    blackwell = told["NVIDIA Blackwell"]
    assert (blackwell["saves_peak_mw"], blackwell["saves_carbon_t"], blackwell["saves_cost_usd"]) == (
        "0.438000",
        "32.4",
        "",
    )
    assert told["NVIDIA Ampere"]["reason"] == "would need 334 days or 0.672 MW" and told["NVIDIA Ampere"]["days"] == ""


def test_json_follows_its_schema(command: Cli) -> None:
    """With a plan and without; the same bytes twice."""
    schema = schema_of(REGISTER["alternatives"].outputs_types())
    for flags, status in ((EASY, 0), (TIGHT, 3)):
        ran = command("alternatives", *flags, "--json", "--within", "100")
        assert ran.status == status
        told = json.loads(ran.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        Envelope[ChoicesOut].model_validate(told, by_alias=False, by_name=True)
        assert set(told) == set(schema["required"])
        assert (told["outputs"]["plan"] is not None) == (status == 0)
        assert command("alternatives", *flags, "--json", "--within", "100").out == ran.out


def test_the_command(command: Cli) -> None:
    """The share has one reading and a range; a baseline has a name that is known."""
    assert "within 10 % of the best" in command("alternatives", *EASY).out
    assert "within 12.5 % of the best" in command("alternatives", *EASY, "--within", "12.5%").out
    for wrong in ("-1", "x", "1001", "1.500", "nan", "1e2", ""):
        ran = command("alternatives", *EASY, "--within", wrong)
        assert ran.status == 2 and "--within" in one_message(ran)
    assert command("alternatives", *EASY, "--baseline", "nobody").status == 2
    assert explaining.BASELINES == BASELINES


def test_a_baseline_that_the_data_do_not_know_is_said(command: Cli) -> None:
    """The fictitious catalogue has another H100: the baseline has no plan, the rest stands."""
    ran = command("alternatives", *EASY, "--baseline", "study", "--baseline", "rent-all")
    assert ran.status == 0
    assert "the study's choice, bought H100: no plan: " in ran.out and "everything rented: the best plan" in ran.out
