"""Cases in and plans out as CSV, JSON Lines and Parquet, through files and pipes: the same cases, the same figures."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import stubs
from commands import Cli, files, one_message
from inline import without_processes
from stubbed import started

from optimizer.answers.plan.row import COLUMNS
from optimizer.batch.cases import entry_of
from optimizer.batch.engine import solve_all
from optimizer.batch.jsonl import json_cases
from optimizer.batch.source import open_source
from optimizer.domain import Case
from optimizer.errors import DataError

CASES: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({"case_id": "number", "max_mw": 0.6, "deadline_days": 90}, {"max_mw": "0.6", "deadline_days": "90"}),
    ({"case_id": "text", "max_mw": "0.6", "deadline_days": "90"}, {"max_mw": "0.6", "deadline_days": "90"}),
    ({"case_id": "list", "use": ["h100", "a100"], "mix": None}, {"use": "h100;a100"}),
    ({"case_id": "counts", "supply": {"h100": 512, "a100": 64}}, {"supply": "h100=512;a100=64"}),
    ({"case_id": "flag", "assume_hire": True, "rent_premium": 0.25}, {"assume_hire": "yes", "rent_premium": "0.25"}),
    ({"case_id": "no flag", "assume_hire": False}, {}),
    ({"case_id": "=sum", "country": "MX", "date": "2026-01-01"}, {"country": "MX", "date": "2026-01-01"}),
    (
        {"case_id": "large", "max_training_flop": 1e30, "max_tpp": 26900000},
        {"max_training_flop": "1e30", "max_tpp": "26900000"},
    ),
)


def json_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """As a data frame would: one type a column, so that counts become a map and whole numbers with gaps floats."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name == "supply":
            columns[name] = pyarrow.array(
                [None if value is None else list(value.items()) for value in values],
                pyarrow.map_(pyarrow.string(), pyarrow.int64()),
            )
        elif name == "deadline_days":
            columns[name] = pyarrow.array([None if value is None else float(value) for value in values])
        else:
            columns[name] = pyarrow.array(values)
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_same_cases_in_every_form(tmp_path: Path, form: str) -> None:
    """A number, a list, a mapping or null means what the text in a CSV cell means: no other case, no other digits."""
    given = [values for values, _ in CASES if form == "jsonl" or values["case_id"] != "text"]
    path = tmp_path / f"cases.{form}"
    if form == "jsonl":
        path.write_text(json_lines(given), encoding="utf-8")
    else:
        write_parquet(path, given)
    source = open_source(str(path))
    found = [entry_of(line) for line in source]
    assert source.total == len(found) == len(given)
    assert [entry.problems for entry in found] == [()] * len(given)
    meant = {values["case_id"]: cells for values, cells in CASES}
    for entry in found:
        assert entry.case is not None
        assert entry.case == Case.model_validate({"case_id": entry.case_id, **meant[entry.case_id]}), entry.case_id


@pytest.mark.parametrize(
    ("text", "value"), [("1.500", "1.5"), ("1.234", "1.2340"), ("1.0", "1.0"), ("2e-1", "0.2"), ("1E1", "1E+1")]
)
def test_a_number_in_json_has_one_reading(text: str, value: str) -> None:
    """1.500 in a cell is 1.5 to some and 1500 to others; JSON has no thousands separator. Digits stay as written."""
    (line,) = json_cases(io.StringIO(f'{{"max_mw": {text}}}\n'), "f")
    case = entry_of(line).case
    assert case is not None and str(case.max_mw) == value
    (line,) = json_cases(io.StringIO('{"max_mw": "1.500"}\n'), "f")
    assert entry_of(line).case is None, "but a text may have been typed by anybody"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[1, 2]", "must be an object"),
        ('"a"', "must be an object"),
        ('{"max_mv": 1}', "did you mean max_mw?"),
        ('{"max_mw": 1, "max_mw": 2}', 'names "max_mw" twice'),
        ('{"max_mw": NaN}', "NaN"),
        ('{"max_mw": [1]}', "must be a text, a number"),
        ('{"use": ["a;b"]}', "with ';'"),
        ('{"use": [["h100"]]}', "must be a text, a number"),
        ('{"country": "\\ud800"}', "half a character"),
        ('{"country": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_case_is_a_problem_of_its_line(text: str, words: str) -> None:
    """The lines around it are read; the message has its number."""
    first, bad, last = json_cases(io.StringIO(f'{{"case_id": "a"}}\n{text}\n\n{{"case_id": "b"}}\n'), "cases.jsonl")
    problem = entry_of(bad).problems[0]
    assert words in str(problem) and str(problem).startswith("cases.jsonl:2")
    assert entry_of(first).case_id == "a" and entry_of(last).case_id == "b"


@pytest.mark.usefixtures("inline")
def test_bad_parquet_is_one_message(command: Cli, tmp_path: Path) -> None:
    """Not Parquet, an unknown column, nothing in it."""
    (tmp_path / "text.parquet").write_text("case_id\na\n", encoding="utf-8")
    pyarrow.parquet.write_table(pyarrow.table({"max_mv": [1.0]}), tmp_path / "column.parquet")
    pyarrow.parquet.write_table(
        pyarrow.table({"max_mw": pyarrow.array([], pyarrow.float64())}), tmp_path / "none.parquet"
    )
    for name, words in (
        ("text", "not a readable Parquet"),
        ("column", "did you mean max_mw?"),
        ("none", "contains no case"),
    ):
        ran = command("batch", f"{name}.parquet", "-o", "plans.csv")
        assert ran.status == 4 and words in one_message(ran)
    assert files(tmp_path) == {"text.parquet", "column.parquet", "none.parquet"}


ROWS = "case_id,country,max_mw,deadline_days,workload\none,BR,0.6,90,\n=two,BR,-1,90,\nthrée,BR,0.5,60,\n"


@pytest.mark.usefixtures("inline")
def test_every_form_out_has_the_same_figures(command: Cli, tmp_path: Path) -> None:
    """JSON with the digits of CSV, Parquet to 15 of them; null for an empty cell; metadata beside each, with units."""
    (tmp_path / "cases.csv").write_text(ROWS, encoding="utf-8")
    for form in ("csv", "jsonl", "parquet"):
        assert command("batch", "cases.csv", "-o", f"plans.{form}").status == 6
        about = json.loads((tmp_path / "plans.metadata.json").read_text(encoding="utf-8"))["resources"][0]
        assert (about["format"], about["path"]) == (form, f"plans.{form}")
    table = pyarrow.parquet.read_table(tmp_path / "plans.parquet")
    assert tuple(table.schema.names) == COLUMNS
    assert table.schema.field("cost_usd").metadata[b"unit"] == b"USD"
    assert str(table.schema.field("servers").type) == "int64" and str(table.schema.field("cost_usd").type) == "double"
    objects = [
        json.loads(line, parse_float=Decimal)
        for line in (tmp_path / "plans.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    cells = list(csv.DictReader(io.StringIO((tmp_path / "plans.csv").read_text(encoding="utf-8"), newline="")))
    assert [row["case_id"] for row in objects] == ["one", "=two", "thrée"]
    assert [row["case_id"] for row in cells] == ["one", "'=two", "thrée"], "only a spreadsheet needs the quote"
    for row, told, typed in zip(cells, objects, table.to_pylist(), strict=True):
        assert tuple(told) == COLUMNS
        for name in COLUMNS[1:]:
            if row[name] == "":
                assert told[name] is None and typed[name] is None
            elif isinstance(told[name], Decimal | int):
                assert Decimal(told[name]) == Decimal(row[name]) and typed[name] == float(row[name]), name
            else:
                assert told[name] == typed[name] == row[name]


def test_parquet_comes_in_groups(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,203 rows in groups of 500 rows: none is lost between two groups, and the file is the same by other workers."""
    monkeypatch.setattr("optimizer.batch.parquet.ROWS_A_GROUP", 500)
    monkeypatch.setattr("optimizer.batch.parquet._ROWS_A_BATCH", 100)
    monkeypatch.setitem(solve_all.__kwdefaults__, "solve", stubs.instant)
    text = "case_id,max_mw\n" + "".join(f"c{n},{n + 100}\n" for n in range(1203))
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    assert command("batch", "cases.csv", "-o", "plans2.parquet", "--workers", "2").status == 0
    with without_processes():
        assert command("batch", "cases.csv", "-o", "plans1.parquet").status == 0
    file = pyarrow.parquet.ParquetFile(tmp_path / "plans1.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [500, 500, 203]
    assert file.read()["case_id"].to_pylist() == [f"c{n}" for n in range(1203)]
    assert (tmp_path / "plans1.parquet").read_bytes() == (tmp_path / "plans2.parquet").read_bytes()


@pytest.mark.parametrize("flags", [[], ["-o", "-"]], ids=str)
def test_parquet_does_not_go_through_pipes(command: Cli, tmp_path: Path, flags: list[str]) -> None:
    """Neither in nor out: status 2 and the remedy."""
    (tmp_path / "cases.csv").write_text(ROWS, encoding="utf-8")
    ran = command("batch", "cases.csv", "--format", "parquet", *flags)
    assert ran.status == 2 and "give a file" in ran.err and ran.out == ""
    ran = command("batch", "-", "--from", "parquet", stdin=b"PAR1")
    assert ran.status == 2 and "give a file" in ran.err


# -- pipes -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def piped(stubbed_command: Cli) -> Any:
    """Bytes on stdin, rows of the CSV on stdout, by a stub."""

    def rows(content: bytes, *flags: str) -> list[dict[str, str]]:
        ran = stubbed_command("batch", "-", *flags, stdin=content)
        rows.err = ran.err  # type: ignore[attr-defined]
        return list(csv.DictReader(io.StringIO(ran.out, newline="")))

    return rows


def test_stdin_is_told_by_its_first_character(piped: Any) -> None:
    """CSV, JSON Lines, with a byte order mark or blank lines before; --from overrides."""
    for content in (b"case_id\na\n", b'{"case_id": "a"}\n', b'\xef\xbb\xbf\n {"case_id": "a"}'):
        assert [row["case_id"] for row in piped(content)] == ["a"]
    (row,) = piped(b'{"case_id": "a"}\n', "--from", "jsonl")
    assert row["case_id"] == "a"
    assert piped(b'{"case_id": "a"}\n', "--from", "csv") == []


def test_a_pipe_that_is_not_utf_8(piped: Any) -> None:
    """Read as Windows-1252 with one warning, also beyond the first block; what neither can be is an error."""
    blank = b"x,\n" * 200_000
    rows = piped(b"case_id,country\n" + blank[:30_000] + "São,\nÇa,\n".encode("cp1252"))
    assert [row["case_id"] for row in rows[-2:]] == ["São", "Ça"]
    assert piped.err.count("read as Windows-1252") == 1
    assert piped(b"case_id\n\x81\n") == [] and "must be UTF-8 text" in piped.err


@pytest.mark.usefixtures("inline")
def test_a_named_pipe_is_read_once(command: Cli, tmp_path: Path) -> None:
    """What a shell's <(...) gives: it has a name, and cannot be looked through first."""
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", "printf 'case_id,max_mw\\na,0.6\\n' > pipe"], cwd=tmp_path):
        ran = command("batch", "pipe")
    assert ran.status == 0 and ran.out.count("\n") == 2, ran.err


def test_rows_come_out_before_all_cases_are_in(tmp_path: Path) -> None:
    """A stream and no file: with the input still open, the first rows are there."""
    process = started(
        "instant", "batch", "-", "--format", "jsonl", "--workers", "1", cwd=tmp_path, stdin=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json_lines([{"case_id": f"c{n}", "max_mw": n + 100} for n in range(3000)]).encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["case_id"] == "c0"
    process.stdin.close()
    assert json.loads(process.stdout.read().splitlines()[-1])["case_id"] == "c2999"
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    assert process.stderr is not None
    assert b"3000 plan" in process.stderr.read()
    process.stderr.close()
    assert files(tmp_path) == set()


def test_head_on_the_pipe_ends_quietly(tmp_path: Path) -> None:
    """``optimizer batch ... | head -1``: status 0, no traceback, no worker that goes on."""
    (tmp_path / "cases.csv").write_text(
        "case_id,max_mw\n" + "".join(f"c{n},{n + 100}\n" for n in range(5000)), encoding="utf-8"
    )
    process = started("instant", "batch", "cases.csv", "--workers", "1", cwd=tmp_path)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().startswith(b"case_id,")
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, b"")


# -- what is told meanwhile --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("inline")
def test_a_plain_line_now_and_then(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stderr is no terminal: rows, of how many, rate, time left; with --quiet nothing at all."""
    monkeypatch.setitem(solve_all.__kwdefaults__, "solve", stubs.instant)
    monkeypatch.setattr("optimizer.cli.progress.LINE_EVERY_S", 0.0)
    text = "case_id,max_mw\n" + "".join(f"c{n},{n + 100}\n" for n in range(2000))
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    ran = command("batch", "cases.csv", "-o", "plans.csv")
    assert re.search(r"^1?,?\d+ of 2,000 cases, [\d,]+ a second, [\d,]+ s left$", ran.err, re.MULTILINE), ran.err
    assert "2,000 of 2,000 cases" in ran.err
    assert command("batch", "cases.csv", "-o", "plans.csv", "--quiet").err == ""
    ran = command("batch", "-", stdin=text.encode())
    assert re.search(r"^2,000 cases, [\d,]+ a second$", ran.err, re.MULTILINE), "of a pipe nobody knows the length"


@pytest.mark.usefixtures("inline")
def test_a_line_that_changes_on_a_terminal(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, replaced in its place and wiped before anything else is said; stdout has rows alone.

    Wrong: the counts by status behind the line of progress, or a trace of it at the end.
    """
    monkeypatch.setitem(solve_all.__kwdefaults__, "solve", stubs.instant)
    monkeypatch.setattr("optimizer.cli.progress.wants_progress", lambda: True)
    monkeypatch.setattr("optimizer.cli.progress.CHANGE_EVERY_S", 0.0)
    (tmp_path / "cases.csv").write_text("case_id,max_mw\na,100\nb,101\n", encoding="utf-8")
    ran = command("batch", "cases.csv")
    assert ran.out.count("\n") == 3
    *shown, wiped, rest = ran.err.split("\r")
    assert "2 of 2 cases" in "".join(shown) and not wiped.strip() and "\r" not in rest, ran.err
    assert rest.startswith("2 plan")


def test_stdin_of_one_run_and_the_next(stubbed_command: Cli, tmp_path: Path) -> None:
    """A journal can be kept of a pipe, too: what it holds is found by the cases themselves."""
    content = b"case_id,max_mw\n" + b"".join(b"c%d,%d\n" % (n, n + 100) for n in range(50))
    flags = ("batch", "-", "-o", "plans.csv")
    assert stubbed_command(*flags, stdin=content + b"bad,15\n").status == 6
    assert (tmp_path / "plans.csv.journal").exists()
    more = content + b"bad,15\nnew,7\n"
    ran = stubbed_command(*flags, "--resume", "--retry-failed", stub="patient", stdin=more)
    assert ran.status == 0 and "52 plan" in ran.err, ran.err


def test_reading_fails_in_the_middle(tmp_path: Path) -> None:
    """A file that is no text in its last line is told before the first case is solved."""
    (tmp_path / "cases.csv").write_bytes(b"case_id\n" + b"a\n" * 500_000 + b"\x00\n")
    with pytest.raises(DataError, match="NUL"):
        open_source(str(tmp_path / "cases.csv"))
