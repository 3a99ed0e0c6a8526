"""The page in a real browser, on a telephone and on a desk: five tasks, and the checker of accessibility (axe-core)."""

from __future__ import annotations

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


def test_five_tasks(page: Any, address: str, tmp_path: Path) -> None:
    """Cheapest plan; another country; what if 2 MW; a file for the minister; a link that shows the same again."""
    page.goto(address)
    page.fill("#question", "cheapest plan under 1 MW in 150 days in Mexico")
    page.press("#question", "Enter")
    page.wait_for_selector("#answer .good")
    assert "Mexico" in page.inner_text("#answer")
    with redrawn(page, "country=CL", "deadline=150"):
        page.select_option("#country", "CL")
        page.fill("#max_mw", "1")
        page.fill("#deadline", "150")
    assert "Chile" in page.inner_text("#answer")
    before = page.inner_text("#answer")
    with redrawn(page, "max_mw=2&"):
        page.locator("input.slider[data-for=max_mw]").evaluate(
            "slider => { slider.value = 48; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        assert page.input_value("#max_mw") == "2"
    after = page.inner_text("#answer")
    assert after != before and "max_mw=2" in page.url
    for form, head in (("HTML", b"<!doctype html>"), ("XLSX", b"PK")):
        with page.expect_download() as download:
            page.click(f".downloads a:text-is('{form}')")
        assert Path(download.value.path()).read_bytes().startswith(head)
    link = page.url
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("#answer .good")
    assert again.inner_text("#answer .decision") == page.inner_text("#answer .decision")
    assert again.input_value("#max_mw") == "2"


def test_compare_and_upload(page: Any, address: str, tmp_path: Path) -> None:
    """Countries side by side, and a file of cases with decimal commas, as a spreadsheet in Brazil saves it."""
    page.goto(f"{address}/?country=BR&max_mw=1&deadline=150&others=MX,CL&lang=es")
    page.wait_for_selector("#answer svg")
    assert "México" in page.inner_text("#answer")
    cases = tmp_path / "cases.csv"
    cases.write_text("case_id;country;max_mw;deadline_days\nuno;MX;0,8 MW;150\n", encoding="utf-8")
    page.set_input_files("#cases", str(cases))
    page.click("form.upload button")
    page.wait_for_selector("#answer table")
    assert "uno" in page.inner_text("#answer table")


@pytest.mark.parametrize(
    "where", ["/", "/?country=MX&max_mw=1&deadline=150", "/?country=MX&max_mw=1&others=CL&lang=pt"]
)
def test_axe_finds_nothing_serious(page: Any, address: str, axe: str, where: str) -> None:
    """At both widths: names, contrast, order, roles, what a keyboard reaches. And nothing is wider than the screen."""
    page.goto(address + where)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    worst = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in SERIOUS]
    assert worst == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
