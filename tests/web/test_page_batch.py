"""Files of cases that are sent to the page: workbooks and CSV, bounded, with progress, in every form, in a language."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worlds import frozen_catalogue

pytest.importorskip("starlette")
pytest.importorskip("httpx")
pytest.importorskip("multipart")
pytest.importorskip("openpyxl")

import openpyxl
from starlette.testclient import TestClient

from optimizer.errors import DataError
from optimizer.web.app import make_app
from optimizer.web.batch.upload import read_sent, shown_name_of
from optimizer.web.quotas import Bounds

HEADING = ["case_id", "country", "max_mw", "deadline_days"]
CASES = [HEADING, ["one", "BR", 0.6, 90], ["bad", "XX", 1, 90], ["none", "BR", 0.01, 90], ["err", "BR", "=1+1", 90]]
BOUNDS = Bounds(burst=10_000)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with TestClient(make_app(frozen_catalogue(), ["testserver"], BOUNDS)) as client:
        yield client


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent(page: Any, content: bytes | str, name: str = "cases.xlsx", **query: str) -> Any:
    return page.post("/batch", params=query, files={"cases": (name, content)})


def finished(page: Any, reply: Any) -> Any:
    """The page of a file once all of its rows are done."""
    while "data-part" in reply.text:
        time.sleep(0.05)
        reply = page.get(str(reply.url))
    assert reply.status_code == 200
    return reply


def test_a_workbook_is_solved_and_fetched_in_every_form(page: Any) -> None:
    """Row by row; what is wrong is said by sheet and cell in the language of the page, and data stay in English."""
    reply = finished(page, sent(page, workbook(CASES), "C:\\mine\\casos.xlsx", lang="es"))
    text = reply.text
    assert "1 fila: plan" in text and "casos.xlsx" in text and "mine" not in text
    assert "casos.xlsx, hoja «Sheet», celda C5, max_mw &#34;=1+1&#34;: es una fórmula" in text
    assert "celda B3, country &#34;XX&#34;" in text
    assert "arrendar 248" in text
    links = re.findall(r'href="(/batch/[^"]+/(?:report|plans)[^"]+)"', text)
    heads = {"report.html": b"<!doctype html>", "plans.xlsx": b"PK", "plans.csv": b"case_id,", "plans.jsonl": b'{"case'}
    for link in links:
        fetched = page.get(link.replace("&amp;", "&"))
        name = link.partition("?")[0].rpartition("/")[2]
        assert fetched.content.startswith(heads.pop(name)), name
        assert f'filename="{name}"' in fetched.headers["content-disposition"]
        if name == "plans.csv":
            assert "is a formula without a stored value" in fetched.text and "one,plan" in fetched.text
        if name == "report.html":
            assert "casos.xlsx" in fetched.text and 'lang="es"' in fetched.text
    assert not heads, "a form that the page does not offer"


def test_csv_as_spreadsheets_save_it(page: Any) -> None:
    """Semicolons, decimal commas, Windows letters with a warning; cells are named as a spreadsheet shows them."""
    text = "case_id;country;max_mw;deadline_days\nuno;BR;0,6 MW;90\nSão;BR;x;90\n"
    shown = finished(page, sent(page, text.encode("cp1252"), "c.csv")).text
    assert "c.csv, cell C3, max_mw &#34;x&#34;: must be a number" in shown and "Windows-1252" in shown
    reply = page.post("/batch", files={"cases": ("c.csv", text)}, headers={"accept": "text/csv"})
    assert reply.text.startswith("case_id,status") and "uno,plan" in reply.text


def swollen() -> bytes:
    """A workbook of a few kilobytes whose sheet would unpack to more than a server's memory should be given."""
    stream = io.BytesIO(workbook(CASES))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet2.xml", b" " * (BOUNDS.unpacked_bytes + 1))
    return stream.getvalue()


def changed(name: str, make: Any) -> bytes:
    """The workbook of the cases with one of its parts made anew."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(CASES))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, make(content) if part == name else content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = [b"x" * 1000, *(b"&e%d;" % n * 50 for n in range(8))]
LAUGHS = b"<!DOCTYPE w [" + b"".join(b'<!ENTITY e%d "%s">' % pair for pair in enumerate(ENTITIES)) + b"]><worksheet"
"""An entity of entities of entities: a few hundred bytes that are petabytes when they are read out."""


def laughing(sheet: bytes) -> bytes:
    return sheet.replace(b"<worksheet", LAUGHS, 1).replace(b"<v>90</v>", b"<v>&e8;</v>")


@pytest.mark.bound(20)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (swollen(), "unpacks to more than 16 MiB"),
        (changed(SHEET, lambda old: old[: len(old) // 2]), "cannot be read as a workbook"),
        (changed(SHEET, laughing), "cannot be read as a workbook"),
        (changed(SHEET, lambda old: old.replace(b'<row r="2"', b'<row r="1048576"')), "more than 5,000 rows"),
        (workbook([HEADING, *[["a", "BR", 1, 90]] * 201]), "at most 200 rows"),
        (workbook([["case_id", "max_mv"], ["a", 1]]), 'sheet "Sheet", cell B1, max_mv: is not a column'),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old kind, or is locked with a password"),
        (b"PK\x03\x04 no zip", "is not a workbook"),
        (b"case_id\n" + b"a\n" * 201, "at most 200 rows"),
        (b"a\0b", "NUL"),
    ],
)
def test_what_is_no_file_of_cases_is_refused(page: Any, content: bytes, words: str) -> None:
    """In a sentence and soon: bombs, damage, too many rows, unknown columns. Never an error of the server."""
    reply = sent(page, content)
    if words:
        assert reply.status_code == 422 and words in reply.text.replace("&#34;", '"'), reply.text
    assert "Traceback" not in reply.text and reply.status_code in (200, 422)


@pytest.mark.parametrize("column", ["hours", "hours_file", "Hours"])
def test_no_cell_opens_a_file_of_the_server(page: Any, tmp_path: Path, column: str) -> None:
    """A cell named one, and its first line came back in the reason why the row cannot be read."""
    secret = tmp_path / "secret.csv"
    secret.write_text("password\n", encoding="utf-8")
    for content in (f"country,{column}\nBR,{secret}\n".encode(), workbook([["country", column], ["BR", str(secret)]])):
        reply = sent(page, content)
        assert reply.status_code == 422 and "files of this machine" in reply.text and "password" not in reply.text


def test_what_may_be_sent_is_bounded(page: Any) -> None:
    """By bytes, whether the head says how many there are or not; from the pages of others nothing is taken."""

    def endless() -> Iterator[bytes]:
        head = '--x\r\nContent-Disposition: form-data; name="cases"; filename="c.csv"\r\n\r\ncase_id\n'
        yield head.encode()
        for _ in range(30):
            yield b"a\n" * 50_000

    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert page.post("/batch", content=endless(), headers=kind).status_code == 413
    assert sent(page, b"a" * 1_100_000).status_code == 413
    for site, status in (("cross-site", 403), ("same-origin", 422)):
        reply = page.post("/batch", files={"cases": ("c.csv", b"")}, headers={"sec-fetch-site": site})
        assert reply.status_code == status


def test_a_file_is_looked_at_while_it_is_solved_and_deleted() -> None:
    """Without scripts the page loads itself again; two files at once are refused where one may be; deleted is gone."""
    bounds = Bounds(burst=10_000, files_at_once=1, kept_seconds=3_600)
    with TestClient(make_app(frozen_catalogue(), ["testserver"], bounds)) as client:
        many = workbook([HEADING, *[[f"c{n}", "BR", 0.5 + n / 1000, 90] for n in range(60)]])
        first = sent(client, many)
        assert 'http-equiv="refresh"' in first.text and "<progress" in first.text and "of 60 rows" in first.text
        assert sent(client, many).status_code == 503
        place = str(first.url).partition("?")[0]
        assert client.get(f"{place}/plans.csv").status_code == 404, "before it is whole"
        assert client.post(f"{place}/delete").status_code == 200
        assert client.get(place).status_code == 404 and client.get("/batch/unknown").status_code == 404
        again = sent(client, workbook(CASES[:2]))
        assert "one" in finished(client, again).text


def test_a_file_that_takes_too_long_says_so() -> None:
    """Rows that are not begun in time have a status of their own: none is lost."""
    with TestClient(make_app(frozen_catalogue(), ["testserver"], Bounds(burst=10_000, file_seconds=0))) as client:
        text = finished(client, sent(client, workbook(CASES), lang="pt")).text
        assert text.count("o arquivo inteiro leva mais de") == 4


def test_the_example_is_a_file_of_cases(page: Any) -> None:
    """What is given to be filled in can be sent back, in both forms."""
    for form in ("csv", "xlsx"):
        example = page.get(f"/batch/example.{form}").content
        assert len(read_sent(example, f"cases.{form}", BOUNDS).lines) == 3
    text = finished(page, sent(page, page.get("/batch/example.xlsx").content)).text
    assert "cannot be read" not in text and "first" in text


def test_names_of_files_are_shown_plainly() -> None:
    """No folder, nothing that commands a terminal."""
    assert [shown_name_of(name) for name in ("/etc/a.csv", "..\\b.csv", "\x1b[31m", "")] == [
        *("a.csv", "b.csv", "cases", "cases")
    ]
    with pytest.raises(DataError, match="is empty"):
        read_sent(b" \n", "c.csv", BOUNDS)
