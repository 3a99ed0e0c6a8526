"""The page in a real browser, on a telephone and on a desk: five tasks, and the checker of accessibility (axe-core).

``pytest -m campaign tests/web/test_browser.py -s`` prints the clicks and seconds of each task; with
OPTIMIZER_PICTURES=DIR it leaves a picture of the end of each.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: pip install '.[browser]'")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LONGEST_MS = 90_000
MOST_CLICKS = 3
PICTURES = "OPTIMIZER_PICTURES"
"""The variable of the environment that names a folder for pictures of the page."""
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, served as a user serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "optimizer", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}/page.css").close()
                break
            except URLError:
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=list(SIZES))
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", accept_downloads=True)
    context.set_default_timeout(LONGEST_MS)
    wrong: list[str] = []
    tab = context.new_page()
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    context.close()
    assert wrong == [], "an error in the page's script"


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: axe-core comes from it")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "axe-core"]
    if subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("axe-core cannot be fetched from npm")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def redrawn(page: Any, *parts: str) -> Iterator[None]:
    """What is done inside has the answer drawn again, at an address with these parts."""
    with page.expect_response(lambda reply: "/answer?" in reply.url and all(part in reply.url for part in parts)):
        yield
    sync_api.expect(page.locator("#answer")).not_to_have_class("busy", timeout=LONGEST_MS)
    first = page.inner_text("#answer .decision p >> nth=0")
    sync_api.expect(page.locator("#state")).to_have_text(first, timeout=LONGEST_MS)


class Visitor:
    """Somebody who knows only what the page shows; every click, and every field that is written in, is counted."""

    def __init__(self, page: Any, size: str) -> None:
        self.page, self.size = page, size
        self.clicks, self.begun = 0, time.monotonic()

    def click(self, where: str) -> None:
        """Click something, once it is in sight."""
        target = self.page.locator(where).first
        target.scroll_into_view_if_needed()
        target.click()
        self.clicks += 1

    def write(self, where: str, text: str) -> None:
        """Write into a field."""
        self.click(where)
        self.page.fill(where, text)

    def open_controls(self) -> None:
        """On a small screen the controls are folded once there is an answer."""
        if not self.page.locator("#limits").is_visible():
            self.click("#controls summary")

    def done(self, task: str) -> tuple[int, float]:
        """How many clicks and seconds a task took; a picture of its end, where a folder for it is named."""
        took = self.clicks, time.monotonic() - self.begun
        print(f"{self.size:6} {task:24} {took[0]} clicks {took[1]:5.1f} s")
        if folder := os.environ.get(PICTURES):
            self.page.screenshot(path=str(Path(folder) / f"{self.size}-{task.replace(' ', '-')}.png"))
        self.clicks, self.begun = 0, time.monotonic()
        return took


def test_five_tasks(page: Any, address: str, tmp_path: Path) -> None:
    """Cheapest plan; another country; what if 2 MW; a file for the minister; a link that shows the same again.

    Each from the page alone, one after the other as a visit goes, in few clicks and without a long wait.
    """
    size = "phone" if page.viewport_size["width"] < 500 else "desk"
    page.goto(address)
    visitor = Visitor(page, size)
    visitor.write("#question", "cheapest plan under 1 MW in 150 days in Mexico")
    visitor.click("form.ask button")
    page.wait_for_selector("#answer .good")
    assert "Mexico" in page.inner_text("#answer") and page.input_value("#max_mw") == "1"
    assert page.locator("#answer .good").bounding_box()["y"] < page.viewport_size["height"], "the answer is in sight"
    took = [visitor.done("cheapest plan")]

    visitor.open_controls()
    with redrawn(page, "country=CL", "deadline=150", "max_mw=1&"):
        visitor.click("#country")
        page.select_option("#country", "CL")
    assert "Chile" in page.inner_text("#answer")
    took.append(visitor.done("another country"))

    before = page.text_content("#answer")  # with what is folded: the plan may be the same, its limits are not
    with redrawn(page, "max_mw=2&"):
        visitor.write("#max_mw", "2")
    assert page.text_content("#answer") != before and "max_mw=2" in page.url
    took.append(visitor.done("what if 2 MW"))
    with redrawn(page, "max_mw=2.9&"):
        page.locator("input.slider[data-for=max_mw]").evaluate(
            "slider => { slider.value = 54; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
    with redrawn(page, "max_mw=2&"):
        page.fill("#max_mw", "2")
    visitor.done("(a slider)")

    for named, head in (("The full report", b"<!doctype html>"), ("workbook", b"PK")):
        with page.expect_download(timeout=LONGEST_MS) as download:
            visitor.click(f"#answer .downloads a:has-text('{named}')")
        assert Path(download.value.path()).read_bytes().startswith(head)
        took.append(visitor.done(f"download: {named}"))

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.click("button.copy")
    sync_api.expect(page.locator("#state")).to_contain_text("copied")
    took.append(visitor.done("send a link"))
    again = page.context.new_page()
    again.goto(page.evaluate("navigator.clipboard.readText()"))
    again.wait_for_selector("#answer .good")
    assert again.inner_text("#answer .decision") == page.inner_text("#answer .decision")
    assert again.input_value("#max_mw") == "2"
    assert all(clicks <= MOST_CLICKS for clicks, _ in took), took


def test_compare_and_upload(page: Any, address: str, tmp_path: Path) -> None:
    """Countries side by side, and a file of cases with decimal commas, as a spreadsheet in Brazil saves it."""
    page.goto(f"{address}/?country=BR&max_mw=1&deadline=150&others=MX,CL&lang=es")
    page.wait_for_selector("#answer svg")
    assert "México" in page.inner_text("#answer")
    with page.expect_download() as download:
        page.click("#example a:has-text('libro')")
    example = tmp_path / "cases.xlsx"
    download.value.save_as(example)
    csv = tmp_path / "cases.csv"
    csv.write_text("case_id;country;max_mw;deadline_days\nfirst;MX;0,8 MW;150\nbad;MX;x;150\n", encoding="utf-8")
    for cases in (example, csv):
        page.set_input_files("#cases", str(cases))
        page.click("form.upload button")
        page.wait_for_selector("#batch table")
        assert "first" in page.inner_text("#batch table")
        with page.expect_download() as download:
            page.click("#batch a:has-text('libro')")
        assert Path(download.value.path()).read_bytes().startswith(b"PK")
    assert "cases.csv, celda C3" in page.inner_text("#batch")


def test_a_ministry_and_its_own_model(page: Any, address: str) -> None:
    """In Spanish, with decimal commas: who buys, a model of one's own; an answer that takes long counts its seconds."""
    page.goto(f"{address}/?lang=es&country=KE&workload=llama-3.1-8b&deadline=300")
    page.wait_for_selector("#answer .good")
    Visitor(page, "").open_controls()
    company = page.inner_text("#answer .decision")
    with redrawn(page, "buyer=public"):
        page.select_option("#buyer", "public")
    assert page.inner_text("#answer .decision") != company, "VAT is borne"
    with redrawn(page, "max_mw=0%2C5"):
        page.fill("#max_mw", "0,5")
    page.select_option("#workload", "own")
    assert page.locator("#params_total_b").is_visible(), "what a model of one's own needs is in sight"
    with redrawn(page, "params_total_b=7%2C5", "tokens_t=0%2C3"):
        page.fill("#params_total_b", "7,5")
        page.fill("#tokens_t", "0,3")
    assert "7,5B" in page.inner_text("#answer h2 >> nth=0")
    confidence = "0,9" if page.viewport_size["width"] < 500 else "0,8"  # not the answer that the server has kept
    page.fill("#confidence", confidence)
    page.click("#limits .go button")
    sync_api.expect(page.locator("#clock")).to_be_visible()
    sync_api.expect(page.locator("#clock")).to_be_hidden(timeout=LONGEST_MS)
    assert page.locator("#answer .good").is_visible()


def test_without_scripts(browser: Any, address: str, tmp_path: Path) -> None:
    """The same forms are sent, and the page of a running file loads itself again until all rows are done."""
    context = browser.new_context(java_script_enabled=False, locale="pt-BR")
    context.set_default_timeout(LONGEST_MS)
    page = context.new_page()
    page.goto(address)
    page.fill("#max_mw", "1")
    page.fill("#deadline", "150")
    page.click("#limits button")
    assert "Comprar" in page.inner_text("#answer .good")
    rows = "".join(f"c{n},BR,1,{140 + n % 60}\n" for n in range(120))
    cases = tmp_path / "cases.csv"
    cases.write_text(f"case_id,country,max_mw,deadline_days\n{rows}", encoding="utf-8")
    page.set_input_files("#cases", str(cases))
    page.click("form.upload button")
    page.wait_for_selector("#batch progress")
    page.wait_for_selector("#batch table")
    assert "120" in page.inner_text("#batch-progress")
    context.close()


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An atlas with small islands, one on both sides of the date line, and a country without a plan."""
    folder = tmp_path_factory.mktemp("atlas") / "site"
    command = [sys.executable, "-m", "optimizer", "atlas", "-o", str(folder), "--country", "BR,SG,MY,FJ,BH,RU,FR,DE,BO"]
    subprocess.run([*command, "--quiet"], check=True, timeout=120)
    return folder


def test_the_map_of_an_atlas_by_finger_and_by_keys(browser: Any, atlas: Path) -> None:
    """From the disk, nothing asked of the network: islands are hit beside their dot, arrows reach every country."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((atlas / "es" / "index.html").as_uri())
    left, top, width, height = map(float, page.get_attribute(".map svg", "viewBox").split())
    page.evaluate("document.querySelector('.map').scrollIntoView({block: 'center'})")
    box = page.locator(".map svg").bounding_box()
    for x, y, name in ((1885, 585, "Fiyi"), (1524, 440, "Singapur"), (1215, 283, "Baréin"), (700, 500, "Brasil")):
        across, down = (x - left) / width * box["width"], (y - top) / height * box["height"]
        page.touchscreen.tap(box["x"] + across, box["y"] + down)
        assert page.inner_text("#told").startswith(f"{name}:"), "a tap tells, and opens nothing"
        assert page.locator(".map svg").bounding_box() == box, "the map stays where it is"
    page.fill("#filter [name=q]", "rusia")
    assert page.inner_text("#told").startswith("Rusia:") and page.inner_text("output").startswith("0 ")
    for searched, told in (("fr", "Francia:"), ("brasileño", "Brasil:"), ("Atlantis", "Ningún país")):
        page.fill("#filter [name=q]", searched)
        assert page.inner_text("#told").startswith(told)
    page.fill("#filter [name=q]", "fr")
    assert page.locator(".map .here").count() == 1 and not page.locator(".alike:visible h3").count()
    assert page.locator("#all-planned").is_visible(), "of the countries that are shown"
    page.fill("#filter [name=q]", "rusia")
    assert [one.inner_text() for one in page.locator("h3 .count:visible").all()] == ["1"]
    page.fill("#filter [name=q]", "")
    page.focus(".map")
    seen = set()
    for key in ["ArrowUp", *(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowLeft"] * 6), *(["ArrowRight"] * 8)]:
        page.keyboard.press(key)
        seen.add(page.inner_text("#told").partition(":")[0])
    assert len(seen) >= 7
    page.keyboard.press("Enter")
    page.wait_for_selector("#figures")
    assert all(url.startswith("file:") for url in asked)
    context.close()


@pytest.mark.parametrize("where", ["index.html", "es/BO.html", "pt/BR.html"])
def test_axe_finds_nothing_on_an_atlas(page: Any, atlas: Path, axe: str, where: str) -> None:
    """No violation of any weight, all that is folded shown; and on paper nothing is cut off."""
    page.goto((atlas / where).as_uri())
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    page.evaluate(axe)
    assert [one["id"] for one in page.evaluate("axe.run()")["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 700})  # A4 across, without its margins, in pixels of CSS
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    "where",
    ["/", "/?country=MX&max_mw=1&deadline=150", "/?country=MX&max_mw=1&others=CL&lang=pt", "/?max_mw=x", "/batch"],
)
def test_axe_finds_nothing_serious(page: Any, address: str, axe: str, where: str) -> None:
    """At both widths: names, contrast, order, roles, what a keyboard reaches. And nothing is wider than the screen."""
    page.goto(address + where.removesuffix("batch"))
    if where == "/batch":
        cases = {"name": "cases.csv", "mimeType": "text/csv", "buffer": b"case_id,max_mw\na,1\nb,x\n"}
        page.set_input_files("#cases", cases)
        page.click("form.upload button")
        page.wait_for_selector("#batch table")
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    worst = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in SERIOUS]
    assert worst == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
