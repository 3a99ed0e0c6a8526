"""Start-up: how long a cold process takes, beside one that imports Pyomo and highspy alone.

A process has a time of its own, so this is measured apart from the rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.catalogue import Catalogue

from .measuring import Scale, Section, Target, spread, table

RUNS = 7
HELP_TARGET_S = 0.2
ASK_TARGET = 1.5
QUESTION = "cheapest plan under 1 MW in 150 days"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "nothing": ("-c", "pass"),
    "imports": ("-c", "import pyomo.environ, highspy"),
    "help": ("-m", "optimizer", "--help"),
    "ask": ("-m", "optimizer", "ask", QUESTION),
}


@dataclass(frozen=True)
class Cold:
    """Wall times of a command in fresh processes, in seconds; none if it cannot be run, and why."""

    name: str
    seconds: tuple[float, ...]
    trouble: str = ""

    @property
    def best(self) -> float:
        """The least disturbed run."""
        return min(self.seconds)


def cold(name: str) -> Cold:
    """Time a command of ``COMMANDS`` once."""
    command = (sys.executable, *COMMANDS[name])
    # an installed package has its bytecode; without it every run would compile all of ours and none of the libraries'
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    took = time.perf_counter() - begin
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        return Cold(name, (), f"exit status {done.returncode}: {last}")
    return Cold(name, (took,))


def measure(runs: int = RUNS) -> dict[str, Cold]:
    """Every command, in turn."""
    taken: dict[str, list[Cold]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, found in taken.items():
            found.append(cold(name))
    return {name: _together(found) for name, found in taken.items()}


def _together(found: list[Cold]) -> Cold:
    """The first run warms the file cache and is not counted."""
    trouble = next((run.trouble for run in found if run.trouble), "")
    return Cold(found[0].name, () if trouble else tuple(run.seconds[0] for run in found[1:]), trouble)


def ratio(found: Mapping[str, Cold]) -> float:
    """Best time of a question over best time of the imports."""
    return found["ask"].best / found["imports"].best


def section(_: Catalogue, scale: Scale) -> Section:
    """The table."""
    found = measure(3 if scale.quick else RUNS)
    rows = [(" ".join(COMMANDS[name][-2:])[:40], *spread(each.seconds)) for name, each in found.items()]
    told = Section("startup: cold processes", [table("ms", ("process", "median", "least", "most"), rows)])
    told.notes = [f"{name}: cannot be run: {each.trouble}" for name, each in found.items() if each.trouble]
    if found["help"].seconds:
        told.targets.append(Target("help, least seconds", found["help"].best, HELP_TARGET_S, at_least=False))
    if found["ask"].seconds and found["imports"].seconds:
        told.targets.append(Target("a question / the imports of Pyomo and highspy", ratio(found), ASK_TARGET, False))
    return told
