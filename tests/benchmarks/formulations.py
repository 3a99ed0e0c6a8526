"""(c) The chord model and the duration-indexed one, in HiGHS and in the other solvers; (d) exhaustive search beside."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from optimizer.catalogue import Catalogue

from . import cases, indexed, ours, solvers
from .linear import Linear, write_mps
from .measuring import Scale, Section, Target, clocked, in_turn, ms, spread, table
from .ours import Prepared, Programme
from .solvers import Said, Seat

OWN, NARROWED, INDEXED = "chords", "chords, narrowed", "duration-indexed"
"""Our model as it is stated; as HiGHS is asked it, without what the search has made pointless; the usual one."""
OUR_PATH = "HiGHS in our path"
SEARCH = "exhaustive search, exact"
AGREE = 1e-6
GUROBI_LIMIT = 2_000
"""Columns and rows that Gurobi takes without a licence."""
FASTER = 10.0


def agrees(value: float, best: float) -> bool:
    """Whether a solver's objective is the optimum, as well as its tolerance allows; nan is not."""
    return abs(value / best - 1) <= AGREE


@dataclass
class Record:
    """What one solver did with one formulation over the cases."""

    seconds: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    late: int = 0
    wrong: int = 0
    too_large: int = 0
    other: list[str] = field(default_factory=list)

    def add(self, said: Said, seconds: float, value: float, best: float) -> None:
        """One case; ``seconds`` are those of the least disturbed round."""
        if said.status == "too large":
            self.too_large += 1
            return
        self.seconds.append(seconds)
        self.reading.append(said.reading_s)
        if said.status == "time limit":
            self.late += 1
        elif said.status != "optimal":
            self.other.append(said.status)
        elif not agrees(value, best):
            self.wrong += 1

    @property
    def sound(self) -> bool:
        """Whether it took every case and gave no wrong answer (to run out of time is slow, not wrong)."""
        return bool(self.seconds) and not (self.wrong or self.too_large or self.other)

    @property
    def typical(self) -> float:
        """Median seconds."""
        return median(self.seconds)

    def faults(self) -> str:
        """In words."""
        told = ((self.wrong, "wrong"), (self.late, "out of time"), (self.too_large, "too large"))
        words = [f"{count} {what}" for count, what in told if count]
        return ", ".join([*words, *sorted(set(self.other))]) or "none"


Records = Mapping[tuple[str, str], Record]


def measured(
    ready: list[Prepared], scale: Scale, seats: list[Seat], formulations: tuple[str, ...] = (OWN, NARROWED, INDEXED)
) -> tuple[Records, list[str]]:
    """Every solver on the formulations of every case, in turn with our path and the search; the sizes in words.

    Raises:
        AssertionError: our path has another optimum than the exhaustive search.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _measured(ready, scale, seats, formulations, Path(folder))


def _measured(
    ready: list[Prepared], scale: Scale, seats: list[Seat], formulations: tuple[str, ...], folder: Path
) -> tuple[Records, list[str]]:
    records: dict[tuple[str, str], Record] = {(OWN, OUR_PATH): Record(), (OWN, SEARCH): Record()}
    sizes: dict[str, list[tuple[int, int]]] = {name: [] for name in formulations}
    for each in ready:
        given, found = ours.programme_of(each), ours.by_counting(each)
        assert given is not None and found is not None
        best = float(found.value)
        models: dict[str, tuple[Linear, Path]] = {}
        for name in formulations:
            models[name] = (_modelled(name, each, given), folder / f"model_{len(models)}.mps")
            sizes[name].append(models[name][0].size)
            write_mps(*models[name])
        said: dict[tuple[str, str], Said] = {}
        calls = _calls(each, models, scale, seats, said, best)
        for key, seconds in in_turn(calls, scale.rounds).items():
            last = said[key]
            value = best if key[1] in (OUR_PATH, SEARCH) else models[key[0]][0].value(last.objective)
            records.setdefault(key, Record()).add(last, seconds, value, best)
    told = [
        f"{name}: {median(s[0] for s in size):.0f} columns x {median(s[1] for s in size):.0f} rows in the median, "
        f"at most {max(s[0] for s in size)} x {max(s[1] for s in size)}"
        for name, size in sizes.items()
    ]
    return records, told


def _modelled(formulation: str, ready: Prepared, given: Programme) -> Linear:
    if formulation == INDEXED:
        return indexed.indexed(given)
    return ours.arrays(given if formulation == OWN else ours.narrowed_programme(ready))


def _calls(
    ready: Prepared,
    models: Mapping[str, tuple[Linear, Path]],
    scale: Scale,
    seats: list[Seat],
    said: dict[tuple[str, str], Said],
    best: float,
) -> dict[tuple[str, str], Callable[[], float]]:
    def own() -> float:
        outcome = ours.answer_prepared(ready)
        assert agrees(float(outcome.objective_value), best)
        seconds = ours.seconds_in_highs(outcome)
        said[(OWN, OUR_PATH)] = Said("optimal", best, seconds, 0.0)
        return seconds

    def counted() -> float:
        seconds, _ = clocked(lambda: ours.by_counting(ready))
        said[(OWN, SEARCH)] = Said("optimal", best, seconds, 0.0)
        return seconds

    def other(name: str, seat: Seat) -> float:
        key = (name, seat.other.name)
        before = said.get(key)
        # once out of time is enough: a second run would tell nothing new
        if before is not None and before.status != "optimal":
            return before.seconds
        now = seat.solve(models[name][1], scale.time_limit_s)
        # and once wrong is wrong, whatever a later round says
        if before is None or agrees(models[name][0].value(before.objective), best):
            said[key] = now
        return now.seconds

    calls: dict[tuple[str, str], Callable[[], float]] = {(OWN, OUR_PATH): own, (OWN, SEARCH): counted}
    for name in models:
        for seat in seats:
            calls[(name, seat.other.name)] = lambda name=name, seat=seat: other(name, seat)
    return calls


def best_other(records: Records, formulation: str) -> tuple[str, Record]:
    """The fastest of the other solvers in the median, of those that took every case and were never wrong."""
    names = {other.name for other in solvers.OTHERS}
    sound = {name: r for (of, name), r in records.items() if of == formulation and name in names and r.sound}
    if not sound:
        return "no other solver", Record([math.nan])
    name = min(sound, key=lambda each: sound[each].typical)
    return name, sound[name]


def _rows(records: Records) -> Iterator[tuple[str, ...]]:
    own = records[(OWN, OUR_PATH)].typical
    for (formulation, name), record in records.items():
        if record.seconds:
            ratio = f"{record.typical / own:.3g}"
            reading = ms(median(record.reading)) if any(record.reading) else "-"
            yield (f"{formulation}: {name}", *spread(record.seconds), ratio, reading, record.faults())
        else:
            yield (f"{formulation}: {name}", "-", "-", "-", "-", "-", record.faults())


def report(title: str, ready: list[Prepared], scale: Scale, seats: list[Seat]) -> tuple[Section, Records]:
    """One set of cases."""
    records, sizes = measured(ready, scale, seats)
    made = table(
        f"{len(ready)} {title}; ms inside the solver's solve call, gap 0, one thread",
        ("formulation: solver", "median", "least", "most", "x ours", "reading", "faults"),
        _rows(records),
    )
    own = records[(OWN, OUR_PATH)].typical
    there, here, same = (best_other(records, name) for name in (INDEXED, OWN, NARROWED))
    # what shortens the model for HiGHS shortens it for all: the targets do not say so, the reader should know
    sizes.append(
        f"given the narrowed model too, {same[0]} takes {same[1].typical / own:.2g} times as long as {OUR_PATH}"
    )
    targets = [
        Target(f"{INDEXED} in {there[0]} / {OUR_PATH}", there[1].typical / own, FASTER),
        Target(f"{OWN} in {here[0]} / {OUR_PATH}", here[1].typical / own, 1.0),
    ]
    return Section("", [made], sizes, targets), records


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """Small cases, which fit the size-limited Gurobi on both sides; then cases as they are."""
    some = max(4, scale.cases // 2)
    few = fitting(catalogue, some)
    shipped = cases.solved_by_highs(cases.mixed(400), catalogue, max(3, some // 2))
    told = Section("formulations: chords and duration-indexed, in HiGHS and in the other solvers")
    with ExitStack() as stack:
        seats = [stack.enter_context(Seat(other)) for other in solvers.EVERY if other.there]
        told.notes += [f"{o.name}: not installed ({o.package}), left out" for o in solvers.EVERY if not o.there]
        small = f"small cases (2 to 4 accelerators, at most {GUROBI_LIMIT} columns and rows on both sides)"
        for title, ready in ((small, few), ("cases of the shipped catalogue", shipped)):
            part, _ = report(title, ready, scale, seats)
            told.tables += part.tables
            told.notes += [f"{title.split(' (')[0]}, {line}" for line in part.notes]
            told.targets += [
                Target(f"{title.split(' (')[0]}: {t.name}", t.ratio, t.target, t.at_least) for t in part.targets
            ]
    told.notes += [
        f"CP-SAT scales by itself: {solvers.CP_SAT_SCALING}",
        "the best other solver is the fastest in the median of those that took every case and were never wrong",
        f"what is not optimal within {scale.time_limit_s:g} s counts as its time and is told under faults",
    ]
    return told


def fitting(catalogue: Catalogue, wanted: int) -> list[Prepared]:
    """The first small cases that keep within Gurobi's limit on both sides, and are not trivial."""
    found: list[Any] = []
    for ready in cases.solved_by_highs(cases.small(), catalogue, 10 * wanted):
        given = ours.programme_of(ready)
        assert given is not None
        if GUROBI_LIMIT // 10 <= max(indexed.size(given)) <= GUROBI_LIMIT and len(found) < wanted:
            found.append(ready)
    return found


def searching(catalogue: Catalogue, scale: Scale) -> Section:
    """(d) The exhaustive search for one option beside HiGHS, in our path and on the plain chord model."""
    ready = cases.solved_by_highs(cases.mixed(400), catalogue, scale.cases)
    with Seat(solvers.HIGHS) as seat:
        records, _ = measured(ready, scale, [seat], (OWN,))
    made = table(
        f"{len(ready)} cases of the shipped catalogue, ms; all answers equal",
        ("way", "median", "least", "most", "x ours", "reading", "faults"),
        _rows(records),
    )
    return Section("search: every count and duration tried, beside HiGHS", [made])
