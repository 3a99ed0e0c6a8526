"""(h) Odds: what they add to a cold question and to a batch, and how far the cost told lies from the middle draw.

Both sides are measured in the same run, in turn: the same command with the odds, and with them taken out.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from itertools import product
from statistics import median

from optimizer import Case, Plan
from optimizer.catalogue import Catalogue
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.uncertainty.odds import odds_of

from .measuring import Scale, Section, Target, in_turn, ms, table

COUNTRIES = ("BR", "MX", "CL", "IN", "AE", "DE", "ES", "JP", "ZA")
GRID = tuple(product(COUNTRIES, ("1", "2", "5"), (120, 240, 365)))
"""The 81 cases on which rents, too, are held against offers (tests/engine/test_offers.py)."""
NEAR = 0.05
NEAR_TARGET = 70
COLD_TARGET_MS = 100.0
BATCH_TARGET = 1.2
QUESTION = "cheapest plan under 1 MW in 150 days"
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""An installed package has its bytecode: without it every run would compile all of ours."""
RUN = "import sys\nfrom optimizer.cli import run\nsys.exit(run(sys.argv[1:]))"
WITHOUT = """
import optimizer.uncertainty.outlook as outlook
outlook.outlook_of = lambda plan, ready=None: outlook.Outlook(plan, None)
"""
"""Run before the command: the same answer without its odds."""
WITHOUT_ROWS = """
import optimizer.answers.plan.odds_shapes as shapes
shapes.odds_of = lambda *given, **more: None
"""
ROWS = """
import sys
from optimizer.answers.plan.planned_row import row_of
from optimizer.catalogue import load_catalogue
from optimizer.domain import Case
from optimizer.solve.planner import prepare, solve_prepared
known, told = load_catalogue(), 0
for number, line in enumerate(sys.stdin.read().split()[1:]):
    country, max_mw, days = line.split(",")
    ready = prepare(Case(country=country, max_mw=max_mw, deadline_days=int(days)), known)
    told += row_of(str(number), ready, solve_prepared(ready)).met_share is not None
print(told)
"""
"""The rows of a batch in one process, and how many say their odds: a worker of a batch would not have the change."""


def spent() -> float:
    """Processor seconds of the child processes that have ended: what else runs on the machine is not in them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cold(before: str) -> float:
    """Processor seconds of the question in a fresh process.

    Raises:
        RuntimeError: it did not end as it should.
    """
    begin = spent()
    command = [sys.executable, "-c", before + RUN, "ask", QUESTION, "--quiet"]
    done = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT)
    if done.returncode or (b"of 100 draws" in done.stdout) != (not before):
        raise RuntimeError(f"ask ended with status {done.returncode}: {done.stderr[-2000:]!r}")
    return spent() - begin


def batch(before: str, rows: bytes) -> float:
    """Processor seconds of the rows of a batch of these cases in a fresh process.

    Raises:
        RuntimeError: it did not end as it should.
    """
    begin = spent()
    command = [sys.executable, "-c", before + ROWS]
    done = subprocess.run(command, input=rows, capture_output=True, check=False, env=ENVIRONMENT)
    if done.returncode or (int(done.stdout or 0) > 0) != (not before):
        raise RuntimeError(f"batch ended with status {done.returncode}: {done.stderr[-2000:]!r}")
    return spent() - begin


def told_over_median(catalogue: Catalogue) -> dict[tuple[str, str, int], float]:
    """Of every case of the grid with a plan: the cost that is told over the median of the plan's draws."""
    found = {}
    for country, max_mw, days in GRID:
        ready = prepare(Case(country=country, max_mw=max_mw, deadline_days=days), catalogue)
        plan = solve_prepared(ready)
        odds = odds_of(plan, ready) if isinstance(plan, Plan) else None
        if odds is not None and isinstance(plan, Plan):
            found[country, max_mw, days] = float(plan.cost_usd) / odds.p50_usd
    return found


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The three measurements, each with its target."""
    told = Section("odds: with and without, and the cost told over the median of its draws")
    cases = scale.cases if scale.quick else 400
    lines = [f"{c},{mw},{d}" for c, mw, d in (GRID * (1 + cases // len(GRID)))[:cases]]
    rows = "\n".join(["country,max_mw,deadline_days", *lines]).encode()
    calls = {
        "ask": lambda: cold(""),
        "ask without": lambda: cold(WITHOUT),
        "batch": lambda: batch("", rows),
        "batch without": lambda: batch(WITHOUT_ROWS, rows),
    }
    taken = in_turn(calls, max(scale.rounds, 3))
    told.tables.append(
        table(f"cold question; batch of {cases}", ("what", "ms"), [(n, ms(s)) for n, s in taken.items()])
    )
    added_ms = 1e3 * (taken["ask"] - taken["ask without"])
    told.targets.append(Target("odds add to a cold question, ms", added_ms, COLD_TARGET_MS, at_least=False))
    ratio = taken["batch"] / taken["batch without"]
    told.targets.append(Target("batch with odds over without", ratio, BATCH_TARGET, at_least=False))
    ratios = told_over_median(catalogue)
    near = sum(abs(ratio - 1) <= NEAR for ratio in ratios.values())
    told.notes.append(
        f"cost told over the median of its draws: {len(ratios)} of {len(GRID)} cases have a plan, "
        f"{near} within {NEAR:.0%}; least {min(ratios.values()):.3f}, median {median(ratios.values()):.3f}, "
        f"greatest {max(ratios.values()):.3f}"
    )
    told.targets.append(Target(f"of {len(GRID)} cases within {NEAR:.0%} of the median", near, NEAR_TARGET))
    return told
