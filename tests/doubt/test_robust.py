"""Robust plans: against counting, by relations, and with every side of the proof lying in turn."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from optimizer import Case, Plan, plan
from optimizer.answers.sensitivity.answer import robust_sentences
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import DEADLINE
from optimizer.errors import ScaleError, UndecidedError, UsageError
from optimizer.options import options_table
from optimizer.solve import highs
from optimizer.solve.highs import Solution
from optimizer.uncertainty import exact_facts, table_facts
from optimizer.uncertainty.distribution import draws
from optimizer.uncertainty.fixed_choice import Choice, scenario_setting, standing
from optimizer.uncertainty.robust import AIMS, Robust, robust
from optimizer.uncertainty.tornado import basis

RANGES = ("run=0.6:1.5", "staff_fte=5:30", "pue=1.3:1.9", "tariff=0.05:0.3", "mean_power_ratio=0.6:1", "overhead=1:1.4")


def random_case(rng: random.Random, catalogue: Catalogue) -> tuple[Case, list[str]]:
    """A small case near its limits, and some ranges of its own."""
    fields: dict[str, Any] = {
        "workload": "dense-small",
        "tokens_t": "0.72",
        "deadline_days": rng.choice([15, 22, 40, 60]),
        "max_accelerators": rng.choice([48, 96, 160]),
        "use": tuple(rng.sample(["a100", "h100", "b200", "mi300x", "rtx4090"], rng.choice([2, 3, 5]))),
        "procurement": rng.choice([("buy",), ("buy",), ("buy", "rent")]),
    }
    if rng.random() < 0.3:
        fields |= {"deadline_from": "order", "deadline_days": fields["deadline_days"] + 45}
    if rng.random() < 0.3:
        fields["basis"] = "amortised"
    best = plan(Case(**fields), catalogue)
    if isinstance(best, Plan):  # a budget and a grid that the plan itself hardly meets
        if rng.random() < 0.6:
            fields["budget_usd"] = str(round(float(best.cost_usd) * rng.choice([1.001, 1.05, 1.2, 1.6])))
        if rng.random() < 0.5:
            fields["max_mw"] = f"{float(best.peak_mw) * rng.choice([1.001, 1.1, 1.5]):.4f}"
        apart = random.Random(f"{fields}")  # drawn apart: the cases stay as they were
        for field, use in (
            ("max_energy_gwh", best.energy_gwh),
            ("max_carbon_t", best.carbon_t),
            ("max_capital_usd", best.capital_usd),
        ):
            if use and apart.random() < 0.25:
                fields[field] = f"{float(use) * apart.choice([1.001, 1.1, 1.3, 2]):.6f}"
    return Case(**fields), rng.sample(RANGES, rng.choice([1, 2, 3]))


def counted(case: Case, catalogue: Catalogue, found: Robust) -> tuple[Any, int]:
    """The best (value, days, servers, key) of every choice that meets the centre and the share, tried one by one with
    the verifier's own rules; and the most scenarios that any choice which meets the centre meets."""
    start = basis(case, catalogue, [])
    known = found.basis.known
    settings = [scenario_setting(known, scenario) for scenario in found.scenarios]
    needed = math.ceil(found.share * len(settings))
    best, most = None, 0
    for option in options_table(start.known.setting).options:
        for servers in range(1, 41):
            choice = Choice(option.key, servers)
            now = standing(known.setting, choice)
            if not now.met:
                continue
            each = [standing(setting, choice) for setting in settings]
            met = sum(one.met for one in each)
            most = max(most, met)
            costs = [one.cost_usd for one in each]
            value = {"central": now.cost_usd, "mean": sum(costs, Fraction(0)) / len(costs), "worst": max(costs)}
            rank = (value[found.aim], now.days, servers, option.key)
            if met >= needed and (best is None or rank < best):
                best = rank
    return best, most


@pytest.mark.parametrize("number", [*range(12), *(pytest.param(n, marks=pytest.mark.campaign) for n in range(12, 240))])
def test_no_choice_is_better_by_counting(frozen: Catalogue, number: int) -> None:
    """Every option and every number of servers tried in every scenario: the same plan, or the same greatest share."""
    rng = random.Random(number)
    case, ranges = random_case(rng, frozen)
    drawn = rng.random() < 0.6
    names = [text.partition("=")[0] for text in ranges]
    found = robust(
        case,
        frozen,
        count=rng.choice([1, 7, 20]),
        seed=number,
        corners=() if drawn else names,
        share=Decimal(rng.choice(["0.3", "0.6", "0.8", "1"])),
        aim=rng.choice(AIMS),
        ranges=ranges,
    )
    best, most = counted(case, frozen, found)
    if found.plan is not None:
        held = found.plan
        value = {"central": held.central.cost_usd, "mean": held.mean_usd, "worst": held.worst_usd}[found.aim]
        assert best == (value, held.central.days, held.choice.servers, held.choice.key)
    else:
        assert best is None
        assert (found.most.met.count if found.most else 0) == most


def test_the_random_cases_have_answers_of_every_kind(frozen: Catalogue) -> None:
    """Else the counting above would prove little: robust plans other than the ordinary one, and none at all."""
    kinds = set()
    for number in range(20, 44):
        case, ranges = random_case(random.Random(number), frozen)
        found = robust(case, frozen, count=15, seed=number, share=Decimal("0.8"), ranges=ranges)
        if found.plan is None:
            kinds.add("none" if found.most is None else "no share")
        else:
            assert found.ordinary is not None
            kinds.add("same" if found.plan.choice == found.ordinary.choice else "other")
    assert kinds == {"none", "no share", "same", "other"}


STUDIED = ("h100_sxm5_80", "a100_sxm4_80")


def test_one_certain_scenario_is_the_plan(live: Catalogue, frozen: Catalogue) -> None:
    """Without a range, share 1 asks for no more than the plan itself."""
    for catalogue, fields in (
        (live, {"assumptions": "study-2025", "workload": "deepseek-v3-study", "deadline_days": 150, "use": STUDIED}),
        (frozen, {"workload": "moe-10k", "procurement": ("rent",), "deadline_days": 300}),
    ):
        found = robust(Case(**fields), catalogue, count=1, share=Decimal(1))
        best = plan(Case(**fields), catalogue)
        assert isinstance(best, Plan) and found.plan is not None
        assert found.basis.known.inputs == () and found.scenarios == ({},)
        assert found.plan.choice == Choice(best.items[0].key, best.servers)
        assert found.plan.central.cost_usd == found.plan.worst_usd == best.cost_usd


def test_robustness_costs_by_hand(frozen: Catalogue) -> None:
    """In 100 days one A100 server does the work at 1 PFLOP/s. At 0.8 it takes 125: two take 63. Two servers cost
    2 x 226,957.50 + 100 x 55.44 + 50 x 1,000 = 509,459 in the central case, 176,957.50 more than one."""
    case = Case(workload="dense-small", use=("a100",), procurement=("buy",), deadline_days=100)
    found = robust(case, frozen, corners=["run"], ranges=["run=0.8:1.25"])
    assert found.plan is not None and found.ordinary is not None
    assert (found.plan.choice.servers, found.ordinary.choice.servers) == (2, 1)
    assert found.plan.central.cost_usd - found.ordinary.central.cost_usd == Decimal("176957.50")
    assert (found.ordinary.met.count, found.ordinary.missed[DEADLINE].count) == (1, 1)
    assert found.plan.worst_usd == 2 * Decimal("226957.50") + 125 * Decimal("55.44") + 63_000


def test_the_plan_may_be_of_a_kind_that_is_second(frozen: Catalogue) -> None:
    """In 32 days one MI300X server (397,772) or one H100 server (590,401.25) does the work. At 0.9 the MI300X takes 35
    days, so that two are needed (744,904), and the H100 24."""
    fields = {"workload": "dense-small", "use": ("mi300x", "h100"), "procurement": ("buy",), "deadline_days": 32}
    found = robust(Case(**fields), frozen, corners=["run"], ranges=["run=0.9:1.1"])
    assert found.ordinary is not None and found.ordinary.central.cost_usd == 397_772
    assert found.plan is not None and found.plan.choice.key.accelerator == "h100"
    assert found.plan.central.cost_usd == Decimal("590401.25")


@pytest.mark.parametrize("aim", AIMS)
def test_the_least_value_is_among_those_settled_exactly(frozen: Catalogue, aim: str) -> None:
    """Random figures, whole days at every turn: floats sort out no number of servers that is least."""
    rng = random.Random(aim)
    key = options_table(basis(Case(**LIED), frozen).known.setting).options[0].key
    for _ in range(40):

        def figures() -> exact_facts.Fact:
            full, work, server, staff = (Fraction(rng.randrange(1, most)) for most in (400, 900, 60, 40))
            usd = exact_facts.Amount(work, server, staff)
            return exact_facts.Fact(1, rng.randrange(20, 40), full, usd, {}, 0)

        facts = exact_facts.Facts(key, figures(), tuple(figures() for _ in range(rng.choice([1, 3, 8]))))
        every = np.arange(len(facts.counts))
        assert min(facts.least_values(aim, every)) == min((facts.value(aim, n), n) for n in facts.counts.tolist())


def test_wider_corners_never_cost_less(live: Catalogue) -> None:
    """What holds on a wider range holds on a narrower one; with no plan left, it stays so."""
    costs: list[Fraction | None] = []
    for low, high in (("0.95", "1.05"), ("0.8", "1.2"), ("0.65", "1.4"), ("0.5", "1.6"), ("0.2", "1.6")):
        found = robust(
            Case(max_mw=1.6, deadline_days=120, procurement=("buy",)),
            live,
            corners=["run", "staff_fte"],
            ranges=[f"run={low}:{high}"],
        )
        costs.append(found.plan and found.plan.central.cost_usd)
    known = [cost for cost in costs if cost is not None]
    assert known == sorted(known) and known[0] < known[-1] and costs[-1] is None
    assert costs == known + [None] * (len(costs) - len(known))


def test_a_greater_share_never_costs_less(live: Catalogue) -> None:
    """Of the same draws."""
    case = Case(max_mw=2, deadline_days=120, use=("h100_sxm5_80", "b200_sxm_180", "gb200_nvl72"))
    costs = []
    for share in ("0.2", "0.9", "0.95", "1"):
        found = robust(case, live, count=60, share=Decimal(share))
        costs.append(found.plan.central.cost_usd if found.plan else None)
    known = [cost for cost in costs if cost is not None]
    assert len(known) >= 3 and known == sorted(known) and known[0] < known[-1]


def test_what_holds_at_the_corners_holds_in_between(live: Catalogue) -> None:
    """A limit depends on each input in one direction: fifty draws within the box."""
    case = Case(max_mw=2, deadline_days=200, budget_usd=40_000_000)
    names = ["run", "mfu:gb200_nvl72", "staff_fte", "network_power_kw_per_device"]
    found = robust(case, live, corners=names)
    assert found.plan is not None and len(found.scenarios) == 16
    within = [given for given in found.basis.known.inputs if given.name in names]
    for draw in draws(within, 50, 1):
        assert standing(scenario_setting(found.basis.known, draw), found.plan.choice).met


LIED: dict[str, Any] = {
    "workload": "moe-10k",
    "use": ("a100", "h100"),
    "procurement": ("buy",),
    "deadline_days": 100,
}


def asked_for(catalogue: Catalogue, share: str = "0.8", **more: Any) -> Robust:
    return robust(Case(**LIED), catalogue, count=25, share=Decimal(share), ranges=["run=0.5:1.5"], **more)


def test_what_is_lied_about_below_is_answered(frozen: Catalogue) -> None:
    """Else every test below would pass."""
    found = asked_for(frozen)
    assert found.plan is not None and found.ordinary is not None and found.plan.choice != found.ordinary.choice
    assert found.proof.solver.startswith("HiGHS") and found.proof.gap == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda said: replace(said, status="infeasible"),
        lambda said: replace(said, status="undecided"),
        lambda said: replace(said, gap=0.01),
        lambda said: replace(said, objective=said.objective + 0.5),
        lambda said: replace(said, values=dict.fromkeys(said.values, 0.0)),
        lambda said: replace(said, values={name: 0.0 if name[0] == "b" else v for name, v in said.values.items()}),
        lambda said: replace(said, values={name: 0.5 if name[0] == "b" else v for name, v in said.values.items()}),
    ],
    ids=["infeasible", "no verdict", "a gap", "a wrong value", "no choice", "too few servers", "half a server"],
)
def test_a_lying_solver_is_not_believed(frozen: Catalogue, change: Callable[[Solution], Solution]) -> None:
    """Undecided, not a plan."""

    def solver(given: Any, **how: Any) -> Solution:
        said = highs.solve(given, **how)
        lie = change(said)
        assert lie != said, "no lie at all"
        return lie

    with pytest.raises(UndecidedError):
        asked_for(frozen, solver=solver)


def test_without_a_solver_the_search_stands_alone(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures too far apart for a solver: the plan is the same, and the answer says that HiGHS was not run."""

    def refused(*given: Any) -> None:
        raise ScaleError("too far apart")

    right = asked_for(frozen)
    monkeypatch.setattr("optimizer.model.robust.build", refused)
    found = asked_for(frozen)
    assert found.plan == right.plan and found.proof.solver == "none"
    assert "exhaustive search alone (HiGHS not run: too far apart)" in " ".join(robust_sentences(found))
    assert "proven by HiGHS and an exhaustive search" in " ".join(robust_sentences(right))


@pytest.mark.parametrize("share", ["0.8", "1"])
def test_a_slip_of_the_model_is_seen(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch, share: str) -> None:
    """A model that forgets the deadline finds a cheaper plan, or a greater share."""
    right = table_facts.demand_of

    def slipped(setting: Any, *given: Any) -> table_facts.Asked:
        found = right(setting, *given)
        return replace(found, least=np.ones_like(found.least))

    monkeypatch.setattr("optimizer.uncertainty.robust.demand_of", slipped)
    with pytest.raises(UndecidedError):
        asked_for(frozen, share)


@pytest.mark.parametrize("slip", [-1, 1])
def test_a_slip_of_the_search_is_seen(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch, slip: int) -> None:
    """A search that asks for a server too many or too few where the run is slow."""
    right = exact_facts.fact

    def slipped(setting: Any, key: Any, shared: Any = None) -> exact_facts.Fact:
        found = right(setting, key, shared)
        return replace(found, least=found.least + slip) if found.least > 3 else found

    monkeypatch.setattr(exact_facts, "fact", slipped)
    with pytest.raises(UndecidedError):
        asked_for(frozen)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"share": Decimal(0)}, "--share"),
        ({"share": Decimal("1.1")}, "--share"),
        ({"aim": "best"}, "--aim"),
        ({"count": 0}, "--draws"),
        ({"count": 10_001}, "1 to 10,000"),
        ({"case": {**LIED, "objective": "days"}}, "--objective"),
        ({"corners": ["heat"]}, "no range is known"),
        ({"corners": ["pue"]}, "no range is known"),
        ({"corners": ["price:h1000"]}, "h1000"),
        ({"ranges": ["pue=2"]}, "--range"),
    ],
)
def test_what_cannot_be_asked_is_said(frozen: Catalogue, given: dict[str, Any], word: str) -> None:
    """One message that names the flag."""
    fields = given.pop("case", LIED)
    with pytest.raises(UsageError, match=word):
        robust(Case(**fields), frozen, **given)


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ({"budget_usd": "332501.50"}, True),
        ({"budget_usd": "332501.49"}, False),
        ({"max_mw": "0.012"}, True),
        ({"max_mw": "0.0119999"}, False),
    ],
)
def test_a_limit_that_is_met_exactly_is_met(frozen: Catalogue, limits: dict[str, Any], holds: bool) -> None:
    """One A100 server for 100 days costs 332,501.50 and draws 12 kW; by a hair less there is no plan."""
    fields = {"workload": "dense-small", "use": ("a100",), "procurement": ("buy",), "deadline_days": 100}
    found = robust(Case(**fields, **limits), frozen, corners=["staff_fte"], ranges=["staff_fte=9:10"])
    assert (found.plan is not None) == holds and found.most is None


def test_too_many_corners(live: Catalogue) -> None:
    """Thirteen inputs make 8,192 combinations."""
    names = [given.name for given in basis(Case(), live).known.inputs][:13]
    with pytest.raises(UsageError, match="8,192 combinations"):
        robust(Case(), live, corners=names)
