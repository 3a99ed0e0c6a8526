"""Many cases through workers: order kept whatever the workers, identical cases once, a bad case costs one row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import stubs

from optimizer.answers.plan.row import COLUMNS
from optimizer.batch import engine, read_cases, work
from optimizer.batch.engine import solve_all
from optimizer.batch.job import Counts, Job
from optimizer.batch.keys import key_of
from optimizer.batch.run import run
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.domain import Case
from optimizer.errors import DataError, OptimizerError
from optimizer.render.csv import csv_lines
from optimizer.solve.highs import VERSION
from optimizer.version import __version__

Row = dict[str, str]
Solve = Callable[..., list[Row]]


@pytest.fixture
def solve(frozen: Catalogue, tmp_path: Path) -> Solve:
    """CSV text through stub workers: the rows of the output."""

    def rows(text: str, solver: object = stubs.instant, **job: object) -> list[Row]:
        cases, plans = tmp_path / "cases.csv", tmp_path / "plans.csv"
        cases.write_text(text, encoding="utf-8")
        rows.counts = solve_all(  # type: ignore[attr-defined]
            open_source(str(cases)), frozen, Job(output=plans, **job), solve=solver
        )
        return list(csv.DictReader(io.StringIO(plans.read_text(encoding="utf-8"), newline="")))

    return rows


def counts(solve: Solve) -> Counts:
    return solve.counts  # type: ignore[attr-defined]


def cases(limits: Sequence[object]) -> str:
    """A case for every limit on MW, named by its place."""
    return "case_id,max_mw\n" + "".join(f"c{n},{limit}\n" for n, limit in enumerate(limits))


REAL = '''case_id,country,max_mw,deadline_days,workload
one,BR,0.6,90,
two,BR,-1,90,
three,BR,0.5,60,
"=four, ""x""",Atlantis,0.6,90,
five,MX,2,120,dense-small
six,BR,1 MV,0,
seven,BR,0.6
one again,BR,0.6,90,
,CN,0.6,90,moe-10k
four again,Atlantis,0.6,90,
two again,BR,-1,90,
'''


@pytest.mark.parametrize("workers", [1, 2])
def test_the_rows_are_those_of_one_case_after_the_other(frozen: Catalogue, tmp_path: Path, workers: int) -> None:
    """The plain loop over the cases is the reference: a lost, doubled or displaced row would differ."""
    (tmp_path / "cases.csv").write_text(REAL, encoding="utf-8")
    source = open_source(str(tmp_path / "cases.csv"))
    found = solve_all(source, frozen, Job(output=tmp_path / "plans.csv", workers=workers))
    reference = "".join(csv_lines(run(read_cases(REAL, "cases.csv"), frozen), COLUMNS))
    assert (tmp_path / "plans.csv").read_text(encoding="utf-8") == reference
    assert found.by_status == {"plan": 3, "infeasible": 2, "invalid": 6}
    assert found.solved == 9, "one again and four again are not solved again; two again names its own line"


@pytest.mark.parametrize("workers", [2, 3])
def test_order_is_that_of_the_input(solve: Solve, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """Chunks come home out of order where the first takes long."""
    monkeypatch.setattr(engine, "CHUNK", 7)
    limits = [stubs.SLOW if n % 40 == 0 else n + 100 for n in range(300)]
    rows = solve(cases(limits), workers=workers)
    assert [row["case_id"] for row in rows] == [f"c{n}" for n in range(300)]
    assert [row["max_mw"] for row in rows] == [str(limit) for limit in limits]


def test_identical_cases_are_solved_once(solve: Solve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In one chunk, over chunks, and long after; however the cells are written. 900 rows of 3 cases, 3 calls."""
    calls = tmp_path / "calls"
    monkeypatch.setenv(stubs.CALLS, str(calls))
    spellings = ["h100=8; a100=16,0.5,", "a100=16;h100=8, 0.5 ,no", "h100=8;a100=16,0.5,no"]
    lines = [f"c{n},{spellings[n % 3]},{('upfront', 'rental', '')[n // 3 % 3]}\n" for n in range(900)]
    rows = solve("case_id,owned,max_mw,assume_hire,basis\n" + "".join(lines), workers=2)
    assert [row["case_id"] for row in rows] == [f"c{n}" for n in range(900)]
    told = calls.read_text().splitlines()
    assert len(told) == len(set(told)) == counts(solve).solved == 3


def test_more_identical_cases_than_may_wait(solve: Solve, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 lines wait for one case, of which 50 may: it must be sent though its chunk is not full."""
    monkeypatch.setattr(engine, "MOST_WAITING", 50)
    rows = solve("case_id,max_mw\n" + "".join(f"c{n},100\n" for n in range(500)), workers=1)
    assert [row["case_id"] for row in rows] == [f"c{n}" for n in range(500)] and counts(solve).solved == 1


def test_cases_that_differ_in_anything_are_not_taken_for_the_same() -> None:
    """Each of these changes the row: a digit that is shown, a limit, the data."""
    lines = [
        Line("f", 2, {"case_id": "a", "max_mw": "1", "budget_usd": ""}),
        Line("f", 2, {"case_id": "a", "max_mw": "1.0", "budget_usd": ""}),
        Line("f", 2, {"case_id": "a", "max_mw": "", "budget_usd": "1"}),
        Line("f", 2, {"case_id": "a", "max_mw": "1", "country": "BR"}),
        Line("f", 2, {"case_id": "a", "max_mw": "1", "country": "br"}),
        Line("f", 2, {"case_id": "a", "use": "h100"}),
        Line("f", 2, {"case_id": "a", "avoid": "h100"}),
        Line("f", 2, {"case_id": "a", "max_mw": "1 MV"}),
        Line("f", 3, {"case_id": "a", "max_mw": "1 MV"}),
        Line("f", 2, {"case_id": "b", "max_mw": "1 MV"}),
    ]
    keys = [key_of(line, print) for line in lines for print in (b"data 1", b"data 2")]
    assert len(set(keys)) == len(keys)
    samples = {
        **dict.fromkeys(Case.model_fields, "1"),
        **{"architecture": "moe", "objective": "days", "basis": "rental", "deadline_from": "order"},
        **{"supply": "h100=8", "owned": "h100=8", "procurement": "buy", "precision": "bf16", "date": "2026-01-01"},
    }
    del samples["case_id"]
    single = [key_of(Line("f", 2, {column: cell}), b"data 1") for column, cell in [("case_id", "a"), *samples.items()]]
    assert len(set(single)) == len(single), "every field counts"
    again = Line("g", 9, {"budget_usd": " ", "max_mw": " 1 ", "case_id": "other"})
    assert key_of(again, b"data 1") == keys[0]


@pytest.mark.parametrize(
    ("limit", "status", "words"),
    [
        (stubs.FAULTS, "crashed", "its worker ended"),
        (stubs.RAISES, "crashed", "a planted fault"),
        (stubs.HANGS, "timed_out", "took longer than 2 s (--case-limit)"),
    ],
    ids=["segmentation fault", "exception", "endless"],
)
def test_a_case_that_ends_its_worker_costs_one_row(solve: Solve, limit: int, status: str, words: str) -> None:
    """The 59 others get their answers, also those of its chunk; what was asked stands in the row."""
    limits: list[object] = [n + 100 for n in range(60)]
    limits[20] = limit
    rows = solve(cases(limits), workers=2, case_limit_s=2.0)
    assert [row["case_id"] for row in rows] == [f"c{n}" for n in range(60)]
    assert [row["status"] for row in rows] == ["plan"] * 20 + [status] + ["plan"] * 39
    assert words in rows[20]["reason"] and rows[20]["max_mw"] == str(limit) and rows[20]["cost_usd"] == ""


def test_two_bad_cases_side_by_side(solve: Solve) -> None:
    """Each is found out on its own: the second is not given up for what the first did."""
    rows = solve(cases([100, stubs.EXITS, stubs.FAULTS, stubs.RAISES, 101]), workers=1)
    assert [row["status"] for row in rows] == ["plan", "crashed", "crashed", "crashed", "plan"]


def test_many_slow_cases_are_no_slow_chunk(solve: Solve, monkeypatch: pytest.MonkeyPatch) -> None:
    """24 cases of 0.1 s with a limit of 2 s: none takes too long, and a chunk of them must not be said to."""
    monkeypatch.setattr(engine, "FIRST_CHUNK", 24)
    rows = solve("case_id,max_mw,deadline_days\n" + "".join(f"c{n},17,{n + 1}\n" for n in range(24)), case_limit_s=2.0)
    assert [row["status"] for row in rows] == ["plan"] * 24
    assert counts(solve).solved == 24


def test_what_fails_with_the_source_is_told_before_a_file_is_begun(solve: Solve, tmp_path: Path) -> None:
    """A header that cannot be used: no output, no journal."""
    with pytest.raises(DataError, match="max_mv"):
        solve("case_id,max_mv\na,1\n")
    assert {path.name for path in tmp_path.iterdir()} == {"cases.csv"}


def test_workers_that_cannot_start_are_an_error_and_no_rows(solve: Solve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every case of a million would be told as crashed."""
    monkeypatch.setattr("optimizer.batch.pool.make_ready", _broken)
    with pytest.raises(OptimizerError, match="workers end before they can take a case: RuntimeError: a planted fault"):
        solve(cases([100, 101]))


def _broken(setup: object) -> None:
    raise RuntimeError("a planted fault of every worker")


def test_the_solver_is_known_by_its_package_or_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both say the same; wrong is a batch that cannot begin where HiGHS was built here and no package names it."""
    assert work.versions_here() == (__version__, VERSION)

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(work, "version", missing)
    assert work.versions_here.__wrapped__() == (__version__, VERSION)


def test_progress_ends_with_the_number_of_rows(frozen: Catalogue, tmp_path: Path) -> None:
    """It never goes back, and it counts what is written."""
    (tmp_path / "cases.csv").write_text(cases(range(100, 400)), encoding="utf-8")
    told: list[int] = []
    source = open_source(str(tmp_path / "cases.csv"))
    solve_all(source, frozen, Job(output=tmp_path / "p.csv"), progress=told.append, solve=stubs.instant)
    assert told == sorted(told) and told[-1] == 300 == source.total
