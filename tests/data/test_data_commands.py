"""data list, data show, data package, data dictionary and cite: the same figures in every form, and every schema."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from commands import EASY, Cli, one_message
from pydantic import BeforeValidator
from worlds import LIVE

from optimizer.answers.form.envelope import schema_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.reference import data_list
from optimizer.reference.data_show import entries
from optimizer.reference.law import document as law_document
from optimizer.reference.law import law_answer
from optimizer.reference.law_outputs import LawRow
from optimizer.render.csv import frictionless_type
from optimizer.service import REGISTER, references


def as_csv(command: Cli, *arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(command(*arguments, "--csv").out)))


def as_json(command: Cli, *arguments: str) -> Any:
    return json.loads(command(*arguments, "--json").out)["outputs"]


# --- data list ------------------------------------------------------------------------------------------------------


def test_the_kinds_are_those_that_can_be_listed() -> None:
    """A kind that help offers and nothing lists would be a traceback."""
    assert tuple(data_list.KINDS) == references.KINDS


@pytest.mark.parametrize("kind", references.KINDS)
def test_a_list_tells_the_same_in_every_form(command: Cli, kind: str) -> None:
    """Each entry a row, each figure the same digits as in JSON; a figure that is not known is empty, and never 0.

    Whether a set is the default is true in JSON, 1 in CSV, and yes in words."""
    told, rows = as_json(command, "data", "list", kind), as_csv(command, "data", "list", kind)
    assert [list(entry) for entry in told] == [list(row) for row in rows]
    assert [{name: _csv(value) for name, value in entry.items()} for entry in told] == rows
    shown = command("data", "list", kind).out.splitlines()
    assert len(shown) == 1 + len(rows)
    for line, row in zip(shown[1:], rows, strict=True):
        words = {**row, "default": {"1": "yes", "0": "no"}[row["default"]]} if "description" in row else row
        # for people thousands have separators
        assert line.replace(",", "").split() == " ".join(words.values()).replace(",", "").split()


def _csv(value: str | int | bool | None) -> str | int:
    return str(int(value)) if isinstance(value, bool) else value or ""


def test_the_number_of_entries_of_each_kind(command: Cli, frozen: Catalogue) -> None:
    """Without a kind they are counted, in JSON too."""
    told = as_json(command, "data", "list")
    assert [entry["kind"] for entry in told] == list(references.KINDS)
    assert told[0] == {"kind": "accelerators", "count": len(frozen.accelerators)}
    assert all(len(as_json(command, "data", "list", entry["kind"])) == entry["count"] for entry in told)


def test_figures_are_text_in_json_and_numbers_in_rows(command: Cli) -> None:
    """312.5 TFLOP/s of an A100: as a float in JSON it would be read with other digits than were written."""
    first = as_json(command, "data", "list", "accelerators")[0]
    assert (first["bf16_tflops"], first["fp8_tflops"], first["class"]) == ("312.5", None, "3A090.a")
    types = {row["name"]: row["type"] for row in as_json(command, "data", "show", "listed", "accelerator")}
    assert (types["bf16_tflops"], types["class"], types["id"]) == ("number", "string", "string")


# --- data show ------------------------------------------------------------------------------------------------------


def test_an_entry_as_rows(command: Cli) -> None:
    """Every figure with its section; those that are estimates are marked."""
    sections, rows = as_json(command, "data", "show", "BR"), as_csv(command, "data", "show", "BR")
    flat = [
        (title, line["name"], line["value"], line.get("unit", "")) for title, some in sections.items() for line in some
    ]
    assert [(row["section"], row["name"], row["value"], row["unit"]) for row in rows] == flat
    assert {"name", "value"} <= set(sections["Brazil (BR)"][0]) <= {"name", "value", "meaning", "unit", "estimate"}
    marked = [line.get("estimate") == "yes" for some in sections.values() for line in some]
    assert [row["is_estimate"] == "1" for row in rows] == marked


def test_the_columns_of_every_table_of_every_question(command: Cli) -> None:
    """By the name of the row type, and of a question that writes one table by its own: no column without a meaning."""
    for question in REGISTER.values():
        names = [references.table_name(where) for where in question.rows]
        for name, row_type in zip(names, question.row_types(), strict=True):
            told = as_json(command, "data", "show", *name.split())
            assert [column["name"] for column in told] == list(row_type.model_fields), name
            assert all(column["description"] for column in told), name
        own = command("data", "show", *question.name.split())
        if len(names) == 1:
            assert own.out == command("data", "show", *names[0].split()).out
        elif question.name not in names:
            assert all(name in one_message(own) for name in names)
    assert [column["name"] for column in as_json(command, "data", "show", "case")] == list(Case.model_fields)


def test_every_table_of_the_folder_by_its_name(command: Cli) -> None:
    """Each one that the list has, with as many sections as rows. One of them was refused though the guide names it."""
    tables = as_json(command, "data", "list", "tables")
    assert "offers" in {table["name"] for table in tables} and len(tables) > 15
    for table in tables:
        shown = as_json(command, "data", "show", f"{table['name']}.csv")
        assert len(shown) == int(table["rows"]) > 0, table["name"]
        by_name = command("data", "show", table["name"])
        assert by_name.status == 0
        if table["name"] != "ways":  # also the name of a command
            assert by_name.out == command("data", "show", f"{table['name']}.csv").out


def test_rows_of_a_table_by_a_word_of_theirs(command: Cli, frozen: Catalogue) -> None:
    """Only those that have all the words; a word that no row has is an error, and so is a table that is none."""
    some = as_json(command, "data", "show", "offers", "br", "H100")
    assert len(some) == sum(row.country == "BR" and row.accelerator == "h100" for row in frozen.offers) > 0
    refused = command("data", "show", "offers", "XX")
    assert refused.status == 2 and '"XX": no row of offers has it' in one_message(refused)
    near = command("data", "show", "ofers")
    assert near.status == 2 and "did you mean offers?" in one_message(near) and "optimizer data list tables" in near.err


def test_no_two_tables_share_a_name() -> None:
    """The columns of one of them could not be shown."""
    places = {where for question in REGISTER.values() for where in question.rows}
    assert len({references.table_name(where) for where in places}) == len(places)


def test_the_schema_of_every_question(command: Cli) -> None:
    """As text the schema itself, to be piped into a validator; without a name that of plan; none of another name."""
    for name, question in REGISTER.items():
        ran = command("data", "show", "schema", *name.split())
        assert json.loads(ran.out) == schema_of(question.outputs_types()), name
        assert as_json(command, "data", "show", "schema", *name.split()) == json.loads(ran.out)
    assert command("data", "show", "schema").out == command("data", "show", "schema", "plan").out
    refused = command("data", "show", "schema", "nothing")
    assert refused.status == 2
    assert '"nothing" has no schema: ' in one_message(refused) and "data list" in refused.err and "sweep" in refused.err
    # of one word of a name of two, that name alone
    assert one_message(command("data", "show", "schema", "list")).rstrip() == 'Error: "list" has no schema: data list'


FREE = ("inputs", "settled", "provenance", "bases", "assumption_sets", "cloud_abroad", "cost_terms_usd")
"""Objects of an answer whose keys are names of the data, not of the schema."""


def paths(part: Any, path: str = "") -> Iterator[str]:
    """The path of every field inside a part of an answer, as the rows of a schema have it."""
    if isinstance(part, dict):
        for key, inner in part.items():
            is_free = path.rpartition(".")[2] in FREE
            here = f"{path}.*" if is_free else f"{path}.{key}" if path else key
            yield from () if is_free else (here,)
            yield from paths(inner, here)
    for inner in part if isinstance(part, list) else ():
        yield from paths(inner, f"{path}[]")


def test_the_fields_of_a_schema_are_those_of_an_answer(command: Cli) -> None:
    """Every key of an answer stands among the rows of its schema, with the same path and a type."""
    rows = {row["path"]: row for row in as_csv(command, "data", "show", "schema")}
    told = json.loads(command("plan", *EASY, "--json").out)
    found = {path for path in paths(told) if not path.startswith("provenance")}
    assert "outputs.bases.*.items[].servers" in found
    assert found <= set(rows)
    assert all(row["type"] for row in rows.values())
    assert rows["outputs.status"]["choices"] == "plan;infeasible"
    assert rows["outputs.plan.items[].servers"]["type"] == "integer"
    assert rows["outputs.plan.items[].server_days_exact"]["type"] == "string"


def test_a_schema_that_holds_itself_ends() -> None:
    """A part inside itself is followed once: else the rows would never end."""
    node = {"type": "object", "properties": {"inner": {"$ref": "#/$defs/Node"}, "size": {"type": "integer"}}}
    schema = {"$defs": {"Node": node}, "properties": {"root": {"$ref": "#/$defs/Node"}}}
    assert [row.path for row in entries(schema)] == ["root", "root.inner", "root.size"]


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (Decimal | None, "number"),
        (Annotated[float, BeforeValidator(str)] | None, "number"),
        (int | None, "integer"),
        (bool, "boolean"),
        (str | None, "string"),
        (int | str, "string"),
        (Literal["point", "maintenance"], "string"),
        (Literal["float", "bool"] | None, "string"),
        (tuple[int, ...], "string"),
    ],
    ids=str,
)
def test_the_type_of_a_column(annotation: Any, kind: str) -> None:
    """Read off the type, not off its spelling: the word "point" has an int in it, and is none."""
    assert frictionless_type(annotation) == kind


# --- package, dictionary, cite, law ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "fence"),
    [(["data", "package"], "```json"), (["data", "dictionary"], ""), (["data", "show", "schema"], "```json")],
    ids=str,
)
def test_what_is_json_or_markdown_by_nature_stays_so(command: Cli, arguments: list[str], fence: str) -> None:
    """Never wrapped nor escaped, as text and in Markdown: a data dictionary with broken rows is none."""
    text, markdown = command(*arguments).out, command(*arguments, "--md").out
    wanted = f"{fence}\n{text}```" if fence else text.rstrip()
    assert markdown.strip() == wanted.strip()
    assert json.loads(text) if fence else text.startswith("# Data dictionary")


def test_the_dictionary_as_data(command: Cli) -> None:
    """Each column of each table once, as a row and in JSON, with what bounds it."""
    rows, tables = as_csv(command, "data", "dictionary"), as_json(command, "data", "dictionary")["tables"]
    assert [(row["table"], row["column"]) for row in rows] == [
        (table["name"], column["column"]) for table in tables for column in table["columns"]
    ]
    found = {(row["table"], row["column"]): row for row in rows}
    assert found["accelerators", "tdp_w"] == {
        **{"table": "accelerators", "column": "tdp_w", "type": "number", "unit": "W", "is_required": "1"},
        **{"is_key": "0", "bounds": "> 0", "pattern": "", "meaning": "thermal design power of one device"},
    }
    assert {column for (table, column), row in found.items() if table == "efficiency" and row["is_key"] == "1"} == {
        *("assumption_set", "accelerator", "precision", "architecture")
    }


def test_the_citation_as_bibtex(command: Cli, frozen: Catalogue) -> None:
    """Two entries with balanced braces, the version and the digest of the data: what a bibliography takes in."""
    told = command("cite", "--bibtex").out
    assert told.count("@misc{") == 2 and told.count("{") == told.count("}")
    assert f"version = {{{frozen.version}}}" in told and frozen.digest in told


def test_what_is_cited_is_never_broken_into_lines(command: Cli, frozen: Catalogue) -> None:
    """It is copied into a paper: the digest stands on one line with what it is of, and is the same as data."""
    told, shown = as_json(command, "cite"), command("cite").out.splitlines()
    assert shown[:2] == [told["program"], told["data"]] and frozen.digest in told["data"]
    rows = {row["what"]: row for row in as_csv(command, "cite")}
    assert rows["data"]["sha256"] == frozen.digest and rows["data"]["licence"] == told["licence"]


def test_the_law_as_rows(live: Catalogue) -> None:
    """Each rule once, in the order of the card; where none speaks of it, a row says that it is not cleared."""
    answer = law_answer(live, "h100", "CN")
    rows = law_document(live, answer, {}).rows
    assert rows is not None
    found: list[Any] = [row for row in rows.make() if isinstance(row, LawRow)]
    told: list[tuple[str, Any]] = [("route", answer.routes), ("buyer", answer.buyer), ("bill", answer.bills)]
    assert [(row.kind, row.rule) for row in found] == [(kind, rule.rule) for kind, some in told for rule in some]
    assert all(row.status and row.meaning and row.source for row in found)
    assert {row.chip_class for row in found} == {answer.chip_class}
    silent = law_document(live, answer.model_copy(update={"routes": ()}), {}).rows
    assert silent is not None
    assert [(row.kind, row.usable) for row in silent.make() if isinstance(row, LawRow)][-1] == ("none", False)


@pytest.mark.parametrize(
    ("lang", "heads", "meaning"),
    [
        ("es", " nombre  filas  significado", "Un modelo que entrenar."),
        ("pt", " nome  linhas  significado", "Um modelo para treinar."),
    ],
)
def test_a_list_has_its_headings_and_meanings_in_the_language_and_its_names_as_typed(
    command: Cli, lang: str, heads: str, meaning: str
) -> None:
    """Over English texts stood "rows" and "meaning"; and the table accelerators was called aceleradores, which is no
    name that data show takes."""
    out = command("data", "list", "tables", "--lang", lang, "--data", str(LIVE)).out
    assert " ".join(heads.split()) in " ".join(out.splitlines()[0].split()) and meaning in out
    assert " accelerators " in out and "A model to train." not in out
