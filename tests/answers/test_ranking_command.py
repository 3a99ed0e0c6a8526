"""optimizer rank: every case of the file is either ranked or counted with the reason why it is not."""

from __future__ import annotations

import re
from pathlib import Path

from commands import Cli

CASES = """case_id,country,max_mw,deadline_days
a,BR,2,150
b,BR,0.01,20
c,Narnia,2,150
d,BR,abc,150
"""


def test_cases_that_cannot_be_read_are_counted(command: Cli, tmp_path: Path) -> None:
    """One is proven to have no plan, two cannot be read. Wrong: three without a plan, of which one is explained."""
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    assert command("batch", "cases.csv", "-o", "plans.csv").status == 6
    told = command("rank", "plans.csv", "-q").out
    assert "3 cases without a plan are not ranked." in told
    counts = [int(count) for count in re.findall(r"(\d+) of them: ", told)]
    assert sum(counts) == 3 and "2 of them: the case cannot be read." in told
