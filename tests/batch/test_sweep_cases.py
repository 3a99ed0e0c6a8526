"""optimizer sweep --cases: a file of cases with its metadata, as every CSV that the program writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Cli
from worlds import LIVE


def test_the_cases_have_metadata_that_fit_them(command: Cli, tmp_path: Path) -> None:
    """Every column of a case, what feeds the site among them. Wrong: a CSV without metadata beside it."""
    words = ("--country", "BR,MX", "--max-mw", "1,none", "--deadline", "90d,2027-10-01", "--supply", "h100=64,none")
    ran = command("sweep", *words, "--power", "grid;pv", "--cases", "--csv", "-o", "cases.csv", "--data", str(LIVE))
    assert ran.status == 0 and "cases.csv and cases.metadata.json, 16 cases" in ran.err
    frictionless = pytest.importorskip("frictionless", reason="the public validator is in the test extra")
    report = frictionless.validate(str(tmp_path / "cases.metadata.json"))
    assert report.valid, report.flatten(["type", "message"])


def test_metadata_of_somebody_else_stay(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "cases.metadata.json").write_text("{}", encoding="utf-8")
    ran = command("sweep", "--country", "BR,MX", "--cases", "-o", "cases.csv")
    assert ran.status == 2 and "cases.metadata.json" in ran.err
    assert not (tmp_path / "cases.csv").exists()
