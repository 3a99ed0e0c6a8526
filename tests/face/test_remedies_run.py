"""What a message tells somebody to type runs as it is printed: a command at a terminal, a call in Python, an address, a
tool. Every message of the program, in every language, by every door."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import click
import pytest
from messages import TRANSLATED, catalogue, messages, texts_of
from worlds import frozen_catalogue

import optimizer
from optimizer.answers.form.document import Document
from optimizer.cli import cli
from optimizer.errors import UsageError
from optimizer.face.remedies import PYTHON, Door, in_words_of
from optimizer.service import REGISTER, Asked
from optimizer.web.answers import ADDRESSES, OPEN, TOOLS, Answers

PLACES: Mapping[str, str] = {
    **{"region": "Latin America", "code": "KE", "country": "KE", "KIND": "countries", "NAME": "plan"},
    **{"which": "", "command": "", "sites": "BR=0.5 MX=0.5"},
}
"""What stands in the places of messages, so that they can be typed."""
NAMES = "|".join(REGISTER)
CALL = re.compile(r"optimizer\.\w+\((?:[^()\"]|\"[^\"]*\")*\)|help\(optimizer\.\w+\)")
ADDRESS = re.compile(r"/api/[a-z-]+\?[^\s;,)]+")
TOOL = re.compile(r"\b([a-z_]+) (\{[^{}]*\})")


def texts() -> Iterator[str]:
    """Every message in every language, with something in its places."""
    said = [text for message in messages().values() for text in (message.one, message.several or "")]
    said += [text for code in TRANSLATED for entry in catalogue(code) if entry.id for text in texts_of(entry)]
    for text in said:
        if re.search(rf"\boptimizer (?:{NAMES})\b", text):
            yield re.sub(r"\{(\w+)[^}]*\}|\b(KIND|NAME)\b", lambda place: PLACES.get(place[1] or place[2], "3"), text)


class ReadError(UsageError):
    """In place of an answer: what was typed could be read."""


def unanswered(asked: Asked) -> Document:
    if all(not isinstance(value, tuple) for value in asked.fields.values()):
        asked.case()
    raise ReadError("read")


@pytest.fixture(autouse=True)
def nothing_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are read, and no question is answered."""
    for name, entry in {**REGISTER}.items():
        monkeypatch.setitem(REGISTER._entered, name, replace(entry, answer=unanswered))


def test_every_call_of_python_runs() -> None:
    """``answer("explain", ...)`` and ``optimizer guide words`` could not be run as they stood there."""
    found = {call[0] for text in texts() for call in CALL.finditer(in_words_of(PYTHON, text))}
    assert len(found) > 10 and any("compare" in call for call in found)
    for call in sorted(found):
        assert "..." not in call
        if not call.startswith("help"):
            call = call.replace("optimizer.plan(", 'optimizer.answer("plan", ').replace(
                "optimizer.compare(", 'optimizer.answer("compare", '
            )
            call = call.replace("optimizer.ask(", 'optimizer.answer("ask", question=')
        with pytest.raises((ReadError, SystemExit)) if not call.startswith("help") else no_fault():
            eval(call, {"optimizer": optimizer, "help": lambda function: function.__doc__})


class no_fault:  # noqa: N801 - a context, as raises is
    """Nothing is raised."""

    def __enter__(self) -> None: ...

    def __exit__(self, *fault: object) -> None: ...


def test_every_address_is_answered() -> None:
    """Of a question that the page answers, with the names that it takes."""
    site = Answers(frozen_catalogue())
    found = {each[0] for text in texts() for each in ADDRESS.finditer(in_words_of(ADDRESSES, text))}
    assert len(found) > 10
    for address in sorted(found):
        parts = urlsplit(address)
        with pytest.raises(ReadError):
            site.document(parts.path.removeprefix("/api/"), tuple(parse_qsl(parts.query)))


def test_every_call_of_a_tool_is_answered() -> None:
    """A tool was told to open an address, which no assistant can."""
    site = Answers(frozen_catalogue(), TOOLS)
    found = {each.groups() for text in texts() for each in TOOL.finditer(in_words_of(TOOLS, text))}
    assert len(found) > 10
    for name, values in sorted(found):
        assert name.replace("_", " ") in OPEN or name.replace("_", "-") in OPEN
        given: dict[str, Any] = json.loads(values)
        with pytest.raises(ReadError):
            site.document(name, tuple(given.items()))


def test_every_command_is_read() -> None:
    """By the command line, up to the answer: what has values, or needs none."""
    found = set[str]()

    def typed(name: str, values: Mapping[str, str], text: str) -> str:
        if name in REGISTER and (values or name.startswith("data ")):
            found.add(text.removeprefix("optimizer "))
        return text

    for text in texts():
        in_words_of(Door({}, typed), text)
    assert len(found) > 15
    for words in sorted(found):
        with pytest.raises((ReadError, click.exceptions.Exit)):
            cli.main(args=shlex.split(words), prog_name="optimizer", standalone_mode=False)
