"""What one page may cost the machine: solves at once, waiting, time, requests of an address, size."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import BoundedSemaphore, Lock

from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Bounds:
    """The bounds of a server."""

    solves_at_once: int = 2
    waiting: int = 16
    """Answers that may wait for a solve; one more is refused at once."""
    seconds: float = 60.0
    """Longest wait for an answer."""
    requests_per_second: float = 10.0
    """Of one address, on average."""
    burst: int = 40
    """Requests of one address at once."""
    body_bytes: int = 1_000_000
    cases: int = 200
    """Rows of a file that is sent."""
    unpacked_bytes: int = 16 * 2**20
    """Of a workbook that is sent, with all its parts."""
    rows_seen: int = 5_000
    """Rows of a sheet that are looked at, empty ones too."""
    files_at_once: int = 4
    """Files of cases that are being solved; one more is refused."""
    files_kept: int = 50
    file_seconds: float = 900.0
    """Longest time for a file of cases; an answer's time is that of each of its rows."""
    kept_seconds: float = 3_600.0
    """For so long the plans of a file can be fetched."""
    query_characters: int = 4_000


class BusyError(Exception):
    """All places are taken."""


class TooLargeError(Exception):
    """More was sent than may be."""


class Places:
    """Places for answers: so many are calculated at once, so many more may wait."""

    def __init__(self, bounds: Bounds) -> None:
        self._all = BoundedSemaphore(bounds.solves_at_once + bounds.waiting)

    def __enter__(self) -> Places:
        """Take a place.

        Raises:
            BusyError: there is none.
        """
        if not self._all.acquire(blocking=False):
            raise BusyError
        return self

    def __exit__(self, *reported: object) -> None:
        """Give the place back."""
        self._all.release()


class Rates:
    """Requests of each address, by a bucket that fills with time."""

    _MOST_ADDRESSES = 10_000

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._lock = bounds, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether one more request of an address is within its rate."""
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.pop(address, (float(self._bounds.burst), now))
            left = min(float(self._bounds.burst), left + (now - at) * self._bounds.requests_per_second)
            allowed = left >= 1
            self._buckets[address] = (left - 1 if allowed else left, now)
            while len(self._buckets) > self._MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        return allowed
