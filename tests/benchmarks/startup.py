"""Start-up: how long a cold process takes, beside one that imports Pyomo and highspy alone.

Run with ``python tests/benchmarks/startup.py`` where the package can be imported.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

RUNS = 7
HELP_TARGET_S = 0.2
ASK_TARGET = 1.5
QUESTION = "cheapest plan under 1 MW in 120 days"
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

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.seconds)


def cold(name: str, runs: int = RUNS) -> Cold:
    """Time a command of ``COMMANDS``; the first run warms the file cache and is not counted."""
    command = (sys.executable, *COMMANDS[name])
    # an installed package has its bytecode; without it every run would compile all of ours and none of the libraries'
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    seconds = []
    for run in range(runs + 1):
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
        took = time.perf_counter() - begin
        if done.returncode != 0:
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            return Cold(name, (), f"exit status {done.returncode}: {last}")
        if run:
            seconds.append(took)
    return Cold(name, tuple(seconds))


def measure(runs: int = RUNS) -> dict[str, Cold]:
    """Every command."""
    return {name: cold(name, runs) for name in COMMANDS}


def ratio(found: Mapping[str, Cold]) -> float:
    """Best time of a question over best time of the imports."""
    return found["ask"].best / found["imports"].best


def lines(found: Mapping[str, Cold]) -> list[str]:
    """The table."""
    told = [f"{'cold process':<34} {'best':>9} {'median':>9}"]
    for name, measured in found.items():
        shown = " ".join(COMMANDS[name][-2:])[:33]
        if measured.trouble:
            told.append(f"{shown:<34} cannot be run: {measured.trouble}")
        else:
            told.append(f"{shown:<34} {1e3 * measured.best:>6.0f} ms {1e3 * measured.middle:>6.0f} ms")
    if not found["help"].trouble:
        told.append(f"help: {1e3 * found['help'].best:.0f} ms   target < {1e3 * HELP_TARGET_S:.0f} ms")
    if not found["ask"].trouble:
        by_median = found["ask"].middle / found["imports"].middle
        told.append(f"ask / imports: {ratio(found):.2f} (best), {by_median:.2f} (median)   target <= {ASK_TARGET}")
    return told


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    print("\n".join(lines(measure(parser.parse_args().runs))))


if __name__ == "__main__":
    main()
