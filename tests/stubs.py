"""Solvers for tests of the batch's machinery: workers look them up by name, as they do the real one.

What a stub does depends on the case alone: ``max_mw`` 13 ends its worker, 14 with a segmentation fault, 15 raises, 16
never ends, 17 takes a tenth of a second; every other case gets a made-up row at once.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from decimal import Decimal

from optimizer.answers.plan.row import PlanRow, failed_row
from optimizer.batch.cases import Entry
from optimizer.batch.run import row_of
from optimizer.catalogue import Catalogue
from optimizer.version import __version__

EXITS, FAULTS, RAISES, HANGS, SLOW = 13, 14, 15, 16, 17
STUCK = "c239"
CALLS = "OPTIMIZER_TEST_CALLS"
"""Environment variable: a file that gets a line for every case that is solved."""
_FILLED = {
    name: (7 if "int" in str(info.annotation) else Decimal("1234567.89") if "Decimal" in str(info.annotation) else name)
    for name, info in PlanRow.model_fields.items()
    if name not in ("case_id", "status", "reason")
}


def instant(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """A made-up row as long as a real one; of a case that cannot be read, the real one."""
    if entry.case is None:
        return row_of(entry, catalogue)
    if path := os.environ.get(CALLS):
        with open(path, "a") as calls:  # noqa: PTH123
            calls.write(f"{entry.case.digest()}\n")
    asked = entry.case.max_mw
    if asked == EXITS:
        os._exit(3)
    if asked == FAULTS:
        os.kill(os.getpid(), signal.SIGSEGV)
    if asked == RAISES:
        raise KeyError("a planted fault")
    while asked == HANGS:
        time.sleep(0.1)
    if asked == SLOW:
        time.sleep(0.1)
    filled = {**_FILLED, "data_sha256": catalogue.digest, "program_version": __version__}
    row = PlanRow.model_construct(case_id=entry.case_id, status="plan", reason=None, **filled)
    return row.model_copy(update={"max_mw": asked, "deadline_days": entry.case.deadline_days, "country": "BR"})


def undecided(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """A row whose proofs disagree."""
    return failed_row(entry.case_id, "undecided", "two proofs disagree", catalogue, entry.case)


def slow(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """The same in a hundredth of a second, so that there is time to be killed."""
    time.sleep(0.01)
    return instant(entry, catalogue)


def stuck(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """The same, but for one case that never ends: whenever such a batch is stopped, it is not done."""
    while entry.case_id == STUCK:
        time.sleep(0.1)
    return slow(entry, catalogue)


def patient(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """The same after a remedy: what ended its worker, or raised, is solved."""
    if entry.case is not None and entry.case.max_mw in (EXITS, RAISES):
        entry = replace(entry, case=entry.case.changed(max_mw=EXITS + 100))
    return instant(entry, catalogue)
