"""Frozen outputs: what about eighty commands print, byte for byte, so that each later change is a decision.

``python -m tests.frozen`` compares, ``python -m tests.frozen --write`` freezes anew. Exit status, stderr, stdout and
every file that a command writes stand in ``tests/frozen/outputs/NAME.txt``; nothing in them depends on the clock or
the host.
"""

from __future__ import annotations

import contextlib
import io
import os
import pkgutil
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.consortium.plan import Joint

HERE = Path(__file__).parent
OUTPUTS = HERE / "outputs"
DATA = {"test": HERE.parent / "catalogue", "live": HERE.parent.parent / "data"}

CASES = """case_id,country,workload,max_mw,deadline_days,budget_usd
one,BR,,0.6,90,
tight,BR,,0.5,60,
mexico,MX,,0.6,120,50000000
wrong,XX,,1,120,
"""
STUDY = """[defaults]
deadline_days = 90
[axes]
country = ["BR", "MX"]
max_mw = [0.5, 0.6]
"""
SITES = """[run]
deadline_days = 120
[total]
budget_usd = 90_000_000
[[site]]
name = "Campinas"
country = "BR"
max_mw = 0.4
share = 0.6
[[site]]
name = "Monterrey"
country = "MX"
max_mw = 0.3
share = 0.4
"""
OLD = (HERE.parent / "version_1" / "plan.json").read_text(encoding="utf-8")
FORGED = OLD.replace('"cost_usd": 1585000.0', '"cost_usd": 1584999.0', 1)
RUNS = """name,params_active,tokens,accelerator,gpu_hours,precision,scope
LLaMA-7B,6.7e9,1e12,A100,82432,BF16,single_run
Bad,7,1e12,h100,90000,BF16,single_run
"""
FILES = {
    "cases.csv": CASES,
    "study.toml": STUDY,
    "sites.toml": SITES,
    "old.json": OLD,
    "forged.json": FORGED,
    "further.csv": RUNS,
}


@dataclass(frozen=True)
class Command:
    """A command line; ``columns`` is the width of its terminal, None where it writes into a pipe."""

    name: str
    line: str
    columns: int | None = None
    data: str = "test"
    first: str = ""
    """A command to run before it, such as one that writes the file it reads."""
    shown: tuple[str, ...] = field(default=())
    """Files that it writes, to be frozen too."""


def commands() -> list[Command]:
    """Every frozen command, in the order of ``commands.txt``: ``name | width, data, files | command line``."""
    found = []
    for line in (HERE / "commands.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, how, command = (part.strip() for part in line.split("|", 2))
        first, _, last = command.rpartition(" && ")
        words = how.split()
        columns = next((int(word) for word in words if word.isdigit()), None)
        shown = tuple(word for word in words if "." in word)
        found.append(Command(name, last, columns, "live" if "live" in words else "test", first, shown))
    return found


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def _surroundings(command: Command) -> Iterator[Path]:
    """An empty folder with the files that commands read, and an environment that says nothing of this machine."""
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"OPTIMIZER_DATA": str(DATA[command.data]), "LINES": "50"}
    environment |= {"TERM": "xterm-256color", "COLUMNS": str(command.columns)} if command.columns else {"TERM": "dumb"}
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, environment, clear=True):
        for name, text in FILES.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(here)


_FOUND: dict[Any, Any] = {}
"""What was found for several sites, by question: the forms and languages of an answer are of one computation."""
_OF_SITES = (
    "consortium.decide.decide",
    "insight.explain_sites.explain_sites",
    "insight.limits.of_sites.joint_concessions",
)


def _kept(find: Callable[..., Any]) -> Callable[..., Any]:
    def again(asked: Any, *given: Any, told: object = None, **more: Any) -> Any:
        # what explains a plan is given what was found, which is kept here and equal to itself alone
        key = (find.__name__, asked if isinstance(asked, Joint) else repr(asked), *given, *more.items())
        if key not in _FOUND:
            _FOUND[key] = find(asked, *given, **more)
        return _FOUND[key]

    return again


def _run(line: str, columns: int | None) -> tuple[int, str, str]:
    from optimizer.cli import run

    out = _Terminal() if columns else io.StringIO()
    err = io.StringIO()
    with (
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
        patch("optimizer.catalogue.load_catalogue", _loaded),
        contextlib.ExitStack() as patches,
    ):
        for place in _OF_SITES if columns is None else ():  # a terminal is shown progress
            name = f"optimizer.{place}"
            patches.enter_context(patch(name, _kept(pkgutil.resolve_name(name))))
        status = run(shlex.split(line))
    return status, out.getvalue(), err.getvalue()


def told(command: Command) -> str:
    """What a command leaves behind, as it is frozen."""
    with _surroundings(command) as folder:
        if command.first:
            _run(command.first, None)
        status, out, err = _run(command.line, command.columns)
        files = [
            (name, (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "not written\n")
            for name in command.shown
        ]
        text = "".join(
            f"===== {title}\n{body}" + ("" if body.endswith("\n") or not body else "\n")
            for title, body in [
                (f"optimizer {command.line}", f"exit status {status}\n"),
                ("stderr", err),
                ("stdout", out),
                *files,
            ]
        )
        text = re.sub(re.escape(str(folder.resolve())) + "|" + re.escape(str(folder)), "FOLDER", text)
        return _without_digests(text.replace(str(DATA[command.data]), "DATA"), command.data)


SOLVER_SHOWN = "HiGHS 1.15.1"
"""In place of the version that is installed: several are allowed, and what they answer is the same."""
_DIGEST_DIGITS = 12
"""Digits of the digest of the data that a card shows."""


@cache
def _catalogue(folder: str) -> Catalogue:
    """The data of a folder that no command changes, read once: reading them is not what is frozen."""
    return load_catalogue(folder)


def _loaded(folder: str | None = None, packs: Iterable[str] = ()) -> Catalogue:
    where = os.environ["OPTIMIZER_DATA"] if folder is None else folder
    return load_catalogue(where, packs) if packs or where not in map(str, DATA.values()) else _catalogue(where)


def _without_digests(text: str, data: str) -> str:
    """The text with as many zeros in place of each digest: a row more in a table is no change of an output.

    That a digest is the right one is proved elsewhere (``test_catalogue``, ``test_forms``).
    """
    digest, text = _catalogue(str(DATA[data])).digest, re.sub(r"HiGHS \d+\.\d+\.\d+", SOLVER_SHOWN, text)
    text = text.replace(digest[:_DIGEST_DIGITS], "0" * _DIGEST_DIGITS)
    return re.sub(r"\b[0-9a-f]{64}\b", "0" * 64, text)
