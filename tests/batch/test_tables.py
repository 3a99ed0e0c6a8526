"""Reading CSV files: what is bad is told at once, with file, line, column, value and rule; what is odd is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimizer.catalogue.rows import read_rows
from optimizer.catalogue.tables import decode, read_lines, read_text
from optimizer.domain.base import Flag, Frozen, Names, Number, column
from optimizer.errors import DataError, Problem


class Row(Frozen):
    """A small table: what a reader of any table of the data folder meets."""

    country: str = column("ISO code", pattern=r"^[A-Z]{2}$")
    price_usd: Number = column("a price", "USD", gt=0)
    share: Number | None = column("a share", "share", None, ge=0, le=1)
    known: Flag = column("a flag", default=False)
    aliases: Names = column("a list", default=())


def read(tmp_path: Path, content: str | bytes, name: str = "prices.csv") -> Any:
    """The rows and the problems of a file with that content."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems: list[Problem] = []
    return read_rows(path, Row, problems), problems


def test_a_good_file(tmp_path: Path) -> None:
    """Types, lists, flags and absent cells: an empty share is None, never 0."""
    rows, problems = read(tmp_path, "country,price_usd,share,known,aliases\nBR,1.50,,1,a; b ;\nMX,2,0.5,no,\n")
    assert problems == []
    assert [(r.country, str(r.price_usd), r.share, r.known, r.aliases) for r in rows] == [
        ("BR", "1.50", None, True, ("a", "b")),
        ("MX", "2", rows[1].share, False, ()),
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """Without its price column a file must not read as rows that cost nothing."""
    rows, problems = read(tmp_path, "country,share\nBR,0.5\n")
    assert rows == []
    assert problems == [Problem("is missing from the header", file="prices.csv", line=1, column="price_usd")]


def test_an_optional_column_may_be_missing(tmp_path: Path) -> None:
    """Only what a row cannot do without is demanded of a header."""
    rows, problems = read(tmp_path, "price_usd,country\n3,BR\n")
    assert problems == []
    assert (rows[0].country, rows[0].price_usd) == ("BR", 3)


def test_an_unknown_column_gets_the_nearest_name(tmp_path: Path) -> None:
    """A column price_us would otherwise be dropped in silence and its figures with it."""
    _, problems = read(tmp_path, "country,price_us,price_usd\nBR,1,2\n")
    (problem,) = problems
    assert (problem.column, problem.line, problem.remedy) == ("price_us", 1, "did you mean price_usd?")
    assert "is not a column of this table" in problem.rule


def test_an_unknown_column_near_to_nothing_gets_the_list(tmp_path: Path) -> None:
    """Then the known columns are named."""
    _, problems = read(tmp_path, "country,price_usd,qqqq\nBR,1,2\n")
    assert problems[0].remedy == "known columns: country, price_usd, share, known, aliases"


def test_missing_and_unknown_columns_are_told_together(tmp_path: Path) -> None:
    """A misspelt column is both missing and unknown: told in one go, not one run after another."""
    _, problems = read(tmp_path, "cuntry,price_usd\nBR,1\n")
    assert [(p.column, p.rule) for p in problems] == [
        ("country", "is missing from the header"),
        ("cuntry", "is not a column of this table"),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"   \r\n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    """An empty file is not a table without rows: the answer would be 'nothing known' instead of 'file lost'."""
    rows, problems = read(tmp_path, content)
    assert rows == []
    assert [p.rule for p in problems] == ["is empty: it needs a header and at least one row"]


@pytest.mark.parametrize("content", ["country,price_usd\n", "country,price_usd"])
def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, content: str) -> None:
    """No row, no problem: whether rows are needed is for the cross-checks to say."""
    assert read(tmp_path, content) == ([], [])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path and the reason, not a traceback."""
    problems: list[Problem] = []
    assert read_rows(tmp_path / "lost.csv", Row, problems) == []
    assert "lost.csv" in (problems[0].file or "")
    assert "cannot be read: No such file or directory" in problems[0].rule


LATIN = "country,price_usd,aliases\nBR,1,S\u00e3o Paulo\n".encode("latin-1")


def test_latin_1_without_a_warnings_list_is_refused(tmp_path: Path) -> None:
    """The data folder is UTF-8: byte 0xe3 is no letter there, and a silent guess would spoil every name."""
    rows, problems = read(tmp_path, LATIN)
    assert rows == []
    (problem,) = problems
    assert problem.rule == f"must be UTF-8 (byte {LATIN.index(0xE3)} is not)"
    assert problem.remedy == "save it as CSV UTF-8"


def test_latin_1_with_a_warnings_list_is_read_with_a_warning(tmp_path: Path) -> None:
    """A user's own file is read as Windows-1252, and they are told: 'São', not 'SÃ£o' and not an error."""
    path = tmp_path / "own.csv"
    path.write_bytes(LATIN)
    warnings: list[str] = []
    text = read_text(path, warnings)
    assert "S\u00e3o Paulo" in text
    assert warnings == ["own.csv: not UTF-8, read as Windows-1252; check accented letters"]


def test_utf_8_gives_no_warning() -> None:
    """The warning stands for a doubt: a good file must raise none."""
    warnings: list[str] = []
    assert "S\u00e3o" in decode("S\u00e3o".encode(), "own.csv", warnings)
    assert warnings == []


def test_bytes_that_are_no_text_in_windows_1252_either() -> None:
    """0x81 means nothing in Windows-1252: then it is an error even with a warnings list."""
    with pytest.raises(DataError, match="must be UTF-8 text"):
        decode(b"country\nB\x81\n", "own.csv", [])


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_or_without_its_mark(codec: str) -> None:
    """Read as Windows-1252 it would be letters with a NUL between each two."""
    none: list[Any] = []
    for warnings in (None, none):
        with pytest.raises(DataError, match=r"UTF-16|NUL"):
            decode("country,price_usd\nBR,1\n".encode(codec), "own.csv", warnings)


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    """Excel writes one; kept, the first column would be '\\ufeffcountry' and 'country' missing."""
    rows, problems = read(tmp_path, b"\xef\xbb\xbfcountry,price_usd\r\nBR,1\r\n")
    assert problems == []
    assert rows[0].country == "BR"


def test_a_file_with_semicolons(tmp_path: Path) -> None:
    """What a Brazilian or German Excel writes is read, if its numbers have points."""
    rows, problems = read(tmp_path, "country;price_usd\nBR;1.5\n")
    assert problems == []
    assert str(rows[0].price_usd) == "1.5"


def test_a_file_with_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    """1,5 is refused with the right spelling; read as 15 it would be ten times too dear."""
    _, problems = read(tmp_path, "country;price_usd\nBR;1,5\n")
    assert [str(p) for p in problems] == ['prices.csv:2 price_usd "1,5": must have a decimal point; write 1.5']


def test_a_file_with_tabs(tmp_path: Path) -> None:
    """A pasted sheet is read too."""
    rows, problems = read(tmp_path, "country\tprice_usd\nBR\t1.5\n")
    assert problems == []
    assert rows[0].country == "BR"


def test_a_decimal_comma_in_a_comma_file(tmp_path: Path) -> None:
    """Quoted, it is a number problem; unquoted, it shows as a cell too many: never as price 1 and share 5."""
    _, problems = read(tmp_path, 'country,price_usd\nBR,"1,500"\nMX,1,5\n')
    assert [(p.line, p.column, p.value) for p in problems] == [(2, "price_usd", "1,500"), (3, None, None)]
    assert "could be 1.500 or 1500" in problems[0].rule
    assert problems[1].rule == "has 3 cells where the header has 2"


def test_a_ragged_row_is_told_and_left_out(tmp_path: Path) -> None:
    """Too few and too many cells: shifted cells must never be read; good rows around them are."""
    rows, problems = read(tmp_path, "country,price_usd,share\nBR,1\nMX,2,0.5\nCL,1,0.5,9\n")
    assert [r.country for r in rows] == ["MX"]
    assert [(p.line, p.rule) for p in problems] == [
        (2, "has 2 cells where the header has 3"),
        (4, "has 4 cells where the header has 3"),
    ]


def test_a_column_twice_in_the_header(tmp_path: Path) -> None:
    """Of two prices one would win in silence."""
    rows, problems = read(tmp_path, "country,price_usd,price_usd\nBR,1,2\n")
    assert rows == []
    assert problems == [Problem("appears twice in the header", file="prices.csv", line=1, column="price_usd")]


def test_a_column_without_a_name(tmp_path: Path) -> None:
    """A column without a name before others means nothing; at the right, a table program leaves them."""
    rows, none = read(tmp_path, "country,price_usd,\nBR,1,\n")
    assert len(rows) == 1 and none == []
    _, problems = read(tmp_path, "country,,price_usd\nBR,,1\n")
    assert problems == [Problem("has a column without a name", file="prices.csv", line=1)]


def test_a_header_in_the_middle_of_the_file(tmp_path: Path) -> None:
    """Two files pasted together: the second header is a row with bad values, told as such."""
    rows, problems = read(tmp_path, "country,price_usd\nBR,1\ncountry,price_usd\nMX,2\n")
    assert [r.country for r in rows] == ["BR", "MX"]
    assert {(p.line, p.column, p.value) for p in problems} == {
        (3, "country", "country"),
        (3, "price_usd", "price_usd"),
    }


def test_nul_bytes_are_refused(tmp_path: Path) -> None:
    """A NUL ends a text in many programs: 'BR\\0' must not pass for BR."""
    rows, problems = read(tmp_path, b"country,price_usd\nBR\x00,1\n")
    assert rows == []
    assert [p.rule for p in problems] == ["must be text: it has NUL bytes"]


def test_quotes_that_are_never_closed(tmp_path: Path) -> None:
    """The rest of the file would be swallowed as one cell: told with the line on which the quote opens."""
    rows, problems = read(tmp_path, 'country,price_usd,aliases\nBR,1,x\nMX,2,"open\nCL,3,z\n')
    assert [r.country for r in rows] == ["BR"]
    (problem,) = problems
    assert problem.line == 3
    assert problem.rule.startswith("cannot be read as CSV")


def test_text_after_a_closed_quote(tmp_path: Path) -> None:
    """'"BR"x' is no CSV: a lenient reader would make BRx of it."""
    _, problems = read(tmp_path, 'country,price_usd\n"BR"x,1\n')
    assert problems[0].line == 2
    assert "cannot be read as CSV" in problems[0].rule


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    """Blank lines and a quoted cell of two lines come before the bad one: it stands on line 6, not on row 2."""
    rows, problems = read(tmp_path, 'country,price_usd,aliases\n\nBR,1,"a\nb"\n\nMX,-2,c\n')
    assert [r.country for r in rows] == ["BR"]
    assert [(p.line, p.column, p.value) for p in problems] == [(6, "price_usd", "-2")]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Five faults in three rows, each with its place: no fault hides behind another."""
    _, problems = read(
        tmp_path,
        "country,price_usd,share,known\nbr,0,2,1\nMX,,0.5,1\nCL,1,0.5,perhaps\n",
    )
    assert {(p.file, p.line, p.column, p.value) for p in problems} == {
        ("prices.csv", 2, "country", "br"),
        ("prices.csv", 2, "price_usd", "0"),
        ("prices.csv", 2, "share", "2"),
        ("prices.csv", 3, "price_usd", None),
        ("prices.csv", 4, "known", "perhaps"),
    }
    told = {p.column: p.rule for p in problems if p.line == 3}
    assert told == {"price_usd": "must not be empty"}
    assert all(p.rule for p in problems)


def test_a_problem_reads_as_one_line() -> None:
    """File and line as compilers write them, so that an editor can jump there."""
    problem = Problem("must be positive", file="prices.csv", line=7, column="price_usd", value="-1", remedy="write 1")
    assert str(problem) == 'prices.csv:7 price_usd "-1": must be positive; write 1'


def test_a_long_value_is_cut_in_the_message() -> None:
    """A cell of 10,000 letters must not fill the screen: 57 characters and three points are shown."""
    shown = str(Problem("is wrong", value="x" * 10_000))
    assert shown == f'"{"x" * 57}...": is wrong'


def test_the_code_of_namibia_stays_a_text(tmp_path: Path) -> None:
    """NA is a country: pandas' default reader makes NaN of it and its row disappears."""
    rows, problems = read(tmp_path, "country,price_usd\nNA,1\n")
    assert problems == []
    assert rows[0].country == "NA"


@pytest.mark.parametrize("cell", ["NaN", "null", "N/A", "-", "?"])
def test_words_for_nothing_are_no_numbers(tmp_path: Path, cell: str) -> None:
    """Only an empty cell means 'not known'."""
    _, problems = read(tmp_path, f"country,price_usd\nBR,{cell}\n")
    assert [(p.line, p.column, p.value) for p in problems] == [(2, "price_usd", cell)]


def test_a_cell_of_blanks_is_empty(tmp_path: Path) -> None:
    """Blanks are no value: the price is missing, not 0."""
    _, problems = read(tmp_path, "country,price_usd\nBR,   \n")
    assert [(p.line, p.column, p.rule) for p in problems] == [(2, "price_usd", "must not be empty")]


def test_a_gigantic_cell_is_refused(tmp_path: Path) -> None:
    """A cell of more than 20,000 characters is no value of any table."""
    _, problems = read(tmp_path, "country,price_usd,aliases\nBR,1," + "x" * 20_001 + "\n")
    assert [p.line for p in problems] == [2]
    assert "field larger than field limit" in problems[0].rule


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    """Unix, Windows and old Mac: three rows each time."""
    header, lines = read_lines(end.join(["a,b", "1,2", "3,4", "5,6"]), "x.csv")
    assert header == ("a", "b")
    assert [line.cells["b"] for line in lines] == ["2", "4", "6"]
