"""The command line with a stub for a solver: ``python tests/stubbed.py slow batch cases.csv -o plans.csv``.

All else is the real thing: what a test kills is what a user kills.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def command(solver: str, *arguments: str) -> list[str]:
    """The command to run a stub of ``stubs`` in place of the solver."""
    return [sys.executable, str(HERE / "stubbed.py"), solver, *arguments]


def started(solver: str, *arguments: str, cwd: Path, **more: Any) -> subprocess.Popen[bytes]:
    """The command as a process, on the fictitious catalogue."""
    environment = {**os.environ, "OPTIMIZER_DATA": str(HERE / "catalogue")}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(command(solver, *arguments), cwd=cwd, env=environment, **streams)


def finished(
    solver: str, *arguments: str, cwd: Path, content: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The same, run to its end."""
    process = started(solver, *arguments, cwd=cwd, stdin=subprocess.PIPE if content is not None else subprocess.DEVNULL)
    out, err = process.communicate(content, timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


if __name__ == "__main__":
    import stubs

    from optimizer.batch import engine
    from optimizer.cli import run

    engine.solve_all.__kwdefaults__["solve"] = getattr(stubs, sys.argv[1])
    sys.exit(run(sys.argv[2:]))
