"""What people and table programs write in files and flags: whole numbers, empty cells, quotes, header names, bounds."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import EASY, Cli

from optimizer.batch.cases import csv_cases, entry_of, read_cases
from optimizer.batch.jsonl import as_line
from optimizer.batch.keys import key_of
from optimizer.batch.run import row_of
from optimizer.catalogue import Catalogue
from optimizer.catalogue.hours_file import read_year
from optimizer.catalogue.tables import Line, decode, parse_toml, read_lines
from optimizer.consortium.read import from_file
from optimizer.domain import Case
from optimizer.errors import DataError, InputError, Problem
from optimizer.question import QuestionError, read
from optimizer.service.case_text import parse_case, read_case
from optimizer.units import read_days, read_usd, whole_number

TODAY = "2026-11-29"
WHOLE = {"deadline_days": "150", "max_accelerators": "512", "mix": "2"}


@pytest.mark.parametrize("ending", ["", ".0", ".00", "."])
@pytest.mark.parametrize("field", WHOLE)
def test_a_whole_number_as_a_table_program_writes_it(frozen: Catalogue, field: str, ending: str) -> None:
    """150.0 is 150 in CSV, in JSON and in a flag, in every field that is a whole number."""
    text = WHOLE[field] + ending
    (entry,) = read_cases(f"case_id,{field}\na,{text}\n", "cases.csv")
    assert entry.case is not None and getattr(entry.case, field) == int(WHOLE[field])
    if ending in ("", ".0"):
        line = as_line({field: json.loads(text)}, "cases.jsonl", 1)
        assert isinstance(line, Line)
        read = entry_of(line).case
        assert read is not None and getattr(read, field) == int(WHOLE[field])
    assert getattr(parse_case({field: text}, frozen, TODAY), field) == int(WHOLE[field])


def test_counts_and_switches_as_a_table_program_writes_them() -> None:
    """64.0 devices are 64; 1.0, TRUE and Yes are yes; 1.5 devices are a problem."""
    text = "case_id,owned,rent_premium,assume_hire\na,a100=64.0,0.2,1.0\nb,,0.2,TRUE\nc,,0.2,Yes\nd,a100=1.5,,\n"
    a, b, c, d = read_cases(text, "cases.csv")
    assert a.case is not None and a.case.owned == (("a100", 64),)
    assert all(entry.case is not None and entry.case.assume_hire for entry in (a, b, c))
    assert d.case is None and "must be a whole number" in str(d.problems[0])


def test_whole_parameters_of_a_question(command: Cli) -> None:
    """--draws 20.0 draws 20 times; 1.5 draws are refused with the rule."""
    assert command("sensitivity", *EASY, "--draws", "3.0", "--workers", "1.0", "--quiet").status == 0
    refused = command("sensitivity", *EASY, "--draws", "1.5")
    assert refused.status == 2 and "must be a whole number" in refused.err


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000), ("+5", 5), ("12.", 12), ("7.0", 7)])
def test_whole_number(text: str, value: int) -> None:
    """By hand."""
    assert whole_number(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [("1.024", "write 1024"), ("1.5", "whole number"), ("150.000", "could be 150"), ("1e-3", "whole"), ("٣", "whole")],
)
def test_no_whole_number(text: str, words: str) -> None:
    """A thousands point is never taken for a decimal point, nor guessed to be one."""
    with pytest.raises(ValueError, match=words):
        whole_number(text)


def test_a_point_has_one_reading_wherever_it_is_typed(frozen: Catalogue) -> None:
    """1.125 MW is no gigawatt, in a flag and in a file; "1.500", which somebody may mean as 1500, is asked back."""
    (entry,) = read_cases("case_id,max_mw\na,1.125\n", "cases.csv")
    assert entry.case is not None and entry.case.max_mw == Decimal("1.125")
    assert parse_case({"max_mw": "1.125"}, frozen, TODAY).max_mw == Decimal("1.125")
    assert parse_case({"max_mw": "1.125 MW"}, frozen, TODAY).max_mw == Decimal("1.125")
    for text in ("1.500 MW", "1.125 kW", "$1.125M"):
        with pytest.raises(QuestionError, match="could be 1"):
            read(f"cheapest plan under {text}", frozen, datetime.date(2026, 11, 29))
    for field, text in (("max_mw", "1.125 kW"), ("budget_usd", "1.125M")):
        with pytest.raises(InputError, match=r"could be 1\.1250 or 1125"):
            parse_case({field: text}, frozen, TODAY)
    (doubtful,) = read_cases("case_id,max_mw\na,1.500\n", "cases.csv")
    assert doubtful.case is None and "could be 1.5 or 1500" in str(doubtful.problems[0])
    for text in ("1.500", "1.500 MW"):
        with pytest.raises(InputError, match=r"could be 1\.5 or 1500"):
            parse_case({"max_mw": text}, frozen, TODAY)


def test_trailing_empty_cells_are_no_cells() -> None:
    """A table program leaves empty cells at the right of rows and of the header; a value there is still a problem."""
    text = "case_id,max_mw,,\na,1,,\nb,2,,,,\nc,3\nd,1,,x\n"
    a, b, c, d = read_cases(text, "cases.csv")
    assert [entry.case and entry.case.max_mw for entry in (a, b, c)] == [1, 2, 3]
    assert d.case is None and "4 cells where the header has 2" in str(d.problems[0])


@pytest.mark.parametrize("header", ["Case_ID,Max MW", "CASE-ID,max-mw", " case id ,MAX_MW"])
def test_the_header_in_any_case(header: str) -> None:
    """Case_ID and Max MW are the columns case_id and max_mw, in JSON too."""
    (entry,) = read_cases(f"{header}\na,1\n", "cases.csv")
    assert entry.case_id == "a" and entry.case is not None and entry.case.max_mw == 1
    line = as_line(dict(zip(header.split(","), ("a", "1"), strict=True)), "cases.jsonl", 1)
    assert isinstance(line, Line) and dict(line.cells) == {"case_id": "a", "max_mw": "1"}


def test_a_stray_quotation_mark_is_told_with_its_lines() -> None:
    """A mark in line 3 that swallows 1,406 lines is told with its first and last line; no row goes in silence."""
    rows = [f"case{i},1" for i in range(1500)]
    rows[1] = '"case1,1'
    rows[1407] = 'case1407",1'
    entries = list(read_cases("\n".join(["case_id,max_mw", *rows]), "cases.csv"))
    (wrong,) = [entry for entry in entries if entry.case is None]
    assert "lines 3 to 1,409 (1,407 lines)" in str(wrong.problems[0]) and wrong.problems[0].line == 3
    assert len(entries) == 1500 - 1406


def test_a_quotation_mark_that_never_closes_is_told_with_its_lines() -> None:
    """To the end of the file, too: where it begins, and how many lines were read as one."""
    rows = [f"case{i},1" for i in range(300)]
    rows[10] = '"case10,1'
    entries = list(read_cases("\n".join(["case_id,max_mw", *rows]), "cases.csv"))
    wrong = [str(entry.problems[0]) for entry in entries if entry.case is None]
    assert len(wrong) == 1 and "lines 12 to 301 (290 lines)" in wrong[0]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("precision", "BF16;FP8", ("bf16", "fp8")),
        ("procurement", "Buy, Rent", ("buy", "rent")),
        ("objective", "Peak power", "peak_power"),
        ("architecture", "MoE", "moe"),
        ("basis", "UPFRONT", "upfront"),
    ],
)
def test_words_in_any_case(field: str, text: str, value: Any) -> None:
    """Words of short lists are read however they are written; a value of another field is still refused."""
    given = {"params_total_b": "7", "params_active_b": "3", "tokens_t": "1"} if field == "architecture" else {}
    assert getattr(Case(**{field: text}, **given), field) == value


def test_a_year_is_no_number_of_days(frozen: Catalogue) -> None:
    """Deadline 2027: the year or 2,027 days? It is asked back; with its unit, or another number, it is read."""
    with pytest.raises(ValueError, match="could be the year 2027 or 2027 days; write 2027-12-31 or 2027d"):
        read_days("2027", TODAY)
    with pytest.raises(InputError, match="2027-12-31"):
        read_case({"deadline_days": "2027"}, frozen, TODAY)
    assert read_days("2027d", TODAY) == 2027 and read_days("120", TODAY) == 120 and read_days("120.0", TODAY) == 120


def test_many_columns_are_refused_at_once() -> None:
    """100,000 columns take no minutes: the header is read in a time that grows with its length, and refused."""
    import time

    begun = time.process_time()
    header = ",".join(f"c{i}" for i in range(100_000))
    with pytest.raises(DataError, match="at most 200"):
        list(read_cases(f"{header}\n", "cases.csv"))
    line = as_line({f"c{i}": 1 for i in range(250_000)}, "cases.jsonl", 1)
    assert isinstance(line, Problem) and "200 keys" in line.rule
    assert time.process_time() - begun < 2


def test_bytes_of_a_flag_that_are_no_utf_8(frozen: Catalogue) -> None:
    """They reach the program as halves of characters: told, with no traceback."""
    for half in ("\udcff", "\ud800"):
        with pytest.raises(InputError, match="whole number"):
            parse_case({"supply": f"a100=64{half}"}, frozen, TODAY)


def test_lines_know_where_they_end() -> None:
    """A cell of a data table may have line breaks; the line says where it ends."""
    _, lines = read_lines('a,b\n1,"x\ny"\n2,z\n', "t.csv")
    first, second = list(lines)
    assert isinstance(first, Line) and isinstance(second, Line)
    assert (first.number, first.last, second.number) == (2, 3, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 year", 365),
        ("12 meses", 360),
        ("1 año", 365),
        ("2 anos", 730),
        ("1 mês", 30),
        ("200 días", 200),
        ("2 semanas", 14),
    ],
)
def test_a_time_in_the_words_of_every_language(text: str, expected: int) -> None:
    """A deadline in a flag, in a file and on the page is read as a question reads it."""
    assert read_days(text, TODAY) == expected
    (entry,) = read_cases(f"case_id;deadline_days\na;{text}\n", "casos.csv")
    assert entry.case is not None and entry.case.deadline_days == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US$ 5.000.000", "5000000"),
        ("5,000,000", "5e6"),
        ("1.234.567,5", "1234567.5"),
        ("US$ 5 milhões", "5e6"),
    ],
)
def test_money_with_its_thousands_set_apart(text: str, expected: str) -> None:
    """With two marks or more there is one reading; with one, as in 5.000, there are two, and it is refused."""
    assert read_usd(text) == Decimal(expected)
    (entry,) = read_cases(f"case_id;budget_usd\na;{text}\n", "casos.csv")
    assert entry.case is not None and entry.case.budget_usd == Decimal(expected)
    (entry,) = read_cases(f"case_id,max_capital\na,{text}\n", "cases.csv") if "," not in text else (entry,)
    assert entry.case is not None and Decimal(expected) in (entry.case.max_capital_usd, entry.case.budget_usd)
    with pytest.raises(ValueError, match="could be"):
        read_usd("5,000")


def test_a_column_for_remarks_is_passed_over(command: Cli) -> None:
    """Another one stops the file, and the error says both ways out; a name that comes twice is said."""
    head, rows = "case_id,country,max_mw,deadline_days", "a,BR,0.6,90,read me\na,MX,0.6,120,=1+1\n"
    told = command("batch", "-", stdin=f"{head},notes\n{rows}".encode())
    assert told.status == 4 and "leave it out, or name it _notes so that it is ignored" in told.err
    told = command("batch", "-", stdin=f"{head},_notes\n{rows}".encode())
    assert told.status == 0 and told.out.count("\na,plan") == 2
    assert "1 row has the case_id of one before it, a: nothing tells their plans apart" in told.err
    assert command("batch", "-", "-q", stdin=f"{head},_notes\n{rows}".encode()).err == ""  # -q: errors only


def test_remarks_make_no_other_case() -> None:
    """Two rows that differ in a remark alone are one case, solved once."""
    lines = [line for line in csv_cases("case_id,max_mw,_x\na,1,p\nb,1,q\n", "c.csv") if isinstance(line, Line)]
    assert len({key_of(line, b"") for line in lines}) == 1


def test_a_byte_order_mark_is_no_part_of_a_table_or_a_pack() -> None:
    """A spreadsheet writes one: else the first column, or the first key, would be unknown."""
    mark = b"\xef\xbb\xbf"
    assert decode(mark + b"id,name\na,b\n", "x.csv") == "id,name\na,b\n"
    assert parse_toml(mark + b"a = 1\n", "x.toml") == {"a": 1}


def test_a_decimal_comma_where_commas_separate_no_cells(tmp_path: Path) -> None:
    """A file of cases had it; a file of sites and a year of hours, as the same spreadsheet saves them, were refused."""
    (tmp_path / "sites.csv").write_text("name;country;max_mw\na;BR;0,5\nb;MX;1.000,5\n", encoding="utf-8")
    found = from_file(tmp_path / "sites.csv", {}, {}, None)
    assert [member.case.max_mw for member in found.members] == [Decimal("0.5"), Decimal("1000.5")]
    (tmp_path / "year.csv").write_text("pv;grid\n" + "0,25;1\n" * 8760, encoding="utf-8")
    assert set(read_year(tmp_path / "year.csv").values["pv"]) == {Decimal("0.25")}


def test_a_workbook_of_sites_is_no_country(command: Cli, tmp_path: Path) -> None:
    """It was "not a known country"."""
    (tmp_path / "sites.xlsx").write_bytes(b"PK")
    assert "save it as CSV" in command("consortium", "sites.xlsx").err


def test_an_invalid_row_keeps_what_could_be_read(frozen: Catalogue) -> None:
    """One with a country that is not known kept its other fields, and one with a number that is none lost them all."""
    text = (
        "case_id,country,max_mw,deadline\n"
        "number,BR,x,90d\ncountry,Atlantis,0.5,90d\nwords,BR,0.5,six months\ncells,BR,0.5,90d,7\n"
    )
    number, country, words, cells = (row_of(entry, frozen) for entry in read_cases(text, "cases.csv"))
    assert {row.status for row in (number, country, words, cells)} == {"invalid"}
    assert (number.country, number.max_mw, number.deadline_days) == ("BR", None, 90)
    assert (country.country, country.max_mw, country.deadline_days) == ("Atlantis", Decimal("0.5"), 90)
    assert (words.country, words.max_mw, words.deadline_days) == ("BR", Decimal("0.5"), None)
    assert words.reason is not None and words.reason.endswith("; write 6 months")
    assert cells.country is None  # a line with other cells than the header has none that is sure
