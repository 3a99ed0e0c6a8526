"""README.md tells the truth: every command in it is run, every output in it is compared, every example works."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import optimizer
from optimizer.catalogue import load_catalogue
from optimizer.cli import cli, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(found[1], found[2]) for found in re.finditer(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)]


def blocks(kind: str) -> list[str]:
    return [text for language, text in BLOCKS if language == kind]


CONSOLE = blocks("console")
SHELL = [line for text in blocks("sh") for line in text.splitlines() if line.strip()]
STUDIES = [text for text in blocks("toml") if "[axes]" in text]
(CONSORTIUM,) = (text for text in blocks("toml") if "[[site]]" in text)
CASES = {line.split(".csv")[0].split()[-1] + ".csv" for line in SHELL if " batch " in line}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder with the README's cases file; the data are those of this copy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMIZER_DATA", str(ROOT / "data"))
    for name in CASES:
        (tmp_path / name).write_text(blocks("csv")[0], encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDIES[0], encoding="utf-8")
    (tmp_path / "consortium.toml").write_text(CONSORTIUM, encoding="utf-8")
    return tmp_path


def console_commands() -> list[tuple[str, list[str]]]:
    """Every ``$ command`` of the console blocks, with the lines shown below it."""
    found = []
    for text in CONSOLE:
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").splitlines()
            found.append((command, [line.rstrip() for line in lines]))
    return found


def agrees(shown: list[str], told: list[str]) -> bool:
    """Whether an output begins with the lines shown; "..." stands for anything from there on."""
    if "..." in shown:
        end = shown.index("...")
        return told[:end] == shown[:end] and len(told) > end
    return told == shown


def test_the_blocks_are_of_known_kinds() -> None:
    """A block of another kind would be tested by nothing here."""
    assert {language for language, _ in BLOCKS} <= {"console", "sh", "csv", "toml", "python", ""}
    assert len(CONSOLE) >= 4


@pytest.mark.parametrize(
    ("command", "shown"), console_commands(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_output_shown_is_what_the_command_says(
    here: Path, capsys: pytest.CaptureFixture[str], command: str, shown: list[str]
) -> None:
    """The answer on stdout, or the error on stderr; how a question was read (stderr) is not shown beside an answer."""
    program, *words = shlex.split(command)
    assert program == "optimizer"
    capsys.readouterr()
    status = run(words)
    told = capsys.readouterr()
    assert status in (0, 2, 3)
    text = told.err if status == 2 else told.out
    assert agrees(shown, [line.rstrip() for line in text.rstrip("\n").splitlines()]), text


def test_the_comparison_can_fail() -> None:
    """Else the test above would prove nothing."""
    assert agrees(["a", "..."], ["a", "b"]) and agrees(["a"], ["a"])
    assert not agrees(["a"], ["a", "b"]) and not agrees(["a", "..."], ["b", "c"]) and not agrees(["..."], [])


def test_there_are_two_install_commands() -> None:
    """One installs and answers the question, one installs and runs the tests; both need Python and pip alone."""
    commands = [line for line in SHELL if line.startswith("python3 -m venv ")]
    assert len(commands) == 2
    assert README.count("python3 -m venv .venv &&") == 2
    answers, tests = commands
    assert answers.endswith('.venv/bin/optimizer ask "cheapest plan under 1 MW in 120 days"')
    assert tests.endswith(".venv/bin/pytest") and "'.[test]'" in tests
    for command in commands:
        make, install, go = command.split(" && ")
        assert make == "python3 -m venv .venv"
        assert install.startswith(".venv/bin/pip install ") and go.startswith(".venv/bin/")
        assert "sudo" not in command and "--break-system-packages" not in command


def test_the_first_command_asks_what_is_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The question of the install command is the one whose answer opens the README."""
    command = next(line for line in SHELL if line.startswith("python3 -m venv ")).rpartition(".venv/bin/optimizer ")[2]
    assert console_commands()[0][0] == f"optimizer {command}"


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("optimizer ")])
def test_every_shell_command_runs(here: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    """On the README's own cases file."""
    assert run(shlex.split(line)[1:]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_the_csv_example_is_a_batch(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row for each of its rows, none of them invalid, and the metadata beside it under the name told."""
    (example,) = blocks("csv")
    assert run(["batch", "cases.csv", "-o", "plans.csv", "-q"]) == 0
    rows = list(csv.DictReader((here / "plans.csv").open(encoding="utf-8", newline="")))
    asked = list(csv.DictReader(io.StringIO(example)))
    assert [row["case_id"] for row in rows] == [row["case_id"] for row in asked]
    assert {row["status"] for row in rows} <= {"plan", "infeasible"} and "plan" in {row["status"] for row in rows}
    assert "`plans.metadata.json`" in README and (here / "plans.metadata.json").is_file()


def test_the_study_example_is_a_sweep(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four cases each for two scenarios and for the third, none of them invalid; names as the text has them."""
    assert len(STUDIES) == 1
    assert run(["sweep", "study.toml", "-q"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    names = [row["case_id"] for row in rows]
    assert [name.partition("_")[0] for name in names] == ["today"] * 4 + ["diffusion"] * 4 + ["old-chips"] * 4
    assert {"diffusion_BR_1MW", "old-chips_MX_360d"} < set(names)
    assert {row["status"] for row in rows} <= {"plan", "infeasible"}


@pytest.mark.parametrize("example", [text for text in blocks("toml") if text not in (*STUDIES, CONSORTIUM)])
def test_the_pack_example_is_a_pack(here: Path, capsys: pytest.CaptureFixture[str], example: str) -> None:
    """A country of one's own: read as it stands, its tariff is the one planned with, and it is told in the answer."""
    (here / "pack.toml").write_text(example, encoding="utf-8")
    flags = ["--procurement", "buy", "--pack", "pack.toml", "--json", "-q"]
    assert run(["plan", *flags]) == 0
    figures = json.loads(capsys.readouterr().out)["provenance"]["figures"]
    (tariff,) = (figure for figure in figures if figure["name"] == "electricity_usd_per_kwh")
    assert tariff["value"] == re.findall(r"electricity_usd_per_kwh = ([\d.]+)", example)[0]


@pytest.mark.parametrize("example", blocks("python"))
def test_the_python_example_runs(here: Path, example: str) -> None:
    """As it stands, its own assertions included."""
    names: dict[str, object] = {}
    exec(compile(textwrap.dedent(example), "README.md", "exec"), names)
    assert isinstance(names["outcome"], optimizer.Plan)


PYTHON: dict[str, Callable[[], object]] = {
    "plan_many": lambda: list(optimizer.plan_many([optimizer.Case()], load_catalogue(ROOT / "data"))),
    "question": lambda: optimizer.question("cheapest plan under 1 MW in 120 days"),  # type: ignore[operator]
    "ask": lambda: optimizer.ask("cheapest plan under 1 MW in 120 days"),
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`optimizer\.(\w+)\(", README))))
def test_every_function_that_is_named_can_be_called(here: Path, name: str) -> None:
    """A name in the README that is not there, or is no function, is the first thing that a reader will try."""
    assert name in optimizer.__all__
    assert PYTHON[name]()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`optimizer ((?:[a-z]+ ?)+)", README))))
def test_every_command_that_is_named_exists(command: str) -> None:
    """``optimizer data show case`` and the like in running text: command and subcommand are there."""
    first, *rest = command.split()
    assert first in cli.commands
    group = cli.commands[first]
    if hasattr(group, "commands") and rest:
        assert rest[0] in group.commands


def test_every_flag_that_is_named_exists() -> None:
    """A flag in the README that no command has."""
    known = {"--help", "--require-hashes", "--no-deps", "--target", "--strict"}  # the last of pip and mypy
    known |= {"--nworkers", "--nthreads"}  # of Dask
    for command in cli.commands.values():
        for inner in [command, *getattr(command, "commands", {}).values()]:
            known |= {flag for parameter in inner.params for flag in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


def test_the_exit_statuses_are_told() -> None:
    """Those that the program has, in the table and in ``--help``."""
    told = {int(number) for number in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert told >= {0, 2, 3, 4, 5, 6, 130}
    text = cli.get_help(cli.make_context("optimizer", [], resilient_parsing=True))
    assert all(re.search(rf"\b{number}\b", text) for number in told)


def test_the_counts_of_the_data_are_right() -> None:
    """ "37 accelerators, 44 countries, ..." as the shipped data have them."""
    live = load_catalogue(ROOT / "data")
    words = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
    found = re.search(
        r"(\w+) accelerators, (\w+) countries, (\w+) workloads, (\w+) rule sets, (\w+) assumption\s+sets, "
        r"(\w+) ways",
        README,
    )
    assert found
    told = [words.get(word) or int(word) for word in found.groups()]
    tables = (live.accelerators, live.countries, live.workloads, live.rule_sets, live.assumption_sets, live.ways)
    assert told == [len(table) for table in tables]


def test_the_studys_factors_are_right() -> None:
    """ "2.3 times ... in the study, and 1.25 to 1.27 times with the evidence", from the cells."""
    from optimizer.validation.study import COUNTRIES, DEADLINES_DAYS, EVIDENCE, READINGS, reproduce

    study = reproduce(load_catalogue(ROOT / "data"))
    ratios = {
        name: [float(study.cost_ratio(name, country, days) or 0) for country in COUNTRIES for days in DEADLINES_DAYS]
        for name in (*READINGS, EVIDENCE)
    }
    flat = " ".join(README.split())
    found = re.search(r"costs ([\d.]+) times the H100 fleet in the study, and ([\d.]+)(?: to ([\d.]+))? times", flat)
    assert found
    assert {f"{ratio:.1f}" for name in READINGS for ratio in ratios[name]} == {found[1]}
    low, high = min(ratios[EVIDENCE]), max(ratios[EVIDENCE])
    assert (found[2], found[3] or found[2]) == (f"{low:.2f}", f"{high:.2f}")


def test_the_extras_that_are_named_exist() -> None:
    """``pip install '.[parquet]'`` and the like: a name that is none installs the package without a word."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = set(re.findall(r"'\.\[(\w+)\]'", README))
    assert named == set(extras)
    assert set(extras["parquet"] + extras["dask"]) <= set(extras["test"]), "else their tests would not run"
