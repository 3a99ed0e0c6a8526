"""The benchmarks of many cases as tests: ``python -m pytest tests/benchmarks -m benchmark -s`` prints the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import many

pytestmark = [pytest.mark.benchmark, pytest.mark.campaign]
PARENT_US = 400
"""CPU time of the parent a case: at 1,000 cases a second it may take 0.4 of a core, on a busy machine."""


def test_memory_does_not_grow_with_the_number_of_cases(tmp_path: Path) -> None:
    """1e5 cases against 1e3, peak of the parent: held rows or cases would show as 60 MB and more."""
    found = many.memory(tmp_path, (1_000, 100_000))
    print()
    print("\n".join(many.lines("memory, stub for a solver", found)))
    assert found[1].peak_mb <= many.MEMORY_TARGET * found[0].peak_mb
    assert 1e6 * found[1].parent_s / found[1].cases <= PARENT_US


def test_two_dask_workers_are_worth_more_than_one(tmp_path: Path) -> None:
    """With the real solver: the target is 1.7 on two free cores; below 1.3 they would wait for the parent."""
    found = many.workers(tmp_path, 1_000)
    print()
    print("\n".join(many.lines("workers, the real solver", found)))
    assert found[3].rate >= 1.3 * found[2].rate
