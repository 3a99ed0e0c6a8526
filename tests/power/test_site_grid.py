"""The grid that a plan takes never to fail: what the data know against it is said in the card and in comparisons."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from worlds import FROZEN

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.cli import run
from optimizer.errors import DataError
from optimizer.insight.site_grid import grid_doubts

HEADER = "country,quantity,value,unit,source,as_of,verification,estimates,note\n"
ROW = "{},{},{},unit,https://example.org/x,2020,dataset,,\n"


def with_facts(folder: Path, *facts: tuple[str, str, str]) -> Catalogue:
    """The frozen data with facts of power systems."""
    shutil.copytree(FROZEN, folder / "data")
    text = HEADER + "".join(ROW.format(*fact) for fact in facts)
    (folder / "data" / "power_systems.csv").write_text(text, encoding="utf-8")
    return load_catalogue(folder / "data")


def test_what_is_named_of_a_grid(tmp_path: Path) -> None:
    """8.76 TWh a year are 1,000 MW in the mean: 10 MW is one per cent of it, 9.9 MW is not; 2.0 outages are not more
    than two a month, 2.1 are. Wrong: a site of a small country, or in a dark one, told as if it were in Geneva."""
    data = with_facts(
        tmp_path,
        ("BR", "generation", "8.76"),
        ("BR", "outages_per_month", "2.0"),
        ("MX", "outages_per_month", "2.1"),
    )
    large, small = (grid_doubts(data, "BR", Fraction(peak)) for peak in ("10", "9.9"))
    assert large.share == Fraction(1, 100) and large.generation is not None and large.outages is None
    assert small.share == Fraction(99, 10000) and small.generation is None
    mexico = grid_doubts(data, "MX", Fraction(10))
    assert mexico.share == 0 and mexico.outages is not None and mexico.outages.as_of == "2020"


def test_a_folder_without_the_table_says_nothing(frozen: Catalogue) -> None:
    """What is not known is no doubt, and no error."""
    found = grid_doubts(frozen, "BR", Fraction(10**6))
    assert (found.outages, found.generation, found.share) == (None, None, 0)


def test_a_row_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Of the country that is asked about; wrong: a figure passed over in silence."""
    data = with_facts(tmp_path, ("BR", "generation", "much"))
    with pytest.raises(DataError, match=r"power_systems\.csv:2 value"):
        grid_doubts(data, "BR", Fraction(1))


def test_card_and_comparison_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan for Mexico names its outages and their year, the one for Brazil none; the comparison Mexico only."""
    with_facts(tmp_path, ("MX", "outages_per_month", "7.5"), ("BR", "outages_per_month", "0.5"))
    flags = ["--data", str(tmp_path / "data"), "--max-mw", "0.6", "--deadline", "120d", "--quiet"]

    def told(*words: str) -> str:
        assert run([*words, *flags]) == 0
        return " ".join(capsys.readouterr().out.split())

    assert "firms in Mexico report 7.5 outages per month (2020, old)" in told("plan", "--country", "MX")
    assert "outages" not in told("plan", "--country", "BR")
    both = told("compare", "--country", "BR,MX")
    assert "firms report outages in a typical month: Mexico 7.5 (2020, old)." in both
