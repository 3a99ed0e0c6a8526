"""(e) Rate and the parent's memory over cases; (f) one and two processes, one and two Dask workers.

All run ``optimizer batch`` as a process of its own, as a user does.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.catalogue import Catalogue

from . import cases, ours
from .measuring import Scale, Section, Target, clocked, in_turn, installed, table

SIZES = (100, 1_000, 10_000, 100_000)
MEMORY_TARGET = 1.2
RATE_TARGET = 300.0
DASK_TARGET = 1.7
WORKERS = (1, 2)
COMPARED = 10_000
"""Cases of a batch with one or two workers."""
ENOUGH = 1_000
"""With fewer, the start of the workers and the last chunk weigh more than the cases."""
FINISHED = (0, 6)
"""Exit statuses: all done; done, with rows that are invalid or undecided."""
_WITH_PEAK = """
import sys
place = sys.argv.pop(1)
from optimizer.cli import main
try:
    main()
finally:
    with open("/proc/self/status") as status, open(place, "w") as out:
        print([line.split()[1] for line in status if line.startswith("VmHWM")][0], file=out)
"""
"""Runs the command line and leaves the peak of its own process, kB, without that of its workers. (getrusage would
count the process that started it, whose peak lives on through exec.)"""


@dataclass(frozen=True)
class Ran:
    """A batch that was run."""

    cases: int
    seconds: float
    peak_mb: float
    plans: bytes

    @property
    def rate(self) -> float:
        """Cases a second, start and end of the process included."""
        return self.cases / self.seconds


def batch(count: int, folder: Path, *flags: str) -> Ran:
    """Run ``optimizer batch`` on so many mixed cases, no two alike.

    Raises:
        RuntimeError: it did not end as a batch ends.
    """
    asked, plans, peak = folder / f"cases_{count}.csv", folder / "plans.csv", folder / "peak"
    if not asked.exists():
        asked.write_text(cases.as_csv(cases.distinct(count)), encoding="utf-8")
    command = [sys.executable, "-c", _WITH_PEAK, str(peak), "batch", str(asked), "-o", str(plans), "--quiet", *flags]
    seconds, done = clocked(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    if done.returncode not in FINISHED:
        raise RuntimeError(f"optimizer batch ended with status {done.returncode}: {done.stderr[-2000:]}")
    return Ran(count, seconds, int(peak.read_text(encoding="utf-8")) / 1024, plans.read_bytes())


def sizes(_: Catalogue, scale: Scale) -> Section:
    """Rate and memory of the parent over cases."""
    ran: list[Ran] = []
    told = Section("batches: cases, rate and the parent's memory")
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            wait_s = count / ran[-1].rate if ran else 0.0
            if count > scale.largest_batch:
                break
            if wait_s > scale.batch_limit_s:
                told.notes.append(f"{count:,} cases: left out, would take about {wait_s:,.0f} s (--batch-limit)")
                break
            ran.append(batch(count, Path(folder)))
    rows = [(f"{r.cases:,}", f"{r.seconds:,.1f}", f"{r.rate:,.1f}", f"{r.peak_mb:,.0f}") for r in ran]
    told.tables.append(
        table("mixed cases, no two alike; as the command is by default", ("cases", "s", "cases/s", "peak MB"), rows)
    )
    if len(ran) > 2:
        name = f"parent's peak for {ran[-1].cases:,} cases / for {ran[1].cases:,}"
        told.targets.append(Target(name, ran[-1].peak_mb / ran[1].peak_mb, MEMORY_TARGET, at_least=False))
    return told


def workers(_: Catalogue, scale: Scale) -> Section:
    """The same batch with one and two processes, then with one and two Dask workers."""
    told = Section("workers: one and two processes, one and two Dask workers")
    flags, count = ours.batch_flags(), min(scale.largest_batch, COMPARED)
    if count < ENOUGH:
        told.notes.append(f"{count:,} cases are too few to share out: the ratios mean nothing yet (--largest-batch)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if "--workers" in flags:
            ran = _in_turn({n: ("--workers", str(n)) for n in WORKERS}, count, folder, scale)
            _compare(told, "processes", ran)
            told.targets.append(Target("cases a second, two processes", ran[2].rate, RATE_TARGET))
        else:
            told.notes.append("optimizer batch --workers: not there yet")
        if "--scheduler" not in flags:
            told.notes.append("optimizer batch --scheduler: not there yet")
        elif installed("distributed") is None:
            told.notes.append("dask distributed: not installed, left out")
        else:
            addresses = {n: stack.enter_context(_cluster(n)).scheduler_address for n in WORKERS}
            ran = _in_turn({n: ("--scheduler", a) for n, a in addresses.items()}, count, folder, scale)
            _compare(told, "Dask workers", ran)
            told.targets.append(Target("two Dask workers / one", ran[2].rate / ran[1].rate, DASK_TARGET))
    return told


def _cluster(workers: int) -> Any:
    from distributed import LocalCluster

    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0")


def _in_turn(flags: Mapping[int, tuple[str, ...]], count: int, folder: Path, scale: Scale) -> dict[int, Ran]:
    """A batch with each set of flags, the quickest of the rounds."""
    ran: dict[int, Ran] = {}

    def once(workers: int) -> float:
        this = batch(count, folder, *flags[workers])
        if workers not in ran or this.seconds < ran[workers].seconds:
            ran[workers] = this
        return this.seconds

    calls: dict[int, Callable[[], float]] = {n: lambda n=n: once(n) for n in flags}
    in_turn(calls, min(2, scale.rounds), once_s=math.inf)
    return ran


def _compare(told: Section, what: str, ran: Mapping[int, Ran]) -> None:
    """A table of one and more workers.

    Raises:
        AssertionError: the plans differ with the number of workers.
    """
    assert len({r.plans for r in ran.values()}) == 1, f"the plans differ with the number of {what}"
    rows = [
        (str(n), f"{r.seconds:,.1f}", f"{r.rate:,.1f}", f"{r.rate / ran[1].rate:.2f}", f"{r.peak_mb:,.0f}")
        for n, r in ran.items()
    ]
    columns = (what, "s", "cases/s", "x one", "parent's peak MB")
    told.tables.append(
        table(f"{next(iter(ran.values())).cases:,} mixed cases, plans the same byte for byte", columns, rows)
    )
