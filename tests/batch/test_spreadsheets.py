"""Cases as people keep them in spreadsheets, and rows as spreadsheets of a country open them: the same figures."""

from __future__ import annotations

import csv
import datetime
import json
import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commands import Cli, one_message
from worlds import frozen_catalogue

from optimizer.answers.comparisons.comparison import ComparisonRow
from optimizer.answers.form.document import Document, Grounds, Section, Table, left, right
from optimizer.answers.form.numbers import musd
from optimizer.answers.plan.row import PlanRow
from optimizer.batch.cases import csv_cases, entry_of, read_cases
from optimizer.batch.forms import landing, sink, tail
from optimizer.batch.keys import key_of
from optimizer.batch.run import run
from optimizer.batch.source import kind_of, open_source
from optimizer.batch.workbook import Most, WorkbookCases
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError, UsageError
from optimizer.render.layout import PLAIN, Layout, has_decimal_comma, layout_of, short_columns
from optimizer.render.workbook import write_document
from optimizer.service.plan_files import read_plans
from optimizer.units.language import LANGUAGES, speaking

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")

CASES = "case_id,country,max_mw,deadline_days\none,BR,0.6,90\ntwo,MX,0.6,90\nbad,BR,1 MV,90\n"


def read(text: str) -> list[Case | str]:
    """The cases of a text; in place of one that cannot be read what is said of it."""
    return [entry.case or "; ".join(map(str, entry.problems)) for entry in read_cases(text, "f.csv")]


@pytest.mark.parametrize(
    ("column", "written", "plain"),
    [
        ("max_mw", "1 MW", "1"),
        ("max_mw", "500kW", "0.5"),
        ("max_mw", "1,5 MW", "1.5"),
        ("max_mw", "0,125", "0.1250"),
        ("max_mw", "1.234,5 kW", "1.2345"),
        ("deadline_days", "4 months", "120"),
        ("deadline_days", "17w", "119"),
        ("budget_usd", "$5M", "5000000"),
        ("budget_usd", "US$ 1,5 million", "1500000"),
        ("max_capital_usd", "2.5B", "2500000000"),
        ("import_duty", "16%", "0.16"),
        ("import_duty", "0,16", "0.16"),
        ("pue", "1,125", "1.1250"),
        ("tokens_t", "300B", "0.3"),
        ("max_energy_gwh", "1500 MWh", "1.5"),
        ("site_setup_usd", "$250k", "250000"),
    ],
)
def test_a_cell_may_have_its_unit(column: str, written: str, plain: str) -> None:
    """A figure with its unit, and with a decimal comma where ";" separates cells, is that of the column."""
    meant, *_ = read(f"{column}\n{plain}\n")
    found, *_ = read(f"case_id;{column}\n;{written}\n")
    assert isinstance(meant, Case) and found == meant


@pytest.mark.parametrize(
    ("column", "written", "words"),
    [
        ("max_mw", "1,500", "could be 1.5 or 1500"),
        ("max_mw", "1.500", "could be 1.5 or 1500"),
        ("max_mw", "1 MV", "did you mean MW?"),
        ("budget_usd", "$1.500M", "could be 1.5 or 1500"),
        ("deadline_days", "soon", "must be a time"),
        ("max_mw", "2 GWh", "has the unit"),
        ("max_mw", "-1 MW", "greater than 0"),
    ],
)
def test_a_cell_with_two_readings_is_refused(column: str, written: str, words: str) -> None:
    """Never guessed: the message has the cell as it is written, and the other rows are read."""
    found = read(f"case_id;{column}\na;{written}\nb;\n")
    assert isinstance(found[0], str) and words in found[0] and f'"{written}"' in found[0]
    assert isinstance(found[1], Case)


def test_a_comma_between_cells_is_no_decimal_comma() -> None:
    """In a file with commas "0,5" in quotes stays what it was: a question back, with what to write."""
    (found,) = read('case_id,max_mw\na,"0,5"\n')
    assert isinstance(found, str) and "write 0.5" in found


def test_a_date_as_deadline_counts_from_the_order() -> None:
    """As with --deadline: 61 days from the day that the case names; a day that is past is refused."""
    good, past = read("date,deadline_days\n2026-10-01,2026-12-01\n2026-10-01,2026-09-01\n")
    assert isinstance(good, Case) and (good.deadline_days, good.deadline_from) == (61, "order")
    assert isinstance(past, str) and "must be after" in past


def test_cells_that_mean_the_same_are_one_case() -> None:
    """1 MW and 1000 kW have one key, so they are solved once; 1,000 kW with a doubt has none of theirs."""
    texts = ("case_id,max_mw\na,1\n", "case_id;max_mw\nb;1000 kW\n", "case_id;max_mw\nc;1,0 MW\n")
    keys = {key_of(next(csv_cases(text, "f.csv")), b"") for text in texts}
    assert len(keys) == 1
    assert key_of(next(csv_cases("case_id;max_mw\nc;1,000 MW\n", "f.csv")), b"") not in keys


def workbook(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Cases") -> Path:
    """A workbook as a person makes it: a first sheet with notes, then the cases."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["read me"])
    cases = book.create_sheet(sheet)
    for row in rows:
        cases.append(list(row))
    book.save(path)
    return path


def test_a_workbook_of_cases(tmp_path: Path) -> None:
    """Numbers, texts with units, dates and empty cells; the sheet that is named cases is read, whichever it is."""
    rows = [
        ["Case ID", "Country", "Max MW", "Deadline days", "Budget USD", "date"],
        ["a", "BR", 0.6, 90.0, "US$ 50M", None],
        [],
        ["b", "Mexico", "0,5 MW", datetime.date(2026, 12, 1), None, datetime.datetime(2026, 10, 1)],
        ["c", None, 1.234, None, None, None],
    ]
    told: list[str] = []
    source = open_source(str(workbook(tmp_path / "c.xlsx", rows)), warn=told.append)
    a, b, c = [entry_of(line) for line in source]
    assert a.case == Case(case_id="a", country="BR", max_mw="0.6", deadline_days=90, budget_usd=50_000_000)
    assert b.case is not None and (b.case.deadline_days, str(b.case.max_mw)) == (61, "0.5")
    assert b.line is not None and b.line.number == 4
    assert c.case is not None and str(c.case.max_mw) == "1.2340"
    assert source.total == 3 and "sheet Cases" in told[0]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("=1+1", "formula without a stored value"),
        ("#REF!", "error of the spreadsheet"),
        ("x\u202ey", "control character"),
    ],
)
def test_a_cell_without_a_value_is_no_default(tmp_path: Path, cell: str, words: str) -> None:
    """A formula nobody calculated or an error would else be an empty cell, which takes the default in silence."""
    path = workbook(tmp_path / "c.xlsx", [["case_id", "max_mw"], ["a", cell], ["b", 1]])
    bad, good = [entry_of(line) for line in open_source(str(path))]
    assert bad.case is None and words in str(bad.problems[0]) and good.case is not None


def test_what_is_wrong_is_named_by_its_cell(tmp_path: Path, command: Cli) -> None:
    """Sheet, cell, column, value and rule, whoever finds it; the row keeps the name of its case.

    The wrong outcome: "line 3", and a row called "line 3", in a sheet whose cell B4 somebody has to find.
    """
    rows = [[], ["case_id", "max_mw", "country"], ["a", "=1+1", "Q"], ["b", "x y", "Q"], ["c", 1, "XX"], ["d", 1, "BR"]]
    workbook(tmp_path / "c.xlsx", rows)
    ran = command("batch", "c.xlsx", "-q", "--workers", "1", "--columns", "case_id,status,reason", "--format", "jsonl")
    found = {row["case_id"]: row["reason"] for row in map(json.loads, ran.out.splitlines())}
    assert list(found) == ["a", "b", "c", "d"] and ran.status == 6
    head = 'c.xlsx, sheet "Cases", cell '
    assert found["a"].startswith(f'{head}B3, max_mw "=1+1": is a formula')
    assert found["b"].startswith(f'{head}B4, max_mw "x y": must be a number')
    assert found["c"].startswith(f'{head}C5, country "XX": is not a known country')
    workbook(tmp_path / "h.xlsx", [[], ["case_id", "max_mv"], ["a", 1]])
    assert 'h.xlsx, sheet "Cases", cell B2, max_mv: is not a column' in one_message(command("batch", "h.xlsx"))
    text = '{"case_id": "a", "max_mw": "\\u009b31m", "country": {"x": 1}}\n'
    Path("c.jsonl").write_text(text, encoding="utf-8")
    (row,) = [json.loads(line) for line in command("batch", "c.jsonl", "-q", "--format", "jsonl").out.splitlines()]
    assert row["case_id"] == "a" and "c.jsonl:1 max_mw" in row["reason"] and "c.jsonl:1 country" in row["reason"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("c.xlsx", b"case_id\na\n", "is not a workbook"),
        ("c.ods", b"PK", "save it as .xlsx"),
        ("c.xls", b"\xd0\xcf", "save it as .xlsx"),
    ],
)
def test_what_is_no_workbook_is_said(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """One message with the remedy; no traceback."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        open_source(str(path))


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    """Before it is unpacked: a file of a few kilobytes must not fill the memory."""
    path = workbook(tmp_path / "c.xlsx", [["case_id"], ["a"]])
    for most, words in ((Most(unpacked_bytes=100), "unpacks to more"), (Most(rows=1), "more than 1 rows")):
        with pytest.raises(DataError, match=words):
            list(WorkbookCases(path, most=most))


@pytest.mark.parametrize(
    ("locale", "comma"),
    [("pt-BR", True), ("es-MX", False), ("en-US", False), ("es-AR", True), ("pt_BR.UTF-8", True), ("de", True)],
)
def test_the_decimal_sign_of_a_country(locale: str, comma: bool) -> None:
    """Mexico writes 0.5, Argentina 0,5: by the country, not by the language."""
    assert has_decimal_comma(locale) is comma


def test_an_unknown_locale_or_column_is_refused(command: Cli) -> None:
    """Before anything is solved, with what is known."""
    with pytest.raises(UsageError, match="pt-BR or es-MX"):
        has_decimal_comma("Brazil")
    Path("cases.csv").write_text(CASES, encoding="utf-8")
    assert "did you mean" in one_message(command("batch", "cases.csv", "--columns", "cost"))
    assert "--csv-for" in one_message(command("plan", "--csv-for", "xx-YY"))
    for arguments in (["--json", "--csv-for", "pt-BR"], ["--md", "--columns", "short"]):
        assert command("plan", *arguments).status == 2


@pytest.fixture(scope="module")
def rows(frozen: Catalogue) -> list[PlanRow]:
    """The rows of the cases."""
    return list(run(read_cases(CASES, "cases.csv"), frozen))


def plans(folder: Path, name: str, rows: Sequence[PlanRow], layout: Layout = PLAIN) -> Path:
    """The file of the rows, as a batch writes it."""
    path = folder / name
    form = kind_of(name)
    with landing(path, lambda temporary: None) as stream:
        out = sink(stream, form, frozen_catalogue(), layout)
        out.write([(row.case_id, tail(row, form, layout)) for row in rows])
        out.close()
    return path


def table(path: Path, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=separator))


def test_the_plans_as_a_workbook(tmp_path: Path, rows: list[PlanRow]) -> None:
    """The figures of the CSV as numbers, headings that stay and filter, what the columns mean, and the sources."""
    told = table(plans(tmp_path, "plans.csv", rows))
    book = openpyxl.load_workbook(plans(tmp_path, "plans.xlsx", rows))
    assert book.sheetnames == ["Plans", "Columns", "Sources"]
    sheet = book["Plans"]
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == sheet.dimensions
    names, *found = sheet.iter_rows(values_only=True)
    for row, csv_row in zip(found, told, strict=True):
        for name, value in zip(names, row, strict=True):
            if isinstance(value, int | float):
                assert value == float(csv_row[name]), name
            elif isinstance(value, datetime.datetime):
                assert value.date().isoformat() == csv_row[name]
            else:
                assert (value or "") == csv_row[name], name
    cells = dict(zip(names, found[0], strict=True))
    assert isinstance(cells["cost_usd"], int | float) and isinstance(cells["mfu"], float)
    sources = {row[:2] for row in book["Sources"].iter_rows(values_only=True)}
    assert {("countries", "BR"), ("countries", "MX"), ("accelerators", "h100")} <= sources


def test_the_same_plans_give_the_same_bytes(tmp_path: Path, rows: list[PlanRow]) -> None:
    """No clock in a workbook of rows, as in any other file."""
    first = plans(tmp_path, "one.xlsx", rows).read_bytes()
    assert first == plans(tmp_path, "two.xlsx", rows).read_bytes()


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, rows: list[PlanRow], monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows are the most of a sheet: what is more must not be lost."""
    monkeypatch.setattr("optimizer.render.sheets.MOST_ROWS", 2)
    book = openpyxl.load_workbook(plans(tmp_path, "plans.xlsx", rows))
    assert book.sheetnames[:2] == ["Plans", "Plans 2"]
    assert [book["Plans"]["A2"].value, book["Plans"]["A3"].value, book["Plans 2"]["A2"].value] == ["one", "two", "bad"]


def test_a_workbook_of_many_rows_stays_small_in_memory(tmp_path: Path, rows: list[PlanRow]) -> None:
    """Rows leave the memory as they are written: 12 times the rows take no more of it."""
    peaks = []
    for count in (50, 600):
        tracemalloc.start()
        plans(tmp_path, f"{count}.xlsx", [rows[0]] * count, Layout(columns=("cost_usd", "days")))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    texts = 600 * len(tail(rows[0], "xlsx"))  # what the test itself has in its hands
    assert peaks[1] - peaks[0] < texts + 2**20


def test_csv_for_a_country(tmp_path: Path, rows: list[PlanRow]) -> None:
    """pt-BR: a mark, semicolons and decimal commas, in texts of figures too; read back, the same figures."""
    plain = plans(tmp_path, "plans.csv", rows)
    brazil = plans(tmp_path, "br.csv", rows, layout_of("pt-BR", None, PlanRow))
    assert brazil.read_text(encoding="utf-8").startswith("\ufeffcase_id;status;")
    for row, theirs in zip(table(plain), table(brazil, ";"), strict=True):
        assert theirs["cost_usd"].replace(",", ".") == row["cost_usd"]
        assert theirs["mfu"].replace(",", ".") == row["mfu"] and "." not in theirs["mfu"]
        assert theirs["reason"] == row["reason"], "a sentence is no figure"
    mexico = plans(tmp_path, "mx.csv", rows, layout_of("es-MX", None, PlanRow))
    assert mexico.read_text(encoding="utf-8") == "\ufeff" + plain.read_text(encoding="utf-8")
    frames = [read_plans(str(path)) for path in (plain, brazil, mexico, plans(tmp_path, "p.xlsx", rows))]
    assert all(list(frame["cost_usd"][:2]) == list(frames[0]["cost_usd"][:2]) for frame in frames)


def test_the_short_view(tmp_path: Path, rows: list[PlanRow]) -> None:
    """A dozen columns, the name first, in every form of rows; a ranking has its own columns first."""
    assert len(short_columns(PlanRow)) == 12 and {"rank", "name", "cost_usd"} <= set(short_columns(ComparisonRow))
    layout = layout_of(None, "cost_usd, days", PlanRow)
    wanted = ["case_id", "cost_usd", "days"]
    book = openpyxl.load_workbook(plans(tmp_path, "p.xlsx", rows, layout))
    assert list(next(book["Plans"].iter_rows(values_only=True))) == wanted
    assert ("countries", "BR") in {row[:2] for row in book["Sources"].iter_rows(values_only=True)}
    first = plans(tmp_path, "p.jsonl", rows, layout).read_text(encoding="utf-8").splitlines()[0]
    assert list(json.loads(first)) == wanted
    pyarrow = pytest.importorskip("pyarrow.parquet")
    assert pyarrow.read_schema(plans(tmp_path, "p.parquet", rows, layout)).names == wanted


def test_the_commands_have_them(command: Cli) -> None:
    """A batch writes a workbook beside its metadata, a comparison the short view, and stdout gets no workbook."""
    Path("cases.csv").write_text(CASES, encoding="utf-8")
    assert command("batch", "cases.csv", "-o", "p.xlsx", "-q", "--workers", "1", "--columns", "short").status == 6
    fields = json.loads(Path("p.metadata.json").read_text(encoding="utf-8"))["resources"][0]["schema"]["fields"]
    assert tuple(field["name"] for field in fields) == short_columns(PlanRow)
    assert command("rank", "p.xlsx").out.startswith("Ranking of p.xlsx")
    done = command("compare", "--country", "BR,MX", "--max-mw", "0.6", "--columns", "short", "-q", "--csv-for", "pt-BR")
    assert tuple(done.out.splitlines()[0].removeprefix("\ufeff").split(";")) == short_columns(ComparisonRow)
    assert "give a file with -o" in one_message(command("batch", "cases.csv", "--format", "xlsx"))


PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{locale}</value></prop></item></oor:items>
"""


@pytest.mark.campaign
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("locale", ["pt-BR", "es-MX", "en-US"])
def test_a_spreadsheet_of_a_country_reads_the_figures(tmp_path: Path, rows: list[PlanRow], locale: str) -> None:
    """LibreOffice with the settings of Brazil, Mexico and the US opens CSV and workbook, and saves the same numbers.

    The wrong outcome is a cost of 3,035 million, an emission 1,000 times too large, or a cost that is text.
    """
    told = table(plans(tmp_path, "plain.csv", rows))
    plans(tmp_path, "plans.csv", rows, layout_of(locale, None, PlanRow))
    plans(tmp_path, "plans.xlsx", rows)
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE.format(locale=locale), encoding="utf-8")
    office = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel",
    ]
    office[-1] += " 2007 XML"
    separator = ord(";" if has_decimal_comma(locale) else ",")
    for name, reader in (("plans.csv", [f"--infilter=CSV:{separator},34,76,1"]), ("plans.xlsx", [])):
        out = tmp_path / f"out-{name}"
        command_line = [*office, *reader, "--outdir", str(out), str(tmp_path / name)]
        done = subprocess.run(command_line, capture_output=True, timeout=180, check=False, env=os.environ)
        assert done.returncode == 0, done.stderr
        names, *found = openpyxl.load_workbook(out / "plans.xlsx").worksheets[0].iter_rows(values_only=True)
        for row, csv_row in zip(found, told, strict=True):
            cells = dict(zip(names, row, strict=True))
            for column in ("cost_usd", "carbon_t", "peak_mw", "met_share", "training_flop", "mfu", "days"):
                if csv_row[column]:
                    assert cells[column] == float(csv_row[column]), (name, column, cells[column])


@pytest.mark.parametrize("code", LANGUAGES)
def test_millions_of_a_table_are_numbers(tmp_path: Path, code: str) -> None:
    """ "US$ 4,44 mi" as a text could not be added up: it is 4,440,000, shown in millions as it was told."""
    openpyxl = pytest.importorskip("openpyxl")
    with speaking(code):
        table = Table([left("what"), right("cost")], [["a", musd(Fraction(4_438_857))]])
        told = Document("compare", "costs", [Section("", [table])], dict, Grounds(frozen_catalogue(), {}, {}))
        with (tmp_path / "told.xlsx").open("wb") as stream:
            write_document(told, stream)
    book = openpyxl.load_workbook(tmp_path / "told.xlsx")
    (cell,) = (sheet["B2"] for sheet in book if sheet["B1"].value == "cost")
    assert cell.value == 4_440_000 and cell.number_format == '#,##0.00,,"M"'
