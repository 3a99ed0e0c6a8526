"""(g) Doubt: a tornado, 1,000 random draws by one and two processes, a robust plan over as many, as a user asks."""

from __future__ import annotations

import subprocess
import sys

from optimizer.catalogue import Catalogue

from .measuring import Scale, Section, Target, clocked, table

COUNT = 1_000
QUICK_COUNT = 100
TARGET_S = 20.0
"""Seconds for 1,000 draws on two cores, start and end of the processes included."""
CASE = ("sensitivity", "--max-mw", "1", "--deadline", "150d", "--quiet", "--csv")
ENDED = (0, 3)


def asked(*flags: str) -> tuple[float, bytes]:
    """Seconds of ``optimizer sensitivity``, and its rows.

    Raises:
        RuntimeError: it did not end as it should.
    """
    command = [sys.executable, "-m", "optimizer", *CASE, *flags]
    seconds, done = clocked(lambda: subprocess.run(command, capture_output=True, check=False))
    if done.returncode not in ENDED:
        raise RuntimeError(f"optimizer sensitivity ended with status {done.returncode}: {done.stderr[-2000:]!r}")
    return seconds, done.stdout


def section(_: Catalogue, scale: Scale) -> Section:
    """Seconds of each; the draws must be the same by any number of workers.

    Raises:
        AssertionError: they are not.
    """
    count = QUICK_COUNT if scale.quick else COUNT
    told = Section("draws: how sure an answer is")
    drawn = {n: asked("--draws", str(count), "--workers", str(n)) for n in (1, 2)}
    assert len({rows for _, rows in drawn.values()}) == 1, "the draws differ with the number of processes"
    rows = [("tornado, every input at both ends", f"{asked()[0]:.1f}")]
    rows += [(f"{count:,} draws, {n} process{'es' * (n > 1)}", f"{seconds:.1f}") for n, (seconds, _) in drawn.items()]
    for words, share in (("that there is", "0.4"), ("that there is not", "0.9")):
        seconds = asked("--robust", "--draws", str(count), "--share", share)[0]
        rows.append((f"robust plan over {count:,} draws, {words}", f"{seconds:.1f}"))
    told.tables.append(table("1 MW, 120 days, the shipped data", ("what", "s"), rows))
    if not scale.quick:
        name = f"{count:,} draws, two processes, s"
        told.targets.append(Target(name, drawn[2][0], TARGET_S, at_least=False))
    return told
