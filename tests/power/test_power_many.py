"""Many cases that say what feeds their site: cases files, sweeps, their rows and their columns."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

pytestmark = pytest.mark.usefixtures("inline")

HEADER = "case_id,country,max_mw,deadline_days,outage,min_renewable,days_of_year\n"
FED = HEADER + "fed,ZA,1,180,17-21,,2\nshare,ZA,1,180,,80%,2\nbare,ZA,1,180,,,\nwrong,ZA,1,180,17-17,,2\n"


def rows(text: str) -> list[dict[str, str]]:
    """The rows of CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_cases_file_may_say_what_feeds_the_site(command: Cli) -> None:
    """The rows of such cases have what is built beside the plan; without these columns a sweep could not compare."""
    ran = command("batch", "-", "--quiet", "--data", str(LIVE), "--workers", "1", stdin=FED.encode())
    fed, share, bare, wrong = rows(ran.out)
    assert [row["status"] for row in (fed, share, bare, wrong)] == ["plan", "plan", "plan", "invalid"]
    assert float(fed["pv_mw"]) > 1 and fed["outage"] == "17-21" and fed["power_words"].startswith("outage=17-21")
    assert float(share["solar_share"]) >= 0.8 and share["power_words"].startswith("min_renewable=0.8")
    assert bare["pv_mw"] == "" and float(bare["cost_usd"]) > 0
    assert "hours of the day" in wrong["reason"]


def test_a_cases_file_without_power_words_has_the_columns_that_it_had(command: Cli) -> None:
    """Nobody's table grows by two dozen columns."""
    cases = "case_id,country,max_mw,deadline_days\na,ZA,1,180\n"
    ran = command("batch", "-", "--quiet", "--data", str(LIVE), "--workers", "1", stdin=cases.encode())
    assert "pv_mw" not in ran.out and "cost_usd" in ran.out


def test_json_lines_have_the_columns_of_their_own_case(command: Cli) -> None:
    """An object needs no header: that of a fed case has its supply, the other none of it."""
    cases = [
        {"case_id": "bare", "country": "ZA", "max_mw": 1, "deadline_days": 180},
        {"case_id": "fed", "country": "ZA", "max_mw": 1, "deadline_days": 180, "outage": ["17-21"], "days_of_year": 2},
    ]
    text = "\n".join(map(json.dumps, cases))
    flags = ("--from", "jsonl", "--format", "jsonl", "--quiet", "--data", str(LIVE), "--workers", "1")
    ran = command("batch", "-", *flags, stdin=text.encode())
    bare, fed = (json.loads(line) for line in ran.out.splitlines())
    assert fed["battery_mwh"] > 0 and "battery_mwh" not in bare


def test_a_sweep_varies_what_feeds_the_site(command: Cli) -> None:
    """A row a combination, named by its values; an outage more never makes the plan cheaper by more than its gap."""
    ran = command(
        *("sweep", "--country", "ZA", "--max-mw", "1", "--deadline", "180d", "--days-of-year", "2"),
        *("--outage", "none,17-21", "--power", "grid;genset", "--quiet", "--data", str(LIVE), "--workers", "1"),
    )
    none, four = rows(ran.out)
    assert (none["case_id"], four["case_id"]) == ("no-outage", "outage-17-21")
    assert float(four["cost_usd"]) > float(none["cost_usd"]) and float(four["genset_mw"]) > 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"outage": "17-21"}, {"outage": "17-21 "}, True),
        ({"outage": "17-21"}, {"outage": "17-22"}, False),
        ({"min_renewable": "0.8"}, {"min_renewable": "80%"}, True),
        ({"min_renewable": ""}, {"no_pause": "0"}, True),
    ],
)
def test_cases_that_mean_the_same_have_one_key(one: dict[str, str], other: dict[str, str], same: bool) -> None:
    """A case is solved once; two that differ in what feeds them must not share a row."""
    from optimizer.batch.keys import key_of
    from optimizer.catalogue.tables import Line

    keys = [key_of(Line("cases.csv", place, cells), b"") for place, cells in enumerate((one, other), 2)]
    assert (keys[0] == keys[1]) is same


def test_a_year_of_hours_is_known_by_what_is_in_it(tmp_path: Any) -> None:
    """The same name with other hours is another case: its row must not come out of a journal."""
    from optimizer.batch.keys import canonical

    path = tmp_path / "year.csv"
    path.write_text("pv\n0\n", encoding="utf-8")
    first = canonical("hours_file", str(path))
    canonical.cache_clear()
    path.write_text("pv\n1\n", encoding="utf-8")
    assert first is not None and canonical("hours_file", str(path)) != first
