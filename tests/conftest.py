"""Catalogues for all tests: one frozen and fictitious, with figures for sums done by hand, and the shipped one."""

from __future__ import annotations

import csv
import gc
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest
import stubs
from bounded import bounded, seconds_of
from commands import Cli, Ran
from hypothesis import HealthCheck, settings
from inline import without_processes
from order import dealt
from share import kept
from worlds import FROZEN, LIVE, frozen_catalogue, live_catalogue, small_catalogue, varied_catalogue

import optimizer
from optimizer.answers.plan.row import COLUMNS
from optimizer.batch import read_cases
from optimizer.batch.engine import solve_all
from optimizer.batch.run import run as run_cases
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.load import data_folder
from optimizer.cli import run
from optimizer.render.csv import csv_lines

# how long an example takes depends on what else the machine does: no reason for a test to fail
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: a test of processes that are stopped, or too slow, only waits."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)  # what is not to run is taken away before
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of campaigns only the share that is asked for; on several workers, the long files first and undivided."""
    chosen = kept(items)
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = dealt(items, workers)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: Python's search for rubbish need not go through it again and again.

    While half a million objects were made it was off (see below); together they took a tenth of all time.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)
    gc.enable()


def is_compiled() -> bool:
    """Whether the package has the bytecode of its sources beside them, as an installation makes it."""
    sources = [source for source in Path(optimizer.__file__).parent.rglob("*.py") if "data" not in source.parts]
    compiled = [(source, Path(cache_from_source(str(source)))) for source in sources]
    return all(made.exists() and made.stat().st_mtime >= source.stat().st_mtime for source, made in compiled)


def pytest_configure(config: pytest.Config) -> None:
    """Where Python is asked to write no bytecode, and the package was not compiled when it was installed, the processes
    of the tests share what they compile all the same, in a folder that goes when the tests are through. Else each of
    some two hundred compiles the package again."""
    gc.disable()  # until all tests are collected
    if sys.dont_write_bytecode and "PYTHONPYCACHEPREFIX" not in os.environ and not is_compiled():
        folder = tempfile.TemporaryDirectory(prefix="optimizer-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ["PYTHONPYCACHEPREFIX"] = folder.name
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _within_its_bound(item: pytest.Item) -> Generator[None]:
    with bounded(seconds_of(item)):
        return (yield)


# each phase of a test on its own: what the making of a shared fixture takes does not count for the test after it
pytest_runtest_setup = pytest.hookimpl(wrapper=True)(_within_its_bound)
pytest_runtest_call = pytest.hookimpl(wrapper=True)(_within_its_bound)
pytest_runtest_teardown = pytest.hookimpl(wrapper=True)(_within_its_bound)


@pytest.fixture(scope="session")
def frozen() -> Catalogue:
    """The fictitious catalogue of tests/catalogue: its figures never change."""
    return frozen_catalogue()


@pytest.fixture(scope="session")
def live() -> Catalogue:
    """The shipped data: only relations may be tested on it, its figures change."""
    return live_catalogue()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped tables that a test may break."""
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))


@pytest.fixture
def small(frozen: Catalogue) -> Catalogue:
    """Three kinds of server for consortia that are worked out by hand."""
    return small_catalogue(frozen)


@pytest.fixture
def varied(frozen: Catalogue) -> Catalogue:
    """The same, where time and electricity cost."""
    return varied_catalogue(frozen)


@pytest.fixture
def inline() -> Iterator[None]:
    """Batches of the test do their cases in its own process: for tests of all but the workers."""
    with without_processes():
        yield


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    frozen: Catalogue,
    live: Catalogue,
) -> Cli:
    """Run a command in an empty folder, on the fictitious catalogue (read once a session); ``stdin`` as bytes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMIZER_DATA", str(FROZEN))
    known = {str(FROZEN): frozen, str(LIVE): live}

    def load(folder: str | None = None, *more: Any) -> Catalogue:
        where = os.environ["OPTIMIZER_DATA"] if folder is None else folder
        return known[where] if where in known and not any(more) else load_catalogue(folder, *more)

    monkeypatch.setattr("optimizer.catalogue.load_catalogue", load)

    def call(*arguments: str, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = run(list(arguments))
        told = capsys.readouterr()
        return Ran(status, told.out, told.err)

    return call


@pytest.fixture
def solve(frozen: Catalogue) -> Callable[..., list[dict[str, str]]]:
    """CSV text in, the rows of the plans CSV out, as a reader of the file gets them."""

    def rows(text: str, catalogue: Catalogue = frozen) -> list[dict[str, str]]:
        lines = "".join(csv_lines(run_cases(read_cases(text, "cases.csv"), catalogue), COLUMNS))
        return list(csv.DictReader(io.StringIO(lines, newline="")))

    return rows


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """200 draws in place of 2,000, or as many as the file says: the same code, in a tenth of the time. Worker processes
    know nothing of it."""
    from optimizer.uncertainty import confident, drawn_consortium, odds, outlook

    count = getattr(request.module, "DRAWS", 200)
    for place in (confident, odds, outlook):
        monkeypatch.setattr(place, "DRAWS", count)
    for find in (odds.odds_of, drawn_consortium.odds_over_sites):
        monkeypatch.setattr(find, "__defaults__", (count, odds.SEED))


@pytest.fixture
def stubbed_command(command: Cli, inline: None, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The same with a stub for a solver (``instant``, unless ``stub`` names another), and without worker processes."""

    def call(*arguments: str, stub: str = "instant", stdin: bytes | None = None) -> Ran:
        monkeypatch.setitem(solve_all.__kwdefaults__, "solve", getattr(stubs, stub))
        return command(*arguments, stdin=stdin)

    return call


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question answered again once for each case and cost: what is found depends on nothing else."""
    from optimizer.answers.readback.answered_again import answered_again

    known: dict[Any, Any] = {}

    def again(plan: optimizer.Plan, case: optimizer.Case, catalogue: Catalogue) -> Any:
        key = (plan.objective_value, case.digest(), catalogue.digest)
        if key not in known:
            known[key] = answered_again(plan, case, catalogue)
        return known[key]

    monkeypatch.setattr("optimizer.answers.readback.check.answered_again", again)


@pytest.fixture
def whole_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver is given the whole statement, from which nothing was left out: every row of it counts."""
    for room in ("planner", "mix"):
        monkeypatch.setattr(f"optimizer.solve.{room}.reduce_programme", lambda given, known: given)
    monkeypatch.setattr("optimizer.model.dominance.drop_dominated", lambda given: given)
