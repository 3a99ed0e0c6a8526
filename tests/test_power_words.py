"""Questions that say what feeds the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.question.power_phrases import FLAGS, take_power_phrases
from optimizer.service.fields import FLAG_OF

SAID: dict[str, dict[str, Any]] = {
    "cheapest plan with 4 hours of load shedding a day": {"outage": "17-21"},
    "cheapest plan, 2 h a day without power": {},
    "the grid is off from 17 to 21": {"outage": "17-21"},
    "with outages between 6:00 and 8:00 every day": {"outage": "6-8"},
    "load-shedding from 22 to 2": {"outage": "22-2"},
    "off-grid in Kenya": {"off_grid": True},
    "in Kenya without a grid and without diesel": {"off_grid": True, "power": "pv;battery"},
    "at least 80% renewable": {"min_renewable": "0.8"},
    "95 percent renewable energy": {"min_renewable": "0.95"},
    "with a carbon price of $50 a tonne": {"carbon_usd_per_t": "50"},
    "diesel at $1.2 a litre": {"diesel_usd_per_litre": "1.2"},
    "no genset": {"power": "grid;pv;battery"},
    "cheapest plan under 1 MW in 120 days": {},
    "lowest power plan under 3 tCO2e": {},
}


@pytest.mark.parametrize("sentence", SAID)
def test_phrases_on_power_are_taken_out(sentence: str) -> None:
    """What they say goes to the case; the rest of the question is left as long as it was, for its error messages."""
    found = take_power_phrases(sentence)
    assert dict(found.feed) == SAID[sentence]
    assert len(found.rest) <= len(sentence)
    if not found.feed:
        assert found.rest == sentence


def test_the_flags_are_those_of_plan() -> None:
    """A reading that is told in flags nobody has would be of no use."""
    assert all(FLAG_OF[field] == flag for field, flag in FLAGS.items())


def test_ask_reads_them(command: Cli) -> None:
    """Country, grid limit and deadline are read as ever; the hours of an evening are told as assumed."""
    words = "cheapest plan in South Africa under 1 MW in 180 days with 4 hours of load shedding a day, 80% renewable"
    told = command("ask", "--dry-run", words, "--data", str(LIVE)).out
    assert "--country ZA" in told and "--max-mw 1" in told and "--deadline 180d" in told
    assert "--outage 17-21 --min-renewable 0.8" in told


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
