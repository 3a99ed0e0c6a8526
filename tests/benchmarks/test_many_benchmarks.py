"""The benchmarks of many cases as tests: ``python -m pytest tests/benchmarks -m benchmark -s`` prints the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import many

pytestmark = [pytest.mark.benchmark, pytest.mark.campaign]


def test_memory_does_not_grow_with_the_number_of_cases(tmp_path: Path) -> None:
    """1e5 cases against 1e3, peak of the parent: held rows or cases would show as 60 MB and more."""
    found = many.memory(tmp_path, (1_000, 100_000))
    print()
    print("\n".join(many.lines("memory, stub for a solver", found)))
    assert found[1].peak_mb <= many.MEMORY_TARGET * found[0].peak_mb


def test_one_and_two_dask_workers_solve_all_cases(tmp_path: Path) -> None:
    """With the real solver; what two are worth over one is printed (the target on two free cores is 1.7)."""
    found = many.workers(tmp_path, 1_000)
    print()
    print("\n".join(many.lines("workers, the real solver", found)))
    print(f"two Dask workers over one: {found[3].rate / found[2].rate:.2f}   target >= {many.DASK_TARGET}")
    assert {ran.cases for ran in found} == {1_000}
