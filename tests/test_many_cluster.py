"""The same batch on a Dask cluster: the same file, crashes and time-outs told, an interrupted run resumed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stubs
from commands import Cli

from optimizer.batch.engine import solve_all
from optimizer.batch.job import Counts, Job
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process with a nanny that starts it anew; a chunk that ends its worker is told at once."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, protocol="tcp", silence_logs=60
        ) as made,
    ):
        yield made


def through(cases: Path, catalogue: Catalogue, output: str, solver: Any = stubs.instant, **job: Any) -> Counts:
    target = cases.parent / output
    return solve_all(open_source(str(cases)), catalogue, Job(output=target, **job), solve=solver)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Three hundred cases, some alike and one that cannot be read."""
    lines = [f"c{n},{n % 250 + 100},90\n" for n in range(300)]
    lines[77] = "bad,-1,\n"
    path = tmp_path / "cases.csv"
    path.write_text("case_id,max_mw,deadline_days\n" + "".join(lines), encoding="utf-8")
    return path


def test_the_file_is_that_of_one_machine(cluster: Any, cases: Path, frozen: Catalogue) -> None:
    """Byte for byte, and identical cases are solved once there, too."""
    here = through(cases, frozen, "here.csv", workers=2)
    there = through(cases, frozen, "there.csv", scheduler=cluster.scheduler_address)
    assert (cases.parent / "there.csv").read_bytes() == (cases.parent / "here.csv").read_bytes()
    assert there.solved == here.solved < there.done == 300


def test_real_cases_on_a_cluster(cluster: Any, command: Cli, tmp_path: Path) -> None:
    """The catalogue travels with the work: the workers know no data folder. Through the command line."""
    (tmp_path / "cases.csv").write_text("case_id,max_mw,deadline_days\na,0.6,90\nb,0.5,60\n", encoding="utf-8")
    there = command("batch", "cases.csv", "--scheduler", cluster.scheduler_address)
    here = command("batch", "cases.csv")
    assert there.status == here.status == 0, there.err
    assert there.out == here.out and there.out.count("\n") == 3


def test_crashes_and_time_outs_on_a_cluster(cluster: Any, tmp_path: Path, frozen: Catalogue) -> None:
    """A case that ends its Dask worker, and one that never ends, cost one row each."""
    path = tmp_path / "cases.csv"
    limits = [100, 101, stubs.EXITS, 102, stubs.HANGS, 103]
    path.write_text("case_id,max_mw\n" + "".join(f"c{n},{limit}\n" for n, limit in enumerate(limits)), encoding="utf-8")
    counts = through(path, frozen, "plans.csv", scheduler=cluster.scheduler_address, case_limit_s=2.0)
    rows = (tmp_path / "plans.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["plan", "plan", "crashed", "plan", "timed_out", "plan"]
    assert counts.journal is not None


def test_a_batch_goes_on_elsewhere(cluster: Any, cases: Path, frozen: Catalogue) -> None:
    """Interrupted here, resumed on the cluster: the journal knows no workers."""
    whole = through(cases, frozen, "whole.csv", workers=1)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    job = Job(output=cases.parent / "plans.csv", workers=1)
    with pytest.raises(KeyboardInterrupt):
        solve_all(open_source(str(cases)), frozen, job, progress=interrupt, solve=stubs.instant)
    assert not (cases.parent / "plans.csv").exists() and (cases.parent / "plans.csv.journal").exists()
    rest = through(cases, frozen, "plans.csv", resume=True, scheduler=cluster.scheduler_address)
    assert 0 < rest.solved < whole.solved
    assert (cases.parent / "plans.csv").read_bytes() == (cases.parent / "whole.csv").read_bytes()


def test_a_scheduler_that_is_not_there(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message and status 4; nothing is left."""
    monkeypatch.setattr("optimizer.batch.cluster._CONNECT_S", 1)
    (tmp_path / "cases.csv").write_text("case_id\na\n", encoding="utf-8")
    ran = command("batch", "cases.csv", "-o", "plans.csv", "--scheduler", "tcp://127.0.0.1:9")
    assert ran.status == 4 and "no Dask scheduler answers at tcp://127.0.0.1:9" in ran.err
    assert {path.name for path in tmp_path.iterdir()} == {"cases.csv"}
