"""What a release depends on is pinned and listed, and advisories that could not be fetched are never called none."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"


@pytest.fixture(scope="module")
def audit() -> Any:
    """The script of the release, as a module."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


def test_every_package_of_the_tests_is_pinned(audit: Any) -> None:
    """Parquet and Dask too: with --require-hashes one that is not pinned cannot be installed; each has a hash."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in ("test", "parquet", "dask"):
        wanted += project["optional-dependencies"][extra]
    parts = audit.read_pins(CONSTRAINTS.read_text(encoding="utf-8"))
    pinned = {part.name.lower().replace("_", "-") for part in parts}
    names = {re.split(r"[<>=!~ \[;]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names <= pinned, names - pinned
    assert all(part.hashes for part in parts)
    assert "dask" in pinned, "what distributed itself needs, too"


def report(*vulnerable: str, names: list[str]) -> str:
    found = [{"id": "PYSEC-2026-1", "fix_versions": ["9"]}]
    entries = [{"name": n, "version": "1", "vulns": found if n in vulnerable else []} for n in names]
    return json.dumps({"dependencies": entries, "fixes": []})


def test_what_could_not_be_fetched_is_unknown(audit: Any) -> None:
    """No report, half a report, an error page, a report that leaves a package out: none of them is an all-clear."""
    parts = [audit.Part("a", "1"), audit.Part("b", "1")]
    for text in ("", "{", "<html>", "[]", "null", '{"dependencies": null}', report(names=["a"])):
        status, lines = audit.audited(text, parts)
        assert status == 3 and not any("No advisory" in line for line in lines), text
    skipped = json.dumps({"dependencies": [{"name": "a", "skip_reason": "x"}, {"name": "b", "skip_reason": "x"}]})
    assert audit.audited(skipped, parts)[0] == 3
    assert audit.audited(report(names=["a", "b"]), parts)[0] == 0
    status, lines = audit.audited(report("b", names=["a", "b"]), parts)
    assert status == 1 and "b 1: PYSEC-2026-1, fixed in 9" in lines


def test_the_lists(audit: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every pinned package with version, licence and hashes; without a source of advisories status 3 and the word."""
    assert audit.main([str(CONSTRAINTS), str(tmp_path)]) == 3
    assert "UNKNOWN" in capsys.readouterr().out
    components = json.loads((tmp_path / "sbom.cdx.json").read_text())["components"]
    parts = audit.read_pins(CONSTRAINTS.read_text(encoding="utf-8"))
    assert [(one["name"], one["version"]) for one in components] == [(part.name, part.version) for part in parts]
    rows = (tmp_path / "licences.csv").read_text().splitlines()
    assert len(rows) == len(parts) + 1 and any(row.startswith("highspy,") and "MIT" in row for row in rows)
    assert audit.main([str(CONSTRAINTS), str(tmp_path), str(tmp_path / "no-such-program")]) == 3
