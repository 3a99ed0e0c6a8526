"""Runs the commands of a document through bash, with ``optimizer`` on the PATH.

One bash a document, in an empty folder with the document's files. Each command is read from a file that holds it as it
is printed, so that quotes, dollar signs, pipes and redirections mean what they mean to a reader who copies it.

``optimizer`` is a small script that hands its arguments, its folder, its environment and its three streams to one
process that has everything imported and forks itself (see ``server.py``). A start of Python and its imports would
cost half a second a command.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import ROOT, Command, Document
from .long import LONG

HERE = Path(__file__).parent
DATA = str(ROOT / "data")
PATIENCE_S = 300
ANSWERS = (0, 2, 3, 4)
"""Statuses of a command whose output may be shown: done, usage, infeasible, bad data."""
_FILES = re.compile(r">|\.(?:csv|html|json|jsonl|md|parquet|toml|xlsx)\b|(?:^| )(?:-o|--output)\b")
"""In a command that reads or writes files of its document: what it leaves behind depends on more than its words."""
ERRORS = (2, 4)
"""Statuses of commands that say what is wrong on stderr, and nothing on stdout."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def shown(self) -> str:
        """What a document shows of it: the error on stderr, or the answer on stdout, where a check may have failed."""
        return (self.err or self.out) if self.status in ERRORS else self.out


def succeeded(command: Command, left: Ran) -> bool:
    """Whether a command did what a document may show; one without output must end with status 0."""
    return left.status in (ANSWERS if command.shown is not None else (0,)) and "Traceback" not in left.out + left.err


class Shell:
    """bash, with ``optimizer`` on its PATH."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self._folder = folder
        programs = folder / "bin"
        programs.mkdir()
        script = programs / "optimizer"
        call = shlex.join([sys.executable, "-ISE", str(HERE / "client.py"), str(socket)])
        script.write_text(f'#!/bin/sh\nexec {call} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        self._path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self._known: dict[str, Ran] = {}

    def run(self, document: Document, *, every: bool = False) -> dict[Command, Ran]:
        """The commands of a document, in its order, in one folder: all but the long ones, or every one.

        What stands in two documents, and needs no file of theirs, is run once.
        """
        wanted = [command for command in document.commands if every or command.line not in LONG]
        fresh = self._run(document, [command for command in wanted if command.line not in self._known])
        self._known |= {command.line: left for command, left in fresh.items() if not _FILES.search(command.line)}
        return {command: fresh[command] if command in fresh else self._known[command.line] for command in wanted}

    def _run(self, document: Document, commands: list[Command]) -> dict[Command, Ran]:
        work = self.folder_of(document)
        notes = Path(tempfile.mkdtemp(prefix=f"{document.name}.", suffix=".notes", dir=self._folder))
        for place, command in enumerate(commands):
            (notes / f"{place}.sh").write_text(f"{command.line}\n", encoding="utf-8")
        script = "".join(
            f'. "$NOTES/{place}.sh" >"$NOTES/{place}.out" 2>"$NOTES/{place}.err" </dev/null\n'
            f'echo $? >"$NOTES/{place}.status"\n'
            for place in range(len(commands))
        )
        environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
        environment |= {"NOTES": str(notes), "PATH": self._path, "OPTIMIZER_DATA": DATA, "TERM": "dumb"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", script],
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert not done.stderr, done.stderr
        return {
            command: Ran(
                int((notes / f"{place}.status").read_text(encoding="utf-8")),
                (notes / f"{place}.out").read_text(encoding="utf-8"),
                (notes / f"{place}.err").read_text(encoding="utf-8"),
            )
            for place, command in enumerate(commands)
        }

    def folder_of(self, document: Document) -> Path:
        """The folder in which the commands of a document run, with the document's files in it."""
        work = self._folder / document.name
        if not work.exists():
            work.mkdir()
            for name, text in document.files.items():
                (work / name).write_text(text, encoding="utf-8")
        return work


@contextmanager
def shell() -> Iterator[Shell]:
    """A shell with its server, in a folder of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        socket = folder / "socket"
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
        environment["OPTIMIZER_DATA"] = DATA
        server = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), str(socket)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert server.stdin is not None and server.stdout is not None
            assert server.stdout.readline() == b"ready\n", "the server of the examples did not start"
            yield Shell(folder, socket)
        finally:
            server.communicate()  # closes its stdin, which ends it
