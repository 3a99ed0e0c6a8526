"""What the pages of an atlas say: what stands in for a figure, how sure the best is, what its grade is of."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from inline import without_processes

import optimizer
from optimizer.answers.form.blocks import Line
from optimizer.atlas.pages import summary_words
from optimizer.atlas.views import Entry, View
from optimizer.atlas.words import EVIDENCE
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.reference.country_gaps import country_document
from optimizer.service.fields import FLAG_OF
from optimizer.uncertainty.gaps import Gaps

pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, live: Catalogue) -> Iterator[Path]:
    """An atlas without a deadline: three countries with a plan, two under embargo, two that lack a figure."""
    folder = tmp_path_factory.mktemp("atlas") / "site"
    with pytest.MonkeyPatch.context() as patch, without_processes():
        patch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
        asked = ["--country", "SE,TD,CH,IR,KP,WS,TV", "--budget", "40M"]
        assert run(["atlas", "-o", str(folder), *asked, "-q", "--workers", "1"]) == 0
        yield folder


def text_of(path: Path) -> str:
    return unescape(re.sub("<[^>]+>", "", path.read_text(encoding="utf-8")))


def figures(path: Path) -> dict[str, list[str]]:
    """The cells of each figure of a country, by its name."""
    table = path.read_text(encoding="utf-8").partition('id="figures"')[2].partition("</table>")[0]
    found = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("</tr>")[1:-1]]
    return {name: [unescape(re.sub("<[^>]+>", "", cell)) for cell in cells] for name, *cells in found}


def test_a_figure_that_stands_in_for_another_says_so(site: Path, live: Catalogue) -> None:
    """North Korea's 0.116 USD/kWh is the median of its neighbours: the page had "estimate" and an empty source."""
    missing = {
        "KP": {"electricity": "electricity_usd_per_kwh", "value added tax": "vat"},
        "WS": {"electricity": "electricity_usd_per_kwh"},
        "TV": {
            **{"cost of an engineer": "engineer_usd_per_year", "power usage effectiveness": "pue"},
            "largest load on medium voltage": "medium_voltage_limit_mw",
        },
    }
    for code, named in missing.items():
        cells: Any = country_document(code, Gaps((), 0, ()), live, FLAG_OF).rows
        gaps = {row.figure: row.used_instead for row in cells.make()}
        shown = figures(site / f"{code}.html")
        for name, column in named.items():
            assert gaps[column] and gaps[column] in shown[name][-1]
    assert "se usa en su lugar: la mediana de sus vecinos" in text_of(site / "es" / "KP.html")


def test_no_figure_of_a_plan_is_without_a_word_on_where_it_is_from(site: Path) -> None:
    """Of countries with and without a plan: a number, what is used instead, or that it is a planning estimate."""
    for page in site.glob("??.html"):
        assert all(cells[-1] for cells in figures(page).values()), page


def planned(code: str, cost: int, met: str) -> Entry:
    cells = {"objective": "cost", "composition": "8xh100_sxm5_80/fp8/buy", "cost_usd": str(cost), "met_share": met}
    row = dict.fromkeys(("evidence_grade", "rent_provider", "rent_terms", "basis"), "")
    asked = {"date": "2026-11-22", "assumptions": "measured-2026", "rules": "enforced-2026"}
    return Entry(code, {**row, **asked, "peak_mw": "1", **cells}, float(cost), None)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (("0.28", "0.895", "0.9", "0.99"), "Best of those that meet every limit in 90 of 100 draws: Chile, $3.00M"),
        (
            ("0.28", "0.88", "0.8", "0.7"),
            "None of these plans meets every limit in 90 of 100 draws; the surest of them, in 88 of 100: Brazil",
        ),
        (
            ("0.28", "0.83", "0.83", "0.7"),
            "None of these plans meets every limit in 90 of 100 draws; the surest of them, in 83 of 100, are those of 2"
            " countries, and the best of these: Brazil",
        ),
        (("0.95", "0.28", "0.99", ""), ""),
        (("", "", "", ""), ""),
    ],
)
def test_the_best_that_is_sure_enough_stands_next_to_the_best(
    live: Catalogue, shares: tuple[str, ...], said: str
) -> None:
    """ "Best: Sweden" is met in 28 of 100 draws: in the others it is late, or over a limit."""
    made = zip(("SE", "BR", "CL", "MX"), (1, 2, 3, 4), shares, strict=True)
    entries = [planned(code, millions * 10**6, met) for code, millions, met in made]
    told = list(summary_words(View("", {}, tuple(entries)), live))
    assert told[1].startswith("Best: Sweden") and (told[2].startswith(said) if said else told[2].startswith("Last"))


def test_a_grade_says_what_it_is_of(site: Path, live: Catalogue) -> None:
    """ "weakest evidence: listed" stood over figures of the country that are estimates."""
    page = text_of(site / "TD.html")
    assert EVIDENCE in page and "figures of the country in this plan" in page
    shown = figures(site / "TD.html")
    used = [cells for cells in shown.values() if cells[2] == "yes"]
    count = sum(cells[3] == "estimate" for cells in used)
    assert f"{count} of {len(used)} are estimates" in page and 0 < count < len(used)


def test_the_usual_deadline_is_said(site: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As compare does; 365 days that nobody gave decided in silence. One that was given is no default."""
    said = "No deadline was given: 365 days at most, the longest usual run in the data"
    assert said in text_of(site / "index.html") and said in text_of(site / "TD.html")
    for more, is_said in (([], True), (["--deadline", "200d"], False)):
        asked = ["atlas", "-o", str(tmp_path / f"of{len(more)}"), "--country", "CH", "--budget", "5M", *more]
        with without_processes():
            assert run([*asked, "--workers", "1", "--md"]) == 0
        streams = capsys.readouterr()
        assert (said in streams.out, said in streams.err) == (is_said, is_said)


def test_a_rule_is_said_once(site: Path) -> None:
    """ "The export rules exclude the accelerators that a plan would need: LIC_D5" was a heading, and stood six times
    below it; Iran and North Korea have the same rule, and North Korea lacks figures as well."""
    listed = (site / "index.html").read_text(encoding="utf-8").partition('id="why-title"')[2]
    assert listed.count("export rules exclude the accelerators that a plan would need") == 1
    assert listed.count("EMBARGO_E:") == 1 and listed.count("Nothing can be planned") == 0
    rule = listed.partition("EMBARGO_E:")[2].partition("<h3>")[0]
    assert re.findall('data-code="(..)"', rule) == ["IR", "KP"] and "Even without that law" in rule


def test_only_regions_with_a_country_of_the_page_are_offered(site: Path, live: Catalogue) -> None:
    """An atlas of one country offered 60 regions that lead nowhere."""
    offered = re.findall('data-members="([^"]*)"', (site / "index.html").read_text(encoding="utf-8"))
    there = {"SE", "TD", "CH", "IR", "KP", "WS", "TV"}
    assert offered and all(there.intersection(members.split()) for members in offered)
    assert len(offered) < len(live.regions) - 1


def test_each_cell_of_the_ranking_has_its_heading(site: Path) -> None:
    """At the width of a telephone rows are cards, as on the page of a country: without it a figure has no name."""
    ranking = (site / "es" / "index.html").read_text(encoding="utf-8").partition('id="ranking" class="stacks"')[2]
    cells = re.findall("<td[^>]*>", ranking.partition("</table>")[0])
    assert len(cells) == 3 * 9 and all('data-head="' in cell for cell in cells)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("#region=asien", "The address names a region that this page does not have"),
        ("#q=Irán", "no plan: the export rules exclude"),
    ],
)
def test_an_address_that_shows_no_plan_says_why(site: Path, tmp_path: Path, address: str, said: str) -> None:
    """A region that nobody knows showed the world in silence; a country without a plan an empty ranking."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium to open the page in")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path}"]
    page = f"{(site / 'index.html').as_uri()}{address}"
    asked = [browser, *flags, "--dump-dom", page]
    text = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    assert said in text.partition('id="told"')[2].partition("<figure>")[0]
    hidden = re.search('<div class="scroll"[^>]*aria-labelledby="ranking-title"[^>]*hidden', text)
    assert (hidden is not None) is ('id="none-planned">' in text) is address.startswith("#q")


def test_a_country_has_what_its_plan_has_next_to_it(site: Path, live: Catalogue) -> None:
    """A surer plan, firmer evidence and the cloud abroad are lines of plan, word for word; the page had none of them.
    Of Tuvalu, which lacks a figure, the cloud; of Iran nothing, as the law holds abroad, too."""
    for code in ("SE", "TD", "CH"):
        blocks = optimizer.answer("plan", country=code, budget_usd=40_000_000, catalogue=live).sections[0].blocks
        starts = ("to meet every", "no plan meets every", "on firmer", "no plan within", "abroad")
        lines = [block.text for block in blocks if isinstance(block, Line) and block.text.startswith(starts)]
        lines = [line.replace("(confidence ", "(--confidence ") for line in lines]  # each door in its own words
        assert len(lines) == 3 and all(line in text_of(site / f"{code}.html") for line in lines)
    assert "abroad: rent" in text_of(site / "TV.html")
    assert "en el exterior: arrendar" in text_of(site / "es" / "TV.html")
    assert "abroad: rent" not in text_of(site / "IR.html")
