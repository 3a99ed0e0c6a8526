"""Files of cases that are being solved, row by row between the other answers, and are kept for a while."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field

from optimizer.answers.plan.row import PlanRow, Status, failed_row
from optimizer.batch.cases import entry_of
from optimizer.batch.run import row_of
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem
from optimizer.units.language import ENGLISH, mark, say, speaking
from optimizer.units.records import dataclass
from optimizer.web.batch.upload import Sent
from optimizer.web.quotas import Bounds, BusyError

WHOLE_IS_LATE = mark("the whole file takes longer than {seconds:g} s here")
ROW_IS_LATE = mark("takes longer than {seconds:g} s here")
TOKEN_BYTES = 16
"""Of the address of a file: nobody guesses it."""


@dataclass(eq=False)
class Batch:
    """A file of cases, and what became of its rows so far."""

    sent: Sent
    """As it is read in the language of who sent it."""
    data: Sent
    """As it is read in English, in which data are written."""
    language: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES))
    rows: list[PlanRow] = field(default_factory=list)
    """In English, as data are."""
    reasons: list[str] = field(default_factory=list)
    """Why a row has no plan, in the language of who sent it."""
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    task: asyncio.Task[None] | None = None

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.sent.lines)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have which status."""
        return Counter(str(row.status) for row in self.rows)

    @property
    def seconds_left(self) -> float | None:
        """How many seconds the rest may take, as the rows so far did; None before the first."""
        if not self.rows:
            return None
        return (time.monotonic() - self.begun) / len(self.rows) * (self.total - len(self.rows))


class Batches:
    """The files of all visitors: so many are solved at once, so many are kept, and none for longer than an hour."""

    def __init__(self, catalogue: Catalogue, bounds: Bounds, threads: ThreadPoolExecutor) -> None:
        self._catalogue, self._bounds, self._threads = catalogue, bounds, threads
        self._kept: OrderedDict[str, Batch] = OrderedDict()

    def begin(self, sent: Sent, data: Sent, language: str) -> Batch:
        """Begin to solve a file.

        Args:
            sent: the file as it is read in the language of who sent it.
            data: the same as it is read in English.
            language: of who sent it.

        Raises:
            BusyError: too many are being solved.
        """
        self._tidy()
        if sum(batch.ended is None for batch in self._kept.values()) >= self._bounds.files_at_once:
            raise BusyError
        batch = Batch(sent, data, language)
        self._kept[batch.token] = batch
        batch.task = asyncio.get_running_loop().create_task(self._solve(batch))
        return batch

    def find(self, token: str) -> Batch | None:
        """The file at an address; None where there is none, or none any more."""
        self._tidy()
        return self._kept.get(token)

    def forget(self, token: str) -> None:
        """Stop solving a file, and keep nothing of it."""
        batch = self._kept.pop(token, None)
        if batch is not None and batch.task is not None:
            batch.task.cancel()

    def _tidy(self) -> None:
        oldest = time.monotonic() - self._bounds.kept_seconds
        for token in [token for token, batch in self._kept.items() if batch.ended and batch.ended < oldest]:
            del self._kept[token]
        for token in [token for token, batch in self._kept.items() if batch.ended][: -self._bounds.files_kept]:
            del self._kept[token]

    async def _solve(self, batch: Batch) -> None:
        """Row by row, each in a place of its own, so that other answers come between."""
        try:
            for line, said in zip(batch.data.lines, batch.sent.lines, strict=True):
                row, reason = await self._row(line, said, batch)
                batch.rows.append(row)
                batch.reasons.append(reason)
        finally:
            batch.ended = time.monotonic()

    async def _row(self, line: Line | Problem, said: Line | Problem, batch: Batch) -> tuple[PlanRow, str]:
        bounds = self._bounds
        left = batch.begun + bounds.file_seconds - time.monotonic()
        if left <= 0:
            return self._late(line, batch, WHOLE_IS_LATE, bounds.file_seconds)
        job = asyncio.get_running_loop().run_in_executor(
            self._threads, solve_line, line, said, self._catalogue, batch.language
        )
        try:
            return await asyncio.wait_for(asyncio.shield(job), bounds.seconds)
        except TimeoutError:
            return self._late(line, batch, ROW_IS_LATE, bounds.seconds)

    def _late(self, line: Line | Problem, batch: Batch, message: str, seconds: float) -> tuple[PlanRow, str]:
        said = {}
        for code in (ENGLISH, batch.language):
            with speaking(code):
                said[code] = say(message, seconds=seconds)
        entry = entry_of(line)
        row = failed_row(entry.case_id, Status.TIMED_OUT, said[ENGLISH], self._catalogue, entry.case)
        return row, said[batch.language]


def solve_line(line: Line | Problem, said: Line | Problem, catalogue: Catalogue, language: str) -> tuple[PlanRow, str]:
    """The row of a line, in English as all data are, and why it has no plan in a language.

    Args:
        line: as it is read in English.
        said: as it is read in the language.
        catalogue: the data.
        language: of who asks.
    """
    try:
        with speaking(ENGLISH):
            row = row_of(entry_of(line), catalogue)
        if row.status == Status.PLAN or language == ENGLISH:
            return row, row.reason or ""
        with speaking(language):
            return row, row_of(entry_of(said), catalogue).reason or ""
    except Exception as error:  # a fault of the program costs one row, which says so, and not the file
        with speaking(ENGLISH):
            reason = say("a bug in the program: {error}", error=f"{type(error).__name__}: {error}")
        row = failed_row(entry_of(line).case_id, Status.CRASHED, reason, catalogue)
        return row, reason
