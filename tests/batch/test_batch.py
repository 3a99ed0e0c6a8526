"""Many cases: one row out for each row in, whatever becomes of it, and however the file is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from case_files import MIXED, PLAIN, VALUES

from optimizer import Case, Plan, plan
from optimizer.batch import read_cases
from optimizer.batch.run import run
from optimizer.catalogue import Catalogue
from optimizer.cli import run as run_cli
from optimizer.errors import DataError

pytestmark = pytest.mark.usefixtures("inline")
HERE = Path(__file__).parents[1]

Row = dict[str, str]

Solve = Callable[..., list[Row]]


NAMES = ["one", "two", "three", "four", "five", "six", "seven", "eight"]

STATUSES = ["plan", "invalid", "infeasible", "invalid", "plan", "invalid", "invalid", "infeasible"]


# -- one row for each --------------------------------------------------------------------------------------------------


def test_order_is_kept_and_bad_rows_stop_no_other(solve: Solve) -> None:
    """Eight rows in, eight out in the same order; a sorted or a shortened file would be joined to the wrong cases."""
    rows = solve(MIXED)
    assert [row["status"] for row in rows] == STATUSES
    assert [row["case_id"] for row in rows] == [*NAMES[:6], "line 8", "eight"]
    alone = solve("\n".join([MIXED.splitlines()[0], MIXED.splitlines()[5]]))
    assert alone == [rows[4]], "a row is the same whatever stands around it"


def test_every_row_says_its_status_and_why_there_is_no_plan(solve: Solve) -> None:
    """A plan has no reason; each of the others has one that names the place or the limits."""
    rows = dict(zip(NAMES, solve(MIXED), strict=True))
    assert all((row["status"] == "plan") == (row["reason"] == "") for row in rows.values())
    assert rows["two"]["reason"] == 'cases.csv:3 max_mw "-1": must be greater than 0'
    assert "63 days" in rows["three"]["reason"] and "0.504 MW" in rows["three"]["reason"]
    assert "Atlantis" in rows["four"]["reason"]
    assert 'max_mw "1 MV"' in rows["six"]["reason"] and 'deadline_days "0"' in rows["six"]["reason"]
    assert "has 3 cells where the header has 5" in rows["seven"]["reason"]
    assert all(row["servers"] == row["cost_usd"] == "" for row in rows.values() if row["status"] != "plan")


@pytest.mark.parametrize(
    "bad", ['"b"x,90', '"b" ,90', "b" * 20_001 + ",90"], ids=["quote in a cell", "space after a quote", "long cell"]
)
def test_a_row_that_is_no_csv_stops_no_other(solve: Solve, bad: str) -> None:
    """Three rows in: the middle one cannot be split into cells; the last one must not vanish with it."""
    rows = solve(f"case_id,deadline_days\na,90\n{bad}\nc,90\n")
    assert [row["status"] for row in rows] == ["plan", "invalid", "plan"]
    assert "cases.csv:3" in rows[1]["reason"]


def test_a_quote_that_never_ends_is_told(solve: Solve) -> None:
    """Everything after an open quote belongs to its cell: one invalid row that says where the quote began."""
    rows = solve('case_id,deadline_days\na,90\n"b,90\nc,90\n')
    assert [row["status"] for row in rows] == ["plan", "invalid"]
    assert "cases.csv:3" in rows[1]["reason"]


def test_a_row_without_a_name_is_called_by_its_line(solve: Solve) -> None:
    """Counting the header as line 1, as an editor does; blank lines are counted and skipped."""
    rows = solve("case_id,max_mw\n,0.6\n\nx,0.6\n,-1\n")
    assert [row["case_id"] for row in rows] == ["line 2", "x", "line 5"]


def test_the_exit_status_and_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """6 with a row that could not be read, 0 with infeasible rows alone: "proved infeasible" is no failure."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(HERE / "catalogue"))
    monkeypatch.chdir(tmp_path)
    Path("cases.csv").write_text(MIXED, encoding="utf-8")
    assert run_cli(["batch", "cases.csv", "-o", "plans.csv"]) == 6
    told = capsys.readouterr()
    assert told.out == "" and "2 infeasible, 4 invalid, 2 plan" in told.err
    assert "plans.csv and plans.metadata.json" in told.err
    assert run_cli(["batch", "cases.csv", "-q"]) == 6
    told = capsys.readouterr()
    assert told.err == "" and told.out == Path("plans.csv").read_text(encoding="utf-8")
    good = [line for line, status in zip(MIXED.splitlines(), ["", *STATUSES], strict=True) if status != "invalid"]
    Path("cases.csv").write_text("\n".join(good), encoding="utf-8")
    assert run_cli(["batch", "cases.csv", "-o", "plans.csv"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"cases.csv", "plans.csv", "plans.metadata.json"}


@pytest.mark.parametrize(("form", "words"), [("csv", "2 names begin as a formula does, such as =x"), ("jsonl", "")])
def test_a_name_that_comes_back_changed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str, words: str
) -> None:
    """A name that a spreadsheet would take for a formula has an apostrophe before it in CSV, and the batch says so; in
    JSON Lines it is as it was. Wrong: '=x as a name comes back as ''=x' without a word, and a join on it finds none."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(HERE / "catalogue"))
    monkeypatch.chdir(tmp_path)
    Path("cases.csv").write_text("case_id,max_mw\n=x,100\nplain,100\n-1,100\n", encoding="utf-8")
    assert run_cli(["batch", "cases.csv", "-o", f"p.{form}"]) == 0
    assert words in " ".join(capsys.readouterr().err.split())
    names = [line.split(",")[0] for line in Path(f"p.{form}").read_text(encoding="utf-8").splitlines()]
    if form == "csv":
        assert names[1:] == ["'=x", "plain", "'-1"]
    else:
        assert names == ['{"case_id": "=x"', '{"case_id": "plain"', '{"case_id": "-1"']


def test_a_batch_may_not_overwrite_its_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also by another spelling of the same path."""
    monkeypatch.chdir(tmp_path)
    Path("cases.csv").write_text(MIXED, encoding="utf-8")
    assert run_cli(["batch", "cases.csv", "-o", "./cases.csv"]) == 2
    assert "is the cases file itself" in capsys.readouterr().err
    assert Path("cases.csv").read_text(encoding="utf-8") == MIXED


# -- how the file is written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.rstrip("\n"),
        PLAIN + "\n \n,,,\n",
        PLAIN.replace(",", " , "),
        PLAIN.replace("BR", "Brazil").replace("MX", "mexico"),
        PLAIN.replace("a,BR,0.6,h100=400", '"a","BR","0.6","h100=400"'),
    ],
    ids=["semicolons", "tabs", "CRLF", "no last newline", "blank rows", "spaces", "names", "quotes"],
)
def test_ways_to_write_the_same_cases(solve: Solve, text: str) -> None:
    """What spreadsheets of other countries save means the same cases; the rows are the same but for no byte."""
    assert solve(text) == solve(PLAIN)


def test_a_byte_order_mark_is_no_part_of_the_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Excel writes one: else the first column would be unknown. Windows-1252 is read too, with a warning."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(HERE / "catalogue"))
    monkeypatch.chdir(tmp_path)
    told = {}
    for name, raw in {
        "plain": PLAIN.encode(),
        "mark": b"\xef\xbb\xbf" + PLAIN.encode(),
        "windows": PLAIN.replace("a,", "São,").encode("cp1252"),
    }.items():
        Path(f"{name}.csv").write_bytes(raw)
        assert run_cli(["batch", f"{name}.csv", "-q"]) == 0
        told[name] = capsys.readouterr()
    assert told["mark"] == told["plain"]
    assert "Windows-1252" in told["windows"].err and "São" in told["windows"].out


def test_a_decimal_comma_is_never_read_as_something_else(solve: Solve) -> None:
    """In a file with semicolons 0,6 is 0.6, and 1,500 is refused with both readings: never 6, 1500 or 1.5."""
    rows = solve("case_id;max_mw\na;0,6\nb;1,500\nc;0.6\n")
    assert [row["status"] for row in rows] == ["plan", "invalid", "plan"]
    assert rows[0] | {"case_id": "c"} == rows[2] and "1.5 or 1500" in rows[1]["reason"]


def test_an_empty_cell_takes_the_default(solve: Solve) -> None:
    """As if the column were not there."""
    header = ",".join(Case.model_fields)
    (empty,) = solve(f"{header}\na{',' * (len(Case.model_fields) - 1)}\n")
    assert [empty] == solve("case_id\na\n")


@pytest.mark.parametrize(
    "text", ["case_id,max_mv\na,1\n", "case_id,case_id\na,b\n", "case_id,,max_mw\na,b,1\n", "case_id\n"]
)
def test_a_header_that_cannot_be_used_stops_the_batch(frozen: Catalogue, text: str) -> None:
    """Before anything is solved: a column read as another would spoil every row."""
    with pytest.raises(DataError):
        list(run(read_cases(text, "cases.csv"), frozen))


def test_every_field_of_a_case_can_stand_in_a_cell(solve: Solve, frozen: Catalogue) -> None:
    """A row with all of them means the case with all of them."""
    cells = {
        **VALUES,
        "case_id": "all",
        "deadline_days": "119",
        "budget_usd": "5e7",
        "max_capital_usd": "4e7",
        "supply": "h100=256; mi300x=64",
        "use": "h100;a100;mi300x",
        "assume_hire": "yes",
        "unreleased": "yes",
    }
    own = {"params_total_b", "params_active_b", "architecture", "confidence"}
    assert set(cells) | own == set(Case.model_fields) - {"feed"}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    (entry,) = read_cases(text, "cases.csv")
    assert entry.case is not None and set(entry.case.given()) == set(cells)
    # beside neither a mix nor another objective than the cost
    (sure,) = read_cases("confidence\n0.8\n", "cases.csv")
    assert sure.case is not None and set(sure.case.given()) == {"confidence"}
    (row,) = solve(text)
    outcome = plan(entry.case, frozen)
    assert isinstance(outcome, Plan)
    assert (row["status"], row["days"], row["accelerators"]) == ("plan", str(outcome.days), str(outcome.accelerators))
