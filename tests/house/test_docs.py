"""The documentation site: a page for every topic and command, made from the program, built without a warning."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from optimizer.cli import cli
from optimizer.cli.guide import topics

BUILD = Path(__file__).parents[2] / ".docs" / "build.py"


def build() -> ModuleType:
    """The module that writes the pages."""
    spec = importlib.util.spec_from_file_location("build", BUILD)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_topic_and_command_has_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listed on the first page and written: a command that is added is on the site without a hand."""
    made = build()
    monkeypatch.setattr(made, "_dictionary", lambda: "# Data dictionary\n")
    made.write_pages(tmp_path)
    index = (tmp_path / "index.md").read_text(encoding="utf-8").splitlines()
    wanted = [f"guide/{topic}" for topic in topics()] + [
        f"commands/{name}" for name in cli.list_commands(click.Context(cli))
    ]
    for page in wanted:
        assert page in index and (tmp_path / f"{page}.md").stat().st_size > 100, page
    assert "--max-mw" in (tmp_path / "commands" / "plan.md").read_text(encoding="utf-8")
    assert "optimizer data show" in (tmp_path / "commands" / "data.md").read_text(encoding="utf-8")


@pytest.mark.campaign
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Warnings are errors: a broken link or a heading out of order would else be found by a reader."""
    for package in ("sphinx", "myst_parser"):
        pytest.importorskip(package, reason="Sphinx and MyST build the site: the extra docs has them")
    command = [sys.executable, str(BUILD), str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "site" / "reference" / "dictionary.html").read_text(encoding="utf-8")
    assert "accelerators" in page
