"""Cases side by side: ranked as planning each alone ranks them, every row a proved plan; and files of plans ranked."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from pathlib import Path

import pytest
from inline import without_processes
from worlds import live_catalogue

import optimizer
from optimizer.answers.comparisons.comparison import AXES
from optimizer.answers.words.place_words import absent_words
from optimizer.batch.sweep.axes import SPECS
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.domain.limits import KINDS
from optimizer.errors import InputError, UsageError
from optimizer.insight.comparison import UNITS, Candidate, compare
from optimizer.units.language import speaking


@pytest.mark.parametrize("objective", ["cost", "days", "peak_power", "energy", "carbon"])
def test_the_ranking_is_that_of_the_plans_alone(frozen: Catalogue, objective: str) -> None:
    """Each country planned alone gives the same figures in the same order; the wrong outcome is another winner."""
    cases = [
        Case(case_id=country, country=country, max_mw="0.6", deadline_days=90, objective=objective)
        for country in ("BR", "MX", "VN", "DE")
    ]
    found = compare([Candidate(case.case_id, (case.case_id,), case) for case in cases], ["country"], frozen)
    alone = {case.case_id: optimizer.plan(case, frozen) for case in cases}
    measures = [row.measure for row in found.rows if row.measure is not None]
    assert measures == sorted(measures)
    assert found.objective == objective and found.unit == UNITS[found.objective]
    for row in found.rows:
        plan = alone[row.candidate.case_id]
        assert (row.plan is not None) == isinstance(plan, optimizer.Plan)
        if isinstance(plan, optimizer.Plan) and row.plan is not None:
            assert row.plan.objective_value == plan.objective_value
            assert found.difference(row) == row.measure - measures[0]
    ranks = [found.rank(row) for row in found.rows]
    assert [rank for rank in ranks if rank is not None] == sorted(rank for rank in ranks if rank is not None)


def test_equal_plans_share_a_place(frozen: Catalogue) -> None:
    """Two names of one case: both are first, and neither is told as worse."""
    case = Case(country="BR", max_mw="0.6", deadline_days=90)
    found = compare([Candidate("a", ("1",), case), Candidate("b", ("2",), case)], ["mix"], frozen)
    assert [found.rank(row) for row in found.rows] == [1, 1]
    assert [found.difference(row) for row in found.rows] == [0, 0]


def test_a_case_that_cannot_be_used_is_a_row_with_its_reason() -> None:
    """The Vatican has no wage in the data: the others are ranked all the same, and the reason is told.

    North Korea has none either, but there the law is the answer, whatever figure is missing.
    """
    countries = ["BR", "VA", "KP"]
    document = optimizer.answer("compare", country=countries, max_mw=1, deadline="150d", catalogue=live_catalogue())
    rows = list(document.rows.make())
    told = {row.country: (row.status, row.rank) for row in rows}
    assert told["BR"] == ("plan", 1)
    assert (told["VA"], told["KP"]) == (("missing", None), ("infeasible", None))
    reasons = {row.country: row.reason for row in rows}
    assert "--wage" in reasons["VA"] and "EMBARGO_E" in reasons["KP"]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_every_field_that_can_vary_has_a_heading_in_words(language: str) -> None:
    """Wrong: a column headed "max energy gwh", or in English where another language is spoken."""
    with speaking(language):
        told = {field: AXES.get(field, "") for field in SPECS}
    of_limits = [kind.field for kind in KINDS.values() if kind.field and kind.scope == "case"]
    assert all(told.values()) and not any("_" in heading for heading in told.values())
    assert not [field for field in of_limits if "max" in told[field] or "usd" in told[field].lower()]
    assert language == "en" or not [field for field in of_limits if told[field] == AXES.messages[field]]


def test_a_sentence_names_the_limit_beside_its_value() -> None:
    """ "Best: $50M. Rent ...: $36M" leaves open which is the limit; a country says by itself what it is."""
    given = {"country": ["BR", "MX"], "max_capital": ["5M", "50M"], "deadline": "200d", "max_mw": 1}
    document = optimizer.answer("compare", catalogue=live_catalogue(), **given)
    names = [row.name for row in document.rows.make()]
    assert len(names) == 4 and {name.partition(", ")[2] for name in names} == {
        "limit on bought hardware $5.00M",
        "limit on bought hardware $50.00M",
    }
    assert {name.partition(", ")[0] for name in names} == {"Brazil", "Mexico"}


def test_a_region_is_all_its_countries() -> None:
    """Mercosur by name gives the rows that its five countries give."""
    live = live_catalogue()
    given = {"max_mw": 1, "deadline": "200d", "catalogue": live}
    by_name = optimizer.answer("compare", region="Mercosur", **given)
    by_list = optimizer.answer("compare", country=["AR", "BO", "BR", "PY", "UY"], **given)
    assert by_name.outputs().model_dump() == by_list.outputs().model_dump()


def test_a_region_names_its_members_without_figures() -> None:
    """The African Union has 55 members and 54 rows: Western Sahara was left out without a word."""
    given = {"max_mw": 1, "deadline": "200d", "catalogue": live_catalogue()}
    told = optimizer.answer("compare", region="oecs", **given).messages
    assert any("not compared: Montserrat" in text for text in told)
    assert not any("Members without" in text for text in optimizer.answer("compare", region="EAC", **given).messages)
    assert live_catalogue().regions["african-union"].absent == ("Western Sahara",)
    with speaking("es"):  # its name stayed in English
        told = list(absent_words([live_catalogue().regions["african-union"]]))
    assert told == ["Miembros sin cifras, por lo que no se comparan: Sahara Occidental."]


def test_why_there_is_no_plan_is_told_with_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """An embargo by its rule, a duty that is not known by the flag that states it; never "unknown country"."""
    assert run(["compare", "--country", "IR,RS,BR", "--max-mw", "1", "--deadline", "150d", "-q", "--json"]) == 0
    told = {row["values"]["country"]: row for row in json.loads(capsys.readouterr().out)["outputs"]["ranking"]}
    assert "EMBARGO_E" in told["IR"]["why"]
    assert "--import-duty" in told["RS"]["why"]
    assert (told["BR"]["rank"], told["IR"]["rank"]) == (1, None)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--country", "BR"], "nothing to compare"),
        (["--country", "BR,MX", "--region", "mercosur"], "leave out --country"),
        (["--objective", "cost,days"], "one objective at a time"),
        (["--country", "all", "--max-mw", "1:20:1"], "more than 2,000"),
        (["--region", "Narnia"], '--region "Narnia": is not a known region'),
        (
            ["--region", "Mercosur,Brazil"],
            '--region "Brazil": is a country, and a region is needed; write --country BR',
        ),
        (["--region", "all"], "every country is --country all"),
        (["--country", "BR,Narnia"], "is not a known country"),
    ],
)
def test_what_cannot_be_compared_is_one_message(
    capsys: pytest.CaptureFixture[str], flags: list[str], words: str
) -> None:
    """What is wrong and what to write; no traceback, nothing on stdout."""
    assert run(["compare", *flags]) == 2
    out, err = capsys.readouterr()
    assert (out, words in err) == ("", True), err


def test_from_python_lists_are_values(frozen: Catalogue) -> None:
    """A list is several values; a case that makes no sense is told by field."""
    with pytest.raises(UsageError, match="nothing to compare"):
        optimizer.answer("compare", country="BR", catalogue=frozen)
    with pytest.raises(InputError):
        optimizer.answer("compare", country=["BR", "MX"], max_mw=-1, catalogue=frozen)


# --- files of plans ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that sweep wrote: two countries at two limits, one of them without a plan."""
    path = tmp_path_factory.mktemp("plans") / "plans.csv"
    data = str(Path(__file__).parents[1] / "catalogue")
    flags = ["--country", "BR,MX", "--max-mw", "0.01,0.6", "--deadline", "90d", "--workers", "1", "-q"]
    with without_processes():
        assert run(["sweep", *flags, "--data", data, "-o", str(path)]) == 0
    return path


def test_a_file_is_ranked_as_its_costs_are(plans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand from the file: the order of the costs, with the difference to the least."""
    costs = [float(row["cost_usd"]) for row in csv.DictReader(plans.open(encoding="utf-8")) if row["cost_usd"]]
    assert run(["rank", str(plans), "--csv", "-q"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ranked = [row for row in rows if row["rank"]]
    assert [float(row["cost_usd"]) for row in ranked] == sorted(costs)
    assert [float(row["difference"]) for row in ranked] == [cost - min(costs) for cost in sorted(costs)]
    assert len(rows) == 4


def test_ranked_within_a_country(plans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each country has a first place of its own; ranked together only one would."""
    assert run(["rank", str(plans), "--within", "country", "--json", "-q"]) == 0
    rows = json.loads(capsys.readouterr().out)["outputs"]
    assert [row["country"] for row in rows if row["rank"] == 1] == ["BR", "MX"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--by", "cost"], "did you mean cost_usd"),
        (["--by", "status"], "has no numbers"),
        (["--within", "x"], "no column"),
    ],
)
def test_a_wrong_column_is_told(plans: Path, capsys: pytest.CaptureFixture[str], flags: list[str], words: str) -> None:
    """With the nearest column, before anything is written."""
    assert run(["rank", str(plans), *flags]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_no_table_of_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table without case_id and status, bytes that are no text, and no file: one message each."""
    other, noise = tmp_path / "other.csv", tmp_path / "noise.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    noise.write_bytes(bytes(range(256)))
    for path, words in (
        (other, "is not a column"),
        (noise, "must be UTF-8"),
        (tmp_path / "none.csv", "cannot be read"),
    ):
        assert run(["rank", str(path)]) == 4
        assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("days", "offer", 'changed.csv:2 days "offer": must be a number'),
        ("cost_usd", "inf", 'changed.csv:2 cost_usd "inf": must be a number'),
        ("peak_mw", "true", 'changed.csv:2 peak_mw "True": must be a number'),
        ("cost_p90_usd", "nan%", 'changed.csv:2 cost_p90_usd "nan%": must be a number'),
        ("status", "fine", 'changed.csv:2 status "fine": must be one of plan'),
        ("country", "365", ""),
        ("objective", "7", ""),
    ],
)
def test_a_file_of_plans_that_was_changed_is_ranked_or_refused(
    plans: Path, capsys: pytest.CaptureFixture[str], column: str, value: str, words: str
) -> None:
    """A word, or what is no finite number, where a figure should stand: refused, with line, column and value; a number
    for the name of a country is a name. Wrong, as fuzzing found it, in the ranking and in the report: a traceback."""
    with plans.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    changed = plans.with_name("changed.csv")
    with changed.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, column: value} for row in rows)
    for command in ("rank", "report"):
        status = run([command, str(changed)])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert status == (4 if words else 0) and words in " ".join(told.err.split())


def test_what_was_not_planned_is_not_proved(frozen: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    """Vatican City lacks a wage, Iran has no plan: "this has been proven" was said of both."""
    status = run(["compare", "--country", "VA,IR", "--max-mw", "1"])
    out = capsys.readouterr().out
    assert status == 3 and "proven for 1 of them" in out
    assert re.search(r"Vatican City +no answer", out) and re.search(r"Iran +no plan", out)


def test_what_feeds_the_site_is_refused_and_no_lack_of_plans() -> None:
    """``compare --outage`` said that no case has a plan, proved; asked in words it was a traceback."""
    for words in (
        ["compare", "--country", "KE,BR", "--outage", "17-21"],
        ["ask", "Kenya or Brazil with 4 hours of load shedding, cheapest?"],
        ["ask", "with and without REDATA in Brazil with 4 hours of load shedding"],
        ["ask", "fine-tune or pretrain in Kenya with 4 hours of load shedding"],
    ):
        with contextlib.redirect_stderr(io.StringIO()) as err, contextlib.redirect_stdout(io.StringIO()) as out:
            assert run(words) == 2, words
        assert not out.getvalue() and "the supply of a site" in err.getvalue(), (words, err.getvalue())


def test_cases_that_none_can_be_read_are_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A flag that is wrong in every case is the flag's fault, told once."""
    assert run(["compare", "--country", "BR,MX", "--params-total-b", "8", "--architecture", "moe"]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("--tokens-t") == 1 and "sweep:" not in said.err
