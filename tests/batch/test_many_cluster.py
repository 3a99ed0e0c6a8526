"""The same batch on a Dask cluster: the same file, crashes and time-outs told, an interrupted run resumed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stubs
from commands import Cli
from inline import without_processes

from optimizer.batch.engine import solve_all
from optimizer.batch.job import Counts, Job
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue
from optimizer.workers import WorkersError

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
pytestmark = pytest.mark.bound(120)
"""Dask itself gives a silent worker up after five minutes: a batch that waits for that hangs, and fails."""


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[Any]:
    """Two workers, each a process with a nanny that starts it anew; a chunk that ends its worker is told at once."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, protocol="tcp", silence_logs=60
        ) as made,
    ):
        yield made


@pytest.fixture
def cluster(shared_cluster: Any) -> Any:
    """That one, with a worker there: a case of the test before may have ended both."""
    while not shared_cluster.scheduler.workers:
        time.sleep(0.1)
    return shared_cluster


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
    with without_processes():
        here = through(cases, frozen, "here.csv")
    there = through(cases, frozen, "there.csv", scheduler=cluster.scheduler_address)
    assert (cases.parent / "there.csv").read_bytes() == (cases.parent / "here.csv").read_bytes()
    assert there.solved == here.solved < there.done == 300


def test_real_cases_on_a_cluster(cluster: Any, command: Cli, tmp_path: Path) -> None:
    """The catalogue travels with the work: the workers know no data folder. Through the command line."""
    (tmp_path / "cases.csv").write_text("case_id,max_mw,deadline_days\na,0.6,90\nb,0.5,60\n", encoding="utf-8")
    there = command("batch", "cases.csv", "--scheduler", cluster.scheduler_address)
    with without_processes():
        here = command("batch", "cases.csv")
    assert there.status == here.status == 0, there.err
    assert there.out == here.out and there.out.count("\n") == 3


def test_an_atlas_is_the_same_from_a_cluster(cluster: Any, command: Cli) -> None:
    """Every page and table, byte for byte; it was never tried there."""
    flags = ["--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d", "-q"]
    there = command("atlas", "-o", "there", *flags, "--scheduler", cluster.scheduler_address)
    with without_processes():
        here = command("atlas", "-o", "here", *flags)
    assert (there.status, there.err) == (here.status, here.err) == (0, "")
    found = [
        {path.relative_to(at): path.read_bytes() for path in at.rglob("*.*")} for at in (Path("there"), Path("here"))
    ]
    assert found[0] == found[1] and len(found[0]) > 10


def test_a_batch_goes_on_elsewhere(cluster: Any, cases: Path, frozen: Catalogue) -> None:
    """Interrupted here, resumed on the cluster: the journal knows no workers."""
    with without_processes():
        whole = through(cases, frozen, "whole.csv", workers=1)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    job = Job(output=cases.parent / "plans.csv", workers=1)
    with without_processes(), pytest.raises(KeyboardInterrupt):
        solve_all(open_source(str(cases)), frozen, job, progress=interrupt, solve=stubs.instant)
    assert not (cases.parent / "plans.csv").exists() and (cases.parent / "plans.csv.journal").exists()
    rest = through(cases, frozen, "plans.csv", resume=True, scheduler=cluster.scheduler_address)
    assert 0 < rest.solved < whole.solved
    assert (cases.parent / "plans.csv").read_bytes() == (cases.parent / "whole.csv").read_bytes()


def test_crashes_and_time_outs_on_a_cluster(cluster: Any, tmp_path: Path, frozen: Catalogue) -> None:
    """A case that ends its Dask worker, and one that never ends, cost one row each."""
    path = tmp_path / "cases.csv"
    limits = [100, 101, stubs.EXITS, 102, stubs.HANGS, 103]
    path.write_text("case_id,max_mw\n" + "".join(f"c{n},{limit}\n" for n, limit in enumerate(limits)), encoding="utf-8")
    counts = through(path, frozen, "plans.csv", scheduler=cluster.scheduler_address, case_limit_s=2.0)
    rows = (tmp_path / "plans.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["plan", "plan", "crashed", "plan", "timed_out", "plan"]
    assert counts.journal is not None


def test_a_scheduler_that_is_not_there(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message and status 4; nothing is left."""
    monkeypatch.setattr("optimizer.batch.cluster._CONNECT_S", 1)
    (tmp_path / "cases.csv").write_text("case_id\na\n", encoding="utf-8")
    ran = command("batch", "cases.csv", "-o", "plans.csv", "--scheduler", "tcp://127.0.0.1:9")
    assert ran.status == 4 and "no Dask scheduler answers at tcp://127.0.0.1:9" in ran.err
    assert {path.name for path in tmp_path.iterdir()} == {"cases.csv"}


# -- workers that stay silent ------------------------------------------------------------------------------------------


@pytest.fixture
def frail(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A cluster of its own, whose workers are stopped and ended, with short patience; one worker unless it says more.

    A process of Dask takes two seconds to start.
    """
    for name, seconds in (("SILENT_S", 5.0), ("NO_WORKER_S", 3.0), ("_ASK_EVERY_S", 0.5)):
        monkeypatch.setattr(f"optimizer.batch.cluster.{name}", seconds)
    with distributed.LocalCluster(
        n_workers=getattr(request, "param", 1),
        threads_per_worker=1,
        dashboard_address=None,
        protocol="tcp",
        silence_logs=60,
    ) as made:
        pids = [nanny.pid for nanny in made.workers.values()]
        yield made
        for pid in pids:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGCONT)


def once(action: Any) -> Any:
    """A teller of progress that does something at its first call."""
    done: list[int] = []

    def told(so_far: int) -> None:
        if not done:
            done.append(so_far)
            action()

    return told


def stop_a_worker(made: Any) -> None:
    for nanny in list(made.workers.values())[:1]:
        os.kill(nanny.pid, signal.SIGSTOP)


def disturbed(made: Any, cases: Path, catalogue: Catalogue, action: Any) -> list[str]:
    """A batch during which something is done; what it warns of."""
    warnings: list[str] = []
    job = Job(output=cases.parent / "plans.csv", scheduler=made.scheduler_address)
    source = open_source(str(cases))
    solve_all(source, catalogue, job, progress=once(action), warn=warnings.append, solve=stubs.slow)
    return warnings


@pytest.mark.parametrize("frail", [2], indirect=True)
def test_a_stopped_dask_worker_is_given_up(frail: Any, cases: Path, frozen: Catalogue) -> None:
    """In seconds, not after the five minutes of Dask: its cases go to the other, none is called crashed or late."""
    with without_processes():
        through(cases, frozen, "whole.csv", workers=1)
    warnings = disturbed(frail, cases, frozen, lambda: stop_a_worker(frail))
    assert len(warnings) == 1 and "has not answered for 5 s: its cases go to others" in warnings[0]
    assert (cases.parent / "plans.csv").read_bytes() == (cases.parent / "whole.csv").read_bytes()


def test_a_batch_whose_dask_workers_all_go_ends(frail: Any, cases: Path, frozen: Catalogue) -> None:
    """Within a bound, with a word; what is finished is kept."""
    with pytest.raises(WorkersError, match="has had no worker for 3 s"):
        disturbed(frail, cases, frozen, lambda: stop_a_worker(frail))
    assert (cases.parent / "plans.csv.journal").exists() and not (cases.parent / "plans.csv").exists()


@pytest.mark.bound(30)
def test_ctrl_c_with_stopped_dask_workers(frail: Any, cases: Path, frozen: Catalogue) -> None:
    """The first one ends it: nothing waits for workers that do not answer."""

    def interrupt() -> None:
        stop_a_worker(frail)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        disturbed(frail, cases, frozen, interrupt)


def test_a_scheduler_that_goes_away(frail: Any, cases: Path, frozen: Catalogue) -> None:
    """One message; what is finished is kept."""
    with pytest.raises(WorkersError, match="scheduler"):
        disturbed(frail, cases, frozen, frail.close)
    assert (cases.parent / "plans.csv.journal").exists()
