"""Many cases: what the parent costs a case, its memory over their number, and what workers bring.

Run with ``python tests/benchmarks/many.py`` where the package can be imported (``--cases 20000`` for the real solver).
Each run is a process of its own, so that its peak memory is its own. The parent is measured with a stub for a solver,
as the real one would hide it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = (1_000, 10_000, 100_000)
MEMORY_TARGET = 1.2
"""Peak memory of the parent for the most cases over that for the fewest: no more than this."""
DASK_TARGET = 1.7
"""Two Dask workers over one, in cases a second: at least this."""
KB_PER_MB = 1024


@dataclass(frozen=True)
class Ran:
    """One batch, measured from inside its parent."""

    name: str
    cases: int
    wall_s: float
    begun_s: float
    """Until the first row was written: start of the workers included."""
    parent_s: float
    """CPU time of the parent."""
    peak_mb: float
    """Peak resident memory of the parent."""

    @property
    def rate(self) -> float:
        """Cases a second, from the first row written on."""
        return self.cases / (self.wall_s - self.begun_s)


def mixed_lines(count: int, seed: int = 20261126) -> list[str]:
    """A cases file of unlike country cases on the shipped data: single-generation, with one limit or two."""
    countries = ["BR", "MX", "VN", "SA", "KZ", "EG", "AE", "KE", "NG", "ID", "IN", "TR", "CL", "CO", "AR", "ZA"]
    workloads = ("deepseek-v3-10t", "deepseek-v3", "apertus-70b", "llama-3.1-8b")
    drawn = random.Random(seed)
    lines = ["case_id,country,workload,max_mw,deadline_days,budget_usd,procurement\n"]
    for n, (country, workload) in zip(range(count), itertools.cycle(itertools.product(countries, workloads))):
        limit = f"{drawn.uniform(0.5, 8):.4f}" if n % 3 else ""
        budget = f"{drawn.uniform(5, 90):.3f}e6" if n % 5 == 0 else ""
        lines.append(
            f"c{n},{country},{workload},{limit},{drawn.randint(60, 365)},{budget},{('', 'buy', 'rent')[n % 3]}\n"
        )
    return lines


def run_here(cases: str, output: str, form: str, workers: int, scheduler: str, solver: str) -> None:
    """One batch in this process; prints what was measured as JSON."""
    sys.path.insert(0, str(HERE.parent))
    import stubs

    from optimizer.batch.engine import solve_all
    from optimizer.batch.job import Job
    from optimizer.batch.run import row_of
    from optimizer.batch.source import open_source
    from optimizer.catalogue import load_catalogue

    begun: list[float] = []
    job = Job(output=Path(output), form=form, workers=workers or None, scheduler=scheduler or None, restart=True)
    start = time.perf_counter()
    counts = solve_all(
        open_source(cases),
        load_catalogue(),
        job,
        progress=lambda done: None if begun else begun.append(time.perf_counter() - start),
        solve=row_of if solver == "real" else stubs.instant,
    )
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = [counts.done, wall, begun[0], used.ru_utime + used.ru_stime, used.ru_maxrss / KB_PER_MB]
    print(json.dumps(told))


def measured(
    name: str, cases: Path, *, form: str = "csv", workers: int = 0, scheduler: str = "", solver: str = "stub"
) -> Ran:
    """One batch in a process of its own."""
    given = [str(cases), str(cases.with_suffix(f".out.{form}")), form, str(workers), scheduler, solver]
    done = subprocess.run(
        [sys.executable, __file__, "--run", *given], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return Ran(name, *json.loads(done.stdout.splitlines()[-1]))


def write(folder: Path, count: int) -> Path:
    """A cases file of so many lines."""
    path = folder / f"cases{count}.csv"
    path.write_text("".join(mixed_lines(count)), encoding="utf-8")
    return path


def memory(folder: Path, counts: Sequence[int] = COUNTS) -> list[Ran]:
    """The parent over the number of cases, with a stub for a solver and two workers."""
    return [measured(f"{count:,} cases", write(folder, count), workers=2) for count in counts]


def forms(folder: Path, count: int = 20_000) -> list[Ran]:
    """The parent by the form of the output."""
    path = write(folder, count)
    return [measured(form, path, form=form, workers=2) for form in ("csv", "jsonl", "parquet")]


def workers(folder: Path, count: int) -> list[Ran]:
    """The real solver: one and two processes of this machine, one and two Dask workers."""
    import distributed

    path = write(folder, count)
    found = [
        measured("1 process", path, workers=1, solver="real"),
        measured("2 processes", path, workers=2, solver="real"),
    ]
    for n in (1, 2):
        with distributed.LocalCluster(
            n_workers=n, threads_per_worker=1, dashboard_address=None, protocol="tcp", silence_logs=60
        ) as cluster:
            measured("warm", write(folder, 200), scheduler=cluster.scheduler_address, solver="real")
            found.append(measured(f"{n} Dask workers", path, scheduler=cluster.scheduler_address, solver="real"))
    return found


def lines(title: str, found: Sequence[Ran]) -> list[str]:
    """A table."""
    told = [f"{title:<34} {'cases':>8} {'wall s':>8} {'to row 1':>9} {'a second':>9} {'parent us':>10} {'peak MB':>8}"]
    told += [
        f"{ran.name:<34} {ran.cases:>8} {ran.wall_s:>8.1f} {ran.begun_s:>9.2f} {ran.rate:>9.0f}"
        f" {1e6 * ran.parent_s / ran.cases:>10.0f} {ran.peak_mb:>8.0f}"
        for ran in found
    ]
    return told


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=2_000, help="cases for the real solver")
    parser.add_argument("--run", nargs=6, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        cases, output, form, count, scheduler, solver = given.run
        run_here(cases, output, form, int(count), scheduler, solver)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grown = memory(folder)
        print("\n".join(lines("memory, stub for a solver", grown)))
        print(f"peak memory, most over fewest: {grown[-1].peak_mb / grown[0].peak_mb:.2f}   target <= {MEMORY_TARGET}")
        print("\n".join(lines("forms, stub for a solver", forms(folder))))
        shared = workers(folder, given.cases)
        print("\n".join(lines("workers, the real solver", shared)))
        print(f"two Dask workers over one: {shared[3].rate / shared[2].rate:.2f}   target >= {DASK_TARGET}")
        print(f"two processes over one: {shared[1].rate / shared[0].rate:.2f}")


if __name__ == "__main__":
    main()
