"""Files to look at: the report as one HTML file, and the workbook, read back as a browser and a spreadsheet do."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from worlds import frozen_catalogue

from optimizer.answers.form.charts import Bar, Ranked
from optimizer.answers.form.document import Document, Grounds, Line, Section, Table, left, right
from optimizer.cli import run

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
pytest.importorskip("xlsxwriter")

DATA = str(Path(__file__).parents[1] / "catalogue")
CASE = ["--country", "BR", "--max-mw", "0.6", "--deadline", "90d", "--data", DATA, "-q"]
HOSTILE = '=1+1<script>alert("x")</script>&'


def written(folder: Path, name: str, *command: str) -> Path:
    """The file that a command writes."""
    path = folder / name
    assert run([*command, "-o", str(path)]) == 0
    return path


class _Page(HTMLParser):
    """The tags of a page with what they carry, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def test_a_report_is_one_offline_file(folder: Path) -> None:
    """No script, nothing loaded from anywhere, below 2 MB: a page that loads something tells somebody who reads it."""
    path = written(folder, "plan.html", "plan", *CASE)
    page = _Page(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 2_000_000
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "link", "img", "object", "embed", "form"}
    assert all(not (attrs.get("src") or "").startswith("http") for _, attrs in page.tags)
    assert any(tag == "html" and attrs.get("lang") == "en" for tag, attrs in page.tags)
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_the_report_says_what_the_terminal_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure of the cost table of the text stands in the page too."""
    page = _Page(written(folder, "again.html", "plan", *CASE).read_text(encoding="utf-8"))
    assert run(["plan", *CASE]) == 0
    shown = capsys.readouterr().out
    figures = set(re.findall(r"[0-9]{1,3}(?:,[0-9]{3})+", shown))
    assert figures and all(figure in page.text for figure in figures)


def test_charts_are_drawn_with_a_table_and_a_name(folder: Path) -> None:
    """Who does not see the picture hears its name and has the figures; letters in it are letters."""
    path = written(folder, "c.html", "compare", "--country", "BR,MX", *CASE[2:])
    page = _Page(path.read_text(encoding="utf-8"))
    figures = [attrs for tag, attrs in page.tags if attrs.get("role") == "img"]
    assert len(figures) == [tag for tag, _ in page.tags].count("svg") == 1
    assert figures[0]["aria-label"]
    assert "table" in {tag for tag, _ in page.tags}
    assert "Brazil" in page.text


def test_the_same_answer_gives_the_same_bytes(folder: Path) -> None:
    """No clock and no host in a report or a workbook: two that differ would not be the same answer."""
    for name, again, command in (
        ("one.html", "two.html", ["compare", "--country", "BR,MX", *CASE[2:]]),
        ("one.xlsx", "two.xlsx", ["plan", *CASE]),
    ):
        first, second = written(folder, name, *command), written(folder, again, *command)
        assert first.read_bytes() == second.read_bytes(), name


def hostile() -> Document:
    """A document whose texts a browser or a spreadsheet could take for something else."""
    table = Table([left(HOSTILE), right("USD")], [(HOSTILE, "1,200"), ("b", "800"), ("total", "2,000")], total=True)
    return Document(
        question="plan",
        title=HOSTILE,
        sections=[
            Section(HOSTILE, [Line(HOSTILE), table]),
            Section("", [Ranked(HOSTILE, "USD", [Bar(HOSTILE, 1.0)], table)]),
        ],
        outputs=lambda: None,  # type: ignore[return-value]
        grounds=Grounds(frozen_catalogue(), {}, {}),
    )


def test_no_text_is_markup() -> None:
    """A name that looks like a script is shown as it is written, in the chart too."""
    from optimizer.render.html import page

    text = page(hostile())
    assert "<script" not in text
    assert HOSTILE in _Page(text).text


def _book(path: Path, *, formulas: bool) -> Any:
    return openpyxl.load_workbook(path, data_only=not formulas)


def test_no_text_is_a_formula_and_totals_are(tmp_path: Path) -> None:
    """A name that begins with = stays text; the total of a table is the sum of the cells above it, and says 2,000."""
    from optimizer.render.workbook import write_document

    path = tmp_path / "hostile.xlsx"
    with path.open("wb") as stream:
        write_document(hostile(), stream)
    formulas = [
        cell.value
        for sheet in _book(path, formulas=True)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert set(formulas) == {"=SUM(B2:B3)"}
    values = [cell.value for sheet in _book(path, formulas=False) for row in sheet.iter_rows() for cell in row]
    assert HOSTILE in values and 2000 in values


def test_cells_are_typed_and_headings_stay(folder: Path) -> None:
    """Costs are numbers that add up to the total, headings are frozen and filter, sources have a sheet."""
    book = _book(written(folder, "plan.xlsx", "plan", *CASE), formulas=False)
    assert {"Answer", "Cost", "Limits", "Rows", "Columns", "Assumed", "Sources"} <= set(book.sheetnames)
    rows = book["Rows"]
    cells = dict(zip([cell.value for cell in rows[1]], [cell.value for cell in rows[2]], strict=True))
    assert isinstance(cells["cost_usd"], int | float) and cells["status"] == "plan"
    known = [value for name, value in cells.items() if name in COST_COLUMNS]
    assert known and sum(known) == pytest.approx(cells["cost_usd"])
    assert rows.freeze_panes == "B2" and rows.auto_filter.ref
    sources = book["Sources"]
    assert sources.max_row > 5 and any(isinstance(cell.value, int | float) for cell in sources["B"][1:])


COST_COLUMNS = frozenset(
    f"cost_{name}_usd"
    for name in (
        *("accelerators", "integration", "spares", "freight", "duty_and_tax", "connection", "amortisation", "rent"),
        *("energy", "colocation", "maintenance", "staff", "site_setup"),
    )
)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_real_spreadsheet_reads_the_figures_back(folder: Path) -> None:
    """LibreOffice calculates the totals anew and reads the same costs: typed cells do not depend on a locale."""
    path = written(folder, "office.xlsx", "plan", *CASE)
    office = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to"]
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    done = subprocess.run(
        [*office, form, "--outdir", str(folder), str(path)], capture_output=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    with (folder / "office-Cost.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    amounts = {row[0]: float(row[1]) for row in rows[1:]}
    total = amounts.pop("total")
    assert total == sum(amounts.values()) > 0


def test_stdout_gets_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A form of bytes follows the name of a file, which stdout has not: the answer there is text."""
    assert run(["plan", *CASE, "-o", "-"]) == 0
    assert capsys.readouterr().out.startswith("Cheapest plan")
