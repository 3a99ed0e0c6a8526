"""How a batch is run, and what became of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.batch.journal import beside


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Job:
    """How a batch is run. ``workers`` None: as many as cores."""

    output: Path | None = None
    """The file to write; None is stdout."""
    form: str = "csv"
    workers: int | None = None
    case_limit_s: float = 60.0
    """Seconds of wall clock after which a case is given up."""
    journal: Path | None = None
    """By default beside the output; for stdout none is kept."""
    resume: bool = False
    restart: bool = False
    retry_failed: bool = False
    """With ``resume``: solve crashed, timed-out and undecided cases again."""
    scheduler: str | None = None
    """Address of a Dask scheduler, in place of processes of this machine."""

    @property
    def journal_path(self) -> Path | None:
        """Where the journal is kept; None: nowhere."""
        if self.journal or self.output is None or (self.output.exists() and not self.output.is_file()):
            return self.journal
        return beside(self.output)


@dataclass
class Counts:
    """What became of the cases."""

    by_status: dict[str, int] = field(default_factory=dict)
    solved: int = 0
    """Cases that were solved in this run: neither found in the journal nor like another."""
    metadata: Path | None = None
    journal: Path | None = None
    """The journal, where it was kept because some rows may be tried again."""

    @property
    def done(self) -> int:
        """Rows written."""
        return sum(self.by_status.values())
