"""A flag for every field of a case, and what it does."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from case_files import VALUES
from commands import Cli, one_message

from optimizer.answers.form.envelope import digest_of
from optimizer.batch.cases import read_cases
from optimizer.cli import cli
from optimizer.cli.flags import WordedArgument
from optimizer.domain import Case
from optimizer.domain.quantity_text import ambiguity
from optimizer.render.files import form_by_name
from optimizer.render.forms import FORMS
from optimizer.service.fields import FLAG_OF


def flags_of(name: str) -> dict[str, click.Option]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return {parameter.name or "": parameter for parameter in command.params if isinstance(parameter, click.Option)}


@pytest.mark.parametrize("name", ["plan", "options"])
def test_every_field_of_a_case_has_a_flag_and_every_flag_is_documented(name: str) -> None:
    """A field without a flag could be asked in a batch and nowhere else."""
    flags = flags_of(name)
    fields = set(Case.model_fields) - {"feed"}  # its own fields are those of test_power.py
    assert fields <= set(flags)
    for field in fields:
        assert FLAG_OF[field] in flags[field].opts
        assert flags[field].help
    assert all(option.help for option in flags.values())


@pytest.mark.usefixtures("few_draws")
def test_every_flag_reaches_its_field(command: Cli) -> None:
    """A flag that is dropped on the way plans another case than the one that was asked."""
    own = {"params_total_b", "params_active_b", "architecture", "assume_hire", "unreleased", "confidence"}
    assert set(VALUES) | own == set(Case.model_fields) - {"feed"}  # of whose fields: tests/power/test_power.py
    words = [word for field, value in VALUES.items() for word in (FLAG_OF[field], value)]
    told = json.loads(command("plan", *words, "--assume-hire", "--unreleased", "--json").out)["inputs"]
    assert set(told) == set(VALUES) | {"assume_hire", "unreleased"}
    assert (
        told["deadline_days"] == 119
        and told["budget_usd"] == "50000000"
        and told["max_capital_usd"] == "40000000"
        and told["owned"] == {"a100": 16}
    )
    flags = ["--params-total-b", "10", "--params-active-b", "5", "--architecture", "moe", "--tokens-t", "1"]
    told = json.loads(command("plan", *flags, "--json").out)["inputs"]
    assert told == {"params_total_b": "10", "params_active_b": "5", "tokens_t": "1", "architecture": "moe"}
    # beside neither a mix nor another objective than the cost
    told = json.loads(command("plan", "--confidence", "0.8", "--deadline", "200d", "--json").out)["inputs"]
    assert told == {"confidence": "0.8", "deadline_days": 200}


@pytest.mark.parametrize(
    ("text", "days"), [("120", 120), ("120d", 120), ("120 days", 120), ("17w", 119), ("4 months", 120), ("1 week", 7)]
)
def test_times_of_a_deadline(command: Cli, text: str, days: int) -> None:
    """A month is 30 days, as ``plan --help`` says."""
    assert json.loads(command("plan", "--deadline", text, "--json").out)["inputs"]["deadline_days"] == days


@pytest.mark.parametrize(
    "question",
    [
        "cheapest plan under 0.6 MW in 90 days",
        "fastest way to train dense-small in Mexico under 2 MW and $20M, without renting",
        "lowest carbon plan in Brazil with H100 or B200, buying, within 17 weeks, at most 200 H100",
        "cheapest plan for dense-small under 3 million TPP in 10 days, mix of up to 2 generations",
        "cheapest plan under 0.5 MW in 60 days",
        "cheapest plan from order in 200 days, avoiding B200, amortised",
    ],
)
def test_a_dry_run_is_the_same_case_in_flags(command: Cli, question: str) -> None:
    """``ask --dry-run`` prints flags: run through ``plan`` they give the very same answer.

    Only how the question was read stands beside it, and the digest is over that too.
    """
    dry = command("ask", "--dry-run", question)
    assert dry.status == 0 and dry.err == ""
    program, *words = shlex.split(dry.out)
    assert program == "optimizer"
    asked, planned = command("ask", question, "--json"), command(*words, "--json")
    assert asked.status == planned.status in (0, 3)
    answer, same = json.loads(asked.out), json.loads(planned.out)
    assert answer["digest"] == digest_of(answer) and same["digest"] == digest_of(same)
    assert answer.pop("asked")["command"] == dry.out.strip()
    assert answer.pop("digest") != same.pop("digest")
    assert answer == same


@pytest.mark.parametrize(
    ("field", "doubted"),
    [
        ("pue", False),
        ("overhead", False),
        ("import_duty", False),
        ("electricity_usd_per_kwh", False),
        ("rent_premium", False),
        ("max_mw", False),
        ("budget_usd", True),
        ("tokens_t", False),
    ],
)
def test_a_number_is_doubtful_only_where_its_thousands_would_do(command: Cli, field: str, doubted: bool) -> None:
    """A PUE of 1.125 is no PUE of 1125, which the field forbids; 1.125 USD may be 1125. As flag, cell and axis."""
    assert bool(ambiguity(field, "1.125")) == doubted
    (entry,) = read_cases(f"{field}\n1.125\n", "cases.csv")
    assert any("could be 1.1250 or 1125" in problem.rule for problem in entry.problems) == doubted
    for name in ("plan", "sweep"):
        more = ["--dry-run"] if name == "sweep" else []
        ran = command(name, "--country", "BR", "--deadline", "400", FLAG_OF[field], "1.125", *more)
        assert ("could be 1.1250 or 1125" in ran.err) == doubted, (name, ran.err)
        assert (ran.status == 2) == doubted, (name, ran.err)


def commands_of(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups entered."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands_of(found, *above, name)
        elif found is not None:
            yield (*above, name), found


def test_every_argument_has_a_line_of_help(command: Cli) -> None:
    """An argument without words stood among the options; a reader had to guess what to write."""
    seen = 0
    for words, found in commands_of(cli):
        arguments = [parameter for parameter in found.params if isinstance(parameter, click.Argument)]
        if not arguments:
            continue
        shown = command(*words, "--help").out
        assert "\nArguments:\n" in shown, words
        section = " ".join(shown.partition("\nArguments:\n")[2].partition("\n\n")[0].split())
        for argument in arguments:
            seen += 1
            assert isinstance(argument, WordedArgument) and argument.words in section, words
    assert seen >= 12


@pytest.mark.parametrize(
    ("words", "spanish", "portuguese"),
    [
        (
            ("tipping",),
            "Falta el argumento 'INPUT'. El dato que se varía",
            "Falta o argumento 'INPUT'. O dado que varia",
        ),
        (("plan", "--nix", "1"), "No existe la opción '--nix'. ¿Quiso decir", "Não existe a opção '--nix'. Quis dizer"),
        (("plan", "a", "b"), "Sobran argumentos (a b)", "Sobram argumentos (a b)"),
        (("data", "lst"), "No existe la orden 'lst'. ¿Quiso decir 'list'?", "Não existe o comando 'lst'. Quis dizer"),
        (("data", "list", "x"), "'x' no es ninguno de", "'x' não é nenhum de"),
    ],
)
def test_an_error_of_the_command_line_is_in_the_language(
    command: Cli, words: tuple[str, ...], spanish: str, portuguese: str
) -> None:
    """What click says was English in every language; afterwards English speaks English again."""
    for code, expected in (("es", spanish), ("pt", portuguese)):
        told = command(*words, "--lang", code)
        assert told.status == 2 and expected in told.err, told.err
    assert "Usage:" in command(*words).err


def test_assumed_hire_says_what_its_premium_may_be(command: Cli) -> None:
    """The answer prints the plan at the median price: the flag alone must say how to ask for it."""
    told = command("plan", "--assume-hire")
    assert told.status == 2 and "--rent-premium: 0 is the world's median list price" in told.err


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["plan", "-o", "a.csv", "-o", "b.csv"], "--output"),
        (["plan", "--max-mw", "2", "--country", "BR", "--max-mw", "1", "--country", "MX"], "--country, --max-mw"),
        (["rank", "plans.csv", "--by", "days", "--by", "cost_usd"], "--by"),
        (["sweep", "--country", "BR", "--workers", "1", "--workers", "2"], "--workers"),
        (["serve", "--port", "1", "--port", "2"], "--port"),
        (["law", "h100", "VN", "--lang", "es", "--lang", "pt"], "--lang"),
    ],
    ids=lambda value: value if isinstance(value, str) else shlex.join(value),
)
def test_a_flag_with_one_value_is_given_once(command: Cli, arguments: list[str], flags: str) -> None:
    """Of two values the last was taken without a word: the first file, the first limit, was never there."""
    ran = command(*arguments)
    assert ran.status == 2 and not ran.out
    assert f"Error: {flags}: " in ran.err, ran.err


def test_a_switch_may_be_given_twice_and_an_axis_has_several_values(command: Cli) -> None:
    """Neither drops anything."""
    assert command("sweep", "--max-mw", "1", "--max-mw", "2", "-q", "-q", "--dry-run").out.startswith("2 cases")


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "-o", "answer.pdf"],
        ["plan", "-o", "answer.xyz"],
        ["sweep", "--country", "BR", "-o", "plans.dat"],
        ["plan", "-o", "answer.docx", "--json"],
        ["plan", "-o", "answer.xlsx", "--csv"],
        ["plan", "-o", "answer.HTML", "--json"],
        ["plan", "-o", "answer.parquet"],
        ["sweep", "--country", "BR", "-o", "plans.html"],
        ["sweep", "--country", "BR", "-o", "plans.xlsx", "--format", "csv"],
        ["sweep", "--country", "BR", "--cases", "-o", "cases.xlsx"],
    ],
    ids=shlex.join,
)
def test_a_name_is_not_given_to_another_form(command: Cli, tmp_path: Path, arguments: list[str]) -> None:
    """CSV in a file called answer.xlsx, text in answer.pdf: no program opens them, and nothing said so."""
    ran = command(*arguments)
    assert ran.status == 2 and not ran.out and ran.err.count("Error: ") == 1 and "ends in ." in ran.err
    assert not list(tmp_path.iterdir())


def test_names_of_a_form_and_of_none(command: Cli, tmp_path: Path) -> None:
    """.htm is a page; .txt and no ending are text, or what is asked for."""
    assert form_by_name("a.htm", None, FORMS) == "html" and form_by_name("a.xlsx", "xlsx", FORMS) == "xlsx"
    assert form_by_name("a.txt", "json", FORMS) == "json" and form_by_name("answer.2", None, FORMS) is None


@pytest.mark.parametrize(("words", "typed"), [("plan", "--foo"), ("law", "-z"), ("data list", "--zzz")])
def test_an_option_like_no_other_is_answered_with_those_there_are(command: Cli, words: str, typed: str) -> None:
    """``--foo`` was answered with "try --help" only; each that is named is one of the command."""
    error = one_message(command(*words.split(), typed))
    named = re.findall(r"--[a-z-]+[a-z]", error.partition("known:")[2])
    told = command(*words.split(), "--help").out
    assert len(named) > 2 and all(flag in told for flag in named)


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1_0"])
def test_a_number_of_seconds_is_a_number(command: Cli, value: str) -> None:
    """``--time-limit nan`` was taken: no limit at all."""
    ran = command("consortium", "BR=0.5", "MX=0.5", "--time-limit", value)
    assert ran.status == 2 and "--time-limit" in ran.err and not ran.out
