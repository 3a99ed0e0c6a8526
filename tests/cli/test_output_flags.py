"""The flags of output: on every command that answers the same, and for many cases one answer with all of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from commands import Cli, files, one_message, read_back

from optimizer.answers.form.envelope import digest_of, schema_of
from optimizer.answers.plan.row import COLUMNS
from optimizer.batch import summary
from optimizer.batch.summary import ManyOut
from optimizer.cli import OTHERS, cli
from optimizer.service.register import MANY, REGISTER, type_at

FLAGS = {"--json", "--csv", "--md", "-o", "--output", "--csv-for", "--columns", "-q", "--quiet", "--data", "--pack"}
FLAGS |= {"--lang"}
NO_ANSWER = {"serve": "runs until it is stopped", "mcp": "runs until it is stopped", "guide": "prints a text"}
CASES = b"case_id,country,max_mw,deadline_days\none,BR,0.6,90\ntight,BR,0.5,60\nwrong,XX,1,120\n=two,MX,0.6,90\n"


def every_command(group: click.Command = cli, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its words, those of groups too."""
    context = click.Context(cli)
    if not isinstance(group, click.Group):
        yield name, group
        return
    for word in group.list_commands(context):
        found = group.get_command(context, word)
        assert found is not None
        yield from every_command(found, f"{name} {word}".strip())


def test_every_command_that_answers_has_every_flag_of_output() -> None:
    """One that lacks --json cannot be used by a program that calls all others so; so is a new one."""
    known = dict(every_command())
    assert set(known) - set(NO_ANSWER) == {*REGISTER, *MANY}
    for name, found in known.items():
        flags = {flag for parameter in found.params for flag in parameter.opts}
        assert name in NO_ANSWER or flags >= FLAGS, f"{name} lacks {FLAGS - flags}"


def test_the_list_of_all_commands_says_what_each_command_says_itself() -> None:
    """The lines of the list are written without importing a command; each is the first sentence of its help."""
    context = click.Context(cli)
    for commands in OTHERS.values():
        for name, line in commands.items():
            found = cli.get_command(context, name)
            assert found is not None and found.get_short_help_str(limit=100) == line


def test_a_command_of_many_cases_has_a_schema_and_columns(command: Cli) -> None:
    """Those that help lists, and no other: what is written with --json can be validated."""
    assert set(MANY) == set(OTHERS["Many cases"])
    for name, (outputs, rows) in MANY.items():
        assert json.loads(command("data", "show", "schema", name).out) == schema_of({name: type_at(outputs)})
        columns = json.loads(command("data", "show", name, "--json").out)["outputs"]
        assert [column["name"] for column in columns] == list(type_at(rows).model_fields)


@pytest.fixture
def batch(command: Cli, inline: None) -> Cli:
    """A batch of four cases: two plans, one without, one that cannot be read; with no worker processes."""
    Path("cases.csv").write_bytes(CASES)
    return lambda *words, stdin=None: command("batch", "cases.csv", *words, stdin=stdin)


def answer_of(text: str) -> Any:
    """The JSON of an answer, which fits its schema and has its digest."""
    told = json.loads(text)
    read_back(text, ManyOut)
    assert told["digest"] == digest_of(told)
    return told


def test_json_has_the_rows_of_the_csv(batch: Cli) -> None:
    """Cell by cell, under the same columns: 36877337.52 in the one is no 36877337.5 in the other."""
    by_csv = list(csv.DictReader(io.StringIO(batch("--csv", "-q").out)))
    ran = batch("--json")
    told = answer_of(ran.out)["outputs"]
    assert ran.status == 6 and "1 infeasible, 1 invalid, 2 plan" in ran.err
    assert told["by_status"] == {"infeasible": 1, "invalid": 1, "plan": 2} and told["cases"] == 4
    assert [column["name"] for column in told["columns"]] == list(COLUMNS) == list(by_csv[0])
    assert all(column["description"] for column in told["columns"]) and told["written"] == []
    for row, cells in zip(told["rows"], by_csv, strict=True):
        assert list(row) == list(cells)
        for name, value in row.items():
            cell = cells[name].removeprefix("'")
            same = Decimal(cell) == Decimal(str(value)) if isinstance(value, int | float) else (value or "") == cell
            assert same, (name, value, cell)


def test_json_beside_a_file_of_rows_says_where_they_are(batch: Cli) -> None:
    """The file is the one that is written without --json; the answer has no rows, and names both files."""
    ran = batch("-o", "plans.csv", "--json", "-q")
    told = answer_of(ran.out)["outputs"]
    assert ran.status == 6 and "Written" not in ran.err
    assert told["rows"] is None and told["written"] == ["plans.csv", "plans.metadata.json"]
    assert told["by_status"] == {"infeasible": 1, "invalid": 1, "plan": 2}
    written = Path("plans.csv").read_text(encoding="utf-8")
    assert batch("-q").out == written
    ran = batch("-o", "plans.jsonl", "--md", "-q")
    assert "Written: plans.jsonl" in ran.out
    assert "case_id" not in ran.out and Path("plans.jsonl").read_text(encoding="utf-8").count("\n") == 4


@pytest.mark.parametrize("form", ["json", "md"])
def test_an_answer_in_a_file_is_that_on_stdout(batch: Cli, form: str) -> None:
    """By the flag or by the name of the file; nothing else is left, neither metadata nor a journal."""
    told = batch(f"--{form}", "-q").out
    for words in (["-o", f"plans.{form}"], [f"--{form}", "-o", f"plans.{form}"]):
        ran = batch(*words)
        assert (ran.status, ran.out) == (6, "") and f"Written: plans.{form}" in ran.err
        assert Path(f"plans.{form}").read_text(encoding="utf-8") == told
    assert files(Path()) == {"cases.csv", f"plans.{form}"}


def test_markdown_says_how_many_rows_it_leaves_out(batch: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short columns of the first rows, and a sentence: a reader of the table takes it for the whole else."""
    whole = batch("--md", "-q").out
    assert "Shown" not in whole and whole.count("\n| ") == 2 + 3 + 2 + 4
    monkeypatch.setattr(summary, "MOST_IN_MARKDOWN", 2)
    some = batch("--md", "-q", "--columns", "case_id,cost_usd").out
    assert "Shown: the first 2 of 4 rows." in some and "| case_id | cost_usd |" in some
    assert "| tight |  |" in some and "wrong" not in some and "| plan | 2 |" in some


@pytest.mark.parametrize("piped", [False, True])
def test_more_cases_than_a_document_takes_are_refused(
    command: Cli, inline: None, monkeypatch: pytest.MonkeyPatch, piped: bool
) -> None:
    """Before any is solved where their number is known; all rows of a million cases are made in memory else."""
    monkeypatch.setattr(summary, "MOST_IN_JSON", 3)
    Path("cases.csv").write_bytes(CASES)
    if not piped:
        monkeypatch.setattr("optimizer.batch.engine.solve_all", None)
    refused = command("batch", "-" if piped else "cases.csv", "--json", stdin=CASES if piped else None)
    assert refused.status == 2 and "at most 3 cases" in one_message(refused) and "-o plans.csv --json" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--json", "--csv"], "--json and --csv are two forms"),
        (["--csv", "--format", "jsonl"], "--csv and --format jsonl are two forms"),
        (["--json", "--format", "csv"], "leave out --format"),
        (["--json", "-o", "plans.md"], "ends in .md"),
        (["--csv", "-o", "plans.json"], "ends in .json"),
        (["--json", "--csv-for", "pt-BR"], "--csv-for is for CSV"),
        (["-o", "plans.html"], "cannot be written"),
    ],
)
def test_flags_that_contradict_one_another_are_refused(batch: Cli, words: list[str], said: str) -> None:
    """What would be read and not used, or written under a name that promises something else."""
    refused = batch(*words)
    assert refused.status == 2 and said in one_message(refused)
    assert files(Path()) == {"cases.csv"}


def test_a_sweep_answers_as_a_batch_does(command: Cli, inline: None) -> None:
    """Its inputs are its axes; what only looks at a grid, or writes its cases, writes no JSON."""
    grid = ["sweep", "--country", "BR,MX", "--max-mw", "0.6", "--deadline", "90d"]
    told = answer_of(command(*grid, "--json", "-q").out)
    assert told["question"] == "sweep" and told["outputs"]["cases"] == 2
    assert told["inputs"] == {"country": ["BR,MX"], "max_mw": ["0.6"], "deadline_days": ["90d"]}
    assert command(*grid, "--md", "-q").out.startswith("# Plans of sweep\n")
    for flag in ("--dry-run", "--cases"):
        refused = command(*grid, flag, "--json")
        assert refused.status == 2 and flag in one_message(refused)


def test_an_atlas_tells_what_it_wrote(command: Cli, inline: None) -> None:
    """The rows are those of the files beside its views, each with the name of its view."""
    pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")
    from optimizer.atlas.summary import AtlasOut

    words = ["atlas", "-q", "--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d"]
    told = json.loads(command(*words, "--json").out)
    read_back(json.dumps(told), AtlasOut)
    out = told["outputs"]
    assert out["folder"] == "atlas" and sum(out["by_status"].values()) == out["cases"] == 2 * 2 + 2 + 4
    assert out["files"] == len([path for path in Path("atlas").rglob("*") if path.is_file()])
    assert out["size_bytes"] == sum(path.stat().st_size for path in Path("atlas").rglob("*") if path.is_file())
    rows = list(csv.DictReader(io.StringIO(command(*words, "--csv").out)))
    for view in out["views"]:
        assert (Path("atlas") / view["page"]).is_file() and view["countries"] == 2
        with (Path("atlas") / view["csv"]).open(encoding="utf-8", newline="") as stream:
            own = list(csv.DictReader(stream))
        assert [{k: v for k, v in row.items() if k != "view"} for row in rows if row["view"] == view["view"]] == own
    markdown = command(*words, "--md", "--lang", "es").out
    assert all(f"## {view['title'].partition(' ·')[0]}" not in markdown for view in out["views"])
    assert markdown.count("\n## ") == 2 and "US$" in markdown


@pytest.mark.parametrize(
    ("word", "topic"),
    [
        ("limits", "plan"),
        ("--max-mw", "plan"),
        ("json", "forms"),
        ("exit", "statuses"),
        ("dask", "batch"),
        ("plans", "plan"),
    ],
)
def test_the_guide_finds_a_topic_by_what_it_tells(command: Cli, word: str, topic: str) -> None:
    """Spelling alone gave limitations for limits, and largest for flags."""
    refused = command("guide", "--", word)
    assert refused.status == 2 and topic in one_message(refused).partition("Topics")[0].partition("did you mean")[2]
