"""optimizer consortium: words, files, flags, card, JSON, CSV, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from commands import Cli, one_message

FILE = """
[run]
deadline_days = 60
[total]
budget_usd = 20_000_000
[[site]]
name = "North"
country = "BR"
max_mw = 0.3
share = 0.6
[[site.phase]]
from_day = 20
max_mw = 0.5
[[site]]
name = "South"
country = "MX"
max_mw = 0.5
share = 0.4
"""


def test_words_make_a_card(command: Cli) -> None:
    ran = command("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d")
    assert ran.status == 0, ran.err
    for part in (
        "Consortium · 2 sites",
        "Does sharing pay?",
        "Who does what",
        "Who pays what",
        "Each by itself",
        "Proof",
    ):
        assert part in ran.out
    assert "Assuming: " in ran.err and "mix 4; lead BR" in ran.err


def test_json_is_of_its_schema_and_adds_up(command: Cli) -> None:
    schema = json.loads(command("data", "show", "schema", "consortium").out)
    ran = command("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--json", "-q")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema)
    assert ran.err == ""
    outputs = told["outputs"]
    plan = outputs[outputs["best"]]
    assert plan["cost_usd"] == pytest.approx(
        sum(site["cost_usd"] for site in plan["sites"]) + plan["team_usd"], abs=0.02
    )
    assert sum(site["work_share"] for site in plan["sites"]) == pytest.approx(1, abs=1e-5)
    for rule in ("host", "equal"):
        paid = sum(bill["pays_usd"][rule] for bill in outputs["bills"])
        assert paid == pytest.approx(plan["cost_usd"], abs=0.02)
    assert told["inputs"]["sites"][0]["max_mw"] == "0.3" and set(told["settled"]) == {"BR", "MX"}


def test_a_plan_file_is_verified_without_a_solver(
    command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is; and with any one figure, count or site told otherwise."""
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    assert command("consortium", "c.toml", "--json", "-q", "-o", "c.json").status == 0
    monkeypatch.setattr("optimizer.highs.solve", None)
    ran = command("verify", "c.json")
    assert ran.status == 0 and "The plan stands" in ran.out
    told = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    plan = told["outputs"][told["outputs"]["best"]]
    item = plan["sites"][0]["items"][0]
    for place, key, value in (
        (plan, "cost_usd", plan["cost_usd"] - 0.01),
        (plan, "days", plan["days"] - 1),
        (plan["sites"][0], "peak_mw", plan["sites"][0]["peak_mw"] * 0.9),
        (item["server"], "servers", item["server"]["servers"] + 1),
        (item["server"], "server_days_exact", "1/3"),
        (told["inputs"]["sites"][0], "max_mw", "0.01"),
        (told["settled"]["North"], "country", "MX"),
    ):
        before, place[key] = place[key], value
        (tmp_path / "wrong.json").write_text(json.dumps(told), encoding="utf-8")
        ran = command("verify", "wrong.json")
        assert ran.status == 4 and "Wrong: " in ran.err, (key, ran.err)
        place[key] = before
    del told["inputs"]["sites"]
    (tmp_path / "wrong.json").write_text(json.dumps(told), encoding="utf-8")
    assert "holds no consortium that can be read" in one_message(command("verify", "wrong.json"))


def test_the_same_question_gives_the_same_bytes(command: Cli) -> None:
    words = ("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--json", "-q")
    assert command(*words).out == command(*words).out


def test_a_file_with_phases_totals_and_shares(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    ran = command("consortium", "c.toml", "--json", "-q")
    assert ran.status == 0, ran.err
    outputs = json.loads(ran.out)["outputs"]
    plan = outputs[outputs["best"]]
    limits = {limit["name"]: limit for limit in plan["limits"]}
    assert limits["budget"]["bound"] == 20_000_000
    assert all(limit["used"] <= limit["bound"] for limit in limits.values())
    shares = {bill["site"]: bill["pays_usd"]["agreed"] / plan["cost_usd"] for bill in outputs["bills"]}
    assert shares == pytest.approx({"North": 0.6, "South": 0.4}, abs=1e-6)


def test_flags_go_over_the_file(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    ran = command("consortium", "c.toml", "--deadline", "90d", "--budget", "15M", "--json", "-q")
    told = json.loads(ran.out)["inputs"]
    assert told["run"]["deadline_days"] == 90 and told["total"]["budget_usd"] == "15000000"


def test_a_csv_file_of_sites(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("name,country,max_mw,share\nNorth,BR,0.3,0.5\n,MX,0.4,0.5\n", encoding="utf-8")
    ran = command("consortium", "c.csv", "--deadline", "60d", "--csv", "-q")
    assert ran.status == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["site"] for row in rows} <= {"North", "MX"} and rows
    assert len({row["total_cost_usd"] for row in rows}) == 1


def test_csv_goes_into_a_file_with_its_metadata(command: Cli, tmp_path: Path) -> None:
    ran = command("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--csv", "-o", "plan.csv")
    assert ran.status == 0 and "plan.metadata.json" in ran.err
    about = json.loads((tmp_path / "plan.metadata.json").read_text(encoding="utf-8"))
    assert "site_work_share" in json.dumps(about)


def test_infeasible_is_an_answer(command: Cli) -> None:
    ran = command("consortium", "BR=0.01", "MX=0.01", "--deadline", "20d", "-q")
    assert ran.status == 3
    assert "No plan, neither at one site nor together: proved." in ran.out


def test_one_site_has_nobody_to_share_with(command: Cli) -> None:
    ran = command("consortium", "BR=1", "--deadline", "90d", "-q")
    assert ran.status == 0 and "BR by itself for" in ran.out
    assert "one site only: none to share with" in ran.out


BAD_FILE = """
efficiency = "x"
[run]
budget_usd = 3
[total]
budget = 4
[[site]]
country = "BR"
max_mw = "1.500"
share = 2
[[site.phase]]
from_day = 0
max_mww = 2
"""


def test_all_that_is_wrong_with_a_file_at_once(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(BAD_FILE, encoding="utf-8")
    ran = command("consortium", "bad.toml")
    assert ran.status == 4
    told = one_message(ran)
    for part in (
        "bad.toml efficiency",
        "bad.toml run.budget_usd: is a limit on all sites together; write it under [total]",
        "bad.toml total.budget: is no key of this table",
        'bad.toml site[1].max_mw "1.500": could be 1.5 or 1500',
        'bad.toml site[1].share "2"',
        'bad.toml site[1].phase[1].from_day "0"',
        "bad.toml site[1].phase[1].max_mww: is no key of this table",
    ):
        assert part in told, told


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("name,country,mw\nA,BR,1\n", "c.csv:1 mw: is no column of a site"),
        ("name,country,max_mw\nA,BR,x\n", 'c.csv:2 max_mw "x": must be a number'),
        ("name,country,share\nA,BR,0.5\nB,MX,0.4\n", "must be given and add up to 1"),
        ("name,country\nA,BR\nA,MX\n", "is the name of two sites"),
        ("name,country\nA,ZZ\nB,MX\n", 'site A country "ZZ": is no known country'),
    ],
)
def test_what_is_wrong_with_a_csv_file(command: Cli, tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    ran = command("consortium", "c.csv")
    assert ran.status == 4 and rule in one_message(ran)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["BR=x", "MX"], 'BR=x.max_mw "x"'),
        (["BR", "ZZ"], 'country "ZZ"'),
        (["BR", "MX", "--mix", "1"], "must be 2 or more"),
        (["BR", "MX", "--distributed-efficiency", "2"], "above 0 and at most 1"),
        (["BR", "MX", "--distributed-efficiency", "x"], "--distributed-efficiency"),
        (["BR", "MX", "--total-tpp", "0"], "--total-tpp"),
        (["BR", "MX", "--total-supply", "nope=3"], "nope"),
        (["BR", "MX", "--time-limit", "0"], "--time-limit"),
        (["BR", "MX", "--deadline", "soon"], "--deadline"),
    ],
)
def test_what_is_wrong_with_words_and_flags(command: Cli, words: list[str], rule: str) -> None:
    ran = command("consortium", *words)
    assert ran.status == 2 and rule in ran.err and "Traceback" not in ran.err, ran.err


def test_the_help_has_examples(command: Cli) -> None:
    ran = command("consortium", "--help")
    assert ran.status == 0 and "optimizer consortium BR=0.5 MX=0.5 AR=1" in ran.out and "sites.toml" in ran.out
