"""What an error tells somebody to do works: each remedy here is the one that was wrong or missing once, or its like."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Cli, one_message
from worlds import LIVE

import optimizer
from optimizer.errors import DataError, UsageError

DATA = ["--data", str(LIVE)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        # the name of an input before its range; every name that is shown is one
        (["tipping", "hardware", "--from", "1M"], '"hardware" is not an input: write price:h100'),
        (["tipping", "foo", "--to", "three"], '"foo" is not an input: write price:h100'),
        (["tipping", "capital", "--tolerance", "x"], "max_capital"),
        # a unit that is as near to one as to another; money where no money is
        (["plan", "--max-mw", "1TW"], 'has the unit "TW"; give MW, kW, GW, or the number alone'),
        (["plan", "--max-mw", "1HW"], 'has the unit "HW"; give MW, kW, GW, or the number alone'),
        (["plan", "--max-mw", "1 megawat"], 'has the unknown unit "megawat": did you mean megawatt?'),
        (["plan", "--max-energy", "$3M"], "is an amount of money; give GWh, MWh, TWh, or the number alone"),
        (["plan", "--max-carbon", "€5"], "is an amount of money; give tCO2e"),
        (["plan", "--max-energy", "$3M", "--lang", "es"], "es una suma de dinero; indique GWh, MWh, TWh, o"),
        (["plan", "--max-energy", "3", "--max-energy", "2"], "takes one value and was given twice; give it once"),
        (["plan", "--max-capital", "€20M"], "must be an amount in US dollars, such as 5000000, 5M or $5M"),
        (["plan", "--budget", "20M€"], "must be an amount in US dollars"),
        (["plan", "--budget", "£20"], "must be an amount in US dollars"),
        # one name is needed: a semicolon between two helps nobody; and both names that are wrong
        (["law", "h100_sxm5_80,a100_sxm4_80", "GB"], "is several names, and one is needed; write one of them: h100"),
        (["law", "h999", "Xlandia"], 'COUNTRY "Xlandia": is not a known country'),
        (["law", "h999", "Xlandia"], 'ACCELERATOR "h999": is not a known accelerator'),
        (["law", "h100", "BR", "--rules", "diffusion"], "did you mean diffusion-2025"),
        (["law", "GB", "h100"], "the accelerator comes first: law h100 GB"),
        (["law", "h100", "Narnia", "--date", "x"], '--date "x": is not a day such as 2026-11-22'),
        # what was typed, and no per cent of per cents
        (["plan", "--min-renewable", "150%"], '--min-renewable "150%": must be less than or equal to 1\n'),
        (["plan", "--confidence", "1.2"], '--confidence "1.2": must be less than or equal to 1\n'),
        (["plan", "--confidence", "95"], "95 per cent is 0.95"),
        (["plan", "--confidence", "95", "--lang", "pt"], "95 por cento é 0.95"),
        (["plan", "--budget", "-5M"], '--budget "-5M": must be greater than 0'),
        (["plan", "--max-mw", "1 MW; 2 MW"], "must be one number: compare, sweep and atlas take several"),
        # a number in words
        (["plan", "--deadline", "six months"], "1 year or 2027-03-31; write 6 months"),
        (["plan", "--deadline", "seis meses", "--lang", "es"], "escriba 6 meses"),
        (["plan", "--max-mw", "one MW"], "must be a number such as 12, 0.5 or 1e6; write 1 MW"),
        (["plan", "--budget", "five million"], "write 5 million"),
        (["plan", "--mix", "two"], "write 2"),
        (["plan", "--mix", "1.5"], "must be a whole number, such as 2"),
        (["tipping", "pue", "--to", "0.5"], "1 to 0.5: the range must go from a value to a greater one"),
        # a flag or a command that there is not
        (["plan", "--duty", "15%"], "Did you mean '--import-duty'?"),
        (["plan", "--emissions", "3"], "Did you mean '--max-carbon'?"),
        (["plan", "--max-power", "3"], "Did you mean '--max-mw'?"),
        (["plan", "--gpus", "h100"], "Did you mean '--use'?"),
        (["plann"], "No such command 'plann': did you mean plan"),
        (["data", "build"], "the tables are built from raw tables by another command: python data/make"),
        (["cheapest plan"], 'a question in words is written so: optimizer ask "cheapest plan under 1 MW"'),
        # an argument that is missing says what it is
        (["explain", "KE=0.5", "TZ=0.5"], "sites that share one run: optimizer consortium KE=0.5 TZ=0.5 --explain"),
        (["plan", "Kenya"], "every value needs its flag before it, such as --country BR --max-mw 1"),
        (["tipping", "carbon"], "; did you mean max_carbon?"),
        (["frontier", "cost", "max_energy"], "; did you mean energy?"),
        (["frontier", "deadline", "cost"], "; did you mean days?"),
        (["frontier", "cost"], "Missing argument 'Y'. The other measure, such as days."),
        (["tipping"], "The input that is varied: price:h100"),
        (["reproduce"], "Name of the study: study-2025. Choose from"),
        (["why-not", "lease"], "did you mean rent?"),
        (["consortium", "BR:1", "MX:1"], "write BR=1"),
        (["sweep"], "such as --country BR,MX"),
        (["plan", "--max-capital", "0"], '--max-capital "0": must be greater than 0; write --procurement rent'),
        (["plan", "--csv", "-q", "--columns", "total_cost_usd"], "did you mean cost_usd? (short: the main columns)"),
        (["ask", "plan with capex 20M"], "write $20M if it is in US dollars"),
        (["ask", "presupuesto de 20 millones"], "escriba $20 millones si son dólares"),
    ],
)
def test_a_message_says_what_to_write(command: Cli, words: list[str], said: str) -> None:
    """The words of today gave another unit, another field, or none."""
    ran = command(*words, *DATA)
    assert (ran.status, ran.out) == (2, "") and said in ran.err and "Traceback" not in ran.err, ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--max-energy", "3 GWh", "--max-capital", "$20M"],
        ["law", "h100_sxm5_80", "GB"],
        ["ask", "--dry-run", "plan with capex $20M"],
        ["ask", "--dry-run", "presupuesto de $20 millones"],
        ["data", "list"],
    ],
)
def test_what_a_message_says_to_write_works(command: Cli, words: list[str]) -> None:
    """Each remedy of the table above."""
    assert command(*words, *DATA).status in (0, 3)


@pytest.mark.parametrize("typed", [["data-list"], ["data_list"], ["data", "list"]])
def test_a_command_of_two_words_in_every_form(command: Cli, typed: list[str]) -> None:
    """Python has data_list and an address data-list: a terminal takes them, too; what can be shown is listed."""
    ran = command(*typed, "schemas", *DATA)
    assert ran.status == 0 and "why-not" in ran.out and "atlas" in ran.out
    assert command("why_not", "a100", "--max-mw", "0.2", *DATA).status in (0, 3)
    assert '"question"' in command("data-show", "schema", "why_not", *DATA).out


@pytest.mark.parametrize("name", ["capital", "energy", "carbon", "deadline", "budget"])
def test_a_word_that_names_nothing_is_no_nationality(command: Cli, name: str) -> None:
    """Of thousands of names of countries and peoples some is always near: chapina, Senegal, Norge."""
    told = one_message(command("data", "show", name, *DATA))
    assert "did you mean" not in told and '"optimizer data list" says what there is' in told
    assert "did you mean Brazil" in one_message(command("data", "show", "Brasill", *DATA))


def test_a_limit_of_all_sites_is_no_column_of_one(command: Cli) -> None:
    """ "did you mean max_mw?" would have made energy power."""
    Path("sites.csv").write_text("site,country,max_energy,deadline\na,BR,3,90\n", encoding="utf-8")
    told = one_message(command("consortium", "sites.csv"))
    assert "max_energy_gwh: is a limit on all sites together; leave the column out, and write --max-energy" in told
    assert "deadline_days: is the same for all sites; leave the column out, and write --deadline" in told
    assert "site: is not a column of a site; did you mean name?" in told
    Path("sites.csv").write_text("name,country,max_mw\na,BR,0.4\nb,MX,0.4\n", encoding="utf-8")
    assert command("consortium", "sites.csv", "--max-energy", "3", "--deadline", "90d").status in (0, 3)
    Path("sites.toml").write_text('[[site]]\ncountry = "BR"\nmax_energy = 3\ndeadline = 90\n', encoding="utf-8")
    told = one_message(command("consortium", "sites.toml"))
    assert "max_energy_gwh: is a limit on all sites together; write it under [total]" in told
    assert "deadline_days: is the same for all sites; write it under [run]" in told


@pytest.mark.parametrize(
    ("question", "values", "said"),
    [
        ("tipping", {"inputt": "tariff"}, "inputt: is not a parameter of tipping; did you mean input?"),
        ("alternatives", {"withn": 5}, "did you mean within?"),
        ("plan", {"contry": "BR"}, "did you mean country?"),
        ("cite", {"bibtx": True}, "did you mean bibtex?"),
        ("frontier", {"first": "cost"}, "second: is needed; give the other measure, such as days"),
    ],
)
def test_a_parameter_is_suggested_in_python(question: str, values: dict[str, object], said: str) -> None:
    """Not a field of a case alone: a question has parameters of its own."""
    with pytest.raises((UsageError, DataError)) as caught:
        optimizer.answer(question, **values)
    assert said in str(caught.value)


def test_python_names_no_flag_for_a_pack() -> None:
    """What stands there can be written in Python."""
    with pytest.raises(DataError) as caught:
        optimizer.plan(country="Narnia")
    assert "--" not in str(caught.value)
    assert 'catalogue=optimizer.load_catalogue(packs=["FILE.toml"])' in str(caught.value)


def test_an_empty_plan_is_no_table(command: Cli) -> None:
    """A plan is JSON: "it needs a header and at least one row" is of a table."""
    assert (
        one_message(command("verify", "/dev/null"))
        == "Error: null: is empty; give a plan that was written with --json\n"
    )
