"""What touches all plans: the choice may come and go, and every change of it is the one that counting finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import oracle
import pytest
from commands import Cli, one_message, read_back
from counted_cases import question

from optimizer import Case, Plan, verify
from optimizer.answers.curves.tipping import TippingOut, document, sentences
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import Limit
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact.curves import as_limit_grows
from optimizer.exact.search import search
from optimizer.insight.curves import lower_envelope as envelope
from optimizer.insight.curves.tipping import LIMITS, SHARED, tipping
from optimizer.insight.curves.tipping_result import Tipping
from optimizer.solve.planner import plan, prepare

BOUGHT: dict[str, Any] = {"procurement": ("buy",), "max_mw": "0.15", "deadline_days": 100}
TWO: dict[str, Any] = {"use": ("h100", "a100"), "max_mw": "0.15", "deadline_days": 100}
LITTLE: dict[str, Any] = {"max_mw": "0.07", "deadline_days": 60}
SHORT: dict[str, Any] = {"max_accelerators": 36, "deadline_days": 60}

SHARED_CASES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "tariff, twice": ("tariff", "0", "2", {"country": "MX", **BOUGHT}),
    "tariff, amortised": ("tariff", "0", "2", {"country": "VN", "basis": "amortised", "pue": 5, **TWO}),
    "tariff under a budget": ("tariff", "0", "2", {"country": "MX", **BOUGHT, "budget_usd": "4e5"}),
    "duty, amortised": ("duty", "0", "2", {"country": "BR", "basis": "amortised", **SHORT}),
    "duty": ("duty", "0", "2", {"country": "MX", **LITTLE}),
    "duty under a budget": ("duty", "0", "2", {"country": "MX", **LITTLE, "budget_usd": "5e5"}),
    "pue, a plan that drops out": ("pue", "1", "5", {"country": "VN", **LITTLE}),
    "pue, amortised": ("pue", "1", "5", {"country": "BR", "basis": "amortised", **TWO}),
    "pue, none left": ("pue", "1", "5", {"country": "MX", "max_mw": "0.03", "deadline_days": 60}),
    "pue from where one drops out": ("pue", "4.375", "5", {"country": "VN", **LITTLE}),
    "pue to where one drops out": ("pue", "1", "4.375", {"country": "VN", **LITTLE}),
}
LIMIT_CASES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "grid": ("max_mw", "0.001", "0.15", {"country": "MX", "deadline_days": 60}),
    "grid, fewest days": ("max_mw", "0.001", "0.12", {"country": "DE", "deadline_days": 40, "objective": "days"}),
    "grid, least carbon": ("max_mw", "0.001", "0.12", {"country": "BR", "deadline_days": 60, "objective": "carbon"}),
    "deadline": ("deadline", "1", "120", {"country": "MX", "max_mw": "0.15"}),
    "deadline from the order": (
        "deadline",
        "1",
        "220",
        {"country": "VN", "max_mw": "0.12", "deadline_from": "order"},
    ),
    "deadline, lowest peak": ("deadline", "1", "90", {"country": "BR", "max_mw": "0.12", "objective": "peak_power"}),
    "budget, fewest days": (
        "budget",
        "1000",
        "900000",
        {"country": "MX", "max_mw": "0.1", "deadline_days": 90, "objective": "days"},
    ),
    "budget": ("budget", "1000", "900000", {"country": "MX", "max_mw": "0.1", "deadline_days": 90}),
    "tpp": ("max_tpp", "1000", "2000000", {"country": "BR", "max_mw": "0.1", "deadline_days": 90}),
    "accelerators": ("max_accelerators", "1", "64", {"country": "MX", "deadline_days": 60}),
}
CASES = SHARED_CASES | LIMIT_CASES


def case_of(name: str) -> Case:
    return Case(workload="dense-small", **CASES[name][3])


def found_of(name: str, catalogue: Catalogue) -> Tipping:
    what, start, stop, _ = CASES[name]
    return tipping(case_of(name), catalogue, what, Decimal(start), Decimal(stop))


_FOUND: dict[str, Tipping] = {}


def found_once(name: str, catalogue: Catalogue) -> Tipping:
    """The same, worked out once for all tests that change nothing of the program."""
    if name not in _FOUND:
        _FOUND[name] = found_of(name, catalogue)
    return _FOUND[name]


def counted(name: str, catalogue: Catalogue, value: Decimal) -> tuple[str, str] | None:
    """Accelerator and way of the best plan at a value, counted out."""
    what = CASES[name][0]
    given = {**SHARED, **LIMITS}[what]
    told = int(value) if what in ("deadline", "max_accelerators") else value
    best = oracle.answer(question(prepare(case_of(name).changed(**{given.field: told}), catalogue)))
    return None if best is None else (best.counts[0][0].accelerator, best.counts[0][0].procurement)


def values(found: Tipping, steps: int) -> Iterator[Decimal]:
    """Values over the whole range, and all the ends of stretches."""
    start, stop = found.stretches[0].first.value, found.stretches[-1].last.value
    whole = found.input.kind in ("deadline", "max_accelerators")
    for step in range(steps + 1):
        value = start + (stop - start) * step / steps
        yield Decimal(int(value)) if whole else value
    for stretch in found.stretches:
        yield from (stretch.first.value, stretch.last.value)


@pytest.mark.parametrize("steps", [3, pytest.param(48, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("name", CASES)
def test_every_change_is_the_one_that_counting_finds(frozen: Catalogue, name: str, steps: int) -> None:
    """A change missed, or one too many, would show at one of the values or at the ends of the stretches: four values
    over the range and both ends of each stretch; 49 in the campaign."""
    found = found_once(name, frozen)
    for before, behind in pairwise(found.stretches):
        assert before.choice != behind.choice
        assert 0 < behind.first.value - before.last.value <= found.tolerance
    for value in dict.fromkeys(values(found, steps)):
        at = [stretch for stretch in found.stretches if stretch.first.value <= value <= stretch.last.value]
        if at:
            assert counted(name, frozen, value) == at[0].choice, value


def test_the_cases_are_worth_counting(frozen: Catalogue) -> None:
    """If the choice hardly ever changed, the test above would prove little."""
    changes = {name: len(found_once(name, frozen).stretches) - 1 for name in CASES}
    assert sum(changes.values()) >= 25 and sum(count >= 2 for count in changes.values()) >= 6, changes


@pytest.mark.parametrize("objective", ["cost", "days", "carbon", "peak_power"])
@pytest.mark.parametrize(
    "country", ["BR", pytest.param("MX", marks=pytest.mark.campaign), pytest.param("DE", marks=pytest.mark.campaign)]
)
def test_the_best_for_each_value_of_a_limit_is_the_searchs(frozen: Catalogue, country: str, objective: str) -> None:
    """Ties too: of plans as fast or as clean the cheapest, which more megawatts may let in without another gain."""
    case = Case(workload="dense-small", country=country, deadline_days=40, objective=objective)
    for name, most in (("grid", "0.12"), ("energy", "0.03"), ("carbon", "6"), ("capital", "2000000")):
        limit = Limit(name)
        field = limit.described.field
        grown = as_limit_grows(prepare(case.changed(**{field: most}), frozen).problem, limit, objective)
        for step in range(1, 61):
            bound = Decimal(most) * step / 60
            found = search(prepare(case.changed(**{field: bound}), frozen).problem, objective)
            upto = [one for use, one in grown if use <= Fraction(bound)]
            assert found == (upto[-1] if upto else None), (name, step)


@pytest.mark.parametrize("name", CASES)
def test_both_ends_of_every_stretch_are_verified_plans(frozen: Catalogue, name: str) -> None:
    """Recomputed from the data, and proved twice."""
    for stretch in found_once(name, frozen).stretches:
        for side in (stretch.first, stretch.last):
            assert side.outcome.proof.kind == "exhaustive"
            assert isinstance(side.outcome, Plan) == (stretch.choice is not None)
            assert not isinstance(side.outcome, Plan) or verify(side.outcome) == []


def test_by_hand(frozen: Catalogue) -> None:
    """200 PFLOP/s-days on one bought server in Brazil, at a tariff e and a PUE of 5 instead of 1.5 (see tests of
    one accelerator for the parts: the energy is 5 / 1.5 times theirs).

    A100, 200 days: 226,957.50 + 200 x (32.40 + 768 e) + 200,000 = 433,437.50 + 153,600 e.
    H100, 41.67 days worked, 42 of staff: 567,393.75 + 41.67 x (61.80 + 1,152 e) + 42,000 = 611,968.75 + 48,000 e.
    They are equal at e = 178,531.25 / 105,600 = 1.69064.
    """
    case = Case(
        workload="dense-small",
        use=("a100", "h100"),
        procurement=("buy",),
        max_accelerators=9,
        deadline_days=200,
        overhead=2,
        pue=5,
    )
    low, high = tipping(case, frozen, "tariff", Decimal(0), Decimal(2)).stretches
    assert (low.last.value, low.choice) == (Decimal("1.6906"), ("a100", "buy"))
    assert (high.first.value, high.choice) == (Decimal("1.6907"), ("h100", "buy"))


def test_a_cost_that_is_no_straight_line_is_refused(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a tax to grow with the square of the duty, crossings of straight lines would be wrong: it is noticed."""
    true = envelope.prepare

    def bent(case: Case, catalogue: Catalogue) -> Any:
        ready = true(case, catalogue)
        duty = case.import_duty or Decimal(0)
        return replace(ready, problem=replace(ready.problem, site_setup_usd=ready.problem.site_setup_usd + int(duty)))

    monkeypatch.setattr(envelope, "prepare", bent)
    with pytest.raises(UndecidedError, match="straight line"):
        tipping(case_of("duty"), frozen, "duty", Decimal(0), Decimal(2))


def test_a_change_that_was_overlooked_is_not_told_as_none(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the walk stops at its first plan, the plan at the end of the range gives it away."""
    monkeypatch.setattr(envelope.Envelope, "_crossing", lambda self, left, best, at: (self.stop, None))
    with pytest.raises(UndecidedError):
        found_of("tariff, amortised", frozen)


def test_the_medium_voltage_limit_under_a_growing_pue(live: Catalogue) -> None:
    """Servers that no longer fit below it pay for a substation: what is told is what plans at many values say."""
    case = Case(country="BR", procurement=("buy",), deadline_days=40, max_mw=Decimal(6), budget_usd=Decimal("4e8"))
    found = tipping(case, live, "pue", Decimal(1), Decimal(3))
    start, stop = found.stretches[0].first.value, found.stretches[-1].last.value
    for step in range(9):
        value = start + (stop - start) * step / 8
        at = [s for s in found.stretches if s.first.value <= value <= s.last.value]
        outcome = plan(case.changed(pue=value), live)
        chosen = outcome.items[0].key.accelerator if isinstance(outcome, Plan) else None
        assert not at or at[0].accelerator == chosen, value


def test_changes_closer_than_the_tolerance_are_told_finer(frozen: Catalogue) -> None:
    """With a tolerance as wide as the range, both changes of the tariff are told all the same."""
    case = case_of("tariff, twice")
    found = tipping(case, frozen, "tariff", Decimal(0), Decimal(2), Decimal(2))
    assert len(found.stretches) == 3 and found.tolerance == Decimal("0.2")
    assert [s.choice for s in found.stretches] == [s.choice for s in found_once("tariff, twice", frozen).stretches]


def test_a_ratio_is_the_efficiency_told_in_another(frozen: Catalogue) -> None:
    """An H100 in FP8 does 4.8 times the work of an A100: where it tips in times its MFU, it does in that ratio."""
    case = Case(
        workload="dense-small", use=("a100", "h100"), procurement=("buy",), max_accelerators=36, deadline_days=40
    )
    mfu = tipping(case, frozen, "mfu:h100", Decimal("0.1"), Decimal(1), Decimal("0.0001"))
    ratio = tipping(case, frozen, "ratio:h100/a100", Decimal("0.48"), Decimal("4.8"), Decimal("0.00048"))
    assert mfu.tips and [s.choice for s in mfu.stretches] == [s.choice for s in ratio.stretches]
    assert ratio.held == Decimal("4.8")
    for one, other in zip(mfu.stretches, ratio.stretches, strict=True):
        assert (one.first.value * Decimal("4.8"), one.last.value * Decimal("4.8")) == (
            other.first.value,
            other.last.value,
        )
    words = " ".join(sentences(ratio))
    assert "The case has a ratio of 4.8" in words and "times one" not in words


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("tariff:h100", "--from", "1", "--to", "2"), "is not an input"),
        (("tariff", "--from", "1", "--to", "11"), "less than or equal to 2"),
        (("pue", "--from", "0.5", "--to", "2"), "greater than or equal to 1"),
        (("duty", "--from", "0", "--to", "1", "--import-duty", "0.2"), "leave it out"),
        (("max_mw", "--from", "0.1", "--to", "1", "--max-mw", "2"), "leave it out"),
        (("tariff", "--from", "0", "--to", "1", "--objective", "days"), "objective cost only"),
        (("max_accelerators", "--from", "1.5", "--to", "9"), "whole"),
        (("deadline", "--from", "x", "--to", "90d"), "--from"),
        (("ratio:h100", "--from", "1", "--to", "2"), "ratio:h100/a100"),
        (("ratio:h100/h100", "--from", "1", "--to", "2"), "two accelerators"),
        (("ratio:h100/a100", "--from", "1", "--to", "99"), "above 1"),
        (("price:ascend910b", "--from", "1", "--to", "2"), "export control"),
        (("rent:b200", "--from", "1", "--to", "2"), "no public offer"),
        (("price:h100", "--from", "1", "--to", "2", "--procurement", "rent"), "changes nothing"),
    ],
)
def test_what_cannot_be_answered_is_said(command: Cli, arguments: tuple[str, ...], word: str) -> None:
    """One message, status 2, nothing on stdout: an input that moves nothing is no "wins all the way"."""
    ran = command("tipping", *arguments, "--workload", "dense-small", "-q")
    assert ran.status == 2 and word in one_message(ran), ran.err


def test_library_refuses_the_same(frozen: Catalogue) -> None:
    """Not only the command."""
    with pytest.raises(UsageError):
        tipping(Case(electricity_usd_per_kwh=1), frozen, "tariff", Decimal(1), Decimal(2))


def test_the_value_in_the_data_is_placed(command: Cli, frozen: Catalogue) -> None:
    """Which choice the case as it stands has; and the document tells every stretch."""
    found = found_of("tariff, twice", frozen)
    assert "The case has $0.125 per kWh: buying RTX 4090 wins" in list(sentences(found))
    outputs = document(found).outputs()
    assert isinstance(outputs, TippingOut)
    assert [(s.accelerator, s.procurement) for s in outputs.stretches] == [s.choice for s in found.stretches]
    flags = ("--workload", "dense-small", "--country", "MX", "--max-mw", "0.15", "-q")
    ran = command("tipping", "deadline", "--from", "10d", "--to", "4 months", *flags, "--json")
    read_back(ran.out, TippingOut)
    assert json.loads(ran.out)["outputs"]["stretches"][-1]["last"]["value"] == "120"
