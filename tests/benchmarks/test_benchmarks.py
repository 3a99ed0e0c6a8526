"""The benchmarks as tests: ``pytest tests/benchmarks -m benchmark -s`` prints the tables of the quick size.

Those that measure are no part of the default run. Only ratios that hold on a busy machine are asserted, and loosely;
the targets themselves stand in the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

import pytest
from rich.console import Console

from optimizer.catalogue import Catalogue

from . import cases, decisions, formulations, ours, solvers, stages, startup, stock
from .measuring import QUICK, WIDTH, Section
from .solvers import Seat
from .stopwatch import Stopwatch


def measures(test: Callable[..., None]) -> Callable[..., None]:
    """A test that measures: with the campaigns."""
    return pytest.mark.benchmark(pytest.mark.campaign(test))


SLACK = 1.25
"""How much worse than its target a ratio may be on a busy machine before a test fails."""
ROUNDS = 5
TIMERS_TAKE = 0.25
"""What the timers of the stages may add, as a share of the whole."""
FORMULATION = 5.0
"""What the chords bring at least, inside HiGHS, over the duration as an index (some 12 are measured)."""
SHORTCUTS = 5.0
"""What the shortcuts bring at least, inside HiGHS: far less than is measured (some 50)."""


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
def test_the_stages_of_a_case_add_up_to_the_whole(live: Catalogue, show: list[Section]) -> None:
    """A stage timed twice, or one that is not called any more, would make the sum another than the whole."""
    show.append(stages.section(live, QUICK))
    some = cases.mixed(QUICK.cases)
    some += [case.changed(mix=stages.MIX) for case in some[:2]]
    texts = {str(number): cases.as_csv([case]) for number, case in enumerate(some)}
    by_stage, plain = stages.stages(live, texts, ROUNDS)
    whole = [sum(values) for values in zip(*by_stage.values(), strict=True)]
    assert abs(sum(whole) / sum(plain) - 1) <= TIMERS_TAKE
    never = [name for name, values in by_stage.items() if not any(values)]
    assert not never, f"never called: {never}"
    # of what is left between the stages nobody knows what it is
    assert sum(by_stage[stages.REST]) <= 0.15 * sum(whole)


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


def test_time_in_a_stage_that_another_calls_counts_once() -> None:
    """Nested stages: the outer one would else have the inner one's time as well."""
    watch = Stopwatch({"outer": (f"{__name__}:_outer",), "inner": (f"{__name__}:_inner",)})
    with watch.on():
        _outer()
    assert watch.seconds["inner"] >= 0.02
    assert watch.seconds["outer"] < 0.02


def _inner() -> None:
    import time

    time.sleep(0.02)


def _outer() -> None:
    _inner()


@measures
def test_our_way_beats_the_stock_interfaces(live: Catalogue, show: list[Section]) -> None:
    """Every way finds the optimum of the exhaustive search (checked inside); 1 would mean that ours brings nothing."""
    show.append(stock.section(live, QUICK))
    assert all(target.ratio >= stock.TARGET / SLACK for target in show[0].targets)


@measures
def test_the_chord_model_is_worth_five_times_the_duration_indexed_one(live: Catalogue) -> None:
    """Time inside HiGHS as it comes, on the same cases, optima equal to the search's; 1: the chords bring nothing."""
    ready = cases.solved_by_highs(cases.mixed(400), live, 6)
    with Seat(solvers.HIGHS) as seat:
        records, _ = formulations.measured(ready, QUICK, [seat])
    chords = records[(formulations.OWN, solvers.HIGHS.name)]
    indexed = records[(formulations.INDEXED, solvers.HIGHS.name)]
    assert chords.faults() == "none"
    assert not indexed.wrong and not indexed.other
    assert median(i / c for i, c in zip(indexed.seconds, chords.seconds, strict=True)) >= FORMULATION / SLACK


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
def test_search_and_shortcuts_are_quicker_than_the_plain_model(live: Catalogue, show: list[Section]) -> None:
    """The exhaustive search, and what it leaves to HiGHS, beside the chord model without shortcuts, optima equal."""
    show.append(formulations.searching(live, QUICK))
    ready = cases.solved_by_highs(cases.mixed(400), live, 6)
    with Seat(solvers.HIGHS) as seat:
        records, _ = formulations.measured(ready, QUICK, [seat], (formulations.OWN,))
    plain = records[(formulations.OWN, solvers.HIGHS.name)].typical
    assert records[(formulations.OWN, formulations.SEARCH)].typical <= plain
    assert records[(formulations.OWN, formulations.OUR_PATH)].typical <= plain / SHORTCUTS


@measures
def test_a_curve_of_thirty_points_takes_less_than_two_seconds(live: Catalogue, show: list[Section]) -> None:
    """Of single-site cases, proved from both sides, of every pair of axes that is measured."""
    show.append(decisions.section(live, QUICK))
    (slowest,) = show[0].targets
    assert 0 < slowest.ratio <= slowest.target * SLACK


@measures
def test_start_up(live: Catalogue, show: list[Section]) -> None:
    """A question pays for the solver's import once; help must not load it (which takes longer than all of help)."""
    found = startup.measure()
    show.append(startup.section(live, QUICK))
    assert not found["imports"].trouble and not found["help"].trouble and not found["ask"].trouble
    assert found["help"].best <= found["imports"].best / 2
    assert startup.ratio(found) <= startup.ASK_TARGET * SLACK
