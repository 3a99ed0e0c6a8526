"""What the plans rest on: data list, data show, cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.output import catalogue, console, data_flags, write_json
from optimizer.errors import UsageError

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue

KINDS = ("accelerators", "countries", "workloads", "ways", "rules", "assumptions", "defaults")


@click.group()
def data() -> None:
    """List and show the data behind the plans, with their sources."""


@data.command("list")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA).")
def list_data(kind: str | None, as_json: bool, folder: str | None) -> None:
    """List accelerators, countries, workloads, ways, rules, assumptions or defaults; without a kind, count them."""
    from optimizer.reference.data_sheets import listing

    known = catalogue(folder)
    if kind is None:
        for name in KINDS:
            click.echo(f"{len(listing(known, name)):4}  {name}")
        return
    rows = listing(known, kind)
    if as_json:
        import sys

        write_json(rows, sys.stdout)
        return
    from rich.table import Table

    from optimizer.render.text import print_table

    table = Table(box=None, pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "))
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    print_table(console(), table)


@data.command("show")
@click.argument("names", metavar="NAME", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@data_flags
def show(names: tuple[str, ...], as_json: bool, folder: str | None, packs: tuple[str, ...]) -> None:
    """Show one entry with every figure, its unit, source, date and whether it is an estimate.

    NAME is an accelerator (h100), a country (BR), a workload, a way to train, a rule set, a rule (LIC_D1_D4), an
    assumption set; or one of: case (the columns of a cases file), plan (the columns of the plan CSV), tornado, draw or
    robust (those of sensitivity), schema (the JSON Schema of --json; schema explain, alternatives, frontier, largest,
    sensitivity, tipping or ways: of these commands).

    \b
    optimizer data show mfu h100      efficiency, the ratios to other generations, and the rows they rest on
    optimizer data show goodput       share of the time that makes progress (goodput h100: of one accelerator)
    optimizer data show overhead      compute beyond the final run
    optimizer data show scale         what the sizes of cluster and model, and several sites, do to efficiency
    """
    import sys

    known = catalogue(folder, packs)
    efficiency = _efficiency(known, names)
    if efficiency is not None:
        write_json(efficiency, sys.stdout) if as_json else _print_sheet(efficiency, known)
        return
    name = " ".join(names)
    if names[0] == "schema":
        write_json(_schema(" ".join(names[1:])), sys.stdout)
        return
    if name in _DICTIONARIES:
        _dictionary(name, as_json)
        return
    from optimizer.reference.data_sheets import sheet

    sections = sheet(known, name)
    if as_json:
        write_json(sections, sys.stdout)
        return
    _print_sheet(sections, known)


_SCHEMAS = {
    "": "plan_data:Envelope",
    "alternatives": "alternatives:ChoicesEnvelope",
    "consortium": "consortium_shapes:ConsortiumEnvelope",
    "explain": "explain:ExplainEnvelope",
    "frontier": "frontier:FrontierEnvelope",
    "largest": "largest:LargestEnvelope",
    "sensitivity": "sensitivity_shapes:SensitivityEnvelope",
    "tipping": "tipping:TippingEnvelope",
    "ways": "ways:WaysEnvelope",
}
"""Command -> where the type of its --json stands in optimizer/answers; plan and ask share the first."""


def _schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command prints with --json; of plan and ask if none is named."""
    from importlib import import_module

    if command not in _SCHEMAS:
        known = ", ".join(f"schema {name}".strip() for name in _SCHEMAS)
        raise click.UsageError(f'"{command}" has no schema: {known}')
    module, _, name = _SCHEMAS[command].partition(":")
    schema: dict[str, Any] = getattr(import_module(f"optimizer.answers.{module}"), name).model_json_schema()
    return schema


def _efficiency(known: Catalogue, names: tuple[str, ...]) -> dict[str, list[dict[str, str]]] | None:
    """One of the views of efficiency with the rows that it rests on; None where something else is meant."""
    what, rest = names[0], " ".join(names[1:])
    if what in ("mfu", "goodput") and rest:
        rest = _accelerator(known, rest)
    if what == "mfu":
        from optimizer.reference.efficiency_sheet import mfu_sheet

        if not rest:
            raise UsageError("mfu is shown of one accelerator: name it, as in optimizer data show mfu h100")
        return mfu_sheet(known, rest)
    from optimizer.reference import evidence_sheets as evidence

    if what == "goodput":
        return evidence.goodput_sheet(known, rest)
    if what in ("overhead", "scale") and not rest:
        return evidence.overhead_sheet(known) if what == "overhead" else evidence.scale_sheet(known)
    return None


def _accelerator(known: Catalogue, name: str) -> str:
    """The id of an accelerator that the user named; a name that is none is a slip of the command, not of the data."""
    from optimizer.catalogue.tables import suggestion

    vocabulary = known.vocabulary("accelerator")
    key = vocabulary.get(name.strip().lower())
    if key is None:
        raise UsageError(f'unknown accelerator "{name}"; {suggestion(name, vocabulary)}')
    return key


_DICTIONARIES = {
    "case": "domain:Case",
    "draw": "answers.sensitivity_rows:DrawRow",
    "plan": "answers.plan_row:PlanRow",
    "robust": "answers.sensitivity_rows:RobustRow",
    "tornado": "answers.sensitivity_rows:TornadoRow",
}
"""Table -> where the type of its rows stands."""


def _dictionary(name: str, as_json: bool) -> None:
    import sys
    from importlib import import_module

    from rich.table import Table

    from optimizer.render.csv import fields
    from optimizer.render.text import print_table

    module, _, kind = _DICTIONARIES[name].partition(":")
    rows = list(fields(getattr(import_module(f"optimizer.{module}"), kind)))
    if as_json:
        write_json(rows, sys.stdout)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("column", "type", "unit", "meaning"):
        table.add_column(column)
    for row in rows:
        table.add_row(row["name"], row["type"], row.get("unit", ""), row["description"])
    print_table(console(), table)


def _print_sheet(sections: dict[str, list[dict[str, str]]], known: Catalogue) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for title, rows in sections.items():
        out.print(Text(title, style="bold"))
        for row in rows:
            mark = "  (estimate)" if row.get("estimate") else ""
            value = f"{row['value']} {row.get('unit', '')}".rstrip()
            out.print(Padding(Text(f"{row['name']}: {value}{mark}"), (0, 0, 0, 2)))
            if row.get("meaning"):
                out.print(Padding(Text(row["meaning"], style="dim"), (0, 0, 0, 6)))
        out.print("")
    out.print(Text(f"data {known.version}, as of {known.as_of}", style="dim"))


@data.command("package")
@click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA).")
def package(folder: str | None) -> None:
    """Print the description of the data folder as a Frictionless data package (its datapackage.json)."""
    import sys

    from optimizer.reference.datapackage import datapackage

    write_json(datapackage(catalogue(folder)), sys.stdout)


@data.command("dictionary")
def dictionary() -> None:
    """Print the data dictionary: every table and column with type, unit, bounds and meaning (Markdown)."""
    from optimizer.reference.datapackage import dictionary as made

    click.echo(made(), nl=False)


@click.command()
@click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA).")
def cite(folder: str | None) -> None:
    """Say how to cite the program and its data."""
    from optimizer.version import __version__

    known = catalogue(folder)
    click.echo(f"optimizer, version {__version__}: cost-optimal training plans under export, power and time limits.")
    click.echo(f"{known.citation} SHA-256 {known.digest}.")
    click.echo(f"Licence of the data: {known.licence}")
    for line in known.attribution:
        click.echo(f"  {line}")
