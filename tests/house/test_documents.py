"""README.md, the guide and the files beside them name what is there: functions, commands, flags, paths, counts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

import click
import pytest
from guide import ROOT, documents

import optimizer
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.cli import cli, run
from optimizer.cli.guide import topics
from optimizer.cli.output import PIPED_WIDTH

DOCUMENTS = {document.name: document for document in documents()}
README = DOCUMENTS["README"].text
TOPICS = [name for name in DOCUMENTS if name not in ("README", "index")]
ALL = "\n".join(document.text for document in DOCUMENTS.values())
PROSE = re.sub(r"^```.*?^```$", "", ALL, flags=re.DOTALL | re.MULTILINE)
CONTEXT = click.Context(cli, info_name="optimizer", resilient_parsing=True)
CLI: dict[str, click.Command] = {
    name: command for name in cli.list_commands(CONTEXT) if (command := cli.get_command(CONTEXT, name)) is not None
}


PYTHON: dict[str, Callable[[Catalogue], object]] = {
    "load_catalogue": lambda live: optimizer.load_catalogue(),
    "plan": lambda live: optimizer.plan(optimizer.Case(), live),
    "plan_many": lambda live: list(optimizer.plan_many([optimizer.Case()], live)),
    "answer": lambda live: optimizer.answer("explain", catalogue=live, max_mw=1, deadline="150d"),
    "compare": lambda live: optimizer.compare(optimizer.plan_many([optimizer.Case()], live)),
    "explain": lambda live: getattr(optimizer, "explain")(catalogue=live),  # noqa: B009 - no type checker knows it
    "frame": lambda live: optimizer.frame(optimizer.plan_many([optimizer.Case()], live)),
    "plan_grid": lambda live: optimizer.plan_grid(live, country=["BR", "MX"], deadline="120d"),
    "summarise": lambda live: optimizer.summarise(optimizer.plan_many([optimizer.Case()], live)),
    "sweep": lambda live: optimizer.sweep(catalogue=live, country=["BR", "MX"], deadline="120d"),
    "law": lambda live: getattr(optimizer, "law")("h100", "VN"),  # noqa: B009
    "rank": lambda live: getattr(optimizer, "rank")(optimizer.plan_many([optimizer.Case()], live)),  # noqa: B009
    "table": lambda live: optimizer.table("accelerators", live),
    "ask": lambda live: optimizer.ask("cheapest plan under 1 MW in 150 days"),
    "verify": lambda live: optimizer.verify(optimizer.plan(optimizer.Case(), live)),
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`optimizer\.(\w+)\(", PROSE))))
def test_every_function_that_is_named_can_be_called(live: Catalogue, name: str) -> None:
    """A name in the text that is not there, or is no function, is the first thing that a reader will try."""
    assert name in dir(optimizer)
    assert PYTHON[name](live) is not None


@pytest.mark.parametrize("command", sorted({*re.findall(r"`optimizer ((?:[a-z]+ ?)+)", PROSE)}))
def test_every_command_that_is_named_exists(command: str) -> None:
    """``optimizer data show case`` and the like in running text: command, subcommand or topic are there."""
    first, *rest = command.split()
    assert first in CLI
    group = CLI[first]
    if hasattr(group, "commands") and rest:
        assert rest[0] in group.commands
    if first == "guide" and rest:
        assert rest[0] in topics()


def test_every_flag_that_is_named_exists() -> None:
    """A flag in the text that no command has."""
    known = {"--help", "--version", "--require-hashes", "--no-deps", "--target"}  # the last three of pip
    known |= {"--strict", "--config-file", "--write", "--dist"}  # of mypy, tests.guide and pytest
    known |= {"--nworkers", "--nthreads"}  # of Dask
    for command in CLI.values():
        for inner in [command, *getattr(command, "commands", {}).values()]:
            known |= {flag for parameter in inner.params for flag in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ALL)) <= known


def test_every_path_that_is_named_exists() -> None:
    """``data/ways.csv``, ``optimizer/insight/`` and the like, in the text and behind its links."""
    named = set(re.findall(r"`((?:data|optimizer|tests|\.ci|\.github)/[\w./-]*)`", PROSE))
    named |= set(re.findall(r"\]\(([^)#]+)\)", README))
    assert len(named) > 10
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_exit_statuses_are_explained() -> None:
    """Those that the program has, in the table and in ``--help``."""
    explained = {int(number) for number in re.findall(r"^\| (\d+) \|", DOCUMENTS["statuses"].text, re.MULTILINE)}
    text = cli.get_help(CONTEXT)
    named = {int(number) for number in re.findall(r"\b(\d+)\b", text[text.index("Exit status") :])}
    assert explained == named >= {0, 1, 2, 3, 4, 5, 6, 130}


def test_the_counts_of_the_data_are_right(live: Catalogue) -> None:
    """ "37 accelerators, 44 countries, ..." as the shipped data have them."""
    words = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
    found = re.search(
        r"(\w+) accelerators, (\w+) countries, (\w+) workloads, (\w+) rule sets, (\w+) assumption sets and (\w+) ways",
        " ".join(DOCUMENTS["data"].text.split()),
    )
    assert found
    named = [words.get(word) or int(word) for word in found.groups()]
    tables = (live.accelerators, live.every_country, live.workloads, live.rule_sets, live.assumption_sets, live.ways)
    assert named == [len(table) for table in tables]


def test_the_studys_factors_are_right() -> None:
    """ "2.3 times the H100 fleet in the study, and 1.08 to 1.17 times with the evidence", from the cells."""
    from optimizer.validation.study import COUNTRIES, DEADLINES_DAYS, EVIDENCE, READINGS, reproduce

    study = reproduce(load_catalogue(ROOT / "data"))
    ratios = {
        name: [float(study.cost_ratio(name, country, days) or 0) for country in COUNTRIES for days in DEADLINES_DAYS]
        for name in (*READINGS, EVIDENCE)
    }
    flat = " ".join(DOCUMENTS["study"].text.split())
    found = re.search(r"costs ([\d.]+) times the H100 fleet in the study, and ([\d.]+)(?: to ([\d.]+))? times", flat)
    assert found
    assert {f"{ratio:.1f}" for name in READINGS for ratio in ratios[name]} == {found[1]}
    low, high = min(ratios[EVIDENCE]), max(ratios[EVIDENCE])
    assert (found[2], found[3] or found[2]) == (f"{low:.2f}", f"{high:.2f}")


def test_the_extras_that_are_named_exist() -> None:
    """``pip install '.[parquet]'`` and the like: a name that is none installs the package without a word."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = set(re.findall(r"'\.\[(\w+)\]'", ALL))
    assert named == set(extras)
    assert set(extras["parquet"] + extras["dask"]) <= set(extras["test"]), "else their tests would not run"


def test_the_glossary_defines_the_terms_of_the_field() -> None:
    """Each once."""
    defined = re.findall(r"\*\*([^*]+)\*\*(?= \([^)]+\):|:)", DOCUMENTS["words"].text)
    assert len(defined) == len(set(defined))
    terms = {"Accelerator", "Server", "Workload", "MFU", "Goodput", "TPP", "PUE", "Site", "Limit", "Option", "Plan"}
    assert terms <= set(defined)


@pytest.mark.parametrize("name", TOPICS)
def test_lines_of_text_fit_a_pipe(name: str) -> None:
    """In a pipe the text is printed as it is: longer lines would break in the reader's terminal."""
    text = re.sub(r"^```.*?^```$", "", DOCUMENTS[name].text, flags=re.DOTALL | re.MULTILINE)
    assert not [line for line in text.splitlines() if len(line) > PIPED_WIDTH and not line.startswith("|")]


def test_the_text_is_in_usual_words() -> None:
    """Words of another age, or of another sense than readers with another first language know."""
    assert not re.findall(r"\b(?:reckon\w*|told|lest|whence|thereof|hold against|asked for)\b", PROSE, re.IGNORECASE)


# What stands beside the documents


def test_the_citation_file_says_what_cite_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Title, version and licence: two ways to cite one program must name the same."""
    import yaml

    cited = yaml.safe_load((ROOT / ".github" / "CITATION.cff").read_text(encoding="utf-8"))
    assert run(["cite", "--data", str(ROOT / "data")]) == 0
    name, _, subtitle = cited["title"].partition(": ")
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"{name}, version {cited['version']}: {subtitle}."
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (optimizer.__version__, project["license"])
    assert set(cited["keywords"]) == set(project["keywords"])


def test_the_changelog_has_this_version() -> None:
    """Unreleased changes first, then the versions from the newest on."""
    text = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)
    assert versions[0] == "Unreleased" and versions[1] == optimizer.__version__


def test_the_paths_of_the_contributors_guide_exist() -> None:
    """``optimizer/domain/case.py`` and the like: the first thing that a new hand opens."""
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:data|optimizer|tests|\.ci|\.github)/[\w./-]*)`", text))
    assert len(named) > 10
    assert not [path for path in named if not (ROOT / path).exists()]
