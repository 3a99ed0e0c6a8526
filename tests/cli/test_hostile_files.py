"""Files that mean no good, or are by mistake as if they did: bounds, units, escape sequences, size."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import EASY, ESCAPE, Cli, one_message
from worlds import FROZEN

from optimizer.batch.cells import read_cell
from optimizer.batch.workbook import Most, check_size
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.tables import parse_toml
from optimizer.consortium.read import from_file
from optimizer.domain import Case
from optimizer.domain.quantity_text import read_one
from optimizer.errors import DataError, InputError, Problem, StoppedError, visible
from optimizer.service.case_text import read_case

TODAY = "2026-11-29"
REGIME = '[[tax_regime]]\nregime = "own"\nis_default = true\nexcise = 0\ncontribution = 0\ninside_tax = 0\n'


def pack(folder: Path, text: str) -> Path:
    """A country pack of a text."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What stands in it is quick: by the processor's time, so that a busy machine fails no test."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("electricity_usd_per_kwh = 125", "125 USD/MWh is 0.125"),
        ("electricity_usd_per_kwh = 12.5", "12.5 US cents per kWh is 0.125"),
        ("pue = 145", "145 per cent is 1.45"),
        ("pue = 1e20", "less than or equal to 5"),
        ("grid_carbon_g_per_kwh = 0.1032", "0.1032 kgCO2e/kWh is 103.2"),
        ("cost_of_capital = 12", "12 per cent is 0.12"),
        ("medium_voltage_limit_mw = 40000", "40000 kW is 40"),
        ("engineer_usd_per_year = 85", "85 thousands of USD is 85000"),
    ],
)
def test_a_figure_of_a_pack_in_another_unit(tmp_path: Path, line: str, words: str) -> None:
    """125 USD/MWh taken for USD/kWh gave a plan of 234 M: the bounds of flags hold, the likely unit is named."""
    with pytest.raises(DataError) as caught:
        load_catalogue(FROZEN, [pack(tmp_path, f'[country]\nid = "BR"\n{line}\n')])
    assert words in str(caught.value)


@pytest.mark.parametrize(("name", "value", "words"), [("duty", 16, "0.16"), ("vat", 19, "0.19")])
def test_per_cent_for_a_share_in_a_tax(tmp_path: Path, name: str, value: int, words: str) -> None:
    """duty = 16 and vat = 19 gave a plan of 6,583 M."""
    shares = {"duty": 0, "vat": 0, "vat_recoverable": 0, name: value}
    text = f'[country]\nid = "BR"\n{REGIME}' + "".join(f"{key} = {share}\n" for key, share in shares.items())
    with pytest.raises(DataError) as caught:
        load_catalogue(FROZEN, [pack(tmp_path, text)])
    assert f"{value} per cent is {words}" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("import_duty", "16", "16 per cent is 0.16"),
        ("pue", "145", "145 per cent is 1.45"),
        ("electricity_usd_per_kwh", "125", "125 USD/MWh is 0.125"),
        ("rent_premium", "25", "25 per cent is 0.25"),
        ("max_mw", "500000", "500000 kW is 500"),
        ("params_total_b", "70000000000", "70000000000 parameters is 70"),
        ("tokens_t", "15000000000000", "tokens is 15"),
    ],
)
def test_a_flag_in_another_unit(frozen: Catalogue, field: str, value: str, words: str) -> None:
    """The same words for flags, and so for files of cases."""
    with pytest.raises(InputError) as caught:
        read_case({field: value}, frozen, TODAY)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("table", "find", "put", "words"),
    [
        ("defaults.csv", None, "max_mw,nonsense,x,test,2026-01-01,,,", "must be a number"),
        ("defaults.csv", None, "pue,1e20,x,test,2026-01-01,,,", "less than or equal to 5"),
        ("parameters.csv", ",cost_of_capital,", "9", "per cent"),
        ("countries.csv", "BR,", "145", "1.45"),
    ],
)
def test_a_bad_value_in_a_data_folder(tmp_path: Path, table: str, find: str | None, put: str, words: str) -> None:
    """A value that a table cannot have is told with its file and line, and ends in no traceback."""
    folder = tmp_path / "data"
    shutil.copytree(FROZEN, folder)
    path = folder / table
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    if find is None:
        cells = dict(zip(("field", "value", "why", "source", "as_of"), put.split(","), strict=False))
        lines.append(",".join(cells.get(name, "") for name in header))
    else:
        column = "central" if table == "parameters.csv" else "pue"
        number = next(i for i, line in enumerate(lines) if find in f",{line}" or line.startswith(find))
        row = lines[number].split(",")
        row[header.index(column)] = put
        lines[number] = ",".join(row)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    assert table in str(caught.value) and words in str(caught.value)


def test_a_mixture_of_experts_needs_its_active_parameters() -> None:
    """Without them all parameters counted as active, 18 times the compute; and 37 of 671 active is not dense."""
    with pytest.raises(InputError, match="needs params_active_b"):
        Case(params_total_b="671", tokens_t="15", architecture="moe")
    with pytest.raises(InputError, match="not dense"):
        Case(params_total_b="671", params_active_b="37", tokens_t="15", architecture="dense")


OSC_52 = f"{ESCAPE}]52;c;ZXZpbA==\a"


@pytest.mark.usefixtures("inline")
def test_no_escape_sequence_of_a_file_reaches_the_terminal(command: Cli, tmp_path: Path) -> None:
    """In a cell, a header, a key, a name of a pack, and in any place of a file given to verify, in every form."""
    (tmp_path / "cells.csv").write_text(f"case_id,country\na{OSC_52},BR\n", encoding="utf-8")
    (tmp_path / "header.csv").write_text(f"case_id,x{OSC_52}\na,BR\n", encoding="utf-8")
    (tmp_path / "key.jsonl").write_text('{"case_id": "a", "x\\u001b]52;c;ZXZpbA==\\u0007": 1}\n', encoding="utf-8")
    (tmp_path / "value.jsonl").write_text('{"case_id": "a\\u009b31m", "max_mw": 1}\n', encoding="utf-8")
    pack(tmp_path, '[country]\nid = "BR"\nname = "B\\u001b[31mR"\n')
    command("plan", *EASY, "--json", "-o", "plan.json")
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    (tmp_path / "forged.json").write_text(text.replace('"rented"', '"x"').replace("BR", "B\\u001b[31mR\\u009bx"))
    runs = [
        ("batch", "cells.csv"),
        ("batch", "header.csv"),
        ("batch", "key.jsonl"),
        ("batch", "value.jsonl", "--format", "jsonl"),
        ("plan", *EASY, "--pack", "own.toml"),
        *(("verify", "forged.json", *form) for form in ((), ("--json",), ("--csv",), ("--md",))),
    ]
    for run in runs:
        ran = command(*run)
        assert not {ESCAPE, "\x9b", "\a"} & set(ran.out + ran.err), run
        assert ran.status != 0, run
    assert visible(f"a{ESCAPE}[1m\u202eb\n") == "a\\x1b[1m\\u202eb\n"


def test_seven_thousand_sites_are_refused_at_once(tmp_path: Path) -> None:
    """They took 32 seconds."""
    csv, toml = tmp_path / "sites.csv", tmp_path / "sites.toml"
    csv.write_text("country\n" + "BR\n" * 7000, encoding="utf-8")
    toml.write_text('[[site]]\ncountry = "BR"\n' * 7000, encoding="utf-8")
    for path in (csv, toml):
        with within(3), pytest.raises(DataError, match="200"):
            from_file(path, {}, {}, None)


@pytest.mark.parametrize(
    "text", ["a." * 1900 + "a = 1\n", '"a".' * 900 + "a = 1\n", "x = {" + "a." * 1900 + "a = 1}\n"]
)
def test_a_toml_of_dots_is_refused_at_once(text: str) -> None:
    """A 240 KB file of them took 545 MB; dots in a text or in a list of numbers are none of a key."""
    with within(1), pytest.raises(DataError, match="parts"):
        parse_toml((text * 60).encode(), "own.toml")
    numbers = ", ".join(["0.5"] * 300)
    assert parse_toml(f'x = [{numbers}]\ny = "{"." * 300}"\n'.encode(), "own.toml")["y"] == "." * 300


def test_ten_thousand_problems_are_counted_and_fifty_told(command: Cli, tmp_path: Path) -> None:
    """Three for each of 3,000 offers: 10,001 problems printed 4.9 MB."""
    rows = "".join(f'[[offer]]\naccelerator = "h100"\nnonsense{i} = 1\n' for i in range(3000))
    pack(tmp_path, f'[country]\nid = "BR"\n{rows}')
    ran = command("plan", *EASY, "--pack", "own.toml")
    assert ran.status == 4 and len(ran.err) < 20_000
    assert "9,000 problems" in ran.err and "and 8,950 more" in ran.err and "Traceback" not in ran.err


def parquet(path: Path, columns: dict[str, Any]) -> Path:
    """A Parquet file of some columns."""
    arrow = pytest.importorskip("pyarrow", reason="it is of the extra parquet")
    import pyarrow.parquet as files

    files.write_table(arrow.table(columns), path, compression="zstd")
    return path


def test_parquet_that_swells_is_refused_before_it_does(tmp_path: Path) -> None:
    """A small file of one long text, repeated, or of endless lists: told, not unpacked."""
    arrow = pytest.importorskip("pyarrow", reason="it is of the extra parquet")
    from optimizer.batch.parquet import ParquetCases

    long = parquet(tmp_path / "long.parquet", {"case_id": ["a" * 3_000_000] * 20})
    endless = parquet(tmp_path / "lists.parquet", {"case_id": ["a"], "use": arrow.array([["x"] * 500_000])})
    assert long.stat().st_size < 50_000
    for path, words in ((long, "the most is 20,000"), (endless, "200 values a row")):
        with within(2), pytest.raises(DataError, match=words):
            list(ParquetCases(path))


def test_parquet_values_that_python_cannot_have(tmp_path: Path) -> None:
    """A map with equal keys, a text that is no UTF-8, a date out of range: a problem of that row alone."""
    arrow = pytest.importorskip("pyarrow", reason="it is of the extra parquet")
    from optimizer.batch.parquet import ParquetCases

    pairs = arrow.map_(arrow.string(), arrow.int64())
    odd = {
        "supply": arrow.array([[("h100", 1), ("h100", 2)], [("h100", 3)]], type=pairs),
        "country": arrow.array([b"\xff\xfe", b"BR"]).view(arrow.string()),
        "date": arrow.array([10**18, 0], arrow.timestamp("us")),
    }
    for name, column in odd.items():
        path = parquet(tmp_path / f"{name}.parquet", {"case_id": ["a", "b"], name: column})
        first, second = list(ParquetCases(path))
        assert isinstance(first, Problem) and first.line == 1, name
        assert not isinstance(second, Problem) and second.cells["case_id"] == "b", name


def test_a_damaged_parquet_is_one_message(command: Cli, tmp_path: Path) -> None:
    """Bytes of a page overwritten: told, no traceback."""
    path = parquet(tmp_path / "cases.parquet", {"case_id": [f"c{i}" for i in range(50)], "max_mw": [1.0] * 50})
    raw = path.read_bytes()
    path.write_bytes(raw[:20] + b"\0" * 30 + raw[50:])
    ran = command("batch", "cases.parquet", "-o", "out.csv", "--quiet")
    assert ran.status == 4 and "damaged" in one_message(ran)


def test_files_of_plans_are_bounded_and_told_in_our_words(command: Cli, tmp_path: Path) -> None:
    """They went to pandas as they were: its own words ("specify an engine manually"), and no bound on what swells."""
    bad = {
        "none.xlsx": b"\0\1PK",
        "other.xlsx": zipped("a.txt", b"x"),
        "none.parquet": b"PAR1" + b"x" * 100,
        "none.jsonl": b"[1, 2]",
        "deep.jsonl": b'{"case_id": ' + b"[" * 50_000,
        "nested.jsonl": b'{"case_id": "a", "status": "plan", "cost_usd": {"a": 1}}',
        "digits.jsonl": b'{"case_id": ' + b"9" * 5_000 + b"}",
        "nothing.csv": b"",
        "bytes.csv": b"case_id,status\n\xff,plan",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        for question in ("rank", "report"):
            ran = command(question, name)
            assert ran.status == 4 and name in one_message(ran) and "engine" not in ran.err, ran


def test_a_workbook_of_plans_that_swells_is_refused() -> None:
    """As one of cases is."""
    with pytest.raises(DataError, match="unpacks to more than"):
        check_size(io.BytesIO(zipped("xl/worksheets/sheet1.xml", b" " * 10_000)), "swells.xlsx", Most(1_000))


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("--hours", "", "empty"),
        ("--ppa", "8", "8 US cents per kWh is 0.08"),
        ("--export-price", "100", "100 USD/MWh is 0.1"),
        ("--min-renewable", "90", "90 per cent is 0.9"),
        ("--pv-price", "0.8", "0.8 USD per Wp is 800"),
        ("--random-outages", "200,0", "no outage"),
    ],
)
def test_a_figure_of_a_supply_in_another_unit(command: Cli, flag: str, value: str, words: str) -> None:
    """Cents for dollars, watts for kilowatts, per cent for a share: what it would be is named."""
    ran = command("plan", flag, value)
    assert ran.status == 2 and flag in ran.err and words in one_message(ran)


def zipped(name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_names_of_cases_come_back_from_a_file_of_plans(command: Cli, tmp_path: Path, form: str) -> None:
    """007 was ranked as 7, and 1e3 as 1000.0."""
    header = ",".join(("case_id", "max_mw", "deadline"))
    (tmp_path / "cases.csv").write_text(f"{header}\n007,1,200\n1e3,1,200\nTRUE,1,200\n", encoding="utf-8")
    assert command("batch", "cases.csv", "-o", f"plans.{form}", "-q", "--workers", "1").status == 0
    ranked = command("rank", f"plans.{form}", "--csv", "-q").out.splitlines()[1:]
    assert [line.split(",")[1] for line in ranked] == ["007", "1e3", "TRUE"]


def test_plans_from_a_pipe(command: Cli, tmp_path: Path) -> None:
    """The file was opened twice, and of a pipe the second look is at its rest: "case_id is no column"."""
    rows = b"case_id,status,objective,cost_usd\na,plan,cost,2\nb,plan,cost,1\n"
    assert "2 of 2 cases have a plan" in command("rank", "-", stdin=rows).out
    os.mkfifo(tmp_path / "pipe")
    threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(rows,), daemon=True).start()
    assert "2 of 2 cases have a plan" in command("rank", "pipe").out
    assert "give a plan" in command("verify", "-", stdin=b"\xff\xfa").err


def test_an_undecided_case_where_nothing_can_be_written(
    command: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file to reproduce it could not be written: a traceback. And a solver that was stopped is no disagreement."""

    def stopped(*_: Any) -> None:
        raise StoppedError("HiGHS was stopped at its time limit", {"a": 1}, 0)

    monkeypatch.setattr("optimizer.service.planning.planned", stopped)
    ran = command("plan", *EASY, "-q")
    assert ran.status == 5 and "none is proven" in ran.err and "disagree" not in ran.err
    monkeypatch.setattr("os.open", refused)
    ran = command("plan", *EASY, "-q")
    assert ran.status == 5 and "cannot be written here" in ran.err and "Traceback" not in ran.err


def refused(*_: Any, **__: Any) -> int:
    raise PermissionError(13, "Permission denied")


def test_more_tokens_than_a_case_can_state(command: Cli) -> None:
    """``--tokens-per-param 1e12`` was a traceback."""
    ran = command("largest", "--max-mw", "1", "--tokens-per-param", "1e12")
    assert ran.status == 2 and "10,000T tokens" in one_message(ran)


def test_a_share_in_per_cent_and_nothing_else_in_per_cent() -> None:
    """50 % of hectares was half a hectare."""
    assert read_cell("min_renewable", "90%") == "0.9" and read_cell("import_duty", "5 %") == "0.05"
    with pytest.raises(ValueError, match="give ha"):
        read_cell("land_ha", "50%")
    assert read_one("share", "90 %") == read_one("share", "0.9") == Decimal("0.9")
    with pytest.raises(ValueError, match="give %"):
        read_one("share", "90 % of it")
