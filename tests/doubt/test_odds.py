"""The odds of a plan: worked out over all draws at once, and the same as in exact arithmetic draw by draw."""

from __future__ import annotations

import csv
import io
import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from commands import Cli
from worlds import LIVE

from optimizer import Case, Plan
from optimizer.answers.form.numbers import about_usd, about_usd_range
from optimizer.case.setting import settle
from optimizer.case.taxes import tax_after, taxes_change
from optimizer.case.what_if import Cell
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import DEADLINE, Limit
from optimizer.options import columns as formulas
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.uncertainty.chance_constrained import most_often, surest
from optimizer.uncertainty.distribution import draws
from optimizer.uncertainty.drawn_option import draw_option
from optimizer.uncertainty.fixed_choice import Choice, scenario_setting, standing
from optimizer.uncertainty.odds import DRAWS, SEED, in_hundred, odds_of, percentiles
from optimizer.uncertainty.outlook import outlook_of
from optimizer.uncertainty.ranges import with_ranges
from optimizer.uncertainty.robust import robust
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

CASES: dict[str, dict[str, Any]] = {
    "limits": {"max_mw": "1", "deadline_days": 150},
    "budget": {"budget_usd": "40e6", "deadline_days": 200},
    "order": {"deadline_from": "order", "deadline_days": 250, "max_mw": "3", "procurement": ("buy",)},
    "taxes of delivery": {
        "deadline_from": "order",
        "deadline_days": 400,
        "date": "2026-06-01",
        "procurement": ("buy",),
    },
    "amortised": {"basis": "amortised", "deadline_days": 100},
    "energy": {"max_energy_gwh": "3", "max_carbon_t": "400", "deadline_days": 200},
    "capital": {"max_capital_usd": "4e7", "basis": "amortised", "deadline_days": 200},
    "owned": {"owned": (("h100_sxm5_80", 512),), "deadline_days": 365},
    "supply": {"supply": (("gb200_nvl72", 144),), "max_accelerators": 2000, "country": "MX"},
    "substation": {"country": "IN", "max_mw": "40", "deadline_days": 60, "procurement": ("buy",)},
    "small": {"workload": "llama-3.1-8b", "deadline_days": 60},
    "lora": {"workload": "llama-3.1-70b", "way": "lora", "max_mw": "0.2"},
    "qlora, amortised": {"workload": "llama-3.1-70b", "way": "qlora", "basis": "amortised", "utilisation": "0.7"},
    "study": {"assumptions": "study-2025", "deadline_days": 150},
}
OWN_RANGES = (
    *("pue=1.1:2.2", "import_duty=0:0.4", "hire_max_devices=64:8192", "engineer_usd_per_year=20000:300000"),
    *("colocation_usd_per_kw_month=50:400", "cost_of_capital=0.01:0.3"),
)
"""Of figures whose range the data may or may not hold."""


def _chosen(case: dict[str, Any], catalogue: Catalogue) -> tuple[Prepared, Plan, int]:
    ready = prepare(Case(**case), catalogue)
    plan = solve_prepared(ready)
    assert isinstance(plan, Plan), "the case must have a plan"
    keys = [option.key for option in ready.table.options]
    return ready, plan, keys.index(plan.items[0].key)


@pytest.mark.parametrize("own", [(), OWN_RANGES], ids=["data", "own ranges"])
@pytest.mark.parametrize("name", CASES)
def test_every_draw_is_that_of_exact_arithmetic(live: Catalogue, name: str, own: tuple[str, ...]) -> None:
    """Cost, days and every limit of 40 draws at once, against the verifier on each draw by itself, from the raw data.
    A figure that is drawn and does not enter here, or enters otherwise, would give another cost."""
    ready, plan, place = _chosen(CASES[name], live)
    keys = (plan.items[0].key,)
    known = with_ranges(ready.setting, keys, own) if own and name != "study" else uncertain_inputs(ready.setting, keys)
    sample = Sample(known, 40, 5)
    drawn = draw_option(ready, place, sample)
    scenarios = draws(known.inputs, 40, 5)
    for servers in {plan.servers, max(1, plan.servers // 2), plan.servers + 3}:
        cost, days = drawn.cost_usd(servers), drawn.days(servers)
        each, _ = drawn.within(servers)
        met = drawn.met(servers)
        for i, scenario in enumerate(scenarios):
            assert sample.scenario(i) == scenario
            exact = standing(scenario_setting(known, scenario), Choice(keys[0], servers))
            assert days[i] == exact.days
            assert cost[i] == pytest.approx(float(exact.cost_usd), rel=1e-12)
            assert met[i] == exact.met
            assert {name for name, here in each.items() if not here[i]} == set(exact.missed)


@pytest.mark.parametrize("name", [name for name in CASES if name != "study"])
def test_every_figure_that_is_drawn_has_a_place(live: Catalogue, name: str) -> None:
    """No input of the option moves nothing at all: a range that joins the data and is not read here would be one."""
    ready, plan, place = _chosen(CASES[name], live)
    known = uncertain_inputs(ready.setting, (plan.items[0].key,))
    sample = Sample(known, 50, 1000 + list(CASES).index(name))  # of no other test: nothing is kept of it
    asked: set[Cell] = set()
    inner = sample.of

    def noted(cell: Cell) -> Any:
        asked.add(cell)
        return inner(cell)

    object.__setattr__(sample, "of", noted)
    draw_option(ready, place, sample)
    cells = {given.name: {cell for spread in given.spreads for cell in spread.cells} for given in known.inputs}
    others = ("model_size:",)  # of generations that are not the option's
    assert [name for name, some in cells.items() if not some & asked and not name.startswith(others)] == []


def test_odds_by_hand(frozen: Catalogue) -> None:
    """The share of the draws that miss is 1 less the share that meets; the mean is that of the draws' costs, P10 and
    P90 are the tenth and ninetieth of a hundred costs in order."""
    ready, plan, place = _chosen({"workload": "dense-small", "use": ("a100",), "procurement": ("buy",)}, frozen)
    known = uncertain_inputs(ready.setting, (plan.items[0].key,))
    costs = draw_option(ready, place, Sample(known, 100, 1)).cost_usd(plan.servers)
    odds = odds_of(plan, ready, 100, 1)
    assert odds is not None and odds.draws == 100
    assert odds.mean_usd == pytest.approx(sum(costs.tolist()) / 100)
    assert (odds.p10_usd, odds.p50_usd, odds.p90_usd) == tuple(sorted(costs.tolist())[i] for i in (9, 49, 89))
    assert percentiles(np.arange(1.0, 11.0)) == [1.0, 5.0, 9.0]


def test_odds_are_the_same_for_a_seed(live: Catalogue) -> None:
    """The same plan has the same odds, whatever else the case leaves in; another seed gives others."""
    ready, plan, _ = _chosen(CASES["limits"], live)
    one, again = odds_of(plan, ready), odds_of(plan, prepare(Case(**CASES["limits"]), live))
    other = odds_of(plan, ready, DRAWS, SEED + 1)
    alone, narrow, _ = _chosen({**CASES["limits"], "use": (plan.items[0].key.accelerator,)}, live)
    here = odds_of(narrow, alone)
    assert one is not None and again is not None and other is not None and here is not None
    told = [(odds.met, odds.mean_usd, odds.p10_usd, odds.p90_usd) for odds in (one, again, other, here)]
    assert told[0] == told[1] == told[3] != told[2]
    assert one.draws >= 2000


def test_taxes_of_delivery_change_only_where_it_is_said(live: Catalogue) -> None:
    """Where no regime begins or ends between two days of delivery, the taxes of every day in between are the same: else
    the draws of when a server arrives would all pay those of the first. Both are met with."""
    said = set()
    for country in {row.country for row in live.tax_regimes if row.effective_to} & live.countries.keys():
        setting = settle(Case(country=country, import_duty="0.1", electricity_usd_per_kwh="0.1"), live)
        for first, last in ((0, 30), (30, 120), (60, 400)):
            taxes = [tax_after(setting.case, setting.asked, live, days) for days in range(first, last + 1)]
            changes = taxes_change(setting.case, live, first, last)
            assert changes or all(tax == taxes[0] for tax in taxes)
            said.add(changes)
    assert said == {True, False}


def test_odds_do_not_depend_on_the_cases_before(live: Catalogue) -> None:
    """A figure that a case states is not drawn for it, though a case before had the same options and left it open: the
    row of a batch would else depend on the rows before it."""
    ready, plan, _ = _chosen(CASES["limits"], live)
    before = odds_of(plan, ready)
    posts = ready.setting.figures["staff_fte"].value
    sure, found, _ = _chosen({**CASES["limits"], "staff_fte": posts}, live)
    odds = odds_of(found, sure)
    assert before is not None and odds is not None and sure.table is ready.table
    assert set(before.inputs) - set(odds.inputs) == {"staff_fte"}


def test_a_limit_on_the_boundary_is_settled_exactly(live: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A float that lies a hair beside the bound decides nothing. With every float wrong by 1e-10 the shares stay."""
    ready, plan, place = _chosen({"max_mw": "1", "deadline_days": 200, "procurement": ("rent",)}, live)
    known = uncertain_inputs(ready.setting, (plan.items[0].key,))
    right = draw_option(ready, place, Sample(known, 60, 2))
    bound = float(np.sort(right.full_days)[30]) / plan.servers  # a draw that needs just so many days
    moved = ready.setting.case.model_copy(update={"deadline_days": math.ceil(bound)})
    assert moved.deadline_days is not None
    met = right.met(plan.servers)
    exact = [right.exactly(plan.servers, draw).met for draw in range(60)]
    assert met.tolist() == exact


@pytest.mark.parametrize(
    "case",
    [
        {"max_mw": "1", "deadline_days": 150},
        {"max_mw": "2", "deadline_days": 200, "country": "MX"},
        {"max_mw": "5", "deadline_days": 200, "country": "MX", "budget_usd": "2e7"},
        {"deadline_from": "order", "deadline_days": 300, "country": "IN", "max_mw": "3"},
        {"workload": "llama-3.1-8b", "deadline_days": 60, "basis": "amortised"},
    ],
    ids=str,
)
@pytest.mark.parametrize("share", ["0.9", pytest.param("0.5", marks=pytest.mark.campaign)])
@pytest.mark.parametrize("count", [50, pytest.param(150, marks=pytest.mark.campaign)])
def test_the_surer_plan_is_the_robust_one(live: Catalogue, case: dict[str, Any], share: str, count: int) -> None:
    """What a line says would be surer is what the two proofs of the robust plan find, with the same draws: the same
    servers, the same share. A cheaper one missed, or one that holds less often, would show. 50 draws, 150 in the
    campaign."""
    proved = robust(Case(**case), live, count=count, seed=SEED, share=Decimal(share))
    ready = prepare(Case(**case), live)
    sample = Sample(uncertain_inputs(ready.setting, tuple(option.key for option in ready.table.options)), count, SEED)
    found = surest(ready, sample, math.ceil(Decimal(share) * count))
    best = found or most_often(ready, sample)
    held = proved.plan or proved.most
    assert (found is None) == (proved.plan is None)
    assert best is not None and held is not None
    assert (best.drawn.option.key, best.servers, best.met) == (held.choice.key, held.choice.servers, held.met.count)
    assert best.cost_usd == held.central.cost_usd


def test_a_plan_that_is_sure_needs_no_other(live: Catalogue) -> None:
    """Where the plan itself meets every limit in 90 of 100 draws nothing surer is named; where it does not, something
    is, or it is said that nothing is."""
    for deadline in (150, 365):
        ready, plan, _ = _chosen({"max_mw": "1", "deadline_days": deadline}, live)
        outlook = outlook_of(plan, ready)
        assert outlook.odds is not None
        sure = outlook.odds.share >= 0.9
        assert sure == (outlook.surer is None and outlook.most is None)


def test_figures_without_ranges_have_no_odds(live: Catalogue) -> None:
    """None is invented: of assumptions that give no range, nothing is told."""
    ready, plan, _ = _chosen(CASES["study"], live)
    assert odds_of(plan, ready) is None


def test_a_wrong_formula_is_found(live: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: staff that costs a tenth more in the columns is seen by the comparison with exact arithmetic."""
    ready, plan, place = _chosen(CASES["limits"], live)
    known = uncertain_inputs(ready.setting, (plan.items[0].key,))
    inner = formulas.cost.staff_usd_per_day
    monkeypatch.setattr(formulas.cost, "staff_usd_per_day", lambda fte, usd: 1.1 * inner(fte, usd))
    cost = draw_option(ready, place, Sample(known, 20, 3)).cost_usd(plan.servers)
    exact = [
        float(standing(scenario_setting(known, scenario), Choice(plan.items[0].key, plan.servers)).cost_usd)
        for scenario in draws(known.inputs, 20, 3)
    ]
    assert not np.allclose(cost, exact, rtol=1e-9)


def test_odds_stand_in_every_form(command: Cli) -> None:
    """The text, JSON, and the columns of CSV tell the same figures, the last two exactly."""
    flags = ("plan", "--max-mw", "1", "--deadline", "150d", "-q", "--data", str(LIVE))
    text = command(*flags).out
    odds = json.loads(command(*flags, "--json").out)["outputs"]["odds"]
    (cells,) = csv.DictReader(io.StringIO(command(*flags, "--csv").out))
    assert odds["draws"] >= 2000 and odds["share"] == odds["met"] / odds["draws"]
    assert float(cells["expected_cost_usd"]) == odds["expected_usd"]
    assert float(cells["met_share"]) == odds["share"]
    assert f"meets every limit in {round(100 * odds['share'])} of 100 draws" in text
    assert f"{about_usd(odds['expected_usd'])} expected" in text
    assert sum(odds["missed"].values()) >= 1 - odds["share"] - 1e-9, "every draw that misses, misses something"
    for other in ("explain", "alternatives"):
        asked = command(other, *flags[1:])
        assert f"{about_usd(odds['expected_usd'])} expected" in asked.out
        assert json.loads(command(other, *flags[1:], "--json").out)["outputs"]["odds"] == odds


def test_money_is_told_to_the_digits_that_are_known() -> None:
    """Two digits, three above ten; a unit is said once where both ends have it."""
    told = {8_734_000: "$8.7M", 12_040_000: "$12.0M", 124_300_000: "$124M", 868_000: "$870,000", 3_210: "$3,200"}
    assert {value: about_usd(value) for value in told} == told
    assert about_usd(997_000) == "$1.0M" and about_usd(2.22e9) == "$2.2B" and about_usd(0) == "$0"
    assert about_usd_range(6.3e6, 12e6) == "6.3 to 12.0M"
    assert about_usd_range(870_000, 1.2e6) == "870,000 to 1.2M"


def test_limits_that_are_missed_are_told_the_most_often_first(live: Catalogue) -> None:
    """The headline case is missed by its grid or its deadline, and each share is that of the draws."""
    ready, plan, _ = _chosen(CASES["limits"], live)
    odds = odds_of(plan, ready)
    assert odds is not None
    counts = list(odds.missed.values())
    assert counts == sorted(counts, reverse=True) and all(count > 0 for count in counts)
    assert set(odds.missed) <= {DEADLINE, "memory", "bracket", *(use.limit for use in plan.limits), Limit("grid")}


COUNTRIES = ("BR", "MX", "CL", "IN", "AE", "DE", "ES", "JP", "ZA")


def _told_over_median(live: Catalogue, grid: list[tuple[str, str, int]]) -> list[float]:
    """The cost that is told over the median of the plan's draws, of the cases that have a plan."""
    found = []
    for country, max_mw, days in grid:
        ready = prepare(Case(country=country, max_mw=max_mw, deadline_days=days), live)
        plan = solve_prepared(ready)
        odds = odds_of(plan, ready) if isinstance(plan, Plan) else None
        if odds is not None and isinstance(plan, Plan):
            found.append(float(plan.cost_usd) / odds.p50_usd)
    return found


def test_the_cost_told_is_the_middle_of_its_draws(live: Catalogue) -> None:
    """Nine countries: within 5 % in eight at least. Drawn off the middle, the cost told is that of a lucky run, which
    a search for the cheapest picks: of 81 cases 26 were within 5 %."""
    ratios = _told_over_median(live, [(country, "5", 240) for country in COUNTRIES])
    assert len(ratios) == 9 and sum(abs(ratio - 1) <= 0.05 for ratio in ratios) >= 8


@pytest.mark.campaign
def test_so_it_is_in_seventy_of_eighty_one_cases(live: Catalogue) -> None:
    """The grid of the rents: 9 countries, 1, 2 and 5 MW, 120, 240 and 365 days (71 of the 75 that have a plan)."""
    grid = [(c, mw, days) for c in COUNTRIES for mw in ("1", "2", "5") for days in (120, 240, 365)]
    assert sum(abs(ratio - 1) <= 0.05 for ratio in _told_over_median(live, grid)) >= 70


@pytest.mark.parametrize(
    ("count", "aim", "expected"),
    [
        *((0, "0.9", 0), (1, "0.9", 1), (1_789, "0.9", 89), (1_799, "0.9", 89), (1_800, "0.9", 90), (1_809, "0.9", 90)),
        *((1_999, "0.9", 99), (2_000, "0.9", 100), (1_899, "0.95", 94), (1_900, "0.95", 95), (1_909, "0.955", 95)),
    ],
)
def test_what_is_short_of_the_aim_is_not_shown_as_it(count: int, aim: str, expected: int) -> None:
    """ "No plan meets every limit in 90 of 100 draws; the best one, in 90": 1,799 of 2,000 were rounded to 90."""
    assert in_hundred(count, 2_000, Decimal(aim)) == expected
