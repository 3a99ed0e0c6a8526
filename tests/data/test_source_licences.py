"""The terms of the sources: every figure's licence is where its source is, and none is invented."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import FROZEN, LIVE

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.source_licences import (
    NOT_STATED,
    OF_THE_USER,
    SourceLicence,
    credits_of_sources,
    licence_of,
    licences_of,
    source_licences,
    terms_of,
)
from optimizer.cli import run
from optimizer.errors import DataError
from optimizer.reference.data_tables import table_sheet
from optimizer.reference.row_types import row_types

SPDX = "Apache-2.0 BSD-3-Clause CC-BY-4.0 CC0-1.0 MIT PDDL-1.0 Unicode-3.0"
IN_WORDS = {
    NOT_STATED,
    "public domain, US federal document",
    "proprietary, single figures quoted",
    "terms of use of the IMF, single figures quoted",
    "free use, credit asked",
    "reuse allowed, source named",
    "CC-BY-SA, version not stated",
    "BSD, version not stated",
}


def test_every_licence_is_a_name_of_spdx_or_one_of_few_words(live: Catalogue) -> None:
    """A licence in words of its own could be sorted by nobody."""
    for row in source_licences(live).values():
        assert row.licence in IN_WORDS or set(row.licence.split(" AND ")) <= set(SPDX.split()), row


def test_an_open_licence_says_where_it_was_read_and_whom_to_name(live: Catalogue) -> None:
    """A name of SPDX without a place where it is stated would be a guess; CC-BY without a credit would break it."""
    for row in source_licences(live).values():
        assert row.licence in IN_WORDS or row.stated_at, row
        if "CC-BY" in row.licence and row.name != "this project":
            assert row.credit, row


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://epoch.ai/data/machine-learning-hardware", "CC-BY-4.0"),
        ("https://www.ecfr.gov/current/title-15/x", "public domain, US federal document"),
        ("http://www.Indexmundi.com/Facts/indicators/x (World Bank Enterprise Surveys)", "CC-BY-4.0"),
        ("https://github.com/datasets/gdp/blob/1/data/gdp.csv", "PDDL-1.0 AND CC-BY-4.0"),
        ("https://github.com/datasets/gdp2/blob/1/data/gdp.csv", NOT_STATED),
        ("https://arxiv.org/abs/1 | https://arxiv.org/abs/2", NOT_STATED),
        ("https://epoch.ai/data | https://nobody.example/x", "CC-BY-4.0 | not stated"),
        ("planning estimate", "CC-BY-4.0"),
        ("given by the user (atlantis.toml)", OF_THE_USER),
        ("a supplier's offer", NOT_STATED),
        ("", ""),
    ],
)
def test_the_licence_of_a_source(live: Catalogue, source: str, expected: str) -> None:
    """By the whole beginning of an address; one for each part, and once where all have the same."""
    assert licence_of(live, source) == expected


def test_no_beginning_of_a_name_is_taken_for_a_source(live: Catalogue) -> None:
    """gov.example is not ecfr.gov, and "planning estimates by others" is not ours."""
    known = source_licences(live)
    assert terms_of(known, "ecfr.gov.example/x") is None and terms_of(known, "planning estimates by others") is None
    assert terms_of(known, "data/raw/world/vat_looked_up.csv") is known["data/raw/world"]


def test_the_licences_of_a_row_stand_after_their_columns(live: Catalogue) -> None:
    """The tariff of Switzerland is the World Bank's, its colocation a broker's: one licence for both would be wrong."""
    found = licences_of(live, live.countries["CH"]).split(" | ")
    assert "electricity_usd_per_kwh: CC-BY-4.0" in found
    assert "colocation_usd_per_kw_month: proprietary, single figures quoted" in found
    assert len(found) == len(live.countries["CH"].source.split(" | "))


def test_a_folder_without_the_table_says_not_stated(frozen: Catalogue) -> None:
    """A folder of your own may lack it: no licence of ours is put on its figures."""
    assert not (FROZEN / "source_licences.csv").exists()
    assert licence_of(frozen, "https://epoch.ai/data") == licence_of(frozen, "planning estimate") == NOT_STATED
    assert credits_of_sources(frozen) == frozen.attribution


def test_a_source_that_stands_twice_is_a_problem(tmp_path: Path) -> None:
    """Two rows of one address could say two things."""
    folder = shutil.copytree(FROZEN, tmp_path / "data")
    head = ",".join(SourceLicence.model_fields)
    (folder / "source_licences.csv").write_text(f"{head}\na.org,,MIT,x,2026,,\na.org,,CC0-1.0,x,2026,,\n", "utf-8")
    with pytest.raises(DataError, match="appears twice"):
        licence_of(load_catalogue(folder), "https://a.org/x")


def test_every_source_without_terms_is_named_at_once(tmp_path: Path) -> None:
    """Two new sources, a row by which nothing is recognised and one within another: one message, nothing written."""
    shapes = tmp_path / "optimizer" / "render" / "world_shapes.json"
    shapes.parent.mkdir(parents=True)
    shutil.copy(LIVE.parent / "optimizer" / "render" / shapes.name, shapes)
    data = Path(shutil.copytree(LIVE, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__")))
    for table, old, new in (
        ("fx.csv", "https://wise.com/rates/live", "https://new.example/rates"),
        ("regions.csv", "https://au.int/", "https://other.example/"),
    ):
        text = (data / table).read_text(encoding="utf-8")
        assert old in text
        (data / table).write_text(text.replace(old, new), "utf-8")
    with (data / "source_licences.csv").open("a", encoding="utf-8") as file:
        file.write("arxiv.org/abs,,not stated,,2026-11,,\nnowhere.example,,MIT,x,2026-11,,\n")
    before = (data / "LICENSE.md").read_bytes()
    done = subprocess.run([sys.executable, str(data / "make")], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and (data / "LICENSE.md").read_bytes() == before, done.stdout
    for told in ("new.example/rates, a source of fx.csv", "a source of regions.csv", "is a part of arxiv.org"):
        assert told in done.stderr, done.stderr
    assert re.search(r'"?nowhere\.example"?.*recognises no source', done.stderr), done.stderr
    assert 'wise.com"?' not in done.stderr and "Traceback" not in done.stderr


def test_every_figure_of_an_answer_has_a_licence(capsys: pytest.CaptureFixture[str]) -> None:
    """In the provenance of a plan, next to source and date."""
    assert run(["plan", "--country", "CH", "--max-mw", "1", "--deadline", "120d", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    figures = answer["provenance"]["figures"]
    assert len(figures) > 20 and all(figure["licence"] for figure in figures)
    by_name = {figure["name"]: figure for figure in figures}
    assert by_name["electricity_usd_per_kwh"]["licence"] == "CC-BY-4.0"
    assert by_name["colocation_usd_per_kw_month"]["licence"] == "proprietary, single figures quoted"


@pytest.mark.parametrize("table", [*row_types()])
def test_every_figure_that_data_show_prints_has_a_licence(live: Catalogue, table: str) -> None:
    """Every table of the folder: each figure with a unit, and each source."""
    if table == "pv_profiles":  # 7,200 rows of a source that solar_yield.csv names
        return
    sheet = table_sheet(live, table)
    for lines in sheet.values():
        sources = [line for line in lines if re.fullmatch(r"(\w+_)?source(_url)?", line.name)]
        assert all(line.licence for line in sources), (table, sources)
        assert all(line.licence for line in lines if line.unit and any(s.name == "source" for s in sources)), lines


def test_the_forms_of_a_country_have_the_licence(capsys: pytest.CaptureFixture[str]) -> None:
    """Text, CSV and the cells that decide, in the language that is spoken."""
    assert run(["data", "show", "CH"]) == 0
    assert "licence: vat: MIT | duty: not stated" in capsys.readouterr().out
    assert run(["data", "show", "CH", "--lang", "es"]) == 0
    assert "licencia: vat: MIT | duty: no indicada" in capsys.readouterr().out
    assert run(["data", "show", "CH", "--csv"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.endswith(",licence") and any(row.startswith("Switzerland (CH),pue,") for row in rows)
    assert run(["data", "gaps", "--country", "KP", "--csv", "--quiet"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert ",source,licence," in head and any(",CC-BY-4.0," in row for row in rows)


def test_an_offer_of_a_pack_is_not_stated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pack names its own source, or none: neither has the terms of ours."""
    file = tmp_path / "pack.toml"
    file.write_text(
        '[country]\nid = "BR"\nelectricity_usd_per_kwh = 0.07\nsource = "https://my.example/offer"\n', "utf-8"
    )
    assert run(["data", "show", "BR", "--json", "--pack", str(file)]) == 0
    lines = next(iter(json.loads(capsys.readouterr().out)["outputs"].values()))
    own = next(line for line in lines if line["name"] == "electricity_usd_per_kwh")
    assert own["licence"] == NOT_STATED


def test_exports_name_everyone_who_asks_for_it(live: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    """The World Bank, IRENA and GeoNames were named nowhere, though figures of theirs are in every country."""
    assert run(["cite"]) == 0
    told = capsys.readouterr().out
    for name in ("World Bank", "IRENA", "GeoNames", "Epoch AI", "Damodaran", "Ember"):
        assert name in told, name
    assert len(set(credits_of_sources(live))) == len(credits_of_sources(live))
