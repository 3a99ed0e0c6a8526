"""How a batch is run, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from optimizer.batch.journal import beside
from optimizer.batch.journal_file import files_of
from optimizer.render.files import check_metadata, check_places, metadata_path
from optimizer.render.layout import PLAIN, Layout
from optimizer.units.records import dataclass


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Job:
    """How a batch is run. ``workers`` None: as many as cores."""

    output: Path | None = None
    """The file to write; None is stdout."""
    form: str = "csv"
    question: str = "batch"
    """The command whose answer the rows are."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What it was asked, as it is in the answer."""
    layout: Layout = PLAIN
    workers: int | None = None
    case_limit_s: float = 60.0
    """Seconds of wall clock after which a case is given up."""
    journal: Path | None = None
    """By default next to the output; for stdout none is kept."""
    resume: bool = False
    restart: bool = False
    retry_failed: bool = False
    """With ``resume``: solve crashed, timed-out and undecided cases again."""
    scheduler: str | None = None
    """Address of a Dask scheduler, in place of processes of this machine."""
    reads: Mapping[str, Path] = field(default_factory=dict)
    """Files that are read, by what they are ("the cases file"): nothing may be written over them."""

    @property
    def journal_path(self) -> Path | None:
        """Where the journal is kept; None: nowhere."""
        if self.journal or self.output is None or not self.has_file:
            return self.journal
        return beside(self.output)

    @property
    def has_metadata(self) -> bool:
        """Whether a file of metadata is written next to the rows; an answer says itself what its columns are."""
        return self.has_file and self.form not in ("json", "md")

    @property
    def has_file(self) -> bool:
        """Whether the output is a file: neither stdout nor a device or a pipe."""
        return self.output is not None and (self.output.is_file() or not self.output.exists())

    def check(self) -> tuple[Path, ...]:
        """Refuse to write two things to one file, or over a file that is read or that is not ours.

        Returns:
            The files that will be written.

        Raises:
            UsageError: naming both.
        """
        written: dict[str, list[Path]] = {}
        if self.output is not None and self.has_file:
            written = {"--output": [self.output]}
            if self.has_metadata:
                beside_it = metadata_path(self.output)
                check_metadata(beside_it)
                written["the metadata of --output"] = [beside_it]
        if self.journal_path is not None:
            written["--journal"] = list(files_of(self.journal_path))
        check_places(written, self.reads)
        return tuple(file for files in written.values() for file in files)


@dataclass
class Counts:
    """What became of the cases."""

    by_status: dict[str, int] = field(default_factory=dict)
    solved: int = 0
    """Cases that were solved in this run: neither found in the journal nor like another."""
    metadata: Path | None = None
    journal: Path | None = None
    """The journal, where there still is one: the run was stopped, or some rows may be tried again."""
    kept: int = 0
    """Cases whose results it has."""

    @property
    def done(self) -> int:
        """Rows written."""
        return sum(self.by_status.values())
