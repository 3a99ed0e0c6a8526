"""What plans rest on: the law, the data with their sources, what holds them against the world, and how to cite them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from optimizer.errors import DataError, InputError, UsageError
from optimizer.service.register import MANY, REGISTER, Asked, Parameter, question, type_at
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    from types import UnionType

    from pydantic import BaseModel

    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain.evidence import RealRun
    from optimizer.errors import Problem
    from optimizer.reference.figure_lines import Sheet
    from optimizer.reference.law_outputs import LawAnswer, LawOfCountry
    from optimizer.validation import Evidence

KINDS = (
    *("accelerators", "countries", "regions", "workloads", "projects", "ways", "rules", "assumptions", "defaults"),
    *("tables", "schemas"),
)
"""Kinds of entries that are listed."""
SHOWN_ROWS = 20
"""Rows of a table that are printed as text; the other forms have all."""
VIEWS = ("mfu", "goodput", "overhead", "scale")
"""Views of efficiency, with the rows that they rest on."""


@question(
    "law",
    "Data and checks",
    Parameter(
        "accelerator", "Id or name of the accelerator: h100; all of them without it.", "argument", "[ACCELERATOR]"
    ),
    Parameter("country", "Country of destination: VN, or Viet Nam.", "argument", "COUNTRY"),
    Parameter("date", "The day whose law applies, YYYY-MM-DD; that of the data by default.", metavar="DAY"),
    Parameter("rules", "Export rule set (optimizer data list rules).", metavar="ID"),
    outputs=("reference.law_outputs:LawAnswer", "reference.law_outputs:LawOfCountry"),
    rows="reference.law_outputs:LawRow",
    takes_case=False,
)
def law(asked: Asked) -> Document:
    """Say what the export rules require: class, licence, time, caps, with the rule and its source.

    \b
    optimizer law VN
    optimizer law h100 VN
    optimizer law h100 AE --date 2024-06-01
    optimizer law "rtx 4090" CN --rules diffusion-2025

    COUNTRY is a country of the data, or China.
    """
    from optimizer.errors import Problem
    from optimizer.reference.law import document, law_answer, law_of_country

    own = dict(asked.own)
    catalogue, chip, country = asked.catalogue, own["accelerator"], own["country"]
    if country is None and (chip is None or catalogue.known("accelerator", chip) is not None):
        remedy = say("an accelerator may come before it")
        raise InputError([Problem(say("is needed"), column="country", remedy=remedy)])
    if country is None:  # one word, where the accelerator would be
        chip, country = None, chip
        own |= {"accelerator": chip, "country": country}
    answer: LawAnswer | LawOfCountry
    if chip is None:
        answer = law_of_country(catalogue, country, own["date"], own["rules"])
    else:
        answer = law_answer(catalogue, chip, country, own["date"], own["rules"])
    return document(catalogue, answer, {name: value for name, value in own.items() if value is not None})


@question(
    "data list",
    "Data and checks",
    Parameter("kind", "The kind of entries; without it, the list of kinds.", "argument", "[KIND]", choices=KINDS),
    outputs="reference.data_list:ListOut",
    rows=(
        "reference.data_list:ListedKindRow",
        "reference.data_list:ListedAcceleratorRow",
        "reference.data_list:ListedCountryRow",
        "reference.data_list:ListedWorkloadRow",
        "reference.data_list:ListedProjectRow",
        "reference.data_list:ListedWayRow",
        "reference.data_list:ListedSetRow",
        "reference.data_list:ListedDefaultRow",
        "reference.data_list:ListedTableRow",
        "reference.data_list:ListedSchemaRow",
    ),
    takes_case=False,
)
def data_list(asked: Asked) -> Document:
    """List the entries of a kind: accelerators, countries, workloads, ways, rules, tables, schemas and others.

    Without a kind, count them.
    """
    from optimizer.reference.data_list import document

    many = dict.fromkeys(MANY, mark("Solve many cases, and write the plan of each as a row."))
    schemas = {entry.name: entry.summary for entry in REGISTER.values()} | many
    return document(asked.catalogue, asked.own["kind"], schemas)


@question(
    "data show",
    "Data and checks",
    Parameter("names", "An entry, or a table or schema with its name.", "argument", "NAME", many=True, required=True),
    outputs=("reference.data_show:SheetOut", "reference.data_show:ColumnsOut", "reference.data_show:SchemaOut"),
    rows=("reference.data_show:FigureRow", "reference.data_show:ColumnRow", "reference.data_show:EntryRow"),
    takes_case=False,
)
def data_show(asked: Asked) -> Document:
    """Show one entry, or a whole table, with every figure, its unit, source, date and whether it is an estimate.

    NAME is an accelerator (h100), a country (BR), a workload, a way to train, a national project, a rule set, a rule
    (LIC_D1_D4) or an assumption set. It may also be a table of the data folder (offers, supply, usual_ranges:
    optimizer data list tables); further words then choose the rows that contain them.

    Or NAME is one of these: case (the columns of a cases file); plan (the columns of the plan CSV); tornado, draw or
    robust (those of sensitivity); another command (the columns of its CSV); schema (the JSON Schema of --json; schema
    explain is that of the command explain).

    \b
    optimizer data show mfu h100      efficiency, the ratios to other generations, and the rows that they come from
    optimizer data show goodput       share of the time that makes progress (goodput h100: of one accelerator)
    optimizer data show overhead      compute beyond the final run
    optimizer data show scale         how the sizes of cluster and model, and several sites, change the efficiency
    optimizer data show offers BR     the public offers to rent in Brazil
    optimizer data show ways.csv      a table that has the same name as a command
    """
    from optimizer.answers.form.envelope import schema_of
    from optimizer.reference.data_sheets import sheet
    from optimizer.reference.data_show import columns_document, figures_document, schema_document
    from optimizer.reference.data_tables import SUFFIX, table_named, table_sheet

    names, known = tuple(asked.own["names"]), asked.catalogue
    name = " ".join(names)
    if len(names) == 1:  # one text, where a door takes a single value; of several, each may have words: Viet Nam
        names = tuple(name.split()) or names
    if names[0] == "schema":
        return schema_document(known, names, schema_of(_outputs_types(" ".join(names[1:]) or "plan")))
    table = table_named(names[0])
    if (row_type := _row_type(name)) is not None and not name.endswith(SUFFIX):
        return columns_document(known, names, row_type)
    if table is not None:
        return figures_document(known, names, table_sheet(known, table, names[1:]), shown=SHOWN_ROWS)
    found = _efficiency_view(known, names) if names[0] in VIEWS else None
    return figures_document(known, names, found or sheet(known, name))


def _efficiency_view(known: Catalogue, names: Sequence[str]) -> Sheet | None:
    from optimizer.reference.evidence_sheets import efficiency_view

    return efficiency_view(known, names)


def _outputs_types(name: str) -> Mapping[str, type[BaseModel] | UnionType]:
    """The types of the outputs of a question, or of a command of many cases, by the question of the answer.

    Raises:
        UsageError: there is none.
    """
    if name in MANY:
        return {name: type_at(MANY[name][0])}
    if (entry := REGISTER.named(name)) is None:
        known = ", ".join([each for each in REGISTER if each.endswith(f" {name}")] or [*REGISTER, *MANY])
        raise UsageError(say('"{name}" has no schema: {known}', name=name, known=known))
    return entry.outputs_types()


def _row_type(name: str) -> type[BaseModel] | None:
    """The type of the rows of a table: of cases, or what a question writes as CSV; None of another name.

    A question that writes one table gives it its own name, too; a table is named after the type of its rows.

    Raises:
        UsageError: the question writes several tables.
    """
    found = described()
    if name in REGISTER and name not in found:
        tables = ", ".join(map(table_name, REGISTER[name].rows))
        raise UsageError(say('"{name}" writes several tables: name one of {tables}', name=name, tables=tables))
    return type_at(found[name]) if name in found else None


def described() -> dict[str, str]:
    """Where the type of every table of rows stands, by each name of the table: its columns can be shown."""
    found = {table_name(where): where for entry in REGISTER.values() for where in entry.rows}
    found |= {entry.name: entry.rows[0] for entry in REGISTER.values() if len(entry.rows) == 1}
    found |= {name: rows for name, (_, rows) in MANY.items()}
    return found | {"case": "domain:Case", "feed": "domain.feed:Feed"}


def table_name(where: str) -> str:
    """``answers.plan.row:PlanRow`` -> plan."""
    words = re.findall("[A-Z][a-z0-9]*", where.rpartition(":")[2])
    return " ".join(words[:-1]).lower()


@question(
    "data package",
    "Data and checks",
    outputs="reference.datapackage:PackageOut",
    rows="reference.dictionary:DictionaryRow",
    takes_case=False,
)
def data_package(asked: Asked) -> Document:
    """Print the description of the data folder as a Frictionless data package (its datapackage.json)."""
    from optimizer.reference.datapackage import document

    return document(asked.catalogue)


@question(
    "data dictionary",
    "Data and checks",
    outputs="reference.dictionary:DictionaryOut",
    rows="reference.dictionary:DictionaryRow",
    takes_case=False,
)
def data_dictionary(asked: Asked) -> Document:
    """Print the data dictionary: every table and column with type, unit, bounds and meaning (Markdown)."""
    from optimizer.reference.dictionary import document

    return document(asked.catalogue)


@question(
    "reproduce",
    "Data and checks",
    Parameter("study", "Name of the study: study-2025.", "argument", "STUDY", choices=("study-2025",), required=True),
    outputs="reference.study:StudyOut",
    rows="reference.study:StudyRow",
    takes_case=False,
)
def reproduce(asked: Asked) -> Document:
    """Solve the cells of the source study and print our figures next to the published ones.

    study-2025: Brazil and Mexico, H100 and A100, 90 and 150 days, under both readings of the published figures and
    under the measured evidence (arXiv 2510.19801).
    """
    from optimizer.reference.study import document
    from optimizer.validation.study import reproduce as solve

    return document(solve(asked.catalogue), asked.catalogue)


@question(
    "validate",
    "Data and checks",
    Parameter(
        "what", "power: the supply of a site, compared with REopt and PyPSA.", "argument", "[WHAT]", choices=("power",)
    ),
    Parameter(
        "cases", "With power: only this case, such as R1; may be repeated.", metavar="NAME", flag="--case", many=True
    ),
    Parameter("runs", "Further runs, in the columns of data/real_runs.csv.", metavar="FILE.csv"),
    outputs=("reference.validation_outputs:ValidationOut", "reference.power_validation:PowerValidationOut"),
    rows="reference.validation_outputs:ValidationRow",
    takes_case=False,
)
def validate(asked: Asked) -> Document:
    """Compare the tool with the world: published sums, measured throughput and real training runs next to ours.

    With --runs, it compares further runs instead: for each run, its band and whether the band covers it; then how many
    runs are covered. A column scope separates a single run from a whole programme, continued training or a distilled
    model; only single_run counts. With the word power, it compares the supply of a site instead: cases that REopt and
    PyPSA solved are solved again (about a minute).

    \b
    optimizer validate
    optimizer validate power
    optimizer validate --runs further_runs.csv
    """
    from optimizer.reference.validation import document
    from optimizer.validation import load_evidence
    from optimizer.validation.comparison import validate as hold

    if asked.own["what"] == "power":
        return _power_check(asked)
    if asked.own["cases"]:
        raise UsageError(say("--case needs the word power: optimizer validate power --case R1"))
    evidence, file = load_evidence(asked.catalogue), asked.own["runs"]
    if file is None:
        return document(hold(evidence, None), asked.catalogue)
    runs, problems = _further_runs(file, evidence, asked)
    return document(hold(evidence, runs, problems), asked.catalogue, file)


def _power_check(asked: Asked) -> Document:
    """The supply of a site compared with other programs."""
    from optimizer.reference.power_validation import document
    from optimizer.validation.power import hold

    if asked.own["runs"] is not None:
        raise UsageError(say("--runs does not work with the word power: the cases of the supply are in the data"))
    try:
        found = hold(asked.catalogue.folder, asked.own["cases"], asked.step)
    except DataError as error:
        if all(problem.column == "cases" for problem in error.problems):
            raise InputError(error.problems) from error
        raise
    return document(found, asked.catalogue, asked.own["cases"])


def _further_runs(file: str, evidence: Evidence, asked: Asked) -> tuple[tuple[RealRun, ...], tuple[Problem, ...]]:
    """The runs of the user's file, or of stdin where it is named -, and the problems of the rows left out."""
    from optimizer.validation.further import read_runs

    warnings: list[str] = []
    content = sys.stdin.buffer.read() if file == "-" else None
    found = read_runs("stdin" if file == "-" else file, evidence, warnings, content)
    for warning in warnings:
        asked.note(say("Warning: {words}", words=warning))
    return found


@question(
    "cite",
    "Data and checks",
    Parameter("bibtex", "As BibTeX entries, for a bibliography.", "switch"),
    outputs="reference.citation:CitationOut",
    rows="reference.citation:CitationRow",
    takes_case=False,
)
def cite(asked: Asked) -> Document:
    """Say how to cite the program and its data."""
    from optimizer.reference.citation import document

    return document(asked.catalogue, bibtex=bool(asked.own["bibtex"]))
