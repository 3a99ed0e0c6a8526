"""Mixes by exhaustive search: the third way, where HiGHS gives no verdict; the same answers as two runs of it."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import pytest
from drawn import drawn, quick_mixes
from share import share_of
from worlds import dec

from optimizer import Case, Outcome, Plan, plan
from optimizer.answers.plan.explain import document
from optimizer.catalogue import Catalogue
from optimizer.domain.reasons import Undetermined
from optimizer.errors import UndecidedError
from optimizer.exact import mixes
from optimizer.insight import why_not
from optimizer.insight.explain import explain
from optimizer.insight.full_answer import answer
from optimizer.plans.proof import EndKind, ProofKind
from optimizer.plans.verify import violations
from optimizer.solve import highs
from optimizer.solve.planner import prepare
from optimizer.solve.status import Status

SEEDS, MORE = quick_mixes(0, 14), range(30)
"""Random mixes of the suite, and of its campaign."""


def speechless(model: Any, *, second: bool = False) -> highs.Solution:
    """A solver without a verdict: what HiGHS says of a solution that misses a row by a hair of its own."""
    return highs.Solution(Status.UNDECIDED, "Solve error", {}, float("nan"), float("-inf"), float("inf"), 0.0)


def figures(outcome: Outcome) -> Any:
    """What a plan is worth; or that there is none, and why."""
    if not isinstance(outcome, Plan):
        return outcome.cause
    return outcome.objective_value, outcome.cost_usd, outcome.days, outcome.servers


@pytest.mark.parametrize(
    ("mix", "seeds"),
    [(2, SEEDS), (3, SEEDS), *(pytest.param(mix, MORE, marks=pytest.mark.campaign) for mix in (2, 3))],
    ids=lambda value: str(len(value)) if isinstance(value, Sequence) else str(value),
)
def test_without_a_verdict_of_the_solver_the_search_decides(mix: int, seeds: Sequence[int], frozen: Catalogue) -> None:
    """Random mixes, limits on a knife edge included: the same verdict and figures with and without a solver, and the
    proof says what decided. Wrong: undecided, or another plan. Twelve of each size; thirty are a campaign."""
    plans = 0
    for seed in seeds:
        asked = drawn(seed, frozen, mix=2)
        case = asked.case.changed(mix=mix)
        outcome = plan(case, asked.catalogue, solver=speechless)
        assert figures(outcome) == figures(plan(case, asked.catalogue)), seed
        plans += isinstance(outcome, Plan)
        if outcome.proof.ended.kind != EndKind.NO_OPTION:
            assert (outcome.proof.kind, outcome.proof.ended.kind) == (ProofKind.EXHAUSTIVE, EndKind.NOT_BELIEVED)
    assert plans >= len(seeds) // 3


def test_the_search_finds_the_best_of_nothing_known(frozen: Catalogue) -> None:
    """Without any value known, too: what is known only spares work. Wrong: another value."""
    for seed in SEEDS[::2]:
        asked = drawn(seed, frozen, mix=2)
        ready = prepare(asked.case, asked.catalogue)
        aim = asked.case.objective or "cost"
        outcome = plan(asked.case, asked.catalogue)
        found = mixes.search_mixes(ready.problem, (aim,), 2, lambda c, r=ready: not violations(r.problem, *c, 2))
        value = None if found is None else ready.problem.measure(aim).value(*found)
        assert value == (outcome.objective_value if isinstance(outcome, Plan) else None), seed


def test_runs_that_differ_are_settled_by_the_search(frozen: Catalogue) -> None:
    """The second run calls every mix infeasible: the search agrees with the first, and its plan is the answer."""

    def divided(model: Any, *, second: bool = False) -> highs.Solution:
        said = highs.solve(model, second=second)
        return replace(said, status=Status.INFEASIBLE, values={}) if second else said

    settled = 0
    for seed in SEEDS:
        asked = drawn(seed, frozen, mix=2)
        honest = plan(asked.case, asked.catalogue)
        if isinstance(honest, Plan):
            outcome = plan(asked.case, asked.catalogue, solver=divided)
            assert figures(outcome) == figures(honest), seed
            settled += outcome.proof.ended.kind == EndKind.NOT_BELIEVED
    assert settled >= len(SEEDS) // 5


def test_two_runs_that_are_wrong_in_two_ways_stay_undecided(frozen: Catalogue) -> None:
    """Neither run says what the search finds: that may be a slip in the model, so it is no answer."""

    def twice_wrong(model: Any, *, second: bool = False) -> highs.Solution:
        said = highs.solve(model, second=second)
        if said.status != Status.OPTIMAL:
            return said
        return (
            replace(said, status=Status.INFEASIBLE, values={})
            if second
            else replace(said, objective=said.objective / 2)
        )

    for seed in SEEDS:
        asked = drawn(seed, frozen, mix=2)
        if isinstance(plan(asked.case, asked.catalogue), Plan):
            with pytest.raises(UndecidedError):
                plan(asked.case, asked.catalogue, solver=twice_wrong)
            return
    raise AssertionError("no case with a plan")


def test_too_many_mixes_are_not_tried(live: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search gives up rather than run for hours, and then the case is undecided, as it was without it."""
    monkeypatch.setattr(mixes, "MOST_TRIED", 10)
    with pytest.raises(UndecidedError, match="no verdict"):
        plan(Case(mix=2, country="MX"), live, solver=speechless)


def test_where_all_cannot_be_tried_the_refuted_run_is_asked_again(
    live: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run says once that there is no mix; there are too many to try; a plan is known: it is asked again, and
    must agree. Wrong: undecided; or, where it never agrees, a plan told on the word of one run."""
    monkeypatch.setattr(mixes, "MOST_TRIED", 10)
    case = Case(mix=2, country="MX", workload="llama-3.1-8b", max_mw=dec(1), deadline_days=120)
    case = case.changed(use=("h100_sxm5_80", "b200_sxm_180", "gb200_nvl72"))
    for times in (1, 99):
        left = [times]

        def wrong(model: Any, *, second: bool = False, left: list[int] = left) -> highs.Solution:
            said = highs.solve(model, second=second)
            if not second or not left[0]:
                return said
            left[0] -= 1
            return replace(said, status=Status.INFEASIBLE, values={})

        if times == 1:
            outcome = plan(case, live, solver=wrong)
            assert figures(outcome) == figures(plan(case, live))
            assert (outcome.proof.kind, outcome.proof.ended.kind) == (ProofKind.AGREED, EndKind.ASKED_AGAIN)
        else:
            with pytest.raises(UndecidedError, match="do not agree"):
                plan(case, live, solver=wrong)


def test_a_tiny_workload_in_a_mix_is_decided(live: Catalogue) -> None:
    """Figures too far apart for a solver are no hindrance for the search. Wrong: exit 5, "lie too far apart"."""
    own = {"params_total_b": dec("0.001"), "params_active_b": dec("0.001"), "tokens_t": dec("0.00001")}
    for country in ("BR", "MX", "DE", "GH"):
        outcome = plan(Case(country=country, mix=2, architecture="dense", **own), live)
        assert isinstance(outcome, Plan) and outcome.days == 1


def test_the_mix_of_ghana(live: Catalogue) -> None:
    """Two runs of HiGHS used to disagree: 11 servers of Gaudi 3 and one of RTX 4090, as another solver says too."""
    asked = {"country": "GH", "workload": "qwen3-30b-a3b", "deadline_days": 365, "max_mw": dec(1)}
    outcome = plan(Case(mix=2, **asked), live)
    assert isinstance(outcome, Plan)
    alone = plan(Case(**asked), live)
    assert isinstance(alone, Plan) and outcome.cost_usd <= alone.cost_usd


def beside(outcome: Plan, case: Case, share: Fraction) -> Case:
    """The case with a budget, or what else is least, below that of its plan by a share."""
    value = outcome.cost_usd * (1 - share)
    return case.changed(budget_usd=Decimal(value.numerator) / Decimal(value.denominator))


@pytest.mark.parametrize(
    "country",
    ["BR", "IN", "GH", "VN", *(pytest.param(code, marks=pytest.mark.campaign) for code in ("MX", "DE", "ID", "KR"))],
)
def test_a_budget_just_below_the_optimum_is_decided(country: str, live: Catalogue) -> None:
    """One cent, and a billionth, below the least cost there is no plan: proved. Wrong: undecided."""
    for mix in (1, 2):
        case = Case(country=country, mix=mix, max_mw=dec(2), deadline_days=200)
        best = plan(case, live)
        assert isinstance(best, Plan)
        for share in (Fraction(1, 100) / best.cost_usd, Fraction(1, 10**9)):
            assert not isinstance(plan(beside(best, case, share), live), Plan)


def test_an_explanation_never_cancels_a_proved_answer(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """No case beside the one that was asked can be decided: that it has no plan was proved, and stays the answer, with
    what could not be determined by name. Wrong: an error, as if two proofs of the answer disagreed."""
    case = Case(country="BR", workload="moe-10k", mix=2, max_mw=dec("0.3"), deadline_days=40, budget_usd=dec(100_000))
    catalogue = frozen

    def none(*_: Any, **__: Any) -> Any:
        raise UndecidedError("two runs of HiGHS do not agree", {})

    ready = prepare(case, catalogue)
    outcome = plan(case, catalogue)
    assert not isinstance(outcome, Plan)
    for room, name in (
        (why_not.concessions, "least_value"),
        (why_not.concessions, "plan"),
    ):
        monkeypatch.setattr(sys.modules[room.__module__], name, none)
    for name in ("_pairs", "raise_all"):
        monkeypatch.setattr(why_not, name, none)
    monkeypatch.setattr(sys.modules[explain.__module__], "plan", none)
    found = why_not.why_not_planned(ready, outcome)
    assert found.outcome is outcome and not found.concessions and found.undetermined
    assert all(isinstance(row.why, Undetermined) for row in found.rules)
    words = "\n".join(str(part) for part in document(found).sections)
    assert "not determined: two proofs of it did not agree" in words
    assert "none of them alone is enough" not in words
    told = answer(case, catalogue)
    assert told.outcome.cause == outcome.cause and told.undetermined


def test_the_fastest_counts_from_the_order(live: Catalogue) -> None:
    """With a date as deadline, bought hardware comes late: what is rented is through long before. Wrong: the plan whose
    training alone is shortest, 97 days in all and 134.8 M USD, where 29 days and 2.13 M were to be had."""
    case = Case(workload="llama-3.1-8b", country="CA", objective="days", deadline_from="order", max_mw=dec(5))
    case = case.changed(use=("h100_sxm5_80", "b200_sxm_180", "gb200_nvl72"))
    for mix in (1, 2):
        best = plan(case.changed(mix=mix, deadline_days=213), live)
        assert isinstance(best, Plan)
        assert best.objective_value == best.days + best.lead_days
        for way in ("rent", "buy"):
            other = plan(case.changed(mix=1, deadline_days=213, procurement=(way,)), live)
            assert not isinstance(other, Plan) or best.days + best.lead_days <= other.days + other.lead_days


@pytest.mark.campaign
def test_campaign_of_limits_one_unit_beside_an_optimum(live: Catalogue) -> None:
    """1,000 limits one unit below what a proved optimum uses, single and mixed, with and without words: none undecided.

    Wrong: an UndecidedError, or a plan better than the optimum.
    """
    rng = random.Random(11)
    countries = ["BR", "MX", "DE", "IN", "US", "KR", "GH", "VN", "ZA", "CL", "ID", "FR"]
    tried = 0
    while tried < share_of(1000):
        mix = rng.choice([1, 2])
        case = Case(
            country=rng.choice(countries),
            mix=mix,
            workload=rng.choice(["deepseek-v3-10t", "llama-3.1-8b", "llama-3.1-70b"]),
            max_mw=dec(rng.choice(["0.5", "1", "2", "5"])),
            deadline_days=rng.choice([60, 120, 200, 365]),
            basis=rng.choice(["upfront", "amortised", "rental"]),
            assumptions=rng.choice([None, "study-2025"]),
        )
        best = plan(case, live)
        if not isinstance(best, Plan):
            continue
        cent, hair = Fraction(1, 100), best.cost_usd / 10**9
        below = [
            case.changed(budget_usd=exact(best.cost_usd - cent)),
            case.changed(budget_usd=exact(best.cost_usd - hair)),
            case.changed(max_mw=exact(best.peak_mw - Fraction(1, 10**6))),
            case.changed(max_carbon_t=exact(best.carbon_t - Fraction(1, 1000))) if best.carbon_g > 1000 else case,
            case.changed(max_energy_gwh=exact(best.energy_gwh - Fraction(1, 10**6))),
        ]
        for changed in below:
            outcome = plan(changed, live)
            assert not isinstance(outcome, Plan) or outcome.cost_usd >= best.cost_usd, changed.given()
            tried += 1


def exact(value: Fraction) -> Decimal:
    """To twelve decimals, rounded down."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-12"), ROUND_FLOOR)
