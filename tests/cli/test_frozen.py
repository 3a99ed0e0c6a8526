"""Outputs are frozen byte for byte: a change of any of them is a decision, told by the commit that freezes it anew."""

from __future__ import annotations

import pytest
from frozen import OUTPUTS, Command, commands, told

COMMANDS = commands()


def test_every_output_is_of_a_command() -> None:
    """A file whose command was dropped would freeze nothing."""
    assert {path.stem for path in OUTPUTS.glob("*.txt")} == {command.name for command in COMMANDS}


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_output_is_as_it_was_frozen(command: Command) -> None:
    """To freeze what was meant to change: python -m tests.frozen --write NAME."""
    assert told(command) == (OUTPUTS / f"{command.name}.txt").read_text(encoding="utf-8")
