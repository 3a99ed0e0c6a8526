"""What the program says of countries, territories and projects, as a stranger reads it in three languages."""

from __future__ import annotations

import json
import re

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.uncertainty.gaps import Gaps

LIVE_DATA = ("--data", str(LIVE))


@pytest.mark.parametrize("name", ["GL", "Groenlandia", "Greenland"])
def test_the_law_of_a_territory_is_that_of_the_country_it_counts_as(command: Cli, name: str) -> None:
    """It was refused, with a flag that the law has not, though the data know as what the rules count it."""
    found = json.loads(command("law", "h100", name, "--json", *LIVE_DATA).out)["outputs"]
    home = json.loads(command("law", "h100", "DK", "--json", *LIVE_DATA).out)["outputs"]
    assert found["routes"] == home["routes"] and found["groups"] == home["groups"] and found["country"] == "DK"
    assert "Greenland, counted as Denmark (15 CFR 738.3(b))" in found["sentence"]


@pytest.mark.parametrize("name", ["Western Sahara", "Aruba", "W. Sahara"])
def test_the_law_of_a_territory_that_is_not_known_names_no_flag(command: Cli, name: str) -> None:
    """The law is nobody's choice, and the command has no --country."""
    ran = command("law", "h100", name, *LIVE_DATA)
    assert ran.status != 0 and "--country" not in ran.err
    assert "do not say as which country the export rules count it" in ran.err


def test_a_people_that_may_be_other_places_is_said(command: Cli) -> None:
    """Indias became India, and nothing said so."""
    assert (
        '"Indias" was read as this country' in command("plan", "--country", "Indias", "--max-mw", "1", *LIVE_DATA).err
    )


@pytest.mark.parametrize(("code", "language"), [("FJ", "pt"), ("KE", "es")])
def test_gaps_of_a_country_write_numbers_as_the_language_does(
    command: Cli, monkeypatch: pytest.MonkeyPatch, code: str, language: str
) -> None:
    """0.344 and share stood between words of another language. Which figures decide is not counted for it."""
    monkeypatch.setattr("optimizer.uncertainty.gaps.gaps", lambda *given: Gaps((), 0, ()))
    out = command("data", "gaps", "--country", code, "--lang", language, *LIVE_DATA).out
    table = [line for line in out.splitlines() if re.match(r" [a-z_:]+  ", line)]
    assert len(table) > 8 and any(re.search(r"\d,\d", line) for line in table)
    assert not re.search(r"\d\.\d{1,2}\b|\bshare\b|per cent|outages/month|\bratio\b", "\n".join(table))


@pytest.mark.parametrize(
    "question", [("compare", "--country", "BR,MX", "--csv"), ("plan", "--country", "MX", "--json")]
)
def test_what_was_assumed_is_said_in_the_language_next_to_data(command: Cli, question: tuple[str, ...]) -> None:
    """The data are in English, what stands next to them on a terminal is for the person."""
    ran = command(*question, "--max-mw", "1", "--lang", "es", *LIVE_DATA)
    assert "Se supone: " in ran.err and "Assuming" not in ran.err


def test_one_missing_figure_of_several_countries_is_one_sentence(command: Cli) -> None:
    """It was a sentence for each of ten islands, alike but for the name."""
    out = command("compare", "--region", "Pacific islands", "--max-mw", "1", *LIVE_DATA).out
    closing = " ".join(out.partition("Without a plan")[2].split())
    assert closing.count("the import duty is not known: give it with --import-duty") == 1
    assert re.search(r"Fiji, Kiribati, [^:]*Vanuatu", closing)


@pytest.mark.parametrize(
    ("language", "word", "said"), [("es", "proyectos", "no existe"), ("pt", "projetos", "não existe")]
)
def test_a_file_that_is_not_there_is_said_in_the_language(command: Cli, language: str, word: str, said: str) -> None:
    """The words of the system were in English, and the word for the projects of the data was not named."""
    ran = command("batch", word, "--lang", language)
    assert said in ran.err and "optimizer batch projects" in ran.err and "No such file" not in ran.err


def test_a_duty_by_an_agreement_says_that_the_membership_is_from_memory(command: Cli) -> None:
    """ "From memory, no page was opened" stood next to the address of the page."""
    row = next(
        r
        for r in json.loads(command("data", "gaps", "--country", "RU", "--json", *LIVE_DATA).out)["outputs"]
        if r["figure"] == "duty"
    )
    assert row["source"].startswith("https://") and "the rate of an agreement" in row["used_instead"]


def test_one_plan_of_all_machines_is_said_once(command: Cli) -> None:
    """The column had one plan sixteen times; and what was missing for old machines was not named."""
    out = " ".join(command("data", "projects", *LIVE_DATA).out.split())
    machines = out[out.index("Machines: the cheapest plan") : out.index("Machines: the largest model")]
    assert re.search(r"Each of them: buy [^.]* for \d+ days\.", machines) and machines.count("NVL72") == 1
    assert "bhtpa-shared-gpu-cloud: 20 V100: no price known" in out
