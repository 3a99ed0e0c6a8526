"""Thresholds of training compute: which a run passes, on which day, and that they are reported and never enforced."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from optimizer.answers.plan.outputs import outputs
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.insight import answer
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan

NOW = "2026-11-22"


def told(live: Catalogue, **case: Any) -> list[str]:
    return [row.rule for row in thresholds_passed(settle(Case(**case), live))]


def test_the_thresholds_that_a_run_passes(live: Catalogue) -> None:
    """2.22e24 is above 1e23 alone, 3.8e25 above 1e25 too, 1e27 above all that stand."""
    assert told(live) == ["EU_GPAI_PRESUMPTION"]
    assert told(live, workload="llama-3.1-405b") == ["EU_GPAI_PRESUMPTION", "EU_GPAI_SYSTEMIC"]
    assert told(live, params_total_b="1000", tokens_t="170") == [
        *("EU_GPAI_PRESUMPTION", "EU_GPAI_SYSTEMIC", "CA_SB53", "DIFF_4E091"),
    ]


@pytest.mark.parametrize(
    ("date", "rules"),
    [
        ("2024-06-01", ["US_EO14110"]),
        ("2025-01-20", ["US_EO14110"]),
        ("2025-01-21", []),
        ("2025-08-02", ["EU_GPAI_PRESUMPTION", "EU_GPAI_SYSTEMIC", "DIFF_4E091"]),
        ("2026-01-01", ["EU_GPAI_PRESUMPTION", "EU_GPAI_SYSTEMIC", "CA_SB53", "DIFF_4E091"]),
    ],
)
def test_a_threshold_counts_from_day_to_day(live: Catalogue, date: str, rules: list[Any] | list[str]) -> None:
    """The revoked order counts up to its last day, the AI Act from its first."""
    assert told(live, date=date, params_total_b="1000", tokens_t="170") == rules


def test_a_threshold_itself_is_not_passed(frozen: Catalogue) -> None:
    """ "Above" is strict: 1e21 FLOP is not above 1e21, a FLOP more is."""
    asked = settle(Case(), frozen)
    for flop, date, rules in (
        ("1e21", NOW, []),
        ("1000000000000000000001", NOW, ["LOW"]),
        ("1e21", "2025-06-30", ["OLD"]),
        ("1e22", "2025-06-30", ["OLD", "LOW"]),
        ("1e22", "2025-07-01", ["LOW"]),
    ):
        case = asked.case.changed(date=date)
        assert [r.rule for r in thresholds_passed(replace(asked, case=case, training_flop=Decimal(flop)))] == rules


def test_thresholds_are_reported_and_never_enforced(live: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan stands, card and JSON tell the threshold; only a cap that the case states stops the run."""
    found = answer(Case(max_mw="1", deadline_days=150), live)
    assert isinstance(found.outcome, Plan)
    out = outputs(found, None)
    assert [t.rule for t in out.thresholds_passed] == ["EU_GPAI_PRESUMPTION"]
    assert out.training_flop == 2.22e24
    assert run(["plan", "--max-mw", "1", "--deadline", "150d", "--full", "-q"]) == 0
    card = capsys.readouterr().out
    assert "Training compute\n  above 1e+23 FLOP (European Union, in force by guidelines)" in card
    assert isinstance(plan(Case(max_training_flop="1e23"), live), Infeasible)


def test_no_section_where_no_threshold_is_passed(live: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    """1B parameters on 10B tokens are 6e19 FLOP."""
    assert run(["plan", "--params-total-b", "1", "--tokens-t", "0.01", "--full", "-q"]) == 0
    assert "Training compute" not in capsys.readouterr().out
