"""The columns of a file may be named as the flags are: ``deadline`` for ``deadline_days``. One list serves all."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from optimizer.batch.cases import entry_of, read_cases
from optimizer.batch.run import run
from optimizer.batch.source import lines_of, open_source
from optimizer.batch.sweep.reading import read_sweep
from optimizer.catalogue import Catalogue
from optimizer.consortium.read import from_file
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.case_names import SHORT_NAMES, by_field
from optimizer.errors import DataError, InputError
from optimizer.service.case_text import read_case
from optimizer.service.fields import FLAG_OF

TODAY = "2026-11-29"


def test_every_name_of_a_flag_is_a_field() -> None:
    """The list is whole: with it every flag names its field, and no name of a field means another one."""
    fields = {*Case.model_fields, *FEED_FIELDS}
    assert set(SHORT_NAMES.values()) <= fields
    assert not set(SHORT_NAMES) & fields
    assert FLAG_OF["deadline_days"] == "--deadline" and FLAG_OF["max_carbon_g_per_kwh"] == "--max-carbon-per-kwh"
    assert FLAG_OF["max_tpp"] == "--max-tpp"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("csv", "case_id,Country,Max MW,Deadline,budget\na,BR,1,4 months,5M\n"),
        ("jsonl", json.dumps({"case_id": "a", "country": "BR", "max-mw": 1, "deadline": "4 months", "Budget": 5e6})),
    ],
)
def test_a_file_of_cases_takes_the_names_of_flags(kind: str, text: str) -> None:
    """Deadline is deadline_days, and budget budget_usd. Wrong, as it was: "did you mean deadline_from?"."""
    (line,) = lines_of(io.StringIO(text, newline=""), kind, "cases")
    case = entry_of(line).case
    assert case is not None and case.deadline_days == 120 and case.budget_usd == 5_000_000


def test_parquet_and_workbook_take_them_too(tmp_path: Path) -> None:
    """The same headings in the other two forms."""
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    table = pd.DataFrame({"Case ID": ["a"], "country": ["BR"], "Deadline": [120], "budget": [5_000_000]})
    table.to_parquet(tmp_path / "cases.parquet")
    table.to_excel(tmp_path / "cases.xlsx", index=False)
    for name in ("cases.parquet", "cases.xlsx"):
        (line,) = open_source(str(tmp_path / name))
        entry = entry_of(line)
        assert entry.case is not None, entry.problems
        assert (entry.case_id, entry.case.deadline_days, entry.case.budget_usd) == ("a", 120, 5_000_000)


def test_a_field_named_twice_is_told(tmp_path: Path) -> None:
    """By its flag and by itself: no value is dropped in silence, in any form of file."""
    with pytest.raises(DataError, match="deadline_days: appears twice in the header"):
        list(lines_of(io.StringIO("case_id,deadline,deadline_days\na,1,2\n", newline=""), "csv", "cases"))
    told = json.dumps({"case_id": "a", "deadline": 1, "deadline_days": 2})
    (line,) = lines_of(io.StringIO(told), "jsonl", "cases")
    assert "appears twice" in str(entry_of(line).problems[0])
    sites = tmp_path / "sites.toml"
    sites.write_text('[run]\ndeadline = 90\ndeadline_days = 91\n[[site]]\ncountry = "BR"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"run\.deadline_days: is given twice"):
        from_file(sites, {}, {}, None)
    assert by_field({"deadline": 1, "deadline_days": 2}) == ({"deadline_days": 1}, ["deadline_days"])


def test_studies_and_consortia_take_them(tmp_path: Path, frozen: Catalogue) -> None:
    """Axes of a study; the run, the total and the sites of a consortium."""
    study = tmp_path / "study.toml"
    study.write_text('[axes]\ncountry = ["BR"]\ndeadline = "100d,150d"\nbudget = ["5M"]\n', encoding="utf-8")
    assert [line.cells["deadline_days"] for line in read_sweep(study, {}, frozen, TODAY)] == ["100", "150"]
    sites = tmp_path / "sites.toml"
    sites.write_text(
        '[run]\ndeadline = 90\n[total]\nbudget = 9000000\n[[site]]\ncountry = "BR"\n[[site]]\ncountry = "AR"\n',
        encoding="utf-8",
    )
    together = from_file(sites, {}, {}, None)
    assert together.run.deadline_days == 90 and together.total.budget_usd == 9_000_000


def test_names_are_told_with_all_else_that_is_wrong(frozen: Catalogue) -> None:
    """A value that cannot be read hides no unknown name: by flags and in a row of a file, all at once."""
    with pytest.raises(InputError) as told:
        read_case({"max_mw": "abc", "country": "Germny", "use": "h10"}, frozen, TODAY)
    assert [problem.column for problem in told.value.problems] == ["max_mw", "country", "use"]
    text = "case_id,country,max_mw,use,supply\na,Germny,abc,h10,zz=4\n"
    (row,) = run(read_cases(text, "cases.csv"), frozen)
    assert row.status == "invalid" and row.reason is not None
    found = [row.reason.count(f"cases.csv:2 {column}") for column in ("max_mw", "country", "use", "supply")]
    assert found == [1, 1, 1, 1], row.reason
