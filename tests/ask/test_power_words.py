"""Questions that say what feeds the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE, live_catalogue

from optimizer.domain import Case
from optimizer.power.plan import PowerPlan, power_plan
from optimizer.question import language_of
from optimizer.question.power_phrases import LANGUAGES, _rules, take_power_phrases

SAID: dict[str, dict[str, Any]] = {
    "diesel only, Chad, 1B": {"power": "genset"},
    "Uruguay, 100% wind": {"power": "wind;battery"},
    "Chile, only solar and diesel": {"power": "pv;battery;genset"},
    "usando só vento e bateria": {"power": "wind;battery"},
    "solar but no grid": {"off_grid": True, "power": "pv;battery"},
    "we only get power 18 hours a day": {"outage": "15-21"},
    "no diesel, coal or gas": {"power": "grid;pv;battery"},
    "2 MW diesel genset": {},
    "a wind farm of 5 MW": {},
    "under 5 MW with wind power": {"power": "grid;wind;battery"},
    "bajo 0,5 MW con generador diésel": {"power": "grid;genset"},
    "diesel only as backup": {"power": "grid;genset"},
    "cheapest plan with 4 hours of load shedding a day": {"outage": "17-21"},
    "cheapest plan with four hours of load shedding a day": {"outage": "17-21"},
    "cheapest plan, 2 h a day without power": {},
    "we lose power 6 hours a day": {"outage": "15-21"},
    "nos cortan la luz 6 horas al día": {"outage": "15-21"},
    "faltam 6 horas de luz por dia": {"outage": "15-21"},
    "faltan 6 horas de luz por día": {"outage": "15-21"},
    "the grid is off from 17 to 21": {"outage": "17-21"},
    "the grid is off from 5pm to 9pm": {"outage": "17-21"},
    "with outages between 6:00 and 8:00 every day": {"outage": "6-8"},
    "load-shedding from 22 to 2": {"outage": "22-2"},
    "off-grid in Kenya": {"off_grid": True},
    "in Kenya without a grid and without diesel": {"off_grid": True, "power": "pv;battery"},
    "at least 80% renewable": {"min_renewable": "0.8"},
    "95 percent renewable energy": {"min_renewable": "0.95"},
    "with a carbon price of $50 a tonne": {"carbon_usd_per_t": "50"},
    "diesel at $1.2 a litre": {"diesel_usd_per_litre": "1.2"},
    "no genset": {"power": "grid;pv;battery"},
    "no solar panels, 4 hours of outages a day": {"power": "grid;battery;genset", "outage": "17-21"},
    "solar powered cluster in Namibia 1 MW": {"power": "pv;battery"},
    "cheapest plan in Chile with solar and batteries": {"power": "grid;pv;battery"},
    "Kenya with diesel generators": {"power": "grid;genset"},
    "solar and a diesel backup": {"power": "grid;pv;battery;genset"},
    "con paneles solares y sin diésel": {"power": "grid;pv;battery"},
    "a wind farm, no diesel": {"power": "grid;wind;battery"},
    "com gerador a diesel e sem bateria": {"power": "grid;genset"},
    "with a battery of up to 5 MWh": {"battery_max_mwh": "5"},
    "solar at $500 per kWp": {"pv_usd_per_kwp": "500"},
    "a PPA at $0.05 per kWh": {"ppa_usd_per_kwh": "0.05"},
    "plan más barato en Sudáfrica con 4 horas de apagones al día, al menos 80 % renovable": {
        "outage": "17-21",
        "min_renewable": "0.8",
    },
    "la red se corta de las 17 a las 21": {"outage": "17-21"},
    "con apagones de 7 a 10 de la noche": {"outage": "19-22"},
    "cortes de luz de 9 de la mañana a 1 de la tarde": {"outage": "9-13"},
    "a rede cai das 7 às 10 da noite": {"outage": "19-22"},
    "en Kenia sin red y sin diésel": {"off_grid": True, "power": "pv;battery"},
    "precio del carbono de 50 dólares la tonelada": {"carbon_usd_per_t": "50"},
    "con energía solar y una batería de hasta 5 MWh": {"power": "grid;pv;battery", "battery_max_mwh": "5"},
    "a rede cai das 17h às 21h, diesel a 1,2 USD o litro": {"outage": "17-21", "diesel_usd_per_litre": "1.2"},
    "duas horas de apagão por dia": {"outage": "19-21"},
    "pelo menos 90% renovável em Moçambique": {"min_renewable": "0.9"},
    "fora da rede, sem gerador": {"off_grid": True, "power": "pv;battery"},
    "energia solar no Brasil": {"power": "grid;pv;battery"},
    "cheapest plan in Chile with wind": {"power": "grid;wind;battery"},
    "solar and wind, at least 80% renewable": {"power": "grid;pv;wind;battery", "min_renewable": "0.8"},
    "a wind farm and batteries off the grid": {"off_grid": True, "power": "wind;battery"},
    "powered by wind and batteries": {"power": "wind;battery"},
    "without wind turbines": {"power": "grid;pv;battery;genset"},
    "in Windhoek in the winter window": {},
    "nada de diésel": {"power": "grid;pv;battery"},
    "nada de energia solar": {"power": "grid;battery;genset"},
    "sem gerador nem bateria": {"power": "grid;pv"},
    "ni baterías ni solar": {"power": "grid;genset"},
    "without generators or batteries": {"power": "grid;pv"},
    "sans diesel ni batteries": {"power": "grid;pv"},
    "everything but diesel": {"power": "grid;pv;battery"},
    "tudo menos diesel": {"power": "grid;pv;battery"},
    "no queremos baterías": {"power": "grid;pv;genset"},
    "diesel is a no-go": {"power": "grid;pv;battery"},
    "wind is out of the question": {"power": "grid;pv;battery;genset"},
    "solar but no diesel or wind": {"power": "grid;pv;battery"},
    "no diesel and batteries": {},
    "why no solar": {},
    "do we need any battery": {"power": "grid;battery"},
    "com solar e bateria fora da rede": {"off_grid": True, "power": "pv;battery"},
    "selling the surplus at $0.05 per kWh": {"export_usd_per_kwh": "0.05"},
    "solar panels, we sell excess power to the grid at 6 cents/kWh": {
        "power": "grid;pv;battery",
        "export_usd_per_kwh": "0.06",
    },
    "a feed-in tariff of 4 cents": {"export_usd_per_kwh": "0.04"},
    "export rules of the USA": {},
    "con energía eólica y solar": {"power": "grid;pv;wind;battery"},
    "con un parque eólico": {"power": "grid;wind;battery"},
    "vendiendo el excedente a la red a 0,05 USD el kWh": {"export_usd_per_kwh": "0.05"},
    "com energia eólica": {"power": "grid;wind;battery"},
    "vender o excedente a 5 centavos por kWh": {"export_usd_per_kwh": "0.05"},
    "the grid in Kenya fails four hours a day": {"outage": "17-21"},
    "la red de Kenia falla 4 horas al día": {"outage": "17-21"},
    "falta luz 4 horas por dia na Zâmbia": {"outage": "17-21"},
    "le réseau au Sénégal tombe 4 heures par jour": {"outage": "17-21"},
    "the price of power in Kenya goes down": {},
    "cheapest plan under 1 MW in 120 days": {},
    "lowest power plan under 3 tCO2e": {},
    "Train on clean data in Brazil": {},
    "not off-grid": {},
    "the grid is off from 17 to 17": {},
}


@pytest.mark.parametrize("sentence", SAID)
def test_phrases_on_power_are_taken_out(sentence: str) -> None:
    """What they say goes to the case; the rest of the question is left as long as it was, for its error messages."""
    found = take_power_phrases(sentence, language_of(sentence).code)
    assert dict(found.feed) == SAID[sentence]
    assert len(found.rest) <= len(sentence)
    if not found.feed:
        assert found.rest == sentence


def test_ask_reads_them(command: Cli) -> None:
    """Country, grid limit and deadline are read as ever; the hours of an evening are told as assumed."""
    words = "cheapest plan in South Africa under 1 MW in 180 days with 4 hours of load shedding a day, 80% renewable"
    told = command("ask", "--dry-run", words, "--data", str(LIVE)).out
    assert "--country ZA" in told and "--max-mw 1" in told and "--deadline 180d" in told
    assert "--outage 17-21 --min-renewable 0.8" in told


@pytest.mark.parametrize(
    ("sentence", "flags"),
    [
        ("solar powered cluster in Namibia 1 MW", "--country NA --max-mw 1 --power 'pv;battery'"),
        (
            "the grid in Kenya fails four hours a day. cheapest plan under 2 MW in 200 days",
            "--country KE --objective cost --max-mw 2 --deadline 200d --outage 17-21",
        ),
        (
            "el plan más barato en Sudáfrica con menos de 1 MW en 180 días, con 4 horas de apagones al día",
            "--country ZA --objective cost --max-mw 1 --deadline 180d --outage 17-21",
        ),
        (
            "o plano mais barato na África do Sul com menos de 1 MW em 180 dias, a rede cai das 17 às 21",
            "--country ZA --objective cost --max-mw 1 --deadline 180d --outage 17-21",
        ),
    ],
)
def test_ask_reads_them_in_three_languages(command: Cli, sentence: str, flags: str) -> None:
    """The rest of the question is read as ever, in its own language."""
    ran = command("ask", "--dry-run", sentence, "--data", str(LIVE))
    assert flags in ran.out, (ran.out, ran.err)


def test_without_a_grid_the_limit_in_megawatts_is_that_of_the_servers() -> None:
    """A limit of 0.5 MW that no grid contract can bind would be read and not used."""
    words: dict[str, Any] = {"country": "NA", "power": "pv;battery", "days_of_year": 1, "deadline_days": 180}
    free, bound = (power_plan(Case(**words, max_mw=most), live_catalogue()) for most in (5, "0.5"))
    assert isinstance(free, PowerPlan) and free.peak_kw > 500
    assert not isinstance(bound, PowerPlan) or bound.peak_kw <= 500


def test_every_language_has_the_same_meanings() -> None:
    """What can be said in English can be said in Spanish and Portuguese."""
    meant = {code: {(rule.field, rule.value) for rule in _rules(code)} for code in LANGUAGES}
    assert meant["es"] == meant["pt"] and meant["es"] <= meant["en"]
    assert {field for field, _ in meant["en"]} == {field for field, _ in meant["es"]}


def test_a_plan_file_is_verified_hour_by_hour(command: Cli, tmp_path: Path) -> None:
    """What is written can be checked without a search; an hour or a term that was changed is found."""
    words = ("--country", "ZA", "--max-mw", "1", "--deadline", "180d", "--outage", "17-21", "--days-of-year", "2")
    text = command("plan", *words, "--json", "--data", str(LIVE)).out
    honest, hour, term = (json.loads(text) for _ in range(3))
    hour["outputs"]["dispatch"]["days"][0]["hours"][18]["discharged"] = "0"
    term["outputs"]["plan"]["cost_terms"]["solar"] -= 1
    for content, status, said in ((honest, 0, "confirmed"), (hour, 4, "balance"), (term, 4, "cost_terms.solar")):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        ran = command("verify", str(path), "--data", str(LIVE))
        assert ran.status == status and said in ran.out


def test_what_may_not_feed_the_site_has_no_figure_in_the_answer(command: Cli) -> None:
    """On the grid and the sun alone, the prices of a litre of diesel and of a battery stood among those used."""
    asked = ("plan", "--country", "ZA", "--max-mw", "1", "--workload", "olmo-3-7b", "--data", str(LIVE), "--full")
    told = command(*asked, "--power", "grid;pv").out
    assert "with the grid alone" in told and "pv capital = " in told
    other = ("diesel price = ", "diesel energy = ", "genset capital = ")
    assert not [figure for figure in (*other, "battery round trip = ", "battery wear = ") if figure in told]
    told = command(*asked, "--power", "grid;pv;genset").out
    assert [figure for figure in other if figure in told] == list(other)


@pytest.mark.parametrize(
    ("sentence", "ways"),
    [
        ("Chile, 7B on 1T tokens: grid or solar?", True),
        ("possible on Eskom power or do we need our own solar?", True),
        ("dá para treinar na Polônia ou só com solar?", True),
        ("is solar cheaper than diesel in Kenya?", True),
        ("Can we run it on solar or wind?", False),
        ("Kenya with solar and diesel", False),
    ],
)
def test_ways_to_feed_a_site_that_are_set_against_each_other_are_compared(sentence: str, ways: bool) -> None:
    """Wrong: "grid or solar?" read as a plan that may use both."""
    assert take_power_phrases(sentence).ways is ways


def test_what_feeds_one_country_of_two_is_asked_about(command: Cli) -> None:
    """Wrong: "Chile with solar and Peru with diesel" read as both sources for both countries."""
    result = command(
        "ask", "--dry-run", "compare Chile with solar and Peru with diesel, 7B on 1T tokens", "--data", str(LIVE)
    )
    assert result.status and "one case to the other" in result.err
