"""What feeds a site: search and proof of one case, a second one at the same site, and a batch of many.

The sites are those of the design: South Africa, Nigeria and India, 1 MW, 180 days, the whole catalogue. Seconds are of
processor time in one thread: on a busy machine a clock on the wall says what else runs there.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator

from optimizer.batch.cases import Entry
from optimizer.batch.run import row_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.power.plan import power_ready, settled

from .measuring import Scale, Section

SITES = {"ZA": "17-21", "NG": "10-14;18-24", "IN": "18-22"}
WORDS: tuple[dict[str, object], ...] = ({}, {"min_renewable": "0.8"}, {"supply_basis": "whole"}, {"no_throttle": True})
MOST_BATCH = 1000


def cases(days_of_year: int) -> Iterator[Case]:
    """Twelve cases: three countries, four ways to ask."""
    for country, outage in SITES.items():
        for words in WORDS:
            given = {"country": country, "max_mw": 1, "deadline_days": 180, "days_of_year": days_of_year}
            yield Case(**{**given, "outage": outage, **words})


def cold(catalogue: Catalogue, days_of_year: int) -> list[float]:
    """Processor seconds of search and proof of each case, with nothing kept; the data are read before."""
    found = []
    for case in cases(days_of_year):
        fresh = catalogue.without_cache()
        ready = power_ready(case, fresh)
        begin = time.process_time()
        settled(ready, ready.site, "asked")
        found.append(time.process_time() - begin)
    return found


def again(catalogue: Catalogue) -> list[float]:
    """Processor seconds of a second case at the same site: another count of tokens is another question to it."""
    found = []
    for case in cases(12):
        settled(power_ready(case, catalogue), power_ready(case, catalogue).site, "asked")
        other = power_ready(case.changed(tokens_t="9"), catalogue)
        begin = time.process_time()
        settled(other, other.site, "asked")
        found.append(time.process_time() - begin)
    return found


def batch(catalogue: Catalogue, count: int = MOST_BATCH) -> float:
    """Cases a processor second of a batch at one site, by one process: they differ in tokens."""
    given = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "outage": "17-21", "days_of_year": 4}
    entries = [Entry(str(n), Case(**given, tokens_t=f"{8 + n / 500:.3f}")) for n in range(count)]
    begin = time.process_time()
    for entry in entries:
        assert row_of(entry, catalogue).status in ("plan", "infeasible")
    return count / (time.process_time() - begin)


def lines(catalogue: Catalogue, count: int = MOST_BATCH) -> Iterator[str]:
    """The figures in words."""
    load = f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    for days in (12, 4):
        seconds = cold(catalogue, days)
        yield (
            f"{days} representative days, whole catalogue, 180 days, {len(seconds)} cases: search and proof, "
            f"processor time {statistics.median(seconds):.2f} s in the median, {max(seconds):.2f} s at most ({load})"
        )
    seconds = again(catalogue)
    middle, most = statistics.median(seconds), max(seconds)
    yield f"a second case at the same site: {middle:.3f} s in the median, {most:.3f} s at most"
    yield f"{count:,} cases of one site as a batch, one process: {batch(catalogue, count):.1f} cases a processor second"


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The figures, with the smaller batch where little is measured."""
    count = min(scale.largest_batch, MOST_BATCH)
    return Section("what feeds a site: search and proof", notes=list(lines(catalogue.without_cache(), count)))
