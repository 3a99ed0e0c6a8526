"""The build of the data: one command, the same bytes every time."""

from __future__ import annotations

import subprocess
import sys

from worlds import LIVE


def test_one_command_builds_every_table_that_is_made() -> None:
    """Countries, power systems, decisions, projects, map, checked cells: a cell changed by hand would be lost."""
    done = subprocess.run([sys.executable, str(LIVE / "make"), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "would change: nothing\n" * 5), done.stdout + done.stderr
