"""The study file: scenarios over what all share, flags over both, and everything wrong told at once by its key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from click import Context
from commands import Cli, one_message

from optimizer.batch.cases import entry_of
from optimizer.batch.sweep import Sweep, read_sweep
from optimizer.catalogue import Catalogue
from optimizer.cli import cli
from optimizer.domain import Case
from optimizer.errors import DataError

pytestmark = pytest.mark.usefixtures("inline")

TODAY = "2026-11-26"
STUDY = """
[defaults]
workload = "moe-10k"
max_mw = 2
deadline_days = "17w"

[axes]
country = ["BR", "MX"]
rules = "enforced-2026, unrestricted"

[[scenario]]
name = "today"

[[scenario]]
name = "cheap"
electricity_usd_per_kwh = 0.050
budget_usd = "5M"
rules = "diffusion-2025"

[[scenario]]
name = "own"
without = ["workload", "rules"]
params_total_b = 7
tokens_t = 1_000.500
owned = { h100 = 64 }
use = ["h100", "a100"]
date = 2026-03-01
axes = { max_mw = ["0.5:1:0.5", 3, "none"], assume_hire = [false], procurement = [["buy", "own"], "own"] }
"""


def study(folder: Path, text: str, catalogue: Catalogue, **flags: str) -> Sweep:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_sweep(path, {name: (given,) for name, given in flags.items()}, catalogue, TODAY)


def problems(folder: Path, text: str, catalogue: Catalogue) -> list[str]:
    with pytest.raises(DataError) as raised:
        study(folder, text, catalogue)
    return [str(problem) for problem in raised.value.problems]


def cases(sweep: Sweep) -> list[Case]:
    found = [entry_of(line) for line in sweep]
    assert not any(entry.problems for entry in found)
    return [entry.case for entry in found if entry.case]


def test_a_scenario_goes_over_what_all_share(tmp_path: Path, frozen: Catalogue) -> None:
    """Shared axes vary in each; a field of a scenario takes the place of an axis, and an axis that of a field."""
    sweep = study(tmp_path, STUDY, frozen)
    found = cases(sweep)
    assert [grid.scenario for grid in sweep.grids] == ["today", "cheap", "own"]
    assert [grid.total for grid in sweep.grids] == [4, 2, 16]
    today, cheap, own = found[:4], found[4:6], found[6:]
    assert [case.case_id for case in today] == [
        f"today_{country}_{rules}" for country in ("BR", "MX") for rules in ("enforced-2026", "unrestricted")
    ]
    assert all((case.workload, case.max_mw, case.deadline_days) == ("moe-10k", 2, 119) for case in today)
    assert [(case.case_id, case.rules, case.budget_usd, case.electricity_usd_per_kwh) for case in cheap] == [
        (f"cheap_{country}", "diffusion-2025", 5_000_000, Decimal("0.05")) for country in ("BR", "MX")
    ]
    assert own[0].given() == {
        "case_id": "own_BR_0.5MW_buy-own",
        "params_total_b": "7",
        "tokens_t": "1000.5",
        "country": "BR",
        "max_mw": "0.5",
        "deadline_days": 119,
        "owned": {"h100": 64},
        "use": ["h100", "a100"],
        "procurement": ["buy", "own"],
        "date": "2026-03-01",
    }
    assert [case.max_mw for case in own[:8:2]] == [Decimal("0.5"), 1, 3, None]
    assert len({case.case_id for case in found}) == len(found)


def test_flags_go_over_the_file(tmp_path: Path, frozen: Catalogue) -> None:
    """Over defaults, axes and scenarios, and where a scenario leaves a field out."""
    found = cases(study(tmp_path, STUDY, frozen, rules="unrestricted", max_mw="1,4"))
    assert {case.rules for case in found} == {"unrestricted"}
    assert [case.case_id for case in found[:4]] == ["today_BR_1MW", "today_BR_4MW", "today_MX_1MW", "today_MX_4MW"]
    assert {case.max_mw for case in found} == {1, 4}


def test_without_scenarios_there_is_one_grid(tmp_path: Path, frozen: Catalogue) -> None:
    """And no name before those of its cases."""
    sweep = study(tmp_path, STUDY.partition("[[scenario]]")[0], frozen)
    assert [case.case_id for case in cases(sweep)][:2] == ["BR_enforced-2026", "BR_unrestricted"]


BROKEN = """
colour = 1
[defaults]
contry = "BR"
case_id = "mine"
rules = "enforced-2026,unrestricted"
max_mw = 1
pue = "1.1:1.5:0.1"
mix = 1.5
[axes]
country = ["BR", "Brasil", "Mexiko"]
max_mw = [1, 2]
deadline_days = [60, [90]]
budget_usd = [1979-05-27T07:32:00Z]
[[scenario]]
[[scenario]]
name = "to day"
pack = "mine.toml"
max_mw = [1, 2]
[[scenario]]
name = "b"
without = ["max_mw", "colour", "basis"]
basis = "upfront"
axes = { basis = "all" }
[[scenario]]
name = "B"
supply = { h100 = "many" }
axes = 3
"""


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path, frozen: Catalogue) -> None:
    """Each with the file, the path of its key and what would mend it."""
    told = problems(tmp_path, BROKEN, frozen)
    expected = [
        "colour: is not a table of a study; known: defaults, axes, scenario",
        "defaults.contry: is not a field of a case; did you mean country?",
        "defaults.case_id: is not given: it is made of the scenario's name",
        'defaults.rules "enforced-2026,unrestricted": is several names, and one is needed',
        'defaults.pue "1.1:1.5:0.1": is more than one value: put it under axes',
        'defaults.mix "1.5": must be a whole number',
        'axes.country "Mexiko": is not a known country; did you mean Mexico',
        "axes.max_mw: is given in defaults.max_mw, too",
        "axes.deadline_days: must be one value",
        "axes.budget_usd: must be a text, a number, a date, true or false",
        "scenario[1].name: is missing",
        'scenario[2].name "to day": must be at most 60 letters, digits, "." and "-"; write "to-day"',
        "scenario[2].pack: a sweep has one catalogue: give the pack with --pack",
        "scenario[2].max_mw: must be one value: several go under axes",
        'scenario[3].without "colour": is not a field of a case',
        'scenario[3].without "basis": is left out and given',
        "scenario[3].axes.basis: is given in scenario[3].basis, too",
        'scenario[4].name "B": is the name of scenario[3], too',
        'scenario[4].supply "h100=many": has the count many, which must be a whole number',
        "scenario[4].axes: must be a table",
    ]
    assert all(text.startswith("study.toml ") for text in told)
    for words in expected:
        assert sum(words in text for text in told) == 1, (words, told)
    assert len(told) == len(expected), told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# nothing", "is empty"),
        ("[defaults", "is not readable TOML"),
        ("- name: a", "is not readable TOML"),
        ("axes = 3", "axes: must be a table: write [axes]"),
        ("scenario = 3", "scenario: must be a list of tables: write [[scenario]]"),
        ("scenario = [3]", "scenario[1]: must be a table"),
        ("[[scenarios]]", "did you mean scenario?"),
        ("[axes]\nmax_mw = 1e99999999", "axes.max_mw"),
        ("[axes]\nmax_mw = [nan, inf]", "must be a number"),
        ("[axes]\nmax_mw = []", "axes.max_mw: must not be empty"),
        ("[axes]\nmax_mw = " + "9" * 3000, "must be a number of at most 40 characters"),
        ("[defaults]\nuse = [1]", "defaults.use: must be a list of texts"),
        ("[defaults]\nmax_mw = true", 'defaults.max_mw "yes": must be a number'),
        ("[defaults]\nmax_mw = '1.500'", "could be 1.5 or 1500"),
        ("[axes]\nx = " + "[" * 3000, "is nested too deeply"),
        ("[axes]\n" + ".".join("a" * 20_000) + " = 1", "must be at most 4,000 characters a line"),
        ("[[scenario]]\n" * 1_001, "must be at most 1,000 tables"),
        ("#" * 80 + "\n" + ("#" * 79 + "\n") * 1000, "must be at most 64 KiB"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, frozen: Catalogue, text: str, words: str) -> None:
    """Each slip in words of its own, whatever stands in the file."""
    assert any(words in told for told in problems(tmp_path, text, frozen))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[axes]\n" + ".".join("a" * 20_000) + " = 1", "must be at most 4,000 characters a line"),
        ("#" * 80 + "\n" + ("#" * 79 + "\n") * 1000, "must be at most 64 KiB"),
    ],
    ids=["a long key", "a large file"],
)
def test_what_would_hold_the_parser_is_refused_before_it(
    tmp_path: Path, frozen: Catalogue, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    """The long key alone would hold the parser for minutes: it must not see it."""
    seen: list[str] = []
    monkeypatch.setattr("tomllib.loads", lambda text, **how: seen.append(text))
    assert any(words in told for told in problems(tmp_path, text, frozen))
    assert not seen


def test_a_toml_number_has_one_reading(tmp_path: Path, frozen: Catalogue) -> None:
    """1.125 without quotes is one and an eighth by the rules of TOML: neither refused nor 1125."""
    (case,) = cases(study(tmp_path, "[axes]\nmax_mw = [1.125]", frozen))
    assert case.max_mw == Decimal("1.125")


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_study_bear_their_scenarios(command: Cli, tmp_path: Path) -> None:
    """In the order of the file; the exit status is that of a batch."""
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    ran = command("sweep", "study.toml", "--deadline", "90d", "-q")
    assert ran.status == 0
    names = [line.partition("_")[0] for line in ran.out.splitlines()[1:]]
    assert names == ["today"] * 4 + ["cheap"] * 2 + ["own"] * 16


def test_the_example_of_the_help_is_a_study(tmp_path: Path, live: Catalogue) -> None:
    """As it stands there; 2 x 4 cases of today, and of the other without its limit but with two deadlines, 2 x 2."""
    sweep = cli.get_command(Context(cli), "sweep")
    assert sweep is not None and sweep.help is not None
    lines = sweep.help.splitlines()
    first = next(n for n, line in enumerate(lines) if line.strip().startswith("[defaults]"))
    example = "\n".join(lines[first : lines.index("", first)])
    assert [grid.total for grid in study(tmp_path, example, live).grids] == [8, 4]


def test_dry_run_shows_every_scenario(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    out = command("sweep", "study.toml", "--dry-run").out
    assert out.startswith("22 cases\n\ntoday: 4 cases\n")
    assert "\n\nown: 16 cases\n" in out and "--case-id cheap_MX " in out


@pytest.mark.parametrize(
    ("text", "flags", "status", "words"),
    [
        ("[axes]\ncountry = 'BX'", [], 4, 'study.toml axes.country "BX": is not a known country'),
        ("[axes]\ncountry = 'BX'", ["--max-mw", "x"], 2, '--max-mw "x": must be a number'),
        ("[axes]\ncountry = 'BR'", ["-o", "study.toml"], 2, "is the study file itself"),
        (
            "[[scenario]]\nname = 'a'\n[[scenario]]\nname = 'b'\ncountry = 'MX'\ntax_regime = 'redata'",
            [],
            2,
            "scenario b: its one case cannot be used",
        ),
    ],
)
def test_a_study_that_is_not_begun(
    command: Cli, tmp_path: Path, text: str, flags: list[str], status: int, words: str
) -> None:
    """4 for the file, 2 for the flags; the file is left as it was."""
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    ran = command("sweep", "study.toml", *flags)
    assert ran.status == status
    assert words in ran.err and "Traceback" not in ran.err and ran.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == text


def test_a_study_that_is_not_there(command: Cli) -> None:
    assert "nowhere.toml: cannot be read" in one_message(command("sweep", "nowhere.toml"))
