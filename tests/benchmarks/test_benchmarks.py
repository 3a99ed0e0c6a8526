"""The benchmarks as tests: ``pytest tests/benchmarks -m benchmark -s`` prints the tables of the quick size.

Those that measure are no part of the default run. What is asserted is that every way finds the right answer, never how
long it took: times and ratios, with their targets, stand in the tables.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from statistics import median
from types import SimpleNamespace

import pytest
from rich.console import Console

from optimizer.catalogue import Catalogue

from . import cases, decisions, formulations, ours, power, solvers, stages, startup, stock, stopwatch, waiting
from .measuring import QUICK, WIDTH, Section
from .solvers import Seat
from .stopwatch import Stopwatch


def measures(test: Callable[..., None]) -> Callable[..., None]:
    """A test that measures: with the campaigns."""
    return pytest.mark.benchmark(pytest.mark.campaign(test))


@pytest.fixture
def show() -> Iterator[list[Section]]:
    """Sections to be printed at the end of a test."""
    told: list[Section] = []
    yield told
    console = Console(width=WIDTH)
    for section in told:
        console.print()
        section.show(console)


@measures
def test_every_stage_of_a_case_is_gone_through(live: Catalogue, show: list[Section]) -> None:
    """A stage that is not called any more would be told as free; how near their sum is to the whole is printed."""
    show.append(stages.section(live, QUICK))
    some = cases.mixed(QUICK.cases)
    some += [case.changed(mix=stages.MIX) for case in some[:2]]
    texts = {str(number): cases.as_csv([case]) for number, case in enumerate(some)}
    by_stage, _ = stages.stages(live, texts, QUICK.rounds)
    never = [name for name, values in by_stage.items() if not any(values)]
    assert not never, f"never called: {never}"


def test_the_timers_are_taken_off_again() -> None:
    """A timer left in place would slow down, and count in, all that comes after."""
    import highspy

    from optimizer.solve import planner

    before = planner.search, highspy.Highs.run
    watch = Stopwatch(ours.STAGES)
    with watch.on():
        assert planner.search is not before[0]
    assert (planner.search, highspy.Highs.run) == before
    with (
        pytest.raises(LookupError, match="no longer there"),
        Stopwatch({"gone": ("optimizer.solve.planner:gone",)}).on(),
    ):
        pass


def test_time_in_a_stage_that_another_calls_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested stages: the outer one would else have the inner one's time as well. By a clock that goes a second on
    each time it is read: 1 s in the outer one before the inner one, 1 s in this, and 1 s after it."""
    ticks = itertools.count()
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    watch = Stopwatch({"outer": (f"{__name__}:_outer",), "inner": (f"{__name__}:_inner",)})
    with watch.on():
        _outer()
    assert watch.seconds == {"outer": 2.0, "inner": 1.0}


def _inner() -> None:
    pass


def _outer() -> None:
    _inner()


@measures
def test_our_way_and_the_stock_interfaces_find_the_optimum_of_the_search(live: Catalogue, show: list[Section]) -> None:
    """Checked inside, on every case: what is timed must be right on all sides."""
    show.append(stock.section(live, QUICK))
    assert len(show[0].targets) == 4


@measures
def test_the_chord_model_and_the_duration_indexed_one_find_the_optimum_of_the_search(live: Catalogue) -> None:
    """In HiGHS as it comes, on the same cases; what the chords bring over the duration as an index is printed."""
    ready = cases.solved_by_highs(cases.mixed(400), live, 6)
    with Seat(solvers.HIGHS) as seat:
        records, _ = formulations.measured(ready, QUICK, [seat])
    chords = records[(formulations.OWN, solvers.HIGHS.name)]
    indexed = records[(formulations.INDEXED, solvers.HIGHS.name)]
    assert chords.faults() == "none"
    assert not indexed.wrong and not indexed.other
    ratio = median(i / c for i, c in zip(indexed.seconds, chords.seconds, strict=True))
    print(f"\nduration-indexed over chords, inside HiGHS: {ratio:.3g}")


@measures
def test_the_other_solvers_find_the_optimum_of_the_search(live: Catalogue) -> None:
    """Of those installed, on a small case in both formulations; CP-SAT rounds, and is only counted (see the tables)."""
    there = [other for other in solvers.OTHERS if other.there and other.name != "CP-SAT"]
    if not there:
        pytest.skip("no other solver is installed: pip install '.[bench]'")
    ready = formulations.fitting(live, 2)
    for other in there:
        with Seat(other) as seat:
            records, _ = formulations.measured(ready, QUICK, [seat])
        for formulation in (formulations.OWN, formulations.NARROWED, formulations.INDEXED):
            record = records[(formulation, other.name)]
            assert not (record.wrong or record.too_large or record.other), f"{other.name}: {record.faults()}"


def test_a_solver_that_is_wrong_is_counted() -> None:
    """A benchmark that let a wrong optimum pass would praise the quickest liar."""
    record = formulations.Record()
    record.add(solvers.Said("optimal", 2.0, 0.1, 0.0), 0.1, 2.0, 1.0)
    record.add(solvers.Said("optimal", 1.0, 0.1, 0.0), 0.1, 1.0, 1.0)
    record.add(solvers.Said("infeasible", 0.0, 0.1, 0.0), 0.1, float("nan"), 1.0)
    record.add(solvers.Said("time limit", 1.0, 0.1, 0.0), 0.1, 1.0, 1.0)
    assert (record.wrong, record.late, record.other) == (1, 1, ["infeasible"])
    assert not record.sound


@measures
def test_search_shortcuts_and_the_plain_model_agree(live: Catalogue, show: list[Section]) -> None:
    """The exhaustive search, and what it leaves to HiGHS, beside the chord model without shortcuts: optima equal."""
    show.append(formulations.searching(live, QUICK))
    ready = cases.solved_by_highs(cases.mixed(400), live, 6)
    with Seat(solvers.HIGHS) as seat:
        records, _ = formulations.measured(ready, QUICK, [seat], (formulations.OWN,))
    assert {name: record.faults() for (_, name), record in records.items()} == dict.fromkeys(
        (formulations.OUR_PATH, formulations.SEARCH, solvers.HIGHS.name), "none"
    )


@measures
def test_curves_of_thirty_points_are_measured(live: Catalogue, show: list[Section]) -> None:
    """Of single-site cases, proved from both sides, of every pair of axes; without one of 30 points there is nothing
    to measure, which would be told as 0 s."""
    show.append(decisions.section(live, QUICK))
    (slowest,) = show[0].targets
    assert slowest.ratio > 0


@measures
def test_start_up(live: Catalogue, show: list[Section]) -> None:
    """Every command that is timed runs; that help does not load the solver is for the tests of the architecture."""
    show.append(startup.section(live, QUICK))
    assert not show[0].notes, "a command cannot be run"
    assert len(show[0].targets) == 2


@measures
def test_what_a_person_waits_for(live: Catalogue, show: list[Section]) -> None:
    """All of it ends as it should: hostile files are refused, an interrupted batch has status 130 (checked inside)."""
    show.append(waiting.section(live, QUICK))
    assert len(show[0].targets) == len(waiting.TARGETS_S)


@measures
def test_a_fed_site_is_answered_cold_again_and_in_a_batch(live: Catalogue, show: list[Section]) -> None:
    """Every case ends in a plan or in a proof that there is none; how long it takes is printed."""
    show.append(power.section(live, QUICK))
    assert len(show[0].notes) == 4
