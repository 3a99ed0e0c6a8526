"""Why there is no plan: the least pair by hand and by trying every plan, and the law told apart from the limits.

Figures as in test_explain: 27 H100 servers draw 0.486 MW, take 97 days and cost 1,597,000 USD.
"""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from commands import Cli, shown
from worlds import limit_named

from optimizer import Case, Infeasible, Plan, UndecidedError, plan
from optimizer.answers.form.envelope import envelope
from optimizer.answers.plan.answer import document as plan_document
from optimizer.answers.plan.explain import document
from optimizer.answers.plan.explain_words import fault_words
from optimizer.answers.words.limit_words import bound_in_words, limit_words, need_in_words
from optimizer.answers.words.reason_words import group_excluded, reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import GRID, TRAINING_FLOP
from optimizer.domain.reasons import By
from optimizer.exact import ExactProblem
from optimizer.insight import answer
from optimizer.insight.limits import pairs as pairing
from optimizer.insight.limits.concessions import relax
from optimizer.insight.limits.needs import needs
from optimizer.insight.limits.pairs import Joint, pairs, raise_all
from optimizer.insight.why_not import WhyNot, why_not
from optimizer.solve.planner import prepare, solve_prepared

TWO: dict[str, dict[str, Any]] = {
    "power and money": {"max_mw": "0.5", "deadline_days": 60, "budget_usd": "1e6"},
    "devices and TPP": {"max_tpp": "2e6", "max_accelerators": 64, "deadline_days": 60, "budget_usd": "1.7e6"},
    "supply and power": {
        "use": ("h100",),
        "procurement": ("rent",),
        "supply": {"h100": 64},
        "max_mw": "0.1",
        "deadline_days": 120,
        "budget_usd": "1.7e6",
    },
    "time from the order": {
        "deadline_from": "order",
        "deadline_days": 60,
        "country": "MX",
        "max_mw": "0.3",
        "budget_usd": "1e6",
    },
    "compute and power": {"max_training_flop": "1e23", "max_mw": "0.5", "deadline_days": 60},
    "owned and time": {
        "procurement": ("own",),
        "owned": {"a100": 8},
        "deadline_days": 2,
        "max_mw": "0.005",
        "workload": "dense-small",
    },
    "hire and money": {"procurement": ("rent",), "use": ("h100",), "deadline_days": 40, "budget_usd": "1e6"},
}
THREE = {"use": ("h100",), "procurement": ("rent",), "max_mw": "0.015", "deadline_days": 40, "budget_usd": "1e6"}


def joint(frozen: Catalogue, fields: dict[str, Any]) -> list[Joint]:
    ready = prepare(Case(**fields), frozen)
    outcome = solve_prepared(ready)
    assert isinstance(outcome, Infeasible)
    return pairs(ready, outcome)


def told(joint: Joint) -> dict[str, Decimal]:
    return {str(part.limit): part.needed for part in joint.parts}


# -- the least pair ----------------------------------------------------------------------------------------------------


def test_the_pairs_by_hand(frozen: Catalogue) -> None:
    """0.5 MW carry 27 servers: 97 of 60 days (1.617 times) and 1,597,000 of 1,000,000 USD. Or, in 60 days, 58 servers
    of the large bracket (2.88 PFLOP/s): 1.044 of 0.5 MW (2.088) and 2,060,000 USD (2.06). More power and days do not:
    the rent alone is 1,500,000 USD."""
    first, second = joint(frozen, TWO["power and money"])
    assert told(first) == {"deadline": 97, "budget": 1_597_000}
    assert first.worst == Fraction(97, 60)
    assert told(second) == {"budget": 2_060_000, "grid": Decimal("1.044")}
    assert second.worst == Fraction(1044, 500)
    assert (first.plan.servers, first.plan.days, second.plan.servers) == (27, 97, 58)


def test_the_smaller_share_is_as_small_as_it_can_be(frozen: Catalogue) -> None:
    """97 days are needed: of all plans of at most 97 days and 1.617 times the money the cheapest costs 1,597,000."""
    first = joint(frozen, TWO["power and money"])[0]
    assert first.parts[1].share < first.worst
    case = Case(**TWO["power and money"]).changed(deadline_days=97, budget_usd="1596999.99")
    assert isinstance(plan(case, frozen), Infeasible)


@pytest.mark.parametrize("name", TWO)
def test_a_pair_reaches_and_a_hair_less_does_not(frozen: Catalogue, name: str) -> None:
    """Planned at the pair; with either limit a hair, a day or a piece less; and with both a hair below the larger
    share, which is what "least" means."""
    found = joint(frozen, TWO[name])
    assert found
    for one in found:
        case = Case(**TWO[name])
        at = changed(case, told(one))
        assert isinstance(plan(at, frozen), Plan)
        for part in one.parts:
            assert part.needed > part.asked
            assert isinstance(
                plan(changed(at, {str(part.limit): less(str(part.limit), part.needed)}), frozen), Infeasible
            )
        both = {str(part.limit): less(str(part.limit), one.worst * part.asked) for part in one.parts}
        assert isinstance(plan(changed(case, both), frozen), Infeasible)
    assert [one.worst for one in found] == sorted(one.worst for one in found)


def changed(case: Case, values: dict[str, Decimal]) -> Case:
    for name, value in values.items():
        other = relax(case, limit_named(name), value)
        assert other is not None
        case = other
    return case


def less(name: str, value: Decimal | Fraction) -> Decimal:
    """Just below: a whole thing where whole things are counted, else 1e-9 of it."""
    if name.partition(":")[0] in ("deadline", "accelerators", "supply", "hire", "owned"):
        return Decimal(math.ceil(value) - 1)
    short = Fraction(value) * (1 - Fraction(1, 10**9))
    return Context(prec=15, rounding=ROUND_FLOOR).divide(Decimal(short.numerator), Decimal(short.denominator))


def every_plan(problem: ExactProblem) -> list[dict[str, Fraction]]:
    """What every plan of one kind uses of each limit; by counting up servers."""
    found = []
    for i, option in enumerate(problem.options):
        full = problem.work_pflops_days / option.pflops
        low = max(option.min_servers, math.ceil(problem.memory_gb / option.memory_gb), 1)
        for servers in range(low, option.max_servers + 1):
            days = math.ceil(full / servers)
            if days + option.lead_days > 3650:
                continue
            used = [(i, servers, full)]
            uses = {str(cap.limit): cap.uses[i] * servers for cap in problem.caps}
            uses["deadline"] = Fraction(days + option.lead_days)
            uses["budget"] = problem.measure("cost").value(used, days)
            found.append(uses)
    return found


@pytest.mark.parametrize("name", [name for name in TWO if name != "compute and power"])
def test_the_pairs_are_those_of_trying_every_plan(frozen: Catalogue, name: str) -> None:
    """Every whole number of servers of every option, with the fewest days: for each pair of limits the least of the
    larger share, over the plans within all the others. A pair that is missing, or one too many, shows."""
    problem = prepare(Case(**TWO[name]), frozen).problem
    bounds = {str(cap.limit): cap.bound for cap in problem.caps} | {"deadline": Fraction(problem.deadline_days)}
    bounds |= {str(ceiling.limit): ceiling.bound for ceiling in problem.ceilings}
    least: dict[frozenset[str], Fraction] = {}
    uses = every_plan(problem)
    for two in combinations([name for name in bounds if name != "connection"], 2):
        shares = [
            max(use[limit] / bounds[limit] for limit in two)
            for use in uses
            if all(use[other] <= bounds[other] for other in bounds if other not in two)
        ]
        if shares:
            least[frozenset(two)] = min(shares)
    assert {frozenset(told(one)): one.worst for one in joint(frozen, TWO[name])} == {
        two: pytest.approx(share, rel=1e-11) for two, share in least.items()
    }


def test_where_no_pair_does_all_are_raised_by_hand(frozen: Catalogue) -> None:
    """0.015 MW are less than one server, 1,000,000 USD less than the rent, and 512 accelerators for hire too few for 40
    days. Of n servers the days are 10,000 / 3.84 n and the power 0.018 n MW: the larger share is least at 7 servers,
    8.4 times the power and 373 of 40 days, 9.325 times (8 servers would take 9.6 times the power)."""
    ready = prepare(Case(**THREE), frozen)
    outcome = solve_prepared(ready)
    assert isinstance(outcome, Infeasible) and pairs(ready, outcome) == []
    found = raise_all(ready, outcome)
    assert found is not None
    assert told(found) == {"deadline": 373, "budget": 1_873_000, "grid": Decimal("0.126")}
    assert found.worst == Fraction(373, 40)
    assert isinstance(plan(changed(Case(**THREE), told(found)), frozen), Plan)


def test_a_wrong_value_is_not_told(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that overshot by one per cent, or fell short: found out by planning, never told."""
    right = pairing.suffices
    for factor in (Fraction(99, 100), Fraction(101, 100)):
        monkeypatch.setattr(pairing, "suffices", lambda least, whole, factor=factor: right(least * factor, whole))
        with pytest.raises(UndecidedError, match="both proofs"):
            joint(frozen, TWO["power and money"])


def test_a_pair_is_told_only_where_no_single_limit_does(frozen: Catalogue) -> None:
    """63 days alone would do: no pair is worked out, in the answer or in why not."""
    case = Case(max_mw="0.5", deadline_days=60)
    found = why_not(case, frozen)
    assert isinstance(found, WhyNot)
    assert found.concessions and found.pairs == () and found.together is None
    assert answer(case, frozen).pair is None


def test_pairs_on_the_live_catalogue(live: Catalogue) -> None:
    """What is told does make the case feasible and is confirmed from both sides (an UndecidedError would be raised)."""
    for fields in (
        {"max_mw": "0.3", "deadline_days": 30, "budget_usd": "2e6"},
        {"country": "MX", "max_mw": "0.2", "deadline_days": 100, "budget_usd": "5e6"},
        {"country": "IN", "max_accelerators": 64, "deadline_days": 60, "max_mw": "2"},
    ):
        found = why_not(Case(**fields), live)
        assert isinstance(found, WhyNot)
        for one in (*found.pairs, *([found.together] if found.together else [])):
            assert isinstance(plan(changed(Case(**fields), told(one)), live), Plan)


def test_a_grid_beyond_medium_voltage_is_a_concession(live: Catalogue) -> None:
    """Under 2.5 MW in Brazil no server with a substation is an option; with more power it is one, and 30 days would do.
    Sought among the options of 1 MW alone, no grid would have seemed enough."""
    case = Case(country="BR", max_mw="1", deadline_days=30, procurement=("buy",))
    limit_mw = live.countries["BR"].medium_voltage_limit_mw
    found = why_not(case, live)
    assert isinstance(found, WhyNot) and limit_mw is not None
    (grid,) = [given for given in found.concessions if given.limit == GRID]
    assert grid.needed > limit_mw
    assert isinstance(plan(case.changed(max_mw=grid.needed), live), Plan)
    assert isinstance(plan(case.changed(max_mw=grid.needed - Decimal("1e-6")), live), Infeasible)
    (over,) = [one.reason for one in found.excluded if one.name == "gb200_nvl72 buy"]
    assert reason_words(over).endswith(" MW"), "what the accelerator would need of the grid is told of it too"
    assert math.ceil(needs(prepare(case, live))[GRID] * 10**6) == math.ceil(grid.needed * 10**6)


def test_a_grid_that_binds_beyond_medium_voltage(live: Catalogue) -> None:
    """The card's saving without the grid limit is that of planning without it, substation and all."""
    case = Case(country="BR", max_mw="2.4", objective="days", procurement=("buy",))
    found = answer(case, live)
    without = plan(case.changed(max_mw=None), live)
    assert isinstance(found.outcome, Plan) and isinstance(without, Plan)
    saved = {str(one.limit.limit): one.saving for one in found.binding}.get("grid", Fraction(0))
    assert saved == found.outcome.objective_value - without.objective_value > 0
    assert without.items[0].key.connection == "hv"


def test_limits_together_beyond_medium_voltage(live: Catalogue) -> None:
    """Three limits at once, one of them past the substation: found by a random campaign, where planning refuted it."""
    case = Case(
        country="IN",
        workload="llama-3.1-405b",
        deadline_days=3,
        deadline_from="order",
        max_mw="0.2",
        max_accelerators=64,
        procurement=("buy",),
        objective="energy",
    )
    found = why_not(case, live)
    assert isinstance(found, WhyNot) and found.together is not None
    assert isinstance(plan(changed(case, told(found.together)), live), Plan)


# -- what is told ------------------------------------------------------------------------------------------------------


def card(found: WhyNot) -> str:
    return shown(document(found), 300)


def asked_why(catalogue: Catalogue, **fields: Any) -> WhyNot:
    found = why_not(Case(**fields), catalogue)
    assert isinstance(found, WhyNot)
    return found


def test_the_law_is_told_apart_from_the_limits(frozen: Catalogue) -> None:
    """H100 to China, and too little power in Brazil: neither may be mended by the other's means."""
    law = asked_why(frozen, country="CN", use=("h100", "b200"))
    assert "the obstacle is the export rules, not power, time or budget" in fault_words(law)
    assert law.concessions == law.pairs == () and law.together is None
    power = asked_why(frozen, max_mw="0.5", deadline_days=60)
    assert "not the export rules: the deadline or the grid limit must change; " in fault_words(power)
    assert "no other export rule set" in fault_words(power)
    both = asked_why(frozen, max_mw="0.1", deadline_days=60, budget_usd="1e5")
    least = " and ".join(limit_words(part.limit) for part in both.pairs[0].parts)
    assert f"at least two must change, smallest increase: {least}; " in fault_words(both)
    compute = asked_why(frozen, max_training_flop="1e23")
    assert "8.64e+23 FLOP needed, 1e+23 allowed" in fault_words(compute)


def test_a_cap_on_compute_is_rounded_so_that_it_suffices() -> None:
    """2.21601e24 FLOP to the nearest of four digits would be 2.216e24, under which there is no plan."""
    assert need_in_words(TRAINING_FLOP, Fraction(221601 * 10**19)) == "2.217e+24 FLOP"
    assert need_in_words(TRAINING_FLOP, Fraction(2216 * 10**21)) == "2.216e+24 FLOP"
    assert bound_in_words(TRAINING_FLOP, Fraction(1234567 * 10**18)) == "1.234567e+24 FLOP"


def test_where_another_law_would_help_it_is_said(frozen: Catalogue) -> None:
    """The scenario's exception stops at 80 H100, its licence takes 100 of 120 days; as enforced neither is needed."""
    found = asked_why(
        frozen,
        rules="diffusion-2025",
        procurement=("buy",),
        use=("h100",),
        deadline_days=120,
        max_accelerators=400,
        deadline_from="order",
    )
    helped = [row.name for row in found.rules if row.plan is not None]
    assert "enforced-2026" in helped and "not the law" not in fault_words(found)
    assert f"under {' or '.join(helped)} there would be a plan" in fault_words(found)
    for row in found.rules:
        assert isinstance(plan(found.setting.case.changed(rules=row.name), frozen), Plan) == (row.plan is not None)


def test_what_was_excluded_is_grouped(frozen: Catalogue) -> None:
    """Each accelerator and way once, under one reason; the law's first."""
    found = asked_why(frozen, **TWO["power and money"])
    groups = group_excluded(found.excluded)
    who = [name for group in groups for name in group.who]
    assert len(who) == len(set(who)) and len({(group.by, group.reason) for group in groups}) == len(groups)
    assert {one.accelerator for one in found.excluded} == set(frozen.accelerators)
    assert who.index("ascend910b") < who.index("gh200 buy") < who.index("h100 rent")
    by = {one.name: one.by for one in found.excluded}
    assert by["ascend910b"] == "law" and by["gh200 buy"] == "data" and by["b200 rent"] == "data"
    assert by["h100 rent"] == by["h100 buy"] == "limits"
    named = asked_why(frozen, country="CN", use=("h100", "b200"))
    assert {g.by: g.who for g in group_excluded(named.excluded)}[By.LAW] == ("h100", "b200")
    assert "a100" in {g.by: g.who for g in group_excluded(named.excluded)}[By.CASE]
    told = card(found)
    assert (
        told.index("Excluded by the export rules")
        < told.index("Not available, or data")
        < told.index("Allowed and available")
    )


def test_the_card_and_the_plan_tell_the_pair(frozen: Catalogue) -> None:
    """The plan's own card and JSON have the least one; explain has all."""
    case = Case(**TWO["power and money"])
    words = "the deadline: 97 days instead of 60 days and the budget: $1,597,000 instead of $1,000,000"
    told = plan_document(answer(case, frozen))
    assert words in shown(told, 300)
    pair = envelope(told).outputs.least_pair
    assert pair is not None and pair.words == words
    assert [(part.limit, part.needed) for part in pair.parts] == [("deadline", "97"), ("budget", "1597000")]
    found = asked_why(frozen, **TWO["power and money"])
    assert words in card(found) and "1.044 MW instead of 0.5 MW" in card(found)


def test_the_command_says_why_not(command: Cli) -> None:
    """Status 3, the answer on stdout."""
    ran = command("explain", "--max-mw", "0.5", "--deadline", "60d", "--budget", "1e6")
    assert ran.status == 3
    assert "Why there is no plan" in ran.out and "any of these pairs is enough" in ran.out
