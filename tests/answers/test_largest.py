"""The inverse question: the most tokens and the largest model that the limits allow, against counting and by hand."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import oracle
import pytest
from commands import Cli, one_message, read_back
from counted_cases import question

from optimizer import Case, Infeasible, Plan, plan, verify
from optimizer.answers.curves.largest import LargestOut
from optimizer.answers.form.envelope import schema_of
from optimizer.catalogue import Catalogue
from optimizer.errors import UndecidedError, UsageError
from optimizer.insight.curves.largest import largest_model, largest_tokens
from optimizer.solve.planner import prepare

LIMITED: dict[str, dict[str, Any]] = {
    "devices": {"max_accelerators": 64, "deadline_days": 40},
    "power": {"max_mw": "0.09", "deadline_days": 120},
    "money": {"budget_usd": "2e6", "deadline_days": 60, "max_accelerators": 96},
    "little money": {"budget_usd": "30000", "deadline_days": 90, "max_accelerators": 96},
    "little energy": {"max_energy_gwh": "0.02", "deadline_days": 90, "max_accelerators": 96},
    "little carbon": {"max_carbon_t": "1.5", "deadline_days": 90, "max_accelerators": 96, "budget_usd": "90000"},
    "little hardware": {"max_capital_usd": "5e5", "procurement": ("buy",), "deadline_days": 90, "max_accelerators": 96},
    "amortised": {"basis": "amortised", "max_accelerators": 48, "deadline_days": 50, "budget_usd": "1e5"},
    "set-up": {"site_setup_usd": "1e5", "budget_usd": "5e5", "max_accelerators": 48, "deadline_days": 50},
    "owned": {"procurement": ("own",), "owned": {"a100": 64}, "deadline_days": 33, "budget_usd": "40000"},
    "from the order": {"deadline_from": "order", "max_accelerators": 40, "deadline_days": 120},
    "overhead": {"overhead": "1.3", "max_accelerators": 40, "deadline_days": 20},
    "a cap on compute": {"max_training_flop": "3.3e21", "max_accelerators": 40, "deadline_days": 20},
}


def counted(case: Case, catalogue: Catalogue) -> Fraction:
    """The most work in PFLOP/s-days over every option, every number of servers and days, counted out."""
    asked = question(prepare(case, catalogue))
    most = Fraction(0)
    for i, way in enumerate(asked.ways):
        for (count,) in oracle._counts(asked, (i,)):
            for days in range(1, asked.deadline_days - way.lead_days + 1):
                work = way.pflops * count * days
                for measure, bound in asked.ceilings:
                    lines, per_day = oracle._lines(asked, measure)
                    once, each, per_work = lines[i]
                    left = bound - once - each * count - per_day * days
                    work = min(work, left / per_work) if per_work else work if left >= 0 else Fraction(0)
                most = max(most, work)
    return most


def small(name: str) -> Case:
    return Case(**{"workload": "dense-small", **LIMITED[name]})


@pytest.mark.parametrize("name", LIMITED)
def test_the_most_tokens_are_those_that_counting_gives(frozen: Catalogue, name: str) -> None:
    """To the step; a step more would be a promise that no plan keeps, a step less would waste what is paid for."""
    case = small(name)
    flop = counted(case.changed(max_training_flop=None), frozen) * 86_400 * 10**15
    if case.max_training_flop is not None:
        flop = min(flop, Fraction(case.max_training_flop))
    tokens = flop / Fraction(case.overhead or 1) / (6 * 10 * 10**9)
    for step in (10**6, 10**9):
        assert largest_tokens(case, frozen, step).tokens == math.floor(tokens / step) * step > 0


@pytest.mark.parametrize("name", LIMITED)
def test_the_plan_is_there_and_a_step_more_has_none(frozen: Catalogue, name: str) -> None:
    """Both planned by hand from what is told."""
    found = largest_tokens(small(name), frozen)
    assert found.tokens is not None and found.plan is not None and verify(found.plan) == []
    told, more = (
        plan(small(name).changed(tokens_t=Decimal(found.tokens + extra) / 10**12), frozen) for extra in (0, 10**6)
    )
    assert isinstance(told, Plan) and told.items == found.plan.items and told.cost_usd == found.plan.cost_usd
    assert isinstance(more, Infeasible) and isinstance(found.beyond, Infeasible)


def test_by_hand(frozen: Catalogue) -> None:
    """One A100 server, 1 PFLOP/s: 100 days are 8.64e21 FLOP, that is 1.44e11 tokens for 10B parameters.

    For 270,000 USD: 226,957.50 for the server, 1,000 a day and 55.44 a day of work leave 40 days of both, as a 41st
    day of staff would leave the money for 36.8 days of work: 40 days x 1.44e9 tokens.
    """
    one = {"workload": "dense-small", "use": ("a100",), "procurement": ("buy",), "max_accelerators": 9}
    assert largest_tokens(Case(**one, deadline_days=100), frozen).tokens == 144_000_000_000
    assert largest_tokens(Case(**one, deadline_days=100, budget_usd=270_000), frozen).tokens == 57_600_000_000


def test_the_largest_model_by_hand(frozen: Catalogue) -> None:
    """6 x 20 x N^2 = 8.64e21 FLOP: N = 8.4852...e9; its 10 TB of state at 16 bytes would not fit 640 GB."""
    ready = prepare(Case(workload="dense-small"), frozen)
    per_parameter = ready.setting.exact("training_bytes_per_parameter")
    case = Case(use=("a100",), procurement=("buy",), max_accelerators=9, deadline_days=100)
    found = largest_model(case, frozen, Decimal(20))
    by_compute = math.isqrt(int(Fraction("8.64e21") / 120)) // 10**6 * 10**6
    by_memory = int(640 * 10**9 / per_parameter) // 10**6 * 10**6
    assert found.parameters == min(by_compute, by_memory)
    assert found.tokens == 20 * found.parameters


@pytest.mark.parametrize("name", ["devices", "power", "money", "amortised", "from the order"])
@pytest.mark.parametrize(
    "ratio", [pytest.param("1", marks=pytest.mark.campaign), "20", pytest.param("300", marks=pytest.mark.campaign)]
)
@pytest.mark.parametrize("smaller_runs_worse", [pytest.param(False, marks=pytest.mark.campaign), True])
def test_the_largest_model_is_the_one_that_trying_each_gives(
    frozen: Catalogue, name: str, ratio: str, smaller_runs_worse: bool
) -> None:
    """Sizes from that answer on, in steps of 1B, planned by counting: it is feasible, and none above it is. So it is
    where a doubling of the size doubles the speed, the most that the data may say: compute grows faster."""
    known = frozen
    if smaller_runs_worse:
        (row,) = frozen.model_sizes["measured"]
        steep = row.model_copy(update={"params_at_one_b": Decimal(30), "per_doubling": Decimal(2)})
        known = replace(frozen, model_sizes={**frozen.model_sizes, "measured": (steep,)}, cache={})
    limits = Case(**LIMITED[name])

    def of(billions: int) -> Case:
        tokens = Decimal(billions) * Decimal(ratio) / 1000
        return limits.changed(params_total_b=billions, architecture="dense", tokens_t=tokens)

    found = largest_model(limits, known, Decimal(ratio), 10**9)
    largest = int(found.parameters or 0) // 10**9
    sizes = range(max(1, largest), largest + 25)
    feasible = [n for n in sizes if oracle.answer(question(prepare(of(n), known))) is not None]
    assert largest == max(feasible, default=0)


def test_a_value_that_is_not_confirmed_is_not_told(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bisection that ends a step early or late is found out by the plans on both sides."""
    from optimizer.insight.curves import largest

    true = largest._last_feasible
    for off in (1, -1):
        monkeypatch.setattr(largest, "_last_feasible", lambda *a, off=off: (true(*a)[0] + off, 1))
        with pytest.raises(UndecidedError):
            largest_tokens(small("devices"), frozen)


def test_nothing_at_all(frozen: Catalogue, command: Cli) -> None:
    """Not even a step: proved, status 3."""
    found = largest_tokens(Case(workload="dense-small", max_mw="0.001"), frozen)
    assert (found.tokens, found.plan) == (None, None) and found.beyond.cause == "limits"
    ran = command("largest", "--max-mw", "0.001", "-q")
    assert ran.status == 3 and "Not even" in ran.out
    ran = command("largest", "--max-mw", "0.001", "-q", "--json")
    outputs = json.loads(ran.out)["outputs"]
    assert ran.status == 3 and (outputs["status"], outputs["cause"]) == ("infeasible", "limits")
    assert outputs["tokens"] is outputs["training_flop"] is outputs["plan"] is None
    ran = command("largest", "--max-mw", "0.001", "-q", "--csv")
    assert ran.status == 3 and len(ran.out.splitlines()) == 1


def test_no_limit_that_ends_it(frozen: Catalogue) -> None:
    """More than a case can state is said, not told as an answer."""
    case = Case(params_total_b="0.001", tokens_t=1, max_accelerators=2000, deadline_days=3000)
    with pytest.raises(UsageError, match="no limit"):
        largest_tokens(case, frozen)


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--tokens-t", "5"), "--tokens-t: is the quantity that is searched for"),
        (("--tokens-per-param", "20", "--workload", "dense-small"), "--workload: is the quantity that is searched for"),
        (("--tokens-per-param", "1.500"), "1.5 or 1500"),
        (("--tokens-per-param", "0"), "above 0"),
        (("--tokens-per-param", "many"), "must be a number"),
        (("--step", "0"), "--step"),
    ],
)
def test_what_cannot_be_answered_is_said(command: Cli, flags: tuple[str, ...], word: str) -> None:
    """One message, status 2, nothing on stdout."""
    ran = command("largest", *flags, "-q")
    assert ran.status == 2 and word in one_message(ran)


def test_text_csv_and_json_tell_the_same(command: Cli) -> None:
    """One number in the four forms; the JSON keeps to its schema; of an own model no tokens need be given."""
    flags = ("--params-total-b", "10", "--max-accelerators", "64", "--deadline", "40d", "-q")
    card, table, document, page = (
        command("largest", *flags, *form) for form in ((), ("--csv",), ("--json",), ("--md",))
    )
    (row,) = csv.DictReader(io.StringIO(table.out))
    outputs = json.loads(document.out)["outputs"]
    assert int(row["tokens"]) == outputs["tokens"]
    assert f"{outputs['tokens']:,} tokens" in card.out and f"**{outputs['tokens']:,} tokens" in page.out
    assert outputs["proof_beyond"]["kind"] == "exhaustive" == row["proof"]
    read_back(document.out, LargestOut)
    assert json.loads(command("data", "show", "schema", "largest").out) == schema_of({"largest": LargestOut})


def test_a_cap_on_compute_is_told_as_what_ends_it(command: Cli) -> None:
    """1e22 FLOP of a dense model of 7.2e9 parameters; nothing else is near its end. The model alone is named."""
    ran = command("largest", "--params-total-b", "7.2", "--max-training-flop", "1e22", "--deadline", "300d", "-q")
    assert ran.status == 0 and "Used up: the cap on training compute 100.0 %" in ran.out
    assert "own workload: 7.2B active of 7.2B parameters\n" in ran.out


def test_a_line_that_wraps_stays_set_in(command: Cli) -> None:
    """Behind the heading, no line of the answer begins at the edge."""
    ran = command("largest", "--workload", "dense-small", "--max-mw", "0.1", "--deadline", "30d", "-q")
    assert all(line.startswith("  ") for line in ran.out.splitlines()[1:] if line)
