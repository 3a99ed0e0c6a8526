"""What the pages of an atlas say: what stands in for a figure, how sure the best is, what its grade is of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from inline import without_processes

import optimizer
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.web.atlas.pages import summary_words
from optimizer.web.atlas.views import Entry, View
from optimizer.web.atlas.words import EVIDENCE

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


def test_a_figure_that_stands_in_for_another_says_so(site: Path) -> None:
    """North Korea's 0.116 USD/kWh is the median of its neighbours: the page had "estimate" and an empty source."""
    for code, name, column in (
        ("KP", "electricity", "electricity_usd_per_kwh"),
        ("WS", "electricity", "electricity_usd_per_kwh"),
        ("TV", "cost of an engineer", "engineer_usd_per_year"),
        ("TV", "power usage effectiveness", "pue"),
        ("KP", "value added tax", "vat"),
        ("TV", "largest load on medium voltage", "medium_voltage_limit_mw"),
    ):
        gaps = optimizer.answer("data gaps", country=code).rows.make()
        instead = next(row.used_instead for row in gaps if row.figure == column)
        assert instead and instead in figures(site / f"{code}.html")[name][-1]
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
            "No plan meets every limit in 90 of 100 draws; the surest, in 88 of 100: Brazil",
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
