"""What a message or a help text tells a reader to type exists: commands, flags, topics, entries and tables."""

from __future__ import annotations

import re
from functools import cache
from typing import get_args

import click
import pytest
from commands import Cli
from messages import TRANSLATED, catalogue, messages, texts_of
from worlds import LIVE

from optimizer.case.what_if import Cell, Table
from optimizer.cli import cli
from optimizer.cli.guide import topics
from optimizer.reference.row_types import row_types

NO_COMMAND = "import optimizer first"
"""The one message that names the package and no command."""


@cache
def commands() -> dict[str, click.Command]:
    """Every command by its whole name, groups too."""
    found: dict[str, click.Command] = {}
    ways: list[tuple[str, click.Command]] = [("", cli)]
    while ways:
        name, command = ways.pop()
        found[name] = command
        if isinstance(command, click.Group):
            with click.Context(command, help_option_names=["-h", "--help"]) as context:
                inner = [(each, command.get_command(context, each)) for each in command.list_commands(context)]
            ways += [(f"{name} {each}".strip(), made) for each, made in inner if made is not None]
    return found


@cache
def texts() -> tuple[str, ...]:
    """Every message in every language, and the help of every command."""
    said = [text for message in messages().values() for text in (message.one, message.several or "")]
    said += [text for code in TRANSLATED for entry in catalogue(code) if entry.id for text in texts_of(entry)]
    helps = []
    for name, command in commands().items():
        with click.Context(
            command, info_name=f"optimizer {name}".strip(), help_option_names=["-h", "--help"]
        ) as context:
            helps.append(command.get_help(context))
    return (*said, *helps)


def named(pattern: str) -> set[str]:
    """What a pattern with one group finds in all texts."""
    return {found[1] for text in texts() for found in re.finditer(pattern, text) if NO_COMMAND not in text}


def test_every_command_named_exists() -> None:
    """A reader who types a command that is not there reads "no such command" from the program that named it."""
    first = named(r"(?<![\w./-])optimizer ([a-z][a-z-]*)")
    second = {f"data {name}" for name in named(r"optimizer data ([a-z]+)")}
    assert len(first) > 15 and len(second) > 3
    assert sorted((first | second) - set(commands())) == []


def test_every_flag_named_exists() -> None:
    """A flag of an older version, or of another command's, would be refused."""
    flags = {flag for command in commands().values() for each in command.params for flag in each.opts}
    flags |= {flag for command in commands().values() for each in command.params for flag in each.secondary_opts}
    found = named(r"(?<![\w-])(--[a-z][a-z-]*[a-z])(?![a-z-])")
    assert len(found) > 60 and sorted(found - flags - {"--help"}) == []


def test_every_topic_named_exists() -> None:
    """The guide is where most messages send a reader."""
    found = named(r"optimizer guide ([a-z][a-z-]*)")
    assert len(found) > 5 and sorted(found - set(topics())) == []


def test_every_entry_and_table_named_is_shown(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`data show hire` was what a column sent a reader to: the table is `offers`."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    found = named(r"optimizer data show ([\w.-]+(?: (?:h100|BR))?)")
    ran = {name: command("data", "show", *name.split(), "--quiet") for name in found}
    assert len(ran) > 5 and {name: one for name, one in ran.items() if one.status or one.err or not one.out} == {}


def test_every_place_of_a_figure_is_a_table_of_the_data() -> None:
    """`data gaps` names where a figure stands; a hire stands among the offers, and `hire.csv` does not exist."""
    places = {Cell(table, (), "x").table_and_column.partition(".")[0] for table in get_args(Table)}
    assert places - set(row_types()) == {"case"}
    assert Cell("hire", ("FR", "h100_sxm5_80"), "usd_per_hour").table_and_column == "offers.usd_per_hour"
