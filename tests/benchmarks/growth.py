"""(e) How the time of a case grows: with options, with the deadline, with the size of a mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from rich.table import Table

from optimizer.catalogue import Catalogue
from optimizer.domain import Case

from . import cases, ours
from .measuring import Scale, Section, Target, clocked, in_turn, ms, spread, table

OPTIONS = (16, 32, 64, 128, 256, 512)
DEADLINES = (30, 60, 120, 240, 365, 730, 1825, 3650)
MIXES = (1, 2, 3, 4)
TEN_YEARS, FOUR_MONTHS = 3650, 120
TEN_YEARS_TARGET = 3.0
MIX_TARGET_MS = 40.0


class Grown:
    """Wall seconds of whole cases by size; sizes are measured in turn."""

    def __init__(self) -> None:
        self.wall: dict[int, list[float]] = {}
        self.highs: dict[int, list[float]] = {}
        self.infeasible: dict[int, int] = {}

    def add(self, by_size: Mapping[int, tuple[Case, Catalogue]], rounds: int) -> None:
        """One case at every size."""
        highs: dict[int, float] = {}

        def once(size: int, case: Case, catalogue: Catalogue) -> float:
            took, outcome = clocked(lambda: ours.answer(case, catalogue))
            highs[size] = min(ours.seconds_in_highs(outcome), highs.get(size, took))
            self.infeasible[size] = self.infeasible.get(size, 0)
            if not ours.is_plan(outcome):
                self.infeasible[size] += 1
            return took

        for size, (case, catalogue) in by_size.items():
            ours.prepared(case, catalogue)  # its options are at hand, as for a case of a batch
            self.infeasible.setdefault(size, 0)
        before = dict(self.infeasible)
        calls = {size: lambda size=size, given=given: once(size, *given) for size, given in by_size.items()}
        for size, took in in_turn(calls, rounds).items():
            self.wall.setdefault(size, []).append(took)
            self.highs.setdefault(size, []).append(highs[size])
            self.infeasible[size] = before[size] + (self.infeasible[size] > before[size])

    def table(self, title: str, what: str, words: Mapping[int, str] | None = None) -> Table:
        """A row a size."""
        first = median(next(iter(self.wall.values())))
        rows: list[Sequence[object]] = [
            (
                (words or {}).get(size, size),
                *spread(wall),
                ms(median(self.highs[size])),
                f"{median(wall) / first:.2f}",
                self.infeasible[size],
            )
            for size, wall in self.wall.items()
        ]
        columns = (what, "median", "least", "most", "in HiGHS", "x first", "infeasible")
        return table(f"{title}; ms a case", columns, rows)


def options(catalogue: Catalogue, scale: Scale) -> Table:
    """From 16 to 512 options: copies of the accelerators with prices, rents and speeds jittered."""
    found, words = Grown(), {}
    some = cases.COUNTRIES[: max(2, scale.cases // 3)]
    sizes = OPTIONS[:3] if scale.quick else OPTIONS
    base = Case(country="BR", deadline_days=FOUR_MONTHS)
    grown = {size: cases.grown(catalogue, size, base) for size in sizes}
    for country in some:
        case = Case(country=country, deadline_days=FOUR_MONTHS)
        found.add({size: (case, larger) for size, larger in grown.items()}, scale.rounds)
    for size, larger in grown.items():
        counts = [len(ours.prepared(Case(country=c, deadline_days=FOUR_MONTHS), larger).table.options) for c in some]
        words[size] = f"about {size} ({min(counts)} to {max(counts)})"
    return found.table(f"{len(some)} countries, deadline of {FOUR_MONTHS} days, grown catalogue", "options", words)


def deadlines(catalogue: Catalogue, scale: Scale) -> tuple[Table, Target]:
    """From a month to ten years."""
    found = Grown()
    some = cases.COUNTRIES[: max(2, scale.cases // 6)]
    limits: tuple[dict[str, str], ...] = ({}, {"max_mw": "4"})
    for country in some:
        for limit in limits:
            by_size = {
                days: (Case(country=country, workload="apertus-70b", deadline_days=days, **limit), catalogue)
                for days in DEADLINES
            }
            found.add(by_size, scale.rounds)
    ratio = median(found.wall[TEN_YEARS]) / median(found.wall[FOUR_MONTHS])
    made = found.table(f"{len(some)} countries, with and without 4 MW, Apertus 70B", "deadline, days")
    return made, Target("a deadline of ten years / of 120 days", ratio, TEN_YEARS_TARGET, at_least=False)


def mixes(catalogue: Catalogue, scale: Scale) -> tuple[Table, Target]:
    """From one kind of server to four, on the shipped catalogue."""
    found = Grown()
    wanted = 2 if scale.quick else max(4, scale.cases // 2)
    some = [ready.setting.case for ready in cases.solved_by_highs(cases.mixed(400), catalogue, wanted)]
    sizes = MIXES[:2] if scale.quick else MIXES
    for case in some:
        found.add({mix: (case.changed(mix=mix), catalogue) for mix in sizes}, scale.rounds)
    made = found.table(f"{len(some)} mixed cases of the shipped catalogue that have a plan", "up to K kinds")
    largest = sizes[-1]
    worth = 1e3 * median(found.wall[largest])
    return made, Target(f"median of a mix of up to {largest}, ms", worth, MIX_TARGET_MS, at_least=False)


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """All three."""
    by_deadline, ten_years = deadlines(catalogue, scale)
    by_mix, four = mixes(catalogue, scale)
    return Section(
        "growth: options, deadline, kinds in a mix",
        [options(catalogue, scale), by_deadline, by_mix],
        [],
        [ten_years, four],
    )
