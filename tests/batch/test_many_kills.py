"""Two hundred kills of parents and workers at random moments, start-up included: nothing hangs, the bytes are equal.

By form of the output, by a grid of cases, and on a Dask cluster. What is killed gets SIGKILL, which nobody can handle.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from bounded import children_of
from share import share_of
from stubbed import HERE, started

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.bound(1800),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc"),
]
KILLS = share_of(40)
"""Of each kind of batch; five kinds. Some two to five minutes each, on two cores where nothing else runs."""
COUNT = 400
MOST_S = 600.0
"""A run that nothing disturbs any more takes a few seconds; one that takes so long hangs."""
_SWEEP = ("sweep", "--country", "BR,MX", "--max-mw", "100:199:1", "--deadline", "60,90")


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers with nannies, each a process of its own; its address and the nannies."""
    pytest.importorskip("distributed")
    path = os.pathsep.join([str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    folder = tmp_path / "dask"
    folder.mkdir()

    def start(name: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *words, "--no-dashboard"]
        with (folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)

    made = [start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", "scheduler.json")]
    while not (folder / "scheduler.json").exists():
        time.sleep(0.1)
    address = json.loads((folder / "scheduler.json").read_text())["address"]
    nannies = [start("worker", address, "--nthreads", "1") for _ in range(2)]
    try:
        while not all(children_of(nanny.pid) for nanny in nannies):
            time.sleep(0.1)
        time.sleep(5.0)
        yield address, nannies
    finally:
        for process in [*nannies, *made]:
            for child in children_of(process.pid):
                kill(child)
            process.kill()
            process.wait()


def workers_of(process: subprocess.Popen[bytes], nannies: list[subprocess.Popen[bytes]]) -> list[int]:
    """The workers of a run, as soon as there are some; none where it is done before."""
    while process.poll() is None:
        found = [child for nanny in nannies for child in children_of(nanny.pid)] or children_of(process.pid)
        if found:
            return found
        time.sleep(0.02)
    return []


def disturbed(
    folder: Path, words: tuple[str, ...], dice: random.Random, nannies: list[subprocess.Popen[bytes]]
) -> tuple[int, int]:
    """Run, kill and go on until it is done; kills of the parent and of workers."""
    parents = workers = 0
    resume: tuple[str, ...] = ()
    for _ in range(dice.randint(1, 3)):
        process = started("slow", *words, *resume, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(dice.randint(0, 3)):
            found = workers_of(process, nannies)
            time.sleep(dice.uniform(0.0, 1.5) if not nannies else dice.uniform(2.0, 5.0))
            if found and process.poll() is None:
                kill(dice.choice(found))
                workers += 1
        time.sleep(dice.uniform(0.0, 2.5))
        if process.poll() is None:
            process.kill()
            parents += 1
        process.wait(MOST_S)
        resume = ("--resume",)
    last = started("slow", *words, "--resume", cwd=folder)
    try:
        _, err = last.communicate(timeout=MOST_S)
    except subprocess.TimeoutExpired:
        last.kill()
        raise AssertionError("it hangs") from None
    assert last.returncode == 0, err
    return parents, workers


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "sweep", "dask"])
def test_kills_at_random_moments(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rounds of kills and of going on; each ends with the bytes of a run that nothing disturbed."""
    dice = random.Random(f"20261129 {kind}")
    address, nannies = request.getfixturevalue("cluster") if kind == "dask" else ("", [])
    name = f"p.{kind}" if kind in ("csv", "jsonl", "parquet") else "p.csv"
    words = (*_SWEEP, "-o", name) if kind == "sweep" else ("batch", "cases.csv", "-o", name)
    words += ("--scheduler", address) if address else ("--workers", "2")
    lines = "".join(f"c{n},{n + 100},{60 + n % 200}\n" for n in range(COUNT))

    def begun(folder: Path) -> Path:
        folder.mkdir()
        (folder / "cases.csv").write_text(f"case_id,max_mw,deadline_days\n{lines}", encoding="utf-8")
        return folder

    quiet = begun(tmp_path / "quiet")
    first = started("instant", *words, cwd=quiet)
    _, err = first.communicate(timeout=MOST_S)
    assert first.returncode == 0, err
    parents = workers = rounds = left = 0
    while parents + workers < KILLS:
        rounds += 1
        folder = begun(tmp_path / f"round{rounds}")
        killed = disturbed(folder, words, dice, nannies)
        parents, workers = parents + killed[0], workers + killed[1]
        assert (folder / name).read_bytes() == (quiet / name).read_bytes(), f"round {rounds}: other bytes"
        found = {path.name for path in folder.iterdir()} - {"cases.csv", name, "p.metadata.json"}
        left += len(found)
        assert all(one.startswith(".optimizer-") for one in found), found
    with capsys.disabled():
        print(f"\n{kind}: {parents} parents and {workers} workers killed in {rounds} rounds; {left} files left over")
