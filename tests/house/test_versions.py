"""`.ci/versions`: it fails where a run fails, says which, and runs the share of the campaigns that was asked for."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from share import VARIABLE, kept, least_of, share, share_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def versions() -> Any:
    """The script, as a module."""
    loader = importlib.machinery.SourceFileLoader("versions", str(ROOT / ".ci" / "versions"))
    spec = importlib.util.spec_from_loader("versions", loader)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["versions"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def calls(versions: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """Nothing is installed nor run: what would be, with the share; ``pytest -k fails`` fails, as a bad install does."""
    made: list[tuple[list[str], str]] = []

    def run(command: list[str], **more: Any) -> Any:
        made.append((command, more.get("env", {}).get(VARIABLE, "")))
        for_it = made[-2][0][:1] if len(made) > 1 else []  # the environment was just made, by its Python
        failed = "fails" in command or ("install" in command and for_it == ["/usr/bin/python3.13"])
        return subprocess.CompletedProcess(command, int(failed), b"", b"")

    monkeypatch.setattr(versions.subprocess, "run", run)
    monkeypatch.setattr(
        versions, "python_of", lambda version: f"/usr/bin/python{version}" if version != "3.12" else None
    )
    return made


def test_it_fails_when_a_test_fails(versions: Any, calls: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1 and the run by name. Wrong: 0, as where only the last run counts."""
    assert versions.main(["--only", "3.11", "-k", "fails"]) == 1
    assert capsys.readouterr().out.count("FAILED") == 2, "oldest and newest dependencies"
    assert versions.main(["--only", "3.11"]) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_it_fails_when_nothing_can_be_installed_or_found(
    versions: Any, calls: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version that is not there is named, and alone it is a failure: nothing was shown."""
    assert versions.main(["--only", "3.13"]) == 1 and "FAILED" in capsys.readouterr().out
    assert versions.main(["--only", "3.12"]) == 1 and "not found" in capsys.readouterr().out
    assert versions.main(["--only", "3.11", "--only", "3.12"]) == 0, "one that is not found fails no other"


def test_a_share_of_the_campaigns_is_said(versions: Any, calls: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A tenth unless it says more, in words; all words that are no options of it go to pytest."""
    assert versions.main(["--engine", "--only", "3.11", "-k", "oracle"]) == 0
    pytests = [(command, share) for command, share in calls if "pytest" in command]
    assert len(pytests) == 2 and {share for _, share in pytests} == {"0.1"}
    assert all(command[-2:] == ["-k", "oracle"] and "campaign" in command for command, _ in pytests)
    assert "a share of 0.1 was run" in capsys.readouterr().out
    calls.clear()
    assert versions.main(["--engine", "--share", "1", "--only", "3.11"]) == 0
    assert {share for command, share in calls if "pytest" in command} == {"1"}
    assert "share" not in capsys.readouterr().out
    for wrong in ("0", "2", "x"):
        with pytest.raises(SystemExit):
            versions.main(["--share", wrong])


def test_the_campaigns_of_the_engine_are_there(versions: Any) -> None:
    """A file that was renamed would be an error of pytest, and one without a campaign adds nothing."""
    for name in versions.ENGINE:
        assert "campaign" in (ROOT / "tests" / name).read_text(encoding="utf-8"), name


def test_a_share_leaves_no_campaign_out(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Every campaign keeps one case at least, evenly over all; tests that are none stay. Wrong: a campaign not run."""

    class Case:
        def __init__(self, nodeid: str, campaign: bool) -> None:
            self.nodeid, self.campaign = nodeid, campaign

        def get_closest_marker(self, name: str) -> bool:
            return self.campaign

    cases: Any = [Case(f"one[{n}]", n >= 2) for n in range(42)] + [Case("two", True), Case("three", False)]
    assert kept(cases) == cases and share() == 1 and (share_of(3000), least_of(20)) == (3000, 20)
    monkeypatch.setenv(VARIABLE, "0.1")
    chosen = [case.nodeid for case in kept(cases)]
    assert chosen == ["one[0]", "one[1]", "one[2]", "one[12]", "one[22]", "one[32]", "two", "three"]
    assert (share_of(3000), share_of(4), least_of(20), least_of(5)) == (300, 1, 1, 0)
    for wrong in ("0", "1.1", "ten"):
        monkeypatch.setenv(VARIABLE, wrong)
        with pytest.raises(pytest.UsageError):
            share()
