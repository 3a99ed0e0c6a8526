"""README.md and the guide say what is true: every command in them is run, every output in them is compared."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from commands import loaded_by
from guide import ROOT, Block, Command, Document, agrees, console, cut, documents, lines_of, shell_lines
from guide.long import LONG
from guide.shell import Ran, Shell, shell, succeeded

from optimizer.cli import cli, run
from optimizer.cli.guide import topics

DOCUMENTS = {document.name: document for document in documents()}
README = DOCUMENTS["README"].text
TOPICS = [name for name in DOCUMENTS if name not in ("README", "index")]
ALL = "\n".join(document.text for document in DOCUMENTS.values())
PROSE = re.sub(r"^```.*?^```$", "", ALL, flags=re.DOTALL | re.MULTILINE)
COMMANDS = [command for document in DOCUMENTS.values() for command in document.commands]
SHORT = [command for command in COMMANDS if command.line not in LONG]
BLOCKS = [(document.name, block) for document in DOCUMENTS.values() for block in document.blocks]
MOST_LINES = 200
"""Of README.md: what is longer belongs in the guide."""
COLUMNS = 80
CONTEXT = click.Context(cli, info_name="optimizer", resilient_parsing=True)
CLI: dict[str, click.Command] = {
    name: command for name in cli.list_commands(CONTEXT) if (command := cli.get_command(CONTEXT, name)) is not None
}


def name_of(value: object) -> str:
    """The name of a test: the document and the command."""
    return f"{value.document}: {value.line}" if isinstance(value, Command) else str(value)


@pytest.fixture(scope="module")
def bash() -> Iterator[Shell]:
    """One shell for all documents."""
    with shell() as made:
        yield made


@pytest.fixture(scope="module")
def ran(bash: Shell) -> Callable[[str], dict[Command, Ran]]:
    """What the commands of a document leave behind; each document is run once."""
    return cache(lambda name: bash.run(DOCUMENTS[name]))


@pytest.fixture
def inside(bash: Shell, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Go into the folder of a document; the data are those of this copy."""

    def go(name: str) -> Path:
        folder = bash.folder_of(DOCUMENTS[name])
        monkeypatch.chdir(folder)
        monkeypatch.setenv("OPTIMIZER_DATA", str(ROOT / "data"))
        return folder

    return go


@pytest.mark.parametrize("command", [one for one in SHORT if one.shown is not None], ids=name_of)
def test_every_output_shown_is_what_the_command_prints(
    ran: Callable[[str], dict[Command, Ran]], command: Command
) -> None:
    """In bash, as printed. To write outputs anew that were meant to change: python -m tests.guide --write."""
    left = ran(command.document)[command]
    assert succeeded(command, left), left.err
    assert command.shown is not None and agrees(command.shown, lines_of(left.shown)), left.shown


@pytest.mark.parametrize("command", [one for one in SHORT if one.shown is None], ids=name_of)
def test_every_command_without_output_succeeds(ran: Callable[[str], dict[Command, Ran]], command: Command) -> None:
    """In bash, as printed, on the files of its document."""
    left = ran(command.document)[command]
    assert succeeded(command, left), left.err


@pytest.mark.campaign
@pytest.mark.parametrize("name", sorted({one.document for one in COMMANDS if one.line in LONG}))
def test_the_long_examples_too(bash: Shell, name: str) -> None:
    """Every command of the documents that have one which the suite leaves out."""
    for command, left in bash.run(DOCUMENTS[name], every=True).items():
        assert succeeded(command, left), left.err
        assert command.shown is None or agrees(command.shown, lines_of(left.shown)), command.line


def test_what_the_suite_leaves_out_is_printed_and_proven(ran: Callable[[str], dict[Command, Ran]]) -> None:
    """Few examples, each a command of a document, each with a test in this folder; wrong: one that nothing runs."""
    assert {one.line for one in COMMANDS} >= LONG.keys() and len(LONG) <= 13
    for test in LONG.values():
        file, _, name = test.partition("::")
        assert f"\ndef {name}(" in next(Path(__file__).parents[1].rglob(f"{file}.py")).read_text(encoding="utf-8"), test
    assert {one.line for one in ran("options")} == {one.line for one in SHORT if one.document == "options"}


def test_what_stands_in_two_documents_is_run_once(bash: Shell, tmp_path: Path) -> None:
    """Unless it reads or writes a file: then the second would be told what the first one found."""
    text = "```console\n$ echo $RANDOM$RANDOM\n1\n$ echo $RANDOM$RANDOM > x.csv; cat x.csv\n1\n```\n"
    one, two = (bash.run(Document(tmp_path / f"{name}.md", text)) for name in ("one", "two"))
    alike, other = ([left.out for left in ran.values()] for ran in (one, two))
    assert alike[0] == other[0] and alike[1] != other[1]


def test_commands_go_through_bash(bash: Shell, tmp_path: Path) -> None:
    """A question with ``$20M`` in double quotes loses its money in bash: an example written so must fail here."""
    text = (
        '```console\n$ optimizer ask --dry-run "fastest under $20M"\nx\n$ echo "$((1 + 1))" | cat; (exit 7)\n2\n```\n'
    )
    money, pipe = bash.run(Document(tmp_path / "quotes.md", text)).values()
    assert money.status == 2 and "0M" in money.err and "20M" not in money.err
    assert pipe == Ran(7, "2\n", "")


def test_a_command_that_bash_cannot_read_fails(bash: Shell, tmp_path: Path) -> None:
    """And the commands behind it run all the same: a missing quote must not hide them."""
    wrong, right = bash.run(
        Document(tmp_path / "syntax.md", "```sh\noptimizer ask 'x\noptimizer --version\n```")
    ).values()
    assert wrong.status != 0
    assert right.status == 0 and right.out.startswith("optimizer, version")


def test_the_comparison_can_fail() -> None:
    """Else the tests above would prove nothing."""
    assert agrees(("a", "..."), ["a", "b"]) and agrees(("a",), ["a"])
    shown, unshown = Command("x", "optimizer x", ("a",)), Command("x", "optimizer x", None)
    assert succeeded(shown, Ran(3, "", "")) and not succeeded(unshown, Ran(3, "", ""))
    assert not succeeded(shown, Ran(1, "", "")) and not succeeded(shown, Ran(0, "Traceback", ""))
    assert not agrees(("a",), ["a", "b"]) and not agrees(("a", "..."), ["b", "c"]) and not agrees(("...",), [])


def test_outputs_are_written_anew_with_as_many_lines_as_before() -> None:
    """``--write`` keeps commands, text and the number of lines before "..."; a short output is shown whole."""
    document = Document(Path("x.md"), "a\n```console\n$ one\nold\n...\n$ two\nold\n```\nb\n```sh\noptimizer x\n```\n")
    one, two, _ = document.commands
    assert document.written_anew({one: ["new", "more", "most"], two: ["1", "2"]}) == (
        "a\n```console\n$ one\nnew\n...\n$ two\n1\n2\n```\nb\n```sh\noptimizer x\n```\n"
    )
    assert cut(("old", "old", "..."), ["new"]) == ["new"]
    assert document.written_anew({one: ["old", "x"], two: ["old"]}) == document.text


TAKE_MINUTES = ("optimizer atlas", "optimizer data gaps")
"""Commands over every country or over a grid of cases: the guide shows them, other tests run them on less."""


def test_every_block_is_run_or_read_by_people() -> None:
    """A block of another kind would be tested by nothing here; a line that is not run must be known."""
    assert {block.language for _, block in BLOCKS} <= {"console", "sh", "csv", "toml", "python", "text", ""}
    for name, block in BLOCKS:
        if block.language in ("csv", "toml"):
            assert any(block.file in command.line for command in DOCUMENTS[name].commands), f"{name}: {block.file}"
        elif block.language == "sh":
            other = [line for line in shell_lines(block.text) if not line.startswith("optimizer ")]
            assert not other or (name == "README" and all(line.startswith("python3 -m venv ") for line in other))
        elif block.language == "":
            assert name == "README" and block.text.startswith("optimizer/ "), "only the map of the rooms has no kind"
        elif block.language == "text":
            unrun = [line for line in block.text.splitlines() if line.startswith("optimizer ")]
            assert all("tcp://HOST" in line or line.startswith(TAKE_MINUTES) for line in unrun), f"{name}: {unrun}"


def test_every_item_of_a_list_begins_a_line() -> None:
    """Lines that are wrapped again can swallow the next item: "... and sources. - **Data** of each view"."""
    texts = [*(ROOT / "optimizer" / "guide").glob("*.md"), ROOT / "README.md", *(ROOT / ".github").glob("*.md")]
    glued = re.compile(r"[.:)]\s+- +(?=\*\*|`|[A-Z])")
    found = {}
    for path in texts:
        prose = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        items = re.findall(r"^- .*(?:\n  .*)*", prose, flags=re.MULTILINE)
        found[path.name] = [item for item in items if glued.search(item)]
    assert len(found) > 30 and not any(found.values()), found


def test_the_readme_is_short() -> None:
    """What a first reader needs; the rest is the guide's."""
    assert len(README.splitlines()) <= MOST_LINES


def test_there_are_two_install_commands() -> None:
    """One installs and answers the question, one installs and runs the tests; both need Python and pip alone."""
    shown = [line for block in DOCUMENTS["README"].blocks if block.language == "sh" for line in shell_lines(block.text)]
    commands = [line for line in shown if line.startswith("python3 -m venv ")]
    assert len(commands) == 2
    assert README.count("python3 -m venv .venv &&") == 2
    answers, tests = commands
    assert answers.endswith('.venv/bin/optimizer ask "cheapest plan under 1 MW in 150 days"')
    assert ".venv/bin/pytest" in tests and "'.[test]'" in tests
    for command in commands:
        make, install, go = command.split(" && ")
        assert make == "python3 -m venv .venv"
        assert install.startswith(".venv/bin/pip install ") and go.startswith(".venv/bin/")
        assert "sudo" not in command and "--break-system-packages" not in command
    first = console(next(block.text for block in DOCUMENTS["README"].blocks if block.language == "console"))[0][0]
    assert first == f"optimizer {answers.rpartition('.venv/bin/optimizer ')[2]}", "it asks what is shown"


# The guide as a whole, and the command that prints it


def test_the_index_lists_every_topic_with_its_opening() -> None:
    """A topic that is not listed cannot be printed; a line that differs from the topic misleads."""
    assert list(topics()) == sorted(TOPICS, key=list(topics()).index) and set(topics()) == set(TOPICS)
    for name, line in topics().items():
        title, opening, *rest = DOCUMENTS[name].text.split("\n\n")
        assert title == f"# {name.capitalize()}" and opening == line and rest


@pytest.mark.parametrize("name", TOPICS)
def test_every_topic_has_an_example(name: str) -> None:
    """Of a command that is run, or a program."""
    document = DOCUMENTS[name]
    assert document.commands or any(block.language == "python" for block in document.blocks)


def test_every_command_is_in_the_guide() -> None:
    """A new command needs a word in the guide: a topic of its own or an example."""
    shown = {shlex.split(part)[1] for one in COMMANDS for part in one.line.split("| ") if part.startswith("optimizer ")}
    shown |= set(re.findall(r"`optimizer (\w+)", PROSE))
    assert set(CLI) <= shown


def test_the_guide_lists_its_topics(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, that fits a terminal."""
    assert run(["guide"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(topics())
    assert all(len(line) <= COLUMNS for line in lines)


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_in_a_pipe_is_its_text(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """The file of this copy, byte for byte: from a wheel, this shows that the wheel has it."""
    assert run(["guide", name.upper()]) == 0
    assert capsys.readouterr().out == DOCUMENTS[name].text


def test_the_whole_guide_is_every_topic_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """With a blank line between."""
    assert run(["guide", "--all"]) == 0
    assert capsys.readouterr().out == "\n".join(DOCUMENTS[name].text for name in topics())


def test_a_topic_on_a_terminal_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings and blocks without their marks."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert run(["guide", "data"]) == 0
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert "A country pack of your own" in shown and "electricity_usd_per_kwh" in shown
    assert "```" not in shown and "## " not in shown


def test_an_unknown_topic_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """And the nearest; a topic and --all together are no request."""
    assert run(["guide", "explian"]) == 2
    said = capsys.readouterr().err
    assert "did you mean explain" in said and all(name in said for name in topics())
    assert run(["guide", "qqq"]) == 2
    assert "did you mean" not in capsys.readouterr().err
    assert run(["guide", "plan", "--all"]) == 2


@pytest.mark.parametrize("arguments", [["guide", "--help"], ["guide"], ["guide", "plan"]])
def test_the_guide_starts_without_anything_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Text needs no solver."""
    loaded = loaded_by(*arguments, cwd=tmp_path)
    assert not {"highspy", "numpy", "pandas", "pydantic", "pyomo", "rich"} & loaded


# The examples, beyond their outputs


def test_the_csv_example_is_a_batch(ran: Callable[[str], dict[Command, Ran]], inside: Callable[[str], Path]) -> None:
    """One row for each of its rows, none of them invalid, and the metadata beside it under the name in the text."""
    ran("batch")
    folder = inside("batch")
    rows = list(csv.DictReader((folder / "plans.csv").open(encoding="utf-8", newline="")))
    asked = list(csv.DictReader(io.StringIO(DOCUMENTS["batch"].files["cases.csv"])))
    assert [row["case_id"] for row in rows] == [row["case_id"] for row in asked]
    assert {row["status"] for row in rows} <= {"plan", "infeasible"} and "plan" in {row["status"] for row in rows}
    assert "`plans.metadata.json`" in DOCUMENTS["batch"].text and (folder / "plans.metadata.json").is_file()


def test_the_study_example_is_a_sweep(ran: Callable[[str], dict[Command, Ran]], inside: Callable[[str], Path]) -> None:
    """Four cases each for two scenarios and for the third, none of them invalid; names as the text has them."""
    ran("sweep")
    rows = list(csv.DictReader((inside("sweep") / "plans.csv").open(encoding="utf-8", newline="")))
    names = [row["case_id"] for row in rows]
    assert [name.partition("_")[0] for name in names] == ["today"] * 4 + ["diffusion"] * 4 + ["old-chips"] * 4
    assert {"diffusion_BR_1MW", "old-chips_MX_360d"} < set(names)
    assert {row["status"] for row in rows} <= {"plan", "infeasible"}


def test_the_pack_example_is_a_pack(inside: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A country of one's own: its tariff is the one planned with, and the answer says so."""
    inside("data")
    assert run(["plan", "--procurement", "buy", "--pack", "pack.toml", "--json", "-q"]) == 0
    figures = json.loads(capsys.readouterr().out)["provenance"]["figures"]
    (tariff,) = (figure for figure in figures if figure["name"] == "electricity_usd_per_kwh")
    example = tomllib.loads(DOCUMENTS["data"].files["pack.toml"])
    assert float(tariff["value"]) == example["country"]["electricity_usd_per_kwh"]


@pytest.mark.parametrize(
    ("name", "block"), [(name, block) for name, block in BLOCKS if block.language == "python"], ids=name_of
)
def test_every_python_example_runs(inside: Callable[[str], Path], name: str, block: Block) -> None:
    """As it stands, its own assertions included."""
    inside(name)
    names: dict[str, object] = {}
    exec(compile(block.text, f"{name}.md", "exec"), names)
    assert len(names) > 2, "an example that makes nothing shows nothing"


# What the text says of the program and of the data
