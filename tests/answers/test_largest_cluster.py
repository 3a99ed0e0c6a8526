"""The end of the data: no plan has a cluster larger than any whose efficiency is known, and an answer says so.

The limits are not in the way there: to a reader, "at least two limits must change" was wrong, and no word said why.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan

pytestmark = pytest.mark.usefixtures("inline")

LARGEST = 16_384
"""Devices of Llama 3.1 405B, the largest run with evidence (data/size_brackets.csv)."""
SAID = "the largest cluster whose efficiency is known (16,384 accelerators)"


def asked(params_b: int, tokens_t: int, **limits: object) -> Case:
    return Case.model_validate(
        {"params_total_b": params_b, "params_active_b": params_b, "tokens_t": tokens_t, "deadline_days": 30, **limits}
    )


@pytest.mark.parametrize(
    ("case", "largest", "for_any_deadline"),
    [
        # 6 * 1e12 * 1.7e14 = 1.02e27 FLOP: 16,344 GB300 need 575 days
        (asked(1_000, 170), LARGEST, False),
        (asked(1_000, 170, deadline_days=575), None, False),
        (asked(1_000, 170, max_mw=1), LARGEST, False),
        # 6e28 FLOP: 33,800 days
        (asked(10_000, 1_000), LARGEST, True),
        # fast enough, but not under the grid limit: another thing is in the way
        (asked(8, 15, max_mw=Decimal("0.1")), None, False),
    ],
)
def test_a_cluster_that_is_too_slow_is_named(
    case: Case, largest: int | None, for_any_deadline: bool, live: Catalogue
) -> None:
    """Wrong: a cluster named where a limit is in the way, or none where no cluster is fast enough."""
    outcome = plan(case, live)
    if isinstance(outcome, Plan):
        assert largest is None and outcome.largest_cluster == LARGEST
        return
    assert isinstance(outcome, Infeasible)
    assert (outcome.why.largest_cluster, outcome.why.beyond_any_deadline) == (largest, for_any_deadline)


def test_a_plan_is_at_the_end_of_the_data_where_one_more_server_would_pass_it(live: Catalogue) -> None:
    """16,344 GB300 are 227 servers of 72: 16,416 would be too many. A small plan is nowhere near."""
    large = plan(asked(1_000, 170, deadline_days=575), live)
    small = plan(asked(8, 15, deadline_days=300), live)
    assert isinstance(large, Plan) and isinstance(small, Plan)
    assert large.accelerators <= LARGEST < large.accelerators + 72 and large.largest_cluster == LARGEST
    assert small.largest_cluster is None


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--params-total-b", "1000", "--tokens-t", "170", "--deadline", "30d"),
        ("plan", "--params-total-b", "1000", "--tokens-t", "170", "--deadline", "575d"),
        ("largest", "--country", "KE", "--deadline", "90d", "--tokens-per-param", "20"),
        ("sweep", "--country", "BR", "--params-total-b", "1000", "--tokens-t", "170", "--deadline", "30d"),
    ],
)
def test_every_answer_says_it(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong: a number that the end of the data decides, without a word about it."""
    assert run([*words, "--quiet"]) in (0, 3)
    assert SAID in " ".join(capsys.readouterr().out.split())


def test_where_no_deadline_helps_no_limit_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong: "at least two limits must change" of a case in which all of them together do not help."""
    run(["plan", "--params-total-b", "10000", "--tokens-t", "1000", "--deadline", "30d", "--max-mw", "1", "--quiet"])
    told = " ".join(capsys.readouterr().out.split())
    assert "the training must be smaller" in told and "two limits" not in told
