"""The atlas: its cases, what binds, what a page says of a country, with links, tables and scripts that work."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import Cli
from inline import without_processes
from worlds import LIVE

import optimizer
from optimizer.answers.plan.outputs import PlanAnswerOut
from optimizer.answers.plan.planned_row import row_of
from optimizer.atlas.rows import places_in, regions_of
from optimizer.atlas.staging import MARK
from optimizer.atlas.views import Entry
from optimizer.atlas.words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause
from optimizer.solve.planner import plan, prepare, solve_prepared
from optimizer.units import MAX_DEADLINE_DAYS

pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")
FEW = ["--country", "BR,CH,RU,RS,AF,VA,SE", "--max-mw", "1", "--deadline", "150d"]
TODAY = "2026-11-22"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, live: Catalogue) -> Iterator[Path]:
    """An atlas of seven countries: three with a plan, one under embargo, one outside the limits, two lack a figure."""
    folder = tmp_path_factory.mktemp("atlas") / "site"
    with pytest.MonkeyPatch.context() as patch, without_processes():
        patch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
        assert run(["atlas", "-o", str(folder), *FEW, "-q", "--workers", "1"]) == 0
        yield folder


def dumped(page: Path, address: str, folder: Path) -> str:
    """A page as a real browser has it, from the disk, once its script has run."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium to open the page in")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}", "--dump-dom"]
    ran = subprocess.run(
        [browser, *flags, f"{page.as_uri()}{address}"], capture_output=True, text=True, timeout=60, check=True
    )
    return ran.stdout


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Seen(HTMLParser):
    """Links, names, headings and pictures of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: list[str] = []
        self.headings: list[int] = []
        self.unnamed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.names += [given["id"] or ""] if "id" in given else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and not ({"aria-label", "aria-hidden"} & set(given)):
            self.unnamed.append(tag)


def pages(folder: Path) -> Iterator[tuple[Path, Seen]]:
    for path in folder.rglob("*.html"):
        yield path, Seen(path.read_text(encoding="utf-8"))


def test_what_binds_is_what_the_planner_finds(site: Path, live: Catalogue) -> None:
    """Brazil: the saving without a limit is the difference of two proved plans, and what ``plan`` tells. Without a
    deadline the atlas once took the longest usual run, 365 days, and told half of it."""
    row = next(row for row in rows(site / "data" / "atlas.csv") if row["country"] == "BR")
    told = dict(zip(row["binds"].split(";"), map(float, row["less_without"].split(";")), strict=True))
    with_all = plan(Case(country="BR", max_mw=1, deadline_days=150), live)
    for limit, left in (
        ("grid", {"deadline_days": 150}),
        ("deadline", {"max_mw": 1, "deadline_days": MAX_DEADLINE_DAYS}),
    ):
        freed = plan(Case(country="BR", **left), live)
        assert told[str(Limit(limit))] == pytest.approx(float(with_all.cost_usd - freed.cost_usd), abs=0.02)
    shown = optimizer.answer("plan", country="BR", max_mw=1, deadline="150d", catalogue=live).outputs()
    assert isinstance(shown, PlanAnswerOut) and shown.plan is not None
    by_plan = {use.name: use.saving_without for use in shown.plan.limits}
    assert all(by_plan[limit] == pytest.approx(saving, abs=0.02) for limit, saving in told.items())


def test_causes_tell_law_data_and_limits_apart(site: Path) -> None:
    """Russia: the law; Serbia: a figure is missing. One word for both would send a ministry the wrong way.

    Afghanistan (D:5) has graphics cards, within larger limits; without the law it would have a plan within these: it
    was shown as if the megawatts alone were in the way.
    """
    found = {row["country"]: row for row in rows(site / "data" / "atlas.csv")}
    assert (found["RU"]["cause"], found["RS"]["cause"]) == ("law", "data")
    assert found["AF"]["cause"] == "law" and "grid=" in found["AF"]["needed"]
    assert found["BR"]["cause"] == "" and found["BR"]["rank"]
    assert (found["VA"]["status"], found["VA"]["cause"]) == ("missing", "data")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("es/RU.html", "EMBARGO_RU_BY: Para Rusia y Bielorrusia, todo artículo de la lista de control"),
        ("pt/RU.html", "EMBARGO_RU_BY: Para a Rússia e Belarus, todo item da lista de controle"),
        ("es/RS.html", "no se conoce el arancel de importación de Serbia: indíquelo con --import-duty"),
        ("pt/VA.html", "não se conhece o salário de um engenheiro da Cidade do Vaticano: informe com --wage"),
    ],
)
def test_why_not_is_told_in_the_language_of_the_page(site: Path, page: str, said: str) -> None:
    """The law too, with the rule as it is cited: it was in English on every page."""
    text = (site / page).read_text(encoding="utf-8")
    assert said in text and "export control" not in text and "is not known" not in text.lower()


def test_an_example_states_whatever_figure_is_not_known(site: Path) -> None:
    """Only that of a duty was there; each is a command that has a plan."""
    for code, flag in (("RS", "--import-duty 5%"), ("VA", "--wage 58000")):
        example = re.findall(r"<pre[^>]*>optimizer (plan [^<]*)</pre>", (site / f"{code}.html").read_text("utf-8"))[-1]
        assert example.endswith(flag) and run([*example.split(), "-q"]) == 0


def test_every_link_leads_somewhere(site: Path) -> None:
    """No server, no connection: whatever a page names stands in the folder; addresses of sources aside."""
    for path, seen in pages(site):
        for link in seen.links:
            if not link.startswith(("https://", "http://", "#")):
                assert (path.parent / link.partition("#")[0]).exists(), (path.name, link)


def test_pages_are_accessible(site: Path) -> None:
    """One first heading, none left out below it, no name twice, every picture named or hidden."""
    for path, seen in pages(site):
        assert seen.headings[0] == 1 and seen.headings.count(1) == 1, path
        steps = zip(seen.headings, seen.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path
        assert len(set(seen.names)) == len(seen.names), path
        assert not seen.unnamed, path


def test_a_page_a_country_in_three_languages(site: Path) -> None:
    """The same figures, by the habit of each language: 18,5 is not 185."""
    english, spanish = ((site / name).read_text(encoding="utf-8") for name in ("BR.html", "es/BR.html"))
    portuguese = (site / "pt" / "BR.html").read_text(encoding="utf-8")
    assert [re.search('<html lang="(..)"', text)[1] for text in (english, spanish, portuguese)] == ["en", "es", "pt"]
    row = next(row for row in rows(site / "data" / "plans.csv") if row["country"] == "BR")
    millions = f"{float(row['cost_usd']) / 1e6:.2f}"
    assert f"${millions}M" in english
    for text in (spanish, portuguese):
        assert f"{millions.replace('.', ',')}" in text and millions.replace(".", "") not in text
        assert not re.search(r"\bratio\b|1/year|USD/year|exhaustive", text)


def test_each_figure_of_a_country_has_its_date_and_its_sources(site: Path) -> None:
    """Five sources stood under seven figures without a word of which is whose."""
    text = (site / "BR.html").read_text(encoding="utf-8")
    table = text.partition('id="figures"')[2].partition("</section>")[0]
    cells = [re.findall("<td[^>]*>(.*?)</td>", row) for row in table.partition("<tbody>")[2].split("</tr>")[:-1]]
    assert len(cells) == 7 + 1 + 3  # the PUE of its liquid-cooled racks; the duty, the VAT and a further tax
    for *_, day, sources in cells:
        numbers = re.findall(r'href="#source-(\d+)"', sources)
        assert re.match(r"\d{4}", day) and all(f'<li id="source-{number}">' in table for number in numbers), sources
    assert sum(bool(row[-1]) for row in cells) >= 4


def test_what_enters_a_plan_is_marked_and_counted(site: Path) -> None:
    """Tariff and hall of a rent stood as doubts of it, and of its price nothing; "listed", the firmest grade, was a
    warning; and of Switzerland only the PUE of halls that its racks do not stand in was shown."""
    figures = {}
    for code in ("SE", "CH"):
        table = (site / f"{code}.html").read_text(encoding="utf-8").partition('id="figures"')[2]
        found = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("</tr>")[1:-1]]
        figures[code] = {name: (value, enters, grade) for name, value, _, enters, grade, *_ in found}
    rented, bought = figures["SE"], figures["CH"]
    assert rented["rent of an accelerator"][1:] == ("yes", "with a source")
    assert rented["electricity"][1] == rented["colocation"][1] == rented["import duty"][1] == "no"
    assert rented["power usage effectiveness"][1] == "yes", "the grid limit counts the hall of what is rented"
    assert bought["power usage effectiveness"][1] == "no" and bought["electricity"][1] == "yes"
    assert bought["power usage effectiveness, liquid cooling"][:2] == ("1.15", "yes")
    told = re.search("Before you choose Sweden: (.*?)</p>", (site / "index.html").read_text(encoding="utf-8"))
    used = [grade for _, enters, grade in rented.values() if enters == "yes"]
    assert told and "listed" not in told[1] and "AWS" in told[1] and "public list of 2025" in told[1]
    assert f"{used.count('estimate')} of {len(used)} figures of the country in this plan" in told[1]


def test_how_sure_the_order_is(site: Path) -> None:
    """Ranks stood as if certain: how many ranges overlap that of the first is counted from the rows."""
    ranges = [
        (float(row["cost_p10_usd"]), float(row["cost_p90_usd"]))
        for row in rows(site / "data" / "atlas.csv")
        if row["rank"]
    ]
    (low, high), *others = ranges
    count = sum(first <= high and last >= low for first, last in others)
    text = (site / "index.html").read_text(encoding="utf-8")
    assert f"(P10 to P90) of {count} of the other {len(others)} countries overlaps that of Sweden" in text
    assert "middle half" not in text, "three countries have none"


def test_the_order_of_two_is_not_told_of_others(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "1 of the other 1 countries overlaps"; and each question has the figures that it rests on: a public buyer in
    Germany gets no VAT back."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    flags = ["--country", "DE,FR", "--max-mw", "1", "--deadline", "150d", "--buyer", "private,public", "-q"]
    assert command("atlas", "-o", "site", *flags, "--workers", "1").status == 0
    text = Path("site", "index.html").read_text(encoding="utf-8")
    assert "of the two" in text and "of the other" not in text
    tables = Path("site", "DE.html").read_text(encoding="utf-8").partition('id="figures"')[2]
    assert tables.count("<table") == 2 and len(set(re.findall('id="(source-[0-9]+-[0-9]+)"', tables))) > 2


def test_a_filter_leaves_no_figure_of_others(site: Path, tmp_path: Path) -> None:
    """The least and the greatest of all stood over the one that was left, and the table of limits was gone."""
    brazil = dumped(site / "index.html", "#q=brazil", tmp_path)
    own = re.findall('data-code="BR" data-saving="[^"]*" data-told="([^"]*)"', brazil)
    rows_left = re.findall("<tr>(.*?)</tr>", brazil.partition('id="binding"')[2].partition("</table>")[0])
    assert own and [re.sub("<[^>]*>", "|", row).split("|")[-4:-1:2] for row in rows_left[1:]] == [
        ["1", one] for one in own
    ]
    assert "import duty: 1" not in brazil.partition('class="legend"')[2].partition("</figcaption>")[0]
    serbia = dumped(site / "index.html", "#q=serbia", tmp_path)
    assert "A deciding figure is not known (<span" in serbia
    assert "A deciding figure is not known (the import duty: 1" in (site / "index.html").read_text(encoding="utf-8")


def test_the_taxes_of_a_page_are_those_of_its_plan(site: Path, live: Catalogue) -> None:
    """Of the day of delivery: Brazil's change at the turn of the year, and the page would say 0 % VAT for 7.3 %."""
    tax = plan(Case(country="BR", max_mw=1, deadline_days=150, date=TODAY), live).setting.tax
    text = (site / "BR.html").read_text(encoding="utf-8")
    for name, rate in (("import duty", tax.duty), ("value added tax", tax.vat), ("excise on import", tax.excise)):
        shown = re.search(f'<th scope="row">{name}</th><td class="num wraps"[^>]*>([0-9.]+) %', text)
        assert float(shown[1] if shown else 0) == pytest.approx(float(100 * rate))


def test_a_country_that_lacks_a_figure_is_told_what_that_means(site: Path) -> None:
    """Serbia: no plan is not "impossible"; the command that states the duty is on the page, and only there."""
    text = (site / "RS.html").read_text(encoding="utf-8")
    assert "does not mean that training is impossible" in text and "--country RS" in text
    assert "--import-duty 5%" in text and "--import-duty 5%" not in (site / "RU.html").read_text(encoding="utf-8")


def test_what_is_searched_finds_countries_without_a_plan(site: Path) -> None:
    """By every name of theirs; those of the ranking alone left an official of 63 countries with "0 of 137"."""
    text = (site / "es" / "index.html").read_text(encoding="utf-8")
    names = json.loads(re.search('id="other-names">(.*?)</script>', text)[1])
    assert set(names) == {"BR", "CH", "RU", "RS", "AF", "VA", "SE"} and "Russian" in names["RU"]


@pytest.mark.parametrize(("code", "barred"), [("CD", True), ("SO", True), ("KE", False), ("BR", False)])
def test_limits_that_the_law_makes_tight_are_told_as_law(live: Catalogue, code: str, barred: bool) -> None:
    """Congo and Somalia are in D:5: what is left are graphics cards, and the page spoke of days and megawatts alone."""
    ready = prepare(Case(country=code, max_mw=1, deadline_days=90), live)
    made = row_of("1", ready, solve_prepared(ready))
    row = {name: "" if value is None else str(value) for name, value in made.model_dump().items()}
    told = reason_words(Entry(code, row, None, None, cause=Cause(row["cause"])), live)
    assert ("the export rules exclude most accelerators: LIC_D5" in told) is barred


def test_what_would_be_enough_is_said_of_those_that_have_it_alone(site: Path) -> None:
    """Afghanistan may have graphics cards, Russia nothing: "the grid limit: 11 MW" once stood over both of them."""
    text = (site / "index.html").read_text(encoding="utf-8").partition('id="why-title"')[2]
    parts = [(part, re.findall('data-code="(..)"', part)) for part in text.split("</p>") if 'class="countries"' in part]
    assert [codes for part, codes in parts if '<ul class="of-all">' in part] == [["AF"]]
    assert "with the accelerators that are allowed" in text.lower()
    assert "at any price" not in (site / "AF.html").read_text(encoding="utf-8")
    assert "at any price" in (site / "RU.html").read_text(encoding="utf-8")


def test_which_figure_is_missing_is_said_in_the_legend_the_tip_and_the_list(site: Path) -> None:
    """ "Prices or data are missing" names nothing that a ministry could find out."""
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "a deciding figure is not known (the import duty: 1; the wage of an engineer: 1)" in text
    listed = text.partition('id="why-title"')[2]
    for code, flag in (("RS", "--import-duty"), ("VA", "--wage")):
        assert re.search(f'data-code="{code}"[^>]*><title>[^<]*is not known: give it with {flag}<', text)
        told, _, _ = listed.partition(f'data-code="{code}"')
        assert flag in told[told.rindex('<p class="strong">') :]


def test_a_missing_figure_does_not_hide_the_law(live: Catalogue) -> None:
    """Venezuela is in D:5: "state the duty, and there is an answer" alone would raise a hope that the law ends."""
    row = {"status": "infeasible", "cause": "data", "deciding": "no_import_duty", "export_rule": "LIC_D5"}
    told = reason_words(Entry("VE", row, None, None, cause=Cause.DATA), live)
    assert told.startswith("The export rules exclude most accelerators: LIC_D5")
    assert "the import duty of Venezuela is not known" in told


def test_scripts_are_no_need(site: Path) -> None:
    """Every country stands in the page itself; the filter is hidden until the script shows it."""
    text = (site / "index.html").read_text(encoding="utf-8")
    assert all(f"{code}.html" in text for code in ("BR", "CH", "RU", "RS"))
    assert re.search(r'<form id="filter" hidden', text)


def test_the_workbook_has_the_rows_of_the_csv(site: Path) -> None:
    """Typed: with the settings of Brazil a spreadsheet reads "36877337.52" of the CSV as a text or as 3.7 billion."""
    openpyxl = pytest.importorskip("openpyxl", reason="reads the workbook: pip install '.[report]'")
    book = openpyxl.load_workbook(site / "data" / "atlas.xlsx")
    (head, *found), wanted = book.worksheets[0].iter_rows(values_only=True), rows(site / "data" / "atlas.csv")
    assert len(found) == len(wanted) == 7
    for cells, row in zip(found, wanted, strict=True):
        shown = dict(zip(head, cells, strict=True))
        assert shown["country"] == row["country"] and not isinstance(shown["cost_usd"], str)
        assert float(shown["cost_usd"] or 0) == float(row["cost_usd"] or 0)


def test_the_mark_lists_every_file(site: Path) -> None:
    """By it a later run knows what is its own."""
    listed = json.loads((site / MARK).read_text(encoding="utf-8"))["files"]
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert found == {*listed, MARK}


@pytest.mark.usefixtures("inline")
def test_several_views_have_a_page_each(command: Cli) -> None:
    """Two limits: two questions, each with its page and its rows; a country's page answers both."""
    flags = ["--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d", "--buyer", "private,public", "-q"]
    ran = command("atlas", "-o", "site", *flags, "--workers", "1")
    assert (ran.status, ran.out) == (0, ""), "what it wrote is said on stdout where a form is asked for"
    assert len(list(Path("site").glob("view-*.html"))) == 3
    for page, part in (("BR.html", "<h2[^>]*>(.*?)</h2>"), ("index.html", "<li>(?:<a [^>]*>|<strong>)(.*?)</")):
        told = re.findall(part, Path("site", page).read_text())
        wanted = {f"the grid limit: {mw} MW · --buyer {buyer}" for mw in (0.5, 0.6) for buyer in ("private", "public")}
        assert {line.removeprefix("Cheapest plan · ") for line in told} >= wanted, "what they differ by, and no more"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("", {"BR", "CH", "SE"}), ("#region=south-america", {"BR"}), ("#q=suiz", {"CH"}), ("#q=asil", {"BR"})],
)
def test_an_address_keeps_the_view(site: Path, tmp_path: Path, address: str, shown: set[str]) -> None:
    """In a real browser, from the disk: the rows that are left after region and search are those of the address."""
    text = dumped(site / "es" / "index.html", address, tmp_path)
    rows_left = re.findall(r'<tr data-code="(..)"([^>]*)>', text)
    assert {code for code, more in rows_left if "hidden" not in more} == shown
    # counter and legend are of the countries that the filter leaves; the summary says that it is of all
    inside = {"": 7, "#region=south-america": 1}.get(address, 1)
    assert f"{len(shown)} de {inside} países mostrados" in text
    legend = text.partition('class="legend"')[2].partition("</figcaption>")[0].split("<li>")[1:]
    counts = [int(count) for count in re.findall(r'class="count">(\d+)<', "".join(legend))]
    assert sum(counts[:-1]) == inside and ('id="of-all" class="quiet" hidden' in text) is (not address)
    assert not re.search(r'<form id="filter" hidden', text)


def test_a_part_of_a_country_is_in_the_regions_of_the_country(live: Catalogue) -> None:
    """Crimea, asked for by name, was hidden by #region=europe, in which Ukraine is; no list of a region has it."""
    found = regions_of(live)
    assert found["UA-43"] == found["UA"] and "europe" in found["UA"]
    assert "UA-43" in places_in(live.regions["europe"], live) and "UA-43" not in live.regions["europe"].members
    assert "UA-43" not in places_in(live.regions["africa"], live)
