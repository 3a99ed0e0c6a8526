"""How things are timed and told: in turn, medians with least and most, tables, the machine."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

WIDTH = 132
ONCE_S = 3.0
KeyT = TypeVar("KeyT")
SOLVERS = ("highspy", "pyomo", "gurobipy", "pyscipopt", "ortools", "mip", "swiglpk", "distributed")


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    cases: int
    """Cases of a section; some take a share of it."""
    rounds: int
    """Times that each pair is measured, in turn."""
    time_limit_s: float
    """For one solve of another solver; what reaches it counts as it."""
    largest_batch: int
    """Cases of the largest batch."""
    batch_limit_s: float
    """A batch that would take longer by the rate of the one before is left out, and said."""
    quick: bool = False
    beside: Path | None = None
    """Another checkout, whose start-up is measured in the same run."""


FULL = Scale(cases=24, rounds=3, time_limit_s=20.0, largest_batch=100_000, batch_limit_s=900.0)
QUICK = Scale(cases=8, rounds=2, time_limit_s=5.0, largest_batch=100, batch_limit_s=60.0, quick=True)


@dataclass(frozen=True)
class Target:
    """A ratio with what it should be."""

    name: str
    ratio: float
    target: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def line(self) -> str:
        """In one line."""
        sense = "at least" if self.at_least else "at most"
        return f"{self.name}: {self.ratio:.3g}   target {sense} {self.target:g}: {'met' if self.met else 'MISSED'}"


@dataclass
class Section:
    """What a section has measured: tables to print, lines below them, ratios with targets."""

    title: str
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def show(self, console: Console) -> None:
        """Print it."""
        console.rule(self.title)
        for each in self.tables:
            console.print(each)
        for line in (*self.notes, *(target.line() for target in self.targets)):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def clocked(call: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds of a call, and what it gives."""
    begin = time.perf_counter()
    given = call()
    return time.perf_counter() - begin, given


def in_turn(calls: Mapping[KeyT, Callable[[], float]], rounds: int, *, once_s: float = ONCE_S) -> dict[KeyT, float]:
    """Seconds of each call, the least disturbed of ``rounds``: A B A B.

    A call gives the seconds that count, since some of what it does is not to be counted. What takes long
    (``once_s``) is not repeated: little that disturbs it lasts as long.
    """
    taken: dict[KeyT, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            if max(taken[name], default=0.0) < once_s:
                taken[name].append(call())
    return {name: min(seconds) for name, seconds in taken.items()}


def ms(seconds: float) -> str:
    """Milliseconds in three figures."""
    value = 1e3 * seconds
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(seconds: Sequence[float]) -> tuple[str, str, str]:
    """Median, least and most, in ms."""
    return (ms(median(seconds)), ms(min(seconds)), ms(max(seconds))) if seconds else ("-", "-", "-")


def table(title: str, columns: Iterable[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table: the first column is words, the others are figures."""
    made = Table(title=title, title_justify="left")
    for position, name in enumerate(columns):
        made.add_column(name, justify="right" if position else "left", no_wrap=not position)
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def installed(package: str) -> str | None:
    """The version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def machine() -> list[str]:
    """What it ran on: processor, cores, load, versions."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in _lines(info) if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    found = [f"{package} {number}" for package in SOLVERS if (number := installed(package))]
    return [
        f"{name}, {os.cpu_count()} cores{load}; {platform.system()}, Python {platform.python_version()}",
        ", ".join(found),
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
