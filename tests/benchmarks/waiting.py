"""(h) What a person waits for: a sentence read, a hostile file refused, a large sweep begun, Ctrl-C, the ways beside
each other."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from optimizer.catalogue import Catalogue

from . import cases, ours
from .measuring import Scale, Section, Target, clocked, spread, table

SENTENCES = 200
WORDS = (
    *("cheapest", "plan", "under", "1 MW", "in", "120", "days", "for", "llama", "70B", "by", "march"),
    *("not", "h100", "$5M"),
)
LONG_KEY = "[axes]\n" + ".".join("a" * 20_000) + " = 1\n"
"""A parser of TOML takes minutes over it."""
WAYS = (
    *("ways", "--workload", "llama-3.1-8b", "--country", "CL", "--max-mw", "1"),
    *("--owned", "a100=64", "--shared-in", "BR", "--shared-members", "3", "--quiet"),
)
FIRST_ROWS = 30
TARGETS_S: Mapping[str, float] = {
    "a sentence read or refused": 1.0,
    "a hostile study file refused": 1.5,
    "the first three of 1e9 cases of a sweep": 0.1,
    "Ctrl-C until a batch has ended": 2.0,
    "the ways beside each other": 5.0,
}


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The table: of each the median, least and most of its times; the target is for the most."""
    rounds = max(scale.rounds, 2)
    calls: Mapping[str, Callable[[], list[float]]] = {
        "a sentence read or refused": lambda: _sentences(catalogue),
        "a hostile study file refused": lambda: [_hostile(catalogue) for _ in range(rounds)],
        "the first three of 1e9 cases of a sweep": lambda: [clocked(_first_of_many)[0] for _ in range(rounds)],
        "Ctrl-C until a batch has ended": lambda: [_interrupted(catalogue) for _ in range(rounds)],
        "the ways beside each other": lambda: [_command(*WAYS) for _ in range(rounds)],
    }
    taken = {name: call() for name, call in calls.items()}
    rows = [(name, *spread(seconds), len(seconds)) for name, seconds in taken.items()]
    made = table("ms; the last two are processes of their own", ("what", "median", "least", "most", "times"), rows)
    targets = [Target(f"{name}, most s", max(taken[name]), most, at_least=False) for name, most in TARGETS_S.items()]
    return Section("waits: what a person waits for", [made], [], targets)


def _sentences(catalogue: Catalogue) -> list[float]:
    """Seconds of each of some sentences of known words in any order."""
    dice = random.Random(20261129)
    drawn = [" ".join(dice.choices(WORDS, k=12)) for _ in range(SENTENCES)]
    return [clocked(lambda sentence=sentence: ours.sentence_read(sentence, catalogue))[0] for sentence in drawn]


def _hostile(catalogue: Catalogue) -> float:
    """Seconds until a file with a key of 20,000 parts is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(LONG_KEY, encoding="utf-8")
        seconds, problems = clocked(lambda: ours.study_problems(path, catalogue))
    assert problems, "a key of 20,000 parts was taken"
    return seconds


def _first_of_many() -> None:
    sweep = ours.thousand_million_cases()
    assert len(list(itertools.islice(sweep, 3))) == 3 and sweep.total == 10**9


def _command(*arguments: str) -> float:
    """Seconds of a command in a process of its own."""
    command = [sys.executable, "-m", "optimizer", *arguments]
    return clocked(lambda: subprocess.run(command, capture_output=True, check=True))[0]


def _interrupted(catalogue: Catalogue) -> float:
    """Seconds from Ctrl-C, as a terminal sends it to all processes, to the end of a batch that is well under way.

    Raises:
        RuntimeError: the batch was done before it was interrupted.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cases.csv").write_text(cases.as_csv(cases.mixed(5_000)), encoding="utf-8")
        command = [*ours.BATCH, "cases.csv", "--quiet"]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as process:
            assert process.stdout is not None
            for _ in range(FIRST_ROWS):
                process.stdout.readline()
            begin = time.perf_counter()
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=60)
            took = time.perf_counter() - begin
    if process.returncode != 130:
        raise RuntimeError(f"a batch that was interrupted ended with status {process.returncode}")
    return took
