"""Many cases through any number of workers: order kept, memory bounded, identical cases once, nothing lost.

The source is read as workers become free. Lines wait in order for the results of their keys; a result goes into the
journal as its chunk comes home, and into the output as soon as all before it are there. So the output is a function of
the cases and of their results alone, whatever the workers, and however often it was begun.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TextIO

from optimizer.answers.plan.row import PLANS, Status
from optimizer.batch.cases import case_id_of
from optimizer.batch.cells import dated
from optimizer.batch.forms import OF_ONE_ANSWER, Named, Sink, landing, sink
from optimizer.batch.interrupts import Interrupts
from optimizer.batch.job import Counts, Job, cores
from optimizer.batch.journal import TO_RETRY, Journal, Place, opened
from optimizer.batch.keys import key_of
from optimizer.batch.pool import LocalWorkers, Workers
from optimizer.batch.row_types import row_type_of, with_supply
from optimizer.batch.source import CaseSource
from optimizer.batch.work import Setup, Solve, failed_chunk, forget, keep, solve_entry, versions_here
from optimizer.catalogue import Catalogue
from optimizer.catalogue.output_paths import writing
from optimizer.catalogue.tables import Line
from optimizer.catalogue.unknown_names import is_also_elsewhere
from optimizer.errors import Problem, visible
from optimizer.render.csv import FORMULA_STARTS, write_metadata
from optimizer.units.language import say, say_many
from optimizer.units.records import dataclass
from optimizer.version import __version__

CHUNK = 100
"""Cases that travel together."""
FIRST_CHUNK = 4
"""Chunks grow from this to the full size, so that a handful of cases, too, is shared out."""
SMALL = 50
"""Up to so many cases are begun by one process; starting it takes as long as solving them."""
CHUNK_BUDGET_S = 5.0
"""A chunk that has taken so long comes home with what it has: little is lost with a process."""
MOST_WAITING = 20_000
"""Lines that wait for one that takes long; each is a name and a place in the journal."""
MOST_NAMES = 200_000
"""Names of cases that are compared with one another; of more, the first ones."""
MOST_COUNTRIES = 1_000
"""Names of countries of which it is noted whether another place has them, too; of more, the first ones."""
ROWS_A_WRITE = 1_000
_WAIT_S = 0.5


def solve_all(
    source: CaseSource,
    catalogue: Catalogue,
    job: Job,
    *,
    progress: Callable[[int], None] = lambda done: None,
    warn: Callable[[str], None] = lambda text: None,
    counts: Counts | None = None,
    solve: Solve = solve_entry,
) -> Counts:
    """Solve every case of a source and write a row for each, in order.

    Args:
        source: the cases.
        catalogue: the data.
        job: where to and how.
        progress: called with how many rows are written, now and then.
        warn: called with what is damaged, or done otherwise than asked.
        counts: counted in, so that a caller knows them also of a run that was stopped.
        solve: what makes a row of a case; a function of a module, as workers look it up by name.

    Raises:
        UsageError: two files of the job are one.
        DataError: the cases cannot be read, or were changed meanwhile.
        JournalError: there is a journal that may not, or cannot, be used.
        OSError: the output cannot be written; what is finished stays in the journal.
        WorkersError: the workers cannot be started or reached.
        KeyboardInterrupt: Ctrl-C, between two rows.
    """
    files = job.check()
    counts = Counts() if counts is None else counts
    with writing(files), Interrupts() as interrupts:
        about = {
            "cases": source.fingerprint(),
            "data": catalogue.digest,
            "program": __version__,
            "solver": versions_here()[1],
            "form": f"{job.form}{job.layout.words}",
        }
        lines = iter(source)
        first = next(lines, None)  # what is wrong with the whole source is reported before anything is written
        job = replace(job, layout=with_supply(job.layout, first))
        about["form"] = f"{job.form}{job.layout.words}"
        journal = opened(job.journal_path, about, resume=job.resume, restart=job.restart, warn=warn)
        finished = False
        try:
            with journal.plain_errors():
                if job.retry_failed:
                    journal.forget(TO_RETRY)
                tellers = _Tellers(counts, progress, warn, interrupts)
                _through(_Run(_after(first, lines), catalogue, job, journal, solve, tellers), job, catalogue, source)
            finished = not any(counts.by_status.get(status) for status in TO_RETRY)
            return counts
        finally:
            remove = finished or not journal.finished
            counts.kept = 0 if remove else journal.finished
            counts.journal = None if remove else journal.path
            with journal.plain_errors():
                journal.close(remove_it=remove)


def _through(run: _Run, job: Job, catalogue: Catalogue, source: CaseSource) -> None:
    with landing(job.output, run.journal.will_write) as stream:
        try:
            run.all(_sink(stream, job, catalogue, run.counts))
        finally:
            run.stop()
        source.check_unchanged()
    if job.has_metadata and job.output is not None:
        rows = replace(PLANS, types=row_type_of(job.layout.columns))
        run.counts.metadata = write_metadata(job.output, rows, catalogue, job.form, job.layout)


def _sink(stream: TextIO, job: Job, catalogue: Catalogue, counts: Counts) -> Sink:
    """What writes the rows of a job; what makes one answer of them is read in where one is asked for."""
    if job.form not in OF_ONE_ANSWER:
        return sink(stream, job.form, catalogue, job.layout)
    from optimizer.batch.summary import DocumentSink

    return DocumentSink(stream, job, catalogue, counts)


def _after(first: Line | Problem | None, rest: Iterator[Line | Problem]) -> Iterator[Line | Problem]:
    if first is not None:
        yield first
        yield from rest


class _Pending:
    """The result of a key, or the promise of one."""

    __slots__ = ("place",)

    def __init__(self, place: Place | None = None) -> None:
        self.place = place


@dataclass(frozen=True)
class _Chunk:
    lines: Sequence[Line | Problem]
    keys: Sequence[bytes]

    def after(self, count: int) -> _Chunk:
        return _Chunk(self.lines[count:], self.keys[count:])

    def singly(self) -> Iterator[_Chunk]:
        for line, key in zip(self.lines, self.keys, strict=True):
            yield _Chunk((line,), (key,))


@dataclass(frozen=True)
class _Tellers:
    """Who is reported of a run, and who may stop it."""

    counts: Counts
    progress: Callable[[int], None]
    warn: Callable[[str], None]
    interrupts: Interrupts


class _Run:
    def __init__(
        self,
        lines: Iterator[Line | Problem],
        catalogue: Catalogue,
        job: Job,
        journal: Journal,
        solve: Solve,
        tellers: _Tellers,
    ) -> None:
        self._lines, self._job, self.journal, self._tellers = lines, job, journal, tellers
        self._setup = Setup(os.urandom(8).hex(), catalogue.without_cache(), job.form, solve, job.layout)
        keep(self._setup)  # this process writes the rows of cases that no worker finished
        self._fingerprint = " ".join((catalogue.digest, *versions_here())).encode()
        self._today = date.today().isoformat()
        self._workers: Workers | None = None
        self._exhausted = False
        self._guarded, self._guarded_count = "", 0
        self._names: set[str] = set()
        self._twice, self._twice_count = "", 0
        self._countries: dict[str, str] = {}
        """Name of a country as it is in a cell -> what it was read as, where another place has the name, too."""
        self._waiting: deque[tuple[str, int, _Pending]] = deque()
        self._asked: dict[bytes, _Pending] = {}
        self._unsent: list[tuple[Line | Problem, bytes]] = []
        self._chunks: deque[_Chunk] = deque()
        self._flying: dict[Future[bytes], _Chunk] = {}
        self._suspects: deque[_Chunk] = deque()
        self._alone: _Chunk | None = None
        self._size = FIRST_CHUNK
        self.counts = tellers.counts

    def all(self, out: Sink) -> None:
        """Until every line has its row."""
        while True:
            self._fill()
            self._launch()
            self._write(out)
            if self._flying:
                assert self._workers is not None
                for future in self._workers.wait(_WAIT_S):
                    self._settle(self._flying.pop(future), future)
            elif self._exhausted and not (self._chunks or self._suspects):
                if self._waiting:
                    raise AssertionError(f"{self._waiting[0][0]} waits for a result that nobody works on")
                break
        with self._tellers.interrupts.postponed():
            out.close()
        if self._twice:
            self._tellers.warn(
                say_many(
                    "{count} row has the case_id of one before it, {name}: nothing tells their plans apart",
                    "{count} rows have the case_id of one before them, such as {name}: nothing tells their plans apart",
                    self._twice_count,
                    name=visible(self._twice),
                )
            )
        if doubtful := list(filter(None, self._countries.values())):
            names = ", ".join(doubtful)
            self._tellers.warn(
                say("read as a country, though another place, or a part of it, has the name: {names}", names=names)
            )
        if self._guarded:
            self._tellers.warn(
                say_many(
                    "the name {name} begins as a formula does: the CSV has an apostrophe before it",
                    "{count} names begin as a formula does, such as {name}: the CSV has an apostrophe before them",
                    self._guarded_count,
                    name=visible(self._guarded),
                )
            )

    def stop(self) -> None:
        """Let go of the workers, whatever they do."""
        forget(self._setup.token)
        if self._workers is not None:
            self._workers.stop()

    def _fill(self) -> None:
        """Read on while there is work for more workers, and not too much waits."""
        slots = self._workers.slots if self._workers else SMALL
        while not self._exhausted and len(self._waiting) < MOST_WAITING:
            if len(self._chunks) + len(self._flying) >= slots or (not self._workers and len(self._asked) > SMALL):
                return
            line = next(self._lines, None)
            if line is None:
                self._exhausted = True
            else:
                self._take(line)
            if len(self._unsent) >= self._size:
                self._pack()
        self._pack()  # there is no more, or too much waits for these

    def _pack(self) -> None:
        if self._unsent:
            lines, keys = zip(*self._unsent, strict=True)
            self._chunks.append(_Chunk(lines, keys))
            self._unsent.clear()
            if len(self._chunks) % self._count() == 0:
                self._size = min(2 * self._size, CHUNK)

    def _take(self, line: Line | Problem) -> None:
        if isinstance(line, Line):
            with suppress(ValueError):  # what is wrong with a date is said in the row of its case
                line = dated(line, self._today)  # here, as a run may go past midnight and its workers with it
        key = key_of(line, self._fingerprint)
        pending = self._asked.get(key)
        if pending is None:
            pending = _Pending(self.journal.find(key))
            if pending.place is None:
                self._asked[key] = pending
                self._unsent.append((line, key))
        if isinstance(line, Problem):
            name, number = say("line {line}", line=line.line), line.line if isinstance(line.line, int) else 0
        else:
            name, number = case_id_of(line), line.number
        if isinstance(line, Line) and len(self._names) < MOST_NAMES:
            if name in self._names:
                self._twice = self._twice or name
                self._twice_count += 1
            self._names.add(name)
            self._read_country(line.cells.get("country") or "")
        if self._job.form == "csv" and name.startswith(FORMULA_STARTS):
            self._guarded = self._guarded or name
            self._guarded_count += 1
        self._waiting.append((name, number, pending))

    def _read_country(self, name: str) -> None:
        if name not in self._countries and len(self._countries) < MOST_COUNTRIES:
            code = self._setup.catalogue.known("country", name)
            self._countries[name] = f"{visible(name)} ({code})" if code and is_also_elsewhere(name, code) else ""

    def _count(self) -> int:
        return self._job.workers or cores()

    def _launch(self) -> None:
        if self._workers is None:
            if not self._chunks:
                return
            self._workers = self._hired(small=self._exhausted and len(self._asked) <= SMALL)
        if self._suspects:
            if not self._flying:
                self._alone = self._suspects.popleft()
                self._send(self._workers, self._alone)
            return
        while self._chunks and self._alone is None and len(self._flying) < self._workers.slots:
            self._send(self._workers, self._chunks.popleft())

    def _send(self, workers: Workers, chunk: _Chunk) -> None:
        limit_s = self._job.case_limit_s
        self._flying[workers.submit(chunk.lines, min(CHUNK_BUDGET_S, limit_s / 2), limit_s)] = chunk

    def _hired(self, *, small: bool) -> Workers:
        if self._job.scheduler:
            from optimizer.batch.cluster import ClusterWorkers

            return ClusterWorkers(self._setup, self._job.scheduler, self._tellers.warn)
        return LocalWorkers(self._setup, self._count(), self._tellers.warn, small=small)

    def _settle(self, chunk: _Chunk, future: Future[bytes]) -> None:
        """What becomes of a chunk that came home, or did not: it is shared out, tried alone, and then reported."""
        error = future.exception()
        alone, self._alone = self._alone is chunk, None
        if error is None:
            self._keep(chunk, future.result())
            return
        assert self._workers is not None
        verdict = self._workers.verdict(error)
        if len(chunk.lines) > 1:
            self._chunks.extendleft(reversed(list(chunk.singly())))
        elif verdict == "crashed" and not alone:  # whatever ended its worker may have been no fault of the case
            self._suspects.append(chunk)
        else:
            reason = (
                say("took longer than {case_limit_s:g} s (--case-limit)", case_limit_s=self._job.case_limit_s)
                if verdict == "timed_out"
                else say("its worker ended, twice: {error}", error=error)
            )
            self._keep(chunk, failed_chunk(self._setup.token, chunk.lines, Status(verdict), reason))

    def _keep(self, chunk: _Chunk, packed: bytes) -> None:
        places = self.journal.add(chunk.keys, packed)
        for key, place in zip(chunk.keys, places, strict=False):
            self._asked.pop(key).place = place
        self.counts.solved += len(places)
        if len(places) < len(chunk.lines):
            self._chunks.appendleft(chunk.after(len(places)))

    def _write(self, out: Sink) -> None:
        """Write the rows before which none is missing."""
        while self._waiting and self._waiting[0][2].place is not None:
            rows: list[Named] = []
            with self._tellers.interrupts.postponed():
                while self._waiting and len(rows) < ROWS_A_WRITE:
                    name, number, pending = self._waiting[0]
                    if pending.place is None:
                        break
                    self._waiting.popleft()
                    result = self.journal.result(pending.place)
                    rows.append((name, result.placed(number)))
                    self.counts.by_status[result.status] = self.counts.by_status.get(result.status, 0) + 1
                out.write(rows)
            self._tellers.progress(self.counts.done)
