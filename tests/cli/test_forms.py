"""Every command in every form: its CSV is what its metadata say, and its JSON fits the schema of its question.

The commands are listed here by name, and each is run once, as people run it; a question that is not listed fails.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from commands import EASY, TIGHT, validator
from inline import Inline
from worlds import FROZEN, LIVE

from optimizer.answers.form.blocks import left
from optimizer.answers.form.document import Document, Grounds, Line, Section, Table
from optimizer.answers.plan.row import COLUMNS
from optimizer.batch import engine
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.cli.output import write
from optimizer.face.frames import DTYPES, frame_of
from optimizer.render.csv import FORMULA_STARTS
from optimizer.render.markdown import write_document as write_markdown

CASES = "case_id,country,max_mw,deadline_days\none,BR,0.6,90\ntight,BR,0.5,60\nwrong,XX,1,120\n"
PAIR = ["--country", "MX", "--max-mw", "0.1", "--deadline", "20d", "--budget", "1M"]
FED = ["--country", "ZA", "--days-of-year", "2", "--data", "LIVE"]
"""Two days for a year: the forms of an answer are the same, and it takes a third of the time."""
OPTIONAL = ("charts", "asked")
"""Keys of the envelope that may be left out."""
COMMANDS: dict[str, tuple[list[str], ...]] = {
    "ask": (
        ["cheapest plan under 0.6 MW in 90 days"],
        ["--dry-run", "fastest plan in Mexico under 1 MW"],
        ["largest model under 5 million dollars and 1 MW in 150 days"],
    ),
    "why-not": (["rent", *EASY],),
    "plan": (EASY, TIGHT, [*EASY, "--mix", "2", "--owned", "h100=64"]),
    "power": (
        [*FED, "--max-mw", "0.5", "--deadline", "300d", "--outage", "17-21"],
        ["--break-even", *FED],
    ),
    "report": (["--use", "h100", *EASY], TIGHT, ["plans.csv"]),
    "explain": (EASY, TIGHT, PAIR),
    "compare": (["--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d"],),
    "rank": (["plans.csv"], ["plans.csv", "--by", "peak_mw", "--within", "country", "--top", "1"]),
    "alternatives": ([*EASY, "--within", "50", "--baseline", "study"], TIGHT),
    "options": (EASY,),
    "frontier": (
        ["cost", "carbon", "--max-mw", "1", "--points", "6"],
        ["cost", "compute", "--budget", "20M", "--max-mw", "1", "--points", "4"],
        ["cost", "days", "--max-mw", "0.01"],
    ),
    "largest": (["--budget", "5M", "--max-mw", "1", "--deadline", "150d"],),
    "tipping": (["tariff", "--from", "0.01", "--to", "0.3", "--max-mw", "1"],),
    "sensitivity": (
        [*EASY, "--range", "rent:h100=2:4"],  # the fictitious catalogue has no range of its own
        [*EASY, "--draws", "5", "--workers", "1"],
        ["--max-mw", "2", "--deadline", "200d", "--corners", "price:h100;price:a100", "--procurement", "buy"],
    ),
    "consortium": (["BR=0.4", "MX=0.4", "--deadline", "90d"], ["BR=0.1", "MX=0.1", "--deadline", "30d"]),
    "ways": (
        ["--workload", "llama-3.1-8b", "--country", "CL", "--max-mw", "1", "--deadline", "100d", "--data", "LIVE"],
    ),
    "law": (["h100", "VN", "--data", "LIVE"], ["h100", "AE", "--rules", "diffusion-2025", "--data", "LIVE"]),
    "data list": (
        [],
        *([kind] for kind in ("accelerators", "countries", "workloads", "ways", "rules", "assumptions", "defaults")),
        ["projects", "--data", "LIVE"],
        ["tables"],
    ),
    "data gaps": (["--over", "MX"], ["--country", "MX"]),
    "data projects": (["apertus-70b", "thaillm", "yalm-100b", "santa-marta", "--data", "LIVE"],),
    "data show": (
        ["h100"],
        ["BR", "--data", "LIVE"],
        ["LIC_B"],
        ["mfu", "h100", "--data", "LIVE"],
        ["scale", "--data", "LIVE"],
        ["case"],
        ["plan"],
        ["schema"],
        ["schema", "data", "show"],
    ),
    "data package": ([], ["--data", "LIVE"]),
    "data dictionary": ([],),
    "reproduce": (["study-2025", "--data", "LIVE"],),
    "verify": (["plan.json"],),
    "validate": (["--data", "LIVE"], ["--runs", "runs.csv", "--data", "LIVE"]),
    "cite": ([], ["--data", "LIVE"]),
    "batch": (["cases.csv", "--workers", "1"],),
    "sweep": (["--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d", "--workers", "1"],),
}
"""Command -> the flags it is run with, at least one for each kind of rows that it writes."""
MANY = ("batch", "sweep")
"""Commands that answer with rows alone, and are no questions."""
PLANS = ("plans", "Training plans")
RUNS = (
    "name,params_active,tokens,accelerator,gpu_hours,precision,scope\nLLaMA-7B,6.7e9,1e12,a100,82432,bf16,single_run\n"
)


ALL = [(name, flags) for name, variants in COMMANDS.items() for flags in variants]


def named(value: object) -> str | None:
    """Of a command in a test's name."""
    return " ".join(value) or "alone" if isinstance(value, list) else None


every_command = pytest.mark.parametrize(("name", "flags"), ALL, ids=named)
every_question = pytest.mark.parametrize(("name", "flags"), [one for one in ALL if one[0] not in MANY], ids=named)


@dataclass(frozen=True)
class Answered:
    """A command that was run: its CSV file, what its metadata say of it, and the document, of a question."""

    status: int
    metadata: Path
    header: tuple[str, ...]
    rows: int
    name: str
    title: str
    fields: tuple[dict[str, str], ...]
    document: Document | None

    def written(self, form: str) -> str:
        """The same answer in another form, as the command writes it to a file."""
        assert self.document is not None
        path = self.metadata.with_name(f"answer.{form}")
        assert list(write(self.document, form, str(path))) == [str(path)]
        return path.read_text(encoding="utf-8")


Run = Callable[[str, list[str]], Answered]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, frozen: Catalogue, live: Catalogue) -> Iterator[Run]:
    """Run a command with --csv -o, once, on the fictitious catalogue unless it names the shipped one."""
    found: dict[tuple[str, ...], Answered] = {}
    documents: list[Document] = []

    def write_and_keep(document: Document, form: str, path: str | None, **manner: Any) -> Iterable[str]:
        documents.append(document)
        return write(document, form, path, **manner)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPTIMIZER_DATA", str(FROZEN))
        known = {None: frozen, str(LIVE): live}
        patch.setattr("optimizer.catalogue.load_catalogue", lambda folder=None, packs=(): known[folder])
        patch.setattr("optimizer.cli.commands.write", write_and_keep)
        patch.setattr(engine, "LocalWorkers", Inline)
        plans = tmp_path_factory.mktemp("plans")
        (plans / "cases.csv").write_text(CASES, encoding="utf-8")
        assert run(["batch", str(plans / "cases.csv"), "-q", "-o", str(plans / "plans.csv")]) == 6

        def call(name: str, flags: list[str]) -> Answered:
            key = (name, *flags)
            if key not in found:
                patch.chdir(tmp_path_factory.mktemp("command"))
                Path("cases.csv").write_text(CASES, encoding="utf-8")
                Path("runs.csv").write_text(RUNS, encoding="utf-8")
                if name == "verify":
                    assert run(["plan", *EASY, "--json", "-q", "-o", "plan.json"]) == 0
                elif name == "rank" or flags == ["plans.csv"]:
                    shutil.copy(plans / "plans.csv", "plans.csv")
                documents.clear()
                given = [str(LIVE) if flag == "LIVE" else flag for flag in flags]
                form = [] if name in MANY else ["--csv"]
                status = run([*name.split(), *given, *form, "-q", "-o", "table.csv"])
                assert status in ((6,) if name == "batch" else (0, 3))
                found[key] = answered(status, Path("table.csv").resolve(), *documents)
            return found[key]

        yield call


def answered(status: int, path: Path, document: Document | None = None) -> Answered:
    """What a command left behind."""
    header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    metadata = path.with_name("table.metadata.json")
    about = json.loads(metadata.read_text(encoding="utf-8"))
    (resource,) = about["resources"]
    fields = tuple(resource["schema"]["fields"])
    return Answered(status, metadata, tuple(header), len(rows), resource["name"], about["title"], fields, document)


def wrong_with(metadata: Path) -> list[str]:
    """What a validator that nobody here wrote finds wrong with a file and its metadata."""
    frictionless = pytest.importorskip("frictionless", reason="the public validator is in the test extra")
    report = frictionless.validate(str(metadata))
    return [*map(str, report.errors), *(error.message for task in report.tasks for error in task.errors)]


def test_every_question_is_run() -> None:
    """A question that is not in the list above would be tested by nothing here."""
    from optimizer.service import REGISTER

    assert set(COMMANDS) == {*REGISTER, *MANY}


@every_command
def test_the_metadata_of_a_csv_are_those_of_its_columns(ran: Run, name: str, flags: list[str]) -> None:
    """Each column in its place with its type, every cell of that type, and a meaning for each; an answer has rows.

    In another order a reader that goes by position takes the days for the cost.
    """
    table = ran(name, flags)
    assert [field["name"] for field in table.fields] == list(table.header)
    assert all(field["description"] for field in table.fields)
    assert table.rows > 0 or table.status == 3
    assert wrong_with(table.metadata) == []


def undone(text: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text.startswith(tuple(f"'{sign}" for sign in FORMULA_STARTS)) else text


@every_question
def test_a_table_in_python_is_the_csv(ran: Run, name: str, flags: list[str]) -> None:
    """The file, read by pandas with the types that its metadata say, is the frame: numbers, truth values, what is
    missing. ``mfu`` and ``goodput`` were texts, and an empty text stood where nothing is known."""
    table = ran(name, flags)
    assert table.document is not None and table.document.rows is not None
    made = frame_of(table.document.rows.row_type, table.document.rows.make())
    types: Any = {field["name"]: DTYPES[field["type"]] for field in table.fields}
    read = pd.read_csv(table.metadata.with_name("table.csv"), dtype=types, keep_default_na=False, na_values=[""])
    for column in (name for name, kind in types.items() if kind == "string"):
        read[column] = read[column].map(undone, na_action="ignore").astype("string")
    pd.testing.assert_frame_equal(made, read, check_exact=True)


@every_command
def test_the_title_says_what_a_csv_is(ran: Run, name: str, flags: list[str]) -> None:
    """Plans are titled so, and nothing else is: a curve of "Training plans" is filed with the wrong tables."""
    table = ran(name, flags)
    assert ((table.name, table.title) == PLANS) == (table.header == COLUMNS)
    assert (table.name == PLANS[0]) == (table.title == PLANS[1])
    assert re.fullmatch(r"[a-z][a-z0-9-]*", table.name)
    assert re.match(r"[A-Z]", table.title) and not table.title.endswith(".")


def test_tables_with_other_columns_have_another_name(ran: Run) -> None:
    """Two kinds of rows under one name or one title could not be told apart by it."""
    columns: dict[str, set[tuple[str, ...]]] = {}
    for name, flags in ALL:
        table = ran(name, flags)
        columns.setdefault(table.name, set()).add(table.header)
        columns.setdefault(table.title, set()).add(table.header)
    assert [word for word, headers in columns.items() if len(headers) > 1] == []


@pytest.mark.parametrize("slip", ["order", "type", "name"])
def test_the_validator_finds_a_slip(ran: Run, slip: str) -> None:
    """The counterpart: were it content with fields exchanged, a wrong type or name, the tests above proved nothing."""
    table = ran("plan", EASY)
    about = json.loads(table.metadata.read_text(encoding="utf-8"))
    fields = about["resources"][0]["schema"]["fields"]
    places = {field["name"]: place for place, field in enumerate(fields)}
    if slip == "order":
        one, other = places["days"], places["cost_usd"]
        fields[one], fields[other] = fields[other], fields[one]
    elif slip == "type":
        fields[places["country"]]["type"] = "number"
    else:
        fields[places["days"]]["name"] = "hours"
    broken = table.metadata.with_name(f"{slip}.metadata.json")
    broken.write_text(json.dumps(about), encoding="utf-8")
    assert wrong_with(broken) != []


@every_question
def test_json_fits_the_schema_of_its_question(ran: Run, name: str, flags: list[str]) -> None:
    """By a validator that nobody here wrote: what the schema does not know, or has otherwise, breaks a reader."""
    schema = validator(name).schema
    told: Any = json.loads(ran(name, flags).written("json"))
    assert [error.message for error in validator(name).iter_errors(told)] == []
    # a question in plain English is answered as the one that it was read as
    assert told["question"] in ((name, "plan", "largest") if name == "ask" else (name,))
    assert told["schema_version"] == "2"
    assert list(told) == [key for key in schema["properties"] if key not in OPTIONAL or key in told]
    assert [key for key in told if key not in OPTIONAL] == schema["required"]


@every_question
def test_every_question_has_all_forms(ran: Run, name: str, flags: list[str]) -> None:
    """Text and Markdown, each written to the file that is named, with something in it."""
    text, markdown = (ran(name, flags).written(form) for form in ("text", "md"))
    assert text.strip() and markdown.strip()
    assert "\n\n\n" not in text.strip() or name == "data dictionary"
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("title", ["", "A title"])
def test_markdown_begins_with_its_first_line(title: str, frozen: Catalogue) -> None:
    """An empty first line without a title; between parts one empty line, and none at the end."""
    sections = [
        Section("", [Line("One."), Line("Two.")]),
        Section("More", [Line("a"), Line("b"), Table([left("x")], [("1",)])]),
    ]
    stream = io.StringIO()
    write_markdown(Document("plan", title, sections, dict, Grounds(frozen, {}, {})), stream)
    head = f"# {title}\n\n" if title else ""
    assert stream.getvalue() == f"{head}One.\n\nTwo.\n\n## More\n\n- a\n- b\n\n| x |\n| --- |\n| 1 |\n"
