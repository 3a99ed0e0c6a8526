"""The cases of an atlas: its countries, each again without each limit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from commands import Cli

from optimizer.atlas.cases import atlas_cases
from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError

pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")


def test_the_cases_are_countries_and_each_again_without_each_limit(live: Catalogue) -> None:
    """200 countries, 1 MW, 150 days: 600 cases. Without the further ones nobody could say what binds."""
    sweep, assumed = atlas_cases({}, live, "2026-11-22")
    assert [grid.total for grid in sweep.grids] == [200, 200, 200]
    assert assumed == {"country": "all", "max_mw": "1", "deadline_days": "150"}
    assert len({line.cells["case_id"] for line in sweep}) == 600


def test_limits_that_are_given_are_the_only_ones(live: Catalogue) -> None:
    """A budget alone: no megawatts are added in silence."""
    sweep, assumed = atlas_cases({"budget_usd": ("20M",), "country": ("BR,MX",)}, live, "2026-11-22")
    assert not assumed and [grid.scenario for grid in sweep.grids] == ["", "without-budget-usd"]


def test_several_objectives_are_refused(live: Catalogue) -> None:
    """Days and dollars cannot be ranked together."""
    with pytest.raises(UsageError):
        atlas_cases({"objective": ("cost,days",)}, live, "2026-11-22")


@pytest.mark.usefixtures("inline")
def test_a_region_names_the_countries_as_in_compare(command: Cli) -> None:
    """compare knew --region and the atlas of the same region did not; both together would be two answers."""
    ran = command("atlas", "-o", "cone", "--region", "latin-america", "-q", "--workers", "1")
    assert ran.status == 0
    assert {
        row["country"]
        for row in csv.DictReader(io.StringIO(Path("cone", "data", "atlas.csv").read_text(encoding="utf-8")))
    } == {"BR", "MX"}
    both = command("atlas", "-o", "two", "--region", "latin-america", "--country", "BR")
    assert both.status == 2 and "--country" in both.err
    unknown = command("atlas", "-o", "two", "--region", "Atlantis")
    assert unknown.status == 2 and "Atlantis" in unknown.err and not Path("two").exists()
