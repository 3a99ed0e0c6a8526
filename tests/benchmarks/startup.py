"""Start-up: what a cold process takes, beside one that imports Pyomo and highspy alone, and beside another checkout.

A process has a time of its own, so this is measured apart from the rest. What counts is the time of the processor (user
and system, children too), in turn: a busy machine changes the clock far more than that.

``python -m tests.benchmarks startup --beside FOLDER`` measures another checkout (``git worktree add FOLDER COMMIT``) in
the same run, with the same Python and the same packages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from optimizer.catalogue import Catalogue

from .measuring import Scale, Section, Target, spread, table

RUNS = 15
HELP_TARGET_S = 0.2
ASK_TARGET = 1.5
BESIDE_TARGET = 1.0
HERE = Path(__file__).parent.parent.parent
CASES = 200
_QUESTION = "cheapest plan under 1 MW in 150 days"
_MIX = ("--max-mw", "1", "--deadline", "150d", "--mix", "2", "--use", "h100;a100;b200")
_SITES = ("consortium", "BR=0.5", "MX=0.5", "--deadline", "180d")
SLOW = {"explain mix": 3, "consortium explain": 3}
"""Commands that take seconds, and how often each is run at most."""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "nothing": ("-c", "pass"),
    "imports": ("-c", "import pyomo.environ, highspy"),
    "help": ("-m", "optimizer", "--help"),
    "reading": ("-m", "optimizer", "ask", _QUESTION, "--dry-run"),
    "ask": ("-m", "optimizer", "ask", _QUESTION),
    "no plan": ("-m", "optimizer", "ask", "cheapest plan under 1 MW in 120 days"),
    "plan": ("-m", "optimizer", "plan", "--max-mw", "1", "--deadline", "150d"),
    "mix": ("-m", "optimizer", "plan", *_MIX),
    "guide": ("-m", "optimizer", "guide"),
    "data list": ("-m", "optimizer", "data", "list"),
    "explain mix": ("-m", "optimizer", "explain", "--max-mw", "1", "--deadline", "150d", "--mix", "2"),
    "consortium": ("-m", "optimizer", *_SITES),
    "consortium explain": ("-m", "optimizer", *_SITES, "--explain"),
    "batch": ("-m", "optimizer", "batch", "cases.csv", "-o", "plans.csv", "--workers", "1", "-q"),
}
_NO_PLAN = 3
"""Exit status of an answer, too: proved that there is none."""


@dataclass(frozen=True)
class Cold:
    """Processor times of a command in fresh processes, in seconds; none if it cannot be run, and why."""

    name: str
    seconds: tuple[float, ...]
    trouble: str = ""

    @property
    def best(self) -> float:
        """The least disturbed run."""
        return min(self.seconds)


def cold(name: str, checkout: Path = HERE) -> Cold:
    """Time a command of ``COMMANDS`` once, with the package of a checkout, in an empty folder."""
    # an installed package has its bytecode; without it every run would compile all of ours and none of the libraries'
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(checkout)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cases.csv").write_text("\n".join(_cases()) + "\n", encoding="utf-8")
        begin = _processor_s()
        done = subprocess.run(
            (sys.executable, *COMMANDS[name]),
            **{"capture_output": True, "text": True, "timeout": 120, "check": False},
            **{"env": environment, "cwd": folder},
        )
        took = _processor_s() - begin
    if done.returncode not in (0, _NO_PLAN):
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        return Cold(name, (), f"exit status {done.returncode}: {last}")
    return Cold(name, (took,))


def _processor_s() -> float:
    """Seconds that child processes took of the processor; of the clock, where the system does not tell."""
    if sys.platform == "win32":
        return time.perf_counter()
    import resource

    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def _cases() -> Iterable[str]:
    """A file of cases, with the columns that every version knows."""
    yield "case_id,country,max_mw,deadline_days"
    for place in range(CASES):
        country = ("BR", "MX", "CL", "AR", "CO", "PE")[place % 6]
        yield f"c{place},{country},{0.5 + place % 7 * 0.75},{90 + place // 7 * 5}"


def measure(runs: int = RUNS, checkouts: Iterable[Path] = (HERE,), names: Iterable[str] = COMMANDS) -> list[list[Cold]]:
    """Every command in every checkout, in turn: a row for a command, the checkouts in their order."""
    places = [(name, checkout) for name in names for checkout in checkouts]
    taken: dict[tuple[str, Path], list[Cold]] = {place: [] for place in places}
    for turn in range(runs + 1):
        for name, checkout in places:
            if turn <= SLOW.get(name, runs):
                taken[name, checkout].append(cold(name, checkout))
    return [[_together(taken[name, checkout]) for checkout in checkouts] for name in names]


def _together(found: list[Cold]) -> Cold:
    """The first run warms the file cache and is not counted."""
    trouble = next((run.trouble for run in found if run.trouble), "")
    return Cold(found[0].name, () if trouble else tuple(run.seconds[0] for run in found[1:]), trouble)


def ratio(found: Mapping[str, Cold]) -> float:
    """Best time of a question over best time of the imports."""
    return found["ask"].best / found["imports"].best


def section(_: Catalogue, scale: Scale) -> Section:
    """The table."""
    checkouts = (HERE, *((scale.beside.resolve(),) if scale.beside else ()))
    rows = measure(3 if scale.quick else RUNS, checkouts)
    found = {row[0].name: row[0] for row in rows}
    columns = ["process", *(f"{word}{beside}" for beside in ("", " beside")[: len(checkouts)] for word in _WORDS)]
    lines = [(each[0].name, *(figure for one in each for figure in spread(one.seconds))) for each in rows]
    told = Section("startup: cold processes, time of the processor", [table("ms", columns, lines)])
    told.notes = [f"{one.name}: cannot be run: {one.trouble}" for row in rows for one in row if one.trouble]
    if found["help"].seconds:
        told.targets.append(Target("help, least seconds", found["help"].best, HELP_TARGET_S, at_least=False))
    if found["ask"].seconds and found["imports"].seconds:
        told.targets.append(Target("a question / the imports of Pyomo and highspy", ratio(found), ASK_TARGET, False))
    for ours, *others in rows:
        for theirs in others:
            if ours.seconds and theirs.seconds and ours.name not in ("nothing", "imports"):
                over = median(ours.seconds) / median(theirs.seconds)
                told.targets.append(Target(f"{ours.name} / the same beside, medians", over, BESIDE_TARGET, False))
    return told


_WORDS = ("median", "least", "most")
