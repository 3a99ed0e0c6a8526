"""A crew trusts no worker to live: whoever ends, hangs or never starts is replaced, and nothing waits for ever."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stubs
import tasks
from bounded import children_of
from commands import Cli
from inline import without_processes
from stubbed import HERE, finished, started

from optimizer.batch.engine import solve_all
from optimizer.batch.job import Job
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue
from optimizer.workers import CrashedError, Crew, LateError, WorkersError, crew
from optimizer.workers.process import safe_path

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
LARGE = b"x" * 2_000_000
"""More than any channel takes at once: a parent that waits until it is taken waits for ever."""
MOST_S = 30.0


@pytest.fixture
def hired() -> Iterator[Any]:
    """Crews that are stopped at the end, with what they warned of."""
    crews: list[Crew] = []

    def hire(count: int, function: Any = tasks.set_up, arguments: tuple[Any, ...] = (LARGE,)) -> Crew:
        told: list[str] = []
        made = Crew(function, arguments, count, told.append)
        made.told = told  # type: ignore[attr-defined]
        crews.append(made)
        return made

    yield hire
    for one in crews:
        one.stop()


def results(made: Crew, futures: list[Any], most_s: float = MOST_S) -> list[Any]:
    """What became of the futures: results, or the types of their errors; an error where that takes too long."""
    until = time.monotonic() + most_s
    while not all(future.done() for future in futures):
        assert time.monotonic() < until, "it hangs"
        made.wait(0.2)
    return [type(future.exception()) if future.exception() else future.result() for future in futures]


def children() -> list[int]:
    """The child processes of this process."""
    return children_of(os.getpid())


def test_results_come_home(hired: Any) -> None:
    """Of every task its own, whoever did it, and large ones too."""
    made = hired(2)
    made.want(2)
    futures = [made.submit(tasks.echo, (n, LARGE[: n * 1000]), 10.0) for n in range(40)]
    assert results(made, futures) == [(n, n * 1000, len(LARGE)) for n in range(40)]


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.4])
def test_workers_killed_while_they_start(hired: Any, after_s: float) -> None:
    """The parent does not wait in their start-up pipe: others take their place, and every task is done."""
    others = set(children())  # of a test before: a process that serves them all is none of ours
    made = hired(2)
    made.want(2)
    first = set(children()) - others
    assert len(first) == 2
    time.sleep(after_s)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    assert results(made, [made.submit(tasks.echo, (n, b""), 10.0) for n in range(4)]) == [
        (n, 0, len(LARGE)) for n in range(4)
    ]
    assert not first & set(children())


def test_a_stopped_worker_is_replaced_before_it_is_ready(hired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGSTOP in its first moment: it never says a word, and neither is its channel closed."""
    monkeypatch.setattr(crew, "START_LIMIT_S", 3.0)
    others = set(children())
    made = hired(1)
    made.want(1)
    (only,) = set(children()) - others
    os.kill(only, signal.SIGSTOP)
    assert results(made, [made.submit(tasks.echo, (1, b""), 10.0)]) == [(1, 0, len(LARGE))]


def test_a_stopped_worker_is_not_called_late(hired: Any) -> None:
    """Its task goes to another: the task is not slow."""
    others = set(children())
    made = hired(1)
    made.want(1)
    results(made, [made.submit(tasks.echo, (0, b""), 10.0)])
    (only,) = set(children()) - others
    os.kill(only, signal.SIGSTOP)
    assert results(made, [made.submit(tasks.echo, (1, b""), 2.0)]) == [(1, 0, len(LARGE))]


def test_a_late_task_is_given_up_and_those_behind_it_are_done(hired: Any) -> None:
    """Within its limit, by the crew's own clock."""
    made = hired(1)
    made.want(1)
    futures = [made.submit(tasks.nap, (60.0,), 1.0), made.submit(tasks.nap, (0.0,), 5.0)]
    assert results(made, futures) == [LateError, 0.0]


def test_a_clock_that_is_set_makes_nothing_late(hired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jump of a year in the time of day, as when a machine asks a time server."""
    made = hired(1)
    made.want(1)
    results(made, [made.submit(tasks.echo, (0, b""), 10.0)])
    future = made.submit(tasks.nap, (1.0,), 20.0)
    made.wait(0.1)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3e7)
    assert results(made, [future]) == [1.0]


def test_a_parent_that_was_stopped_calls_nothing_late(hired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-Z and a laptop that sleeps: the time in which the parent did not run does not count."""
    made = hired(1)
    made.want(1)
    results(made, [made.submit(tasks.echo, (0, b""), 10.0)])
    future = made.submit(tasks.nap, (1.0,), 2.0)
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 1e6)
    while not future.done():
        made.wait(0.2)
    assert future.exception() is None and future.result() == 1.0


def test_a_task_that_ends_its_worker(hired: Any) -> None:
    """It fails, with the signal in words; the one behind it is done by another worker."""
    made = hired(1)
    made.want(1)
    futures = [made.submit(tasks.end_by, (9,), 5.0)]
    futures += [made.submit(tasks.echo, (1, b""), 5.0)]
    assert results(made, futures) == [CrashedError, (1, 0, len(LARGE))]
    assert "SIGKILL" in str(futures[0].exception())


def test_what_a_task_raises_comes_home(hired: Any) -> None:
    """Also what cannot travel: as its words."""
    made = hired(1)
    made.want(1)
    futures = [made.submit(tasks.raise_one, (kind,), 5.0) for kind in ("plain", "untravelled")]
    assert results(made, futures) == [KeyError, RuntimeError]
    assert "a planted fault" in str(futures[1].exception())


def test_workers_that_never_start_end_the_crew_in_their_own_words(hired: Any) -> None:
    """A few deaths in a row, not for ever, and no traceback for the user to read."""
    made = hired(2, tasks.raise_one, ("plain",))
    made.want(2)
    with pytest.raises(WorkersError, match="KeyError: 'a planted fault'"):
        results(made, [made.submit(tasks.echo, (0, b""), 5.0)])


def test_a_start_that_the_system_refuses_means_fewer_workers(hired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more processes, memory or descriptors: those that there are go on, and it is said."""
    made = hired(4)
    start, count = crew.Worker, 0

    def few(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError(11, "Resource temporarily unavailable")
        return start(*arguments)

    monkeypatch.setattr(crew, "Worker", few)
    made.want(4)
    assert results(made, [made.submit(tasks.echo, (n, b""), 5.0) for n in range(6)]) == [
        (n, 0, len(LARGE)) for n in range(6)
    ]
    assert made.most == 2 and "2 of 4 workers go on" in made.told[0] and "unavailable" in made.told[0]


def test_one_descriptor_a_worker(hired: Any) -> None:
    """1,024 descriptors are enough for about a thousand workers, not for 169."""
    open_files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    made = hired(6)
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    made.want(6)
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before + 6
    assert before <= open_files + 2


@pytest.mark.parametrize("most", [14, *(pytest.param(most, marks=pytest.mark.campaign) for most in (16, 20)), 24])
def test_few_file_descriptors(tmp_path: Path, most: int) -> None:
    """Fewer workers, said, and all rows: neither a traceback nor "Interrupted"."""
    (tmp_path / "cases.csv").write_text("case_id,max_mw\na,100\nb,101\n", encoding="utf-8")
    words = [sys.executable, str(HERE / "stubbed.py"), "instant", "batch", "cases.csv", "-o", "p.csv", "--workers", "9"]
    ran = subprocess.run(
        ["bash", "-c", f'ulimit -n {most}; exec "$@"', "-", *words],
        cwd=tmp_path,
        env={**os.environ, "OPTIMIZER_DATA": str(HERE / "catalogue")},
        capture_output=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert b"of 9 workers are started" in ran.stderr and b"ulimit -n" in ran.stderr
    assert (tmp_path / "p.csv").read_bytes().count(b"\n") == 3


def test_many_tasks_retire_a_worker(hired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is replaced after so many, and none is lost."""
    monkeypatch.setattr(crew, "TASKS_A_LIFE", 3)
    made = hired(1)
    made.want(1)
    assert results(made, [made.submit(tasks.echo, (n, b""), 10.0) for n in range(10)], 60.0) == [
        (n, 0, len(LARGE)) for n in range(10)
    ]


def test_a_hostile_folder_runs_nothing(tmp_path: Path) -> None:
    """Children import from where the parent does, never from the folder that it was started in."""
    (tmp_path / "cases.csv").write_text("case_id,max_mw\na,100\n", encoding="utf-8")
    for name in ("struct", "signal", "queue", "pickle", "optimizer"):
        planted = f"import os\nos.write(2, b'EXECUTED {name}')\nos.mkdir('executed {name}')\n"
        (tmp_path / f"{name}.py").write_text(planted, encoding="utf-8")
    ran = finished("instant", "batch", "cases.csv", "-o", "p.csv", cwd=tmp_path)
    assert ran.returncode == 0 and b"EXECUTED" not in ran.stderr, ran.stderr
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("executed")]


def test_the_current_folder_is_left_out_of_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As an empty entry, by name, through a link and relative; the package's own folder stays."""
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "link").symlink_to("here")
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "path", ["", str(here), str(tmp_path / "link"), ".", str(HERE), *sys.path])
    assert str(HERE) in safe_path()
    assert not {"", str(here), str(tmp_path / "link"), "."} & set(safe_path())
    home = Path(crew.__file__).resolve().parents[2]
    assert str(home) in {str(Path(entry).resolve()) for entry in safe_path()}
    monkeypatch.chdir(home)
    assert str(home) in {str(Path(entry).resolve()) for entry in safe_path()}


# -- the batch -----------------------------------------------------------------------------------------------------


@pytest.fixture
def write_cases(tmp_path: Path, frozen: Catalogue) -> Callable[[int], bytes]:
    """Write a file of so many cases, and say what a batch of them writes that nothing disturbs."""

    def write(count: int) -> bytes:
        lines = "".join(f"c{n},{n + 100},90\n" for n in range(count))
        (tmp_path / "cases.csv").write_text(f"case_id,max_mw,deadline_days\n{lines}", encoding="utf-8")
        source = open_source(str(tmp_path / "cases.csv"))
        with without_processes():
            solve_all(source, frozen, Job(output=tmp_path / "whole.csv"), solve=stubs.instant)
        return (tmp_path / "whole.csv").read_bytes()

    return write


def until_written(folder: Path, process: subprocess.Popen[bytes], size: int = 20_000) -> None:
    """Wait until a batch has so much in its journal."""
    ahead = folder / "p.csv.journal-wal"
    while not (ahead.exists() and ahead.stat().st_size > size):
        assert process.poll() is None
        time.sleep(0.02)


def test_kills_from_outside_cost_no_case(write_cases: Callable[[int], bytes], tmp_path: Path) -> None:
    """Workers killed again and again: no row is called crashed, the bytes are those of a quiet run."""
    dice = random.Random(20261129)
    whole = write_cases(600)
    process = started("slow", "batch", "cases.csv", "-o", "p.csv", "--workers", "2", cwd=tmp_path)
    ahead, kills, size = tmp_path / "p.csv.journal-wal", 0, 0
    while process.poll() is None and kills < 4:
        time.sleep(dice.uniform(0.1, 0.6))
        now = ahead.stat().st_size if ahead.exists() else 0
        # workers that all die before they take a case end the batch, on purpose: on a busy machine they start slowly
        if now > size and (found := children_of(process.pid)):
            os.kill(dice.choice(found), signal.SIGKILL)
            kills, size = kills + 1, now
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and kills >= 2, (kills, err)
    assert (tmp_path / "p.csv").read_bytes() == whole


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_a_batch_with_the_way_to_go_on(
    stubbed_command: Cli, write_cases: Callable[[int], bytes], tmp_path: Path, number: int, status: int
) -> None:
    """SIGTERM of a scheduler and SIGHUP of a closed terminal as Ctrl-C: what is finished is kept, and it is said."""
    whole = write_cases(600)
    process = started("stuck", "batch", "cases.csv", "-o", "p.csv", "--workers", "1", cwd=tmp_path)
    until_written(tmp_path, process)
    workers = children_of(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == status, err
    assert b"Traceback" not in err and err.strip().endswith(b"Interrupted.")
    assert b"finished and stored in p.csv.journal: run the same command with --resume to continue" in err
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    ran = stubbed_command("batch", "cases.csv", "-o", "p.csv", "--resume")
    assert ran.status == 0 and (tmp_path / "p.csv").read_bytes() == whole


def test_a_closed_stderr_does_not_stop_the_stop(write_cases: Callable[[int], bytes], tmp_path: Path) -> None:
    """The terminal is gone when SIGHUP comes: what cannot be said is not said, and the journal stays."""
    write_cases(600)
    reading, writing = os.pipe()
    process = started("slow", "batch", "cases.csv", "-o", "p.csv", "--workers", "1", cwd=tmp_path, stderr=writing)
    os.close(writing)
    until_written(tmp_path, process)
    os.close(reading)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=20)
    assert process.returncode == 129 and (tmp_path / "p.csv.journal").exists()


def test_nohup_is_respected(write_cases: Callable[[int], bytes], tmp_path: Path) -> None:
    """A signal that whoever started us has ignored stays ignored."""
    whole = write_cases(300)
    process = started(
        "slow",
        *("batch", "cases.csv", "-o", "p.csv", "--workers", "1"),
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    until_written(tmp_path, process)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0 and (tmp_path / "p.csv").read_bytes() == whole


def test_draws_survive_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of ``sensitivity --draws`` that is killed is replaced, at its start and at work: the same results."""
    from optimizer.uncertainty import processes

    monkeypatch.setattr(processes, "WORTH_A_CHILD", 1)
    items = list(range(120))
    done = threading.Event()
    others = set(children())

    def kill() -> None:
        for wait_s in (0.05, 0.5, 1.0):
            if done.wait(wait_s):
                return
            for pid in sorted(set(children()) - others)[:1]:
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        found = processes.map_items(tasks.slow_double, 3, items, 2, lambda done, total: None)
    finally:
        done.set()
        killer.join()
    assert found == [3 * item for item in items]


def test_ctrl_c_in_draws(tmp_path: Path) -> None:
    """One word and status 130; no traceback of a half-read answer."""
    arguments = ["sensitivity", "--max-mw", "0.6", "--deadline", "90d", "--draws", "5000", "-q"]
    process = started("instant", *arguments, cwd=tmp_path, start_new_session=True)
    while not children_of(process.pid):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(1.0)  # the children are at their draws
    assert process.poll() is None, process.communicate()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and err.decode().split() == ["Interrupted."], err
