"""What an atlas is asked: every flag of a case reaches its cases, its pages and the command that they give; what cannot
be used says why. And its pages on a phone, in a real browser."""

from __future__ import annotations

import csv
import io
import math
import re
import shlex
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from case_files import VALUES
from commands import EASY, Cli, one_message
from inline import without_processes
from worlds import LIVE

from optimizer.batch.cases import entry_of
from optimizer.batch.sweep.axes import as_flags
from optimizer.batch.sweep.grid import Sweep
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.cli.atlas import atlas
from optimizer.cli.commands import command_of
from optimizer.service.case_text import parse_case
from optimizer.service.fields import FIELDS, FLAG_OF, POWER_FIELDS, CaseField
from optimizer.service.register import REGISTER

pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")
TODAY = "2026-11-22"
FED = {
    **{"power": "grid;pv;battery", "outage": "17-21", "random_outages": "200,50", "hours_file": "own.csv"},
    **{"tariff": "br-a4-green", "demand_charge_usd": "9", "export_usd_per_kwh": "0.02", "ppa_usd_per_kwh": "0.06"},
    **{"diesel_usd_per_litre": "1.3", "min_renewable": "0.3", "max_carbon_g_per_kwh": "500", "carbon_usd_per_t": "20"},
    **{"pv_yield": "4.4", "land_ha": "4", "pv_max_mw": "5", "battery_max_mwh": "9", "pv_usd_per_kwp": "700"},
    **{"battery_usd_per_kwh": "210", "restart_hours": "1", "supply_basis": "whole", "days_of_year": "4"},
    **{"start_month": "6", "reserve": "0.1"},
}
"""A field of Power -> a value as somebody types it."""
TYPED = {**VALUES, **FED, "rules": "diffusion-2025", "assumptions": "measured-2026", "workload": "llama-3.1-70b"}
BESIDE = {"layers": "context_tokens", "attention_width": "context_tokens", "assume_hire": "rent_premium"}
"""A field that is used only next to another."""
OWN = {"params_total_b": "70", "params_active_b": "70", "architecture": "dense", "tokens_t": "1"}
NOT_BY_ITSELF = {"params_total_b", "params_active_b", "architecture"}
ALL_FIELDS = (*FIELDS, *POWER_FIELDS)
SWITCHES = {field.name for field in ALL_FIELDS if field.switch}


class ReachedError(Exception):
    """The cases were read; none is solved here."""


@pytest.mark.parametrize("field", ALL_FIELDS, ids=lambda field: field.flag)
def test_every_flag_of_the_help_reaches_the_cases_and_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, live: Catalogue, field: CaseField
) -> None:
    """--off-grid, --unreleased, --no-pause and --no-throttle ended in a traceback, and the command that a page gives
    had no flag of Power: read again by plan, its words are the same case."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
    values = OWN if field.name in NOT_BY_ITSELF else {field.name: TYPED.get(field.name, "0.9")}
    if other := BESIDE.get(field.name):
        values = {other: TYPED[other], **values}
    words = [] if field.name == "country" else ["--country", "BR"]
    for name, text in values.items():
        words += [FLAG_OF[name]] if name in SWITCHES else [FLAG_OF[name], text]
    found = []

    def solve_none(sweep: Sweep, *given: object, **more: object) -> None:
        found.append(sweep)
        raise ReachedError

    monkeypatch.setattr("optimizer.cli.atlas.solve_many", solve_none)
    with pytest.raises(ReachedError):
        atlas.main([*words, "-q"], standalone_mode=False)
    cells = {name: cell for name, cell in found[0].line(0).cells.items() if name != "case_id"}
    case = entry_of(found[0].line(0)).case
    assert case is not None and field.name in cells
    said = case.changed(case_id="").given()
    assert field.name in {**said, **said.get("feed", {})}, "it is no case without it"
    context = command_of(REGISTER["plan"]).make_context("plan", as_flags(cells))
    assert parse_case({one.name: context.params[one.name] for one in ALL_FIELDS}, live, TODAY).given() == said


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory, live: Catalogue) -> Iterator[Path]:
    """An atlas with a supply: Kenya with outages, and off the grid."""
    folder = tmp_path_factory.mktemp("atlas") / "site"
    with pytest.MonkeyPatch.context() as patch, without_processes():
        patch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
        asked = ["--country", "KE", "--max-mw", "1", "--deadline", "180d", "--min-renewable", "0.5", "--no-pause"]
        assert (
            run(
                ["atlas", "-o", str(folder), *asked, "--outage", "17-21", "--days-of-year", "4", "-q", "--workers", "1"]
            )
            == 0
        )
        yield folder


def commands_of(page: Path) -> list[list[str]]:
    """The commands that a page gives, without their first word."""
    found = re.findall(r"<pre[^>]*>optimizer ([^<]*)</pre>", page.read_text(encoding="utf-8"))
    return [shlex.split(unescape(line)) for line in found]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def text_of(page: Path) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page.read_text(encoding="utf-8"))).split())


def test_the_command_of_a_page_has_the_plan_of_the_page(
    fed: Path, live: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    """ "The same, with all details" left out every flag of Power: its plan was another one."""
    row = rows(fed / "data" / "KE.csv")[0]
    alone, _ = commands_of(fed / "KE.html")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
        capsys.readouterr()
        assert run([*alone, "--csv", "-q"]) == 0
    again = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    same = ("composition", "days", "cost_usd", "pv_mw", "battery_mwh", "supply_cash_usd", "power_words")
    assert {name: again[name] for name in same} == {name: row[name] for name in same} and row["pv_mw"]


def test_what_feeds_a_site_is_on_its_page(fed: Path) -> None:
    """Solar, battery and the cash for them were in the CSV alone, and the proof was that of a search without them."""
    row = rows(fed / "data" / "KE.csv")[0]
    solar = f"{math.ceil(100 * float(row['pv_mw'])) / 100:.2f} MWp solar"
    cash = f"${float(row['supply_cash_usd']) / 1e6:.2f}M"
    for name in ("KE.html", "index.html"):
        text = text_of(fed / name)
        assert solar in text and "battery" in text, name
        assert all(flag in text for flag in ("--outage 17-21", "--min-renewable 0.5", "--no-pause")), name
    own = text_of(fed / "KE.html")
    assert f"cash needed to build the supply {cash}" in own
    assert "no plan costs less by more than $" in own and "agrees with the solver" not in own
    assert "assumed never to fail" not in own, "its outages are planned"
    assert "suministro: red" in text_of(fed / "es" / "KE.html")


def test_a_report_of_rows_with_a_supply_names_their_proof(
    fed: Path, command: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "an exact exhaustive search and HiGHS agree" was said of plans that are proven within a gap."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    text = command("report", str(fed / "data" / "plans.csv"), "--md").out
    assert "no plan costs less by more than $" in text and "HiGHS agree" not in text


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--tax-regime", "redata", "--country", "RW,FJ"], '--tax-regime "redata": is not a tax regime of RW'),
        (["--hours", "nofile.csv", "--country", "KE,ZA"], "nofile.csv: cannot be read"),
        (["--assume-hire", "--country", "KE"], "--assume-hire needs --rent-premium"),
        (["--confidence", "0.9", "--mix", "2", "--country", "KE"], "is for plans of one kind of server"),
    ],
)
def test_a_question_that_can_be_asked_nowhere_is_an_error(
    command: Cli, monkeypatch: pytest.MonkeyPatch, flags: list[str], said: str
) -> None:
    """StopIteration, with a traceback; what sweep says of the same, and no folder."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    ran = command("atlas", "-o", "site", *flags, "-q", "--workers", "1")
    assert ran.status == 2 and said in one_message(ran) and not Path("site").exists()


@pytest.mark.usefixtures("inline")
def test_a_country_where_the_question_cannot_be_asked_says_why(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was "Not decided" with "atlas:3" for a place, and the status was that of success."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    asked = ["--country", "RW,BR", "--tax-regime", "redata", "--max-mw", "1", "--deadline", "150d"]
    assert command("atlas", "-o", "site", *asked, "-q", "--workers", "1").status == 6
    said = '--tax-regime "redata": is not a tax regime of RW; known: standard'
    for page, heading in (("RW.html", "The question cannot be asked there"), ("index.html", said)):
        text = text_of(Path("site", page))
        assert said in text and heading in text and "Not decided" not in text and "atlas:" not in text
    spanish = text_of(Path("site", "es", "RW.html"))
    assert "La pregunta no se puede hacer ahí" in spanish and "is not a tax regime" not in spanish
    found = {row["country"]: row for row in rows(Path("site", "data", "atlas.csv"))}
    assert found["RW"]["status"] == "invalid" and "atlas:" not in found["RW"]["reason"] and found["BR"]["rank"] == "1"


@pytest.mark.usefixtures("inline")
def test_a_file_that_a_row_names_is_in_its_reason(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "h.csv:2: cannot be read: No such file or directory", where h.csv was read and another file was not there."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    Path("h.csv").write_text("case_id,country,hours\na,BR,nofile.csv\n")
    ran = command("batch", "h.csv", "--columns", "case_id,reason", "-q", "--workers", "1")
    assert "nofile.csv: cannot be read" in ran.out and "h.csv:2" not in ran.out


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(("code", "page"), [("en", "site/index.html"), ("es", "site/es/index.html")])
def test_the_page_to_open_is_that_of_the_language(command: Cli, code: str, page: str) -> None:
    """ "abra site/index.html" was the page in English."""
    ran = command("atlas", "-o", "site", "--country", "BR", *EASY, "--lang", code, "--workers", "1")
    assert ran.status == 0 and ran.err.rstrip().endswith(f" {page}")
    assert f'<html lang="{code}">' in Path(page).read_text(encoding="utf-8")


def test_compare_offers_no_flag_that_it_refuses(command: Cli) -> None:
    """Its help had the whole group Power; one of them is still refused with what to use instead."""
    text = command("compare", "--help").out
    assert "--max-mw" in text and "--outage" not in text and "Power:" not in text
    assert "--outage" in command("sweep", "--help").out
    ran = command("compare", "--country", "BR,MX", "--outage", "17-21")
    assert ran.status == 2 and "optimizer sweep, then optimizer rank" in one_message(ran)


SIZES = {"phone": (375, 800), "desk": (1280, 800)}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, live: Catalogue) -> Iterator[Path]:
    """An atlas of 22 countries: more than a dozen without a plan for one reason, three of ASEAN, Kenya."""
    folder = tmp_path_factory.mktemp("atlas") / "site"
    with pytest.MonkeyPatch.context() as patch, without_processes():
        patch.setattr("optimizer.catalogue.load_catalogue", lambda *given: live)
        codes = "KE,BR,ID,VN,MM,ZW,BA,BS,DJ,FJ,KI,MH,MK,NR,PW,RS,SB,TO,TV,VU,WS,YE"
        assert run(["atlas", "-o", str(folder), "--country", codes, "-q", "--workers", "1"]) == 0
        yield folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium to open the page in")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(params=list(SIZES))
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    width, height = SIZES[request.param]
    opened = browser.new_page(viewport={"width": width, "height": height})
    yield opened
    opened.close()


SEEN = "(some) => some.filter((one) => one.offsetParent && one.offsetHeight).map((one) => one.dataset.code)"


@pytest.mark.parametrize(
    ("address", "codes"),
    [("#region=asean", {"ID", "VN"}), ("#q=kenya", {"KE"}), ("#q=zimbabwe", set()), ("", {"KE", "BR", "ID", "VN"})],
)
@pytest.mark.parametrize("language", ["", "es/"])
def test_what_a_filter_hides_is_not_seen(many: Path, page: Any, language: str, address: str, codes: set[str]) -> None:
    """On a phone rows are cards, and each of all 159 was still there: the style of a card beat that of what is
    hidden."""
    page.goto(f"{(many / f'{language}index.html').as_uri()}{address}")
    assert set(page.eval_on_selector_all("#ranking tbody tr", SEEN)) == codes
    shown = "(some) => some.filter((one) => one.getClientRects().length).map((one) => one.outerHTML)"
    assert page.eval_on_selector_all("[hidden]", shown) == []


def test_the_sections_are_one_click_away(many: Path, page: Any) -> None:
    """The ranking of 159 countries was 69,000 pixels of a phone, with nothing to get past it; the filter stays."""
    page.goto(f"{(many / 'index.html').as_uri()}#q=kenya")
    links = page.locator("nav.jumps a")
    targets = links.evaluate_all("(some) => some.map((one) => one.hash)")
    assert targets == ["#map-title", "#ranking-title", "#binds-title", "#why-title", "#again"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for place in range(len(targets)):
        page.evaluate("scrollTo(0, 0)")
        links.nth(place).click()
        top = page.evaluate("(name) => document.querySelector(name).getBoundingClientRect().top", targets[place])
        assert -1 < top < 800 and page.url.endswith("#q=kenya"), targets[place]
    assert page.eval_on_selector_all("#ranking tbody tr", SEEN) == ["KE"]


def test_a_long_list_is_folded_until_a_filter_shows_a_part_of_it(many: Path, page: Any) -> None:
    """Names of countries filled screens."""
    page.goto((many / "index.html").as_uri())
    long = page.locator("#why-title ~ .alike details.long")
    assert long.count() and not long.first.evaluate("(one) => one.open")
    name = long.first.locator("a").first.evaluate("(one) => one.textContent")
    page.goto(f"{(many / 'index.html').as_uri()}#q={name}")
    page.reload()
    assert long.first.evaluate("(one) => one.open")
