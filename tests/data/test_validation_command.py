"""The command validate: what it prints, and further runs from a file."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from case_files import FURTHER
from worlds import live_evidence

from optimizer.catalogue import load_catalogue
from optimizer.cli import run as command
from optimizer.domain.evidence import RealRun
from optimizer.reference.validation_outputs import ValidationRow, rows
from optimizer.validation.comparison import validate
from optimizer.validation.further import read_runs
from optimizer.validation.runs import compare, score
from optimizer.validation.throughput import coverage, run_flop, run_hours


def test_validate_prints_published_against_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """Words wrap at the width of a pipe; a row of a table is one line, however wide, so that a run can be found."""
    assert command(["validate"]) == 0
    told = capsys.readouterr().out
    for words in (
        "43 of 43 within their own tolerance",
        "325 compared: mean error 0.18%, maximum 0.77%",
        "the band covers 93% of the published hours",
        "ours within a factor 1.35 for 74%",
        "band high over low at most 2.67",
        "energy (MWh): 18 compared",
        "DBRX (h100_sxm5_80, whole_programme): published 6,636 kh",
        "PaLM-540B (TPUv4, single_run): accelerator not in the catalogue",
    ):
        assert words in told, words
    assert max(len(line) for line in told.splitlines() if not line.startswith(" ")) <= 100
    assert re.search(r"^ DeepSeek-V3 \(pre-training only\) +cost +5,328,000 .* USD$", told, re.MULTILINE)


def test_validate_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["validate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["outputs"]
    assert found["golden"]["within_tolerance"] == found["golden"]["count"] == 43
    assert found["real_runs"]["score"]["covered"] >= 0.8
    assert len(found["real_runs"]["rows"]) == 82
    assert "further_runs" not in found


def test_every_comparison_is_a_row() -> None:
    """As CSV: each sum, speed, band and run, its error worked out again; a run without a figure says why.

    A comparison that is left out, or one whose error has the wrong sign, would flatter the tool.
    """
    found = list(rows(validate(live_evidence(), None)))
    assert all(isinstance(row, ValidationRow) for row in found)
    count = Counter(row.part for row in found)
    assert (count["golden"], count["throughput"], count["mfu"]) == (43, 325, len(coverage(live_evidence())))
    runs = [row for row in found if row.part == "real_runs"]
    assert {row.name for row in runs} == {run.name for run in live_evidence().runs}
    assert sum(row.counted for row in runs if row.quantity == "hours") == 42
    for row in found:
        if row.published and row.ours is not None:
            assert row.error == pytest.approx(row.ours / row.published - 1)
        elif row.part != "mfu":
            assert row.why_not, row.name


def test_further_runs_are_told_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "further.csv"
    path.write_text(FURTHER, encoding="utf-8")
    assert command(["validate", "--runs", str(path)]) == 0
    told = capsys.readouterr().out
    assert "Falcon-180B" in told
    assert "6 single runs" in told
    assert command(["validate", "--json", "--runs", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)["outputs"]["further_runs"]
    row = found["rows"][0]
    assert row["hours"]["low"] < row["hours"]["ours"] < row["hours"]["high"]
    assert row["covered"] is True
    assert found["score"]["count"] == 6


def test_the_shipped_runs_can_be_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    """The columns of --runs are those of data/real_runs.csv: the same file gives the same score."""
    path = load_catalogue().folder / "real_runs.csv"
    assert command(["validate", "--json", "--runs", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)["outputs"]
    assert found["further_runs"]["score"] == found["real_runs"]["score"]


def test_runs_are_read_from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``generate | optimizer validate --runs -``: problems name stdin, as there is no file."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FURTHER.replace("6.7e9,1e12", "6.7e9,1").encode())))
    assert command(["validate", "--runs", "-", "--json"]) == 4
    out, err = capsys.readouterr()
    assert 'stdin:2 tokens "1": must be a number of tokens' in err
    told = json.loads(out)
    assert (told["inputs"], len(told["outputs"]["further_runs"]["rows"])) == ({"runs": "-"}, 5)
    assert told["outputs"]["problems"][0]["line"] == 2


BAD = [
    ("Bad,-7e9,1e12,h100,,,90000,BF16,single_run", ' params_active "-7e9": must be greater than 0'),
    ("Bad,7,1e12,h100,,,90000,BF16,", ' params_active "7": must be a number of parameters such as 7e9'),
    ("Bad,7e9,15,h100,,,90000,BF16,", ' tokens "15": must be a number of tokens such as 1.5e13'),
    ("Bad,7e9,1e12,h100,,,many,BF16,", ' gpu_hours "many": must be a number'),
    ("Bad,7e9,1e12,h1000,,,9000,BF16,", ' accelerator "h1000": is not a known accelerator; did you mean h100'),
    ("Bad,7e9,1e12,h100,,,9000,int4,", ' precision "int4": must be'),
    ("Bad,7e9,1e12,h100,,,9000,BF16,some", " scope \"some\": must be 'single_run'"),
    (",7e9,1e12,h100,,,9000,BF16,", " name: must not be empty"),
    ("Bad,7e9", ": has 2 cells where the header has 9"),
]


def test_bad_rows_are_told_and_stop_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line, column, value and rule on stderr of each, exit status 4; the good row is still reported."""
    path = tmp_path / "bad.csv"
    header = "name,params_active,tokens,accelerator,count,days,gpu_hours,precision,scope"
    lines = "\n".join(line for line, _ in BAD)
    told = [f"bad.csv:{number}{words}" for number, (_, words) in enumerate(BAD, 3)]
    path.write_text(f"{header}\nGood,6.7e9,1e12,A100,,,82432,BF16,\n{lines}\n", encoding="utf-8")
    assert command(["validate", "--runs", str(path)]) == 4
    out, err = capsys.readouterr()
    assert [words for words in told if words not in err] == []
    assert "1 single runs" in out
    assert command(["validate", "--runs", str(path), "--csv", "--quiet"]) == 4
    out, err = capsys.readouterr()
    assert err.startswith("Error: ") and [words for words in told if words not in err] == []
    assert [line.split(",")[:2] for line in out.splitlines()[1:]] == [["further_runs", "Good"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nam,params_active,tokens,accelerator,precision\n", "name: is missing from the header"),
        ("name,params_active,accelerator,precision\nx,7e9,h100,BF16\n", "tokens: is missing from the header"),
        ("name,params_active,tokens,accelerator,precision\n", "has no run"),
        ("name,params_active,tokens,accelerator,precision,speed\n", "speed: is not a column of this table"),
        ("", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    assert command(["validate", "--runs", str(path)]) == 4
    assert told in capsys.readouterr().err


def test_scope_decides_what_counts(tmp_path: Path) -> None:
    """Ten times the hours: as a whole programme they do not count; as a single run they do, and are not covered."""
    header = "name,params_active,tokens,accelerator,gpu_hours,precision,scope\n"
    rows = "A,7e9,1e12,a100,1e6,bf16,whole_programme\nB,7e9,1e12,a100,1e6,bf16,single_run\n"
    path = tmp_path / "runs.csv"
    path.write_text(header + rows, encoding="utf-8")
    runs, _ = read_runs(str(path), live_evidence(), [])
    programme, single = (compare(run, live_evidence()) for run in runs)
    assert not programme.counted
    assert single.counted
    assert not single.covered
    assert score([programme]) is None


def test_names_as_published_are_understood(tmp_path: Path) -> None:
    """H100-80G, NVIDIA A100-SXM4-40GB and mixed precision are read; a TPU is known not to be in the catalogue."""
    header = "name,params_active,tokens,accelerator,gpu_hours,precision\n"
    cells = {"H100-80G": "h100_sxm5_80", "NVIDIA A100-SXM4-40GB": "a100_sxm4_40", "A100 80GB PCIe": "a100_pcie_80"}
    lines = [f"{name},7e9,1e12,{name},1e5,FP8/BF16\n" for name in (*cells, "TPUv4")]
    path = tmp_path / "runs.csv"
    path.write_text(header + "".join(lines), encoding="utf-8")
    runs, problems = read_runs(str(path), live_evidence(), [])
    assert not problems
    assert [run.accelerator for run in runs] == [*cells.values(), None]
    assert {run.precision for run in runs} == {"bf16"}


def test_hours_from_count_and_days() -> None:
    """2,048 x 54.2 x 24 = 2,663,962 h where no hours are given."""
    given = {"source": "x", "as_of": "2026", "params_active": "7e9", "tokens": "1e12"}
    run = RealRun(name="x", count="2048", days="54.2", **given)
    assert run_hours(run) == pytest.approx(2_664_038, rel=1e-4)
    assert run_flop(run) == 4.2e22
